"""The service's routes, in process, with the bundled model."""

from __future__ import annotations

import io
import json
import os

import pytest
from liangxing.prediction import Prediction
from liangxing.service.app import create_app
from liangxing.service.page_files import PageFiles
from liangxing.service.settings import Settings
from liangxing.whatif.reply import WhatIfReply
from pydantic import TypeAdapter
from starlette.testclient import TestClient

CASE = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
}
JUDGMENT = (
    "某市某区人民法院 刑事判决书（2023）某0102刑初9号 公诉机关某区人民检察院。被告人赵某，男，"
    "1990年3月5日出生，汉族。现已审理终结。公诉机关指控：2022年3月1日，被告人赵某在某商场窃得手机一部，"
    "价值人民币4200元。建议判处有期徒刑六个月至十个月，并处罚金。经审理查明：2022年3月1日，"
    "被告人赵某在某商场趁人不备窃得手机一部，经鉴定价值人民币4200元，归案后如实供述。本院认为，"
    "被告人赵某的行为已构成盗窃罪。公诉机关的量刑建议适当，本院予以采纳。依照《中华人民共和国刑法》"
    "第二百六十四条之规定，判决如下：被告人赵某犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。"
    "审判员钱某 二〇二三年六月八日"
)
BASE = "http://127.0.0.1:8000"
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(Settings(deadline=60)), base_url=BASE) as client:
        yield client


def problem_of(response, status: int):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    return problem


def test_a_prediction_is_the_one_of_the_predictor(client):
    answer = client.post("/v1/predict", json={"case": {**CASE, "id": "a"}, "level": 0.8})
    found = TypeAdapter(Prediction).validate_json(answer.content)
    assert (found.id, found.interval.level) == ("a", 0.8)
    assert found.charges
    assert sum(found.distribution.bins.values()) + found.distribution.life == pytest.approx(1)


def test_what_if_gives_the_figures_before_and_after(client):
    asked = {"case": CASE, "variants": [{"name": "自首", "set": {"surrender": True}}]}
    answer = client.post("/v1/whatif", json=asked)
    found = TypeAdapter(WhatIfReply).validate_json(answer.content)
    (variant,) = found.variants
    assert variant.name == "自首"
    assert variant.before.penalty == found.baseline.penalty
    assert [effect.id for effect in variant.effects] == ["surrender"]


def test_a_batch_answers_each_row_and_says_which_are_bad(client):
    rows = [json.dumps({**CASE, "id": "first"}), "", "{}", "no json", json.dumps(CASE)]
    answer = client.post("/v1/predict:batch", content="\n".join(rows), headers=LINES)
    assert answer.status_code == 200
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["id"] for line in found] == ["first", "3", "4", "5"]
    assert ["error" in line for line in found] == [False, True, True, False]
    assert found[1]["error"]["field"] == "fact"


def test_an_unknown_id_is_a_problem_that_names_what_is_near(client):
    wrong = {**CASE, "circumstances": {"surender": True}}
    problem = problem_of(client.post("/v1/predict", json={"case": wrong}), 422)
    assert problem["field"] == "circumstances"
    assert "surrender (自首)" in problem["detail"]
    rows = "\n".join(json.dumps(row) for row in (wrong, CASE))
    batch = client.post("/v1/predict:batch", content=rows, headers=LINES)
    first, second = map(json.loads, batch.text.splitlines())
    assert first["error"]["field"] == "circumstances"
    assert second["penalty"]["kind"]


def test_an_audit_row_holds_recommendation_verdict_and_prediction(client):
    answer = client.post("/v1/audit", json={"id": "j", "document": JUDGMENT})
    row = answer.json()
    (person,) = row["defendants"]
    assert row["id"] == "j"
    assert person["verdict"]["months"] == 8
    assert (person["recommended"]["low"], person["recommended"]["high"]) == (6, 10)
    assert person["adopted"] == {"value": True, "source": "stated"}
    assert person["predicted"] is not None


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_dropped_judgment_fills_the_form_without_its_verdict(client, encoding):
    answer = client.post(
        "/v1/documents",
        content=JUDGMENT.encode(encoding),
        headers={"content-type": "text/plain"},
    )
    found = answer.json()
    assert found["defendants"] == [{"name": "赵某", "charges": ["盗窃"]}]
    assert found["charges"] == ["盗窃"]
    assert "趁人不备" in found["fact"]
    assert "八个月" not in found["fact"]


