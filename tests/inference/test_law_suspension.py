"""Suspension (arts. 72-74) and fines: what the law gives without a model."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.law import find, general_rules
from liangxing.law.circumstances import CaseFacts
from liangxing.law.fines import fine_of
from liangxing.law.suspension import suspension_of
from liangxing.prediction import MonthRange


def facts(**circumstances):
    return CaseFacts(circumstances=circumstances)


@pytest.mark.parametrize(
    ("kind", "months", "probation"),
    [
        # art. 73(1): detention, from the term (two months at least) to one year
        ("detention", 1, MonthRange(2, 12)),
        ("detention", 5, MonthRange(5, 12)),
        # art. 73(2): fixed term, from the term (one year at least) to five years
        ("fixed_term", 8, MonthRange(12, 60)),
        ("fixed_term", 36, MonthRange(36, 60)),
    ],
)
def test_probation_is_no_shorter_than_the_term(kind, months, probation):
    found = suspension_of(kind, months, facts())
    assert found.eligible
    assert found.probation == probation


@pytest.mark.parametrize(
    ("kind", "months"), [("fixed_term", 36.5), ("surveillance", 12), ("life", None), ("exempt", 0)]
)
def test_only_detention_and_terms_up_to_three_years_are_suspended(kind, months):
    found = suspension_of(kind, months, facts())
    assert not found.eligible
    assert found.probation is None
    assert found.trace.source == "《刑法》第72条至第77条"


@pytest.mark.parametrize("fact", ["recidivist", "ringleader"])
def test_a_recidivist_and_a_ringleader_are_never_suspended(fact):
    found = suspension_of(
        "fixed_term", 12, facts(**{fact: True, "juvenile_16_18": True}), ["盗窃"]
    )
    assert not found.eligible
    assert not found.shall


def test_the_ringleader_of_a_gathering_leads_no_criminal_group():
    """Art. 74 bars 犯罪集团的首要分子; art. 97 tells them from those of 聚众犯罪."""
    gathering = ["聚众斗殴"]
    assert suspension_of("fixed_term", 12, facts(ringleader=True), gathering).eligible
    led = facts(ringleader=True, criminal_group=True)
    assert not suspension_of("fixed_term", 12, led, gathering).eligible


@pytest.mark.parametrize("fact", ["juvenile_16_18", "pregnant", "elderly_intent"])
def test_juveniles_pregnant_women_and_the_old_must_be_suspended_when_the_conditions_hold(fact):
    found = suspension_of("fixed_term", 12, facts(**{fact: True}))
    assert found.eligible
    assert found.shall
    assert "应当" in found.trace.rule
    assert "没有再犯罪的危险" in found.trace.rule


@given(st.floats(0, 60), st.sampled_from(["detention", "fixed_term", "fine_only"]))
def test_a_circumstance_that_bars_never_makes_eligible(months, kind):
    without = suspension_of(kind, months, facts())
    barred = suspension_of(kind, months, facts(recidivist=True))
    assert not barred.eligible
    assert without.eligible == (
        kind != "fine_only" and months <= general_rules().suspension.max_months
    )


def fines(charge, **quantities):
    statute = find(charge)
    version = statute.versions[-1]
    found = [fine_of(statute, version, tier, CaseFacts(quantities)) for tier in version.tiers]
    return [each and (each.low, each.high) for each in found]


def test_fines_in_yuan_are_read_from_the_article():
    """Art. 196: 2-20 万, 5-50 万, 5-50 万."""
    assert fines("信用卡诈骗") == [(20_000, 200_000), (50_000, 500_000), (50_000, 500_000)]


def test_fines_as_a_share_need_the_quantity():
    """Art. 140: 50 % to twice the sales."""
    assert fines("生产、销售伪劣产品", amount_yuan=80_000.0)[0] == (40_000, 160_000)
    assert fines("生产、销售伪劣产品")[0] == (None, None)


def test_the_fine_for_theft_goes_by_the_amount():
    """法释〔2013〕8号 art. 14: 1 000 yuan to twice the amount, 1 000 to 100 000 without one."""
    assert fines("盗窃", amount_yuan=3_000.0)[0] == (1_000, 6_000)
    assert fines("盗窃", amount_yuan=300.0)[0] == (1_000, 1_000)
    assert fines("盗窃")[0] == (1_000, 100_000)


def test_a_tier_without_a_fine_or_without_its_text_has_none():
    assert fines("故意杀人") == [None, None]
    old = find("职务侵占")
    assert (
        fine_of(
            old,
            old.in_force(date(2020, 1, 1), date(2020, 1, 1))[0],
            old.versions[0].tiers[0],
            CaseFacts(),
        )
        is None
    )


def test_a_tier_whose_article_knows_confiscation_alone_is_not_told_as_a_fine():
    """Art. 240: the gravest cases, death and confiscation of property."""
    statute = find("拐卖妇女、儿童")
    version = statute.versions[-1]
    found = [fine_of(statute, version, tier, CaseFacts()) for tier in version.tiers]
    assert [law and law.trace.step for law in found] == ["罚金", "罚金", "没收财产"]
