"""Other measures: blood alcohol, shares, land, timber, animals, items, counts, victims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.tally import Figure, Scope, figure, settle

_MG, _ML = r"(?:mg|MG|Mg|㎎|毫克)", r"(?:m[lL1]|M[lL]|㎖|毫升)"
_ALCOHOL = re.compile(
    rf"({NUMERAL})\s*{_MG}\s*(?:/|每)\s*([1lI][0oO]{{2}}|一百|百)?\s*{_ML}"
    rf"|每(?:一)?(?:100|一百|百)\s*{_ML}[^，。；]{{0,16}}?({NUMERAL})\s*{_MG}"
)
_BREATH = re.compile(r"呼[气吸]")
_LIMIT = re.compile(r"(?:标准|阈值|临界值|大于|≥|超过|高于|限值)[^，。；]{0,8}$")
_PERCENT = re.compile(rf"({NUMERAL})\s*[%％]|百分之({NUMERAL})")
_NOT_A_SHARE = re.compile(
    r"(?:概率|机会|利率|利息|年息|月息|纯度|含量|浓度|相似|可能性|返点|提成)[^，。；]{0,14}$"
)


@dataclass(frozen=True)
class _Measure:
    """A measured thing: its unit's words, and a word that the sentence must hold."""

    unit: str
    context: str | None = None
    prefers: str | None = None


_MEASURES: dict[str, _Measure] = {
    "tons": _Measure(r"吨"),
    "mu": _Measure(r"亩"),
    "cubic_metres": _Measure(r"(?:立方米|立方|m3|m³|㎥)", prefers=r"蓄积"),
    "poppy_plants": _Measure(r"[株棵]", context=r"罂粟|大麻植株|原植物"),
    "trees": _Measure(r"[株棵]", context=r"树|林木|木|采伐|滥伐|盗伐|楠|樟|杉|松|柏|榧"),
    "animals": _Measure(r"[只头条羽]", context=r"猎|鸟|野生动物|野猪|蛙|捕"),
    "information_items": _Measure(r"条", context=r"信息"),
    "obscene_items": _Measure(r"[个部段张件本篇]", context=r"淫秽"),
    "guns": _Measure(r"[支把]", context=r"枪"),
    "ammunition": _Measure(r"[发颗枚]", context=r"子弹|弹药|铅弹|霰弹"),
}
_UNITS = {
    id_: re.compile(rf"({NUMERAL})(?:余|多|来)?{measure.unit}")
    for id_, measure in _MEASURES.items()
}
_CONTEXTS = {
    id_: re.compile(measure.context) if measure.context else None
    for id_, measure in _MEASURES.items()
}
_NO_GUN = re.compile(r"不(?:能)?认定为枪支|不具有?致伤力|不具备致伤力")
_COUNTS = re.compile(
    rf"(?:先后|作案|连续|共|累计|前后共计)[^，。；\d]{{0,8}}?({NUMERAL})余?(?:次|起|宗)(?!性)"
    rf"|(?:盗窃|贩卖|诈骗|猥亵|容留|抢劫|销售|收受|虚开|敲诈|强奸|作案|抢夺|扒窃|实施|窃)[^，。；\d]{{0,6}}({NUMERAL})余?(?:次|起)"
    rf"|分({NUMERAL})次(?=[^，。；]{{0,6}}(?:骗|盗|窃|收取|收受|贩|索))"
    rf"|(?<!第)(?<!分)({NUMERAL})余?次(?=(?:向|入户|容留|贩卖|盗窃|在[^，。；]{{0,20}}(?:盗|窃|贩|容留)|猥亵|实施|骗|侵占|索|收))"
)
_NOT_COUNTS = re.compile(
    r"^(?:取款|取现|提取|转账|催|抢救|传唤|供述|讯问|被|判|鉴定|庭审|调解|会议|行政|因)"
)
_VICTIMS = re.compile(
    rf"({NUMERAL})余?(?:名|位|个)(?:[不未]满[^，。；]{{1,8}}的)?(?:被害人|受害人|集资|参与人|工人|职工|农民工|女童|儿童|未成年人|妇女|幼女|学生|男童|投资人|业主)"
    rf"|被害人[^，。；]{{0,24}}?等({NUMERAL})余?人|等({NUMERAL})余?(?:名|位)?(?:集资参与人|被害人|投资人|受害人)"
    rf"|(?:社会公众|下线(?:人员)?|会员|群众)({NUMERAL})余?(?:人|名)|({NUMERAL})余?(?:名|人)(?:非法吸收|被害人)"
)


