"""Which dated version of a statute holds (Criminal Law art. 12: old law, or new if lighter)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, Version

Days = tuple[date, date]


@dataclass(frozen=True)
class CaseDays:
    """The days that decide which law holds; null means unknown.

    `told`: the day of the offence was read from the fact. `period` are the days in which an
    offence without a date may lie; a user's own case lies in the law of today.
    """

    offence: date | None = None
    judgment: date | None = None
    told: bool = False
    period: Days | None = None

    def possible(self) -> Days:
        """First and last day on which the offence may have been committed."""
        if self.offence is not None:
            return self.offence, self.offence
        day = self.judgment or date.today()
        return self.period or (day, day)

    @property
    def latest(self) -> date | None:
        """The later of the known days."""
        known = [day for day in (self.offence, self.judgment) if day is not None]
        return max(known, default=None)


@dataclass(frozen=True)
class Applicable:
    """A version and the days whose thresholds hold; not `recorded`: the nearest stands in."""

    version: Version
    days: Days
    recorded: bool = True


def before_the_code(days: CaseDays) -> bool:
    """Whether the offence lies before the Criminal Law in force."""
    return days.possible()[1] < general_rules().code_in_force.from_


def applicable(statute: Statute, days: CaseDays) -> list[Applicable]:
    """The versions that may hold for the day of the offence, or for every day of its period."""
    start, end = days.possible()
    found = statute.in_force(start, end)
    if not found:
        return [Applicable(_nearest(statute.versions, end), (start, end), recorded=False)]
    return [
        Applicable(
            version,
            (max(start, version.effective_from), min(end, version.effective_to or end)),
        )
        for version in found
    ]


def later_law(statute: Statute, days: CaseDays) -> Applicable | None:
    """The version of the day of judgment, to be compared with that of the day of the offence."""
    if days.offence is None or days.judgment is None or days.judgment <= days.offence:
        return None
    found = statute.in_force(days.judgment, days.judgment)
    return Applicable(found[-1], (days.judgment, days.judgment)) if found else None


def _nearest(versions: Sequence[Version], day: date) -> Version:
    following = [version for version in versions if version.effective_from > day]
    return following[0] if following else versions[-1]
