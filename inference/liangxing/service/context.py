"""What the routes share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from liangxing.service.auth import Key
from liangxing.service.desk import Desk
from liangxing.service.metrics import Metrics
from liangxing.service.models import Loaded, Models
from liangxing.service.rates import Rates
from liangxing.service.settings import Settings

_T = TypeVar("_T")


@dataclass(frozen=True)
class Context:
    """The parts of one service."""

    settings: Settings
    metrics: Metrics
    models: Models
    desk: Desk
    rates: Rates | None

    async def answer(self, request: Request, work: Callable[[Loaded], _T], cases: int = 1) -> _T:
        """Does work with the model of this moment, in its turn and within the deadline.

        Only what is accepted counts against a key's quota of cases.
        """
        loaded = self.models.current
        async with self.desk.place():
            self.count_cases(request, cases)
            until = request.scope["state"]["begun"] + self.settings.deadline
            return await self.desk.run(lambda: work(loaded), until)

    def count_cases(self, request: Request, number: int) -> None:
        """Counts cases against the quota of the request's key, if it has one."""
        key: Key | None = request.scope["state"].get("key")
        if self.rates is not None and key is not None:
            self.rates.cases(key, number)


async def _context(request: Request) -> Context:
    return request.app.state.context


Service = Annotated[Context, Depends(_context)]
