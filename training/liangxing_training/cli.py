"""`liangxing-train`: from data to an evaluated bundle."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from liangxing.errors import ConfigError, LiangxingError
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from liangxing_training.evaluation.evaluate import Evaluation
    from liangxing_training.workbench import Workbench

app = typer.Typer(
    help="Train, calibrate, evaluate and export sentence predictors.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
console = Console()
LISTED_CHARGES = 40

ConfigOption = Annotated[Path, typer.Option("--config", help="A YAML file of configs/.")]
Overrides = Annotated[list[str] | None, typer.Argument(help="key.path=value overrides")]


@app.command()
def run(config: ConfigOption, overrides: Overrides = None) -> None:
    """All stages, resumable: prepare, finetune, export, trees, calibrate, evaluate."""
    pipeline = _pipeline(config, overrides)
    _show(pipeline.run())
    console.print(f"Bundle: {pipeline.bundle_folder}")


@app.command()
def prepare(config: ConfigOption, overrides: Overrides = None) -> None:
    """Read, clean and split the sources."""
    _pipeline(config, overrides).single_stage("prepare")


@app.command()
def pretrain(config: ConfigOption, overrides: Overrides = None) -> None:
    """Adapt the encoder to the train texts by masked-language modelling, after prepare.

    With pretrain.max_minutes=N a call stops at a checkpoint, and the next one goes on. The result
    is OUTPUT/encoder_adapted; fine-tuning takes it only where encoder.name names that folder.
    """
    pipeline = _pipeline(config, overrides)
    done = pipeline.single_stage("pretrain")
    console.print(
        f"{done.steps} of {done.of_steps} steps; loss on held-out texts {done.loss_start:.3f} at "
        f"the start, {done.loss_after:.3f} now",
        highlight=False,
        soft_wrap=True,
    )
    if not done.complete:
        console.print("Run the same command again to go on.")
    if done.complete or pipeline.config.pretrain.use_partial:
        folder = pipeline.adapted_folder
        hint = f"{folder}; to use it: encoder.name={folder} output=ANOTHER-FOLDER"
        console.print(f"Encoder: {hint}", highlight=False, soft_wrap=True)


@app.command("prune-vocab")
def prune_vocab(
    encoder: Annotated[str, typer.Option(help="Hub name or folder of an encoder.")],
    texts: Annotated[
        list[Path],
        typer.Option(help="Folder of prepared data (its train split) or JSON Lines."),
    ],
    output: Annotated[Path, typer.Option(help="Folder of the smaller encoder.")],
    minimum_count: Annotated[
        int, typer.Option(min=1, help="Keep pieces that occur as often.")
    ] = 2,
) -> None:
    """Cut an encoder to the pieces that the texts use, all Han characters and ASCII."""
    from liangxing_training.vocabulary import prune_vocabulary, read_texts

    done = prune_vocabulary(encoder, lambda: read_texts(texts), output, minimum_count)
    table = Table("", "before", "after", title=f"{done.texts:,} texts")
    table.add_row("pieces", *(f"{n:,}" for n in done.pieces))
    table.add_row("weights, MB", *(f"{n / 1e6:.1f}" for n in done.weight_bytes))
    table.add_row("pieces per text", *(f"{n:.1f}" for n in done.pieces_per_text))
    console.print(table)
    console.print(f"Encoder: {output}", highlight=False, soft_wrap=True)


@app.command()
def finetune(config: ConfigOption, overrides: Overrides = None) -> None:
    """Train on the prepared data; works under `accelerate launch` too."""
    _pipeline(config, overrides).single_stage("finetune")


@app.command()
def export(config: ConfigOption, overrides: Overrides = None) -> None:
    """Write the trained model as a bundle, if ONNX Runtime agrees with torch."""
    _pipeline(config, overrides).single_stage("export")


@app.command()
def charge_grams(config: ConfigOption, overrides: Overrides = None) -> None:
    """Add n-grams for the charge to the exported bundle; validation chooses what they count."""
    _pipeline(config, overrides).single_stage("charge_grams")


@app.command()
def trees(config: ConfigOption, overrides: Overrides = None) -> None:
    """Add boosted trees to the exported bundle; validation chooses their share."""
    _pipeline(config, overrides).single_stage("trees")


@app.command()
def calibrate(config: ConfigOption, overrides: Overrides = None) -> None:
    """Fit the intervals on the calibration split."""
    _pipeline(config, overrides).single_stage("calibrate")


@app.command()
def evaluate(
    config: ConfigOption,
    overrides: Overrides = None,
    final: Annotated[
        bool, typer.Option("--final", help="Score the test split; every use is logged.")
    ] = False,
) -> None:
    """Score the bundle on validation, or with --final on test."""
    pipeline = _pipeline(config, overrides)
    _show(pipeline.single_stage("evaluate_final" if final else "evaluate_validation"))


@app.command()
def tune(config: ConfigOption, overrides: Overrides = None) -> None:
    """Search the head's settings on embedded cases; a killed search goes on where it was."""
    found = _pipeline(config, overrides).single_stage("tune")
    console.print(
        f"{found.finished} trials finished, {found.pruned} pruned; best mean validation loss "
        f"{found.loss:.4f} nats with",
        highlight=False,
        soft_wrap=True,
    )
    console.print(" ".join(found.overrides()), highlight=False, soft_wrap=True)


