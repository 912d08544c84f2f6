"""Choosing the tiers (法定刑幅度) of a version that the facts allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from liangxing.law.circumstances import CaseFacts, harms
from liangxing.law.statutes import Statute, Threshold, Tier, Version

Reached = Literal["yes", "possible", "no", "silent"]


@dataclass(frozen=True)
class Judged:
    """A threshold and whether the facts reach it."""

    threshold: Threshold
    reached: Reached


@dataclass(frozen=True)
class TierChoice:
    """The tiers that the facts allow, lightest first, and what each threshold said.

    `ladder` are all tiers of the version, lightest first.
    """

    ladder: tuple[Tier, ...]
    allowed: tuple[Tier, ...]
    judged: tuple[Judged, ...] = ()

    @property
    def chosen(self) -> bool:
        """Whether the facts excluded any tier."""
        return len(self.allowed) < len(self.ladder)


def choose_tiers(
    statute: Statute, version: Version, facts: CaseFacts, days: tuple[date, date]
) -> TierChoice:
    """The tiers of `version` that the facts allow, by the thresholds in force on `days`.

    A tier surely reached closes the lighter ones. A known quantity closes the tiers it does not
    reach, and with them the severer ones that no threshold opens. Aggravation must be told:
    silence on a circumstance or a harm closes the tiers that ask for nothing else, unless the
    lightest tier asks for a harm too, which then went unread. Silence on an amount closes nothing.
    """
    ladder = tuple(sorted(version.tiers, key=lambda tier: tier.severity))
    thresholds = [t for t in statute.thresholds if t.in_force(*days) and (t.quantity or t.facts)]
    measured = any(t.quantity in facts.quantities for t in thresholds if t.decisive)
    unread = any(t.tier == ladder[0].tier and t.quantity in harms() for t in thresholds)
    reached = [
        [Judged(each, _reached(each, facts)) for each in thresholds if each.tier == tier.tier]
        for tier in ladder
    ]
    floor = max((rank for rank, judged in enumerate(reached) if _sure(judged)), default=0)
    allowed: list[Tier] = []
    closed_below = False
    for rank in range(floor, len(ladder)):
        is_open = rank == floor or _open(
            reached[rank], measured=measured, closed_below=closed_below, unread=unread
        )
        closed_below = closed_below or not is_open
        if is_open:
            allowed.append(ladder[rank])
    return TierChoice(ladder, tuple(allowed), tuple(judged for each in reached for judged in each))


def _sure(judged: Sequence[Judged]) -> bool:
    """Whether a decisive threshold is reached; another figure for the same quantity may deny it.

    Two figures for one tier and quantity mean that the kind of act decides which applies.
    """
    sure: set[str | None] = set()
    denied: set[str | None] = set()
    for each in judged:
        threshold = each.threshold
        if each.reached == "yes" and threshold.decisive:
            sure.add(threshold.quantity)
        elif each.reached == "no" and threshold.quantity and not threshold.facts:
            denied.add(threshold.quantity)
    return bool(sure - denied)


def _open(judged: Sequence[Judged], *, measured: bool, closed_below: bool, unread: bool) -> bool:
    found = {each.reached for each in judged}
    if found & {"yes", "possible"}:
        return True
    if not found:
        return not (measured and closed_below)
    silent = [each.threshold for each in judged if each.reached == "silent"]
    return not measured and any(unread or not _must_be_told(each) for each in silent)


def _must_be_told(threshold: Threshold) -> bool:
    """Whether a fact that is silent on what the threshold asks for means that it is not there."""
    return threshold.quantity is None or threshold.quantity in harms()


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
