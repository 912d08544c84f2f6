"""Asks for the API key, where there are keys, and counts the requests of each."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from liangxing.service.auth import Key, Keys
from liangxing.service.problems import ProblemError
from liangxing.service.rates import Rates


class Gate:
    """Without `keys` everybody may ask; the page itself, which holds no data, needs no key."""

    def __init__(self, app: ASGIApp, *, keys: Keys | None, rates: Rates | None) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._keys is not None and _closed(scope["path"]):
            key = self._key(Headers(scope=scope))
            scope["state"]["key"] = key
            scope["state"].setdefault("log", {})["key"] = key.name
            if self._rates is not None:
                self._rates.request(key)
        await self._app(scope, receive, send)

    def _key(self, headers: Headers) -> Key:
        assert self._keys is not None
        scheme, _, secret = headers.get("authorization", "").partition(" ")
        key = self._keys.find(secret.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise ProblemError("unauthorized", "send the header Authorization: Bearer KEY")
        return key


def _closed(path: str) -> bool:
    return path.startswith("/v1/") or path == "/metrics"
