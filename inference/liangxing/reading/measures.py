"""Other measures: blood alcohol, shares, land, timber, animals, items, counts, victims."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.scope import Scope
from liangxing.reading.tally import Figure, figure, settle

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
    """A measured thing: its unit, a word that stands near, and the charges it matters for.

    `reach` is how far before and after the figure the word may stand.
    """

    unit: str
    context: str | None = None
    prefers: str | None = None
    charges: str | None = None
    reach: tuple[int, int] = (30, 14)


_MEASURES: dict[str, _Measure] = {
    "tons": _Measure(r"吨"),
    "mu": _Measure(r"亩"),
    "cubic_metres": _Measure(r"(?:立方米|立方|m3|m³|㎥)", prefers=r"蓄积|立木"),
    "poppy_plants": _Measure(
        r"[株棵]", context=r"罂粟|大麻植株|原植物", charges="毒品|植物"
    ),
    "trees": _Measure(
        r"[株棵]",
        context=r"树|林木|木|采伐|滥伐|盗伐|楠|樟|杉|松|柏|榧",
        charges="木|植物|农用地|毁坏|火|盗窃",
    ),
    "animals": _Measure(
        r"[只头条羽]", context=r"猎|鸟|野生动物|野猪|蛙|捕", charges="猎|动物|水产|走私"
    ),
    "information_items": _Measure(r"条", context=r"信息", charges="信息|数据|计算机|电信"),
    "obscene_items": _Measure(r"[个部段张件本篇]", context=r"淫秽", charges="淫秽"),
    "guns": _Measure(r"[支把]", context=r"枪", reach=(24, 16)),
    "ammunition": _Measure(r"[发颗枚]", context=r"子弹|弹药|铅弹|霰弹", reach=(14, 6)),
}
_UNITS = {
    id_: re.compile(rf"(?<!第)({NUMERAL})(?:余|多|来)?{measure.unit}")
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


def read_measures(scope: Scope, charges: Sequence[str]) -> dict[str, tuple[float, Figure]]:
    """Tons, mu, cubic metres, trees, animals, items and weapons, totals over parts.

    What matters for certain charges only is left out under others.
    """
    read: dict[str, tuple[float, Figure]] = {}
    named = "".join(charges)
    for id_, pattern in _UNITS.items():
        foreign = _MEASURES[id_].charges
        if id_ == "trees" and "poppy_plants" in read:
            continue
        if named and foreign and not re.search(foreign, named):
            continue
        found = _figures(scope, id_, pattern)
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


def _figures(scope: Scope, id_: str, pattern: re.Pattern[str]) -> list[Figure]:
    found: list[Figure] = []
    context, (before, after) = _CONTEXTS[id_], _MEASURES[id_].reach
    if context and not context.search(scope.text):
        return found
    for index, sentence in enumerate(scope.sentences):
        last_end = -1
        if _NO_GUN.search(scope.text, sentence.start, sentence.end):
            continue
        for match in pattern.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1))
            near = scope.text[max(sentence.start, match.start() - before) : match.end() + after]
            if value and (not context or context.search(near)):
                found.append(figure(scope, index, value, *match.span(), after=last_end))
                last_end = match.end()
    return found


def read_counts(scope: Scope) -> tuple[float, int, int] | None:
    """Offences, when two or more are stated or told one by one, with the place.

    A sentence that sums up adds what it states of each kind.
    """
    best: tuple[float, int, int] | None = None
    if scope.items:
        best = (float(len(scope.items)), scope.items[0], scope.items[0] + 2)
    summed = 0.0
    for index, sentence in enumerate(scope.sentences):
        for match in _COUNTS.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(next(g for g in match.groups() if g))
            after = scope.text[match.end() : match.end() + 4]
            if not value or value > 5000 or _NOT_COUNTS.match(after):
                continue
            if scope.sums_up(index):
                summed = value = summed + value
            if value >= 2 and (best is None or value > best[0]):
                best = (value, *match.span())
    return best


def read_victims(scope: Scope) -> tuple[float, int, int] | None:
    """Persons harmed, where the text states their number; a list (1名妇女、34名儿童) is added."""
    for sentence in scope.sentences:
        total, start, end = 0.0, -1, -1
        for match in _VICTIMS.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(next(g for g in match.groups() if g))
            if not value or (total and scope.text[end : match.start()] not in ("、", "和", "及")):
                continue
            total, start = total + value, match.start() if start < 0 else start
            end = match.end()
        if total > 1:
            return total, start, end
    return None
