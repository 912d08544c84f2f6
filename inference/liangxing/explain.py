"""A prediction in words: the figures, then every step of the law with its source."""

from __future__ import annotations

from liangxing.law.trace_text import trace_text
from liangxing.prediction import Interval, MonthRange, OuterBounds, Prediction, StatutoryBounds


def explanation(prediction: Prediction) -> str:
    """Chinese text in lines: penalty, interval, bounds, guideline range, trace, warnings."""
    statutory, guideline = prediction.bounds.statutory, prediction.bounds.guideline
    lines = [
        f"建议刑罚：{prediction.penalty.text}",
        f"区间（水平{prediction.interval.level:g}）：{range_text(prediction.interval)}",
        f"法定刑：{range_text(statutory)}；外边界：{range_text(statutory.outer)}",
        f"指导范围：{range_text(guideline) if guideline else '无'}",
        "",
        trace_text(prediction.trace),
    ]
    if prediction.warnings:
        lines += ["", *(f"注意：{warning}" for warning in prediction.warnings)]
    return "\n".join(lines)


def range_text(found: Interval | OuterBounds | StatutoryBounds | MonthRange) -> str:
    """Months, and life and death where they are open.

    >>> range_text(Interval(0.9, 6.0, 12.0, life=True, death=False))
    '6至12个月、无期徒刑'
    """
    parts: list[str] = []
    if found.low is not None and found.high is not None:
        parts.append(f"{found.low:g}至{found.high:g}个月")
    if not isinstance(found, MonthRange):
        parts += ["无期徒刑"] if found.life else []
        parts += ["死刑"] if found.death else []
    return "、".join(parts)
