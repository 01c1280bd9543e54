"""Every dialogue by keyboard alone; refusals said in place; rights."""

from __future__ import annotations

from typing import Any

import pytest
import story


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def select(page: Any, label: int) -> None:
    """Tab through the ranking until a track is selected."""
    for _ in range(40):
        press(page, "Tab")
        page.wait_for_timeout(60)
        name = page.locator(".track .label")
        if name.count() and name.inner_text() == f"T-{label}":
            return
    raise AssertionError(f"T-{label} was not reached")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement?.id || document.activeElement?.tagName"))


def test_interrogate_then_dismiss(page: Any, night: Any, shot: Any) -> None:
    night.jump(80)
    select(page, 1044)
    press(page, "d")
    page.get_by_text("Nothing is dismissed before it has been interrogated").wait_for()
    press(page, "Enter")
    page.get_by_role("heading", name="Interrogate T-1044").wait_for()
    press(page, "Enter")
    page.locator("dialog .answer").wait_for()
    assert "no cooperative identity" in page.locator("dialog .answer").inner_text()
    shot("10-interrogate")
    page.get_by_role("button", name="Dismiss …").focus()
    press(page, "Enter")
    page.get_by_role("heading", name="Dismiss T-1044").wait_for()
    assert page.locator("dialog button[type=submit]").is_disabled()
    page.keyboard.type("seen from the tower: a stray balloon")
    shot("11-dismiss")
    press(page, "Tab", "ArrowDown", "Tab", "Tab", "Enter")
    page.locator("dialog").wait_for(state="detached")
    act = night.acts[-1]
    assert (act["verb"], act["subject"]) == ("dismiss", 1044)
    assert act["why"].startswith("seen from the tower")
    assert act["until_s"] == 300
    assert [a["verb"] for a in night.acts] == ["interrogate", "dismiss"]
    assert focused(page) == "picture"


def test_reclassify(page: Any, night: Any, shot: Any) -> None:
    night.jump(80)
    select(page, 1041)
    press(page, "r")
    page.get_by_role("heading", name="Reclassify T-1041").wait_for()
    press(page, "Tab", "h", "Tab")
    page.keyboard.type("seen by the tower")
    shot("12-reclassify")
    press(page, "Enter")
    page.locator("dialog").wait_for(state="detached")
    assert night.acts == [
        {"verb": "identify", "subject": 1041, "value": "hostile", "why": "seen by the tower"}
    ]
    page.locator(".track .identity.hostile").wait_for()
    page.get_by_text("exercise says that track 1041 is hostile").first.wait_for()


def test_note(page: Any, night: Any) -> None:
    press(page, "n")
    page.keyboard.type("gate reports an engine noise")
    press(page, "Tab", "Tab", "Enter")
    page.locator("dialog").wait_for(state="detached")
    page.locator(".log .person").get_by_text("gate reports an engine noise").wait_for()
    assert night.acts == [{"verb": "note", "subject": 0, "value": "gate reports an engine noise"}]


def test_posture_and_its_refusal(page: Any, night: Any, shot: Any) -> None:
    press(page, "p", "ArrowDown", "Tab")
    page.keyboard.type("engine noise at the gate")
    shot("13-posture")
    press(page, "Enter")
    page.locator("dialog").wait_for(state="detached")
    page.locator(".posture.yellow").wait_for()
    assert night.acts[-1]["value"] == "YELLOW"
    assert night.acts[-1]["subject"] == 1
    assert night.acts[-1]["until_s"] == 3600
    assert "by exercise" in page.locator(".posture .since").inner_text()
    night.posture = None
    night.jump(story.ALARM_S + 5)
    page.locator(".posture.red").wait_for()
    press(page, "p", "ArrowUp", "Tab")
    page.keyboard.type("too soon")
    press(page, "Enter")
    page.locator("dialog .wrong").get_by_text("an alarm is in force").wait_for()
    press(page, "Escape")
    assert page.locator("dialog").count() == 0


def test_drill(page: Any, night: Any, shot: Any) -> None:
    press(page, "x", "ArrowDown", "Tab", "Tab", "Enter")
    page.locator(".badge").get_by_text("drill baghdad-dsc-2022-01-03").first.wait_for()
    press(page, "x")
    page.get_by_text("is running").wait_for()
    shot("14-drill")
    press(page, "Enter")
    page.locator("dialog").wait_for(state="detached")
    assert night.drill is None


