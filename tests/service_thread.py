"""A service in a thread of the test's process: real sockets, real limits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from liangxing.service.app import create_app
from liangxing.service.context import Context
from liangxing.service.models import Loaded
from liangxing.service.protocol import TimedProtocol
from liangxing.service.run import server_options
from liangxing.service.settings import Settings

PATIENCE = 120


@dataclass
class Served:
    """A running service."""

    port: int
    server: uvicorn.Server
    context: Context
    thread: threading.Thread

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """As SIGTERM does: what was accepted is finished first."""
        self.server.should_exit = True


class Slow:
    """A predictor that answers only when it is let; `begun` counts the calls."""

    def __init__(self, predictor) -> None:
        self.predictor = predictor
        self.bundle = predictor.bundle
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()

    def predict(self, case, level=0.9, *, ladder=None):
        self.begun.release()
        assert self.go.wait(PATIENCE)
        return self.predictor.predict(case, level=level, ladder=ladder)


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    app = create_app(settings)
    options = server_options(settings)
    options["http"] = type("Quick", (TimedProtocol,), {"header_seconds": settings.header_seconds})
    ready = threading.Event()

    async def tell() -> None:
        ready.set()

    config = uvicorn.Config(
        app, port=0, callback_notify=tell, timeout_notify=0, workers=1, **options
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    port = server.servers[0].sockets[0].getsockname()[1]
    found = Served(port, server, app.state.context, thread)
    try:
        yield found
    finally:
        found.stop()
        thread.join(PATIENCE)
        assert not thread.is_alive()


@contextmanager
def slowly(service: Served) -> Iterator[Slow]:
    """Within the block predictions wait to be let go."""
    models = service.context.models
    loaded = models.current
    slow = Slow(loaded.predictor)
    models._loaded = Loaded(slow, loaded.similar)  # type: ignore[assignment]
    try:
        yield slow
    finally:
        slow.go.set()
        models._loaded = loaded


class Later:
    """A call in a thread, whose outcome is asked for later."""

    def __init__(self, call: Callable) -> None:
        self._outcome = None
        self._error: BaseException | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome = self._call()
        except BaseException as error:
            self._error = error

    def result(self):
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error
        return self._outcome
