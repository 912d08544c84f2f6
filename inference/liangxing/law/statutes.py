"""Statutory ranges by charge, in dated versions with tiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from liangxing.errors import ConfigError
from liangxing.law.charges import canonical_charge
from liangxing.law.files import read_yaml


class Tier(BaseModel):
    """One 法定刑幅度: months of detention or fixed term, and which other penalties are open.

    `months` is null where only life or death is open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: str
    condition: str
    months: tuple[float, float] | None
    detention: bool
    surveillance: bool
    fine_only: bool
    rights_only: bool
    life: bool
    death: bool
    verified: bool | str


class Version(BaseModel):
    """The tiers in force between two dates, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effective_from: date
    effective_to: date | None
    tiers: tuple[Tier, ...]
    source_note: str | None = None

    def in_force(self, start: date, end: date) -> bool:
        """Whether the version holds on any day from `start` to `end`."""
        return self.effective_from <= end and (
            self.effective_to is None or start <= self.effective_to
        )


class Statute(BaseModel):
    """What the law says of one charge."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    charge: str
    aliases: tuple[str, ...]
    articles: tuple[str, ...]
    versions: tuple[Version, ...]
    thresholds: tuple[Mapping[str, Any], ...]
    notes: str | None = None


@cache
def statutes() -> dict[str, Statute]:
    """All statutes by charge; ConfigError names the charge and key that break the schema."""
    content = read_yaml("statutes.yaml")["charges"]
    try:
        found = TypeAdapter(list[Statute]).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        index, *where = first["loc"]
        charge = content[index].get("charge", f"entry {index}") if isinstance(index, int) else index
        raise ConfigError(
            f"law file statutes.yaml, {charge}: {'.'.join(map(str, where))}: {first['msg']}"
        ) from error
    return {statute.charge: statute for statute in found}


def find(charge: str) -> Statute | None:
    """The statute of a charge by official name or alias; null when the table has none."""
    return statutes().get(canonical_charge(charge) or charge)
