"""Sources to a `datasets` folder with splits, a fingerprint, a report and a data card."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from datasets import (
    Dataset,
    DatasetDict,
    disable_progress_bars,
    enable_progress_bars,
    load_from_disk,
)
from liangxing.atomic import atomic_folder
from liangxing.errors import DataError
from pydantic import Field
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from liangxing_training.cards import CardText, data_card
from liangxing_training.cleaning import CleaningSettings, UnusableRowError, row_id, to_record
from liangxing_training.records import FEATURES, Record
from liangxing_training.report import PreparationReport, report_markdown
from liangxing_training.sources import BadRow, Source, read_source
from liangxing_training.splits import SPLITS, Left, SplitSettings, assign_splits

REPORT, REPORT_TEXT, CARD = "report.json", "REPORT.md", "DATA_CARD.md"
FORMAT = 2


class PrepareSettings(CleaningSettings, SplitSettings):
    """Which sources, how to clean and how to split.

    The order of sources matters: splits stay put when rows or sources are added at the end.
    """

    name: str
    sources: tuple[Source, ...] = Field(min_length=1)
    card: CardText | None = None


@dataclass(frozen=True)
class PreparedData:
    """A prepared folder: the splits and what is known of them."""

    folder: Path
    splits: DatasetDict
    report: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the contents of all records, the same on every machine."""
        return self.report["fingerprint"]

    def with_term(self, split: str) -> list[dict[str, Any]]:
        """The facts of a split whose outcome is known, as plain rows; opinions are no facts."""
        rows = self.splits[split].to_list()
        return [row for row in rows if row["term_known"] and row["text_kind"] == "fact"]

    def facts(self, *splits: str) -> Iterator[str]:
        """The texts of splits, opinions and rows without a term too."""
        for split in splits:
            yield from self.splits[split]["fact"]


def prepare(settings: PrepareSettings, output: Path) -> PreparedData:
    """Reads, cleans, clusters and splits; writes `output` in one step.

    Bad rows are listed in the report and the rest goes on. Texts pass through files, so that
    memory holds signatures only. Raises DataError when a source cannot be read, nothing is left,
    the disk is full, or `output` holds something else.
    """
    if output.exists() and not (output / REPORT).is_file() and any(output.iterdir()):
        raise DataError(f"{output} is not a folder of prepared data; choose another output")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as work:
            report = _spool(settings, Path(work))
            with atomic_folder(output) as folder:
                _write(Path(work), folder, {"format": FORMAT, **report}, settings)
    except OSError as error:
        raise DataError(
            f"prepared data cannot be written to {output}: {error.strerror or error}; "
            "free some space or choose another output"
        ) from error
    return load_prepared(output)


def load_prepared(folder: Path) -> PreparedData:
    """A prepared folder; DataError when it is missing or of another format."""
    path = folder / REPORT
    if not path.is_file():
        raise DataError(f"{folder} holds no prepared data; run liangxing-train prepare first")
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        splits = load_from_disk(str(folder))
    except (OSError, ValueError) as error:
        raise DataError(
            f"prepared data in {folder} is damaged; run liangxing-train prepare again"
        ) from error
    if (
        report.get("format") != FORMAT
        or not isinstance(splits, DatasetDict)
        or any(splits[name].features != FEATURES for name in SPLITS)
    ):
        raise DataError(f"{folder} has another format; run liangxing-train prepare again")
    return PreparedData(folder, splits, report)


def _spool(settings: PrepareSettings, work: Path) -> dict[str, Any]:
    """Writes each split's rows to a file in `work`; returns the report."""
    report = PreparationReport()
    origins: dict[str, str] = {}
    with ExitStack() as stack:
        files = {
            name: stack.enter_context((work / name).open("w", encoding="utf-8")) for name in SPLITS
        }
        for item in assign_splits(_records(settings, report, origins), settings):
            if isinstance(item, Left):
                report.drop(item.reason, item.record.id)
                continue
            row = item.record.to_row() | {"cluster": item.cluster, "split": item.split}
            report.keep(item.record, row, origins[item.record.id])
            _append(files[item.split], row)
    if report.empty:
        raise DataError(f"no record is left for training: {report.reasons}; check the sources")
    return {"name": settings.name, "mask_verdicts": settings.mask_verdicts, **report.to_dict()}


def _append(file: IO[str], row: dict[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _records(
    settings: PrepareSettings, report: PreparationReport, origins: dict[str, str]
) -> Iterator[Record]:
    columns = (SpinnerColumn(), TextColumn("{task.description}: {task.completed:.0f} rows"))
    with Progress(*columns, TimeElapsedColumn(), transient=True) as progress:
        for source in settings.sources:
            task = progress.add_task(f"Preparing {source.name}", total=source.limit)
            for row in read_source(source):
                progress.advance(task)
                report.read(source.name)
                if isinstance(row, BadRow):
                    report.bad(row)
                    continue
                try:
                    record = to_record(row, settings)
                except UnusableRowError as reason:
                    report.drop(str(reason), row_id(row))
                    continue
                origins.setdefault(record.id, source.name)
                yield record


def _write(work: Path, folder: Path, report: dict[str, Any], settings: PrepareSettings) -> None:
    disable_progress_bars()
    try:
        splits = DatasetDict({name: _dataset(work, name) for name in SPLITS})
        # An empty split needs its one empty shard named, or it cannot be loaded again.
        shards = {name: None if len(split) else 1 for name, split in splits.items()}
        splits.save_to_disk(str(folder), num_shards=shards)  # type: ignore[arg-type]
    finally:
        enable_progress_bars()
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (folder / REPORT).write_text(text, encoding="utf-8")
    (folder / REPORT_TEXT).write_text(report_markdown(report), encoding="utf-8")
    (folder / CARD).write_text(data_card(report, settings.card), encoding="utf-8")


def _dataset(work: Path, name: str) -> Dataset:
    path = work / name
    if not path.stat().st_size:
        return Dataset.from_dict({column: [] for column in FEATURES}, features=FEATURES)
    made = Dataset.from_generator(
        _rows, features=FEATURES, cache_dir=str(work / "cache"), gen_kwargs={"path": str(path)}
    )
    assert isinstance(made, Dataset)
    return made


def _rows(path: str) -> Iterator[dict[str, Any]]:
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
