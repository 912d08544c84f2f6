"""The OpenAPI document: what FastAPI knows, and the problems that any route may answer with."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from liangxing.service.problems import MEDIA_TYPE, Problem

_REF = {"$ref": "#/components/responses/Problem"}
_ALWAYS = ("400", "403", "429", "500", "503")
_WITH_BODY = ("408", "413", "415", "422")
_DESCRIPTION = (
    "Sentence prediction for Chinese criminal cases: decision support, never a verdict. "
    "Errors are RFC 9457 problem details. Where the service has keys, send Authorization: "
    "Bearer KEY."
)


def document(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema:
        return app.openapi_schema
    made = get_openapi(title="liangxing", version="1", description=_DESCRIPTION, routes=app.routes)
    components: dict[str, Any] = made.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
    components["responses"] = {
        "Problem": {
            "description": "What went wrong",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    }
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    for path, operations in made["paths"].items():
        closed = path.startswith("/v1/") or path == "/metrics"
        for method, operation in operations.items():
            answers = operation["responses"]
            codes = [*_ALWAYS, *(("401",) if closed else ())]
            codes += _WITH_BODY if method == "post" else ()
            codes += ("404", "422") if "{" in path or path == "/v1/similar" else ()
            answers.update(dict.fromkeys(codes, _REF))
            if closed:
                operation["security"] = [{"key": []}, {}]
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    app.openapi_schema = made
    return made
