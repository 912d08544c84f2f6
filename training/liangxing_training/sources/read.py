"""Choose the reader for a source and yield raw rows in one shape.

A raw row has the columns id, source, fact, charges, articles, months, life, death, fine,
suspension, defendants, n_defendants, year, offence_date, judgment_date, licence where known.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from liangxing_training.sources import cail, synthetic
from liangxing_training.sources.rows import BadRow, RawRow, json_lines

__all__ = ["BadRow", "RawRow", "Source", "read_source"]


class Source(BaseModel):
    """One entry of data.sources: a local `path`, a `hub` name, or generated cases."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    hub: str | None = None
    format: Literal["jsonl", "cail", "synthetic"] = "jsonl"
    limit: int | None = None
    seed: int = 17

    @model_validator(mode="after")
    def _one_origin(self) -> Source:
        if self.format == "synthetic":
            if self.limit is None:
                raise ValueError("a synthetic source needs 'limit', the number of cases")
        elif (self.path is None) == (self.hub is None):
            raise ValueError("give either 'path' or 'hub'")
        return self


def read_source(source: Source) -> Iterator[RawRow | BadRow]:
    """Rows of one source in order; DataError when it cannot be opened."""
    return islice(_rows(source), source.limit)


def _rows(source: Source) -> Iterator[RawRow | BadRow]:
    if source.format == "synthetic":
        yield from synthetic.generate(source.limit or 0, source.seed)
    elif source.hub is not None:
        yield from cail.read_hub(source.hub)
    elif source.format == "cail":
        assert source.path is not None
        yield from cail.read_files(source.path)
    else:
        assert source.path is not None
        for where, row in json_lines(source.path):
            if isinstance(row, BadRow):
                yield row
            else:
                yield {"id": where, **row}
