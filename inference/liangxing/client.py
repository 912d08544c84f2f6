"""A client of the service: typed answers, retries, problems as exceptions."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, cast

from pydantic import TypeAdapter

from liangxing.case import Case
from liangxing.errors import DataError, LiangxingError
from liangxing.prediction import Prediction
from liangxing.similar.answers import SimilarAnswer
from liangxing.whatif.reply import WhatIfReply

try:
    import httpx2
except ImportError as missing:
    raise DataError("the client needs its extra: pip install 'liangxing[client]'") from missing

_T = TypeVar("_T")
_Case = Case | Mapping[str, Any]
_PREDICTION, _WHAT_IF = TypeAdapter(Prediction), TypeAdapter(WhatIfReply)
_SIMILAR = TypeAdapter(SimilarAnswer)
_TYPES = {
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


class ServiceError(LiangxingError):
    """The service said no. `kind` is the last part of the problem's type, such as "queue-full";
    `field` names the part of the request at fault."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        self.status = int(problem.get("status", 0))
        self.kind = str(problem.get("type", "")).rpartition(":")[2]
        self.field: str | None = problem.get("field")
        self.request_id: str | None = problem.get("request_id")
        super().__init__(str(problem.get("detail") or problem.get("title") or self.status))


class InvalidRequestError(ServiceError):
    """The request is wrong and stays wrong however often it is sent."""


class UnauthorizedError(ServiceError):
    """The key is missing or unknown."""


class TooManyRequestsError(ServiceError):
    """The key's rate or quota is used up."""


class UnavailableError(ServiceError):
    """The service is busy, not ready, or cannot be reached, after all retries."""


@dataclass(frozen=True)
class RowError:
    """A row of a batch that was not answered."""

    id: str
    error: ServiceError


