"""A browser and a console to look at: the stand-in, or the service at BARTIZAN_E2E_URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ELSEWHERE = os.environ.get("BARTIZAN_E2E_URL", "")
SHOTS = Path(__file__).resolve().parents[2] / "runs" / "e2e"

if not os.environ.get("BARTIZAN_E2E"):
    collect_ignore_glob = ["test_*.py"]  # they need a browser: `make e2e`
else:
    import sys

    sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def served() -> Iterator[Any]:
    """The stand-in, fresh for each test; tests that move its clock need it."""
    from standin import Night, Served

    made = Served(Night())
    yield made
    made.stop()


@pytest.fixture
def night(served: Any) -> Any:
    return served.night


@pytest.fixture
def url(request: pytest.FixtureRequest) -> str:
    """Where the console is, for tests that hold against any service."""
    if ELSEWHERE and {"night", "served"} & set(request.fixturenames):
        pytest.skip("moves the made-up night by hand; BARTIZAN_E2E_URL is another service")
    return ELSEWHERE or str(request.getfixturevalue("served").url)


@pytest.fixture
def page(browser: Any, url: str) -> Iterator[Any]:
    """The console, open and with a picture; errors of the page fail the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on(
        "console", lambda line: wrong.append(line.text) if "Content Security" in line.text else None
    )
    made.on("request", lambda request: asked.append(request.url))
    made.goto(url)
    made.wait_for_function("() => globalThis.bartizan?.frames.length > 2", timeout=30_000)
    yield made
    context.close()
    assert not wrong
    assert all(a.startswith((url, url.replace("http", "ws", 1))) for a in asked), asked


@pytest.fixture
def shot(page: Any) -> Any:
    """Keep a screenshot in runs/e2e (not in the repository)."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    return lambda name: page.screenshot(path=SHOTS / f"{name}.png")
