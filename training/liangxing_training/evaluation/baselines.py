"""Baselines that every figure stands beside; all are fitted on training rows alone.

Rows are records with `fact`, `charges`, `months`, `life` and `death`; rows with `term_known` false
are skipped in `fit`. Charges count as given, as they are for the model's main figure; a row
without charges is read from its text alone. Defaults were chosen on a validation split.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

import lightgbm
import numpy as np
from liangxing.errors import DataError
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

from liangxing_training.evaluation.bootstrap import DEFAULT, Estimate, Resampling, estimate_points
from liangxing_training.evaluation.features import (
    PAIRS,
    TRIPLES,
    CaseText,
    LegalFeatures,
    Row,
    StackedFeatures,
    TextSettings,
    statutory_features,
)
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Floats, Ints, Outcomes

_LIFE, _DEATH = 1, 2
logger = logging.getLogger(__name__)


class Baseline(Protocol):
    """Fits on rows and answers one outcome per row. `predict` before `fit` raises."""

    name: str

    def fit(self, rows: Sequence[Row]) -> Self: ...

    def predict(self, rows: Sequence[Row]) -> Outcomes: ...


class BestConstant:
    """Always the term that scores the highest mean `cail_score` on the training rows."""

    name = "best constant"

    def fit(self, rows: Sequence[Row]) -> Self:
        self.months = best_constant(Outcomes.from_records(known(rows)))
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        return Outcomes.from_months(np.full(len(rows), self.months))


class MedianPerCharge:
    """The median outcome of the first charge; of all rows for a charge rarer than `minimum`.

    Life and death rank above every term, so a charge most often punished with life has life.
    """

    name = "median per charge"

    def __init__(self, minimum: int = 5) -> None:
        self.minimum = minimum

    def fit(self, rows: Sequence[Row]) -> Self:
        groups: defaultdict[str, list[Row]] = defaultdict(list)
        rows = known(rows)
        for row in rows:
            groups[_first_charge(row)].append(row)
        self.medians = {
            charge: _median(members)
            for charge, members in groups.items()
            if charge and len(members) >= self.minimum
        }
        self.overall = _median(rows)
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        return Outcomes.from_records(
            self.medians.get(_first_charge(row), self.overall) for row in rows
        )


class TfidfSvc:
    """The CAIL2018 organisers' recipe: TF-IDF and a linear SVM over classes of terms.

    Character n-grams take the place of their word n-grams. The classes are the term bins with
    life and death apart; a class answers its best constant, where the recipe has fixed months.
    """

    name = "TF-IDF + LinearSVC"

    def __init__(self, c: float = 0.2, text: TextSettings = TRIPLES, seed: int = 0) -> None:
        self.c, self.text, self.seed = c, CaseText(text), seed

    def fit(self, rows: Sequence[Row]) -> Self:
        rows = known(rows)
        truth = Outcomes.from_records(rows)
        classes = np.where(truth.death, -1, truth.bins())
        self.months = {
            int(k): best_constant(truth.take(classes == k)) for k in np.unique(classes) if k > 0
        }
        self.classifier = _Classifier(self.c, None, self.seed).fit(
            self.text.fit_transform(rows), classes
        )
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        classes = self.classifier.predict(self.text.transform(rows))
        months = [self.months.get(int(k), np.nan) for k in classes]
        return Outcomes(np.array(months, np.float64), classes == 0, classes == -1)


class TfidfRidge:
    """TF-IDF and ridge regression on log1p months, behind a `SeverityGate`."""

    name = "TF-IDF + ridge"

    def __init__(self, alpha: float = 1.0, text: TextSettings = PAIRS, seed: int = 0) -> None:
        self.text = CaseText(text)
        self.ridge = Ridge(alpha=alpha, solver="sparse_cg")
        self.gate = SeverityGate(seed)

    def fit(self, rows: Sequence[Row]) -> Self:
        rows = known(rows)
        truth = Outcomes.from_records(rows)
        matrix = self.text.fit_transform(rows)
        self.gate.fit(matrix, truth)
        self.ridge.fit(matrix[truth.has_months], np.log1p(truth.months[truth.has_months]))
        return self

    def predict(self, rows: Sequence[Row]) -> Outcomes:
        matrix = self.text.transform(rows)
        return self.gate.apply(matrix, np.expm1(self.ridge.predict(matrix)))


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


class SeverityGate:
    """Months, life or death: a linear SVM on the text of all rows, life and death weighted 3."""

    def __init__(self, seed: int = 0) -> None:
        self.classifier = _Classifier(10.0, {0: 1, _LIFE: 3, _DEATH: 3}, seed)

    def fit(self, matrix: sparse.csr_matrix, truth: Outcomes) -> Self:
        self.classifier.fit(matrix, np.where(truth.death, _DEATH, np.where(truth.life, _LIFE, 0)))
        return self

    def apply(self, matrix: sparse.csr_matrix, months: Floats) -> Outcomes:
        """`months`, at least 0 and at half-month resolution, unless the gate says otherwise."""
        said = self.classifier.predict(matrix)
        rounded = np.floor(np.maximum(months, 0.0) * 2 + 0.5) / 2
        return Outcomes(np.where(said == 0, rounded, np.nan), said == _LIFE, said == _DEATH)


class _Classifier:
    """A linear SVM that also knows a single class."""

    def __init__(self, c: float, weights: dict[int, int] | None, seed: int) -> None:
        self.svm: Any = LinearSVC(C=c, class_weight=weights, random_state=seed)
        self.only: int | None = None

    def fit(self, matrix: sparse.csr_matrix, classes: Ints) -> Self:
        present = np.unique(classes)
        self.only = int(present[0]) if len(present) == 1 else None
        if self.only is None:
            if isinstance(self.svm.class_weight, dict):
                weights = {k: v for k, v in self.svm.class_weight.items() if k in present}
                self.svm.set_params(class_weight=weights)
            self.svm.fit(matrix, classes)
        return self

    def predict(self, matrix: sparse.csr_matrix) -> Ints:
        if self.only is not None:
            return np.full(matrix.get_shape()[0], self.only, np.int64)
        return np.asarray(self.svm.predict(matrix), np.int64)


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


def best_constant(truth: Outcomes) -> float:
    """The observed term with the highest mean `cail_score`, in months; the lowest of equals.

    >>> best_constant(Outcomes.from_months([6, 6, 60]))
    6.0
    """
    terms, counts = np.unique(truth.months[truth.has_months], return_counts=True)
    if not len(terms):
        raise DataError("no row has a term of months; a constant needs at least one")
    n = len(terms)
    said, real = Outcomes.from_months(np.repeat(terms, n)), Outcomes.from_months(np.tile(terms, n))
    scores = cail_scores(real, said).reshape(n, n) @ counts
    return float(terms[int(np.argmax(scores))])


def known(rows: Sequence[Row]) -> list[Row]:
    """The rows with an outcome. Raises DataError if there is none."""
    kept = [row for row in rows if row.get("term_known", True)]
    if not kept:
        raise DataError("no row with a known term; give rows whose term_known is true")
    return kept


def _first_charge(row: Row) -> str:
    charges = row.get("charges") or [""]
    return str(charges[0])


def _median(rows: Sequence[Row]) -> Row:
    def severity(row: Row) -> tuple[bool, bool, float]:
        return bool(row["death"]), bool(row["life"]), row["months"] or 0.0

    return sorted(rows, key=severity)[(len(rows) - 1) // 2]
