"""`liangxing similar`: build an index of one's own cases, add to it, ask it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from liangxing.commands.options import ModelOption
from liangxing.commands.rows import BadRows, check_targets
from liangxing.errors import CaseError, DataError

if TYPE_CHECKING:
    from liangxing.predictor import SentencePredictor
    from liangxing.similar import JudgedCase, SimilarCases

similar = typer.Typer(
    help="The nearest of your own cases, with their penalties.", no_args_is_help=True
)
_errors = Console(stderr=True)

InputOption = Annotated[
    Path, typer.Option(help="Cases with verdicts (months, life, death, fine): .jsonl, .csv, .xlsx")
]
IndexOption = Annotated[Path, typer.Option(help="Folder of the index.")]
ThreadsOption = Annotated[int | None, typer.Option(min=1)]


@similar.command()
def build(
    input: InputOption,
    index: IndexOption,
    model: ModelOption = None,
    keep_text: Annotated[
        bool, typer.Option("--keep-text", help="Keep the facts too, to show them in answers.")
    ] = False,
    threads: ThreadsOption = None,
) -> None:
    """A new index of the cases of a file; bad rows are listed and the rest is indexed."""
    from liangxing.similar import SimilarCases
    from liangxing.similar.store import check_target, faiss

    check_target(index)
    faiss()
    _fill(SimilarCases(_predictor(model, threads), keep_text=keep_text), input, index)


@similar.command()
def add(
    input: InputOption,
    index: IndexOption,
    model: ModelOption = None,
    threads: ThreadsOption = None,
) -> None:
    """Add the cases of a file to an index; bad rows and known ids are listed and left out."""
    from liangxing.similar import SimilarCases

    _fill(SimilarCases.load(index, _predictor(model, threads)), input, index)


@similar.command()
def query(
    index: IndexOption,
    fact: Annotated[str | None, typer.Option(help="One fact, instead of a file.")] = None,
    input: Annotated[Path | None, typer.Option(help="Cases: .jsonl, .csv or .xlsx.")] = None,
    output: Annotated[Path | None, typer.Option(help="Answers, JSON Lines.")] = None,
    k: Annotated[int, typer.Option("--k", min=1, help="Number of neighbours.")] = 10,
    charge: Annotated[
        str | None, typer.Option(help="Only cases of this charge; also the charge of --fact.")
    ] = None,
    model: ModelOption = None,
    threads: ThreadsOption = None,
) -> None:
    """The nearest cases of one fact, or of every case of a file; never a case itself."""
    from liangxing.atomic import atomic_file
    from liangxing.similar import JudgedCase, SimilarCases

    if (fact is None) == (input is None):
        raise DataError("give either --fact or --input")
    if input is not None and output is None:
        raise DataError("--input needs --output, the file for the answers")
    cases = SimilarCases.load(index, _predictor(model, threads))
    if fact is not None:
        asked = JudgedCase.from_row({"fact": fact, "charges": [charge] if charge else []})
        typer.echo(cases.query(asked, k=k, charge=charge).to_json())
        return
    assert input is not None
    assert output is not None
    check_targets(input, output)
    with atomic_file(output) as file:

        def answer(line: int, asked: JudgedCase) -> None:
            found = cases.query(asked, k=k, charge=charge)
            file.write(replace(found, id=found.id or str(line)).to_json() + "\n")

        bad, _ = _each(input, "Searching", answer)
    bad.report(f"the others are in {output}")


def _predictor(model: Path | None, threads: int | None) -> SentencePredictor:
    from liangxing.predictor import SentencePredictor

    return SentencePredictor.load(model, threads=threads)


def _fill(cases: SimilarCases, source: Path, index: Path) -> None:
    bad, added = _each(source, "Indexing", lambda _, judged: cases.add(judged))
    if added:
        cases.save(index)
    bad.report(f"{added} were added to {index}" if added else "nothing was written")
    if not added:
        raise DataError(f"{source} holds no case; nothing was written")
    typer.echo(f"{added} cases added, {len(cases)} in {index}")


def _each(
    source: Path, title: str, work: Callable[[int, JudgedCase], None]
) -> tuple[BadRows, int]:
    """Runs `work` on the cases of a file; returns the bad rows and the number of good ones."""
    from liangxing.case_files import read_rows
    from liangxing.similar import JudgedCase

    bad = BadRows()
    done = 0
    with Progress(console=_errors, transient=True) as progress:
        task = progress.add_task(title, total=None)
        for line, row in read_rows(source):
            progress.advance(task)
            try:
                if isinstance(row, CaseError):
                    raise row
                work(line, JudgedCase.from_row(row))
                done += 1
            except CaseError as error:
                bad.add(f"{source.name} line {line}", error)
    return bad, done
