"""Bring a text to one width and spelling without moving a character.

Every change is one character for one, so that a span found in the normalised text is the same
span of the user's text.
"""

from __future__ import annotations

import unicodedata

# NFKC would turn Chinese punctuation into ASCII; these stay as the judgments write them.
_KEPT = frozenset("，：；！？（）～…「」『』﹏﹑。、“”‘’《》〈〉【】〔〕·—")
_BLANK_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs", "Cs", "Co"})


def normalise(text: str) -> str:
    """The text in half-width letters and digits, of equal length.

    >>> normalise("ＡＢ１２３，被告人\u3000张三")
    'AB123，被告人 张三'
    """
    return text.translate(_TABLE)


def _normalise_character(character: str) -> str:
    if character in _KEPT or character == "\n":
        return character
    if unicodedata.category(character) in _BLANK_CATEGORIES:
        return " "
    compatible = unicodedata.normalize("NFKC", character)
    return compatible if len(compatible) == 1 else character


class _Characters(dict[int, str]):
    """Each character met so far with its normal form."""

    def __missing__(self, code: int) -> str:
        normal = self[code] = _normalise_character(chr(code))
        return normal


_TABLE = _Characters()
