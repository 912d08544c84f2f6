"""Score a bundle on one split, with the constant predictor beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.prediction import Prediction
from liangxing.predictor import SentencePredictor
from rich.progress import track

from liangxing_training.batches import to_case
from liangxing_training.evaluation.bootstrap import bootstrap_mean
from liangxing_training.evaluation.metrics import (
    cail_score,
    cail_scores,
    covered,
    mean,
    score_intervals,
    score_points,
)
from liangxing_training.evaluation.outcomes import Intervals, Outcomes

LEVEL = 0.9
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
FINAL_LOG = "final_evaluations.jsonl"


@dataclass(frozen=True)
class Evaluation:
    """Figures of one split: `table` has a row per system, `coverage` a share per level."""

    split: str
    table: dict[str, dict[str, float]]
    coverage: dict[float, float]
    truth: Outcomes
    predicted: Outcomes

    def flat(self) -> dict[str, float]:
        """Figures under names that MLflow takes."""
        return {
            f"{self.split}/{system}/{name}".replace(" ", "_").replace(",", ""): value
            for system, row in self.table.items()
            for name, value in row.items()
        }


def evaluate(
    bundle: Path,
    records: Sequence[Mapping[str, Any]],
    train: Sequence[Mapping[str, Any]],
    split: str,
) -> Evaluation:
    """Scores the bundle with charge given and predicted; the constant is fitted on `train`."""
    predictor = SentencePredictor.load(bundle)
    truth = Outcomes.from_records(records)
    months = best_constant(Outcomes.from_records(train))
    constant = Outcomes.from_months(np.full(len(truth), months))
    table = {f"constant {months:g} months": _point_row(truth, constant)}
    given = _predict(predictor, records, charge_given=True)
    withheld = _predict(predictor, records, charge_given=False)
    for name, found in (("model, charge given", given), ("model, charge predicted", withheld)):
        point = _point_row(truth, Outcomes.from_predictions(found))
        table[name] = point | _interval_row(truth, found)
    assessed = list(
        track(
            predictor.assess(to_case(record) for record in records),
            description="Coverage by level",
            total=len(records),
            transient=True,
        )
    )
    coverage = {
        level: mean(
            covered(
                truth,
                Intervals.from_intervals([predictor.interval(one, level) for one in assessed]),
            )
        )
        for level in LEVELS
    }
    return Evaluation(split, table, coverage, truth, Outcomes.from_predictions(given))


def best_constant(truth: Outcomes) -> float:
    """The term, in months, whose constant answer has the highest mean `cail_score`.

    >>> best_constant(Outcomes.from_months([6, 6, 60]))
    6.0
    """
    candidates = np.unique(truth.months[truth.has_months])
    return float(
        max(
            candidates,
            key=lambda months: cail_score(
                truth, Outcomes.from_months(np.full(len(truth), months))
            ),
        )
    )


def record_final_use(folder: Path, evaluation: Evaluation) -> int:
    """Appends one line to the log of uses of the test split; returns how many there are."""
    log = folder / FINAL_LOG
    entry = {"time": datetime.now(UTC).isoformat(), "table": evaluation.table}
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return len(log.read_text(encoding="utf-8").splitlines())


def _predict(
    predictor: SentencePredictor,
    records: Sequence[Mapping[str, Any]],
    *,
    charge_given: bool,
) -> list[Prediction]:
    cases = (to_case(record) for record in records)
    if not charge_given:
        cases = (case.model_copy(update={"charges": ()}) for case in cases)
    return list(
        track(
            predictor.predict_many(cases, level=LEVEL),
            description="Predicting, charge " + ("given" if charge_given else "predicted"),
            total=len(records),
            transient=True,
        )
    )


def _point_row(truth: Outcomes, predicted: Outcomes) -> dict[str, float]:
    interval = bootstrap_mean(cail_scores(truth, predicted))
    return score_points(truth, predicted) | {
        "cail_score_low": interval.low,
        "cail_score_high": interval.high,
    }


def _interval_row(truth: Outcomes, predictions: Sequence[Prediction]) -> dict[str, float]:
    intervals = Intervals.from_predictions(predictions)
    bounds = Intervals.from_outer_bounds(predictions)
    row = score_intervals(truth, intervals, LEVEL, bounds)
    whole = (intervals.low == bounds.low) & (intervals.high == bounds.high)
    return row | {"interval_is_whole_range": float(whole.mean())}
