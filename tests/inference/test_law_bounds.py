"""Bounds of single cases, derived by hand from the article in each docstring."""

from datetime import date

import pytest
from liangxing.case import Case
from liangxing.law.assess import assess
from liangxing.law.bounds import statutory_bounds
from liangxing.law.circumstances import CaseFacts
from liangxing.law.versions import CaseDays


def bounds_of(charges, offence="2022-06-01", *, judged=None, quantities=None, **circumstances):
    days = CaseDays(date.fromisoformat(offence), judged and date.fromisoformat(judged))
    charges = [charges] if isinstance(charges, str) else charges
    return statutory_bounds(charges, CaseFacts(quantities or {}, circumstances), days)


def months(found):
    return found.bounds.low, found.bounds.high


def test_theft_of_5000_yuan_lies_in_the_first_tier_whose_fine_may_stand_alone():
    """Art. 264 tier 1: up to 3 years, detention, surveillance or a fine alone. 5 000 is above the
    1 000 to 3 000 and below the 30 000 to 100 000 that 法释〔2013〕8号 art. 1 leaves provinces."""
    found = bounds_of("盗窃", quantities={"amount_yuan": 5000})
    assert months(found) == (0, 36)
    assert found.bounds.tier == "large"
    assert not found.bounds.life
    assert found.fine_only


def test_theft_of_50000_yuan_may_be_large_or_huge_since_the_province_decides():
    """50 000 lies between 30 000 and 100 000: 数额较大 in one province, 数额巨大 in another."""
    found = bounds_of("盗窃", quantities={"amount_yuan": 50000})
    assert months(found) == (0, 120)
    assert found.bounds.tier is None


def test_theft_of_600000_yuan_is_especially_huge():
    """Art. 264 tier 3: 10 years or more, or life; reached from 500 000 in every province."""
    found = bounds_of("盗窃", quantities={"amount_yuan": 600000})
    assert months(found) == (120, 180)
    assert found.bounds.life
    assert not found.bounds.death


def test_theft_of_12000_yuan_in_2012_was_measured_by_the_figures_of_1998():
    """法释〔1998〕4号 art. 3: 数额巨大 from 5 000 to 20 000 by province, until 2013-04-03."""
    assert months(bounds_of("盗窃", "2012-05-01", quantities={"amount_yuan": 12000})) == (0, 120)


def test_the_lighter_law_of_the_judgment_takes_the_place_of_the_older():
    """The same 12 000 judged in 2014: 法释〔2013〕8号 makes it 数额较大, lighter, art. 12."""
    found = bounds_of("盗窃", "2012-05-01", judged="2014-02-01", quantities={"amount_yuan": 12000})
    assert months(found) == (0, 36)
    assert "从旧兼从轻" in [step.step for step in found.trace]


def test_the_older_law_stays_where_the_new_one_is_heavier():
    """Absorbing deposits of 100 million in 2019: art. 176 knew 3 to 10 years at most; Amendment XI
    added 10 years or more from 2021-03-01, which art. 12 keeps off."""
    found = bounds_of(
        "非法吸收公众存款", "2019-05-01", judged="2022-05-01", quantities={"amount_yuan": 1e8}
    )
    assert months(found) == (36, 120)


def test_a_bribe_of_100000_yuan_before_amendment_nine_is_judged_by_the_lighter_new_law():
    """Art. 383 before Amendment IX gave 10 years or more from 100 000; since 2015-11-01 with
    法释〔2016〕9号 it is 数额较大, up to 3 years."""
    old = bounds_of("受贿", "2013-05-01", quantities={"amount_yuan": 100_000})
    new = bounds_of("受贿", "2013-05-01", judged="2016-12-01", quantities={"amount_yuan": 1e5})
    assert months(old) == (120, 180)
    assert months(new) == (1, 36)


