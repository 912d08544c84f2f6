"""The contract's row of one judgment: recommended, decided and predicted side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from liangxing.audit.facts import OpinionCircumstance
from liangxing.audit.flags import flags_of
from liangxing.case import Case
from liangxing.prediction import Prediction
from liangxing.reading.adoption import kept_to
from liangxing.reading.judgment_types import (
    Count,
    DefendantReading,
    Judgment,
    Recommendation,
    StatedPenalty,
)


@dataclass(frozen=True)
class Pending:
    """One defendant between reading and prediction; without a case, `note` says why."""

    person: DefendantReading
    opinion: list[OpinionCircumstance]
    case: Case | None
    note: str | None


def row_of(
    id_: str, judgment: Judgment, pending: Sequence[Pending], predictions: Iterator[Prediction]
) -> dict[str, Any]:
    """The row of one judgment; takes a prediction for each defendant that has a case."""
    opinion_text = judgment.section("opinion") if judgment.instance == "first" else ""
    names = [person.name for person in judgment.defendants]
    return {
        "id": id_,
        "court": judgment.court,
        "case_number": judgment.case_number,
        "judgment_date": judgment.judgment_date.isoformat() if judgment.judgment_date else None,
        "instance": judgment.instance,
        "outcome": judgment.outcome,
        "defendants": [
            _defendant(each, next(predictions) if each.case else None, opinion_text, names)
            for each in pending
        ],
    }


def _defendant(
    pending: Pending, prediction: Prediction | None, opinion_text: str, names: Sequence[str]
) -> dict[str, Any]:
    person = pending.person
    verdict = person.verdict or person.first_instance
    others = [name for name in names if name != person.name]
    flags = flags_of(person, prediction, pending.opinion, opinion_text, others)
    notes = [] if pending.note is None else [pending.note]
    return {
        "name": person.name,
        "counts": [_count(count) for count in (verdict.counts if verdict else ())],
        "recommended": _recommended(person.recommendation),
        "verdict": _penalty(person.verdict.penalty if person.verdict else None),
        "adopted": _adopted(person),
        "predicted": _predicted(prediction),
        "bounds": asdict(prediction.bounds) if prediction else None,
        "flags": list(dict.fromkeys(flag.code for flag in flags)),
        "flag_details": [flag.to_dict() for flag in flags],
        "adjustments": person.adjustments,
        "first_instance": _penalty(
            person.first_instance.penalty if person.first_instance else None
        ),
        "warnings": [*notes, *(prediction.warnings if prediction else [])],
    }


def _count(count: Count) -> dict[str, Any]:
    penalty = count.penalty
    return {
        "charge": count.charge or count.named,
        "months": penalty.months if penalty else None,
        "kind": penalty.kind if penalty else None,
    }


def _recommended(advice: Recommendation | None) -> dict[str, Any] | None:
    if advice is None:
        return None
    fine = advice.fine_low if advice.fine_low == advice.fine_high else None
    return {
        "low": advice.low,
        "high": advice.high,
        "kind": advice.kind,
        "suspended": advice.suspended,
        "fine": fine,
        "text": advice.text,
        "form": advice.form,
        "kinds": list(advice.kinds),
        "suspension_months": advice.suspension_months,
        "fined": advice.fined,
        "fine_low": advice.fine_low,
        "fine_high": advice.fine_high,
    }


def _penalty(penalty: StatedPenalty | None) -> dict[str, Any] | None:
    if penalty is None:
        return None
    return {
        "kind": penalty.kind,
        "months": penalty.months,
        "suspension_months": penalty.suspension_months,
        "fine": penalty.fine,
        "text": penalty.text,
        "suspended": penalty.suspended,
        "acquitted": penalty.acquitted,
    }


def _adopted(person: DefendantReading) -> dict[str, Any]:
    """What the court states wins; else whether its first verdict lies inside by kind and term."""
    if person.adoption is not None:
        return {"value": person.adoption, "source": "stated"}
    decided = person.first_instance or person.verdict
    penalty = decided.penalty if decided else None
    advice = person.recommendation
    value = kept_to(advice, penalty) if advice and penalty else None
    return {"value": value, "source": "derived"}


def _predicted(prediction: Prediction | None) -> dict[str, Any] | None:
    if prediction is None:
        return None
    return {
        **asdict(prediction.penalty),
        "interval": asdict(prediction.interval),
        "suspension": asdict(prediction.suspension),
        "model": asdict(prediction.model),
    }
