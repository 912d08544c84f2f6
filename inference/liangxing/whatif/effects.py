"""What a what-if says: of each change by itself, and of all changes of a variation."""

from __future__ import annotations

from dataclasses import dataclass

from liangxing.prediction import Bounds, Fine, Interval, Penalty, Suspension, TraceStep
from liangxing.whatif.changes import Change, Value
from liangxing.whatif.directions import Direction

UNCHANGED = "文本未变"


@dataclass(frozen=True)
class Variation:
    """A named set of changes."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class LawEffect:
    """One change by itself in law; `steps` are those that it brings (or takes away)."""

    before: Bounds
    after: Bounds
    steps: tuple[TraceStep, ...]
    taken_away: tuple[TraceStep, ...]


@dataclass(frozen=True)
class ModelEffect:
    """One change by itself in the model, whose text is unchanged.

    `clamped`: the model went against the law's direction, so that no change is shown.
    """

    before: Penalty
    after: Penalty
    clamped: bool
    note: str = UNCHANGED


@dataclass(frozen=True)
class Effect:
    """A change with what it does alone; `words` say from what to what, in Chinese."""

    id: str
    name: str
    before: Value
    after: Value
    words: str
    direction: Direction
    law: LawEffect
    model: ModelEffect


@dataclass(frozen=True)
class Outlook:
    """What a variant comes to."""

    penalty: Penalty
    interval: Interval
    suspension: Suspension
    fine: Fine | None


@dataclass(frozen=True)
class Variant:
    """All changes of a variation together."""

    name: str
    effects: tuple[Effect, ...]
    outlook: Outlook
    bounds: Bounds
    warnings: tuple[str, ...] = ()
