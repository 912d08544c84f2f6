"""What an encoder of lower precision costs on the validation split, beside fp32 on the same rows.

The head answers alone here, with the charges given; the trees of a bundle would hide a part of
the damage.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.model.calibration import best_point, bounded
from liangxing.model.outcomes import OutcomeGrid
from liangxing.predictor import Assessment, SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.calibrate import conformity_scores, fit_discount
from liangxing_training.evaluation.metrics import cail_scores
from liangxing_training.evaluation.outcomes import Outcomes

LEVEL = 0.9
_BATCH = 16

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """The head's answers to one split: assessments and the most probable charge of each case."""

    assessments: list[Assessment]
    charges: list[int]


@dataclass(frozen=True)
class Cost:
    """Scores and coverage in points (0 to 100), `before` in fp32 and `after`.

    Coverage is that of 90 % intervals fitted on the answers of fp32; `charges_kept` is the share
    of cases whose most probable charge stays.
    """

    cases: int
    cail_before: float
    cail_after: float
    coverage_before: float
    coverage_after: float
    charges_kept: float

    @property
    def cail_loss(self) -> float:
        return self.cail_before - self.cail_after

    @property
    def coverage_loss(self) -> float:
        return self.coverage_before - self.coverage_after

    def within(self, max_cail_loss: float, max_coverage_loss: float) -> bool:
        """Whether both losses are allowed; never where one is not a number."""
        return self.cail_loss <= max_cail_loss and self.coverage_loss <= max_coverage_loss

    def figures(self, precision: str) -> dict[str, float]:
        """For the manifest and the tracking store."""
        return {
            f"{precision}_cases": float(self.cases),
            f"{precision}_cail_loss": self.cail_loss,
            f"{precision}_coverage_loss": self.coverage_loss,
            f"{precision}_charges_kept": self.charges_kept,
        }

    def __str__(self) -> str:
        return (
            f"cail_score {self.cail_before:.2f} to {self.cail_after:.2f}, coverage "
            f"{self.coverage_before:.2f} to {self.coverage_after:.2f} points on {self.cases} cases"
        )


def answers(folder: Path, records: Sequence[Record], description: str) -> Answers:
    """The head's answers of the bundle at `folder`, law and reading included."""
    predictor = SentencePredictor.load(folder)
    found = Answers([], [])
    starts = range(0, len(records), _BATCH)
    for start in track(starts, description=description, transient=True):
        run = predictor.run([to_case(record) for record in records[start : start + _BATCH]])
        found.assessments.extend(map(run.assessment, range(len(run.contexts))))
        found.charges.extend(run.texts.encoding.charge_logits.argmax(-1).tolist())
    return found


def measure_cost(
    exact: Answers, reduced: Answers, records: Sequence[Record], grid: OutcomeGrid
) -> Cost:
    """Compares two sets of answers to `records`; the discount and the intervals are those of
    `exact`, so that every change counts against the other."""
    discount = fit_discount(grid, exact.assessments, records)
    truth = Outcomes.from_records(records)
    cail: list[float] = []
    scores: list[np.ndarray] = []
    for found in (exact, reduced):
        points = [
            best_point(
                grid,
                bounded(grid, one.probabilities, one.legal.bounds, discount),
                one.legal.bounds,
            )
            for one in found.assessments
        ]
        cail.append(float(cail_scores(truth, _outcomes(grid, points)).mean()))
        scores.append(np.asarray(conformity_scores(grid, found.assessments, records, discount)))
    rank = min(math.ceil((len(records) + 1) * LEVEL - 1e-9), len(records))
    inflation = np.sort(scores[0])[rank - 1]
    before, after = (100 * float((values <= inflation).mean()) for values in scores)
    kept = np.mean(np.asarray(exact.charges) == np.asarray(reduced.charges))
    return Cost(len(records), cail[0], cail[1], before, after, float(kept))


def _outcomes(grid: OutcomeGrid, points: Sequence[int]) -> Outcomes:
    return Outcomes.from_records(
        {
            "months": None if point in (grid.life, grid.death) else grid.values[point],
            "life": point == grid.life,
            "death": point == grid.death,
        }
        for point in points
    )
