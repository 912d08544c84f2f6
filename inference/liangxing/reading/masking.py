"""Mask verdict and recommendation phrases: they name the label instead of the facts.

Default: a penalty is masked. It stays where the words around it tell an earlier conviction, the
conviction of somebody else, or the definition of a recidivist: those are facts. Of several cues
in one sentence the nearest before the penalty decides. Time is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

PLACEHOLDER = "〔略〕"

_DIGITS = "0-9一二三四五六七八九十百千两零〇半"
_DURATION = (
    rf"(?<![0-9])(?!(?:19|20)[0-9]{{2}}年)[{_DIGITS}]{{1,5}}(?:年|个半?月)半?"
    rf"|(?<![0-9月])[{_DIGITS}]{{1,3}}[日天](?![{_DIGITS}])"
)
_AMOUNT = rf"[{_DIGITS}.,，万余]{{1,14}}元"
_EXEMPT = r"免[予于除]刑事处罚|定罪免[予于]?(?:刑事)?处罚|定罪免刑"
_NOT_AT_ONCE = r"不(?:是?必须|属必须|必|须|需)立即执行"
_DEPRIVATION = rf"剥夺政治权利(?:终身|[{_DIGITS}]{{1,3}}年)?"
# Atoms and joints in a row are one penalty as a court or prosecutor writes it. Public data sets
# blank out the kind of penalty as ××.
_ATOM = (
    r"有期徒刑?|无期徒刑|拘役|管制(?![刀器物品类服])|死刑|极刑|死缓|×{2,}元?"
    r"|缓刑(?:考验期限?)?|宣告(?=缓刑|×)|适用(?=缓刑|×)|[并单]处|罚金(?:人民币)?|没收(?:个人)?(?:全部)?财产"
    rf"|{_EXEMPT}|(?:但?可以?)?(?:{_NOT_AT_ONCE}|不立即执行)|立即执行|缓期[二两2]年执行"
    rf"|{_DEPRIVATION}|{_DURATION}|{_AMOUNT}"
)
_SUFFIX = r"以上|以下|以内|左右|不等|的?幅度内?|之间|的?刑罚"
_JOINT = r"至|到|或者?|和|及|并|但|零|[、，,\-—~－]"
_TOKEN = re.compile(rf"(?P<atom>{_ATOM})|(?P<suffix>{_SUFFIX})|(?P<joint>{_JOINT})")
_TERM_OF_SERVICE = re.compile(
    r"刑期[^。；;\n刑]{0,40}?起[^。；;\n刑]{0,6}?至[^。；;\n刑]{4,24}?止"
)

# A penalty that is one without any verb before it.
_CORE = re.compile(
    rf"有期徒刑?|无期徒刑|死刑|极刑|死缓|拘役|缓刑|{_EXEMPT}|{_NOT_AT_ONCE}"
    rf"|[并单]处罚金|罚金(?:人民币)?[{_DIGITS}]|管制[{_DIGITS}]|剥夺政治权利"
)
_LOOSE = re.compile(r"×{2,}|年|月|[日天]|死|缓|罚金|管制|免")
_VERB = re.compile(
    r"(?:判处|判决|改判|量处|处以|科处|决定执行|合并执行)[^，,。；;：:、（）()\n判处执]{0,28}$"
    r"|(?:执行|量刑为?|刑期为?|刑罚为?|判|处)$"
)
_ANCHORS = ("判处", "判决", "改判", "量处", "科处", "处以", "决定", "合并", "量刑", "刑期")
_WEIGHED = re.compile(r"[^，,。；;\n判犯]{0,12}?(?:量刑|刑期|处刑|宣告刑|刑罚|判刑|[内间]判)")
# 有期徒刑以上刑罚 defines the recidivist and leaks nothing.
_DEFINITION = re.compile(r"(?:有期徒刑?|×+)(?:以上(?:的?刑罚)?|的?刑罚以上)")
_BEING_SERVED = re.compile(
    r"(?:缓刑|剥夺政治权利)(?:(?:考验)?期(?:间|内|满|限内|限届满)|的?(?:部分|判决)|罪犯|人员)"
)

_PRIOR = re.compile(
    r"曾(?=[因经被犯于受在多两]|[0-9])|前罪|前刑|(?<!建议)撤销(?=[^，,。；;\n]{0,20}缓刑)|同案[犯人]|另案|已判"
    r"|被(?![告害上申诉执])[^，,。；;、被\n对应故可考鉴论的]{0,32}?(?:判|处以|科处|宣告|免)"
)
_CONVICTED = re.compile(r"因[^，,。；;\n因]{0,25}罪|因[^，,。；;\n因罪]{1,12}(?=被)")
_YEAR = re.compile(r"(?:19|20)\d\d年|[一二][九〇○零][〇○零一二三四五六七八九]{2}年")
_THIS_CASE = re.compile(
    r"建议|提请|请求|要求|判决如下|判决[:：]|原判|原审|一审|综上|据此|依照|鉴于|公诉机关|检察院"
    r"|决定对|(?<!因)犯[^，,。；;\n犯]{1,25}罪[，,]判处|应当?判处(?!有期徒刑?以上)"
)
_SERVED = re.compile(r"释放|刑满|执行完毕|假释|减刑|服刑|尚未执行|余刑|保外就医|投牢|前科|收监")
_END = re.compile(r"[。；;\n]")
_REACH_BEFORE, _REACH_AFTER = 120, 60
_MAX_JOINTS = 3
_DURATIONS = re.compile(_DURATION)


def mask_verdicts(text: str) -> str:
    """The text with this case's penalties, stated or recommended, replaced by a placeholder.

    >>> mask_verdicts("张三盗窃手机一部。公诉机关建议判处有期徒刑六个月，并处罚金。")
    '张三盗窃手机一部。公诉机关建议〔略〕。'
    >>> mask_verdicts("张三曾因盗窃罪于2010年被判处有期徒刑二年。")
    '张三曾因盗窃罪于2010年被判处有期徒刑二年。'
    """
    cues = _Cues(text)
    pieces: list[str] = []
    done = 0
    for start, end in sorted([*_penalties(text, cues), *_terms_of_service(text, cues)]):
        if start >= done:
            pieces += [text[done:start], PLACEHOLDER]
        done = max(done, end)
    return "".join([*pieces, text[done:]])


class _Cues:
    """Where a text says whose penalty it tells; looked up by bisection."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in _END.finditer(text)]
        years = [match.start() for match in _YEAR.finditer(text)]
        prior = [match.start() for match in _PRIOR.finditer(text)]
        for match in _CONVICTED.finditer(text):
            near = bisect_left(years, match.start() - 45)
            if near < len(years) and years[near] < match.end() + 20:
                prior.append(match.start())
        self._prior = sorted(prior)
        self._this = [match.start() for match in _THIS_CASE.finditer(text)]
        self._served = [match.start() for match in _SERVED.finditer(text)]

    def is_fact(self, start: int, end: int) -> bool:
        """Whether the penalty at [start, end) belongs to an earlier or another conviction."""
        sentence = self._ends[i] + 1 if (i := bisect_left(self._ends, start) - 1) >= 0 else 0
        begin = max(sentence, start - _REACH_BEFORE)
        prior, this = _last(self._prior, begin, start), _last(self._this, begin, start)
        if prior is not None or this is not None:
            return prior is not None and (this is None or prior > this)
        after = bisect_left(self._served, end)
        return after < len(self._served) and self._served[after] < min(
            end + _REACH_AFTER, self._sentence_end(end)
        )

    def _sentence_end(self, position: int) -> int:
        after = bisect_left(self._ends, position)
        return self._ends[after] if after < len(self._ends) else position + _REACH_AFTER


