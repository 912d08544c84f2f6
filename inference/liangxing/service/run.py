"""Starts the server: one process, or several that are replaced when they die."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import uvicorn
from fastapi import FastAPI

from liangxing.model.bundle import BUNDLED, load_bundle
from liangxing.model.registry import local_folder
from liangxing.service import logs
from liangxing.service.app import create_app
from liangxing.service.auth import read_keys
from liangxing.service.metrics import FOLDER_VARIABLE
from liangxing.service.models import load
from liangxing.service.protocol import TimedProtocol
from liangxing.service.settings import Settings, check

SETTINGS_VARIABLE = "LIANGXING_SERVICE_SETTINGS"
_AFTER_DEADLINE = 5


def worker_app() -> FastAPI:
    """The app of one worker, whose settings stand in the environment."""
    settings = Settings.model_validate_json(os.environ[SETTINGS_VARIABLE])
    logs.configure()
    TimedProtocol.header_seconds = settings.header_seconds
    return create_app(settings)


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; what was accepted is finished first.

    Raises LiangxingError before it listens: no keys where they are needed, a damaged model.
    """
    check(settings)
    if settings.keys is not None:
        read_keys(settings.keys)
    if settings.index is None and settings.local_thresholds is None:
        load_bundle(BUNDLED if settings.model is None else local_folder(settings.model))
    else:
        load(settings)
    logs.configure()
    os.environ[SETTINGS_VARIABLE] = settings.model_dump_json()
    figures = tempfile.mkdtemp(prefix="liangxing-metrics-") if settings.workers > 1 else None
    if figures is not None:
        os.environ[FOLDER_VARIABLE] = figures
    try:
        uvicorn.run(
            "liangxing.service.run:worker_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            **server_options(settings),
        )
    finally:
        if figures is not None:
            shutil.rmtree(figures, ignore_errors=True)


def server_options(settings: Settings) -> dict[str, Any]:
    """How uvicorn serves, whatever the address."""
    return {
        "http": TimedProtocol,
        "ws": "none",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "limit_concurrency": settings.connections,
        "timeout_keep_alive": settings.idle_seconds,
        "timeout_graceful_shutdown": round(
            max(settings.deadline, settings.batch_deadline) + _AFTER_DEADLINE
        ),
        # Starting takes seconds of a core; a busy machine is no dead worker.
        "timeout_worker_healthcheck": 60,
    }
