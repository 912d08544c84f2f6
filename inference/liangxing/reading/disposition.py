"""The verdict of each defendant, from the operative part of a judgment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from liangxing.reading.judgment_types import Count, StatedPenalty, Verdict
from liangxing.reading.penalty_statements import Mode, Statement, statements

_OTHERS = re.compile(r"不等|其他|其余")


def verdicts_in(text: str, names: Sequence[str], *, mode: Mode = "new") -> dict[str, Verdict]:
    """Verdicts by defendant of a compact operative text; `names` are all defendants.

    `mode` picks what the text decides anew, what it upholds or what it revokes of an earlier
    judgment.

    >>> found = verdicts_in("被告人甲某犯盗窃罪，判处有期徒刑一年，并处罚金二千元。", ["甲某"])
    >>> found["甲某"].penalty.months, found["甲某"].penalty.fine, found["甲某"].charges
    (12.0, 2000.0, ('盗窃',))
    """
    found: dict[str, list[Statement]] = {name: [] for name in names}
    for statement in statements(text, names):
        if statement.mode == mode and _decides(text, statement):
            for name in statement.names:
                found.setdefault(name, []).append(statement)
    return {name: _verdict(text, stated) for name, stated in found.items() if stated}


def merged(new: Mapping[str, Verdict], upheld: Mapping[str, Verdict]) -> dict[str, Verdict]:
    """The verdicts of an appeal: what is decided anew, with the fine that is left standing."""
    result = dict(upheld)
    for name, verdict in new.items():
        kept = upheld.get(name)
        penalty = verdict.penalty
        if kept and kept.penalty and penalty and kept.penalty.fined and not penalty.fined:
            fined = replace(penalty, fined=True, fine=kept.penalty.fine)
            if verdict.cumulated:
                verdict = replace(verdict, cumulated=fined)
            elif len(verdict.counts) == 1:
                verdict = replace(verdict, counts=(replace(verdict.counts[0], penalty=fined),))
        result[name] = verdict
    return result


def _decides(text: str, statement: Statement) -> bool:
    """Whether a statement is one penalty: a range is about several persons at once."""
    if statement.main is None:
        return statement.fined
    if statement.main.form not in ("exact", "about"):
        return False
    return not _OTHERS.match(text, statement.end)


def _verdict(text: str, stated: Sequence[Statement]) -> Verdict:
    counts: list[Count] = []
    cumulated: StatedPenalty | None = None
    for statement in stated:
        penalty = _penalty(text, statement)
        if statement.total:
            cumulated = penalty
            if not counts or len(statement.charges) > 1:
                known = {count.charge for count in counts}
                counts += [Count(c, n, None) for c, n in statement.charges if c not in known]
            continue
        if len(statement.charges) > 1 and len(stated) == 1:
            counts += [Count(charge, named, None) for charge, named in statement.charges]
            cumulated = penalty
            continue
        charge, named = statement.charges[-1] if statement.charges else (None, None)
        counts.append(Count(charge, named, penalty))
    return Verdict(tuple(counts), cumulated)


def _penalty(text: str, statement: Statement) -> StatedPenalty:
    main = statement.main
    words = text[statement.start : statement.end].strip()
    fine = statement.fine_low if statement.fine_low == statement.fine_high else None
    if main is None:
        return StatedPenalty("fine_only", 0.0, fined=True, fine=fine, text=words)
    months = None if main.kind in ("life", "death_reprieve", "death") else main.low
    return StatedPenalty(
        kind=main.kind,
        months=None if main.acquitted else months,
        suspended=statement.suspended and bool(main.kinds),
        suspension_months=statement.suspension_months,
        fined=statement.fined,
        fine=fine,
        confiscation=statement.confiscation,
        acquitted=main.acquitted,
        text=words,
    )
