"""What the prosecutor recommends, with its form and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from liangxing.reading.judgment_types import Recommendation
from liangxing.reading.penalty_statements import Statement, statements
from liangxing.reading.penalty_wording import Form
from liangxing.reading.persons import mentions
from liangxing.reading.speakers import SENTENCE, Speaker, speaker_of, speaks_before

_ADVICE = re.compile(
    r"建议(?![^，。；]{0,6}(?:书|权|稿)(?:$|[，。；、]))(?:人民|贵|本|合议)?(?:法?院|法庭|庭)?"
)
_FORM_OF_TRIAL = re.compile(
    r"^[^，。；]{0,10}(?:适用|采用|采取|按照?)(?:本案)?[^，。；]{0,4}(?:简易|速裁|普通|认罪认罚)?[^，。；]{0,6}程序"
)
# Only a prosecutor submits (提请); a request may be anybody's.
_SUBMITTED = re.compile(
    r"(?:提请|诉请)(?:本院|法庭|人民法院|法院|依法)?(?=[^，。；]{0,30}(?:幅度|之间|量刑|判处|处刑))"
)
_ASKED = re.compile(
    r"(?:请求|要求|请)(?:本院|法庭|人民法院|法院|依法)?(?=[^，。；]{0,30}(?:幅度|之间|量刑|判处|处刑))"
)
_OFFERED = re.compile(
    r"(?:提出|所提|提交|要求|认为应?(?:当)?|关于|主张|请求)(?=[^。]{0,120}(?:量刑建议|量刑意见|的建议|量刑的?意见))"
    r"|对(?=[^。；]{0,16}量刑[^。；]{0,60}的建议)|量刑(?:建议|幅度)(?:为|是|：|:)|量刑建议(?=对|判处)|(?:处|在)(?=[^。；]{0,60}(?:量刑|处刑|判处刑罚|幅度内?(?:量刑|处)))"
)
_STOP = re.compile(
    r"本院认为|提请本院|诉请本院|请(?:求)?(?:本院|人民法院|法院)?(?:依法)?(?:判处|惩处|判决|裁判)(?=。|$|；)|(?:本院)?(?:应?予以?|不予|酌予)采纳|被告人[^，。；]{0,16}(?:对上述|表示|均?无异议|没有异议)"
    r"|辩护人|(?:该|此|上述)?量刑(?:建议|意见)(?:适当|合理|恰当|符合)"
)
# 一年至五年不等 tells several persons' terms at once, and nobody's own.
_AT_ONCE = re.compile(r"的?不等")
_OR = re.compile(r"(?:的?刑罚)?[、，]?或者?(?:判处|处)?")
_REACH = 400
_GOES_ON = re.compile(r"[，；]并处罚金")
_ADJUSTED = re.compile(
    r"变更|调整|修改|更改|更正|重新(?:提出|建议)|改为|(?:庭审|当庭)[^，。；]{0,8}(?:提出|建议)"
)
_WITHDRAWN = re.compile(r"(?:撤销|撤回|取消)[^，。；]{0,10}$")
_CHANGED = re.compile(
    r"(?:后|又|现|当庭|庭审中|开庭后)?(?:变更|调整|修改|更改|改)(?:了)?(?:原)?(?:量刑)?(?:建议)?(?:为|成)(?!准)"
)
_IF = re.compile(r"(?:若|如果|如(?!实|下|上)|倘|假如)[^，。；]{1,30}[，,][^，。；]{0,8}$")


@dataclass(frozen=True)
class Advice:
    """One recommendation for some defendants, as a sentence of the judgment states it."""

    names: tuple[str, ...]
    recommendation: Recommendation
    adjusted: bool
    sentence: str


def advice_in(text: str, names: Sequence[str], speaker: Speaker | None) -> list[Advice]:
    """The prosecutor's recommendations in a compact section, in order.

    `speaker` is whose voice the section begins in. Advice of the defence and of others is left
    out, and so is advice on procedure.

    >>> advice = advice_in("建议判处有期徒刑一年至二年。", ["甲某"], "prosecutor")
    >>> advice[0].recommendation.low, advice[0].recommendation.high
    (12.0, 24.0)
    >>> advice_in("建议适用简易程序审理。", ["甲某"], "prosecutor")
    []
    """
    found: list[Advice] = []
    current = speaker
    for match in SENTENCE.finditer(text):
        sentence = match.group()
        current = speaker_of(sentence, current)
        for start, end in _regions(sentence, current):
            before = text[max(0, match.start() - _REACH) : match.start() + start]
            named = [m.names for m in mentions(before, names)]
            found += _advice(sentence, start, end, names, named[-1] if named else ())
    return found


def latest(advice: Sequence[Advice]) -> tuple[Recommendation, ...]:
    """One defendant's recommendations in order of time; repetitions are joined, and a different
    one counts only where the text says that it was adjusted."""
    made: list[Recommendation] = []
    for each in advice:
        new = each.recommendation
        if not made:
            made.append(new)
        elif _same_term(made[-1], new) or not new.kinds or not made[-1].kinds:
            made[-1] = _joined(made[-1], new)
        elif each.adjusted:
            made.append(new)
    return tuple(made)


def _regions(sentence: str, speaker: Speaker | None) -> Iterator[tuple[int, int]]:
    """Stretches of a sentence that hold a recommendation of the prosecutor."""
    for match in _ADVICE.finditer(sentence):
        before = sentence[: match.start()]
        if before.endswith(("量刑", "的")) and not re.match(
            r"[：:为]?(?:对|判处|在)", sentence[match.end() :]
        ):
            continue
        if _WITHDRAWN.search(before) or _FORM_OF_TRIAL.match(sentence[match.end() :]):
            continue
        if speaks_before(before, speaker) == "prosecutor":
            yield match.end(), _stop(sentence, match.end())
            return
    searches: tuple[tuple[re.Pattern[str], Speaker | None], ...] = (
        (_OFFERED, speaker),
        (_SUBMITTED, speaker),
        (_ASKED, None),
    )
    for pattern, heard in searches:
        for match in pattern.finditer(sentence):
            if speaks_before(sentence[: match.start()], heard) == "prosecutor":
                yield match.end(), _stop(sentence, match.end())
                return


def _stop(sentence: str, start: int) -> int:
    for stop in _STOP.finditer(sentence, start):
        if not _GOES_ON.match(sentence, stop.end()):
            return stop.start()
    return len(sentence)


def _advice(
    sentence: str, start: int, end: int, names: Sequence[str], subject: tuple[str, ...]
) -> Iterator[Advice]:
    adjusted = bool(_ADJUSTED.search(sentence[max(0, start - 24) : end]))
    region = sentence[start:end]
    change = _CHANGED.search(region)
    if change and not _IF.search(region[: change.start()]):
        yield from _stated(region[: change.start()], names, subject, False, sentence)
        yield from _stated(region[change.end() :], names, subject, True, sentence)
    else:
        yield from _stated(region, names, subject, adjusted, sentence)


def _stated(
    region: str, names: Sequence[str], subject: tuple[str, ...], adjusted: bool, sentence: str
) -> Iterator[Advice]:
    by_name: dict[str, list[Statement]] = {}
    for statement in statements(region, names, bare=True, of=subject):
        if _AT_ONCE.match(region, statement.end):
            continue
        for name in statement.names or tuple(names) or ("",):
            by_name.setdefault(name, []).append(statement)
    for name, stated in by_name.items():
        recommendation = _recommendation(region, stated)
        if recommendation:
            yield Advice((name,), recommendation, adjusted, sentence)


def _recommendation(region: str, stated: Sequence[Statement]) -> Recommendation | None:
    """The statements on one defendant as one recommendation."""
    totals = [s for s in stated if s.total and s.main]
    if totals:
        return _one(region, _alternatives(region, totals[:1], stated))
    counts: list[Recommendation] = []
    charges: list[tuple[tuple[str | None, str], ...]] = []
    for group in _groups(region, stated):
        made = _one(region, group)
        if made is None:
            continue
        if counts and (not group[0].charges or group[0].charges in charges):
            counts[-1] = _joined(counts[-1], made) if _same_term(counts[-1], made) else counts[-1]
            continue
        counts.append(made)
        charges.append(group[0].charges)
    if not counts:
        return None
    return counts[0] if len(counts) == 1 else _together(counts)


def _groups(region: str, stated: Sequence[Statement]) -> list[list[Statement]]:
    """Statements joined by 或, such as 有期徒刑十五年或者无期徒刑, belong together."""
    groups: list[list[Statement]] = []
    for statement in stated:
        last = groups[-1][-1] if groups else None
        if last and re.fullmatch(
            r"(?:的?刑罚)?[、，]?或者?(?:判处|处)?", region[last.end : statement.start]
        ):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _alternatives(
    region: str, wanted: Sequence[Statement], stated: Sequence[Statement]
) -> list[Statement]:
    return next((group for group in _groups(region, stated) if wanted[0] in group), list(wanted))


def _one(region: str, group: Sequence[Statement]) -> Recommendation | None:
    mains = [s.main for s in group if s.main]
    fined = next((s for s in group if s.fined), None)
    stated = Recommendation(
        low=None,
        high=None,
        kinds=(),
        form="kind_only",
        suspended=any(s.suspended for s in group),
        suspension_months=next((s.suspension_months for s in group if s.suspension_months), None),
        fined=fined is not None,
        fine_low=fined.fine_low if fined else None,
        fine_high=fined.fine_high if fined else None,
        text=region[group[0].start : group[-1].end].strip(),
    )
    if not mains:
        if group[0].fine_only and not stated.suspended:
            return replace(stated, low=0.0, high=0.0, kinds=("fine_only",), form="exact")
        return stated if stated.suspended else None
    if any(main.acquitted for main in mains):
        return None
    highs = [main.high for main in mains if main.high is not None]
    form: Form = "range"
    if len(mains) == 1 or mains[0].form == "kind_only":
        form = mains[-1].form
    return replace(
        stated,
        low=mains[0].low,
        high=None if mains[-1].high is None else max(highs),
        kinds=tuple(dict.fromkeys(kind for main in mains for kind in main.kinds)),
        form=form,
        unit=mains[0].unit,
    )


def _together(counts: Sequence[Recommendation]) -> Recommendation:
    """Several counts without a term to be executed: from the longest one to the sum
    (Criminal Law art. 69); detention beside a fixed term is not served."""
    fixed = [count for count in counts if "fixed_term" in count.kinds]
    served = fixed or list(counts)
    unbound = [c for c in counts if {"life", "death", "death_reprieve"} & set(c.kinds)]
    if unbound:
        served = unbound[:1]
    lows = [count.low for count in served if count.low is not None]
    highs = [count.high for count in served]
    alone = len(served) == 1
    fines = [count for count in counts if count.fined]
    known_low = [count.fine_low for count in fines if count.fine_low is not None]
    known_high = [count.fine_high for count in fines if count.fine_high is not None]
    return replace(
        served[0],
        low=served[0].low if alone else max(lows, default=None),
        high=served[0].high
        if alone
        else None
        if any(high is None for high in highs)
        else sum(high for high in highs if high is not None),
        kinds=tuple(dict.fromkeys(kind for count in served for kind in count.kinds)),
        form=served[0].form if alone else "range",
        suspended=any(count.suspended for count in counts),
        fined=bool(fines),
        fine_low=sum(known_low) if fines and len(known_low) == len(fines) else None,
        fine_high=sum(known_high) if fines and len(known_high) == len(fines) else None,
        text="；".join(count.text for count in counts),
        counts=len(counts),
    )


def _same_term(first: Recommendation, second: Recommendation) -> bool:
    return (first.low, first.high) == (second.low, second.high)


def _joined(first: Recommendation, second: Recommendation) -> Recommendation:
    """The fuller of two statements of one recommendation, with what only the other tells."""
    base, other = (first, second) if first.kinds else (second, first)
    return replace(
        base,
        suspended=base.suspended or other.suspended,
        suspension_months=base.suspension_months or other.suspension_months,
        fined=base.fined or other.fined,
        fine_low=base.fine_low if base.fine_low is not None else other.fine_low,
        fine_high=base.fine_high if base.fine_high is not None else other.fine_high,
    )
