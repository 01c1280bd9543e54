"""The API against its own description: whatever fits it is answered as it says, never with 500."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from bartizan.service import Source
from console.test_server import HOST, Site
from service.night import scans

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
WIRE = ("method", "url", "params", "json", "headers")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, TestClient]]:
    site = Site(tmp_path_factory.mktemp("described"))
    with TestClient(site.app, base_url=HOST) as client:
        site.service.add(Source("sim", site.feed(scans()[:100])))
        while site.service.board.steps < 100:
            time.sleep(0.02)
        yield site, client


@pytest.mark.filterwarnings("ignore")
def test_every_operation_answers_as_described(client: tuple[Site, TestClient]) -> None:
    site, browser = client
    described = schemathesis.openapi.from_dict(site.app.openapi())
    operations = [o.ok() for o in described.get_all_operations()]
    assert len(operations) > 15
    csrf: dict[str, str] = {}
    for operation in operations:
        csrf.update(site.sign_in(browser, "sup"))

        @settings(max_examples=10, deadline=None, derandomize=True, database=None,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            asked = case.as_transport_kwargs(base_url=HOST, headers=csrf)
            answer = browser.request(**{k: v for k, v in asked.items() if k in WIRE})
            case.validate_response(Response.from_any(answer), checks=CHECKS)

        ask()
