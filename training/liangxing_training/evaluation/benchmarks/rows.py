"""Items of a JSON Lines file, one per row; what cannot be read is counted by its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from liangxing_training.evaluation.benchmarks.items import Item, Loaded, loaded
from liangxing_training.sources.lines import read_objects
from liangxing_training.sources.rows import BadRow, ColumnError, Columns


def read_items(path: Path, item_of: Callable[[str, Columns], Item]) -> Loaded:
    """Every row as `item_of` makes it of the line number and the columns.

    A broken line is skipped, and so is a row for which `item_of` raises ColumnError; its message
    is the reason shown. Raises DataError when nothing is left.
    """
    skipped: Counter[str] = Counter()
    return loaded(_items(path, item_of, skipped), skipped, path.name)


def _items(
    path: Path, item_of: Callable[[str, Columns], Item], skipped: Counter[str]
) -> Iterator[Item]:
    for row in read_objects(path):
        if isinstance(row, BadRow):
            skipped[row.reason] += 1
            continue
        place, values = row
        try:
            item = item_of(place.rpartition(":")[2], Columns(values))
        except ColumnError as error:
            skipped[str(error)] += 1
            continue
        yield item
