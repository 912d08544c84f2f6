"""Hostile texts: reading stays linear, and never fails."""

import time

import pytest
from liangxing.reading.circumstances import read_circumstances
from liangxing.reading.quantities import read_quantities

# At 20 000 characters a reading takes some tens of milliseconds; what explodes takes minutes.
GENEROUS_SECONDS = 2.0
# fmt: off
PATTERNS = [
    "1", "一", "123,456,789,", "1.2.3.", "一二三千百万亿", "被告人", "被告人张三、", "某某某",
    "张某甲、李某、", "（", "（张某）", "共计1元", "窃得3元、", "共计12345.67元、",
    "1、2012年", "自首", "不予采纳", "辩护人提出自首的意见不予采纳，", "经审理查明一致",
    "经审理查明", "持刀", "轻伤", "致张某轻伤二级，", "殁年", "张某（男，殁年3岁）",
    "将张某杀死", "冰毒1克", "毒品海洛因0.1克、", "张三（另案处理）、", "同案犯张三",
    "《自首》", "【要旨】", "（男，1999年1月1日出生）", "被害人（1999年", "（10岁）",
    "赔偿谅解", "\n", "曾因犯盗窃罪被判处有期徒刑一年，", "多次", "先后3次", "每100毫升",
    "百分之", "3名被害人、", "×", "1××00", "被告人买买提·艾力·",
]
# fmt: on


def seconds(text: str) -> float:
    start = time.process_time()
    read_quantities(text, defendant="张三", charges=["盗窃"])
    read_circumstances(text, defendant="张三")
    return time.process_time() - start


@pytest.mark.parametrize("pattern", PATTERNS)
def test_twenty_thousand_characters_are_read_in_no_time(pattern):
    text = (pattern * (20_000 // len(pattern) + 1))[:20_000]
    assert min(seconds(text) for _ in range(2)) < GENEROUS_SECONDS


def test_nested_brackets_are_read_in_no_time():
    assert seconds("（" * 10_000 + "）" * 10_000) < GENEROUS_SECONDS
