"""The service follows an alias of a real registry."""

from __future__ import annotations

import json
import shutil

import httpx2
import mlflow
import pytest
from liangxing.model.bundle import BUNDLED, MANIFEST
from liangxing.service.settings import Settings
from liangxing_training import pyfunc
from service_thread import served

CASE = {"fact": "2022年5月6日，被告人赵某甲窃得手机一部，价值人民币4200元。", "charges": ["盗窃"]}
NAME, ALIAS = "served-model", "champion"


@pytest.fixture
def registry(tmp_path):
    """A registry of this test's own: its client, and versions "first" and "second" of a model."""
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'mlflow.db'}")
    experiment = mlflow.create_experiment("swap", artifact_location=str(tmp_path / "artifacts"))
    registered = {}
    for name in ("first", "second"):
        bundle = shutil.copytree(BUNDLED, tmp_path / name)
        manifest = json.loads((bundle / MANIFEST).read_text())
        (bundle / MANIFEST).write_text(json.dumps({**manifest, "version": name}))
        with mlflow.start_run(experiment_id=experiment):
            registered[name] = pyfunc.log_bundle(bundle, NAME).registered_model_version
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(NAME, ALIAS, registered["first"])
    yield client, registered, tmp_path / "artifacts"
    mlflow.set_tracking_uri(before)


def ask(service):
    answer = httpx2.post(f"{service.url}/v1/predict", json={"case": CASE}, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()["model"]["version"]


def refused(service) -> bool:
    return httpx2.get(f"{service.url}/readyz").json()["newer_model_refused"]


@pytest.mark.slow
def test_the_service_follows_the_alias_and_refuses_a_damaged_version(registry):
    client, registered, artifacts = registry
    settings = Settings(model=f"models:/{NAME}@{ALIAS}", deadline=120, poll_seconds=3600)
    with served(settings) as service:
        models = service.context.models
        assert ask(service) == "first"
        client.set_registered_model_alias(NAME, ALIAS, registered["second"])
        models.look()
        assert (ask(service), refused(service)) == ("second", False)
        for head in artifacts.rglob("head.onnx"):
            head.write_bytes(head.read_bytes()[:-1])
        client.set_registered_model_alias(NAME, ALIAS, registered["first"])
        models.look()
        assert (ask(service), refused(service)) == ("second", True)
        client.delete_registered_model_alias(NAME, ALIAS)
        models.look()
        assert ask(service) == "second"
