"""Statutory and outer bounds of one or several charges on the facts of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from liangxing.law import statutory_trace as words
from liangxing.law.circumstances import CaseFacts
from liangxing.law.counts import CountFinding, count_finding
from liangxing.law.cumulation import cumulated_high, longest_with_remainder, remainder_rules
from liangxing.law.general import RemainderRule, general_rules
from liangxing.law.mitigation import Span
from liangxing.law.statutes import Statute, find
from liangxing.law.versions import CaseDays, before_the_code
from liangxing.prediction import OuterBounds, StatutoryBounds, TraceStep

Finder = Callable[[str], Statute | None]


@dataclass(frozen=True)
class Statutory:
    """The bounds with their counts, trace and warnings.

    `whole` is the range of all tiers of the charges, whatever the facts.
    `known` is false where the general bounds stand in: no charge, an unknown one, or an offence
    before the Criminal Law in force; there are no counts then.
    """

    bounds: StatutoryBounds
    counts: tuple[CountFinding, ...]
    whole: Span
    trace: tuple[TraceStep, ...]
    warnings: tuple[str, ...]

    @property
    def known(self) -> bool:
        return bool(self.counts)

    @property
    def fine_only(self) -> bool:
        """Whether a fine may stand alone for every count."""
        return self.known and all(
            any(version.fine_only for version in count.versions) for count in self.counts
        )


def statutory_bounds(
    charges: Sequence[str],
    facts: CaseFacts | None = None,
    days: CaseDays | None = None,
    *,
    finder: Finder = find,
) -> Statutory:
    """The bounds of the tiers that the facts allow, and the outer bounds of all tiers.

    Several charges cumulate (Criminal Law art. 69), as does an earlier penalty that a stated fact
    or the charge (escape) says is still to be served. The outer bounds are opened by art. 63,
    since silence on a mitigating fact does not exclude it.
    """
    facts, days = facts or CaseFacts(), days or CaseDays()
    warnings = _date_warnings(days)
    if not charges:
        return _general("未给出罪名", warnings)
    if before_the_code(days):
        return _general("犯罪日期早于现行刑法（1997年10月1日施行）", warnings)
    counts: list[CountFinding] = []
    for charge in dict.fromkeys(charges):
        statute = finder(charge)
        if statute is None:
            return _general(f"罪名“{charge}”没有法定刑数据", warnings)
        count = count_finding(statute, facts, days)
        if not all(version.applied.recorded for version in count.versions):
            warnings.append(
                f"{statute.charge}：犯罪时没有版本记录，使用最近版本（nearest recorded version）"
            )
        counts.append(count)
    return _joined(counts, facts, days, warnings)


def _joined(
    counts: Sequence[CountFinding], facts: CaseFacts, days: CaseDays, warnings: list[str]
) -> Statutory:
    trace = [step for count in counts for step in count.trace]
    bounds = _cumulated([count.bounds for count in counts], days)
    if len(counts) > 1:
        absorbed = days.latest is None or days.latest >= general_rules().absorption.effective_from
        trace.append(words.cumulation_step([count.bounds for count in counts], bounds, absorbed))
    outer = _cumulated([count.outer for count in counts], days)
    by_charge = any(count.statute.remainder for count in counts)
    if rules := remainder_rules(facts, by_charge=by_charge):
        before, bounds = bounds, _with_remainder(bounds, rules, days)
        outer = _with_remainder(outer, rules, days)
        trace.append(words.remainder_step(rules, facts, before, bounds))
    assert outer.low is not None
    assert outer.high is not None
    # Mitigation may leave less than the lowest tier; the outer bounds hold that too.
    low = min(outer.low, outer.low if bounds.low is None else bounds.low)
    widest = OuterBounds(low, outer.high, outer.life, outer.death)
    trace.append(words.outer_step(widest))
    return Statutory(
        bounds=StatutoryBounds(
            low=bounds.low,
            high=bounds.high,
            life=bounds.life,
            death=bounds.death,
            tier=counts[0].tier if len(counts) == 1 else None,
            outer=widest,
        ),
        counts=tuple(counts),
        whole=_cumulated([count.whole for count in counts], days),
        trace=tuple(trace),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _cumulated(spans: Sequence[Span], days: CaseDays) -> Span:
    """Between the highest single term and the capped sum; life and death take in the rest."""
    if len(spans) == 1:
        return spans[0]
    highs = [span.high for span in spans if span.high is not None]
    # A count for which only life or death is open leaves no term of months.
    grave = any(span.high is None for span in spans)
    return Span(
        low=None if grave else max(span.low or 0.0 for span in spans),
        high=None if grave else cumulated_high(highs, on=days.latest),
        life=any(span.life for span in spans),
        death=any(span.death for span in spans),
    )


def _with_remainder(span: Span, rules: Sequence[RemainderRule], days: CaseDays) -> Span:
    if span.high is None:
        return span
    return replace(span, high=longest_with_remainder(span.high, rules, on=days.latest))


def _general(why: str, warnings: list[str]) -> Statutory:
    rules = general_rules()
    span = Span(rules.exemption.months, rules.cumulation.cap_from_sum.cap, life=True, death=True)
    assert span.low is not None
    assert span.high is not None
    outer = OuterBounds(span.low, span.high, span.life, span.death)
    return Statutory(
        bounds=StatutoryBounds(span.low, span.high, span.life, span.death, None, outer),
        counts=(),
        whole=span,
        trace=(words.general_step(span, why),),
        warnings=(*warnings, f"{why}，使用一般边界（general bounds）"),
    )


def _date_warnings(days: CaseDays) -> list[str]:
    if days.offence is not None:
        return []
    which = "该期间各版本" if days.period else "审判时版本" if days.judgment else "现行版本"
    return [f"犯罪日期未知，使用{which}（offence date unknown）"]
