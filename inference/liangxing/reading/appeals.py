"""Which instance a judgment is, what an appeal did, and what the first instance had decided."""

from __future__ import annotations

import re
from collections.abc import Sequence

from liangxing.reading.disposition import verdicts_in
from liangxing.reading.judgment_types import AppealOutcome, Instance, Verdict

CASE_NUMBER = re.compile(
    r"[（(〔\[【]\d{4}[）)〕\]】][\u4e00-\u9fff]{0,4}\d{0,6}[\u4e00-\u9fff]{0,12}?(?:第?[l\d]{1,6}(?:-\d{1,3})?)(?:号|(?=刑事))"
)
_BY_NUMBER: tuple[tuple[str, Instance], ...] = (
    (r"刑[更执]|减字|刑减|刑假", "commutation"),
    (r"刑[再申抗监提]|刑[一二三四五]?(?:再|监|提|抗)", "retrial"),
    (r"复核|刑[一二三四五]?复|刑核|刑[一二三四五]?核", "review"),
    (r"刑[一二三四五]?终|终字", "second"),
    (r"刑[一二三四五]?(?:未)?初|初字", "first"),
)
_BY_TITLE: tuple[tuple[str, Instance], ...] = (
    (r"刑罚(?:与执行)?变更|减刑|假释", "commutation"),
    (r"死刑复核|复核刑事裁定", "review"),
    (r"再审(?:审查)?刑事|审判监督", "retrial"),
    (r"二审(?:刑事|判决|裁定)|审理程序[：:]二审", "second"),
    (r"一审(?:刑事|判决|裁定)|审理程序[：:]一审", "first"),
)
_BY_TEXT: tuple[tuple[str, Instance], ...] = (
    (r"报送本院(?:审理|核准)?[^。]{0,40}减刑|提请减刑|减去有期徒刑", "commutation"),
    (r"(?:依法)?报请(?:本院|最高人民法院)核准|经复核确认|裁定如下[：:]?核准", "review"),
    (r"原审被告人[^。]{0,400}(?:再审|抗诉)[^。]{0,200}再审|再审(?:查明|认为|终结)", "retrial"),
    (
        r"上诉人[（(]原审|[（(]原审被告人|本(?:判决|裁定)为终审|本院二审|驳回上诉|抗诉机关|向本院提出上诉",
        "second",
    ),
)
_OUTCOMES: tuple[tuple[str, AppealOutcome], ...] = (
    (r"发回[^，。；]{0,20}重(?:新审|审)|重新审判", "remanded"),
    (r"准许[^。；]{0,40}撤回(?:上诉|抗诉)", "withdrawn"),
    (r"(?<!不)核准", "approved"),
    (r"驳回[^。；]{0,30}(?:上诉|抗诉|申诉)|维持原[判裁]|同意原判", "upheld"),
)
_FIRST_DECIDED = re.compile(
    r"(?:判决|裁定)(?:结果)?(?:如下)?[：:，,](?:认定)?(?=[“\"]?(?:[一（(1]|被告人|以|认定))"
    r"|判决[，,]?(?:认定|以)|作出[^。；]{0,60}?判决[，,：:]?(?:认定)?|(?:依法|遂|据此)?(?:判决|认定)(?=被告人[^。；]{1,20}犯)|(?:法院|一审判决?)以(?=[^。；]{2,40}罪)"
)
_FIRST_ENDS = re.compile(
    r"宣判后|宣告后|一审宣判|判决宣判|判后|提出上诉|提起上诉|不服[，,]|提出抗诉|提起抗诉|在法定期限内|上诉人[^，。]{0,20}(?:上诉|提出|称)|原审(?:附带民事诉讼)?(?:被告人|原告人)[^，。]{0,16}(?:不服|上诉)"
)
_SECOND_DECIDED = re.compile(
    r"宣判后|宣告后|一审宣判|提出上诉|提起上诉|提出抗诉|提起抗诉|不服[^。]{0,20}(?:上诉|抗诉)"
)
_TOLD = re.compile(
    r"作出(?:一审|一审刑事|刑事)?判决|(?:依法|当庭)(?:作出)?判决|一审判决[，：]|法院以[^。，]{2,30}罪(?:分别)?判处"
)
_REACH = 600
_MOST = 12


def instance_of(opening: str, text: str) -> Instance:
    """The instance, by case number, then title, then wording. `opening` precedes the indictment.

    >>> instance_of("（2019）川01刑终473号", ""), instance_of("（2013）杭刑初字第45号", "")
    ('second', 'first')
    """
    number = CASE_NUMBER.search(opening)
    for pattern, instance in _BY_TITLE:
        if re.search(pattern, opening[:120]):
            return instance
    if number and number.start() < 160:
        for pattern, instance in _BY_NUMBER:
            if re.search(pattern, number.group()):
                return "retrial" if instance == "first" and _retried(opening) else instance
    for pattern, instance in _BY_TEXT:
        if re.search(pattern, text):
            return instance
    return "first"


def outcome_of(instance: Instance, disposition: str, decided: bool) -> AppealOutcome | None:
    """What an appeal, retrial or review did to the judgment before it; null in first instance."""
    if instance in ("first", "commutation"):
        return None
    for pattern, outcome in _OUTCOMES:
        if re.search(pattern, disposition):
            return "changed" if outcome in ("upheld", "withdrawn") and decided else outcome
    return "changed" if decided else None


def first_verdicts(text: str, disposition: str, names: Sequence[str]) -> dict[str, Verdict]:
    """What the first instance decided, as the text before an appeal's disposition tells it.

    Falls back to what the disposition revokes or upholds.
    """
    found: dict[str, Verdict] = {}
    for number, match in enumerate(_FIRST_DECIDED.finditer(text)):
        if number >= _MOST:
            break
        stop = _FIRST_ENDS.search(text, match.end())
        end = stop.start() if stop else min(len(text), match.end() + 4000)
        for name, verdict in verdicts_in(text[match.end() : end], names).items():
            found.setdefault(name, verdict)
        if len(found) == len(names):
            break
    for mode in ("revoked", "upheld"):
        for name, verdict in verdicts_in(disposition, names, mode=mode).items():
            earlier = found.get(name)
            if earlier is None or earlier.penalty is None:
                found[name] = verdict
    return found


def told_outcome(text: str) -> str:
    """Where a report without a section for it tells the outcome; empty where nowhere.

    >>> told_outcome("甲县法院作出一审判决，判处拘役一个月。其他人另案处理。")
    '作出一审判决，判处拘役一个月。其他人另案处理。'
    """
    match = _TOLD.search(text)
    return text[match.start() : match.start() + _REACH] if match else ""


def reported(text: str) -> tuple[str, str]:
    """A report's outcome, as the part before and the part after an appeal.

    >>> reported("判处拘役一个月。宣判后，没有上诉。")
    ('判处拘役一个月。', '宣判后，没有上诉。')
    """
    match = _SECOND_DECIDED.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


def _retried(opening: str) -> bool:
    return "原审被告人" in opening and "再审" in opening
