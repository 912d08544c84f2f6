"""Sources to a `datasets` folder with splits, a fingerprint, a report and a data card."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from datasets import Dataset, DatasetDict, load_from_disk
from pydantic import BaseModel, ConfigDict, Field, model_validator
from rich.progress import Progress

from liangxing.errors import DataError
from liangxing.model.bundle import atomic_folder
from liangxing_training.cards import data_card
from liangxing_training.cleaning import Dropped, to_record
from liangxing_training.near_duplicates import clusters, split_of
from liangxing_training.records import FEATURES, Record
from liangxing_training.sources import BadRow, Source, read_source

SPLITS = ("train", "validation", "calibration", "test")
REPORT, CARD = "report.json", "DATA_CARD.md"


class PrepareSettings(BaseModel):
    """Which sources, how to clean and how to split; `fractions` sum to 1 in the order of SPLITS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sources: tuple[Source, ...] = Field(min_length=1)
    mask_verdicts: bool = True
    near_duplicate_threshold: float = Field(default=0.8, gt=0, lt=1)
    fractions: tuple[float, float, float, float] = (0.7, 0.1, 0.1, 0.1)
    salt: str = "liangxing"

    @model_validator(mode="after")
    def _sums_to_one(self) -> PrepareSettings:
        if abs(sum(self.fractions) - 1) > 1e-9:
            raise ValueError("fractions must sum to 1")
        return self


@dataclass(frozen=True)
class PreparedData:
    """A prepared folder: the splits and what is known of them."""

    splits: DatasetDict
    report: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        return self.report["fingerprint"]

    def with_term(self, split: str) -> list[dict[str, Any]]:
        """The records of a split whose outcome is known, as plain rows."""
        return [row for row in self.splits[split].to_list() if row["term_known"]]


def prepare(settings: PrepareSettings, output: Path) -> PreparedData:
    """Reads, cleans, clusters and splits; writes `output` in one step.

    Bad rows are listed in the report and the rest goes on. Raises DataError when nothing is left.
    """
    dropped: defaultdict[str, list[str]] = defaultdict(list)
    records = list(_records(settings, dropped))
    first, joining = clusters([record.fact for record in records], settings.near_duplicate_threshold)
    fractions = list(zip(SPLITS, settings.fractions, strict=True))
    by_split: dict[str, list[Record]] = {name: [] for name in SPLITS}
    held: defaultdict[int, set[tuple[Any, ...]]] = defaultdict(set)
    for index, record in enumerate(records):
        if index in joining:
            dropped["near-duplicate of two clusters"].append(record.id)
            continue
        head = records[first[index]]
        same = (record.defendant, record.months, record.life, record.death, *record.charges)
        if same in held[first[index]]:
            dropped["near-duplicate"].append(record.id)
            continue
        held[first[index]].add(same)
        split = split_of(head.id, settings.salt, fractions)
        if not record.term_known and split != "train":
            dropped["no term, outside train"].append(record.id)
            continue
        by_split[split].append(replace(record, cluster=head.id))
    if not by_split["train"]:
        raise DataError("no record is left for training; see the reasons: " + _counts(dropped))
    report = _report(settings, by_split, dropped)
    with atomic_folder(output) as folder:
        DatasetDict(
            {
                name: Dataset.from_list([record.to_row() for record in rows], features=FEATURES)
                for name, rows in by_split.items()
            }
        ).save_to_disk(str(folder))
        (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1), "utf-8")
        (folder / CARD).write_text(data_card(report), encoding="utf-8")
    return load_prepared(output)


def load_prepared(folder: Path) -> PreparedData:
    """A prepared folder; DataError when it is missing or of another schema."""
    path = folder / REPORT
    if not path.is_file():
        raise DataError(f"{folder} holds no prepared data; run liangxing-train prepare first")
    splits = load_from_disk(str(folder))
    if not isinstance(splits, DatasetDict) or splits["train"].features != FEATURES:
        raise DataError(f"{folder} has another schema; run liangxing-train prepare again")
    return PreparedData(splits, json.loads(path.read_text(encoding="utf-8")))


def _records(
    settings: PrepareSettings, dropped: defaultdict[str, list[str]]
) -> Iterator[Record]:
    seen: set[str] = set()
    with Progress(transient=True) as progress:
        for source in settings.sources:
            name = str(source.path or source.hub or source.format)
            task = progress.add_task(f"Reading {Path(name).name}", total=source.limit)
            for row in read_source(source):
                progress.advance(task)
                if isinstance(row, BadRow):
                    dropped[f"unreadable: {row.reason}"].append(row.where)
                    continue
                try:
                    record = to_record(row, mask=settings.mask_verdicts)
                except Dropped as reason:
                    dropped[str(reason)].append(str(row["id"]))
                    continue
                if record.id in seen:
                    dropped["id seen before"].append(record.id)
                    continue
                seen.add(record.id)
                yield record


def _report(
    settings: PrepareSettings,
    by_split: dict[str, list[Record]],
    dropped: dict[str, list[str]],
) -> dict[str, Any]:
    kept = [record for rows in by_split.values() for record in rows]
    lines = sorted(
        json.dumps([name, record.to_row()], ensure_ascii=False, sort_keys=True)
        for name, rows in by_split.items()
        for record in rows
    )
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
    return {
        "name": settings.name,
        "fingerprint": digest.hexdigest(),
        "mask_verdicts": settings.mask_verdicts,
        "records": len(kept),
        "with_term": sum(record.term_known for record in kept),
        "synthetic": sum(record.synthetic for record in kept),
        "splits": {
            name: {"records": len(rows), "with_term": sum(r.term_known for r in rows)}
            for name, rows in by_split.items()
        },
        "dropped": {
            reason: {"count": len(ids), "examples": ids[:3]}
            for reason, ids in sorted(dropped.items(), key=lambda item: -len(item[1]))
        },
        "sources": _top(record.source for record in kept),
        "licences": _top(record.licence for record in kept),
        "charges": _top(charge for record in kept for charge in record.charges),
        "years": dict(sorted(Counter(r.year for r in kept if r.year).items())),
        "outcomes": _top(record.kind or "unknown" for record in kept),
        "characters_median": sorted(len(r.fact) for r in kept)[len(kept) // 2],
    }


def _top(values: Iterator[str] | Sequence[str], most: int = 20) -> dict[str, int]:
    return dict(Counter(values).most_common(most))


def _counts(dropped: dict[str, list[str]]) -> str:
    return "; ".join(f"{reason} ({len(ids)})" for reason, ids in dropped.items()) or "no rows read"
