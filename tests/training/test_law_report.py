"""The report on verdicts: what counts as inside, and why a verdict lies outside."""

import json
from dataclasses import replace

import pytest
from liangxing.errors import DataError
from liangxing_training.evaluation.law_report import law_report, record_law_use
from record_factory import RECORD

FACT = "2016年5月3日，被告人赵某窃得现金5000元。"


def row(months, *, id="a", fact=FACT, **changes):
    return replace(RECORD, id=id, fact=fact, months=months, **changes).to_row()


def test_a_verdict_inside_the_tier_counts_and_one_above_it_is_named_with_its_reason():
    """Theft of 5 000 yuan: up to 36 months (Criminal Law art. 264)."""
    report = law_report([row(8), row(48, id="b")])
    assert report.total.cases == 2
    assert report.total.inside == 0.5
    assert report.total.inside_outer == 1.0
    (worst,) = report.worst
    assert worst.id == "b"
    assert "above 36" in worst.reason


def test_the_chosen_tier_is_narrower_than_all_tiers_of_the_charge():
    assert law_report([row(8)]).total.width_ratio < 0.75


def test_a_life_sentence_is_inside_only_where_a_tier_opens_it():
    large = row(None, life=True, kind="life")
    huge = {**large, "fact": FACT.replace("5000", "800000")}
    assert law_report([large]).total.inside == 0
    assert law_report([huge]).total.inside == 1


def test_rows_of_several_charges_or_defendants_are_left_out():
    joined = row(8, id="b", charges=("盗窃", "诈骗"))
    crowd = row(8, id="c", defendants_count=3)
    assert law_report([row(8), joined, crowd]).total.cases == 1
    with pytest.raises(DataError, match="no row"):
        law_report([joined, crowd])


def test_the_report_names_no_text_and_its_use_of_test_is_logged(tmp_path):
    report = law_report([row(48)])
    assert "赵某" not in report.to_json()
    assert json.loads(report.to_json())["total"]["cases"] == 1
    record_law_use(tmp_path, report)
    record_law_use(tmp_path, report)
    assert len((tmp_path / "final_evaluations.jsonl").read_text("utf-8").splitlines()) == 2
