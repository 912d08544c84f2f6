"""Whether the court followed the prosecutor's recommendation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liangxing.reading.judgment_types import Recommendation, StatedPenalty
from liangxing.reading.persons import mentions
from liangxing.reading.speakers import DEFENCE, OTHERS, PROSECUTOR, REPLY, SENTENCE

_ABOUT_ADVICE = re.compile(
    r"量刑(?:的)?(?:建议|意见)|(?:公诉机关|检察机关|检察院|公诉人)[^。；]{0,80}?(?:的)?建议(?!书|维持|予以维持|驳回|适用|二审|本院|有关)|求刑"
)
_REFUSED = re.compile(
    r"(?:不予?以?|未予?|难以|不能|不宜|不应)(?:采纳|支持|采信)|(?<!无)(?<!并无)(?<!没有)(?:明显|确有|有所|略有)?(?:不当|不妥)|不(?:够)?适当|(?<!情节)(?<!罪行)(?:过|偏|畸|稍)[重轻高低]|(?:建议|量刑|刑期|幅度)(?:明显|略|稍有?)?较[重轻高低]"
    r"|予以(?:调整|变更|纠正|更正)|不符合|与[^，。；]{0,16}不(?:相)?(?:符|适应|当)"
)
_TAKEN = re.compile(
    r"(?<!不予)(?<!不)(?<!未)(?<!予以部分)(?<!部分)(?:采纳|采信)|(?:予以|应予|依法)支持|(?<!不)(?:适当|恰当|合理|妥当|适宜|得当|相适应|相当)|符合(?:法律|有关|相关|本案|罪|客观|实际|案件|量刑|规定)|(?:并)?无不当|(?<!不)合法|正确|^建议[^，。；]{0,10}予以确认"
)
_PARTLY = re.compile(r"不予?(?:完全|全部)采纳|部分(?:予以)?采纳|予以部分采纳")
# Rules and advice on recommendations in general, as articles and reports of cases hold them.
_GENERAL = re.compile(r"一般应当采纳|可以调整量刑建议|应当依法作出判决|提出量刑建议时")
_SIDE_ONLY = re.compile(r"罚金|缓刑|附加刑|禁止令")
_MAIN = re.compile(r"有期|拘役|管制|徒刑|主刑|刑期|[年月]")


_TAKEN_BEFORE = re.compile(r"(?<!不予)(?<!不)采纳[^，。；]{0,40}$")
_ALL_TAKEN = re.compile(r"均(?:可|应|依法)?予?以?(?:采纳|支持)")
_SIDE = re.compile(r"罚金[^，。；]{0,30}|缓刑[^，。；]{0,10}")


@dataclass(frozen=True)
class Adoption:
    """What the court says of the recommendation for some defendants (all, where none is named)."""

    names: tuple[str, ...]
    value: bool
    text: str


def adoptions_in(text: str, names: Sequence[str]) -> list[Adoption]:
    """What a court's compact opinion says of the recommendation.

    >>> [a.value for a in adoptions_in("公诉机关量刑建议过重，本院不予采纳。", ["甲某"])]
    [False]
    >>> adoptions_in("辩护人的量刑建议不予采纳。", ["甲某"])
    []
    """
    found: list[Adoption] = []
    for match in SENTENCE.finditer(text):
        sentence = match.group()
        if not _ABOUT_ADVICE.search(sentence) or _GENERAL.search(sentence):
            continue
        named: tuple[str, ...] = ()
        for part in _parts(sentence):
            heard = [m.names for m in mentions(part, names)]
            value = _stand(part)
            if heard:
                named = heard[0] if value is None else tuple(dict.fromkeys(sum(heard, ())))
            if value is not None:
                whose = named if len(named) < len(names) else ()
                found.append(Adoption(whose, value, part.strip("，。；")))
    return found


def kept_to(recommendation: Recommendation, penalty: StatedPenalty) -> bool | None:
    """Whether a penalty lies inside a recommendation by kind and term; null where no term or
    kind is recommended. "X左右" leaves half the unit it is stated in on either side.
    """
    if not recommendation.kinds:
        return None
    if penalty.kind not in recommendation.kinds:
        return False
    months = penalty.months
    if months is None or recommendation.form == "kind_only":
        return True
    slack = recommendation.unit / 2 if recommendation.form == "about" else 0.0
    low, high = recommendation.low, recommendation.high
    return (low is None or low - slack <= months) and (high is None or months <= high + slack)


def _parts(sentence: str) -> Iterator[str]:
    yield from (part for part in re.split(r"(?<=[；;])", sentence) if part)


def _stand(part: str) -> bool | None:
    """Whether a clause takes or refuses the prosecutor's recommendation; null for neither."""
    for match in _ABOUT_ADVICE.finditer(part):
        heard = part[: match.end()]
        if _last_start(DEFENCE, heard) > _last_start(PROSECUTOR, heard) or REPLY.match(heard):
            continue
        if OTHERS.search(part[max(0, match.start() - 20) : match.start()]):
            continue
        following = DEFENCE.search(part, match.end())
        said = part[match.end() - 2 : following.start() if following else len(part)]
        before = part[: match.start()]
        together = following and _ALL_TAKEN.search(part, following.start())
        value = _value(said, bool(_TAKEN_BEFORE.search(before)), before)
        if value is None and together:
            value = True
        if value is not None:
            return value
    return None


def _value(said: str, taken_before: bool, before: str) -> bool | None:
    """A refusal of the term outweighs; a refusal of the fine or suspension alone does not."""
    if _PARTLY.search(said):
        return None
    taken = taken_before or bool(_TAKEN.search(said))
    for refused in _REFUSED.finditer(said):
        clause = before + said[: refused.start()] if not taken else said[: refused.start()]
        last = max((m.end() for m in _TAKEN.finditer(clause)), default=0)
        words = _SIDE.sub("", clause[last:])
        if _SIDE_ONLY.search(clause[last:]) and not _MAIN.search(words):
            continue
        return False
    return True if taken else None


def _last_start(pattern: re.Pattern[str], text: str) -> int:
    return max((match.start() for match in pattern.finditer(text)), default=-1)
