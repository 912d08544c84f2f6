"""In whose voice a sentence speaks: told, opinion, claim, rejected claim or evidence.

Everything works on the text as given, so that spans stay valid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Voice = Literal["told", "opinion", "claim", "rejected", "evidence"]

_SENTENCE = re.compile(r"[^。；;\n！？]+")
_DISPOSITION = re.compile(
    r"(?:判决|裁定|判处|决定)如下|刑事_结果|附(?:录)?[:：]?[^。]{0,8}(?:法律条|法条)|引用法律条文"
)
# Sections of published cases that discuss law or repeat the outcome.
_HEADING = re.compile(r"【([^】\n]{2,12})】")
_ASIDE_SECTION = re.compile(
    r"关键词|要旨|裁判要点|指导意义|典型意义|相关.{0,4}(?:规定|法条|立法)|(?:裁判|处理)结果"
)
_OPINION = re.compile(
    r"(?:公诉机关|检察院|检察机关|公诉人|本院|原审法院|法院|法庭)[^，。；]{0,12}认为"
    r"|(?:^|[，,])据此[，,]?认为"
)
_CLAIM = re.compile(
    r"(?:辩护人|代理人|辩护律师|上诉人)[^，。；]{0,24}(?:提出|所提|认为|辩称|辩护|意见|请求|建议|称)"
    r"|被告人[^，。；]{0,12}(?<!供述[和与及、])(?:辩称|辩解|辩护)|(?:^|[，,][唯但只仅]?)其?(?:还)?(?:辩称|辩解)|上诉理由|诉称|上诉称"
    r"|(?:请求|要求|诉请)(?:本院|法院|依法)?判[令决]|(?:要求|请求)[^，。；]{0,16}赔偿|辩护意见"
    r"|(?:代理人|上诉人)辩护|^其?辩解[:：]"
)
_REJECTED = re.compile(
    r"不予(?:采纳|采信|支持|认定)|不能成立|不成立|不予以?采纳|指控不当|理由不足|与(?:查明的?)?事实不符"
)
_CLAIM_ENDS = re.compile(
    r"(?:的|之)?(?:辩护|辩解|上诉)?(?:意见|主张|观点|理由)|经查|经审查|本院认为"
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
# What opens a list of evidence that goes on sentence by sentence, and what ends it.
_EVIDENCE_LIST = re.compile(r"(?:以下|下列|如下)证据|证据(?:有|如下|予以证实|证实|证明)?[:：]")
_EVIDENCE_OVER = re.compile(
    r"^[\s\d（()）、.．]*(?:(?:经|另)[^，。；]{0,6}(?:查明|查)|本院|公诉机关认为|检察院认为|认为"
    r"|(?:上述|以上)(?:证据|事实)|综上|对于?指控|被告人[^，。；]{1,8}(?:对|及其辩护人)|辩护人|基本案情|法院意见|足以认定)"
)
_LIST_ITEM = re.compile(r"^\s*(?:\d{1,2}|[（(][\d一二三四五六七八九十]{1,2}[）)])\s*[、.．，]?")
_RESUMED_IN_LIST = re.compile(
    r"^\s*(?:经(?:查|审|本)|本院|公诉|检察|上述|以上|另查|综上|关于|鉴于|基本案情|一审|原审)"
)


@dataclass(frozen=True)
class Sentence:
    """[start, end) of the text and the voice that speaks there."""

    start: int
    end: int
    voice: Voice
    claim_start: int


@lru_cache(maxsize=4)
def sentences_of(text: str) -> tuple[Sentence, ...]:
    """Sentences before the disposition, each with its voice.

    A claim goes on through the items of a list, and so does a list of evidence; the disposition
    and what published cases say about the law are left out.
    """
    found: list[Sentence] = []
    claiming = proving = False
    for start, end in _spans(text):
        sentence = text[start:end]
        voice, at = _voice(sentence)
        if voice in ("told", "evidence") and claiming and _goes_on(text, start, sentence):
            voice, at = "claim", 0
        claiming = voice == "claim"
        if proving and voice == "told":
            if _EVIDENCE_OVER.match(sentence):
                proving = False
            else:
                voice = "evidence"
        elif voice == "opinion":
            proving = False
        proving = proving or (voice == "evidence" and bool(_EVIDENCE_LIST.search(sentence)))
        found.append(Sentence(start, end, voice, start + at))
    return tuple(found)


def rejection_in(text: str, sentence: Sentence, position: int) -> bool:
    """Whether `position` lies in the claim that the sentence rejects, not in the reasons given."""
    if sentence.voice != "rejected" or position < sentence.claim_start:
        return False
    claimed = _CLAIM_ENDS.search(text, sentence.claim_start + 1, sentence.end)
    return position < (claimed.end() if claimed else sentence.end) and bool(
        _REJECTED.search(text, position, sentence.end)
    )


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """[start, end) of the sentences that tell or judge the case."""
    stop = len(text)
    for match in _DISPOSITION.finditer(text):
        if match.start() > len(text) // 4:
            stop = match.start()
            break
    headings = list(_HEADING.finditer(text, 0, stop))
    bounds = [0, *(m.start() for m in headings), stop]
    kept = [True, *(not _ASIDE_SECTION.search(m.group(1)) for m in headings)]
    for keep, start, end in zip(kept, bounds, bounds[1:], strict=False):
        if keep:
            for match in _SENTENCE.finditer(text, start, end):
                yield match.span()


def _goes_on(text: str, start: int, sentence: str) -> bool:
    """Whether a sentence after a claim belongs to it still."""
    label = _LIST_ITEM.match(sentence)
    if label:
        return not _RESUMED_IN_LIST.match(sentence[label.end() :])
    after_semicolon = text[start - 1 : start] in ("；", ";")
    return after_semicolon and not _RESUMED_IN_LIST.match(sentence)


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
