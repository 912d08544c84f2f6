"""General rules of the Criminal Law that hold for every charge."""

from __future__ import annotations

from datetime import date

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
    exemption: ExemptionRule
    mitigation: _Rule
    suspension: SuspensionRule
    code_in_force: InForce
    articles_text: InForce


def general_rules() -> GeneralRules:
    """The rules; ConfigError names the file, line and key that do not fit the schema."""
    return load("general.yaml", GeneralRules)
