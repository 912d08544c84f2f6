"""The report of an audit for a supervising court or procuratorate: one HTML page, one CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from itertools import pairwise
from string import Template

from liangxing.audit.drift import Drift
from liangxing.audit.rules import FlagRule, rules
from liangxing.audit.statistics import EDGES, Adoption, AuditStats, Look

_SHOWN, _AT_ONCE = 30, 10
_COLUMNS = (
    *("group", "key", "defendants", "recommended", "adoption_known", "adopted", "rate"),
    *("rate_low", "rate_high", "compared", "inside", "mean_months_outside"),
)
_TEXT = ' class="text"'
_GROUPS = (("charge", "罪名"), ("court", "法院"), ("month", "裁判月份"))
_INSTANCES = {
    "first": "一审",
    "second": "二审",
    "retrial": "再审",
    "review": "死刑复核",
    "commutation": "减刑假释",
}


def report_html(stats: AuditStats, *, title: str = "量刑建议监督报告") -> str:
    """The whole page; it loads nothing from anywhere."""
    parts = [
        _cards(stats),
        _deviations(stats),
        _flags(stats),
        _looks(stats),
        *(_group(stats, name, label) for name, label in _GROUPS),
        _drift(stats),
    ]
    page = resources.files("liangxing").joinpath("pages/audit.html").read_text("utf-8")
    about = (
        f"共读入文书{stats.documents}份，{_instances(stats)}；另有{stats.failed}份无法读入。"
        "本报告只提示需要人工复核之处，不代替检察官和法官的判断。"
    )
    return Template(page).substitute(
        title=escape(title), about=escape(about), body="\n".join(parts)
    )


def report_csv(stats: AuditStats) -> str:
    """One line per group and key, with a byte-order mark so that spreadsheets show Chinese."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    rows: list[tuple[str, str, Adoption]] = [("all", "", stats.whole)]
    for name, _ in _GROUPS:
        rows += [(name, key, group) for key, group in _by_size(stats, name)]
    for name, key, group in rows:
        low, high = group.interval or (None, None)
        writer.writerow(
            [
                name,
                key,
                group.defendants,
                group.recommended,
                group.known,
                group.adopted,
                _plain(group.rate),
                _plain(low),
                _plain(high),
                group.compared,
                group.inside,
                _plain(group.mean_distance),
            ]
        )
    for label, count in zip(_bin_labels(), stats.deviations, strict=True):
        writer.writerow(["deviation", label, count, *[""] * 9])
    for code, rule in rules().flags.items():
        writer.writerow(["flag", rule.name, stats.flags[code], *[""] * 9])
    for drift in stats.drift():
        writer.writerow(["drift_psi", drift.period, drift.cases, _plain(drift.index), *[""] * 8])
    return "\ufeff" + out.getvalue()


def _cards(stats: AuditStats) -> str:
    whole = stats.whole
    cards = [
        ("被告人", str(stats.defendants), ""),
        ("载有量刑建议", str(whole.recommended), ""),
        ("采纳率", _rate(whole), f"{_range(whole)}，{whole.adopted}/{whole.known}人"),
        ("采纳依据", f"{stats.stated}/{stats.derived}", "文书载明/按刑种刑期推定"),
        ("调整过的建议", str(stats.adjusted), "以调整后的为准"),
        (
            "建议缓刑",
            f"{stats.suspended_followed}/{stats.suspended_recommended}",
            "判处缓刑/建议缓刑",
        ),
        ("判决落入模型区间", _share(stats.covered, stats.predicted), f"{stats.predicted}人可比"),
    ]
    body = "".join(
        f"<div class='card'>{escape(name)}<b>{escape(value)}</b>"
        f"<span class='soft'>{escape(note)}</span></div>"
        for name, value, note in cards
    )
    return f"<h2>总体</h2><div class='cards'>{body}</div>" + _soft("区间为威尔逊95%置信区间。")


