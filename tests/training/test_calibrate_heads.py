"""Suspension and fine are fitted on what verdicts tell, checked against two libraries."""

import numpy as np
import pytest
from liangxing.model.side_calibration import FineScores, end_scores
from liangxing_training.calibrate_heads import fit_fine, fit_suspension, platt
from liangxing_training.fine_labels import fine_of_record
from liangxing_training.score_groups import grouped_scores
from mapie.regression import ConformalizedQuantileRegressor
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator


class _Logit(ClassifierMixin, BaseEstimator):
    """Its decision is the one column it is given."""

    def fit(self, _x, _y):
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, x):
        return np.asarray(x)[:, 0]

    def predict(self, x):
        return (self.decision_function(x) > 0).astype(int)


@pytest.mark.parametrize("size", [12, 40, 300])
def test_platt_scaling_is_that_of_scikit_learn(size):
    random = np.random.default_rng(size)
    logits = random.normal(0, 2, size)
    positive = random.uniform(size=size) < 1 / (1 + np.exp(-(0.6 * logits - 0.5)))
    column = logits.reshape(-1, 1)

    slope, intercept = platt(logits, positive)

    oracle = CalibratedClassifierCV(FrozenEstimator(_Logit().fit(None, None)), method="sigmoid")
    ours = 1 / (1 + np.exp(-(slope * logits + intercept)))
    theirs = oracle.fit(column, positive.astype(int)).predict_proba(column)[:, 1]
    assert ours == pytest.approx(theirs, abs=5e-3)


def test_verdicts_that_the_head_separates_are_not_answered_with_certainty():
    logits = np.linspace(-5, 5, 30)
    slope, intercept = platt(logits, logits > 0)
    surest = 1 / (1 + np.exp(-(slope * 5 + intercept)))
    assert 0.9 < surest < 0.999


def test_a_head_that_orders_verdicts_the_wrong_way_round_gives_the_base_rate():
    logits = np.linspace(-5, 5, 40)
    positive = (logits < 0) & (np.arange(40) % 2 == 0)

    slope, intercept = platt(logits, positive)

    assert slope == 0
    assert 1 / (1 + np.exp(-intercept)) == pytest.approx(positive.mean(), abs=0.03)


def _record(charge="盗窃", months=8.0, fine=0.0, **more):
    return {
        "charges": [charge],
        "months": months,
        "fine": fine,
        "life": False,
        "death": False,
        **more,
    }


def test_a_zero_where_the_law_demands_a_fine_is_a_gap_and_elsewhere_a_verdict():
    assert fine_of_record(_record()) is None
    assert fine_of_record(_record("危险驾驶", 2.0)) is None
    assert fine_of_record(_record(fine=2000.0)) == 2000
    assert fine_of_record(_record(fine=None)) is None
    # Exempt from punishment; a charge without a fine; an article that leaves the choice.
    assert fine_of_record(_record(months=0.0)) == 0
    assert fine_of_record(_record("故意伤害")) == 0
    assert fine_of_record(_record("非法狩猎", 3.0)) == 0
    assert fine_of_record(_record("盗窃", None, life=True)) == 0


@pytest.fixture(scope="module")
def assessed(tiny_pipeline):
    from liangxing.predictor import SentencePredictor
    from liangxing_training.batches import to_case

    records = tiny_pipeline.prepare().with_term("calibration")
    predictor = SentencePredictor.load(tiny_pipeline.bundle_folder)
    found = list(predictor.assess(map(to_case, records)))
    return found, [predictor.penalties(each) for each in found], records


def test_only_verdicts_that_tell_and_may_be_suspended_are_fitted(assessed):
    found, penalties, records = assessed
    known = [
        bool(record["suspension"])
        for record, each in zip(records, penalties, strict=True)
        if record["suspension"] is not None and each.suspension_law.eligible
    ]

    fitted = fit_suspension(found, penalties, records, minimum=10)

    assert (fitted.cases, fitted.suspended) == (len(known), sum(known))
    assert 10 <= fitted.cases < len(records)
    assert fitted.slope >= 0


def test_too_few_verdicts_leave_the_heads_uncalibrated(assessed):
    found, penalties, records = assessed

    suspension = fit_suspension(found, penalties, records, minimum=10_000)
    fine = fit_fine(found, penalties, records, minimum=10_000)

    assert suspension.cases > 0
    assert suspension.probability(0.0) is None
    assert fine.cases > 0
    assert fine.range(np.zeros(3), None) is None


def test_rows_without_a_label_and_cases_without_a_fine_are_left_out(assessed):
    found, penalties, records = assessed
    silent = [{**record, "suspension": None, "fine": None} for record in records]
    assert fit_suspension(found, penalties, silent, minimum=1).cases == 0
    assert fit_fine(found, penalties, silent, minimum=1).cases == 0
    unfined = [each for each in penalties if each.fine_law.open is False]
    assert unfined
    assert fit_fine(found, penalties, records, minimum=1).cases <= len(found) - len(unfined)


def _world(random, size):
    """Fines whose quantiles the head believes too narrow and too low, one in six of them 0."""
    middle = random.uniform(np.log1p(1000), np.log1p(50_000), size)
    actual = np.where(
        random.uniform(size=size) < 1 / 6, 0, np.expm1(random.normal(middle + 0.3, 1))
    )
    spread = random.uniform(0.3, 0.6, size)
    return np.stack([middle - spread, middle, middle + spread], axis=1), np.maximum(actual, 0)


def _fitted(quantiles, actual):
    low, high = zip(*map(end_scores, quantiles, actual), strict=True)
    nowhere = [None] * len(actual)
    return FineScores(len(low), grouped_scores(low, nowhere), grouped_scores(high, nowhere))


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_the_range_covers_exchangeable_fines_at_its_level(level):
    """The mean over calibration sets is at least the level, and little above it: two ends of n
    scores each add at most 2 / (n + 1), and the median inside adds next to nothing here."""
    random, shares = np.random.default_rng(3), []
    for _ in range(200):
        quantiles, actual = _world(random, 200)
        fitted = _fitted(quantiles[:100], actual[:100])
        ends = np.array([fitted.range(q, None, level) for q in quantiles[100:]])
        logs = np.log1p(actual[100:])
        shares.append(((ends[:, 0] <= logs) & (logs <= ends[:, 1])).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    assert level - 3 * error <= np.mean(shares) <= level + 2 / 101 + 0.03 + 3 * error


class _Column(RegressorMixin, BaseEstimator):
    """Answers with one column of its input, as a fitted quantile regressor would."""

    def __init__(self, column=0):
        self.column = column

    def fit(self, _x, _y):
        self.fitted_ = True
        return self

    def predict(self, x):
        return np.asarray(x)[:, self.column]


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_the_ends_are_those_of_conformalised_quantile_regression_of_mapie(level):
    random = np.random.default_rng(8)
    quantiles, actual = _world(random, 160)
    actual = np.where(actual > 0, actual, 3000)
    calibrating, fresh = slice(0, 120), slice(120, 160)
    parts = [_Column(column).fit(None, None) for column in (0, 2, 1)]
    mapie = ConformalizedQuantileRegressor(parts, confidence_level=level, prefit=True)
    mapie.conformalize(quantiles[calibrating], np.log1p(actual[calibrating]))
    _, theirs = mapie.predict_interval(quantiles[fresh], symmetric_correction=False)

    fitted = _fitted(quantiles[calibrating], actual[calibrating])

    ours = np.array([fitted.range(q, None, level) for q in quantiles[fresh]])
    assert ours == pytest.approx(theirs[:, :, 0], abs=1e-9)
