"""Dates told in a fact."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from liangxing.reading.normalise import normalise

_NUMERALS = "〇○零Oo一二三四五六七八九"
_DIGITS = str.maketrans(_NUMERALS, "00000123456789")
_DATE = re.compile(
    rf"(?<!\d)([12一二][90九{_NUMERALS[:5]}][\d{_NUMERALS}]{{2}}) ?年(?![《度])"
    r"(?: ?(\d{1,2}|[一二三四五六七八九十]{1,2}) ?月)?"
    r"(?: ?(\d{1,2}|[一二三四五六七八九十]{1,3}) ?[日号])?"
    r"( ?(?:出生|生(?![产活意效])))?"
)
_BORN_BEFORE = ("生于", "出生", "出生日期", "出生日期为")


def last_dated_event(text: str, *, not_after: date) -> date | None:
    """The latest day the text names, births and the years of statutes aside; null for none.

    A missing month or day stands for the latest possible one, `not_after` at most. Days that
    begin after `not_after` are ignored.

    >>> last_dated_event("1990年3月1日出生，2015年5月盗窃", not_after=date(2020, 1, 1))
    datetime.date(2015, 5, 31)
    >>> last_dated_event("二〇一五年十月十二日", not_after=date(2020, 1, 1))
    datetime.date(2015, 10, 12)
    """
    plain = normalise(text)
    latest: date | None = None
    for match in _DATE.finditer(plain):
        year, month, day, birth = match.groups()
        before = plain[max(match.start() - 8, 0) : match.start()].rstrip(" :：")
        if birth or before.endswith(_BORN_BEFORE):
            continue
        span = _span(_number(year) or 0, _number(month), _number(day))
        if span is None or span[0] > not_after:
            continue
        event = min(span[1], not_after)
        latest = event if latest is None else max(latest, event)
    return latest


def days_told(text: str) -> Iterator[tuple[date, int, int]]:
    """(day, start, end) of every full date of a normalised text; a date without its day is none.

    >>> [str(day) for day, _, _ in days_told("1990年3月1日出生，二〇一七年六月二十八日")]
    ['1990-03-01', '2017-06-28']
    """
    for match in _DATE.finditer(text):
        year, month, day, _ = match.groups()
        if month is None or day is None:
            continue
        span = _span(int(year.translate(_DIGITS)), _number(month), _number(day))
        if span and span[0] == span[1]:
            yield span[0], match.start(), match.end()


@lru_cache(maxsize=4096)
def _span(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    """First and last day that a year with or without month and day may mean."""
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    if day is None or not 1 <= day <= last:
        return date(year, month, 1), date(year, month, last)
    return date(year, month, day), date(year, month, day)


def _number(text: str | None) -> int | None:
    """An Arabic number, or a Chinese one below a hundred."""
    if not text:
        return None
    if text.isdecimal():
        return int(text)
    if "十" not in text:
        return int(text.translate(_DIGITS))
    tens, ones = text.split("十", 1)
    if "十" in ones:
        return 0
    return int(tens.translate(_DIGITS) or 1) * 10 + int(ones.translate(_DIGITS) or 0)
