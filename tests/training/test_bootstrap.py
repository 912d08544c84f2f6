"""Bootstrap intervals: seeded, of the right width, and fair between two systems."""

import math

import numpy as np
import pytest
from liangxing_training.evaluation.bootstrap import (
    Resampling,
    bootstrap,
    bootstrap_mean,
    compare_systems,
    estimate_intervals,
    estimate_points,
    macro_of,
    mean_of,
    paired_bootstrap,
)
from liangxing_training.evaluation.metrics import score_points
from liangxing_training.evaluation.outcomes import Intervals, Outcomes


def noisy(truth, scale, seed):
    noise = np.random.default_rng(seed).normal(0, scale, len(truth))
    return Outcomes.from_months(np.round(np.expm1(np.log1p(truth.months) + noise)).clip(0))


@pytest.fixture
def truth():
    return Outcomes.from_months(np.random.default_rng(1).integers(0, 60, 400))


def test_the_same_seed_gives_the_same_interval():
    scores = np.random.default_rng(0).random(50)

    assert bootstrap_mean(scores) == bootstrap_mean(scores)
    assert bootstrap_mean(scores) != bootstrap_mean(scores, Resampling(seed=1))


def test_the_interval_of_a_mean_is_that_of_the_normal_approximation():
    scores = np.random.default_rng(0).normal(10, 4, 900)

    estimate = bootstrap_mean(scores, Resampling(resamples=4000))

    half = 1.96 * scores.std() / 30
    assert estimate.value == pytest.approx(scores.mean())
    assert estimate.low == pytest.approx(scores.mean() - half, abs=0.03)
    assert estimate.high == pytest.approx(scores.mean() + half, abs=0.03)


def test_cases_that_do_not_count_are_left_out_of_n():
    assert bootstrap_mean(np.array([1.0, np.nan, 1.0])).n == 2


def test_no_case_at_all_has_no_figure():
    estimate = bootstrap_mean(np.array([np.nan]))

    assert estimate.n == 0
    assert math.isnan(estimate.value)


def test_many_cases_are_resampled_in_blocks_to_the_asked_number():
    scores = np.random.default_rng(0).random(50_000)
    seen = []

    def watched(indices):
        seen.append(len(indices))
        return mean_of(scores)(indices)

    bootstrap(watched, len(scores), Resampling(resamples=100))

    assert sum(seen) == 101
    assert len(seen) == 3


def test_every_point_metric_has_the_value_of_the_plain_score_inside_its_interval(truth):
    predicted = noisy(truth, 0.5, 2)
    plain = score_points(truth, predicted)

    estimates = estimate_points(truth, predicted)

    assert set(estimates) == set(plain) - {"n"}
    for name, estimate in estimates.items():
        assert estimate.value == pytest.approx(plain[name])
        assert estimate.low <= estimate.high
    assert estimates["cail_score"].low < plain["cail_score"] < estimates["cail_score"].high


def test_a_better_system_wins_the_paired_bootstrap(truth):
    results = compare_systems(truth, noisy(truth, 0.2, 2), noisy(truth, 0.6, 3))

    assert results["cail_score"].low > 0
    assert results["cail_score"].p_value < 0.01
    assert results["macro_f1"].difference > 0
    assert results["mae_months"].high < 0


def test_a_system_does_not_differ_from_itself(truth):
    result = compare_systems(truth, noisy(truth, 0.4, 2), noisy(truth, 0.4, 2))["cail_score"]

    assert (result.difference, result.low, result.high, result.p_value) == (0, 0, 0, 1)


def test_the_p_value_is_even_when_nothing_differs():
    generator = np.random.default_rng(5)
    rejected = 0
    for _ in range(200):
        first, second = generator.normal(0, 1, (2, 80))
        result = paired_bootstrap(mean_of(first), mean_of(second), 80, Resampling(200))
        rejected += result.p_value < 0.1

    # 10 % of 200, give or take three standard errors and the bootstrap's optimism.
    assert 6 <= rejected <= 38


def test_pairing_uses_the_same_cases_for_both():
    common = np.random.default_rng(0).normal(0, 100, 60)

    result = paired_bootstrap(mean_of(common + 1), mean_of(common), 60)

    assert result.low == pytest.approx(1)
    assert result.high == pytest.approx(1)


def test_macro_f1_is_resampled_as_a_whole(truth):
    predicted = noisy(truth, 0.5, 2)

    statistic = macro_of("macro_f1", truth, predicted)

    indices = np.random.default_rng(0).integers(0, 400, (3, 400))
    for figure, row in zip(statistic(indices), indices, strict=True):
        expected = score_points(truth.take(row), predicted.take(row))["macro_f1"]
        assert figure == pytest.approx(expected)


def test_interval_metrics_have_intervals_too(truth):
    intervals = Intervals.from_months(truth.months * 0.5, truth.months * 0.5 + 20)

    estimates = estimate_intervals(truth, intervals, 0.9)

    assert estimates["coverage"].low < estimates["coverage"].value < 1
    assert estimates["mean_width"].value == 20
