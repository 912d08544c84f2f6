"""Leniency for a plea (认罪认罚从宽): what it joins, and ladders by stage as an option."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from liangxing.errors import ConfigError
from liangxing.law.files import load
from liangxing.law.statutes import Verified

Stage = Literal["investigation", "prosecution", "trial"]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Combined(_Entry):
    """The joint circumstance `id` takes the place of `plea` and any of `joins`."""

    plea: str
    id: str
    joins: tuple[str, ...]
    source: str
    verified: Verified


class National(_Entry):
    """What the national text says of stages: a rule without percentages."""

    rule: str
    source: str
    verified: Verified


class Ladder(_Entry):
    """A court's leniency by the stage of the plea, as a share of the base sentence.

    Either the ratio itself (`exactly`) or its upper end (`at_most`). A later stage never has more.
    """

    id: str
    place: str
    exactly: Mapping[Stage, float] | None = None
    at_most: Mapping[Stage, float] | None = None
    source: str
    verified: Verified
    note: str | None = None

    @model_validator(mode="after")
    def _one_scale(self) -> Ladder:
        if (self.exactly is None) == (self.at_most is None):
            raise ValueError("give exactly or at_most, one of them")
        return self

    def ratio(self, stage: Stage) -> tuple[float, float]:
        """Least and most share of the base sentence for a plea at `stage`."""
        if self.exactly is not None:
            return self.exactly[stage], self.exactly[stage]
        return 0.0, (self.at_most or {})[stage]


class InForce(_Entry):
    """Since when a rule holds."""

    since: date
    article: str
    verified: Verified


class LeniencyFile(_Entry):
    """The file leniency.yaml; `stages` from the earliest to the latest."""

    combined: Combined
    stages: tuple[Stage, ...]
    stage_names: Mapping[Stage, str]
    in_force: InForce
    national: National
    ladders: tuple[Ladder, ...]

    @model_validator(mode="after")
    def _later_is_never_more(self) -> LeniencyFile:
        for ladder in self.ladders:
            scale = ladder.exactly or ladder.at_most or {}
            if set(scale) != set(self.stages):
                raise ValueError(f"ladder {ladder.id} must name every stage")
            ratios = [scale[stage] for stage in self.stages]
            if ratios != sorted(ratios, reverse=True):
                raise ValueError(f"ladder {ladder.id} gives a later plea more than an earlier one")
        return self


def plea_rules() -> LeniencyFile:
    """The file; ConfigError names the file, line and key that do not fit the schema."""
    return load("leniency.yaml", LeniencyFile)


def ladder(name: str) -> Ladder:
    """A ladder by its id; ConfigError names those there are."""
    known = {each.id: each for each in plea_rules().ladders}
    if name not in known:
        raise ConfigError(f"no plea ladder {name!r}; there are {', '.join(known)}")
    return known[name]


def ladder_notice(name: str) -> str:
    """What a reader must know where a ladder is used; ConfigError names those there are.

    >>> ladder_notice("jinan")[:21]
    '采用山东省济南市（试点）的阶梯式从宽（济南'
    """
    chosen = ladder(name)
    mark = "" if chosen.verified is True else "，未经核实或者仅为地方做法"
    return (
        f"采用{chosen.place}的阶梯式从宽（{chosen.source}{mark}），只影响指导范围，不影响模型的刑期和区间"
        "（plea ladder: an option）"
    )


def staged_ratio(name: str, stage: Stage | None) -> tuple[float, float]:
    """Least and most reduction for a plea at `stage`; over all stages where it is unknown.

    >>> staged_ratio("321", "investigation"), staged_ratio("321", "trial")
    ((0.3, 0.3), (0.1, 0.1))
    """
    chosen = ladder(name)
    ratios = [chosen.ratio(each) for each in plea_rules().stages if stage in (None, each)]
    return min(ratio[0] for ratio in ratios), max(ratio[1] for ratio in ratios)
