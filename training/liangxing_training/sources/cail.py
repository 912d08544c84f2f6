"""CAIL2018 in its official form: `fact` and `meta` (arXiv 1807.02478)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from liangxing.errors import DataError
from liangxing_training.sources.rows import BadRow, RawRow, json_lines

HUB_NAME = "china-ai-law-challenge/cail2018"


def read_files(path: Path) -> Iterator[RawRow | BadRow]:
    """Rows of one JSON Lines file, or of every .json/.jsonl file below a folder."""
    files = sorted(path.rglob("*.json*")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"folder {path} holds no .json or .jsonl file")
    for file in files:
        for where, row in json_lines(file):
            yield row if isinstance(row, BadRow) else _official(row, where)


def read_hub(name: str = HUB_NAME) -> Iterator[RawRow | BadRow]:
    """Rows of the hub copy, streamed; DataError when the hub does not answer."""
    from datasets import load_dataset

    try:
        splits: Any = load_dataset(name, streaming=True)
    except Exception as error:
        raise DataError(
            f"dataset {name} cannot be fetched from the hub ({type(error).__name__}); "
            "download it and give a local folder as 'path'"
        ) from error
    for split, rows in splits.items():
        for number, row in enumerate(rows, start=1):
            yield _flat(row, f"{name}:{split}:{number}")


def _official(row: RawRow, where: str) -> RawRow | BadRow:
    meta = row.get("meta")
    if not isinstance(meta, dict):
        return BadRow(where, "column 'meta' is missing; this is not an official CAIL2018 file")
    term = meta.get("term_of_imprisonment")
    if not isinstance(term, dict):
        return BadRow(where, "column 'meta.term_of_imprisonment' is missing")
    return {
        "id": where,
        "source": "CAIL2018",
        "fact": row.get("fact"),
        "charges": meta.get("accusation"),
        "articles": meta.get("relevant_articles"),
        "months": term.get("imprisonment"),
        "life": term.get("life_imprisonment"),
        "death": term.get("death_penalty"),
        "fine": meta.get("punish_of_money"),
        "defendants": meta.get("criminals"),
    }


def _flat(row: RawRow, where: str) -> RawRow:
    return {
        "id": where,
        "source": "CAIL2018",
        "fact": row.get("fact"),
        "charges": row.get("accusation"),
        "articles": row.get("relevant_articles"),
        "months": row.get("imprisonment"),
        "life": row.get("life_imprisonment"),
        "death": row.get("death_penalty"),
        "fine": row.get("punish_of_money"),
        "defendants": row.get("criminals"),
    }
