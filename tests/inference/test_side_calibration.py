"""Suspension and fine as shown: calibrated, inside the law, and never where the law has none."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing.law import find
from liangxing.law.bounds import statutory_bounds
from liangxing.law.circumstances import CaseFacts
from liangxing.law.fine_bounds import fine_bounds
from liangxing.law.statutes import statutes
from liangxing.model.answers import Answers
from liangxing.model.bundle import Manifest, load_bundle, write_manifest
from liangxing.model.calibration import Calibration
from liangxing.model.side_calibration import FineResiduals, SuspensionScaling
from liangxing.predictor import SentencePredictor

THEFT = {"fact": "2022年5月6日，被告人赵某甲窃得手机一部，价值人民币4200元。", "charges": ["盗窃"]}
# Whose maximum of six months' detention leaves suspension open whatever a model says.
DRUNK = {
    "fact": "2022年5月6日，被告人赵某甲酒后驾驶小型轿车，血液酒精含量为142mg/100ml。",
    "charges": ["危险驾驶"],
}


@pytest.fixture(scope="module")
def predictor(bundle_folder):
    return SentencePredictor.load(bundle_folder)


def law_on(charge, kind="fixed_term", months=12.0, **quantities):
    facts = CaseFacts(quantities)
    return fine_bounds(statutory_bounds([charge], facts), kind, months, facts)


def with_calibration(bundle, **parts):
    """A bundle whose heads were calibrated as given."""
    fitted = replace(Calibration(1.0, bundle.calibration.scores), **parts)
    return replace(bundle, calibration=fitted)


def test_the_law_tells_whether_a_fine_goes_with_a_penalty_and_must():
    assert law_on("故意伤害").open is False
    theft = law_on("盗窃", amount_yuan=5000.0)
    assert (theft.open, theft.required, theft.low, theft.high) == (True, True, 1000, 10000)
    poaching = law_on("非法狩猎", "detention", 3.0)
    assert (poaching.open, poaching.required) == (True, False)
    assert law_on("盗窃", "exempt", 0.0).open is False
    assert law_on("盗窃", "fine_only", 0.0).required
    # The penalty picks the tier: only a ringleader of several affrays may be fined beside it.
    assert law_on("寻衅滋事", months=20.0).open is False
    assert law_on("寻衅滋事", months=80.0).open is True


def test_a_charge_without_data_leaves_the_fine_open():
    assert law_on("虚构的罪").open is None


def test_fines_of_several_counts_add_up():
    facts = CaseFacts({"amount_yuan": 5000.0})
    both = fine_bounds(statutory_bounds(["盗窃", "故意伤害"], facts), "fixed_term", 12.0, facts)
    assert (both.open, both.low, both.high) == (True, 1000, 10000)
    neither = fine_bounds(statutory_bounds(["强奸", "故意伤害"]), "fixed_term", 12.0, CaseFacts())
    assert neither.open is False


@given(
    st.lists(st.floats(0, 14), min_size=3, max_size=3),
    st.floats(0.5, 0.95),
    st.sampled_from([None, "盗窃", "诈骗"]),
    st.booleans(),
)
def test_the_range_of_a_fine_holds_its_point_and_grows_with_the_level(
    quantiles, level, charge, required
):
    groups = {"pooled": [-1.0, 0.0, 0.5, 2.0], "盗窃": [0.0, 0.1, 0.2], "fine required": [0.3]}
    fitted = FineResiduals(5, 0.5, groups)

    low, middle, high = fitted.figures(np.array(quantiles), charge, required=required, level=level)

    assert 0 <= low <= middle <= high < math.inf
    wider = fitted.figures(np.array(quantiles), charge, required=required, level=level + 0.04)
    assert wider[0] <= low
    assert high <= wider[2]
    assert wider[1] == middle


def test_a_case_takes_the_residuals_of_its_charge_else_of_its_law_else_of_all():
    groups = {"pooled": [1.0], "盗窃": [2.0], "fine required": [3.0]}
    fitted = FineResiduals(3, 0.5, groups)
    nothing = np.zeros(3)
    assert fitted.figures(nothing, "盗窃", required=True) == (2, 2, 2)
    assert fitted.figures(nothing, "诈骗", required=True) == (3, 3, 3)
    assert fitted.figures(nothing, "诈骗", required=False) == (1, 1, 1)
    # Half of the head's median stays.
    assert fitted.figures(np.array([0.0, 4.0, 5.0]), None, required=False) == (3, 3, 3)


def test_a_fine_lies_inside_the_bounds_of_the_law_and_its_range_holds_the_point(predictor):
    fine = predictor.predict(THEFT).fine
    assert 1000 <= fine.low <= fine.yuan <= fine.high <= 8400


@pytest.mark.parametrize(("median", "shown"), [(3400, 3000), (1000, 1000), (8200, 8000)])
def test_the_point_of_a_fine_is_as_round_as_verdicts_are(bundle_folder, median, shown):
    residuals = FineResiduals(9, 0.0, {"pooled": [0.0, math.log1p(median), 12.0]})
    bundle = with_calibration(load_bundle(bundle_folder), fine={"charge_given": residuals})
    fine = SentencePredictor(bundle, threads=1).predict(THEFT).fine
    assert (fine.low, fine.yuan) == (1000, shown)


def test_no_fine_is_shown_where_the_tier_has_none(predictor):
    case = {"fact": "2022年5月6日，被告人赵某甲将孙某乙打成轻伤。", "charges": ["故意伤害"]}
    assert predictor.predict(case).fine is None


def test_suspension_has_a_calibrated_probability_only_where_it_may_be_given(bundle_folder):
    bundle = load_bundle(bundle_folder)
    scaling = SuspensionScaling(40, 10, slope=0.0, intercept=math.log(3))
    predictor = SentencePredictor(
        with_calibration(bundle, suspension={"charge_given": scaling}), threads=1
    )
    shown = predictor.predict(DRUNK).suspension
    assert shown.eligible
    assert shown.probability == pytest.approx(0.75)
    barred = predictor.predict({**DRUNK, "circumstances": {"recidivist": True}}).suspension
    assert (barred.eligible, barred.probability) == (False, 0.0)
    # The other mode was not calibrated.
    assert predictor.predict({"fact": DRUNK["fact"]}).suspension.probability in (None, 0.0)


def test_a_head_with_too_few_verdicts_shows_no_probability(bundle_folder):
    bundle = load_bundle(bundle_folder)
    scaling = {"charge_given": SuspensionScaling(3, 1)}
    predictor = SentencePredictor(with_calibration(bundle, suspension=scaling), threads=1)
    shown = predictor.predict(DRUNK).suspension
    assert shown.eligible
    assert shown.probability is None


def test_a_bundle_calibrated_before_these_heads_were_still_loads_and_predicts(bundle_copy):
    path = bundle_copy / "calibration.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    old = {name: content[name] for name in ("model_sha256", "discount", "scores")}
    path.write_text(json.dumps(old), encoding="utf-8")
    manifest = (bundle_copy / "manifest.json").read_text(encoding="utf-8")
    write_manifest(bundle_copy, Manifest.model_validate_json(manifest))

    prediction = SentencePredictor.load(bundle_copy).predict(THEFT)

    assert prediction.suspension.probability is None
    assert 1000 <= prediction.fine.low <= prediction.fine.high


def test_a_calibration_is_read_back_as_it_was_written(bundle_folder):
    fitted = load_bundle(bundle_folder).calibration
    assert set(fitted.fine) == set(fitted.suspension) == {"charge_given", "charge_predicted"}
    assert all(found.groups["pooled"] for found in fitted.fine.values())
    assert fitted.suspension["charge_given"].slope is not None


def opens(charge, penalty):
    """Whether any tier of any version of a statute holds life or death."""
    return any(
        penalty in tier.options for version in find(charge).versions for tier in version.tiers
    )


CHARGES = sorted(statutes())


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(CHARGES), min_size=1, max_size=2, unique=True),
    st.sampled_from([None, 3000.0, 6e5, 5e7]),
    st.booleans(),
)
def test_life_and_death_have_a_probability_only_where_a_tier_of_the_charges_has_them(
    predictor, charges, amount, pregnant
):
    case = {"fact": "2022年5月6日，被告人赵某甲实施犯罪。", "charges": charges}
    if amount is not None:
        case["quantities"] = {"amount_yuan": amount}
    if pregnant:
        case["circumstances"] = {"pregnant": True}

    found = predictor.predict(case)

    for penalty in ("life", "death"):
        if not any(opens(charge, penalty) for charge in charges):
            assert getattr(found.distribution, penalty) == 0
            assert not getattr(found.interval, penalty)
            assert not found.penalty.kind.startswith(penalty)
    if pregnant:
        assert found.distribution.death == 0


def test_the_charges_drawn_hold_life_and_death_and_neither():
    shares = [(opens(charge, "life"), opens(charge, "death")) for charge in CHARGES]
    assert {(False, False), (True, False), (True, True)} <= set(shares)


def test_answers_of_an_uncalibrated_bundle_keep_the_head_s_own_range(bundle_folder):
    bundle = load_bundle(bundle_folder)
    answers = Answers(replace(bundle, calibration=None))
    predictor = SentencePredictor(replace(bundle, calibration=None), threads=1)
    assert predictor.predict(DRUNK).suspension.probability is None
    assert predictor.predict(DRUNK).fine is not None
    assert answers.penalty(bundle.grid.death, fine_only=False).kind == "death"
