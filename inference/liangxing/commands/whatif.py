"""`liangxing whatif`: circumstances, quantities and the stage of the plea switched in one case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from liangxing.commands.options import LadderOption, LevelOption, LocalOption, ModelOption
from liangxing.errors import DataError


def whatif(
    fact: Annotated[str | None, typer.Option(help="The facts of one case.")] = None,
    input: Annotated[Path | None, typer.Option(help="A file with the case.")] = None,
    id: Annotated[str | None, typer.Option(help="Which case of the file.")] = None,
    charge: Annotated[list[str] | None, typer.Option(help="Charge; repeatable.")] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(help="NAME=VALUE: surrender=yes, amount=8000, plea_stage=trial; repeatable."),
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option(help="NAME that counts as not stated; repeatable.")
    ] = None,
    variants: Annotated[
        Path | None, typer.Option(help='JSON list of {"name": , "set": {}, "unset": []}.')
    ] = None,
    ladder: LadderOption = None,
    level: LevelOption = 0.9,
    json_: Annotated[bool, typer.Option("--json", help="One line of JSON, not words.")] = False,
    sheet: Annotated[
        Path | None, typer.Option(help="Negotiation sheet to write: .md or .html.")
    ] = None,
    local_thresholds: LocalOption = None,
    model: ModelOption = None,
) -> None:
    """What a change would do: by law with its source, and by the model with the text unchanged.

    Without --set, --unset or --variants: a plea at each stage and each fact joined with one.
    """
    from liangxing.atomic import write_bytes
    from liangxing.commands.one_case import one_case
    from liangxing.predictor import SentencePredictor
    from liangxing.whatif.sheet import negotiation_sheet
    from liangxing.whatif.text import whatif_text

    if sheet is not None and sheet.suffix.lower() not in (".md", ".html"):
        raise DataError(f"--sheet {sheet} must end in .md or .html")
    if variants is not None and (set or unset):
        raise DataError("give either --variants or --set and --unset")
    case = one_case(fact, input, charge, id)
    chosen: Any = _variants(variants) if variants else _one(set or [], unset or [])
    predictor = SentencePredictor.load(model, local_thresholds=local_thresholds)
    found = predictor.what_if(case, chosen, level=level, ladder=ladder)
    typer.echo(found.to_json() if json_ else whatif_text(found))
    if sheet is not None:
        page = negotiation_sheet(found)
        html = sheet.suffix.lower() == ".html"
        write_bytes(sheet, (page.html() if html else page.markdown()).encode())


def _one(given: list[str], unset: list[str]) -> list[dict[str, Any]] | None:
    if not given and not unset:
        return None
    pairs = [item.partition("=") for item in given]
    for (name, sign, value), item in zip(pairs, given, strict=True):
        if not (name and sign and value):
            raise DataError(f"--set {item!r} is not NAME=VALUE, such as surrender=yes")
    names = [name for name, _, _ in pairs]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise DataError(f"--set names {twice[0]!r} twice; give it once")
    return [{"name": "变更后", "set": {n: v for n, _, v in pairs}, "unset": unset}]


def _variants(path: Path) -> list[Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"variants {path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise DataError(f"variants {path} is not JSON ({error})") from error
    if not isinstance(content, list) or not content:
        raise DataError(f"variants {path} must hold a list with at least one variant")
    return content  # pyright: ignore[reportUnknownVariableType]
