"""The trace as text that a prosecutor can paste: a numbered line per step, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liangxing.prediction import TraceStep

_MARKS: dict[bool | str, str] = {
    True: "",
    "given": "（案件给定）",
    "machine": "（机器解析，未经人工核实）",
    "local": "（地方标准）",
    "earlier": "（见于此前文本）",
}


def trace_text(trace: Sequence[TraceStep]) -> str:
    """The steps in their order: rule, source, months before and after, evidence.

    >>> step = TraceStep("法定刑幅度", "处三年以下有期徒刑", "《刑法》第264条", True,
    ...     {"low": 0, "high": 180, "life": True, "death": False}, {"low": 0, "high": 36})
    >>> print(trace_text([step]))
    1. 法定刑幅度：处三年以下有期徒刑【《刑法》第264条】（0至180个月、无期徒刑 → 0至36个月）
    """
    return "\n".join(f"{number}. {_line(step)}" for number, step in enumerate(trace, start=1))


def mark_of(step: TraceStep) -> str:
    """What must be said of a step that was not read in its source; empty where it was."""
    return _MARKS.get(step.verified, "（未核实）")


def _line(step: TraceStep) -> str:
    ranges = [months_of(data) for data in (step.before, step.after) if data is not None]
    shown = " → ".join(filter(None, ranges))
    told = f"；依据：“{step.evidence.text}”" if step.evidence else ""
    months = f"（{shown}）" if shown else ""
    return f"{step.step}：{step.rule}【{step.source}】{mark_of(step)}{months}{told}"


def months_of(data: Mapping[str, Any]) -> str:
    """The months before or after a step, with life and death."""
    if "counts" in data:
        return "＋".join(months_of(each) for each in data["counts"])
    words: list[str] = []
    if data.get("high") is not None:
        words.append(f"{data.get('low') or 0:g}至{data['high']:g}个月")
    words += ["无期徒刑"] if data.get("life") else []
    words += ["死刑"] if data.get("death") else []
    return "、".join(words)
