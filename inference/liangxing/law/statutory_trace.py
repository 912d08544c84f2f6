"""The words of the statutory trace: a step per rule, in Chinese, months before and after."""

from __future__ import annotations

from collections.abc import Sequence

from liangxing.law.circumstances import CaseFacts, circumstance_rules, fact_names, quantity_names
from liangxing.law.general import NoDeathRule, RemainderRule, general_rules
from liangxing.law.mitigation import Grounds, Span, span_of
from liangxing.law.statutes import Statute, Threshold, Tier, Verified
from liangxing.law.tiers import Judged, TierChoice
from liangxing.law.versions import Applicable, CaseDays
from liangxing.law.wording import cited, span_text, tier_text
from liangxing.prediction import OuterBounds, TraceStep
from liangxing.reading.quantities import UNITS


def version_step(statute: Statute, applied: Applicable, days: CaseDays) -> TraceStep:
    """Which version of the statute holds and why."""
    since = applied.version.effective_from.isoformat()
    until = applied.version.effective_to
    span = f"{since}至{until.isoformat()}" if until else f"{since}起"
    if days.offence is not None:
        how = "案情中最后的日期" if days.told else "犯罪日期"
        why = f"{how}为{days.offence.isoformat()}，适用{span}施行的规定"
    elif days.period is not None:
        why = f"犯罪日期未知，涵盖该期间施行过的规定：{span}"
    else:
        why = f"犯罪日期未知，适用{span}施行的规定"
    if not applied.recorded:
        why += "（当日没有版本记录，参照时间最近的版本）"
    return TraceStep(
        step="适用法律",
        rule=f"{statute.charge}罪：{why}",
        source=articles_of(statute),
        verified=weakest([t.verified for t in applied.version.tiers])
        if applied.recorded
        else False,
    )


def lighter_step(statute: Statute, days: CaseDays, old: Span, new: Span) -> TraceStep:
    """The law of the day of judgment holds because it is lighter."""
    assert days.judgment is not None
    return TraceStep(
        step="从旧兼从轻",
        rule=(
            f"{statute.charge}罪：审判时（{days.judgment.isoformat()}）的规定处刑较轻，"
            f"为{span_text(new)}，犯罪时的规定为{span_text(old)}，适用审判时的规定"
        ),
        source=cited(general_rules().lighter_law.article),
        verified=general_rules().lighter_law.verified,
        before=old.as_data(),
        after=new.as_data(),
    )


def threshold_steps(choice: TierChoice, facts: CaseFacts) -> list[TraceStep]:
    """A step per threshold that is reached, may be reached, or is measured and not reached."""
    tiers = {tier.tier: tier for tier in choice.ladder}
    allowed = {tier.tier for tier in choice.allowed}
    steps: list[TraceStep] = []
    for each in choice.judged:
        threshold = each.threshold
        tier = tiers.get(threshold.tier or "")
        met = each.reached in ("yes", "possible") and threshold.tier in allowed
        if tier is None or not (met or _measured_short(each, facts)):
            continue
        named = [threshold.quantity] if threshold.quantity else []
        steps.append(
            TraceStep(
                step="量刑标准",
                rule=_threshold_words(each, tier, facts),
                source=threshold.source,
                verified=threshold.verified,
                evidence=facts.first_evidence(*named, *threshold.facts),
            )
        )
    return steps


def tier_step(statute: Statute, choice: TierChoice) -> TraceStep:
    """The tiers that are left of all tiers."""
    kept = "；".join(f"“{tier.condition}”处{tier_text(tier)}" for tier in choice.allowed)
    if len(choice.ladder) == 1:
        rule = f"{statute.charge}罪只有一档法定刑：{kept}"
    elif len(choice.allowed) == 1:
        rule = f"属于第{_rank(choice)}档法定刑（共{len(choice.ladder)}档，由轻到重）：{kept}"
    else:
        rule = f"案情不能确定唯一的法定刑幅度，可能的有{len(choice.allowed)}档：{kept}"
    return TraceStep(
        step="法定刑幅度",
        rule=rule,
        source=articles_of(statute),
        verified=weakest([tier.verified for tier in choice.allowed]),
        before=span_of(choice.ladder).as_data(),
        after=span_of(choice.allowed).as_data(),
    )


def mitigation_step(
    statute: Statute, found: Grounds, facts: CaseFacts, before: Span, after: Span
) -> TraceStep:
    must = [id_ for id_ in found.mitigate if id_ in found.must_mitigate]
    how = "应当减轻处罚，在下一个法定刑幅度" if must else "可以减轻处罚，下限延至下一个法定刑幅度"
    return TraceStep(
        step="减轻处罚",
        rule=f"{_names(must or found.mitigate)}：{how}（无下一幅度的，在法定最低刑以下）",
        source=_grounds_source(statute, found.mitigate, general_rules().mitigation.article),
        verified=general_rules().mitigation.verified,
        before=before.as_data(),
        after=after.as_data(),
        evidence=facts.first_evidence(*(must or found.mitigate)),
    )


def exemption_step(
    statute: Statute, found: Grounds, facts: CaseFacts, before: Span, after: Span
) -> TraceStep:
    return TraceStep(
        step="免除处罚",
        rule=f"{_names(found.exempt)}：具备法定条件（如犯罪较轻）的，可以免除处罚，下限为零",
        source=_grounds_source(statute, found.exempt, general_rules().exemption.article),
        verified=general_rules().exemption.verified,
        before=before.as_data(),
        after=after.as_data(),
        evidence=facts.first_evidence(*found.exempt),
    )


