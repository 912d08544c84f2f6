"""The service keeps to its OpenAPI document, whatever is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from liangxing.service.settings import Settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance
from service_thread import served

# A few hundred requests, most of them predictions.
pytestmark = pytest.mark.slow
OPERATIONS = (
    ("GET", "/v1/model"),
    ("GET", "/v1/charges"),
    ("GET", "/v1/terms"),
    ("GET", "/v1/law/{charge}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("POST", "/v1/predict"),
    ("POST", "/v1/predict:batch"),
    ("POST", "/v1/whatif"),
    ("POST", "/v1/audit"),
    ("POST", "/v1/similar"),
    ("POST", "/v1/documents"),
    ("POST", "/v1/draft"),
)

# Nothing given, or bytes, of which any fit the schema.
PLAIN = (
    "/v1/model",
    "/v1/charges",
    "/v1/terms",
    "/v1/predict:batch",
    "/v1/documents",
    "/healthz",
    "/readyz",
    "/metrics",
)


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    return str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def schema():
    with served(Settings(deadline=120)) as service:
        yield schemathesis.openapi.from_url(f"{service.url}/openapi.json", wait_for_schema=60)


def test_every_operation_is_tried(schema):
    documented = {
        (found.ok().method.upper(), found.ok().path) for found in schema.get_all_operations()
    }
    assert documented == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_document_promises(schema, method, path, mode):
    operation = schema[path][method]
    if mode is GenerationMode.NEGATIVE and path in PLAIN:
        pytest.skip("no parameter and no JSON body that could break a schema")

    @settings(
        max_examples=25 if method == "POST" else 5,
        derandomize=True,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case):
        # No schema can say which charges, circumstances and penalties there are: a request that
        # fits the schema may still be refused, as a problem.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    answered()
