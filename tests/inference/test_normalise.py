from hypothesis import given
from hypothesis import strategies as st
from liangxing.reading.normalise import normalise


def test_full_width_letters_and_digits_become_half_width():
    assert normalise("ＡＢ１２３．５％") == "AB123.5%"


def test_chinese_punctuation_stays_as_judgments_write_it():
    text = "“被告人”（赵某），《刑法》第二百六十四条：盗窃；数额较大。"
    assert normalise(text) == text


def test_blanks_of_every_kind_become_one_kind_and_lines_stay():
    assert normalise("甲\u3000乙\u00a0丙\t丁\u200b戊\n己") == "甲 乙 丙 丁 戊\n己"


@given(st.text())
def test_no_character_ever_moves(text):
    assert len(normalise(text)) == len(text)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)
