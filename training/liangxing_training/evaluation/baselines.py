"""Baselines that every figure stands beside; all are fitted on training rows alone.

Rows are records with `fact`, `charges`, `months`, `life` and `death`. Rows without a known term
and opinions are skipped: opinions on homicide alone move the best constant to many years. Charges
count as given, as they do for the model's main figure; a row without charges is read from its
text alone. Defaults were chosen on a validation split.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, Self

from liangxing_training.evaluation.features import LegalFeatures, Row, statutory_features
from liangxing_training.evaluation.legal_features import legal_features
from liangxing_training.evaluation.linear_baselines import TfidfRidge, TfidfSvc
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.settings import ALL_BASELINES, BaselineName
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
    "legal_features",
    "make_baseline",
    "statutory_features",
]


class Baseline(Protocol):
    """Fits on rows and answers one outcome per row. `predict` before `fit` raises."""

    name: str

    def fit(self, rows: Sequence[Row]) -> Self: ...

    def predict(self, rows: Sequence[Row]) -> Outcomes: ...


def make_baseline(
    name: BaselineName, features: LegalFeatures | None = legal_features, seed: int = 0
) -> Baseline:
    """An unfitted baseline; `features` are the legal features of the trees."""
    makers: dict[BaselineName, Callable[[], Baseline]] = {
        "constant": BestConstant,
        "median": MedianPerCharge,
        "svc": lambda: TfidfSvc(seed=seed),
        "ridge": lambda: TfidfRidge(seed=seed),
        "lightgbm": lambda: TfidfLightGbm(features, seed=seed),
        "lightgbm_classes": lambda: TfidfLightGbmClasses(features, seed=seed),
    }
    return makers[name]()


def default_baselines(
    features: LegalFeatures | None = legal_features, seed: int = 0
) -> list[Baseline]:
    """The baselines of every table, from the plainest up."""
    return [make_baseline(name, features, seed) for name in ALL_BASELINES]
