"""Whom an alarm is for, telling it further, the sensors' pulse, the clear statement."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import warn
from bartizan.types import Act, Area, EventKind, Health, Mode
from warn.stubs import Post, Seen, at, picture
from warn.synthetic import T0_NS, S, inbound, site, square

DRONE = inbound(40.0, 6000.0, 48.0, 150.0)  # from the north-east, at the middle
PEOPLE = (
    Area("quarters", square(150.0)),
    Area("far south-east", square(100.0, 4000.0, -4000.0)),
    Area("far north-west", square(100.0, -4000.0, 4000.0)),
    Area("behind", square(100.0, -3000.0, -3600.0)),  # on the course beyond the middle
)


def post(ack_s: float = np.inf) -> Post:
    return Post(warn.WarnParams(ack_s=ack_s), site(people=PEOPLE))


def test_an_alarm_is_for_the_areas_on_the_course_only() -> None:
    p = post()
    for t in range(12):
        watch = p.see(t, [Seen(1, at(DRONE, t))])
    (alarm,) = watch.alarms
    assert [PEOPLE[r].name for r in alarm.areas] == ["quarters", "behind"]
    assert "Quarters and behind: Go to the nearest hard shelter" in alarm.do
    assert [w.area for w in watch.warned] == [0, 3]
    assert all(w.heard_ns == 0 for w in watch.warned)


def test_an_area_says_that_it_has_heard() -> None:
    p = post()
    for t in range(12):
        act = [Act(T0_NS + 9 * S, "Marshal", "heard", 0)] if t == 9 else []
        watch = p.see(t, [Seen(1, at(DRONE, t))], *act)
    heard = {w.area: (w.heard_ns, w.heard_by) for w in watch.warned}
    assert heard == {0: (T0_NS + 9 * S, "Marshal"), 3: (0, "")}
    p.see(12, [Seen(1, at(DRONE, 12))], Act(0, "Marshal", "heard", 1))
    assert "no alarm in force is for area 1" in p.kinds(EventKind.ACT)[-1].text


def test_an_alarm_is_told_further_until_somebody_acknowledges() -> None:
    p = post(ack_s=20.0)
    for t in range(95):
        act = [Act(0, "Ada", "acknowledge", 1)] if t == 65 else []
        p.see(t, [Seen(1, at(DRONE, t))], *act)
    (alarm,) = p.kinds(EventKind.ALARM)
    told = [(e.t_ns - alarm.t_ns) // S for e in p.kinds(EventKind.ESCALATION)]
    assert told == [20, 50]


def test_nobody_is_on_duty_in_a_run_without_people() -> None:
    p = post()
    for t in range(95):
        p.see(t, [Seen(1, at(DRONE, t))])
    assert not p.kinds(EventKind.ESCALATION)


def test_asking_and_noting_are_logged() -> None:
    p = post()
    p.see(0, [Seen(1, at(DRONE, 0))])
    p.see(1, [Seen(1, at(DRONE, 1))], Act(0, "Ada", "interrogate", 1),
          Act(0, "Ada", "note", 1, why="lights seen"), Act(0, "Ada", "note", 0))  # fmt: skip
    texts = [e.text for e in p.kinds(EventKind.ACT)]
    assert any("Ada asks about track 1" in t for t in texts)
    assert any("Ada notes: lights seen" in t for t in texts)
    assert any("a note needs words" in t for t in texts)
    assert any("interrogated by Ada" in e.text for e in p.kinds(EventKind.INTERROGATION))


def listen(seconds: int, heard: dict[int, int]) -> tuple[Post, list[list[int]]]:
    """Steps a second apart; heard: at which second which sensor."""
    p, health = post(), []
    for t in range(seconds):
        pic = picture(t, [])
        p.a, threats = p_assess(p, pic)
        p.w, watch = warn.step(p.w, pic, threats, (), p.here, p.params, None, heard.get(t, -1))
        p.events += watch.events
        health.append(watch.health.tolist())
    return p, health


def p_assess(p: Post, pic):
    from bartizan import assess

    return assess.step(p.a, pic, p.here, p.a_params)


def test_a_radar_goes_stale_and_lost_and_comes_back() -> None:
    p, health = listen(40, dict.fromkeys(range(6), 0) | {30: 0, 2: 1})
    radar = [h[0] for h in health]
    assert radar[5] == radar[8] == Health.FRESH  # three looks of a second
    assert radar[9] == radar[20] == Health.STALE
    assert radar[21] == Health.LOST  # 15 s
    assert radar[30] == Health.FRESH
    told = [((e.t_ns - T0_NS) // S, e.text) for e in p.kinds(EventKind.SENSOR)]
    assert [t for t, _ in told] == [21, 30]
    assert "lost" in told[0][1]
    assert "is back" in told[1][1]
    assert health[25][1] == Health.QUIET  # a receiver of Remote ID may hear nothing for hours


@pytest.mark.parametrize("lost", [False, True])
def test_clear_can_be_said_only_by_sensors_that_look(lost: bool) -> None:
    p, _ = listen(60, {t: 0 for t in range(60) if not lost or t < 20})
    pic = picture(60, [])
    _, threats = p_assess(p, pic)
    c = warn.clear(p.w, pic, threats, p.here, p.params)
    assert c.can_say != lost
    assert c.statement.startswith("EXERCISE EXERCISE EXERCISE")
    if lost:
        assert "no radar, camera or acoustic array is healthy" in c.why_not
        assert any("counts as not looking" in b for b in c.blind)


def test_clear_is_refused_with_an_unknown_that_nobody_explained() -> None:
    """A multirotor that stands outside the wall alarms nobody, and still is not clear air."""
    p = Post(warn.WarnParams(mode=Mode.LIVE), site(people=PEOPLE))
    still = np.array([0.0, 3000.0, 100.0, 0.0, 0.0, 0.0])
    for t in range(30):
        pic = picture(t, [Seen(1, still, p=0.3)])
        p.a, threats = p_assess(p, pic)
        p.w, watch = warn.step(p.w, pic, threats, (), p.here, p.params, None, 0)
    c = warn.clear(p.w, pic, threats, p.here, p.params)
    assert not watch.alarms
    assert not c.can_say
    assert "track 1 within" in " ".join(c.why_not)


def test_the_statement_is_an_event_when_a_person_asks() -> None:
    p = post()
    p.see(0, [], Act(0, "Ada", "clear", 0))
    (event,) = p.kinds(EventKind.CLEARANCE)
    assert "asked by Ada" in event.text
    assert dict(event.data)["can_say"] == 0.0
