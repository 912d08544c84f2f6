"""Circumstances (量刑情节) as data, and the facts of a case that the law asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from liangxing.law.files import load
from liangxing.law.statutes import Mode, Verified
from liangxing.prediction import Evidence


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatedRatio(_Entry):
    """Share of the base sentence in one guideline version; null where it names none."""

    from_: date = Field(alias="from")
    to: date | None = None
    ratio: tuple[float, float] | None
    verified: Verified


class MinorOffence(_Entry):
    """What a circumstance gives where the offence is minor: from a share of the base up to all."""

    reduce_from: float
    exempt: bool


class CircumstanceRule(_Entry):
    """One circumstance; `mitigate` and `exempt` are the statute's, `ratios` the guideline's."""

    id: str
    name: str
    direction: Literal["reduce", "increase", "depends"]
    article: str | None = None
    mitigate: Mode | None = None
    exempt: Mode | None = None
    layer: Literal[1, 2]
    ratios: tuple[DatedRatio, ...]
    min_months_change: float | None = None
    not_with: tuple[str, ...] = ()
    not_counted_with: tuple[str, ...] = ()
    if_offence_minor: MinorOffence | None = None
    note: str | None = None


class CircumstanceFile(_Entry):
    """The file circumstances.yaml."""

    circumstances: tuple[CircumstanceRule, ...]
    facts: Mapping[str, str]
    quantities: Mapping[str, str]
    harms: tuple[str, ...]


@cache
def circumstance_rules() -> Mapping[str, CircumstanceRule]:
    """The circumstances of the guidelines by id."""
    rules = load("circumstances.yaml", CircumstanceFile).circumstances
    return MappingProxyType({rule.id: rule for rule in rules})


@cache
def fact_names() -> Mapping[str, str]:
    """Chinese names of every circumstance and further fact, by id."""
    names = {rule.id: rule.name for rule in circumstance_rules().values()}
    return MappingProxyType(names | dict(load("circumstances.yaml", CircumstanceFile).facts))


def quantity_names() -> Mapping[str, str]:
    """Chinese names of the quantities by id."""
    return load("circumstances.yaml", CircumstanceFile).quantities


def harms() -> tuple[str, ...]:
    """The quantities that a fact tells wherever there are any."""
    return load("circumstances.yaml", CircumstanceFile).harms


@dataclass(frozen=True)
class CaseFacts:
    """What is known of a case: numbers by quantity, and circumstances as yes, no or not stated.

    A circumstance may carry a number, which is its ratio of the base sentence. `evidence` is
    copied into the trace.
    """

    quantities: Mapping[str, float] = field(default_factory=dict[str, float])
    circumstances: Mapping[str, bool | float] = field(default_factory=dict[str, "bool | float"])
    evidence: Mapping[str, Evidence] = field(default_factory=dict[str, Evidence])

    def stated(self, fact: str) -> bool | None:
        """Whether a fact is there; null when nothing is said of it."""
        value = self.circumstances.get(fact)
        return None if value is None else value is not False

    def has(self, fact: str) -> bool:
        return self.stated(fact) is True

    def first_evidence(self, *facts: str) -> Evidence | None:
        """The evidence of the first of the facts that has any."""
        return next((self.evidence[fact] for fact in facts if fact in self.evidence), None)