def no_death_step(
    rules: Sequence[NoDeathRule], facts: CaseFacts, before: Span, after: Span
) -> TraceStep:
    named = [rule.fact for rule in rules]
    return TraceStep(
        step="不适用死刑",
        rule=f"{_names(named)}：不适用死刑",
        source=cited(rules[0].article),
        verified=rules[0].verified,
        before=before.as_data(),
        after=after.as_data(),
        evidence=facts.first_evidence(*named),
    )


def cumulation_step(before: Sequence[Span], after: Span, absorbed: bool) -> TraceStep:
    words = "数罪中最高刑期以上、总和刑期以下，不超过法定上限"
    if absorbed:
        words += "；有期徒刑与拘役并罚的，只执行有期徒刑"
    return TraceStep(
        step="数罪并罚",
        rule=words,
        source=cited(general_rules().cumulation.article),
        verified=general_rules().cumulation.verified,
        before={"counts": [span.as_data() for span in before]},
        after=after.as_data(),
    )


def remainder_step(
    rules: Sequence[RemainderRule], facts: CaseFacts, before: Span, after: Span
) -> TraceStep:
    named = [rule.fact for rule in rules if facts.has(rule.fact)]
    why = _names(named) if named else "犯罪时依法被关押，可能另有未执行的刑罚（案情未载明）"
    return TraceStep(
        step="与前罪并罚",
        rule=f"{why}：与前罪未执行的刑罚并罚，前罪刑期未知，上限放宽至并罚的法定上限",
        source="、".join(cited(rule.article) for rule in rules),
        verified=rules[0].verified,
        before=before.as_data(),
        after=after.as_data(),
        evidence=facts.first_evidence(*named),
    )


def outer_step(outer: OuterBounds) -> TraceStep:
    rules = general_rules()
    span = Span(outer.low, outer.high, outer.life, outer.death)
    return TraceStep(
        step="外部边界",
        rule=(
            "全部可能罪名的全部法定刑幅度；案情未提及不等于没有，法院可以在法定刑以下减轻处罚，"
            f"情节轻微的可以免予刑事处罚：{span_text(span)}"
        ),
        source=cited(f"{rules.exemption.article}, {rules.mitigation.article}"),
        verified=True,
        after=span.as_data(),
    )


def general_step(span: Span, why: str) -> TraceStep:
    rules = general_rules()
    articles = f"{rules.exemption.article}, {rules.fixed_term.article}, {rules.cumulation.article}"
    return TraceStep(
        step="一般边界",
        rule=f"{why}，使用一般边界：{span_text(span)}",
        source=cited(articles),
        verified=True,
        after=span.as_data(),
    )


def articles_of(statute: Statute) -> str:
    """The articles of a statute as a judgment cites them."""
    return cited(", ".join(statute.articles)) if statute.articles else "《刑法》"


def weakest(marks: Sequence[Verified]) -> Verified:
    """The weakest of several marks."""
    ranked: tuple[Verified, ...] = (False, "machine", "local", True)
    return next(mark for mark in ranked if mark in marks)


def _measured_short(each: Judged, facts: CaseFacts) -> bool:
    """Whether a known quantity stays below the figure of a threshold without further facts."""
    threshold = each.threshold
    return each.reached == "no" and not threshold.facts and threshold.quantity in facts.quantities


def _threshold_words(each: Judged, tier: Tier, facts: CaseFacts) -> str:
    threshold = each.threshold
    parts: list[str] = []
    if threshold.facts:
        parts.append(_names(threshold.facts))
    if threshold.quantity:
        name = quantity_names().get(threshold.quantity, threshold.quantity)
        unit = UNITS.get(threshold.quantity, "")
        value = facts.quantities.get(threshold.quantity)
        told = "" if value is None else f"{value:.10g}{unit}"
        parts.append(f"{name}{told}（标准：{_figure(threshold)}{unit}）")
    verb = {
        "yes": "达到" if threshold.decisive else "可能达到",
        "possible": "可能达到",
        "no": "未达到",
    }[each.reached]
    note = f"（{threshold.note}）" if threshold.note else ""
    return f"{'，'.join(parts)}：{verb}“{tier.condition}”{note}"


def _figure(threshold: Threshold) -> str:
    if threshold.province_range:
        low, high = threshold.province_range
        return f"{low:.10g}至{high:.10g}"
    if threshold.up_to is not None:
        return f"不超过{threshold.up_to:.10g}"
    return f"{threshold.from_value:.10g}"


def _names(ids: Sequence[str]) -> str:
    names = fact_names()
    return "、".join(names.get(id_, id_) for id_ in ids)


def _grounds_source(statute: Statute, ids: Sequence[str], last: str) -> str:
    """The articles of the grounds, the statute's own first, then the general one."""
    rules = circumstance_rules()
    own = [each.article for each in statute.leniency if any(id_ in each.facts for id_ in ids)]
    named = [rules[id_].article for id_ in ids if id_ in rules]
    articles = dict.fromkeys([*own, *filter(None, named), last])
    return "、".join(cited(article) for article in articles)


def _rank(choice: TierChoice) -> int:
    return choice.ladder.index(choice.allowed[0]) + 1
