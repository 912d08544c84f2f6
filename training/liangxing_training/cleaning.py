"""Raw rows to records: one spelling, official names, no leaked verdict; a reason for each drop."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import cache

from liangxing.case import MAX_FACT_CHARACTERS
from liangxing.law import canonical_charge, general_rules, split_charges
from liangxing.prediction import PenaltyKind
from liangxing.reading.dates import last_dated_event
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise
from liangxing.terms import penalty_kind, round_to_half_month
from pydantic import BaseModel, ConfigDict, Field

from liangxing_training.records import Record
from liangxing_training.sources import RawRow

# A later year in a fact is a slip of the pen; fixed, so that a fingerprint never depends on today.
_LAST_DAY = date(2030, 12, 31)
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_ARTICLE = re.compile(r"第?\s*([0-9]+)\s*条?\s*((?:之[一二三四五六七八九十]+)?)")


class CleaningSettings(BaseModel):
    """How facts are cleaned; lengths in characters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mask_verdicts: bool = True
    min_fact_characters: int = Field(default=10, ge=1)
    max_fact_characters: int = Field(default=MAX_FACT_CHARACTERS, ge=1, le=MAX_FACT_CHARACTERS)


class UnusableRowError(ValueError):
    """A row that cannot become a record; the message is the reason counted in the report."""


def to_record(row: RawRow, settings: CleaningSettings) -> Record:
    """One raw row as a record; raises UnusableRowError with a short reason.

    Charges get their official names; parts nobody knows are left out, and a row with none left
    is dropped. A row that states neither months nor life nor death is kept with `term_known`
    false. CAIL's bare article numbers stay bare: what they lost (之一) is not guessed.
    """
    fact = _fact(row, settings)
    charges = official_charges(row.charges)
    if not charges:
        raise UnusableRowError("no official charge" if row.charges else "no charge")
    months = _months(row)
    if row.fine is not None and row.fine < 0:
        raise UnusableRowError("negative fine")
    return Record(
        id=row_id(row),
        source=row.source or row.place.partition(":")[0],
        licence=row.licence,
        fact=mask_verdicts(fact) if settings.mask_verdicts else fact,
        text_kind=row.text_kind,
        defendant=normalise(row.defendants[0]).strip() or None if row.defendants else None,
        defendants_count=row.defendants_count,
        charges=charges,
        articles=tuple(dict.fromkeys(article_number(article) for article in row.articles)),
        kind=_kind(row, months),
        months=months,
        life=row.life,
        death=row.death,
        suspension=row.suspension,
        suspension_months=row.suspension_months,
        fine=row.fine,
        offence_date=row.offence_date,
        judgment_date=row.judgment_date,
        year=row.year or _year(fact),
        recommendation=row.recommendation,
        synthetic=row.synthetic,
        term_known=months is not None or row.life or row.death,
    )


def row_id(row: RawRow) -> str:
    """The row's own id, or one made of its text and defendant."""
    if row.id:
        return row.id
    return hashlib.sha256("\0".join((row.fact, *row.defendants)).encode()).hexdigest()[:16]


def article_number(text: str) -> str:
    """An article as the package writes it.

    >>> article_number("264"), article_number("第133条之一")
    ('264', '133之一')
    """
    match = _ARTICLE.fullmatch(normalise(text).strip())
    return match.group(1) + match.group(2) if match else normalise(text).strip()


@cache
def official_charges(given: tuple[str, ...]) -> tuple[str, ...]:
    """Official names of charges in any spelling, in order, unknown parts left out.

    >>> official_charges(("[故意伤害]罪", "贩卖毒品"))
    ('故意伤害', '走私、贩卖、运输、制造毒品')
    """
    names = (canonical_charge(name) for text in given for name in split_charges(text))
    return tuple(dict.fromkeys(name for name in names if name))


def _fact(row: RawRow, settings: CleaningSettings) -> str:
    fact = normalise(row.fact).strip()
    if len(fact) < settings.min_fact_characters:
        raise UnusableRowError(f"fact shorter than {settings.min_fact_characters} characters")
    if len(fact) > settings.max_fact_characters:
        raise UnusableRowError(f"fact longer than {settings.max_fact_characters} characters")
    if not _HAN.search(fact):
        raise UnusableRowError("fact without a Chinese character")
    return fact


def _months(row: RawRow) -> float | None:
    if row.life and row.death:
        raise UnusableRowError("contradictory term: life and death")
    if row.months is None:
        return None
    if row.life or row.death:
        raise UnusableRowError("contradictory term: months beside life or death")
    longest = general_rules().cumulation.cap_from_sum.cap
    if not 0 <= row.months <= longest:
        raise UnusableRowError(f"term outside 0 to {longest:g} months")
    return round_to_half_month(row.months)


def _kind(row: RawRow, months: float | None) -> PenaltyKind | None:
    if row.kind is not None:
        return row.kind
    if row.death:
        return "death"
    if row.life:
        return "life"
    return None if months is None else penalty_kind(months, fine_only_open=bool(row.fine))


def _year(fact: str) -> int | None:
    event = last_dated_event(fact, not_after=_LAST_DAY)
    return event.year if event else None
