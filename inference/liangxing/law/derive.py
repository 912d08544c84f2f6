"""Statutes derived by machine from the articles, for the charges that statutes.yaml lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from liangxing.law.charges import article_of, charge_names
from liangxing.law.files import load
from liangxing.law.general import general_rules
from liangxing.law.penalty_clauses import PenaltyClause, penalty_clauses
from liangxing.law.statutes import HAND, Statute, StatuteFile, Tier, Version


class ClausePlace(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    article: str
    paragraphs: tuple[int, ...] = ()
    clause: int | None = None


class ClausePlaces(BaseModel):
    """The file clauses.yaml: where the penalty of a charge stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    charges: Mapping[str, tuple[ClausePlace, ...]]


def places(charge: str) -> tuple[ClausePlace, ...]:
    """Where the penalty of a charge stands in the articles."""
    given = load("clauses.yaml", ClausePlaces).charges
    article = article_of(charge)
    whole = (ClausePlace(article=article),) if article else ()
    return given.get(charge, whole)


def derive(charge: str) -> Statute | None:
    """The statute of a charge from the text; null when no clause is found."""
    found = places(charge)
    tiers = _tiers(clause for place in found for clause in _clauses(place))
    if not tiers:
        return None
    return Statute(
        charge=charge,
        articles=tuple(dict.fromkeys(place.article for place in found)),
        versions=(Version(effective_from=general_rules().articles_text.from_, tiers=tiers),),
    )


def derived_statutes() -> list[Statute]:
    """Statutes of all charges that statutes.yaml leaves out, in the order of the Criminal Law."""
    by_hand = {
        name
        for statute in load(HAND, StatuteFile).charges
        for name in (statute.charge, *statute.also)
    }
    named = (name for group in charge_names().articles.values() for name in group)
    derived = (derive(name) for name in named if name not in by_hand)
    return [statute for statute in derived if statute is not None]


def _clauses(place: ClausePlace) -> list[PenaltyClause]:
    clauses = penalty_clauses(place.article, place.paragraphs)
    return clauses if place.clause is None else [clauses[place.clause - 1]]


def _tiers(clauses: Iterable[PenaltyClause]) -> tuple[Tier, ...]:
    """One tier per distinct penalty, lightest first."""
    conditions: dict[tuple[object, ...], list[PenaltyClause]] = {}
    for clause in clauses:
        conditions.setdefault((clause.months, clause.options), []).append(clause)
    tiers = [
        Tier(
            tier="",
            condition="；".join(dict.fromkeys(clause.condition for clause in group)),
            months=group[0].months,
            options=group[0].options,
            verified="machine",
        )
        for group in conditions.values()
    ]
    tiers.sort(key=lambda tier: tier.severity)
    return tuple(
        tier.model_copy(update={"tier": f"tier{rank}"}) for rank, tier in enumerate(tiers, start=1)
    )
