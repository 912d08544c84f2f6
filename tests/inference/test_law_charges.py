"""Charge names: every spelling leads to the name in force."""

import json
import os
from pathlib import Path

import pytest
from liangxing.law import all_charges, canonical_charge, split_charges
from liangxing.law.charges import article_of, charge_names


def test_every_official_name_is_itself_with_and_without_its_ending():
    assert len(all_charges()) == len(set(all_charges())) == 484
    for name in all_charges():
        assert canonical_charge(name) == name
        assert canonical_charge(name + "罪") == name
        assert canonical_charge(name.replace("、", "")) == name
        assert split_charges(name) == [name]


def test_every_former_name_leads_to_a_name_in_force():
    for former, name in charge_names().renamed.items():
        assert name in all_charges()
        assert canonical_charge(former) == name
        assert split_charges(former) == [name]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("[走私、贩卖、运输、制造]毒品", "走私、贩卖、运输、制造毒品"),
        ("贩卖毒品罪", "走私、贩卖、运输、制造毒品"),
        ("贩卖、运输毒品", "走私、贩卖、运输、制造毒品"),
        ("非法持有枪支罪", "非法持有、私藏枪支、弹药"),
        ("非法买卖枪支、弹药", "非法制造、买卖、运输、邮寄、储存枪支、弹药、爆炸物"),
        ("掩饰、隐瞒犯罪所得罪", "掩饰、隐瞒犯罪所得、犯罪所得收益"),
        ("容留卖淫", "引诱、容留、介绍卖淫"),
        ("[窝藏、包庇]", "窝藏、包庇"),
        ("包庇罪", "窝藏、包庇"),
        ("拐卖儿童", "拐卖妇女、儿童"),
        ("参加黑社会性质组织罪", "组织、领导、参加黑社会性质组织"),
        ("强制[猥亵、侮辱]妇女", "强制猥亵、侮辱"),
        ("组织他人偷越国(边)境", "组织他人偷越国（边）境"),
        ("偷越国境", "偷越国（边）境"),
        ("非法[采伐、毁坏]国家重点保护植物", "危害国家重点保护植物"),
        (
            "隐匿、故意销毁会计凭证、会计帐簿、财务会计报告",
            "隐匿、故意销毁会计凭证、会计账簿、财务会计报告",
        ),
        ("盗窃罪（未遂）", "盗窃"),
        ("　盗窃 ", "盗窃"),
        ("犯诈骗罪", "诈骗"),
        ("玩忽职守", "玩忽职守"),
        ("偷税", "逃税"),
    ],
)
def test_spellings_lead_to_the_official_name(spelling, name):
    assert canonical_charge(spelling) == name


@pytest.mark.parametrize(
    "name", ["", "走私", "买卖", "不存在的罪名", "、", "罪", "国家机关", "很" * 5000]
)
def test_what_names_no_single_charge_is_unknown(name):
    assert canonical_charge(name) is None


@pytest.mark.parametrize(
    ("text", "charges"),
    [
        ("故意伤害、故意毁坏财物", ["故意伤害", "故意毁坏财物"]),
        ("掩饰、隐瞒犯罪所得、犯罪所得收益", ["掩饰、隐瞒犯罪所得、犯罪所得收益"]),
        ("贩卖、运输毒品、容留他人吸毒", ["走私、贩卖、运输、制造毒品", "容留他人吸毒"]),
        ("盗窃罪和诈骗罪", ["盗窃", "诈骗"]),
        ("盗窃，抢夺；抢劫", ["盗窃", "抢夺", "抢劫"]),
        ("盗窃、盗窃", ["盗窃"]),
        (
            "[盗窃、抢夺][枪支、弹药、爆炸物、危险物质]、诈骗",
            ["盗窃、抢夺枪支、弹药、爆炸物、危险物质", "诈骗"],
        ),
        (
            "交通肇事、[掩饰、隐瞒][犯罪所得、犯罪所得收益]",
            ["交通肇事", "掩饰、隐瞒犯罪所得、犯罪所得收益"],
        ),
        ("制造、贩卖、传播淫秽物品", ["制造、贩卖、传播淫秽物品"]),
        ("寻衅闹事、盗窃", ["寻衅闹事", "盗窃"]),
        ("", []),
    ],
)
def test_joined_charges_are_split(text, charges):
    assert split_charges(text) == charges


def test_articles_are_known_for_charges():
    assert article_of("盗窃") == "264"
    assert article_of("贩卖毒品罪") == "347"
    assert article_of("袭警") == "277"
    assert article_of("不存在") is None


@pytest.mark.real
@pytest.mark.skipif("LIANGXING_REAL_DATA" not in os.environ, reason="needs LIANGXING_REAL_DATA")
def test_charges_of_real_cases_are_resolved():
    cases = Path(os.environ["LIANGXING_REAL_DATA"]) / "cases.jsonl"
    names = [c for line in cases.open(encoding="utf-8") for c in json.loads(line)["charges"]]
    unresolved = [n for n in names if not all(map(canonical_charge, split_charges(n)))]
    assert len(unresolved) <= 0.001 * len(names)
