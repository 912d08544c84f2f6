"""Read cases from JSON Lines, CSV or XLSX files, one row at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from liangxing.case import Case
from liangxing.errors import CaseError, DataError

_JSON_COLUMNS = ("charges", "articles", "circumstances", "quantities")
_ENCODINGS = ("utf-8-sig", "gb18030")


def read_cases(path: Path) -> Iterator[tuple[int, Case | CaseError]]:
    """Yields (line number, case or what is wrong with that line); blank lines are skipped.

    Formats and errors are those of `read_rows`.
    """
    for line, row in read_rows(path):
        if isinstance(row, CaseError):
            yield line, row
            continue
        try:
            yield line, Case.from_row(row, default_id=str(line))
        except CaseError as error:
            yield line, error


def read_rows(path: Path) -> Iterator[tuple[int, object]]:
    """Yields (line number, decoded row or CaseError); blank lines are skipped.

    The format follows the suffix: .csv, .xlsx, else JSON Lines. UTF-8 and GB18030 are read. In
    CSV and XLSX, `charges` and `articles` are separated by `;` or hold a JSON list. Raises
    DataError when the file itself cannot be read.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise DataError(f"input file {path} does not exist")
    if suffix == ".xlsx":
        return _xlsx_rows(path)
    return _csv_rows(path) if suffix == ".csv" else _json_rows(path)


def _json_rows(path: Path) -> Iterator[tuple[int, object]]:
    with path.open(encoding=text_encoding(path)) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                yield number, CaseError(f"not a JSON object ({error.msg}); is the line cut off?")


def _csv_rows(path: Path) -> Iterator[tuple[int, object]]:
    with path.open(encoding=text_encoding(path), newline="") as file:
        reader = csv.DictReader(file)
        _check_columns(path, reader.fieldnames)
        for row in reader:
            yield reader.line_num, _from_cells(row)


def _xlsx_rows(path: Path) -> Iterator[tuple[int, object]]:
    try:
        import openpyxl  # pyright: ignore[reportMissingModuleSource]
    except ImportError as error:
        raise DataError("reading .xlsx needs openpyxl; pip install 'liangxing[xlsx]'") from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise DataError(f"{path} is not a readable .xlsx file: {error}") from error
    rows = cast(Iterator[tuple[Any, ...]], book.worksheets[0].iter_rows(values_only=True))
    names = [str(cell) for cell in next(rows, ())]
    _check_columns(path, names)
    for number, cells in enumerate(rows, start=2):
        row = dict(zip(names, cells, strict=False))
        if any(cell is not None for cell in cells):
            yield (
                number,
                _from_cells(
                    {k: v.date().isoformat() if hasattr(v, "date") else v for k, v in row.items()}
                ),
            )


def _check_columns(path: Path, names: object) -> None:
    if "fact" not in (names or ()):  # type: ignore[operator]
        raise DataError(f"{path}: column 'fact' is missing; the first row must name the columns")


def _from_cells(row: Mapping[str, Any]) -> object:
    case: dict[str, Any] = {}
    for name, cell in row.items():
        if cell is None or cell == "":
            continue
        case[name] = cell
        if name in _JSON_COLUMNS and isinstance(cell, str):
            if cell.lstrip().startswith(("[", "{")):
                try:
                    case[name] = json.loads(cell)
                except json.JSONDecodeError as error:
                    return CaseError(f"field '{name}' is not valid JSON ({error.msg})")
            else:
                case[name] = [part.strip() for part in cell.replace("；", ";").split(";")]
        elif name == "defendants_count":
            try:
                case[name] = int(cell)
            except ValueError:
                return CaseError(f"field 'defendants_count' {cell!r} is not a whole number")
    return case


def text_encoding(path: Path) -> str:
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise DataError(f"{path} is neither UTF-8 nor GB18030; convert it to UTF-8")
