"""What commands over files have in common: targets that are fit, and rows that failed."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from liangxing.errors import DataError

_LISTED = 20


class BadRows:
    """Rows that failed: the first few with what is wrong, and how many there are."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[str] = []

    def add(self, place: str, error: Exception) -> None:
        """Counts the row at `place`."""
        self.count += 1
        if len(self._first) < _LISTED:
            self._first.append(f"{place}: {error}")

    def report(self, rest: str) -> None:
        """Lists them and ends with exit code 1 if there are any; `rest` tells of the others."""
        console = Console(stderr=True)
        for line in self._first:
            console.print(line, highlight=False, soft_wrap=True, markup=False)
        if self.count:
            console.print(f"{self.count} failed; {rest}", highlight=False, soft_wrap=True)
            raise typer.Exit(1)


def check_targets(source: Path, *targets: Path) -> None:
    """Raises DataError before any work where a target cannot be written without loss: a missing
    folder, the input itself, a place inside the input's folder, or the same file twice."""
    taken: set[Path] = set()
    for target in targets:
        place = target.resolve()
        if not place.parent.is_dir():
            raise DataError(
                f"folder {target.parent} does not exist; make it or choose another path"
            )
        if place == source.resolve():
            raise DataError(f"{target} is the input, which would be lost; choose another output")
        if source.is_dir() and place.is_relative_to(source.resolve()):
            raise DataError(f"{target} lies inside the input {source}; choose another place")
        if place in taken:
            raise DataError(f"{target} would be written twice; choose another name")
        taken.add(place)
