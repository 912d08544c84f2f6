"""Who the defendants are: personal data and custody, from the header of a judgment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from liangxing.reading.dates import days_told
from liangxing.reading.judgment_types import CustodyEvent
from liangxing.reading.persons import header_names, verdict_names

_SEX = re.compile(r"[，,、。：:](男|女)(?:性)?(?=[，,、。；])")
_ETHNICITY = re.compile(r"[，,、。]([\u4e00-\u9fff]{1,7}族)(?=[，,、。；（(])")
_BORN_AFTER = re.compile(r"^(?:日)?(?:出生|生(?!活|产))")
_BORN_BEFORE = re.compile(r"(?:出生(?:日期|年月日)?(?:于|为|：|:)*|生于)$")
_MEASURE = re.compile(
    r"(?<!行政)(?<!司法)(?:刑事拘留|(?<!行政)(?<!司法)(?<!治安)拘留(?!所|证)|逮捕(?!证)|取保候审|监视居住|羁押(?!于|在|期)|释放)"
)
_DAY = re.compile(
    r"(?P<same>同年|当年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日|(?P<samemonth>同月|当月)(?P<only>\d{1,2})日"
    r"|(?P<next>次日|翌日|第二天)|(?P<today>同日|当日|当天)"
)
_EARLIER_CASE = re.compile(r"判处|判决|刑满|劳动教养|行政|罚款|戒毒")
_STOPS = re.compile(r"辩护人|公诉机关|人民检察院以|指控")
_LONGEST = 900


@dataclass(frozen=True)
class Person:
    """What a header tells of a defendant; null for what it does not."""

    name: str
    unit: bool = False
    sex: Literal["男", "女"] | None = None
    birth_date: date | None = None
    ethnicity: str | None = None
    custody: tuple[CustodyEvent, ...] = ()

    @property
    def detained_from(self) -> date | None:
        """First day of the custody that had not ended when the header was written."""
        since: date | None = None
        for event in self.custody:
            if event.measure in ("取保候审", "监视居住", "释放"):
                since = None
            elif since is None:
                since = event.day
        return since


def persons_of(header: str, disposition: str, known: Sequence[str] = ()) -> list[Person]:
    """The defendants of a compact header, or those whom the disposition names.

    `known` are names that a structured file states.
    """
    places = header_names(header)
    people: list[Person] = []
    ends = [*(place for _, place, _ in places), len(header)][1:]
    for (name, start, unit), following in zip(places, ends, strict=True):
        stop = _STOPS.search(header, start, following)
        end = min(stop.start() if stop else following, start + _LONGEST)
        people.append(_person(name, unit, header[start + len(name) : end]))
    if not people:
        named = list(dict.fromkeys([*known, *(known or verdict_names(disposition))]))
        people = [_person(name, False, "") for name in named]
    return people


def _person(name: str, unit: bool, told: str) -> Person:
    sex = _SEX.search("，" + told)
    ethnicity = _ETHNICITY.search(told)
    return Person(
        name=name,
        unit=unit,
        sex=cast(Literal["男", "女"], sex.group(1)) if sex and not unit else None,
        birth_date=None if unit else _birth(told),
        ethnicity=ethnicity.group(1) if ethnicity and not unit else None,
        custody=() if unit else tuple(_custody(told)),
    )


def _birth(told: str) -> date | None:
    for day, start, end in days_told(told):
        matched = told[start:end]
        if (
            matched.endswith(("出生", "生"))
            or _BORN_AFTER.match(told[end : end + 4])
            or _BORN_BEFORE.search(told[max(0, start - 10) : start])
        ):
            return day
    return None


def _custody(told: str) -> list[CustodyEvent]:
    """Measures with their days, in order; days such as 同年8月22日 count on from the last one."""
    events: list[CustodyEvent] = []
    for sentence in re.finditer(r"[^。；]+", told):
        text = sentence.group()
        full = list(days_told(text))
        last_end = 0
        for match in _MEASURE.finditer(text):
            between = text[last_end : match.start()]
            if _EARLIER_CASE.search(between) and "因涉嫌" not in between:
                last_end = match.end()
                continue
            day = _day_before(text, match.start(), last_end, full, events)
            if day:
                events.append(CustodyEvent(day, _measure(match.group())))
            last_end = match.end()
    return events


def _measure(word: str) -> str:
    return "拘留" if "拘留" in word else "逮捕" if "逮捕" in word else word


def _day_before(
    text: str,
    position: int,
    after: int,
    full: list[tuple[date, int, int]],
    events: list[CustodyEvent],
) -> date | None:
    told = [(start, day) for day, start, end in full if after <= start and end <= position]
    last = events[-1].day if events else None
    earlier = [day for day, _, end in full if end <= position]
    anchor = earlier[-1] if earlier else last
    relative: list[tuple[int, date]] = []
    for match in _DAY.finditer(text, after, position):
        if any(start <= match.start() < end for _, start, end in full):
            continue
        day = _counted_on(match, anchor)
        if day:
            relative.append((match.start(), day))
    found = max([*told, *relative], default=None)
    return found[1] if found else None


def _counted_on(match: re.Match[str], anchor: date | None) -> date | None:
    if anchor is None:
        return None
    if match.group("next"):
        return anchor + timedelta(days=1)
    if match.group("today"):
        return anchor
    try:
        if match.group("only"):
            return anchor.replace(day=int(match.group("only")))
        return date(anchor.year, int(match.group("month")), int(match.group("day")))
    except ValueError:
        return None
