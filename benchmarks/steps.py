"""The parts beside the network: the law, a what-if's variant, audits."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from figures import Figure, Side, compared, rounds
from liangxing.audit import audit_documents
from liangxing.case import Case
from liangxing.documents_in import Document
from liangxing.law.assess import assess, assess_reading, read_case
from liangxing.predictor import SentencePredictor
from workload import facts, judgments

LONG_FACT = 2000


def law_step(*, count: int) -> list[Figure]:
    """Milliseconds of reading and law on one long fact, and of the law without the reading."""
    fact = "".join(facts(40))[:LONG_FACT]
    case = Case(fact=fact, charges=("盗窃",))
    reading = read_case(case, case.charges)
    taken = rounds(
        {
            "whole": lambda: assess(case),
            "law": lambda: assess_reading(case, case.charges, reading),
        },
        4 * count,
    )
    return [
        Figure(
            f"{measure}, {LONG_FACT} characters",
            "ms",
            1000 * statistics.median(taken[side]),
            note=f"least {1000 * min(taken[side]):.1f}",
        )
        for side, measure in (("whole", "law step with reading"), ("law", "law step alone"))
    ]


def what_if_step(predictor: SentencePredictor, *, count: int) -> list[Figure]:
    """CPU time of one more variant of a what-if, against a whole prediction of the case."""
    case = Case(fact=facts(1)[0], charges=("盗窃",))
    names = ("surrender", "merit", "restitution", "accessory", "attempt", "recidivist")
    variants = [{"set": {name: True}} for name in names]
    more = len(variants) - 1
    one: list[float] = []
    whole: list[float] = []
    for _ in range(count + 1):
        few = _cpu(lambda: predictor.what_if(case, variants[:1]))
        many = _cpu(lambda: predictor.what_if(case, variants))
        one.append(1000 * (many - few) / more)
        whole.append(1000 * _cpu(lambda: predictor.predict(case)))
    # The first round warms up.
    return [compared("what-if, one more variant", "CPU ms", one[1:], "predict", whole[1:])]


def audit_rate(bundle: Path, *, cases: int, count: int) -> list[Figure]:
    """Judgments audited a second on one thread, against predictions of their facts alone."""
    predictor = SentencePredictor.load(bundle, threads=1)
    rows = [Document(id=each.id, document=each.document) for each in judgments(cases)]
    texts = [{"fact": fact} for fact in facts(cases)]
    taken = rounds(
        {
            "audit": lambda: list(audit_documents(rows, predictor)),
            "predict": lambda: list(predictor.predict_many(texts)),
        },
        count,
    )
    return [
        compared(
            "audit, 1 thread",
            "documents/s",
            [cases / each for each in taken["audit"]],
            "predict on the facts",
            [cases / each for each in taken["predict"]],
        )
    ]


def _cpu(work: Side) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
