"""Leniency for a plea: what it joins, and ladders by stage."""

from datetime import date

import pytest
from guideline_cases import guideline_of, months
from liangxing.errors import ConfigError
from liangxing.law.circumstances import circumstance_rules
from liangxing.law.files import parse_yaml, read_text, validate
from liangxing.law.guidelines import Options, over_versions
from liangxing.law.leniency import LeniencyFile, plea_rules, staged_ratio
from liangxing.prediction import MonthRange

HUGE_THEFT = {"amount_yuan": 150_000.0}
LADDERS = [ladder.id for ladder in plea_rules().ladders]


def lowest(**circumstances):
    """Months at the low end after all circumstances: 36 is the base's lower end."""
    found = guideline_of("盗窃", HUGE_THEFT, circumstances)
    return [step.after for step in found.trace if step.step == "量刑情节"][-1]["low"]


@pytest.mark.parametrize("ladder", LADDERS)
def test_an_earlier_plea_never_gets_less(ladder):
    ratios = [staged_ratio(ladder, stage) for stage in plea_rules().stages]
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] != ratios[-1]


def test_a_plea_at_an_unknown_stage_may_be_at_any():
    assert staged_ratio("321", None) == (0.1, 0.3)


def test_an_unknown_ladder_names_those_there_are():
    options = Options(plea_ladder="123")
    with pytest.raises(ConfigError, match="321, jinan"):
        guideline_of("盗窃", HUGE_THEFT, {"plea_leniency": True}, options=options)


def test_a_ladder_that_gives_a_later_plea_more_is_refused_with_its_line():
    text = read_text("leniency.yaml")
    broken = text.replace("prosecution: 0.2,", "prosecution: 0.4,")
    assert broken != text
    with pytest.raises(ConfigError, match=r"leniency.yaml, line \d+: .*later plea more"):
        validate("leniency.yaml", parse_yaml(broken, "leniency.yaml"), LeniencyFile, broken)


def test_every_name_in_the_file_is_a_circumstance():
    joint = plea_rules().combined
    known = set(circumstance_rules())
    assert {joint.id, joint.plea, *joint.joins} <= known
    assert set(joint.joins) <= set(circumstance_rules()[joint.plea].not_counted_with)


@pytest.mark.parametrize("fact", plea_rules().combined.joins)
def test_a_plea_with_a_joined_fact_takes_the_joint_ratio_of_sixty_percent(fact):
    assert lowest(**{"plea_leniency": True, fact: True}) == 14.4


@pytest.mark.parametrize("fact", ["confession_basic", "plea_in_court", "good_custody"])
def test_a_plea_with_a_fact_that_it_holds_takes_its_own_ratio_of_thirty_percent(fact):
    assert lowest(**{"plea_leniency": True, fact: True}) == 25.2


def test_a_given_ratio_of_the_plea_leaves_no_joint_ratio_open():
    """20 % for the plea or up to 40 % for surrender, not both and not 60 %."""
    assert lowest(plea_leniency=0.2, surrender=True) == pytest.approx(21.6)


def test_merit_is_counted_beside_a_plea():
    """30 % and 20 % add: 36 x 0.5."""
    assert lowest(plea_leniency=True, merit=True) == 18


def test_a_ladder_replaces_the_ratio_of_the_plea_alone():
    for stage, least in (("investigation", 25.2), ("prosecution", 28.8), ("trial", 32.4)):
        options = Options(plea_ladder="321", stage=stage)
        found = guideline_of("盗窃", HUGE_THEFT, {"plea_leniency": True}, options=options)
        assert [s.after["low"] for s in found.trace if s.step == "量刑情节"] == [least]


def test_two_versions_give_the_range_of_both():
    """Art. 271, smallest tier: 1-60 before 2021-03-01 and 1-36 since."""
    case = ("职务侵占", {"amount_yuan": 100_000.0})
    old, new = date(2020, 1, 1), date(2022, 1, 1)
    assert (months(*case, committed=old), months(*case, committed=new)) == ((1, 60), (1, 36))
    both = over_versions([guideline_of(*case, committed=day) for day in (old, new)])
    assert both.range == MonthRange(1, 60)
    unknown = over_versions([both, guideline_of("放火")])
    assert unknown.range is None
    assert "放火" in str(unknown.reason)
