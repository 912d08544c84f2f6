"""Full judgments: the facts as text, and the outcome as given or as read from the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from liangxing.audit.facts import facts_text
from liangxing.reading.judgment import read_judgment
from liangxing.reading.judgment_types import DefendantReading, Judgment, StatedPenalty, Verdict

from liangxing_training.sources import jsonl
from liangxing_training.sources.rows import BadRow, ColumnError, Columns, RawRow

NO_OUTCOME = "document without a readable outcome"
_UNBOUND = ("life", "death", "death_reprieve")


def parse_rows(values: Mapping[str, Any], place: str) -> Iterator[RawRow | BadRow]:
    """The rows of one document in neutral terms, one per defendant.

    A given outcome stays as given, and is filled up with suspension, recommendation and dates
    where the document tells the same term of one defendant. Without one, every defendant whose
    verdict can be read gives a row. An appeal's outcome is that of the first instance, which
    judged these facts.
    """
    document = values.get("document")
    if not isinstance(document, str | Mapping):
        raise ColumnError("column 'document' must be text or an object of sections")
    judgment = read_judgment(document)
    if values.get("charges") is not None:
        yield _filled_up(jsonl.parse_row(_with_fact(values, judgment), place), judgment)
        return
    people = [(p, v) for p in judgment.defendants if not p.unit and (v := _verdict(p))]
    if not people:
        yield BadRow(place, NO_OUTCOME, kind="unusable")
        return
    id_ = Columns(values).label("id")
    for number, (person, verdict) in enumerate(people, start=1):
        row = jsonl.parse_row(
            {
                **_with_fact(values, judgment),
                "charges": list(verdict.charges),
                "articles": values.get("articles") or list(judgment.articles),
            },
            place,
        )
        yield replace(
            _told(row, judgment, person, verdict),
            id=id_ if id_ is None or number == 1 else f"{id_}-{number}",
            defendants=(person.name,),
            defendants_count=len(judgment.defendants),
        )


def _with_fact(values: Mapping[str, Any], judgment: Judgment) -> Mapping[str, Any]:
    """The row with a fact: the given one, else the section of the document."""
    if values.get("fact"):
        return values
    fact = facts_text(judgment)
    if fact is None:
        raise ColumnError("column 'fact' is missing and the document tells no facts")
    return {**values, "fact": fact}


def _verdict(person: DefendantReading) -> Verdict | None:
    verdict = person.first_instance or person.verdict
    penalty = verdict.penalty if verdict else None
    if verdict is None or penalty is None or penalty.acquitted or not verdict.charges:
        return None
    return verdict


def _filled_up(row: RawRow, judgment: Judgment) -> RawRow:
    """The row with what the document tells besides, if it speaks of the same term."""
    matching = [
        (person, verdict)
        for person in judgment.defendants
        if (verdict := _verdict(person)) and _same(row, verdict.penalty)
    ]
    named = [pair for pair in matching if pair[0].name in row.defendants]
    chosen = named or (matching if len(judgment.defendants) == 1 else [])
    if not chosen:
        return row
    person, verdict = chosen[0]
    told = _told(row, judgment, person, verdict)
    return replace(
        told,
        months=row.months,
        life=row.life,
        death=row.death,
        fine=row.fine if row.fine is not None else told.fine,
        defendants=row.defendants or (person.name,),
    )


def _same(row: RawRow, penalty: StatedPenalty | None) -> bool:
    if penalty is None:
        return False
    if row.death or row.life:
        return penalty.kind == "life" if row.life else penalty.kind in _UNBOUND[1:]
    return row.months == penalty.months


def _told(row: RawRow, judgment: Judgment, person: DefendantReading, verdict: Verdict) -> RawRow:
    """The row with outcome, recommendation and date as the document tells them."""
    penalty = verdict.penalty
    assert penalty is not None
    custody = penalty.kind in ("detention", "fixed_term")
    fine = penalty.fine if penalty.fined else None if penalty.confiscation else 0.0
    advice = person.recommendation
    day = judgment.judgment_date if judgment.instance == "first" else None
    return replace(
        row,
        months=None if penalty.kind in _UNBOUND else penalty.months,
        life=penalty.kind == "life",
        death=penalty.kind in _UNBOUND[1:],
        kind=penalty.kind,
        suspension=penalty.suspended if custody else None,
        suspension_months=penalty.suspension_months if custody else None,
        fine=fine,
        judgment_date=row.judgment_date or (day.isoformat() if day else None),
        recommendation=advice.text if advice else None,
    )
