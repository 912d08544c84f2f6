"""Similar cases over HTTP, from an index given at the start."""

from __future__ import annotations

import pytest
from liangxing.errors import DataError
from liangxing.predictor import SentencePredictor
from liangxing.service.app import create_app
from liangxing.service.models import load
from liangxing.service.settings import Settings
from liangxing.similar import JudgedCase, SimilarCases
from starlette.testclient import TestClient

pytest.importorskip("faiss")


def judged(number: int, months: int) -> JudgedCase:
    fact = f"2022年5月{number}日，被告人赵某甲窃得手机{number}部，价值人民币{number}000元。"
    return JudgedCase.from_row(
        {"id": f"c{number}", "fact": fact, "charges": ["盗窃"], "months": months}
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    cases = SimilarCases(SentencePredictor.load(threads=1))
    for number in range(2, 6):
        cases.add(judged(number, 2 * number))
    folder = tmp_path_factory.mktemp("similar") / "index"
    cases.save(folder)
    return folder


def test_the_nearest_cases_come_with_their_penalties(index):
    app = create_app(Settings(index=index, deadline=60))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/v1/model").json()["similar_cases"] == 4
        case = {"id": "c3", "fact": judged(3, 6).case.fact, "charges": ["盗窃"]}
        answer = client.post("/v1/similar", json={"case": case, "k": 2})
        assert answer.status_code == 200, answer.text
        found = answer.json()["neighbours"]
        assert len(found) == 2
        assert "c3" not in [each["id"] for each in found]
        assert all(each["penalty"]["months"] for each in found)
        none = client.post("/v1/similar", json={"case": case, "charge": "不存在"})
        assert none.status_code in (200, 422)


def test_an_index_that_does_not_fit_stops_the_start(index, tmp_path):
    with pytest.raises(DataError):
        load(Settings(index=tmp_path / "nothing"))
