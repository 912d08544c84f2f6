import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing.model.calibration import (
    Calibration,
    best_point,
    bounded,
    interval_at,
    nested_sets,
    outer_mask,
    score,
)
from liangxing.model.outcomes import OutcomeGrid, soft_labels
from liangxing.prediction import OuterBounds, StatutoryBounds

GRID = OutcomeGrid(tuple(float(m) for m in [*range(37), 48, 60, 84, 120, 180]))


def bounds(low=6.0, high=36.0, *, life=False, death=False, outer=(0.0, 36.0)):
    return StatutoryBounds(low, high, life, death, None, OuterBounds(*outer, life, death))


distributions = st.lists(st.floats(0.001, 1.0), min_size=len(GRID), max_size=len(GRID)).map(
    lambda values: np.asarray(values) / np.sum(values)
)
any_bounds = st.tuples(
    st.sampled_from([0.0, 1.0, 6.0, 36.0]),
    st.sampled_from([36.0, 84.0, 180.0]),
    st.booleans(),
    st.booleans(),
).map(lambda t: bounds(t[0], t[1], life=t[2], death=t[3], outer=(min(t[0], 1.0), t[1])))


@given(distributions, any_bounds)
def test_no_mass_and_no_point_lie_outside_the_outer_bounds(distribution, law):
    kept = bounded(GRID, distribution, law, 0.1)
    mask = outer_mask(GRID, law)
    assert kept.sum() == pytest.approx(1)
    assert kept[~mask].sum() == 0
    assert mask[best_point(GRID, kept, law)]


@settings(max_examples=50)
@given(distributions, any_bounds, st.floats(0, 1), st.floats(0, 1))
def test_more_inflation_never_narrows_an_interval(distribution, law, first, second):
    sets = nested_sets(GRID, bounded(GRID, distribution, law, 0.1), law)
    small, large = sorted((first, second))
    inner = interval_at(GRID, sets, law, small, 0.9)
    outer = interval_at(GRID, sets, law, large, 0.9)
    for outcome in GRID.months:
        assert outer.covers(outcome) or not inner.covers(outcome)
    assert outer.life >= inner.life
    assert outer.death >= inner.death


@given(distributions, any_bounds)
def test_an_interval_leaves_as_much_mass_below_as_above(distribution, law):
    kept = bounded(GRID, distribution, law, 0.1)
    allowed = np.flatnonzero(outer_mask(GRID, law))
    sets = nested_sets(GRID, kept, law)
    for low, high in zip(sets.low, sets.high, strict=True):
        if allowed[0] < low and high < allowed[-1]:
            below, above = kept[:low].sum(), kept[high + 1 :].sum()
            assert abs(below - above) <= kept.max() + 1e-9


@settings(max_examples=50)
@given(distributions, any_bounds, st.sampled_from([*GRID.months, 7.5, 50.0, 300.0]))
def test_the_score_is_where_the_interval_first_covers_the_verdict(distribution, law, months):
    sets = nested_sets(GRID, bounded(GRID, distribution, law, 0.1), law)
    found = score(GRID, sets, law, months=months, life=False, death=False)
    if not law.outer.low <= months <= law.outer.high:
        assert found == math.inf
        return
    assert interval_at(GRID, sets, law, found, 0.9).covers(months)
    if found > 0:
        assert not interval_at(GRID, sets, law, np.nextafter(found, 0), 0.9).covers(months)


def test_the_whole_range_answers_a_level_beyond_the_number_of_scores():
    fitted = Calibration(1.0, {"charge_given": {"pooled": [0.1, 0.2, 0.3]}})
    assert fitted.inflation("charge_given", None, 0.5) == (0.2, 3)
    assert fitted.inflation("charge_given", "盗窃", 0.9)[0] == math.inf


def test_life_and_death_need_the_same_outcome():
    law = bounds(120.0, 180.0, life=True, death=True, outer=(0.0, 180.0))
    distribution = np.full(len(GRID), 1e-4)
    distribution[GRID.life] = 1.0
    kept = bounded(GRID, distribution, law, 0.1)
    assert best_point(GRID, kept, law) == GRID.life
    interval = interval_at(GRID, nested_sets(GRID, kept, law), law, 0.5, 0.9)
    assert (interval.low, interval.life, interval.death) == (None, True, False)


@pytest.mark.parametrize("level", [0.8, 0.9])
def test_intervals_cover_exchangeable_verdicts_at_their_level(level):
    """500 calibration and 500 test cases; the share covered may fall short by 4 binomial
    standard errors of test and calibration together."""
    random = np.random.default_rng(3)
    law = bounds(0.0, 180.0, outer=(0.0, 180.0))
    centres = random.uniform(1, 4, 1000)
    truth = np.round(np.expm1(centres + random.normal(0, 0.4, 1000))).clip(0, 180)
    # The model is over-confident: its kernel is half as wide as the truth's.
    months = np.expm1(centres).tolist()
    rows = soft_labels(GRID, months, [False] * 1000, [False] * 1000, 0.2)
    sets = [nested_sets(GRID, bounded(GRID, row, law, 1.0), law) for row in rows]
    scores = sorted(
        score(GRID, s, law, months=float(t), life=False, death=False)
        for s, t in zip(sets[:500], truth[:500], strict=True)
    )
    inflation, _ = Calibration(1.0, {"charge_given": {"pooled": scores}}).inflation(
        "charge_given", None, level
    )
    hits = [
        interval_at(GRID, s, law, inflation, level).covers(float(t))
        for s, t in zip(sets[500:], truth[500:], strict=True)
    ]
    error = 4 * math.sqrt(2 * level * (1 - level) / 500)
    assert np.mean(hits) >= level - error
