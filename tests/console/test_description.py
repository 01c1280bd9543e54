"""The API against its own description: whatever fits it is answered as it says, never with 500."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pymap3d
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


def test_the_stream_is_what_its_description_says(client: tuple[Site, TestClient]) -> None:
    """Every message of the WebSocket, by a machine with a viewer's token, against the schema."""
    site, browser = client
    token = site.rights.add_machine("a map", "viewer")
    browser.cookies.clear()
    schemas = site.app.openapi()["components"]
    head = {"Authorization": f"Bearer {token}", "host": "127.0.0.1"}
    kinds = set()
    with browser.websocket_connect("/api/live", headers=head) as stream:
        while kinds != {"picture", "event"}:
            message = stream.receive_json()
            name = "Live" + message["kind"].capitalize()
            jsonschema_rs.validate(
                {"$ref": f"#/components/schemas/{name}", "components": schemas}, message
            )
            kinds.add(message["kind"])
            if message["kind"] == "picture":
                tracks = message["tracks"]
    lat, lon, hae = site.service.setup.site.origin
    at = pymap3d.enu2geodetic(tracks[0]["e"], tracks[0]["n"], tracks[0]["u"],
                              math.degrees(lat), math.degrees(lon), hae)  # fmt: skip
    assert (tracks[0]["lat_deg"], tracks[0]["lon_deg"]) == pytest.approx(at[:2], abs=2e-6)


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
