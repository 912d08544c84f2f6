"""Baselines: what they answer, that they learn, and that their intervals cover."""

import numpy as np
import pytest
from liangxing.errors import DataError
from liangxing_training.evaluation.baseline_cache import baseline_points
from liangxing_training.evaluation.baselines import (
    BestConstant,
    MedianPerCharge,
    TfidfLightGbm,
    TfidfLightGbmClasses,
    TfidfLightGbmQuantile,
    TfidfRidge,
    TfidfSvc,
    best_constant,
    default_baselines,
    legal_features,
    statutory_features,
)
from liangxing_training.evaluation.metrics import cail_score, covered
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.settings import ALL_BASELINES

# The harm a fact tells, and the term it brings in these invented cases.
HARMS = (
    ("轻微擦伤", 4.0),
    ("轻伤二级", 10.0),
    ("轻伤一级", 18.0),
    ("重伤二级", 48.0),
    ("重伤致残", 120.0),
)


def case(months, fact="被告人甲某与乙某争执。", charges=("故意伤害",), **given):
    row = {"fact": fact, "charges": list(charges), "months": months, "life": False, "death": False}
    return row | given


def world(count, seed):
    """Facts whose words tell the term up to noise; one in twenty is life."""
    generator = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        harm, months = HARMS[generator.integers(len(HARMS))]
        words = "".join(generator.choice(list("甲乙丙丁戊己庚辛壬癸"), 12))
        noisy = float(np.round(months * np.exp(generator.normal(0, 0.1)), 0))
        row = case(noisy, f"被告人{words}殴打被害人，造成{harm}。")
        if generator.random() < 0.05:
            row |= {"months": None, "life": True, "fact": f"被告人{words}蓄意杀害被害人后焚尸。"}
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def train():
    return world(400, 1)


@pytest.fixture(scope="module")
def validation():
    return world(150, 2)


SMALL = {"n_estimators": 60, "learning_rate": 0.1}


def test_the_best_constant_maximises_the_score_over_all_observed_terms():
    truth = Outcomes.from_months(np.random.default_rng(0).integers(0, 100, 80) / 2)

    best = best_constant(truth)

    scores = {
        float(m): cail_score(truth, Outcomes.from_months(np.full(80, m)))
        for m in np.unique(truth.months)
    }
    assert scores[best] == max(scores.values())


def test_the_constant_is_one_term_whatever_the_case():
    predicted = BestConstant().fit([case(6), case(6), case(60)]).predict([case(1), case(99)])

    assert predicted.months.tolist() == [6, 6]


def test_the_median_is_that_of_the_charge_or_of_all_for_a_rare_charge():
    rows = [case(m, charges=["盗窃"]) for m in (6, 7, 8)] + [case(60, charges=["抢劫"])]
    fitted = MedianPerCharge(minimum=3).fit(rows)

    charges = (["盗窃"], ["抢劫"], ["诈骗"], [])
    predicted = fitted.predict([case(0, charges=c) for c in charges])

    assert predicted.months.tolist() == [7, 7, 7, 7]


def test_a_charge_mostly_punished_with_life_has_life_as_its_median():
    life = case(None, charges=["故意杀人"], life=True)
    rows = [life, life, life, case(180, charges=["故意杀人"])]

    predicted = MedianPerCharge(minimum=2).fit(rows).predict(rows[:1])

    assert predicted.life.tolist() == [True]


@pytest.mark.parametrize(
    "baseline",
    [
        TfidfSvc(),
        TfidfRidge(),
        TfidfLightGbm(**SMALL),
        TfidfLightGbmClasses(classes=8, **SMALL),
    ],
    ids=lambda b: b.name,
)
def test_text_baselines_learn_the_term_and_life_from_words(baseline, train, validation):
    truth = Outcomes.from_records(validation)

    predicted = baseline.fit(train).predict(validation)

    assert cail_score(truth, predicted) > 80
    assert predicted.life[truth.life].mean() > 0.5
    assert not predicted.death.any()


def test_the_same_seed_gives_the_same_answers(train, validation):
    first, second = (
        TfidfLightGbm(seed=3, **SMALL).fit(train).predict(validation) for _ in range(2)
    )

    assert np.array_equal(first.months, second.months, equal_nan=True)


def test_rows_without_a_known_term_are_skipped(train):
    unknown = case(None, term_known=False)

    with_unknown = TfidfRidge().fit([*train, unknown]).predict(train[:5])

    assert np.array_equal(
        with_unknown.months, TfidfRidge().fit(train).predict(train[:5]).months, equal_nan=True
    )
    with pytest.raises(DataError, match="no fact with a known term"):
        BestConstant().fit([unknown])


def test_opinions_do_not_move_the_constant():
    opinions = [case(180, text_kind="opinion")] * 5

    predicted = BestConstant().fit([case(6, text_kind="fact"), *opinions]).predict([case(6)])

    assert predicted.months.tolist() == [6]


