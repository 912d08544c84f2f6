"""Which recorded fines are verdicts: a zero beside a fine that the law demands is a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from liangxing.law.bounds import statutory_bounds
from liangxing.law.charges import canonical_charge
from liangxing.law.circumstances import CaseFacts
from liangxing.law.fine_bounds import FineBounds, fine_bounds
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
    return None if _law_of(record).required else fine


def fine_to_learn(record: Mapping[str, Any]) -> float | None:
    """`fine_of_record`, less the fines where the article knows none beside the penalty of the
    verdict: a model that shows a fine only where there may be one need not learn them."""
    fine = fine_of_record(record)
    return None if fine is None or _law_of(record).open is False else fine


def _law_of(record: Mapping[str, Any]) -> FineBounds:
    kind = "death" if record["death"] else "life" if record["life"] else "fixed_term"
    charges = tuple(canonical_charge(name) or name for name in record.get("charges") or ())
    days = CaseDays(_day(record.get("offence_date")), _day(record.get("judgment_date")))
    return _law(charges, days, kind, record["months"])


# Most rows share their charge, their term and that no day is known.
@lru_cache(maxsize=4096)
def _law(
    charges: tuple[str, ...], days: CaseDays, kind: PenaltyKind, months: float | None
) -> FineBounds:
    statutory = statutory_bounds(charges, CaseFacts(), days)
    return fine_bounds(statutory, kind, months, CaseFacts())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
