"""CAIL2018 task 3 (arXiv 1807.02478): JSON lines with `fact` and `meta`.

The challenge scores every row by |ln(a+1) - ln(p+1)|, life and death exactly (`cail_score`).
The literature after it (TopJudge, LADAN, NeurJudge, LegalDuet) reports accuracy and macro figures
over 11 term bins on a selection of rows. Its public preparation code keeps a row when the fact
does not contain 二审 and has one charge and one article; both must occur in 100 rows of training
and validation, and the fact must keep more than 10 known words. The last two need the training
file and a word list and are not applied here, so the selection is somewhat wider than theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from liangxing.reading.masking import mask_verdicts
from liangxing.reading.normalise import normalise

from liangxing_training.cleaning import article_number, official_charges
from liangxing_training.evaluation.benchmarks.items import (
    Answer,
    Item,
    Loaded,
    loaded,
    points_of,
    truth_of,
)
from liangxing_training.evaluation.benchmarks.suite import Score, Suite, mean_score
from liangxing_training.evaluation.bootstrap import macro_of
from liangxing_training.evaluation.metrics import (
    MACRO_SCORES,
    cail_scores,
    month_errors,
    term_bin_hits,
    within_3_months_hits,
)
from liangxing_training.sources import BadRow, RawRow, Source, read_source

_SECOND_INSTANCE, _THEFT = "二审", ("盗窃",)
SELECTED, THEFT = "single_charge", "theft"


def read(path: Path) -> Loaded:
    """Every row with an outcome; the id is the row's own or its line number."""
    skipped: Counter[str] = Counter()
    return loaded(_items(path, skipped), skipped, path.name)


def score(items: Sequence[Item], answers: Sequence[Answer]) -> dict[str, Score]:
    """The challenge's score of all rows, and the literature's figures of its selection."""
    truth, said = truth_of(items), points_of(answers)
    kept = np.flatnonzero([selected(item) for item in items])
    some_truth, some_said = truth.take(kept), said.take(kept)
    thefts = np.flatnonzero([item.charges == _THEFT for item in items])
    theft_truth, theft_said = truth.take(thefts), said.take(thefts)
    return {
        "cail_score": mean_score(cail_scores(truth, said)),
        f"{THEFT}/within_3_months": mean_score(within_3_months_hits(theft_truth, theft_said)),
        f"{THEFT}/mae_months": mean_score(month_errors(theft_truth, theft_said)),
        f"{SELECTED}/cail_score": mean_score(cail_scores(some_truth, some_said)),
        f"{SELECTED}/term_bin_accuracy": mean_score(term_bin_hits(some_truth, some_said)),
    } | {
        f"{SELECTED}/{name}": Score(macro_of(name, some_truth, some_said), len(kept))
        for name in MACRO_SCORES
    }


def selected(item: Item) -> bool:
    """Whether the literature counts the row, as far as the row alone can tell."""
    return _SECOND_INSTANCE not in item.fact and len(item.charges) == 1 and len(item.articles) == 1


def _items(path: Path, skipped: Counter[str]) -> Iterator[Item]:
    for row in read_source(Source(path=path, format="cail")):
        if isinstance(row, BadRow):
            skipped[row.reason] += 1
        elif row.months is None and not row.life and not row.death:
            skipped["no outcome"] += 1
        else:
            yield _item(row)


def _item(row: RawRow) -> Item:
    return Item(
        id=row.id or row.place.rpartition(":")[2],
        fact=mask_verdicts(normalise(row.fact).strip()),
        charges=official_charges(row.charges),
        articles=tuple(dict.fromkeys(article_number(article) for article in row.articles)),
        months=row.months,
        life=row.life,
        death=row.death,
        defendant=row.defendants[0] if row.defendants else None,
        defendants_count=row.defendants_count,
    )


def _suite(name: str, title: str, notes: Mapping[str, str]) -> Suite:
    return Suite(
        name=name,
        title=title,
        headline="cail_score",
        level=0.9,
        read=read,
        score=score,
        quirks=tuple(notes.values()),
    )


_NOTES = {
    "score": "cail_score is the challenge's own figure on all rows, 0 to 100.",
    "selection": (
        f"Figures under {SELECTED}/ are of rows without 二审 and with one charge and one article; "
        "the literature also asks for 100 training rows per charge and article, which one file "
        "cannot show."
    ),
    "masked": "Phrases of verdict or recommendation inside a fact are masked before predicting.",
}
SMALL = _suite("cail2018-small", "CAIL2018, small (exercise stage)", _NOTES)
BIG = _suite("cail2018-big", "CAIL2018, big (first stage)", _NOTES)
