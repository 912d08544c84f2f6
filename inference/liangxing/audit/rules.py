"""The rules of an audit as data (rules.yaml): the flags, and when a circumstance is weighed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from liangxing.law.files import parse_yaml

FILE = "rules.yaml"


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FlagRule(_Entry):
    """One flag: its name, the rule and source behind it, and its weight for a first look."""

    name: str
    rule: str
    source: str
    verified: bool
    gravity: float = Field(gt=0)


class Family(_Entry):
    """Circumstances that are one fact, by how their ids begin, and the words that weigh it."""

    circumstances: tuple[str, ...] = Field(min_length=1)
    words: str

    def holds(self, id_: str) -> bool:
        return id_.startswith(self.circumstances)


class Weighing(_Entry):
    """When an opinion has weighed a circumstance."""

    not_in_negligence: tuple[str, ...]
    families: tuple[Family, ...]


class AuditRules(_Entry):
    """The file rules.yaml; flags in order of gravity."""

    flags: Mapping[str, FlagRule]
    weighing: Weighing


@cache
def rules() -> AuditRules:
    """The file; read once."""
    text = resources.files("liangxing.audit").joinpath(FILE).read_text("utf-8")
    return AuditRules.model_validate(parse_yaml(text, FILE))
