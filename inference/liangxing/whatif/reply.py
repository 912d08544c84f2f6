"""A what-if as plain data: what `WhatIf.to_dict` gives, with types."""

from __future__ import annotations

from dataclasses import dataclass

from liangxing.prediction import Bounds, Fine, Interval, Penalty, Prediction, Suspension
from liangxing.whatif.effects import Effect


@dataclass(frozen=True)
class Figures:
    """A case before or after a variant."""

    penalty: Penalty
    interval: Interval
    suspension: Suspension
    fine: Fine | None
    bounds: Bounds


@dataclass(frozen=True)
class VariantReply:
    """One set of changes: the figures, and each change by itself."""

    name: str
    before: Figures
    after: Figures
    effects: list[Effect]
    warnings: list[str]


@dataclass(frozen=True)
class WhatIfReply:
    """The case as it is, and each variant."""

    baseline: Prediction
    variants: list[VariantReply]
