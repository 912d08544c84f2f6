"""Suspension (缓刑, Criminal Law arts. 72-74): who may or must have it, and for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.law.circumstances import CaseFacts, fact_names
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import crimes
from liangxing.law.wording import cited
from liangxing.prediction import MonthRange, PenaltyKind, TraceStep


@dataclass(frozen=True)
class SuspensionLaw:
    """What the law says of suspending one penalty.

    `shall`: it must be suspended if the conditions of art. 72 hold, which no rule can tell from
    a fact alone. `probation` in months, null where there is nothing to suspend.
    """

    eligible: bool
    shall: bool
    probation: MonthRange | None
    trace: TraceStep


def suspension_of(
    kind: PenaltyKind, months: float | None, facts: CaseFacts, charges: Sequence[str] = ()
) -> SuspensionLaw:
    """Whether a penalty may be suspended: detention, or a fixed term of up to three years.

    `months` is the term to be executed, after cumulation. A recidivist and the ringleader of a
    criminal group never have it; a juvenile, a pregnant woman and the over-75 must, on conditions.
    """
    rule = general_rules().suspension
    names = fact_names()
    barred = [
        fact for fact in rule.excluded if facts.has(fact) and _excludes(fact, facts, charges)
    ]
    shall = [fact for fact in rule.shall if facts.has(fact)]
    if kind not in ("detention", "fixed_term") or months is None:
        reason = "只有拘役和有期徒刑可以宣告缓刑"
    elif months > rule.max_months:
        reason = f"刑期超过{rule.max_months:g}个月，不适用缓刑"
    elif barred:
        reason = f"{'、'.join(names[fact] for fact in barred)}，不适用缓刑"
    else:
        probation = _probation(kind, months)
        who = "、".join(names[fact] for fact in shall)
        words = f"{who}，应当宣告缓刑" if shall else "可以宣告缓刑"
        words = f"{rule.conditions}的，{words}{_factors(charges)}"
        after = {"probation_low": probation.low, "probation_high": probation.high}
        step = _step(words, after, facts, shall)
        return SuspensionLaw(True, bool(shall), probation, step)
    return SuspensionLaw(False, False, None, _step(reason, None, facts, barred))


def _excludes(fact: str, facts: CaseFacts, charges: Sequence[str]) -> bool:
    """Whether a barring fact is meant: the ringleader of a gathering leads no criminal group."""
    rule = general_rules().suspension.gathering
    gathering = bool(charges) and all(charge.startswith(rule.charges) for charge in charges)
    return fact != rule.fact or not gathering or facts.has(rule.unless)


def _factors(charges: Sequence[str]) -> str:
    """What the guidelines weigh for the charges."""
    named = [crimes()[charge] for charge in charges if charge in crimes()]
    words = [f"{c.charge}罪：{c.suspension_factors}" for c in named if c.suspension_factors]
    return "；综合考虑" + "；".join(words) if words else ""


def _probation(kind: PenaltyKind, months: float) -> MonthRange:
    """From the term, or the shortest period if that is longer, to the longest period (art. 73)."""
    rule = general_rules().suspension
    limits = rule.probation_detention if kind == "detention" else rule.probation_fixed_term
    return MonthRange(max(limits.min, months), max(limits.max, months))


def _step(
    words: str, after: dict[str, float] | None, facts: CaseFacts, named: Sequence[str]
) -> TraceStep:
    rule = general_rules().suspension
    return TraceStep(
        step="缓刑",
        rule=words,
        source=cited(rule.article),
        verified=rule.verified,
        after=after,
        evidence=facts.first_evidence(*named),
    )
