"""Suspension and fine are fitted on what verdicts tell, checked against two libraries."""

from dataclasses import replace

import numpy as np
import pytest
from crepes import ConformalPredictiveSystem
from liangxing.model.side_calibration import FineResiduals
from liangxing_training.calibrate_heads import fit_fine, fit_suspension, platt
from liangxing_training.fine_labels import fine_of_record, fine_to_learn
from sklearn.base import BaseEstimator, ClassifierMixin
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


def test_a_fine_is_learnt_where_the_article_knows_one():
    assert fine_to_learn(_record(fine=2000.0)) == 2000
    assert fine_to_learn(_record("非法狩猎", 3.0)) == 0
    assert fine_to_learn(_record()) is None
    assert fine_to_learn(_record("故意伤害")) is None
    assert fine_to_learn(_record("故意伤害", fine=2000.0)) is None


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
    assert fine.figures(np.zeros(3), None, required=True) is None


def test_rows_without_a_label_and_cases_without_a_fine_are_left_out(assessed):
    found, penalties, records = assessed
    silent = [{**record, "suspension": None, "fine": None} for record in records]
    assert fit_suspension(found, penalties, silent, minimum=1).cases == 0
    assert fit_fine(found, penalties, silent, minimum=1).cases == 0
    unfined = [each for each in penalties if each.fine_law.open is False]
    assert unfined
    assert fit_fine(found, penalties, records, minimum=1).cases <= len(found) - len(unfined)


def test_ten_fines_give_a_charge_a_range_of_its_own_and_nine_do_not(assessed):
    found, penalties, records = assessed
    place = next(p for p, each in enumerate(penalties) if each.fine_law.open is not False)
    charge = found[place].legal.charge
    assert charge is not None
    for count in (9, 10):
        rows = [{**records[place], "fine": 5000.0}] * count
        fitted = fit_fine([found[place]] * count, [penalties[place]] * count, rows, minimum=1)
        assert (charge in fitted.groups) is (count == 10)


def test_the_head_keeps_the_share_of_its_median_that_verdicts_bear_out(assessed):
    """Where verdicts are what the head says and a constant, all of it; where they have nothing to
    do with it, next to none."""
    found, penalties, records = assessed
    random = np.random.default_rng(4)
    said = random.uniform(7, 11, len(found))
    sure = [
        replace(each, fine_quantiles=np.full(3, place))
        for each, place in zip(found, said, strict=True)
    ]
    followed = [
        {**row, "fine": float(np.expm1(place + 0.5))}
        for row, place in zip(records, said, strict=True)
    ]
    unrelated = [{**row, "fine": float(np.exp(random.uniform(7, 11)))} for row in records]

    assert fit_fine(sure, penalties, followed, minimum=1).share == 1
    assert fit_fine(sure, penalties, unrelated, minimum=1).share < 0.5


def _world(random, size):
    """Log fines that lie above the head's median by 0.3 and scatter, one in six of them none."""
    said = random.uniform(np.log1p(1000), np.log1p(50_000), size)
    actual = np.maximum(random.normal(said + 0.3, 1), 0)
    return said, np.where(random.uniform(size=size) < 1 / 6, 0, actual)


def _figures(fitted, said, level):
    return np.array(
        [
            fitted.figures(np.full(3, each), None, required=True, level=level)
            for each in np.atleast_1d(said)
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
def test_the_range_covers_exchangeable_fines_at_its_level(level):
    """The mean over calibration sets is at least the level, and little above it: two ends of n
    residuals each add at most 1 / (n + 1), and verdicts of no fine lie at the cut."""
    random, shares = np.random.default_rng(3), []
    for _ in range(200):
        said, actual = _world(random, 200)
        fitted = FineResiduals(100, 1.0, {"pooled": sorted(actual[:100] - said[:100])})
        low, _, high = _figures(fitted, said[100:], level).T
        shares.append(((low <= actual[100:] + 1e-9) & (actual[100:] <= high)).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    assert level - 3 * error <= np.mean(shares) <= level + 2 / 101 + 0.03 + 3 * error


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9])
@pytest.mark.parametrize("size", [19, 99, 250])
def test_the_ends_are_those_of_the_conformal_predictive_system_of_crepes(level, size):
    random = np.random.default_rng(size)
    residuals, said = random.normal(0, 1, size), random.uniform(7, 12, 20)
    system = ConformalPredictiveSystem().fit(residuals=residuals)
    # A little less, since (1 - .9) / 2 * 100 is not 5 in floating point.
    theirs = system.predict_int(said, confidence=level - 1e-12)

    ours = _figures(FineResiduals(size, 1.0, {"pooled": sorted(residuals)}), said, level)

    assert ours[:, [0, 2]] == pytest.approx(theirs, abs=1e-6)
