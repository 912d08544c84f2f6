"""The last dated event of a fact."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.reading.dates import last_dated_event

TODAY = date(2020, 6, 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015年5月3日晚，被告人甲某盗窃手机一部。", date(2015, 5, 3)),
        ("２０１５年５月３日", date(2015, 5, 3)),
        ("二〇一五年十二月二十一日", date(2015, 12, 21)),
        ("一九九八年三月", date(1998, 3, 31)),
        ("2015年至2016年间", date(2016, 12, 31)),
        ("2016年2月", date(2016, 2, 29)),
        ("2020年", TODAY),
        ("2015年3月1日作案，同年4月被抓获", date(2015, 3, 1)),
        ("被告人乙某，1975年4月16日出生", None),
        ("被告人乙某，男，生于1975年4月16日，2013年8月9日被抓获", date(2013, 8, 9)),
        ("出生日期：1990年1月1日", None),
        ("应适用1979年《中华人民共和国刑法》", None),
        ("2031年1月1日", None),
        ("2015年13月", None),
        ("处以二十五年有期徒刑", None),
        ("", None),
    ],
)
def test_the_last_event_is_found(text, expected):
    assert last_dated_event(text, not_after=TODAY) == expected


@given(st.dates(min_value=date(1980, 1, 1), max_value=TODAY), st.text(max_size=30))
def test_a_written_date_is_read_back_and_never_exceeded(day, noise):
    text = f"{day.year}年{day.month}月{day.day}日，作案"
    assert last_dated_event(text, not_after=TODAY) == day
    found = last_dated_event(noise + text, not_after=TODAY)
    assert found is None or found <= TODAY


@pytest.mark.parametrize("unit", ["2015年", "一", "20", " ", "2015年5月", "年", "二〇"])
def test_hostile_texts_stay_fast(unit):
    text = unit * (20_000 // len(unit))
    start = time.perf_counter()
    last_dated_event(text, not_after=TODAY)
    assert time.perf_counter() - start < 0.5
