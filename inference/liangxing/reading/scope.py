"""Where a text tells the facts: its findings, its enumerated offences, its summing up."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from liangxing.reading.numerals import Numeral, numerals_in
from liangxing.reading.voices import Sentence

_FOUND = re.compile(r"审理查明|经复核(?:确认|查明)|本院(?:二审)?查明|二审查明|基本案情[:：]")
_CHARGED = re.compile(r"(?<!上述)(?<!以上)(?<!所)(?:起诉书)?指控(?:称)?[:：，]")
_OWN_VIEW = re.compile(r"本院(?:审查|经审查)?认为|法院意见[:：]|二审意见[:：]|法院生效裁判认为")
_SAME_AS_BEFORE = re.compile(r"一致|相同|无异")
# What is read of a text at most, so that a hostile one costs little. Of 8 900 real texts (first
# 20 000 characters) two hold more numerals and one more sums; 99 % hold under 170 and 21.
MOST_NUMERALS = 1500
MOST_FIGURES = 600
_LEAST_REGION = 100

_ITEM = re.compile(
    r"(?:(?P<bracketed>[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)])[、.．]?"
    r"|(?<![\d.])(?P<arabic>\d{1,2})[、.．]|(?<![一-龥])(?P<han>[一二三四五六七八九十]{1,3})[、.．])\s*"
    r"(?=(?:19|20)\d{2}年|同年|同月|当[日晚天]|次[日月]|\d{1,2}月|20\d{2}[.．]\d"
    r"|被告单位|被告人(?![^，。；]{0,8}(?:供述|辩解|的|户籍|身份)))"
)
# Where an item may begin; cheap to look for.
_MARK = re.compile(r"[\d一二三四五六七八九十][\d一二三四五六七八九十]{0,2}[）)、.．]")
_OPENING = ("（", "(")
_ITEMS_END = re.compile(
    r"综上|(?:上述|以上)(?:犯罪)?(?:事实|指控)|另查明|公诉机关认为|检察院认为|本院认为|案发后"
)
_HAN_NUMBERS = {
    text: number
    for number, text in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"], 1)
}
_SUMS_UP = re.compile(
    r"\s*(?:综上|以上[^，。；]{0,12}[共合总累]|(?:被告人[^，。；]{0,12})?总?共(?:计|同)?作案)"
)
_DATED = re.compile(r"\d{4}年|\d{1,2}月|同[年月日]|次[日年月]|当[日天晚]|[一二三四五六七八九十]月")
_ANNOUNCES = re.compile(r"具体|分述|如下|分别是|详[见情]")


@dataclass(frozen=True)
class _Traits:
    sums_up: bool
    announces: bool
    first_date: int


@dataclass(frozen=True)
class Scope:
    """The part of a text that tells the facts, without evidence and disposition.

    `items` are the starts of its enumerated offences, in order; they end at `items_end`.
    """

    text: str
    sentences: tuple[Sentence, ...]
    items: tuple[int, ...]
    items_end: int
    defendant: str | None

    def item_at(self, position: int) -> int:
        """The number of the enumerated offence at a position, 0 outside of all."""
        return bisect_right(self.items, position) if position < self.items_end else 0

    def sums_up(self, index: int) -> bool:
        """Whether a sentence sums up all before it; what follows a semicolon goes with it."""
        return self._traits[index].sums_up

    def announces_parts(self, index: int) -> bool:
        """Whether a sentence, or the next, says that details follow."""
        return any(traits.announces for traits in self._traits[index : index + 2])

    def is_dated(self, index: int, position: int) -> bool:
        """Whether a date stands before `position` in a sentence."""
        return self._traits[index].first_date < position

    @cached_property
    def numerals(self) -> list[list[Numeral]]:
        """The numerals of each sentence, up to `MOST_NUMERALS` in all."""
        left, found = MOST_NUMERALS, list[list[Numeral]]()
        for sentence in self.sentences:
            found.append(list(islice(numerals_in(self.text, sentence.start, sentence.end), left)))
            left -= len(found[-1])
        return found

    @cached_property
    def _traits(self) -> list[_Traits]:
        # Once for each sentence: a long one may hold thousands of figures.
        found: list[_Traits] = []
        for sentence in self.sentences:
            span = (sentence.start, sentence.end)
            date = _DATED.search(self.text, *span)
            goes_on = bool(found) and self.text[sentence.start - 1 : sentence.start] in "；;"
            found.append(
                _Traits(
                    sums_up=bool(_SUMS_UP.match(self.text, *span))
                    or (goes_on and found[-1].sums_up),
                    announces=bool(_ANNOUNCES.search(self.text, *span)),
                    first_date=date.start() if date else sentence.end,
                )
            )
        return found

    def is_own_share(self, sentence: Sentence, position: int) -> bool:
        """Whether what stands at `position` is the defendant's own share in a joint offence."""
        if not self.defendant:
            return False
        before = self.text[max(sentence.start, position - 60) : position]
        at = before.rfind(self.defendant + "参与")
        return at >= 0 and "。" not in before[at:]


