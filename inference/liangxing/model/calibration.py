"""From raw outcome probabilities to a bounded distribution, a point and a conformal interval.

Intervals are split-conformal (Vovk et al.; Angelopoulos & Bates, arXiv 2107.07511). The nested
family grows from the median with as much mass below it as above, as the Winkler score rewards
(Gneiting & Raftery 2007, JASA 102); its parameter, the inflation, is the mass taken so far. A
verdict's score is the inflation at which the clipped interval first covers it, so that any level
can be answered from one list of scores.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from liangxing.model.outcomes import Bools, Floats, OutcomeGrid
from liangxing.model.side_calibration import POOLED, FineResiduals, SuspensionScaling
from liangxing.prediction import Interval, StatutoryBounds

MINIMUM_GROUP = 50
# The nested family that scores are of; a calibration of another one claims no coverage.
CENTRAL = "central"


@dataclass(frozen=True)
class Calibration:
    """Fitted on the calibration split along the deployed path.

    `discount` multiplies mass outside the chosen tier. `scores[mode][group]` are rising
    conformity scores; modes are "charge_given" and "charge_predicted", groups are charges with
    at least MINIMUM_GROUP calibration cases, and "pooled". `suspension` and `fine` are by mode
    too, empty in a bundle calibrated before they were. `sets` is the nested family of the scores.
    """

    discount: float
    scores: Mapping[str, Mapping[str, Sequence[float]]]
    suspension: Mapping[str, SuspensionScaling] = field(
        default_factory=dict[str, SuspensionScaling]
    )
    fine: Mapping[str, FineResiduals] = field(default_factory=dict[str, FineResiduals])
    sets: str = CENTRAL

    def inflation(self, mode: str, charge: str | None, level: float) -> tuple[float, int]:
        """The inflation for `level` and the number of scores behind it; infinite when
        ceil((n + 1) level) exceeds n."""
        groups = self.scores[mode]
        scores = groups.get(charge or POOLED) or groups[POOLED]
        rank = math.ceil((len(scores) + 1) * level - 1e-9)
        return (math.inf if rank > len(scores) else scores[rank - 1]), len(scores)


def softmax(logits: Floats) -> Floats:
    """Row-wise softmax in double precision."""
    shifted = np.asarray(logits, dtype=np.float64)
    shifted = np.exp(shifted - shifted.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def outer_mask(grid: OutcomeGrid, bounds: StatutoryBounds) -> Bools:
    """Outcomes inside the outer bounds; the nearest month value if none falls inside."""
    outer = bounds.outer
    mask = grid.inside(outer.low, outer.high, life=outer.life, death=outer.death)
    if not mask.any():
        mask[int(np.argmin(np.abs(grid.values - bounds.outer.high)))] = True
    return mask


def bounded(
    grid: OutcomeGrid, probabilities: Floats, bounds: StatutoryBounds, discount: float
) -> Floats:
    """The distribution with mass outside the tier discounted and none outside the outer bounds."""
    tier = _tier_mask(grid, bounds)
    weighted = np.where(tier, probabilities, probabilities * discount)
    weighted = np.where(outer_mask(grid, bounds), weighted, 0.0)
    total = weighted.sum()
    if total <= 0:
        mask = outer_mask(grid, bounds).astype(np.float64)
        return mask / mask.sum()
    return weighted / total


def best_point(grid: OutcomeGrid, distribution: Floats, bounds: StatutoryBounds) -> int:
    """The outcome inside the outer bounds with the highest expected `cail_score`."""
    expected = grid.cail_scores @ distribution
    return int(np.argmax(np.where(outer_mask(grid, bounds), expected, -1.0)))


def _tier_mask(grid: OutcomeGrid, bounds: StatutoryBounds) -> Bools:
    """Outcomes that the tiers the facts allow hold; no month where only life or death is open."""
    if bounds.low is None or bounds.high is None:
        none = np.inf
        return grid.inside(none, none, life=bounds.life, death=bounds.death)
    return grid.inside(bounds.low, bounds.high, life=bounds.life, death=bounds.death)


@dataclass(frozen=True)
class NestedSets:
    """Sets of outcomes that grow from the median: step i holds outcomes low[i]..high[i]."""

    low: tuple[int, ...]
    high: tuple[int, ...]
    inflation: tuple[float, ...]


def nested_sets(grid: OutcomeGrid, distribution: Floats, bounds: StatutoryBounds) -> NestedSets:
    """The growing sets inside the outer bounds: each step takes the next outcome on the side with
    more mass left."""
    allowed = np.flatnonzero(outer_mask(grid, bounds))
    mass = distribution[allowed]
    mass_to: Floats = np.cumsum(mass)
    last = len(allowed) - 1
    low = high = min(int((mass_to < mass_to[-1] / 2).sum()), last)
    taken = float(mass[low])
    lows, highs, inflations = [low], [high], [taken]
    while low > 0 or high < last:
        below, above = mass_to[low] - mass[low], mass_to[-1] - mass_to[high]
        if high == last or (low > 0 and below >= above):
            low -= 1
            taken += float(mass[low])
        else:
            high += 1
            taken += float(mass[high])
        lows.append(low)
        highs.append(high)
        inflations.append(taken)
    return NestedSets(
        tuple(int(allowed[i]) for i in lows),
        tuple(int(allowed[i]) for i in highs),
        tuple(inflations),
    )


def interval_at(
    grid: OutcomeGrid,
    sets: NestedSets,
    bounds: StatutoryBounds,
    inflation: float,
    level: float,
) -> Interval:
    """The largest set of the family whose inflation does not exceed `inflation`.

    The smallest set is the median alone. A set that reaches the first or last month value inside
    the outer bounds ends at the bound itself.
    """
    step = max(int(np.searchsorted(np.asarray(sets.inflation), inflation, side="right")) - 1, 0)
    return _as_interval(grid, sets, step, bounds, level)


def score(
    grid: OutcomeGrid,
    sets: NestedSets,
    bounds: StatutoryBounds,
    *,
    months: float | None,
    life: bool,
    death: bool,
) -> float:
    """Inflation at which the interval first covers the verdict; infinite outside the bounds.

    A verdict that the median alone covers scores 0, since every interval holds the median.
    """
    last = len(sets.low) - 1
    if not _as_interval(grid, sets, last, bounds, 1.0).covers(months, life=life, death=death):
        return math.inf
    first, final = 0, last
    while first < final:
        middle = (first + final) // 2
        if _as_interval(grid, sets, middle, bounds, 1.0).covers(months, life=life, death=death):
            final = middle
        else:
            first = middle + 1
    return 0.0 if first == 0 else sets.inflation[first]


def _as_interval(
    grid: OutcomeGrid, sets: NestedSets, step: int, bounds: StatutoryBounds, level: float
) -> Interval:
    low, high = sets.low[step], sets.high[step]
    months_low = months_high = None
    if low < grid.life:
        inside = grid.values[grid.values <= bounds.outer.high]
        months_low, months_high = grid.months[low], grid.months[min(high, grid.life - 1)]
        if low == sets.low[-1]:
            months_low = bounds.outer.low
        if len(inside) == 0 or months_high >= inside[-1]:
            months_high = bounds.outer.high
    return Interval(
        level=level,
        low=months_low,
        high=months_high,
        life=bounds.outer.life and low <= grid.life <= high,
        death=bounds.outer.death and high == grid.death,
    )
