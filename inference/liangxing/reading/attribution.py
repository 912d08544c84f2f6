"""Who a sentence speaks of.

A circumstance counts for the defendant only where the text states it of the defendant: not where
a co-defendant, victim or witness is meant.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from liangxing.reading.voices import Sentence

Role = Literal["defendant", "other_defendant", "victim", "witness"]

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆"
    "蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏"
    "宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝仝利佘晁盖粟栗连花池尤井冉"
)
_AFTER_NAME = re.compile(r"[，、。；（()）：]")
# What may follow 被告人 without being a name.
_NOT_NAMES = re.compile(
    "曾因|曾多|曾在|曾被|于是|于当|于案|时年|时任|和被|和同|和辩|向被|向公|向法|任职|任某|方某|成年|全部|应当|连续|明知|单独|常年"
    "|关于|查获|解除|利用|盖有|路过|万某|车辆|和其|向其|方面|文化"
)
_MASKED_NAME = (
    r"[一-龥]\d?(?:某{1,2}|[X×x＊*]{1,2})(?:[甲乙丙丁戊己庚辛壬癸子丑寅卯]|\d{1,2})?"
    r"(?:[一-龥](?=[，、。（]))?"
)
_NAME = re.compile(rf"{_MASKED_NAME}|[一-龥·]{{2,16}}")
_MASKED = r"[一-龥]\d?(?:某{1,2}|[X×x＊*]{1,2})(?:[甲乙丙丁戊己庚辛壬癸]|\d{1,2})?"
_VICTIM_NAMED = re.compile(rf"被害人({_MASKED})")
_VICTIM_DESCRIBED = re.compile(r"[（(][^（）()]{0,6}(?:被害人|殁年|时年)")
_NAME_BEFORE = re.compile(rf"{_MASKED}$")
_DEFENDANT_NAMED = re.compile("(?:被告人|上诉人)[:：]?")
_LONGEST_SURNAME = 3
_MOST_NAMES = 100
_NEAREST = 40
_MOST_MENTIONS = 500
_BEFORE_BRACKET = re.compile(r"[一-龥·某\dX×]{2,12}$")
_ELSEWHERE = re.compile(
    r"[（(](?:均?已?另案|均?已判|均?在逃|同案|另行|均?已起诉|均?已死亡|已决|均?已行政|化名)"
)
_DEALT_WITH = re.compile(r"[^（）()]{0,4}(?:另案|同案|已判|在逃|已决|另行)")
_ACCOMPLICE = re.compile(rf"同案(?:犯|人|被告人)({_MASKED_NAME}|[一-龥]{{2,3}})")
_ROLE_WORDS: dict[str, Role] = {
    "被告人": "defendant",
    "上诉人": "defendant",
    "犯罪嫌疑人": "defendant",
    "被害人": "victim",
    "被害方": "victim",
    "被害单位": "victim",
    "受害人": "victim",
    "死者": "victim",
    "伤者": "victim",
    "对方": "victim",
    "证人": "witness",
    "同案": "other_defendant",
    "同伙": "other_defendant",
}
# Characters before which a person is an object, not the subject of the clause.
_GOVERNS = frozenset(
    "将把对向被给替使致为从按跟的了伤害砍刺让叫获捕助受取得付偿还帮杀同赔与扎打撞骗抢代以令判于据因见成知"
)
_JOINS = frozenset({"、", "和", "与", "及", "，", ""})
_ROLES_JOINED: frozenset[Role] = frozenset({"defendant", "other_defendant"})
_RELATIVE = re.compile(r"的?(?:哥哥|弟弟|哥|弟|朋友|同伙|老乡|同事)|所在|的?家")
_TOGETHER_WITH = re.compile(r"(?:伙同|会同|带领|纠集|指使)[^，。；]{0,6}$")
_ALL = re.compile(r"[二三四五六七八九两各]名?(?:被告人|上诉人)|被告人均")


@dataclass(frozen=True)
class Mention:
    """A person at [start, end), and whether as the subject of its clause."""

    start: int
    end: int
    role: Role
    subject: bool


class People:
    """The persons of a text, seen from one defendant (or from all, where none is given)."""

    def __init__(self, text: str, defendant: str | None) -> None:
        self._text = text
        others = set(_elsewhere(text))
        named = defendant_names(text)
        if defendant:
            others |= named
            others = {n for n in others if n not in defendant and defendant not in n}
            own = {defendant}
        else:
            others = {n for n in others if not any(n in name for name in named)}
            own = named
        self._others, self._own = others, own
        victims = victim_names(text) - others - own
        self._victims = {v for v in victims if not any(v in name for name in others | own)}
        self._pattern = _token_pattern(others | own | self._victims)
        self._subjects: dict[int, list[Mention]] = {}

    def speaks_of(self, sentence: Sentence, position: int, carried: Role | None) -> Role | None:
        """The role of the person a statement at `position` is about, null where none is named.

        A remark in brackets is about the person before them; a victim is the subject of its own
        clause only.
        """
        bracket = self._open_bracket(sentence.start, position)
        clause = max(self._text.rfind(mark, sentence.start, position) for mark in "，,")
        mentions = self._mentions(sentence)
        last = bisect_right(mentions, position, key=lambda mention: mention.end)
        if bracket >= 0 and self._describes_another(bracket):
            dealt_with = _DEALT_WITH.match(self._text, bracket + 1)
            return "other_defendant" if dealt_with else "victim"
        for mention in reversed(mentions[max(0, last - _NEAREST) : last]):
            if bracket >= 0 and bracket - 1 <= mention.end <= bracket:
                return mention.role
            if mention.subject and (mention.role != "victim" or mention.start > clause):
                return mention.role
        return carried

    def _describes_another(self, bracket: int) -> bool:
        """Whether a bracket follows a masked name that is not a defendant's."""
        named = _NAME_BEFORE.search(self._text[max(0, bracket - 8) : bracket])
        return bool(named) and not any(named.group() in name for name in self._own)

    def last_defendant(self, sentence: Sentence) -> Role | None:
        """Which defendant the sentence leaves as its subject, for sentences that name none."""
        for mention in reversed(self._mentions(sentence)):
            if mention.subject and mention.role in ("defendant", "other_defendant"):
                return mention.role
        return None

    def names_other_at(self, position: int) -> bool:
        """Whether another defendant is named right at `position` (首要分子曹军)."""
        match = self._pattern.match(self._text, position)
        return bool(match) and self._role(match) == "other_defendant"

    def _open_bracket(self, start: int, position: int) -> int:
        """The bracket still open at `position`, -1 if none."""
        opening = max(self._text.rfind(mark, start, position) for mark in "（(")
        closing = max(self._text.rfind(mark, start, position) for mark in "）)")
        return opening if opening > closing else -1

    def _mentions(self, sentence: Sentence) -> list[Mention]:
        """The persons of a sentence, an enumeration (A、B和C) as one; the defendant prevails."""
        if sentence.start in self._subjects:
            return self._subjects[sentence.start]
        mentions: list[Mention] = []
        found = self._pattern.finditer(self._text, sentence.start, sentence.end)
        for match in islice(found, _MOST_MENTIONS):
            role = self._role(match)
            last = mentions[-1] if mentions else None
            joins = last is not None and self._text[last.end : match.start()] in _JOINS
            alike = last and (last.role == role or _ROLES_JOINED.issuperset((last.role, role)))
            if last and joins and alike:
                joined: Role = "defendant" if "defendant" in (last.role, role) else role
                mentions[-1] = Mention(last.start, match.end(), joined, last.subject)
                continue
            mentions.append(Mention(*match.span(), role, self._is_subject(*match.span())))
        self._subjects[sentence.start] = mentions
        return mentions

    def _role(self, match: re.Match[str]) -> Role:
        word = match.group()
        if _ALL.match(word):
            return "defendant"
        name = match.group("name")
        if name in self._victims:
            return "victim"
        if name:
            return "other_defendant" if name in self._others else "defendant"
        role = _ROLE_WORDS[match.group("word")]
        return role

    def _is_subject(self, start: int, end: int) -> bool:
        if self._text[start - 1 : start] in _GOVERNS and self._text[start - 2 : start] != "关于":
            return False
        if _TOGETHER_WITH.search(self._text[max(0, start - 10) : start]):
            return False
        return not _RELATIVE.match(self._text, end)


