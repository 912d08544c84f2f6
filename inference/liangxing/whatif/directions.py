"""Which way a change goes in law: lighter, heavier, or open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from liangxing.law.circumstances import circumstance_rules
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import crimes
from liangxing.law.leniency import plea_rules
from liangxing.law.mitigation import MINOR
from liangxing.law.statutes import find
from liangxing.model.legal import LegalContext
from liangxing.whatif.changes import PLEA_STAGE, Change, State, Value

Direction = Literal["lighter", "heavier", "open"]
# The first grade of an injury or disability is the gravest.
_GRADE = "_grade"


def direction_of(
    change: Change, before: State, after: State, old: LegalContext, new: LegalContext
) -> Direction:
    """The way the bounds and the guideline range move; where they stay, the nature of the fact."""
    moved = _moved(old, new)
    if moved != "open":
        return moved
    was, now = before.value(change), after.value(change)
    if change.kind == PLEA_STAGE:
        return _sign(_plea_rank(after, now) - _plea_rank(before, was))
    if change.kind == "quantity":
        return _of_quantity(change.id, was, now)
    harm = harm_of(change.id, now if now is not None else was, new.charges)
    return _sign(harm * (_stated(now) - _stated(was)))


def _moved(old: LegalContext, new: LegalContext) -> Direction:
    differences = [b - a for a, b in zip(_ends(old), _ends(new), strict=True)]
    if old.shown.guideline.range and new.shown.guideline.range:
        was, now = old.shown.guideline.range, new.shown.guideline.range
        differences += [now.low - was.low, now.high - was.high]
    signs = {(d > 0) - (d < 0) for d in differences if not math.isnan(d)} - {0}
    return _sign(signs.pop()) if len(signs) == 1 else "open"


def _ends(legal: LegalContext) -> Sequence[float]:
    """The bounds as numbers that rise with gravity; a range without months lies above all."""
    bounds = legal.bounds
    low = math.inf if bounds.low is None else bounds.low
    high = math.inf if bounds.high is None else bounds.high
    return low, high, float(bounds.life), float(bounds.death), bounds.outer.high


def _of_quantity(id_: str, was: Value, now: Value) -> Direction:
    if was is None or now is None:
        return "open"
    grows = float(now) - float(was)
    return _sign(-grows if id_.endswith(_GRADE) else grows)


def harm_of(id_: str, value: Value, charges: Sequence[str]) -> int:
    """1 for a fact that makes the penalty heavier, -1 for one that makes it lighter, else 0."""
    own = [a for c in charges if c in crimes() for a in crimes()[c].adjustments if a.fact == id_]
    rule = circumstance_rules().get(id_)
    named = own[0].direction if own else rule.direction if rule else None
    if named == "depends":
        number = 0.0 if value is None or isinstance(value, bool) else float(value)
        return int(number > 0) - int(number < 0)
    if named is not None:
        return 1 if named == "increase" else -1
    suspension = general_rules().suspension
    if id_ in (MINOR, *suspension.shall):
        return -1
    heavier = {*suspension.excluded, *(rule.fact for rule in general_rules().remainders)}
    return int(id_ in heavier or _raises_a_tier(id_, charges))


def _raises_a_tier(id_: str, charges: Sequence[str]) -> bool:
    """Whether a tier above the lightest of a charge asks for the fact by itself."""
    for charge in charges:
        statute = find(charge)
        if statute is None:
            continue
        lightest = min(statute.versions[-1].tiers, key=lambda tier: tier.severity).tier
        if any(t.facts == (id_,) and t.tier != lightest for t in statute.thresholds):
            return True
    return False


def _stated(value: Value) -> float:
    """How far a fact is there: no, not stated, yes. A ratio says that it is."""
    if value is None:
        return 0.5
    return 0.0 if value is False else 1.0


def _plea_rank(state: State, value: Value) -> float:
    """Rises with gravity: the earliest stage is 0; without a plea it is above all stages."""
    rules = plea_rules()
    stages = [str(stage) for stage in rules.stages]
    if not state.reading.facts.has(rules.combined.plea):
        return float(len(stages))
    return float(stages.index(str(value))) if value in stages else float(len(stages) - 1)


def _sign(number: float) -> Direction:
    return "heavier" if number > 0 else "lighter" if number < 0 else "open"
