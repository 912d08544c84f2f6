"""Who may ask, how much they may send, and how long they may take to send it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liangxing.service.problems import ProblemError
from liangxing.service.settings import Settings

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
JSON, LINES = "application/json", "application/x-ndjson"
DOCUMENTS: Mapping[str, str] = {
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_LINE_TYPES = (LINES, "application/jsonl", "application/jsonlines", JSON)


class Guard:
    """Refuses foreign hosts and origins, large, slow and unsuitable bodies."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._seconds = settings.body_seconds
        named = settings.allowed_hosts
        # A health check on this machine names it as it pleases.
        self._hosts = (*named, *_LOCAL_NAMES) if named or settings.loopback else ()
        self._limit = settings.json_bytes
        self._limits = {
            "/v1/predict:batch": settings.batch_bytes,
            "/v1/documents": settings.document_bytes,
            "/v1/audit": settings.judgment_bytes,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        self._check_host(headers)
        path: str = scope["path"]
        if scope["method"] == "POST" and path.startswith("/v1/"):
            _check_type(path, headers)
        limit = self._limits.get(path, self._limit)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            raise _too_large(limit)
        await self._app(scope, _Body(receive, limit, self._seconds).receive, send)

    def _check_host(self, headers: Headers) -> None:
        """A page elsewhere must not reach a service without keys through the user's browser."""
        host = headers.get("host", "")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        if self._hosts and name.lower() not in self._hosts:
            raise ProblemError("forbidden", "the Host header names no host of this service")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != host.lower():
            raise ProblemError("forbidden", "requests from other sites are not answered")


class _Body:
    """`receive` with a limit on the bytes and on the time until the last of them."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._until = time.monotonic() + seconds
        self._size = 0
        self._complete = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), self._until - time.monotonic())
        except TimeoutError:
            raise ProblemError("too-slow", "the body did not arrive in time") from None
        self._size += len(message.get("body", b""))
        if self._size > self._limit:
            raise _too_large(self._limit)
        self._complete = not message.get("more_body", False)
        return message


def _check_type(path: str, headers: Headers) -> None:
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if path == "/v1/documents":
        accepted = tuple(DOCUMENTS)
    else:
        accepted = _LINE_TYPES if path == "/v1/predict:batch" else (JSON,)
    if given not in accepted:
        raise ProblemError("media-type", f"Content-Type must be {' or '.join(accepted)}")


def _too_large(limit: int) -> ProblemError:
    return ProblemError("too-large", f"the body is larger than {limit} bytes")
