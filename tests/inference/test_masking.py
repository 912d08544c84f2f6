import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.reading.masking import PLACEHOLDER, mask_verdicts

MASKED = (
    ("公诉机关建议判处有期徒刑六个月，并处罚金。", "公诉机关建议〔略〕。"),
    ("建议对被告人赵某判处拘役四个月至五个月，并处罚金人民币二千元。", "建议对被告人赵某〔略〕。"),
    ("建议判处七个月以下有期徒刑。", "建议〔略〕。"),
    ("建议判处十个月以上，一年三个月以下有期徒刑，并处罚金。", "建议〔略〕。"),
    ("公诉机关建议对赵某判处3-4年有期徒刑。", "公诉机关建议对赵某〔略〕。"),
    ("建议对被告人在××至二年的幅度内量刑。", "建议对被告人在〔略〕量刑。"),
    ("建议判处被告人赵某××至八个月，并处罚金。", "建议〔略〕。"),
    ("量刑建议为有期徒刑二年，缓刑三年。", "量刑建议为〔略〕。"),
    ("对赵某提出有期徒刑二年八个月的量刑建议。", "对赵某提出〔略〕的量刑建议。"),
    ("辩护人请求对被告人适用缓刑。", "辩护人请求对被告人〔略〕。"),
    ("被告人赵某犯诈骗罪，判处有期徒刑十个月，并处罚金一万元。", "被告人赵某犯诈骗罪，〔略〕。"),
    (
        "判决如下：被告人赵某犯盗窃罪，判处拘役三个月，缓刑四个月。",
        "判决如下：被告人赵某犯盗窃罪，〔略〕。",
    ),
    ("数罪并罚，决定执行有期徒刑十九年，剥夺政治权利四年。", "数罪并罚，〔略〕。"),
    ("以聚众斗殴罪分别判处被告人赵某有期徒刑三年十个月。", "以聚众斗殴罪分别〔略〕。"),
    ("论罪应当判处死刑，但不必立即执行。", "论罪应当〔略〕。"),
    ("建议对被告人科处一年以下××。", "建议对被告人〔略〕。"),
    ("建议在六个月以上一年以下××内判处。", "建议在〔略〕内判处。"),
    ("建议判处有期徒刑。", "建议〔略〕。"),
    ("可对其免予刑事处罚。", "可对其〔略〕。"),
    ("刑期自2018年1月1日起至2018年12月31日止。", "〔略〕。"),
    ("审理期间，被告人预缴罚金人民币3万元。", "审理期间，被告人预缴〔略〕。"),
    (
        "被告人系累犯，应当从重处罚，建议判处有期徒刑二年。",
        "被告人系累犯，应当从重处罚，建议〔略〕。",
    ),
    (
        "被告人曾因犯盗窃罪被判处有期徒刑一年，现建议判处有期徒刑二年。",
        "被告人曾因犯盗窃罪被判处有期徒刑一年，现建议〔略〕。",
    ),
)
KEPT = (
    "被告人赵某曾因犯盗窃罪于2010年被判处有期徒刑二年。",
    "因犯盗窃罪，于2011年5月被某县人民法院判处有期徒刑四年零七个月，并处罚金人民币一万元。",
    "2009年因犯抢劫罪判处有期徒刑三年，2012年刑满释放。",
    "判处有期徒刑三年，2015年6月刑满释放，又于次年实施盗窃。",
    "赵某在缓刑考验期内犯新罪，应当撤销缓刑，数罪并罚。",
    "五年以内再犯应当判处有期徒刑以上刑罚之罪，系累犯。",
    "刑罚执行完毕后，五年内再犯应当判处××刑罚以上之罪。",
    "被告人在执行附加刑剥夺政治权利期间重新犯罪。",
    "赵某与钱某（已作出有罪判决）经商量于2015年6月13日动手。",
    "钱某（已判刑）与孙某（另案处理，判处有期徒刑一年）先后到场。",
    "同案犯钱某因本案被判处有期徒刑三年。",
    "提请本院依法判处。被告人对量刑建议没有异议。",
    "辩护人建议对其从轻处罚。",
    "医生建议休息六个月，花费医疗费三千元。",
    "从其车内查获管制刀具一把。",
    "驾驶证被暂扣六个月，并处罚款人民币一千五百元。",
    "应当依照《中华人民共和国刑法》××××、××的规定处罚。",
    "质监局于12月12日作出行政处罚决定书。",
)


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_this_cases_penalty_is_masked(text, expected):
    assert mask_verdicts(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_earlier_and_other_convictions_are_facts(text):
    assert mask_verdicts(text) == text


def test_the_rest_of_the_text_stays():
    before, after = "被告人赵某窃得手机一部。", "被告人对指控没有异议。"
    masked = mask_verdicts(f"{before}建议判处拘役三个月。{after}")
    assert masked.startswith(before)
    assert masked.endswith(after)
    assert PLACEHOLDER in masked


SENTENCES = [text for text, _ in MASKED] + list(KEPT)
HOSTILE = re.findall(
    r"\S+",
    "判处 有期徒刑 判处有期徒刑 曾因 因2010年 被 建议判处 一 ×× 拘役甲 ，至 刑期起 以上， "
    "缓刑 被被判 因犯罪 一年 9. 执行",
)


@given(st.lists(st.sampled_from(SENTENCES), max_size=8).map("".join))
def test_masking_twice_changes_nothing_more(text):
    once = mask_verdicts(text)
    assert mask_verdicts(once) == once


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_texts_take_linear_time(unit):
    text = (unit * 20_000)[:20_000]
    best = min(_seconds(text) for _ in range(3))
    assert best < 0.25


def _seconds(text):
    start = time.perf_counter()
    mask_verdicts(text)
    return time.perf_counter() - start