def test_a_docx_judgment_is_read(client):
    docx = pytest.importorskip("docx")
    document, content = docx.Document(), io.BytesIO()
    document.add_paragraph(JUDGMENT)
    document.save(content)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    answer = client.post(
        "/v1/documents", content=content.getvalue(), headers={"content-type": kind}
    )
    assert answer.json()["charges"] == ["盗窃"]


def test_a_broken_pdf_is_a_problem_that_names_no_path(client):
    answer = client.post(
        "/v1/documents", content=b"%PDF-1.4 nonsense", headers={"content-type": "application/pdf"}
    )
    assert "/" not in problem_of(answer, 422)["detail"]


def test_the_law_of_a_charge_and_the_names_for_the_form(client):
    law = client.get("/v1/law/盗窃", params={"on": "2022-01-01"}).json()
    assert law["charge"] == "盗窃"
    assert len(law["versions"]) == 1
    problem_of(client.get("/v1/law/不存在"), 404)
    charges = client.get("/v1/charges").json()
    assert any(each["name"] == "盗窃" and each["article"] == "264" for each in charges)
    terms = client.get("/v1/terms").json()
    assert terms["circumstances"]["surrender"] == "自首"
    assert terms["units"]["amount_yuan"] == "元"


def test_the_model_says_what_it_is(client):
    found = client.get("/v1/model").json()
    predicted = client.post("/v1/predict", json={"case": CASE}).json()["model"]
    assert {name: found[name] for name in predicted} == predicted


def test_a_draft_is_a_docx_file(client):
    answer = client.post("/v1/draft", params={"kind": "worksheet"}, json={"case": CASE})
    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
    without_charge = {"case": {"fact": CASE["fact"]}}
    answer = client.post("/v1/draft", params={"kind": "worksheet"}, json=without_charge)
    assert problem_of(answer, 422)["field"] == "charges"


def test_similar_cases_need_an_index(client):
    problem_of(client.post("/v1/similar", json={"case": CASE}), 404)


def test_the_page_and_its_files_come_from_here_only(client):
    page = client.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "http" not in page.text.replace("http-equiv", "")
    assert client.get("/static/index.html").text == page.text
    problem_of(client.get("/static/../app.py"), 404)
    problem_of(client.get("/docs"), 404)


@pytest.mark.parametrize("path", ["/", "/static/app.js"])
def test_the_page_is_kept_by_browsers_until_its_content_changes(client, path):
    first = client.get(path)
    assert first.headers["cache-control"] == "no-cache"
    assert "last-modified" not in first.headers
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "default-src 'none'" in again.headers["content-security-policy"]
    assert client.get(path, headers={"If-None-Match": '"of another version"'}).content


def test_files_of_the_same_time_and_size_are_told_apart(tmp_path):
    browser, marks = TestClient(PageFiles(directory=tmp_path)), set()
    for content in ("let a = 1;", "let a = 2;"):
        (tmp_path / "a.js").write_text(content)
        os.utime(tmp_path / "a.js", (0, 0))
        marks.add(browser.get("/a.js").headers["etag"])
    assert len(marks) == 2


def test_health_readiness_and_figures(client):
    assert client.get("/healthz").json()["status"] == "alive"
    ready = client.get("/readyz").json()
    assert ready == {"status": "ready", "newer_model_refused": False}
    client.post("/v1/predict", json={"case": CASE})
    figures = client.get("/metrics").text
    assert 'liangxing_input_charges_total{name="盗窃"}' in figures
    assert 'liangxing_requests_total{route="/v1/predict",status="200"}' in figures
    for name in (
        "liangxing_request_seconds",
        "liangxing_accepted_requests",
        "liangxing_queue_seconds",
        "liangxing_interval_width_months",
        "liangxing_predictions_outside",
        "liangxing_input_fact_characters",
    ):
        assert f"# HELP {name}" in figures