def test_a_drill_in_the_live_picture_marks_it(page: Any, night: Any) -> None:
    night.mode = "LIVE"
    page.reload()
    page.locator(".badge.real").wait_for()
    assert not page.title().startswith("EXERCISE")
    night.drill = "ain-al-asad-2022-01-04"
    page.locator(".top .badge.exercise").wait_for()
    assert page.title().startswith("EXERCISE")


def test_clear_statement(page: Any, night: Any, shot: Any) -> None:
    press(page, "c")
    page.get_by_text("It can be said").wait_for()
    press(page, "Escape")
    night.jump(80)
    press(page, "c")
    page.get_by_text("It cannot be said").first.wait_for()
    page.get_by_text("camera west has no data").wait_for()
    page.get_by_text("050° to 070°").wait_for()
    shot("15-clear")
    press(page, "Enter")
    assert page.locator("dialog").count() == 0


def test_help_lists_the_keys(page: Any, shot: Any) -> None:
    press(page, "?")
    assert page.locator("dialog dt").count() >= 20
    shot("16-keys")
    press(page, "Escape")
    assert page.locator("dialog").count() == 0


def test_sign_in_and_out(page: Any, night: Any, shot: Any) -> None:
    press(page, "u")
    page.get_by_role("heading", name="On duty").wait_for()
    press(page, "Enter")
    page.get_by_role("heading", name="Sign in").wait_for()
    shot("17-sign-in")
    page.get_by_label("User").focus()
    page.keyboard.type("j.kask")
    press(page, "Tab")
    page.keyboard.type("wrong")
    press(page, "Enter")
    page.get_by_text("user or password is wrong").wait_for()
    page.get_by_label("Password").fill("correct horse")
    press(page, "Enter")
    page.locator(".duty b").get_by_text("j.kask").wait_for()
    page.locator(".link").get_by_text("LIVE").wait_for()


def test_first_set_up(page: Any, night: Any, shot: Any) -> None:
    night.user, night.first_start = None, True
    page.reload()
    page.get_by_label("Token").wait_for()
    shot("18-set-up")
    page.get_by_label("Token").focus()
    page.keyboard.type("guess")
    press(page, "Tab")
    page.keyboard.type("m.saar")
    press(page, "Tab")
    page.keyboard.type("a long pass phrase")
    press(page, "Enter")
    page.get_by_text("the token is not the one").wait_for()
    page.get_by_label("Token").fill("one-time")
    press(page, "Enter")
    page.locator(".duty b").get_by_text("m.saar").wait_for()


def test_a_viewer_only_looks(page: Any, night: Any) -> None:
    night.user = {"user": "guest", "role": "viewer"}
    night.jump(80)
    page.reload()
    page.locator(".alarm.open").wait_for()
    assert page.locator(".alarm.open").get_by_role("button", name="Ack", exact=True).is_disabled()
    page.locator("#picture").focus()
    press(page, "a")
    page.get_by_text("a viewer may only look").wait_for()
    assert night.acknowledged == ""


@pytest.mark.parametrize("key", ["i", "d", "r"])
def test_without_a_track_it_says_so(page: Any, key: str) -> None:
    press(page, key)
    page.get_by_text("Select a track first").wait_for()


def test_panes_and_controls_by_keyboard(page: Any) -> None:
    seen = set()
    for _ in range(12):
        press(page, "F6")
        seen.add(str(page.evaluate("document.activeElement.closest('[data-pane]').className")))
    assert {"top", "left", "controls"} <= seen
    press(page, "Escape")
    assert focused(page) == "picture"


def test_a_registration_is_accepted_by_two(page: Any, night: Any, shot: Any) -> None:
    """Before and after are shown; one person alone changes nothing."""
    page.get_by_role("button", name="search radar: a bias is offered").wait_for()
    press(page, "s")
    page.get_by_role("heading", name="Sensors: what they are off by").wait_for()
    text = page.locator("dialog").inner_text()
    assert "2.4 sigma" in text
    assert "0.7 with it taken off" in text
    assert "+1.2" in text
    page.get_by_label("Why").fill("looked at the mount: turned by a degree")
    shot("18-registration")
    press(page, "Enter")
    page.get_by_text("needs a second person").first.wait_for()
    page.get_by_text("exercise has accepted it").wait_for()
    assert not night.registered
    night.user = {"user": "Ben", "role": "supervisor"}
    press(page, "Enter")
    page.get_by_text("Nothing is offered").wait_for()
    assert night.registered
    press(page, "Escape")
    page.get_by_role("button", name="search radar: a bias is offered").wait_for(state="detached")