def defendant_names(text: str) -> set[str]:
    """Names that follow 被告人 in the text, enumerations included.

    >>> sorted(defendant_names("被告人沈小舟、庄严共骗取9万元。庄严于次日投案，沈小舟被抓获。"))
    ['庄严', '沈小舟']
    """
    names: set[str] = set()
    seen: set[str] = set()
    read_to = 0
    for match in _DEFENDANT_NAMED.finditer(text):
        position = match.end()
        start = text[position : position + 4]
        if text.endswith("同案", 0, match.start()):
            continue
        if position < read_to or start in seen:
            continue
        seen.add(start)
        candidate: re.Match[str] | None = _NAME.match(text, position)
        while candidate:
            name = _full_name(text, position, candidate.group())
            if not name:
                break
            names.add(name)
            position += len(name)
            read_to = position
            if text[position : position + 1] not in ("、", "和"):
                break
            position += 1
            candidate = _NAME.match(text, position)
        if len(names) > _MOST_NAMES:
            break
    return names


def victim_names(text: str) -> set[str]:
    """Masked names of those called victims or given an age in the text.

    >>> sorted(victim_names("被害人韩某某报警。周某（女，殁年20岁）死亡，孙某（被害人）受伤。"))
    ['周某', '孙某', '韩某某']
    """
    names = {match.group(1) for match in _VICTIM_NAMED.finditer(text)}
    for match in _VICTIM_DESCRIBED.finditer(text):
        described = _NAME_BEFORE.search(text, max(0, match.start() - 8), match.start())
        if described:
            names.add(described.group())
    return names