def _deviations(stats: AuditStats) -> str:
    labels, counts = _bin_labels(), stats.deviations
    return (
        "<h2>判决相对量刑建议的偏离（月）</h2>"
        + bars(labels, counts, marked=len(counts) // 2)
        + _soft(
            "以建议幅度为准：幅度以内为零；低于下限为负，高于上限为正。只计主刑均为有期的案件。"
        )
    )


def _group(stats: AuditStats, name: str, label: str) -> str:
    groups = _by_size(stats, name)
    shown = sorted(groups)[-_SHOWN:] if name == "month" else groups[:_SHOWN]
    rows = [
        (
            key,
            str(group.defendants),
            str(group.recommended),
            _rate(group),
            _range(group),
            f"{group.inside}/{group.compared}" if group.compared else "—",
            "—" if group.mean_distance is None else f"{group.mean_distance:.1f}",
        )
        for key, group in shown
    ]
    head = (label, "被告人", "有建议", "采纳率", "95%区间", "刑期在建议内", "平均偏离（月）")
    more = f"只列{_SHOWN}项，共{len(groups)}项，全部见同名CSV。" if len(groups) > _SHOWN else ""
    return f"<h2>按{label}</h2>{_folded(head, rows, name == 'month')}{_soft(more)}"


def _flags(stats: AuditStats) -> str:
    rows = [
        (rule.name, str(stats.flags[code]), rule.rule, _source(rule))
        for code, rule in rules().flags.items()
    ]
    return "<h2>提示</h2>" + _table(("提示", "被告人", "规则", "依据"), rows, text_from=2)


def _drift(stats: AuditStats) -> str:
    rows = [(d.period, str(d.cases), _index(d)) for d in stats.drift()[-_SHOWN:]]
    title = "<h2>模型误差随时间的变化</h2>"
    if not rows:
        return title + _soft("没有可比的案件。")
    return (
        title
        + _table(("季度", "案件", "群体稳定性指数"), rows)
        + _soft(
            "误差为ln(判决月数+1)−ln(预测月数+1)；以最早的一半案件为基准。"
            "通行经验：指数低于0.1稳定，0.1至0.25留意，高于0.25应重新校准。"
        )
    )


def _index(drift: Drift) -> str:
    if not drift.compared:
        return "基准期"
    return "案件不足" if drift.index is None else f"{drift.index:.3f}"


def _looks(stats: AuditStats) -> str:
    looks = stats.first_looks()
    if not looks:
        return "<h2>先看这些</h2>" + _soft("没有需要优先复核的案件。")
    body = "".join(_look(number, look) for number, look in enumerate(looks, start=1))
    return f"<h2>先看这{len(looks)}人</h2>{body}"


def _look(number: int, look: Look) -> str:
    flags = "；".join(_name(code) for code in look.flags)
    lines = (
        f"量刑建议：{look.recommended or '未载明'}",
        f"判决：{look.verdict or '未载明'}",
        f"模型：{look.predicted or '未预测'}",
    )
    return (
        f"<details><summary>{number}. {escape(look.case_number or look.id)} "
        f"第{look.place}被告人　{escape(look.charges)}　"
        f"<span class='warn'>{escape(flags)}</span></summary>"
        f"<p>{escape(look.court)}　文书编号：{escape(look.id)}</p>"
        f"<p>{'<br>'.join(map(escape, lines))}</p>"
        + "".join(_soft(detail) for detail in look.details)
        + "</details>"
    )


def bars(labels: Sequence[str], counts: Sequence[int], *, marked: int | None = None) -> str:
    """A bar chart as inline SVG; the bar at `marked` stands out."""
    width, height, head, foot = 68, 160, 18, 28
    most = max(*counts, 1)
    shapes: list[str] = []
    for place, (label, count) in enumerate(zip(labels, counts, strict=True)):
        tall = height * count / most
        top, middle = head + height - tall, place * width + width / 2
        name = "bar marked" if place == marked else "bar"
        shapes += [
            f'<rect class="{name}" x="{middle - 26}" y="{top:.1f}" width="52" '
            f'height="{tall:.1f}"/>',
            f'<text x="{middle}" y="{top - 5:.1f}">{count}</text>',
            f'<text x="{middle}" y="{head + height + 18}">{escape(label)}</text>',
        ]
    wide, high = width * len(labels), head + height + foot
    return (
        f'<div class="scroll"><svg viewBox="0 0 {wide} {high}" role="img" font-size="12" '
        f'text-anchor="middle" fill="#1d2330">{"".join(shapes)}</svg></div>'
    )


def _bin_labels() -> list[str]:
    ends = [f"{edge:g}" for edge in EDGES]
    steps = [("0", ends[0]), *pairwise(ends)]
    above = [*(f"+{a}~{b}" for a, b in steps), f">+{ends[-1]}"]
    below = [*(f"−{b}~−{a}".replace("−0", "0") for a, b in steps), f"<−{ends[-1]}"]
    return [*reversed(below), "建议内", *above]


def _by_size(stats: AuditStats, name: str) -> list[tuple[str, Adoption]]:
    return sorted(stats.groups[name].items(), key=lambda item: (-item[1].defendants, item[0]))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, text_from: int = 99) -> str:
    top = "".join(
        f"<th{_TEXT if place >= text_from else ''}>{escape(cell)}</th>"
        for place, cell in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_TEXT if place >= text_from else ''}>{escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<div class='scroll'><table><tr>{top}</tr>{body}</table></div>"


def _folded(head: Sequence[str], rows: Sequence[Sequence[str]], last: bool) -> str:
    """A table of some rows, the first or the `last` ones, with the others folded away."""
    if len(rows) <= _AT_ONCE + 2:
        return _table(head, rows)
    cut = len(rows) - _AT_ONCE if last else _AT_ONCE
    at_once, rest = (rows[cut:], rows[:cut]) if last else (rows[:cut], rows[cut:])
    what = "更早" if last else "其余"
    return (
        _table(head, at_once)
        + f"<details><summary>{what}{len(rest)}项</summary>{_table(head, rest)}</details>"
    )


def _instances(stats: AuditStats) -> str:
    return "、".join(
        f"{_INSTANCES[name]}{count}份" for name, count in stats.instances.most_common()
    )


def _soft(text: str) -> str:
    return f"<p class='soft'>{escape(text)}</p>" if text else ""


def _source(rule: FlagRule) -> str:
    return rule.source + ("" if rule.verified else "（未与官方文本核对）")


def _name(code: str) -> str:
    return rules().flags[code].name


def _rate(group: Adoption) -> str:
    return "—" if group.rate is None else f"{group.rate:.1%}"


def _range(group: Adoption) -> str:
    return "—" if group.interval is None else "{:.1%}–{:.1%}".format(*group.interval)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
