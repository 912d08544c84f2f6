"""Fictional cases generated from the law data, for trying the line without real judgments.

A case has a known truth: the tier its quantity or grade opens, a base sentence inside it, the
ratios of the circumstances it tells, and noise. Scores on these cases say nothing of real ones;
every row carries `synthetic: true`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import yaml
from liangxing.errors import ConfigError
from liangxing.law import find, general_rules
from liangxing.law.statutes import Statute, Tier
from liangxing.terms import round_to_half_month

_NOISE = 0.1
_COUNTS_SHARE = 0.06
_FIRST_YEAR, _LAST_YEAR = 2012, 2024
# A quantity above the last threshold reaches up to this many times it.
_TOP_FACTOR = 5.0
# Where in a tier life and death begin, and which lenient small terms end in a fine alone.
_LIFE, _DEATH = 0.55, 0.7
_SMALL, _LENIENT = 5, 0.7


@dataclass(frozen=True)
class _Count:
    """One offence as told, with its tier, the place inside it from 0 to 1, and the law's data."""

    charge: Mapping[str, Any]
    statute: Statute
    tier: Tier
    place: float
    level: str


@dataclass(frozen=True)
class _Outcome:
    months: float | None
    life: bool = False
    death: bool = False


def generate(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yields `count` fictional raw rows; the same seed gives the same rows."""
    random = np.random.default_rng(seed)
    for number in range(count):
        yield _row(f"synthetic-{seed}-{number}", random)


def _row(row_id: str, random: np.random.Generator) -> dict[str, Any]:
    material = _material()
    words = _words(random)
    day = date(int(words["year"]), int(words["month"]), int(words["day"]))
    number = 2 if random.random() < _COUNTS_SHARE else 1
    weights = np.array([charge["weight"] for charge in material["charges"]], dtype=float)
    chosen = random.choice(len(weights), size=number, replace=False, p=weights / weights.sum())
    counts = [_count(material["charges"][index], day, random) for index in chosen]
    told = _circumstances(counts, random)
    leniency = float(np.prod([1 + random.uniform(*each["ratio"]) for each in told]))
    outcome = _cumulated([_sentence(each, leniency, random) for each in counts])
    suspension, probation = _suspension(outcome, leniency, told, random)
    sentences = [_pick(material["openings"], random) + _story(counts[0], random)]
    sentences += ["此外，被告人{name}还" + _story(each, random) for each in counts[1:]]
    sentences += [_pick(each["sentences"], random) for each in told]
    sentences.append(_pick(material["endings"], random))
    levels = iter([each.level for each in counts])
    fact = "".join(
        sentence.format_map(words | ({"level": next(levels)} if "{level}" in sentence else {}))
        for sentence in sentences
    )
    return {
        "id": row_id,
        "source": "synthetic",
        "licence": "Apache-2.0",
        "fact": fact,
        "charges": [each.statute.charge for each in counts],
        "articles": list(dict.fromkeys(a for each in counts for a in each.statute.articles)),
        "months": outcome.months,
        "life": outcome.life,
        "death": outcome.death,
        "suspension": suspension,
        "suspension_months": probation,
        "fine": _fine(counts, outcome, random),
        "defendants": [words["name"]],
        "n_defendants": 2 if words["other"] in fact and "吸毒人员" not in fact else 1,
        "offence_date": day.isoformat(),
        "year": day.year,
        "synthetic": True,
    }


@cache
def _material() -> dict[str, Any]:
    text = (files("liangxing_training.sources") / "synthetic.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


def _pick(options: list[str], random: np.random.Generator) -> str:
    return options[int(random.integers(len(options)))]


def _words(random: np.random.Generator) -> dict[str, str]:
    lists = _material()["words"]
    words = {name: _pick(options, random) for name, options in lists.items()}
    surnames = random.choice(lists["surname"], size=3, replace=False)
    people = [str(surname) + _pick(lists["given"], random) for surname in surnames]
    year = int(random.integers(_FIRST_YEAR, _LAST_YEAR))
    month = int(random.integers(1, 13))
    return words | {
        "name": people[0],
        "victim": people[1],
        "other": people[2],
        "year": str(year),
        "month": str(month),
        "day": str(int(random.integers(1, 29))),
        "hour": str(int(random.integers(0, 24))),
        "later": str(min(month + int(random.integers(1, 4)), 12)),
        "earlier_year": str(year - int(random.integers(1, 5))),
        "age": str(int(random.integers(18, 66))),
    }


def _count(charge: Mapping[str, Any], day: date, random: np.random.Generator) -> _Count:
    statute = find(charge["charge"])
    if statute is None:
        raise ConfigError(f"synthetic.yaml: the law data do not know {charge['charge']}")
    version = next(v for v in reversed(statute.versions) if v.in_force(day, day))
    tiers = {tier.tier: tier for tier in version.tiers}
    gravity = float(random.beta(1.2, 2.2))
    if "measure" in charge:
        return _measured(charge, statute, tiers, day, gravity)
    grades = [grade for grade in charge["grades"] if grade["tier"] in tiers]
    index = min(int(gravity * len(grades)), len(grades) - 1)
    tier = grades[index]["tier"]
    same = [i for i, grade in enumerate(grades) if grade["tier"] == tier]
    place = (index - same[0] + float(random.random())) / len(same)
    return _Count(charge, statute, tiers[tier], place, grades[index]["text"])


def _measured(
    charge: Mapping[str, Any],
    statute: Statute,
    tiers: Mapping[str, Tier],
    day: date,
    gravity: float,
) -> _Count:
    """A quantity drawn evenly on a log scale over the tiers' thresholds."""
    starts = _thresholds(statute, charge["measure"]["quantity"], tiers, day)
    edges = [start for _, start in starts] + [starts[-1][1] * _TOP_FACTOR]
    position = gravity * len(starts)
    index = min(int(position), len(starts) - 1)
    place = position - index
    low, high = np.log(edges[index]), np.log(edges[index + 1])
    value = float(np.exp(low + place * (high - low)))
    level = f"{value:.{charge['measure']['decimals']}f}"
    return _Count(charge, statute, tiers[starts[index][0]], place, level)


def _thresholds(
    statute: Statute, quantity: str, tiers: Mapping[str, Tier], day: date
) -> list[tuple[str, float]]:
    """Where each tier starts, in force on `day` or as near as the law data know, ascending."""
    found: dict[str, float] = {}
    # Later entries win: those in force, put last.
    for entry in sorted(statute.thresholds, key=lambda entry: entry.in_force(day, day)):
        figure = entry.province_range or entry.from_value
        tier = entry.tier or ""
        if entry.quantity == quantity and tier in tiers and figure and not entry.facts:
            found[tier] = float(np.mean(figure))
    starts = sorted(found.items(), key=lambda item: item[1])
    # Where the lightest tier has no threshold of its own, it starts well below the next one.
    lightest = next(iter(tiers))
    if lightest not in found:
        starts.insert(0, (lightest, starts[0][1] / _TOP_FACTOR))
    return starts


def _circumstances(counts: list[_Count], random: np.random.Generator) -> list[Mapping[str, Any]]:
    told: list[Mapping[str, Any]] = []
    victims = all(each.charge["victims"] for each in counts)
    for each in _material()["circumstances"]:
        barred = any(other["id"] == each.get("without") for other in told)
        if (
            random.random() < each["share"]
            and not barred
            and (victims or not each.get("victims_only"))
        ):
            told.append(each)
    return [told[index] for index in random.permutation(len(told))]


def _story(count: _Count, random: np.random.Generator) -> str:
    return _pick(count.charge["stories"], random)


def _sentence(count: _Count, leniency: float, random: np.random.Generator) -> _Outcome:
    """The term of one count; the gravest end of a tier may be life or death where open."""
    tier = count.tier
    gravity = count.place * min(leniency, 1.2) * float(random.lognormal(0, _NOISE))
    if tier.months is None or gravity > _LIFE:
        if tier.death and gravity > _DEATH:
            return _Outcome(None, death=True)
        if tier.life:
            return _Outcome(None, life=True)
    if tier.months is None:
        return _Outcome(None, life=True)
    low, high = tier.months
    base = low + count.place * (high - low)
    months = base * leniency * float(random.lognormal(0, _NOISE))
    if tier.fine_only and months < low * _SMALL and leniency < _LENIENT:
        return _Outcome(0.0)
    # Leniency may go below the tier, but not below what a court can give at all.
    floor = general_rules().detention.months[0] if tier.detention else low * leniency
    months = min(max(months, min(floor, low) if leniency < 1 else low), high)
    return _Outcome(float(round(months)) if months > low + 1 else round_to_half_month(months))


def _cumulated(outcomes: list[_Outcome]) -> _Outcome:
    """One outcome of several counts (Criminal Law art. 69): half of what the lesser ones add."""
    grave = [each for each in outcomes if each.months is None]
    if grave:
        return max(grave, key=lambda each: each.death)
    terms = sorted((each.months or 0.0 for each in outcomes), reverse=True)
    cap = general_rules().cumulation.cap
    return _Outcome(min(round_to_half_month(terms[0] + sum(terms[1:]) / 2), cap))


def _suspension(
    outcome: _Outcome,
    leniency: float,
    told: list[Mapping[str, Any]],
    random: np.random.Generator,
) -> tuple[bool | None, float | None]:
    """Whether the term is suspended and for how long (Criminal Law arts. 72 to 74)."""
    rules = general_rules()
    if outcome.months is None or outcome.months == 0:
        return None, None
    if outcome.months > rules.suspension.max_months or any(
        each["id"] == "recidivist" for each in told
    ):
        return False, None
    if random.random() > 1.6 - 1.5 * leniency:
        return False, None
    fixed = outcome.months >= rules.fixed_term.months[0]
    probation = (
        rules.suspension.probation_fixed_term if fixed else rules.suspension.probation_detention
    )
    wanted = round_to_half_month(outcome.months * 1.5)
    return True, float(min(max(wanted, probation.min, outcome.months), probation.max))


def _fine(counts: list[_Count], outcome: _Outcome, random: np.random.Generator) -> float | None:
    rate = sum(each.charge["fine"] for each in counts)
    if outcome.months is None:
        return None
    if not rate:
        return 0.0
    return float(max(round(rate * (outcome.months + 2) * random.lognormal(0, _NOISE), -3), 1000))
