"""Whole numbers in Chinese; cn2an is the oracle for those that are read without it."""

import cn2an
import pytest
from liangxing import numerals
from liangxing.reading.numerals import parse_numeral


@pytest.mark.parametrize("number", [*range(130), 999, 1001])
def test_every_number_is_written_and_read_as_the_oracle_has_it(number):
    words = str(cn2an.an2cn(number))
    assert numerals.written(number) == (words[1:] if words.startswith("一十") else words)
    assert numerals.read(numerals.written(number)) == numerals.read(words) == number
    assert parse_numeral(numerals.written(number)) == parse_numeral(words) == number


@pytest.mark.parametrize("words", ["百", "十百", "甲"])
def test_what_is_no_numeral_is_refused(words):
    with pytest.raises(ValueError, match=words):
        numerals.read(words)
