"""The guideline range: versions, starting points, circumstances, trace."""

from datetime import date

import pytest
from guideline_cases import guideline_of, months
from liangxing.errors import CaseError, ConfigError
from liangxing.law import find
from liangxing.law.files import parse_yaml, read_text, validate
from liangxing.law.guideline_data import FILE, GuidelineFile, crimes
from liangxing.law.guidelines import Options, cumulated
from liangxing.law.show import law_show, law_show_text
from liangxing.law.trace_text import trace_text

HUGE_THEFT = {"amount_yuan": 150_000.0}


def steps(found, name):
    return [step for step in found.trace if step.step == name]


def test_the_worked_example_of_the_rules_to_the_second_decimal():
    """Base 60; accessory 30 % and attempt 40 % multiply: 60 x 0.7 x 0.6 = 25.2; surrender -30 %
    and recidivist +20 % add: 25.2 x (1 - 0.3 + 0.2) = 22.68."""
    found = guideline_of(
        "盗窃",
        {**HUGE_THEFT, "base_months": 60.0},
        {"accessory": 0.3, "attempt": 0.4, "surrender": -0.3, "recidivist": 0.2},
    )
    after = [step.after for step in steps(found, "量刑情节")]
    assert after[1] == {"low": 25.2, "high": 25.2}
    assert after[-1] == {"low": 22.68, "high": 22.68}
    # +-20 %: 18.144 and 27.216, outward to half months
    assert (found.range.low, found.range.high) == (18.0, 27.5)


def test_all_crimes_of_the_guidelines_are_there_and_fit_a_tier_of_their_statute():
    assert len(crimes()) == 30
    for crime in crimes().values():
        tiers = {(tier.tier, tier.months) for v in find(crime.charge).versions for tier in v.tiers}
        for entry in crime.entries:
            for start in entry.starts:
                assert (start.tier, start.of) in tiers, crime.charge


def test_a_bad_file_names_its_line():
    text = read_text(FILE)
    line = next(n for n, words in enumerate(text.splitlines(), 1) if "months: [84, 120]" in words)
    broken = text.replace("months: [84, 120]", "months: [120, 84]", 1)
    with pytest.raises(ConfigError, match=rf"{FILE}, line {line}: .*rise inside the tier"):
        validate(FILE, parse_yaml(broken, FILE), GuidelineFile, broken)


def test_the_text_in_force_on_the_day_of_judgment_applies():
    """Dangerous driving: 1-2 months in 2017(II), 1-6 in 2021."""
    old = guideline_of("危险驾驶", judged=date(2020, 1, 1))
    new = guideline_of("危险驾驶", judged=date(2022, 1, 1))
    assert steps(old, "量刑起点")[0].after == {"low": 1, "high": 2}
    assert steps(new, "量刑起点")[0].after == {"low": 1, "high": 6}
    assert "法发〔2021〕21号" in steps(new, "量刑起点")[0].source
    assert steps(new, "量刑起点")[0].verified is True


def test_an_unknown_day_of_judgment_takes_the_current_text_and_is_not_verified():
    found = guideline_of("盗窃", judged=None)
    assert steps(found, "适用文本")[0].verified is False
    assert steps(found, "量刑起点")[0].verified is False


def test_a_missing_version_takes_the_nearest_one_and_is_not_verified():
    """No text of 2014 for theft is recorded, and none knew gambling houses before 2024."""
    for charge in ("盗窃", "开设赌场"):
        (step,) = steps(guideline_of(charge, HUGE_THEFT, judged=date(2015, 1, 1)), "量刑起点")[:1]
        assert step.verified is False
        assert "最近" in step.rule


def test_starting_points_of_another_tier_structure_do_not_apply():
    """Embezzlement before 2021-03-01 had 1-60 and 60-180, with 1-24 and 60-72 (2014/2017)."""
    found = guideline_of("职务侵占", committed=date(2020, 1, 1), judged=date(2022, 1, 1))
    assert [step.after for step in steps(found, "量刑起点")] == [
        {"low": 1, "high": 24},
        {"low": 60, "high": 72},
    ]


def test_a_tier_without_a_recorded_starting_point_is_taken_whole():
    """Gambling houses before 2021-03-01: 1-36 and 36-120; 2024(II) presupposes 1-60 and 60-120."""
    found = guideline_of("开设赌场", committed=date(2018, 1, 1), judged=date(2018, 6, 1))
    assert [step.after for step in steps(found, "量刑起点")] == [
        {"low": 1, "high": 36},
        {"low": 36, "high": 120},
    ]
    assert {step.verified for step in steps(found, "量刑起点")} == {False}
    assert (found.range.low, found.range.high) == (1, 120)


def test_increments_that_no_text_names_are_said_to_be_unspecified():
    (base,) = steps(guideline_of("盗窃", {"amount_yuan": 5_000.0}), "基准刑")
    assert base.verified == "unspecified"
    assert "increment: unspecified" in base.rule
    assert (base.before, base.after) == ({"low": 1, "high": 12}, {"low": 1, "high": 36})


def test_where_a_text_adds_nothing_the_base_stays_inside_the_starting_point():
    """Dangerous driving: set directly inside 1-6 (2021), raised from 1-2 before (2017-II)."""
    (new,) = steps(guideline_of("危险驾驶"), "基准刑")
    assert (new.before, new.after, new.verified) == (new.after, {"low": 1, "high": 6}, True)
    (old,) = steps(guideline_of("危险驾驶", judged=date(2020, 1, 1)), "基准刑")
    assert (old.before, old.after) == ({"low": 1, "high": 2}, {"low": 1, "high": 6})


