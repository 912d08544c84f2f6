"""The model's intervals beside those of the quantile baseline, calibrated and clipped alike.

The baseline is conformalised quantile regression on LightGBM (arXiv 1905.03222), fitted on train,
conformalised on the calibration split, its sets clipped to the same outer bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from liangxing_training.evaluation.bootstrap import (
    Estimate,
    PairedDifference,
    Resampling,
    estimate_intervals,
    mean_of,
    paired_bootstrap,
)
from liangxing_training.evaluation.legal_features import legal_features
from liangxing_training.evaluation.metrics import covered, mean, widths, winklers
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.tree_baselines import TfidfLightGbmQuantile

Row = Mapping[str, Any]
# Inflation in log1p months between which the search halves.
_NARROWEST, _WIDEST, _STEPS = -3.0, 6.0, 40


@dataclass(frozen=True)
class IntervalComparison:
    """One level. `winkler` is the model's mean Winkler score (months, alpha = 1 - level) minus
    the baseline's: negative is better. `width_ratio` is the model's mean width over that of the
    baseline widened or narrowed to the model's own coverage on these rows."""

    level: float
    baseline: dict[str, Estimate]
    winkler: PairedDifference
    width_ratio: float


class QuantileBaseline:
    """The baseline at one level on the rows of one split, its sets inside `bounds`."""

    def __init__(
        self,
        level: float,
        train: Sequence[Row],
        calibration: Sequence[Row],
        rows: Sequence[Row],
        bounds: Intervals,
    ) -> None:
        self.level = level
        self._bounds = bounds
        self._model = TfidfLightGbmQuantile(level, legal_features)
        self._model.fit(train).conformalize(calibration)
        self._ends = self._model.quantiles(rows)

    def intervals(self, inflation: float | None = None) -> Intervals:
        """The conformal sets, or those at another `inflation` (log1p months)."""
        chosen = self._model.inflation if inflation is None else inflation
        assert chosen is not None
        return clipped(self._model.widened(*self._ends, chosen), self._bounds)

    def at_coverage(self, truth: Outcomes, share: float) -> Intervals:
        """The narrowest sets that cover at least `share` of these verdicts, for a comparison of
        widths; not a prediction, since it looks at the verdicts."""
        low, high = _NARROWEST, _WIDEST
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if mean(covered(truth, self.intervals(middle))) >= share:
                high = middle
            else:
                low = middle
        return self.intervals(high)


def clipped(sets: Intervals, bounds: Intervals) -> Intervals:
    """Sets cut to the bounds, rounded outward to half months before; a set wholly outside becomes
    the nearest end.

    >>> bounds = Intervals.from_months([6, 6], [36, 36])
    >>> cut = clipped(Intervals.from_months([0, 40], [12, 50]), bounds)
    >>> cut.low.tolist(), cut.high.tolist()
    ([6.0, 36.0], [12.0, 36.0])
    """
    return replace(
        sets,
        low=np.clip(sets.low, bounds.low, bounds.high),
        high=np.clip(sets.high, bounds.low, bounds.high),
        life=sets.life & bounds.life,
        death=sets.death & bounds.death,
    )


def compare_intervals(
    baseline: QuantileBaseline,
    truth: Outcomes,
    model: Intervals,
    how: Resampling,
) -> IntervalComparison:
    """The model's sets at the baseline's level against the baseline's own, on the same rows.

    Rows whose verdict or set holds no months count in no Winkler score.
    """
    theirs, alpha = baseline.intervals(), 1 - baseline.level
    ours, other = winklers(truth, model, alpha), winklers(truth, theirs, alpha)
    counted = ~np.isnan(ours) & ~np.isnan(other)
    matched = baseline.at_coverage(truth, mean(covered(truth, model)))
    return IntervalComparison(
        level=baseline.level,
        baseline=estimate_intervals(truth, theirs, baseline.level, how=how),
        winkler=paired_bootstrap(
            mean_of(ours[counted]), mean_of(other[counted]), int(counted.sum()), how
        ),
        width_ratio=mean(widths(model)) / mean(widths(matched)),
    )
