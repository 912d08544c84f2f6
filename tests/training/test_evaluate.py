"""An evaluation on the tiny pipeline: every system on the same rows, and figures that agree."""

import csv
import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from liangxing.errors import DataError
from liangxing_training.evaluation import tables
from liangxing_training.evaluation.bootstrap import Resampling
from liangxing_training.evaluation.evaluate import GIVEN, PREDICTED, evaluate, pooled_coverage
from liangxing_training.evaluation.metrics import cail_score
from liangxing_training.evaluation.model_run import LEVEL, LEVELS, MODES
from liangxing_training.evaluation.outcomes import Outcomes
from liangxing_training.evaluation.reweighting import (
    ChargeMix,
    cail_charge_mix,
    reweighted,
)
from liangxing_training.evaluation.settings import EvaluateSettings
from liangxing_training.evaluation.slices import by_origin, by_period
from rich.console import Console

SETTINGS = EvaluateSettings(baselines=("constant", "median"), resamples=50, minimum_slice=5)


@pytest.fixture(scope="module")
def rows(tiny_pipeline):
    return tiny_pipeline.prepare().with_term("validation")


@pytest.fixture(scope="module")
def evaluation(tiny_pipeline, rows):
    data = tiny_pipeline.prepare()
    return evaluate(
        tiny_pipeline.bundle_folder, rows, data.with_term("train"), "validation", SETTINGS
    )


def test_every_system_is_scored_on_the_same_rows_with_intervals(evaluation, rows):
    assert list(evaluation.table) == ["best constant", "median per charge", GIVEN, PREDICTED]
    for system, row in evaluation.table.items():
        estimate = row["cail_score"]
        assert estimate.n == len(rows)
        assert estimate.low <= estimate.value <= estimate.high
        assert estimate.value == pytest.approx(
            cail_score(evaluation.truth, evaluation.points[system])
        )


def test_the_paired_difference_is_the_difference_of_the_two_figures(evaluation):
    model, constant = evaluation.table[GIVEN], evaluation.table["best constant"]

    found = evaluation.differences["best constant"]["cail_score"]

    assert found.difference == pytest.approx(
        model["cail_score"].value - constant["cail_score"].value
    )
    assert found.low <= found.difference <= found.high


def test_coverage_by_level_agrees_with_the_intervals_the_predictor_gives(evaluation):
    levels, shares = pooled_coverage(evaluation, "charge_given")

    assert levels == list(LEVELS)
    assert shares == sorted(shares)
    assert shares[levels.index(LEVEL)] == pytest.approx(evaluation.table[GIVEN]["coverage"].value)


def test_coverage_is_counted_per_mode_and_charge(evaluation, rows):
    pooled = [row for row in evaluation.coverage if row.group == "pooled"]
    assert {(row.mode, row.level) for row in pooled} == {(m, v) for m in MODES for v in LEVELS}
    assert {row.n for row in pooled} == {len(rows)}
    by_charge = [
        row
        for row in evaluation.coverage
        if row.group != "pooled" and row.mode == "charge_given" and row.level == LEVEL
    ]
    assert sum(row.n for row in by_charge) == len(rows)
    assert sum(row.covered for row in by_charge) == next(
        row.covered for row in pooled if row.mode == "charge_given" and row.level == LEVEL
    )
    assert all(row.covered <= row.n - row.outside_bounds for row in evaluation.coverage)


def test_the_charge_predicted_row_tells_how_often_and_how_surely_the_charge_is_right(
    evaluation, rows
):
    row = evaluation.table[PREDICTED]

    assert 0 < row["charge_accuracy"].value <= 1
    assert 0 < row["single_charge_accuracy"].value <= 1
    singles = sum(len(each["charges"]) == 1 for each in rows)
    assert row["single_charge_accuracy"].n == singles <= row["charge_accuracy"].n
    assert 0 <= row["charge_ece"].value <= 1
    assert "charge_accuracy" not in evaluation.table[GIVEN]


def test_suspension_and_fine_are_scored_beside_what_needs_no_text(evaluation, rows):
    known = sum(row["suspension"] is not None for row in rows)
    assert all(each.eligible + each.ineligible == known for each in evaluation.suspension)
    # With the charge predicted, the small model finds too few eligible to be calibrated.
    report = evaluation.suspension[0]
    assert 0 < report.eligible <= known
    brier = report.metrics["brier"]
    assert brier.n == report.eligible
    assert brier.value == pytest.approx(np.mean((report.probability - report.suspended) ** 2))
    assert report.brier_difference.difference == pytest.approx(
        brier.value - report.metrics["brier_constant"].value
    )
    assert 0 <= report.metrics["ece"].value <= 1
    for report in evaluation.fine:
        assert report.cases == report.metrics["coverage"].n
        assert 0 < report.cases < len(rows)
        error = np.abs(np.log1p(report.actual) - np.log1p(report.predicted))
        assert report.metrics["log_error"].value == pytest.approx(np.median(error))
        # What the law's bounds cut off, of a charge wrongly predicted too, no range can cover.
        assert report.metrics["coverage"].value + report.metrics["outside_law"].value > 0.7


