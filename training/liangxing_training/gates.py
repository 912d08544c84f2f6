"""What a challenger has to pass before it becomes the champion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.model.calibration import POOLED
from scipy.stats import binom

from liangxing_training.evaluation.bootstrap import PairedDifference
from liangxing_training.evaluation.model_run import CoverageRow

# A gate fails when coverage lies this far below the level, pooled and in a group.
_POOLED_MARGIN, _GROUP_MARGIN = 0.02, 0.05
_GROUP_MINIMUM = 50
_SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Gate:
    """One condition; `detail` gives the figures behind it."""

    name: str
    passed: bool
    detail: str


def win_gate(found: PairedDifference, opponent: str) -> Gate:
    """The challenger beats the opponent under `cail_score`: the paired interval lies above 0."""
    return Gate(
        "paired bootstrap",
        found.low > 0,
        f"cail_score {found.difference:+.2f} [{found.low:+.2f}, {found.high:+.2f}] against "
        f"{opponent} on {found.n} cases",
    )


def coverage_gate(rows: Sequence[CoverageRow], level: float) -> Gate:
    """No group's coverage lies demonstrably below the level.

    A group fails when its upper 95 % Clopper-Pearson limit (one-sided) lies below level - 0.02
    pooled, or level - 0.05 in a group of 50 or more. That is the exact binomial test of the
    margin, and its p-values are Holm-corrected over all groups and modes.
    """
    tested = [
        row
        for row in rows
        if row.level == level and row.n and (row.group == POOLED or row.n >= _GROUP_MINIMUM)
    ]
    failed = [
        f"{row.mode}, {row.group}: {row.covered}/{row.n}"
        for row, rejected in zip(tested, holm([p_value(row) for row in tested]), strict=True)
        if rejected
    ]
    detail = "; ".join(failed) if failed else f"{len(tested)} groups at level {level:g}"
    return Gate("coverage", bool(tested) and not failed, detail or "no group was measured")


def p_value(row: CoverageRow) -> float:
    """Probability of so few covered verdicts if the coverage were at the edge of its margin."""
    margin = _POOLED_MARGIN if row.group == POOLED else _GROUP_MARGIN
    return float(binom.cdf(row.covered, row.n, row.level - margin))


def holm(p_values: Sequence[float], significance: float = _SIGNIFICANCE) -> list[bool]:
    """Which hypotheses Holm's step-down procedure rejects (Holm 1979).

    >>> holm([0.03, 0.01, 0.04])
    [False, True, False]
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    rejected = [False] * len(p_values)
    for rank, place in enumerate(order):
        if p_values[place] > significance / (len(p_values) - rank):
            break
        rejected[place] = True
    return rejected


def parity_gate(difference: float | None, tolerance: float) -> Gate:
    """ONNX Runtime and torch agreed within the tolerance when the bundle was exported."""
    if difference is None or math.isnan(difference):
        return Gate("parity", False, "the bundle records no parity figure; export it again")
    return Gate(
        "parity",
        difference <= tolerance,
        f"largest difference of a probability {difference:.2g}, limit {tolerance:g}",
    )
