"""API keys: where they are needed, how they are kept, what they allow."""

from __future__ import annotations

import json

import pytest
from liangxing import cli
from liangxing.errors import ConfigError
from liangxing.service.app import create_app
from liangxing.service.auth import new_key, read_keys
from liangxing.service.settings import Settings, check
from starlette.testclient import TestClient
from typer.testing import CliRunner

CASE = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
}
LINES = {"content-type": "application/x-ndjson"}


def serving(keys, **more):
    settings = Settings(host="0.0.0.0", keys=keys, deadline=60, **more)
    return TestClient(create_app(settings), base_url="http://court.example")


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "court.example"])
def test_without_keys_only_loopback_is_listened_on(host):
    with pytest.raises(ConfigError, match="--keys"):
        check(Settings(host=host))
    with pytest.raises(ConfigError, match="--keys"):
        create_app(Settings(host=host))


def test_the_command_refuses_a_reachable_address_without_keys(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["liangxing", "serve", "--host", "0.0.0.0"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    assert "--new-key" in capsys.readouterr().err


def test_the_command_makes_a_key_and_keeps_only_its_hash(tmp_path):
    keys = tmp_path / "keys.json"
    made = CliRunner().invoke(cli.app, ["serve", "--keys", str(keys), "--new-key", "court-a"])
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert len(secret) > 40
    assert secret not in keys.read_text()
    assert keys.stat().st_mode & 0o077 == 0
    (key,) = read_keys(keys)
    assert key.name == "court-a"
    with pytest.raises(ConfigError, match="already"):
        new_key(keys, "court-a")
    with pytest.raises(ConfigError, match="name"):
        new_key(keys, "two words")


def test_everything_but_the_page_and_health_needs_a_key(tmp_path):
    keys = tmp_path / "keys.json"
    secret = new_key(keys, "court-a")
    with serving(keys) as client:
        for path in ("/", "/healthz", "/readyz", "/openapi.json"):
            assert client.get(path).status_code == 200, path
        for path in ("/v1/model", "/v1/charges", "/v1/law/盗窃", "/metrics"):
            refused = client.get(path)
            assert refused.status_code == 401, path
            assert refused.headers["www-authenticate"] == "Bearer"
            assert client.get(path, headers=bearer(secret)).status_code == 200, path
        for wrong in ("", "x", secret[:-1], secret + "x", "\u00e9"):
            headers = [(b"authorization", f"Bearer {wrong}".encode())]
            asked = client.post("/v1/predict", json={"case": CASE}, headers=headers)
            assert asked.status_code == 401
        asked = client.post("/v1/predict", json={"case": CASE}, headers=bearer(secret))
        assert asked.status_code == 200


def test_a_key_may_be_added_and_taken_back_while_the_service_runs(tmp_path):
    keys = tmp_path / "keys.json"
    first = new_key(keys, "first")
    with serving(keys) as client:
        assert client.get("/v1/terms", headers=bearer(first)).status_code == 200
        second = new_key(keys, "second")
        assert client.get("/v1/terms", headers=bearer(second)).status_code == 200
        content = json.loads(keys.read_text())
        keys.write_text(json.dumps({"keys": content["keys"][1:]}))
        assert client.get("/v1/terms", headers=bearer(first)).status_code == 401
        keys.write_text("{broken")
        assert client.get("/v1/terms", headers=bearer(second)).status_code == 200


def test_too_many_requests_of_one_key_leave_the_others_alone(tmp_path):
    keys = tmp_path / "keys.json"
    busy, calm = new_key(keys, "busy", rate_per_minute=2), new_key(keys, "calm")
    with serving(keys) as client:
        answers = [client.get("/v1/terms", headers=bearer(busy)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[2].json()["type"].endswith(":rate-limit")
        assert 1 <= int(answers[2].headers["retry-after"]) <= 60
        assert client.get("/v1/terms", headers=bearer(calm)).status_code == 200


def test_the_quota_counts_cases_and_outlives_the_service(tmp_path):
    keys = tmp_path / "keys.json"
    key = bearer(new_key(keys, "small", cases_per_day=3))
    batch = "\n".join(json.dumps(CASE) for _ in range(2))
    with serving(keys) as client:
        answer = client.post("/v1/predict:batch", content=batch, headers={**key, **LINES})
        assert answer.status_code == 200
        assert len(answer.text.splitlines()) == 2
        over = client.post("/v1/predict:batch", content=batch, headers={**key, **LINES})
        assert over.status_code == 429
        assert over.json()["type"].endswith(":quota")
    with serving(keys) as client:
        assert client.post("/v1/predict", json={"case": CASE}, headers=key).status_code == 200
        over = client.post("/v1/predict", json={"case": CASE}, headers=key)
        assert over.status_code == 429
        assert int(over.headers["retry-after"]) > 3600
        assert client.get("/v1/terms", headers=key).status_code == 200


@pytest.mark.parametrize(
    ("content", "named"),
    [("", "the file"), ('{"keys": []}', "no key"), ('{"keys": [{"name": "a"}]}', "sha256")],
)
def test_a_file_of_keys_that_cannot_be_read_stops_the_start(tmp_path, content, named):
    keys = tmp_path / "keys.json"
    keys.write_text(content)
    with pytest.raises(ConfigError, match=named):
        create_app(Settings(keys=keys))


def test_behind_a_proxy_only_the_named_host_is_answered(tmp_path):
    keys = tmp_path / "keys.json"
    new_key(keys, "a")
    with serving(keys, allowed_hosts=("court.example",)) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/healthz", headers={"host": "other.example"}).status_code == 403
