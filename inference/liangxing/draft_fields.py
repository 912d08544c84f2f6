"""The fields that a template may name: what the case and the law say, and blanks for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from liangxing import numerals
from liangxing.case import Case
from liangxing.explain import range_text
from liangxing.law.assess import LegalAssessment
from liangxing.law.circumstances import circumstance_rules, fact_names
from liangxing.law.custody import Credit, credit_of
from liangxing.law.fines import FineLaw, fine_of
from liangxing.law.statutory_trace import articles_of
from liangxing.law.suspension import suspension_of
from liangxing.law.trace_text import mark_of, months_of
from liangxing.law.wording import cited, tier_text
from liangxing.prediction import Penalty, Prediction, TraceStep
from liangxing.whatif.directions import harm_of
from liangxing.whatif.sheet import BLANK
from liangxing.whatif.text import rule_text

_ARTICLE = re.compile(r"第(\d+)条")
# What XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REASONS = (
    "从旧兼从轻",
    "法定刑幅度",
    "减轻处罚",
    "免除处罚",
    "不适用死刑",
    "数罪并罚",
    "与前罪并罚",
    "量刑情节",
)
_NONE_TOLD = "案情未载明"


@dataclass(frozen=True)
class Draftable:
    """A case with what the model and the law say of it, and the penalty that is put down."""

    case: Case
    prediction: Prediction
    law: LegalAssessment
    penalty: Penalty
    chosen_by_hand: bool


def fields_of(found: Draftable) -> dict[str, Any]:
    """Text by name, `reasons` and the four lists of circumstances as lists of text, `steps` as
    rows of the trace. What the case does not say is blank."""
    case, prediction, law = found.case, found.prediction, found.law
    suspended = suspension_of(
        found.penalty.kind, found.penalty.months, law.reading.facts, law.charges
    )
    fine = _fine_law(found)
    credit = credit_of(
        found.penalty.kind, found.penalty.months, case.detained_from, case.judgment_date
    )
    steps = [*law.trace, *([fine.trace] if fine else []), suspended.trace]
    articles = "、".join(
        dict.fromkeys(articles_of(count.statute) for count in law.statutory.counts)
    )
    values: dict[str, Any] = {
        "blank": BLANK,
        "defendant": case.defendant or BLANK,
        "birth_date": day_text(case.birth_date),
        "detained_from": day_text(case.detained_from),
        "judgment_date": day_text(case.judgment_date),
        "charges": "、".join(f"{charge.removesuffix('罪')}罪" for charge in law.charges),
        "articles": formal(articles) or BLANK,
        "bases": formal("、".join([articles, *_bases(found)]).strip("、")) or BLANK,
        "fact": case.fact.strip(),
        "tiers": _tiers_text(law) or BLANK,
        "statutory": range_text(prediction.bounds.statutory),
        "guideline": range_text(prediction.bounds.guideline)
        if prediction.bounds.guideline
        else "指导意见没有规定",
        "interval": range_text(prediction.interval),
        "level": f"{prediction.interval.level:.0%}",
        "penalty": found.penalty.text,
        "penalty_source": "承办人填写" if found.chosen_by_hand else "模型建议，待承办人审定",
        "fine": _fine_text(found, fine),
        "fine_law": f"{fine.trace.rule}【{formal(fine.trace.source)}】" if fine else BLANK,
        "suspension": _suspension_text(suspended.eligible, suspended.shall, suspended.trace),
        "probation": range_text(suspended.probation) if suspended.probation else BLANK,
        "custody": _custody_text(credit, case),
        "reasons": [_reason(step) for step in steps if step.step in _REASONS],
        "steps": [_row(number, step) for number, step in enumerate(steps, start=1)],
        "model": f"{prediction.model.name} {prediction.model.version}",
        "warnings": list(dict.fromkeys([*prediction.warnings, *warnings_of(found)])),
        **_circumstances(found),
    }
    return {name: _clean(value) for name, value in values.items()}


def warnings_of(found: Draftable) -> Iterator[str]:
    """What the person who signs must look at."""
    bounds, months = found.prediction.bounds.statutory, found.penalty.months
    inside = (
        bounds.life
        if found.penalty.kind == "life"
        else bounds.death
        if months is None and found.penalty.kind.startswith("death")
        else bounds.low is not None
        and bounds.high is not None
        and bounds.low <= (months or 0.0) <= bounds.high
    )
    if not inside:
        yield (
            f"{found.penalty.text}不在案情所允许的法定刑之内（{range_text(bounds)}），须另有减轻或者"
            "免除处罚的依据"
        )
    if not found.law.statutory.known:
        yield "罪名没有法定刑数据，文书中的法条须手工填写"


def formal(citation: str) -> str:
    """A citation as official documents write it.

    >>> formal("《刑法》第264条")
    '《中华人民共和国刑法》第二百六十四条'
    """
    words = _ARTICLE.sub(lambda match: f"第{numerals.written(int(match[1]))}条", citation)
    for law in ("刑法", "刑事诉讼法"):
        words = words.replace(f"《{law}》", f"《中华人民共和国{law}》")
    return words


def day_text(day: date | None) -> str:
    """A date in words, blank where there is none.

    >>> day_text(date(2022, 5, 7)), day_text(None)
    ('2022年5月7日', '____年__月__日')
    """
    return f"{day.year}年{day.month}月{day.day}日" if day else "____年__月__日"


def _tiers_text(law: LegalAssessment) -> str:
    """The tiers of each charge that the facts leave, in the words of the statute."""
    counts = law.statutory.counts
    told = [
        "或者".join(dict.fromkeys(tier_text(tier) for tier in count.versions[0].choice.allowed))
        for count in counts
    ]
    if len(counts) == 1:
        return told[0]
    named = zip(counts, told, strict=True)
    return "；".join(f"{count.statute.charge}罪，{tiers}" for count, tiers in named)


def _fine_law(found: Draftable) -> FineLaw | None:
    """The law on a fine for a single count, in the tier that the penalty lies in."""
    counts = found.law.statutory.counts
    if len(counts) != 1:
        return None
    version = counts[0].versions[0]
    months = found.penalty.months
    fitting = [
        tier
        for tier in version.choice.allowed
        if months is not None and tier.months and tier.months[0] <= months <= tier.months[1]
    ]
    tier = (fitting or list(version.choice.allowed))[0]
    return fine_of(counts[0].statute, version.applied.version, tier, found.law.reading.facts)


def _fine_text(found: Draftable, law: FineLaw | None) -> str:
    """The model's figure inside the law's range; blank where either is not known."""
    fine = found.prediction.fine
    if law is None or fine is None or fine.yuan <= 0:
        return BLANK
    low = law.low if law.low is not None else 0.0
    high = law.high if law.high is not None else float("inf")
    return f"人民币{min(max(fine.yuan, low), high):.0f}元（模型估计，待承办人审定）"


def _suspension_text(eligible: bool, shall: bool, step: TraceStep) -> str:
    source = formal(step.source)
    if not eligible:
        return f"{step.rule}【{source}】"
    decision = "应当宣告缓刑，条件是否具备：" if shall else "是否适用："
    return f"{decision}{BLANK}（{step.rule}【{source}】）"


def _custody_text(credit: Credit | None, case: Case) -> str:
    if credit is None:
        return "此刑罚没有先行羁押折抵的规定"
    rule = credit.rule
    per_day = numerals.written(rule.days_per_day)
    words = f"判决执行以前先行羁押的，羁押一日折抵刑期{per_day}日【{formal(cited(rule.article))}】"
    if case.detained_from is None:
        return f"羁押起始日期：{day_text(None)}；{words}"
    told = f"自{day_text(case.detained_from)}起羁押"
    if credit.days is not None:
        told += (
            f"，至{day_text(case.judgment_date)}判决之日羁押{credit.days}日，"
            f"折抵刑期{credit.credited}日"
        )
    else:
        told += f"，判决日期：{day_text(None)}"
    if credit.first and credit.last:
        told += (
            f"；羁押未曾中断的，刑期自{day_text(credit.first)}起至{day_text(credit.last)}止"
            "（中断的，按实际羁押日数计算）"
        )
    return f"{told}；{words}"


def _circumstances(found: Draftable) -> dict[str, list[str]]:
    """The stated circumstances: by statute or by discretion, heavier or lighter; all lighter."""
    rules = circumstance_rules()
    groups: dict[str, list[str]] = {
        "statutory_heavier": [],
        "statutory_lighter": [],
        "discretionary_heavier": [],
        "discretionary_lighter": [],
        "other": [],
    }
    for each in found.prediction.circumstances:
        if each.value != "yes":
            continue
        rule = rules.get(each.id)
        harm = harm_of(each.id, True, found.law.charges)
        basis = "statutory" if rule and rule.article else "discretionary"
        group = f"{basis}_{'heavier' if harm > 0 else 'lighter'}" if harm and rule else "other"
        told = f"（“{each.evidence.text}”）" if each.evidence else ""
        article = f"【{formal(cited(rule.article))}】" if rule and rule.article else ""
        groups[group].append(f"{fact_names().get(each.id, each.id)}{told}{article}")
    groups["lighter"] = [*groups["statutory_lighter"], *groups["discretionary_lighter"]]
    return {name: items or [_NONE_TOLD] for name, items in groups.items()}


def _bases(found: Draftable) -> Iterator[str]:
    """The articles of the stated circumstances, each once."""
    rules = circumstance_rules()
    stated = [each.id for each in found.prediction.circumstances if each.value == "yes"]
    articles = (rules[id_].article for id_ in stated if id_ in rules)
    yield from dict.fromkeys(cited(article) for article in articles if article)


def _reason(step: TraceStep) -> str:
    return f"{step.step}：{rule_text(step)}【{formal(step.source)}】{mark_of(step)}"


def _row(number: int, step: TraceStep) -> Mapping[str, str]:
    return {
        "number": str(number),
        "step": step.step,
        "rule": step.rule,
        "source": step.source,
        "checked": mark_of(step).strip("（）") or "已核实",
        "before": months_of(step.before) if step.before else "",
        "after": months_of(step.after) if step.after else "",
        "evidence": step.evidence.text if step.evidence else "",
    }


def _clean(value: Any) -> Any:
    """Without characters that a document cannot hold."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, Mapping):
        return {name: _clean(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, Sequence):
        return [_clean(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return value
