"""What the service writes down of a request, and what it does not."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest
from liangxing.service import logs
from liangxing.service.app import create_app
from liangxing.service.settings import Settings
from starlette.testclient import TestClient

NAME, WORDS = "赵某甲", "窃得手机三部"
CASE = {"fact": f"2022年5月6日，被告人{NAME}{WORDS}，价值人民币42000元。", "charges": ["盗窃"]}
TOUCHED = [logging.getLogger(name) for name in (None, "liangxing", "uvicorn")]


@pytest.fixture
def said():
    """What has been logged so far, as decoded lines."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, levels = root.handlers[:], [(each, each.level) for each in TOUCHED]
    logs.configure(stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    for each, level in levels:
        each.setLevel(level)


def requests_of(client, monkeypatch):
    """Good, bad and failing requests, all of them with the name and the words of the fact."""
    client.post("/v1/predict", json={"case": CASE}, headers={"x-request-id": "request-1"})
    client.post("/v1/predict", json={"case": {**CASE, "charges": [3, CASE["fact"]]}})
    client.post(f"/v1/predict?who={NAME}", json={"case": CASE, "level": 7})
    client.get(f"/v1/law/{NAME}")
    client.get(f"/{NAME}/{WORDS}")
    client.post(
        "/v1/predict:batch",
        content=json.dumps(CASE) + "\n" + CASE["fact"],
        headers={"content-type": "application/x-ndjson"},
    )
    client.post("/v1/documents", content=CASE["fact"], headers={"content-type": "text/plain"})

    def fail(*_args, **_kwargs):
        raise RuntimeError(CASE["fact"])

    context = client.app.state.context
    monkeypatch.setattr(context.models.current.predictor, "predict_many", fail)
    assert client.post("/v1/predict", json={"case": CASE}).status_code == 500
    logging.getLogger("uvicorn.error").error("broken", exc_info=RuntimeError(CASE["fact"]))


def test_no_fact_and_no_name_is_logged(said, monkeypatch):
    with TestClient(create_app(Settings(deadline=60)), base_url="http://127.0.0.1") as client:
        requests_of(client, monkeypatch)
        lines = said()
    text = json.dumps(lines, ensure_ascii=False)
    assert NAME not in text
    assert WORDS not in text
    first = next(line for line in lines if line.get("request_id") == "request-1")
    assert (first["route"], first["status"], first["method"]) == ("/v1/predict", 200, "POST")
    assert first["seconds"] > 0
    assert "problem" not in first
    assert [line["problem"] for line in lines if line.get("status") == 422] == ["invalid"] * 2
    assert [line["problem"] for line in lines if line.get("status") == 500] == ["internal"]
    (failure,) = [line for line in lines if line["event"] == "failure"]
    assert failure["error"] == "RuntimeError"
    assert any(place.startswith("predictor.py:") for place in failure["places"])
    assert [line["error"] for line in lines if line["event"] == "broken"] == ["RuntimeError"]


def test_an_app_in_a_process_that_has_not_set_up_logging_says_nothing(capfd):
    program = (
        "from liangxing.service.app import create_app\n"
        "from liangxing.service.settings import Settings\n"
        "from starlette.testclient import TestClient\n"
        "settings = Settings(model='/nowhere')\n"
        "with TestClient(create_app(settings), base_url='http://127.0.0.1') as client:\n"
        "    print(client.get('/readyz').status_code)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    assert capfd.readouterr() == ("503\n", "")


def test_error_messages_are_logged_where_that_is_switched_on(said, monkeypatch):
    settings = Settings(deadline=60, log_cases=True)
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        requests_of(client, monkeypatch)
        lines = said()
    (failure,) = [line for line in lines if line["event"] == "failure"]
    assert failure["message"] == CASE["fact"]
