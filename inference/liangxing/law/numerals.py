"""Chinese numerals as statutes and judgments write them."""

from __future__ import annotations

import cn2an  # pyright: ignore[reportMissingTypeStubs]


def written(number: int) -> str:
    """A whole number in Chinese.

    >>> written(15), written(120)
    ('十五', '一百二十')
    """
    words = str(cn2an.an2cn(number))  # pyright: ignore[reportUnknownMemberType]
    return words.removeprefix("一") if words.startswith("一十") else words


def read(text: str) -> int:
    """A whole number written in Chinese or Arabic digits; ValueError when it is none.

    >>> read("十五"), read("120")
    (15, 120)
    """
    if text.isdecimal():
        return int(text)
    try:
        return int(cn2an.cn2an(text, "smart"))  # pyright: ignore[reportUnknownMemberType]
    except KeyError as error:
        # The library's lookup of a last unit fails on mixtures such as 0十0.
        raise ValueError(f"{text!r} is no number") from error
