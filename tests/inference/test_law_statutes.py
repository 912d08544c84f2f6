"""Statutes by charge, and those derived from the articles' text."""

import re
from datetime import date

import pytest
from liangxing.errors import ConfigError
from liangxing.law import all_charges, find, statutes
from liangxing.law.articles import article_text, articles
from liangxing.law.charges import charge_names
from liangxing.law.compile import machine_text
from liangxing.law.derive import derive
from liangxing.law.files import load, read_text
from liangxing.law.penalty_clauses import penalty_clauses
from liangxing.law.show import law_check, law_rows, law_show, law_show_text
from liangxing.law.statutes import HAND, MACHINE, StatuteFile

TEXT_DAY = date(2021, 3, 1)


def test_every_charge_of_the_criminal_law_has_a_statute():
    assert set(all_charges()) <= set(statutes())


def test_the_law_data_has_no_problem():
    assert law_check() == []


def test_machine_statutes_are_derived_from_the_text_again():
    assert read_text(MACHINE) == machine_text()


@pytest.mark.parametrize("file", [HAND, MACHINE])
def test_tiers_in_force_with_the_text_stand_in_the_text(file):
    """Two exceptions: art. 144 takes its last tier from art. 141, a decision is no article."""
    for statute in load(file, StatuteFile).charges:
        clauses = [clause for article in statute.articles for clause in penalty_clauses(article)]
        in_text = {(clause.months, frozenset(clause.options)) for clause in clauses}
        for version in statute.in_force(TEXT_DAY, TEXT_DAY):
            tiers = {(tier.months, frozenset(tier.options)) for tier in version.tiers}
            if statute.charge == "生产、销售有毒、有害食品":
                in_text |= {(c.months, frozenset(c.options)) for c in penalty_clauses("141")}
            assert tiers <= in_text or statute.charge == "骗购外汇", statute.charge


def test_machine_tiers_are_marked_and_hold_from_the_day_of_the_text():
    for statute in load(MACHINE, StatuteFile).charges:
        (version,) = statute.versions
        assert version.effective_from == TEXT_DAY
        assert {tier.verified for tier in version.tiers} == {"machine"}


@pytest.mark.parametrize(
    ("charge", "tiers"),
    [
        # art. 307(1): 三年以下有期徒刑或者拘役；三年以上七年以下有期徒刑
        ("妨害作证", [((1, 36), {"detention"}), ((36, 84), set())]),
        # art. 284-1(4): 拘役或者管制，并处或者单处罚金
        ("代替考试", [((1, 6), {"detention", "surveillance", "fine_only"})]),
        # art. 285(3) refers to 285(2)
        (
            "提供侵入、非法控制计算机信息系统程序、工具",
            [((1, 36), {"detention", "fine_only"}), ((36, 84), set())],
        ),
        # art. 209(4) refers to 209(2)
        (
            "非法出售发票",
            [((1, 24), {"detention", "surveillance", "fine_only"}), ((24, 84), set())],
        ),
        # art. 333: the second of two clauses
        ("强迫卖血", [((60, 120), set())]),
        # art. 102 with art. 113
        ("背叛国家", [((120, 180), {"life"}), (None, {"death"})]),
        # art. 151(1): lighter 3-7, 7 and more, life
        ("走私武器、弹药", [((36, 84), set()), ((84, 180), set()), (None, {"life"})]),
        # art. 309: 三年以下有期徒刑、拘役、管制或者罚金
        ("扰乱法庭秩序", [((1, 36), {"detention", "surveillance", "fine_only"})]),
        # art. 215: no detention
        ("非法制造、销售非法制造的注册商标标识", [((6, 36), {"fine_only"}), ((36, 120), set())]),
        # art. 206(2) is for units and left out
        (
            "伪造、出售伪造的增值税专用发票",
            [((1, 36), {"detention", "surveillance"}), ((36, 120), set()), ((120, 180), {"life"})],
        ),
    ],
)
def test_clauses_are_read_as_they_stand(charge, tiers):
    statute = derive(charge)
    assert statute is not None
    read = [(tier.months, set(tier.options)) for tier in statute.versions[0].tiers]
    assert read == tiers


def test_article_text_is_found_by_number_and_by_its_written_form():
    assert article_text("264") == article_text("第二百六十四条")
    assert "盗窃" in str(article_text("264"))
    assert str(article_text("133之一")).startswith("在道路上驾驶机动车")
    assert article_text("9999") is None
    assert len(articles()) == 505
    assert all(re.fullmatch(r"\d+(之[一二三四五六])?", number) for number in articles())


def test_old_versions_apply_to_old_days():
    """Amendment XI (2021-03-01) split art. 271 into three tiers."""
    statute = find("职务侵占")
    assert statute is not None
    (before,) = statute.in_force(date(2021, 2, 28), date(2021, 2, 28))
    (after,) = statute.in_force(TEXT_DAY, TEXT_DAY)
    assert [tier.months for tier in before.tiers] == [(1, 60), (60, 180)]
    assert [tier.months for tier in after.tiers] == [(1, 36), (36, 120), (120, 180)]
    assert after.tiers[-1].life


def test_charges_with_the_same_penalty_keep_their_own_name():
    for charge in ("玩忽职守", "爆炸", "诽谤", "非法搜查", "强迫卖淫"):
        statute = find(charge)
        assert statute is not None
        assert statute.charge == charge


def test_collective_names_hold_the_tiers_of_every_member():
    for name, members in charge_names().collective.items():
        joined = find(name)
        assert joined is not None
        for member in members:
            statute = find(member)
            assert statute is not None
            have = {(t.months, t.options) for t in joined.versions[-1].tiers}
            assert {(t.months, t.options) for t in statute.versions[-1].tiers} <= have


def test_law_show_gives_the_version_of_the_day():
    shown = law_show("盗窃罪", date(2022, 1, 1))
    assert shown["charge"] == "盗窃"
    assert [tier["months"] for tier in shown["versions"][0]["tiers"]] == [
        [1, 36],
        [36, 120],
        [120, 180],
    ]
    assert "盗窃公私财物" in shown["text"]["264"]
    assert "三年以上十年以下有期徒刑" in law_show_text("盗窃", date(2022, 1, 1))
    assert "1997-10-01" not in law_show_text("盗窃", date(2022, 1, 1))


@pytest.mark.parametrize("charge", ["盗窃", "危险驾驶", "交通肇事", "非法吸收公众存款", "贪污"])
def test_law_show_speaks_chinese(charge):
    """Units and the addresses of sources keep their letters."""
    text = re.sub(r"mg/100ml|[\w.]+\.(?:com|cn)\S*", "", law_show_text(charge, date(2023, 6, 1)))
    assert not re.findall("[A-Za-z_]{2,}", text)


def test_law_show_of_an_unknown_charge_says_what_to_do():
    with pytest.raises(ConfigError, match="law list"):
        law_show("不存在的罪名")


def test_law_list_has_a_row_per_charge():
    rows = law_rows()
    assert len(rows) == len(all_charges())
    assert rows[0]["charge"] == "背叛国家"
