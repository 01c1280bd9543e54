"""The ground: its height, lines of sight over it, and what each sensor sees past it.

In: a `Terrain` grid, buildings, a sensor's place.  Out: heights, whether one place sees
another, the skyline of a sensor by cell of azimuth and range.
Does not: read a file, bend sound or radio round an edge (no diffraction), or know a sensor's kind.

Light and radar bend down with a radius of 4 R, which is the 4/3 Earth: in site ENU a ray that
leaves with slope s is at s d - d^2 / 8R.  So what stands d away and u up has the apparent slope
u / d + d / 8R; a place is seen if no ground or building before it has more.
Ref: Skolnik 2008, eq. 8.6; ITU-R P.834 (effective radius).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bartizan.jit import bare, inner, kernel
from bartizan.terrain import F32, F64, Building, Terrain

EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
BEND: Final = 1.0 / (8.0 * EARTH_M)  # of a ray, under standard refraction
TWO_PI: Final = 2.0 * math.pi
N_AZ: Final = 720  # a skyline's cells of azimuth, and of the square root of range
N_RANGE: Final = 100
CELLS: Final = N_AZ * N_RANGE
FINE: Final = 0.25  # steps along a ray, in cells of the grid
COARSE: Final = 0.01  # the least step in shares of the distance, beyond the grid
SHARP_RAD: Final = 1e-3  # least 1-sigma of an edge against a track: a cell of a skyline, assumed


@kernel
def height_at(terrain: Terrain, e_m: float, n_m: float) -> float:
    """Height [m] of the ground over the reference point, along the curved Earth.

    Bilinear between the nodes; 0 outside the grid.
    """
    rows, columns = terrain.height_m.shape
    x = (e_m - terrain.e0_m) / terrain.cell_m
    y = (n_m - terrain.n0_m) / terrain.cell_m
    if not (x >= 0.0 and y >= 0.0 and x <= columns - 1.0 and y <= rows - 1.0):
        return 0.0
    i, j = min(int(x), columns - 2), min(int(y), rows - 2)
    fx, fy = x - i, y - j
    h = terrain.height_m
    south = h[j, i] * (1.0 - fx) + h[j, i + 1] * fx
    north = h[j + 1, i] * (1.0 - fx) + h[j + 1, i + 1] * fx
    out: float = south * (1.0 - fy) + north * fy
    return out


@kernel
def up_at(terrain: Terrain, e_m: float, n_m: float) -> float:
    """The ground's up coordinate [m] in site ENU."""
    return height_at(terrain, e_m, n_m) - (e_m * e_m + n_m * n_m) / (2.0 * EARTH_M)


@kernel
def heights(terrain: Terrain, at: F64) -> F64:
    """`height_at` of places (n, 2+) [m] site ENU -> (n,)."""
    out = np.empty(at.shape[0])
    for k in range(at.shape[0]):
        out[k] = height_at(terrain, at[k, 0], at[k, 1])
    return out


def above_ground(terrain: Terrain, x: F64) -> F64:
    """Height (n,) [m] above the ground of places x (n, 3+) in site ENU."""
    up: F64 = x[:, 2] + (x[:, 0] ** 2 + x[:, 1] ** 2) / (2.0 * EARTH_M)
    return up - heights(terrain, x) if len(terrain.height_m) else up


@kernel
def sees(terrain: Terrain, a: F64, b: F64) -> bool:
    """Whether a (3,) and b (3,) [m] site ENU see each other over the ground."""
    de, dn = b[0] - a[0], b[1] - a[1]
    far = math.sqrt(de * de + dn * dn)
    if far == 0.0:
        return True
    line = (b[2] - a[2]) / far + far * BEND
    steps = int(far / (FINE * terrain.cell_m)) + 1
    for k in range(1, steps):
        t = k / steps
        d = far * t
        up = up_at(terrain, a[0] + t * de, a[1] + t * dn)
        if (up - a[2]) / d + d * BEND > line:
            return False
    return True


@inner
def edges(polygon: F64, e: float, n: float, se: float, sn: float, out: F64) -> bool:
    """Distances out (2,) [m] at which a ray enters and last leaves a polygon; False: it misses.

    A ray that starts inside enters at 0.
    """
    first, last, crossed = math.inf, -math.inf, 0
    k = polygon.shape[0]
    for i in range(k):
        ae, an = polygon[i, 0] - e, polygon[i, 1] - n
        j = (i + 1) % k
        be, bn = polygon[j, 0] - e, polygon[j, 1] - n
        ca, cb = se * an - sn * ae, se * bn - sn * be
        if (ca > 0.0) == (cb > 0.0):
            continue
        t = ca / (ca - cb)
        d = (ae + t * (be - ae)) * se + (an + t * (bn - an)) * sn
        if d > 0.0:
            first, last = min(first, d), max(last, d)
            crossed += 1
    out[0] = 0.0 if crossed % 2 == 1 else first
    out[1] = last
    return crossed > 0


