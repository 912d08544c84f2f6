"""The words of the guideline's trace: a step per rule, in Chinese, months before and after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from liangxing.law.circumstances import CaseFacts
from liangxing.law.guideline_data import Checked, Crime, Found, GuidelineVersion, guidelines
from liangxing.law.layers import Move
from liangxing.law.statutes import Tier
from liangxing.law.weights import Silent, Weight
from liangxing.prediction import MonthRange, TraceStep

# A base sentence (基准刑) that the case gives, in months, in place of the starting point.
BASE = "base_months"
# How a note ends that names what is not counted beside a circumstance.
BESIDE = "不重复评价，取对被告人有利的一种"


def as_data(months: MonthRange) -> dict[str, float]:
    """For the trace, to the second decimal."""
    return {"low": round(months.low, 2), "high": round(months.high, 2)}


def version_step(version: GuidelineVersion, current: bool, judged: date | None) -> TraceStep:
    """Which text holds: that of the day of judgment, since it guides the bench at trial."""
    if judged is None:
        rule = f"审判日期未知，适用现行的{version.citation}"
    elif current:
        rule = f"{judged.isoformat()}审判，适用当时施行的{version.citation}"
    else:
        rule = f"{judged.isoformat()}没有施行中的文本记录，参照时间最近的{version.citation}"
    return TraceStep(
        step="适用文本",
        rule=rule + "；指导意见是审判规范，依审判之日确定",
        source=version.citation,
        verified=version.verified if current and judged is not None else False,
    )


def start_step(crime: Crime, tier: Tier, found: Found | None, *, dated: bool) -> TraceStep:
    if found is None:
        low, high = tier.months or (0.0, 0.0)
        return TraceStep(
            step="量刑起点",
            rule=f"{crime.charge}罪“{tier.condition}”：没有文本记载此法定刑幅度的量刑起点，取整个幅度",
            source=guidelines().versions[-1].citation,
            verified=False,
            after={"low": low, "high": high},
        )
    low = min(start.months[0] for start in found.starts)
    high = max(start.months[1] for start in found.starts)
    notes = [f"{crime.charge}罪“{tier.condition}”"]
    if not found.current:
        notes.append("审判之日施行的文本未见此量刑起点，参照时间最近的文本")
    checked: set[Checked] = {start.verified for start in found.starts}
    if not found.current or not dated:
        checked.add(False)
    if "earlier" in checked:
        notes.append("数字见于此前文本，本文本据称相同")
    if "local" in checked:
        notes.append("数字见于地方实施细则")
    if found.version.note:
        notes.append(found.version.note)
    if any(start.life_or_death_apart for start in found.starts):
        notes.append("依法应当判处无期徒刑以上刑罚的除外")
    return TraceStep(
        step="量刑起点",
        rule="；".join(notes),
        source=f"{found.version.citation}{found.entry.paragraph}",
        verified=_weakest(checked),
        after={"low": low, "high": high},
    )


def _weakest(checked: set[Checked]) -> Checked:
    """The weakest mark of several."""
    ranked: tuple[Checked, ...] = (False, "machine", "local", "earlier", True)
    return next(mark for mark in ranked if mark in checked)


def given_base_step(months: float, facts: CaseFacts, source: str) -> TraceStep:
    return TraceStep(
        step="基准刑",
        rule="案件给定的基准刑",
        source=source,
        verified="given",
        after=as_data(MonthRange(months, months)),
        evidence=facts.first_evidence(BASE),
    )


def move_step(move: Move, weights: Sequence[Weight], facts: CaseFacts) -> TraceStep:
    weight = move.weight
    ratio = f"{weight.least:.0%}至{weight.most:.0%}"
    if weight.least == weight.most:
        ratio = f"{weight.most:.0%}"
    rule = f"{weight.name}：{'增加' if weight.increase else '减少'}基准刑的{ratio}"
    if weight.layer == 1:
        rule += "（先行适用）"
    notes = [weight.note] if weight.note else []
    if weight.layer == 1 and sum(other.layer == 1 for other in weights) > 1:
        notes.append(f"多个此类情节连乘（{guidelines().method.multiplication}）")
    if weight.increase and weight.months:
        notes.append(f"一般不少于{weight.months:g}个月")
    rivals = [
        other.name
        for other in weights
        if other.id in weight.conflicts or weight.id in other.conflicts
    ]
    if rivals:
        notes.append(f"与{'、'.join(rivals)}{BESIDE}")
    return TraceStep(
        step="量刑情节",
        rule="；".join([rule, *notes]),
        source=weight.source,
        verified=weight.verified,
        before=as_data(move.before),
        after=as_data(move.after),
        evidence=facts.first_evidence(weight.id),
    )


def silent_step(silent: Silent, facts: CaseFacts) -> TraceStep:
    return TraceStep(
        step="量刑情节",
        rule=f"{silent.name}：{silent.why}",
        source=silent.source,
        verified=silent.verified,
        evidence=facts.first_evidence(silent.id),
    )
