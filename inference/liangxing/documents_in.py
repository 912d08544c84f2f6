"""Judgments from JSON Lines, text, PDF and DOCX files or a folder of them, one at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from liangxing.case_files import text_encoding
from liangxing.errors import CaseError, DataError

SUFFIXES = (".jsonl", ".ndjson", ".json", ".txt", ".pdf", ".docx")
_HINT = "pip install 'liangxing[docs]'"
_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Document:
    """One judgment: its text, or its sections by name."""

    id: str
    document: str | Mapping[str, Any]


def read_documents(path: Path) -> Iterator[tuple[str, Document | CaseError]]:
    """Yields (place, judgment or what is wrong with it) of a file, or of a folder's files by name.

    A JSON object holds `document` and optionally `id`, or is itself a mapping of section names
    to texts. UTF-8 and GB18030 are read. Raises DataError when `path` cannot be read at all.
    """
    if path.is_dir():
        found = False
        for file in _walk(path):
            found = True
            name = file.relative_to(path).as_posix()
            try:
                yield from _file(file, name)
            except (DataError, OSError) as error:
                yield name, CaseError(str(error))
        if not found:
            raise DataError(f"folder {path} holds no {', '.join(SUFFIXES)} file")
    elif path.is_file():
        yield from _file(path, path.name)
    else:
        raise DataError(f"input {path} does not exist; give a file or a folder")


def _walk(folder: Path) -> Iterator[Path]:
    """The documents of a folder by name; the names of one folder at a time are held."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES):
                yield Path(place) / name


def _file(path: Path, name: str) -> Iterator[tuple[str, Document | CaseError]]:
    suffix = path.suffix.lower()
    if suffix in _LINES:
        yield from _lines(path, name)
        return
    try:
        if suffix == ".pdf":
            yield name, Document(path.stem, _pdf(path))
        elif suffix == ".docx":
            yield name, Document(path.stem, _docx(path))
        elif suffix == ".json":
            text = path.read_text(encoding=text_encoding(path))
            yield from _whole_json(text, name, path.stem)
        else:
            yield name, Document(path.stem, path.read_text(encoding=text_encoding(path)))
    except CaseError as error:
        yield name, error


def _whole_json(text: str, name: str, id_: str) -> Iterator[tuple[str, Document | CaseError]]:
    """A file with one object or a list of them; JSON Lines under the wrong suffix too."""
    try:
        value: Any = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise CaseError("not a complete JSON object") from error
        for number, line in enumerate(lines, start=1):
            yield f"{name} line {number}", _row(line, f"{id_}-{number}")
        return
    rows = cast(list[Any], value) if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        place = name if len(rows) == 1 else f"{name} item {number}"
        yield place, _document(row, id_ if len(rows) == 1 else f"{id_}-{number}")


def _lines(path: Path, name: str) -> Iterator[tuple[str, Document | CaseError]]:
    with path.open(encoding=text_encoding(path)) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield f"{name} line {number}", _row(line, str(number))


def _row(line: str, default_id: str) -> Document | CaseError:
    try:
        return _document(json.loads(line), default_id)
    except (json.JSONDecodeError, RecursionError):
        return CaseError("not a JSON object; is the line cut off?")


def _document(value: Any, default_id: str) -> Document | CaseError:
    if not isinstance(value, Mapping):
        return CaseError(f"a JSON object is needed, not {type(value).__name__}")
    row = cast(Mapping[str, Any], value)
    given = row.get("id")
    id_ = default_id if given is None else str(given)
    document: Any = row.get("document", row)
    if document is row and not any(isinstance(part, str) for part in row.values()):
        return CaseError("field 'document' is missing; give the judgment's text")
    if isinstance(document, str):
        if not document.strip():
            return CaseError("field 'document' is empty; give the judgment's text")
        return Document(id_, document)
    if isinstance(document, Mapping):
        return Document(id_, cast(Mapping[str, Any], document))
    return CaseError("field 'document' must be text or an object of sections")


def _pdf(path: Path) -> str:
    try:
        from pypdf import PdfReader
    except ImportError as error:
        raise CaseError(f"reading PDF needs pypdf; {_HINT}") from error
    try:
        text = "\n".join(page.extract_text() for page in PdfReader(path).pages)
    except Exception as error:
        raise CaseError(f"not a readable PDF: {error}") from error
    if not text.strip():
        raise CaseError("the PDF holds no text, it may be a scan; run OCR on it first")
    return text


def _docx(path: Path) -> str:
    try:
        import docx
    except ImportError as error:
        raise CaseError(f"reading DOCX needs python-docx; {_HINT}") from error
    try:
        content = docx.Document(str(path))
        lines = [paragraph.text for paragraph in content.paragraphs]
        for table in content.tables:
            for row in table.rows:
                lines.append("：".join(dict.fromkeys(cell.text for cell in row.cells)))
    except Exception as error:
        raise CaseError(f"not a readable DOCX file: {error}") from error
    text = "\n".join(lines)
    if not text.strip():
        raise CaseError("the DOCX file holds no text")
    return text
