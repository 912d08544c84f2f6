"""Choosing the tiers (法定刑幅度) of a version that the facts allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from liangxing.law.circumstances import CaseFacts
from liangxing.law.statutes import Statute, Threshold, Tier, Version

Reached = Literal["yes", "possible", "no", "silent"]


@dataclass(frozen=True)
class TierChoice:
    """The tiers that the facts allow, lightest first, and the thresholds that decided it.

    `ladder` are all tiers of the version, lightest first.
    """

    ladder: tuple[Tier, ...]
    allowed: tuple[Tier, ...]
    decisive: tuple[Threshold, ...]

    @property
    def chosen(self) -> bool:
        """Whether the facts excluded any tier."""
        return len(self.allowed) < len(self.ladder)


def choose_tiers(
    statute: Statute, version: Version, facts: CaseFacts, days: tuple[date, date]
) -> TierChoice:
    """The tiers of `version` that the facts allow, by the thresholds in force on `days`.

    A tier surely reached closes the lighter ones. A known quantity closes the tiers it does not
    reach, and with them the severer ones that no threshold opens; silence on a circumstance then
    counts as its absence. Without a known quantity only a denied circumstance closes a tier, so
    that one more aggravating circumstance never lowers an end.
    """
    ladder = tuple(sorted(version.tiers, key=lambda tier: tier.severity))
    thresholds = [t for t in statute.thresholds if t.in_force(*days) and (t.quantity or t.facts)]
    measured = any(t.quantity in facts.quantities for t in thresholds)
    reached = [_states(thresholds, tier, facts) for tier in ladder]
    floor = max((i for i, states in enumerate(reached) if _sure(states)), default=0)
    allowed: list[Tier] = []
    closed_below = False
    for tier, states in zip(ladder[floor:], reached[floor:], strict=True):
        is_floor = tier is ladder[floor]
        is_open = is_floor or _open(states, measured=measured, closed_below=closed_below)
        closed_below = closed_below or not is_open
        if is_open:
            allowed.append(tier)
    used = tuple(
        threshold
        for states in reached
        for threshold, state in states
        if state in ("yes", "possible") and threshold.tier in {tier.tier for tier in allowed}
    )
    return TierChoice(ladder, tuple(allowed), used)


def _states(
    thresholds: Sequence[Threshold], tier: Tier, facts: CaseFacts
) -> list[tuple[Threshold, Reached]]:
    """The thresholds of one tier and whether the facts reach them."""
    return [(each, _reached(each, facts)) for each in thresholds if each.tier == tier.tier]


def _sure(states: Sequence[tuple[Threshold, Reached]]) -> bool:
    """Whether a decisive threshold is reached; another figure for the same quantity may deny it.

    Two figures for one tier and quantity mean that the kind of act decides which applies.
    """
    sure = {t.quantity for t, state in states if state == "yes" and t.decisive}
    denied = {t.quantity for t, state in states if state == "no" and t.quantity and not t.facts}
    return bool(sure - denied)


def _open(
    states: Sequence[tuple[Threshold, Reached]], *, measured: bool, closed_below: bool
) -> bool:
    found = {state for _, state in states}
    if found & {"yes", "possible"}:
        return True
    if measured:
        return not found and not closed_below
    return not found or "silent" in found


def _reached(threshold: Threshold, facts: CaseFacts) -> Reached:
    stated = [facts.stated(fact) for fact in threshold.facts]
    if False in stated:
        return "no"
    told: Reached = "silent" if None in stated else "yes"
    if threshold.quantity is None:
        return told
    value = facts.quantities.get(threshold.quantity)
    if value is None:
        return "silent"
    measured = _measured(threshold, value)
    return "possible" if measured == "yes" and told == "silent" else measured


def _measured(threshold: Threshold, value: float) -> Reached:
    if threshold.up_to is not None:
        return "yes" if value <= threshold.up_to else "no"
    low, high = threshold.province_range or (threshold.from_value, threshold.from_value)
    if low is None or high is None:
        return "no"
    if value >= high:
        return "yes"
    return "possible" if value >= low else "no"
