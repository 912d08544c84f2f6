"""From charges and dates to the bounds and the head's features: the law's part of a model pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from liangxing.case import Case
from liangxing.law import canonical_charge, find, statutory_bounds
from liangxing.model.outcomes import Floats
from liangxing.prediction import MonthRange, StatutoryBounds, TraceStep
from liangxing.reading.dates import last_dated_event

CHARGE_GIVEN, CHARGE_PREDICTED = "charge_given", "charge_predicted"
CHARGE_SET_PROBABILITY = 0.95


@dataclass(frozen=True)
class LegalContext:
    """The law on one case. `charges` are given, or the most probable one; `bounds` cover every
    possible charge, `charge_bounds` only `charges`, whose statute may be unknown."""

    mode: str
    charges: tuple[str, ...]
    bounds: StatutoryBounds
    charge_bounds: StatutoryBounds
    statute_known: bool
    offence_date: date | None
    trace: tuple[TraceStep, ...]
    warnings: tuple[str, ...]

    @property
    def charge(self) -> str | None:
        return self.charges[0] if self.charges else None


def legal_context(
    case: Case, charge_names: Sequence[str], charge_probabilities: Floats
) -> LegalContext:
    """Bounds for the given charges, or for the smallest predicted set with 95 % probability.

    A date that is neither given nor told in the fact leaves the version to `statutory_bounds`.
    """
    offence_date = case.offence_date
    if offence_date is None:
        latest = case.judgment_date or date.today()
        offence_date = last_dated_event(case.fact, not_after=latest)
    given = tuple(dict.fromkeys(canonical_charge(name) or name for name in case.charges))
    if given:
        bounds, trace, warnings = statutory_bounds(given, offence_date=offence_date)
        return LegalContext(
            mode=CHARGE_GIVEN,
            charges=given,
            bounds=bounds,
            charge_bounds=bounds,
            statute_known=any(find(charge) for charge in given),
            offence_date=offence_date,
            trace=tuple(trace),
            warnings=tuple(warnings),
        )
    possible = charge_set(charge_names, charge_probabilities)
    each = [statutory_bounds([charge], offence_date=offence_date) for charge in possible]
    first, trace, _ = each[0]
    return LegalContext(
        mode=CHARGE_PREDICTED,
        charges=possible[:1],
        bounds=union([bounds for bounds, _, _ in each]),
        charge_bounds=first,
        statute_known=find(possible[0]) is not None,
        offence_date=offence_date,
        trace=tuple(trace),
        warnings=tuple(dict.fromkeys(note for _, _, notes in each for note in notes)),
    )


def charge_set(names: Sequence[str], probabilities: Floats) -> tuple[str, ...]:
    """The smallest set of charges with CHARGE_SET_PROBABILITY, most probable first."""
    order = np.argsort(-probabilities, kind="stable")
    mass = np.cumsum(probabilities[order])
    size = min(int(np.searchsorted(mass, CHARGE_SET_PROBABILITY)) + 1, len(order))
    return tuple(names[int(i)] for i in order[:size])


def union(bounds: Sequence[StatutoryBounds]) -> StatutoryBounds:
    """The bounds that hold when any one of several charges may apply."""
    if len(bounds) == 1:
        return bounds[0]
    lows = [b.low for b in bounds if b.low is not None]
    highs = [b.high for b in bounds if b.high is not None]
    return replace(
        bounds[0],
        low=min(lows, default=None),
        high=max(highs, default=None),
        life=any(b.life for b in bounds),
        death=any(b.death for b in bounds),
        tier=None,
        outer=MonthRange(min(b.outer.low for b in bounds), max(b.outer.high for b in bounds)),
    )
