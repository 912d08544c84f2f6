"""Deaths and injuries: how many persons by their gravest grade, and the gravest grades."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from liangxing.reading.attribution import defendant_names
from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.scope import Scope
from liangxing.reading.voices import Sentence

_HARM = re.compile(
    r"(?P<slight>轻微伤)|(?P<minor>轻伤)|(?P<serious>重伤)"
    r"|(?P<death>死亡|致死|身亡|殁年|[杀打砍捅勒掐毒撞刺]死|杀害)"
)
_RANK = {"slight": 1, "minor": 2, "serious": 3, "death": 4}
_IDS = {4: "deaths", 3: "serious_injuries", 2: "minor_injuries", 1: "slight_injuries"}
_GRADE_IDS = {3: "serious_injury_grade", 2: "minor_injury_grade"}
_GRADE = re.compile(r"害?[（(“\"]?\s*([一二12])\s*级")
_DISABILITY = re.compile(
    r"(?:伤残|残疾)(?:等级)?[^，。；\d一二三四五六七八九十人]{0,6}([一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]|10|[1-9])级"
    r"|(?<![\d第])[（(]?([一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]|10|[1-9])[）)]?级(?:伤残|残疾)"
)
_COUNTED = re.compile(
    rf"({NUMERAL})\s*(?:名|个)?(?:人|被害人|受害人|女性?|村民|民警|未成年人|群众)(?:均|当场|经[^，。；]{{0,8}}无效)?(?:受|构成|达到|为)?\s*$"
)
_COUNTED_AFTER = re.compile(rf"(?:了)?(?:共)?({NUMERAL})(?:名|个)?(?:人|女性|未成年人|被害人)")
_NAME = re.compile(
    r"[一-龥]\d?(?:某{1,2}|[X×x＊*]{1,2}(?![X×x＊*]|他人|公私|财物|罪|第|之规定))"
    r"(?:[甲乙丙丁戊己庚辛壬癸子丑寅卯]|\d{1,2})?"
)
_ASIDE = r"(?:[（(][^（）()]{0,16}[）)])?"
_TAIL = 20
_NOT_HARMED = re.compile(
    r"(?:未(?:能|达|造成|构成|致)?|不构成|没有|无(?!效)|排除|预防|防止|避免|险些|可能)[^，。；]{0,8}$|因[^，。；]{0,6}$(?<=致人)"
)
_NOT_AN_OUTCOME = re.compile(
    r"^(?:的?(?:时间|原因|证明|鉴定|补偿|赔偿|通知|注销|医学|推断|后果鉴定|报告|之日|后未|前)|害|[）)])"
)
_NO_PERSON = re.compile(r"[鸟鱼猪牛羊鸡鸭鹅兔]|动物|扇贝")
_MEANT_ONLY = re.compile(
    r"(?:已|均已|曾|欲|预谋|企图|意图|扬言|威胁|产生|伺机|起意|商量|怀疑|怕|想)[^，。；]{0,10}$|产生$"
)
_EARLIER = re.compile(r"被以[^，。；]{0,12}罪|曾因|前罪|被判刑|刑满释放")
# Said of what was wanted as often as of what was done.
_WILFUL = re.compile(r"[杀打砍捅勒掐毒撞刺]死|杀害")
_DONE_TO = re.compile(r"(?:将|把)[^，。；]{1,20}$")
_DEADLY = frozenset({"死亡", "身亡", "杀害"})
_OF_ANOTHERS_OFFENCE = re.compile(r"窝藏|包庇|掩饰、隐瞒|毁灭、伪造证据|妨害作证|伪证|逃避处罚")
# 游某彬、: a masked name that keeps its last character, known by what follows it somewhere.
_AND_ANOTHER_HARM = re.compile(r"(?:[一二12]级)?[、和及](?:重伤|轻伤|轻微伤)")
_LONG_NAME = re.compile(r"[一-龥]某[一-龥](?=[、，。；）)（(])")
_NO_END_OF_NAME = frozenset("某死伤亡等人均家内处方称说甲乙丙丁戊己庚辛壬癸")
_REACH = 60
# Real judgments hold up to some sixty words of injury and death.
_MOST_HARMS = 400


@dataclass
class _Person:
    rank: int = 0
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Harm:
    """A count of persons or a grade, with the place that tells it."""

    value: float
    start: int
    end: int


@dataclass(frozen=True)
class _Grade:
    rank: int
    name: str | None
    harm: Harm


@dataclass(frozen=True)
class _Names:
    """How a text writes the names of persons; `offenders` are those that did the harm."""

    one: re.Pattern[str]
    listed: re.Pattern[str]
    offenders: frozenset[str]

    def enumerated(self, before: str) -> tuple[list[str], str]:
        """The names of an enumeration near the end of a text, and the words behind it."""
        found = self.listed.search(before)
        if not found or self.one.search(before, found.end(1)):
            return [], ""
        return self.one.findall(found.group(1)), before[found.end(1) :]


@lru_cache(maxsize=64)
def _patterns(long: frozenset[str]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    one = "|".join([*sorted(long), _NAME.pattern])
    listed = rf"((?:(?:{one}){_ASIDE}[、和]){{1,12}}(?:{one}))[^，。；]{{0,{_TAIL}}}$"
    return re.compile(one), re.compile(listed)


def _names_of(text: str, offenders: frozenset[str]) -> _Names:
    long = frozenset(name for name in _LONG_NAME.findall(text) if name[-1] not in _NO_END_OF_NAME)
    return _Names(*_patterns(long), offenders)


@dataclass
class _Told:
    """All that the text tells of harm: of persons by name ("" for one unnamed), and by number."""

    names: _Names
    people: dict[str, _Person] = field(default_factory=dict[str, _Person])
    aged: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    stated: dict[int, Harm] = field(default_factory=dict[int, Harm])
    grades: list[_Grade] = field(default_factory=list[_Grade])


def read_injuries(scope: Scope, charges: Sequence[str] = ()) -> dict[str, Harm]:
    """Persons dead and injured, each by the gravest grade told of them, and the gravest grades.

    Under charges of helping an offender (窝藏、包庇) the harm told is that offender's: it is
    left out.
    """
    if charges and all(_OF_ANOTHERS_OFFENCE.search(charge) for charge in charges):
        return {}
    if not (_HARM.search(scope.text) or _DISABILITY.search(scope.text)):
        return {}
    named = {scope.defendant} if scope.defendant else set[str]()
    told = _Told(_names_of(scope.text, frozenset(defendant_names(scope.text) | named)))
    disability: Harm | None = None
    left = _MOST_HARMS
    for sentence in scope.sentences:
        if sentence.voice == "told" and _EARLIER.search(scope.text, sentence.start, sentence.end):
            continue
        for match in islice(_HARM.finditer(scope.text, sentence.start, sentence.end), left):
            _read_harm(scope.text, match, sentence, told)
            left -= 1
        for match in _DISABILITY.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1) or match.group(2))
            denied = "不构成" in scope.text[match.start() - 6 : match.start()]
            if value and not denied and (not disability or value < disability.value):
                disability = Harm(value, *match.span())
    found = _persons(told)
    found |= _gravest_grades(told, found)
    return found | ({"disability_grade": disability} if disability else {})


@dataclass(frozen=True)
class _Words:
    """What the words around a harm say of it: whom it befell, or how many."""

    number: float | None
    names: tuple[str, ...]


def _read_harm(text: str, match: re.Match[str], sentence: Sentence, told: _Told) -> None:
    word, rank, span = match.group(), _RANK[match.lastgroup or ""], match.span()
    before = text[max(sentence.start, match.start() - _REACH) : match.start()]
    if word == "殁年":
        _read_age_at_death(before, span, told)
        return
    words = _words_around(before, word, text[match.end() : match.end() + 8], told.names)
    if words is None:
        return
    if words.number and (rank not in told.stated or words.number > told.stated[rank].value):
        told.stated[rank] = Harm(words.number, *span)
    for name in words.names:
        person = told.people.setdefault(name, _Person())
        if rank > person.rank:
            person.rank, person.span = rank, span
    graded = _GRADE.match(text, match.end()) if rank in _GRADE_IDS else None
    grade = parse_numeral(graded.group(1)) if graded else None
    if grade and graded:
        named = words.names[0] if len(words.names) == 1 and words.names[0] else None
        told.grades.append(_Grade(rank, named, Harm(grade, match.start(), graded.end())))


@lru_cache(maxsize=2048)
def _words_around(before: str, word: str, after: str, names: _Names) -> _Words | None:
    """What is told of a harm, null where it did not happen."""
    clause = re.split(r"[，。；：]", before)[-1]
    deadly, wilful = word in _DEADLY or word.endswith("死"), bool(_WILFUL.fullmatch(word))
    if _NOT_HARMED.search(clause) or _NOT_AN_OUTCOME.match(after):
        return None
    if deadly and (_MEANT_ONLY.search(clause) or _NO_PERSON.search(clause)):
        return None
    counted = _COUNTED_AFTER.match(after) if wilful else _COUNTED.search(clause)
    number = parse_numeral(counted.group(1)) if counted else None
    if number:
        return _Words(number, ())
    if wilful and not _DONE_TO.search(clause):
        return None
    return _Words(None, tuple(_harmed(before, after, names)))


def _read_age_at_death(before: str, span: tuple[int, int], told: _Told) -> None:
    """Keep who died at a stated age: only the dead have one."""
    bracket = max(before.rfind("（"), before.rfind("("))
    head = before[:bracket] if bracket >= 0 else before
    if "均" in before[bracket + 1 :] or before.endswith("均"):
        for name in told.names.enumerated(head)[0] or [head[-4:]]:
            told.aged.setdefault(name, span)
        return
    named = list(told.names.one.finditer(head))
    name = named[-1].group() if named and named[-1].end() >= len(head) - 1 else head[-3:]
    told.aged.setdefault(name, span)


def _harmed(before: str, after: str, names: _Names) -> list[str]:
    """Whom a harm befell: the names enumerated before it, else the last, else nobody named."""
    listed, tail = names.enumerated(before)
    if listed and "分别" in tail:
        # 甲、乙分别受轻伤、轻微伤: one harm each, in their order.
        turn = len(_HARM.findall(tail))
        if turn or _AND_ANOTHER_HARM.match(after):
            listed = listed[turn : turn + 1] or listed
    if listed:
        return [name for name in listed if name not in names.offenders] or [""]
    named = [
        m.group()
        for m in names.one.finditer(before)
        if m.group() not in names.offenders
        and before[max(0, m.start() - 3) : m.start()] != "被告人"
    ]
    return [named[-1]] if named else [""]


def _persons(told: _Told) -> dict[str, Harm]:
    found: dict[str, Harm] = {}
    people = dict(told.people)
    anonymous = people.pop("", None)
    if told.aged:
        people = {name: p for name, p in people.items() if p.rank < 4 and name not in told.aged}
        people |= {f"殁{name}": _Person(4, span) for name, span in told.aged.items()}
    gravest = max((p.rank for p in people.values()), default=0)
    gravest = max(gravest, max(told.stated, default=0))
    if anonymous and anonymous.rank > gravest:
        people[""] = anonymous
    for rank, id_ in _IDS.items():
        spans = [p.span for p in people.values() if p.rank == rank]
        stated = told.stated.get(rank)
        if stated and stated.value >= len(spans):
            found[id_] = stated
        elif spans:
            found[id_] = Harm(float(len(spans)), *spans[0])
    return found


def _gravest_grades(told: _Told, found: dict[str, Harm]) -> dict[str, Harm]:
    """The least number of each grade, of those whose gravest injury it is."""
    grades: dict[str, Harm] = {}
    for grade in told.grades:
        worse = grade.name and told.people[grade.name].rank > grade.rank
        if _IDS[grade.rank] not in found or worse:
            continue
        id_ = _GRADE_IDS[grade.rank]
        if id_ not in grades or grade.harm.value < grades[id_].value:
            grades[id_] = grade.harm
    return grades
