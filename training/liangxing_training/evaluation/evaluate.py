"""Score a bundle on one split, with every baseline beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from liangxing.model.bundle import model_sha256
from liangxing.prediction import Prediction
from liangxing.predictor import SentencePredictor

from liangxing_training.evaluation.baseline_cache import baseline_points
from liangxing_training.evaluation.bootstrap import (
    Estimate,
    PairedDifference,
    Resampling,
    bootstrap,
    bootstrap_mean,
    compare_systems,
    estimate_intervals,
    estimate_points,
)
from liangxing_training.evaluation.interval_comparison import (
    IntervalComparison,
    QuantileBaseline,
    compare_intervals,
)
from liangxing_training.evaluation.metrics import ece
from liangxing_training.evaluation.model_run import (
    LEVEL,
    LEVELS,
    CoverageRow,
    coverage_rows,
    predict_records,
)
from liangxing_training.evaluation.outcomes import Floats, Intervals, Ints, Outcomes
from liangxing_training.evaluation.resplits import ResplitCoverage, resplit_coverage
from liangxing_training.evaluation.reweighting import Reweighted, cail_charge_mix, reweighted
from liangxing_training.evaluation.settings import EvaluateSettings
from liangxing_training.evaluation.slices import SliceRow, fairness_table, slice_table
from liangxing_training.evaluation.suspension_and_fine import (
    FineReport,
    SuspensionReport,
    suspension_and_fine,
)

GIVEN, PREDICTED = "model, charge given", "model, charge predicted"
FINAL_LOG = "final_evaluations.jsonl"

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Evaluation:
    """Figures of one split.

    `table` has a row per system, `differences` the model with charges given minus each other
    system on the same cases. `slices`, `fairness` and `by_charge_mix` are of the model with
    charges given.
    """

    split: str
    model_sha256: str
    truth: Outcomes
    points: dict[str, Outcomes]
    intervals: dict[str, Intervals]
    table: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, PairedDifference]]
    coverage: list[CoverageRow]
    slices: list[SliceRow]
    fairness: list[SliceRow]
    by_charge_mix: Reweighted | None
    interval_comparisons: list[IntervalComparison]
    resplits: list[ResplitCoverage]
    suspension: list[SuspensionReport]
    fine: list[FineReport]

    @property
    def baselines(self) -> list[str]:
        return [name for name in self.table if name not in (GIVEN, PREDICTED)]


def evaluate(
    bundle: Path,
    records: Sequence[Row],
    train: Sequence[Row],
    split: str,
    settings: EvaluateSettings | None = None,
    *,
    calibration: Sequence[Row] = (),
    cache: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Scores the bundle with charge given and predicted; baselines are fitted on `train`.

    `calibration` rows calibrate the quantile baseline and take part in the re-splits; without
    them both are left out. `cache` keeps the predictions of the point baselines for a later
    evaluation on the same rows.
    """
    settings = settings or EvaluateSettings()
    how = settings.resampling
    predictor = SentencePredictor.load(bundle)
    truth = Outcomes.from_records(records)
    points = baseline_points(settings.baselines, train, records, cache, progress)
    table = {name: estimate_points(truth, found, how) for name, found in points.items()}
    intervals: dict[str, Intervals] = {}
    comparisons: list[IntervalComparison] = []
    resplits: list[ResplitCoverage] = []
    with predictor.remembering():
        for name, given in ((GIVEN, True), (PREDICTED, False)):
            found = predict_records(predictor, records, LEVEL, charge_given=given)
            points[name] = Outcomes.from_predictions(found)
            intervals[name] = Intervals.from_predictions(found)
            table[name] = estimate_points(truth, points[name], how) | _interval_row(
                truth, found, how
            )
            if not given:
                table[name] |= _charge_row(records, found, how)
        coverage = coverage_rows(predictor, records)
        suspension, fine = suspension_and_fine(predictor, records, train, how)
        if calibration:
            comparisons = [
                _against_quantiles(predictor, train, calibration, records, truth, level, how)
                for level in settings.interval_levels
            ]
        if calibration and settings.resplits:
            resplits = resplit_coverage(
                predictor, calibration, records, settings.resplits, settings.seed
            )
    mix = cail_charge_mix(settings.charge_mix) if settings.charge_mix else None
    shared: dict[str, Any] = {
        "intervals": intervals[GIVEN],
        "level": LEVEL,
        "minimum": settings.minimum_slice,
        "how": how,
    }
    return Evaluation(
        split=split,
        model_sha256=model_sha256(predictor.bundle.manifest.files),
        truth=truth,
        points=points,
        intervals=intervals,
        table=table,
        differences={
            name: compare_systems(truth, points[GIVEN], points[name], how)
            for name in table
            if name != GIVEN
        },
        coverage=coverage,
        slices=slice_table(records, truth, points[GIVEN], **shared),
        fairness=fairness_table(records, truth, points[GIVEN], **shared),
        by_charge_mix=reweighted(records, truth, points[GIVEN], mix, how) if mix else None,
        interval_comparisons=comparisons,
        resplits=resplits,
        suspension=suspension,
        fine=fine,
    )


