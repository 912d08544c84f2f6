"""Who gets what for which charge: the sentences of a disposition or a recommendation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, cast

from liangxing.law.charges import canonical_charge
from liangxing.reading.compact import without_remarks
from liangxing.reading.penalty_wording import (
    FINE,
    SUSPENSION,
    PenaltyRange,
    months_of,
    penalties_in,
    yuan_of,
)
from liangxing.reading.persons import mentions

Mode = Literal["new", "revoked", "upheld"]

_CHARGE_WORDS = r"(?:侵犯|犯罪|罪犯|[^，,。；;：犯罪《》]){1,40}"
_CHARGE = re.compile(
    rf"(?<!侵)犯(?:有|了)?(?P<of>{_CHARGE_WORDS})罪"
    rf"|以(?:犯)?(?P<by>(?:以危险|{_CHARGE_WORDS[:-6]}){{1,40}})罪(?=[，,]?(?:、|和|及|判|处|对|定|改|追|分别|名|在|数))"
    rf"|构成(?P<made>{_CHARGE_WORDS})罪"
    r"|(?<=[罪、和及与])[、和及与]?(?:犯)?(?P<next>(?:侵犯|犯罪|[^，,。；;：犯罪《》、和及]){2,40})罪"
    r"|(?<!侵)犯(?P<bare>[^，,。；犯罪]{2,16})(?=，(?:判处|单处|处|免))"
)
_TOTAL = re.compile(
    r"决定(?:对[^，。；]{1,20})?(?:合并)?执行|合并决定执行|(?:合并|一并)执行|决定[，,](?=执行)"
    r"|并罚[，,]?(?:后)?(?:应?执行|判处|应当?执行)|(?<![判裁原])执行(?=有期徒刑|拘役|无期徒刑|死刑|管制)"
)
_SUM = re.compile(r"总和刑期|合计刑期|刑期总和")
_SEVERAL = re.compile(r"数罪并罚")
_PRIOR = re.compile(
    r"原判(?!决|处罚)|前罪|前判|前次|原犯|原罪|连同|余刑|尚未执行|剩余(?:刑|的)|未执行(?:完毕)?的|撤[销消]|假释|所?判处?的(?!刑罚|量刑)"
    r"|因[^，。；]{1,30}被[^，。；]{1,24}判处|(?:因|曾|原|已|前)[^，。；]{0,24}被判(?:处|决)?|原审判决|原判决"
)
_REVOKED = re.compile(r"撤[销消](?![^，。；]{0,60}(?:缓刑|假释|暂予))")
_UPHELD = re.compile(r"维持(?!治安|秩序|生活|第一审|一审|原审)")
_APPROVED = re.compile(r"核准")
_RESUMED = re.compile(
    r"[。；;][”\"]?\s*(?=[（(]?[一二三四五六七八九十\d]{1,3}[）)]?[、.．]|(?:被告|上诉人|原审被告|对被告|对上诉|犯|以|决定|改判|数罪|判处|与前))"
    r"|改判|(?:^|[。；，])(?=(?:决定|数罪))"
)
_ITEM = re.compile(
    r"(?:^|(?<=[。；;：:）)】”\]]))[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]?[、.．]"
)
_FINE_VERB = re.compile(r"(?:并处|单处|判处|各处|处|附加|决定执行|执行|[，、；]各?|并|分别)$")


@dataclass
class Statement:
    """One penalty for some defendants; ends of money in yuan. Offsets are of the text read."""

    names: tuple[str, ...]
    charges: tuple[tuple[str | None, str], ...]
    main: PenaltyRange | None
    mode: Mode
    total: bool = False
    suspended: bool = False
    suspension_months: float | None = None
    fined: bool = False
    fine_low: float | None = None
    fine_high: float | None = None
    fine_only: bool = False
    confiscation: bool = False
    start: int = 0
    end: int = 0


@dataclass
class _State:
    """Where the walk through the tokens stands."""

    everyone: tuple[str, ...]
    names: tuple[str, ...] = ()
    charges: list[tuple[str | None, str]] = field(default_factory=list[tuple[str | None, str]])
    fresh: bool = False
    mode: Mode = "new"
    approved: bool = False
    prior: bool = False
    total: bool = False
    ignore_next: bool = False
    several: bool = False
    made: list[Statement] = field(default_factory=list[Statement])


def statements(
    text: str, names: Sequence[str], *, bare: bool = False, of: Sequence[str] = ()
) -> list[Statement]:
    """The penalties of a compact text, each with its defendants, charges and additions.

    `names` are all defendants, `of` those whom the text speaks of where it begins; `bare` takes a
    kind without a term too.

    >>> found = statements("甲某犯盗窃罪，判处有期徒刑一年，缓刑二年", ["甲某"])
    >>> found[0].main.low, found[0].suspension_months
    (12.0, 24.0)
    """
    plain = without_remarks(text)
    state = _State(tuple(names), names=tuple(of))
    for _, kind, value in sorted(_tokens(plain, names, bare), key=lambda t: (t[0], _RANK[t[1]])):
        _step(plain, state, kind, value)
    return state.made


_RANK = {
    name: rank
    for rank, name in enumerate(
        (
            "resume",
            "item",
            "mode",
            "prior",
            "person",
            "charge",
            "several",
            "sum",
            "total",
            "penalty",
            "suspension",
            "fine",
            "confiscation",
        )
    )
}
_CONFISCATION = re.compile(r"没收(?:其|个人)*(?:全部|部分)?财产")


def _tokens(text: str, names: Sequence[str], bare: bool) -> Iterator[tuple[int, str, object]]:
    for mention in mentions(text, names):
        yield mention.start, "person", mention
    for match in _CHARGE.finditer(text):
        yield match.start(), "charge", match
    for penalty in penalties_in(text, bare=bare):
        yield penalty.start, "penalty", penalty
    for kind, pattern in (
        ("suspension", SUSPENSION),
        ("fine", FINE),
        ("confiscation", _CONFISCATION),
        ("total", _TOTAL),
        ("sum", _SUM),
        ("several", _SEVERAL),
        ("prior", _PRIOR),
        ("mode", re.compile(f"{_REVOKED.pattern}|{_UPHELD.pattern}|{_APPROVED.pattern}")),
        ("resume", _RESUMED),
        ("item", _ITEM),
    ):
        for match in pattern.finditer(text):
            yield match.start(), kind, match


def _step(text: str, state: _State, kind: str, value: object) -> None:
    if kind == "penalty":
        assert isinstance(value, PenaltyRange)
        _penalty(state, value)
        return
    if kind == "person":
        names: tuple[str, ...] = getattr(value, "names", ())
        state.names = names or state.everyone
        return
    _word(text, state, kind, cast(re.Match[str], value))


def _word(text: str, state: _State, kind: str, value: re.Match[str]) -> None:
    if kind in ("resume", "item"):
        # What a quashed or upheld judgment says goes on behind a semicolon with 以…罪.
        quoted = kind == "resume" and text[value.end() : value.end() + 1] in ("以", "犯")
        if not state.approved and not quoted:
            state.mode = "new"
        state.prior = state.ignore_next = False
        if kind == "item":
            state.several = state.total = False
    elif kind == "mode":
        word = value.group()
        if word == "核准":
            state.approved, state.mode = True, "new"
        elif not state.approved:
            state.mode = "upheld" if word == "维持" else "revoked"
    elif kind == "prior":
        state.prior = not state.approved and not value.group().startswith(("原审判决", "原判决"))
    elif kind == "charge":
        _charge(state, value)
    elif kind == "total":
        state.total, state.prior, state.ignore_next = True, False, False
    elif kind == "sum":
        state.ignore_next = True
    elif kind == "several":
        state.several = True
        if len(state.charges) > 1 and state.fresh:
            state.total = True
    else:
        _addition(text, state, kind, value)


def _charge(state: _State, match: re.Match[str]) -> None:
    if state.prior:
        return
    named = next(group for group in match.groups() if group)
    charge = canonical_charge(named)
    if match.group("bare") and charge is None:
        return
    if not state.fresh:
        state.charges = []
    state.fresh = True
    if match.group("next") and charge is None:
        return
    if not any(known == (charge, named) for known in state.charges):
        state.charges.append((charge, named))


def _penalty(state: _State, penalty: PenaltyRange) -> None:
    if state.prior or state.ignore_next:
        state.ignore_next = False
        return
    last = state.made[-1] if state.made else None
    if (
        last
        and last.main
        and last.main.acquitted
        and penalty.acquitted
        and last.names == state.names
    ):
        return
    state.made.append(
        Statement(
            names=state.names or state.everyone,
            charges=tuple(state.charges),
            main=penalty,
            mode=state.mode,
            total=state.total,
            start=penalty.start,
            end=penalty.end,
        )
    )
    state.fresh = state.total = False


def _addition(text: str, state: _State, kind: str, match: re.Match[str]) -> None:
    """Suspension, fine or confiscation: part of the last penalty, or a penalty of its own."""
    if state.prior or state.ignore_next:
        return
    last = state.made[-1] if state.made else None
    fits = last is not None and not state.fresh and last.names == (state.names or state.everyone)
    if state.total and last is not None and not last.total:
        fits = False
    if kind == "suspension":
        if not fits or last is None:
            last = _alone(state, match)
        last.suspended, last.end = True, max(last.end, match.end())
        if match.group("term"):
            last.suspension_months = months_of(match.group("term"))
        return
    if kind == "confiscation":
        if fits and last is not None:
            last.confiscation, last.end = True, max(last.end, match.end())
        return
    if not match.group("only") and not _FINE_VERB.search(
        text[max(0, match.start() - 6) : match.start()].replace(" ", "").replace("以", "")
    ):
        return
    if not fits or last is None:
        last = _alone(state, match)
        last.fine_only = True
    if last.fined and last.fine_low is not None:
        return
    last.fined, last.end = True, max(last.end, match.end())
    groups = match.groupdict()
    last.fine_low = yuan_of(groups["low"] or groups["first"])
    last.fine_high = yuan_of(groups["high"] or groups["last"]) or last.fine_low


def _alone(state: _State, match: re.Match[str]) -> Statement:
    made = Statement(
        names=state.names or state.everyone,
        charges=tuple(state.charges),
        main=None,
        mode=state.mode,
        total=state.total,
        start=match.start(),
        end=match.end(),
    )
    state.made.append(made)
    state.fresh = state.total = False
    return made
