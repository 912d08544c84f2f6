"""Conformity scores by group of cases."""

from __future__ import annotations

from collections.abc import Sequence

from liangxing.model.calibration import MINIMUM_GROUP, POOLED


def grouped_scores(
    values: Sequence[float], charges: Sequence[str | None], minimum: int = MINIMUM_GROUP
) -> dict[str, list[float]]:
    """Rising scores of all cases, and of each charge with `minimum` of them or more."""
    groups: dict[str, list[float]] = {POOLED: []}
    for value, charge in zip(values, charges, strict=True):
        groups[POOLED].append(value)
        if charge is not None:
            groups.setdefault(charge, []).append(value)
    return {
        name: sorted(values)
        for name, values in groups.items()
        if name == POOLED or len(values) >= minimum
    }
