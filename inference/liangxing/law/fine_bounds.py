"""Whether a fine (罚金) goes with one penalty, whether it must, and between which figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from liangxing.law.bounds import Statutory
from liangxing.law.circumstances import CaseFacts
from liangxing.law.counts import CountFinding, VersionFinding
from liangxing.law.fines import fine_of, fine_words
from liangxing.law.guideline_data import crimes
from liangxing.law.statutes import Tier
from liangxing.prediction import PenaltyKind


@dataclass(frozen=True)
class FineBounds:
    """The law on a fine beside, or instead of, one penalty.

    `open` is null where the law at hand does not tell, `required` where the article leaves no
    choice. `low` and `high` in yuan, null where no figure holds.
    """

    open: bool | None
    required: bool
    low: float | None = None
    high: float | None = None


_NONE, _UNKNOWN = FineBounds(False, False), FineBounds(None, False)


def fine_bounds(
    statutory: Statutory, kind: PenaltyKind, months: float | None, facts: CaseFacts
) -> FineBounds:
    """The fine in the tiers that hold the penalty; fines of several counts add up (art. 69)."""
    if kind == "exempt":
        return _NONE
    if not statutory.known:
        return _UNKNOWN
    counts = [
        _either([_of_version(count, version, kind, months, facts) for version in count.versions])
        for count in statutory.counts
    ]
    if kind == "fine_only":
        return FineBounds(True, True, _lowest(counts), _highest(counts))
    opens = [count.open for count in counts]
    return FineBounds(
        open=True if True in opens else None if None in opens else False,
        required=any(count.required for count in counts),
        low=_lowest(counts),
        high=_highest(counts),
    )


def _lowest(counts: Sequence[FineBounds]) -> float | None:
    lows = [count.low for count in counts if count.required and count.low is not None]
    return sum(lows) if lows else None


def _highest(counts: Sequence[FineBounds]) -> float | None:
    highs = [count.high for count in counts if count.open is not False]
    known = [high for high in highs if high is not None]
    return sum(known) if known and len(known) == len(highs) else None


def _of_version(
    count: CountFinding,
    version: VersionFinding,
    kind: PenaltyKind,
    months: float | None,
    facts: CaseFacts,
) -> FineBounds:
    found: list[FineBounds] = []
    for tier in _holding(version, kind, months):
        words = fine_words(count.statute, version.applied.version, tier)
        crime = crimes().get(count.statute.charge)
        ruled = crime is not None and crime.fine is not None
        if words is None and not ruled and not tier.fine_only:
            found.append(_UNKNOWN)
            continue
        fine = "罚金" in (words or "")
        if not fine and not ruled and not tier.fine_only:
            found.append(_NONE)
            continue
        law = fine_of(count.statute, version.applied.version, tier, facts)
        required = fine and not any(word in (words or "") for word in ("可以", "没收财产"))
        found.append(
            FineBounds(True, required, law.low if law else None, law.high if law else None)
        )
    return _either(found)


def _holding(version: VersionFinding, kind: PenaltyKind, months: float | None) -> Sequence[Tier]:
    """The tiers that hold a penalty, of those that the facts allow if any does."""

    def holds(tier: Tier) -> bool:
        if kind == "fine_only":
            return tier.fine_only
        if months is None:
            return tier.life if kind == "life" else tier.death
        return tier.months is not None and tier.months[0] <= months <= tier.months[1]

    def candidates() -> Iterator[list[Tier]]:
        yield [tier for tier in version.choice.allowed if holds(tier)]
        yield [tier for tier in version.choice.ladder if holds(tier)]

    return next(filter(None, candidates()), version.choice.allowed)


def _either(found: Sequence[FineBounds]) -> FineBounds:
    """The bounds where any one of several tiers or versions may hold."""
    opens = [each.open for each in found]
    fines = [each for each in found if each.open is not False]
    lows = [each.low for each in fines if each.low is not None]
    highs = [each.high for each in fines if each.high is not None]
    every = len(fines) == len(found)
    return FineBounds(
        open=True if True in opens else None if None in opens else False,
        required=all(each.required for each in found),
        low=min(lows) if lows and every and len(lows) == len(fines) else None,
        high=max(highs) if highs and len(highs) == len(fines) else None,
    )