def _last(positions: list[int], begin: int, end: int) -> int | None:
    found = bisect_right(positions, end) - 1
    return positions[found] if found >= 0 and positions[found] >= begin else None


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of atoms joined by at most three joints."""
    start = end = last = joints = 0
    for match in _TOKEN.finditer(text):
        if match.start() != last or joints > _MAX_JOINTS:
            if end > start:
                yield start, end
            start = end = match.start()
            joints = 0
        last = match.end()
        if match.lastgroup == "atom":
            if end == start:
                start = match.start()
            end, joints = last, 0
        elif match.lastgroup == "suffix" and end > start:
            end = last if joints == 0 else end
        else:
            joints += 1
    if end > start:
        yield start, end


def _penalties(text: str, cues: _Cues) -> Iterator[tuple[int, int]]:
    for start, end in _runs(text):
        words = text[start:end]
        verb = _VERB.search(text, max(start - 36, 0), start)
        if not _CORE.search(words) and not _is_penalty(text, start, end, verb):
            continue
        if _DEFINITION.fullmatch(words) or cues.is_fact(start, end):
            continue
        if _BEING_SERVED.match(text, start):
            continue
        yield (verb.start() if verb else start), end


def _is_penalty(text: str, start: int, end: int, verb: re.Match[str] | None) -> bool:
    """Whether a bare duration or blanked-out kind is a penalty, by the words around it."""
    words = text[start:end]
    if not _LOOSE.search(words):
        return False
    if verb and verb.group().startswith(_ANCHORS):
        return True
    weighed = "幅度" in words or _WEIGHED.match(text, end)
    return bool(weighed) and (text[start - 1 : start] == "在" or bool(_DURATIONS.search(words)))


def _terms_of_service(text: str, cues: _Cues) -> list[tuple[int, int]]:
    return [
        match.span()
        for match in _TERM_OF_SERVICE.finditer(text)
        if not cues.is_fact(match.start(), match.end())
    ]