@inner
def _obstacle(best: F64, pos: F64, rot: F64, e: float, n: float, up: float, far_m: float) -> None:
    """The apparent slope of a place, into the first range cell whose middle is behind it."""
    dx, dy, dz = e - pos[0], n - pos[1], up - pos[2]
    oe = rot[0, 0] * dx + rot[0, 1] * dy + rot[0, 2] * dz
    on = rot[1, 0] * dx + rot[1, 1] * dy + rot[1, 2] * dz
    ou = rot[2, 0] * dx + rot[2, 1] * dy + rot[2, 2] * dz
    d = math.sqrt(oe * oe + on * on)
    k = int(math.sqrt(d / far_m) * N_RANGE + 0.5)
    if d > 0.0 and k < N_RANGE:
        best[k] = max(best[k], ou / d + d * BEND)


@kernel
def trace(
    terrain: Terrain, corners: F64, ends: F64, tops: F64, pos: F64, rot: F64, far_m: float, out: F32
) -> None:
    """One sensor's skyline out (72000,), see `skyline`.

    corners (c, 2) of all buildings, one after another   ends (b,) where each one's corners end
    tops (b,) up [m] of its roof   far_m the sensor's reach
    """
    best, cut = np.empty(N_RANGE), np.empty(2)
    half = 0.5 * terrain.cell_m * (terrain.height_m.shape[0] + terrain.height_m.shape[1])
    for a in range(N_AZ):
        az = (a + 0.5) * TWO_PI / N_AZ
        s, c = math.sin(az), math.cos(az)
        se, sn = rot[0, 0] * s + rot[1, 0] * c, rot[0, 1] * s + rot[1, 1] * c
        best[:] = -math.inf
        if terrain.height_m.shape[0] > 0:
            d = terrain.cell_m
            while d < far_m:
                e, n = pos[0] + d * se, pos[1] + d * sn
                _obstacle(best, pos, rot, e, n, up_at(terrain, e, n), far_m)
                d += max(FINE * terrain.cell_m, COARSE * d if d > half else 0.0)
        first = 0
        for b in range(tops.shape[0]):
            last = int(ends[b])
            if edges(corners[first:last], pos[0], pos[1], se, sn, cut):
                inside = cut[0] == 0.0
                for k in range(2):
                    if not (inside and (k == 0 or pos[2] < tops[b])):
                        e, n = pos[0] + cut[k] * se, pos[1] + cut[k] * sn
                        _obstacle(best, pos, rot, e, n, tops[b], far_m)
            first = last
        top = -math.inf
        for k in range(N_RANGE):
            top = max(top, best[k])
            r = far_m * ((k + 0.5) / N_RANGE) ** 2
            out[a * N_RANGE + k] = math.atan(top - r * BEND)


def skyline(
    pos: F64, rot: F64, reach_m: F64, terrain: Terrain, buildings: tuple[Building, ...]
) -> F32:
    """Least elevation (s, 72000) [rad] that each sensor sees, in its own axes.

    pos (s, 3), rot (s, 3, 3) as in `types.Sensors`   reach_m (s,) the farthest it looks
    Cells of azimuth of half a degree, clockwise from north; in each N_RANGE cells of the square
    root of the slant range, up to the sensor's reach.  -pi/2 where nothing is in the way.
    A building's roof is level, at its height above the ground of its middle.  A sensor inside
    a building sees as if that one were not there.  No rows without terrain and buildings.
    """
    if not len(terrain.height_m) and not buildings:
        return np.zeros((0, 0), np.float32)
    corners = np.concatenate([np.zeros((0, 2)), *(b.polygon for b in buildings)])
    ends = np.cumsum([len(b.polygon) for b in buildings], dtype=np.float64)
    middles = np.array([b.polygon.mean(axis=0) for b in buildings]).reshape(-1, 2)
    ground = heights(terrain, middles) - (middles**2).sum(axis=1) / (2.0 * EARTH_M)
    tops = ground + np.array([b.height_m for b in buildings])
    out = np.empty((len(pos), CELLS), np.float32)
    for s in range(len(out)):
        trace(terrain, corners, ends, tops, pos[s], rot[s], float(reach_m[s]), out[s])
    return out


def of_sensor(skyline: F32, s: int) -> F32:
    """Skyline (72000,) of one sensor; (0,) where there is none."""
    return skyline[s] if len(skyline) else np.zeros(0, np.float32)


@bare
def least(skyline: F64 | F32, far_m: float, r_m: float, az_rad: float) -> float:
    """Least elevation [rad] seen at a range and azimuth, in the sensor's own axes.

    far_m the sensor's reach, as the skyline was made with
    """
    k = min(int(math.sqrt(r_m / far_m) * N_RANGE), N_RANGE - 1)
    a = min(int((az_rad % TWO_PI) * (N_AZ / TWO_PI)), N_AZ - 1)
    return float(skyline[a * N_RANGE + k])


@bare
def hidden(skyline: F64 | F32, far_m: float, r_m: float, az_rad: float, el_rad: float) -> bool:
    """Whether ground or a building stands between; never with an empty skyline."""
    return skyline.shape[0] > 0 and el_rad < least(skyline, far_m, r_m, az_rad)


@kernel
def clear(
    skyline: F64 | F32, far_m: float, r_m: float, az_rad: float, el_rad: float, up_sd_m: float
) -> float:
    """Probability that the line of sight is free to what is known to up_sd_m [m] in height."""
    sd = max(up_sd_m / max(r_m, 1.0), SHARP_RAD)
    over = el_rad - least(skyline, far_m, r_m, az_rad)
    return 0.5 * math.erfc(-over / (sd * math.sqrt(2.0)))
