"""People's acts: what they do, what is refused, and that both are logged."""

from __future__ import annotations

import pytest

from bartizan.types import Act, EventKind, Identity, ObjectClass
from warn.stubs import Post, Seen, at
from warn.synthetic import T0_NS, S, inbound

DRONE = inbound(40.0, 6000.0, 48.0, 150.0)
UNTIL = T0_NS + 500 * S


def play(act: Act, at_s: int = 5, seconds: int = 20) -> Post:
    post = Post()
    for t in range(seconds):
        post.see(t, [Seen(1, at(DRONE, t))], *([act] if t == at_s else []))
    return post


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (Act(0, "Ada", "launch", 1), "there is no act 'launch'"),
        (Act(0, " ", "acknowledge", 1), "needs the name"),
        (Act(0, "Ada", "acknowledge", 9), "no alarm 9 is in force"),
        (Act(0, "Ada", "dismiss", 1, until_ns=UNTIL), "a dismissal needs a reason"),
        (Act(0, "Ada", "dismiss", 1, why="ours"), "a time in the future"),
        (Act(0, "Ada", "dismiss", 7, why="ours", until_ns=UNTIL), "no track 7"),
        (Act(0, "Ada", "classify", 1, 77), "no class 77"),
        (Act(0, "Ada", "identify", 1, 77), "no identity 77"),
        (Act(0, "Ada", "posture", 5, why="x"), "posture is one of 0, 1, 2"),
        (Act(0, "Ada", "posture", 2), "a posture needs a reason"),
    ],
)
def test_a_wrong_act_is_refused_and_logged(act: Act, why: str) -> None:
    post = play(act)
    (event,) = post.kinds(EventKind.ACT)
    assert "refused" in event.text
    assert why in event.text
    assert len(post.w.alarms) == 1


def test_acknowledge() -> None:
    post = play(Act(0, "Ada", "acknowledge", 1))
    assert post.w.alarms[0].acknowledged_by == "Ada"
    assert "alarm 1 acknowledged by Ada" in post.kinds(EventKind.ACT)[0].text


def test_a_person_dismisses_after_an_interrogation_and_the_alarm_ends() -> None:
    post = play(Act(0, "Ada", "dismiss", 1, why="own target drone", until_ns=UNTIL), 5, 80)
    kinds = [e.kind for e in post.events if e.t_ns == T0_NS + 5 * S]
    assert kinds[:3] == [EventKind.ACT, EventKind.INTERROGATION, EventKind.DISMISSAL]
    (event,) = post.kinds(EventKind.DISMISSAL)
    assert "by Ada until" in event.text
    assert event.why == ("own target drone",)
    (clear,) = post.kinds(EventKind.ALL_CLEAR)
    assert (clear.t_ns - T0_NS) // S == 64  # a minute after it was last a threat


def test_a_persons_dismissal_ends_when_the_evidence_changes() -> None:
    act = Act(0, "Ada", "dismiss", 1, why="a bird", until_ns=UNTIL)
    post = Post()
    for t in range(30):
        cls = ObjectClass.BIRD if t < 20 else ObjectClass.ONE_WAY_ATTACK
        post.see(t, [Seen(1, at(DRONE, t), int(cls), 0.7)], *([act] if t == 5 else []))
    assert post.kinds(EventKind.DISMISSAL_ENDED)[-1].t_ns == T0_NS + 20 * S
    assert post.kinds(EventKind.ALARM)


def test_identify_hostile_alarms_whatever_its_class() -> None:
    act = Act(0, "Ada", "identify", 1, int(Identity.HOSTILE), "seen by the tower")
    post = Post()
    for t in range(12):
        thing = Seen(1, at(DRONE, t), int(ObjectClass.HELICOPTER), 0.9)
        post.see(t, [thing], *([act] if t == 5 else []))
    (alarm,) = post.kinds(EventKind.ALARM)
    assert alarm.t_ns == T0_NS + 10 * S  # its class is no attacker's: held for 5 s
    assert "hostile" in post.kinds(EventKind.IDENTIFIED)[0].text


def test_identify_friend_ends_the_threat() -> None:
    post = play(Act(0, "Ada", "identify", 1, int(Identity.FRIEND), "our courier"), 5, 80)
    assert post.kinds(EventKind.ALL_CLEAR)
    assert post.kinds(EventKind.DISMISSAL)


def test_classify_bird_keeps_it_from_alarm() -> None:
    post = play(Act(0, "Ada", "classify", 1, int(ObjectClass.BIRD), "seen in the camera"), 0)
    assert not post.kinds(EventKind.ALARM)
    assert "bird (by a person)" in post.kinds(EventKind.CLASSIFIED)[-1].text
