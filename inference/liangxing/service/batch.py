"""Many cases in one request: JSON Lines in, JSON Lines out, one at a time."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import Request

from liangxing.errors import CaseError, LiangxingError
from liangxing.prediction import Prediction
from liangxing.service.context import Context
from liangxing.service.models import Loaded
from liangxing.service.problems import ProblemError, of_error
from liangxing.service.schemas import given_case

Row = tuple[str, object]


def rows_of(body: bytes, limit: int) -> list[Row]:
    """(line number, decoded row or CaseError) of each line that is not blank."""
    try:
        lines = body.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise ProblemError("bad-request", "the body is not UTF-8") from None
    rows = [(str(number), line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not rows:
        raise ProblemError("invalid", "the body holds no case; give one JSON object per line")
    if len(rows) > limit:
        raise ProblemError(
            "too-large", f"the body holds {len(rows)} rows, the limit is {limit}; split it"
        )
    return [(number, _decoded(line)) for number, line in rows]


async def answers(
    service: Context,
    request: Request,
    loaded: Loaded,
    rows: list[Row],
    level: float,
    ladder: str | None,
) -> AsyncGenerator[bytes]:
    """A line for each row, in order. One place at the desk is held to the end."""
    until = time.monotonic() + service.settings.batch_deadline
    async with service.desk.place():
        service.count_cases(request, len(rows))
        for number, row in rows:
            line = await _line(service, loaded, (number, row), (level, ladder, until))
            yield (json.dumps(line, ensure_ascii=False) + "\n").encode()


async def _line(
    service: Context, loaded: Loaded, numbered: Row, options: tuple[float, str | None, float]
) -> dict[str, Any]:
    number, row = numbered
    level, ladder, until = options
    id_ = number
    try:
        if isinstance(row, CaseError):
            raise row
        case = given_case(row, default_id=number)
        id_ = case.id or number

        def work() -> Prediction:
            return loaded.predictor.predict(case, level=level, ladder=ladder)

        found = await service.desk.run(work, until)
    except ProblemError as error:
        return {"id": id_, "error": error.problem.model_dump(exclude_none=True)}
    except LiangxingError as error:
        return {"id": id_, "error": of_error(error).problem.model_dump(exclude_none=True)}
    service.metrics.predicted(case, found)
    return found.to_dict()


def _decoded(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return CaseError("not a JSON object; is the line cut off?")