def test_a_head_without_a_probability_says_so_and_scores_nothing(evaluation):
    silent = replace(evaluation.suspension[0], metrics={}, uncalibrated=True)

    lines = tables.suspension_and_fine_lines(replace(evaluation, suspension=[silent]))

    assert "not calibrated" in lines[0]
    assert "Brier" in tables.suspension_and_fine_lines(evaluation)[0]
    assert "the 80 % range covers" in lines[1]


def test_artifacts_hold_every_system_and_slice(evaluation, rows):
    files = tables.artifact_files(evaluation)

    heads = json.loads(files["validation_suspension_and_fine.json"])
    assert [len(heads[name]) for name in ("suspension", "fine")] == [2, 2]
    table = json.loads(files["validation_table.json"])
    assert set(table["systems"]) == set(evaluation.table)
    assert table["n"] == len(rows)
    lines = list(csv.DictReader(io.StringIO(files["validation_slices.csv"])))
    assert {"charge", "term bin", "fact length", "plea leniency"} <= {r["slice"] for r in lines}


def test_mlflow_names_hold_no_letter_it_refuses_and_no_figure_that_is_unknown(evaluation):
    figures = tables.flat(evaluation)

    assert figures["validation/best_constant/cail_score"] > 0
    assert figures["validation/model_charge_given/fine_cases"] > 0
    assert 0 < figures["validation/model_charge_given/suspension_brier"] < 1
    assert not any(set(name) & set("+,%") for name in figures)
    assert not any(math.isnan(value) for value in figures.values())


def test_the_console_shows_all_systems_and_the_difference_to_each_baseline(evaluation):
    console = Console(width=200, record=True)

    console.print(tables.score_table(evaluation))

    text = console.export_text()
    assert all(system in text for system in evaluation.table)
    assert [line.split(":")[0] for line in tables.difference_lines(evaluation)] == [
        f"{GIVEN} minus best constant",
        f"{GIVEN} minus median per charge",
    ]


def test_a_narrow_terminal_shows_the_main_figures_whole(evaluation):
    console = Console(width=80, record=True)

    console.print(tables.score_table(evaluation, 80))

    text = console.export_text()
    for row in evaluation.table.values():
        assert f"{row['cail_score'].value:.1f}" in text
        assert f"{row['mae_months'].value:.1f}" in text
    assert "…" not in text


def test_a_charge_mix_weights_cases_as_if_the_charges_were_those_of_the_mix():
    rows = [{"charges": ["盗窃"]}] * 3 + [{"charges": ["诈骗"]}]
    truth = Outcomes.from_months([12, 12, 12, 12])
    predicted = Outcomes.from_months([12, 12, 12, 200])
    mix = ChargeMix("made up", {"盗窃": 0.25, "诈骗": 0.5, "抢劫": 0.25})

    found = reweighted(rows, truth, predicted, mix, Resampling(resamples=20))

    # A quarter of theft scores 100, a half of fraud 0, and of robbery nothing is known.
    assert found.metrics["cail_score"].value == pytest.approx(100 / 3)
    assert found.reached == pytest.approx(0.75)


def test_the_charge_mix_is_counted_from_a_cail_file(tmp_path):
    def line(charge):
        term = {"imprisonment": 6, "life_imprisonment": False, "death_penalty": False}
        meta = {"accusation": [charge], "relevant_articles": [1], "term_of_imprisonment": term}
        return json.dumps({"fact": "某事。", "meta": meta}, ensure_ascii=False)

    path = tmp_path / "cail.json"
    path.write_text("\n".join(map(line, ["盗窃", "盗窃", "诈骗", "危险驾驶"])), encoding="utf-8")

    assert cail_charge_mix(path).shares == {"盗窃": 0.5, "诈骗": 0.25, "危险驾驶": 0.25}
    path.write_text("", encoding="utf-8")
    with pytest.raises(DataError):
        cail_charge_mix(path)


def test_rows_are_sliced_by_period_and_by_the_collection_they_come_from():
    recent = {"fact": "某事。", "judgment_date": "2019-05-01", "source": "who/what: part/a.json"}

    assert by_period(recent) == ["2018 or later"]
    assert by_period({"fact": "2015年某事。"}) == ["to 2017"]
    assert by_origin(recent) == ["who/what"]
    assert by_origin({"fact": "某事。"}) == []


def test_an_evaluation_is_the_same_twice(tiny_pipeline, rows, evaluation):
    train = tiny_pipeline.prepare().with_term("train")

    again = evaluate(tiny_pipeline.bundle_folder, rows, train, "validation", SETTINGS)

    assert tables.artifact_files(again) == tables.artifact_files(evaluation)
    assert np.array_equal(
        again.points[GIVEN].months, evaluation.points[GIVEN].months, equal_nan=True
    )
