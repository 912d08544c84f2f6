"""Linear baselines on TF-IDF features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.svm import LinearSVC

from liangxing_training.evaluation.features import (
    PAIRS,
    TRIPLES,
    CaseText,
    Row,
    TextSettings,
    known,
)
from liangxing_training.evaluation.outcomes import Floats, Ints, Outcomes
from liangxing_training.evaluation.simple_baselines import best_constant

_LIFE, _DEATH = 1, 2


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
