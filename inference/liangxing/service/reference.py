"""Routes that say what the model, the law and the names are, and how the service fares."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from liangxing.errors import ConfigError
from liangxing.law.charges import all_charges, article_of
from liangxing.law.circumstances import fact_names, quantity_names
from liangxing.law.leniency import plea_rules
from liangxing.law.show import law_show
from liangxing.model.bundle import CARD
from liangxing.reading.quantities import UNITS
from liangxing.service.context import Service
from liangxing.service.metrics import CONTENT_TYPE
from liangxing.service.problems import ProblemError
from liangxing.service.schemas import ChargeDescription, ModelDescription, Status, Terms

router = APIRouter()


@router.get("/v1/model", summary="The model that answers")
async def model(service: Service) -> ModelDescription:
    loaded = service.models.current
    bundle = loaded.predictor.bundle
    manifest, card = bundle.manifest, bundle.folder / CARD
    return ModelDescription(
        name=manifest.name,
        version=manifest.version,
        sha256=bundle.sha256,
        charges=list(manifest.charges),
        calibrated=bundle.calibration is not None,
        synthetic=manifest.synthetic,
        law_sha256=manifest.law_sha256,
        similar_cases=None if loaded.similar is None else len(loaded.similar),
        card=card.read_text(encoding="utf-8") if card.is_file() else "",
    )


@router.get("/v1/charges", summary="Every charge (罪名) in the order of the Criminal Law")
def charges(service: Service) -> list[ChargeDescription]:
    known = set(service.models.current.predictor.bundle.manifest.charges)
    return [
        ChargeDescription(name=name, article=article_of(name), modelled=name in known)
        for name in all_charges()
    ]


@router.get("/v1/terms", summary="Names of circumstances, quantities, stages and ladders")
def terms() -> Terms:
    rules = plea_rules()
    return Terms(
        circumstances=dict(fact_names()),
        quantities=dict(quantity_names()),
        units=UNITS,
        stages={stage: rules.stage_names[stage] for stage in rules.stages},
        ladders={ladder.id: ladder.place for ladder in rules.ladders},
    )


@router.get("/v1/law/{charge}", summary="What the law says of a charge, with sources")
def law(charge: str, on: date | None = None) -> dict[str, Any]:
    """`on`: the law in force on a day; without it every version."""
    try:
        return law_show(charge, on)
    except ConfigError:
        raise ProblemError(
            "not-found", "no statute for a charge of this name; GET /v1/charges names all"
        ) from None


@router.get("/healthz", summary="Whether the process lives")
async def healthz() -> Status:
    return Status(status="alive")


@router.get("/readyz", summary="Whether requests can be answered")
async def readyz(service: Service) -> Status:
    """`newer_model_refused`: the model was replaced by one that cannot be loaded; the former one
    answers, and the log says what is wrong."""
    _ = service.models.current
    return Status(status="ready", newer_model_refused=service.models.refused)


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(service: Service) -> Response:
    return Response(service.metrics.text(), media_type=CONTENT_TYPE)
