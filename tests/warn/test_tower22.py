"""The Tower 22 pattern: a second thing comes in behind a friend that returns."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.types import EventKind, Identity, ObjectClass
from bartizan.warn import interrogate
from warn.stubs import Post, Seen, at
from warn.synthetic import inbound

SEEDS = 500
CLASSES = (ObjectClass.MULTIROTOR, ObjectClass.FIXED_WING, ObjectClass.ONE_WAY_ATTACK)
HELD = (Identity.PENDING, Identity.UNKNOWN, Identity.ASSUMED_FRIEND)


def night(seed: int) -> Post:
    """A friend lands; within minutes an unknown follows on about its bearing."""
    rng = np.random.default_rng(seed)
    post = Post()
    bearing = rng.uniform(0, 360)
    drone = int(ObjectClass.MULTIROTOR)
    friend = Seen(1, inbound(bearing, rng.uniform(2500, 5000), rng.uniform(12, 20), 120.0), drone,
                  0.9, int(Identity.FRIEND), "SCOUT-1")  # fmt: skip
    x = inbound(bearing + rng.uniform(-30, 30), rng.uniform(5000, 9000), rng.uniform(15, 50), 100.0)
    held = int(rng.choice(HELD))
    corridor = 0 if held == Identity.ASSUMED_FRIEND else -1
    other = Seen(2, x, int(rng.choice(CLASSES)), float(rng.uniform(0.3, 0.9)), held, "", corridor)
    start, gone = rng.uniform(0, 100), rng.uniform(5, 200)
    for t in range(0, 240, 8):
        here = [friend._replace(x=at(friend.x, t))] if t < 130 else []
        if start <= t < start + gone:
            here.append(other._replace(x=at(x, t - start)))
        post.see(t, here)
    return post


def counted(seeds: int) -> tuple[int, int, int]:
    """Nights of so many seeds: unknowns never asked about, without attention, dismissed."""
    missed, unattended, dismissed = 0, 0, 0
    for seed in range(seeds):
        post = night(seed)
        mine = [e for e in post.events if 2 in e.labels]
        kinds = [e.kind for e in mine]
        if EventKind.TRACK_CONFIRMED not in kinds:
            continue
        asked = EventKind.INTERROGATION in kinds or EventKind.ALARM in kinds
        missed += not asked
        unattended += EventKind.ATTENTION not in kinds and EventKind.ALARM not in kinds
        dismissed += EventKind.DISMISSAL in kinds
        gone = kinds.index(EventKind.TRACK_DROPPED) if EventKind.TRACK_DROPPED in kinds else 99
        first = kinds.index(EventKind.INTERROGATION) if EventKind.INTERROGATION in kinds else 0
        missed += first >= gone and asked
    return missed, unattended, dismissed


def test_none_is_dismissed_without_interrogation() -> None:
    assert counted(SEEDS) == (0, 0, 0)


@pytest.mark.parametrize(("rule", "which"), [("_behind", 1), ("interrogate", 0)])
def test_without_the_rule_it_fails(monkeypatch: pytest.MonkeyPatch, rule: str, which: int) -> None:
    """The mutation: no attention behind a friend, then no interrogation at all."""
    monkeypatch.setattr(interrogate, rule, lambda *_: None)
    assert counted(20)[which] > 0


def test_the_friend_is_not_attended_and_not_alarmed() -> None:
    for seed in range(20):
        post = night(seed)
        assert not [e for e in post.kinds(EventKind.ATTENTION) if e.labels[0] == 1]
        assert all(1 not in e.labels for e in post.kinds(EventKind.ALARM))


def test_attention_needs_the_friend() -> None:
    post = Post()
    x = inbound(40.0, 6000.0, 15.0, 100.0)
    for t in range(30):
        post.see(t, [Seen(2, at(x, t), int(ObjectClass.MULTIROTOR), 0.5)])
    assert not post.kinds(EventKind.ATTENTION)


def test_attention_takes_the_ground_from_a_corridor_dismissal() -> None:
    post = Post()
    slow = inbound(40.0, 5500.0, 15.0, 100.0)
    assumed = Seen(2, slow, int(ObjectClass.MULTIROTOR), 0.9, int(Identity.ASSUMED_FRIEND), "", 0)
    for t in range(10):
        post.see(t, [assumed._replace(x=at(slow, t))])
    assert [e.labels for e in post.kinds(EventKind.DISMISSAL)] == [(2,)]
    friend = Seen(1, inbound(45.0, 4000.0, 15.0, 100.0), int(ObjectClass.MULTIROTOR), 0.9,
                  int(Identity.FRIEND), "SCOUT-1")  # fmt: skip
    for t in range(10, 60):
        post.see(t, [assumed._replace(x=at(slow, t)), friend._replace(x=at(friend.x, t - 10))])
    assert "attention is on it now" in post.kinds(EventKind.DISMISSAL_ENDED)[0].text
    assert len([e for e in post.kinds(EventKind.DISMISSAL) if e.labels == (2,)]) == 1
    assert post.kinds(EventKind.ALARM)[0].labels == (2,)
