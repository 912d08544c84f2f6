"""One count (一罪): version, tiers, mitigation and the range that they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.law import statutory_trace as words
from liangxing.law.circumstances import CaseFacts
from liangxing.law.general import general_rules
from liangxing.law.mitigation import Grounds, Span, below, grounds, mitigated, span_of, union_of
from liangxing.law.person import death_barred, without_death
from liangxing.law.statutes import Statute, Tier
from liangxing.law.tiers import TierChoice, choose_tiers
from liangxing.law.versions import Applicable, CaseDays, applicable, later_law
from liangxing.prediction import TraceStep


@dataclass(frozen=True)
class VersionFinding:
    """What one version of a statute gives for a case."""

    applied: Applicable
    choice: TierChoice
    found: Grounds
    bounds: Span

    @property
    def fine_only(self) -> bool:
        return any(tier.fine_only for tier in self.choice.allowed)


@dataclass(frozen=True)
class CountFinding:
    """One count over every version that may hold.

    `bounds` are those of the tiers that the facts allow, `whole` those of all tiers, `outer` the
    latter opened by art. 63.
    """

    statute: Statute
    versions: tuple[VersionFinding, ...]
    bounds: Span
    whole: Span
    outer: Span
    trace: tuple[TraceStep, ...]

    @property
    def tier(self) -> str | None:
        """The one tier that the facts leave; null where they leave several."""
        tiers = {tier.tier for each in self.versions for tier in each.choice.allowed}
        return next(iter(tiers)) if len(tiers) == 1 else None


def count_finding(statute: Statute, facts: CaseFacts, days: CaseDays) -> CountFinding:
    """The bounds of one charge by the law of the offence, or by lighter law of the judgment."""
    found = [_version_finding(statute, each, facts) for each in applicable(statute, days)]
    trace = [words.version_step(statute, each.applied, days) for each in found]
    rival = later_law(statute, days)
    if rival is not None and len(found) == 1:
        later = _version_finding(statute, rival, facts)
        if _weight(later.choice) < _weight(found[0].choice):
            trace.append(
                words.lighter_step(
                    statute, days, span_of(found[0].choice.allowed), span_of(later.choice.allowed)
                )
            )
            found = [later]
    outer = union_of([_outer(each.choice.ladder) for each in found])
    for each in found:
        trace += _steps(statute, each, facts)
    bounds = union_of([each.bounds for each in found])
    if death_barred(facts):
        outer = without_death(outer, outer)
    whole = union_of([span_of(each.choice.ladder) for each in found])
    return CountFinding(statute, tuple(found), bounds, whole, outer, tuple(trace))


def _version_finding(statute: Statute, applied: Applicable, facts: CaseFacts) -> VersionFinding:
    choice = choose_tiers(statute, applied.version, facts, applied.days)
    found = grounds(statute, choice, facts, applied.days)
    bounds = mitigated(choice, found)
    if bounds.death and death_barred(facts):
        bounds = without_death(bounds, below(choice, choice.allowed[0]))
    return VersionFinding(applied, choice, found, bounds)


def _weight(choice: TierChoice) -> tuple[bool, bool, float, float]:
    """Heavier by the severest penalty, then by the mildest (法释〔1997〕12号)."""
    span = span_of(choice.allowed)
    return span.death, span.life, span.high or 0.0, span.low or 0.0


def _outer(ladder: Sequence[Tier]) -> Span:
    """All tiers, opened downwards by art. 63.

    Exemption (art. 37) presupposes minor circumstances, which a charge that starts with detention
    or a fine allows and one that starts with years of prison does not.
    """
    rules = general_rules()
    span = span_of(ladder)
    minor = any(tier.detention or tier.fine_only or tier.rights_only for tier in ladder)
    low = rules.exemption.months if minor else rules.fixed_term.months[0]
    high = rules.fixed_term.months[1] if span.high is None else span.high
    return Span(low, high, span.life, span.death)


def _steps(statute: Statute, each: VersionFinding, facts: CaseFacts) -> list[TraceStep]:
    choice, found = each.choice, each.found
    steps = words.threshold_steps(choice, facts)
    steps.append(words.tier_step(statute, choice))
    before = span_of(choice.allowed)
    if found.mitigate:
        after = mitigated(choice, Grounds(found.mitigate, found.must_mitigate, ()))
        steps.append(words.mitigation_step(statute, found, facts, before, after))
        before = after
    if found.exempt:
        after = mitigated(choice, found)
        steps.append(words.exemption_step(statute, found, facts, before, after))
        before = after
    if before != each.bounds:
        steps.append(words.no_death_step(death_barred(facts), facts, before, each.bounds))
    return steps
