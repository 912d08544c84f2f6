"""The output of every command: what the model and the law say about one case.

Months are floats at half-month resolution; null where the penalty is life or death.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# The mildest first.
PenaltyKind = Literal[
    "exempt",
    "fine_only",
    "surveillance",
    "detention",
    "fixed_term",
    "life",
    "death_reprieve",
    "death",
]


@dataclass(frozen=True)
class Penalty:
    """The one recommended point; `text` is its Chinese wording."""

    kind: PenaltyKind
    months: float | None
    text: str


@dataclass(frozen=True)
class Interval:
    """A conformal set at `level`: months from `low` to `high`, and whether it holds life or death.

    `low` and `high` are null when the set holds no term of months. `covers` claims coverage on
    exchangeable cases only.
    """

    level: float
    low: float | None
    high: float | None
    life: bool
    death: bool

    def covers(self, months: float | None, *, life: bool = False, death: bool = False) -> bool:
        """Whether a verdict lies in the set.

        >>> Interval(0.9, 6, 12, life=False, death=False).covers(9)
        True
        """
        if death:
            return self.death
        if life:
            return self.life
        if months is None or self.low is None or self.high is None:
            return False
        return self.low <= months <= self.high


@dataclass(frozen=True)
class MonthRange:
    """Months from `low` to `high`, both included."""

    low: float
    high: float


@dataclass(frozen=True)
class OuterBounds:
    """The widest that any tier of any possible charge allows, opened by Criminal Law art. 63."""

    low: float
    high: float
    life: bool
    death: bool


@dataclass(frozen=True)
class StatutoryBounds:
    """Bounds of the tiers the facts allow, and the outer bounds that intervals clip to.

    `low` is 0 where a fine alone or exemption is open. `low`/`high` are null where only life or
    death is open. `tier` is null unless the facts leave a single one of a single charge.
    """

    low: float | None
    high: float | None
    life: bool
    death: bool
    tier: str | None
    outer: OuterBounds


@dataclass(frozen=True)
class Bounds:
    statutory: StatutoryBounds
    guideline: MonthRange | None = None


@dataclass(frozen=True)
class Suspension:
    """Suspension (缓刑, Criminal Law art. 72); probation in months where the law gives it.

    `probability` is calibrated: 0 where the law bars suspension, null where none was calibrated.
    """

    eligible: bool
    probability: float | None
    probation_months: MonthRange | None = None


@dataclass(frozen=True)
class Fine:
    """A fine in yuan, with the range that held 80 % of the fines of calibration; 0 is no fine."""

    yuan: float
    low: float
    high: float


@dataclass(frozen=True)
class AdditionalPenalty:
    kind: str
    basis: str


@dataclass(frozen=True)
class Candidate:
    """A charge or article with its probability."""

    name: str
    probability: float


@dataclass(frozen=True)
class Distribution:
    """Probability per bin ("1" longest to "10" zero), of life and of death; sums to 1."""

    bins: dict[str, float]
    life: float
    death: float


@dataclass(frozen=True)
class Evidence:
    """A span of the fact: text and character offsets [start, end)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Circumstance:
    id: str
    value: Literal["yes", "no"]
    evidence: Evidence | None


@dataclass(frozen=True)
class Quantity:
    id: str
    value: float
    unit: str
    evidence: Evidence | None


@dataclass(frozen=True)
class TraceStep:
    """One step of the reasoning: the rule applied, its source, and the months before and after."""

    step: str
    rule: str
    source: str
    verified: bool | str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    evidence: Evidence | None = None


@dataclass(frozen=True)
class ModelIdentity:
    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Prediction:
    """Everything said about one case."""

    id: str | None
    penalty: Penalty
    interval: Interval
    bounds: Bounds
    distribution: Distribution
    charges: list[Candidate]
    articles: list[Candidate]
    suspension: Suspension
    fine: Fine | None
    model: ModelIdentity
    additional_penalties: list[AdditionalPenalty] = field(default_factory=list[AdditionalPenalty])
    circumstances: list[Circumstance] = field(default_factory=list[Circumstance])
    quantities: list[Quantity] = field(default_factory=list[Quantity])
    trace: list[TraceStep] = field(default_factory=list[TraceStep])
    warnings: list[str] = field(default_factory=list[str])

    def to_dict(self) -> dict[str, Any]:
        """Plain data in the order of the contract."""
        return asdict(self)

    def to_json(self) -> str:
        """One line of UTF-8 JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)
