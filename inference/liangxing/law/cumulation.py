"""Several counts (数罪并罚, Criminal Law art. 69)."""

from __future__ import annotations

from collections.abc import Sequence

from liangxing.law.general import general_rules


def cumulated_high(terms: Sequence[float]) -> float:
    """The longest term for several counts of at most `terms` months each.

    >>> cumulated_high([60, 36]), cumulated_high([180, 180]), cumulated_high([240, 240])
    (96, 240.0, 300.0)
    >>> cumulated_high([6, 6, 6])
    12.0
    """
    rules = general_rules()
    total = sum(terms)
    cap = rules.cumulation.cap
    if total >= rules.cumulation.cap_from_sum.sum:
        cap = rules.cumulation.cap_from_sum.cap
    if max(terms) <= rules.detention.months[1] and rules.detention.cumulated_cap is not None:
        cap = rules.detention.cumulated_cap
    return min(total, cap)
