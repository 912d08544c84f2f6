"""Drift of the model's error over time: the population stability index of each quarter."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ERROR_EDGES = (-1.0, -0.6, -0.35, -0.2, -0.08, 0.08, 0.2, 0.35, 0.6, 1.0)
"""Edges of ln(verdict + 1) - ln(prediction + 1), the distance of `cail_score` with its sign."""
_FEWEST_A_QUARTER = 30
_SMOOTHED = 0.5


@dataclass(frozen=True)
class Drift:
    """One quarter: its cases and the population stability index of the model's error against
    the reference quarters; null for these and where there are too few cases."""

    period: str
    cases: int
    index: float | None
    compared: bool = False


def empty_errors() -> list[int]:
    """A histogram of errors without any."""
    return [0] * (len(ERROR_EDGES) + 1)


def error_bin(error: float) -> int:
    """The bin of an error.

    >>> error_bin(-2.0), error_bin(0.0), error_bin(2.0)
    (0, 5, 10)
    """
    return sum(error >= edge for edge in ERROR_EDGES)


def drift_of(by_month: Mapping[str, Sequence[int]]) -> list[Drift]:
    """Histograms by month (YYYY-MM) as quarters against the first ones that hold half of the
    cases."""
    quarters: defaultdict[str, list[int]] = defaultdict(empty_errors)
    for month, counts in by_month.items():
        name = f"{month[:4]}年第{(int(month[5:7]) + 2) // 3}季度"
        quarters[name] = _sum(quarters[name], counts)
    total = sum(map(sum, quarters.values()))
    base, found = empty_errors(), list[Drift]()
    for name in sorted(quarters):
        counts = quarters[name]
        if sum(base) < total / 2:
            base = _sum(base, counts)
            found.append(Drift(name, sum(counts), None))
        else:
            enough = min(sum(counts), sum(base)) >= _FEWEST_A_QUARTER
            value = population_stability(base, counts) if enough else None
            found.append(Drift(name, sum(counts), value, compared=True))
    return found


def population_stability(expected: Sequence[int], actual: Sequence[int]) -> float:
    """The population stability index of two histograms, half a case added to every bin.

    >>> population_stability([50, 50], [50, 50])
    0.0
    """
    before = [count + _SMOOTHED for count in expected]
    after = [count + _SMOOTHED for count in actual]
    shares = [(a / sum(after), b / sum(before)) for a, b in zip(after, before, strict=True)]
    return sum((a - b) * math.log(a / b) for a, b in shares)


def _sum(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]
