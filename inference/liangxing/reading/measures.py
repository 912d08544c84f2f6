"""Other measures: blood alcohol, shares, weight, land, timber, animals, items, weapons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from liangxing.reading.numerals import Numeral
from liangxing.reading.scope import Scope
from liangxing.reading.tally import Figure, figure, settle

_MG, _ML = r"(?:mg|MG|Mg|㎎|毫克)", r"(?:m[lL1]|M[lL]|㎖|毫升)"
_PER_VOLUME = re.compile(rf"\s*{_MG}\s*(?:/|每)\s*([1lI][0oO]{{2}}|一百|百)?\s*{_ML}")
_MG_ONLY = re.compile(rf"\s*{_MG}")
_OF_VOLUME = re.compile(rf"每(?:一)?(?:100|一百|百)\s*{_ML}[^，。；]{{0,16}}$")
_VOLUME = re.compile(_ML)
_BREATH = re.compile(r"呼[气吸]")
_LIMIT = re.compile(r"(?:标准|阈值|临界值|大于|≥|超过|高于|限值)[^，。；]{0,8}$")
_PERCENT = re.compile(r"\s*[%％]")
_ANY_PERCENT = re.compile(r"[%％]|百分之")
_SHARE = re.compile(r"(?:占|超载|超员|超速|超过|超出|达|比例)[^，。；]{0,20}$")
_NOT_A_SHARE = re.compile(
    r"(?:概率|机会|利率|利息|年息|月息|纯度|含量|浓度|相似|可能性|返点|提成|丧失|功能|发票|价税|≥|赃款|数额的)[^，。；]{0,14}$"
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
    "tons": _Measure(
        r"吨",
        charges="污染|矿|食品(?!、药品监管|监管)|伪劣|走私|废物|危险|油|盐|肥|烟|农药|盗|失火|易燃|事故|非法经营|合同诈骗",
    ),
    "mu": _Measure(r"亩", charges="农用地|林|木|火|植物|土地|矿|污染"),
    "cubic_metres": _Measure(r"(?:立方米|立方|m3|m³|㎥)", prefers=r"蓄积|立木"),
    "poppy_plants": _Measure(r"[株棵]", context=r"罂粟|大麻植株|原植物", charges="毒品|植物"),
    "trees": _Measure(
        r"[株棵]",
        context=r"树|林木|木|采伐|滥伐|盗伐|楠|樟|杉|松|柏|榧",
        charges="木|植物|农用地|毁坏|火|盗窃",
    ),
    "animals": _Measure(
        r"[只头条羽]",
        context=r"猎|鸟|野生动物|野猪|蛙|捕|鸠|雀|鸦|雉|兔|蛇|獾|鳖|龟|活体",
        charges="猎|动物|水产|走私",
    ),
    "information_items": _Measure(r"条", context=r"信息", charges="信息|数据|计算机|电信"),
    "obscene_items": _Measure(r"[个部段张件本篇]", context=r"淫秽", charges="淫秽"),
    "guns": _Measure(r"[支把]", context=r"枪", reach=(24, 16)),
    "ammunition": _Measure(r"[发颗枚]", context=r"子弹|弹药|铅弹|霰弹", reach=(14, 6)),
}
_UNITS = {id_: re.compile(rf"(?:余|多|来)?{measure.unit}") for id_, measure in _MEASURES.items()}
_ANY_UNIT = re.compile(
    "(?:余|多|来)?(?:" + "|".join(sorted({m.unit for m in _MEASURES.values()})) + ")"
)
_CONTEXTS = {
    id_: re.compile(measure.context) if measure.context else None
    for id_, measure in _MEASURES.items()
}
# 疑似淫秽影碟243张（经鉴定，其中226张为淫秽物品): what was examined takes the place.
_SUSPECTED = re.compile(r"疑似[^，。；]{0,16}[（(][^）)]{0,10}其中")
# 一支猎枪 hidden, and 打捞出猎枪一支: what is found is what was told of.
_FOUND_AGAIN = re.compile("打捞|查获|缴获|收缴|起获|搜出|提取|上[交缴]|扣押|查扣|送检|鉴定")
_NO_GUN = re.compile(r"不(?:能)?认定为枪支|不具有?致伤力|不具备致伤力")


def read_alcohol(scope: Scope) -> Figure | None:
    """Milligrams of alcohol per 100 ml of blood; breath values and legal limits are left out."""
    found: Figure | None = None
    text = scope.text
    if not _VOLUME.search(text):
        return None
    for index, sentence in enumerate(scope.sentences):
        for numeral in scope.numerals[index]:
            unit = _PER_VOLUME.match(text, numeral.end)
            left = text[max(sentence.start, numeral.start - 24) : numeral.start]
            if not unit and _MG_ONLY.match(text, numeral.end) and _OF_VOLUME.search(left):
                unit = _MG_ONLY.match(text, numeral.end)
            value = numeral.value if unit else None
            if not unit or not value or _LIMIT.search(left):
                continue
            breath = bool(_BREATH.search(left))
            if found and breath:
                continue
            if unit.re is _PER_VOLUME and not unit.group(1):
                value *= 100
            found = figure(scope, index, value, numeral.start, unit.end())
    return found


def read_percentage(scope: Scope) -> Figure | None:
    """The first share told of the offence, in percent."""
    text = scope.text
    if not _ANY_PERCENT.search(text):
        return None
    for index, sentence in enumerate(scope.sentences):
        for numeral in scope.numerals[index]:
            sign = _PERCENT.match(text, numeral.end)
            # 百 of 百分之 is a numeral itself; what follows is the share.
            spelt = text.startswith("百分之", numeral.start - 3)
            value = numeral.value if sign or spelt else None
            left = text[max(sentence.start, numeral.start - 24) : numeral.start]
            shares = _SHARE.search(left) or (spelt and _SHARE.search(left[:-3]))
            if value and shares and not _NOT_A_SHARE.search(left):
                end = sign.end() if sign else numeral.end
                return figure(scope, index, value, numeral.start, end)
    return None


def read_measures(scope: Scope, charges: Sequence[str]) -> dict[str, tuple[float, Figure]]:
    """Tons, mu, cubic metres, trees, animals, items and weapons, totals over parts.

    What matters for certain charges only is left out under others.
    """
    read: dict[str, tuple[float, Figure]] = {}
    named = "".join(charges)
    measured = [
        [numeral for numeral in numerals if _ANY_UNIT.match(scope.text, numeral.end)]
        for numerals in scope.numerals
    ]
    if not any(measured):
        return read
    for id_, measure in _MEASURES.items():
        if id_ == "trees" and "poppy_plants" in read:
            continue
        if named and measure.charges and not re.search(measure.charges, named):
            continue
        found = _figures(scope, id_, measured)
        if measure.prefers:
            preferred = re.compile(measure.prefers)
            close = [f for f in found if preferred.search(scope.text, f.start - 14, f.start)]
            found = close or found
        settled = settle(found)
        if settled:
            read[id_] = settled
    return read


def _figures(scope: Scope, id_: str, measured: list[list[Numeral]]) -> list[Figure]:
    found: list[Figure] = []
    text, pattern, context = scope.text, _UNITS[id_], _CONTEXTS[id_]
    before, after = _MEASURES[id_].reach
    # 野兔59只 is told of what was caught, and again of what was found.
    told: set[tuple[str, float]] = set()
    finds: list[bool] = []  # of each figure, whether it tells what was found
    if context and not context.search(text):
        return found
    for index, sentence in enumerate(scope.sentences):
        last_end = -1
        if id_ == "guns" and _NO_GUN.search(text, sentence.start, sentence.end):
            continue
        for numeral in measured[index]:
            unit = pattern.match(text, numeral.end)
            value = numeral.value if unit else None
            if not unit or not value or text[numeral.start - 1 : numeral.start] == "第":
                continue
            what = (text[max(0, numeral.start - 2) : numeral.start], value)
            if what in told:
                continue
            left = max(sentence.start, numeral.start - before)
            if not context or context.search(text, left, unit.end() + after):
                was_found = bool(_FOUND_AGAIN.search(text, left, numeral.start))
                read = figure(
                    scope,
                    index,
                    value,
                    numeral.start,
                    unit.end(),
                    after=last_end,
                    examined=was_found and not all(finds),
                )
                finds.append(was_found)
                if found and _SUSPECTED.search(text, found[-1].start - 10, numeral.start):
                    found.pop()
                    read = read._replace(breakdown=False)
                found.append(read)
                told.add(what)
                last_end = unit.end()
    return found
