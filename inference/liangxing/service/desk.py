"""Bounded work: a few predictions at once, a short queue, and no more."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeVar

from liangxing.service.metrics import Metrics
from liangxing.service.problems import ProblemError

_T = TypeVar("_T")
_FIRST_GUESS = 0.3
_MEMORY = 0.9


class Desk:
    """Runs work off the event loop; all methods are called on the loop.

    A place is held from acceptance to answer. There are as many as may run and wait, and fewer
    where the last would wait longer than `patience` seconds; without one a request is refused at
    once with the time after which it may come again. `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        concurrency: int,
        queue: int,
        metrics: Metrics,
        *,
        patience: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="predict")
        self._concurrency = concurrency
        self._places = concurrency + queue
        self._taken = 0
        self._patience = patience
        self._seconds = _FIRST_GUESS
        self._begun: dict[int, float] = {}
        self._metrics = metrics
        self._clock = clock

    @property
    def taken(self) -> int:
        """Requests accepted and not yet answered."""
        return self._taken

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """A place for one request; ProblemError queue-full when there is none."""
        wait = self._wait()
        late = self._taken > self._concurrency and wait > self._patience
        if late or self._taken >= self._places:
            raise ProblemError(
                "queue-full", f"{self._taken} requests are waiting already", retry_after=wait
            )
        self._taken += 1
        self._metrics.waiting.inc()
        try:
            yield
        finally:
            self._taken -= 1
            self._metrics.waiting.dec()

    async def run(self, work: Callable[[], _T], until: float) -> _T:
        """Does `work` in a thread; ProblemError deadline when it is not done by `until`
        (monotonic seconds). Work that has not begun by then is never begun.
        """
        asked = self._clock()

        def timed() -> _T:
            begun = self._clock()
            self._begun[threading.get_ident()] = begun
            self._metrics.queue_seconds.observe(begun - asked)
            try:
                return work()
            finally:
                del self._begun[threading.get_ident()]
                self._seconds += (1 - _MEMORY) * (self._clock() - begun - self._seconds)

        future = asyncio.wrap_future(self._pool.submit(timed))
        done, _ = await asyncio.wait({future}, timeout=max(0.0, until - asked))
        if done:
            return future.result()
        future.cancel()
        raise ProblemError(
            "deadline",
            "the service is too busy to answer in time",
            retry_after=self._wait(),
        )

    def _wait(self) -> float:
        """Seconds until a place taken now would be reached; what runs longer than usual, maybe
        for a request that was given up, is taken to run as long again."""
        now = self._clock()
        over = sum(max(0.0, now - begun - self._seconds) for begun in tuple(self._begun.values()))
        return (self._taken * self._seconds + over) / self._concurrency

    def close(self) -> None:
        """Waits for what runs."""
        self._pool.shutdown(cancel_futures=True)
