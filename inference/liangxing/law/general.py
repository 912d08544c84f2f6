"""General rules of the Criminal Law that hold for every charge."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from liangxing.law.files import load


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str
    verified: bool | str


class TermRule(_Rule):
    """Shortest and longest term of a kind of penalty for one count, in months."""

    months: tuple[float, float]
    cumulated_cap: float | None = None


class SumCap(BaseModel):
    """The cap that applies once the single terms sum to at least `sum` months."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sum: float
    cap: float


class CumulationRule(_Rule):
    """Several counts (Criminal Law art. 69), months."""

    cap: float
    cap_from_sum: SumCap
    effective_from: date


class AbsorptionRule(_Rule):
    """Since when detention is not served beside fixed-term imprisonment."""

    effective_from: date


class RemainderRule(_Rule):
    """An earlier penalty to be joined where `fact` is stated; months it can have at most."""

    fact: str
    most_months: float


class AgeRule(BaseModel):
    """A circumstance that follows from the age in full years `at` a day; `below` excludes.

    `negligent` limits it to offences of negligence, or to those of intent.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    from_: int = Field(alias="from")
    below: int | None = None
    at: Literal["offence", "judgment"]
    negligent: bool | None = None

    def holds(self, age: int, *, negligent: bool) -> bool:
        fits = self.negligent is None or self.negligent == negligent
        return fits and self.from_ <= age and (self.below is None or age < self.below)


class ResponsibilityRule(_Rule):
    """Below `from_age` years nobody is punished."""

    from_age: int


class NegligenceRule(_Rule):
    words: tuple[str, ...]


class NoDeathRule(_Rule):
    """Who is not sentenced to death: `fact`, except where `unless` is stated."""

    fact: str
    unless: str | None = None


class ExemptionRule(_Rule):
    months: float


class ProbationRule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    min: float
    max: float


class GatheringRule(BaseModel):
    """For charges that begin with `charges`, `fact` excludes only where `unless` is there too."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fact: str
    charges: str
    unless: str


class SuspensionRule(_Rule):
    """Suspension (缓刑): longest term that may be suspended, probation periods, months.

    `excluded` and `shall` are circumstances: never, and always when `conditions` hold.
    """

    max_months: float
    excluded: tuple[str, ...]
    gathering: GatheringRule
    shall: tuple[str, ...]
    conditions: str
    probation_detention: ProbationRule
    probation_fixed_term: ProbationRule


class InForce(_Rule):
    from_: date = Field(alias="from")


class GeneralRules(BaseModel):
    """The file general.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fixed_term: TermRule
    detention: TermRule
    surveillance: TermRule
    cumulation: CumulationRule
    absorption: AbsorptionRule
    remainders: tuple[RemainderRule, ...]
    ages: tuple[AgeRule, ...]
    responsibility: ResponsibilityRule
    negligence: NegligenceRule
    no_death: tuple[NoDeathRule, ...]
    lighter_law: _Rule
    exemption: ExemptionRule
    mitigation: _Rule
    suspension: SuspensionRule
    code_in_force: InForce
    articles_text: InForce


def general_rules() -> GeneralRules:
    """The rules; ConfigError names the file, line and key that do not fit the schema."""
    return load("general.yaml", GeneralRules)
