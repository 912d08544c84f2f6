"""The figures of one look at a case, and what is shown of several looks: never against the law."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from liangxing.model import calibration as calibrate
from liangxing.model.legal import LegalContext
from liangxing.model.outcomes import Floats
from liangxing.prediction import Interval
from liangxing.whatif.directions import Direction
from liangxing.whatif.effects import Outlook

if TYPE_CHECKING:
    from liangxing.predictor import Run, SentencePredictor

_Change = TypeVar("_Change")


@dataclass(frozen=True)
class Figures:
    """Figures that rise with gravity: the outcome's place on the grid, the ends of the interval
    in months with life and death above them, its longest term, the logit against suspension, and
    the quantiles of the fine in log1p yuan."""

    outcome: int
    low: float
    high: float
    months_high: float
    unsuspended: float
    fine: tuple[float, ...]

    def row(self) -> Floats:
        """All of them in one row."""
        ends = (self.low, self.high, self.months_high)
        return np.asarray([self.outcome, *ends, self.unsuspended, *self.fine], dtype=np.float64)

    @classmethod
    def of_row(cls, row: Floats) -> Figures:
        """Back from one row."""
        outcome, low, high, months_high, unsuspended, *fine = (float(value) for value in row)
        return cls(int(outcome), low, high, months_high, unsuspended, tuple(fine))


def figures_of(predictor: SentencePredictor, run: Run, index: int, level: float) -> Figures:
    """Of the case at `index` of a run."""
    found = run.assessment(index)
    grid = predictor.grid
    interval = predictor.interval(found, level)
    distribution = predictor.bounded(found)
    low, high = _ends(interval)
    return Figures(
        outcome=calibrate.best_point(grid, distribution, found.legal.bounds),
        low=low,
        high=high,
        months_high=_NO_TERM if interval.high is None else interval.high,
        unsuspended=-found.suspension_logit,
        fine=tuple(float(value) for value in np.sort(found.fine_quantiles)),
    )


def outlook_of(
    predictor: SentencePredictor, figures: Figures, legal: LegalContext, level: float
) -> Outlook:
    """Figures in words, under the law of a variant."""
    found = predictor.answers.penalties(
        legal, figures.outcome, -figures.unsuspended, np.asarray(figures.fine)
    )
    return Outlook(
        penalty=found.penalty,
        interval=_interval(figures, level),
        suspension=found.suspension,
        fine=found.fine,
    )


def envelope(
    seen: Mapping[frozenset[_Change], Figures], ways: Mapping[_Change, Direction]
) -> Figures:
    """Of all parts of a set of changes, the figures that are monotone in each change.

    The least over the lighter changes of the most over the heavier ones: one more lighter change
    never raises a figure, one more heavier change never lowers one.
    """
    lighter = frozenset(change for change, way in ways.items() if way == "lighter")
    groups: dict[frozenset[_Change], list[Floats]] = {}
    for part, figures in seen.items():
        if any(ways[change] == "open" for change in ways if change not in part):
            continue
        groups.setdefault(part & lighter, []).append(figures.row())
    most = [np.max(rows, axis=0) for rows in groups.values()]
    return Figures.of_row(np.min(most, axis=0))


# Above every month, and below.
_LIFE, _DEATH, _NO_TERM = 1e6, 2e6, -1.0


def _ends(interval: Interval) -> tuple[float, float]:
    """The ends of an interval in months, with life and death above them."""
    low = interval.low if interval.low is not None else _LIFE if interval.life else _DEATH
    months = _NO_TERM if interval.high is None else interval.high
    high = _DEATH if interval.death else _LIFE if interval.life else months
    return low, high


def _interval(figures: Figures, level: float) -> Interval:
    low, high = figures.low, figures.high
    return Interval(
        level=level,
        low=low if low < _LIFE else None,
        high=figures.months_high if low < _LIFE else None,
        life=low <= _LIFE <= high,
        death=high >= _DEATH,
    )
