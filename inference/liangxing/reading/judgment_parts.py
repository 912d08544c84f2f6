"""A judgment's sections at hand, and its metadata: court, number, date, cited articles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from liangxing import numerals
from liangxing.reading.appeals import CASE_NUMBER
from liangxing.reading.compact import CompactText
from liangxing.reading.dates import days_told
from liangxing.reading.judgment_sections import Span
from liangxing.reading.judgment_types import SectionName

_COURT = re.compile(
    r"[\u4e00-\u9fff]{2,32}?法院(?=刑事(?:附带民事(?:公益诉讼)?)?(?:判决|裁定|决定)书)"
)
_ANY_COURT = re.compile(r"[\u4e00-\u9fff]{2,26}?人民法院")
_DECIDING_COURT = re.compile(
    r"[\u4e00-\u9fff]{2,26}?人民法院(?=于\d|经|依法|审理|作出|一审|以[^，。]{2,20}罪)"
)
_NO_COURT = re.compile(
    r"^.*(?:判决书|裁定书|决定书|案|由|次|日期|发布|日|年|被|，)(?=[\u4e00-\u9fff]{3,})"
)
_PARTIES = re.compile(r"公诉机关|被告人|上诉人|抗诉机关|申诉人")
_TITLE_ENDS = re.compile(r"(?:判决书|裁定书|决定书|书)[a-z]?$")
_SIGNED = re.compile(r"审判长|审判员|书记员|审判")
_ARTICLE = re.compile(r"第([一二三四五六七八九十百零〇\d]{1,9})条(之[一二三四五六七八九])?")
_CODE = re.compile(r"《(?:中华人民共和国)?刑法(?:修正案[^》]*)?》")


class Parts:
    """The compact document with its sections at hand."""

    def __init__(self, text: CompactText, spans: Sequence[Span]) -> None:
        self.text = text
        self.spans = spans

    def joined(self, *names: SectionName) -> str:
        return "".join(self.text.text[s.start : s.end] for s in self.spans if s.name in names)

    def labelled(self, *labels: str) -> str:
        """The text of a structured file's line; empty where there is none."""
        hits = (s for s in self.spans if s.label in labels)
        return next((self.text.text[s.start : s.end] for s in hits), "")

    @property
    def structured(self) -> bool:
        return any(span.label for span in self.spans)

    @property
    def opening(self) -> str:
        header = self.text.text[
            : max((s.end for s in self.spans if s.name == "header"), default=0)
        ]
        if self.structured and not header:
            return self.text.text[:600]
        return header or self.text.text[:400]

    @property
    def opinions(self) -> str:
        """Where the court, of any instance, says what it makes of the recommendation."""
        if self.structured:
            return self.joined("first_instance", "opinion", "disposition", "other")
        end = next((s.start for s in self.spans if s.name == "disposition"), len(self.text.text))
        charged = next((s.end for s in self.spans if s.name == "indictment"), 0)
        opinion = next((s.start for s in self.spans if s.name == "opinion"), charged)
        return self.text.text[opinion:end]

    @property
    def disposition(self) -> str:
        """The operative part; a structured file's triple of charge, term and fine is one item."""
        results = [s for s in self.spans if s.name == "disposition"]
        triple = [
            self.text.text[s.start : s.end].rstrip("。；")
            for s in results
            if re.match(r"刑事_(?:罪名|刑期|罚金)", s.label)
        ]
        if triple:
            return "，".join(triple)
        return "。".join(self.text.text[s.start : s.end] for s in results)

    @property
    def results(self) -> str:
        """A structured file's items of an appeal's disposition."""
        return "。".join(
            self.text.text[s.start : s.end] for s in self.spans if s.label.startswith("刑事_结果")
        )


def court_of(parts: Parts) -> str | None:
    stated = parts.labelled("法院", "审理法院")
    if stated:
        return stated
    opening = parts.text.text[:600]
    match = _COURT.search(opening)
    if match is None and parts.structured:
        match = _DECIDING_COURT.search(parts.disposition or parts.text.text)
    elif match is None:
        match = _ANY_COURT.search(parts.opening)
    if match is None:
        return None
    return _NO_COURT.sub("", match.group()).removeprefix("中华人民共和国") or None


def case_number_of(parts: Parts) -> str | None:
    """The document's own number: behind its title, or before the parties are named."""
    stated = parts.labelled("案号")
    if stated:
        match = CASE_NUMBER.search(stated)
        return match.group() if match else stated
    opening = parts.text.text[:800]
    parties = _PARTIES.search(opening)
    for match in CASE_NUMBER.finditer(opening):
        titled = _TITLE_ENDS.search(opening[: match.start()])
        if titled or match.end() <= (parties.start() if parties else 0):
            return match.group()
    return None


def judgment_date_of(parts: Parts) -> date | None:
    stated = parts.labelled("裁判日期", "判决日期")
    for day, _, _ in days_told(stated):
        return day
    start = next((s.end for s in parts.spans if s.name == "disposition"), None)
    if start is None:
        return None
    tail = parts.text.text[start : start + 1500]
    signed = _SIGNED.search(tail)
    for day, _, _ in days_told(tail[signed.start() if signed else 0 :]):
        return day
    return None


def articles_of(parts: Parts) -> tuple[str, ...]:
    """Articles of the Criminal Law that the court cites, such as 133之一."""
    cited = parts.joined("citations") or parts.joined("opinion")
    found: dict[str, None] = {}
    for law in _CODE.finditer(cited):
        stop = cited.find("《", law.end())
        for match in _ARTICLE.finditer(cited, law.end(), stop if stop >= 0 else len(cited)):
            try:
                found[f"{numerals.read(match.group(1))}{match.group(2) or ''}"] = None
            except ValueError:
                continue
    return tuple(found)
