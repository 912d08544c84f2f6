"""The ordered outcomes a model speaks of: month values, then life, then death."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from liangxing.terms import term_bin

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Scores by |ln(a+1) - ln(p+1)|, CAIL2018 task 3.
_CAIL_STEPS = ((0.2, 1.0), (0.4, 0.8), (0.6, 0.6), (0.8, 0.4), (1.0, 0.2))


@dataclass(frozen=True)
class OutcomeGrid:
    """Month values in rising order; life and death follow them as the last two outcomes.

    The model merges death with and without reprieve into one outcome.
    """

    months: tuple[float, ...]

    def __post_init__(self) -> None:
        if list(self.months) != sorted(set(self.months)) or not self.months:
            raise ValueError("the month grid must rise strictly and not be empty")

    def __len__(self) -> int:
        return len(self.months) + 2

    @property
    def life(self) -> int:
        return len(self.months)

    @property
    def death(self) -> int:
        return len(self.months) + 1

    @cached_property
    def values(self) -> Floats:
        return np.asarray(self.months, dtype=np.float64)

    @cached_property
    def bins(self) -> tuple[str, ...]:
        """Bin name of every month value."""
        return tuple(str(term_bin(m, life=False, death=False)) for m in self.months)

    @cached_property
    def cail_scores(self) -> Floats:
        """[answers, truths]: the CAIL2018 score of an answer given the truth."""
        size = len(self)
        scores = np.zeros((size, size))
        logs = np.log1p(self.values)
        distance = np.abs(logs[:, None] - logs[None, :])
        months = np.zeros_like(distance)
        for limit, score in reversed(_CAIL_STEPS):
            months[distance <= limit + 1e-12] = score
        scores[: self.life, : self.life] = months
        scores[self.life, self.life] = scores[self.death, self.death] = 1.0
        return scores

    def inside(self, low: float, high: float, *, life: bool, death: bool) -> Bools:
        """Which outcomes lie between `low` and `high` months or are an open life or death."""
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[: self.life] = (self.values >= low) & (self.values <= high)
        mask[self.life], mask[self.death] = life, death
        return mask


def soft_labels(
    grid: OutcomeGrid,
    months: Sequence[float | None],
    life: Sequence[bool],
    death: Sequence[bool],
    bandwidth: float,
) -> Floats:
    """[cases, outcomes]: a Gaussian kernel in log1p months around each term; life and death exact.

    `bandwidth` is in log1p months. A row without months, life or death is all zero: no label.

    >>> soft_labels(OutcomeGrid((0.0, 6.0, 12.0)), [6.0], [False], [False], 0.1).round(2).tolist()
    [[0.0, 1.0, 0.0, 0.0, 0.0]]
    """
    labels = np.zeros((len(months), len(grid)))
    logs = np.log1p(grid.values)
    for row, (term, is_life, is_death) in enumerate(zip(months, life, death, strict=True)):
        if is_death:
            labels[row, grid.death] = 1.0
        elif is_life:
            labels[row, grid.life] = 1.0
        elif term is not None:
            distance = np.log1p(min(term, grid.months[-1])) - logs
            kernel = np.exp(-0.5 * (distance / bandwidth) ** 2)
            kernel[np.argmin(np.abs(distance))] += 1e-12
            labels[row, : grid.life] = kernel / kernel.sum()
    return labels