def test_an_injury_is_bounded_by_its_grade():
    """Art. 234: minor injury up to 3 years, serious injury 3 to 10, death 10 years to death."""
    minor = bounds_of("故意伤害", quantities={"minor_injuries": 1})
    serious = bounds_of("故意伤害", quantities={"serious_injuries": 1, "minor_injuries": 1})
    death = bounds_of("故意伤害", quantities={"deaths": 1})
    assert [months(found) for found in (minor, serious, death)] == [(1, 36), (36, 120), (120, 180)]
    assert [found.bounds.death for found in (minor, serious, death)] == [False, False, True]


def test_heroin_of_twelve_grams_starts_at_seven_years():
    """Art. 347(3): 10 to 50 grams of heroin, 7 years or more; no life."""
    found = bounds_of("走私、贩卖、运输、制造毒品", quantities={"grams_heroin": 12})
    assert months(found) == (84, 180)
    assert not found.bounds.life


def test_fifty_grams_of_heroin_open_fifteen_years_life_and_death():
    """Art. 347(2): 50 grams or more: 15 years, life or death."""
    found = bounds_of("走私、贩卖、运输、制造毒品", quantities={"grams_heroin": 60})
    assert months(found) == (180, 180)
    assert found.bounds.life
    assert found.bounds.death


def test_an_accessory_opens_the_tier_below_and_exemption():
    """Art. 27: lighter, mitigated or exempt. The tier of 10 to 50 grams (7 years up) has below it
    情节严重 (3 to 7 years); exemption opens 0."""
    found = bounds_of(
        "走私、贩卖、运输、制造毒品", quantities={"grams_heroin": 12}, accessory=True
    )
    assert months(found) == (0, 180)


def test_an_attempt_opens_the_tier_below_and_no_exemption():
    """Art. 23: lighter or mitigated. 600 000 stolen, 10 years up; the tier below is 3 to 10."""
    found = bounds_of("盗窃", quantities={"amount_yuan": 600_000}, attempt=True)
    assert months(found) == (36, 180)


def test_below_the_lowest_tier_of_rape_lies_fixed_term_imprisonment_only():
    """Art. 236(1): 3 to 10 years without detention, so mitigation leaves 6 months (art. 45)."""
    assert months(bounds_of("强奸", attempt=True)) == (6, 120)


def test_what_must_be_mitigated_leaves_the_tier():
    """Art. 20(2): excessive defence shall be mitigated or exempt: serious injury falls to the tier
    of up to 3 years."""
    found = bounds_of("故意伤害", quantities={"serious_injuries": 1}, excess_defence=True)
    assert months(found) == (0, 36)


def test_a_plea_alone_opens_nothing():
    """认罪认罚从宽 goes below the tier only with a mitigating fact (art. 63)."""
    found = bounds_of("强奸", plea_leniency=True)
    assert months(found) == (36, 120)


def test_two_counts_lie_between_the_higher_and_the_sum():
    """Art. 69: theft up to 36 and robbery 36 to 120: 36 to 156."""
    found = bounds_of(["盗窃", "抢劫"], quantities={"amount_yuan": 5000})
    assert months(found) == (36, 156)


def test_detention_is_not_served_beside_fixed_term_imprisonment_since_2015():
    """Art. 69(2) since 2015-11-01; before, both were served: 36 + 6."""
    charges = ["盗窃", "危险驾驶"]
    known = {"amount_yuan": 5000, "alcohol_mg_100ml": 120}
    assert months(bounds_of(charges, "2022-01-01", quantities=known))[1] == 36
    assert months(bounds_of(charges, "2014-01-01", quantities=known))[1] == 42


def test_a_revoked_suspension_adds_at_most_the_three_years_that_can_be_suspended():
    """Arts. 77, 72: 36 for the theft and at most 36 for the earlier term."""
    found = bounds_of("盗窃", quantities={"amount_yuan": 5000}, on_probation=True)
    assert months(found) == (0, 72)


@pytest.mark.parametrize("fact", ["juvenile_16_18", "pregnant", "elderly_intent"])
def test_death_is_closed_to_minors_pregnant_women_and_the_aged(fact):
    """Art. 49: killing opens death, but not for them."""
    assert bounds_of("故意杀人").bounds.death
    spared = bounds_of("故意杀人", **{fact: True}).bounds
    assert not spared.death
    assert not spared.outer.death
    assert spared.life


