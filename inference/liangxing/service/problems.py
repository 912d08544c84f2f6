"""Errors as RFC 9457 problem details (application/problem+json)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from liangxing.errors import LiangxingError

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:liangxing:problem:"
# Slug of a problem's type: status and title.
KINDS: Mapping[str, tuple[int, str]] = {
    "bad-request": (400, "The request cannot be read"),
    "unauthorized": (401, "An API key is needed"),
    "forbidden": (403, "Not allowed"),
    "not-found": (404, "Nothing is here"),
    "method-not-allowed": (405, "This path does not take this method"),
    "too-slow": (408, "The request came too slowly"),
    "too-large": (413, "The request is too large"),
    "media-type": (415, "The content type does not fit"),
    "invalid": (422, "The request is not valid"),
    "rate-limit": (429, "Too many requests"),
    "quota": (429, "The quota is used up"),
    "internal": (500, "The service failed"),
    "queue-full": (503, "The service is busy"),
    "deadline": (503, "The answer would have come too late"),
    "not-ready": (503, "The service is not ready"),
}
_FIELD = re.compile(r"field '([^']+)'")


class Problem(BaseModel):
    """A problem; `field` names the part of the request at fault, `retry_after` is in seconds."""

    type: str = Field(examples=[f"{_PREFIX}invalid"])
    title: str
    status: int
    detail: str
    request_id: str | None = None
    field: str | None = None
    retry_after: int | None = None


class ProblemError(HTTPException):
    """An error that the client is told about; `slug` is one of `KINDS`."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        field: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        status, title = KINDS[slug]
        self.slug = slug
        self.problem = Problem(
            type=f"{_PREFIX}{slug}",
            title=title,
            status=status,
            detail=detail,
            field=field,
            retry_after=None if retry_after is None else max(1, math.ceil(retry_after)),
        )
        super().__init__(status, detail)


def of_error(error: LiangxingError) -> ProblemError:
    """What is wrong with a request, in the words of the library.

    >>> of_error(LiangxingError("field 'fact' is missing")).problem.field
    'fact'
    """
    found = _FIELD.search(str(error))
    return ProblemError("invalid", str(error), field=found[1] if found else None)


def as_response(error: ProblemError, request_id: str | None) -> Response:
    """The problem as an answer, with Retry-After and WWW-Authenticate where they belong."""
    problem = error.problem.model_copy(update={"request_id": request_id})
    headers: dict[str, str] = dict(error.headers or {})
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 408:
        headers["Connection"] = "close"
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, problem.status, headers, MEDIA_TYPE)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Handler of starlette's HTTPException, ours included."""
    assert isinstance(error, HTTPException)
    if isinstance(error, ProblemError):
        return _answer(error, request)
    by_status = {404: "not-found", 405: "method-not-allowed", 400: "bad-request"}
    found = ProblemError(by_status.get(error.status_code, "bad-request"), str(error.detail))
    found.headers = error.headers
    return _answer(found, request)


async def on_library_error(request: Request, error: Exception) -> Response:
    """Handler of LiangxingError."""
    assert isinstance(error, LiangxingError)
    return _answer(of_error(error), request)


async def on_invalid(request: Request, error: Exception) -> Response:
    """Handler of FastAPI's RequestValidationError: the first error, without the input."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    message: str = first["msg"].removeprefix("Value error, ")
    if first["type"] == "json_invalid":
        found = ProblemError("bad-request", "the body is not valid JSON")
    elif first["type"] == "value_error" and (named := _FIELD.search(message)):
        found = ProblemError("invalid", message, field=named[1])
    else:
        field = _path(first["loc"])
        found = ProblemError("invalid", f"field '{field}': {message}", field=field)
    return _answer(found, request)


def _answer(error: ProblemError, request: Request) -> Response:
    """The problem with the id that the envelope gave the request, its kind noted for the log."""
    state: dict[str, Any] = request.scope.setdefault("state", {})
    state.setdefault("log", {})["problem"] = error.slug
    return as_response(error, state.get("request_id"))


def _path(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])