def read_alcohol(scope: Scope) -> Figure | None:
    """Milligrams of alcohol per 100 ml of blood; breath values and legal limits are left out."""
    found: Figure | None = None
    text = scope.text
    for index, sentence in enumerate(scope.sentences):
        for match in _ALCOHOL.finditer(text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1) or match.group(3))
            left = text[max(sentence.start, match.start() - 24) : match.start()]
            if not value or _LIMIT.search(left):
                continue
            if found and _BREATH.search(left):
                continue
            if match.group(1) and not match.group(2):
                value *= 100
            breath = bool(_BREATH.search(left))
            if found is None or not breath:
                found = figure(scope, index, value, *match.span())
    return found


def read_percentage(scope: Scope) -> Figure | None:
    """The first share told of the offence, in percent."""
    for index, sentence in enumerate(scope.sentences):
        for match in _PERCENT.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1) or match.group(2))
            left = scope.text[max(sentence.start, match.start() - 24) : match.start()]
            if value and not _NOT_A_SHARE.search(left):
                return figure(scope, index, value, *match.span())
    return None


def read_measures(scope: Scope) -> dict[str, tuple[float, Figure]]:
    """Tons, mu, cubic metres, trees, animals, items and weapons, totals over parts."""
    read: dict[str, tuple[float, Figure]] = {}
    for id_, pattern in _UNITS.items():
        if id_ == "trees" and "poppy_plants" in read:
            continue
        found = _figures(scope, pattern, _CONTEXTS[id_])
        preferred = _MEASURES[id_].prefers
        if preferred:
            close = [
                f
                for f in found
                if re.search(preferred, scope.text[max(0, f.start - 14) : f.start])
            ]
            found = close or found
        settled = settle(found)
        if settled:
            read[id_] = settled
    return read


def _figures(
    scope: Scope, pattern: re.Pattern[str], context: re.Pattern[str] | None
) -> list[Figure]:
    found: list[Figure] = []
    if context and not context.search(scope.text):
        return found
    for index, sentence in enumerate(scope.sentences):
        if _NO_GUN.search(scope.text, sentence.start, sentence.end):
            continue
        for match in pattern.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1))
            near = scope.text[max(sentence.start, match.start() - 30) : match.end() + 14]
            if value and (not context or context.search(near)):
                found.append(figure(scope, index, value, *match.span()))
    return found


def read_counts(scope: Scope) -> tuple[float, int, int] | None:
    """Offences, when two or more are stated or told one by one, with the place."""
    best: tuple[float, int, int] | None = None
    if scope.items:
        best = (float(len(scope.items)), scope.items[0], scope.items[0] + 2)
    for sentence in scope.sentences:
        for match in _COUNTS.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(next(g for g in match.groups() if g))
            after = scope.text[match.end() : match.end() + 4]
            if not value or value < 2 or value > 5000 or _NOT_COUNTS.match(after):
                continue
            if best is None or value > best[0]:
                best = (value, *match.span())
    return best


def read_victims(scope: Scope) -> tuple[float, int, int] | None:
    """Persons harmed, where the text states their number."""
    return _first(scope, _VICTIMS)


def _first(scope: Scope, pattern: re.Pattern[str]) -> tuple[float, int, int] | None:
    for sentence in scope.sentences:
        for match in pattern.finditer(scope.text, sentence.start, sentence.end):
            groups: Sequence[str | None] = match.groups()
            value = parse_numeral(next(g for g in groups if g))
            if value and value > 1:
                return (value, *match.span())
    return None
