"""Search, ablations and learning curve on the tiny pipeline."""

from __future__ import annotations

import json
import shutil

import mlflow
import numpy as np
import optuna
import pytest
from conftest import CONFIG, tiny_overrides
from liangxing_training.ablations import AblateSettings, System
from liangxing_training.config import load_config
from liangxing_training.experiments import errors_by_charge, errors_csv
from liangxing_training.heads import HeadSettings, train_head
from liangxing_training.tune import STUDY, TuneSettings, tune
from liangxing_training.workbench import Workbench
from rich.console import Console

HEAD = "{width: 16, epochs: 3}"
TUNE = TuneSettings(trials=3, seeds=(1, 2), startup_trials=1, widths=(8, 16), epochs=2)


@pytest.fixture(scope="module")
def pipeline(tiny_pipeline, tmp_path_factory):
    """The same data and model, for studies of a few seconds."""
    root = tmp_path_factory.mktemp("studies")
    overrides = [
        *tiny_overrides(root),
        "tune.trials=2",
        "tune.seeds=[1]",
        "tune.epochs=2",
        "ablate.seeds=[1, 2]",
        f"ablate.head={HEAD}",
        "ablate.fractions=[0.5, 1.0]",
        "ablate.resamples=50",
        "evaluate.baselines=[constant]",
        "trees.rounds=5",
        "trees.kept_ngrams=50",
    ]
    pipeline = Workbench(load_config(CONFIG, overrides))
    for folder in ("data", "model", "encoder"):
        source = tiny_pipeline.config.output / folder
        shutil.copytree(source, pipeline.config.output / folder)
    return pipeline


@pytest.fixture(scope="module")
def embedded(pipeline):
    with pipeline._parent():
        return pipeline._embedded()


@pytest.fixture(scope="module")
def report(pipeline):
    return pipeline.single_stage("ablate")


def test_the_table_has_a_row_for_every_part_and_the_baselines_beside(report):
    assert list(report.table) == [
        "best constant",
        "embedding",
        "embedding + legal features",
        "trees",
        "trees + verdict groups",
        "trees + verdict groups + terms",
        "embedding + legal features + trees",
        "the same + bounds",
        "fine-tuned",
        "fine-tuned + trees",
        "fine-tuned + trees + bounds",
    ]
    assert report.seeds["embedding"] == 2
    assert report.seeds["fine-tuned"] == 1
    for estimate in report.table.values():
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 100


def test_a_gain_is_the_difference_to_the_row_before(report):
    gain = report.gains["embedding + legal features"]
    table = report.table
    assert gain.difference == pytest.approx(
        table["embedding + legal features"].value - table["embedding"].value
    )
    assert "embedding" not in report.gains


def test_the_curve_uses_the_shares_of_train_that_were_asked_for(report, embedded):
    cases = len(embedded.train)
    assert {point.rows for point in report.curve} == {round(cases / 2), cases}
    assert {point.system for point in report.curve} == {"head", "trees", "head + trees"}


def test_lost_points_by_charge_add_up(report):
    assert sum(row.lost for row in report.by_charge) == pytest.approx(1)
    shares = [row.lost for row in report.by_charge]
    assert shares == sorted(shares, reverse=True)


def test_the_figures_lie_in_the_output_and_in_mlflow(report, pipeline):
    folder = pipeline.config.output / "ablations"
    written = json.loads((folder / "ablations.json").read_text(encoding="utf-8"))
    assert set(written["table"]) == set(report.table)
    assert (folder / "errors_by_charge.csv").read_text("utf-8") == errors_csv(report.by_charge)
    runs = mlflow.search_runs(
        experiment_names=[pipeline.config.tracking.experiment], output_format="list"
    )
    rows = {run.info.run_name: run.data.metrics for run in runs}
    assert rows["trees"]["cail_score"] == pytest.approx(report.table["trees"].value)


def test_the_tables_name_the_systems(report):
    from liangxing_training.ablation_tables import charge_table, curve_table, row_table

    console = Console(width=140)
    with console.capture() as capture:
        for table in (row_table(report), curve_table(report), charge_table(report)):
            console.print(table)
    text = capture.get()
    assert "fine-tuned + trees + bounds" in text
    assert report.by_charge[0].charge in text


def test_a_search_gives_overrides_that_the_config_takes(pipeline):
    found = pipeline.single_stage("tune")
    assert found.finished + found.pruned == 2
    config = load_config(CONFIG, [o for o in found.overrides() if "epochs" not in o])
    assert config.finetune.head_width == found.settings["width"]


def test_a_killed_search_goes_on_where_it_was(embedded, tmp_path):
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    mlflow.set_experiment("search")
    with mlflow.start_run():
        tune(embedded, TUNE.model_copy(update={"trials": 2}), tmp_path)
        first = optuna.load_study(study_name="head", storage=f"sqlite:///{tmp_path / STUDY}")
        # What a kill leaves behind: a trial that never ends.
        first.ask()
        found = tune(embedded, TUNE, tmp_path)
    states = [trial.state.name for trial in found.study.trials]
    assert len(states) == 4
    assert states[2] == "RUNNING"
    assert found.finished + found.pruned == 3
    assert found.study.trials[0].value == first.trials[0].value


def test_a_head_learns_and_repeats_itself(embedded):
    settings = HeadSettings(width=16, epochs=4)
    trained = train_head(embedded, settings, 3)
    again = train_head(embedded, settings, 3)
    assert trained.loss == again.loss
    assert trained.loss < train_head(embedded, settings.model_copy(update={"epochs": 1}), 3).loss
    assert trained.probabilities.sum(1) == pytest.approx(np.ones(len(embedded.validation)))


def test_a_head_without_text_and_features_answers_every_case_alike(embedded):
    blind = HeadSettings(width=8, epochs=1, text=False, legal_features=False)
    found = train_head(embedded, blind, 3).probabilities
    assert np.ptp(found, axis=0).max() < 1e-9


def test_embeddings_are_computed_once(pipeline, embedded):
    folder = pipeline.config.output / "embeddings"
    before = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    with pipeline._parent():
        again = pipeline._embedded()
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == before
    assert np.array_equal(again.train.embeddings, embedded.train.embeddings)


def test_a_charge_with_perfect_answers_costs_nothing():
    records = [{"charges": ["盗窃"]}, {"charges": ["诈骗"]}]
    system = System("some", np.array([100.0, 40.0]), None, 1)
    worst, best = errors_by_charge(records, system)
    assert (worst.charge, worst.lost) == ("诈骗", 1.0)
    assert (best.charge, best.cail_score, best.lost) == ("盗窃", 100.0, 0.0)


def test_ablation_settings_name_the_wrong_key():
    with pytest.raises(ValueError, match="discount"):
        AblateSettings(discount=0)
