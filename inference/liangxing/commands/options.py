"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ModelOption = Annotated[
    Path | None,
    typer.Option("--model", help="Bundle folder or models:/NAME@ALIAS; else the bundled model."),
]
LevelOption = Annotated[float, typer.Option(help="Coverage of the interval.")]
LadderOption = Annotated[
    str | None,
    typer.Option(help="A court's leniency by stage of the plea: 321 or jinan; else none."),
]
StageOption = Annotated[
    str | None,
    typer.Option(help="Stage of the plea of --fact: investigation, prosecution or trial."),
]
LocalOption = Annotated[
    Path | None,
    typer.Option("--local-thresholds", help="A province's own figures for tiers, YAML."),
]
