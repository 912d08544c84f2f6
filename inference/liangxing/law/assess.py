"""The law on one case, from its text to bounds, guideline range and trace: the law's facade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from liangxing.case import Case
from liangxing.law.bounds import Finder, Statutory, statutory_bounds
from liangxing.law.charges import canonical_charge
from liangxing.law.circumstances import CaseFacts
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import guidelines
from liangxing.law.guidelines import (
    Count,
    Guideline,
    Options,
    cumulated,
    guideline_range,
    over_versions,
)
from liangxing.law.person import by_age, too_young
from liangxing.law.statutes import find, statutes
from liangxing.law.versions import CaseDays, Days
from liangxing.prediction import (
    Bounds,
    Circumstance,
    Evidence,
    Quantity,
    TraceStep,
)
from liangxing.reading.circumstances import read_circumstances, word_rules
from liangxing.reading.dates import last_dated_event
from liangxing.reading.normalise import normalise
from liangxing.reading.quantities import UNITS, read_quantities
from liangxing.reading.vocabulary import patterns


@dataclass(frozen=True)
class CaseReading:
    """What is known of a case: given by the user, else read from the text with evidence."""

    days: CaseDays
    quantities: tuple[Quantity, ...]
    circumstances: tuple[Circumstance, ...]
    facts: CaseFacts
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class LegalAssessment:
    """The law on one case for one set of charges."""

    charges: tuple[str, ...]
    reading: CaseReading
    statutory: Statutory
    guideline: Guideline
    trace: tuple[TraceStep, ...]
    warnings: tuple[str, ...]

    @property
    def bounds(self) -> Bounds:
        return Bounds(self.statutory.bounds, self.guideline.range)


def assess(
    case: Case,
    charges: Sequence[str] | None = None,
    *,
    period: Days | None = None,
    finder: Finder = find,
    options: Options | None = None,
) -> LegalAssessment:
    """Reads a case and applies the law to it; `charges` stand in for those of the case.

    `period` are the days of an offence without a date, `finder` looks up statutes (a province's
    own figures), `options` set the guideline's. Raises CaseError for a ratio above 1.
    """
    named = case.charges if charges is None else charges
    official = tuple(dict.fromkeys(canonical_charge(name) or name for name in named))
    reading = read_case(case, official, period=period)
    return assess_reading(case, official, reading, finder=finder, options=options)


def read_rules() -> None:
    """Reads the law and rules of reading now, which the first case would wait for otherwise."""
    statutes()
    guidelines()
    general_rules()
    word_rules()
    patterns("money")


def read_case(case: Case, charges: Sequence[str], *, period: Days | None = None) -> CaseReading:
    """Days, quantities and circumstances of a case; what is given overrides what is read."""
    text = normalise(case.fact)
    days = _days(case, text, period)
    quantities = list(read_quantities(text, defendant=case.defendant, charges=charges))
    circumstances = list(read_circumstances(text, defendant=case.defendant))
    quantities = [q for q in quantities if q.id not in case.quantities] + [
        Quantity(id_, value, UNITS.get(id_, ""), None) for id_, value in case.quantities.items()
    ]
    given: dict[str, bool | float] = dict(case.circumstances)
    warnings: list[str] = []
    if case.birth_date is not None:
        for fact in by_age(case.birth_date, days, charges):
            given.setdefault(fact, True)
        if too_young(case.birth_date, days):
            warnings.append(
                "犯罪时不满最低刑事责任年龄，不负刑事责任（below the age of responsibility）"
            )
    circumstances = [c for c in circumstances if c.id not in given] + [
        Circumstance(id_, "no" if value is False else "yes", None) for id_, value in given.items()
    ]
    facts = CaseFacts(
        quantities={q.id: q.value for q in quantities},
        circumstances={c.id: c.value == "yes" for c in circumstances} | given,
        evidence=_evidence([*quantities, *circumstances]),
    )
    return CaseReading(days, tuple(quantities), tuple(circumstances), facts, tuple(warnings))


def assess_reading(
    case: Case,
    charges: Sequence[str],
    reading: CaseReading,
    *,
    finder: Finder = find,
    options: Options | None = None,
) -> LegalAssessment:
    """The law on official `charges` for a case that has been read."""
    statutory = statutory_bounds(charges, reading.facts, reading.days, finder=finder)
    chosen = options or Options(stage=case.stage)
    guideline = _guideline(statutory, reading.facts, case.judgment_date, chosen)
    return LegalAssessment(
        charges=tuple(charges),
        reading=reading,
        statutory=statutory,
        guideline=guideline,
        trace=(*statutory.trace, *guideline.trace),
        warnings=tuple(dict.fromkeys((*reading.warnings, *statutory.warnings))),
    )


def _guideline(
    statutory: Statutory, facts: CaseFacts, judged: date | None, options: Options
) -> Guideline:
    """The guideline range of all counts, kept inside the statutory bounds."""
    if not statutory.known:
        return Guideline(None, (), None)
    found = cumulated(
        [
            over_versions(
                [
                    guideline_range(
                        Count(count.statute.charge, version.choice, version.found, version.bounds),
                        facts,
                        judged=judged,
                        options=options,
                    )
                    for version in count.versions
                ]
            )
            for count in statutory.counts
        ],
        judged=judged,
    )
    bounds = statutory.bounds
    if found.range is None or bounds.low is None or bounds.high is None:
        return replace(found, range=None)
    low = min(max(found.range.low, bounds.low), bounds.high)
    high = max(min(found.range.high, bounds.high), low)
    return replace(found, range=replace(found.range, low=low, high=high))


def _days(case: Case, text: str, period: Days | None) -> CaseDays:
    """The given day of the offence, else the last dated event of the fact."""
    if case.offence_date is not None:
        return CaseDays(case.offence_date, case.judgment_date, period=period)
    told = last_dated_event(text, not_after=case.judgment_date or date.today())
    return CaseDays(told, case.judgment_date, told=told is not None, period=period)


def _evidence(found: Sequence[Quantity | Circumstance]) -> Mapping[str, Evidence]:
    def pairs() -> Iterator[tuple[str, Evidence]]:
        for each in found:
            if each.evidence is not None:
                yield each.id, each.evidence

    return dict(pairs())
