"""The app: routes inside layers that guard them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from liangxing.errors import LiangxingError
from liangxing.service import api, problems, reference
from liangxing.service.auth import Keys
from liangxing.service.context import Context
from liangxing.service.desk import Desk
from liangxing.service.envelope import Envelope
from liangxing.service.gate import Gate
from liangxing.service.guard import Guard
from liangxing.service.metrics import Metrics
from liangxing.service.models import Models
from liangxing.service.openapi import document
from liangxing.service.page_files import FOLDER, INDEX, PageFiles
from liangxing.service.rates import Rates
from liangxing.service.settings import Settings, check

_FILES = PageFiles(directory=FOLDER)
# Of the deadline, at the present pace; the rest is for the work itself and for a machine that
# gets busy otherwise while the request waits.
_WAITING_SHARE = 0.4


def create_app(settings: Settings) -> FastAPI:
    """One worker's app. Raises ConfigError where it must not listen or the keys are unreadable."""
    check(settings)
    keys = None if settings.keys is None else Keys(settings.keys)
    rates = None if settings.keys is None else Rates(settings.state or settings.keys.parent)
    metrics = Metrics()
    context = Context(
        settings=settings,
        metrics=metrics,
        models=Models(settings, metrics),
        desk=Desk(
            settings.concurrency,
            settings.queue,
            metrics,
            patience=_WAITING_SHARE * settings.deadline,
        ),
        rates=rates,
    )
    app = FastAPI(
        title="liangxing", docs_url=None, redoc_url=None, lifespan=_lifespan, version="1"
    )
    app.state.context = context
    app.openapi = lambda: document(app)
    app.add_exception_handler(HTTPException, problems.on_http_error)
    app.add_exception_handler(LiangxingError, problems.on_library_error)
    app.add_exception_handler(RequestValidationError, problems.on_invalid)
    # The last one added is the outermost.
    app.add_middleware(Gate, keys=keys, rates=rates)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(
        Envelope,
        metrics=metrics,
        write_seconds=settings.write_seconds,
        log_cases=settings.log_cases,
    )
    app.include_router(api.router)
    app.include_router(reference.router)
    app.add_api_route("/", _page, include_in_schema=False)
    app.mount("/static", _FILES)
    return app


async def _page(request: Request) -> Response:
    return await _FILES.get_response(INDEX, request.scope)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    context: Context = app.state.context
    await asyncio.to_thread(context.models.look)
    watching = asyncio.create_task(context.models.watch())
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        context.desk.close()
        if context.rates is not None:
            context.rates.close()