@app.command()
def ablate(config: ConfigOption, overrides: Overrides = None) -> None:
    """What each part of the model is worth on validation, fitted on train; learning curve."""
    from liangxing_training.ablation_tables import charge_table, curve_table, row_table

    pipeline = _pipeline(config, overrides)
    report = pipeline.single_stage("ablate")
    for table in (row_table(report), curve_table(report), charge_table(report)):
        console.print(table)
    console.print(f"All figures: {pipeline.config.output / 'ablations'}", soft_wrap=True)


@app.command("law-report")
def law_report(
    config: ConfigOption,
    overrides: Overrides = None,
    final: Annotated[
        bool, typer.Option("--final", help="Measure on the test split; every use is logged.")
    ] = False,
) -> None:
    """Measure bounds and guideline range on train and validation, or with --final on test."""
    pipeline = _pipeline(config, overrides)
    report = pipeline.single_stage("law_report_final" if final else "law_report")
    names = ("cases", "inside", "inside_with_penalty", "inside_outer", "width_ratio")
    names += ("guideline_hits", "guideline_width", "quantile_width")
    table = Table("charge", *names)
    for line in (report.total, *report.charges[:LISTED_CHARGES]):
        values = (getattr(line, name) for name in names)
        table.add_row(line.charge, *("" if v is None else f"{v:.4g}" for v in values))
    console.print(table)
    for row in report.worst:
        console.print(f"{row.id} {row.charge} {row.months}: {row.reason}", highlight=False)


@app.command("reading-report")
def reading_report(
    gold: Annotated[Path, typer.Option(help="Gold labels, JSON Lines.")],
    data: Annotated[
        Path | None, typer.Option(help="Folder of the labelled texts, where gold holds none.")
    ] = None,
    errors: Annotated[bool, typer.Option(help="List every error.")] = True,
) -> None:
    """Compare what is read from texts with gold labels: precision, recall, F1, errors."""
    from liangxing_training.evaluation.reading_report import load_gold, reading_report

    report = reading_report(load_gold(gold, data))
    table = Table("", "precision", "recall", "F1", "found", "extra", "missed")
    table.title = f"{report.texts} texts of {gold.name}"
    for name, counts in report.table().items():
        shares = (f"{share:.3f}" for share in (counts.precision, counts.recall, counts.f1))
        table.add_row(name, *shares, *map(str, (counts.found, counts.extra, counts.missed)))
    console.print(table)
    for error in report.errors if errors else ():
        console.print(str(error), highlight=False, soft_wrap=True)


@app.command()
def benchmark(
    suite: Annotated[
        str,
        typer.Option(
            help="cail2018-small, cail2018-big, lawbench-3-4, lawbench-3-5, judge, interval-2025"
        ),
    ],
    data: Annotated[Path, typer.Option(help="The suite's official file.")],
    model: Annotated[Path | None, typer.Option(help="Bundle folder.")] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Answers of any other system, instead of --model.")
    ] = None,
    name: Annotated[str, typer.Option(help="What to call the system of --predictions.")] = (
        "predictions"
    ),
    train: Annotated[
        Path | None, typer.Option(help="Prepared data to fit the baselines on.")
    ] = None,
    sketches: Annotated[
        Path | None, typer.Option(help="Bundle whose seen facts are left out; --model's else.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Score the first rows only.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for the results.")] = None,
    tracking: Annotated[str | None, typer.Option(help="MLflow tracking URI.")] = None,
) -> None:
    """Score a bundle or any system's answers on a public benchmark, as its authors score it."""
    from liangxing_training.evaluation.benchmarks import SUITES, publish, report
    from liangxing_training.evaluation.benchmarks.run import Request, run_benchmark
    from liangxing_training.tracking import TrackingSettings

    if suite not in SUITES:
        raise ConfigError(f"--suite {suite} is unknown; choose one of {', '.join(SUITES)}")
    folder = output or Path("runs") / "benchmarks" / suite
    result = run_benchmark(
        Request(
            suite=SUITES[suite],
            data=data,
            model=model,
            predictions=predictions,
            name=name,
            sketches=sketches,
            train=train,
            limit=limit,
            cache=folder / "baselines",
        ),
        progress=console.print,
    )
    for path in publish.write_files(result, folder):
        console.print(f"Wrote {path}", highlight=False, soft_wrap=True)
    console.print(report.official_table(result))
    console.print(report.metrics_table(result, console.width))
    for note in report.notes(result):
        console.print(f"- {note}", highlight=False, soft_wrap=True, markup=False)
    settings = TrackingSettings() if tracking is None else TrackingSettings(uri=tracking)
    console.print(f"MLflow run {publish.log_run(result, folder, settings)}", highlight=False)


