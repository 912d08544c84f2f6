"""What neighbours are worth: cail_score of validation verdicts against their neighbours' median.

    python benchmarks/similar_neighbours.py --prepared runs/default/data --work runs/similar

An evaluator's check of the embeddings, not a way to predict. Options as in similar_libraries.py;
on fictional cases the scores mean nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from liangxing.similar import SimilarCases
from liangxing.similar.answers import median_of
from liangxing.similar.judged import IndexedCase, Verdict
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Outcomes
from numpy.typing import NDArray
from rich.console import Console
from similar_data import K, both, parser, table

RESULTS = Path(__file__).parent / "results" / "similar_neighbours.json"


def main() -> None:
    """Scores the neighbours beside two medians that need no neighbours; prints and writes."""
    with both(parser(__doc__).parse_args()) as (train, queries):
        worth = neighbour_scores(train, queries)
    Console().print(table("mean cail_score", [worth]))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(worth, indent=1), "utf-8")


def neighbour_scores(train: SimilarCases, queries: SimilarCases) -> dict[str, float]:
    """Mean cail_score of the queries' verdicts against the weighted median of their neighbours,
    of all charges and of the query's own; beside it the median of all cases and of the charge."""
    near = queries.embeddings @ train.embeddings.T
    everyone = [(case.verdict, 1.0) for case in train.cases]
    points: dict[str, list[Verdict]] = {}
    for case, row in zip(queries.cases, near, strict=True):
        same = np.array([bool(set(case.charges) & set(c.charges)) for c in train.cases])
        pool = same if same.any() else np.ones(len(row), bool)
        guesses = {
            "median of all": everyone,
            "median of the charge": [
                pair for pair, kept in zip(everyone, pool, strict=True) if kept
            ],
            f"{K} neighbours": nearest(train.cases, row, np.ones(len(row), bool)),
            f"{K} neighbours of the charge": nearest(train.cases, row, pool),
        }
        for name, judged in guesses.items():
            points.setdefault(name, []).append(verdict_of(judged))
    truth = outcomes(case.verdict for case in queries.cases)
    return {"queries": len(queries), "index": len(train)} | {
        name: float(cail_scores(truth, outcomes(given)).mean()) for name, given in points.items()
    }


def nearest(
    cases: Sequence[IndexedCase], near: NDArray[np.float32], pool: NDArray[np.bool_]
) -> list[tuple[Verdict, float]]:
    order = np.argsort(np.where(pool, -near, np.inf), kind="stable")[: min(K, int(pool.sum()))]
    return [(cases[int(row)].verdict, float(near[row])) for row in order]


def verdict_of(judged: Sequence[tuple[Verdict, float]]) -> Verdict:
    penalty = median_of(judged)
    if penalty is None:
        return Verdict()
    return Verdict(
        months=penalty.months,
        life=penalty.kind == "life",
        death=penalty.kind in ("death", "death_reprieve"),
    )


def outcomes(verdicts: Iterable[Verdict]) -> Outcomes:
    return Outcomes.from_records([verdict.model_dump() for verdict in verdicts])


if __name__ == "__main__":
    main()
