"""From the figures a text names to the one it means: stated totals against their parts.

Judgments name parts, totals of parts, totals of everything, and then say it all again. Nothing may
count twice: a total takes the place of the parts it adds up, a repetition is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from liangxing.reading.scope import Scope

Total = Literal["part", "sum", "whole"]

_WHOLE = re.compile(
    r"(?:以上|上述|综上|累计|总(?:价值|金额|额|数|面积|重量)|实际|前后共|涉案(?:总)?(?:金额|价值|数额)|犯罪数额|诈骗金额|(?:盗窃|诈骗)(?:数额|价值|总)"
    r")[^，。；\d]{0,16}$|[三五]家[^，。；]{0,10}共计[^，。；\d]{0,8}$"
)
_SUM = re.compile(r"(?:共计|合计|总计|总价值|总共|共重|总重|共|计)[^，。；、\d（）]{0,10}$")
_BREAKDOWN = re.compile(r"其中[^。；]{0,40}$|分别为[^。；]{0,40}$")
_GOODS_ONLY = re.compile(
    r"(?:实物|(?<!赃款)赃物)[^，。；\d]{0,4}(?:共计|合计|总计)[^，。；\d]{0,10}$"
)
_SAID_BEFORE = re.compile(
    r"(?:该|上述|前述|此|其中的?|剩余|这)(?:笔|批|人民币|的)?$"
    r"|(?:[骗劫盗窃抢]取|[骗窃抢劫盗]得|收取|收受|取出|所得)的(?:人民币|现金)?$"
)
# 骗取他人财物398350元，数额巨大: what prosecution or court weigh is the whole.
_WEIGHED = re.compile(r"[，,]?(?:犯罪|属|系|已达)?(?:数额|金额|数量)(?:特别)?(?:较大|巨大|大)")
_EXAMINED = re.compile(r"鉴定|检验|检出|称量|认定|查明")
_LISTED = re.compile(r"[^，。；]{0,24}[、及和以][^，。；]{0,24}\Z")
_TOLERANCE = 0.006
_LOOK_BACK = 60
_RUN_ENDS = 12
_LARGE = 10_000
_LEAST_SHARE = 0.25


class Figure(NamedTuple):
    """A value at [start, end), in base units, and the part it plays in its sentence."""

    value: float
    start: int
    end: int
    total: Total = "part"
    restated: bool = False
    breakdown: bool = False
    examined: bool = False
    dated: bool = False
    listed: bool = False
    own: bool = False
    of_another: bool = False
    announces: bool = False
    item: int = 0
    sentence: int = 0


def figure(
    scope: Scope,
    index: int,
    value: float,
    start: int,
    end: int,
    *,
    after: int = -1,
    examined: bool = False,
) -> Figure:
    """A figure with the part it plays in its sentence; `after` is the end of the one before."""
    sentence = scope.sentences[index]
    left = scope.text[max(sentence.start, start - 40) : start]
    total, breakdown, said_before = _part_played(left)
    between = scope.text[max(after, start - 60) : start] if after > 0 else ""
    restated = sentence.voice == "opinion"
    if scope.sums_up(index) or (restated and _WEIGHED.match(scope.text, end)):
        total = "whole"
    return Figure(
        value=value,
        start=start,
        end=end,
        total=total,
        restated=restated,
        breakdown=breakdown and total == "part",
        examined=examined or said_before,
        dated=scope.is_dated(index, start),
        listed=bool(between) and bool(_LISTED.match(between)),
        own=scope.is_own_share(sentence, start),
        of_another="被告人" in between,
        announces=scope.announces_parts(index),
        item=scope.item_at(start),
        sentence=index,
    )


@lru_cache(maxsize=4096)
def _part_played(left: str) -> tuple[Total, bool, bool]:
    """From the words before a figure: its total, whether it breaks one down or is told again."""
    total: Total = "part"
    if _WHOLE.search(left):
        total = "whole"
    elif _SUM.search(left) and not _GOODS_ONLY.search(left):
        total = "sum"
    told_again = _EXAMINED.search(left) or _SAID_BEFORE.search(left)
    return total, bool(_BREAKDOWN.search(left)), bool(told_again)


def settle(figures: Sequence[Figure]) -> tuple[float, Figure] | None:
    """The value meant by all figures of one kind, and the figure that best shows it.

    >>> settle([Figure(3, 0, 1), Figure(4, 2, 3), Figure(7, 4, 5, total="sum")])[0]
    7
    """
    own = [figure for figure in figures if figure.own]
    told = own or [figure for figure in figures if not figure.restated]
    parts = _without_details(_counted(told))
    restated = [f for f in figures if f.restated and not own]
    parts = _with_opinion(parts, restated)
    if not parts:
        return None
    shown = max(parts, key=lambda part: (part.total != "part", part.value))
    return round(_sum(parts), 6), shown


def _counted(figures: Iterable[Figure]) -> list[Figure]:
    """The figures to be added up: totals in the place of their parts, repetitions left out."""
    parts: list[Figure] = []
    closed: Figure | None = None  # a total after which parts of it are told
    for figure in figures:
        if closed and _is_told_again(figure, closed):
            continue
        if figure.total == "part":
            if not _repeats(figure, parts) and not (figure.breakdown and parts):
                parts.append(figure)
            continue
        if any(_same(figure.value, part.value) for part in parts[-_LOOK_BACK:]):
            closed = closed or figure
            continue
        parts = _covered(parts, figure)
        closed = figure
    return parts


def _is_told_again(figure: Figure, total: Figure) -> bool:
    """Whether a figure after a total is one of its parts."""
    if figure.examined and figure.value > total.value * (1 + _TOLERANCE):
        return False
    if figure.total != "part":
        return total.announces and figure.total == "sum" and figure.item > 0 and not total.item
    if figure.sentence == total.sentence and figure.listed:
        return False
    if total.total == "whole" and not total.item:
        return True
    if total.announces or (figure.item and not total.item):
        return True
    return figure.item == total.item and not figure.dated


def _covered(parts: list[Figure], total: Figure) -> list[Figure]:
    """The parts with a total in the place of what it adds up."""
    run = _run_of(parts, total.value)
    if run and (total.total == "sum" or total.item or run == (0, len(parts))):
        return [*parts[: run[0]], *parts[run[1] :], total]
    in_item = [p for p in parts if p.item == total.item]
    if total.total == "whole":
        beside = [p for p in parts if p.total == "whole" and p.sentence >= total.sentence - 1]
        if beside and not total.item:
            return [*beside, total]
        elsewhere = _sum(parts) - _sum(in_item)
        if not total.item or total.value >= 0.9 * _sum(parts) or not elsewhere:
            return [total]
        return [*(p for p in parts if p.item != total.item), total]
    here = [p for p in parts if p.sentence == total.sentence]
    if here and total.of_another and here[-1].total == "sum":
        # Each defendant's own total: the greatest is that of the case.
        return [*parts[:-1], max(parts[-1], total, key=lambda p: p.value)]
    if here:
        replaced = total.value > _sum(here) and all(p.total == "part" for p in here)
        return [*(p for p in parts if not (replaced and p in here)), total]
    if total.item:
        replaced = total.value > _sum(in_item)
        return [*(p for p in parts if not (replaced and p in in_item)), total]
    if total.value > _sum(parts) and not total.dated:
        return [total]
    return [*parts, total]


def _without_details(parts: list[Figure]) -> list[Figure]:
    """Leaves out parts that an earlier figure is the sum of, and adds no sum to its parts."""
    for index, whole in enumerate(parts[:_RUN_ENDS]):
        details = parts[index + 1 :]
        if len(details) > 1 and _same(_sum(details), whole.value):
            return parts[: index + 1]
    last = parts[-1] if parts else None
    enough = len(parts) > 3 or (len(parts) > 2 and parts[-1].examined)
    if last and enough and _same(_sum(parts[:-1]), last.value):
        return [last]
    return parts


def _with_opinion(parts: list[Figure], restated: list[Figure]) -> list[Figure]:
    """What prosecution or court add up at the end counts where it is one total."""
    totals = [f for f in restated if f.total != "part"]
    if not parts:
        return _counted(f._replace(restated=False) for f in restated)
    if not totals:
        return parts
    first, told = totals[0].value, _sum(parts)
    counts = first > told or (len(parts) > 1 and first >= _LEAST_SHARE * told)
    return [totals[0]] if counts else parts


def _sum(parts: Iterable[Figure]) -> float:
    return sum(part.value for part in parts)


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * max(one, other)


def _run_of(parts: list[Figure], value: float) -> tuple[int, int] | None:
    """The last run of neighbouring parts that add up to the value, as [start, end)."""
    for end in range(len(parts), max(0, len(parts) - _RUN_ENDS), -1):
        added = 0.0
        for start in range(end - 1, max(-1, end - _LOOK_BACK), -1):
            added += parts[start].value
            if _same(added, value):
                return start, end
            if added > value * 1.1:
                break
    return None


def _repeats(figure: Figure, parts: list[Figure]) -> bool:
    """Whether a part was named before: the same odd figure, or again where it is examined."""
    value = figure.value
    odd = value > 100 and (value % 100 != 0 or value != int(value))
    odd = odd or (value >= _LARGE and value % 10 ** (len(str(int(value))) - 1) != 0)
    large = figure.value >= _LARGE
    if not (odd or large or figure.examined):
        return False
    return any(
        part.value == figure.value and (odd or figure.examined or (large and part.examined))
        for part in parts[-_LOOK_BACK:]
    )
