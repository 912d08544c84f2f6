"""Statutory and outer bounds of a set of charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from liangxing.law.general import general_rules
from liangxing.law.statutes import Statute, Tier, Version, find
from liangxing.prediction import MonthRange, StatutoryBounds, TraceStep


def statutory_bounds(
    charges: Sequence[str],
    *,
    offence_date: date | None,
    period: tuple[date, date] | None = None,
) -> tuple[StatutoryBounds, list[TraceStep], list[str]]:
    """Bounds over all tiers of all charges, a trace step per charge, and warnings.

    The version in force on `offence_date` applies; without a date, every version in force within
    `period`, else today's with a warning. No tier is chosen yet: `tier` is set only where the
    charge has a single one. An unknown charge, or a date before the code, gives general bounds.
    The outer bounds stay open downwards, since Criminal Law art. 63 lets a court go below the
    minimum and silence does not exclude it; several charges cumulate by art. 69.
    """
    if not charges:
        bounds = _general()
        return (
            bounds,
            [_general_step(bounds)],
            ["未给出罪名，使用一般边界（no charge: general bounds)"],
        )
    found: list[tuple[Statute, list[Version]]] = []
    trace: list[TraceStep] = []
    warnings: list[str] = []
    unknown = False
    for charge in dict.fromkeys(charges):
        statute = find(charge)
        versions, notes = _versions(statute, charge, offence_date, period)
        warnings += notes
        if statute is None or not versions:
            unknown = True
            continue
        found.append((statute, versions))
        trace += [_step(statute, version) for version in versions]
    if unknown:
        bounds = _general()
        return bounds, [*trace, _general_step(bounds)], warnings
    per_charge = [
        _charge_bounds([tier for version in versions for tier in version.tiers])
        for _, versions in found
    ]
    return _cumulated(per_charge), trace, warnings


def fine_only_open(charges: Sequence[str], offence_date: date | None) -> bool:
    """Whether a fine may be the only penalty for any of the charges."""
    for charge in charges:
        statute = find(charge)
        versions, _ = _versions(statute, charge, offence_date, None)
        if any(tier.fine_only for version in versions for tier in version.tiers):
            return True
    return False


def _versions(
    statute: Statute | None,
    charge: str,
    offence_date: date | None,
    period: tuple[date, date] | None,
) -> tuple[list[Version], list[str]]:
    if statute is None:
        return [], [f"罪名“{charge}”没有法定刑数据，使用一般边界（no statute: general bounds）"]
    start = end = offence_date or date.today()
    if offence_date is None and period is not None:
        start, end = period
    if end < general_rules().code_in_force.from_:
        return [], [
            "犯罪日期早于现行刑法，使用一般边界（before the code in force: general bounds）"
        ]
    versions = [version for version in statute.versions if version.in_force(start, end)]
    notes: list[str] = []
    if offence_date is None:
        notes.append("犯罪日期未知（offence date unknown: versions of the period or of today）")
    if not versions:
        # An offence before the first recorded version is judged by the nearest one.
        versions = [statute.versions[0]]
        notes.append(f"{charge}：{start} 无版本记录，使用最近版本（nearest recorded version）")
    return versions, notes


def _charge_bounds(tiers: Sequence[Tier]) -> StatutoryBounds:
    rules = general_rules()
    terms = [tier.months for tier in tiers if tier.months is not None]
    low = min((term[0] for term in terms), default=None)
    high = max((term[1] for term in terms), default=None)
    zero_open = any(tier.fine_only or tier.rights_only for tier in tiers)
    detention = any(tier.detention for tier in tiers)
    # Exemption (art. 37) presupposes minor circumstances, which a charge that starts with
    # detention allows and one that starts with years of prison does not.
    floor = rules.exemption.months if zero_open or detention else rules.fixed_term.months[0]
    return StatutoryBounds(
        low=0.0 if zero_open else low,
        high=high,
        life=any(tier.life for tier in tiers),
        death=any(tier.death for tier in tiers),
        tier=tiers[0].tier if len(tiers) == 1 else None,
        outer=MonthRange(floor, rules.fixed_term.months[1] if high is None else high),
    )


def _cumulated(each: Sequence[StatutoryBounds]) -> StatutoryBounds:
    if len(each) == 1:
        return each[0]
    lows = [bounds.low for bounds in each if bounds.low is not None]
    highs = [bounds.high for bounds in each if bounds.high is not None]
    return StatutoryBounds(
        low=max(lows, default=None),
        high=_cap(highs) if highs else None,
        life=any(bounds.life for bounds in each),
        death=any(bounds.death for bounds in each),
        tier=None,
        outer=MonthRange(
            min(bounds.outer.low for bounds in each), _cap([bounds.outer.high for bounds in each])
        ),
    )


def _cap(terms: Sequence[float]) -> float:
    rule = general_rules().cumulation
    total = sum(terms)
    cap = rule.cap_from_sum.cap if total >= rule.cap_from_sum.sum else rule.cap
    return min(total, cap)


def _general() -> StatutoryBounds:
    rules = general_rules()
    high = rules.cumulation.cap_from_sum.cap
    return StatutoryBounds(
        low=rules.exemption.months,
        high=high,
        life=True,
        death=True,
        tier=None,
        outer=MonthRange(rules.exemption.months, high),
    )


def _step(statute: Statute, version: Version) -> TraceStep:
    bounds = _charge_bounds(version.tiers)
    until = version.effective_to or "现在"
    return TraceStep(
        step="statutory bounds",
        rule=f"{statute.charge}：{version.effective_from} 至 {until} 的全部法定刑幅度",
        source="《刑法》" + "、".join(f"第{article}条" for article in statute.articles),
        verified=all(tier.verified is True for tier in version.tiers),
        after={"low": bounds.low, "high": bounds.high, "life": bounds.life, "death": bounds.death},
    )


def _general_step(bounds: StatutoryBounds) -> TraceStep:
    return TraceStep(
        step="statutory bounds",
        rule="一般边界：罪名或版本没有数据",
        source="《刑法》第37条、第45条、第69条",
        verified=True,
        after={"low": bounds.low, "high": bounds.high, "life": bounds.life, "death": bounds.death},
    )
