"""The whole benchmark: a bundle or a file of answers, what was seen left out, a report in one
page."""

import json
import re
import subprocess
import sys

import mlflow
import pytest
from liangxing.errors import ConfigError, DataError
from liangxing_training.cli import app
from liangxing_training.evaluation.benchmarks import SUITES, publish, report
from liangxing_training.evaluation.benchmarks.run import (
    CONSTANT,
    GIVEN,
    PREDICTED,
    Request,
    run_benchmark,
)
from liangxing_training.evaluation.bootstrap import Resampling
from typer.testing import CliRunner

FRESH = "2016年5月{}日，被告人赵某甲在东河市某商场窃得被害人孙某乙的{}，价值人民币{}元。"
THINGS = ("手机一部", "电动车一辆", "金项链一条", "笔记本电脑一台", "现金若干", "自行车两辆")
FEW = Resampling(resamples=30)


def cail_row(fact, months, charge="盗窃"):
    term = {"imprisonment": months, "life_imprisonment": False, "death_penalty": False}
    meta = {"accusation": [charge], "relevant_articles": [264], "term_of_imprisonment": term}
    return {"fact": fact, "meta": meta | {"criminals": ["赵某甲"]}}


def lines(path, rows):
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    return path


def fresh_rows():
    return [
        cail_row(FRESH.format(n + 1, thing, 3000 + 4000 * n), 6 + 6 * n)
        for n, thing in enumerate(THINGS)
    ]


@pytest.fixture(scope="module")
def benchmarked(tiny_pipeline, tmp_path_factory):
    seen = tiny_pipeline.prepare().with_term("train")[0]
    rows = [*fresh_rows(), cail_row(seen["fact"], 12), cail_row("no Chinese here", 6)]
    path = lines(tmp_path_factory.mktemp("benchmark") / "test.json", rows)
    request = Request(
        suite=SUITES["cail2018-small"],
        data=path,
        model=tiny_pipeline.bundle_folder,
        resampling=FEW,
    )
    return run_benchmark(request)


def test_a_fact_the_model_was_trained_on_is_dropped_and_counted(benchmarked):
    assert benchmarked.dropped == ("7",)
    assert "7" not in {item.id for item in benchmarked.items}
    assert any("1 rows resemble a training fact" in note for note in report.notes(benchmarked))


def test_charge_given_and_charge_predicted_are_two_rows_beside_the_constant(benchmarked):
    assert list(benchmarked.systems) == [CONSTANT, GIVEN, PREDICTED]
    assert set(benchmarked.differences) == {CONSTANT, PREDICTED}
    constant = benchmarked.systems[CONSTANT].official["cail_score"]
    assert constant.low <= constant.value <= constant.high


def test_a_row_that_is_no_case_counts_as_wrong_and_is_listed(benchmarked):
    assert benchmarked.systems[GIVEN].missing == ("8",)
    scored = benchmarked.systems[GIVEN].official["cail_score"]
    assert scored.n == len(benchmarked.items) == 7


def test_the_constant_in_hindsight_is_beaten_by_no_other_constant(benchmarked):
    suite, items = benchmarked.suite, benchmarked.items
    best = benchmarked.systems[CONSTANT].official["cail_score"].value

    for answer in {item.months for item in items}:
        said = [benchmarked.systems[CONSTANT].answers[0].__class__(answer)] * len(items)
        assert suite.score(items, said)["cail_score"].value <= best + 1e-9


def test_the_report_is_one_page_with_plots_tables_and_traces(benchmarked):
    page = report.html_report(benchmarked)

    assert not re.search(r"<(?:link|script)|(?:src|href)=\"(?!data:)", page)
    assert page.count("data:image/png;base64,") >= 4
    for words in ("TopJudge", "arXiv 2401.15371", GIVEN, "Error by charge", "Worst misses"):
        assert words in page
    assert "《刑法》" in page
    assert not re.search(r"None|True|False|\{", page.partition("Worst misses")[2])


def test_a_fact_cannot_inject_markup_into_the_report(tiny_pipeline, tmp_path):
    row = cail_row("被告人<script>alert(1)</script>窃得手机一部。", 300)
    path = lines(tmp_path / "test.json", [row])
    request = Request(
        suite=SUITES["cail2018-big"],
        data=path,
        model=tiny_pipeline.bundle_folder,
        resampling=FEW,
    )

    assert "<script>" not in report.html_report(run_benchmark(request))


