"""What a measure says, and how two sides are measured fairly: in turn, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

RESULT = Path(__file__).parent / "results" / "latest.json"
# Of scoring; `cost.py` reads them again.
RATE = "scoring, one core"
READ, WRITTEN = "a case on disk", "a prediction on disk"

Side = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    `ours` and `peer` are medians in `unit`; `ratio` is the median of ours / peer over the rounds,
    `low` and `high` its extremes. With `at_most` or `at_least` the ratio (or ours, where there is
    no peer) has a goal. `skipped` says why nothing was measured.
    """

    measure: str
    unit: str
    ours: float | None = None
    against: str = ""
    peer: float | None = None
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    at_most: float | None = None
    at_least: float | None = None
    skipped: str = ""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; null without one, or where nothing was measured."""
        value = self.ours if self.peer is None else self.ratio
        if value is None or (self.at_most is None and self.at_least is None):
            return None
        return (self.at_most is None or value <= self.at_most) and (
            self.at_least is None or value >= self.at_least
        )


def seconds(work: Side) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rounds(sides: Mapping[str, Side], count: int) -> dict[str, list[float]]:
    """Seconds of each side in each round; every other round runs in reverse order, after one
    call of each that is not counted."""
    for work in sides.values():
        work()
    found: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(count):
        for name in list(sides) if number % 2 == 0 else list(sides)[::-1]:
            found[name].append(seconds(sides[name]))
    return found


def compared(
    measure: str,
    unit: str,
    ours: list[float],
    against: str,
    peer: list[float],
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    note: str = "",
) -> Figure:
    """A figure from paired rounds of both sides, already in `unit`."""
    ratios = [one / other for one, other in zip(ours, peer, strict=True)]
    return Figure(
        measure,
        unit,
        statistics.median(ours),
        against,
        statistics.median(peer),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        at_most=at_most,
        at_least=at_least,
        note=note,
    )
