"""Mask verdict and recommendation phrases: they name the label instead of the facts."""

from __future__ import annotations

import re

PLACEHOLDER = "〔略〕"

_TERM = r"(?:有期徒刑|拘役|管制|无期徒刑|死刑|刑罚)"
_CLAUSE = r"[^。；;\n]{0,120}"
_RECOMMENDATION = re.compile(
    rf"(?:建议|提请)(?:本院|法院|法庭|人民法院|对|判处|以|依法|在|处以|合并|数罪|决定|适用缓刑){_CLAUSE}?"
    rf"(?:{_TERM}|缓刑|量刑|处罚|罚金){_CLAUSE}"
    rf"|量刑建议(?:为|是|如下|[:：]){_CLAUSE}"
)
_VERDICT = re.compile(
    rf"(?:决定执行|判决如下|判处被告人|分别判处|一审判处|原判|判处){_CLAUSE}?{_TERM}{_CLAUSE}"
    rf"|缓刑(?:考验期)?[一二三四五六七八九十0-9]{{1,3}}(?:年|个月){_CLAUSE}"
)
# A conviction before this case is a fact (recidivism), not the label.
_EARLIER = re.compile(
    r"曾|前科|因[^。；;]{0,40}(?:于|在)[^。；;]{0,20}年|(?:19|20)\d\d年[^。；;]{0,60}被|累犯|刑满|释放"
    r"|另案|已判|已被判|均已判"
)


def mask_verdicts(text: str) -> str:
    """The text with this case's verdict and recommendation phrases replaced by a placeholder.

    Earlier convictions, told as such in the same sentence, stay.

    >>> mask_verdicts("张三盗窃手机一部。公诉机关建议判处有期徒刑六个月，并处罚金。")
    '张三盗窃手机一部。公诉机关〔略〕。'
    >>> mask_verdicts("张三曾因盗窃罪于2010年被判处有期徒刑二年。")
    '张三曾因盗窃罪于2010年被判处有期徒刑二年。'
    """
    text = _RECOMMENDATION.sub(PLACEHOLDER, text)
    return _VERDICT.sub(lambda match: _mask_verdict(match, text), text)


def _mask_verdict(match: re.Match[str], text: str) -> str:
    sentence_start = max(text.rfind(mark, 0, match.start()) for mark in "。；;\n") + 1
    sentence = text[sentence_start : match.end()]
    return match.group() if _EARLIER.search(sentence) else PLACEHOLDER
