"""Pick the reader of a source and hand on its rows, good and bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liangxing_training.records import TextKind
from liangxing_training.sources import cail, documents, jsonl, synthetic
from liangxing_training.sources.lines import files_of, read_objects
from liangxing_training.sources.rows import BadRow, ColumnError, RawRow

_OPINION, _OPENING = "本院认为", 12
SourceFormat = Literal["auto", "cail", "jsonl", "documents", "synthetic"]


class Source(BaseModel):
    """One source: a `path` (file or folder), a `hub` dataset, or the synthetic corpus.

    Format `auto` goes by the columns of each row. Court opinions (`text_kind: opinion`, or by
    `auto` those that open with 本院认为) are learnt from, but never measured on. `limit` reads
    that many rows at most; the synthetic corpus generates as many, from `seed`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    hub: str | None = None
    hub_splits: tuple[str, ...] = cail.HUB_SPLITS
    format: SourceFormat = "auto"
    text_kind: Literal["auto"] | TextKind = "auto"
    limit: int | None = Field(default=None, ge=1)
    seed: int = 17

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if self.format == "synthetic":
            if self.path or self.hub or self.limit is None:
                raise ValueError("a synthetic source takes a limit, and neither path nor hub")
        elif (self.path is None) == (self.hub is None):
            raise ValueError("give exactly one of path and hub")
        return self

    @property
    def name(self) -> str:
        """How reports call the source: the file's name, never its folder."""
        if self.format == "synthetic":
            return "synthetic"
        return self.hub or (self.path.name if self.path else "")


def read_source(source: Source) -> Iterator[RawRow | BadRow]:
    """Rows in the order of the source. Raises DataError when the source cannot be read at all."""
    if source.format == "synthetic" and source.limit is not None:
        for number, values in enumerate(synthetic.generate(source.limit, source.seed), start=1):
            yield jsonl.parse_row(values, f"synthetic:{number}")
    elif source.hub is not None:
        yield from cail.read_hub(source.hub, source.hub_splits, source.limit)
    elif source.path is not None:
        yield from islice(_read_files(source.path, source), source.limit)


def _read_files(path: Path, source: Source) -> Iterator[RawRow | BadRow]:
    for file in files_of(path):
        for item in read_objects(file):
            if isinstance(item, BadRow):
                yield item
                continue
            place, values = item
            try:
                yield from _parse(values, place, source)
            except ColumnError as error:
                yield BadRow(place, str(error))


def _parse(values: Mapping[str, Any], place: str, source: Source) -> Iterator[RawRow | BadRow]:
    format_ = _recognised(values) if source.format == "auto" else source.format
    if format_ == "cail":
        yield cail.parse_row(values, place)
        return
    if format_ == "documents":
        yield from documents.parse_rows(values, place)
        return
    row = jsonl.parse_row(values, place)
    yield replace(row, text_kind=_text_kind(row.fact, source))


def _text_kind(fact: str, source: Source) -> TextKind:
    if source.text_kind != "auto":
        return source.text_kind
    return "opinion" if _OPINION in fact[:_OPENING] else "fact"


def _recognised(values: Mapping[str, Any]) -> SourceFormat:
    if "meta" in values or "accusation" in values:
        return "cail"
    return "documents" if "document" in values else "jsonl"
