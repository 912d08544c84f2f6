"""One shard from its rows to its two files, the same on every engine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from liangxing.atomic import write_lines
from liangxing.case import Case
from liangxing.errors import CaseError
from liangxing.prediction import Prediction
from liangxing.predictor import SentencePredictor
from liangxing.scoring.plan import Shard


@dataclass(frozen=True)
class Job:
    """What a worker needs to know; `model` is a bundle folder and `local_thresholds` a file that
    it can read."""

    output: str
    model: str
    level: float
    batch_size: int
    local_thresholds: str | None = None

    def predictor(self) -> SentencePredictor:
        """One thread, since workers share the machine."""
        return SentencePredictor.load(
            self.model, threads=1, local_thresholds=self.local_thresholds
        )


@dataclass(frozen=True)
class BadRow:
    """A row that gave no prediction, as it stands in the input."""

    path: str
    line: int
    error: str
    row: str

    def to_json(self) -> str:
        return json.dumps(
            {"file": self.path, "line": self.line, "error": self.error, "row": self.row},
            ensure_ascii=False,
        )


@dataclass(frozen=True)
class _Row:
    line: int
    text: str
    case: Case


def score_shard(predictor: SentencePredictor, job: Job, shard: Shard) -> int:
    """Writes the bad rows of a shard, then its predictions; returns the number of bad rows.

    The predictions appear last and in one step: where they are, the shard is done.
    """
    bad: list[BadRow] = []
    lines: list[str] = []
    rows = _rows(shard, bad)
    while batch := list(islice(rows, job.batch_size)):
        lines += [found.to_json() for found in _predicted(predictor, job, shard, batch, bad)]
    output = Path(job.output)
    if bad:
        bad.sort(key=lambda row: row.line)
        write_lines(shard.bad(output), (row.to_json() for row in bad))
    else:
        shard.bad(output).unlink(missing_ok=True)
    write_lines(shard.part(output), lines)
    return len(bad)


def _rows(shard: Shard, bad: list[BadRow]) -> Iterator[_Row]:
    """The readable cases of a shard; the others go to `bad`."""
    for line, raw in raw_lines(shard):
        text = raw.decode("utf-8-sig", errors="replace").rstrip("\r")
        try:
            yield _Row(line, text, _case(raw, line))
        except CaseError as error:
            bad.append(BadRow(shard.path, line, str(error), text))


def raw_lines(shard: Shard) -> Iterator[tuple[int, bytes]]:
    """(line number, bytes) of the lines that are not blank."""
    with Path(shard.path).open("rb") as file:
        file.seek(shard.start)
        content = file.read(shard.end - shard.start)
    for offset, raw in enumerate(content.split(b"\n")):
        if raw.strip():
            yield shard.line + offset, raw


def _case(raw: bytes, line: int) -> Case:
    try:
        row: Any = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CaseError("not UTF-8; convert the file") from error
    except json.JSONDecodeError as error:
        raise CaseError(f"not a JSON object ({error.msg}); is the line cut off?") from error
    return Case.from_row(row, default_id=str(line))


def _predicted(
    predictor: SentencePredictor,
    job: Job,
    shard: Shard,
    batch: Sequence[_Row],
    bad: list[BadRow],
) -> list[Prediction]:
    """Predictions of a batch; when it fails, of each row alone, and what fails again is bad.

    Whatever one row in a hundred million may raise, the others must not suffer for it.
    """
    try:
        cases = [row.case for row in batch]
        return list(predictor.predict_many(cases, job.batch_size, job.level))
    except Exception as error:
        if len(batch) == 1:
            message = str(error) or type(error).__name__
            bad.append(BadRow(shard.path, batch[0].line, message, batch[0].text))
            return []
    return [found for row in batch for found in _predicted(predictor, job, shard, [row], bad)]
