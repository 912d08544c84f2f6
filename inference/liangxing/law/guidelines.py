"""The guideline range (量刑指导意见): starting point, base sentence, circumstances, discretion.

The guidelines guide the bench at trial, so that the text in force on the day of judgment holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from liangxing.law.base_sentence import base_sentence
from liangxing.law.charges import canonical_charge
from liangxing.law.circumstances import CaseFacts
from liangxing.law.cumulation import cumulated_high
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import (
    crimes,
    general_version,
    guidelines,
    method_source,
)
from liangxing.law.guideline_trace import (
    BASE,
    as_data,
    given_base_step,
    move_step,
    silent_step,
    version_step,
)
from liangxing.law.layers import moves
from liangxing.law.leniency import Stage
from liangxing.law.mitigation import Grounds, Span
from liangxing.law.tiers import TierChoice
from liangxing.law.weights import weigh
from liangxing.prediction import MonthRange, TraceStep


@dataclass(frozen=True)
class Count:
    """One count as the statute leaves it: tiers, and the bounds after mitigation by `found`."""

    charge: str
    choice: TierChoice
    found: Grounds
    bounds: Span


@dataclass(frozen=True)
class Options:
    """`plea_ladder`: a court's leniency by stage (leniency.yaml), off by default."""

    plea_ladder: str | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class Guideline:
    """The range in months with its trace; a null range has its `reason`."""

    range: MonthRange | None
    trace: tuple[TraceStep, ...]
    reason: str | None = None


def guideline_range(
    count: Count, facts: CaseFacts, *, judged: date | None, options: Options | None = None
) -> Guideline:
    """The guideline range of one count, rounded outward to half months, inside its bounds.

    `judged` is the day of judgment; without it today's text holds, marked as not verified. A
    number in `facts.circumstances` is that circumstance's ratio, and the quantity `base_months`
    the base sentence. Raises CaseError for a ratio above 1, ConfigError for an unknown ladder.
    """
    chosen = options or Options()
    day = judged or date.today()
    crime = crimes().get(canonical_charge(count.charge) or count.charge)
    given = facts.quantities.get(BASE)
    if crime is None and given is None:
        return _none(f"量刑指导意见没有规定{count.charge}罪，不计算指导范围")
    if count.bounds.high is None:
        return _none(f"{count.charge}罪的法定刑只有无期徒刑、死刑，不适用量刑指导意见的计算方法")
    if given is not None:
        base, steps = (
            MonthRange(given, given),
            [given_base_step(given, facts, method_source(day)[0])],
        )
    else:
        assert crime is not None
        found = base_sentence(crime, count.choice, facts, day, dated=judged is not None)
        if found is None:
            return _none(f"{count.charge}罪本档只有无期徒刑、死刑，没有量刑起点，不计算指导范围")
        base, steps = found
    weights, silent = weigh(facts, crime, day, plea_ladder=chosen.plea_ladder, stage=chosen.stage)
    trace = [version_step(*general_version(day), judged), *steps]
    trace += [silent_step(each, facts) for each in silent]
    value = base
    for move in moves(base, weights):
        trace.append(move_step(move, weights, facts))
        value = move.after
    result, last = _declared(value, count, day)
    return Guideline(result, (*trace, *last))


def over_versions(ranges: Sequence[Guideline]) -> Guideline:
    """The range that any of several versions of the statute gives for one count."""
    if len(ranges) == 1:
        return ranges[0]
    trace = tuple(step for each in ranges for step in each.trace)
    known = [each.range for each in ranges if each.range is not None]
    if len(known) < len(ranges) or not known:
        return Guideline(None, trace, next((r.reason for r in ranges if r.reason), None))
    result = MonthRange(min(r.low for r in known), max(r.high for r in known))
    return Guideline(result, trace)


def cumulated(counts: Sequence[Guideline], *, judged: date | None = None) -> Guideline:
    """Several counts, each adjusted first: above the highest, below the capped sum (art. 69).

    The caps are those of the day of judgment, of today where it is unknown.
    """
    if len(counts) == 1:
        return counts[0]
    trace = tuple(step for each in counts for step in each.trace)
    known = [each.range for each in counts if each.range is not None]
    if len(known) < len(counts) or not known:
        return Guideline(None, trace, next((c.reason for c in counts if c.reason), None))
    result = MonthRange(
        max(r.low for r in known), cumulated_high([r.high for r in known], on=judged)
    )
    step = TraceStep(
        step="数罪并罚",
        rule="先对各罪分别适用量刑情节，再在数刑中最高刑期以上、总和刑期以下（不超过法定上限）决定",
        source=f"《刑法》第{general_rules().cumulation.article}条",
        verified=general_rules().cumulation.verified,
        before={"counts": [as_data(r) for r in known]},
        after=as_data(result),
    )
    return Guideline(result, (*trace, step))


def _none(reason: str) -> Guideline:
    step = TraceStep(
        step="量刑指导意见", rule=reason, source=guidelines().versions[-1].citation, verified=True
    )
    return Guideline(None, (step,), reason)


def _declared(
    value: MonthRange, count: Count, day: date
) -> tuple[MonthRange, Iterator[TraceStep]]:
    """The declared sentence: the bench's discretion, then the statute's bounds."""
    discretion = guidelines().method.discretion
    source, verified = method_source(day)
    moved = MonthRange(value.low * (1 - discretion), value.high * (1 + discretion))
    floor, ceiling = _limits(count)
    result = MonthRange(
        min(max(_rounded_down(moved.low), floor), ceiling),
        max(min(_rounded_up(moved.high), ceiling), floor),
    )
    bench = TraceStep(
        step="宣告刑裁量",
        rule=f"独任审判员或者合议庭可以在{discretion:.0%}的幅度内调整",
        source=source,
        verified=verified,
        before=as_data(value),
        after=as_data(moved),
    )
    if count.found.exempt or count.found.mitigate:
        rule = "不超出法定刑；具有减轻或者免除处罚情节的，可以在法定最低刑以下"
    else:
        rule = "不超出法定刑；没有减轻处罚情节的，不低于法定最低刑"
    clipped = TraceStep(
        step="宣告刑",
        rule=rule + "（管制、单处附加刑、缓刑、免刑依法适用，不在计算之列）",
        source=f"{source}、《刑法》第{general_rules().mitigation.article}条",
        verified=verified,
        before=as_data(moved),
        after=as_data(result),
    )
    return result, iter((bench, clipped))


def _limits(count: Count) -> tuple[float, float]:
    """The least and the longest term inside the bounds.

    Bounds that start at 0 because a fine may stand alone hold no shorter term for that; only a
    ground of exemption does.
    """
    low, high = count.bounds.low, count.bounds.high
    assert high is not None
    if count.found.exempt or (low is not None and low > 0):
        return low or 0.0, high
    tiers = count.choice.ladder if count.found.mitigate else count.choice.allowed
    least = min((tier.months[0] for tier in tiers if tier.months), default=high)
    return min(least, high), high


def _rounded_down(months: float) -> float:
    return math.floor(months * 2 + 1e-9) / 2


def _rounded_up(months: float) -> float:
    return math.ceil(months * 2 - 1e-9) / 2
