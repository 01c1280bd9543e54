"""A sky without the tracker: things that fly, seen by a radar, filtered one by one.

Each thing has its own Kalman filter (nearly constant velocity), so that the tracks have
honest covariances; association is given.  The dice are the test's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from bartizan import assess, picture, warn
from bartizan.sensing.cooperative import identity_key
from bartizan.types import (
    F64,
    Act,
    Area,
    Association,
    Corridor,
    Picture,
    Scan,
    SensorKind,
    Sensors,
    Site,
    Threats,
    Tracks,
    Watch,
)

S = 1_000_000_000
T0_NS = 1_641_258_000 * S  # 4 January 2022, 01:00 UTC
RADAR, REMOTE_ID, ADSB = 0, 1, 2


def square(half_m: float, e_m: float = 0.0, n_m: float = 0.0) -> F64:
    """A square polygon about a place."""
    return np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) * half_m + [e_m, n_m]


def sensors() -> Sensors:
    """One radar, one Remote ID receiver, one ADS-B receiver, all at the reference point."""
    n = 3
    look = np.tile([0.0, 20_000.0, 0.0, 2 * np.pi, -0.2, 1.5], (n, 1))
    pd = np.zeros((n, 8))
    pd[:, 1] = 0.9
    return Sensors(
        kind=np.array([SensorKind.RADAR, SensorKind.REMOTE_ID, SensorKind.ADSB], np.int64),
        pos=np.zeros((n, 3)), rot=np.tile(np.eye(3), (n, 1, 1)),
        sd=np.tile([10.0, 0.009, 0.017, 1.0, np.nan, np.nan], (n, 1)), look=look, pd=pd,
        clutter=np.zeros(n), doppler_max=np.full(n, 100.0), period_s=np.ones(n),
        bias=np.zeros((n, 3)),
    )  # fmt: skip


def site(**changes: object) -> Site:
    """A square wall of 1 km, one zone in it, one friendly corridor from the south."""
    base = Site(
        name="test", title="Test site", origin=(0.59, 0.74, 190.0), geoid_m=0.0,
        utc_offset_s=10_800, wall=Area("the wall", square(1000.0)),
        zones=(Area("housing", square(200.0)),), people=(),
        corridors=(
            Corridor("south gate", np.array([[0.0, -12_000.0], [0.0, 0.0]]), 400.0, 50.0, 400.0,
                     "friendly drone"),
        ),
        sensor_names=("radar", "remote id", "adsb"), sensors=sensors(), world_m=20_000.0,
        schematic=True, friends=("SCOUT-1",),
    )  # fmt: skip
    return base._replace(**changes)


class Thing(NamedTuple):
    """One thing that flies: state (6,), when it appears and goes [s], how it shows."""

    x: F64
    from_s: float = 0.0
    to_s: float = 1e9
    wander_mps2: float = 0.0
    rcs_dbsm: float = np.nan
    rotor: int = -1
    name: str = ""
    cooperative: int = REMOTE_ID
    radar: bool = True
    turn_radps: float = 0.0


class Fly(NamedTuple):
    """The run so far, step by step."""

    pictures: list[Picture]
    threats: list[Threats]
    watches: list[Watch]


def inbound(bearing_deg: float, distance_m: float, speed_mps: float, up_m: float,
            aim_m: tuple[float, float] = (0.0, 0.0)) -> F64:  # fmt: skip
    """State (6,) of something that flies straight at a place near the reference point."""
    a = np.radians(bearing_deg)
    p = np.array([distance_m * np.sin(a), distance_m * np.cos(a)])
    d = np.array(aim_m) - p
    v = speed_mps * d / np.hypot(*d)
    return np.array([p[0], p[1], up_m, v[0], v[1], 0.0])


def fly(
    things: list[Thing], seconds: int, rng: Generator, *, where: Site | None = None,
    acts: dict[int, tuple[Act, ...]] | None = None, params: warn.WarnParams | None = None,
    period_s: float = 1.0, assess_params: assess.AssessParams | None = None,
) -> Fly:  # fmt: skip
    """Play the things for so long, one radar scan (and one Remote ID scan) a period."""
    here = where or site()
    pp, ap = picture.PictureParams(), assess_params or assess.AssessParams()
    wp = params or warn.WarnParams()
    ps, as_, ws = picture.start(pp), assess.start(ap), warn.start(wp)
    sky = Sky(things, rng, period_s)
    out = Fly([], [], [])
    for k in range(round(seconds / period_s)):
        for scan, tracks, assoc in sky.look(k):
            ps, pic = picture.step(ps, scan, tracks, assoc, here, pp)
            as_, th = assess.step(as_, pic, here, ap)
            ws, w = warn.step(ws, pic, th, (acts or {}).pop(k, ()), here, wp)
            out.pictures.append(pic)
            out.threats.append(th)
            out.watches.append(w)
    return out


class Sky:
    """Truth, one filter a thing, and the tracks that they make."""

    def __init__(self, things: list[Thing], rng: Generator, period_s: float) -> None:
        self.things, self.rng, self.period_s = things, rng, period_s
        n = len(things)
        self.x = np.array([t.x for t in things], float).reshape(n, 6)
        self.m = np.zeros((n, 6))
        self.P = np.zeros((n, 6, 6))
        self.hits = np.zeros(n, np.int64)
        self.born = np.zeros(n, np.int64)
        self.seen = np.zeros(n, np.int64)
        self.key = np.zeros(n, np.int64)
        self.bits = np.zeros(n, np.int64)
        self.label = np.zeros(n, np.int64)
        self.next = 1
        F = np.eye(6)
        F[:3, 3:] = np.eye(3) * period_s
        self.F = F
        q = 0.5
        self.Q = q * np.block([
            [np.eye(3) * period_s**3 / 3, np.eye(3) * period_s**2 / 2],
            [np.eye(3) * period_s**2 / 2, np.eye(3) * period_s],
        ])  # fmt: skip

    def look(self, k: int) -> list[tuple[Scan, Tracks, Association]]:
        t_s = k * self.period_s
        t_ns = T0_NS + round(t_s * S)
        self._move()
        out = []
        for sensor in (RADAR, REMOTE_ID, ADSB):
            who = [i for i, t in enumerate(self.things)
                   if t.from_s <= t_s < t.to_s and self._sees(sensor, t)]  # fmt: skip
            if sensor != RADAR and not who:
                continue
            when = t_ns + sensor * 1_000_000
            for i in who:
                self._update(i, sensor, when)
            fresh = set(np.flatnonzero((self.label == 0) & (self.hits >= 3)).tolist())
            for i in sorted(fresh):
                self.label[i] = self.next
                self.next += 1
            out.append(self._tuple(when, sensor, who))
        return out

    def _sees(self, sensor: int, t: Thing) -> bool:
        if sensor == RADAR:
            return t.radar and self.rng.random() < 0.9
        return t.name != "" and t.cooperative == sensor

    def _move(self) -> None:
        for i, t in enumerate(self.things):
            v = self.x[i, 3:].copy()
            a = t.turn_radps * self.period_s
            c, s = np.cos(a), np.sin(a)
            v[:2] = c * v[0] - s * v[1], s * v[0] + c * v[1]
            v[:2] += self.rng.normal(size=2) * t.wander_mps2 * self.period_s
            speed, own = np.hypot(*v[:2]), np.hypot(t.x[3], t.x[4])
            if t.wander_mps2 and speed > 0:  # it turns at random and keeps about its speed
                v[:2] *= 1.0 + 0.2 * (own / speed - 1.0)
            self.x[i, 3:] = v
            self.x[i, :3] += v * self.period_s
            if self.hits[i]:
                self.m[i] = self.F @ self.m[i]
                self.P[i] = self.F @ self.P[i] @ self.F.T + self.Q

    def _update(self, i: int, sensor: int, t_ns: int) -> None:
        p = self.x[i, :3]
        r = np.linalg.norm(p)
        g = np.hypot(p[0], p[1])
        if sensor == RADAR:
            er, ea = p / r, np.array([p[1], -p[0], 0.0]) / g
            ee = np.cross(er, ea)
            sd = (10.0, 0.009 * g, 0.017 * r)
            R = sum(s * s * np.outer(u, u) for s, u in zip(sd, (er, ea, ee), strict=True))
        else:
            R = np.diag([25.0, 25.0, 100.0])
        z = p + np.linalg.cholesky(R) @ self.rng.normal(size=3)
        if self.hits[i] == 0:
            self.m[i] = np.concatenate([z, np.zeros(3)])
            self.P[i] = np.zeros((6, 6))
            self.P[i, :3, :3], self.P[i, 3:, 3:] = R, np.diag([900.0, 900.0, 9.0])
            self.born[i] = t_ns
        else:
            K = self.P[i][:, :3] @ np.linalg.inv(self.P[i][:3, :3] + R)
            self.m[i] = self.m[i] + K @ (z - self.m[i][:3])
            self.P[i] = self.P[i] - K @ self.P[i][:3]
            self.P[i] = 0.5 * (self.P[i] + self.P[i].T)
            if sensor == RADAR:
                self._doppler(i)
        self.hits[i] += 1
        self.seen[i] = t_ns
        self.bits[i] |= 1 << sensor

    def _doppler(self, i: int) -> None:
        u = self.x[i, :3] / np.linalg.norm(self.x[i, :3])
        z = u @ self.x[i, 3:] + self.rng.normal()
        H = np.concatenate([np.zeros(3), u])
        K = self.P[i] @ H / (H @ self.P[i] @ H + 1.0)
        self.m[i] = self.m[i] + K * (z - H @ self.m[i])
        self.P[i] = self.P[i] - np.outer(K, H @ self.P[i])
        self.P[i] = 0.5 * (self.P[i] + self.P[i].T)

    def _tuple(self, t_ns: int, sensor: int, who: list[int]) -> tuple[Scan, Tracks, Association]:
        shown = [i for i in np.argsort(self.label, kind="stable").tolist()
                 if self.label[i] > 0 and t_ns - self.seen[i] <= 5 * S]  # fmt: skip
        names = []
        for i in who:
            if sensor != RADAR:
                name = self.things[i].name
                self.key[i] = identity_key(name)
                names.append((identity_key(name), name))
        n, m = len(shown), len(who)
        tracks = Tracks(
            t_ns,
            self.label[shown],
            np.full(n, 0.99),
            self.m[shown],
            self.P[shown],
            np.ones((n, 1)),
            self.born[shown],
            self.seen[shown],
            self.hits[shown],
            self.bits[shown],
            self.key[shown],
        )
        radar = sensor == RADAR
        rcs = [self.things[i].rcs_dbsm + 10 * np.log10(self.rng.exponential()) if radar else np.nan
               for i in who]  # fmt: skip
        rotor = [self.things[i].rotor if radar else -1 for i in who]
        look = sensors().look[sensor] if radar else np.zeros(6)
        scan = Scan(
            t_ns, sensor, 1, look, np.full(m, t_ns), np.full((m, 6), np.nan),
            np.full((m, 6), np.nan), np.array(rcs, float), np.array(rotor, np.int8),
            np.zeros(m, np.int8), np.full(m, np.nan),
            np.array([0 if radar else self.key[i] for i in who], np.int64),
            np.full(m, -1, np.int64), tuple(names),
        )  # fmt: skip
        return scan, tracks, Association(self.label[who], np.ones(m))


def events(run: Fly, kind: str) -> list[object]:
    """All events of one kind."""
    return [e for w in run.watches for e in w.events if e.kind == kind]
