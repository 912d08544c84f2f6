"""Ages of victims, from stated ages and dates of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liangxing.reading.numerals import NUMERAL, parse_numeral

# 殁年 is said of the dead only; in brackets an age is a person's description.
_AGE = re.compile(
    rf"(?P<mark>殁年|时年|年仅|案发时|现年|[（(][^（）()，。；]{{0,6}}[，,]|[（(]|一名|名)\s*(?:不满|未满)?"
    rf"(?P<number>{NUMERAL})(?P<unit>周?岁|个月)(?P<kind>的?(?:男童|女童|儿童|幼女|孩|女孩|男孩|婴儿))?"
)
_BIRTH = re.compile(
    r"被害人[^。；]{0,80}?[（(](?:[男女][，,])?((?:19|20)\d{2})年\d{1,2}月(?:\d{1,2}日)?(?:出?生)"
)
_BIRTHS_AFTER = re.compile(
    r"[（(](?:[男女][，,])?((?:19|20)\d{2})年\d{1,2}月(?:\d{1,2}日)?(?:出?生)"
)
_YEAR = re.compile(r"((?:19|20)\d{2})年(?!\d{1,2}月(?:\d{1,2}日)?(?:出?生))")
_NOT_A_VICTIM = re.compile(r"被告人|犯罪嫌疑人|同案|证人|另案")


def victims_ages(text: str) -> Iterator[tuple[float, int, int]]:
    """(age in years, start, end) of each victim whose age the text gives.

    >>> [age for age, _, _ in victims_ages("致陈某（女，殁年6岁）死亡")]
    [6.0]
    """
    for match in _AGE.finditer(text):
        number = parse_numeral(match.group("number"))
        if number is None:
            continue
        bracketed = match.group("mark")[0] in "（("
        before = text[max(0, match.start() - 24) : match.start()]
        last_stop = max(before.rfind("。"), before.rfind("；"))
        if match.group("mark") != "殁年" and _NOT_A_VICTIM.search(before[last_stop + 1 :]):
            continue
        if match.group("mark") in ("一名", "名") and not match.group("kind"):
            continue
        if bracketed and text[match.end() : match.end() + 1] not in ("）", ")", "，", ","):
            continue
        years = 0.0 if match.group("unit") == "个月" else number
        yield years, match.start(), match.end()
    yield from _ages_by_birth(text)


def _ages_by_birth(text: str) -> Iterator[tuple[float, int, int]]:
    """Ages on the first dated event, for victims whose birth is given in brackets."""
    first = _BIRTH.search(text)
    if not first:
        return
    years = [int(year) for year in _YEAR.findall(text)]
    for match in _BIRTHS_AFTER.finditer(text, max(0, first.end() - 20)):
        born = int(match.group(1))
        later = [year for year in years if year > born]
        if later:
            yield float(min(later) - born), match.start(), match.end()
