"""Custody before judgment and the term (先行羁押折抵刑期, Criminal Law arts. 41, 44, 47)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, Field

from liangxing.errors import CaseError
from liangxing.law.files import load
from liangxing.law.statutes import Verified
from liangxing.prediction import PenaltyKind

# Apart from the files whose hash a calibration is bound to.
FILE = "execution/custody.yaml"


class CreditRule(BaseModel):
    """Days of the term that a day in custody makes good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: PenaltyKind
    days_per_day: int = Field(ge=1)
    article: str
    verified: Verified


class CustodyFile(BaseModel):
    """The file custody.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    credits: tuple[CreditRule, ...]


@dataclass(frozen=True)
class Credit:
    """What custody makes good of one penalty.

    `days` in custody until the judgment and `credited` days of the term, null without a date.
    `first` and `last` day of a term in custody without a break, null where the first day of
    execution decides.
    """

    rule: CreditRule
    days: int | None
    credited: int | None
    first: date | None
    last: date | None


def custody_rules() -> CustodyFile:
    """The file; ConfigError names the file, line and key that do not fit the schema."""
    return load(FILE, CustodyFile)


def credit_rule(kind: PenaltyKind) -> CreditRule | None:
    """The rule for a kind of penalty; null where custody is not counted."""
    return next((r for r in custody_rules().credits if r.kind == kind), None)


def credit_of(
    kind: PenaltyKind, months: float | None, detained: date | None, judged: date | None
) -> Credit | None:
    """The credit of a penalty; null for penalties without one. Days count up to the judgment's.

    >>> found = credit_of("fixed_term", 6, date(2022, 5, 7), date(2022, 8, 1))
    >>> found.days, found.credited, found.last.isoformat()
    (86, 86, '2022-11-06')
    >>> credit_of("surveillance", 6, date(2022, 5, 7), date(2022, 8, 1)).credited
    172
    """
    rule = credit_rule(kind)
    if rule is None or months is None:
        return None
    if detained is None:
        return Credit(rule, None, None, None, None)
    whole = rule.days_per_day == 1
    last = _after(detained, months) - timedelta(days=1) if whole else None
    first = detained if whole else None
    if judged is None:
        return Credit(rule, None, None, first, last)
    days = (judged - detained).days
    if days < 0:
        raise CaseError(
            f"field 'detained_from' {detained} is after 'judgment_date' {judged}; correct one"
        )
    return Credit(rule, days, days * rule.days_per_day, first, last)


def _after(start: date, months: float) -> date:
    """The day so many months later; a half month is fifteen days."""
    whole, half = int(months), months % 1
    years, month = divmod(start.month - 1 + whole, 12)
    year, month = start.year + years, month + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return date(year, month, day) + timedelta(days=round(30 * half))
