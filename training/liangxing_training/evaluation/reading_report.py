"""How well facts are read: precision, recall and F1 against gold labels, with every error."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from liangxing.errors import DataError
from liangxing.reading.circumstances import read_circumstances
from liangxing.reading.normalise import normalise
from liangxing.reading.quantities import read_quantities

Kind = Literal["quantity", "circumstance"]

# A value counts as read when it is this close to the gold value, relative to it.
TOLERANCE = 0.01


@dataclass(frozen=True)
class GoldText:
    """A text with its complete labels: what is not listed is not stated."""

    id: str
    text: str
    defendant: str | None
    charges: tuple[str, ...]
    quantities: Mapping[str, float]
    circumstances: Mapping[str, str]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadingError:
    """One label that the reader got wrong: null `gold` is too much, null `read` too little."""

    text_id: str
    kind: Kind
    label: str
    gold: float | str | None
    read: float | str | None
    evidence: str = ""

    def __str__(self) -> str:
        return f"{self.text_id} {self.label}: gold {self.gold}, read {self.read}"


@dataclass
class Counts:
    """Labels found, labels read in excess, labels missed; a wrong value is both of the latter."""

    found: int = 0
    extra: int = 0
    missed: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.found + other.found, self.extra + other.extra, self.missed + other.missed
        )

    @property
    def precision(self) -> float:
        return _share(self.found, self.found + self.extra)

    @property
    def recall(self) -> float:
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float:
        """Micro F1; 1 where there was nothing to read and nothing was read.

        >>> Counts(found=3, extra=1, missed=1).f1
        0.75
        """
        return _share(2 * self.found, 2 * self.found + self.extra + self.missed)


@dataclass(frozen=True)
class ReadingReport:
    """Counts over all texts by kind of label, and the errors in the order of the texts."""

    texts: int
    quantities: Counts = field(default_factory=Counts)
    circumstances: Counts = field(default_factory=Counts)
    errors: tuple[ReadingError, ...] = ()

    @property
    def total(self) -> Counts:
        return self.quantities + self.circumstances

    def table(self) -> dict[str, Counts]:
        return {
            "quantities": self.quantities,
            "circumstances": self.circumstances,
            "total": self.total,
        }


def reading_report(gold: Iterable[GoldText]) -> ReadingReport:
    """Read every gold text and compare."""
    texts = 0
    counts: dict[Kind, Counts] = {"quantity": Counts(), "circumstance": Counts()}
    errors: list[ReadingError] = []
    for item in gold:
        texts += 1
        for kind, found, wrong in _compared(item):
            extra = sum(error.read is not None for error in wrong)
            missed = sum(error.gold is not None for error in wrong)
            counts[kind] += Counts(found, extra, missed)
            errors.extend(wrong)
    return ReadingReport(texts, counts["quantity"], counts["circumstance"], tuple(errors))


def load_gold(path: Path, data: Path | None = None) -> list[GoldText]:
    """The texts of a gold file (JSON Lines).

    Labels of texts that may not be shared come without the text: they name its `file` in `data`,
    its `id`, the `field` that holds it and its `sha256`; the row names the defendant. Raises
    DataError when a file is missing, a line is damaged, or a text is not the labelled one.
    """
    lines = list(_rows(path))
    wanted: dict[str, set[str]] = {}
    for line in lines:
        if "text" not in line:
            wanted.setdefault(line["file"], set()).add(line["id"])
    if wanted and data is None:
        raise DataError(f"{path} holds labels only; name the folder of the texts with --data")
    texts = {
        (name, row["id"]): row
        for name, ids in wanted.items()
        for row in _rows((data or Path()) / name)
        if row["id"] in ids
    }
    return [_gold_text(line, texts) for line in lines]


def _gold_text(line: dict[str, Any], texts: Mapping[tuple[str, str], dict[str, Any]]) -> GoldText:
    text, defendant = line.get("text"), line.get("defendant")
    if text is None:
        row = texts.get((line["file"], line["id"]))
        if row is None:
            raise DataError(f"{line['file']} has no row {line['id']}, which the gold labels name")
        text = row[line["field"]]
        if hashlib.sha256(text.encode()).hexdigest() != line["sha256"]:
            raise DataError(f"{line['file']}, row {line['id']}: not the text that was labelled")
        defendant = _one_defendant(row)
    return GoldText(
        id=line["id"],
        text=text,
        defendant=defendant,
        charges=tuple(line.get("charges", ())),
        quantities=line["quantities"],
        circumstances=line["circumstances"],
        tags=tuple(line.get("tags", ())),
    )


def _one_defendant(row: Mapping[str, Any]) -> str | None:
    """The name of the row's defendant where it names just one, as in the prepared data."""
    names = [row["defendant"]] if row.get("defendant") else row.get("defendants") or []
    return names[0] if len(names) == 1 else None


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise DataError(f"{path}, line {number}: not JSON ({error})") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error


def _compared(gold: GoldText) -> Iterator[tuple[Kind, int, list[ReadingError]]]:
    """Per kind of label: how many were read right, and what was not."""
    text = normalise(gold.text)
    quantities = read_quantities(text, defendant=gold.defendant, charges=gold.charges)
    circumstances = read_circumstances(text, defendant=gold.defendant)
    shown = {found.id: found.evidence for found in (*quantities, *circumstances)}
    kinds: tuple[tuple[Kind, Mapping[str, Any], Mapping[str, Any]], ...] = (
        ("quantity", gold.quantities, {q.id: q.value for q in quantities}),
        ("circumstance", gold.circumstances, {c.id: c.value for c in circumstances}),
    )
    for kind, expected, read in kinds:
        wrong: list[ReadingError] = []
        for label in sorted(expected.keys() | read.keys()):
            if not _agree(expected.get(label), read.get(label)):
                evidence = shown.get(label)
                wrong.append(
                    ReadingError(
                        gold.id,
                        kind,
                        label,
                        expected.get(label),
                        read.get(label),
                        evidence.text if evidence else "",
                    )
                )
        yield kind, len(expected.keys() | read.keys()) - len(wrong), wrong


def _agree(expected: float | str | None, read: float | str | None) -> bool:
    if isinstance(expected, (int, float)) and isinstance(read, (int, float)):
        return abs(expected - read) <= TOLERANCE * abs(expected)
    return expected == read


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
