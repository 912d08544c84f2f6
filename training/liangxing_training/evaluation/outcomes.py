"""Verdicts, predicted points and predicted intervals as arrays, one entry per case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from liangxing.errors import DataError
from liangxing.prediction import Interval, Prediction
from liangxing.terms import term_bin
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

BINS = 11
MISSING_BIN = BINS


@dataclass(frozen=True)
class Outcomes:
    """Verdicts or predicted points, each array of shape [n].

    `months` is NaN where the outcome is life or death. `death` includes death with reprieve. A
    prediction with NaN months and neither flag is missing: every metric counts it as wrong.
    """

    months: Floats
    life: Bools
    death: Bools

    def __post_init__(self) -> None:
        if not self.months.shape == self.life.shape == self.death.shape == (len(self.months),):
            raise DataError(
                "months, life and death differ in shape; give three arrays of one length"
            )
        flags = self.life.astype(int) + self.death + self.has_months
        if (flags > 1).any():
            raise DataError(
                f"row {int(np.argmax(flags > 1))} has two outcomes; "
                "keep one of months, life and death"
            )

    def __len__(self) -> int:
        return len(self.months)

    @property
    def has_months(self) -> Bools:
        return ~np.isnan(self.months)

    @property
    def missing(self) -> Bools:
        return ~(self.has_months | self.life | self.death)

    @classmethod
    def from_months(cls, months: ArrayLike) -> Self:
        """Terms of months only.

        >>> Outcomes.from_months([6, 12]).months.tolist()
        [6.0, 12.0]
        """
        values = np.asarray(months, dtype=np.float64)
        return cls(values, np.zeros(values.shape, np.bool_), np.zeros(values.shape, np.bool_))

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> Self:
        """From rows with `months`, `life` and `death`; death wins over life, life over months.

        >>> Outcomes.from_records([{"months": 6}, {"months": None, "life": True}]).life.tolist()
        [False, True]
        """
        rows = list(records)
        death = np.array([bool(row.get("death")) for row in rows], np.bool_)
        life = np.array([bool(row.get("life")) for row in rows], np.bool_) & ~death
        months = np.array([_number(row.get("months")) for row in rows], np.float64)
        return cls(np.where(life | death, np.nan, months), life, death)

    @classmethod
    def from_predictions(cls, predictions: Iterable[Prediction]) -> Self:
        """The recommended points."""
        return cls.from_records(
            {
                "months": p.penalty.months,
                "life": p.penalty.kind == "life",
                "death": p.penalty.kind in ("death", "death_reprieve"),
            }
            for p in predictions
        )

    def take(self, indices: NDArray[Any]) -> Self:
        """The cases at `indices` (integers or a mask)."""
        return type(self)(self.months[indices], self.life[indices], self.death[indices])

    def bins(self) -> Ints:
        """Bin 0 to 10 of the literature; MISSING_BIN where there is no outcome.

        >>> Outcomes.from_months([240, 120, 6, 0]).bins().tolist()
        [1, 2, 9, 10]
        """
        values, places = np.unique(self.months, return_inverse=True)
        table = np.array([term_bin(None if np.isnan(v) else float(v)) for v in values], np.int64)
        bins = table[places] if len(values) else np.zeros(0, np.int64)
        return np.where(self.missing, MISSING_BIN, bins)


@dataclass(frozen=True)
class Intervals:
    """Sets of outcomes, each array of shape [n]: months from `low` to `high`, life, death.

    `low` and `high` are NaN where the set holds no term of months.
    """

    low: Floats
    high: Floats
    life: Bools
    death: Bools

    def __post_init__(self) -> None:
        shapes = {a.shape for a in (self.low, self.high, self.life, self.death)}
        if shapes != {(len(self.low),)}:
            raise DataError("low, high, life and death differ in shape; give arrays of one length")
        wrong = (self.low > self.high) | (np.isnan(self.low) != np.isnan(self.high))
        if wrong.any():
            raise DataError(f"interval {int(np.argmax(wrong))} needs low <= high, or both null")

    def __len__(self) -> int:
        return len(self.low)

    @property
    def has_months(self) -> Bools:
        return ~np.isnan(self.low)

    @classmethod
    def from_months(cls, low: ArrayLike, high: ArrayLike) -> Self:
        """Sets of months only."""
        lows, highs = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
        return cls(lows, highs, np.zeros(lows.shape, np.bool_), np.zeros(lows.shape, np.bool_))

    @classmethod
    def from_points(cls, points: Outcomes) -> Self:
        """Sets that hold just the point."""
        return cls(points.months, points.months, points.life, points.death)

    @classmethod
    def from_predictions(cls, predictions: Iterable[Prediction]) -> Self:
        """The conformal intervals."""
        return cls.from_intervals([p.interval for p in predictions])

    @classmethod
    def from_intervals(cls, parts: Sequence[Interval]) -> Self:
        """Intervals as a predictor gives them."""
        return cls._build(
            [p.low for p in parts],
            [p.high for p in parts],
            [p.life for p in parts],
            [p.death for p in parts],
        )

    @classmethod
    def from_outer_bounds(cls, predictions: Iterable[Prediction]) -> Self:
        """The outer statutory bounds."""
        parts = [p.bounds.statutory.outer for p in predictions]
        return cls._build(
            [p.low for p in parts],
            [p.high for p in parts],
            [p.life for p in parts],
            [p.death for p in parts],
        )

    @classmethod
    def _build(
        cls,
        low: Sequence[float | None],
        high: Sequence[float | None],
        life: Sequence[bool],
        death: Sequence[bool],
    ) -> Self:
        return cls(
            np.array([_number(v) for v in low], np.float64),
            np.array([_number(v) for v in high], np.float64),
            np.array(life, np.bool_),
            np.array(death, np.bool_),
        )

    def take(self, indices: NDArray[Any]) -> Self:
        """The cases at `indices` (integers or a mask)."""
        return type(self)(
            self.low[indices], self.high[indices], self.life[indices], self.death[indices]
        )


def _number(value: object) -> float:
    return np.nan if value is None else float(value)  # pyright: ignore[reportArgumentType]
