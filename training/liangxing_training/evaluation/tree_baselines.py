"""Baselines of gradient-boosted trees, for points and for intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import lightgbm
import numpy as np
from scipy import sparse

from liangxing_training.evaluation.features import (
    PAIRS,
    LegalFeatures,
    Row,
    StackedFeatures,
    TextSettings,
    known,
    statutory_features,
)
from liangxing_training.evaluation.linear_baselines import SeverityGate
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Floats, Intervals, Ints, Outcomes

# Life and death stand this far apart, and from the longest term, in log1p months.
_STEP = 0.5

# Trees of a size that a few thousand rows can carry.
TREES: Mapping[str, Any] = {
    "n_estimators": 400,
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 20,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.3,
    "reg_lambda": 1.0,
    # Threads of LightGBM wait busily for each other; one is fastest on a shared machine.
    "n_jobs": 1,
    "verbose": -1,
}


class TfidfLightGbm:
    """Stacked features and gradient-boosted trees for the median of log1p months.

    Fitted on rows with months; life and death are left to a `SeverityGate`. `legal_features`
    maps rows to an array [n, k], NaN where unknown.
    """

    name = "TF-IDF + legal features + LightGBM"

    def __init__(
        self,
        legal_features: LegalFeatures | None = statutory_features,
        text: TextSettings = PAIRS,
        seed: int = 0,
        **trees: Any,
    ) -> None:
        self.features = StackedFeatures(text, legal_features, seed=seed)
        self.gate = SeverityGate(seed)
        self.trees = lightgbm.LGBMRegressor(
            objective="regression_l1", random_state=seed, **{**TREES, **trees}
        )

    def fit(self, rows: Sequence[Row]) -> Self:
        rows = known(rows)
        truth = Outcomes.from_records(rows)
        terms = [row for row, months in zip(rows, truth.has_months, strict=True) if months]
        target = np.log1p(truth.months[truth.has_months])
        self.trees.fit(self.features.fit_transform(terms, target), target)
        self.gate.fit(self.features.text.transform(rows), truth)
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        logs = np.asarray(self.trees.predict(self.features.transform(rows)), np.float64)
        return self.gate.apply(self.features.text.transform(rows), np.expm1(logs))


class TfidfLightGbmClasses:
    """Stacked features, boosted trees over classes of outcomes, and the model's own decision.

    The classes are some `classes` equally frequent ranges of terms, life and death. The answer is
    the observed outcome with the highest expected `cail_score`, as in the model, so that the two
    differ by what they know and not by how they decide.
    """

    name = "TF-IDF + legal features + LightGBM classes"

    def __init__(
        self,
        legal_features: LegalFeatures | None = statutory_features,
        classes: int = 24,
        text: TextSettings = PAIRS,
        seed: int = 0,
        **trees: Any,
    ) -> None:
        self.classes = classes
        self.features = StackedFeatures(text, legal_features, seed=seed)
        settings = {**TREES, "n_estimators": 80, "learning_rate": 0.06, "num_leaves": 7, **trees}
        self.trees: Any = lightgbm.LGBMClassifier(random_state=seed, **settings)

    def fit(self, rows: Sequence[Row]) -> Self:
        rows = known(rows)
        truth = Outcomes.from_records(rows)
        terms, others = np.flatnonzero(truth.has_months), np.flatnonzero(~truth.has_months)
        target = np.log1p(truth.months[terms])
        parts = [self.features.fit_transform([rows[i] for i in terms], target)]
        if len(others):
            parts.append(self.features.transform([rows[i] for i in others]))
        truth = truth.take(np.concatenate([terms, others]))
        labels = self._labels(truth)
        self.trees.fit(sparse.csr_matrix(sparse.vstack(parts)), labels)
        self.answers = _distinct(truth)
        self.expected = np.stack(
            [_answer_scores(truth.take(labels == k), self.answers) for k in self.trees.classes_]
        )
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        probabilities = np.asarray(self.trees.predict_proba(self.features.transform(rows)))
        return self.answers.take(np.argmax(probabilities @ self.expected, axis=1))

    def _labels(self, truth: Outcomes) -> Ints:
        cuts = np.linspace(0, 1, self.classes + 1)[1:-1]
        edges = np.unique(np.nanquantile(truth.months, cuts))
        labels = np.searchsorted(edges, truth.months, side="left")
        return np.where(truth.death, len(edges) + 2, np.where(truth.life, len(edges) + 1, labels))


class TfidfLightGbmQuantile:
    """Conformalised quantile regression (arXiv 1905.03222) on stacked features.

    Outcomes lie on one line: log1p months, then life and death one step each beyond the longest
    training term. So life and death rows train and calibrate like others, and a set holds one of
    them if it reaches its place. Months end at the longest term and are rounded outward to half
    months. `fit`, then `conformalize` on rows not used in `fit`, then `predict_intervals`.
    """

    name = "TF-IDF + legal features + LightGBM quantiles"

    def __init__(
        self,
        level: float = 0.9,
        legal_features: LegalFeatures | None = statutory_features,
        text: TextSettings = PAIRS,
        seed: int = 0,
        **trees: Any,
    ) -> None:
        self.level = level
        self.features = StackedFeatures(text, legal_features, seed=seed)
        settings = {**TREES, "objective": "quantile", "random_state": seed, **trees}
        self.ends = [
            lightgbm.LGBMRegressor(**settings, alpha=alpha)
            for alpha in ((1 - level) / 2, (1 + level) / 2)
        ]
        self.inflation: float | None = None

    def fit(self, rows: Sequence[Row]) -> Self:
        rows = known(rows)
        truth = Outcomes.from_records(rows)
        self.longest = float(np.nanmax(truth.months))
        target = self._place(truth)
        matrix = self.features.fit_transform(rows, target)
        for end in self.ends:
            end.fit(matrix, target)
        self.inflation = None
        return self

    def conformalize(self, rows: Sequence[Row]) -> Self:
        """Widens both ends so that `level` of exchangeable verdicts are covered.

        With n rows it takes the ceil((n + 1) level)-th score, and everything if there is none.
        """
        rows = known(rows)
        low, high = self.quantiles(rows)
        place = self._place(Outcomes.from_records(rows))
        scores = np.sort(np.maximum(low - place, place - high))
        rank = math.ceil((len(rows) + 1) * self.level - 1e-9)
        self.inflation = math.inf if rank > len(rows) else float(scores[rank - 1])
        return self

    def predict_intervals(self, rows: Sequence[Row]) -> Intervals:
        """Raises RuntimeError before `conformalize`."""
        if self.inflation is None:
            raise RuntimeError("the intervals are not calibrated; call conformalize first")
        return self.widened(*self.quantiles(rows), self.inflation)

    def widened(self, low: Floats, high: Floats, inflation: float) -> Intervals:
        """Sets from `quantiles`, each end moved outward by `inflation` (log1p months)."""
        middle = (low + high) / 2
        low, high = np.minimum(low - inflation, middle), np.maximum(high + inflation, middle)
        top = math.log1p(self.longest)
        months = low <= top
        first = np.floor(np.expm1(np.clip(low, 0.0, top)) * 2 + 1e-9) / 2
        last = np.ceil(np.expm1(np.clip(high, 0.0, top)) * 2 - 1e-9) / 2
        return Intervals(
            np.where(months, first, np.nan),
            np.where(months, last, np.nan),
            (low <= top + _STEP) & (high >= top + _STEP),
            high >= top + 2 * _STEP,
        )

    def _place(self, truth: Outcomes) -> Floats:
        top = math.log1p(self.longest)
        place = np.minimum(np.log1p(truth.months), top)
        place = np.where(truth.life, top + _STEP, place)
        return np.where(truth.death, top + 2 * _STEP, place)

    def quantiles(self, rows: Sequence[Row]) -> tuple[Floats, Floats]:
        """Lower and upper quantile on the line of outcomes, [n] each."""
        matrix = self.features.transform(rows)
        ends = np.sort([np.asarray(end.predict(matrix), np.float64) for end in self.ends], axis=0)
        return ends[0], ends[1]


def _distinct(truth: Outcomes) -> Outcomes:
    rows: list[dict[str, Any]] = [
        {"months": months} for months in np.unique(truth.months[truth.has_months])
    ]
    rows += [{"life": True}] if truth.life.any() else []
    rows += [{"death": True}] if truth.death.any() else []
    return Outcomes.from_records(rows)


def _answer_scores(truth: Outcomes, answers: Outcomes) -> Floats:
    """Mean `cail_score` of each answer on the verdicts."""
    n, m = len(truth), len(answers)
    real = truth.take(np.repeat(np.arange(n), m))
    return cail_scores(real, answers.take(np.tile(np.arange(m), n))).reshape(n, m).mean(axis=0)
