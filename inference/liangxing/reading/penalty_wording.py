"""Penalties as courts and prosecutors word them: terms, ranges, life, death, suspension, fine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from liangxing.prediction import PenaltyKind
from liangxing.reading.numerals import parse_numeral
from liangxing.terms import parse_term, penalty_kind

SEVERITY: tuple[PenaltyKind, ...] = get_args(PenaltyKind)
"""Kinds of penalty, the mildest first."""
Form = Literal["exact", "range", "at_most", "at_least", "about", "kind_only"]

_N = "[0-9零一二三四五六七八九十两壹贰叁肆伍陆柒捌玖拾]{1,3}"
_START = "(?<![0-9〇○零一二三四五六七八九十百千万])"
TERM = (
    rf"{_START}(?:{_N}年半?(?:[零又加]?{_N}个?半?月月?)?(?:[零又]?{_N}[日天])?"
    rf"|{_N}个?半?月(?:[零又]?{_N}[日天])?|{_N}[日天]|半年|半个月)"
)
_KIND = "有期徒刑|拘役|管制(?![刀器物品类服])|(?<!有期)(?<!无期)徒刑"
_KINDS = rf"(?:{_KIND})(?:刑?(?:、|或者?|和|及)(?:{_KIND}))*刑?"
_BETWEEN = r"(?:至|到|[-—~～－–―])+"
_OPEN = rf"{_START}{_N}(?={_BETWEEN}{_N}(?:年|个?月))"
_LEAD = r"(?:的?刑期|刑罚)?(?:在|为|：)?"
_RANGE = re.compile(
    rf"(?P<k1>{_KINDS})?{_LEAD}(?P<t1>{TERM}|{_OPEN})(?:以上)?{_BETWEEN}(?P<k2>{_KINDS})?"
    rf"(?P<t2>{TERM})(?:以下|以内)?(?P<about>左右)?(?:的?(?P<k3>{_KINDS}))?"
)
_SPAN = re.compile(
    rf"(?P<k1>{_KINDS})?{_LEAD}(?P<t1>{TERM})以上[，、]?(?P<k2>{_KINDS})?"
    rf"(?P<t2>{TERM})(?:以下|以内)(?:的?(?P<k3>{_KINDS}))?"
)
_SINGLE = re.compile(
    rf"(?P<k1>{_KINDS})?{_LEAD}(?P<t1>{TERM})(?P<q>以上|以下|以内|左右)?(?:的?(?P<k3>{_KINDS}))?"
)
_BARE = re.compile(rf"(?:判处|处以|量处|科处|适用|处)(?P<k1>{_KINDS})(?!以上|执行|的?刑罚)")
_UNBOUND = re.compile(
    r"无期徒刑|死刑(?:[，、,]?(?:同时)?(?:宣告)?缓期[二两2]年执行?|[，、,]?缓期执行)?|死缓"
)
_EXEMPT = re.compile(r"免[予于除去]{0,2}刑事处[罚分]|定罪免[予除]?(?:刑|处罚)|免予处罚")
_ACQUITTED = re.compile(r"无罪(?!推定|辩护|供述|判决)|不负刑事责任")
# A duration without a kind is a term only right behind one of these.
_VERB = re.compile(
    r"(?:判处|判决|改判|量处|处以|处刑|刑期为?|量刑为?|幅度[为是]|在|执行|科处|判|处|建议)"
    r"(?:其|被告人)?$"
)
_NOT_A_TERM = re.compile(r"内|期间|[之以]?[前后]|来|间[，。]|未满|[多余]次|[的]?考验|份")
_DEPRIVED = re.compile(r"(?:剥夺政治权利|禁止|考验期限?|禁业|从业)[^，。；]{0,8}$")
_PLAIN = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_SHORT_MONTH = re.compile(r"(?<=[0-9零一二三四五六七八九十两])月+")
_KIND_OF: dict[str, PenaltyKind] = {
    "有期徒刑": "fixed_term",
    "徒刑": "fixed_term",
    "拘役": "detention",
    "管制": "surveillance",
}
_EACH_KIND = re.compile("有期徒刑|徒刑|拘役|管制")

_AMOUNT = (
    r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)(?:\.\d+)?|\d{1,12}(?:\.\d+)?)(?:余?[十百千万亿]{1,2}(?:\d+[百千]?)?)?"
    r"|[〇零一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟]{1,16}"
)
FINE = re.compile(
    r"(?P<only>单处)?罚金(?!刑罚)(?:刑)?(?:人民币?|各|分别为?|共计?|合计|总计|为|：|¥|￥|计)*"
    rf"(?:(?P<low>{_AMOUNT})(?P<unit>元|圆|(?<=[万千百亿]))(?:人民币)?(?:整|以上)?"
    rf"(?:(?:至|到|[-—~])?(?:人民币)?(?P<high>{_AMOUNT})[元圆](?:以下)?)?"
    rf"|(?P<first>{_AMOUNT})(?:至|到|[-—~])(?P<last>{_AMOUNT})[元圆])?"
)
SUSPENSION = re.compile(
    r"(?<!撤销)(?<!撤消)(?<!不适用)(?<!不宜适用)(?<!不予适用)(?<!不宜)(?<!不判处)(?<!不宣告)(?<!取消)"
    r"缓刑(?!(?:考验)?期(?:限)?(?:内|间|届?满)|犯|的?(?:执行)?部分|的?(?:条件|规定|量刑情节|评估|罪犯))"
    rf"(?:的?考验期限?)?(?:为|，|、|：|均为|各|在|的)?(?P<term>{TERM})?(?:{_BETWEEN}(?P<to>{TERM}))?"
)


@dataclass(frozen=True)
class PenaltyRange:
    """A main penalty at [start, end) of a text, as an exact term or a range.

    Months are null where the wording leaves an end open, and for life and death. `kinds` in the
    order of the text. `unit` is the smallest unit that was stated, in months.
    """

    low: float | None
    high: float | None
    kinds: tuple[PenaltyKind, ...]
    form: Form
    start: int
    end: int
    acquitted: bool = False
    unit: float = 1.0

    @property
    def kind(self) -> PenaltyKind | None:
        """The kind, of the upper end where the range crosses kinds."""
        return heaviest(self.kinds)


def heaviest(kinds: Sequence[PenaltyKind]) -> PenaltyKind | None:
    """The gravest of several kinds.

    >>> heaviest(("fixed_term", "detention"))
    'fixed_term'
    """
    return max(kinds, key=SEVERITY.index, default=None)


def months_of(wording: str) -> float | None:
    """Months of a duration in any spelling, to half a month.

    >>> [months_of(w) for w in ("叁年", "一年零六个月", "二月", "一个月十五天", "半年", "1年6月")]
    [36.0, 18.0, 2.0, 1.5, 6.0, 18.0]
    """
    plain = wording.translate(_PLAIN).replace("又", "零").replace("加", "零")
    if plain == "半年":
        return 6.0
    if plain == "半个月":
        return 0.5
    return parse_term(_SHORT_MONTH.sub("个月", plain).replace("个个月", "个月"))


def yuan_of(wording: str | None) -> float | None:
    """Yuan of an amount without its unit.

    >>> yuan_of("1.5万"), yuan_of("叁仟"), yuan_of("10,000")
    (15000.0, 3000.0, 10000.0)
    """
    return parse_numeral(wording.replace("○", "〇")) if wording else None


def penalties_in(text: str, *, bare: bool = False) -> Iterator[PenaltyRange]:
    """Main penalties in order; `bare` takes a kind without a term too.

    >>> [(p.low, p.high, p.form) for p in penalties_in("在拘役五个月至有期徒刑八个月幅度内量刑")]
    [(5.0, 8.0, 'range')]
    >>> [(p.low, p.high, p.kinds) for p in penalties_in("判处一年以下有期徒刑或者拘役")]
    [(None, 12.0, ('fixed_term', 'detention'))]
    """
    found = sorted(_all(text, bare), key=lambda p: (p.start, -p.end))
    done = -1
    for penalty in found:
        if penalty.start >= done:
            yield penalty
            done = penalty.end


def _all(text: str, bare: bool) -> Iterator[PenaltyRange]:
    taken: list[tuple[int, int]] = []
    for pattern in (_RANGE, _SPAN, _SINGLE):
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            penalty = _term(text, match)
            if penalty:
                taken.append(match.span())
                yield penalty
    for match in _UNBOUND.finditer(text):
        word = match.group()
        kind: PenaltyKind = "death_reprieve" if "缓" in word else "death"
        kind = "life" if word[0] == "无" else kind
        yield PenaltyRange(None, None, (kind,), "exact", *match.span())
    for match in _EXEMPT.finditer(text):
        yield PenaltyRange(0.0, 0.0, ("exempt",), "exact", *match.span())
    for match in _ACQUITTED.finditer(text):
        yield PenaltyRange(None, None, (), "exact", *match.span(), acquitted=True)
    if bare:
        for match in _BARE.finditer(text):
            if not any(start <= match.start("k1") < end for start, end in taken):
                kinds = _kinds(match.group("k1"))
                yield PenaltyRange(None, None, kinds, "kind_only", *match.span("k1"))


def _term(text: str, match: re.Match[str]) -> PenaltyRange | None:
    groups = match.groupdict()
    stated: list[PenaltyKind] = [
        *_kinds(groups["k1"]),
        *_kinds(groups.get("k2")),
        *_kinds(groups["k3"]),
    ]
    start = match.start("k1") if groups["k1"] else match.start("t1")
    before = text[max(0, start - 12) : start]
    if not stated and (
        not _VERB.search(before) or _NOT_A_TERM.match(text, match.end()) or "缓刑" in before[-6:]
    ):
        return None
    if _DEPRIVED.search(before) or text[match.start("t1") - 3 : match.start("t1")].endswith(
        "缓刑"
    ):
        return None
    low, high = _ends(groups)
    if low is None and high is None:
        return None
    quality = groups.get("q")
    unit = _unit(groups.get("t2") or groups["t1"])
    form: Form = "range" if groups.get("t2") else "exact"
    if quality in ("以下", "以内"):
        low, form = None, "at_most"
    elif quality == "以上":
        high, form = None, "at_least"
    elif quality == "左右" or groups.get("about"):
        form = "about"
    if form == "exact" and len(set(stated)) > 1:
        stated = stated[:1]
    ends = [months for months in (low, high) if months is not None]
    inferred: list[PenaltyKind] = [penalty_kind(months, fine_only_open=False) for months in ends]
    listed: list[PenaltyKind] = stated or inferred
    kinds = tuple(dict.fromkeys(listed))
    return PenaltyRange(low, high, kinds, form, start, match.end(), unit=unit)


def _ends(groups: dict[str, str | None]) -> tuple[float | None, float | None]:
    first, last = groups["t1"] or "", groups.get("t2")
    if last and not re.search("[年月日天]", first):
        first += "年" if re.match(rf"{_N}年", last) else "个月"
    low = months_of(first)
    high = months_of(last) if last else low
    if low is not None and high is not None and low > high:
        return high, low
    return low, high


def _unit(wording: str) -> float:
    if re.search("[日天半]", wording):
        return 0.5
    return 1.0 if "月" in wording else 12.0


def _kinds(words: str | None) -> tuple[PenaltyKind, ...]:
    return tuple(_KIND_OF[word] for word in _EACH_KIND.findall(words or ""))
