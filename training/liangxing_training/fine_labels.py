"""Which recorded fines are verdicts: a zero beside a fine that the law demands is a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from liangxing.law.bounds import statutory_bounds
from liangxing.law.charges import canonical_charge
from liangxing.law.circumstances import CaseFacts
from liangxing.law.fine_bounds import fine_bounds
from liangxing.law.versions import CaseDays
from liangxing.prediction import PenaltyKind


def fine_of_record(record: Mapping[str, Any]) -> float | None:
    """The fine of a verdict in yuan; null where none is recorded, or where 0 is recorded though
    the article of the charge demands a fine beside the penalty of the verdict.

    CAIL2018 writes 0 for a fine that its authors could not read: of thefts with a term it has 0
    in a quarter, while judgments read in full text have none, and Criminal Law art. 264 allows
    none.
    """
    fine = record.get("fine")
    if fine is None or fine > 0:
        return fine
    if record["months"] == 0:
        return fine
    kind = "death" if record["death"] else "life" if record["life"] else "fixed_term"
    charges = tuple(canonical_charge(name) or name for name in record.get("charges") or ())
    days = CaseDays(_day(record.get("offence_date")), _day(record.get("judgment_date")))
    return None if _demanded(charges, days, kind, record["months"]) else fine


# Most rows share their charge, their term and that no day is known.
@lru_cache(maxsize=4096)
def _demanded(
    charges: tuple[str, ...], days: CaseDays, kind: PenaltyKind, months: float | None
) -> bool:
    statutory = statutory_bounds(charges, CaseFacts(), days)
    return fine_bounds(statutory, kind, months, CaseFacts()).required


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
