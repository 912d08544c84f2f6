"""Penalties as words and numbers: kinds, Chinese wording, and the bins of the literature."""

from __future__ import annotations

import math
import re

from liangxing import numerals
from liangxing.law.general import general_rules
from liangxing.prediction import PenaltyKind

# (low, high] in months, bins 1 to 9 of the literature; 0 is life or death, 10 is zero.
BIN_EDGES = (120, 84, 60, 36, 24, 12, 9, 6, 0)
_DIGIT = "[0-9零一二两三四五六七八九十]{1,3}"
_TERM = re.compile(
    rf"(?<![0-9〇○零一二三四五六七八九])(?:({_DIGIT})年(半)?)?[零又]?(?:({_DIGIT})个(半)?月)?[零又]?(?:({_DIGIT})[日天])?"
)
PENALTY_WORDS: dict[PenaltyKind, str] = {
    "exempt": "免予刑事处罚",
    "fine_only": "单处罚金",
    "surveillance": "管制",
    "detention": "拘役",
    "fixed_term": "有期徒刑",
    "life": "无期徒刑",
    "death_reprieve": "死刑，缓期二年执行",
    "death": "死刑",
}


def round_to_half_month(months: float) -> float:
    """The nearest half month; a tie goes up.

    >>> round_to_half_month(1.17), round_to_half_month(1.67)
    (1.0, 1.5)
    """
    return math.floor(months * 2 + 0.5) / 2


def penalty_kind(months: float, *, fine_only_open: bool) -> PenaltyKind:
    """The kind a term implies (Criminal Law arts. 37, 42, 45).

    >>> penalty_kind(0, fine_only_open=True), penalty_kind(5, fine_only_open=True)
    ('fine_only', 'detention')
    """
    if months <= 0:
        return "fine_only" if fine_only_open else "exempt"
    return "detention" if months < general_rules().fixed_term.months[0] else "fixed_term"


def penalty_text(kind: PenaltyKind, months: float | None) -> str:
    """The Chinese wording of a penalty.

    >>> penalty_text("fixed_term", 18), penalty_text("detention", 4.5)
    ('有期徒刑一年六个月', '拘役四个月十五日')
    """
    if months is None or not months:
        return PENALTY_WORDS[kind]
    years, rest = divmod(round_to_half_month(months), 12)
    whole, half = int(rest), rest % 1
    words = [numerals.written(int(years)) + "年"] if years else []
    words += [numerals.written(whole) + "个月"] if whole else []
    words += ["十五日"] if half else []
    return PENALTY_WORDS[kind] + "".join(words)


def parse_term(text: str) -> float | None:
    """Months of the first wording such as 一年六个月 or 四个月十五日; null when there is none.

    >>> parse_term("有期徒刑一年六个月"), parse_term("拘役4个月十五日"), parse_term("缓刑")
    (18.0, 4.5, None)
    """
    for match in _TERM.finditer(text):
        years, half_year, months, half_month, days = match.groups()
        if years or months or days:
            total = 12 * _number(years) + _number(months) + _number(days) / 30
            return round_to_half_month(total + 6 * bool(half_year) + bool(half_month) / 2)
    return None


def term_bin(months: float | None, *, life: bool = False, death: bool = False) -> int:
    """Bin 0 to 10 of the CAIL literature (design: 0 life or death, 1 over 120 ... 10 zero).

    >>> [term_bin(m) for m in (240, 120, 84, 36, 6, 0)]
    [1, 2, 3, 5, 9, 10]
    """
    if life or death or months is None:
        return 0
    for number, edge in enumerate(BIN_EDGES, start=1):
        if months > edge:
            return number
    return 10


def _number(text: str | None) -> float:
    """A number below a thousand, Arabic or Chinese; 0 for a spelling that is none."""
    if not text:
        return 0.0
    try:
        return float(numerals.read(text.lstrip("零") or "零"))
    except ValueError:
        return 0.0
