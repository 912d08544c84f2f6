"""What it takes to score many judgments, from the rate of one core and the bytes of a case.

These figures are given, or taken from the file that `make bench` wrote (measure growth).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer
from figures import RATE, READ, RESULT, WRITTEN


def main(
    documents: Annotated[int, typer.Option(min=1)] = 100_000_000,
    cores: Annotated[int, typer.Option(min=1)] = 64,
    shard_rows: Annotated[int, typer.Option(min=1)] = 2000,
    rate: Annotated[float | None, typer.Option(help="Documents a second and core.")] = None,
    read: Annotated[float | None, typer.Option(help="Bytes of a case.")] = None,
    written: Annotated[float | None, typer.Option(help="Bytes of a prediction.")] = None,
    figures: Annotated[Path, typer.Option(help="JSON file of the benchmarks.")] = RESULT,
) -> None:
    """Print core hours, days, shards and storage, each with its arithmetic."""
    rate, read = rate or measured(figures, RATE), read or measured(figures, READ)
    written = written or measured(figures, WRITTEN)
    hours = documents / rate / 3600
    shards = math.ceil(documents / shard_rows)
    for what, value, how in (
        ("core hours", f"{hours:,.0f}", f"{documents:,} / {rate:.3g} a second / 3600"),
        ("days", f"{hours / cores / 24:.2g}", f"core hours / {cores} cores / 24"),
        ("shards", f"{shards:,}", f"{documents:,} / {shard_rows:,}"),
        ("a shard", f"{shard_rows / rate / 60:.2g} min", f"{shard_rows:,} / {rate:.3g} a second"),
        ("cases", f"{documents * read / 1e9:,.0f} GB", f"{documents:,} * {read:,.0f} bytes"),
        (
            "predictions",
            f"{documents * written / 1e9:,.0f} GB",
            f"{documents:,} * {written:,.0f} bytes",
        ),
    ):
        print(f"{what:16}{value:>12}   {how}")


def measured(figures: Path, measure: str) -> float:
    """What the benchmarks wrote of a measure."""
    try:
        found = json.loads(figures.read_text("utf-8"))["figures"]
        return next(each["ours"] for each in found if each["measure"] == measure)
    except (OSError, StopIteration) as error:
        raise typer.BadParameter(
            f"{figures} does not say {measure!r}; give it, or run make bench"
        ) from error


if __name__ == "__main__":
    typer.run(main)
