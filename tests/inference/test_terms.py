"""Penalties as Chinese words and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.terms import (
    BIN_EDGES,
    parse_term,
    penalty_kind,
    penalty_text,
    round_to_half_month,
    term_bin,
)

HALF_MONTHS = st.integers(min_value=1, max_value=600).map(lambda halves: halves / 2)


@given(HALF_MONTHS, st.sampled_from(["fixed_term", "detention", "surveillance"]))
def test_a_written_term_reads_back_as_the_same_months(months, kind):
    assert parse_term(penalty_text(kind, months)) == months


@given(st.text(alphabet="零一二两三十百09年个月半日天又", max_size=30))
def test_any_text_gives_months_or_none(text):
    found = parse_term(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("判处有期徒刑三年六个月，缓刑四年", 42),
        ("一年零六个月", 18),
        ("一年半", 18),
        ("两个月", 2),
        ("拘役四个月十五日", 4.5),
        ("有期徒刑10年", 120),
        ("二十五年", 300),
        ("二〇一五年", None),
        ("2015年", None),
        ("无期徒刑", None),
    ],
)
def test_terms_are_read_as_judgments_write_them(text, months):
    assert parse_term(text) == months


@pytest.mark.parametrize(
    ("kind", "months", "text"),
    [
        ("exempt", 0, "免予刑事处罚"),
        ("fine_only", 0, "单处罚金"),
        ("detention", 1, "拘役一个月"),
        ("fixed_term", 130.5, "有期徒刑十年十个月十五日"),
        ("life", None, "无期徒刑"),
        ("death_reprieve", None, "死刑，缓期二年执行"),
        ("death", None, "死刑"),
    ],
)
def test_penalties_are_worded_as_courts_word_them(kind, months, text):
    assert penalty_text(kind, months) == text


def test_zero_months_are_a_fine_only_where_the_law_allows_one():
    assert penalty_kind(0, fine_only_open=True) == "fine_only"
    assert penalty_kind(0, fine_only_open=False) == "exempt"
    assert penalty_kind(5.5, fine_only_open=True) == "detention"
    assert penalty_kind(6, fine_only_open=True) == "fixed_term"


@given(st.floats(min_value=0, max_value=600))
def test_rounding_moves_a_term_by_a_quarter_month_at_most(months):
    assert abs(round_to_half_month(months) - months) <= 0.25


def test_bins_split_at_their_edges():
    for number, edge in enumerate(BIN_EDGES, start=1):
        assert term_bin(edge + 0.5) == number
        assert term_bin(edge) == number + 1
    assert term_bin(None, life=True) == term_bin(None, death=True) == 0
