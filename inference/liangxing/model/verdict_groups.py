"""What courts gave in verdicts with like facts: `groups.npz`, columns for the trees.

Trees see few verdicts of one charge at one amount; a kernel estimate over the verdicts of the
charge (Nadaraya 1964, Watson 1964) sees all near ones. Verdicts are held as group means, never
one by one where a charge has enough of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liangxing.model.arrays import ArrayPart

Floats = NDArray[np.float32]

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# What a far group of the charge counts, so that no case is without any.
_FAR = 1e-4


@dataclass(frozen=True)
class VerdictGroups(ArrayPart):
    """Groups of verdicts on one charge.

    `charges` [groups] are columns among the charge features, -1 for every other charge; `centres`
    [groups, k] and `counts` [groups, outcomes] where a group lies and how many verdicts it has of
    each outcome. `columns` [k] are the features that make facts alike, multiplied by `scales` [k],
    or `absent` [k] where one is not stated. `places` [outcomes] are log1p months, life and death
    behind them.
    """

    charges: NDArray[np.int64]
    centres: NDArray[np.float32]
    counts: NDArray[np.float32]
    columns: NDArray[np.int64]
    scales: NDArray[np.float32]
    absent: NDArray[np.float32]
    places: NDArray[np.float32]

    def near(self, charges: Floats, values: Floats, present: Floats) -> Floats:
        """[cases, 8]: mean and QUANTILES in log1p months, log1p of the number of verdicts, and
        standard deviation of the terms in like verdicts.

        `charges` are the charge features [cases, charges], `values` and `present` all features.
        A charge without a group is answered with all groups, and a number of 0.
        """
        points = self.points(values, present)
        held = held_charges(charges)
        distances = (
            (points**2).sum(1)[:, None]
            + (self.centres**2).sum(1)[None]
            - 2 * points @ self.centres.T
        )
        same = held[:, None] == self.charges[None]
        weights: Floats = (np.exp(-np.maximum(distances, 0) / 2) + _FAR) * same
        counts: Floats = weights @ self.counts
        number: Floats = counts.sum(1, keepdims=True)
        whole: Floats = self.counts.sum(0, keepdims=True)
        counts = np.where(number > 0, counts, whole)
        spread: Floats = counts / counts.sum(1, keepdims=True)
        mean: Floats = spread @ self.places
        variance: Floats = spread @ self.places**2 - mean**2
        mass: Floats = np.cumsum(spread, axis=1)
        last = len(self.places) - 1
        quantiles: list[Floats] = [
            self.places[np.minimum((mass < share - 1e-6).sum(1), last)] for share in QUANTILES
        ]
        deviation: Floats = np.sqrt(np.maximum(variance, 0))
        columns = [mean, *quantiles, np.log1p(number[:, 0]), deviation]
        return np.stack(columns, axis=1).astype(np.float32)

    def points(self, values: Floats, present: Floats) -> Floats:
        """Where cases lie among the groups, [cases, k]."""
        stated = values[:, self.columns] * self.scales
        return np.where(present[:, self.columns] > 0, stated, self.absent).astype(np.float32)


def held_charges(charges: Floats) -> NDArray[np.int64]:
    """The first charge of each case among the charge features [cases, charges], or -1."""
    return np.where(charges.any(axis=1), np.argmax(charges > 0, axis=1), -1)
