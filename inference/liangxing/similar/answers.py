"""What a query answers: neighbours, how they differ, and their penalties as a distribution."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.prediction import Distribution, Penalty
from liangxing.reading.quantities import UNITS
from liangxing.similar.judged import IndexedCase, Verdict
from liangxing.terms import term_bin

Stated = Literal["yes", "no", "not_stated"]


@dataclass(frozen=True)
class CircumstanceDifference:
    """A circumstance that the two texts tell differently; silence is not absence."""

    id: str
    name: str
    query: Stated
    neighbour: Stated


@dataclass(frozen=True)
class QuantityDifference:
    """A quantity with another value; null where a text tells none."""

    id: str
    name: str
    unit: str
    query: float | None
    neighbour: float | None


@dataclass(frozen=True)
class Differences:
    circumstances: list[CircumstanceDifference]
    quantities: list[QuantityDifference]


@dataclass(frozen=True)
class Neighbour:
    """A similar case. `similarity` is the cosine of the embeddings, at most 1; `penalty` is null
    when the verdict is unknown; `text` is null unless the index keeps texts."""

    id: str
    similarity: float
    charges: tuple[str, ...]
    penalty: Penalty | None
    suspension: bool | None
    suspension_months: float | None
    fine: float | None
    differs: Differences
    text: str | None


@dataclass(frozen=True)
class SimilarAnswer:
    """The neighbours of one case, nearest first.

    `distribution` and `median` are those of the `counted` neighbours with a known penalty, each
    weighted by its similarity; null without any. They describe these neighbours only.
    """

    id: str | None
    neighbours: list[Neighbour]
    counted: int
    distribution: Distribution | None
    median: Penalty | None
    warnings: list[str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)

    def to_json(self) -> str:
        """One line of UTF-8 JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


def neighbour(query: IndexedCase, found: IndexedCase, similarity: float) -> Neighbour:
    """A case found, beside the case asked for."""
    verdict = found.verdict
    return Neighbour(
        id=found.id,
        similarity=round(similarity, 4),
        charges=found.charges,
        penalty=verdict.penalty,
        suspension=verdict.suspension,
        suspension_months=verdict.suspension_months,
        fine=verdict.fine,
        differs=differences(query, found),
        text=found.text,
    )


def differences(query: IndexedCase, found: IndexedCase) -> Differences:
    """What the two texts tell differently, in the order of the law's list."""
    circumstances = [
        CircumstanceDifference(id_, name, _stated(query, id_), _stated(found, id_))
        for id_, name in _named(fact_names(), query.circumstances, found.circumstances)
        if _stated(query, id_) != _stated(found, id_)
    ]
    quantities = [
        QuantityDifference(
            id_, name, UNITS.get(id_, ""), query.quantities.get(id_), found.quantities.get(id_)
        )
        for id_, name in _named(quantity_names(), query.quantities, found.quantities)
        if query.quantities.get(id_) != found.quantities.get(id_)
    ]
    return Differences(circumstances, quantities)


def distribution_of(judged: Sequence[tuple[Verdict, float]]) -> Distribution | None:
    """The share of weight in each bin of the literature; null when nothing has weight.

    >>> short, long = Verdict(months=5), Verdict(months=40)
    >>> bins = distribution_of([(short, 0.9), (long, 0.3)]).bins
    >>> round(bins["9"], 2), round(bins["4"], 2)
    (0.75, 0.25)
    """
    counted = _counted(judged)
    total = sum(weight for _, weight in counted)
    if not total:
        return None
    bins = {str(number): 0.0 for number in range(1, 11)}
    life = death = 0.0
    for verdict, weight in counted:
        if verdict.death:
            death += weight / total
        elif verdict.life:
            life += weight / total
        else:
            bins[str(term_bin(verdict.months))] += weight / total
    return Distribution(bins, life, death)


def median_of(judged: Sequence[tuple[Verdict, float]]) -> Penalty | None:
    """The least penalty at which half of the weight is reached; months < life < death.

    >>> median_of([(Verdict(months=m), 1.0) for m in (6, 8, 60)]).text
    '有期徒刑八个月'
    """
    counted = sorted(_counted(judged), key=lambda pair: _severity(pair[0]))
    half = sum(weight for _, weight in counted) / 2
    reached = 0.0
    for verdict, weight in counted:
        reached += weight
        if reached >= half and half:
            return verdict.penalty
    return None


def _counted(judged: Sequence[tuple[Verdict, float]]) -> list[tuple[Verdict, float]]:
    return [(verdict, weight) for verdict, weight in judged if verdict.known and weight > 0]


def _severity(verdict: Verdict) -> tuple[bool, bool, float]:
    return verdict.death, verdict.life, verdict.months or 0.0


def _stated(case: IndexedCase, circumstance: str) -> Stated:
    value = case.circumstances.get(circumstance)
    return "not_stated" if value is None else "yes" if value else "no"


def _named(
    names: Mapping[str, str], first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """(id, name) of what either of the two has; ids that the law does not list come last."""
    present = {**first, **second}
    return [(id_, names.get(id_, id_)) for id_ in {**names, **present} if id_ in present]
