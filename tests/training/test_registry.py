"""From bundle to champion and back: registered, gated, loaded by its alias, served."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from liangxing.errors import BundleError
from liangxing.model import registry as light
from liangxing.predictor import SentencePredictor
from liangxing_training import registry
from liangxing_training.evaluation.bootstrap import PairedDifference
from liangxing_training.evaluation.model_run import CoverageRow
from liangxing_training.gates import coverage_gate, win_gate
from spark_cluster import need_spark, spark_cluster

CASE = {
    "id": "a",
    "fact": "2020年5月6日，被告人赵某甲窃得孙某乙的手机一部，价值人民币4200元。",
    "charges": ["盗窃"],
}


@pytest.fixture(scope="module")
def champion(tiny_pipeline):
    """The tiny bundle as champion: its figures on a hundred cases are beside the point here, so
    the gates that measure are given others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            registry, "win_gate", lambda _, name: win_gate(PairedDifference(9, 1, 17, 0, 9), name)
        )
        covered = [CoverageRow("charge_given", "pooled", 0.9, 100, 91, 91, 0)]
        patch.setattr(registry, "coverage_gate", lambda _, level: coverage_gate(covered, level))
        return registry.register(tiny_pipeline, "test-model")


def test_a_bundle_that_passes_every_gate_becomes_champion(champion, tiny_pipeline):
    assert champion.promoted
    assert [gate.name for gate in champion.gates] == ["paired bootstrap", "coverage", "parity"]
    client = mlflow.MlflowClient(tiny_pipeline.config.tracking.uri)
    version = client.get_model_version_by_alias("test-model", "champion")
    assert str(version.version) == champion.version


def test_the_champion_is_loaded_by_its_alias_and_predicts_as_the_bundle(champion, bundle_folder):
    loaded = SentencePredictor.load("models:/test-model@champion")

    assert loaded.predict(CASE) == SentencePredictor.load(bundle_folder).predict(CASE)


def test_a_challenger_that_does_not_win_is_registered_but_the_champion_stays(
    champion, tiny_pipeline
):
    again = registry.register(tiny_pipeline, "test-model")

    assert again.failed[0].name == "paired bootstrap"
    assert f"champion version {champion.version}" in again.failed[0].detail
    client = mlflow.MlflowClient(tiny_pipeline.config.tracking.uri)
    aliases = client.get_registered_model("test-model").aliases
    assert {name: str(version) for name, version in aliases.items()} == {
        "champion": champion.version,
        "challenger": again.version,
    }


def test_the_pyfunc_takes_data_frames_with_holes_and_gives_json_where_asked(champion):
    model = mlflow.pyfunc.load_model("models:/test-model@champion")
    frame = pd.DataFrame([CASE, {"id": "b", "fact": CASE["fact"], "charges": np.nan}])

    found = model.predict(frame, params={"level": 0.5, "as_json": True})

    rows = [json.loads(text) for text in found]
    assert [row["id"] for row in rows] == ["a", "b"]
    assert {row["interval"]["level"] for row in rows} == {0.5}


def test_a_registered_model_is_code_and_a_bundle_without_any_pickle(champion):
    folder = Path(mlflow.artifacts.download_artifacts("models:/test-model@champion"))

    assert (folder / "bundle_model.py").is_file()
    assert list((folder / "artifacts").rglob("manifest.json"))
    assert not list(folder.rglob("*.pkl"))


def test_an_unknown_model_names_the_alias_and_the_setting(champion):
    with pytest.raises(BundleError, match="MLFLOW_TRACKING_URI"):
        SentencePredictor.load("models:/nobody@champion")


def test_without_a_database_driver_the_error_says_what_to_install_or_start(champion, monkeypatch):
    monkeypatch.setattr(light.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(BundleError, match=r"install mlflow, or start `mlflow server"):
        light.local_folder("models:/test-model@champion")


def test_without_mlflow_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)

    with pytest.raises(BundleError, match=r"liangxing\[registry\]"):
        light.local_folder("models:/test-model@champion")


def test_a_path_needs_no_registry(monkeypatch):
    monkeypatch.setitem(sys.modules, "mlflow", None)

    assert light.local_folder("runs/default/bundle") == Path("runs/default/bundle")


@pytest.mark.slow
def test_the_champion_is_served_over_http(champion, tiny_pipeline):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uri = tiny_pipeline.config.tracking.uri
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--env-manager", "local"]
    command += ["-m", "models:/test-model@champion", "-h", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(
        command,
        # The server is started by its bare name.
        env=os.environ
        | {
            "MLFLOW_TRACKING_URI": uri,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        body = json.dumps({"dataframe_records": [CASE], "params": {"level": 0.8}}).encode()
        answer = json.loads(_posted(f"http://127.0.0.1:{port}/invocations", body, server))
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait()
    prediction = answer["predictions"][0]
    assert prediction["interval"]["level"] == 0.8
    expected = SentencePredictor.load(tiny_pipeline.bundle_folder).predict(CASE, level=0.8)
    assert prediction["penalty"]["months"] == expected.penalty.months


def _posted(url: str, body: bytes, server: subprocess.Popen) -> bytes:
    """The answer once the server listens; fails when it ends first."""
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    deadline = time.monotonic() + 300
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            raise
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not answer"
            os.sched_yield()


@pytest.mark.slow
def test_spark_applies_the_champion_to_columns_as_the_predictor_does(champion, monkeypatch):
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    cases = [{**CASE, "id": str(n), "fact": CASE["fact"] + "如实供述。" * n} for n in range(4)]
    cases.append({"id": "4", "fact": CASE["fact"], "charges": None})
    functions = need_spark().functions
    with spark_cluster() as spark:
        udf = mlflow.pyfunc.spark_udf(
            spark,
            "models:/test-model@champion",
            result_type="string",
            env_manager="local",
            params={"as_json": True},
        )
        columns = "id string, fact string, charges array<string>"
        frame = spark.createDataFrame([tuple(case.values()) for case in cases], columns)
        rows = frame.repartition(2).select(udf(functions.struct("*")).alias("made")).collect()
    made = {row["id"]: row["penalty"]["months"] for row in (json.loads(r.made) for r in rows)}
    predictor = SentencePredictor.load("models:/test-model@champion")
    assert made == {each.id: each.penalty.months for each in predictor.predict_many(cases)}
