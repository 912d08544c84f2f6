"""What an audit holds up for a second look: each flag with its rule, source and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from liangxing.audit.facts import OpinionCircumstance
from liangxing.audit.rules import rules
from liangxing.audit.weighing import unweighed
from liangxing.law.circumstances import CaseFacts, fact_names
from liangxing.law.suspension import suspension_of
from liangxing.prediction import Circumstance, Interval, Prediction
from liangxing.reading.adoption import kept_to
from liangxing.reading.judgment_types import (
    DefendantReading,
    Recommendation,
    StatedPenalty,
    Verdict,
)
from liangxing.terms import penalty_text


@dataclass(frozen=True)
class Flag:
    """One finding: its code, the rule and source behind it, and the words that show it."""

    code: str
    name: str
    rule: str
    source: str
    verified: bool
    evidence: str

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def flags_of(
    person: DefendantReading,
    prediction: Prediction | None,
    opinion: Sequence[OpinionCircumstance],
    opinion_text: str,
    others: Sequence[str] = (),
) -> list[Flag]:
    """The flags of one defendant, gravest first; without a prediction those that need none.

    `opinion_text` is empty where the court had no cause to weigh every circumstance, as on appeal;
    `others` are the names of the other defendants.
    """
    advice = person.recommendation
    decided = person.first_instance or person.verdict
    verdict = decided.penalty if decided else None
    found: list[tuple[str, str]] = []
    if prediction and advice:
        found += _against_bounds(advice, prediction)
        found += _against_ranges(advice, prediction)
    found += _suspension(person, prediction)
    if advice and decided and verdict:
        found += _against_verdict(person, advice, decided, verdict)
    if prediction and not (verdict and verdict.acquitted):
        charges = decided.charges if decided else ()
        passed_over = unweighed(
            prediction.circumstances, opinion, opinion_text, others=others, charges=charges
        )
        found += [("circumstance_not_reflected", _stated(each)) for each in passed_over]
    order = list(rules().flags)
    found.sort(key=lambda flag: order.index(flag[0]))
    return [_flag(code, evidence) for code, evidence in found]


def _against_bounds(advice: Recommendation, prediction: Prediction) -> Iterator[tuple[str, str]]:
    bounds = prediction.bounds.statutory
    words = _told(advice)
    for kind in ("life", "death_reprieve", "death"):
        open_ = bounds.life if kind == "life" else bounds.death
        if kind in advice.kinds and not open_:
            yield "recommendation_outside_bounds", f"{words}；法定刑不含{penalty_text(kind, None)}"
            return
    low, high = advice.low, advice.high
    if low is None and high is None:
        return
    if bounds.low is not None and bounds.high is not None:
        under = low is not None and low < bounds.low
        over = (high is not None and high > bounds.high) or (low or 0) > bounds.high
        short = high is not None and high < bounds.low
        if under or over or short:
            limits = f"{_term(bounds.low)}至{_term(bounds.high)}"
            yield "recommendation_outside_bounds", f"{words}；法定刑{limits}"


def _against_ranges(advice: Recommendation, prediction: Prediction) -> Iterator[tuple[str, str]]:
    if advice.low is None and advice.high is None:
        return
    guideline, interval = prediction.bounds.guideline, prediction.interval
    if guideline and _apart(advice, guideline.low, guideline.high):
        limits = f"{_term(guideline.low)}至{_term(guideline.high)}"
        yield "recommendation_outside_guideline", f"{_told(advice)}；指导意见幅度{limits}"
    if _outside(advice, interval):
        low, high = interval.low or 0.0, interval.high or 0.0
        words = f"{_told(advice)}；模型区间{_term(low)}至{_term(high)}（{interval.level:.0%}）"
        yield "recommendation_outside_interval", words


def _outside(advice: Recommendation, interval: Interval) -> bool:
    if ("life" in advice.kinds and interval.life) or ("death" in advice.kinds and interval.death):
        return False
    if interval.low is None or interval.high is None:
        return False
    return _apart(advice, interval.low, interval.high)


def _apart(advice: Recommendation, low: float, high: float) -> bool:
    """Whether a recommendation and [low, high] share no month."""
    return (advice.high is not None and advice.high < low) or (
        advice.low is not None and advice.low > high
    )


def _against_verdict(
    person: DefendantReading,
    advice: Recommendation,
    decided: Verdict,
    verdict: StatedPenalty,
) -> Iterator[tuple[str, str]]:
    """A court that states that it follows deviates only where it goes beyond the recommended
    term, without an earlier sentence or another count being joined."""
    words = f"{_told(advice)}；判决：{verdict.text}"
    beyond = advice.high is not None and (verdict.months or 0.0) > advice.high
    followed = person.adoption is True and (decided.cumulated is not None or not beyond)
    if kept_to(advice, verdict) is False and not followed:
        yield "verdict_deviates", words
    custody = verdict.kind in ("detention", "fixed_term")
    if advice.suspended and custody and not verdict.suspended:
        yield "suspension_deviates", words


def _suspension(
    person: DefendantReading, prediction: Prediction | None
) -> Iterator[tuple[str, str]]:
    found = prediction.circumstances if prediction else []
    facts = CaseFacts(circumstances={c.id: c.value == "yes" for c in found})
    advice = person.recommendation
    verdict = person.verdict or person.first_instance
    penalty = verdict.penalty if verdict else None
    if penalty and penalty.suspended and penalty.kind:
        charges = verdict.charges if verdict else ()
        law = suspension_of(penalty.kind, penalty.months, facts, charges)
        if not law.eligible:
            yield "suspension_ineligible", f"判决：{penalty.text}；{law.trace.rule}"
            return
    if advice and advice.suspended and advice.kind and advice.low is not None:
        law = suspension_of(advice.kind, advice.low, facts, ())
        if not law.eligible:
            yield "suspension_ineligible", f"{_told(advice)}；{law.trace.rule}"


def _stated(circumstance: Circumstance) -> str:
    words = circumstance.evidence.text if circumstance.evidence else ""
    return f"{fact_names()[circumstance.id]}：“{words}”"


def _told(advice: Recommendation) -> str:
    return f"量刑建议：{advice.text}"


def _term(months: float) -> str:
    return penalty_text("fixed_term", months).removeprefix("有期徒刑") or "0"


def _flag(code: str, evidence: str) -> Flag:
    rule = rules().flags[code]
    return Flag(code, rule.name, rule.rule, rule.source, rule.verified, evidence)
