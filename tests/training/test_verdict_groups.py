import numpy as np
import pytest
from liangxing.model.features import feature_names
from liangxing.model.verdict_groups import QUANTILES, VerdictGroups
from liangxing_training.verdict_groups import GroupSettings, Verdicts, fit_groups, out_of_fold

NAMES = feature_names(("盗窃", "诈骗"))
AMOUNT = NAMES.index("quantity:amount_yuan")
CHARGES = [NAMES.index("charge:盗窃"), NAMES.index("charge:诈骗")]
DEFAULT = GroupSettings()
PLACES = np.log1p(np.arange(0, 61, 6, dtype=float))


def facts(charges, amounts):
    """Features of cases with one charge (0, 1, or None for any other) and one amount each."""
    values = np.zeros((len(amounts), len(NAMES)), np.float32)
    values[:, AMOUNT] = np.log1p(amounts)
    present = np.zeros_like(values)
    present[:, AMOUNT] = 1
    for row, charge in enumerate(charges):
        if charge is not None:
            values[row, CHARGES[charge]] = 1
    return values[:, CHARGES], values, present


def thefts(count=200):
    """Thefts whose term follows the amount: small ones 6 months, large ones 54."""
    rng = np.random.default_rng(1)
    large = rng.random(count) < 0.5
    amounts = np.where(large, 100_000, 2_500) * rng.uniform(0.8, 1.2, count)
    return facts([0] * count, amounts), np.where(large, 9, 1)


def fitted(settings=DEFAULT, cases=None, outcomes=None):
    if cases is None:
        cases, outcomes = thefts()
    return fit_groups(Verdicts(*cases, outcomes), PLACES, NAMES, settings)


def test_like_verdicts_say_what_they_gave():
    near = fitted().near(*facts([0, 0], [2_500, 100_000]))
    assert np.expm1(near[:, 0]) == pytest.approx([6, 54], rel=0.05)
    # Every quantile of a group that agrees is the term it agrees on.
    assert near[:, 1 : 1 + len(QUANTILES)] == pytest.approx(
        np.log1p([[6] * 5, [54] * 5]), abs=1e-5
    )
    assert (near[:, -1] < 0.2).all()


def test_a_case_between_two_groups_is_told_of_both():
    small, between, large = fitted().near(*facts([0] * 3, [2_500, 16_000, 100_000]))
    assert small[0] < between[0] < large[0]
    assert between[-1] > small[-1]
    assert between[-2] < small[-2]


def test_another_charge_is_no_like_case():
    groups = fitted()
    (theft,), (fraud,) = groups.near(*facts([0], [2_500])), groups.near(*facts([1], [2_500]))
    assert np.expm1(theft[0]) == pytest.approx(6, rel=0.05)
    # No verdict on fraud is known: the spread of all verdicts, from none of its own.
    assert fraud[-2] == 0
    assert theft[0] < fraud[0] < np.log1p(54)


def test_quantiles_rise():
    rng = np.random.default_rng(2)
    cases = facts(rng.integers(0, 2, 300).tolist(), rng.uniform(500, 1e6, 300))
    groups = fitted(cases=cases, outcomes=rng.integers(0, len(PLACES), 300))
    near = groups.near(*facts(rng.integers(0, 2, 50).tolist(), rng.uniform(500, 1e6, 50)))
    assert (np.diff(near[:, 1 : 1 + len(QUANTILES)], axis=1) >= 0).all()
    assert np.isfinite(near).all()


@pytest.mark.parametrize("verdicts", [1, 2, 4, 50])
def test_no_group_is_smaller_than_the_minimum_where_the_charge_has_as_many(verdicts):
    rng = np.random.default_rng(3)
    charges = [0] * 150 + [1] * 2 + [None] * 10
    cases = facts(charges, rng.uniform(500, 1e6, len(charges)))
    outcomes = rng.integers(0, len(PLACES), len(charges))
    groups = fitted(GroupSettings(verdicts=verdicts), cases, outcomes)
    sizes = groups.counts.sum(1)
    assert sizes.sum() == len(charges)
    assert (sizes[groups.charges != 1] >= 3).all()
    assert sizes[groups.charges == 1].tolist() == [2]


def test_out_of_fold_a_verdict_does_not_see_itself():
    # One verdict unlike all others: its own group would give its term away.
    cases, outcomes = thefts()
    odd = facts([0] * 201, [*np.expm1(cases[1][:, AMOUNT]), 5e6])
    given = np.append(outcomes, 0)
    settings = GroupSettings(verdicts=2, minimum=1)
    own = fitted(settings, odd, given).near(*odd)[-1, 0]
    others = out_of_fold(Verdicts(*odd, given), PLACES, NAMES, settings)[-1, 0]
    assert np.expm1(own) == pytest.approx(0, abs=0.5)
    assert np.expm1(others) > 5


def test_groups_come_back_from_their_file(tmp_path):
    groups = fitted()
    groups.save(tmp_path / "groups.npz")
    cases = facts([0, 1, None], [2_500, 9_000, 100])
    read = VerdictGroups.from_file(tmp_path / "groups.npz")
    assert read.near(*cases) == pytest.approx(groups.near(*cases))
