"""What is read from a full judgment. Months at half-month resolution; money in yuan."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from liangxing.prediction import PenaltyKind
from liangxing.reading.penalty_wording import SEVERITY, Form, heaviest

SectionName = Literal[
    "header",
    "indictment",
    "recommendation",
    "defence",
    "facts",
    "evidence",
    "opinion",
    "citations",
    "disposition",
    "first_instance",
    "appendix",
    "other",
]
Instance = Literal["first", "second", "retrial", "review", "commutation"]
AppealOutcome = Literal["upheld", "changed", "remanded", "withdrawn", "approved"]


@dataclass(frozen=True)
class Section:
    """A part of the judgment; `text` keeps the line breaks of the document."""

    name: SectionName
    text: str


@dataclass(frozen=True)
class StatedPenalty:
    """A penalty as the court declares it; `kind` is null for an acquittal.

    `months` is 0 for a fine alone and for exemption, null for life and death. `fine` is null
    where none is imposed or no amount is told (`fined` says which). `text` is the wording.
    """

    kind: PenaltyKind | None
    months: float | None
    suspended: bool = False
    suspension_months: float | None = None
    fined: bool = False
    fine: float | None = None
    confiscation: bool = False
    acquitted: bool = False
    text: str = ""

    @property
    def weight(self) -> tuple[int, float]:
        """Orders penalties by severity."""
        return (SEVERITY.index(self.kind) if self.kind else -1), self.months or 0.0


@dataclass(frozen=True)
class Count:
    """One conviction: the official charge (null where nobody knows it) and its penalty.

    `penalty` is null where the court declares only the cumulated one.
    """

    charge: str | None
    named: str | None
    penalty: StatedPenalty | None


@dataclass(frozen=True)
class Verdict:
    """What one defendant got: every count, and the term to be executed where there are several."""

    counts: tuple[Count, ...]
    cumulated: StatedPenalty | None = None

    @property
    def penalty(self) -> StatedPenalty | None:
        """The penalty to be executed (决定执行), else the heaviest of the counts."""
        stated = [count.penalty for count in self.counts if count.penalty]
        return self.cumulated or max(stated, key=lambda penalty: penalty.weight, default=None)

    @property
    def charges(self) -> tuple[str, ...]:
        """Official names, in order."""
        return tuple(dict.fromkeys(c.charge for c in self.counts if c.charge))


@dataclass(frozen=True)
class Recommendation:
    """What the prosecutor recommends for one defendant.

    `low` is null for "X以下", `high` for "X以上" and where life or death is the upper end; both
    are null where only a kind or suspension is recommended. `unit` is the unit the term is
    stated in, in months: the precision of "左右". `counts` tells that the ends were put together
    from several counts.
    """

    low: float | None
    high: float | None
    kinds: tuple[PenaltyKind, ...]
    form: Form
    suspended: bool
    suspension_months: float | None
    fined: bool
    fine_low: float | None
    fine_high: float | None
    text: str
    unit: float = 1.0
    counts: int = 1

    @property
    def kind(self) -> PenaltyKind | None:
        """The kind, of the upper end where the range crosses kinds."""
        return heaviest(self.kinds)


@dataclass(frozen=True)
class CustodyEvent:
    """A measure against a person: 拘留, 逮捕, 取保候审, 监视居住 or 释放."""

    day: date
    measure: str


@dataclass(frozen=True)
class DefendantReading:
    """One defendant: who, what was recommended, what was decided.

    `recommendations` in order of time: the last one counts, the others were adjusted;
    `adjustments` counts the changes, those too whose first wording is not told.
    `adoption` is what the court says of the recommendation, null where it says nothing.
    `first_instance` is set in appeals, retrials and reviews where the text tells it.
    """

    name: str
    unit: bool = False
    sex: Literal["男", "女"] | None = None
    birth_date: date | None = None
    ethnicity: str | None = None
    custody: tuple[CustodyEvent, ...] = ()
    detained_from: date | None = None
    verdict: Verdict | None = None
    first_instance: Verdict | None = None
    recommendations: tuple[Recommendation, ...] = ()
    adjustments: int = 0
    adoption: bool | None = None
    adoption_text: str | None = None

    @property
    def recommendation(self) -> Recommendation | None:
        return self.recommendations[-1] if self.recommendations else None


@dataclass(frozen=True)
class Judgment:
    """A judgment as read; whatever the text does not tell is null or empty."""

    court: str | None = None
    case_number: str | None = None
    instance: Instance = "first"
    outcome: AppealOutcome | None = None
    judgment_date: date | None = None
    defendants: tuple[DefendantReading, ...] = ()
    sections: tuple[Section, ...] = ()
    articles: tuple[str, ...] = field(default=())

    def section(self, name: SectionName) -> str:
        """The text of all sections of a name; empty where there is none."""
        return "\n".join(section.text for section in self.sections if section.name == name)
