"""Who a sentence speaks of, and in whose voice.

A circumstance counts for the defendant only where the text states it of the defendant: not where
the defence merely claims it, the court rejects it, or a co-defendant, victim or witness is meant.
Everything works on the text as given, so that spans stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Voice = Literal["told", "opinion", "claim", "rejected", "evidence"]
Role = Literal["defendant", "other_defendant", "victim", "witness"]

_SENTENCE = re.compile(r"[^。；;\n！？]+")
_DISPOSITION = re.compile(
    r"(?:判决|裁定|判处|决定)如下|刑事_结果|【裁判结果】|附(?:录)?[:：]?[^。]{0,8}(?:法律条|法条)"
)
_OPINION = re.compile(
    r"(?:公诉机关|检察院|检察机关|公诉人|本院|原审法院|法院|法庭)[^，。；]{0,12}认为"
    r"|(?:^|[，,])据此[，,]?认为"
)
_CLAIM = re.compile(
    r"(?:辩护人|代理人|辩护律师|上诉人)[^，。；]{0,24}(?:提出|所提|认为|辩称|辩护|意见|请求|建议|称)"
    r"|被告人[^，。；]{0,12}(?:辩称|辩解|辩护)|^其?(?:还)?(?:辩称|辩解)|上诉理由|诉称|上诉称"
    r"|请求判令|要求判令|(?:要求|请求)[^，。；]{0,16}赔偿|辩护意见|(?:代理人|上诉人)辩护"
)
_REJECTED = re.compile(
    r"不予(?:采纳|采信|支持|认定)|不能成立|不成立|不予以?采纳|指控不当|理由不足|与(?:查明的?)?事实不符"
)
_ACCEPTED = re.compile(
    r"(?<!不)予以(?:采纳|支持)|(?:意见|理由)(?:成立|.{0,8}(?<!不)(?<!不予)(?:采纳|相符))"
)
_EVIDENCE = re.compile(
    r"^[\s:：，]*(?:并?认定)?(?:上述|以上|上列)(?:[^，。；]{0,6}事实|指控)|^[^，。]{0,12}(?:证据|书证|物证)(?:有|如下|：)"
    r"|^\s*(?:针对|为(?:证明|证实|支持|指控))|^[\s\d（()）、.．一二三四五六七八九十]*"
    r"(?:证人|书证|物证|户籍|被害人[^，。]{1,8}(?:的)?(?:报案)?陈述|被告人[^，。]{1,8}(?:的)?供述|辨认笔录|受案登记|价格鉴定结论书)"
    r"|^\s*公诉机关[^，。]{0,10}(?:提供|提交|出示|宣读|举)"
)
_LIST_ITEM = re.compile(r"^\s*(?:\d{1,2}|[（(][\d一二三四五六七八九十]{1,2}[）)])\s*[、.．，]?")
_RESUMED = re.compile(
    r"^\s*(?:经|本院|公诉|检察|上述|以上|案发|另|综上|关于|鉴于|基本案情|认定|一审|原审|被告人)"
)

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
_DEFENDANT_NAMED = re.compile("(?:被告人|上诉人)[:：]?")
_MOST_NAMES = 100
_ELSEWHERE = re.compile(
    r"([一-龥·某\dX×]{2,12})[（(](?:均?已?另案|均?已判|均?在逃|同案|另行|均?已起诉|均?已死亡|已决|均?已行政|化名)"
)
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
_ALL = re.compile(r"[二三四五六七八九两各]名?(?:被告人|上诉人)|被告人均")


@dataclass(frozen=True)
class Sentence:
    """[start, end) of the text and the voice that speaks there."""

    start: int
    end: int
    voice: Voice
    claim_start: int


@dataclass(frozen=True)
class Mention:
    """A person at [start, end), and whether as the subject of its clause."""

    start: int
    end: int
    role: Role
    subject: bool


def sentences_of(text: str) -> list[Sentence]:
    """Sentences before the disposition, each with its voice.

    A claim goes on through the items of a list; the disposition and quoted statutes are left out.
    """
    stop = _body_end(text)
    found: list[Sentence] = []
    claiming = False
    for match in _SENTENCE.finditer(text, 0, stop):
        start, end = match.span()
        sentence = match.group()
        voice, at = _voice(sentence)
        goes_on = text[start - 1 : start] in ("；", ";") or _LIST_ITEM.match(sentence)
        if voice in ("told", "evidence") and claiming and goes_on and not _RESUMED.match(sentence):
            voice, at = "claim", 0
        claiming = voice == "claim"
        found.append(Sentence(start, end, voice, start + at))
    return found


def _body_end(text: str) -> int:
    for match in _DISPOSITION.finditer(text):
        if match.start() > len(text) // 4:
            return match.start()
    return len(text)


def _voice(sentence: str) -> tuple[Voice, int]:
    claim = _CLAIM.search(sentence)
    rejected = _REJECTED.search(sentence)
    if rejected:
        charged = re.search(r"(?:公诉|检察)机关", sentence[: rejected.start()])
        if claim or charged:
            at = min(m.start() for m in (claim, charged) if m)
            return "rejected", at
        return "told", 0
    if claim:
        return ("told", 0) if _ACCEPTED.search(sentence) else ("claim", claim.start())
    if _OPINION.search(sentence):
        return "opinion", 0
    return ("evidence", 0) if _EVIDENCE.search(sentence) else ("told", 0)


def rejection_in(text: str, sentence: Sentence, position: int) -> bool:
    """Whether `position` lies between a claim of the sentence and its rejection."""
    if sentence.voice != "rejected" or position < sentence.claim_start:
        return False
    return bool(_REJECTED.search(text, position, sentence.end))


class People:
    """The persons of a text, seen from one defendant (or from all, where none is given)."""

    def __init__(self, text: str, defendant: str | None) -> None:
        self._text = text
        others = set(_elsewhere(text))
        if defendant:
            others |= defendant_names(text)
            others = {n for n in others if n not in defendant and defendant not in n}
        else:
            others -= defendant_names(text)
        self._others = others
        self._pattern = _token_pattern(others | ({defendant} if defendant else set()))
        self._subjects: dict[int, list[Mention]] = {}

    def speaks_of(self, sentence: Sentence, position: int, carried: Role | None) -> Role | None:
        """The role of the person a statement at `position` is about, null where none is named.

        A remark in brackets is about the person before them; a victim is the subject of its own
        clause only.
        """
        bracket = self._open_bracket(sentence.start, position)
        clause = max(self._text.rfind(mark, sentence.start, position) for mark in "，,")
        for mention in reversed(self._mentions(sentence)):
            if mention.end > position:
                continue
            if bracket >= 0 and bracket - 1 <= mention.end <= bracket:
                return mention.role
            if mention.subject and (mention.role != "victim" or mention.start > clause):
                return mention.role
        return carried

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
        for match in self._pattern.finditer(self._text, sentence.start, sentence.end):
            role = self._role(match)
            last = mentions[-1] if mentions else None
            joins = last is not None and self._text[last.end : match.start()] in _JOINS
            if last and joins and _ROLES_JOINED.issuperset((last.role, role)):
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
        if name:
            return "other_defendant" if name in self._others else "defendant"
        role = _ROLE_WORDS[match.group("word")]
        return role

    def _is_subject(self, start: int, end: int) -> bool:
        if self._text[start - 1 : start] in _GOVERNS and self._text[start - 2 : start] != "关于":
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


def _full_name(text: str, start: int, candidate: str) -> str | None:
    """The name at `start`: a masked one whole, a full one as long as it recurs."""
    if re.search(r"[某X×x＊*]", candidate):
        return candidate
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
    for match in _ELSEWHERE.finditer(text):
        for part in match.group(1).split("、"):
            tail = part[-4:]
            for index, character in enumerate(tail[:-1]):
                if character in _SURNAMES:
                    yield tail[index:]
                    break
    for match in _ACCOMPLICE.finditer(text):
        name = match.group(1)
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
    return re.compile(rf"{named}{_ALL.pattern}|(?P<word>{words})")
