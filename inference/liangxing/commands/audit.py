"""`liangxing audit`: judgments in, one row of findings each out, and a report."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from liangxing.errors import CaseError, DataError

if TYPE_CHECKING:
    from liangxing.audit_stats import AuditStats
    from liangxing.documents_in import Document

_errors = Console(stderr=True)
_LISTED_FAILURES = 20


def audit(
    input: Annotated[
        Path, typer.Option(help="Judgments: .jsonl, .json, .txt, .pdf, .docx or a folder.")
    ],
    output: Annotated[Path, typer.Option(help="Findings, JSON Lines.")],
    report: Annotated[
        Path | None, typer.Option(help="Report to write: .html, with a .csv beside it.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with its model.")] = 1,
    level: Annotated[float, typer.Option(help="Coverage of the interval.")] = 0.9,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Bundle folder or models:/NAME@ALIAS; else the bundled."),
    ] = None,
) -> None:
    """Recommendation, verdict and prediction side by side, with flags for a second look.

    Rows that cannot be read are listed, and the rest is written.
    """
    from liangxing.audit_report import report_csv, report_html
    from liangxing.audit_stats import AuditStats
    from liangxing.commands.one_case import write_whole

    if not 0 < level < 1:
        raise DataError(f"--level {level} is not between 0 and 1; 0.9 is usual")
    if report is not None and report.suffix.lower() != ".html":
        raise DataError(f"--report {report} must end in .html")
    stats = AuditStats()
    failures = _write(input, output, stats, model, workers, level, batch_size)
    stats.failed = len(failures)
    if report is not None:
        write_whole(report, report_html(stats).encode())
        write_whole(report.with_suffix(".csv"), report_csv(stats).encode())
    for place, error in failures[:_LISTED_FAILURES]:
        _errors.print(f"{place}: {error}", highlight=False, soft_wrap=True)
    if failures:
        _errors.print(
            f"{len(failures)} judgments failed; the others are in {output}", highlight=False
        )
        raise typer.Exit(1)


def _write(
    source: Path,
    target: Path,
    stats: AuditStats,
    model: Path | None,
    workers: int,
    level: float,
    batch_size: int,
) -> list[tuple[str, CaseError]]:
    """Writes the rows to a temporary file that then replaces `target`."""
    from liangxing.audit import row_json
    from liangxing.documents_in import read_documents

    failures: list[tuple[str, CaseError]] = []

    def good() -> Iterator[Document]:
        for place, document in read_documents(source):
            if isinstance(document, CaseError):
                failures.append((place, document))
            else:
                yield document

    rows = _rows(good(), model, workers, level, batch_size)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent or Path())
    part = Path(name)
    try:
        with (
            os.fdopen(handle, "w", encoding="utf-8") as file,
            Progress(console=_errors, transient=True) as progress,
        ):
            task = progress.add_task("Auditing", total=None)
            for row in rows:
                file.write(row_json(row) + "\n")
                stats.add(row)
                progress.advance(task)
        part.chmod(0o644)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return failures


def _rows(
    documents: Iterator[Document],
    model: Path | None,
    workers: int,
    level: float,
    batch_size: int,
) -> Iterator[dict[str, Any]]:
    from liangxing.audit import audit_documents, audit_in_processes
    from liangxing.predictor import SentencePredictor

    # The model is loaded here in any case, so that a wrong one fails before any row is read.
    predictor = SentencePredictor.load(model)
    if workers == 1:
        return audit_documents(documents, predictor, level=level, batch_size=batch_size)
    return audit_in_processes(
        documents,
        model=None if model is None else str(model),
        workers=workers,
        level=level,
        batch_size=batch_size,
    )
