"""HTTP/1.1 that closes connections whose headers do not arrive in time."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class TimedProtocol(H11Protocol):
    """uvicorn times idle connections after an answer, but neither the first headers of a
    connection nor what a client goes on sending after a refusal."""

    header_seconds = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)
        # uvicorn leaves its timer, and so the whole connection, after a reset.
        self._unset_keepalive_if_required()

    def _watch(self) -> None:
        if self._answering():
            self._stop()
        elif self._timer is None and not self.transport.is_closing():
            self._timer = self.loop.call_later(self.header_seconds, self._expire)

    def _expire(self) -> None:
        self._timer = None
        if not self._answering():
            self.transport.close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _answering(self) -> bool:
        cycle: Any = self.cycle  # null before the first request, whatever its type says
        return cycle is not None and not cycle.response_complete
