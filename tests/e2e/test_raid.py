"""The raid as an operator lives it: from first plot to all clear, by keyboard."""

from __future__ import annotations

from typing import Any

import story


def test_from_first_plot_to_all_clear(page: Any, night: Any, shot: Any) -> None:
    text = page.locator(".console")
    assert page.locator(".posture .level b").inner_text() == "WHITE"
    shot("01-white")
    night.jump(story.RAID_S + 25)
    page.get_by_text("unknown, closes").first.wait_for()
    page.locator(".posture.yellow").wait_for()
    shot("02-yellow")

    night.jump(story.ALARM_S + 2)
    page.locator(".posture.red").wait_for()
    page.locator(".alarm.open").wait_for()
    assert "EXERCISE EXERCISE EXERCISE" in page.locator(".alarm.open").inner_text()
    assert "hard shelter" in page.locator(".alarm.open .do").inner_text()
    assert page.locator(".warned .told").count() == len(story.WARNED)
    shot("03-red")
    night.jump(story.ALARM_S + 32)
    page.locator(".alarm.escalated").wait_for()
    page.keyboard.press("a")
    page.locator(".alarm.answered").wait_for()
    assert night.acknowledged == "exercise"
    assert "acknowledged by exercise" in page.locator(".alarm").inner_text()

    page.keyboard.press("Tab")
    page.locator(".track .label").wait_for()
    assert page.locator(".track .label").inner_text() in ("T-1041", "T-1043")
    shot("04-acknowledged")
    page.get_by_role("button", name="clinic has acknowledged").click()
    page.get_by_text("1 of 4 ack").wait_for()

    night.jump(120)
    page.get_by_text("camera west: no data for").wait_for()
    assert "6 of 7 up" in page.locator(".left").inner_text()
    shot("05-lost-sensor")
    night.jump(story.LOST_S - 4)
    page.wait_for_timeout(400)
    shot("06-coasting")
    night.jump(story.CLEAR_S + 2)
    page.locator(".posture.yellow").wait_for()
    page.get_by_text("all clear: alarm 1 has ended").wait_for()
    assert page.locator(".alarm").count() == 0
    assert "none open" in text.inner_text()
    shot("07-all-clear")


def test_alarm_counts_down_between_pictures(page: Any, night: Any) -> None:
    night.jump(100)
    page.locator(".alarm .time").wait_for()
    night.stalled_at = night.now()
    first = page.locator(".alarm .time").inner_text()
    page.wait_for_timeout(2500)
    assert page.locator(".alarm .time").inner_text() < first


def test_replay_beside_live(page: Any, night: Any, shot: Any) -> None:
    night.jump(150)
    page.locator(".alarm.open").wait_for()
    for _ in range(14):
        page.keyboard.press("ArrowLeft")
    page.locator(".replayword").wait_for()
    page.wait_for_timeout(600)
    shot("08-replay")
    # Before the first plot on the map, but the alarm and the posture are those of now.
    labels = page.evaluate("document.querySelector('#census').textContent")
    assert "suspect" not in labels
    assert page.locator(".posture.red").count() == 1
    assert page.locator(".alarm.open").count() == 1
    assert "alarm 1: two" not in page.locator(".log").inner_text()
    before = page.locator(".moment b").inner_text()
    page.get_by_role("button", name="16×").click()
    page.wait_for_timeout(1200)
    assert page.locator(".moment b").inner_text() > before
    box = page.locator(".timeline").bounding_box()
    page.mouse.click(box["x"] + box["width"] - 60, box["y"] + 60)
    page.wait_for_timeout(300)
    assert page.locator(".replayword").count() == 1
    page.locator("#picture").focus()
    page.keyboard.press("l")
    page.locator(".replayword").wait_for(state="detached")


def test_the_mark_cannot_be_hidden(page: Any, night: Any) -> None:
    def inked() -> int:
        """Pixels of the topmost canvas that are not empty: the watermark is nearly all of it."""
        return int(page.evaluate(
            "() => { const c = document.querySelector('canvas.over');"
            " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
            " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n; }"
        ))  # fmt: skip

    night.jump(80)
    full = inked()
    assert full > 20_000
    for key in "123456789by":
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert inked() > 0.9 * full
    assert page.locator(".top .badge.exercise").is_visible()
    assert page.title().startswith("EXERCISE")
    page.keyboard.press("p")
    assert page.locator("dialog .badge.exercise").is_visible()


def test_nothing_can_launch_anything(page: Any, night: Any) -> None:
    night.jump(100)
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    words = page.locator("body").inner_text().lower()
    for word in ("engage", "fire", "launch", "jam", "weapon", "intercept"):
        assert word not in words.split(), word