def scope_of(
    text: str,
    sentences: Sequence[Sentence],
    *,
    defendant: str | None = None,
    with_evidence: bool = False,
) -> Scope:
    """The court's findings where the text holds them, else the charge, else everything."""
    voices = ("told", "opinion", "rejected", "evidence" if with_evidence else "told")
    start = _start_of_facts(text)
    read = tuple(s for s in sentences if start < s.end and s.voice in voices)
    told = [sentence for sentence in read if sentence.voice == "told"]
    items = tuple(_items(text, start, told))
    ended = _ITEMS_END.search(text, items[-1]) if items else None
    return Scope(text, read, items, ended.start() if ended else len(text), defendant)


def _start_of_facts(text: str) -> int:
    views = [match.start() for match in _OWN_VIEW.finditer(text)]
    for match in _FOUND.finditer(text):
        after = bisect_left(views, match.end())
        stop = views[after] if after < len(views) else len(text)
        opening = text[match.end() : match.end() + 60]
        if stop - match.end() >= _LEAST_REGION and not _SAME_AS_BEFORE.search(opening):
            return match.start()
    charged = _CHARGED.search(text)
    if charged and charged.start() > len(text) // 8 and len(text) > 600:
        return charged.start()
    return 0


@dataclass
class _Run:
    style: str
    starts: list[int]
    has_children: set[int]


def _items(text: str, start: int, told: Sequence[Sentence]) -> Iterator[int]:
    """Starts of enumerated offences: runs 1, 2, 3 ... of one style, the innermost ones."""
    runs: list[_Run] = []
    open_runs: dict[str, _Run] = {}
    last: _Run | None = None
    for style, number, position in _marks(text, start):
        if not _is_within(told, position):
            continue
        run = open_runs.get(style)
        if number == 1:
            run = _Run(style, [position], set())
            if last and last.style != style:
                last.has_children.add(len(last.starts) - 1)
            runs.append(run)
            open_runs[style] = run
        elif run and number == len(run.starts) + 1:
            run.starts.append(position)
        else:
            continue
        last = run
    found: set[int] = set()
    for run in runs:
        if len(run.starts) > 1:
            found |= {p for i, p in enumerate(run.starts) if i not in run.has_children}
    yield from sorted(found)


def _is_within(sentences: Sequence[Sentence], position: int) -> bool:
    index = bisect_right(sentences, position, key=lambda sentence: sentence.start) - 1
    return index >= 0 and position < sentences[index].end


def _marks(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    end = start
    for mark in _MARK.finditer(text, start):
        match = _ITEM.match(
            text, mark.start() - (text[mark.start() - 1 : mark.start()] in _OPENING)
        )
        if not match or match.start() < end:
            continue
        end = match.end()
        style = match.lastgroup or ""
        label = match.group(style).strip("（()）")
        if not label.isdigit() and style == "bracketed":
            style = "bracketed han"
        number = int(label) if label.isdigit() else _HAN_NUMBERS.get(label, 0)
        if number:
            yield style, number, match.start()
