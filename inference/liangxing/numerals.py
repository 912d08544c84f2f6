"""Whole numbers in Chinese, written and read."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"


def _below_hundred(number: int) -> str:
    tens, units = divmod(number, 10)
    if not tens:
        return _DIGITS[units]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[units] if units else "")


# The numbers that nearly every text means. For others there is cn2an, which takes a fifth of a
# second to import, so only then.
SMALL = {_below_hundred(number): number for number in range(100)}


def written(number: int) -> str:
    """A whole number in Chinese.

    >>> written(15), written(120)
    ('十五', '一百二十')
    """
    if 0 <= number < 100:
        return _below_hundred(number)
    import cn2an  # pyright: ignore[reportMissingTypeStubs]

    return str(cn2an.an2cn(number))  # pyright: ignore[reportUnknownMemberType]


def read(text: str) -> int:
    """A whole number written in Chinese or Arabic digits; ValueError when it is none.

    >>> read("十五"), read("120")
    (15, 120)
    """
    if text.isdecimal():
        return int(text)
    if text in SMALL:
        return SMALL[text]
    import cn2an  # pyright: ignore[reportMissingTypeStubs]

    try:
        return int(cn2an.cn2an(text, "smart"))  # pyright: ignore[reportUnknownMemberType]
    except KeyError as error:
        # The library's lookup of a last unit fails on mixtures such as 0十0.
        raise ValueError(f"{text!r} is no number") from error
