"""The conformal machinery against two libraries and against probability theory."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from crepes import ConformalRegressor
from liangxing.model.calibration import POOLED, Calibration, bounded, interval_at, nested_sets
from liangxing.model.outcomes import OutcomeGrid
from liangxing.prediction import OuterBounds, StatutoryBounds
from liangxing.predictor import Assessment
from liangxing_training.calibrate import conformity_scores
from liangxing_training.score_groups import grouped_scores
from mapie.regression import SplitConformalRegressor
from scipy import stats
from sklearn.base import BaseEstimator, RegressorMixin

SIZES = (9, 10, 19, 99, 100, 250)
LEVELS = (0.5, 0.8, 0.9, 0.95)
GRID = OutcomeGrid(tuple(float(month) for month in [*range(37), 48, 60, 84, 120, 180]))


def inflation(scores, level):
    fitted = Calibration(1.0, {"mode": {POOLED: sorted(scores)}})
    return fitted.inflation("mode", None, level)[0]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_inflation_is_the_half_width_of_crepes(size, level):
    scores = np.random.default_rng(size).uniform(0.1, 9, size)
    with warnings.catch_warnings():
        # It warns where too few scores make the interval infinite, as we say by infinity.
        warnings.simplefilter("ignore")
        # (1 - .8) * 10 is a little below 2 in floating point, which it would cut to 1.
        confidence = level - 1e-12
        ends = ConformalRegressor().fit(residuals=scores).predict_int([0.0], confidence=confidence)
    assert inflation(scores, level) == ends[0, 1]


class _Zero(RegressorMixin, BaseEstimator):
    """Always answers 0, so that its absolute errors are the targets."""

    def fit(self, _x, _y):
        self.fitted_ = True
        return self

    def predict(self, x):
        return np.zeros(len(x))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("level", LEVELS)
def test_the_inflation_is_the_half_width_of_mapie(size, level):
    if 1 / (1 - level) > size - 1:
        pytest.skip("MAPIE refuses levels that so few scores cannot give")
    scores = np.random.default_rng(size).uniform(0.1, 9, size)
    column = np.zeros((size, 1))
    regressor = SplitConformalRegressor(_Zero().fit(None, None), confidence_level=level)
    _, ends = regressor.conformalize(column, scores).predict_interval(column[:1])
    assert inflation(scores, level) == pytest.approx(ends[0, 1, 0])


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_coverage_given_the_calibration_cases_has_its_beta_distribution(level):
    """Vovk 2012 (arXiv 1209.2673): with continuous scores the coverage of one calibration set of
    n is Beta(k, n + 1 - k), k = ceil((n + 1) level). For uniform scores it is the inflation."""
    size = 150
    random = np.random.default_rng(5)
    found = [inflation(random.uniform(size=size), level) for _ in range(1500)]
    rank = math.ceil((size + 1) * level)
    assert stats.kstest(found, stats.beta(rank, size + 1 - rank).cdf).pvalue > 0.001


def _world(random, size):
    """Cases whose verdicts the model's distribution misses by a wide margin: the truth is shifted
    and wider, a few verdicts lie above the bounds, and bounds differ by case."""
    centre = random.uniform(np.log1p(3), np.log1p(100), size)
    logs = np.log1p(GRID.values)
    cases, records = [], []
    for place in centre:
        believed = np.exp(-(((logs - place) / 0.25) ** 2))
        probabilities = np.append(believed, [1e-6, 1e-6])
        verdict = np.expm1(np.clip(random.normal(place + 0.15, 0.45), 0, logs[-1]))
        months = round(float(verdict) * 2) / 2
        top = next(top for top in (36.0, 120.0, 180.0) if top > 1.3 * np.expm1(place))
        law = StatutoryBounds(0.0, top, False, False, None, OuterBounds(0.0, top, False, False))
        cases.append((probabilities / probabilities.sum(), law))
        records.append({"months": months, "life": False, "death": False})
    return cases, records


def _scores(cases, records):
    class _Legal:
        def __init__(self, bounds):
            self.bounds = bounds

    found = [
        Assessment(_Legal(law), probabilities, 0.0, np.zeros(3)) for probabilities, law in cases
    ]  # type: ignore[arg-type]
    return conformity_scores(GRID, found, records, 0.5)


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.8, 0.9])
def test_intervals_cover_exchangeable_verdicts_at_their_level(level):
    """Over many calibration sets the mean coverage of fresh verdicts is at least the level, as
    long as fewer than the rest lie outside the bounds, where no clipped interval reaches."""
    random = np.random.default_rng(11)
    sets, fresh, size = 120, 40, 80
    covered = np.zeros(sets)
    for repeat in range(sets):
        cases, records = _world(random, size + fresh)
        scores = _scores(cases[:size], records[:size])
        fitted = Calibration(0.5, {"mode": grouped_scores(scores, [None] * size)})
        limit = fitted.inflation("mode", None, level)[0]
        hits = []
        for (probabilities, law), record in zip(cases[size:], records[size:], strict=True):
            kept = bounded(GRID, probabilities, law, 0.5)
            interval = interval_at(GRID, nested_sets(GRID, kept, law), law, limit, level)
            hits.append(interval.covers(record["months"], life=False, death=False))
        covered[repeat] = np.mean(hits)
    error = covered.std() / math.sqrt(sets)
    assert covered.mean() > level - 3 * error
    # Sets of whole outcomes cover a little more than asked for, never much more.
    assert covered.mean() < level + 0.06


def test_the_score_is_where_the_interval_begins_to_cover():
    random = np.random.default_rng(2)
    cases, records = _world(random, 60)
    for (probabilities, law), record, score in zip(
        cases, records, _scores(cases, records), strict=True
    ):
        sets = nested_sets(GRID, bounded(GRID, probabilities, law, 0.5), law)
        if math.isinf(score):
            assert record["months"] > law.outer.high
            continue
        held = interval_at(GRID, sets, law, score, 0.9)
        assert held.covers(record["months"], life=False, death=False)
        if score > 0:
            below = interval_at(GRID, sets, law, np.nextafter(score, 0), 0.9)
            assert not below.covers(record["months"], life=False, death=False)
