"""The text of the Criminal Law, as in force from 2021-03-01 (before Amendment XII of 2024)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from liangxing import numerals
from liangxing.law.files import read_text

_WRITTEN = re.compile(r"第([零一二三四五六七八九十百]+)条(之[一二三四五六七八九十])?")
_ITEM = re.compile(r"（[一二三四五六七八九十]+）")


@cache
def articles() -> Mapping[str, str]:
    """Text by article number such as 264 or 133之一; a space divides paragraphs."""
    found: dict[str, str] = {}
    for line in read_text("articles.tsv").splitlines():
        number, text = line.split("\t")
        found[number] = text
    return MappingProxyType(found)


def article_text(article: str) -> str | None:
    """The text of an article, a line per paragraph; null when there is none.

    >>> article_text("第二百五十八条").startswith("有配偶而重婚的")
    True
    """
    text = articles().get(article_number(article))
    return None if text is None else text.replace(" ", "\\n")


def article_number(written: str) -> str:
    """The number as the law data writes it.

    >>> article_number("第一百三十三条之一"), article_number("264")
    ('133之一', '264')
    """
    plain = written.strip().removeprefix("《刑法》")
    match = _WRITTEN.fullmatch(plain)
    if match is None:
        return plain.removeprefix("第").replace("条", "")
    return f"{numerals.read(match[1])}{match[2] or ''}"


def paragraphs(article: str) -> list[str]:
    """The paragraphs (款) of an article; the items (项) of a list stay with theirs."""
    found: list[str] = []
    for piece in articles()[article].split(" "):
        if found and _ITEM.match(piece):
            found[-1] += piece
        else:
            found.append(piece)
    return found
