"""Baselines that every figure stands beside; all are fitted on training rows alone.

Rows are records with `fact`, `charges`, `months`, `life` and `death`. Rows without a known term
and opinions are skipped: opinions on homicide alone move the best constant to many years. Charges
count as given, as they do for the model's main figure; a row without charges is read from its
text alone. Defaults were chosen on a validation split.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol, Self

from liangxing_training.evaluation.bootstrap import DEFAULT, Estimate, Resampling, estimate_points
from liangxing_training.evaluation.features import LegalFeatures, Row, known, statutory_features
from liangxing_training.evaluation.linear_baselines import TfidfRidge, TfidfSvc
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.simple_baselines import (
    BestConstant,
    MedianPerCharge,
    best_constant,
)
from liangxing_training.evaluation.tree_baselines import (
    TfidfLightGbm,
    TfidfLightGbmClasses,
    TfidfLightGbmQuantile,
)

__all__ = [
    "Baseline",
    "BestConstant",
    "MedianPerCharge",
    "TfidfLightGbm",
    "TfidfLightGbmClasses",
    "TfidfLightGbmQuantile",
    "TfidfRidge",
    "TfidfSvc",
    "best_constant",
    "default_baselines",
    "score_baselines",
    "statutory_features",
]

logger = logging.getLogger(__name__)


class Baseline(Protocol):
    """Fits on rows and answers one outcome per row. `predict` before `fit` raises."""

    name: str

    def fit(self, rows: Sequence[Row]) -> Self: ...

    def predict(self, rows: Sequence[Row]) -> Outcomes: ...


def default_baselines(
    legal_features: LegalFeatures | None = statutory_features, seed: int = 0
) -> list[Baseline]:
    """The baselines of every table, from the plainest up."""
    return [
        BestConstant(),
        MedianPerCharge(),
        TfidfSvc(seed=seed),
        TfidfRidge(seed=seed),
        TfidfLightGbm(legal_features, seed=seed),
        TfidfLightGbmClasses(legal_features, seed=seed),
    ]


def score_baselines(
    baselines: Sequence[Baseline],
    train: Sequence[Row],
    rows: Sequence[Row],
    how: Resampling = DEFAULT,
) -> dict[str, dict[str, Estimate]]:
    """Fits each on `train` and scores it on `rows`: name to point metrics with intervals."""
    rows = known(rows)
    truth = Outcomes.from_records(rows)
    table: dict[str, dict[str, Estimate]] = {}
    for baseline in baselines:
        logger.info("fitting %s on %d rows", baseline.name, len(train))
        table[baseline.name] = estimate_points(truth, baseline.fit(train).predict(rows), how)
    return table
