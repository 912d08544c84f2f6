"""Judgments in, audited rows out: one process or several, a few documents at a time."""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any

from liangxing.audit.facts import case_of, facts_text, opinion_circumstances
from liangxing.audit.rows import Pending, row_of
from liangxing.documents_in import Document
from liangxing.errors import CaseError, DataError
from liangxing.predictor import SentencePredictor, check_level
from liangxing.reading.judgment import read_judgment
from liangxing.reading.judgment_types import DefendantReading, Judgment

BATCH = 16
_WAITING = 3


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
            yield row_of(document.id, judgment, row, predictions)


def audit_in_processes(
    documents: Iterable[Document],
    *,
    model: str | None,
    workers: int,
    level: float = 0.9,
    batch_size: int = BATCH,
    local_thresholds: str | None = None,
) -> Iterator[dict[str, Any]]:
    """`audit_documents` by `workers` processes, each with its own model; rows stay in order.

    `model` and `local_thresholds` are what `SentencePredictor.load` takes. Raises DataError when a
    process dies.
    """
    check_level(level)
    iterator = iter(documents)
    running: deque[Future[list[dict[str, Any]]]] = deque()
    # A fork would share the parent's inference threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (model, local_thresholds, level)) as pool:
        while True:
            while len(running) < workers * _WAITING:
                batch = list(islice(iterator, batch_size))
                if not batch:
                    break
                running.append(pool.submit(_audit_batch, batch))
            if not running:
                return
            try:
                rows = running.popleft().result()
            except BrokenProcessPool as error:
                raise DataError(
                    "a worker process died (out of memory?); run it again with fewer --workers"
                ) from error
            yield from rows


def row_json(row: dict[str, Any]) -> str:
    """One line of UTF-8 JSON."""
    return json.dumps(row, ensure_ascii=False)


_worker: list[tuple[SentencePredictor, float]] = []


def _start(model: str | None, local_thresholds: str | None, level: float) -> None:
    predictor = SentencePredictor.load(model, threads=1, local_thresholds=local_thresholds)
    _worker.append((predictor, level))


def _audit_batch(batch: list[Document]) -> list[dict[str, Any]]:
    predictor, level = _worker[0]
    return list(audit_documents(batch, predictor, level=level, batch_size=len(batch)))


def _people(judgment: Judgment) -> list[DefendantReading]:
    return [p for p in judgment.defendants if p.verdict or p.first_instance or p.recommendations]


def _pending(id_: str, judgment: Judgment, person: DefendantReading) -> Pending:
    name = person.name if len(judgment.defendants) > 1 else None
    opinion = opinion_circumstances(judgment, name)
    if person.unit:
        return Pending(person, opinion, None, "单位被告不预测刑期")
    fact = facts_text(judgment)
    if fact is None:
        return Pending(person, opinion, None, "文书未载明事实，无法预测")
    case = case_of(judgment, person, fact, {c.id: c.value for c in opinion}, id_)
    if isinstance(case, CaseError):
        return Pending(person, opinion, None, f"事实部分无法预测：{case}")
    return Pending(person, opinion, case, None)
