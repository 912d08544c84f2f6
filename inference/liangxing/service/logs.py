"""Logs as JSON lines on standard error, those of the server included."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

_TOLD = ("liangxing", "uvicorn")
_SHARED: tuple[Any, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def logger() -> structlog.stdlib.BoundLogger:
    """The service's logger; it says nothing where nobody has set up logging."""
    plain = logging.getLogger("liangxing.service")
    if not plain.handlers:
        plain.addHandler(logging.NullHandler())
    return structlog.wrap_logger(
        plain,
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def configure(level: int = logging.INFO, stream: TextIO = sys.stderr) -> None:
    """Sets up all loggers of the process."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_traceback,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries may name at INFO what they were given.
    root.setLevel(logging.WARNING)
    for name in _TOLD:
        logging.getLogger(name).setLevel(level)


def _without_traceback(
    logger: Any, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The kind of an exception only: its message may quote a case."""
    failure: Any = event.pop("exc_info", None)
    if isinstance(failure, tuple):
        failure = cast(tuple[Any, ...], failure)[1]
    if isinstance(failure, BaseException):
        event["error"] = type(failure).__name__
    return event
