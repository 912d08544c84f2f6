"""The negotiation sheet (量刑协商表): one sheet, the same for prosecution and defence."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from liangxing import numerals
from liangxing.explain import range_text
from liangxing.law.circumstances import CaseFacts, circumstance_rules, fact_names, quantity_names
from liangxing.law.general import general_rules
from liangxing.law.leniency import plea_rules
from liangxing.law.trace_text import mark_of
from liangxing.law.weights import weigh
from liangxing.law.wording import cited
from liangxing.prediction import Prediction, TraceStep
from liangxing.whatif.answer import WhatIf
from liangxing.whatif.effects import UNCHANGED, Effect, Variant
from liangxing.whatif.text import (
    NO_RULE,
    WAYS,
    guideline_text,
    moved_text,
    rule_text,
    statutory_text,
    suspension_text,
)

TITLE = "量刑协商表"
# What the case does not say is left open for the hand.
BLANK = "______"
_PREFACE = (
    "本表对控辩双方完全相同，供认罪认罚协商时核对，不是判决，也不代替检察官、法官和辩护人的判断。"
)
_STANDING = (
    f"“模型”一栏是在案情文字不改的情况下（{UNCHANGED}）模型自己的变化，仅供参考；与法律方向相反的，"
    "以法律为准，刑期、区间、缓刑概率和罚金均显示为不变。",
    "各项作用是该项单独变更、其他不变时的作用，不能直接相加；多项一起变更见“方案”。",
    "区间的覆盖率是对真实案件整体而言的，对假设的变更不作保证。",
)
_LIMIT_STEPS = ("法定刑幅度", "减轻处罚", "免除处罚", "数罪并罚", "外部边界", "宣告刑裁量")
_STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:2rem auto;
max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{border:1px solid #999;padding:.4rem .5rem;text-align:left;vertical-align:top}
th{background:#f0f0f0;white-space:nowrap}td{min-width:3.5em}ul{padding-left:1.3rem}
div{overflow-x:auto}table.wide{min-width:54rem}
@media print{body{margin:0}tr{break-inside:avoid}div{overflow:visible}table.wide{min-width:0}}
"""
# Tables of more columns scroll on a phone.
_NARROW = 3


@dataclass(frozen=True)
class Table:
    """Rows of text under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A heading with a table, a list, or both."""

    title: str
    table: Table | None = None
    points: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """The sheet as data, so that every form says the same."""

    title: str
    preface: str
    sections: tuple[Section, ...]

    def markdown(self) -> str:
        """As Markdown."""
        lines = [f"# {self.title}", "", self.preface]
        for section in self.sections:
            lines += ["", f"## {section.title}", ""]
            if section.table:
                lines += list(_markdown_rows(section.table))
            if section.points:
                lines += ([""] if section.table else []) + [f"- {p}" for p in section.points]
        return "\n".join(lines) + "\n"

    def html(self) -> str:
        """As one HTML page that needs nothing beside it."""
        parts = [
            '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{self.title}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{self.title}</h1><p>{html.escape(self.preface)}</p>",
        ]
        for section in self.sections:
            parts.append(f"<h2>{html.escape(section.title)}</h2>")
            if section.table:
                wide = ' class="wide"' if len(section.table.head) > _NARROW else ""
                parts += [f"<div><table{wide}>", *_html_rows(section.table), "</table></div>"]
            if section.points:
                items = "".join(f"<li>{html.escape(point)}</li>" for point in section.points)
                parts.append(f"<ul>{items}</ul>")
        return "\n".join([*parts, "</body></html>"]) + "\n"


def negotiation_sheet(found: WhatIf) -> Sheet:
    """Baseline, each lever with its effect and source, variants, limits, warnings."""
    effects = {(e.id, e.words): e for variant in found.variants for e in variant.effects}
    sections = [
        Section("现状", _baseline(found), tuple(_stated(found.baseline))),
        Section("各项变更的作用", _levers(list(effects.values()))),
        Section("方案", _variants(found.baseline, found.variants)),
        Section("限度", points=tuple(_limits(found))),
        Section("注意", points=tuple(_notes(found))),
    ]
    numbered = (
        replace(section, title=f"{numerals.written(number)}、{section.title}")
        for number, section in enumerate(sections, start=1)
    )
    return Sheet(TITLE, _PREFACE, tuple(numbered))