def test_results_hold_every_figure_and_no_text_of_a_case(benchmarked):
    text = report.results_json(benchmarked)

    results = json.loads(text)
    assert results["systems"][GIVEN]["official"]["cail_score"]["n"] == 7
    assert results["dropped_as_seen"] == ["7"]
    assert len(results["published"]) == 6
    assert "赵某甲" not in text


def test_any_system_is_scored_from_a_file_and_its_gaps_are_listed(tmp_path):
    rows = [{"id": f"r{n}", "fact": f"某事{n}。", "months": 12} for n in range(3)]
    data = lines(tmp_path / "rows.jsonl", rows)
    answers = lines(tmp_path / "theirs.jsonl", [{"id": "r0", "months": 12, "low": 6, "high": 16}])
    request = Request(
        suite=SUITES["interval-2025"],
        data=data,
        predictions=answers,
        name="theirs",
        resampling=FEW,
    )

    result = run_benchmark(request)

    assert result.systems["theirs"].missing == ("r1", "r2")
    assert result.systems["theirs"].official["interval_score"].value == pytest.approx(0.5 / 3)
    assert result.dropped is None
    assert any("r1, r2" in note for note in report.notes(result))


def test_one_of_model_and_predictions_is_needed(tmp_path):
    with pytest.raises(ConfigError, match="exactly one"):
        Request(suite=SUITES["judge"], data=tmp_path)


def test_nothing_is_scored_when_every_row_was_seen(tiny_pipeline, tmp_path):
    seen = tiny_pipeline.prepare().with_term("train")[:2]
    path = lines(tmp_path / "test.json", [cail_row(row["fact"], 12) for row in seen])
    request = Request(suite=SUITES["cail2018-small"], data=path, model=tiny_pipeline.bundle_folder)

    with pytest.raises(DataError, match="all 2 rows"):
        run_benchmark(request)


def test_the_command_writes_both_files_and_logs_a_run_linked_to_the_model(tiny_pipeline, tmp_path):
    uri = tiny_pipeline.config.tracking.uri
    arguments = ["benchmark", "--suite", "cail2018-small", "--limit", "3"]
    arguments += ["--data", str(lines(tmp_path / "test.json", fresh_rows()))]
    arguments += ["--model", str(tiny_pipeline.bundle_folder)]
    arguments += ["--output", str(tmp_path / "out"), "--tracking", uri]

    done = CliRunner().invoke(app, arguments, catch_exceptions=False)

    assert done.exit_code == 0, done.output
    assert {p.name for p in (tmp_path / "out").iterdir()} == {publish.RESULTS, publish.REPORT}
    client = mlflow.MlflowClient(uri)
    experiment = client.get_experiment_by_name("liangxing")
    run = client.search_runs([experiment.experiment_id], "tags.stage = 'benchmark'")[0]
    written = json.loads((tmp_path / "out" / publish.RESULTS).read_text(encoding="utf-8"))
    score = written["systems"]["model, charge given"]["metrics"]["cail_score"]["value"]
    assert run.data.metrics["cail2018-small/model_charge_given/cail_score"] == score
    assert {a.path for a in client.list_artifacts(run.info.run_id)} == {
        publish.RESULTS,
        publish.REPORT,
    }
    model = client.search_logged_models([experiment.experiment_id])[0]
    assert any(metric.run_id == run.info.run_id for metric in model.metrics)


@pytest.mark.slow
def test_the_command_tells_nothing_of_the_stores_that_mlflow_sets_up(tmp_path):
    data = lines(tmp_path / "rows.jsonl", [{"id": "a", "fact": "某事。", "months": 12}])
    answers = lines(tmp_path / "theirs.jsonl", [{"id": "a", "months": 12}])
    command = [sys.executable, "-m", "liangxing_training.cli", "benchmark"]
    command += ["--suite", "interval-2025", "--data", str(data), "--predictions", str(answers)]
    command += ["--output", str(tmp_path), "--tracking", f"sqlite:///{tmp_path}/mlflow.db"]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert "MLflow run" in done.stdout
    assert "INFO" not in done.stderr
