"""Audit full judgments: what was recommended, decided and predicted, and what needs a look."""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from liangxing.audit_case import (
    OpinionCircumstance,
    case_of,
    facts_text,
    opinion_circumstances,
)
from liangxing.audit_flags import flags_of
from liangxing.case import Case
from liangxing.documents_in import Document
from liangxing.errors import CaseError
from liangxing.prediction import Prediction
from liangxing.predictor import SentencePredictor, check_level
from liangxing.reading.adoption import kept_to
from liangxing.reading.judgment import read_judgment
from liangxing.reading.judgment_types import (
    Count,
    DefendantReading,
    Judgment,
    Recommendation,
    StatedPenalty,
)

BATCH = 16
_WAITING = 3


@dataclass(frozen=True)
class _Pending:
    """One defendant between reading and prediction."""

    person: DefendantReading
    opinion: list[OpinionCircumstance]
    case: Case | None
    note: str | None


def audit_documents(
    documents: Iterable[Document],
    predictor: SentencePredictor,
    *,
    level: float = 0.9,
    batch_size: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """The contract's row of each judgment, in order; `batch_size` documents are held at a time.

    The predictor sees the facts section with recommendation and verdict removed; the court's
    opinion supplies circumstances only. A document in which nobody is convicted gives a row too.
    """
    check_level(level)
    iterator = iter(documents)
    while batch := list(islice(iterator, batch_size)):
        read = [(document, read_judgment(document.document)) for document in batch]
        pending = [
            [_pending(d.id, judgment, p) for p in _people(judgment)] for d, judgment in read
        ]
        cases = [each.case for row in pending for each in row if each.case is not None]
        predictions = iter(predictor.predict_many(cases, batch_size, level))
        for (document, judgment), row in zip(read, pending, strict=True):
            yield _row(document.id, judgment, row, predictions)


def audit_in_processes(
    documents: Iterable[Document],
    *,
    model: str | None,
    workers: int,
    level: float = 0.9,
    batch_size: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """`audit_documents` by `workers` processes, each with its own model; rows stay in order."""
    check_level(level)
    iterator = iter(documents)
    running: deque[Future[list[dict[str, Any]]]] = deque()
    # A fork would share the parent's inference threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (model, level)) as pool:
        while True:
            while len(running) < workers * _WAITING:
                batch = list(islice(iterator, batch_size))
                if not batch:
                    break
                running.append(pool.submit(_audit_batch, batch))
            if not running:
                return
            yield from running.popleft().result()


def row_json(row: dict[str, Any]) -> str:
    """One line of UTF-8 JSON."""
    return json.dumps(row, ensure_ascii=False)


_worker: list[tuple[SentencePredictor, float]] = []


def _start(model: str | None, level: float) -> None:
    _worker.append((SentencePredictor.load(model, threads=1), level))


def _audit_batch(batch: list[Document]) -> list[dict[str, Any]]:
    predictor, level = _worker[0]
    return list(audit_documents(batch, predictor, level=level, batch_size=len(batch)))


def _people(judgment: Judgment) -> list[DefendantReading]:
    return [p for p in judgment.defendants if p.verdict or p.first_instance or p.recommendations]


def _pending(id_: str, judgment: Judgment, person: DefendantReading) -> _Pending:
    name = person.name if len(judgment.defendants) > 1 else None
    opinion = opinion_circumstances(judgment, name)
    if person.unit:
        return _Pending(person, opinion, None, "单位被告不预测刑期")
    fact = facts_text(judgment)
    if fact is None:
        return _Pending(person, opinion, None, "文书未载明事实，无法预测")
    case = case_of(judgment, person, fact, {c.id: c.value for c in opinion}, id_)
    if isinstance(case, CaseError):
        return _Pending(person, opinion, None, f"事实部分无法预测：{case}")
    return _Pending(person, opinion, case, None)


def _row(
    id_: str, judgment: Judgment, pending: Sequence[_Pending], predictions: Iterator[Prediction]
) -> dict[str, Any]:
    opinion_text = judgment.section("opinion") if judgment.instance == "first" else ""
    return {
        "id": id_,
        "court": judgment.court,
        "case_number": judgment.case_number,
        "judgment_date": judgment.judgment_date.isoformat() if judgment.judgment_date else None,
        "instance": judgment.instance,
        "outcome": judgment.outcome,
        "defendants": [
            _defendant(each, next(predictions) if each.case else None, opinion_text)
            for each in pending
        ],
    }


def _defendant(
    pending: _Pending, prediction: Prediction | None, opinion_text: str
) -> dict[str, Any]:
    person = pending.person
    verdict = person.verdict or person.first_instance
    flags = flags_of(person, prediction, pending.opinion, opinion_text)
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
