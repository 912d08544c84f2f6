"""How the law fits real verdicts: inside which bounds they lie, and how narrow those are."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.errors import DataError
from liangxing.law.assess import LegalAssessment, assess
from liangxing.prediction import MonthRange
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.evaluation.evaluate import FINAL_LOG

WORST = 30
# Fewer verdicts of a charge give no quantile worth comparing.
LEAST_FOR_QUANTILES = 20


@dataclass(frozen=True)
class Measured:
    """One verdict against the law. `whole` are all tiers of the charge; months null with life or
    death; widths are differences of log1p months."""

    id: str
    charge: str
    months: float | None
    inside: bool
    inside_outer: bool
    width: float
    whole_width: float
    outer_width: float
    guideline: MonthRange | None
    reason: str
    distance: float


@dataclass(frozen=True)
class Line:
    """The figures of one charge, or of all. Shares are of `cases`; `exempt` are verdicts of 0
    months; `width_ratio` is the mean width of the bounds over that of all tiers."""

    charge: str
    cases: int
    inside: float
    inside_with_penalty: float
    inside_outer: float
    exempt: int
    width_ratio: float
    outer_width_ratio: float
    guideline_cases: int
    guideline_hits: float | None
    guideline_width: float | None
    quantile_width: float | None


@dataclass(frozen=True)
class LawReport:
    """The figures over all charges, by charge, and the verdicts farthest outside the bounds."""

    total: Line
    charges: tuple[Line, ...]
    worst: tuple[Measured, ...]
    without_statute: int

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def law_report(records: Sequence[Mapping[str, Any]]) -> LawReport:
    """Measures the law on the rows of one charge and one defendant; DataError without any.

    A row that does not say how many defendants there are counts as one of a single defendant.
    """
    rows = [r for r in records if len(r["charges"]) == 1 and (r["defendants_count"] or 1) == 1]
    found = [measure(row) for row in track(rows, description="Applying the law", transient=True)]
    known = [each for each in found if each is not None]
    if not known:
        raise DataError("no row with a single charge that has a statute; give other data")
    groups: defaultdict[str, list[Measured]] = defaultdict(list)
    for each in known:
        groups[each.charge].append(each)
    outside = sorted((m for m in known if not m.inside), key=lambda m: (-m.distance, m.id))
    return LawReport(
        total=_line("all", known),
        charges=tuple(
            _line(charge, group)
            for charge, group in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        ),
        worst=tuple(outside[:WORST]),
        without_statute=len(found) - len(known),
    )


def record_law_use(folder: Path, report: LawReport) -> None:
    """Appends one line to the log of uses of the test split."""
    entry = {"time": datetime.now(UTC).isoformat(), "law_report": asdict(report.total)}
    with (folder / FINAL_LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def measure(record: Mapping[str, Any]) -> Measured | None:
    """One verdict against the bounds of its own charge; null when it has no statute."""
    law = assess(to_case(record))
    if not law.statutory.known:
        return None
    bounds, whole = law.statutory.bounds, law.statutory.whole
    months, life, death = record["months"], record["life"], record["death"]
    inside = _inside(months, life, death, bounds.low, bounds.high, (bounds.life, bounds.death))
    outer = bounds.outer
    return Measured(
        id=record["id"],
        charge=record["charges"][0],
        months=months,
        inside=inside,
        inside_outer=_inside(
            months, life, death, outer.low, outer.high, (outer.life, outer.death)
        ),
        width=_width(bounds.low, bounds.high),
        whole_width=_width(whole.low, whole.high),
        outer_width=_width(outer.low, outer.high),
        guideline=law.guideline.range,
        reason="" if inside else _reason(law, months),
        distance=0.0 if inside else _distance(months, bounds.low, bounds.high),
    )


def _inside(
    months: float | None,
    life: bool,
    death: bool,
    low: float | None,
    high: float | None,
    open_: tuple[bool, bool],
) -> bool:
    if death or life:
        return open_[1] if death else open_[0]
    return months is not None and low is not None and high is not None and low <= months <= high


def _width(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else math.log1p(high) - math.log1p(low)


def _distance(months: float | None, low: float | None, high: float | None) -> float:
    """Distance of a verdict from the bounds, log1p months; life and death lie farthest."""
    if months is None or low is None or high is None:
        return math.inf
    return max(math.log1p(low) - math.log1p(months), math.log1p(months) - math.log1p(high))


def _reason(law: LegalAssessment, months: float | None) -> str:
    """Why a verdict may lie outside: what is known of tier and mitigation, no text of the case."""
    bounds = law.statutory.bounds
    tier = bounds.tier or "several tiers"
    if months is None:
        return f"life or death, not open in {tier}"
    if months == 0:
        return f"exempt or a fine alone, {tier} starts at {bounds.low}"
    if bounds.low is not None and months < bounds.low:
        stated = any(v.found.mitigate for c in law.statutory.counts for v in c.versions)
        told = "a mitigating fact was read" if stated else "no mitigating fact was read"
        return f"below {bounds.low} of {tier}, {told}"
    cumulated = bounds.high is not None and months > bounds.outer.high
    return f"above {bounds.high} of {tier}" + (", cumulated or pardoned" if cumulated else "")


def _line(charge: str, group: Sequence[Measured]) -> Line:
    punished = [m for m in group if m.months != 0]
    ranged = [m for m in group if m.guideline is not None]
    terms = [m for m in ranged if m.months is not None]
    hits = [m for m in terms if _hit(m)]
    share = len(hits) / len(terms) if terms else None
    return Line(
        charge=charge,
        cases=len(group),
        inside=_share(m.inside for m in group),
        inside_with_penalty=_share(m.inside for m in punished),
        inside_outer=_share(m.inside_outer for m in group),
        exempt=len(group) - len(punished),
        width_ratio=_ratio([m.width for m in group], [m.whole_width for m in group]),
        outer_width_ratio=_ratio([m.width for m in group], [m.outer_width for m in group]),
        guideline_cases=len(ranged),
        guideline_hits=share,
        guideline_width=(
            float(
                np.median(
                    [_width(m.guideline.low, m.guideline.high) for m in ranged if m.guideline]
                )
            )
            if ranged
            else None
        ),
        quantile_width=_quantile_width(terms, share),
    )


def _hit(measured: Measured) -> bool:
    found = measured.guideline
    return (
        found is not None
        and measured.months is not None
        and found.low <= measured.months <= found.high
    )


def _quantile_width(terms: Sequence[Measured], share: float | None) -> float | None:
    """Width of the central quantile interval per charge with the same share of its own verdicts.

    Over several charges, the median of their widths over the cases.
    """
    if share is None or len(terms) < LEAST_FOR_QUANTILES:
        return None
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for each in terms:
        groups[each.charge].append(each.months or 0.0)
    tail = (1 - share) / 2
    widths = [
        width
        for months in groups.values()
        for width in [_width(*(float(np.quantile(months, q)) for q in (tail, 1 - tail)))]
        for _ in months
    ]
    return float(np.median(widths))


def _share(values: Iterable[bool]) -> float:
    kept = list(values)
    return sum(kept) / len(kept) if kept else 1.0


def _ratio(widths: Sequence[float], wholes: Sequence[float]) -> float:
    whole = sum(wholes)
    return sum(widths) / whole if whole else 1.0
