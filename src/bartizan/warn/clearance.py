"""The statement that the airspace is clear: who looked where, and what would have been seen.

In: a `Desk`, alarms, posture, the sensors' pulse.  Out: `Clearance`; a CLEARANCE event.
Does not: lower a posture, or count what only cooperative receivers and direction finders say.

It is said for the ground inside the wall and AROUND_M about it, of things that would have
flown there in the last LOOKED_S, at HEIGHTS_M over the ground.  A place counts as
seen when one of the healthy radars, cameras or acoustic arrays would have reported the thing
at least once with P_SEEN.  Not said: with an alarm in force, with RED, with an unknown that
nothing explains within RING_M of the wall, with no healthy sensor that looks, or when less
than SHARE of the ground is seen for a fixed-wing drone at SAY_M.
All of these numbers are assumed.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from bartizan.sensing import cover
from bartizan.types import B1, F64, Alarm, EventKind, Health, Level, Posture, SensorKind, Site
from bartizan.warn import words
from bartizan.warn.gauge import IS_HARMLESS, Answer
from bartizan.warn.state import Desk, Pulse

AROUND_M: Final = 3000.0
RING_M: Final = 5000.0
LOOKED_S: Final = 10.0
P_SEEN: Final = 0.9
SHARE: Final = 0.9
HEIGHTS_M: Final = (50.0, 100.0, 300.0)
SAY_M: Final = 100.0
CELLS: Final = 20  # to each side of the middle
LOOKING: Final = (SensorKind.RADAR, SensorKind.CAMERA, SensorKind.ACOUSTIC)


class Thing(NamedTuple):
    """What would have flown: cross-section [dBsm], extent [m], sound level at 1 m [dB].

    multirotor  -15 dBsm, the middle of -8.1 to -19.1 published for five consumer drones at
    24 GHz (IEICE ComEX 9(7), 262-267, 2020); the other numbers assumed
    """

    name: str
    rcs_dbsm: float
    size_m: float
    level_db: float


THINGS: Final = (
    Thing("fixed-wing drone", -10.0, 2.5, 100.0),
    Thing("multirotor drone", -15.0, 0.5, 80.0),
)


class Clearance(NamedTuple):
    """What can be said of the airspace.

    can_say   statement: one sentence   volumes: who looked, where, and what would have been
    seen   blind: what was not seen   why_not: why it cannot be said, empty when it can
    """

    can_say: bool
    statement: str
    volumes: tuple[str, ...]
    blind: tuple[str, ...]
    why_not: tuple[str, ...]


def say(desk: Desk, alarms: tuple[Alarm, ...], posture: Posture, pulse: Pulse) -> Clearance:
    """What can be said now."""
    site, mode = desk.site, desk.params.mode
    counts = np.isin(site.sensors.kind, LOOKING)
    healthy = counts & (pulse.health == Health.FRESH)
    why_not = _in_the_way(desk, alarms, posture)
    shares, blind = _shares(site, healthy)
    seen = shares[0][HEIGHTS_M.index(SAY_M)]
    names = [site.sensor_names[k] for k in np.flatnonzero(healthy)]
    if not names:
        why_not.append("no radar, camera or acoustic array is healthy")
    elif seen < SHARE:
        why_not.append(
            f"only {seen:.0%} of the ground is seen for a {THINGS[0].name} at {SAY_M:.0f} m; "
            f"expected {SHARE:.0%}"
        )
    down = [
        f"{site.sensor_names[k]} counts as not looking" for k in np.flatnonzero(counts & ~healthy)
    ]
    where = f"inside {site.wall.name} and {AROUND_M / 1000:.0f} km about it"
    volumes = (f"looked: {', '.join(names) or 'nobody'}, {where}, last {LOOKED_S:.0f} s", *(
        f"{thing.name}: would have been seen with {P_SEEN:.0%} over "
        + ", ".join(f"{p:.0%} of the ground at {h:.0f} m" for h, p in zip(HEIGHTS_M, row, strict=True))
        for thing, row in zip(THINGS, shares, strict=True)
    ))  # fmt: skip
    if why_not:
        text = "it cannot be said that the airspace is clear: " + "; ".join(why_not)
    else:
        low = min(h for h, p in zip(HEIGHTS_M, shares[0], strict=True) if p >= SHARE)
        text = (
            f"the airspace is clear {where}, down to {low:.0f} m for a {THINGS[0].name}: "
            f"{seen:.0%} of it is seen"
        )
    return Clearance(
        not why_not, words.marked(mode, text), volumes, (*down, *blind), tuple(why_not)
    )


def tell(
    desk: Desk, alarms: tuple[Alarm, ...], posture: Posture, pulse: Pulse, who: str
) -> Clearance:
    """The same as a CLEARANCE event, asked for by a person."""
    c = say(desk, alarms, posture, pulse)
    text = f"{words.unmarked(desk.params.mode, c.statement)} (asked by {who})"
    why = (*c.volumes, *(f"blind: {b}" for b in c.blind))
    desk.tell(EventKind.CLEARANCE, text, (), why, (("can_say", float(c.can_say)),))
    return c


def unexplained(desk: Desk) -> tuple[int, ...]:
    """Labels of unknowns near the wall that no rule and no person has explained."""
    open_ = desk.open & (desk.rows.dismissed_ns[desk.at] == 0) & ~IS_HARMLESS[desk.cls]
    open_ &= (desk.answer == int(Answer.NOTHING)) & (desk.threats.d_wall_m <= RING_M)
    return tuple(desk.picture.tracks.label[open_].tolist())


def _in_the_way(desk: Desk, alarms: tuple[Alarm, ...], posture: Posture) -> list[str]:
    out = [f"alarm {a.number} is in force" for a in alarms]
    if posture.level == Level.RED:
        out.append("the posture is RED")
    labels = unexplained(desk)
    if labels:
        word = "track" if len(labels) == 1 else "tracks"
        some = ", ".join(map(str, labels[:5])) + (" and more" if len(labels) > 5 else "")
        out.append(f"{word} {some} within {RING_M / 1000:.0f} km of the wall not explained")
    return out


def _ground(site: Site) -> tuple[F64, B1]:
    """A grid's columns and rows (k,) [m], and which of its places (k, k) are inside the wall or
    AROUND_M about it.
    """
    reach = float(np.abs(site.wall.polygon).max()) + AROUND_M
    at = cover.grid(reach, reach / CELLS)
    places = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    near = _distance(places, site.wall.polygon) <= AROUND_M
    return at, near.reshape(len(at), len(at))


def _distance(at: F64, polygon: F64) -> F64:
    """Distance (k,) [m] to the polygon, 0 inside it."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    edge, to = b - a, at[:, None, :] - a[None]
    length2 = np.maximum((edge**2).sum(axis=1), 1e-9)
    along = np.clip((to * edge).sum(axis=2) / length2, 0.0, 1.0)
    far = np.hypot(*np.moveaxis(to - along[..., None] * edge, 2, 0)).min(axis=1)
    n, e = at[:, None, 1], at[:, None, 0]
    between = (a[:, 1] > n) != (b[:, 1] > n)
    rise = np.where(np.abs(edge[:, 1]) > 0.0, edge[:, 1], 1.0)
    crossing = e < a[:, 0] + (n - a[:, 1]) * edge[:, 0] / rise
    inside = (between & crossing).sum(axis=1) % 2 == 1
    return np.where(inside, 0.0, far)


