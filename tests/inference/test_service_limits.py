"""What the service refuses, and how it behaves when it is full, slow or told to stop."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from liangxing.service.desk import Desk
from liangxing.service.metrics import Metrics
from liangxing.service.problems import ProblemError
from liangxing.service.settings import Settings
from service_thread import Later, served, slowly

CASE = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
}
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def service():
    patient = {"header_seconds": 60, "body_seconds": 60}
    settings = Settings(deadline=60, queue=1, json_bytes=300_000, batch_rows=3, **patient)
    with served(settings) as found:
        yield found


@pytest.fixture(scope="module")
def impatient():
    with served(Settings(header_seconds=0.5, body_seconds=0.5, json_bytes=300_000)) as found:
        yield found


@pytest.fixture
def client(service):
    with httpx2.Client(base_url=service.url, timeout=120) as client:
        yield client


def problem(response, status: int, kind: str):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["type"].endswith(f":{kind}")
    return found


def ask(service):
    return httpx2.post(f"{service.url}/v1/predict", json={"case": CASE}, timeout=120)


def test_a_full_queue_is_refused_at_once_and_the_accepted_are_answered(service, client):
    with slowly(service) as slow:
        accepted = [Later(lambda: ask(service)) for _ in range(2)]
        assert slow.begun.acquire(timeout=60)
        while service.context.desk.taken < 2:
            client.get("/healthz")
        refused = client.post("/v1/predict", json={"case": CASE})
        problem(refused, 503, "queue-full")
        assert int(refused.headers["retry-after"]) >= 1
        slow.go.set()
        assert [each.result().status_code for each in accepted] == [200, 200]
    assert service.context.desk.taken == 0


def test_a_request_that_cannot_be_answered_in_time_gets_503_and_never_begins():
    with served(Settings(deadline=0.3, queue=4)) as service, slowly(service) as slow:
        first = Later(lambda: ask(service))
        assert slow.begun.acquire(timeout=60)
        second = ask(service)
        problem(first.result(), 503, "deadline")
        found = problem(second, 503, "deadline")
        assert found["retry_after"] >= 1
        slow.go.set()
        service.context.desk._pool.submit(lambda: None).result(60)
        assert not slow.begun.acquire(blocking=False)


def test_nobody_is_let_in_who_would_wait_beyond_the_deadline():
    async def one_after_three_waiting(patience: float) -> None:
        desk = Desk(1, 100, Metrics(), patience=patience)
        async with desk.place(), desk.place(), desk.place(), desk.place():
            pass

    # In a thread of its own: the browser of the page's tests keeps a loop in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, one_after_three_waiting(patience=60)).result()
        with pytest.raises(ProblemError) as refused:
            apart.submit(asyncio.run, one_after_three_waiting(patience=0.1)).result()
    assert refused.value.slug == "queue-full"


def test_work_that_goes_on_long_after_its_request_was_given_up_keeps_others_out():
    now, let_go = [0.0], threading.Event()

    async def two_more(desk: Desk) -> None:
        async with desk.place(), desk.place(), desk.place():
            pass

    async def whole() -> list[str]:
        desk, told = Desk(1, 100, Metrics(), patience=4, clock=lambda: now[0]), []
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(begun.set)
            assert let_go.wait(60)

        asked = asyncio.create_task(desk.run(work, until=60))
        await begun.wait()
        await two_more(desk)
        told.append("let in")
        now[0] = 4.0
        try:
            await two_more(desk)
        except ProblemError as error:
            told.append(error.slug)
        let_go.set()
        await asyncio.gather(asked, return_exceptions=True)
        return told

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, whole()).result() == ["let in", "queue-full"]


def test_stopping_finishes_what_was_accepted():
    with served(Settings(deadline=60)) as service:
        with slowly(service) as slow:
            accepted = Later(lambda: ask(service))
            assert slow.begun.acquire(timeout=60)
            service.stop()
            slow.go.set()
            assert accepted.result().status_code == 200
        service.thread.join(60)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{service.url}/healthz")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "bad-request"),
        (b"\xff\xfe\x00", 400, "bad-request"),
        (b"[" * 100_000, 400, "bad-request"),
        (b"[]", 422, "invalid"),
        (b'{"case": {"fact": 3}}', 422, "invalid"),
        (b'{"case": {"fact": "\\ud800\\u5211"}}', 422, "invalid"),
        ('{"case": {"fact": "刑", "quantities": {"amount_yuan": NaN}}}'.encode(), 422, "invalid"),
        ('{"case": {"fact": "刑"}, "level": 1e999}'.encode(), 422, "invalid"),
        ('{"case": {"fact": "刑"}, "ladder": "none"}'.encode(), 422, "invalid"),
        ('{"case": {"fact": "刑"}, "more": 1}'.encode(), 422, "invalid"),
        (json.dumps({"case": {"fact": "刑" * 20_001}}).encode(), 422, "invalid"),
        (json.dumps({"case": {**CASE, "charges": ["盗窃"] * 51}}).encode(), 422, "invalid"),
        (b"a" * 300_001, 413, "too-large"),
    ],
)
def test_a_malformed_body_is_a_problem_and_no_failure(client, body, status, kind):
    problem(client.post("/v1/predict", content=body, headers=JSON), status, kind)


@pytest.mark.parametrize(
    "fact",
    [
        "刑" * 20_000,
        "（" * 9_999 + "盗窃",
        "被告人" * 6_000,
        "0" * 10_000 + "元" + "一二三四五六七八九十" * 900,
        "刑\x00\u202e\ufeff\U0001f600",
        "'; DROP TABLE cases; -- <script>alert(1)</script> 刑",
    ],
)
def test_hostile_text_gets_an_answer(client, fact):
    answer = client.post("/v1/predict", json={"case": {"fact": fact}})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


def test_a_body_without_length_is_counted_as_it_comes(client):
    chunks = (b"a" * 100_000 for _ in range(4))
    answer = client.post("/v1/predict", content=chunks, headers=JSON)
    problem(answer, 413, "too-large")


def test_too_many_rows_are_refused(client):
    rows = "\n".join(json.dumps(CASE) for _ in range(4))
    answer = client.post(
        "/v1/predict:batch", content=rows, headers={"content-type": "application/x-ndjson"}
    )
    problem(answer, 413, "too-large")


def test_another_content_type_is_refused(client):
    problem(client.post("/v1/predict", content=b"x"), 415, "media-type")


def test_a_page_elsewhere_cannot_ask_through_the_browser(client):
    foreign = {"origin": "https://example.org"}
    problem(client.post("/v1/predict", json={"case": CASE}, headers=foreign), 403, "forbidden")
    problem(client.get("/healthz", headers={"host": "example.org"}), 403, "forbidden")
    same = {"origin": str(client.base_url).rstrip("/")}
    assert client.get("/healthz", headers=same).status_code == 200


def test_headers_that_do_not_come_are_not_waited_for(impatient):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=60) as slow:
        slow.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert slow.recv(100) == b""


def test_a_body_that_does_not_come_is_not_waited_for(impatient):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=60) as slow:
        slow.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n{"
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 408")


def test_a_client_that_goes_on_after_a_refusal_is_cut_off(impatient):
    with socket.create_connection(("127.0.0.1", impatient.port), timeout=60) as slow:
        slow.sendall(
            b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 9000000\r\n\r\n{"
        )
        assert slow.recv(100).startswith(b"HTTP/1.1 413")
        while slow.recv(1000):
            slow.sendall(b" ")


def test_slow_clients_hold_up_nobody_else(service, client):
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as slow:
        slow.sendall(b"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_without_a_word_about_the_server(service, client, raw):
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as odd:
        odd.sendall(raw)
        said = odd.recv(10_000)
    assert said.startswith(b"HTTP/1.1 400") or said == b""
    assert b"uvicorn" not in said.lower()
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/charges", "/nothing", "/openapi.json"])
def test_every_answer_carries_the_security_headers_and_no_server_name(service, path):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == ("no-cache" if path == "/" else "no-store")
    assert answer.headers["x-request-id"]
    assert "server" not in answer.headers
    connection.close()


def test_a_given_request_id_is_kept_and_a_hostile_one_is_not(client):
    answer = client.get("/healthz", headers={"x-request-id": "case-2023-0001"})
    assert answer.headers["x-request-id"] == "case-2023-0001"
    answer = client.get("/healthz", headers={"x-request-id": 'a"}{evil'})
    assert "evil" not in answer.headers["x-request-id"]


def test_the_api_tells_no_version_path_or_trace_on_failure(service, client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("赵某甲 /srv/secret/path")

    monkeypatch.setattr(service.context.models.current.predictor, "predict_many", fail)
    answer = client.post("/v1/predict", json={"case": CASE})
    problem(answer, 500, "internal")
    for secret in ("secret", "赵某甲", "Traceback", "RuntimeError"):
        assert secret not in answer.text
    document = client.get("/openapi.json").json()
    assert document["info"]["version"] == "1"
