"""Slices: who belongs where, and what is told of each."""

import numpy as np
import pytest
from liangxing.errors import DataError
from liangxing_training.evaluation.bootstrap import Resampling
from liangxing_training.evaluation.outcomes import Intervals, Outcomes
from liangxing_training.evaluation.slices import (
    SLICERS,
    fairness_table,
    slice_table,
)

FEW = Resampling(resamples=50)


def row(fact="2016年3月1日，被告人甲某窃取手机一部。", charges=("盗窃",), **given):
    return {"fact": fact, "charges": list(charges), "months": 6, "life": False, **given}


def value(kind, **given):
    return list(SLICERS[kind](row(**given)))


def table_of(rows, months, **given):
    truth = Outcomes.from_months([r["months"] for r in rows])
    return slice_table(
        rows, truth, Outcomes.from_months(months), how=FEW, **({"minimum": 1} | given)
    )


def test_a_case_of_two_charges_is_in_both_slices():
    rows = [row(charges=["盗窃", "诈骗"]), row()]

    table = table_of(rows, [6, 6], by=["charge"])

    assert [(r.value, r.n) for r in table] == [("盗窃", 2), ("诈骗", 1)]


def test_each_slice_has_the_figures_of_its_own_cases():
    rows = [row(charges=["盗窃"])] * 3 + [row(charges=["诈骗"])] * 2

    table = table_of(rows, [6, 6, 6, 60, 60], by=["charge"])

    assert [r.metrics["cail_score"].value for r in table] == [100, 0]
    assert [r.metrics["mae_months"].value for r in table] == [0, 54]
    assert table[1].metrics["bias"].value == pytest.approx(np.log(61 / 7))


def test_small_slices_are_left_out():
    rows = [row()] * 5 + [row(charges=["诈骗"])]

    assert [r.value for r in table_of(rows, [6] * 6, by=["charge"], minimum=2)] == ["盗窃"]


def test_the_year_is_the_judgments_then_the_recorded_then_the_last_in_the_fact():
    fact = "2014年5月，甲某；2016年3月，乙某。"

    assert value("year", fact=fact) == ["2016"]
    assert value("year", fact=fact, year=2017) == ["2017"]
    assert value("year", fact=fact, year=2017, judgment_date="2018-01-05") == ["2018"]
    assert value("year", fact="甲某窃取手机一部。") == []


def test_lengths_meet_at_their_edges():
    assert value("fact length", fact="甲" * 200) == ["1-200"]
    assert value("fact length", fact="甲" * 201) == ["201-400"]
    assert value("fact length", fact="甲" * 1601) == [">1600"]


def test_plea_leniency_is_read_from_the_text():
    assert value("plea leniency", fact="被告人甲某自愿认罪认罚。") == ["stated"]
    assert value("plea leniency") == ["not stated"]


def test_sex_and_ethnicity_are_the_defendants_and_not_the_victims():
    fact = "被告人甲某，女，1980年出生，回族，无业。被害人乙某（男，汉族）报警。"

    assert value("sex", fact=fact) == ["女"]
    assert value("ethnicity", fact=fact) == ["回族"]


def test_sex_is_the_named_defendants_where_several_are_described():
    fact = "被告人甲某，男，汉族。被告人乙某，女，满族。"

    assert value("sex", fact=fact) == []
    assert value("sex", fact=fact, defendant="乙某") == ["女"]


def test_sex_is_not_guessed():
    assert value("sex", fact="被告人甲某将一名女子打伤。") == []


def test_defendants_are_counted_only_where_known():
    assert value("defendants", defendants_count=2) == ["2"]
    assert value("defendants", defendants_count=9) == ["4 or more"]
    assert value("defendants") == []


def test_the_fairness_table_holds_bias_and_coverage():
    rows = [row(fact="被告人甲某，男，汉族。")] * 4 + [row(fact="被告人乙某，女，汉族。")] * 4
    truth = Outcomes.from_months([6] * 8)
    intervals = Intervals.from_months([5] * 4 + [7] * 4, [8] * 8)

    table = fairness_table(
        rows,
        truth,
        Outcomes.from_months([6] * 4 + [8] * 4),
        intervals=intervals,
        minimum=1,
        how=FEW,
    )

    by_value = {r.value: r.metrics for r in table}
    assert set(by_value) == {"男", "女", "汉族"}
    assert by_value["男"]["coverage"].value == 1
    assert by_value["女"]["coverage"].value == 0
    assert by_value["女"]["bias"].value > by_value["男"]["bias"].value == 0


def test_macro_figures_can_be_sliced():
    table = table_of([row()] * 4, [6, 6, 6, 12], by=["charge"], figures=["macro_f1"])

    assert 0 < table[0].metrics["macro_f1"].value < 100


def test_rows_and_verdicts_must_match():
    with pytest.raises(DataError, match="1 rows but 2 verdicts"):
        slice_table([row()], Outcomes.from_months([1, 2]), Outcomes.from_months([1, 2]))
