"""How the input of a run is cut into shards, and whether a run may go on in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from liangxing.atomic import write_lines
from liangxing.errors import DataError

PLAN = "plan.json"


class Shard(BaseModel):
    """Consecutive rows of one file: bytes [start, end), `rows` lines that are not blank, the
    first byte in line `line` (counted from 1)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    path: str
    start: int
    end: int
    line: int
    rows: int

    def part(self, output: Path) -> Path:
        """Where its predictions go; the file is there only when the shard is done."""
        return output / f"part-{self.number:06d}.jsonl"

    def bad(self, output: Path) -> Path:
        """Where its bad rows go."""
        return output / f"bad-{self.number:06d}.jsonl"


class InputFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: int
    modified_ns: int


class Settings(BaseModel):
    """What the predictions depend on beside the input."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model_sha256: str
    law_sha256: str
    reading_version: str
    level: float
    batch_size: int
    shard_rows: int
    local_thresholds_sha256: str | None = None


class Plan(BaseModel):
    """The file plan.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: Settings
    inputs: tuple[InputFile, ...]
    shards: tuple[Shard, ...]


def plan_for(source: Path, output: Path, settings: Settings) -> Plan:
    """The plan kept in `output` if it fits, else a new one, which is written there.

    `source` is a JSON Lines file or a folder of them. Raises DataError when it is neither, when
    `output` holds something else, or results of another input, model or setting.
    """
    files = _files(source)
    inputs = tuple(_input(path) for path in files)
    path = output / PLAN
    if path.is_file():
        try:
            kept = Plan.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise DataError(f"{path} is damaged; choose another --output") from error
        _check(kept, inputs, settings, output)
        return kept
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise DataError(
            f"{output} holds no plan of a run and is not empty; choose another --output"
        )
    plan = Plan(settings=settings, inputs=inputs, shards=tuple(_cut(files, settings.shard_rows)))
    if not plan.shards:
        raise DataError(f"{source} holds no row")
    output.mkdir(parents=True, exist_ok=True)
    write_lines(path, [plan.model_dump_json()])
    return plan


def _files(source: Path) -> list[Path]:
    if source.is_dir():
        found = sorted(source.glob("*.jsonl"))
        if not found:
            raise DataError(f"{source} holds no .jsonl file")
        return found
    if not source.is_file():
        raise DataError(f"input {source} does not exist")
    if source.suffix.lower() in (".csv", ".xlsx"):
        raise DataError(f"{source} is no JSON Lines file; `liangxing predict` reads CSV and XLSX")
    return [source]


def _input(path: Path) -> InputFile:
    found = path.stat()
    return InputFile(path=str(path.resolve()), size=found.st_size, modified_ns=found.st_mtime_ns)


def _check(kept: Plan, inputs: tuple[InputFile, ...], settings: Settings, output: Path) -> None:
    if kept.inputs != inputs:
        raise DataError(f"{output} holds results of another input; choose another --output")
    was, now = kept.settings.model_dump(), settings.model_dump()
    changed = [name for name in now if was[name] != now[name]]
    if changed:
        raise DataError(
            f"{output} holds results with another {', '.join(changed)}; choose another --output"
        )


def _cut(files: list[Path], shard_rows: int) -> Iterator[Shard]:
    number = 0
    for path in files:
        start = position = rows = 0
        first = line = 1
        with path.open("rb") as file:
            for raw in file:
                position += len(raw)
                line += 1
                rows += bool(raw.strip())
                if rows == shard_rows:
                    yield _shard(number, path, start, position, first, rows)
                    number, start, first, rows = number + 1, position, line, 0
        if rows:
            yield _shard(number, path, start, position, first, rows)
            number += 1


def _shard(number: int, path: Path, start: int, end: int, line: int, rows: int) -> Shard:
    return Shard(
        number=number, path=str(path.resolve()), start=start, end=end, line=line, rows=rows
    )
