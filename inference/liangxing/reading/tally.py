"""From the figures a text names to the one it means: stated totals against their parts.

Judgments name parts, totals of parts, totals of everything, and then say it all again. Nothing may
count twice: a total takes the place of the parts it adds up, a repetition is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from liangxing.reading.attribution import Sentence, sentences_of

Total = Literal["part", "sum", "whole"]

_FOUND = re.compile(
    r"(?:经|本院)?(?:依法)?(?:公开)?(?:开庭)?审理查明|经复核(?:确认|查明)|本院(?:二审)?查明|二审查明|基本案情[:：]"
)
_CHARGED = re.compile(r"(?:起诉书)?指控(?:称)?[:：，]")
_OWN_VIEW = re.compile(r"本院(?:审查|经审查)?认为|法院意见[:：]|二审意见[:：]|法院生效裁判认为")
_SAME_AS_BEFORE = re.compile(r"一致|相同|无异")
_LEAST_REGION = 100
_ITEM = re.compile(
    r"(?:^|(?<=[。；：:\s，]))[（(]?(\d{1,2}|[一二三四五六七八九十]{1,3})[）)、.．]\s*"
    r"(?=(?:19|20)\d{2}年|同年|同月|当[日晚天]|次[日月]|\d{1,2}月|20\d{2}[.．]\d)"
)
_HAN_ITEMS = {
    text: number
    for number, text in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"], 1)
}
_WHOLE = re.compile(
    r"(?:以上|上述|综上|累计|总(?:价值|金额|额|数|计|共|面积|重量)|实际|前后共|涉案(?:总)?(?:金额|价值|数额)|犯罪数额|诈骗金额|(?:盗窃|诈骗)(?:数额|价值|总)"
    r")[^，。；\d]{0,16}$|[三五]家[^，。；]{0,10}共计[^，。；\d]{0,8}$"
)
_SUM = re.compile(r"(?:共计|合计|总计|总价值|总共|共重|总重|共|计)[^，。；、\d（）]{0,10}$")
_BREAKDOWN = re.compile(r"其中[^。；]{0,40}$|分别为[^。；]{0,40}$")
_SAID_BEFORE = re.compile(r"(?:该|上述|前述|此|其中的?|剩余|这)(?:笔|批|人民币|的)?$")
_EXAMINED = re.compile(r"鉴定|检验|检出|称量|认定|查明")
_TOLERANCE = 0.006


@dataclass(frozen=True)
class Scope:
    """The part of a text that tells the facts, without evidence and disposition.

    `items` are the starts of its enumerated counts.
    """

    text: str
    sentences: tuple[Sentence, ...]
    items: tuple[int, ...]

    def item_at(self, position: int) -> int:
        return sum(start <= position for start in self.items)


@dataclass(frozen=True)
class Figure:
    """A value at [start, end), in base units."""

    value: float
    start: int
    end: int
    total: Total = "part"
    restated: bool = False
    breakdown: bool = False
    examined: bool = False
    item: int = 0
    sentence: int = field(default=0)


def scope_of(text: str, *, with_evidence: bool = False) -> Scope:
    """The court's findings where the text holds them, else the charge, else everything."""
    voices = ("told", "opinion", "rejected", "evidence" if with_evidence else "told")
    start = 0
    for match in _FOUND.finditer(text):
        view = _OWN_VIEW.search(text, match.end())
        stop = view.start() if view else len(text)
        opening = text[match.end() : match.end() + 60]
        if stop - match.end() >= _LEAST_REGION and not _SAME_AS_BEFORE.search(opening):
            start = match.start()
            break
    else:
        charged = _CHARGED.search(text)
        if charged and charged.start() > len(text) // 8 and len(text) > 600:
            start = charged.start()
    sentences = tuple(s for s in sentences_of(text) if start < s.end and s.voice in voices)
    return Scope(text, sentences, _items(text, start))


def _items(text: str, start: int) -> tuple[int, ...]:
    """Starts of the longest run of items 1, 2, 3 ..."""
    best: list[int] = []
    run: list[int] = []
    for match in _ITEM.finditer(text, start):
        label = match.group(1)
        number = int(label) if label.isdigit() else _HAN_ITEMS.get(label, 0)
        if number == len(run) + 1:
            run.append(match.start())
        elif number == 1:
            best, run = max(best, run, key=len), [match.start()]
    return tuple(max(best, run, key=len)) if max(len(best), len(run)) > 1 else ()


def figure(scope: Scope, index: int, value: float, start: int, end: int) -> Figure:
    """A figure with the part it plays in its sentence."""
    sentence = scope.sentences[index]
    left = scope.text[max(sentence.start, start - 40) : start]
    total: Total = "part"
    if _WHOLE.search(left):
        total = "whole"
    elif _SUM.search(left):
        total = "sum"
    return Figure(
        value=value,
        start=start,
        end=end,
        total=total,
        restated=sentence.voice == "opinion",
        breakdown=bool(_BREAKDOWN.search(left)) and total == "part",
        examined=bool(_EXAMINED.search(left)) or bool(_SAID_BEFORE.search(left)),
        item=scope.item_at(start),
        sentence=index,
    )


def settle(figures: Sequence[Figure]) -> tuple[float, Figure] | None:
    """The value meant by all figures of one kind, and the figure that best shows it.

    >>> settle([Figure(3, 0, 1), Figure(4, 2, 3), Figure(7, 4, 5, total="sum")])[0]
    7
    """
    parts: list[Figure] = []
    closed = False
    for figure in figures:
        if figure.restated and parts:
            if figure.total != "part" and figure.value > _sum(parts):
                parts = [figure]
            continue
        if closed and figure.item and parts and not parts[0].item:
            continue  # a total told ahead of its items
        if figure.total == "part":
            if not closed and not _repeats(figure, parts):
                parts.append(figure)
            continue
        kept = _without_addends(parts, figure)
        if kept is not None:
            parts = [*kept, figure]
        elif figure.total == "whole" or (
            figure.value > _sum(parts) and (not figure.item or _all_in(parts, figure.item))
        ):
            parts = [figure]
        elif not any(_same(figure.value, part.value) for part in parts):
            parts = [p for p in parts if p.sentence != figure.sentence or p.value > figure.value]
            parts.append(figure)
        closed = closed or figure.total == "whole" or (len(parts) == 1 and not figure.item)
    if not parts:
        return None
    shown = max(parts, key=lambda part: (part.total != "part", part.value))
    return round(_sum(parts), 6), shown


def _sum(parts: Sequence[Figure]) -> float:
    return sum(part.value for part in parts)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * max(one, other)


def _all_in(parts: Sequence[Figure], item: int) -> bool:
    return all(part.item == item for part in parts)


def _without_addends(parts: list[Figure], total: Figure) -> list[Figure] | None:
    """The parts before those that the total adds up, null if it adds up none."""
    added = 0.0
    for index in range(len(parts) - 1, -1, -1):
        added += parts[index].value
        if _same(added, total.value):
            return parts[:index]
        if added > total.value * 2:
            break
    return None


def _repeats(figure: Figure, parts: list[Figure]) -> bool:
    """Whether a part was named before: the same odd figure, or again where it is examined."""
    if figure.breakdown and parts:
        return True
    for part in parts:
        if part.value == figure.value:
            odd = figure.value % 100 != 0 or figure.value != int(figure.value)
            if figure.examined or (odd and figure.value > 100):
                return True
    return False
