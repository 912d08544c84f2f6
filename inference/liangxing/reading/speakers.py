"""Who speaks of a penalty: the prosecutor, the defence or the court."""

from __future__ import annotations

import re
from typing import Literal

Speaker = Literal["prosecutor", "defence", "court"]

SENTENCE = re.compile(r"[^。！？]+[。！？]?")
PROSECUTOR = re.compile(
    r"(?<!对)(?<!对于)(?<!向)(?<!与)(?<!就)(?<!和)(?:公诉机关|检察机关|检察院|公诉人)"
    r"|(?:公诉机关|检察机关|检察院|公诉人)(?=(?:提出|所提)(?:对|判处)|建议(?:对|判处))|检察员|起诉书|量刑建议书|公诉意见|抗诉机关|提起公诉|本院以.{0,30}起诉"
)
DEFENCE = re.compile(
    r"辩护人|辩护意见|辩称|(?<!供述)(?<!供述[和与及、])辩解(?!笔录)|辩护律师|(?:诉讼|委托|法定|指定)代理人|律师|上诉理由|上诉提出|上诉称|值班"
    r"|(?:被告人|上诉人)[^，。；]{0,16}(?:请求|希望|要求|认为|提出)|附带民事诉讼原告"
)
REPLY = re.compile(
    r"^(?:[^，。；]{0,6}(?:被告人|上诉人)[^，。；]{0,24}|其|二人|三人|均)(?:及其?(?:指定|委托)?辩护人)?[^，。；]{0,10}"
    r"(?:对(?:于)?(?:公诉|指控|起诉|上述|检察|该|量刑|犯罪)|表示(?:对|无|没|不|同意)|无异议|没有异议|供认不讳|辩[称解护]|不持异议|认可|请求)"
)
OTHERS = re.compile(
    r"司法局|社区矫正|矫正机构|居委会|村委会|调查评估|执行机关|监狱|看守所|被害人[^，。；]{0,12}(?:请求|要求|建议)|谅解书|合议庭|审判委员会|社会调查"
)
_COURT = re.compile(
    r"^(?:经[^，。；]{0,16}(?:查明|认为)|(?:另|又|还)?(?:经)?(?:审理|本院)?查明|本院(?:经[^，。]{0,10})?(?:认为|查明)|(?:上述|以上)(?:犯罪)?事实|综上|法院)"
)


def speaker_of(sentence: str, current: Speaker | None) -> Speaker | None:
    """Whose voice a sentence is in, as far as its opening tells."""
    opening = sentence[:60]
    if REPLY.match(sentence):
        return "defence"
    if _COURT.match(sentence):
        return "court"
    marks = [
        (match.start(), who)
        for pattern, who in ((PROSECUTOR, "prosecutor"), (DEFENCE, "defence"))
        if (match := pattern.search(opening))
    ]
    if not marks:
        return current
    who = min(marks)[1]
    return "prosecutor" if who == "prosecutor" else "defence"


def speaks_before(before: str, speaker: Speaker | None) -> Speaker | None:
    """Who speaks behind some words of a sentence: whoever was named last."""
    clause = re.split(r"[，；]", before)[-1]
    if OTHERS.search(clause):
        return "court"
    marks = [
        (match.start(), who)
        for pattern, who in ((PROSECUTOR, "prosecutor"), (DEFENCE, "defence"))
        for match in pattern.finditer(before)
    ]
    if not marks:
        return speaker
    return "prosecutor" if max(marks)[1] == "prosecutor" else "defence"