@app.command()
def register(
    config: ConfigOption,
    overrides: Overrides = None,
    name: Annotated[str, typer.Option(help="Name in the MLflow registry.")] = "liangxing",
    final: Annotated[
        bool, typer.Option("--final", help="Compare on the test split; every use is logged.")
    ] = False,
) -> None:
    """Register the bundle, and make it champion if it wins, covers and agrees; else exit 1."""
    from liangxing_training.registry import register as put

    done = put(_pipeline(config, overrides), name, final=final)
    for gate in done.gates:
        mark = "passed" if gate.passed else "FAILED"
        console.print(f"{mark}  {gate.name}: {gate.detail}", highlight=False, soft_wrap=True)
    if not done.promoted:
        failed = ", ".join(gate.name for gate in done.failed)
        console.print(f"{name} version {done.version} is no champion; failed: {failed}")
        raise typer.Exit(1)
    console.print(f"{name} version {done.version} is the champion: models:/{name}@champion")


@app.command()
def quickstart(
    config: ConfigOption = Path("configs/quickstart.yaml"), overrides: Overrides = None
) -> None:
    """Synthetic cases to calibrated predictions, with nothing but this package."""
    from liangxing_training.quickstart import FICTIONAL_CASES, prediction_table

    pipeline = _pipeline(config, overrides)
    _show(pipeline.run())
    for folder, title in (
        (pipeline.bundle_folder, "Fictional cases by the model just trained (SYNTHETIC)"),
        (None, "The same by the bundled model (real judgments)"),
    ):
        console.print(prediction_table(folder, FICTIONAL_CASES, title))
    uri = pipeline.config.tracking.uri
    console.print(
        "These cases and scores are SYNTHETIC; they say nothing of real judgments.\n\n"
        f"MLflow runs: {uri}\n  look at them: mlflow ui --backend-store-uri {uri}\n"
        f"Bundle:      {pipeline.bundle_folder}\n"
        f'  try it:      liangxing predict --model {pipeline.bundle_folder} --fact "…"\n\n'
        "Next, with real judgments (JSON Lines with fact, charges, months):\n"
        "  export LIANGXING_REAL_DATA=FOLDER LIANGXING_ENCODER=FOLDER-OR-HUB-NAME\n"
        "  liangxing-train run --config configs/default.yaml",
        highlight=False,
        soft_wrap=True,
    )


def main() -> None:
    """Entry point: errors of ours are one line and exit code 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # MLflow reads this when it is imported, and else tells of every store and monitor it starts.
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    try:
        app()
    except LiangxingError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(
            f"error: {error.filename or 'output'}: {error.strerror}; nothing written before was "
            "lost, free space or fix the path and run again",
            file=sys.stderr,
        )
        sys.exit(2)


def _pipeline(config: Path, overrides: list[str] | None) -> Workbench:
    # Imported late: torch and mlflow take seconds, --help should not.
    from liangxing_training.config import load_config
    from liangxing_training.workbench import Workbench

    return Workbench(load_config(config, overrides or []))


def _show(evaluation: Evaluation) -> None:
    from liangxing_training.evaluation.tables import (
        difference_lines,
        interval_lines,
        score_table,
        suspension_and_fine_lines,
    )

    console.print(score_table(evaluation, console.width))
    lines = [difference_lines, interval_lines, suspension_and_fine_lines]
    for line in [line for lines_of in lines for line in lines_of(evaluation)]:
        console.print(line, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
