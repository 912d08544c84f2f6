"""CAIL2018: the official JSON lines with `meta`, or the flat columns of its copy on the hub.

Conventions (arXiv 1807.02478): one defendant's term in whole months; with life or death the
number means nothing; articles are bare numbers, which lose a 之一; amounts and statute numbers are
partly blanked out; suspension is not told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from liangxing.errors import DataError

from liangxing_training.sources.rows import BadRow, ColumnError, Columns, RawRow

HUB_NAME = "china-ai-law-challenge/cail2018"
# The hub's *_test splits are the challenge's own test sets and stay out of training.
HUB_SPLITS = ("exercise_contest_train", "exercise_contest_valid", "first_stage_train")


def parse_row(values: Mapping[str, Any], place: str) -> RawRow:
    """The row in neutral terms; ColumnError names a missing or wrongly typed column."""
    columns = Columns(values)
    meta = columns.mapping("meta") if "meta" in columns else columns
    term = meta.mapping("term_of_imprisonment") if "term_of_imprisonment" in meta else meta
    if "accusation" not in meta:
        raise ColumnError("column 'accusation' is missing")
    if "imprisonment" not in term:
        raise ColumnError("column 'imprisonment' is missing")
    life, death = term.flag("life_imprisonment"), term.flag("death_penalty")
    criminals = meta.texts("criminals")
    return RawRow(
        place=place,
        fact=columns.text("fact"),
        charges=meta.texts("accusation"),
        articles=meta.texts("relevant_articles"),
        months=None if life or death else term.number("imprisonment"),
        life=life and not death,
        death=death,
        fine=meta.number("punish_of_money"),
        id=columns.label("id"),
        source="CAIL2018",
        defendants=criminals,
        defendants_count=len(criminals) or None,
    )


def read_hub(name: str, splits: tuple[str, ...], limit: int | None) -> Iterator[RawRow | BadRow]:
    """Rows streamed from a dataset hub; DataError when it cannot be reached."""
    # The hub client is slow to import and only needed here.
    from datasets import load_dataset

    left = limit
    for split in splits:
        try:
            rows = load_dataset(name, split=split, streaming=True)
            for number, values in enumerate(islice(rows, left), start=1):
                yield _parsed(dict(values), f"{name}/{split}:{number}")
                left = None if left is None else left - 1
        except (OSError, ValueError, RuntimeError) as error:
            raise DataError(
                f"dataset {name} split {split} cannot be loaded from the hub "
                f"({type(error).__name__}); check the network, or download it and give a path"
            ) from error


def _parsed(values: dict[str, Any], place: str) -> RawRow | BadRow:
    try:
        return replace(parse_row(values, place), source=HUB_NAME)
    except ColumnError as error:
        return BadRow(place, str(error))
