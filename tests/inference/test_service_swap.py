"""Another model takes over while requests go on; a damaged one never does."""

from __future__ import annotations

import json
import shutil

import httpx2
import pytest
from liangxing import cli
from liangxing.errors import BundleError
from liangxing.model.bundle import BUNDLED, MANIFEST
from liangxing.service.settings import Settings
from service_thread import Later, served, slowly

CASE = {"fact": "2022年5月6日，被告人赵某甲窃得手机一部，价值人民币4200元。", "charges": ["盗窃"]}


@pytest.fixture
def bundle(tmp_path):
    """A copy that a test may change."""
    return shutil.copytree(BUNDLED, tmp_path / "bundle")


def name_it(bundle, version: str) -> None:
    """Another model as far as anybody can see."""
    manifest = json.loads((bundle / MANIFEST).read_text())
    fresh = bundle / "manifest.new"
    fresh.write_text(json.dumps({**manifest, "version": version}))
    fresh.replace(bundle / MANIFEST)


def damage(bundle) -> bytes:
    head = bundle / "head.onnx"
    content = head.read_bytes()
    head.write_bytes(content[:-1])
    return content


def ask(service):
    answer = httpx2.post(f"{service.url}/v1/predict", json={"case": CASE}, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()["model"]["version"]


def ready(service):
    return httpx2.get(f"{service.url}/readyz")


def test_a_new_model_answers_new_requests_and_the_old_one_finishes_its_own(bundle):
    name_it(bundle, "old")
    settings = Settings(model=str(bundle), deadline=120, poll_seconds=3600, concurrency=2)
    with served(settings) as service:
        models = service.context.models
        with slowly(service) as slow:
            before = Later(lambda: ask(service))
            assert slow.begun.acquire(timeout=60)
            name_it(bundle, "new")
            models.look()
            taken = models.current
            assert ask(service) == "new"
            slow.go.set()
            assert before.result() == "old"
        models._loaded = taken
        assert ready(service).json() == {"status": "ready", "newer_model_refused": False}


def test_a_damaged_model_is_refused_and_the_former_goes_on(bundle):
    name_it(bundle, "old")
    with served(Settings(model=str(bundle), deadline=120, poll_seconds=3600)) as service:
        models = service.context.models
        whole = damage(bundle)
        models.look()
        assert ready(service).json() == {"status": "ready", "newer_model_refused": True}
        assert "head.onnx" not in ready(service).text
        assert ask(service) == "old"
        assert 'result="refused"} 1.0' in httpx2.get(f"{service.url}/metrics").text
        (bundle / "head.onnx").write_bytes(whole)
        name_it(bundle, "mended")
        models.look()
        assert ready(service).json()["newer_model_refused"] is False
        assert ask(service) == "mended"


def test_a_change_is_noticed_without_being_told(bundle):
    name_it(bundle, "old")
    with served(Settings(model=str(bundle), deadline=120, poll_seconds=0.05)) as service:
        name_it(bundle, "new")
        while ask(service) == "old":
            pass
        assert ask(service) == "new"


def test_a_registry_that_does_not_answer_leaves_the_former_model_in_peace(bundle, monkeypatch):
    def silent(_):
        raise BundleError("the registry does not answer")

    name_it(bundle, "old")
    aliases = {"models:/m@champion": "1"}
    monkeypatch.setattr("liangxing.service.models.registered_version", aliases.__getitem__)
    monkeypatch.setattr("liangxing.predictor.local_folder", lambda _: bundle)
    settings = Settings(model="models:/m@champion", deadline=120, poll_seconds=3600)
    with served(settings) as service:
        models = service.context.models
        with monkeypatch.context() as down:
            down.setattr("liangxing.service.models.registered_version", silent)
            models.look()
            models.look()
        assert ready(service).json() == {"status": "ready", "newer_model_refused": False}
        assert ask(service) == "old"
        name_it(bundle, "new")
        aliases["models:/m@champion"] = "2"
        models.look()
        assert ask(service) == "new"


def test_without_a_model_it_lives_but_is_not_ready(bundle):
    damage(bundle)
    with served(Settings(model=str(bundle), poll_seconds=3600)) as service:
        assert httpx2.get(f"{service.url}/healthz").status_code == 200
        for answer in (
            ready(service),
            httpx2.post(f"{service.url}/v1/predict", json={"case": CASE}),
        ):
            assert answer.status_code == 503
            assert answer.json()["type"].endswith(":not-ready")
            assert int(answer.headers["retry-after"]) >= 1


def test_the_command_does_not_start_with_a_damaged_model(bundle, capsys, monkeypatch):
    damage(bundle)
    monkeypatch.setattr("sys.argv", ["liangxing", "serve", "--model", str(bundle)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert "head.onnx" in capsys.readouterr().err