def _full_name(text: str, start: int, candidate: str) -> str | None:
    """The name at `start`: a masked one whole, a full one as long as it recurs."""
    if masked := re.search(r"[某X×x＊*]", candidate):
        return candidate if masked.start() <= _LONGEST_SURNAME else None
    if _NOT_NAMES.match(candidate):
        return None
    if "·" in candidate:
        end = _AFTER_NAME.search(text, start)
        return text[start : end.start()] if end and end.start() - start <= 16 else None
    if candidate[0] not in _SURNAMES:
        return None
    long, short = candidate[:3], candidate[:2]
    if len(candidate) == 2 or text.count(short) > text.count(long):
        return short if text.count(short) > 1 or len(candidate) == 2 else None
    return long


def _elsewhere(text: str) -> Iterator[str]:
    """Names of persons dealt with elsewhere (另案处理, 已判刑) or called accomplices."""
    starts = [match.start() for match in _ELSEWHERE.finditer(text)]
    named = [_BEFORE_BRACKET.search(text, max(0, start - 12), start) for start in starts]
    for tail in {match.group()[-4:] for match in named if match}:
        for index, character in enumerate(tail[:-1]):
            if character in _SURNAMES:
                yield tail[index:]
                break
    for name in {match.group(1) for match in _ACCOMPLICE.finditer(text)}:
        if re.search(r"[某X×x＊*]", name):
            yield name
        elif name[0] in _SURNAMES:
            yield name[:2]
            if text.count(name) > 1:
                yield name


def _token_pattern(names: set[str]) -> re.Pattern[str]:
    words = "|".join(_ROLE_WORDS)
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    named = rf"(?:被告人|上诉人)?(?P<name>{known})|" if known else "(?P<name>(?!))|"
    return re.compile(rf"{named}{_ALL.pattern}|(?P<word>{words})(?:{_MASKED})?")