def test_terms_alone_need_no_life_or_death_to_train():
    rows = [row for row in world(150, 4) if row["months"] is not None]

    for baseline in (TfidfSvc(), TfidfRidge(), TfidfLightGbm(**SMALL)):
        assert baseline.fit(rows).predict(rows).has_months.all()


def test_cases_without_charges_or_of_a_new_charge_are_still_answered(train):
    rows = [case(None, charges=[]), case(None, charges=["从未见过的罪名"])]

    for baseline in default_baselines():
        if not isinstance(baseline, TfidfLightGbmClasses):
            assert not baseline.fit(train[:120]).predict(rows).missing.any()


def test_statutory_features_are_unknown_without_a_charge():
    features = statutory_features([case(6, charges=["盗窃"]), case(6, charges=[])])

    assert features[0, 4] == 1
    assert features[0, 1] > features[0, 0]
    assert np.isnan(features[1]).all()


def test_further_legal_features_can_be_plugged_in(train, validation):
    def told(rows):
        return np.array([[np.log1p(row["months"] or 0)] for row in rows])

    truth = Outcomes.from_records(validation)
    blind = [row | {"fact": "被告人甲某殴打被害人。"} for row in (*train, *validation)]

    fitted = TfidfLightGbm(told, **SMALL).fit(blind[: len(train)])

    terms = truth.has_months
    predicted = fitted.predict(blind[len(train) :])
    assert cail_score(truth.take(terms), predicted.take(terms)) > 90


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_conformal_intervals_cover_about_the_level(level, train):
    fitted = TfidfLightGbmQuantile(level, **SMALL).fit(train).conformalize(world(300, 5))
    fresh = world(400, 6)

    coverage = covered(Outcomes.from_records(fresh), fitted.predict_intervals(fresh)).mean()

    # Three binomial standard errors on 300 calibration and 400 fresh cases.
    assert abs(coverage - level) < 3 * np.sqrt(level * (1 - level) * (1 / 300 + 1 / 400)) + 0.02


def test_too_few_calibration_rows_give_the_whole_range(train):
    fitted = TfidfLightGbmQuantile(0.9, **SMALL).fit(train).conformalize(train[:5])

    intervals = fitted.predict_intervals(train[:3])

    assert intervals.low.tolist() == [0, 0, 0]
    assert intervals.high.tolist() == [fitted.longest] * 3
    assert intervals.life.all()
    assert intervals.death.all()


def test_interval_ends_lie_on_half_months(train, validation):
    fitted = TfidfLightGbmQuantile(0.8, **SMALL).fit(train).conformalize(validation)

    intervals = fitted.predict_intervals(validation)

    ends = np.concatenate([intervals.low, intervals.high])
    ends = ends[~np.isnan(ends)]
    assert np.array_equal(ends * 2, np.round(ends * 2))


def test_intervals_before_calibration_are_refused(train):
    with pytest.raises(RuntimeError, match="conformalize"):
        TfidfLightGbmQuantile(0.9, **SMALL).fit(train).predict_intervals(train[:1])


def test_every_name_of_a_config_makes_a_baseline_of_its_own():
    assert len({baseline.name for baseline in default_baselines()}) == len(ALL_BASELINES)


def test_kept_predictions_are_used_again_for_the_same_rows_only(train, validation, tmp_path):
    fitted: list[str] = []

    def points(rows):
        return baseline_points(("constant", "ridge"), train, rows, tmp_path, fitted.append)

    first, again, other = points(validation), points(validation), points(validation[1:])

    assert len(fitted) == 4
    assert np.array_equal(
        first["TF-IDF + ridge"].months, again["TF-IDF + ridge"].months, equal_nan=True
    )
    assert len(other["TF-IDF + ridge"]) == len(validation) - 1


def test_another_verdict_in_training_makes_kept_predictions_stale(train, validation, tmp_path):
    fitted: list[str] = []
    changed = [train[0] | {"months": 299.0, "life": False}, *train[1:]]

    for rows in (train, changed):
        baseline_points(("median",), rows, validation, tmp_path, fitted.append)

    assert len(fitted) == 2


def test_legal_features_read_the_amount_and_the_tier_it_reaches():
    def facts(amount):
        return case(6, f"2020年5月1日，被告人甲某窃得现金人民币{amount}元。", ["盗窃"])

    low, high = legal_features([facts(3000), facts(500_000)])

    changed = np.flatnonzero(~np.isclose(low, high, equal_nan=True))
    assert {np.expm1(low[i]).round() for i in changed} >= {3000}
    assert {np.expm1(high[i]).round() for i in changed} >= {500_000, 120}


def test_legal_features_tell_a_denied_circumstance_from_a_silent_text():
    told = "被告人甲某系累犯。", "被告人甲某不构成累犯。", "被告人甲某窃得手机。"

    yes, no, silent = legal_features([case(6, fact, ["盗窃"]) for fact in told])

    place = np.flatnonzero((yes == 1) & (no == 0) & np.isnan(silent))
    assert len(place) == 1
