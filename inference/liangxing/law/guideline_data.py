"""The sentencing guidelines as data: versions, starting points by charge and tier, adjustments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liangxing.law.charges import canonical_charge
from liangxing.law.circumstances import CaseFacts, MinorOffence
from liangxing.law.files import load
from liangxing.law.statutes import Tier, Verified

FILE = "guidelines.yaml"
Checked = Verified | Literal["earlier"]
Increment = Literal["unspecified", "none"]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GuidelineVersion(_Entry):
    """One text of the guidelines and the days of judgment for which it holds.

    `general`: the text holds the ratios of the circumstances, for every charge.
    """

    id: str
    name: str
    number: str | None = None
    effective_from: date
    effective_to: date | None = None
    general: bool = False
    verified: Verified
    note: str | None = None

    @property
    def citation(self) -> str:
        return f"《{self.name}》" + (f"（{self.number}）" if self.number else "")

    def distance(self, day: date) -> int:
        """Days from `day` to the version; 0 while it is in force."""
        if day < self.effective_from:
            return (self.effective_from - day).days
        if self.effective_to is not None and day > self.effective_to:
            return (day - self.effective_to).days
        return 0


class Start(_Entry):
    """The range of the starting point (量刑起点) in a tier of the months `of`.

    It holds where all of `facts` and none of `unless` is there. `life_or_death_apart`: the text
    excepts the cases in which life or death is due.
    """

    tier: str
    of: tuple[float, float]
    months: tuple[float, float]
    facts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    life_or_death_apart: bool = False
    source: str
    verified: Checked

    @model_validator(mode="after")
    def _inside_the_tier(self) -> Start:
        low, high = self.months
        if not self.of[0] <= low <= high <= self.of[1]:
            raise ValueError(f"months {[low, high]} must rise inside the tier's {list(self.of)}")
        return self

    def possible(self, facts: CaseFacts) -> bool:
        """Whether nothing stated excludes it."""
        return not any(facts.stated(fact) is False for fact in self.facts) and not any(
            facts.has(fact) for fact in self.unless
        )


class CrimeEntry(_Entry):
    """The starting points of one charge in the texts `guidelines`.

    `increment`: nothing is added to them, or an amount that the text does not name.
    """

    guidelines: tuple[str, ...] = Field(min_length=1)
    paragraph: str
    increment: Increment = "unspecified"
    starts: tuple[Start, ...] = Field(min_length=1)


class Adjustment(_Entry):
    """A circumstance of one charge: share of the base sentence, in layer 2."""

    fact: str
    direction: Literal["reduce", "increase"]
    ratio: tuple[float, float]
    if_offence_minor: MinorOffence | None = None
    not_with: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = Field(min_length=1)
    source: str
    verified: Checked


class FineRule(_Entry):
    """A fine in yuan: from `low` to a multiple of the amount; `without_amount`, its range then."""

    low: float
    times_amount: float
    without_amount: tuple[float, float]
    source: str
    verified: Verified


class Crime(_Entry):
    """What the guidelines say of one charge."""

    charge: str
    factors: str
    fine: FineRule | None = None
    fine_factors: str | None = None
    suspension_factors: str | None = None
    entries: tuple[CrimeEntry, ...] = Field(min_length=1)
    adjustments: tuple[Adjustment, ...] = ()


class Method(_Entry):
    """What holds for every charge, read in part `part` of the texts `guidelines`.

    `discretion`: by which share the bench may move the result. `multiplication`: the local text
    by which the ratios of layer 1 multiply.
    """

    discretion: float = Field(ge=0, lt=1)
    part: str
    guidelines: tuple[str, ...]
    multiplication: str
    verified: Verified


class GuidelineFile(_Entry):
    """The file guidelines.yaml."""

    method: Method
    versions: tuple[GuidelineVersion, ...] = Field(min_length=1)
    crimes: tuple[Crime, ...]

    @model_validator(mode="after")
    def _names_are_known(self) -> GuidelineFile:
        known = {version.id for version in self.versions}
        for crime in self.crimes:
            if canonical_charge(crime.charge) != crime.charge:
                raise ValueError(f"{crime.charge} is no charge in force")
            for named in (*crime.entries, *crime.adjustments):
                if not set(named.guidelines) <= known:
                    raise ValueError(f"{crime.charge} names an unknown version of the guidelines")
        return self


def guidelines() -> GuidelineFile:
    """The whole file; ConfigError names the file, line and key that do not fit the schema."""
    return load(FILE, GuidelineFile)


@cache
def crimes() -> Mapping[str, Crime]:
    """The crimes that the guidelines know, by charge."""
    return MappingProxyType({crime.charge: crime for crime in guidelines().crimes})


def version_of(id_: str) -> GuidelineVersion:
    """A version of the guidelines by its id."""
    return _versions()[id_]


@cache
def _versions() -> Mapping[str, GuidelineVersion]:
    return MappingProxyType({version.id: version for version in guidelines().versions})


def nearest(ids: tuple[str, ...], day: date) -> tuple[GuidelineVersion, bool]:
    """The version of `ids` in force on `day`, else the nearest one, and whether it is in force."""
    ranked = [_versions()[name] for name in ids]
    version = min(ranked, key=lambda each: each.distance(day))
    return version, version.distance(day) == 0


def general_version(day: date) -> tuple[GuidelineVersion, bool]:
    """The text whose ratios of circumstances hold on `day`, else the nearest; whether in force."""
    return nearest(tuple(v.id for v in guidelines().versions if v.general), day)


def method_source(day: date) -> tuple[str, Verified]:
    """Where the method of calculation stands for a day of judgment, and whether it was read."""
    version, current = general_version(day)
    method = guidelines().method
    known = current and version.id in method.guidelines
    return f"{version.citation}{method.part}", method.verified if known else False


@dataclass(frozen=True)
class Found:
    """Starting points found for one tier; not `current` where the day's own text has none."""

    starts: tuple[Start, ...]
    version: GuidelineVersion
    current: bool
    entry: CrimeEntry


def starts_for(crime: Crime, tier: Tier, facts: CaseFacts, day: date) -> Found | None:
    """The starting points for a tier that the facts leave open, from the text nearest to `day`.

    A text counts only if its starting points presuppose the same months of the tier, since an
    amendment that moved the tier moved them too. Null when no text has one.
    """
    best: Found | None = None
    for entry in crime.entries:
        fitting = tuple(
            start
            for start in entry.starts
            if start.tier == tier.tier and start.of == tier.months and start.possible(facts)
        )
        if not fitting:
            continue
        version, current = nearest(entry.guidelines, day)
        if best is None or version.distance(day) < best.version.distance(day):
            best = Found(fitting, version, current, entry)
    return best
