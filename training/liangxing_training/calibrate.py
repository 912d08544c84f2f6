"""Fit the discount, the conformity scores and the heads of suspension and fine on the calibration
split, along the deployed path."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.errors import DataError
from liangxing.law import law_sha256
from liangxing.model import bundle as bundles
from liangxing.model.answers import Penalties
from liangxing.model.calibration import (
    Calibration,
    best_point,
    bounded,
    nested_sets,
    score,
)
from liangxing.model.legal import CHARGE_GIVEN, CHARGE_PREDICTED
from liangxing.model.outcomes import OutcomeGrid
from liangxing.predictor import Assessment, SentencePredictor
from liangxing.reading import READING_VERSION
from pydantic import BaseModel, ConfigDict, Field
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.calibrate_heads import fit_fine, fit_suspension
from liangxing_training.model_card import finish_bundle, revised_bundle
from liangxing_training.score_groups import grouped_scores

_DISCOUNTS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)


class CalibrateSettings(BaseModel):
    """The minimums guard against intervals, and a probability of suspension or a range of the
    fine, fitted on a handful of verdicts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum_cases: int = Field(default=100, ge=1)
    minimum_suspensions: int = Field(default=30, ge=2)
    minimum_fines: int = Field(default=100, ge=1)


def calibrate(
    folder: Path, records: Sequence[Mapping[str, Any]], settings: CalibrateSettings
) -> Calibration:
    """Fits and writes the calibration into the bundle at `folder`, with the versions of the law
    and the reading that it was fitted against.

    Modes (charge given, charge predicted) are fitted apart. A head of which too few verdicts tell
    stays uncalibrated. Raises DataError when the split has fewer than `minimum_cases` records.
    """
    if len(records) < settings.minimum_cases:
        raise DataError(
            f"calibration split has {len(records)} records with a term, at least "
            f"{settings.minimum_cases} are needed; give more data, a larger fraction, or lower "
            "calibrate.minimum_cases"
        )
    predictor = SentencePredictor.load(folder)
    grid = predictor.bundle.grid
    with predictor.remembering():
        modes = {
            mode: _assess(predictor, records, charge_given=mode == CHARGE_GIVEN)
            for mode in (CHARGE_GIVEN, CHARGE_PREDICTED)
        }
    discount = fit_discount(grid, modes[CHARGE_GIVEN], records)
    calibration = Calibration(
        discount,
        {mode: _scores(grid, found, records, discount) for mode, found in modes.items()},
    )
    # Whether suspension or a fine is open depends on the recommended point, so on the discount.
    penalties = {
        mode: [_penalties(predictor, found, discount) for found in assessments]
        for mode, assessments in modes.items()
    }
    seen = predictor.bundle.manifest.labels_seen
    calibration = replace(
        calibration,
        suspension={
            mode: fit_suspension(found, penalties[mode], records, settings.minimum_suspensions)
            for mode, found in modes.items()
            if "suspension" in seen
        },
        fine={
            mode: fit_fine(found, penalties[mode], records, settings.minimum_fines)
            for mode, found in modes.items()
            if "fine" in seen
        },
    )
    manifest = predictor.bundle.manifest.model_copy(
        update={"law_sha256": law_sha256(), "reading_version": READING_VERSION}
    )
    with revised_bundle(folder) as staging:
        bundles.write_calibration(staging, calibration, manifest.files)
        finish_bundle(staging, manifest, calibration)
    return calibration


def _assess(
    predictor: SentencePredictor, records: Sequence[Mapping[str, Any]], *, charge_given: bool
) -> list[Assessment]:
    cases = (to_case(record) for record in records)
    description = "Calibrating, charge " + ("given" if charge_given else "predicted")
    return list(
        track(
            predictor.assess(cases, charge_given=charge_given),
            description=description,
            total=len(records),
            transient=True,
        )
    )


def _penalties(predictor: SentencePredictor, found: Assessment, discount: float) -> Penalties:
    grid, bounds = predictor.grid, found.legal.bounds
    point = best_point(grid, bounded(grid, found.probabilities, bounds, discount), bounds)
    return predictor.answers.penalties(
        found.legal, point, found.suspension_logit, found.fine_quantiles
    )


def fit_discount(
    grid: OutcomeGrid, assessments: Sequence[Assessment], records: Sequence[Mapping[str, Any]]
) -> float:
    """The discount with the highest likelihood of the verdicts inside the outer bounds."""

    def likelihood(discount: float) -> float:
        total = 0.0
        for found, record in zip(assessments, records, strict=True):
            distribution = bounded(grid, found.probabilities, found.legal.bounds, discount)
            mass = distribution[nearest_outcome(grid, record)]
            total += math.log(mass) if mass > 0 else 0.0
        return total

    return max(_DISCOUNTS, key=likelihood)


def nearest_outcome(grid: OutcomeGrid, record: Mapping[str, Any]) -> int:
    """Index of the outcome nearest to a verdict."""
    if record["death"]:
        return grid.death
    if record["life"]:
        return grid.life
    return int(np.argmin(np.abs(np.log1p(grid.values) - np.log1p(record["months"]))))


def _scores(
    grid: OutcomeGrid,
    assessments: Sequence[Assessment],
    records: Sequence[Mapping[str, Any]],
    discount: float,
) -> dict[str, list[float]]:
    values = conformity_scores(grid, assessments, records, discount)
    return grouped_scores(values, [found.legal.charge for found in assessments])


def conformity_scores(
    grid: OutcomeGrid,
    assessments: Sequence[Assessment],
    records: Sequence[Mapping[str, Any]],
    discount: float,
) -> list[float]:
    """Each verdict's score: the inflation at which its clipped interval first covers it,
    infinite outside the outer bounds."""
    values: list[float] = []
    for found, record in zip(assessments, records, strict=True):
        bounds = found.legal.bounds
        distribution = bounded(grid, found.probabilities, bounds, discount)
        values.append(
            score(
                grid,
                nested_sets(grid, distribution, bounds),
                bounds,
                months=record["months"],
                life=record["life"],
                death=record["death"],
            )
        )
    return values
