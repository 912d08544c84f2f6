"""Numerals as judgments write them: Arabic, Chinese, mixed, grouped, approximate, masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from liangxing.numerals import SMALL

_GROUPED = r"\d{1,3}(?:[,，]\d{3}){1,4}(?!\d)(?:\.\d{1,8})?"
_PLAIN = r"\d{1,13}(?:\.\d{1,8})?"
_MULTIPLIER = r"(?:[余多]?[十百千万亿]{1,2}(?:\d{1,4}[十百千]?){0,3})?"
_HAN = "〇○零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"

# A numeral that begins neither inside another one nor behind a masked digit (1××00). Bounded
# throughout, so that a hostile run of digits costs linear time.
_MASKED = r"(?<!\d[Xx×*])(?<!\d[Xx×*]{2})(?<!\d[Xx×*]{3})"
NUMERAL = (
    rf"(?:(?<![\d.]){_MASKED}(?:{_GROUPED}|{_PLAIN}){_MULTIPLIER}"
    rf"|(?<![\d.{_HAN}])[{_HAN}]{{1,16}}(?:点[{_HAN}]{{1,6}})?(?:[余多][{_HAN}]{{1,3}})?)"
)

_NUMERAL = re.compile(NUMERAL)
_BEGINS = re.compile(rf"[\d{_HAN}]")

_APPROXIMATE = re.compile("[余多几]")
_SEPARATOR = re.compile("[,，]")
_SCALES = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_MIXED = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]*)")
_ARABIC = re.compile(r"\d+(?:\.\d+)?\Z")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A numeral at [start, end) of a text."""

    text: str
    start: int
    end: int

    @property
    def value(self) -> float | None:
        return parse_numeral(self.text)


def numerals_in(text: str, start: int, end: int) -> Iterator[Numeral]:
    """The numerals of a stretch of text, readable or not, in order.

    >>> [numeral.text for numeral in numerals_in("窃得3万余元和手机二部", 0, 11)]
    ['3万', '二']
    """
    hit = _BEGINS.search(text, start, end)
    while hit:
        match = _NUMERAL.match(text, hit.start(), end)
        if match:
            yield Numeral(match.group(), *match.span())
        hit = _BEGINS.search(text, match.end() if match else hit.end(), end)


@lru_cache(maxsize=8192)
def parse_numeral(text: str) -> float | None:
    """The value of a numeral, null where it cannot be read. 余 and 多 are dropped.

    >>> parse_numeral("125,600.50"), parse_numeral("三十二万五千"), parse_numeral("2千6百")
    (125600.5, 325000.0, 2600.0)
    >>> parse_numeral("二百八十余万"), parse_numeral("1.35万"), parse_numeral("万") is None
    (2800000.0, 13500.0, True)
    """
    plain = _SEPARATOR.sub("", _APPROXIMATE.sub("", text))
    if _ARABIC.match(plain):
        return float(plain)
    if plain[:1].isdigit():
        return _mixed(plain)
    if not plain or plain[0] in "百千万亿佰仟":
        return None
    return _chinese(plain.replace("○", "〇"))


def _mixed(text: str) -> float:
    """Arabic digits with Chinese multipliers, such as 3万5千 or 1000万."""
    total = 0.0
    for digits, multipliers in _MIXED.findall(text):
        value = float(digits)
        for multiplier in multipliers:
            value *= _SCALES[multiplier]
        total += value
    return total


def _chinese(text: str) -> float | None:
    if text in SMALL:
        return float(SMALL[text])
    # As in liangxing/numerals.py, only where it is needed: it takes a fifth of a second to import.
    import cn2an  # pyright: ignore[reportMissingTypeStubs]

    try:
        return float(cn2an.cn2an(text, "smart"))  # pyright: ignore[reportUnknownMemberType]
    except ValueError:
        return None
