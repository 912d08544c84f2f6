"""JSON Lines files read one line at a time, whatever editor or platform wrote them."""

from __future__ import annotations

import codecs
import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from liangxing.errors import DataError

from liangxing_training.sources.rows import BadRow

_log = logging.getLogger(__name__)
_SUFFIXES = {".json", ".jsonl", ".ndjson"}


def files_of(path: Path) -> list[Path]:
    """The file itself, or the JSON files below a folder by name; DataError when there is none."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise DataError(f"data file {path} does not exist; correct the path of the source")
    found = sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
    if not found:
        raise DataError(f"data folder {path} holds no .json or .jsonl file; give another folder")
    return found


def read_objects(path: Path) -> Iterator[tuple[str, Mapping[str, Any]] | BadRow]:
    """Each line's place and object. A blank line is skipped, a broken one comes as BadRow.

    UTF-8 with or without BOM; GB18030 is recognised by the first line that is not ASCII, and
    logged. Raises DataError when the file cannot be read or is UTF-16.
    """
    encoding: str | None = None
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                place = f"{path.name}:{number}"
                if number == 1:
                    line = _without_bom(line, path)
                if not line.strip():
                    continue
                if encoding is None and not line.isascii():
                    encoding = _encoding(line, path)
                yield _decoded(line, encoding or "utf-8", place)
    except OSError as error:
        raise DataError(
            f"data file {path} cannot be read: {error.strerror}; check the path and its rights"
        ) from error


def _without_bom(line: bytes, path: Path) -> bytes:
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(
            f"data file {path} is UTF-16; convert it: iconv -f UTF-16 -t UTF-8 {path.name}"
        )
    return line.removeprefix(codecs.BOM_UTF8)


def _encoding(line: bytes, path: Path) -> str:
    if _decodes(line, "utf-8"):
        return "utf-8"
    if _decodes(line, "gb18030"):
        _log.warning("data file %s is not UTF-8; reading it as GB18030", path)
        return "gb18030"
    return "utf-8"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(line: bytes, encoding: str, place: str) -> tuple[str, Mapping[str, Any]] | BadRow:
    try:
        value = json.loads(line.decode(encoding))
    except UnicodeDecodeError:
        return BadRow(place, f"bytes that are not {encoding.upper()}")
    except (json.JSONDecodeError, RecursionError):
        return BadRow(place, "not a complete JSON object on one line")
    if not isinstance(value, dict):
        return BadRow(place, f"a JSON object is needed, not {type(value).__name__}")
    return place, value
