"""What `liangxing law` shows and checks: pure functions that return data or text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from liangxing.errors import ConfigError, LiangxingError
from liangxing.law import compile as compiling
from liangxing.law.articles import article_text
from liangxing.law.charges import all_charges, canonical_charge
from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.law.custody import custody_rules
from liangxing.law.files import compiled_is_current, law_sha256, read_text
from liangxing.law.fines import fine_bases
from liangxing.law.general import general_rules
from liangxing.law.guideline_data import CrimeEntry, Start, crimes, version_of
from liangxing.law.leniency import plea_rules
from liangxing.law.statutes import MACHINE, Statute, Threshold, Tier, Version, find, statutes
from liangxing.law.wording import tier_text
from liangxing.reading.quantities import UNITS


def law_rows() -> list[dict[str, Any]]:
    """A row per charge with a statute, in the order of the Criminal Law."""
    known = statutes()
    return [_row(known[charge]) for charge in all_charges() if charge in known]


def law_list_text() -> str:
    """The charges as lines: article, charge, overall range."""
    return "\n".join(
        f"第{row['articles'][0] if row['articles'] else '—'}条\t{row['charge']}\t{row['range']}"
        for row in law_rows()
    )


def law_show(charge: str, on: date | None = None) -> dict[str, Any]:
    """What the law says of a charge on a day (null: every version).

    Raises ConfigError when no charge of that name has a statute.
    """
    statute = _statute(charge)
    versions = [version for version in statute.versions if on is None or version.in_force(on, on)]
    return {
        "charge": statute.charge,
        "articles": list(statute.articles),
        "date": on and on.isoformat(),
        "versions": [version.model_dump(mode="json") for version in versions],
        "thresholds": [
            threshold.model_dump(mode="json", exclude_defaults=True)
            for threshold in statute.thresholds
            if on is None or threshold.in_force(on, on)
        ],
        "guidelines": [
            entry.model_dump(mode="json", exclude_defaults=True) for entry in _entries(statute, on)
        ],
        "notes": statute.notes,
        "text": {article: article_text(article) for article in statute.articles},
        "text_in_force_from": general_rules().articles_text.from_.isoformat(),
        "law_sha256": law_sha256(),
    }


def law_show_text(charge: str, on: date | None = None) -> str:
    """The same as Chinese text."""
    statute = _statute(charge)
    lines = [f"{statute.charge}罪（《刑法》{'、'.join(f'第{a}条' for a in statute.articles)}）"]
    versions = [version for version in statute.versions if on is None or version.in_force(on, on)]
    if on is not None and not versions:
        lines.append(f"{on.isoformat()} 无生效版本")
    for version in versions:
        lines += ["", _period(version)]
        for number, tier in enumerate(version.tiers, start=1):
            mark = {True: "", "machine": "（机器解析）"}.get(tier.verified, "（未核实）")
            lines.append(f"  第{number}档 {tier.condition}：{tier_text(tier)}{mark}")
    names = _tier_names(versions or list(statute.versions))
    shown = [t for t in statute.thresholds if on is None or t.in_force(on, on)]
    if shown:
        lines += ["", "数额、数量和情节标准："]
        lines += [f"  {_threshold_text(threshold, names)}" for threshold in shown]
    for entry in _entries(statute, on):
        lines += [
            "",
            f"量刑起点（{'、'.join(_guideline_text(id_) for id_ in entry.guidelines)}）：",
        ]
        lines += [f"  {_start_text(start, names)}" for start in entry.starts]
    return "\n".join(lines)


def law_check() -> list[str]:
    """What is wrong with the law data, a line each; empty when all is well."""
    try:
        return list(_problems())
    except LiangxingError as error:
        return [str(error)]


def _problems() -> Iterator[str]:
    known = statutes()
    for charge in all_charges():
        if charge not in known:
            yield f"{charge} has no statute"
    for statute in known.values():
        yield from _version_problems(statute)
        for article in statute.articles:
            if article_text(article) is None:
                yield f"{statute.charge}: article {article} has no text"
    yield from _guideline_problems()
    if read_text(MACHINE) != compiling.machine_text():
        yield f"{MACHINE} differs from the articles; run python -m liangxing.law.compile"
    if not compiled_is_current():
        yield "the compiled copy is out of date; run python -m liangxing.law.compile"


def _guideline_problems() -> Iterator[str]:
    plea_rules()
    fine_bases()
    custody_rules()
    for crime in crimes().values():
        statute = _statute(crime.charge)
        tiers = {(tier.tier, tier.months) for v in statute.versions for tier in v.tiers}
        for entry in crime.entries:
            for start in entry.starts:
                if (start.tier, start.of) not in tiers:
                    yield f"{crime.charge}: a starting point for the tier {start.tier}, unknown"


def _version_problems(statute: Statute) -> Iterator[str]:
    versions = statute.versions
    for version, following in pairwise(versions):
        if version.effective_to is None:
            yield f"{statute.charge}: the version of {version.effective_from} has no end"
        elif version.effective_to + timedelta(days=1) != following.effective_from:
            yield f"{statute.charge}: a gap or overlap before {following.effective_from}"
    for version in versions:
        names = [tier.tier for tier in version.tiers]
        if len(set(names)) != len(names):
            yield f"{statute.charge}: a tier twice in the version of {version.effective_from}"


def _statute(charge: str) -> Statute:
    statute = find(charge)
    if statute is None:
        name = canonical_charge(charge) or charge
        raise ConfigError(f"no statute for the charge {name!r}; `liangxing law list` names all")
    return statute


def _entries(statute: Statute, on: date | None) -> list[CrimeEntry]:
    """The starting points of the guidelines in force on a day of judgment (null: all)."""
    crime = crimes().get(statute.charge)
    return [
        entry
        for entry in (crime.entries if crime else ())
        if on is None or any(version_of(id_).distance(on) == 0 for id_ in entry.guidelines)
    ]


def _row(statute: Statute) -> dict[str, Any]:
    tiers = statute.versions[-1].tiers
    lightest, severest = min(tiers, key=_severity), max(tiers, key=_severity)
    words = [tier_text(lightest)] + ([tier_text(severest)] if severest != lightest else [])
    return {
        "charge": statute.charge,
        "articles": list(statute.articles),
        "versions": len(statute.versions),
        "tiers": len(tiers),
        "range": " 至 ".join(words),
        "verified": all(tier.verified is True for tier in tiers),
    }


def _severity(tier: Tier) -> tuple[float, float, bool, bool]:
    return tier.severity


def _period(version: Version) -> str:
    until = version.effective_to.isoformat() if version.effective_to else "现在"
    return f"{version.effective_from.isoformat()} 至 {until}"


def _guideline_text(id_: str) -> str:
    version = version_of(id_)
    return version.number or f"{version.name}，{version.effective_from.isoformat()}起"


def _tier_names(versions: Sequence[Version]) -> dict[str, str]:
    """What each tier is called in the text: its place in the version where that is the only one,
    else its condition."""
    if len(versions) == 1:
        return {tier.tier: f"第{n}档" for n, tier in enumerate(versions[0].tiers, start=1)}
    return {tier.tier: f"“{tier.condition}”" for version in versions for tier in version.tiers}


def _start_text(start: Start, names: Mapping[str, str]) -> str:
    facts = _facts_text(start.facts)
    mark = {True: "", "local": "（地方规定）", "earlier": "（据此前文本）"}.get(
        start.verified, "（未核实）"
    )
    tier = names.get(start.tier, start.tier)
    return f"{tier}{facts}：{start.months[0]:g} 至 {start.months[1]:g} 个月{mark}"


def _threshold_text(threshold: Threshold, names: Mapping[str, str]) -> str:
    unit = UNITS.get(threshold.quantity or "", "")
    figure = threshold.from_value if threshold.from_value is not None else threshold.up_to
    if threshold.province_range:
        low, high = threshold.province_range
        value = f" {low:.10g} 至 {high:.10g}{unit}（由各省确定）"
    else:
        sign = "≤" if threshold.up_to else "≥"
        value = "" if figure is None else f" {sign} {figure:.10g}{unit}"
    quantity = quantity_names().get(threshold.quantity or "", "")
    what = quantity or threshold.metric or ""
    mark = "" if threshold.verified is True else "（未核实）"
    tier = names.get(threshold.tier or "", "—")
    return f"{tier}：{what}{value}{_facts_text(threshold.facts)}，{threshold.source}{mark}"


def _facts_text(facts: Sequence[str]) -> str:
    return "".join(f" + {fact_names().get(fact, fact)}" for fact in facts)
