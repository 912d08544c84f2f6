"""The arithmetic of the guidelines: layer 1 multiplies, layer 2 adds (months as intervals).

The low end takes the largest reductions and the smallest increases, the high end the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from liangxing.law.weights import Weight
from liangxing.prediction import MonthRange

End = Literal["low", "high"]


@dataclass(frozen=True)
class Move:
    """One circumstance's effect on the months."""

    weight: Weight
    before: MonthRange
    after: MonthRange


def moves(base: MonthRange, weights: Sequence[Weight]) -> Iterator[Move]:
    """The effect of each circumstance in turn, layer 1 first.

    >>> accessory = Weight("accessory", "从犯", 1, False, 0.3, 0.3, "", True)
    >>> recidivist = Weight("recidivist", "累犯", 2, True, 0.2, 0.2, "", True, months=3)
    >>> [move.after.low for move in moves(MonthRange(60, 60), [accessory, recidivist])]
    [42.0, 50.4]
    """
    first = [weight for weight in weights if weight.layer == 1]
    second = [weight for weight in weights if weight.layer == 2]
    value = base
    for weight in first:
        after = MonthRange(
            value.low * _factor(weight, "low"), value.high * _factor(weight, "high")
        )
        yield Move(weight, value, after)
        value = after
    multiplied, before = value, value
    for number in range(1, len(second) + 1):
        counted = second[:number]
        after = MonthRange(
            _added(multiplied.low, counted, "low"), _added(multiplied.high, counted, "high")
        )
        yield Move(counted[-1], before, after)
        before = after


def _factor(weight: Weight, end: End) -> float:
    ratio = _ratio(weight, end)
    return 1 + ratio if weight.increase else 1 - ratio


def _ratio(weight: Weight, end: End) -> float:
    """The ratio that counts at an end of the range."""
    return weight.most if weight.increase == (end == "high") else weight.least


def _added(months: float, weights: Sequence[Weight], end: End) -> float:
    """Months after adding and subtracting the ratios; never below 0.

    A circumstance with a least change in months (recidivist) has at least that.
    """
    reduced = _heaviest([weight for weight in weights if not weight.increase], end)
    raised = [weight for weight in weights if weight.increase]
    total = sum(_ratio(weight, end) for weight in raised)
    result = months * max(0.0, 1 + total - reduced)
    for weight in raised:
        without = months * max(0.0, 1 + total - _ratio(weight, end) - reduced)
        result = max(result, without + weight.months)
    return result


def _heaviest(weights: Sequence[Weight], end: End) -> float:
    """The largest reduction by facts that may count together.

    What is in doubt between a joint ratio and the single ones is decided for the defendant, so
    that one more mitigating fact never reduces less.
    """
    for index, weight in enumerate(weights):
        rivals = [other for other in weights if _exclude(weight, other)]
        if rivals:
            others = [*weights[:index], *weights[index + 1 :]]
            with_it = [other for other in others if other not in rivals]
            return max(_heaviest(others, end), _ratio(weight, end) + _heaviest(with_it, end))
    return sum(_ratio(weight, end) for weight in weights)


def _exclude(one: Weight, other: Weight) -> bool:
    return other.id in one.conflicts or one.id in other.conflicts
