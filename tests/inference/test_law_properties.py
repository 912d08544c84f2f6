"""What must hold of the bounds of every charge, whatever the circumstances."""

import math
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from liangxing.case import Case
from liangxing.law.assess import assess
from liangxing.law.bounds import statutory_bounds
from liangxing.law.charges import all_charges
from liangxing.law.circumstances import CaseFacts, circumstance_rules, fact_names
from liangxing.law.cumulation import cumulated_high
from liangxing.law.general import general_rules
from liangxing.law.statutes import find, statutes
from liangxing.law.versions import CaseDays
from liangxing.reading.quantities import UNITS

DIRECTIONS = {rule.id: rule.direction for rule in circumstance_rules().values()}
MITIGATING = sorted(id_ for id_, direction in DIRECTIONS.items() if direction == "reduce")
# Facts of the offence and of the person that no rule counts for the defendant. 负同等责任 asks for
# more deaths than 负主要责任, so that it is no aggravation.
NEUTRAL = {"pregnant", "victim_fault", "first_offender", "equal_responsibility", "minor_offence"}
AGGRAVATING = sorted(
    fact
    for fact in fact_names()
    if DIRECTIONS.get(fact, "increase") == "increase" and fact not in NEUTRAL
)
charges = st.sampled_from(sorted(statutes()))
days = st.dates(date(1997, 10, 1), date(2026, 12, 31))
quantities = st.dictionaries(
    st.sampled_from(sorted(UNITS)),
    st.floats(0, 1e8).map(lambda value: round(value, 2)),
    max_size=3,
)
circumstances = st.dictionaries(st.sampled_from(sorted(fact_names())), st.booleans(), max_size=5)


@st.composite
def cases(draw):
    """A charge, a day and facts that the day's law judges."""
    return draw(charges), draw(days), CaseFacts(draw(quantities), draw(circumstances))


def ends(bounds):
    """The range on one scale: life is above every term of months, death above life."""
    high = 1001.0 if bounds.death else 1000.0 if bounds.life else bounds.high
    low = bounds.low
    if low is None:
        low = 1000.0 if bounds.life else 1001.0
    return low, high


def bounds_of(charge, day, facts):
    return statutory_bounds([charge], facts, CaseDays(day)).bounds


@settings(max_examples=300)
@given(cases())
def test_the_low_end_is_never_above_the_high_end(case):
    low, high = ends(bounds_of(*case))
    assert 0 <= low <= high


@settings(max_examples=300)
@given(cases(), st.sampled_from(AGGRAVATING))
def test_an_aggravating_fact_never_lowers_an_end(case, fact):
    charge, day, facts = case
    without = CaseFacts(
        facts.quantities, {id_: v for id_, v in facts.circumstances.items() if id_ != fact}
    )
    added = CaseFacts(facts.quantities, {**without.circumstances, fact: True})
    before, after = ends(bounds_of(charge, day, without)), ends(bounds_of(charge, day, added))
    assert after[0] >= before[0]
    assert after[1] >= before[1]


@settings(max_examples=300)
@given(cases(), st.sampled_from(MITIGATING))
def test_a_mitigating_fact_never_raises_an_end(case, fact):
    charge, day, facts = case
    without = CaseFacts(
        facts.quantities, {id_: v for id_, v in facts.circumstances.items() if id_ != fact}
    )
    added = CaseFacts(facts.quantities, {**without.circumstances, fact: True})
    before, after = ends(bounds_of(charge, day, without)), ends(bounds_of(charge, day, added))
    assert after[0] <= before[0]
    assert after[1] <= before[1]


@settings(max_examples=300)
@given(cases())
def test_life_and_death_are_open_only_where_a_tier_of_the_day_allows_them(case):
    charge, day, facts = case
    bounds = bounds_of(charge, day, facts)
    statute = find(charge)
    versions = statute.in_force(day, day) or statute.versions
    tiers = [tier for version in versions for tier in version.tiers]
    assert not bounds.life or any(tier.life for tier in tiers)
    assert not bounds.death or any(tier.death for tier in tiers)


