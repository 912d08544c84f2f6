"""Where the sections of a judgment lie, in running text, labelled lines or headed reports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from liangxing.reading.compact import CompactText
from liangxing.reading.judgment_types import SectionName

_ORDERED = re.compile(r"(?:判决|裁定|决定)(?:结果)?如下")
_ORDER = re.compile(
    r"(?:刑事(?:附带民事)?)?(?:判决|裁定)[：:](?=[一1]、|被告|驳回|维持|撤销|准许)"
)
_END = re.compile(
    r"如不服(?:本)?(?:判决|裁定)|如果不服|本(?:判决|裁定)(?:为终审|系终审|送达后|自宣告|自送达)|(?:代理)?审判长(?!由)|(?:代理|助理)?审判员(?!由)"
    r"|人民陪审员|书记员|附[:：]|附(?:相关|本案|有关|录|页|件|法律|《|:|：|本判决)|本案(?:适用|援引|引用)[^。]{0,12}法|相关法律(?:条文|法规)"
)
_OPINION = re.compile(
    r"(?:(?:本院|合议庭)(?:经[^，。]{0,12})?认为|法院生效裁判认为|法院(?:经审理)?认为(?=[：:，,]))"
)
_FACTS = re.compile(
    r"(?:经(?:本院|法庭|依法|公开|开庭|再审|二审|重新|庭审|复核|法院|合议庭)*(?:审理)?(?:后)?(?:查明|复核确认|确认)|(?:审理|复核|再审|二审)查明|本院(?:经[^，。]{0,10})?查明)[：:，,]?"
)
_FOUND_BEFORE = re.compile(
    r"(?:原判|原审(?:法院|判决)?|一审(?:法院|判决)?|第一审)(?:审理)?(?:认定|查明)[：:，,]?"
)
_SAME_AS_CHARGED = re.compile(r"一致|相同|无异|属实|相符")
_EVIDENCE = re.compile(
    r"(?:(?:对于|认定|证明|证实)?(?:上述|以上|上列)(?:犯罪|指控)?的?(?:事实|指控)(?!清楚)|(?:并?有|由)(?:下列|以下|经[^，。]{0,12}质证)[^。]{0,20}证据"
    r"|证据如下|(?:公诉机关|公诉人|检察机关)(?:就上述|为证|为支持|当庭|提供|出示|向(?:本院|法庭)|举|宣读))"
)
_CHARGED = re.compile(
    r"(?:人民检察院|公诉机关|检察机关|检察院|起诉书|公诉人)(?:[^，。；]{0,24}?)?指控[：:，,称]?"
)
_CLOSED = re.compile(r"审理终结|复核终结")
_REPLY = re.compile(
    r"(?<=[。；”])(?=(?:[一二两三四五六七八九十各]*(?:被告人|上诉人)|原审被告人)[^。；]{0,40}?"
    r"(?:对(?:于)?(?:公诉|检察|指控|起诉|上述)|辩称|(?<!供述)(?<!供述[和与及、])辩解|无异议|没有异议|不持异议|供认不讳|未(?:作|提出)[^，。]{0,4}(?:辩|异议))"
    r"|(?:其|指定|委托|[^，。；]{0,14}的)?(?:指定|委托)?辩护人[^，。；]{0,24}(?:提出|认为|辩|对|意见|建议|表示|发表))"
)
_CITED = re.compile(
    r"(?:据此|为此|综上(?:所述)?|故|遂)?[，,]?(?:现?依照|依据|根据|按照|适用)(?=[^。；]{0,60}《)"
)
_LABELS: tuple[tuple[str, SectionName], ...] = (
    (r"上诉请求|上诉理由", "defence"),
    (r"原告诉请|公诉机关指控|指控", "indictment"),
    (r"(?:被告|上诉人|被上诉人|原审被告).*(?:辩护|答辩)|辩护", "defence"),
    (r"一审法院(?:审判|裁判|判决)?(?:结果|意见|审判依据)", "first_instance"),
    (r"基本案情|认定事实|查明事实|审理查明|事实", "facts"),
    (r"证据", "evidence"),
    (r"法院意见|二审意见|本院认为|裁判理由|法院认为|意见", "opinion"),
    (r"引用法律条文|审判依据|法律依据", "citations"),
    (r"刑事_|裁判结果|判决结果|审判结果|处理结果|判项", "disposition"),
    (
        r"序号|案件名|案件名称|标题|类别|法院|法院层级|案由|案号|发布时间|裁判日期|判决日期|审理程序|原告|被告|代理人|上诉人|被上诉人",
        "header",
    ),
)
_LABEL = re.compile(r"^([^：:\n。，,]{1,24})[：:]", re.MULTILINE)
_HEADS: dict[str, SectionName] = {
    "基本案情": "facts",
    "裁判结果": "disposition",
    "诉讼结果": "disposition",
    "诉讼过程": "disposition",
    "裁判理由": "opinion",
    "检察机关履职过程": "other",
    "指控与证明犯罪": "indictment",
    "履职情况": "other",
}
_HEAD = re.compile(r"【([^】\n]{2,16})】")
_RESULT = re.compile(r"处理结果[。：:]?|裁判结果[。：:]?")
_FEWEST_LABELS = 4


@dataclass(frozen=True)
class Span:
    """A section at [start, end) of the compact text; `label` as a structured file names it."""

    name: SectionName
    start: int
    end: int
    label: str = ""


def sections_of(document: CompactText) -> list[Span]:
    """The sections in order of the text; what no mark tells is left out."""
    for found in (_labelled(document), _headed(document.text)):
        if found:
            return found
    return _running(document.text)


def _labelled(document: CompactText) -> list[Span]:
    """Lines such as 法院意见：… as structured collections write them."""
    hits: list[tuple[int, int, SectionName, str]] = []
    for match in _LABEL.finditer(document.source):
        label = "".join(match.group(1).split())
        name = _section_named(label)
        if name:
            start = document.position(match.start())
            hits.append((start, document.position(match.end()), name, label))
    if len(hits) < _FEWEST_LABELS or not any(name == "disposition" for _, _, name, _ in hits):
        return []
    ends = [*(start for start, *_ in hits[1:]), len(document.text)]
    return [
        Span(name, body, end, label)
        for (_, body, name, label), end in zip(hits, ends, strict=True)
        if body <= end
    ]


def _section_named(label: str) -> SectionName | None:
    for form, name in _LABELS:
        if _means(form, label):
            return name
    return None


def _means(form: str, label: str) -> bool:
    plain = re.sub(r"[\d_（）()]+$", "", label)
    if form.startswith("序号"):
        return bool(re.fullmatch(rf"(?:{form})(?:\d*|[（(].*|基本情况|信息)", label))
    return bool(re.search(form, plain) or re.search(form, label))


def _headed(text: str) -> list[Span]:
    """Reports of cases under headings such as 【裁判结果】."""
    heads = list(_HEAD.finditer(text))
    if not any(match.group(1) in ("基本案情", "裁判结果") for match in heads):
        return []
    spans: list[Span] = []
    for match, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following else len(text)
        name = _HEADS.get(match.group(1), "other")
        result = _RESULT.search(text, match.end(), end) if name != "disposition" else None
        if result:
            spans.append(Span(name, match.end(), result.start(), match.group(1)))
            spans.append(Span("disposition", result.end(), end, "处理结果"))
        else:
            spans.append(Span(name, match.end(), end, match.group(1)))
    results = [span for span in spans if span.label in ("裁判结果", "处理结果")]
    if results:
        spans = [
            Span("other", s.start, s.end, s.label)
            if s.name == "disposition" and s not in results
            else s
            for s in spans
        ]
    return [Span("header", 0, heads[0].start()), *spans]


def _running(text: str) -> list[Span]:
    operative = _operative(text)
    body = operative[0] if operative else len(text)
    return list(_before(text, body)) + list(_after(text, operative))


def _operative(text: str) -> tuple[int, int, int] | None:
    """(mark, start, end) of the operative part; the last one, an appeal quotes the first."""
    marks = list(_ORDERED.finditer(text)) or list(_ORDER.finditer(text))
    if not marks:
        return None
    mark = marks[-1]
    start = mark.end() + (text[mark.end() : mark.end() + 1] in ("：", ":", "，", ","))
    end = _END.search(text, start)
    return mark.start(), start, end.start() if end else len(text)


def _after(text: str, operative: tuple[int, int, int] | None) -> Iterator[Span]:
    if operative:
        _, start, end = operative
        yield Span("disposition", start, end)
        if end < len(text):
            yield Span("appendix", end, len(text))


def _before(text: str, body: int) -> Iterator[Span]:
    charged = _first_charged(text, body)
    closed = _CLOSED.search(text, 0, body)
    start = charged.start() if charged else closed.end() if closed else 0
    opinion = _opinion(text, start, body)
    facts = _own_facts(text, start, body if opinion is None else opinion)
    if facts is None and opinion is not None:
        # Some courts weigh the evidence as 本院认为 before they find the facts.
        late = _own_facts(text, opinion, body)
        after = _opinion(text, late[1], body) if late else None
        if after is not None:
            facts, opinion = late, after
    opens = opinion if opinion is not None else body
    evidence = _EVIDENCE.search(text, facts[1] if facts else start, opens)
    reply = _REPLY.search(text, start, facts[0] if facts else opens)
    stops = [
        *([facts[0]] if facts else []),
        *([reply.start()] if reply else []),
        *([evidence.start()] if evidence and not facts else []),
        opens,
    ]
    if charged or closed:
        yield Span("header", 0, start)
    if charged:
        yield Span("indictment", start, min(stops))
    elif not closed and (facts or opinion is not None):
        first = facts[0] if facts else opens
        # A text that begins with the facts has no header.
        yield Span("facts" if not facts and first > 60 else "header", 0, first)
    if reply:
        later = [stop for stop in stops if stop > reply.start()]
        yield Span("defence", reply.start(), min(later, default=opens))
    if facts:
        yield Span("facts", facts[1], evidence.start() if evidence else opens)
    if evidence:
        yield Span("evidence", evidence.start(), opens)
    if opinion is not None:
        cited = _last(_CITED, text, opinion, body)
        yield Span("opinion", opinion, cited if cited is not None else body)
        if cited is not None:
            yield Span("citations", cited, body)


def _first_charged(text: str, body: int) -> re.Match[str] | None:
    """Where the prosecutor's charge is told; what the court says of it later is none."""
    closed = _CLOSED.search(text, 0, body)
    begin = closed.end() if closed else 0
    told = [m.start() for p in (_FACTS, _OPINION) if (m := p.search(text, begin, body))]
    return _CHARGED.search(text, begin, min([*told, body]))


def _own_facts(text: str, start: int, body: int) -> tuple[int, int] | None:
    """(mark, start) of the court's own findings, or of the first instance's where it has none."""
    for match in _FACTS.finditer(text, start, body):
        before = text[max(0, match.start() - 2) : match.start()]
        if before.endswith(("另", "又", "还", "另外")):
            continue
        told = text[match.end() : match.end() + 60]
        earlier = _FOUND_BEFORE.search(text, 0, match.start())
        if earlier and _SAME_AS_CHARGED.search(told):
            return earlier.span()
        return match.span()
    earlier = _FOUND_BEFORE.search(text, start, body)
    return earlier.span() if earlier else None


def _opinion(text: str, start: int, body: int) -> int | None:
    for match in _OPINION.finditer(text, start, body):
        if text[max(0, match.start() - 1) : match.start()] in (
            "",
            "。",
            "；",
            "”",
            "）",
            "：",
            "、",
        ):
            return match.start()
        if text[max(0, match.start() - 3) : match.start()].endswith(("综上，", "综上")):
            return match.start()
    late = _last(_OPINION, text, start, body)
    return late


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> int | None:
    found = None
    for match in pattern.finditer(text, start, end):
        found = match.start()
    return found
