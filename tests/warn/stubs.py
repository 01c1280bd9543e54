"""Pictures made by hand, straight into assess and warn: no filter, no dice but the test's."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan import assess, warn
from bartizan.types import (
    F64,
    N_CLASSES,
    Act,
    Event,
    EventKind,
    Identity,
    ObjectClass,
    Picture,
    Site,
    Threats,
    Tracks,
    Watch,
)
from warn.synthetic import T0_NS, S, site

SD = (15.0, 15.0, 15.0, 1.0, 1.0, 1.0)
ATTACK = int(ObjectClass.ONE_WAY_ATTACK)


class Seen(NamedTuple):
    """One track as the picture holds it."""

    label: int
    x: F64
    cls: int = ATTACK
    p: float = 0.85
    identity: int = int(Identity.UNKNOWN)
    callsign: str = ""
    corridor: int = -1
    contradicted: bool = False
    sensors: int = 1


def picture(t_s: float, things: list[Seen]) -> Picture:
    """The picture at t_s seconds; things need not be in order."""
    things = sorted(things, key=lambda s: s.label)
    n, now = len(things), T0_NS + round(t_s * S)
    whole = np.array([s.label for s in things], np.int64)
    tracks = Tracks(
        now, whole, np.full(n, 0.99), np.array([s.x for s in things], float).reshape(n, 6),
        np.tile(np.diag(np.square(SD)), (n, 1, 1)), np.ones((n, 1)), np.full(n, now - 3 * S),
        np.full(n, now), np.full(n, 9, np.int64), np.array([s.sensors for s in things], np.int64),
        np.zeros(n, np.int64),
    )  # fmt: skip
    posterior = np.array(
        [[s.p if c == s.cls else (1 - s.p) / (N_CLASSES - 1) for c in range(N_CLASSES)]
         for s in things]
    ).reshape(n, N_CLASSES)  # fmt: skip
    none = np.zeros(n, np.int64)
    return Picture(
        now, tracks, posterior, np.array([s.cls if s.p >= 0.6 else 0 for s in things], np.int64),
        np.array([s.identity for s in things], np.int64), tuple(s.callsign for s in things),
        np.array([s.corridor for s in things], np.int64),
        np.array([s.contradicted for s in things], np.bool_), none, none, (("made",),) * n,
    )  # fmt: skip


class Post:
    """Assess and warn, stepped by hand; keeps every event."""

    def __init__(self, params: warn.WarnParams | None = None, here: Site | None = None) -> None:
        self.params = params or warn.WarnParams()
        self.here = here or site()
        self.a_params = assess.AssessParams()
        self.a = assess.start(self.a_params)
        self.w = warn.start(self.params)
        self.events: list[Event] = []
        self.threats: Threats | None = None

    def see(self, t_s: float, things: list[Seen], *acts: Act) -> Watch:
        pic = picture(t_s, things)
        self.a, self.threats = assess.step(self.a, pic, self.here, self.a_params)
        self.w, watch = warn.step(self.w, pic, self.threats, acts, self.here, self.params)
        self.events.extend(watch.events)
        return watch

    def kinds(self, kind: EventKind) -> list[Event]:
        return [e for e in self.events if e.kind is kind]


def at(x: F64, t_s: float) -> F64:
    """The state t_s later on a straight course."""
    y = np.array(x, float)
    y[:3] += t_s * y[3:]
    return y
