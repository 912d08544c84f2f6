"""Routes that ask the model: predict, what-if, audit, similar cases, documents."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from liangxing.audit import audit_documents, row_json
from liangxing.documents_in import Document
from liangxing.drafts import draft as drafted
from liangxing.law.assess import assess
from liangxing.law.guidelines import Options
from liangxing.prediction import Prediction
from liangxing.service.batch import answers, rows_of
from liangxing.service.context import Service
from liangxing.service.documents import reading_of
from liangxing.service.extract import text_of
from liangxing.service.guard import DOCUMENTS, JSON, LINES
from liangxing.service.models import Loaded
from liangxing.service.problems import ProblemError
from liangxing.service.schemas import (
    EXAMPLE,
    AuditRequest,
    DocumentReading,
    DraftRequest,
    PredictRequest,
    SimilarRequest,
    WhatIfRequest,
)
from liangxing.similar.answers import SimilarAnswer
from liangxing.similar.judged import JudgedCase, Verdict, text_id
from liangxing.whatif.reply import WhatIfReply

router = APIRouter(prefix="/v1")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _json(text: str) -> Response:
    return Response(text, media_type=JSON)


@router.post("/predict", response_model=Prediction, summary="The sentence of one case")
async def predict(asked: PredictRequest, request: Request, service: Service) -> Response:
    def work(loaded: Loaded) -> Prediction:
        return loaded.predictor.predict(asked.case, level=asked.level, ladder=asked.ladder)

    found = await service.answer(request, work)
    service.metrics.predicted(asked.case, found)
    return _json(found.to_json())


@router.post(
    "/predict:batch",
    summary="Many cases as JSON Lines; the answer is streamed in their order",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {LINES: {"schema": {"type": "string"}, "example": f"{EXAMPLE}\n"}},
        }
    },
    responses={200: {"content": {LINES: {"schema": {"type": "string"}}}}},
    response_class=Response,
)
async def predict_batch(
    request: Request,
    service: Service,
    level: Annotated[float, Query(gt=0, lt=1)] = 0.9,
    ladder: str | None = None,
) -> Response:
    """A bad row gives the line `{"id", "error"}` with a problem, and the others are answered."""
    loaded = service.models.current
    rows = rows_of(await request.body(), service.settings.batch_rows)
    lines = answers(service, request, loaded, rows, level, ladder)
    # The first line is waited for: a full queue or quota is still an error of the whole.
    first = await anext(lines)

    async def stream() -> AsyncGenerator[bytes]:
        async with aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return StreamingResponse(stream(), media_type=LINES)


@router.post(
    "/whatif", response_model=WhatIfReply, summary="What changed circumstances would do to a case"
)
async def what_if(asked: WhatIfRequest, request: Request, service: Service) -> Response:
    given = asked.variants
    variants = [each.model_dump() for each in given] if isinstance(given, list) else given
    return _json(
        await service.answer(
            request,
            lambda loaded: loaded.predictor.what_if(
                asked.case, variants, level=asked.level, ladder=asked.ladder
            ).to_json(),
        )
    )


@router.post(
    "/audit",
    response_model=dict[str, Any],
    summary="Recommendation, verdict and prediction of a judgment side by side",
)
async def audit(asked: AuditRequest, request: Request, service: Service) -> Response:
    document = Document(asked.id or "1", asked.document)
    return _json(
        await service.answer(
            request, lambda loaded: row_json(next(audit_documents([document], loaded.predictor)))
        )
    )


@router.post(
    "/similar", response_model=SimilarAnswer, summary="The nearest cases of the service's index"
)
async def similar(asked: SimilarRequest, request: Request, service: Service) -> Response:
    if service.models.current.similar is None:
        raise ProblemError("not-found", "the service has no index of cases")
    judged = JudgedCase(asked.case.id or text_id(asked.case), asked.case, Verdict())

    def work(loaded: Loaded) -> str:
        assert loaded.similar is not None
        return loaded.similar.query(judged, k=asked.k, charge=asked.charge).to_json()

    return _json(await service.answer(request, work))


@router.post(
    "/documents",
    response_model=DocumentReading,
    summary="Facts, defendants and charges of a judgment (text, PDF or DOCX)",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}} for kind in DOCUMENTS
            },
        }
    },
)
async def documents(request: Request, service: Service) -> Response:
    kind = request.headers["content-type"].partition(";")[0].strip().lower()
    content = await request.body()
    seconds = service.settings.deadline
    found = await service.answer(
        request, lambda _: reading_of(text_of(content, DOCUMENTS[kind], seconds)), cases=0
    )
    return _json(found.model_dump_json())


@router.post(
    "/draft",
    summary="A recommendation, plea statement or worksheet as a .docx file",
    responses={200: {"content": {DOCX: {"schema": {"type": "string", "format": "binary"}}}}},
    response_class=Response,
)
async def draft(
    asked: DraftRequest,
    request: Request,
    service: Service,
    kind: Literal["recommendation", "plea-statement", "worksheet"],
) -> Response:
    def work(loaded: Loaded) -> bytes:
        case = asked.case
        options = Options(plea_ladder=asked.ladder, stage=case.stage)
        law = assess(case, finder=loaded.predictor.finder, options=options)
        found = loaded.predictor.predict(case, level=asked.level, ladder=asked.ladder)
        return drafted(kind, case, found, law, penalty=asked.penalty).content

    content = await service.answer(request, work)
    headers = {"Content-Disposition": f'attachment; filename="{kind}.docx"'}
    return Response(content, media_type=DOCX, headers=headers)
