"""Free fall through air: gravity, and drag that grows with the square of the speed.

In: a state, a drag parameter, the wind.  Out: the state later, or where and when it meets
the ground.  Does not: thrust, lift, spin or steer.  The tracker, the assessment and the
simulation all take the law from these lines.

    dv/dt = -g - k s(h) |v - w| (v - w)      k = rho Cd A / 2 m [1/m] at sea level

s(h): the air's density over that at sea level (ISO 2533, standard atmosphere).  Heights
are taken from the site's reference point, as if that stood at sea level (2 % of density in
200 m: inside any drag's doubt).  Cd is constant: its rise about the speed of sound is in
the drag's doubt as well.  Ref: McCoy 1999, Modern Exterior Ballistics, ch. 5 (point mass).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bartizan.jit import bare, inner, kernel
from bartizan.terrain import Terrain
from bartizan.terrain.sight import height_at
from bartizan.types import F64
from bartizan.units import G_MPS2

RHO_KGPM3: Final = 1.225  # air at sea level, ISO 2533
LAPSE_PM: Final = 0.0065 / 288.15  # temperature's share lost a metre, troposphere, ISO 2533
POWER: Final = 4.2558797  # g M / (R L) - 1 of the troposphere, ISO 2533
TROPOPAUSE_M: Final = 11_000.0
SCALE_M: Final = 6341.62  # R T / (g M) at 216.65 K, ISO 2533
EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
SMOOTH: Final = Terrain()  # no hills: the curved Earth
STEP_S: Final = 0.1  # Runge-Kutta step to the ground: under 1 mm in a 60 s flight (test)


@bare
def density(h_m: float) -> float:
    """The air's density at a height over that at sea level; ISO 2533 up to 20 km."""
    h = min(max(h_m, -1000.0), TROPOPAUSE_M)
    s: float = (1.0 - LAPSE_PM * h) ** POWER
    if h_m > TROPOPAUSE_M:
        s *= math.exp(-(h_m - TROPOPAUSE_M) / SCALE_M)
    return s


@bare
def thinning(h_m: float) -> float:
    """Share of its density that the air loses a metre [1/m], at a height."""
    if h_m > TROPOPAUSE_M:
        return 1.0 / SCALE_M
    return POWER * LAPSE_PM / (1.0 - LAPSE_PM * max(h_m, -1000.0))


@bare
def acceleration(re: float, rn: float, ru: float, k: float) -> tuple[float, float, float]:
    """Acceleration east, north, up [m/s2] at a velocity through the air [m/s]; k [1/m] here."""
    drag = k * math.sqrt(re * re + rn * rn + ru * ru)
    return -drag * re, -drag * rn, -G_MPS2 - drag * ru


@bare
def forward(x: F64, k: float, we: float, wn: float, dt: float, out: F64) -> None:
    """The state x (6,) [m, m/s] ENU dt [s] later into out (6,), by one Runge-Kutta 4 step.

    k [1/m] at sea level   we, wn wind [m/s]   dt may be negative
    """
    for c in range(6):
        out[c] = x[c]
    u, ve, vn, vu = x[2], x[3], x[4], x[5]
    for i in range(4):
        weight = dt / 6.0 if i == 0 or i == 3 else dt / 3.0
        ae, an, au = acceleration(ve - we, vn - wn, vu, k * density(u))
        out[0] += weight * ve
        out[1] += weight * vn
        out[2] += weight * vu
        out[3] += weight * ae
        out[4] += weight * an
        out[5] += weight * au
        part = dt if i == 2 else 0.5 * dt
        u = x[2] + part * vu
        ve, vn, vu = x[3] + part * ae, x[4] + part * an, x[5] + part * au


@bare
def height(x: F64) -> float:
    """Height [m] of x over the curved Earth through the site's reference point."""
    h: float = x[2] + (x[0] * x[0] + x[1] * x[1]) / (2.0 * EARTH_M)
    return h


@inner
def _over(terrain: Terrain, x: F64) -> float:
    """Height [m] of x over the site's ground."""
    return height(x) - height_at(terrain, x[0], x[1])


@kernel
def to_ground(
    x: F64, k: float, we: float, wn: float, dt: float, limit_s: float, terrain: Terrain, out: F64
) -> float:
    """Where x (6,) meets the ground, into out (6,) -> seconds from now, NaN not in limit_s.

    dt [s] the step: positive to the impact, negative back to the origin.  It is met where
    it sinks (in the direction of dt) through the site's terrain, flat over the curved Earth
    where there is none; what is under it and sinking is there now.  A ridge that is crossed
    between two steps (dt times the speed) is not met.
    """
    now = x.copy()
    out[:] = now
    t = 0.0
    falling = now[5] * dt < 0.0
    if _over(terrain, now) <= 0.0 and falling:
        return 0.0
    while abs(t) < limit_s:
        forward(now, k, we, wn, dt, out)
        after = _over(terrain, out)
        if not math.isfinite(after):
            return math.nan
        if after <= 0.0 and out[5] * dt < 0.0:
            lo, hi = 0.0, dt  # above the ground at lo, under it at hi
            for _ in range(40):
                middle = 0.5 * (lo + hi)
                forward(now, k, we, wn, middle, out)
                if _over(terrain, out) > 0.0:
                    lo = middle
                else:
                    hi = middle
            return t + 0.5 * (lo + hi)
        t += dt
        now[:] = out
    return math.nan


@kernel
def _reach(terrain: Terrain, speed_mps: float, elevation_rad: float, k: float) -> float:
    x = np.zeros(6)
    x[4], x[5] = speed_mps * math.cos(elevation_rad), speed_mps * math.sin(elevation_rad)
    out = np.empty(6)
    t = to_ground(x, k, 0.0, 0.0, STEP_S, 600.0, terrain, out)
    return out[1] if t == t else math.nan


def reach_m(speed_mps: float, elevation_rad: float, k: float) -> float:
    """How far [m] a shot from the ground flies over smooth ground, without wind."""
    return _reach(SMOOTH, speed_mps, elevation_rad, k)


def aim(distance_m: float, speed_mps: float, k: float, high: bool) -> float:
    """Elevation [rad] at which a shot falls at a distance, by the lower or higher arc.

    Beyond the shot's reach: the elevation that flies farthest.  Without wind, to the
    launch's own height.
    """
    elevation = np.linspace(0.5, 89.5, 90) * np.pi / 180.0
    far = np.array([reach_m(speed_mps, a, k) for a in elevation.tolist()])
    top = int(np.nanargmax(far))
    if far[top] <= distance_m:
        return float(elevation[top])
    lo, hi = (elevation[-1], elevation[top]) if high else (0.0, elevation[top])
    for _ in range(50):  # the reach grows from lo to hi
        middle = 0.5 * (lo + hi)
        lo, hi = (middle, hi) if reach_m(speed_mps, middle, k) < distance_m else (lo, middle)
    return float(0.5 * (lo + hi))
