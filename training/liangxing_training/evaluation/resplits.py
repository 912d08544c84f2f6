"""Coverage over random re-splits of calibration and evaluation rows: how far one split is luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from liangxing.model.calibration import Calibration
from liangxing.model.legal import CHARGE_GIVEN
from liangxing.predictor import SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.calibrate import conformity_scores
from liangxing_training.evaluation.model_run import LEVELS, MODES
from liangxing_training.score_groups import grouped_scores

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ResplitCoverage:
    """Share of verdicts covered at `level`: its mean and standard deviation over `repeats` random
    halves of the same sizes as calibration and evaluation rows."""

    mode: str
    level: float
    mean: float
    deviation: float
    repeats: int


def resplit_coverage(
    predictor: SentencePredictor,
    calibration: Sequence[Row],
    records: Sequence[Row],
    repeats: int,
    seed: int,
) -> list[ResplitCoverage]:
    """Calibrates anew on random rows of both sets, as many as `calibration` has, and measures on
    the others. The discount stays as it was fitted.

    Raises ValueError when the bundle is not calibrated.
    """
    if predictor.bundle.calibration is None:
        raise ValueError("the bundle is not calibrated")
    rows = [*calibration, *records]
    discount = predictor.bundle.calibration.discount
    found: list[ResplitCoverage] = []
    for mode in MODES:
        cases = (to_case(row) for row in rows)
        assessments = list(
            track(
                predictor.assess(cases, charge_given=mode == CHARGE_GIVEN),
                description=f"Re-splitting, {mode.replace('_', ' ')}",
                total=len(rows),
                transient=True,
            )
        )
        values = np.array(
            conformity_scores(predictor.bundle.grid, assessments, rows, discount), np.float64
        )
        charges = [assessment.legal.charge for assessment in assessments]
        shares = _shares(mode, values, charges, len(calibration), repeats, seed)
        found += [
            ResplitCoverage(mode, level, float(column.mean()), float(column.std()), repeats)
            for level, column in zip(LEVELS, shares.T, strict=True)
        ]
    return found


def _shares(
    mode: str,
    values: np.ndarray,
    charges: Sequence[str | None],
    count: int,
    repeats: int,
    seed: int,
) -> np.ndarray:
    """[repeats, levels] shares covered."""
    random = np.random.default_rng(seed)
    shares = np.zeros((repeats, len(LEVELS)))
    for repeat in range(repeats):
        order = random.permutation(len(values))
        fitting, measured = order[:count], order[count:]
        scores = grouped_scores(values[fitting].tolist(), [charges[i] for i in fitting])
        fitted = Calibration(1.0, {mode: scores})
        for column, level in enumerate(LEVELS):
            limits = [fitted.inflation(mode, charges[i], level)[0] for i in measured]
            reached = np.isfinite(values[measured]) & (values[measured] <= limits)
            shares[repeat, column] = reached.mean()
    return shares
