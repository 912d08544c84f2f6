"""The client: typed answers, retries, problems as exceptions."""

from __future__ import annotations

import json

import httpx2
import pytest
from liangxing.case import Case
from liangxing.client import (
    Client,
    InvalidRequestError,
    RowError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from liangxing.prediction import Prediction
from liangxing.service.settings import Settings
from service_thread import served

CASE = {
    "fact": "2022年5月6日，被告人赵某甲窃得手机三部，价值人民币42000元，到案后自愿认罪认罚。",
    "charges": ["盗窃"],
    "judgment_date": "2022-09-01",
}


@pytest.fixture(scope="module")
def service():
    with served(Settings(deadline=60)) as found:
        yield found


def test_the_client_gives_what_the_predictor_gives(service):
    predictor = service.context.models.current.predictor
    with Client(service.url) as client:
        assert client.predict(CASE) == predictor.predict(CASE)
        assert client.predict(Case.from_row(CASE), level=0.5) == predictor.predict(CASE, 0.5)
        found = client.what_if(CASE, {"surrender": True})
        expected = predictor.what_if(CASE, {"surrender": True})
        assert found.baseline == expected.baseline
        assert found.variants[0].after.penalty == expected.variants[0].outlook.penalty
        assert [e.words for e in found.variants[0].effects] == [
            e.words for e in expected.variants[0].effects
        ]


def test_a_batch_comes_as_predictions_and_row_errors(service):
    with Client(service.url) as client:
        first, second = client.predict_many([CASE, {"id": "bad", "fact": ""}])
    assert isinstance(first, Prediction)
    assert isinstance(second, RowError)
    assert second.error.field == "fact"


def test_documents_law_drafts_and_the_model(service, tmp_path):
    judgment = tmp_path / "judgment.txt"
    judgment.write_text("判决如下：被告人赵某犯盗窃罪，判处拘役四个月，并处罚金人民币二千元。")
    with Client(service.url) as client:
        assert client.read_document(judgment)["charges"] == ["盗窃"]
        assert client.audit(judgment.read_text(), id="j")["id"] == "j"
        assert client.law("盗窃", "2022-01-01")["charge"] == "盗窃"
        assert client.draft(CASE, "worksheet").startswith(b"PK")
        assert client.model()["charges"]


def test_a_wrong_case_is_an_error_that_names_its_field(service):
    with Client(service.url) as client, pytest.raises(InvalidRequestError) as raised:
        client.predict({"fact": ""})
    assert (raised.value.field, raised.value.status) == ("fact", 422)
    assert raised.value.kind == "invalid"
    assert raised.value.request_id


class Scripted:
    """Answers as told, and remembers how long the client waited between them."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.waits: list[float] = []

    def client(self, **options) -> Client:
        transport = httpx2.MockTransport(self.answer)
        return Client("http://x", transport=transport, sleep=self.waits.append, **options)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.request = request
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def busy(status=503, **headers) -> httpx2.Response:
    problem = {"type": "urn:liangxing:problem:queue-full", "status": status, "detail": "busy"}
    return httpx2.Response(status, content=json.dumps(problem), headers=headers)


def test_it_waits_as_long_as_it_is_told_and_asks_again():
    broken = httpx2.ConnectError("refused")
    script = Scripted(busy(**{"retry-after": "7"}), broken, busy(), httpx2.Response(200, json={}))
    assert script.client(key="k").model() == {}
    assert script.waits[0] == 7
    assert len(script.waits) == 3
    assert script.request.headers["authorization"] == "Bearer k"


def test_it_gives_up_in_the_end_and_says_so():
    script = Scripted(busy(), busy(), busy())
    with pytest.raises(UnavailableError, match="busy"):
        script.client(retries=2).model()
    assert script.waits == sorted(script.waits)
    script = Scripted(httpx2.ReadError("reset"))
    with pytest.raises(UnavailableError, match="ReadError"):
        script.client(retries=0).model()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (busy(401), UnauthorizedError),
        (busy(429, **{"retry-after": "86400"}), TooManyRequestsError),
        (busy(422), InvalidRequestError),
        (httpx2.Response(400, text="<html>proxy</html>"), InvalidRequestError),
    ],
)
def test_what_waiting_does_not_mend_is_raised_at_once(answer, error):
    script = Scripted(answer)
    with pytest.raises(error):
        script.client().model()
    assert script.waits == []
