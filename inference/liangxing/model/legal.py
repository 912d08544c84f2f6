"""From a case and its charges to the law's part of a model pass: bounds, features, trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from liangxing.case import Case
from liangxing.law.assess import CaseReading, LegalAssessment, assess_reading, read_case
from liangxing.law.bounds import Finder
from liangxing.law.charges import canonical_charge
from liangxing.law.guidelines import Options
from liangxing.law.statutes import find
from liangxing.law.versions import Days
from liangxing.model.outcomes import Floats
from liangxing.prediction import MonthRange, OuterBounds, StatutoryBounds, TraceStep

CHARGE_GIVEN, CHARGE_PREDICTED = "charge_given", "charge_predicted"
CHARGE_SET_PROBABILITY = 0.95


@dataclass(frozen=True)
class LegalContext:
    """The law on one case. `bounds` cover every possible charge; `law` covers the charges given,
    or the most probable one. `laddered` is that law with a plea ladder, which is shown and never
    a feature: no model was trained or calibrated with one. `sets` are the charges that may apply,
    the most probable first."""

    mode: str
    bounds: StatutoryBounds
    law: LegalAssessment
    reading: CaseReading
    warnings: tuple[str, ...]
    laddered: LegalAssessment | None = None
    sets: tuple[tuple[str, ...], ...] = ()

    @property
    def shown(self) -> LegalAssessment:
        """The law that the user sees."""
        return self.laddered or self.law

    @property
    def charges(self) -> tuple[str, ...]:
        return self.law.charges

    @property
    def charge(self) -> str | None:
        return self.charges[0] if self.charges else None

    @property
    def charge_bounds(self) -> StatutoryBounds:
        return self.law.statutory.bounds

    @property
    def statute_known(self) -> bool:
        return self.law.statutory.known

    @property
    def guideline(self) -> MonthRange | None:
        return self.law.guideline.range

    @property
    def offence_date(self) -> date | None:
        return self.reading.days.offence

    @property
    def trace(self) -> tuple[TraceStep, ...]:
        return self.law.trace


def legal_context(
    case: Case,
    charge_names: Sequence[str],
    charge_probabilities: Floats,
    *,
    finder: Finder = find,
    period: Days | None = None,
    ladder: str | None = None,
) -> LegalContext:
    """The law for the given charges, or for the smallest predicted set with 95 % probability.

    `finder` looks up statutes, a province's own where the user gave its figures; `period` are the
    days in which an offence without a date may lie; `ladder` names a plea ladder.
    """
    given = tuple(dict.fromkeys(canonical_charge(name) or name for name in case.charges))
    sets = [given] if given else [(c,) for c in charge_set(charge_names, charge_probabilities)]
    reading = read_case(case, sets[0] if sets else (), period=period)
    mode = CHARGE_GIVEN if given else CHARGE_PREDICTED
    return context_of(case, mode, sets, reading, finder=finder, ladder=ladder)


def context_of(
    case: Case,
    mode: str,
    sets: Sequence[tuple[str, ...]],
    reading: CaseReading,
    *,
    finder: Finder = find,
    ladder: str | None = None,
) -> LegalContext:
    """The law for `sets` of charges, the most probable first, on a case that has been read."""
    first, *rest = sets or [()]
    law = assess_reading(case, first, reading, finder=finder)
    others = [assess_reading(case, each, reading, finder=finder) for each in rest]
    bounds = union([each.statutory.bounds for each in (law, *others)])
    notes = (note for each in (law, *others) for note in each.warnings)
    laddered = None
    if ladder is not None:
        options = Options(plea_ladder=ladder, stage=case.stage)
        laddered = assess_reading(case, first, reading, finder=finder, options=options)
    return LegalContext(
        mode=mode,
        bounds=bounds,
        law=law,
        reading=reading,
        warnings=tuple(dict.fromkeys(notes)),
        laddered=laddered,
        sets=tuple(sets),
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
        outer=OuterBounds(
            min(b.outer.low for b in bounds),
            max(b.outer.high for b in bounds),
            any(b.outer.life for b in bounds),
            any(b.outer.death for b in bounds),
        ),
    )
