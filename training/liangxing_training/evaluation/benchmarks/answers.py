"""Answers of any system: our Prediction rows, a plain table, or a benchmark's own output format.

- JSON lines of predictions as `liangxing predict` writes them;
- JSON lines or CSV of `id, months, low, high` (also `life`, `death`, `level`), each but the id
  optional;
- LawBench's run files: a JSON object of `{"0": {"prediction": ...}, ...}`;
- JuDGE's document list: a JSON list of `{"id": ..., "document": ...}`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liangxing.errors import DataError
from liangxing.prediction import Prediction

from liangxing_training.evaluation.benchmarks.items import NO_ANSWER, Answer, Item
from liangxing_training.sources.rows import ColumnError, Columns

_DEATH_KINDS = ("death", "death_reprieve")


@dataclass(frozen=True)
class Answers:
    """One answer per item, in order; `missing` are ids without one, which count as wrong, and
    `unknown` ids of answers to no item."""

    answers: tuple[Answer, ...]
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_answers(path: Path, items: Sequence[Item]) -> Answers:
    """A file of answers, aligned with the items by id.

    Raises DataError naming the row and what is wrong; an id that occurs twice is an error too.
    """
    found: dict[str, Answer] = {}
    for id_, answer in _rows(path):
        if id_ in found:
            raise DataError(f"{path.name}: id {id_!r} is answered twice; keep one answer")
        found[id_] = answer
    ids = [item.id for item in items]
    return Answers(
        answers=tuple(found.get(id_, NO_ANSWER) for id_ in ids),
        missing=tuple(id_ for id_ in ids if id_ not in found),
        unknown=tuple(id_ for id_ in found if id_ not in set(ids)),
    )


def answer_of(prediction: Prediction) -> Answer:
    """What a prediction of ours answers."""
    penalty, interval = prediction.penalty, prediction.interval
    return Answer(
        months=penalty.months,
        life=penalty.kind == "life",
        death=penalty.kind in _DEATH_KINDS,
        low=interval.low,
        high=interval.high,
        interval_life=interval.life,
        interval_death=interval.death,
        level=interval.level,
    )


def _rows(path: Path) -> Iterator[tuple[str, Answer]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"predictions {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"predictions {path.name} are not UTF-8; convert the file") from error
    if path.suffix.lower() == ".csv":
        yield from _csv(path, text)
        return
    whole = _whole(text)
    if isinstance(whole, list):
        yield from _parsed(path, ((str(n), row) for n, row in enumerate(whole)), _listed)
    elif isinstance(whole, dict) and whole and all(isinstance(v, dict) for v in whole.values()):
        if "penalty" in whole:
            yield from _parsed(path, [("1", whole)], _row)
        else:
            yield from _parsed(path, whole.items(), _lawbench)
    else:
        yield from _parsed(path, _lines(path, text), _row)


def _whole(text: str) -> Any:
    """The file as one JSON value; null when it is a file of lines."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def _lines(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield str(number), json.loads(line)
            except ValueError as error:
                raise DataError(f"{path.name} line {number} is not a JSON object") from error


def _parsed(
    path: Path, rows: Iterable[tuple[str, Any]], parse: Any
) -> Iterator[tuple[str, Answer]]:
    for place, row in rows:
        if not isinstance(row, Mapping):
            raise DataError(f"{path.name} row {place}: a JSON object is needed")
        try:
            yield parse(place, row)
        except (ColumnError, KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path.name} row {place}: {_said(error)}") from error


def _csv(path: Path, text: str) -> Iterator[tuple[str, Answer]]:
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        given = {name: value for name, value in row.items() if name and value not in (None, "")}
        values = {name: _cell(name, str(value)) for name, value in given.items()}
        yield from _parsed(path, [(str(number), values)], _row)


def _cell(name: str, value: str) -> Any:
    if name == "id":
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return float(value)
    except ValueError:
        return value


def _lawbench(place: str, row: Mapping[str, Any]) -> tuple[str, Answer]:
    return place, Answer(text=Columns(row).text("prediction"))


def _listed(place: str, row: Mapping[str, Any]) -> tuple[str, Answer]:
    if "document" not in row:
        return _row(place, row)
    columns = Columns(row)
    id_ = columns.label("id")
    if id_ is None:
        raise ColumnError("column 'id' is missing")
    return id_, Answer(text=columns.text("document"))


def _row(place: str, row: Mapping[str, Any]) -> tuple[str, Answer]:
    columns = Columns(row)
    id_ = columns.label("id") or place
    if "penalty" in row:
        return id_, _prediction(columns)
    months, low, high = (columns.number(name) for name in ("months", "low", "high"))
    life, death = columns.flag("life"), columns.flag("death")
    if sum((months is not None, life, death)) > 1:
        raise ColumnError("give one of months, life and death")
    _check_ends(low, high)
    return id_, Answer(months, life, death, low, high, level=columns.number("level"))


def _prediction(columns: Columns) -> Answer:
    penalty, interval = columns.mapping("penalty"), columns.mapping("interval")
    kind = penalty.text("kind")
    low, high = interval.number("low"), interval.number("high")
    _check_ends(low, high)
    return Answer(
        months=penalty.number("months"),
        life=kind == "life",
        death=kind in _DEATH_KINDS,
        low=low,
        high=high,
        interval_life=interval.flag("life"),
        interval_death=interval.flag("death"),
        level=interval.number("level"),
    )


def _check_ends(low: float | None, high: float | None) -> None:
    if (low is None) != (high is None):
        raise ColumnError("give both low and high, or neither")
    if low is not None and high is not None and low > high:
        raise ColumnError(f"low {low:g} lies above high {high:g}")


def _said(error: Exception) -> str:
    return f"column {error} is missing" if isinstance(error, KeyError) else str(error)
