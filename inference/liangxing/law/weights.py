"""How much each stated circumstance moves the base sentence (量刑情节的调节比例)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from liangxing.errors import CaseError
from liangxing.law.circumstances import (
    CaseFacts,
    CircumstanceRule,
    DatedRatio,
    MinorOffence,
    circumstance_rules,
    fact_names,
)
from liangxing.law.guideline_data import (
    Adjustment,
    Crime,
    GuidelineVersion,
    general_version,
    nearest,
)
from liangxing.law.leniency import Stage, ladder, plea_rules, staged_ratio
from liangxing.law.wording import cited

MINOR = "minor_offence"


@dataclass(frozen=True)
class Weight:
    """A circumstance and the least and most share of the base sentence by which it moves it.

    `months` is the least change in months. Of facts that name one another in `conflicts` only one
    counts. `note` is what the trace says of the ratio.
    """

    id: str
    name: str
    layer: int
    increase: bool
    least: float
    most: float
    source: str
    verified: bool | str
    months: float = 0.0
    conflicts: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True)
class Silent:
    """A stated circumstance that has no effect, and why."""

    id: str
    name: str
    source: str
    why: str
    verified: bool | str = True


def weigh(
    facts: CaseFacts,
    crime: Crime | None,
    day: date,
    *,
    plea_ladder: str | None,
    stage: Stage | None,
) -> tuple[list[Weight], list[Silent]]:
    """Every stated circumstance with its ratio in the guidelines of `day`, layer 1 first.

    A number in the facts is the ratio itself. Without a ratio in the text the reduction may be
    anything up to what the statute allows. Raises CaseError for a number above 1.
    """
    weights: list[Weight] = []
    silent: list[Silent] = []
    version, current = general_version(day)
    joint = plea_rules().combined
    for rule in circumstance_rules().values():
        # A plea with a ratio of its own leaves nothing open that a joint ratio would widen.
        joined = (
            rule.id == joint.id
            and facts.circumstances.get(joint.plea) is True
            and any(map(facts.has, joint.joins))
        )
        if not facts.has(rule.id) and not joined:
            continue
        weighed = _weight(rule, facts, version, current, day)
        if rule.id == joint.plea and plea_ladder is not None and _number(facts, rule.id) is None:
            weighed = _staged(rule, plea_ladder, stage)
        if isinstance(weighed, Weight):
            weights.append(weighed)
        elif facts.has(rule.id):
            silent.append(weighed)
    national = plea_rules().national
    if stage is not None and plea_ladder is None and facts.has(joint.plea):
        why = f"{plea_rules().stage_names[stage]}作出；{national.rule}，但未规定按阶段的比例"
        name = circumstance_rules()[joint.plea].name
        silent.append(Silent(joint.plea, name, national.source, why, national.verified))
    for own in crime.adjustments if crime else ():
        if facts.has(own.fact):
            weights.append(_own_weight(own, facts, day))
    return sorted(weights, key=lambda weight: weight.layer), silent


def _weight(
    rule: CircumstanceRule, facts: CaseFacts, version: GuidelineVersion, current: bool, day: date
) -> Weight | Silent:
    source = _source(rule, version)
    number = _number(facts, rule.id)
    if rule.direction == "depends" and number is None:
        why = "从宽或者从严取决于在共同犯罪中的作用，不作调节"
        return Silent(rule.id, rule.name, source, why)
    dated = _dated(rule, version, day)
    if dated is None and number is None:
        return Silent(rule.id, rule.name, source, f"{version.citation}未载此情节，不作调节")
    increase = rule.direction == "increase" or (
        rule.direction == "depends" and number is not None and number > 0
    )
    ratio = dated.ratio if dated else None
    verified: bool | str = dated.verified if dated and current else False
    if number is not None:
        least, most, note, verified = abs(number), abs(number), "案件给定的比例", "given"
    elif ratio is None:
        least, most, note = 0.0, 1.0, "指导意见未规定比例，放宽至法定刑所允许的限度"
    else:
        least, most, note = _minor(ratio, rule.if_offence_minor, facts)
    return Weight(
        id=rule.id,
        name=rule.name,
        layer=rule.layer,
        increase=increase,
        least=least,
        most=most,
        source=source,
        verified=verified,
        months=rule.min_months_change or 0.0,
        conflicts=frozenset((*rule.not_with, *rule.not_counted_with, *_joint(rule.id))),
        note=note,
    )


def _own_weight(own: Adjustment, facts: CaseFacts, day: date) -> Weight:
    """The weight of a circumstance that the guidelines name for one charge only."""
    version, current = nearest(own.guidelines, day)
    number = _number(facts, own.fact)
    if number is not None:
        least, most, note = abs(number), abs(number), "案件给定的比例"
    else:
        least, most, note = _minor(own.ratio, own.if_offence_minor, facts)
    return Weight(
        id=own.fact,
        name=fact_names()[own.fact],
        layer=2,
        increase=own.direction == "increase",
        least=least,
        most=most,
        source=version.citation,
        verified=own.verified if current else False,
        conflicts=frozenset(own.not_with),
        note=note,
    )


def _staged(rule: CircumstanceRule, name: str, stage: Stage | None) -> Weight:
    """The plea's weight on a ladder by stage."""
    chosen, rules = ladder(name), plea_rules()
    least, most = staged_ratio(name, stage)
    when = rules.stage_names[stage] if stage else "阶段未知"
    return Weight(
        id=rule.id,
        name=rule.name,
        layer=rule.layer,
        increase=False,
        least=least,
        most=most,
        source=chosen.source,
        verified=chosen.verified,
        conflicts=frozenset((*rule.not_with, *rule.not_counted_with)),
        note=f"{chosen.place}阶梯式从宽，{when}认罪认罚",
    )


def _minor(
    ratio: tuple[float, float], minor: MinorOffence | None, facts: CaseFacts
) -> tuple[float, float, str]:
    if minor is None or not facts.has(MINOR):
        return *ratio, ""
    return minor.reduce_from, 1.0 if minor.exempt else max(ratio[1], minor.reduce_from), "犯罪较轻"


def _joint(id_: str) -> tuple[str, ...]:
    """What the joint ratio of a plea stands for, so that none of it counts beside it."""
    joint = plea_rules().combined
    if id_ != joint.id:
        return ()
    return (joint.plea, *circumstance_rules()[joint.plea].not_counted_with)


def _dated(rule: CircumstanceRule, version: GuidelineVersion, day: date) -> DatedRatio | None:
    """The ratio on `day`, moved into the days of the version where it lies outside."""
    held = max(day, version.effective_from)
    if version.effective_to is not None:
        held = min(held, version.effective_to)
    for dated in rule.ratios:
        if dated.from_ <= held and (dated.to is None or held <= dated.to):
            return dated
    return None


def _number(facts: CaseFacts, id_: str) -> float | None:
    """The ratio that the case gives; null where it only states the circumstance."""
    value = facts.circumstances.get(id_)
    if value is None or isinstance(value, bool):
        return None
    if not abs(value) <= 1:
        raise CaseError(
            f"circumstance {id_!r} is {value:g}; a number is a share of the base sentence, "
            "from -1 to 1"
        )
    return float(value)


def _source(rule: CircumstanceRule, version: GuidelineVersion) -> str:
    if not rule.article:
        return version.citation
    return f"{version.citation}、{cited(rule.article)}"