def _baseline(found: WhatIf) -> Table:
    base, fine = found.baseline, found.baseline.fine
    charge = "罪名" if found.charge_given else "模型认为最可能的罪名"
    rows = [
        ("案号或编号", base.id or BLANK),
        (charge, "、".join(found.charges) or BLANK),
        ("模型建议的刑罚", base.penalty.text),
        (f"区间（水平{base.interval.level:g}）", range_text(base.interval)),
        ("法定刑", statutory_text(base.bounds)),
        ("量刑指导范围", guideline_text(base.bounds.guideline)),
        ("缓刑", suspension_text(base.suspension)),
        (
            "罚金（模型估计）",
            f"{fine.yuan:g}元（{fine.low:g}至{fine.high:g}元）" if fine else "无",
        ),
        ("模型", f"{base.model.name} {base.model.version}（{base.model.sha256[:12]}）"),
    ]
    return Table(("项目", "内容"), tuple(rows))


def _stated(base: Prediction) -> Iterator[str]:
    for each in base.circumstances:
        said = f"（“{each.evidence.text}”）" if each.evidence else "（案件给定）"
        has = "有" if each.value == "yes" else "无"
        yield f"{fact_names().get(each.id, each.id)}：{has}{said}"
    for each in base.quantities:
        said = f"（“{each.evidence.text}”）" if each.evidence else "（案件给定）"
        yield f"{quantity_names().get(each.id, each.id)}：{each.value:.10g}{each.unit}{said}"


def _levers(effects: Sequence[Effect]) -> Table:
    head = ("变更", "方向", "法律的作用", "出处", "范围（前→后）", f"模型（{UNCHANGED}）")
    return Table(head, tuple(_lever(effect) for effect in effects))


def _lever(effect: Effect) -> tuple[str, ...]:
    steps = effect.law.steps or effect.law.taken_away
    rules = "；".join(rule_text(step) for step in steps)
    gone = "不再适用：" if effect.law.taken_away and not effect.law.steps else ""
    sources = dict.fromkeys(f"{step.source}{mark_of(step)}" for step in steps)
    model = effect.model
    same = model.before == model.after
    figures = f"{model.after.text}（不变）" if same else f"{model.before.text}→{model.after.text}"
    return (
        f"{effect.name}：{effect.words}",
        WAYS[effect.direction],
        f"{gone}{rules}" if rules else NO_RULE,
        "；".join(sources) or "—",
        moved_text(effect),
        figures + ("；模型原与法律方向相反" if model.clamped else ""),
    )


def _variants(base: Prediction, variants: Sequence[Variant]) -> Table:
    head = ("方案", "包含的变更", "刑罚", "区间", "指导范围", "法定刑", "缓刑")
    now = (
        "现状",
        "—",
        base.penalty.text,
        range_text(base.interval),
        guideline_text(base.bounds.guideline),
        statutory_text(base.bounds),
        suspension_text(base.suspension),
    )
    return Table(head, (now, *(_variant(variant) for variant in variants)))


def _variant(variant: Variant) -> tuple[str, ...]:
    shown = variant.outlook
    return (
        variant.name,
        "；".join(f"{effect.name}（{effect.words}）" for effect in variant.effects),
        shown.penalty.text,
        range_text(shown.interval),
        guideline_text(variant.bounds.guideline),
        statutory_text(variant.bounds),
        suspension_text(shown.suspension),
    )


def _limits(found: WhatIf) -> Iterator[str]:
    """What the law allows at most."""
    day = found.case.judgment_date or date.today()
    for step in found.baseline.trace:
        if step.step in _LIMIT_STEPS:
            yield _cited(step)
    rules = plea_rules().combined
    both = CaseFacts(circumstances={rules.plea: True, rules.joins[0]: True})
    weights, _ = weigh(both, None, day, plea_ladder=None, stage=None)
    for weight in weights:
        if weight.id in (rules.plea, rules.id):
            yield f"{weight.name}：至多减少基准刑的{weight.most:.0%}【{weight.source}】"
    plea = circumstance_rules()[rules.plea]
    if plea.mitigate is None:
        yield "认罪认罚本身不开启法定刑以下的刑罚；在法定刑以下判处须另有减轻处罚的情节"
    rule = general_rules().suspension
    yield f"缓刑只适用于拘役和{rule.max_months:g}个月以下有期徒刑【{cited(rule.article)}】"


def _cited(step: TraceStep) -> str:
    return f"{step.step}：{step.rule}【{step.source}】{mark_of(step)}"


def _notes(found: WhatIf) -> Iterator[str]:
    warnings = [*found.baseline.warnings, *(w for v in found.variants for w in v.warnings)]
    yield from dict.fromkeys(warnings)
    yield from _STANDING


def _markdown_rows(table: Table) -> Iterator[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells)

    yield line(table.head) + " |"
    yield "|" + " --- |" * len(table.head)
    yield from (line(row) + " |" for row in table.rows)


def _html_rows(table: Table) -> Iterator[str]:
    yield "<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in table.head) + "</tr>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
