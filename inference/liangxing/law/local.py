"""A province's own figures for tiers (数额较大, 数额巨大 ...), given by the user as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from liangxing.errors import ConfigError
from liangxing.law.charges import canonical_charge
from liangxing.law.files import line_of, parse_yaml, validate
from liangxing.law.statutes import Statute, Threshold, find


class LocalFigure(BaseModel):
    """The value from which a tier starts in a province, in the unit of the quantity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    charge: str
    tier: str
    quantity: str
    from_value: float = Field(gt=0)
    facts: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_to: date | None = None
    source: str
    note: str | None = None

    @property
    def since(self) -> date:
        """Its first day; undated, that of the national figure in force today."""
        statute = find(self.charge)
        if self.effective_from is not None or statute is None:
            return self.effective_from or date.min
        current = [t for t in statute.thresholds if t.effective_to is None and self.same(t)]
        return max((t.effective_from for t in current), default=date.min)

    def same(self, national: Threshold) -> bool:
        """Whether it is a figure for the same tier, quantity and facts."""
        ours = (self.tier, self.quantity, self.facts)
        return ours == (national.tier, national.quantity, national.facts)

    def threshold(self) -> Threshold:
        """The same as a threshold of the statute, marked as local."""
        own = self.model_dump(exclude={"charge"})
        return Threshold.model_validate({**own, "effective_from": self.since, "verified": "local"})

    def settles(self, national: Threshold) -> bool:
        """Whether it says for some day what `national` says for the whole country."""
        return self.same(national) and national.in_force(self.since, self.effective_to or date.max)


class LocalFile(BaseModel):
    """The file of a province: its name and its figures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    province: str
    thresholds: tuple[LocalFigure, ...] = Field(min_length=1)


@dataclass(frozen=True)
class LocalThresholds:
    """The statutes of a province: national ones with its own figures in place."""

    province: str
    statutes: dict[str, Statute]

    def find(self, charge: str) -> Statute | None:
        """The statute of a charge with the province's figures."""
        return self.statutes.get(canonical_charge(charge) or charge) or find(charge)


def load_local(path: str | Path) -> LocalThresholds:
    """The figures of a YAML file; ConfigError names the file, line and what to correct."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"local thresholds {file} cannot be read ({error.strerror}); give a YAML file"
        ) from error
    content = validate(file.name, parse_yaml(text, file.name), LocalFile, text)
    grouped: dict[str, list[LocalFigure]] = {}
    for index, threshold in enumerate(content.thresholds):
        problem = _problem(threshold)
        if problem:
            line = line_of(text, ["thresholds", index])
            raise ConfigError(f"local thresholds {file.name}, line {line}: {problem}")
        grouped.setdefault(canonical_charge(threshold.charge) or "", []).append(threshold)
    return LocalThresholds(
        content.province,
        {charge: _localised(charge, figures) for charge, figures in grouped.items()},
    )


def _problem(local: LocalFigure) -> str | None:
    statute = find(local.charge)
    if statute is None:
        return f"no statute for the charge {local.charge!r}; `liangxing law list` names all"
    tiers = {tier.tier for version in statute.versions for tier in version.tiers}
    if local.tier not in tiers:
        return (
            f"{statute.charge} has no tier {local.tier!r}; its tiers: {', '.join(sorted(tiers))}"
        )
    for national in statute.thresholds:
        frame = national.province_range
        value = local.from_value
        if frame is None or not local.settles(national):
            continue
        if not frame[0] <= value <= frame[1]:
            return (
                f"{value:g} lies outside {list(frame)}, which {national.source} leaves provinces"
            )
    return None


def _localised(charge: str, figures: Sequence[LocalFigure]) -> Statute:
    """The statute with each of the figures in place of the national one it settles."""
    statute = find(charge)
    assert statute is not None
    kept = statute.thresholds
    for local in figures:
        kept = tuple(rest for national in kept for rest in _outside(national, local))
    return statute.model_copy(
        update={"thresholds": (*kept, *(figure.threshold() for figure in figures))}
    )


def _outside(national: Threshold, local: LocalFigure) -> Iterator[Threshold]:
    """What is left of a national figure on the days that a local one does not cover."""
    if not local.settles(national):
        yield national
        return
    if national.effective_from < local.since:
        until = local.since - timedelta(days=1)
        yield national.model_copy(update={"effective_to": until})
    if local.effective_to is not None and (
        national.effective_to is None or local.effective_to < national.effective_to
    ):
        since = local.effective_to + timedelta(days=1)
        yield national.model_copy(update={"effective_from": since})