class Client:
    """One service. Threads may share it; close it, or use it in a `with` block.

    Every request only asks, so that it may be sent again: after 503 and broken connections it is,
    `retries` times, waiting as long as Retry-After says, else twice as long each time.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        key: str | None = None,
        timeout: float = 60.0,
        retries: int = 4,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        self._http = httpx2.Client(
            base_url=url, headers=headers, timeout=timeout, transport=transport
        )
        self._retries = retries
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def predict(self, case: _Case, level: float = 0.9, *, ladder: str | None = None) -> Prediction:
        """Predicts one case."""
        asked = {"case": _plain(case), "level": level, "ladder": ladder}
        return _PREDICTION.validate_json(self._post("/v1/predict", asked).content)

    def predict_many(
        self, cases: Iterable[_Case], level: float = 0.9, *, ladder: str | None = None
    ) -> Iterator[Prediction | RowError]:
        """Predicts cases in order, in one request whose answer is read as it comes.

        A connection that breaks after the first answer raises UnavailableError.
        """
        body = "\n".join(json.dumps(_plain(case), ensure_ascii=False) for case in cases)
        request = self._http.build_request(
            "POST",
            "/v1/predict:batch",
            params={"level": level, **({"ladder": ladder} if ladder else {})},
            content=body.encode(),
            headers={"Content-Type": "application/x-ndjson"},
        )
        answer = self._sent(request, stream=True)
        try:
            for line in answer.iter_lines():
                yield _row(line)
        except httpx2.TransportError as error:
            raise _unreachable(error) from error
        finally:
            answer.close()

    def what_if(
        self,
        case: _Case,
        variants: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        *,
        level: float = 0.9,
        ladder: str | None = None,
    ) -> WhatIfReply:
        """What changed circumstances, quantities or stage of the plea would do to a case."""
        asked = {"case": _plain(case), "variants": variants, "level": level, "ladder": ladder}
        return _WHAT_IF.validate_json(self._post("/v1/whatif", asked).content)

    def audit(self, document: str | Mapping[str, str], *, id: str | None = None) -> dict[str, Any]:
        """Recommendation, verdict and prediction of a judgment."""
        return self._post("/v1/audit", {"id": id, "document": document}).json()

    def similar(self, case: _Case, *, k: int = 10, charge: str | None = None) -> SimilarAnswer:
        """The nearest cases of the service's index."""
        asked = {"case": _plain(case), "k": k, "charge": charge}
        return _SIMILAR.validate_json(self._post("/v1/similar", asked).content)

    def read_document(self, path: str | Path) -> dict[str, Any]:
        """Facts, defendants and charges of a judgment in a .txt, .pdf or .docx file."""
        path = Path(path)
        kind = _TYPES.get(path.suffix.lower())
        if kind is None:
            raise DataError(f"{path} must end in {', '.join(_TYPES)}")
        request = self._http.build_request(
            "POST", "/v1/documents", content=path.read_bytes(), headers={"Content-Type": kind}
        )
        return self._sent(request).json()

    def draft(
        self,
        case: _Case,
        kind: Literal["recommendation", "plea-statement", "worksheet"],
        *,
        penalty: str | None = None,
    ) -> bytes:
        """A document as the bytes of a .docx file."""
        asked = {"case": _plain(case), "penalty": penalty}
        return self._post("/v1/draft", asked, {"kind": kind}).content

    def law(self, charge: str, on: str | None = None) -> dict[str, Any]:
        """What the law says of a charge, on an ISO date or in every version."""
        params = {} if on is None else {"on": on}
        return self._sent(
            self._http.build_request("GET", f"/v1/law/{charge}", params=params)
        ).json()

    def model(self) -> dict[str, Any]:
        """The model that answers."""
        return self._sent(self._http.build_request("GET", "/v1/model")).json()

    def _post(
        self, path: str, asked: Mapping[str, Any], params: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        given = {name: value for name, value in asked.items() if value is not None}
        return self._sent(self._http.build_request("POST", path, json=given, params=params))

    def _sent(self, request: httpx2.Request, *, stream: bool = False) -> httpx2.Response:
        """The answer, after as many attempts as it takes and `retries` allow."""
        for attempt in range(self._retries + 1):
            wait = _FIRST_WAIT * 2**attempt * random.uniform(0.5, 1.0)
            try:
                answer = self._http.send(request, stream=stream)
                if answer.is_success:
                    return answer
                answer.read()
                error = _error_of(answer)
                asked_for = _retry_after(answer)
            except httpx2.TransportError as broken:
                error, asked_for = _unreachable(broken), None
            passing = isinstance(error, UnavailableError | TooManyRequestsError)
            wait = wait if asked_for is None else asked_for
            if not passing or attempt == self._retries or wait > _LONGEST_WAIT:
                raise error
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")


def _error_of(answer: httpx2.Response) -> ServiceError:
    try:
        problem: Any = answer.json()
    except ValueError:
        problem = None
    if not isinstance(problem, Mapping):
        problem = {"status": answer.status_code, "detail": f"HTTP status {answer.status_code}"}
    return _typed({"status": answer.status_code, **cast(Mapping[str, Any], problem)})


def _typed(problem: Mapping[str, Any]) -> ServiceError:
    status = int(problem.get("status", 0))
    if status in (502, 503, 504):
        return UnavailableError(problem)
    if status in (401, 403):
        return UnauthorizedError(problem)
    if status == 429:
        return TooManyRequestsError(problem)
    return InvalidRequestError(problem) if 400 <= status < 500 else ServiceError(problem)


def _unreachable(error: httpx2.TransportError) -> UnavailableError:
    return UnavailableError({"detail": f"no answer from the service ({type(error).__name__})"})


def _retry_after(answer: httpx2.Response) -> float | None:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdigit() else None


def _row(line: str) -> Prediction | RowError:
    content: dict[str, Any] = json.loads(line)
    if "error" in content:
        return RowError(content["id"], _typed(content["error"]))
    return _PREDICTION.validate_python(content)


def _plain(case: _Case) -> Any:
    return case.model_dump(mode="json", exclude_none=True) if isinstance(case, Case) else case
