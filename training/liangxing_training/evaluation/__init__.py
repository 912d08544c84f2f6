"""Metrics, bootstrap intervals and slices, so that no figure stands alone.

Baselines and plots are in `baselines` and `plots`: they need LightGBM and matplotlib, which these
names do not load.
"""

from liangxing_training.evaluation.bootstrap import (
    Estimate,
    PairedDifference,
    Resampling,
    compare_systems,
    estimate_intervals,
    estimate_points,
)
from liangxing_training.evaluation.metrics import score_intervals, score_points
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.slices import SliceRow, fairness_table, slice_table

__all__ = [
    "Estimate",
    "Intervals",
    "Outcomes",
    "PairedDifference",
    "Resampling",
    "SliceRow",
    "compare_systems",
    "estimate_intervals",
    "estimate_points",
    "fairness_table",
    "score_intervals",
    "score_points",
    "slice_table",
]