def _shares(site: Site, healthy: B1) -> tuple[list[list[float]], tuple[str, ...]]:
    """Share of the ground seen, by thing and height; where the first is not at SAY_M."""
    at, near = _ground(site)
    shares, blind = [], np.zeros_like(near)
    for k, thing in enumerate(THINGS):
        sign = site.sensors.pd[:, 7].copy()
        for kind, own in zip(LOOKING, thing[1:], strict=True):
            sign[site.sensors.kind == kind] = own
        row = []
        for h in HEIGHTS_M:
            c = cover.cover(
                site.sensors, at, at, h, LOOKED_S, signature=sign, counts=healthy,
                terrain=site.terrain,
            )  # fmt: skip
            seen = (c.found >= P_SEEN) & near
            row.append(float(seen.sum() / near.sum()))
            if k == 0 and h == SAY_M:
                blind = near & ~seen
        shares.append(row)
    e, n = np.meshgrid(at, at)
    return shares, _sectors(np.stack((e[blind], n[blind]), axis=-1), int(near.sum()))


def _sectors(places: F64, whole: int) -> tuple[str, ...]:
    """The blind ground in words, by wind, the largest first."""
    az = np.arctan2(places[:, 0], places[:, 1])
    names = [words.wind(float(a)) for a in az]
    counted = sorted(((names.count(w), w) for w in set(names)), reverse=True)
    return tuple(
        f"{n / whole:.0%} of the ground, in the {w}" for n, w in counted if n / whole >= 0.01
    )
