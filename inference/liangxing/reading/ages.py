"""Ages of victims, from stated ages and dates of birth."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from liangxing.reading.numerals import NUMERAL, parse_numeral

# 殁年 is said of the dead only; in brackets an age is a person's description.
_BEFORE_AGE = re.compile(
    r"(殁年|时年|年仅|案发时|现年|[（(][^（）()，。；]{0,6}[，,]|[（(]|一名|名)\s*(?:不满|未满)?"
    rf"({NUMERAL})\Z"
)
_UNIT = re.compile(r"(周?岁|个月)(的?(?:男童|女童|儿童|幼女|孩|女孩|男孩|婴儿))?")
_WINDOW = 18
_NEAREST = 12
_MOST = 400
_Day = tuple[int, int, int]
_BORN = re.compile(
    r"[（(](?:[^（）()，]{0,8}[，,]){0,3}((?:19|20)\d{2})年(\d{1,2})月(?:(\d{1,2})日)?(?:出?生)"
)
_DAY = re.compile(r"((?:19|20)\d{2})年(?:(\d{1,2})月)?+(?:(\d{1,2})日)?+(?!出?生)")
_NOT_A_VICTIM = re.compile(r"被告人|犯罪嫌疑人|同案|证人|另案")
_NOT_BORN_A_VICTIM = re.compile(
    r"(?:被告人|犯罪嫌疑人|同案犯?人?|证人|伙同|朋友)[^，。；将把致对]{0,6}$"
)


def victims_ages(text: str) -> Iterator[tuple[float, int, int]]:
    """(age in years, start, end) of each victim whose age the text gives.

    >>> [age for age, _, _ in victims_ages("致陈某（女，殁年6岁）死亡")]
    [6.0]
    """
    for unit in islice(_UNIT.finditer(text), _MOST):
        told = _BEFORE_AGE.search(text[max(0, unit.start() - _WINDOW) : unit.start()])
        number = parse_numeral(told.group(2)) if told else None
        if told is None or number is None:
            continue
        mark, start = told.group(1), unit.start() - len(told.group())
        before = text[max(0, start - 24) : start]
        last_stop = max(before.rfind("。"), before.rfind("；"))
        if mark != "殁年" and _NOT_A_VICTIM.search(before[last_stop + 1 :]):
            continue
        if mark in ("一名", "名") and not unit.group(2):
            continue
        if mark[0] in "（(" and text[unit.end() : unit.end() + 1] not in ("）", ")", "，", ","):
            continue
        yield 0.0 if unit.group(1) == "个月" else number, start, unit.end()
    yield from _ages_by_birth(text)


def _ages_by_birth(text: str) -> Iterator[tuple[float, int, int]]:
    """Ages of persons born on a date in brackets, on the last day told before, else after."""
    births = list(islice(_BORN.finditer(text), _MOST))
    if not births:
        return
    days = [(match.start(), _date(match)) for match in _DAY.finditer(text)]
    for match in births:
        if _NOT_BORN_A_VICTIM.search(text[max(0, match.start() - 14) : match.start()]):
            continue
        born = _date(match)
        event = _day_of_event(days, match.start(), born)
        if event:
            yield float(event[0] - born[0] - (event[1:] < born[1:])), match.start(), match.end()


def _day_of_event(days: list[tuple[int, _Day]], position: int, born: _Day) -> _Day | None:
    last = bisect_left(days, (position,))
    for _, day in reversed(days[max(0, last - _NEAREST) : last]):
        if day > born:
            return day
    return min((day for _, day in days[last : last + _NEAREST] if day > born), default=None)


def _date(match: re.Match[str]) -> _Day:
    """Year, month and day; the end of the year or month where they are not told."""
    year, month, day = match.groups()
    return int(year), int(month or 12), int(day or 31)
