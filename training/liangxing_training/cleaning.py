"""Raw rows to records: one spelling, official names, no leaked verdict; reasons for each drop."""

from __future__ import annotations

from typing import Any

from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.errors import CaseError
from liangxing.law import fine_only_open, split_charges
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise
from liangxing.terms import penalty_kind, round_to_half_month
from liangxing_training.records import Record

MINIMUM_FACT_CHARACTERS = 10
LONGEST_TERM = 300


class Dropped(Exception):
    """A row that cannot become a record; the message is the reason counted in the report."""


def to_record(row: dict[str, Any], *, mask: bool) -> Record:
    """Cleans one raw row; raises Dropped with a short reason.

    Rows that state neither months nor life nor death are kept with `term_known` false.
    """
    fact = _fact(row.get("fact"))
    charges = _charges(row.get("charges"))
    life, death = _flag(row, "life"), _flag(row, "death")
    months = _months(row.get("months"), life=life, death=death)
    if not charges and not (life or death or months is not None):
        raise Dropped("no charge and no outcome")
    defendants = row.get("defendants") or []
    year = row.get("year")
    return Record(
        id=str(row["id"]),
        source=str(row.get("source") or "unknown").split(" ")[0].split(":")[0],
        licence=str(row.get("licence") or "unknown"),
        fact=mask_verdicts(fact) if mask else fact,
        charges=charges,
        articles=[str(article) for article in row.get("articles") or []],
        defendant=normalise(str(defendants[0])) if defendants else None,
        defendants_count=row.get("n_defendants") or None,
        kind=_kind(months, charges, life=life, death=death),
        months=months,
        life=life,
        death=death,
        suspension=row.get("suspension"),
        fine=_fine(row.get("fine")),
        offence_date=row.get("offence_date"),
        judgment_date=row.get("judgment_date"),
        year=int(year) if isinstance(year, int) else None,
        term_known=life or death or months is not None,
        synthetic=bool(row.get("synthetic", False)),
    )


def _fact(value: Any) -> str:
    if not isinstance(value, str):
        raise Dropped("column 'fact' missing or not text")
    fact = normalise(value).strip()
    if len(fact) > MAX_FACT_CHARACTERS:
        raise Dropped(f"fact longer than {MAX_FACT_CHARACTERS} characters")
    if len(fact) < MINIMUM_FACT_CHARACTERS:
        raise Dropped(f"fact shorter than {MINIMUM_FACT_CHARACTERS} characters")
    try:
        Case(fact=fact)
    except (CaseError, ValueError) as error:
        raise Dropped("fact without Chinese text") from error
    return fact


def _charges(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Dropped("column 'charges' is not a list")
    return list(dict.fromkeys(name for text in value for name in split_charges(str(text))))


def _flag(row: dict[str, Any], name: str) -> bool:
    return bool(row.get(name) or False)


def _months(value: Any, *, life: bool, death: bool) -> float | None:
    if life or death:
        # CAIL writes a number beside life and death; it means nothing there.
        return None
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Dropped("column 'months' is not a number")
    if not 0 <= value <= LONGEST_TERM:
        raise Dropped(f"term outside 0 to {LONGEST_TERM} months")
    return round_to_half_month(float(value))


def _fine(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        return None
    return float(value)


def _kind(months: float | None, charges: list[str], *, life: bool, death: bool) -> str | None:
    if death:
        return "death"
    if life:
        return "life"
    if months is None:
        return None
    return penalty_kind(months, fine_only_open=fine_only_open(charges, None))
