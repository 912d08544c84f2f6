"""How many offences, and how many persons they harmed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from liangxing.reading.scope import Scope

_TIMES = re.compile(r"余?(次|起|宗)(?!性)")
_STATED = re.compile(r"(?:先后|作案|连续|共|累计|前后共计)[^，。；\d]{0,8}$")
_OFFENCE = re.compile(
    r"(?:盗窃|贩卖|诈骗|猥亵|容留|抢劫|销售|收受|虚开|敲诈|强奸|作案|抢夺|扒窃|实施|窃)[^，。；\d]{0,6}$|卖[给与][^，。；\d]{0,12}$"
)
_IN_PARTS = re.compile(r"次[^，。；]{0,6}(?:骗|盗|窃|收取|收受|贩|索)")
_OFFENCE_AFTER = re.compile(
    r"余?次(?:向|入户|容留|贩卖|盗窃|在[^，。；]{0,20}(?:盗|窃|贩|容留)|猥亵|实施|骗|侵占|索|收)"
)
_OTHER_ACT = re.compile(
    r"(?:取款|取现|提取|转账|催|抢救|传唤|供述|讯问|被|判|鉴定|庭审|调解|会议|行政|因)"
)
_MOST = 5000

_HARMED = re.compile(
    r"余?(?:名|位|个)(?:[不未]满[^，。；]{1,8}的)?(?:被害人|受害人|集资|参与人|工人|职工|农民工|女童(?!工)|儿童|未成年人|妇女|幼女|学生|男童|投资人|业主)"
    r"|余?[名人](?:非法吸收|被害人)"
)
_AND_OTHERS = re.compile(r"被害人[^，。；]{0,24}等$")
_PERSONS = re.compile(r"余?人")
_ABUSED = re.compile(r"(?:奸淫|强奸|猥亵)[^。；]{0,16}起$")
_OTHERS_HARMED = re.compile(r"余?(?:名|位)?(?:集资参与人|被害人|投资人|受害人)")
_PUBLIC = re.compile(r"(?:社会公众|下线(?:人员)?|会员|群众)$")
_HEADS = re.compile(r"余?[人名]")
_COUNTS_PERSONS = frozenset("余名位个人集被投受")
_REACH = 32


# An offence of its own: a sentence that opens with a day.
_OPENS_WITH_A_DAY = re.compile(
    r"[\s:：，]*(?:[^，。；]{0,12}[:：])?(?:\d{4}年|同年|同月|当[日天晚]|次[日月年]|\d{1,2}月|(?:而|随|之|此)?后)"
)
_AGAIN = re.compile(r"[又再](?!次?犯)")
_ACT = re.compile(
    r"盗[得走取窃]|窃[得取走]|偷[走得]|骗[得取走]|抢[走得劫]|劫[得取]|贩卖|卖[给与]|容留|敲诈|猥亵"
)


_TAKEN = re.compile(r"盗[得走取窃]|窃[得取走]|偷[走得]")
_LEAST_TOLD = 3


def _told_one_by_one(scope: Scope) -> tuple[float, int, int] | None:
    """Thefts told each in a sentence of its own that opens with a day, from three on."""
    told, sentences, start, end = 0.0, 0, -1, -1
    for index, sentence in enumerate(scope.sentences):
        if sentence.voice != "told" or scope.item_at(sentence.start):
            continue
        opens = _OPENS_WITH_A_DAY.match(scope.text, sentence.start, sentence.end)
        act = _TAKEN.search(scope.text, sentence.start, sentence.end) if opens else None
        if not opens or not act or scope.sums_up(index):
            continue
        sentences += 1
        told += max([1.0, *_times_in(scope, index)])
        if start < 0:
            start, end = sentence.start, act.end()
    return (told, start, end) if sentences >= _LEAST_TOLD else None


def _times_in(scope: Scope, index: int) -> Iterator[float]:
    sentence = scope.sentences[index]
    for numeral in scope.numerals[index]:
        times = _TIMES.match(scope.text, numeral.end)
        if times:
            before = scope.text[max(sentence.start, numeral.start - _REACH) : numeral.start]
            value = numeral.value
            counted = _counts_offences(scope.text, before, numeral.end, times)
            if counted and value and value <= _MOST:
                yield value


def _further_in_items(scope: Scope) -> int:
    """Sentences within enumerated offences that tell a further one: 同年3月1日，又卖给…."""
    further, item = 0, 0
    for sentence in scope.sentences:
        here = scope.item_at(sentence.start)
        if sentence.voice == "told" and here and here == item:
            opens = _OPENS_WITH_A_DAY.match(scope.text, sentence.start, sentence.end)
            act = _ACT.search(scope.text, sentence.start, sentence.end) if opens else None
            further += bool(act and _AGAIN.search(scope.text, sentence.start, act.end()))
        item = here
    return further


def read_counts(scope: Scope) -> tuple[float, int, int] | None:
    """Offences, when two or more are stated or told one by one, with the place.

    A sentence that sums up adds what it states of each kind.
    """
    if scope.items:
        told = float(len(scope.items) + _further_in_items(scope))
        best = (told, scope.items[0], scope.items[0] + 2)
    else:
        best = _told_one_by_one(scope)
    summed = 0.0
    for index, sentence in enumerate(scope.sentences):
        for numeral in scope.numerals[index]:
            times = _TIMES.match(scope.text, numeral.end)
            if not times:
                continue
            before = scope.text[max(sentence.start, numeral.start - _REACH) : numeral.start]
            if not _counts_offences(scope.text, before, numeral.end, times):
                continue
            value = numeral.value
            if not value or value > _MOST or _OTHER_ACT.match(scope.text, times.end()):
                continue
            if scope.sums_up(index):
                summed = value = summed + value
            if value >= 2 and (best is None or value > best[0]):
                best = (value, numeral.start, times.end())
    return best


def _counts_offences(text: str, before: str, end: int, times: re.Match[str]) -> bool:
    """Whether a number of times between `before` and `end` is one of offences."""
    if _STATED.search(before) or (times.group(1) != "宗" and _OFFENCE.search(before)):
        return True
    if before.endswith("分"):
        return bool(_IN_PARTS.match(text, end))
    return not before.endswith("第") and bool(_OFFENCE_AFTER.match(text, end))


def read_victims(scope: Scope) -> tuple[float, int, int] | None:
    """Persons harmed, where the text states their number; a list (1名妇女、34名儿童) is added."""
    for index, sentence in enumerate(scope.sentences):
        total, start, end = 0.0, -1, -1
        for numeral in scope.numerals[index]:
            if scope.text[numeral.end : numeral.end + 1] not in _COUNTS_PERSONS:
                continue
            before = scope.text[max(sentence.start, numeral.start - _REACH) : numeral.start]
            told = _harmed(scope.text, before, numeral.end)
            value = numeral.value if told else None
            if not told or not value:
                continue
            if total and scope.text[end : numeral.start] not in ("、", "和", "及"):
                continue
            total, start = total + value, numeral.start if start < 0 else start
            end = told.end()
        if total > 1:
            return total, start, end
    return None


def _harmed(text: str, before: str, end: int) -> re.Match[str] | None:
    """What follows a number where it counts persons harmed."""
    if _AND_OTHERS.search(before) or _ABUSED.search(before):
        return _PERSONS.match(text, end)
    if before.endswith("等") and (others := _OTHERS_HARMED.match(text, end)):
        return others
    if _PUBLIC.search(before):
        return _HEADS.match(text, end)
    return _HARMED.match(text, end)
