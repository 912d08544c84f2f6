"""Dates told in a fact."""

from __future__ import annotations

import calendar
import re
from datetime import date

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d{2}|[一二][九〇○零][〇○零一二三四五六七八九]{2})年"
    r"(?:([0-9]{1,2}|[一二三四五六七八九十]{1,2})月)?"
    r"(?:([0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号])?(出生|生)?"
)


def last_dated_event(text: str, *, not_after: date) -> date | None:
    """The latest day the text names, births aside; null when it names none.

    A missing month or day stands for the latest possible one. Days after `not_after` are ignored.

    >>> last_dated_event("1990年3月1日出生，2015年5月盗窃", not_after=date(2020, 1, 1))
    datetime.date(2015, 5, 31)
    """
    latest: date | None = None
    for match in _DATE.finditer(text):
        year_text, month_text, day_text, birth = match.groups()
        if birth:
            continue
        year = int(year_text.translate(_DIGITS))
        month = _small(month_text) or 12
        if not 1 <= month <= 12:
            continue
        last_day = calendar.monthrange(year, month)[1]
        day = min(_small(day_text) or last_day, last_day)
        first = date(year, _small(month_text) or 1, _small(day_text) and day or 1)
        if first > not_after:
            continue
        event = min(date(year, month, day), not_after)
        latest = event if latest is None else max(latest, event)
    return latest


def _small(text: str | None) -> int:
    if not text:
        return 0
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.partition("十") if "十" in text else ("零", "", text)
    digits = {"": 1, "零": 0}
    left = digits.get(tens, int(tens.translate(_DIGITS)) if tens not in digits else 0)
    right = int(ones.translate(_DIGITS)) if ones else 0
    return left * 10 + right
