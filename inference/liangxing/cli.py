"""`liangxing`: predictions and law on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from liangxing.case import Case
from liangxing.commands.audit import audit
from liangxing.commands.draft import draft
from liangxing.commands.options import (
    LadderOption,
    LevelOption,
    LocalOption,
    ModelOption,
    StageOption,
)
from liangxing.commands.rows import BadRows, check_targets
from liangxing.commands.score import score
from liangxing.commands.serve import serve
from liangxing.commands.similar import similar
from liangxing.commands.whatif import whatif
from liangxing.errors import CaseError, DataError, LiangxingError

if TYPE_CHECKING:
    from liangxing.predictor import SentencePredictor

app = typer.Typer(
    help="Sentence prediction for Chinese criminal cases. Decision support, never a verdict.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
law = typer.Typer(help="The law data the bounds come from.", no_args_is_help=True)
app.add_typer(law, name="law")
app.add_typer(similar, name="similar")
app.command()(whatif)
app.command()(draft)
app.command()(score)
app.command()(audit)
app.command()(serve)
_errors = Console(stderr=True)


@app.command()
def predict(
    model: ModelOption = None,
    fact: Annotated[str | None, typer.Option(help="One fact, instead of a file.")] = None,
    input: Annotated[Path | None, typer.Option(help="Cases: .jsonl, .csv or .xlsx.")] = None,
    output: Annotated[Path | None, typer.Option(help="Predictions, JSON Lines.")] = None,
    charge: Annotated[list[str] | None, typer.Option(help="Charge of --fact; repeatable.")] = None,
    level: LevelOption = 0.9,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    threads: Annotated[int | None, typer.Option(min=1)] = None,
    local_thresholds: LocalOption = None,
    ladder: LadderOption = None,
    stage: StageOption = None,
) -> None:
    """Predict one fact, or every case of a file; bad rows are listed and the rest is written."""
    from liangxing.predictor import SentencePredictor

    if not 0 < level < 1:
        raise DataError(f"--level {level} is not between 0 and 1; 0.9 is usual")
    if (fact is None) == (input is None):
        raise DataError("give either --fact or --input")
    if input is not None and output is None:
        raise DataError("--input needs --output, the file for the predictions")
    predictor = SentencePredictor.load(model, threads=threads, local_thresholds=local_thresholds)
    if fact is not None:
        case = Case.from_row({"fact": fact, "charges": charge or [], "stage": stage})
        typer.echo(predictor.predict(case, level=level, ladder=ladder).to_json())
        return
    assert input is not None
    assert output is not None
    check_targets(input, output)
    bad = _predict_file(predictor, input, output, level, batch_size, ladder)
    bad.report(f"the others are in {output}")


@app.command()
def explain(
    fact: Annotated[str, typer.Option(help="The facts of one case.")],
    model: ModelOption = None,
    charge: Annotated[list[str] | None, typer.Option(help="Charge; repeatable.")] = None,
    level: LevelOption = 0.9,
    local_thresholds: LocalOption = None,
    ladder: LadderOption = None,
    stage: StageOption = None,
) -> None:
    """One fact in words: penalty, interval, bounds, and every step with its source."""
    from liangxing.explain import explanation
    from liangxing.predictor import SentencePredictor

    case = Case.from_row({"fact": fact, "charges": charge or [], "stage": stage})
    predictor = SentencePredictor.load(model, local_thresholds=local_thresholds)
    found = predictor.predict(case, level=level, ladder=ladder)
    typer.echo(explanation(found))


@app.command()
def info(model: ModelOption = None) -> None:
    """What a bundle is: model, data, law, and the size of its calibration."""
    from liangxing.model.bundle import BUNDLED, load_bundle
    from liangxing.model.registry import local_folder

    bundle = load_bundle(BUNDLED if model is None else local_folder(model))
    manifest = bundle.manifest
    rows = {
        "model": f"{manifest.name} {manifest.version}",
        "sha256": bundle.sha256,
        "encoder": manifest.encoder,
        "charges": len(manifest.charges),
        "data": manifest.data,
        "synthetic": manifest.synthetic,
        "law": manifest.law_sha256,
        "git revision": manifest.git_revision,
        "calibrated": bundle.calibration is not None,
    }
    for name, value in rows.items():
        typer.echo(f"{name:14}{value}")


@law.command()
def show(
    charge: str,
    on: Annotated[str | None, typer.Option("--date", help="ISO date; today if absent.")] = None,
) -> None:
    """The tiers of a charge in force on a date, with thresholds and sources."""
    from liangxing.law.show import law_show_text

    try:
        day = date.fromisoformat(on) if on else date.today()
    except ValueError as error:
        raise DataError(f"--date {on!r} is not an ISO date such as 2022-01-01") from error
    typer.echo(law_show_text(charge, day))


@law.command(name="list")
def list_charges() -> None:
    """Every charge that has a statute here: article, charge, overall range."""
    from liangxing.law.show import law_list_text

    typer.echo(law_list_text())


@law.command()
def check() -> None:
    """Validate the law data: schema by line, dates, articles, the compiled copy."""
    from liangxing.law import law_sha256, statutes
    from liangxing.law.show import law_check

    problems = law_check()
    for problem in problems:
        _errors.print(problem, highlight=False, soft_wrap=True)
    if problems:
        raise typer.Exit(1)
    typer.echo(f"{len(statutes())} charges valid, sha256 {law_sha256()}")


def main() -> None:
    """Entry point: errors of ours are one line and exit code 2."""
    try:
        app()
    except LiangxingError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(
            f"error: {error.filename or 'output'}: {error.strerror}; "
            "free space or fix the path and run again",
            file=sys.stderr,
        )
        sys.exit(2)


def _predict_file(
    predictor: SentencePredictor,
    source: Path,
    target: Path,
    level: float,
    batch_size: int,
    ladder: str | None,
) -> BadRows:
    """Writes predictions to a temporary file that then replaces `target`."""
    from liangxing.atomic import atomic_file
    from liangxing.case_files import read_cases

    bad = BadRows()

    def good() -> Iterator[Case]:
        for line, case in read_cases(source):
            if isinstance(case, CaseError):
                bad.add(f"{source.name} line {line}", case)
            else:
                yield case

    cases = good()
    with atomic_file(target) as file, Progress(console=_errors, transient=True) as progress:
        task = progress.add_task("Predicting", total=None)
        while batch := list(islice(cases, batch_size)):
            for prediction in predictor.predict_many(batch, batch_size, level, ladder=ladder):
                file.write(prediction.to_json() + "\n")
            progress.advance(task, len(batch))
    return bad


if __name__ == "__main__":
    main()
