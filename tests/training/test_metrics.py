"""Figures against hand calculation, scikit-learn and the rules for life, death and zero."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.errors import DataError
from liangxing.model.outcomes import OutcomeGrid
from liangxing_training.evaluation.metrics import (
    POINT_SCORES,
    bound_violations,
    cail_score,
    cail_scores,
    ece,
    interval_scores,
    lawbench_score,
    lawbench_scores,
    macro_scores,
    score_intervals,
    score_points,
    winklers,
)
from liangxing_training.evaluation.outcomes import MISSING_BIN, Intervals, Outcomes
from sklearn.metrics import precision_recall_fscore_support

LIFE = {"months": None, "life": True}
DEATH = {"months": None, "death": True}
NOTHING = {"months": None}


def outcomes(*items):
    """Numbers are months."""
    return Outcomes.from_records(i if isinstance(i, dict) else {"months": i} for i in items)


def test_life_and_death_score_only_on_the_same_outcome():
    truth = outcomes(LIFE, DEATH, LIFE, DEATH, LIFE, 180)
    predicted = outcomes(LIFE, DEATH, DEATH, LIFE, 300, LIFE)

    assert cail_scores(truth, predicted).tolist() == [100, 100, 0, 0, 0, 0]


def test_cail_score_agrees_with_the_scores_the_model_maximises():
    grid = OutcomeGrid(tuple(float(m) for m in (0, 1, 2, 3, 6, 12, 18, 36, 60, 120, 180, 300)))
    size = len(grid)
    every = [*grid.months, LIFE, DEATH]
    said = outcomes(*(every[i] for i in range(size) for _ in range(size)))
    real = outcomes(*(every[j] for _ in range(size) for j in range(size)))

    assert np.allclose(cail_scores(real, said).reshape(size, size), 100 * grid.cail_scores)


def test_lawbench_skips_verdicts_of_life_and_death():
    assert lawbench_score(outcomes(12, LIFE, DEATH), outcomes(12, 6, 6)) == 100


def test_lawbench_charges_the_log_of_216_for_an_answer_without_months():
    scores = lawbench_scores(outcomes(12, 12, 12), outcomes(LIFE, NOTHING, 12))

    assert scores.tolist() == [0, 0, 100]


def test_lawbench_is_the_score_of_the_mean_distance():
    truth, predicted = outcomes(5, 11, 35), outcomes(11, 11, 8)
    mean_distance = (math.log(2) + 0 + math.log(4)) / 3

    expected = 100 * (math.log(216) - mean_distance) / math.log(216)
    assert lawbench_score(truth, predicted) == pytest.approx(expected)


def test_a_missing_prediction_is_wrong_in_every_share():
    figures = score_points(outcomes(0, 12, LIFE), outcomes(NOTHING, NOTHING, NOTHING))

    shares = {name: value for name, value in figures.items() if name not in ("n", "mae_months")}
    assert set(shares.values()) == {0.0}
    assert math.isnan(figures["mae_months"])


def test_a_perfect_prediction_has_the_best_figure_everywhere():
    truth = outcomes(0, 1.5, 6, 12, 200, LIFE, DEATH)

    figures = score_points(truth, truth)

    assert figures["mae_months"] == 0
    assert figures["judge_time"] == 1
    others = {k: v for k, v in figures.items() if k not in ("n", "mae_months", "judge_time")}
    assert set(others.values()) == {100.0}


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=40))
def test_macro_scores_are_those_of_scikit_learn(pairs):
    truth, predicted = np.array(pairs).T

    ours = macro_scores(truth, predicted)

    theirs = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    assert np.allclose(ours, 100 * np.array(theirs[:3], dtype=float))


def test_macro_scores_of_stacked_resamples_are_those_of_each():
    generator = np.random.default_rng(3)
    truth, predicted = generator.integers(0, 11, (2, 4, 30))

    stacked = np.array(macro_scores(truth, predicted))

    single = [macro_scores(t, p) for t, p in zip(truth, predicted, strict=True)]
    assert np.allclose(stacked, np.array(single).T)


def test_a_missing_prediction_costs_recall_but_no_precision():
    precision, recall, _ = macro_scores(np.array([9, 9]), np.array([9, MISSING_BIN]))

    assert (precision, recall) == (100, 50)


def test_life_and_death_share_the_first_bin_and_zero_has_its_own():
    assert outcomes(LIFE, DEATH, 0, 0.5, NOTHING).bins().tolist() == [0, 0, 10, 9, MISSING_BIN]


def test_a_verdict_of_life_is_covered_only_by_its_flag():
    truth = outcomes(LIFE, LIFE, DEATH, 12)
    intervals = Intervals(
        low=np.array([0.0, 120.0, np.nan, np.nan]),
        high=np.array([300.0, 180.0, np.nan, np.nan]),
        life=np.array([False, True, True, True]),
        death=np.array([False, False, True, True]),
    )

    figures = score_intervals(truth, intervals, 0.9)

    assert figures["coverage"] == 0.5
    assert figures["mean_width"] == 180


def test_interval_score_is_the_mean_over_cases_and_skips_life():
    truth = outcomes(12, 4, LIFE, 12)
    intervals = Intervals(
        low=np.array([6.0, 6.0, 0.0, np.nan]),
        high=np.array([16.0, 16.0, 9.0, np.nan]),
        life=np.array([False, False, False, True]),
        death=np.zeros(4, bool),
    )

    scores = interval_scores(truth, intervals)

    # W = 10 and 10 + 10 * 2 = 30
    assert scores[:2].tolist() == [0.5, 0.25]
    assert np.isnan(scores[2])
    assert scores[3] == 0


def test_winkler_charges_two_over_alpha_per_month_missed():
    truth = outcomes(20, 20)
    intervals = Intervals.from_months([6, 6], [18, 18])

    assert winklers(truth, intervals, 0.1).tolist() == [52, 52]


def test_bounds_are_violated_by_an_end_or_by_an_outcome_that_is_not_open():
    bounds = Intervals.from_months([36] * 3, [120] * 3)
    points = Intervals.from_points(outcomes(24, 36, LIFE))

    assert bound_violations(points, bounds).tolist() == [1, 0, 1]


def test_intervals_report_violations_only_with_bounds():
    truth, intervals = outcomes(12), Intervals.from_months([6], [40])

    figures = score_intervals(truth, intervals, 0.9, Intervals.from_months([0], [36]))

    assert figures["bound_violation_rate"] == 1
    assert figures["outside_bounds"] == 0
    assert "bound_violation_rate" not in score_intervals(truth, intervals, 0.9)


def test_charges_always_right_at_full_confidence_have_no_calibration_error():
    assert ece([1.0, 1.0], [True, True]) == 0
    assert ece([1.0, 1.0], [False, False]) == 1


def test_verdicts_without_an_outcome_are_refused():
    with pytest.raises(DataError, match="verdict 1 has no outcome"):
        score_points(outcomes(6, NOTHING), outcomes(6, 6))


def test_unequal_lengths_are_refused():
    with pytest.raises(DataError, match="2 verdicts but 1 predictions"):
        score_points(outcomes(6, 6), outcomes(6))


@given(st.lists(st.floats(0, 300), min_size=1, max_size=20))
def test_no_prediction_beats_the_verdict_itself(months):
    truth = Outcomes.from_months(months)
    other = Outcomes.from_months(np.roll(months, 1))

    for name, score in POINT_SCORES.items():
        best, got = np.nanmean(score(truth, truth)), np.nanmean(score(truth, other))
        assert got >= best if name == "mae_months" else got <= best
    assert cail_score(truth, truth) == 100
