"""The model's intervals beside the quantile baseline's, and coverage over re-splits."""

from __future__ import annotations

import numpy as np
import pytest
from liangxing.predictor import SentencePredictor
from liangxing_training.evaluation.bootstrap import Resampling
from liangxing_training.evaluation.interval_comparison import (
    QuantileBaseline,
    clipped,
    compare_intervals,
)
from liangxing_training.evaluation.metrics import covered, widths
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.resplits import resplit_coverage


@pytest.fixture(scope="module")
def data(tiny_pipeline):
    return tiny_pipeline.prepare()


@pytest.fixture(scope="module")
def rows(data):
    return [row for row in data.with_term("validation") if row["months"] is not None]


@pytest.fixture(scope="module")
def baseline(data, rows):
    wide = Intervals.from_months([0.0] * len(rows), [300.0] * len(rows))
    return QuantileBaseline(
        0.9, data.with_term("train")[:300], data.with_term("calibration"), rows, wide
    )


def test_a_model_with_the_baselines_own_sets_differs_in_nothing(baseline, rows):
    truth = Outcomes.from_records(rows)
    found = compare_intervals(baseline, truth, baseline.intervals(), Resampling(resamples=50))
    assert found.winkler.difference == 0
    assert found.width_ratio == pytest.approx(1, abs=0.02)
    assert found.baseline["coverage"].value == pytest.approx(
        covered(truth, baseline.intervals()).mean()
    )


def test_sets_of_half_the_width_around_the_verdict_score_better(baseline, rows):
    truth = Outcomes.from_records(rows)
    tight = Intervals.from_months(truth.months * 0.9, truth.months * 1.1)
    found = compare_intervals(baseline, truth, tight, Resampling(resamples=50))
    assert found.winkler.difference < 0
    assert found.width_ratio < 1


def test_matched_sets_cover_just_what_was_asked(baseline, rows):
    truth = Outcomes.from_records(rows)
    matched = baseline.at_coverage(truth, 0.7)
    share = covered(truth, matched).mean()
    assert share >= 0.7
    assert share < 0.8
    assert widths(matched).mean() < widths(baseline.intervals()).mean()


def test_clipped_sets_lie_inside_the_bounds():
    random = np.random.default_rng(3)
    low = random.uniform(0, 100, 50)
    sets = Intervals(low, low + 40, np.ones(50, bool), np.ones(50, bool))
    bounds = Intervals.from_months([6.0] * 50, [36.0] * 50)
    cut = clipped(sets, bounds)
    assert ((cut.low >= 6) & (cut.high <= 36) & (cut.low <= cut.high)).all()
    assert not cut.life.any()
    assert not cut.death.any()


def test_mean_coverage_over_resplits_is_near_the_level(tiny_pipeline, data):
    calibration, rows = data.with_term("calibration"), data.with_term("validation")
    with SentencePredictor.load(tiny_pipeline.bundle_folder).remembering() as predictor:
        found = resplit_coverage(predictor, calibration, rows, 20, 17)
    by_level = {(row.mode, row.level): row for row in found}
    row = by_level["charge_given", 0.9]
    assert row.repeats == 20
    assert abs(row.mean - 0.9) < 0.05
    assert row.deviation > 0
    assert by_level["charge_given", 0.5].mean < row.mean
