"""Around every request: an id, security headers, one line of log, and no leak on failure."""

from __future__ import annotations

import asyncio
import re
import time
import traceback
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from liangxing.service import logs
from liangxing.service.metrics import Metrics
from liangxing.service.problems import ProblemError, as_response

REQUEST_ID = "X-Request-ID"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_log = logs.logger()


class Envelope:
    """The outermost layer of the app."""

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, write_seconds: float, log_cases: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._write_seconds = write_seconds
        self._log_cases = log_cases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.monotonic()
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {}).update(request_id=request_id, begun=begun)
        status = 0

        async def sender(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                headers.update(_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await asyncio.wait_for(send(message), self._write_seconds)

        problem: str | None = None
        try:
            await self._app(scope, receive, sender)
        except ProblemError as error:
            problem = error.slug
            await as_response(error, request_id)(scope, receive, sender)
        except Exception as error:
            problem = "internal"
            self._log_failure(error, request_id)
            if status:
                # Half an answer is out: the connection is cut so that nobody takes it for whole.
                raise _CutOffError from None
            hidden = ProblemError("internal", "the error is in the service's log under this id")
            await as_response(hidden, request_id)(scope, receive, sender)
        finally:
            self._account(scope, request_id, status, time.monotonic() - begun, problem)

    def _account(
        self, scope: Scope, request_id: str, status: int, seconds: float, problem: str | None
    ) -> None:
        route = getattr(scope.get("route"), "path", None) or "other"
        self._metrics.requests.labels(route, str(status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        notes: dict[str, Any] = dict(scope["state"].get("log", {}))
        if problem is not None:
            notes["problem"] = problem
        # Neither the path as sent nor the query: they may hold names.
        _log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,
            status=status,
            seconds=round(seconds, 4),
            **notes,
        )

    def _log_failure(self, error: Exception, request_id: str) -> None:
        """Where it failed; the message, which may quote a case, only when cases may be logged."""
        places = [
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-6:]
        ]
        said = {"message": str(error)} if self._log_cases else {}
        _log.error(
            "failure", request_id=request_id, error=type(error).__name__, places=places, **said
        )


class _CutOffError(Exception):
    """Tells the server to close the connection."""
