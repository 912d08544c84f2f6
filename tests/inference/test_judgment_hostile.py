"""No text, however broken, makes the reading of judgments fail or crawl."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judgment_texts import APPEAL, SECTIONS, judgment
from liangxing.reading.judgment import read_judgment

WORDS = st.sampled_from(
    (
        *(
            "被告人",
            "王小甲",
            "犯",
            "盗窃",
            "罪",
            "判处",
            "有期徒刑",
            "一年",
            "至",
            "以下",
            "以上",
        ),
        *(
            "缓刑",
            "罚金",
            "人民币",
            "元",
            "9999999999999",
            "决定执行",
            "建议",
            "公诉机关",
            "辩护人",
        ),
        *(
            "，",
            "。",
            "；",
            "（",
            "）",
            "判决如下：",
            "裁定如下：",
            "撤销",
            "维持",
            "核准",
            "第一项",
        ),
        *(
            "【裁判结果】",
            "采纳",
            "不予",
            "零",
            "〇",
            "年",
            "月",
            "日",
            "2021",
            "\n",
            "法院：",
            "案号：",
        ),
        *(
            "刑事_刑期：",
            "99年99月99日",
            "同年13月45日",
            "拘留",
            "取保候审",
            "死刑",
            "缓期",
            "无罪",
        ),
        *("壹", "×", "某", "甲", "本院认为", "经审理查明"),
    )
)


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    read_judgment(text)


@settings(max_examples=300)
@given(st.lists(WORDS, max_size=80))
def test_any_jumble_of_court_words_is_read(words):
    read_judgment("".join(words))


@given(
    st.dictionaries(
        st.sampled_from([*SECTIONS, "x", ""]), st.none() | st.text(max_size=60) | st.integers()
    )
)
def test_any_mapping_of_sections_is_read(sections):
    read_judgment(sections)


def test_cut_and_shuffled_judgments_are_read():
    whole = judgment(verdict="被告人王小甲犯盗窃罪，判处有期徒刑八个月。") + APPEAL
    rng = random.Random(7)
    for _ in range(60):
        start, end = sorted(rng.randrange(len(whole)) for _ in range(2))
        pieces = whole[start:end].split("，")
        rng.shuffle(pieces)
        read_judgment("，".join(pieces))


@pytest.mark.parametrize(
    "unit",
    [
        "（",
        "被告人王小甲",
        "建议判处有期徒刑一年，",
        "1",
        "一",
        "以",
        "判决如下：",
        "公诉机关",
        "犯罪、",
    ],
)
def test_long_repetitions_take_linear_time(unit):
    text = (unit * 40_000)[:40_000]
    began = time.perf_counter()
    read_judgment(text)
    assert time.perf_counter() - began < 20