def test_the_aged_who_kill_with_especially_cruel_means_may_be_sentenced_to_death():
    """Art. 49(2): except those who cause death by especially cruel means."""
    found = bounds_of("故意杀人", elderly_intent=True, cruel_means=True)
    assert found.bounds.death


def test_the_outer_bounds_hold_all_tiers_and_exemption():
    found = bounds_of("盗窃", quantities={"amount_yuan": 5000}).bounds
    assert (found.outer.low, found.outer.high, found.outer.life) == (0, 180, True)


@pytest.mark.parametrize("charges", [[], ["不存在的罪名"], ["盗窃", "不存在的罪名"]])
def test_an_unknown_charge_gives_general_bounds_and_a_warning(charges):
    found = bounds_of(charges)
    assert months(found) == (0, 300)
    assert found.bounds.life
    assert found.bounds.death
    assert any("一般边界" in warning for warning in found.warnings)


def test_an_offence_before_the_code_gives_general_bounds_and_a_warning():
    found = bounds_of("盗窃", "1995-01-01")
    assert months(found) == (0, 300)
    assert any("1997" in warning for warning in found.warnings)


def test_without_a_date_the_versions_of_the_period_are_joined():
    """Embezzling company funds: up to 15 years until 2021-02-28, life since."""
    period = (date(2020, 1, 1), date(2022, 1, 1))
    joined = statutory_bounds(["职务侵占"], days=CaseDays(period=period))
    earlier = statutory_bounds(["职务侵占"], days=CaseDays(date(2020, 1, 1)))
    assert joined.bounds.life
    assert not earlier.bounds.life
    assert any("犯罪日期未知" in warning for warning in joined.warnings)


CASE = Case(
    fact="2022年3月5日，被告人赵某入户窃得现金4万元，后主动投案，如实供述。",
    charges=("盗窃",),
    judgment_date=date(2022, 9, 1),
)


def test_a_case_is_read_and_every_reading_carries_its_evidence():
    found = assess(CASE)
    shown = [step for step in found.trace if step.evidence is not None]
    assert any("4万元" in step.evidence.text for step in shown)
    for step in shown:
        assert CASE.fact[step.evidence.start : step.evidence.end] == step.evidence.text


def test_what_the_user_gives_overrides_what_the_text_says():
    given = CASE.model_copy(
        update={"quantities": {"amount_yuan": 5000.0}, "circumstances": {"surrender": False}}
    )
    assert assess(CASE).statutory.bounds.high == 120
    assert assess(given).statutory.bounds.high == 36


def test_the_date_of_birth_makes_a_juvenile():
    """Art. 17: under 18 on the day of the offence; art. 49 closes death."""
    young = Case(
        fact="2022年3月5日，被告人赵某持刀将被害人钱某杀死。",
        charges=("故意杀人",),
        birth_date=date(2005, 1, 1),
    )
    found = assess(young).statutory.bounds
    assert not found.death
    assert found.low < 36


def test_the_guideline_range_lies_inside_the_statute():
    found = assess(CASE).bounds
    assert found.guideline is not None
    assert found.statutory.low <= found.guideline.low <= found.guideline.high
    assert found.guideline.high <= found.statutory.high


def test_the_term_for_an_escape_may_hold_the_rest_of_the_earlier_one() -> None:
    found = statutory_bounds(["脱逃"])

    assert found.bounds.low == 1
    assert found.bounds.high is not None
    assert found.bounds.high > 60 + 36
    assert any(step.step == "与前罪并罚" for step in found.trace)


def test_minor_abuse_of_office_may_be_exempted_though_no_fact_says_so() -> None:
    minor = statutory_bounds(["滥用职权"])
    obstruction = statutory_bounds(["妨害公务"])

    assert minor.bounds.low == 0
    assert any(step.step == "免除处罚" for step in minor.trace)
    assert not any(step.step == "免除处罚" for step in obstruction.trace)
