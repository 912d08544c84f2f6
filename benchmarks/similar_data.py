"""Judged cases with embeddings for the benchmarks of similar cases: real or fictional."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from liangxing.predictor import SentencePredictor
from liangxing.similar import JudgedCase, SimilarCases
from liangxing_training.prepare import load_prepared
from liangxing_training.sources.synthetic import generate
from rich.progress import track
from rich.table import Table

K = 10


def parser(description: str | None) -> argparse.ArgumentParser:
    """The options that both benchmarks take."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--prepared", type=Path, help="folder of liangxing-train prepare")
    made.add_argument("--work", type=Path, help="where the indexes are kept for another run")
    made.add_argument("--limit", type=int, default=10_000, help="cases of the index at most")
    made.add_argument("--queries", type=int, default=10_000, help="queries at most")
    return made


@contextmanager
def both(options: argparse.Namespace) -> Generator[tuple[SimilarCases, SimilarCases]]:
    """The index of the train split and that of the validation split, which asks."""
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        limits = {"train": options.limit, "validation": options.queries}
        train, queries = (
            indexed(work / split, islice(rows(options.prepared, split), limit))
            for split, limit in limits.items()
        )
        yield train, queries


def rows(prepared: Path | None, split: str) -> Iterator[Mapping[str, Any]]:
    """Judged facts of a split in a fixed random order, or fictional ones."""
    if prepared is None:
        yield from generate(800 if split == "train" else 100, seed=1 if split == "train" else 2)
        return
    found = load_prepared(prepared).with_term(split)
    random.Random(0).shuffle(found)
    yield from found


def indexed(folder: Path, found: Iterable[Mapping[str, Any]]) -> SimilarCases:
    """The index of some rows with the bundled encoder, as it was kept or built now."""
    predictor = SentencePredictor.load()
    if folder.exists():
        return SimilarCases.load(folder, predictor)
    cases = SimilarCases(predictor)
    for row in track(list(found), description=f"Encoding {folder.name}"):
        cases.add(JudgedCase.from_row(row))
    cases.save(folder)
    return cases


def table(title: str, found: Sequence[Mapping[str, Any]]) -> Table:
    made = Table(title=title)
    for name in found[0]:
        made.add_column(name, justify="right")
    for row in found:
        made.add_row(*(f"{v:.4g}" if isinstance(v, float) else str(v) for v in row.values()))
    return made
