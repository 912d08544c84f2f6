"""What holds for every charge and every set of circumstances."""

from datetime import date
from itertools import pairwise

import pytest
from guideline_cases import count_of
from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing.law import find, statutes
from liangxing.law.circumstances import CaseFacts, circumstance_rules
from liangxing.law.guideline_data import crimes
from liangxing.law.guidelines import Guideline, Options, cumulated, guideline_range
from liangxing.law.leniency import plea_rules

OWN = {own.fact for crime in crimes().values() for own in crime.adjustments}
REDUCING = sorted(
    {rule.id for rule in circumstance_rules().values() if rule.direction == "reduce"}
    | {o.fact for c in crimes().values() for o in c.adjustments if o.direction == "reduce"}
    | {"minor_offence"}
)
INCREASING = sorted(
    {rule.id for rule in circumstance_rules().values() if rule.direction == "increase"}
    | {o.fact for c in crimes().values() for o in c.adjustments if o.direction == "increase"}
)
STATUTE_FACTS = sorted(
    {fact for s in statutes().values() for threshold in s.thresholds for fact in threshold.facts}
    | {"child_victim"}
)
QUANTITIES = sorted(
    {t.quantity for charge in crimes() for t in find(charge).thresholds if t.quantity}
)

charges = st.sampled_from(sorted(crimes()))
values = st.one_of(st.just(True), st.just(False), st.floats(0, 1).map(lambda n: round(n, 2)))
circumstances = st.dictionaries(
    st.sampled_from([*REDUCING, *INCREASING, *STATUTE_FACTS]), values, max_size=9
)
quantities = st.dictionaries(
    st.sampled_from(QUANTITIES), st.floats(0, 1e7).map(lambda n: round(n, 1)), max_size=2
)
committed = st.dates(date(2006, 7, 1), date(2025, 1, 1))
judged = st.one_of(st.none(), st.dates(date(2010, 1, 1), date(2026, 1, 1)))


def range_of(charge, quantities, circumstances, committed, judged, **options) -> Guideline:
    facts = CaseFacts(quantities, circumstances)
    count = count_of(charge, facts, committed)
    return guideline_range(count, facts, judged=judged, options=Options(**options))


@given(charges, quantities, circumstances, committed, judged)
@settings(max_examples=300)
def test_the_range_rises_and_lies_inside_the_statutory_bounds(
    charge, quantities, circumstances, committed, judged
):
    bounds = count_of(charge, CaseFacts(quantities, circumstances), committed).bounds
    found = range_of(charge, quantities, circumstances, committed, judged)
    if found.range is None:
        assert found.reason
        return
    assert bounds.low is not None
    assert bounds.high is not None
    assert bounds.low <= found.range.low <= found.range.high <= bounds.high
    assert (found.range.low * 2).is_integer()
    assert (found.range.high * 2).is_integer()


# What makes the offence graver: a lighter share of the fault (equal_responsibility) does not.
GRAVER = sorted({*INCREASING, *STATUTE_FACTS} - {"equal_responsibility"} - set(REDUCING))


@given(charges, quantities, circumstances, committed, judged, st.sampled_from(GRAVER))
@settings(max_examples=300)
def test_an_aggravating_circumstance_never_lowers_an_end(
    charge, quantities, circumstances, committed, judged, added
):
    without = {name: value for name, value in circumstances.items() if name != added}
    before = range_of(charge, quantities, without, committed, judged).range
    after = range_of(charge, quantities, {**without, added: True}, committed, judged).range
    if before is not None and after is not None:
        assert before.low <= after.low
        assert before.high <= after.high


@given(charges, quantities, circumstances, committed, judged, st.sampled_from(REDUCING))
@settings(max_examples=500)
def test_a_mitigating_circumstance_never_raises_an_end(
    charge, quantities, circumstances, committed, judged, added
):
    without = {name: value for name, value in circumstances.items() if name != added}
    before = range_of(charge, quantities, without, committed, judged).range
    after = range_of(charge, quantities, {**without, added: True}, committed, judged).range
    if before is not None:
        assert after is not None
        assert after.low <= before.low
        assert after.high <= before.high


@given(
    charges,
    quantities,
    circumstances,
    judged,
    st.sampled_from([ladder.id for ladder in plea_rules().ladders]),
)
@settings(max_examples=200)
def test_a_later_plea_never_gets_more_leniency(charge, quantities, circumstances, judged, ladder):
    facts = {**circumstances, "plea_leniency": True}
    found = [
        range_of(
            charge, quantities, facts, date(2022, 1, 1), judged, plea_ladder=ladder, stage=stage
        ).range
        for stage in plea_rules().stages
    ]
    for earlier, later in pairwise(found):
        if earlier is not None and later is not None:
            assert earlier.low <= later.low
            assert earlier.high <= later.high


@given(st.lists(charges, min_size=2, max_size=4, unique=True), quantities, circumstances)
@settings(max_examples=100)
def test_several_counts_lie_between_the_highest_and_the_capped_sum(
    several, quantities, circumstances
):
    single = [
        range_of(charge, quantities, circumstances, date(2022, 1, 1), date(2022, 6, 1))
        for charge in several
    ]
    total = cumulated(single)
    ranges = [each.range for each in single]
    if None in ranges:
        assert total.range is None
        assert total.reason
        return
    assert total.range.low == max(each.low for each in ranges)
    assert total.range.high <= min(sum(each.high for each in ranges), 300)
    assert total.range.low <= total.range.high


@pytest.mark.parametrize("charge", sorted(set(statutes()) - set(crimes())))
def test_a_charge_that_the_guidelines_do_not_know_has_no_range_and_a_reason(charge):
    found = guideline_range(count_of(charge, CaseFacts()), CaseFacts(), judged=date(2022, 6, 1))
    assert found.range is None
    assert charge in str(found.reason)
    assert found.trace[-1].rule == found.reason
