"""Can it be read: axe-core without violations, contrast, colour blindness, size."""

from __future__ import annotations

import io
from itertools import combinations
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def violations(page: Any) -> list[str]:
    answer = Axe().run(page, options=AXE).response
    assert "color-contrast" in {p["id"] for p in answer["passes"]}
    found = answer["violations"]
    return [
        f"{v['id']}: {n['html'][:160]} {n.get('failureSummary', '')[:300]}"
        for v in found
        for n in v["nodes"]
    ]


@pytest.mark.parametrize("theme", ["dark", "day"])
def test_axe_on_the_whole_page(page: Any, night: Any, shot: Any, theme: str) -> None:
    night.jump(115)
    if theme == "day":
        page.keyboard.press("y")
    page.keyboard.press("Tab")
    page.locator(".track .label").wait_for()
    page.get_by_text("no data for").wait_for()
    shot(f"20-{theme}")
    assert violations(page) == []
    page.keyboard.press("ArrowLeft")
    page.locator(".replayword").wait_for()
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["dark", "day"])
@pytest.mark.parametrize("key", ["p", "c", "x", "u", "?", "n", "i", "r", "d", "s"])
def test_axe_on_every_dialogue(page: Any, night: Any, theme: str, key: str) -> None:
    night.jump(100)
    if theme == "day":
        page.keyboard.press("y")
    page.keyboard.press("Tab")
    page.wait_for_timeout(200)
    page.keyboard.press(key)
    page.locator("dialog[open]").wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []


def test_axe_on_the_door(page: Any, night: Any) -> None:
    night.user = None
    page.reload()
    page.get_by_label("Password").wait_for()
    assert violations(page) == []


def _lab(rgb: tuple[int, ...]) -> tuple[float, float, float]:
    """CIE 1976 L*a*b* of an sRGB colour under D65 (CIE 15:2004)."""
    lin = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)
    ]
    rows = (
        (0.4124, 0.3576, 0.1805, 0.9505),
        (0.2126, 0.7152, 0.0722, 1.0),
        (0.0193, 0.1192, 0.9505, 1.089),
    )
    f = []
    for *m, white in rows:
        x = sum(a * b for a, b in zip(m, lin, strict=True)) / white
        f.append(x ** (1 / 3) if x > 0.008856 else 7.787 * x + 16 / 116)
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


@pytest.mark.parametrize("sight", ["none", "protanopia", "deuteranopia", "tritanopia"])
def test_symbols_are_told_apart(page: Any, shot: Any, sight: str) -> None:
    """The browser's own emulation of colour blindness; colours of the legend's frames.

    Friend, neutral, hostile, suspect and unknown differ by at least 10 in L*a*b* (2.3 is just
    noticeable: Mahy et al. 1994); and each has another frame, so colour is never alone.
    """
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": sight})
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot(f"21-sight-{sight}")
    colours = {}
    for row in page.locator(".legend li").all():
        name = row.inner_text().strip()
        box = row.locator("img").bounding_box()
        # In the frame, above the class's own icon.
        x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.28
        if name == "Hostile":
            x, y = box["x"] + box["width"] * 0.38, box["y"] + box["height"] * 0.62
        colours[name] = _lab(picture.getpixel((round(x), round(y))))
    named = ["Hostile", "Suspect", "Unknown", "Friend", "Neutral"]
    for a, b in combinations(named, 2):
        apart = sum((p - q) ** 2 for p, q in zip(colours[a], colours[b], strict=True)) ** 0.5
        assert apart > 10, (sight, a, b, round(apart, 1))


def test_nothing_is_clipped_at_its_size(page: Any, night: Any) -> None:
    """At 1440 x 900 no panel is wider than its column, and the page does not scroll."""
    night.jump(115)
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.top, .left, .right, .alerts, .track, .log ol, .controls, .actions, .facts')]"
        ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.className)"
    )
    assert wide == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    cut = page.evaluate(
        "() => [...document.querySelectorAll('button')].filter(b => b.scrollWidth > b.clientWidth + 1).map(b => b.textContent)"
    )
    assert cut == []
    assert page.evaluate(
        "document.querySelector('.left').scrollHeight <= document.querySelector('.left').clientHeight"
    )
