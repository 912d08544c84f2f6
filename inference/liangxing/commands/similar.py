"""`liangxing similar`: build an index of one's own cases, add to it, ask it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from liangxing.errors import CaseError, DataError

if TYPE_CHECKING:
    from liangxing.predictor import SentencePredictor
    from liangxing.similar import JudgedCase, SimilarCases

similar = typer.Typer(
    help="The nearest of your own cases, with their penalties.", no_args_is_help=True
)
_errors = Console(stderr=True)
_LISTED_FAILURES = 20

InputOption = Annotated[
    Path, typer.Option(help="Cases with verdicts (months, life, death, fine): .jsonl, .csv, .xlsx")
]
IndexOption = Annotated[Path, typer.Option(help="Folder of the index.")]
ModelOption = Annotated[
    Path | None,
    typer.Option("--model", help="Bundle folder or models:/NAME@ALIAS; else the bundled model."),
]
ThreadsOption = Annotated[int | None, typer.Option(min=1)]
Failures = list[tuple[int, CaseError]]


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
    with _replacing(output) as file:

        def answer(line: int, asked: JudgedCase) -> None:
            found = cases.query(asked, k=k, charge=charge)
            file.write(replace(found, id=found.id or str(line)).to_json() + "\n")

        failures, _ = _each(input, "Searching", answer)
    _report(failures, input, f"the others are in {output}")


def _predictor(model: Path | None, threads: int | None) -> SentencePredictor:
    from liangxing.predictor import SentencePredictor

    return SentencePredictor.load(model, threads=threads)


def _fill(cases: SimilarCases, source: Path, index: Path) -> None:
    failures, added = _each(source, "Indexing", lambda _, judged: cases.add(judged))
    if added:
        cases.save(index)
    _report(failures, source, f"{added} were added to {index}" if added else "nothing was written")
    if not added:
        raise DataError(f"{source} holds no case; nothing was written")
    typer.echo(f"{added} cases added, {len(cases)} in {index}")


def _each(
    source: Path, title: str, work: Callable[[int, JudgedCase], None]
) -> tuple[Failures, int]:
    """Runs `work` on the cases of a file; returns the bad lines and the number of good ones."""
    from liangxing.case_files import read_rows
    from liangxing.similar import JudgedCase

    failures: Failures = []
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
                failures.append((line, error))
    return failures, done


def _report(failures: Failures, source: Path, rest: str) -> None:
    """Lists bad lines and ends with exit code 1 if there are any."""
    for line, error in failures[:_LISTED_FAILURES]:
        _errors.print(f"{source.name} line {line}: {error}", highlight=False, soft_wrap=True)
    if failures:
        _errors.print(f"{len(failures)} rows failed; {rest}", highlight=False, soft_wrap=True)
        raise typer.Exit(1)


@contextmanager
def _replacing(target: Path) -> Generator[IO[str]]:
    """A temporary file that replaces `target` when the block succeeds."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent or Path())
    part = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
