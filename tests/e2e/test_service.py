"""The console on the real service: `bartizan watch` with nothing else, as a newcomer starts it.

The default raid from first plot to all clear takes its own five minutes.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW_MS = 420_000  # the raid's own time, on a busy machine
REPORT = "Two drones attacked the hill base on Tuesday, the army said. Nobody was hurt, it said."


class Watch:
    """`bartizan watch` in a process of its own, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.folder, self.url = folder, f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bartizan", "watch", "--folder", str(self.folder), "--port",
             str(self.port)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 400  # a fresh machine compiles first
        while True:
            assert self.process.poll() is None, "the watch has ended"
            assert time.monotonic() < end, "the watch does not listen"
            with socket.socket() as s:
                s.settimeout(1.0)
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.2)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    made = Watch(tmp_path_factory.mktemp("watch"))
    yield made
    made.process.terminate()
    made.process.wait(30)


@pytest.fixture
def url(watch: Watch) -> str:
    return watch.url


@pytest.fixture
def live(page: Any) -> Any:
    page.wait_for_function("() => globalThis.bartizan.frames.at(-1)?.t_ns > 0", timeout=SLOW_MS)
    return page


def test_the_default_raid_from_first_plot_to_all_clear(live: Any, shot: Any) -> None:
    page = live
    page.locator(".alarm.open").first.wait_for(timeout=SLOW_MS)
    assert "EXERCISE EXERCISE EXERCISE" in page.locator(".alarm.open").first.inner_text()
    assert page.locator(".posture .level b").inner_text() == "RED"
    shot("50-real-red")
    page.keyboard.press("a")
    page.locator(".alarm.answered").first.wait_for()
    assert "acknowledged by exercise" in page.locator(".alarm").first.inner_text()
    page.get_by_role("button", name="living quarters has acknowledged").click()
    page.locator(".warned .answered").first.wait_for()
    page.get_by_role("button", name="Incident I").first.wait_for(timeout=60_000)

    page.locator("#picture").focus()
    page.keyboard.press("Tab")
    page.locator(".track .label").wait_for()
    page.keyboard.press("i")
    page.get_by_role("heading", name="Interrogate").wait_for()
    page.keyboard.press("Enter")
    page.locator("dialog .answer").wait_for()
    shot("51-real-interrogated")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    page.get_by_text("It cannot be said").wait_for()
    shot("52-real-clear-refused")
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Incident I").first.click()
    page.get_by_role("heading", name="EXERCISE: alarm").wait_for()
    text = page.locator("dialog").inner_text()
    assert "alarm:" in text
    assert "track" in text
    assert "confirmed by" not in text
    shot("53-real-incident")
    page.keyboard.press("Escape")

    page.locator(".posture.yellow").wait_for(timeout=SLOW_MS)
    page.get_by_text("all clear for alarm").first.wait_for()
    shot("54-real-all-clear")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.locator(".replayword").wait_for()
    page.wait_for_timeout(1500)
    shot("55-real-replay")
    page.keyboard.press("l")


def test_a_newcomer_starts_a_drill_at_any_moment(live: Any, shot: Any) -> None:
    """The guest of the default watch; the exercise that is shown gives way."""
    page = live
    page.keyboard.press("x")
    page.get_by_text("gives way to it").wait_for()
    page.keyboard.press("Enter")
    page.locator("dialog").wait_for(state="detached")
    page.locator(".badge.exercise").get_by_text("drill").wait_for()
    mine = page.locator(".alarm", has=page.get_by_role("button", name="Ack")).first
    mine.wait_for(timeout=SLOW_MS)
    shot("56-real-drill")
    page.keyboard.press("a")
    page.wait_for_timeout(1500)
    page.keyboard.press("x")
    page.get_by_text("is running").wait_for()
    page.keyboard.press("Enter")
    page.locator("dialog").wait_for(state="detached")
    page.locator(".badge.exercise").get_by_text("drill").wait_for(state="detached")


def test_a_pasted_report_is_put_right_before_it_is_taken_in(live: Any, shot: Any) -> None:
    page = live
    page.keyboard.press("e")
    page.get_by_role("button", name="Paste a report").click()
    page.get_by_label("Text").fill(REPORT)
    page.get_by_label("Published").fill("2022-01-05")
    page.get_by_role("button", name="Draft").click()
    page.get_by_role("heading", name="The draft").wait_for()
    row = page.locator(".claims li", has_text="vehicle count = 2").first
    row.get_by_role("button", name="Correct claim").click()
    row.get_by_label("Value").fill("3")
    assert page.locator("dialog button[type=submit]").is_disabled(), "a correction needs a reason"
    row.get_by_label("Why").fill("the original says three")
    other = page.locator(".claims li").last
    other.get_by_role("checkbox").uncheck()
    other.get_by_label("Why not").fill("of another base")
    shot("57-real-draft")
    page.locator("dialog button[type=submit]").click()
    page.get_by_text("1 corrected, 1 rejected").first.wait_for()
    page.locator("dialog table.record tbody tr", has_text="attack").last.get_by_role(
        "button"
    ).click()
    page.get_by_text("corrected by exercise: vehicle.count 2").wait_for()
    shot("58-real-corrected")
    claim = page.locator(".claims li", has_text="vehicle count = 3").first
    claim.get_by_role("button", name="Reject").click()
    page.keyboard.type("read the wrong paragraph")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Rejected").wait_for()


def test_killed_and_started_again_it_goes_on(live: Any, watch: Watch, shot: Any) -> None:
    """The page comes back by itself, with the same labels and what was acknowledged."""
    page = live
    page.wait_for_function("() => globalThis.bartizan.frames.at(-1)?.tracks > 5", timeout=SLOW_MS)
    said = f"written at {time.monotonic():.0f}"
    page.keyboard.press("n")
    page.keyboard.type(said)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("dialog").wait_for(state="detached")
    labels = _labels(page)
    watch.kill()
    page.locator(".oldpicture").wait_for(timeout=20_000)
    watch.start()
    page.locator(".oldpicture").wait_for(state="detached", timeout=60_000)
    assert _labels(page) & labels
    page.locator(".log").get_by_text(said).first.wait_for()
    shot("59-real-back")


def _labels(page: Any) -> set[int]:
    answer = page.request.get(page.url.rstrip("/") + "/api/picture")
    return {t["label"] for t in json.loads(answer.text())["tracks"]}
