"""Mitigation below the tier (减轻, Criminal Law art. 63) and exemption by a circumstance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from liangxing.law.circumstances import CaseFacts, circumstance_rules
from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, Tier
from liangxing.law.tiers import TierChoice

# What names an exemption by art. 37, which asks for no single fact.
MINOR = "minor_offence"


@dataclass(frozen=True)
class Span:
    """Months of one count, and whether life and death are open; null months: only those."""

    low: float | None
    high: float | None
    life: bool
    death: bool

    def as_data(self) -> dict[str, float | bool | None]:
        return {"low": self.low, "high": self.high, "life": self.life, "death": self.death}


@dataclass(frozen=True)
class Grounds:
    """What a case's circumstances allow: ids by effect."""

    mitigate: tuple[str, ...]
    must_mitigate: tuple[str, ...]
    exempt: tuple[str, ...]


def span_of(tiers: Sequence[Tier]) -> Span:
    """The range of tiers; 0 where a fine or the loss of rights may stand alone."""
    terms = [tier.months for tier in tiers if tier.months is not None]
    alone = any(tier.fine_only or tier.rights_only for tier in tiers)
    low = general_rules().exemption.months if alone else None
    return Span(
        low=low if low is not None else min((term[0] for term in terms), default=None),
        high=max((term[1] for term in terms), default=None),
        life=any(tier.life for tier in tiers),
        death=any(tier.death for tier in tiers),
    )


def grounds(
    statute: Statute, choice: TierChoice, facts: CaseFacts, days: tuple[date, date]
) -> Grounds:
    """The stated circumstances that open a penalty below the tier or exemption.

    Plea leniency and silence open nothing, except where a charge's own ground asks for no fact.
    An offence stated to be minor may be exempt (art. 37) where its lightest tier is open.
    """
    rules = [rule for rule in circumstance_rules().values() if facts.has(rule.id)]
    mitigate = [rule.id for rule in rules if rule.mitigate]
    must = [rule.id for rule in rules if rule.mitigate == "shall"]
    exempt = [rule.id for rule in rules if rule.exempt]
    for own in statute.leniency:
        tiers_fit = not own.tiers or any(tier.tier in own.tiers for tier in choice.allowed)
        if own.in_force(*days) and tiers_fit and all(map(facts.has, own.facts)):
            mitigate += own.facts if own.mitigate else ()
            exempt += (own.facts or (MINOR,)) if own.exempt else ()
    if facts.has(MINOR) and choice.ladder[0] in choice.allowed:
        exempt.append(MINOR)
    return Grounds(tuple(dict.fromkeys(mitigate)), tuple(must), tuple(dict.fromkeys(exempt)))


def mitigated(choice: TierChoice, found: Grounds) -> Span:
    """The range of the allowed tiers, opened or lowered by the grounds.

    A ground that may mitigate opens the tier below the lightest allowed one; a ground that must,
    lowers every allowed tier to the one below. Below the lightest tier of the law lies detention
    where that tier knows it, else fixed-term imprisonment from its minimum. Exemption opens 0.
    """
    span = span_of(choice.allowed)
    if found.mitigate:
        lower = [below(choice, tier) for tier in choice.allowed]
        span = union_of(lower) if found.must_mitigate else union_of([span, lower[0]])
    if found.exempt:
        zero = general_rules().exemption.months
        span = replace(span, low=zero, high=zero if span.high is None else span.high)
    return span


def below(choice: TierChoice, tier: Tier) -> Span:
    """The range one step below a tier of the ladder."""
    index = choice.ladder.index(tier)
    if index > 0:
        return span_of([choice.ladder[index - 1]])
    rules = general_rules()
    floor = rules.detention.months[0] if tier.detention else rules.fixed_term.months[0]
    own = span_of([tier])
    if tier.months is None:
        return Span(floor, rules.fixed_term.months[1], life=False, death=False)
    lowest = floor if own.low is None else min(floor, own.low)
    return Span(lowest, tier.months[0], life=False, death=False)


def union_of(spans: Sequence[Span]) -> Span:
    """The narrowest range that holds all of them."""
    lows = [span.low for span in spans if span.low is not None]
    highs = [span.high for span in spans if span.high is not None]
    return Span(
        low=min(lows, default=None),
        high=max(highs, default=None),
        life=any(span.life for span in spans),
        death=any(span.death for span in spans),
    )
