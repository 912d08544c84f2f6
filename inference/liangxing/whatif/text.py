"""A what-if in Chinese words: of each change the law's effect with its source, and the model's."""

from __future__ import annotations

from liangxing.explain import range_text
from liangxing.law.guideline_trace import BESIDE
from liangxing.law.trace_text import mark_of
from liangxing.prediction import Bounds, MonthRange, Suspension, TraceStep
from liangxing.whatif.answer import WhatIf
from liangxing.whatif.effects import Effect, Variant

WAYS = {"lighter": "从宽", "heavier": "从严", "open": "方向依案情"}
NO_RULE = "法律和指导意见没有规定其调节作用"


def whatif_text(found: WhatIf) -> str:
    """Lines: the case as it is, then each variant with its changes, then the warnings."""
    base = found.baseline
    lines = [
        f"现状：{base.penalty.text}；区间（水平{base.interval.level:g}）"
        f"{range_text(base.interval)}；指导范围{guideline_text(base.bounds.guideline)}"
    ]
    for variant in found.variants:
        lines += ["", *_variant(variant)]
    warnings = [*base.warnings, *(w for variant in found.variants for w in variant.warnings)]
    if warnings:
        lines += ["", *(f"注意：{warning}" for warning in dict.fromkeys(warnings))]
    return "\n".join(lines)


def _variant(variant: Variant) -> list[str]:
    shown = variant.outlook
    return [
        f"{variant.name}：{shown.penalty.text}；区间{range_text(shown.interval)}；"
        f"指导范围{guideline_text(variant.bounds.guideline)}；{suspension_text(shown.suspension)}",
        *(f"  {_effect(effect)}" for effect in variant.effects),
    ]


def _effect(effect: Effect) -> str:
    return (
        f"{effect.name}（{effect.words}，{WAYS[effect.direction]}）："
        f"{law_text(effect)}；{moved_text(effect)}；{model_text(effect)}"
    )


def law_text(effect: Effect) -> str:
    """What the law says of the change by itself, each rule with its source."""
    brought, gone = effect.law.steps, effect.law.taken_away
    if brought:
        return "；".join(_rule(step) for step in brought)
    if gone:
        return "不再适用：" + "；".join(_rule(step) for step in gone)
    return NO_RULE


def moved_text(effect: Effect) -> str:
    """The guideline range and the statutory bounds before and after the change by itself."""
    before, after = effect.law.before, effect.law.after
    moved = [_moved("指导范围", guideline_text(before.guideline), guideline_text(after.guideline))]
    if statutory_text(before) != statutory_text(after):
        moved.append(_moved("法定刑", statutory_text(before), statutory_text(after)))
    return "；".join(moved)


def model_text(effect: Effect) -> str:
    """The model's change, whose text is unchanged."""
    model = effect.model
    clamped = "（模型与法律方向相反，显示为不变）" if model.clamped else ""
    return f"模型（{model.note}）{model.before.text}→{model.after.text}{clamped}"


def guideline_text(months: MonthRange | None) -> str:
    """The guideline range, or that there is none."""
    return range_text(months) if months else "无"


def statutory_text(bounds: Bounds) -> str:
    """The statutory bounds that the facts leave."""
    return range_text(bounds.statutory)


def suspension_text(suspension: Suspension) -> str:
    """Whether the law allows suspension, with the probation it asks for."""
    if not suspension.eligible:
        return "不适用缓刑"
    probation = suspension.probation_months
    period = f"（考验期{range_text(probation)}）" if probation else ""
    share = suspension.probability
    said = "" if share is None else f"，模型估计适用的概率{share:.0%}"
    return f"依法可以考虑缓刑{period}{said}"


def rule_text(step: TraceStep) -> str:
    """The rule without the note on what does not count beside it, which the range shows."""
    return "；".join(part for part in step.rule.split("；") if not part.endswith(BESIDE))


def _rule(step: TraceStep) -> str:
    return f"{rule_text(step)}【{step.source}】{mark_of(step)}"


def _moved(name: str, before: str, after: str) -> str:
    return f"{name}{before}（不变）" if before == after else f"{name}{before}→{after}"