@settings(max_examples=300)
@given(cases())
def test_the_outer_bounds_hold_the_bounds_of_the_tiers(case):
    bounds = bounds_of(*case)
    if bounds.low is not None:
        assert bounds.outer.low <= bounds.low
        assert bounds.high <= bounds.outer.high
    assert bounds.outer.life or not bounds.life
    assert bounds.outer.death or not bounds.death


@given(cases())
def test_nobody_under_eighteen_may_be_sentenced_to_death(case):
    charge, day, facts = case
    minor = CaseFacts(facts.quantities, {**facts.circumstances, "juvenile_16_18": True})
    bounds = bounds_of(charge, day, minor)
    assert not bounds.death
    assert not bounds.outer.death


@settings(max_examples=100)
@given(cases(), st.booleans())
def test_the_guideline_range_lies_inside_the_statute_and_the_trace_is_in_chinese(case, judged):
    charge, day, facts = case
    found = assess(
        Case(
            fact="经审理查明，被告人实施了指控的犯罪事实。",
            charges=(charge,),
            offence_date=day,
            judgment_date=date(2024, 9, 1) if judged and day < date(2024, 9, 1) else None,
            quantities=facts.quantities,
            circumstances=facts.circumstances,
        )
    )
    statutory, guideline = found.bounds.statutory, found.bounds.guideline
    if guideline is not None:
        assert statutory.low <= guideline.low <= guideline.high <= statutory.high
    assert found.trace
    for step in found.trace:
        assert any("一" <= character <= "鿿" for character in step.rule)
        assert step.source


@settings(max_examples=100)
@given(
    st.lists(st.sampled_from(sorted(statutes())), min_size=2, max_size=4, unique=True),
    days,
    quantities,
)
def test_several_counts_stay_under_the_caps_of_cumulation(names, day, known):
    facts = CaseFacts(known)
    found = statutory_bounds(names, facts, CaseDays(day))
    each = [bounds_of(name, day, facts) for name in names]
    if found.bounds.high is not None:
        highs = [bounds.high for bounds in each]
        assert found.bounds.high <= min(sum(highs), 300.0)
        assert found.bounds.low >= max(bounds.low for bounds in each)
    assert found.bounds.life == any(bounds.life for bounds in each)


@given(st.lists(st.sampled_from([6.0, 24.0, 36.0, 84.0, 120.0, 180.0]), min_size=1, max_size=6))
def test_cumulation_reaches_twenty_years_and_twenty_five_from_a_sum_of_thirty_five(terms):
    cap = general_rules().cumulation
    high = cumulated_high(terms)
    assert max(terms) <= high <= sum(terms)
    assert high <= cap.cap_from_sum.cap
    if sum(terms) < cap.cap_from_sum.sum:
        assert high <= cap.cap


@given(st.text(min_size=1, max_size=12).filter(lambda name: find(name) is None))
def test_an_unknown_charge_gives_general_bounds_and_a_warning(name):
    found = statutory_bounds([name], days=CaseDays(date(2022, 1, 1)))
    assert (found.bounds.low, found.bounds.high) == (0, 300)
    assert found.warnings


@given(charges, st.dates(date(1950, 1, 1), date(1997, 9, 30)))
def test_an_offence_before_the_code_gives_general_bounds_and_a_warning(charge, day):
    found = statutory_bounds([charge], days=CaseDays(day))
    assert (found.bounds.low, found.bounds.high) == (0, 300)
    assert any("1997" in warning for warning in found.warnings)


def test_every_charge_of_the_criminal_law_has_bounds_today():
    today = CaseDays(date(2026, 1, 1))
    for charge in all_charges():
        found = statutory_bounds([charge], days=today)
        assert found.known, charge
        assert not math.isnan(ends(found.bounds)[1])
