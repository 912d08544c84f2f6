"""The trace as numbered Chinese lines, to be pasted into a recommendation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liangxing.prediction import TraceStep

_MARKS: dict[bool | str, str] = {
    True: "",
    False: "（未核实）",
    "machine": "（机器解析）",
    "local": "（据地方规定）",
    "earlier": "（据此前文本）",
    "given": "（案件给定）",
    "unspecified": "（幅度未规定）",
}


def trace_text(steps: Sequence[TraceStep]) -> str:
    """A line per step: what was done, from which months to which, and on what ground.

    >>> print(trace_text([TraceStep(
    ...     "量刑情节", "自首：减少30%", "《刑法》第67条", "local",
    ...     {"low": 10.0, "high": 12.5}, {"low": 7.0, "high": 8.75})]))
    1. 量刑情节：自首：减少30%。10至12.5个月 → 7至8.75个月。依据：《刑法》第67条（据地方规定）
    """
    return "\n".join(f"{number}. {_line(step)}" for number, step in enumerate(steps, start=1))


def _line(step: TraceStep) -> str:
    words = [f"{step.step}：{step.rule}"]
    before, after = _amount(step.before), _amount(step.after)
    if after:
        words.append(f"{before} → {after}" if before and before != after else after)
    if step.evidence is not None:
        words.append(f"事实：“{step.evidence.text}”")
    mark = _MARKS.get(step.verified, f"（{step.verified}）")
    return "。".join([*words, f"依据：{step.source}{mark}"])


def _amount(data: dict[str, Any] | None) -> str:
    """Months, probation or yuan of a step as words; empty where it has none."""
    if not data:
        return ""
    parts = [
        _span(data.get("low"), data.get("high"), "个月"),
        _span(data.get("probation_low"), data.get("probation_high"), "个月", "考验期"),
        _span(data.get("yuan_low"), data.get("yuan_high"), "元", "罚金"),
    ]
    parts += [_span(each["low"], each["high"], "个月") for each in data.get("counts", [])]
    parts += ["无期徒刑"] * bool(data.get("life")) + ["死刑"] * bool(data.get("death"))
    return "、".join(part for part in parts if part)


def _span(low: float | None, high: float | None, unit: str, what: str = "") -> str:
    if low is None or high is None:
        return ""
    return f"{what}{low:.10g}{unit}" if low == high else f"{what}{low:.10g}至{high:.10g}{unit}"
