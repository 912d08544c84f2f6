"""The service keeps to its OpenAPI document, whatever is sent."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from liangxing.service.settings import Settings
from service_thread import served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def schema():
    with served(Settings(deadline=120)) as service:
        loaded = schemathesis.openapi.from_url(f"{service.url}/openapi.json", wait_for_schema=60)
        yield loaded


api = schemathesis.pytest.from_fixture("schema")


@api.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_document_promises(case):
    case.call_and_validate()
