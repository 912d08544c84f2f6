"""The 2025 interval task: JSON lines of `fact` and `months`; the answer is [low, high] in months.

Scored by 1 / (1 + W / 10) with W the Winkler score of the case at alpha = .2, so for intervals
meant to hold four verdicts of five. The mean is over cases. Rows of life or death are skipped.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise

from liangxing_training.cleaning import official_charges
from liangxing_training.evaluation.benchmarks.items import (
    Answer,
    Item,
    Loaded,
    intervals_of,
    truth_of,
)
from liangxing_training.evaluation.benchmarks.rows import read_items
from liangxing_training.evaluation.benchmarks.suite import Score, Suite, mean_score
from liangxing_training.evaluation.metrics import (
    INTERVAL_SCORE_ALPHA,
    covered,
    interval_scores,
    widths,
    winklers,
)
from liangxing_training.sources.rows import ColumnError, Columns


def read(path: Path) -> Loaded:
    """Every row with months; `id` is the row's own or its line number, `charges` are optional."""
    return read_items(path, _item)


def score(items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Score]:
    """`interval_score` 0 to 1; Winkler and width in months, of answers with an interval."""
    truth, sets = truth_of(items), intervals_of(answers)
    return {
        "interval_score": mean_score(interval_scores(truth, sets)),
        "winkler": mean_score(winklers(truth, sets, INTERVAL_SCORE_ALPHA)),
        "coverage": mean_score(covered(truth, sets)),
        "mean_width": mean_score(widths(sets)),
    }


def _item(line: str, columns: Columns) -> Item:
    fact, months = columns.text("fact"), columns.number("months")
    charges, id_ = columns.texts("charges"), columns.label("id")
    if months is None:
        raise ColumnError("no months")
    return Item(
        id=id_ or line,
        fact=mask_verdicts(normalise(fact).strip()),
        charges=official_charges(charges),
        months=months,
    )


SUITE = Suite(
    name="interval-2025",
    title="Sentence intervals, 2025 challenge",
    headline="interval_score",
    level=1 - INTERVAL_SCORE_ALPHA,
    read=read,
    score=score,
    quirks=(
        "The score is the mean over cases of 1 / (1 + W / 10), W the Winkler score at alpha .2; "
        "the model answers its interval at level 0.8.",
        "A row without months is skipped; an answer without an interval scores 0.",
    ),
)
