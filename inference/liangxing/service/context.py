"""What the routes share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from liangxing.service.auth import Key
from liangxing.service.desk import Desk
from liangxing.service.metrics import Metrics
from liangxing.service.models import Models
from liangxing.service.rates import Rates
from liangxing.service.settings import Settings


@dataclass(frozen=True)
class Context:
    """The parts of one service."""

    settings: Settings
    metrics: Metrics
    models: Models
    desk: Desk
    rates: Rates | None

    def until(self) -> float:
        """When a request accepted now must be answered, in monotonic seconds."""
        return time.monotonic() + self.settings.deadline

    def count_cases(self, request: Request, number: int) -> None:
        """Counts cases against the quota of the request's key, if it has one."""
        key: Key | None = request.scope["state"].get("key")
        if self.rates is not None and key is not None:
            self.rates.cases(key, number)


async def _context(request: Request) -> Context:
    return request.app.state.context


Service = Annotated[Context, Depends(_context)]
