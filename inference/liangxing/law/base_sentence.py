"""From the starting point (量刑起点) to the base sentence (基准刑) of one count, in months."""

from __future__ import annotations

from datetime import date

from liangxing.law.circumstances import CaseFacts
from liangxing.law.guideline_data import Crime, method_source, starts_for
from liangxing.law.guideline_trace import as_data, start_step
from liangxing.law.tiers import TierChoice
from liangxing.prediction import MonthRange, TraceStep


def base_sentence(
    crime: Crime, choice: TierChoice, facts: CaseFacts, day: date, *, dated: bool
) -> tuple[MonthRange, list[TraceStep]] | None:
    """The base sentence over all allowed tiers, from the lowest starting point up, and its trace.

    Where no text names a figure for what is added to the starting point, the upper end is the
    tier's. A tier for which no text has a starting point is taken whole; null when the tiers are
    life or death only.
    `dated`: the day of judgment is known.
    """
    found = [
        (tier, tier.months, starts_for(crime, tier, facts, day))
        for tier in choice.allowed
        if tier.months is not None
    ]
    if not found:
        return None
    lows: list[float] = []
    tops: list[float] = []
    highs: list[float] = []
    unspecified = False
    for _, months, starts in found:
        ranges = [start.months for start in starts.starts] if starts else [months]
        lows.append(min(low for low, _ in ranges))
        tops.append(max(high for _, high in ranges))
        open_above = starts is None or starts.entry.increment == "unspecified"
        highs.append(months[1] if open_above else tops[-1])
        unspecified = unspecified or open_above
    base = MonthRange(min(lows), max(highs))
    rule = "在量刑起点的幅度内直接确定，不增加刑罚量"
    if unspecified:
        rule = (
            f"在量刑起点的基础上，根据{crime.factors}增加刑罚量；指导意见未规定增加的幅度"
            "（increment: unspecified），上端放宽至法定刑幅度的上限"
        )
    source, verified = method_source(day)
    step = TraceStep(
        step="基准刑",
        rule=rule,
        source=source,
        verified="unspecified" if unspecified else verified,
        before=as_data(MonthRange(min(lows), max(tops))),
        after=as_data(base),
    )
    steps = [start_step(crime, tier, starts, dated=dated) for tier, _, starts in found]
    return base, [*steps, step]
