"""`liangxing audit`: judgments in, one row of findings each out, and a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from liangxing.commands.options import LevelOption, LocalOption, ModelOption
from liangxing.commands.rows import BadRows, check_targets
from liangxing.errors import CaseError, DataError

if TYPE_CHECKING:
    from liangxing.audit.statistics import AuditStats
    from liangxing.documents_in import Document


def audit(
    input: Annotated[
        Path, typer.Option(help="Judgments: .jsonl, .json, .txt, .pdf, .docx or a folder.")
    ],
    output: Annotated[Path, typer.Option(help="Findings, JSON Lines.")],
    report: Annotated[
        Path | None, typer.Option(help="Report to write: .html, with a .csv beside it.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with its model.")] = 1,
    level: LevelOption = 0.9,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    local_thresholds: LocalOption = None,
    model: ModelOption = None,
) -> None:
    """Recommendation, verdict and prediction side by side, with flags for a second look.

    Rows that cannot be read are listed, and the rest is written.
    """
    from liangxing.atomic import write_bytes
    from liangxing.audit.report import report_csv, report_html
    from liangxing.audit.statistics import AuditStats
    from liangxing.predictor import SentencePredictor, check_level

    check_level(level)
    if report is not None and report.suffix.lower() != ".html":
        raise DataError(f"--report {report} must end in .html")
    check_targets(input, output, *((report, report.with_suffix(".csv")) if report else ()))
    # Loaded here in any case, so that a wrong model fails before any row is read.
    predictor = SentencePredictor.load(model, local_thresholds=local_thresholds)
    bad = BadRows()

    def rows() -> Iterator[dict[str, Any]]:
        from liangxing.audit import audit_documents, audit_in_processes

        documents = _readable(input, bad)
        if workers == 1:
            return audit_documents(documents, predictor, level=level, batch_size=batch_size)
        return audit_in_processes(
            documents,
            model=None if model is None else str(model),
            workers=workers,
            level=level,
            batch_size=batch_size,
            local_thresholds=None if local_thresholds is None else str(local_thresholds),
        )

    stats = AuditStats()
    _write(rows(), output, stats)
    stats.failed = bad.count
    if report is not None:
        write_bytes(report, report_html(stats).encode())
        write_bytes(report.with_suffix(".csv"), report_csv(stats).encode())
    bad.report(f"the others are in {output}")


def _readable(source: Path, bad: BadRows) -> Iterator[Document]:
    from liangxing.documents_in import read_documents

    for place, document in read_documents(source):
        if isinstance(document, CaseError):
            bad.add(place, document)
        else:
            yield document


def _write(rows: Iterator[dict[str, Any]], target: Path, stats: AuditStats) -> None:
    """Writes the rows to a temporary file that then replaces `target`, and counts them."""
    from liangxing.atomic import atomic_file
    from liangxing.audit import row_json

    console = Console(stderr=True)
    with atomic_file(target) as file, Progress(console=console, transient=True) as progress:
        task = progress.add_task("Auditing", total=None)
        for row in rows:
            file.write(row_json(row) + "\n")
            stats.add(row)
            progress.advance(task)
