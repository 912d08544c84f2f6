"""A bundle on the rows of a split: its predictions, and its coverage at every level and group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from liangxing.case import Case
from liangxing.model.calibration import POOLED
from liangxing.model.legal import CHARGE_GIVEN, CHARGE_PREDICTED
from liangxing.prediction import Interval, OuterBounds, Prediction, StatutoryBounds
from liangxing.predictor import Assessment, SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case

LEVEL = 0.9
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
MODES = (CHARGE_GIVEN, CHARGE_PREDICTED)


@dataclass(frozen=True)
class CoverageRow:
    """Verdicts covered in one group of cases at one level.

    `group` is "pooled" or the charge, given or predicted, as in the calibration. `unclipped`
    counts what the intervals would cover if they ended at no bound; `outside_bounds` counts
    verdicts outside the outer bounds, which no clipped interval can cover.
    """

    mode: str
    group: str
    level: float
    n: int
    covered: int
    unclipped: int
    outside_bounds: int

    @property
    def share(self) -> float:
        return self.covered / self.n


def predict_records(
    predictor: SentencePredictor,
    records: Sequence[Mapping[str, Any]],
    level: float,
    *,
    charge_given: bool,
) -> list[Prediction]:
    """Predictions along the deployed path, with the charges given or withheld."""
    cases = (to_case(record) for record in records)
    if not charge_given:
        cases = (_withheld(case) for case in cases)
    found = predictor.predict_many(cases, level=level)
    return list(_tracked(found, "Predicting", len(records), charge_given=charge_given))


def coverage_rows(
    predictor: SentencePredictor, records: Sequence[Mapping[str, Any]]
) -> list[CoverageRow]:
    """Coverage per mode, group and level, pooled first and then by size of the group."""
    table: list[CoverageRow] = []
    for mode in MODES:
        given = mode == CHARGE_GIVEN
        found = predictor.assess((to_case(r) for r in records), charge_given=given)
        assessments = list(_tracked(found, "Measuring", len(records), charge_given=given))
        longest = predictor.bundle.grid.months[-1]
        clipped = _hits(predictor, assessments, records)
        unclipped = _hits(predictor, [_unclipped(one, longest) for one in assessments], records)
        outside = ~np.array(
            [
                _bounds_as_interval(found.legal.bounds).covers(
                    record["months"], life=record["life"], death=record["death"]
                )
                for found, record in zip(assessments, records, strict=True)
            ],
            np.bool_,
        )
        groups: defaultdict[str, list[int]] = defaultdict(list)
        for place, assessment in enumerate(assessments):
            groups[POOLED].append(place)
            if assessment.legal.charge is not None:
                groups[assessment.legal.charge].append(place)
        for name, places in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0] != POOLED)):
            table += [
                CoverageRow(
                    mode,
                    name,
                    level,
                    len(places),
                    int(clipped[places, column].sum()),
                    int(unclipped[places, column].sum()),
                    int(outside[places].sum()),
                )
                for column, level in enumerate(LEVELS)
            ]
    return table


def _hits(
    predictor: SentencePredictor,
    assessments: Sequence[Assessment],
    records: Sequence[Mapping[str, Any]],
) -> np.ndarray:
    """[cases, levels]: whether the interval covers the verdict."""
    return np.array(
        [
            [
                predictor.interval(assessment, level).covers(
                    record["months"], life=record["life"], death=record["death"]
                )
                for level in LEVELS
            ]
            for assessment, record in zip(assessments, records, strict=True)
        ],
        np.bool_,
    )


def _unclipped(found: Assessment, longest: float) -> Assessment:
    """The assessment with every outcome open."""
    bounds = found.legal.bounds
    outer = OuterBounds(0.0, max(longest, bounds.outer.high), life=True, death=True)
    wide = replace(bounds, outer=outer)
    return replace(found, legal=replace(found.legal, bounds=wide))


def _bounds_as_interval(bounds: StatutoryBounds) -> Interval:
    outer = bounds.outer
    return Interval(1.0, outer.low, outer.high, outer.life, outer.death)


def _withheld(case: Case) -> Case:
    return case.model_copy(update={"charges": ()})


def _tracked(items: Iterable[Any], verb: str, total: int, *, charge_given: bool) -> Iterable[Any]:
    description = f"{verb}, charge " + ("given" if charge_given else "predicted")
    return track(items, description=description, total=total, transient=True)
