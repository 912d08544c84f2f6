import pytest
from hypothesis import given
from hypothesis import strategies as st
from liangxing.case import MAX_FACT_CHARACTERS, Case
from liangxing.errors import CaseError
from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.reading.quantities import UNITS


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, ["'fact'", "missing"]),
        ({"fact": ""}, ["'fact'", "empty"]),
        ({"fact": "张" * (MAX_FACT_CHARACTERS + 1)}, ["'fact'", "20001", "20000"]),
        ({"fact": "no Chinese here"}, ["'fact'", "Chinese"]),
        ({"fact": 7}, ["'fact'", "string"]),
        ({"fact": "张三盗窃", "charges": "盗窃"}, ["'charges'"]),
        ({"fact": "张三盗窃", "charges": [264]}, ["'charges.0'", "string"]),
        ({"fact": "张三盗窃", "offence_date": "2020/1/1"}, ["'offence_date'", "ISO"]),
        ({"fact": "张三盗窃", "defendants_count": 0}, ["'defendants_count'"]),
        ({"fact": "张三盗窃", "stage": "appeal"}, ["'stage'"]),
        (
            {"fact": "张三盗窃", "circumstances": {"surender": True}},
            ["field 'circumstances'", "unknown id 'surender'", "surrender (自首)"],
        ),
        (
            {"fact": "张三盗窃", "circumstances": {"累犯": True}},
            ["field 'circumstances'", "unknown id '累犯'", "recidivist"],
        ),
        (
            {"fact": "张三盗窃", "quantities": {"amount": 3000}},
            ["field 'quantities'", "unknown id 'amount'", "amount_yuan (数额)"],
        ),
        ({"fact": "张三盗窃", "quantities": {"surrender": 1}}, ["'quantities'", "'surrender'"]),
        ({"fact": "张三盗窃", "quantities": {"件" * 9000: 1}}, ["'quantities'", "'件件"]),
        ("张三盗窃", ["JSON object"]),
    ],
)
def test_a_bad_case_is_refused_in_one_line_that_names_the_field(row, words):
    with pytest.raises(CaseError) as caught:
        Case.from_row(row)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    assert all(word in message for word in words)


def test_null_means_not_given_and_unknown_columns_are_ignored():
    case = Case.from_row({"fact": "张三盗窃", "charges": None, "months": 12}, default_id="3")
    assert case.charges == ()
    assert case.id == "3"


def test_every_id_that_is_read_or_asked_for_may_be_given():
    given = {"circumstances": dict.fromkeys(fact_names(), True)}
    given["quantities"] = dict.fromkeys([*quantity_names(), *UNITS, "base_months"], 1)
    case = Case.from_row({"fact": "张三盗窃", **given})
    assert set(case.circumstances) == set(fact_names())
    assert set(UNITS) <= set(case.quantities)


@given(st.dictionaries(st.sampled_from(["fact", "charges", "id", "stage"]), st.text() | st.none()))
def test_any_row_gives_a_case_or_a_case_error(row):
    try:
        case = Case.from_row(row)
    except CaseError:
        return
    assert case.fact
