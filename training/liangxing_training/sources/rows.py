"""Lines of a JSON Lines file as objects, the bad ones kept apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liangxing.case_files import text_encoding
from liangxing.errors import DataError

RawRow = dict[str, Any]


@dataclass(frozen=True)
class BadRow:
    """A row that could not be read: where it stands and why."""

    where: str
    reason: str


def json_lines(path: Path) -> Iterator[tuple[str, RawRow | BadRow]]:
    """Yields (file:line, object or what is wrong); UTF-8 or GB18030, any line ends.

    Raises DataError when the file is missing or neither encoding fits.
    """
    if not path.is_file():
        raise DataError(f"data file {path} does not exist; check data.sources")
    with path.open(encoding=text_encoding(path)) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            where = f"{path.name}:{number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                yield where, BadRow(where, f"not JSON ({error.msg}); is the line cut off?")
                continue
            if isinstance(row, dict):
                yield where, row
            else:
                yield where, BadRow(where, f"a JSON object is expected, not {type(row).__name__}")
