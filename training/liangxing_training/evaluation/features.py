"""Features of the baselines: TF-IDF of the facts, given charges, the statute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.errors import DataError
from liangxing.model.legal import legal_context
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, cross_val_predict

from liangxing_training.evaluation.outcomes import Floats

Row = Mapping[str, Any]
LegalFeatures = Callable[[Sequence[Row]], Floats]

# What a statute is chosen by; labels stay out.
_CASE_FIELDS = ("fact", "charges", "offence_date", "judgment_date")


@dataclass(frozen=True)
class TextSettings:
    """Character n-grams from `ngrams[0]` to `ngrams[1]` that at least `min_rows` rows hold."""

    ngrams: tuple[int, int] = (1, 2)
    max_features: int = 100_000
    min_rows: int = 3
    # A charge weighs this much beside a fact of length 1.
    charge_weight: float = 0.7


PAIRS = TextSettings()
TRIPLES = TextSettings(ngrams=(1, 3))


class CaseText:
    """Rows to a sparse matrix: TF-IDF of the fact, then one column per charge seen in `fit`."""

    def __init__(self, settings: TextSettings) -> None:
        self.settings = settings
        ngrams: dict[str, Any] = {
            "analyzer": "char",
            "ngram_range": settings.ngrams,
            "max_features": settings.max_features,
            "min_df": settings.min_rows,
            "sublinear_tf": True,
            "dtype": np.float32,
        }
        charges: dict[str, Any] = {
            "analyzer": _charges_of,
            "binary": True,
            "dtype": np.float32,
        }
        self._ngrams = TfidfVectorizer(**ngrams)
        self._charges = CountVectorizer(**charges)

    def fit_transform(self, rows: Sequence[Row]) -> sparse.csr_matrix:
        facts = self._ngrams.fit_transform([row["fact"] for row in rows])
        self._has_charges = any(row.get("charges") for row in rows)
        charges = self._charges.fit_transform(rows) if self._has_charges else None
        return self._join(facts, charges)

    def transform(self, rows: Sequence[Row]) -> sparse.csr_matrix:
        facts = self._ngrams.transform([row["fact"] for row in rows])
        charges = self._charges.transform(rows) if self._has_charges else None
        return self._join(facts, charges)

    def charges(self, matrix: sparse.csr_matrix) -> sparse.csr_matrix:
        """The columns of `matrix` that stand for charges."""
        return sparse.csr_matrix(matrix[:, len(self._ngrams.vocabulary_) :])

    def _join(self, facts: Any, charges: Any) -> sparse.csr_matrix:
        parts = [facts] if charges is None else [facts, charges * self.settings.charge_weight]
        return sparse.csr_matrix(sparse.hstack(parts))


def statutory_features(rows: Sequence[Row]) -> Floats:
    """[n, 5]: log1p of the statute's low and high, life and death open, number of charges.

    NaN where no charge is given or its statute is unknown.
    """
    return np.array([_statute(row) for row in rows], np.float64).reshape(len(rows), 5)


class StackedFeatures:
    """Dense enough for trees: the n-grams most correlated with the term, charges, length of the
    fact, legal features, and the prediction of a ridge regression, out of fold on training rows.
    """

    def __init__(
        self,
        text: TextSettings = PAIRS,
        legal_features: LegalFeatures | None = statutory_features,
        keep: int = 1000,
        alpha: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.text, self.legal_features = CaseText(text), legal_features
        self.keep, self.seed = keep, seed
        self.ridge: Any = Ridge(alpha=alpha, solver="sparse_cg")

    def fit_transform(self, rows: Sequence[Row], target: Floats) -> sparse.csr_matrix:
        """Features of training rows, whose `target` is in log1p months."""
        matrix = self.text.fit_transform(rows)
        width: Any = min(self.keep, matrix.get_shape()[1])
        self.selection = SelectKBest(f_regression, k=width)
        # An n-gram without variance scores NaN and is never kept.
        with np.errstate(invalid="ignore"):
            self.selection.fit(matrix.astype(np.float64), target)
        folds = KFold(min(5, len(rows)), shuffle=True, random_state=self.seed)
        held_out: Any = cross_val_predict(self.ridge, matrix, target, cv=folds)
        self.ridge.fit(matrix, target)
        return self._join(rows, matrix, held_out)

    def transform(self, rows: Sequence[Row]) -> sparse.csr_matrix:
        matrix = self.text.transform(rows)
        return self._join(rows, matrix, self.ridge.predict(matrix))

    def _join(
        self, rows: Sequence[Row], matrix: sparse.csr_matrix, ridge: Floats
    ) -> sparse.csr_matrix:
        length = np.log1p([len(row["fact"]) for row in rows])
        parts: list[Any] = [
            self.selection.transform(matrix),
            self.text.charges(matrix),
            np.column_stack([length, ridge]),
        ]
        if self.legal_features is not None:
            parts.append(self.legal_features(rows))
        return sparse.csr_matrix(sparse.hstack(parts))


def known(rows: Sequence[Row]) -> list[Row]:
    """The facts with an outcome; a court's opinion is no fact. Raises DataError without any."""
    kept = [
        row
        for row in rows
        if row.get("term_known", True) and row.get("text_kind", "fact") == "fact"
    ]
    if not kept:
        raise DataError("no fact with a known term; give rows whose term_known is true")
    return kept


def _charges_of(row: Row) -> list[str]:
    return list(row.get("charges") or [])


def _statute(row: Row) -> list[float]:
    nothing = [np.nan] * 5
    if not row.get("charges"):
        return nothing
    given = {name: row.get(name) for name in _CASE_FIELDS}
    case = Case.from_row(given | {"fact": row["fact"][:MAX_FACT_CHARACTERS]})
    context = legal_context(case, (), np.zeros(0))
    if not context.statute_known:
        return nothing
    bounds = context.charge_bounds
    ends = (bounds.low, bounds.high)
    low, high = (np.nan if end is None else float(np.log1p(end)) for end in ends)
    return [low, high, float(bounds.life), float(bounds.death), float(len(context.charges))]
