"""Statutory ranges by charge, in dated versions with tiers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liangxing.errors import ConfigError
from liangxing.law.charges import canonical_charge, charge_names
from liangxing.law.files import load

Option = Literal["detention", "surveillance", "fine_only", "rights_only", "life", "death"]
Mode = Literal["may", "shall"]
Verified = bool | Literal["machine", "local"]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Dated(_Entry):
    effective_from: date = date.min
    effective_to: date | None = None

    def in_force(self, start: date, end: date) -> bool:
        """Whether it holds on any day from `start` to `end`."""
        return self.effective_from <= end and (
            self.effective_to is None or start <= self.effective_to
        )


class Tier(_Entry):
    """One 法定刑幅度: months of detention or fixed term, and which other penalties are open.

    `months` is null where only life or death is open, or a fine or loss of rights alone.
    """

    tier: str
    condition: str
    months: tuple[float, float] | None
    options: tuple[Option, ...]
    verified: Verified

    @model_validator(mode="after")
    def _ordered(self) -> Tier:
        if self.months is not None and not 0 < self.months[0] <= self.months[1]:
            raise ValueError(f"months {list(self.months)} must rise from above 0")
        if self.months is None and not self.options:
            raise ValueError("a tier without months must name an option")
        return self

    @property
    def detention(self) -> bool:
        return "detention" in self.options

    @property
    def surveillance(self) -> bool:
        return "surveillance" in self.options

    @property
    def fine_only(self) -> bool:
        return "fine_only" in self.options

    @property
    def rights_only(self) -> bool:
        return "rights_only" in self.options

    @property
    def life(self) -> bool:
        return "life" in self.options

    @property
    def death(self) -> bool:
        return "death" in self.options

    @property
    def severity(self) -> tuple[float, float, bool, bool]:
        """Sorts the tiers of a version from the lightest to the severest."""
        low, high = self.months or (float("inf"), float("inf"))
        return low, high, self.life, self.death


class Version(_Dated):
    """The tiers in force between two dates, both included."""

    tiers: tuple[Tier, ...] = Field(min_length=1)
    source_note: str | None = None


class Threshold(_Dated):
    """What reaches a tier.

    All of it must hold: `quantity` from `from_value` on (between the two figures of
    `province_range` the province decides) or up to `up_to`, and every one of `facts`. One that
    is not `decisive` asks for more than that: it opens the tier without closing the lighter ones.
    One without quantity and facts is for reading only.
    """

    tier: str | None = None
    metric: str | None = None
    quantity: str | None = None
    from_value: float | None = None
    up_to: float | None = None
    province_range: tuple[float, float] | None = None
    facts: tuple[str, ...] = ()
    decisive: bool = True
    source: str
    verified: Verified
    note: str | None = None

    @model_validator(mode="after")
    def _has_figure(self) -> Threshold:
        figures = (self.from_value, self.up_to, self.province_range)
        if self.quantity and all(figure is None for figure in figures):
            raise ValueError(f"quantity {self.quantity} needs from_value, up_to or province_range")
        return self


class StatuteLeniency(_Dated):
    """A charge's own ground of mitigation (减轻) or exemption: all `facts`, in any of `tiers`."""

    facts: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    mitigate: Mode | None = None
    exempt: Mode | None = None
    article: str
    verified: Verified


class Statute(_Entry):
    """What the law says of one charge; `also` are further charges with the same penalties."""

    charge: str
    also: tuple[str, ...] = ()
    articles: tuple[str, ...]
    versions: tuple[Version, ...] = Field(min_length=1)
    thresholds: tuple[Threshold, ...] = ()
    leniency: tuple[StatuteLeniency, ...] = ()
    remainder: bool = False
    notes: str | None = None

    @model_validator(mode="after")
    def _thresholds_name_tiers(self) -> Statute:
        tiers = {tier.tier for version in self.versions for tier in version.tiers}
        for threshold in self.thresholds:
            if threshold.tier is not None and threshold.tier not in tiers:
                raise ValueError(
                    f"threshold names the tier {threshold.tier}, which {self.charge} lacks"
                )
        return self

    def in_force(self, start: date, end: date) -> list[Version]:
        """The versions that hold on any day from `start` to `end`."""
        return [version for version in self.versions if version.in_force(start, end)]


class _Source(_Entry):
    id: str
    what: str


class StatuteFile(_Entry):
    """statutes.yaml, by hand, or statutes_machine.yaml, derived from the articles' text."""

    sources: tuple[_Source, ...]
    charges: tuple[Statute, ...]


HAND, MACHINE = "statutes.yaml", "statutes_machine.yaml"


@cache
def statutes() -> dict[str, Statute]:
    """All statutes by charge; ConfigError names the file and line that break the schema."""
    found: dict[str, Statute] = {}
    for file in (MACHINE, HAND):
        for statute in load(file, StatuteFile).charges:
            for charge in (statute.charge, *statute.also):
                if canonical_charge(charge) != charge:
                    raise ConfigError(f"law file {file}: {charge} is no name in force")
                found[charge] = statute.model_copy(update={"charge": charge, "also": ()})
    for name, members in charge_names().collective.items():
        found[name] = _joined(name, [found[member] for member in members if member in found])
    return found


def find(charge: str) -> Statute | None:
    """The statute of a charge by official name or alias; null when the table has none."""
    return statutes().get(canonical_charge(charge) or charge)


def _joined(name: str, members: Sequence[Statute]) -> Statute:
    """A statute with all tiers that any of the members has at each time."""
    starts = sorted({v.effective_from for member in members for v in member.versions})
    versions: list[Version] = []
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        tiers = [
            tier
            for member in members
            for version in member.in_force(start, start)
            for tier in version.tiers
        ]
        end = None if following is None else date.fromordinal(following.toordinal() - 1)
        ranked = sorted(dict.fromkeys(tiers), key=lambda tier: tier.severity)
        unique = tuple(
            tier.model_copy(update={"tier": f"tier{rank}"})
            for rank, tier in enumerate(ranked, start=1)
        )
        versions.append(Version(effective_from=start, effective_to=end, tiers=unique))
    return Statute(
        charge=name,
        articles=tuple(dict.fromkeys(a for member in members for a in member.articles)),
        versions=tuple(versions),
    )
