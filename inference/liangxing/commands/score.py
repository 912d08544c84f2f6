"""`liangxing score`: predictions for many cases, in shards, resumable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from liangxing.commands.options import LevelOption, LocalOption, ModelOption

_errors = Console(stderr=True)


def score(
    input: Annotated[Path, typer.Option(help="Cases: a .jsonl file or a folder of them.")],
    output: Annotated[Path, typer.Option(help="Folder for the shards; the same one goes on.")],
    model: ModelOption = None,
    engine: Annotated[
        str, typer.Option(help="local (processes of this machine), ray or spark.")
    ] = "local",
    workers: Annotated[int | None, typer.Option(min=1, help="Else one per core.")] = None,
    shard_rows: Annotated[int, typer.Option(min=1)] = 2000,
    level: LevelOption = 0.9,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    local_thresholds: LocalOption = None,
) -> None:
    """Predict millions of cases into shards; a run that stopped goes on with the same command."""
    from liangxing.scoring import score as score_all

    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=_errors, transient=True) as progress:
        task = progress.add_task("Scoring", total=None)
        found = score_all(
            input,
            output,
            model=model,
            engine=engine,
            workers=workers or os.cpu_count() or 1,
            shard_rows=shard_rows,
            level=level,
            batch_size=batch_size,
            local_thresholds=local_thresholds,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    typer.echo(
        f"{found.rows - found.bad} predictions in {found.shards} shards of {output}"
        + (f" ({found.kept} were there before)" if found.kept else "")
    )
    if found.bad:
        _errors.print(
            f"{found.bad} rows failed; they are in {output}/bad-*.jsonl", highlight=False
        )
        raise typer.Exit(1)
