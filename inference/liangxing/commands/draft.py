"""`liangxing draft`: a recommendation, a plea statement or a worksheet as a .docx file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from liangxing.commands.options import LadderOption, LevelOption, LocalOption, ModelOption
from liangxing.errors import DataError


def draft(
    kind: Annotated[str, typer.Option(help="recommendation, plea-statement or worksheet.")],
    output: Annotated[Path, typer.Option(help="The .docx file to write.")],
    fact: Annotated[str | None, typer.Option(help="The facts of one case.")] = None,
    input: Annotated[
        Path | None, typer.Option(help="A file with the case: name, dates, circumstances.")
    ] = None,
    id: Annotated[str | None, typer.Option(help="Which case of the file.")] = None,
    charge: Annotated[list[str] | None, typer.Option(help="Charge; repeatable.")] = None,
    penalty: Annotated[
        str | None, typer.Option(help="A penalty in Chinese words, instead of the model's.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="A .docx of your own with docxtpl placeholders.")
    ] = None,
    ladder: LadderOption = None,
    level: LevelOption = 0.9,
    local_thresholds: LocalOption = None,
    model: ModelOption = None,
) -> None:
    """A document to check and sign; what the case does not say stays blank."""
    from liangxing.atomic import write_bytes
    from liangxing.commands.one_case import one_case
    from liangxing.drafts import KINDS, DraftKind
    from liangxing.drafts import draft as drafted
    from liangxing.law.assess import assess
    from liangxing.law.guidelines import Options
    from liangxing.predictor import SentencePredictor

    kinds: dict[str, DraftKind] = {each: each for each in KINDS}
    chosen = kinds.get(kind)
    if chosen is None:
        raise DataError(f"--kind {kind!r} is none of {', '.join(KINDS)}")
    if output.suffix.lower() != ".docx":
        raise DataError(f"--output {output} must end in .docx")
    case = one_case(fact, input, charge, id)
    predictor = SentencePredictor.load(model, local_thresholds=local_thresholds)
    options = Options(plea_ladder=ladder, stage=case.stage)
    law = assess(case, finder=predictor.finder, options=options)
    found = predictor.predict(case, level=level, ladder=ladder)
    document = drafted(chosen, case, found, law, penalty=penalty, template=template)
    write_bytes(output, document.content)
    for warning in document.warnings:
        Console(stderr=True).print(f"注意：{warning}", highlight=False, soft_wrap=True)
