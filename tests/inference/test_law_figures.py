"""Figures of the law added charge by charge, and what a minor offence or an escape opens."""

from datetime import date

import pytest
from liangxing.law.bounds import statutory_bounds
from liangxing.law.circumstances import CaseFacts
from liangxing.law.versions import CaseDays


def bounds(charge: str, on: date, quantities: dict[str, float] | None = None, *facts: str):
    known = CaseFacts(quantities=quantities or {}, circumstances=dict.fromkeys(facts, True))
    return statutory_bounds([charge], known, CaseDays(on)).bounds


@pytest.mark.parametrize(
    ("charge", "on", "quantities", "expected"),
    [
        ("走私普通货物、物品", date(2009, 10, 21), {"amount_yuan": 455076}, (36, 120)),
        ("盗伐林木", date(2015, 1, 1), {"cubic_metres": 15}, (0, 36)),
        ("盗伐林木", date(2015, 1, 1), {"cubic_metres": 60}, (36, 84)),
        ("盗伐林木", date(2015, 1, 1), {"cubic_metres": 250}, (84, 180)),
        ("盗伐林木", date(2024, 1, 1), {"cubic_metres": 60}, (36, 84)),
        ("假冒注册商标", date(2015, 1, 1), {"amount_yuan": 90000}, (0, 36)),
        ("假冒注册商标", date(2015, 1, 1), {"amount_yuan": 200000}, (0, 84)),
        ("强奸", date(2015, 1, 1), {"victims": 4}, (36, 180)),
        ("强奸", date(2015, 1, 1), {}, (36, 120)),
        ("猥亵儿童", date(2022, 1, 1), {"victims": 3}, (60, 180)),
        ("猥亵儿童", date(2016, 1, 1), {"victims": 3}, (1, 60)),
    ],
)
def test_a_figure_chooses_the_tier(charge, on, quantities, expected):
    found = bounds(charge, on, quantities)
    assert (found.low, found.high) == expected


def test_repeated_abuse_of_a_child_is_aggravated_since_2021():
    assert bounds("猥亵儿童", date(2022, 1, 1), {}, "repeated").low == 60
    assert bounds("猥亵儿童", date(2016, 1, 1), {}, "repeated").low == 1


def test_an_offence_stated_to_be_minor_may_be_exempt_in_the_lightest_tier_only():
    """Art. 37."""
    light, grave = {"minor_injuries": 1.0}, {"serious_injuries": 1.0}
    assert bounds("故意伤害", date(2016, 1, 1), light).low == 1
    assert bounds("故意伤害", date(2016, 1, 1), light, "minor_offence").low == 0
    assert bounds("故意伤害", date(2016, 1, 1), grave, "minor_offence").low == 36


def test_the_trace_of_an_escape_claims_no_earlier_sentence_that_is_not_told():
    def step(*facts: str) -> str:
        known = CaseFacts(circumstances=dict.fromkeys(facts, True))
        trace = statutory_bounds(["脱逃"], known, CaseDays(date(2016, 1, 1))).trace
        return next(each.rule for each in trace if each.step == "与前罪并罚")

    assert "案情未载明" in step()
    assert "考验期" not in step()
    assert "余刑" in step("unserved_remainder")
    assert "案情未载明" not in step("unserved_remainder")
