"""Baselines without text: the best constant and the median per charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Self

import numpy as np
from liangxing.errors import DataError

from liangxing_training.evaluation.features import Row, known
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Outcomes


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


def _first_charge(row: Row) -> str:
    charges = row.get("charges") or [""]
    return str(charges[0])


def _median(rows: Sequence[Row]) -> Row:
    def severity(row: Row) -> tuple[bool, bool, float]:
        return bool(row["death"]), bool(row["life"]), row["months"] or 0.0

    return sorted(rows, key=severity)[(len(rows) - 1) // 2]
