"""What follows from the defendant's age and condition (Criminal Law arts. 17, 17-1, 49)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from liangxing.law.circumstances import CaseFacts
from liangxing.law.general import NoDeathRule, general_rules
from liangxing.law.mitigation import Span
from liangxing.law.versions import CaseDays


def age_on(day: date, born: date) -> int:
    """Full years of age; a birthday counts from the day after it (法释〔2006〕1号第2条).

    >>> age_on(date(2020, 5, 1), date(2002, 5, 1)), age_on(date(2020, 5, 2), date(2002, 5, 1))
    (17, 18)
    """
    return day.year - born.year - ((day.month, day.day) <= (born.month, born.day))


def by_age(born: date, days: CaseDays, charges: Sequence[str]) -> Iterator[str]:
    """The circumstances that the date of birth gives on the known days."""
    known = {"offence": days.offence, "judgment": days.judgment}
    for rule in general_rules().ages:
        day = known[rule.at]
        if day is not None and rule.holds(age_on(day, born), negligent=negligent(charges)):
            yield rule.fact


def negligent(charges: Sequence[str]) -> bool:
    """Whether every charge is an offence of negligence, by its name."""
    words = general_rules().negligence.words
    return bool(charges) and all(any(word in f"{c}罪" for word in words) for c in charges)


def too_young(born: date, days: CaseDays) -> bool:
    """Whether the defendant was below the age at which anybody is punished (art. 17)."""
    youngest = general_rules().responsibility.from_age
    return days.offence is not None and age_on(days.offence, born) < youngest


def death_barred(facts: CaseFacts) -> list[NoDeathRule]:
    """The rules that exclude death for this defendant."""
    return [
        rule
        for rule in general_rules().no_death
        if facts.has(rule.fact) and not (rule.unless and facts.has(rule.unless))
    ]


def without_death(span: Span, below: Span) -> Span:
    """The range without death; where nothing else was open, the range below it."""
    rest = replace(span, death=False)
    return rest if rest.life or rest.high is not None else replace(below, death=False)
