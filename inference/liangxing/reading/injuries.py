"""Deaths and injuries: how many persons by their gravest grade, and the gravest grades."""

from __future__ import annotations

import re
from dataclasses import dataclass

from liangxing.reading.numerals import NUMERAL, parse_numeral
from liangxing.reading.tally import Scope

_HARM = re.compile(
    r"(?P<slight>轻微伤)|(?P<minor>轻伤)|(?P<serious>重伤)|(?P<death>死亡|致死|身亡|殁年|杀死|杀害)"
)
_RANK = {"slight": 1, "minor": 2, "serious": 3, "death": 4}
_IDS = {
    4: "deaths",
    3: "serious_injuries",
    2: "minor_injuries",
    1: "slight_injuries",
}
_GRADE = re.compile(r"害?[（(“\"]?\s*([一二12])\s*级")
_DISABILITY = re.compile(
    r"(?:伤残|残疾)(?:等级)?[^，。；\d一二三四五六七八九十]{0,6}([一二三四五六七八九十]|10|[1-9])级"
    r"|(?<![\d第])([一二三四五六七八九十]|10|[1-9])级(?:伤残|残疾)"
)
_COUNTED = re.compile(
    rf"({NUMERAL})\s*(?:名|个)?(?:人|被害人|受害人|女性?|村民|民警|未成年人|群众)(?:均|当场|经[^，。；]{{0,8}}无效)?(?:受|构成|达到|为)?\s*$"
)
_COUNTED_AFTER = re.compile(rf"(?:了)?(?:共)?({NUMERAL})(?:名|个)?(?:人|女性|未成年人|被害人)")
_NAME = re.compile(
    r"[一-龥]\d?(?:某{1,2}|[X×x＊*]{1,2})(?:[甲乙丙丁戊己庚辛壬癸子丑寅卯]|\d{1,2})?"
)
_ENUMERATED = re.compile(
    rf"((?:{_NAME.pattern}(?:[（(][^（）()]{{0,16}}[）)])?[、和]){{1,12}}{_NAME.pattern})[^，。；]{{0,8}}$"
)
_NOT_HARMED = re.compile(
    r"(?:未(?:能|达|造成|构成|致)?|不构成|没有|无(?!效)|排除|预防|防止|避免|险些|可能)[^，。；]{0,8}$|因[^，。；]{0,6}$(?<=致人)"
)
_NOT_AN_OUTCOME = re.compile(
    r"^(?:的?(?:时间|原因|证明|鉴定|补偿|赔偿|通知|注销|医学|推断|后果鉴定|报告|之日|后未|前)|害|[）)])"
)
_PAST = re.compile(
    r"(?:已|均已|曾|欲|预谋|企图|意图|扬言|威胁|产生|伺机|起意|商量|怀疑|怕|想)[^，。；]{0,10}$|产生$"
)
_INTENT = frozenset({"杀害", "杀死"})


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


def read_injuries(scope: Scope) -> dict[str, Harm]:
    """Persons dead and injured, each by the gravest grade told of them, and the gravest grades."""
    people: dict[str, _Person] = {}
    stated: dict[int, Harm] = {}
    grades: dict[str, Harm] = {}
    for sentence in scope.sentences:
        for match in _HARM.finditer(scope.text, sentence.start, sentence.end):
            _read_harm(scope.text, match, sentence.start, people, stated, grades)
        for match in _DISABILITY.finditer(scope.text, sentence.start, sentence.end):
            value = parse_numeral(match.group(1) or match.group(2))
            if value and not re.search("不构成", scope.text[match.start() - 6 : match.start()]):
                _keep_least(grades, "disability_grade", value, match.span())
    return {**_persons(people, stated), **grades}


def _read_harm(
    text: str,
    match: re.Match[str],
    start: int,
    people: dict[str, _Person],
    stated: dict[int, Harm],
    grades: dict[str, Harm],
) -> None:
    kind = match.lastgroup or ""
    rank = _RANK[kind]
    before = text[max(start, match.start() - 60) : match.start()]
    clause = re.split(r"[，。；：]", before)[-1]
    after = text[match.end() : match.end() + 8]
    if _NOT_HARMED.search(clause) or _NOT_AN_OUTCOME.match(after):
        return
    if kind == "death" and (_PAST.search(clause) or (match.group() == "杀害" and not clause)):
        return
    graded = _GRADE.match(text, match.end())
    if graded and kind in ("minor", "serious"):
        value = parse_numeral(graded.group(1))
        if value:
            _keep_least(grades, f"{kind}_injury_grade", value, (match.start(), graded.end()))
    counted = _COUNTED.search(clause) or (
        _COUNTED_AFTER.match(text, match.end()) if match.group() in _INTENT else None
    )
    number = parse_numeral(counted.group(1)) if counted else None
    span = match.span()
    if number:
        if rank not in stated or number > stated[rank].value:
            stated[rank] = Harm(number, *span)
        return
    if match.group() in _INTENT:
        return
    for name in _names(before):
        person = people.setdefault(name, _Person())
        if rank > person.rank:
            person.rank, person.span = rank, span


def _names(before: str) -> list[str]:
    """Whom a harm befell: the names enumerated before it, else the last, else nobody named."""
    listed = _ENUMERATED.search(before)
    if listed:
        return _NAME.findall(listed.group(1))
    named = [
        m for m in _NAME.finditer(before) if before[max(0, m.start() - 3) : m.start()] != "被告人"
    ]
    return [named[-1].group()] if named else [""]


def _persons(people: dict[str, _Person], stated: dict[int, Harm]) -> dict[str, Harm]:
    found: dict[str, Harm] = {}
    anonymous = people.pop("", None)
    gravest = max((p.rank for p in people.values()), default=0)
    gravest = max(gravest, max(stated, default=0))
    if anonymous and anonymous.rank > gravest:
        people[""] = anonymous
    for rank, id_ in _IDS.items():
        spans = [p.span for p in people.values() if p.rank == rank]
        told = stated.get(rank)
        if told and told.value >= len(spans):
            found[id_] = told
        elif spans:
            found[id_] = Harm(float(len(spans)), *spans[0])
    return found


def _keep_least(grades: dict[str, Harm], id_: str, value: float, span: tuple[int, int]) -> None:
    if id_ not in grades or value < grades[id_].value:
        grades[id_] = Harm(value, *span)
