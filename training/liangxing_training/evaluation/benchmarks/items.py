"""What a suite's file holds, and what a system answered: the two sides of every benchmark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.errors import DataError

from liangxing_training.evaluation.outcomes import Intervals, Outcomes


@dataclass(frozen=True)
class Item:
    """One row of a benchmark. `reference` is the answer in the suite's own words, where it has
    any; a verdict without months, life or death is one our own metrics leave out."""

    id: str
    fact: str
    charges: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    months: float | None = None
    life: bool = False
    death: bool = False
    defendant: str | None = None
    defendants_count: int | None = None
    reference: str = ""

    @property
    def has_outcome(self) -> bool:
        return self.months is not None or self.life or self.death

    def row(self) -> dict[str, Any]:
        """The item as the predictor, the baselines and the metrics take it."""
        return {
            "id": self.id,
            "fact": self.fact,
            "charges": list(self.charges),
            "articles": list(self.articles),
            "months": self.months,
            "life": self.life,
            "death": self.death,
            "defendant": self.defendant,
            "defendants_count": self.defendants_count,
        }


@dataclass(frozen=True)
class Loaded:
    """The rows of a file; `skipped` counts the reasons of rows that are not scored at all."""

    items: tuple[Item, ...]
    skipped: Mapping[str, int]


@dataclass(frozen=True)
class Answer:
    """What a system says of one item: a point, an interval, or its own `text`.

    Nothing set means no answer, which counts as wrong. Months at half-month resolution.
    """

    months: float | None = None
    life: bool = False
    death: bool = False
    low: float | None = None
    high: float | None = None
    interval_life: bool = False
    interval_death: bool = False
    level: float | None = None
    text: str | None = None

    @property
    def has_interval(self) -> bool:
        return self.low is not None or self.interval_life or self.interval_death


NO_ANSWER = Answer()


def loaded(items: Iterable[Item], skipped: Counter[str], what: str) -> Loaded:
    """The rows, once ids are known to be distinct. Raises DataError when none is left."""
    rows = tuple(items)
    if not rows:
        reasons = "; ".join(f"{reason} ({n})" for reason, n in skipped.most_common())
        raise DataError(f"{what} holds no row to score: {reasons or 'it is empty'}")
    counts = Counter(item.id for item in rows)
    twice = [id_ for id_, n in counts.items() if n > 1]
    if twice:
        raise DataError(f"{what}: id {twice[0]!r} occurs {counts[twice[0]]} times; make it unique")
    return Loaded(rows, dict(skipped))


def truth_of(items: Sequence[Item]) -> Outcomes:
    """The verdicts."""
    return Outcomes.from_records(item.row() for item in items)


def points_of(answers: Sequence[Answer]) -> Outcomes:
    """The answered points."""
    return Outcomes.from_records(
        {"months": a.months, "life": a.life, "death": a.death} for a in answers
    )


def intervals_of(answers: Sequence[Answer]) -> Intervals:
    """The answered intervals; an answer without one is the empty set."""
    ends = [
        (np.nan, np.nan) if a.low is None or a.high is None else (a.low, a.high) for a in answers
    ]
    return Intervals(
        np.array([low for low, _ in ends], np.float64),
        np.array([high for _, high in ends], np.float64),
        np.array([a.interval_life for a in answers], np.bool_),
        np.array([a.interval_death for a in answers], np.bool_),
    )