def record_final_use(folder: Path, evaluation: Evaluation) -> int:
    """Appends one line to the log of uses of the test split; returns how many there are."""
    log = folder / FINAL_LOG
    entry = {
        "time": datetime.now(UTC).isoformat(),
        "model_sha256": evaluation.model_sha256,
        "table": {
            system: {name: estimate.value for name, estimate in row.items()}
            for system, row in evaluation.table.items()
        },
    }
    with log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    return len(log.read_text(encoding="utf-8").splitlines())


def pooled_coverage(evaluation: Evaluation, mode: str) -> tuple[list[float], list[float]]:
    """Levels and the share covered at each, over all cases of a mode."""
    rows = [row for row in evaluation.coverage if row.mode == mode and row.group == "pooled"]
    assert [row.level for row in rows] == list(LEVELS)
    return [row.level for row in rows], [row.share for row in rows]


def _against_quantiles(
    predictor: SentencePredictor,
    train: Sequence[Row],
    calibration: Sequence[Row],
    records: Sequence[Row],
    truth: Outcomes,
    level: float,
    how: Resampling,
) -> IntervalComparison:
    found = predict_records(predictor, records, level, charge_given=True)
    bounds = Intervals.from_outer_bounds(found)
    baseline = QuantileBaseline(level, train, calibration, records, bounds)
    return compare_intervals(baseline, truth, Intervals.from_predictions(found), how)


def _interval_row(
    truth: Outcomes, predictions: Sequence[Prediction], how: Resampling
) -> dict[str, Estimate]:
    intervals = Intervals.from_predictions(predictions)
    bounds = Intervals.from_outer_bounds(predictions)
    whole = (intervals.low == bounds.low) & (intervals.high == bounds.high)
    return estimate_intervals(truth, intervals, LEVEL, bounds, how) | {
        "interval_is_whole_range": bootstrap_mean(whole.astype(np.float64), how)
    }


def _charge_row(
    records: Sequence[Row], predictions: Sequence[Prediction], how: Resampling
) -> dict[str, Estimate]:
    """How often the most probable charge is one of the verdict's (of the rows that name charges,
    and of those that name a single one), and how well it is sure of it."""
    told = [(r, p) for r, p in zip(records, predictions, strict=True) if r.get("charges")]
    confidence = np.array([p.charges[0].probability for _, p in told], np.float64)
    correct = np.array([p.charges[0].name in r["charges"] for r, p in told], np.float64)

    def error(indices: Ints) -> Floats:
        return np.array([ece(confidence[i], correct[i]) for i in indices], np.float64)

    single = np.array([len(r["charges"]) == 1 for r, _ in told], bool)
    return {
        "charge_accuracy": bootstrap_mean(correct, how),
        "single_charge_accuracy": bootstrap_mean(correct[single], how),
        "charge_ece": bootstrap(error, len(told), how),
    }
