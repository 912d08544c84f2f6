"""A judgment without the blanks that layout and scanning left in it.

Published judgments come with blanks for paragraphs, blanks inside words, full-width digits and
HTML leftovers. Everything that reads them works on one line without blanks, and can go back to
the place in the text that came in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import chain

from liangxing.reading.normalise import normalise

_MARKUP = re.compile(r"&(?:nbsp|ensp|emsp|thinsp|amp|#160|#12288);|</?[A-Za-z][^<>]{0,200}>")
_REMARK = re.compile(
    r"刑期|羁押|考验期|缴|交纳|交清|付清|清偿|折抵|起至|判决确定|履行|附表|详见|附后|已执行|退出"
)
_WORD = re.compile(r"\S+")
# What a scanner makes of a zero: a letter or a circle beside digits, a digit among numerals.
_ZERO = re.compile(r"(?<=[0-9])[Oo○〇](?=[0-9年月日号元])|(?<![A-Za-z])[Oo○](?=[0-9]{2,})")
_CHINESE_ZERO = re.compile(
    r"(?<=[一二三四五六七八九])[Oo○0](?=[Oo○0〇零一二三四五六七八九年])"
    r"|(?<=[一二三四五六七八九][〇Oo○0])[Oo○0](?=[一二三四五六七八九〇年])"
)


@dataclass(frozen=True)
class CompactText:
    """`text` holds no blank; `origins[i]` is where its character i stands in `source`.

    `source` is the document in half-width characters, of the document's own length.
    """

    text: str
    source: str
    origins: tuple[int, ...]

    def original(self, start: int, end: int) -> str:
        """The stretch [start, end) of `text` as the source has it, with its line breaks."""
        if not start < end:
            return ""
        return self.source[self.origins[start] : self.origins[end - 1] + 1]

    def starts_line(self, position: int) -> bool:
        """Whether a blank or the beginning stands before the character at `position`."""
        return position == 0 or self.origins[position] > self.origins[position - 1] + 1

    def position(self, origin: int) -> int:
        """The first character of `text` at or after a place of the source."""
        return bisect_left(self.origins, origin)


def compact(document: str) -> CompactText:
    """The document without blanks.

    >>> compact("刑 事 判 决 书\\n二○一七年六月２８日").text
    '刑事判决书二〇一七年六月28日'
    """
    source = normalise(_MARKUP.sub(lambda match: " " * len(match.group()), document))
    words = list(_WORD.finditer(source))
    origins = tuple(chain.from_iterable(range(*word.span()) for word in words))
    text = "".join(word.group() for word in words)
    text = _CHINESE_ZERO.sub("〇", _ZERO.sub("0", text))
    return CompactText(text, source, origins)


def without_remarks(text: str) -> str:
    """The text with remarks in brackets about service and payment blanked, of equal length.

    >>> without_remarks("拘役一个月（刑期从判决执行之日起计算），并处罚金")
    '拘役一个月              ，并处罚金'
    """
    out = list(text)
    stack: list[int] = []
    opened = {"（": "）", "(": ")", "[": "]", "［": "］"}
    for index, character in enumerate(text):
        if character in opened:
            stack.append(index)
        elif character in ("）", ")", "]", "］") and stack:
            start = stack.pop()
            if not stack and _REMARK.search(text, start, index):
                out[start : index + 1] = " " * (index + 1 - start)
    if stack and _REMARK.match(text, stack[0] + 1):
        stop = text.find("。", stack[0])
        stop = len(text) if stop < 0 else stop
        out[stack[0] : stop] = " " * (stop - stack[0])
    return "".join(out)