def test_a_recidivist_gets_three_months_more_at_least():
    """Art. 65: base 1-36; 10 % of 1 is less than 3 months, so 4 before discretion."""
    found = guideline_of("盗窃", {"amount_yuan": 5_000.0}, {"recidivist": True})
    (step,) = steps(found, "量刑情节")
    assert step.before == {"low": 1, "high": 36}
    assert step.after == {"low": 4, "high": 50.4}
    assert (found.range.low, found.range.high) == (3.0, 36)


def test_reductions_beyond_the_whole_leave_nothing_and_take_nothing_from_an_increase():
    """40 + 40 + 30 = 110 %: nothing is left of 36, and the recidivist's 3 months at least stay,
    whatever layer 1 left."""
    facts = {"surrender": True, "compensation_and_forgiveness": True, "restitution": True}
    for more in ({}, {"accessory": True}):
        found = guideline_of("盗窃", HUGE_THEFT, {**facts, **more})
        assert steps(found, "量刑情节")[-1].after["low"] == 0
        found = guideline_of("盗窃", HUGE_THEFT, {**facts, **more, "recidivist": True})
        assert steps(found, "量刑情节")[-1].after["low"] == 3


def test_facts_within_a_plea_are_not_counted_beside_it():
    """Confession (20 % at most) beside a plea (30 %): 30 % of 36, and not 50 %."""
    found = guideline_of("盗窃", HUGE_THEFT, {"plea_leniency": True, "confession_basic": True})
    assert steps(found, "量刑情节")[-1].after["low"] == 25.2
    assert "不重复评价" in steps(found, "量刑情节")[-1].rule


def test_a_plea_with_surrender_takes_the_joint_ratio():
    """60 % at most: 36 x 0.4 = 14.4."""
    found = guideline_of("盗窃", HUGE_THEFT, {"plea_leniency": True, "surrender": True})
    assert steps(found, "量刑情节")[-1].after["low"] == 14.4


def test_a_circumstance_without_a_ratio_opens_what_the_statute_allows():
    """Excess defence shall be mitigated or exempt (art. 20): from 0, below the tier of 36-120."""
    low, high = months("故意伤害", {"serious_injuries": 1.0}, {"excess_defence": True})
    assert low == 0
    assert high == 36


def test_without_a_ground_of_mitigation_the_statutory_minimum_holds():
    """36 months less a plea's 30 % and the bench's 20 % is under the tier of 36-120."""
    assert months("盗窃", HUGE_THEFT, {"plea_leniency": True})[0] == 36
    assert months("盗窃", HUGE_THEFT, {"surrender": True})[0] == 17.0


def test_an_instigator_is_not_weighed_without_more():
    found = guideline_of("盗窃", HUGE_THEFT, {"instigator": True})
    assert "不作调节" in steps(found, "量刑情节")[0].rule
    assert months("盗窃", HUGE_THEFT, {"instigator": True}) == months("盗窃", HUGE_THEFT)


def test_a_ratio_above_one_is_refused():
    with pytest.raises(CaseError, match="surrender"):
        guideline_of("盗窃", HUGE_THEFT, {"surrender": 30.0})


def test_a_plea_before_2021_has_no_ratio():
    found = guideline_of("盗窃", HUGE_THEFT, {"plea_leniency": True}, judged=date(2019, 6, 1))
    assert "未载此情节" in steps(found, "量刑情节")[0].rule


def test_several_counts_are_adjusted_each_and_then_cumulated():
    """Theft 36-120 and injury 1-36: between 36 and 156 (art. 69)."""
    single = [guideline_of("盗窃", HUGE_THEFT), guideline_of("故意伤害", {"minor_injuries": 1.0})]
    total = cumulated(single)
    assert (total.range.low, total.range.high) == (36, 156)
    assert total.trace[-1].step == "数罪并罚"
    assert cumulated([*single, guideline_of("放火")]).range is None


def test_a_ladder_by_stage_is_off_by_default_and_cited_when_on():
    facts = {"plea_leniency": True}
    off = guideline_of("盗窃", HUGE_THEFT, facts, options=Options(stage="trial"))
    on = guideline_of("盗窃", HUGE_THEFT, facts, options=Options(plea_ladder="321", stage="trial"))
    assert off.range == guideline_of("盗窃", HUGE_THEFT, facts).range
    assert steps(on, "量刑情节")[0].after == {"low": 32.4, "high": 108}
    assert "321" in steps(on, "量刑情节")[0].source
    assert steps(on, "量刑情节")[0].verified is False


def test_law_show_tells_the_starting_points_of_the_day():
    text = law_show_text("盗窃", date(2022, 6, 1))
    assert "量刑起点（法发〔2021〕21号）" in text
    assert "第2档：36 至 48 个月" in text
    assert "量刑起点" not in law_show_text("盗窃", date(2019, 6, 1))
    assert law_show("放火")["guidelines"] == []


def test_the_stage_of_a_plea_is_told_without_a_percentage_where_no_ladder_is_chosen():
    found = guideline_of(
        "盗窃", HUGE_THEFT, {"plea_leniency": True}, options=Options(stage="trial")
    )
    (step,) = [step for step in found.trace if "审判阶段作出" in step.rule]
    assert "早认罪优于晚认罪" in step.rule
    assert step.verified is False


def test_the_trace_reads_as_numbered_lines_with_ground_and_mark():
    found = guideline_of("诈骗", {"amount_yuan": 600_000.0}, {"surrender": True})
    lines = trace_text(found.trace).splitlines()
    assert len(lines) == len(found.trace)
    assert lines[1].startswith("2. 量刑起点：诈骗罪")
    assert lines[1].endswith("四（十二）诈骗罪】（未核实）（120至144个月）")
    assert "120至180个月 → 72至180个月" in lines[3]
    assert "《刑法》第67条第一款、第二款" in lines[3]
