"""Speed and size, as ratios against what a user would otherwise run, in one run.

The ratios need torch weights and a bundle of one training: `--trained` and `--bundle` (or
LIANGXING_BENCH_TRAINED, LIANGXING_BENCH_BUNDLE), else runs/bundle as `make bundle` leaves it, else
a tiny synthetic model, which the table's title then says. Measures that need no torch weights
(law, what-if, audit, growth), asked for alone, take `--bundle` or the model in the package.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import report
import typer
from binding import binding
from contestants import OPTIONAL, Contestants
from figures import RESULT, Figure
from models import choose, hugging_face_folder
from network import latency, size, throughput
from processes import cold_start, growth, memory
from rich.console import Console
from roofline import roofline
from steps import audit_rate, law_step, what_if_step
from workload import MEDIAN

MEASURES = (
    "latency",
    "throughput",
    "binding",
    "roofline",
    "size",
    "law",
    "what-if",
    "audit",
    "cold-start",
    "memory",
    "growth",
)
# Measures that need no torch weights.
ALONE = {"law", "what-if", "audit", "growth"}
console = Console()


def main(
    trained: Annotated[
        Path | None, typer.Option(envvar="LIANGXING_BENCH_TRAINED", help="Trained model folder.")
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option(envvar="LIANGXING_BENCH_BUNDLE", help="Its bundle.")
    ] = None,
    measure: Annotated[
        list[str] | None, typer.Option(help=f"One of {', '.join(MEASURES)}; repeat for more.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Fewer cases and rounds; skips bf16 and compiled torch."),
    ] = False,
    skip: Annotated[
        list[str] | None, typer.Option(help=f"A peer: {', '.join(OPTIONAL)}; repeat for more.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Paired rounds; the median counts.")] = 5,
    sizes: Annotated[
        str, typer.Option(help="Documents of the growth measure, rising, comma-separated.")
    ] = "",
    characters: Annotated[
        int, typer.Option(min=1, help="Median length of the facts of the growth measure.")
    ] = MEDIAN,
    output: Annotated[Path, typer.Option(help="JSON file.")] = RESULT,
) -> None:
    """Measure and print; the figures go to a JSON file too."""
    logging.disable(logging.WARNING)
    wanted = measure or list(MEASURES)
    if unknown := [name for name in wanted if name not in MEASURES]:
        raise typer.BadParameter(f"--measure {unknown[0]}: choose of {', '.join(MEASURES)}")
    skipped = frozenset(OPTIONAL if quick else skip or ())
    if unknown := sorted(skipped - OPTIONAL.keys()):
        raise typer.BadParameter(f"--skip {unknown[0]}: choose of {', '.join(OPTIONAL)}")
    try:
        steps = _sizes(sizes, quick=quick)
    except ValueError as error:
        raise typer.BadParameter(f"--sizes {sizes}: give rising numbers, as 1000,50000") from error
    count = min(rounds, 2) if quick else rounds
    cases = 16 if quick else 64
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(temporary)
        try:
            model = choose(trained, bundle, scratch, peers=bool(set(wanted) - ALONE))
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        console.print(f"Model: {model.words}", highlight=False)
        sides = {n: Contestants(model.bundle, model.trained, scratch, n, skipped) for n in (1, 2)}
        one, two = sides[1], sides[2]
        encoder = scratch / "encoder"
        if {"cold-start", "memory"} & set(wanted):
            hugging_face_folder(model, encoder)
        work: dict[str, Callable[[], list[Figure]]] = {
            "latency": lambda: latency(one, cases=cases // 2, count=count),
            "throughput": lambda: [
                figure
                for each in (one, two)
                for figure in throughput(each, cases=cases, count=count)
            ],
            "binding": lambda: binding(one, cases=cases // 2, count=count),
            "roofline": lambda: roofline(one, count=count),
            "size": lambda: size(model.bundle, one.plain_path),
            "law": lambda: law_step(count=count),
            "what-if": lambda: what_if_step(one.predictor, count=count),
            "audit": lambda: audit_rate(model.bundle, cases=cases, count=count),
            "cold-start": lambda: cold_start(model.bundle, encoder, count=count),
            "memory": lambda: memory(model.bundle, encoder, cases=cases),
            "growth": lambda: growth(model.bundle, steps, characters),
        }
        figures: list[Figure] = []
        for name in wanted:
            with console.status(name):
                figures += work[name]()
            settings = {
                "model": model.words,
                "measures": wanted,
                "rounds": count,
                "cases": cases,
                "sizes": steps,
                "characters": characters,
            }
            # After every measure, so that a run that is stopped has kept what it measured.
            report.write(output, figures, settings)
    console.print(report.table(figures, f"Median of {count} paired rounds; {model.words}"))
    console.print(f"Growth over {steps} documents; figures: {output}", highlight=False)


def _sizes(given: str, *, quick: bool) -> list[int]:
    found = [int(part) for part in given.split(",")] if given else []
    if found and (sorted(set(found)) != found or len(found) < 2 or found[0] < 1):
        raise ValueError(given)
    return found or ([20, 100] if quick else [1000, 5000])


if __name__ == "__main__":
    typer.run(main)
