"""Penalty clauses read from the text of an article: 处三年以上十年以下有期徒刑 and the like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from liangxing import numerals
from liangxing.law.articles import article_number, paragraphs
from liangxing.law.general import general_rules
from liangxing.law.statutes import Option

_NUMBER = "[一二三四五六七八九十]{1,3}"
_PLAIN = "拘役|管制|无期徒刑|死刑|剥夺政治权利|罚金"
_ITEM = re.compile(
    rf"(?P<term>(?P<low>{_NUMBER})年以上(?:(?P<high>{_NUMBER})年以下)?有期徒刑"
    rf"|(?P<most>{_NUMBER})年以下有期徒刑|(?P<exact>{_NUMBER})年有期徒刑)"
    rf"|(?P<plain>{_PLAIN})"
)
_JOIN = re.compile("、|，?或者")
_CLAUSE = re.compile("(?<![并单])处")
_SAME = re.compile(
    rf"依照(?:本条)?(?:(?P<before>前款|前两款)|第(?P<number>{_NUMBER})款)"
    rf"|依照本法(?P<article>第[一二三四五六七八九十百]+条(?:之[一二三四五])?)"
)
_UNIT = re.compile("^(?:单位犯|犯前款罪的.{0,30}是单位的)")
_SENTENCE = re.compile("[；。：]")
_OPTIONS: dict[str, Option] = {
    "拘役": "detention",
    "管制": "surveillance",
    "罚金": "fine_only",
    "剥夺政治权利": "rights_only",
    "无期徒刑": "life",
    "死刑": "death",
}


@dataclass(frozen=True)
class PenaltyClause:
    """One clause: what it asks for, months of detention and fixed term, the other options.

    `besides` are the words on a fine or confiscation beside them, empty where there are none.
    """

    condition: str
    months: tuple[float, float] | None
    options: tuple[Option, ...]
    besides: str = ""


def penalty_clauses(article: str, numbers: Sequence[int] = ()) -> list[PenaltyClause]:
    """The clauses of an article, or of its paragraphs counted from 1.

    Clauses for units (单位) are left out. A paragraph that only refers to another's penalty
    takes over that one's clauses.
    """
    texts = paragraphs(article)
    chosen = list(numbers) or list(range(1, len(texts) + 1))
    kept = [number for number in chosen if not _UNIT.match(texts[number - 1])]
    direct = [clause for number in kept for clause in _in_paragraph(texts[number - 1])]
    if direct:
        return direct
    return [clause for number in kept for clause in _referred(article, number)]


def _referred(article: str, number: int) -> list[PenaltyClause]:
    match = _SAME.search(paragraphs(article)[number - 1])
    if match is None:
        return []
    if match["article"]:
        return penalty_clauses(article_number(match["article"]))
    if match["number"]:
        return penalty_clauses(article, [numerals.read(match["number"])])
    if number == 1:
        return []
    return penalty_clauses(article, [number - 1])


# The same few paragraphs are asked for in every case.
@cache
def _in_paragraph(text: str) -> tuple[PenaltyClause, ...]:
    found: list[PenaltyClause] = []
    starts = [match.end() for match in _CLAUSE.finditer(text)]
    for start, following in zip(starts, [*starts[1:], len(text)], strict=False):
        items, end = _items(text, start)
        if all(item.group() == "罚金" for item in items):
            continue
        rest = _SENTENCE.split(text[end:following])[0]
        options: set[Option] = {_OPTIONS[item["plain"]] for item in items if item["plain"]}
        if "单处" in rest and "罚金" in rest:
            options.add("fine_only")
        ordered: tuple[Option, ...] = tuple(
            option for option in _OPTIONS.values() if option in options
        )
        found.append(
            PenaltyClause(_condition(text, start - 1), _months(items), ordered, _besides(rest))
        )
    return tuple(found)


def _items(text: str, start: int) -> tuple[list[re.Match[str]], int]:
    """The penalties listed from `start` on, and where the list ends."""
    items: list[re.Match[str]] = []
    position = end = start
    while (item := _ITEM.match(text, position)) is not None:
        items.append(item)
        position = end = item.end()
        if (join := _JOIN.match(text, position)) is not None:
            position = join.end()
    return items, end


def _months(items: Sequence[re.Match[str]]) -> tuple[float, float] | None:
    rules = general_rules()
    lows: list[float] = []
    highs: list[float] = []
    for item in items:
        if item["plain"] == "拘役":
            lows.append(rules.detention.months[0])
            highs.append(rules.detention.months[1])
        if item["term"]:
            exact = item["exact"]
            low, high = exact or item["low"], exact or item["high"] or item["most"]
            lows.append(numerals.read(low) * 12 if low else rules.fixed_term.months[0])
            highs.append(numerals.read(high) * 12 if high else rules.fixed_term.months[1])
    return (min(lows), max(highs)) if lows else None


def _besides(rest: str) -> str:
    """The words on a fine or confiscation in what follows the penalties."""
    words = [part for part in rest.split("，") if "罚金" in part or "没收财产" in part]
    return "，".join(words)


def _condition(text: str, end: int) -> str:
    """The words of the sentence before the penalty."""
    sentence = _SENTENCE.split(text[:end])[-1]
    return sentence.rstrip("，").removesuffix("可以判").strip("，")
