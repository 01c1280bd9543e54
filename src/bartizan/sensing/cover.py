"""What a site's sensors cover: detection probability on a grid at one height, blind areas.

In: `Sensors`, a grid, a height.  Out: probabilities by place.  Does not: know tracks or truth;
the probabilities are `look.seen` inside `look.inside` and not behind a skyline, the lines that
the tracker goes by.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.sensing.look import inside, seen
from bartizan.terrain import F32, Terrain
from bartizan.terrain.sight import EARTH_M, height_at, hidden
from bartizan.types import B1, F64, I64, SensorKind, Sensors

BLIND: Final = 0.5  # where a thing is seen with less within the time asked, it is a blind area
ACTIVE: Final = int(SensorKind.ACOUSTIC)  # radar, camera, acoustic: see what hides
DOPPLER_MPS: Final = 30.0  # a mover's least speed for the radar's filter to matter, assumed


class Cover(NamedTuple):
    """One height's cover.

    height_m above the ground   e_m (a,), n_m (b,) [m] ENU of the grid's columns and
    rows   look (s, b, a) one look of each sensor finds a nominal thing   found (b, a) any of
    those sensors finds it within `within_s`   within_s   nearest (b, a) row of the sensor of
    the most probability, -1 where none sees anything
    """

    height_m: float
    e_m: F64
    n_m: F64
    look: F64
    found: F64
    within_s: float
    nearest: I64


def grid(reach_m: float, step_m: float) -> F64:
    """Places from -reach to reach [m], symmetric, at most step apart."""
    k = max(math.ceil(reach_m / step_m), 1)
    return np.linspace(-reach_m, reach_m, 2 * k + 1)


def cover(
    sensors: Sensors, e_m: F64, n_m: F64, height_m: float, within_s: float = 10.0,
    speed_mps: float = DOPPLER_MPS, signature: F64 | None = None, hidden: bool = True,
    counts: B1 | None = None, terrain: Terrain = Terrain(),
) -> Cover:  # fmt: skip
    """Cover of one height: a thing of the nominal signature that comes straight in.

    speed_mps towards the reference point, for the radar's Doppler notch   signature (s,) in
    place of each sensor's nominal one (column 7 of `Sensors.pd`)   hidden: the thing sends
    nothing, so that only radar, camera and acoustic array count   counts (s,) the sensors
    that do: the healthy ones; None: all   terrain: the ground that height_m is above
    Looks are independent given the thing can be seen at all: 1 - prod (1 - p)^(T / period),
    whole looks alone.
    """
    sign = sensors.pd[:, 7].copy() if signature is None else signature
    look = np.zeros((len(sensors.kind), len(n_m), len(e_m)))
    _looks(sensors.kind, sensors.pd, sensors.look, sensors.skyline, sensors.pos, sensors.rot,
           sign, e_m, n_m, terrain, height_m, speed_mps, look)  # fmt: skip
    if hidden:
        look[sensors.kind > ACTIVE] = 0.0
    if counts is not None:
        look[~counts] = 0.0
    times = np.floor(within_s / sensors.period_s + 1e-9)
    each = 1.0 - (1.0 - look) ** times[:, None, None]
    found = 1.0 - np.prod(1.0 - each, axis=0)
    best = each.argmax(axis=0)
    nearest = np.where(each.max(axis=0, initial=0.0) > 0.0, best, -1).astype(np.int64)
    return Cover(height_m, e_m, n_m, look, found, within_s, nearest)


@kernel
def _looks(
    kind: I64, pd: F64, look: F64, skyline: F32, pos: F64, rot: F64, sign: F64, e_m: F64,
    n_m: F64, terrain: Terrain, height_m: float, speed_mps: float, out: F64,
) -> None:  # fmt: skip
    """Each sensor's probability for one look at each place, into out (s, b, a)."""
    for s in range(kind.shape[0]):
        R = rot[s]
        for j in range(n_m.shape[0]):
            for i in range(e_m.shape[0]):
                d2 = e_m[i] * e_m[i] + n_m[j] * n_m[j]
                up = height_m - d2 / (2.0 * EARTH_M) + height_at(terrain, e_m[i], n_m[j])
                dx, dy, dz = e_m[i] - pos[s, 0], n_m[j] - pos[s, 1], up - pos[s, 2]
                e = R[0, 0] * dx + R[0, 1] * dy + R[0, 2] * dz
                n = R[1, 0] * dx + R[1, 1] * dy + R[1, 2] * dz
                u = R[2, 0] * dx + R[2, 1] * dy + R[2, 2] * dz
                r = max(math.sqrt(e * e + n * n + u * u), 1e-3)
                az, el = math.atan2(e, n), math.atan2(u, math.sqrt(e * e + n * n))
                if not inside(look[s], r, az, el):
                    continue
                if len(skyline) > 0 and hidden(skyline[s], look[s, 1], r, az, el):
                    continue
                home = max(math.sqrt(d2), 1.0)
                rdot = -speed_mps * (dx * e_m[i] + dy * n_m[j]) / (home * r)
                out[s, j, i] = seen(kind[s], pd[s], sign[s], r, rdot, up)


def blind_share(c: Cover, from_m: float, reach_m: float) -> float:
    """Share of the ring from from_m to reach_m round the reference point that is blind."""
    r = np.hypot(*np.meshgrid(c.e_m, c.n_m))
    ring = (r >= from_m) & (r <= reach_m)
    return float((c.found[ring] < BLIND).mean()) if ring.any() else 0.0


def reach_by_bearing(c: Cover, bearings: int = 72) -> F64:
    """How far out [m] cover goes without a gap on each bearing (k,), from the middle outwards.

    A gap is a place that is found with less than BLIND; the middle within 500 m (minimum
    ranges, masts) is not asked.
    """
    step = float(c.e_m[1] - c.e_m[0])
    out = np.zeros(bearings)
    for k in range(bearings):
        a = 2.0 * math.pi * k / bearings
        r = np.arange(500.0, float(c.e_m[-1]), step)
        i = np.rint((r * math.sin(a) - c.e_m[0]) / step).astype(np.int64)
        j = np.rint((r * math.cos(a) - c.n_m[0]) / step).astype(np.int64)
        gap = np.flatnonzero(c.found[j, i] < BLIND)
        out[k] = r[gap[0]] if len(gap) else float(c.e_m[-1])
    return out
