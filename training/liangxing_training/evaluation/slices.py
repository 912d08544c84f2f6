"""Figures by part of the cases: where a system is good, where not, and whether it is fair.

A slicer gives the values a row belongs to; none means that the row is in no slice of its kind.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.errors import DataError

from liangxing_training.evaluation.bootstrap import (
    DEFAULT,
    Estimate,
    Resampling,
    bootstrap,
    bootstrap_mean,
    macro_of,
)
from liangxing_training.evaluation.metrics import (
    MACRO_SCORES,
    POINT_SCORES,
    check_pair,
    interval_case_scores,
)
from liangxing_training.evaluation.outcomes import Floats, Intervals, Outcomes

Row = Mapping[str, Any]
Slicer = Callable[[Row], Sequence[str]]

FIGURES = ("cail_score", "within_25pct", "mae_months", "bias")
LENGTH_EDGES = (200, 400, 800, 1600)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
# 被告人张某某，男，汉族 ...: the defendant's own particulars, up to the end of the sentence.
_PARTICULARS = re.compile(r"被告人[^，,。；;]{1,24}[，,]([^。；;]{0,80})")
_SEX = re.compile(r"(?:^|[，,])\s*(男|女)(?:性)?(?=[，,（(]|$)")
_ETHNICITY = re.compile(r"(?:^|[，,])\s*([\u4e00-\u9fff]{1,6}族)(?=[，,]|$)")


@dataclass(frozen=True)
class SliceRow:
    """One slice, for example slice "charge", value "盗窃"; `metrics` as in `metrics`."""

    slice: str
    value: str
    n: int
    metrics: dict[str, Estimate]


def by_charge(row: Row) -> Sequence[str]:
    """Every charge; a case of two charges is in both slices."""
    return list(row.get("charges") or [])


def by_term_bin(row: Row) -> Sequence[str]:
    """The verdict's bin, 0 to 10."""
    return [str(int(Outcomes.from_records([row]).bins()[0]))]


def by_year(row: Row) -> Sequence[str]:
    """Year of the judgment; else the recorded year; else the last one the fact names."""
    dated = str(row.get("judgment_date") or "")[:4] or row.get("year")
    years = [str(dated)] if dated else _YEAR.findall(row["fact"])
    return [max(years)] if years else []


def rows_by_year(rows: Sequence[Row]) -> dict[str, int]:
    """How many rows are of each year, earliest first; those of no year are left out."""
    found = Counter(year for row in rows for year in by_year(row))
    return dict(sorted(found.items()))


def by_period(row: Row) -> Sequence[str]:
    """Whether the year is one that CAIL2018 ends before."""
    return ["2018 or later" if int(year) >= 2018 else "to 2017" for year in by_year(row)]


def by_origin(row: Row) -> Sequence[str]:
    """The collection a row was taken from, without the file inside it."""
    origin = re.split(r"[: ]", str(row.get("source") or ""))[0]
    return [origin] if origin else []


def by_fact_length(row: Row) -> Sequence[str]:
    """Characters of the fact."""
    place = int(np.searchsorted(LENGTH_EDGES, len(row["fact"]), side="left"))
    ends = (0, *LENGTH_EDGES)
    return [
        f"{ends[place] + 1}-{ends[place + 1]}" if place < len(LENGTH_EDGES) else f">{ends[-1]}"
    ]


def by_defendants(row: Row) -> Sequence[str]:
    """Number of defendants, where it is known."""
    count = row.get("defendants_count")
    return [] if count is None else [str(count) if count < 4 else "4 or more"]


def by_plea_leniency(row: Row) -> Sequence[str]:
    """Whether the text says 认罪认罚; silence is not absence."""
    return ["stated" if "认罪认罚" in _text(row) else "not stated"]


def by_sex(row: Row) -> Sequence[str]:
    """Sex of the defendant, where the text gives it with the name."""
    return _stated(row, _SEX)


def by_ethnicity(row: Row) -> Sequence[str]:
    """Ethnicity of the defendant, where the text gives it with the name."""
    return _stated(row, _ETHNICITY)


SLICERS: Mapping[str, Slicer] = {
    "charge": by_charge,
    "term bin": by_term_bin,
    "year": by_year,
    "period": by_period,
    "origin": by_origin,
    "fact length": by_fact_length,
    "defendants": by_defendants,
    "plea leniency": by_plea_leniency,
    "sex": by_sex,
    "ethnicity": by_ethnicity,
}
FAIRNESS = ("sex", "ethnicity")


def slice_table(
    rows: Sequence[Row],
    truth: Outcomes,
    predicted: Outcomes,
    *,
    intervals: Intervals | None = None,
    level: float = 0.9,
    by: Sequence[str] = tuple(SLICERS),
    figures: Sequence[str] = FIGURES,
    minimum: int = 20,
    how: Resampling = DEFAULT,
) -> list[SliceRow]:
    """Figures of every slice with at least `minimum` cases, largest slice first within a kind.

    `bias` is the mean of ln(p+1) - ln(a+1) over terms: above 0 the prediction is harsher than the
    verdict. Intervals add every interval metric at `level`. Raises DataError on unequal lengths.
    """
    check_pair(truth, predicted)
    if len(rows) != len(truth):
        raise DataError(f"{len(rows)} rows but {len(truth)} verdicts; give one row per verdict")
    scores = _case_scores(truth, predicted, figures)
    if intervals is not None:
        scores |= interval_case_scores(truth, intervals, level)
    table: list[SliceRow] = []
    for name in by:
        members: defaultdict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            for value in dict.fromkeys(SLICERS[name](row)):
                members[value].append(place)
        for value, places in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
            if len(places) < minimum:
                continue
            chosen = np.array(places)
            estimates = {key: bootstrap_mean(part[chosen], how) for key, part in scores.items()}
            for key in figures:
                if key in MACRO_SCORES:
                    macro = macro_of(key, truth.take(chosen), predicted.take(chosen))
                    estimates[key] = bootstrap(macro, len(chosen), how)
            table.append(SliceRow(name, value, len(places), estimates))
    return table


def fairness_table(
    rows: Sequence[Row],
    truth: Outcomes,
    predicted: Outcomes,
    *,
    intervals: Intervals | None = None,
    level: float = 0.9,
    minimum: int = 20,
    how: Resampling = DEFAULT,
) -> list[SliceRow]:
    """`slice_table` by sex and ethnicity. It compares errors, not sentences: the slices differ in
    charges, so read `bias` and coverage before `cail_score`."""
    return slice_table(
        rows,
        truth,
        predicted,
        intervals=intervals,
        level=level,
        by=FAIRNESS,
        minimum=minimum,
        how=how,
    )


def _case_scores(
    truth: Outcomes, predicted: Outcomes, figures: Sequence[str]
) -> dict[str, Floats]:
    scores = {
        name: POINT_SCORES[name](truth, predicted) for name in figures if name in POINT_SCORES
    }
    if "bias" in figures:
        scores["bias"] = np.log1p(predicted.months) - np.log1p(truth.months)
    return scores


def _stated(row: Row, pattern: re.Pattern[str]) -> list[str]:
    """The one value stated of the row's defendant; none if several defendants are described and
    the row does not say which one it is about."""
    found: set[str] = set()
    name = row.get("defendant")
    for match in _PARTICULARS.finditer(_text(row)):
        if name and name not in match.group(0):
            continue
        found.update(pattern.findall(match.group(1)))
    return list(found) if len(found) == 1 else []


def _text(row: Row) -> str:
    return str(row.get("document") or row["fact"])
