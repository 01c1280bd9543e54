"""Where what is shot down falls: ballistic descent with drag and wind, and its footprint.

In: a body's state when it is hit, the wind.  Out: impact points, their Gaussian footprint,
the probability that it lies in a polygon.  Does not: break bodies into fragments, glide
them, or know who is below.

Ref: la Cour-Harbo 2020, "Ground impact probability distribution for small unmanned
aircraft in ballistic descent", ICUAS: second-order drag, uncertain drag, speed and wind.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan import ballistics
from bartizan.jit import kernel
from bartizan.sim.spec import Body
from bartizan.types import B1, F64
from bartizan.units import G_MPS2

STEP_S: Final = 0.05  # Runge-Kutta step: under 1 mm of error in a fall from 500 m (test)
# One-sigma spreads of a wreck out of control.  la Cour-Harbo 2020 draws drag, speed and wind
# from normal distributions; the widths here are assumed.
DRAG_LN_SD: Final = 0.35  # tumbling: drag area times coefficient, log-normal
SPEED_SD: Final = 0.10  # of the speed kept after the hit
TURN_SD_RAD: Final = 0.10  # of the course after the hit
CLIMB_SD_MPS: Final = 3.0  # vertical kick
WIND_SD_MPS: Final = 1.5  # each horizontal component
SPREADS: Final = 6


class Footprint(NamedTuple):
    """The Gaussian of impact points: mean (2,) [m] ENU, cov (2, 2) [m2], fall_s mean time."""

    mean: F64
    cov: F64
    fall_s: float

    def ellipse(self) -> tuple[float, float, float]:
        """1-sigma half axes, major and minor [m], and the major one's angle [rad from north]."""
        w, v = np.linalg.eigh(self.cov)
        angle = math.atan2(v[0, 1], v[1, 1]) % math.pi
        return math.sqrt(max(w[1], 0.0)), math.sqrt(max(w[0], 0.0)), angle


@kernel
def fall(
    height_m: float, ve: float, vn: float, vu: float, we: float, wn: float, k: float
) -> tuple[float, float, float, float]:
    """Descent from height_m over flat ground: (east m, north m, seconds, impact speed m/s).

    ve, vn, vu [m/s] at the start   we, wn wind [m/s]   k = rho Cd A / 2 m [1/m]
    dv/dt = -g - k |v - w| (v - w), by Runge-Kutta 4; the last step is shortened to end on
    the ground.  The air is as dense as at sea level: 2 % too dense at 200 m.
    """
    e, n, h, t, dt = 0.0, 0.0, height_m, 0.0, STEP_S
    while h > 1e-9 and t < 600.0:
        se, sn, sh, sve, svn, svu = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        xve, xvn, xvu = ve, vn, vu
        for i in range(4):
            weight = dt / 6.0 if i == 0 or i == 3 else dt / 3.0
            re, rn = xve - we, xvn - wn
            ae, an, au = ballistics.acceleration(re, rn, xvu, k)
            se += weight * xve
            sn += weight * xvn
            sh += weight * xvu
            sve += weight * ae
            svn += weight * an
            svu += weight * au
            part = dt if i == 2 else 0.5 * dt
            xve, xvn, xvu = ve + part * ae, vn + part * an, vu + part * au
        if h + sh < -1e-9:
            dt *= h / -sh  # the fall quickens, so that the secant ends above the ground
            continue
        e, n, h, t = e + se, n + sn, h + sh, t + dt
        ve, vn, vu = ve + sve, vn + svn, vu + svu
    return e, n, t, math.sqrt(ve * ve + vn * vn + vu * vu)


def drag_per_m(body: Body) -> float:
    """K = rho Cd A / 2 m [1/m] of a body."""
    return 0.5 * ballistics.RHO_KGPM3 * body.cd * body.area_m2 / body.mass_kg


def terminal_mps(body: Body) -> float:
    """Speed at which drag holds the weight: sqrt(g / k)."""
    return math.sqrt(G_MPS2 / drag_per_m(body))


def impact(x: F64, ground_m: float, wind_mps: F64, body: Body, spread: F64) -> F64:
    """Impact (4,) east, north [m], seconds, speed [m/s] of a body at x (6,) [m, m/s] ENU.

    ground_m up coordinate of the ground   spread (6,) standard normals of the drag, speed,
    course, climb and the two components of the wind: zeros give the nominal descent
    """
    out: F64 = impacts(x, ground_m, wind_mps, drag_per_m(body), spread.reshape(1, SPREADS))[0]
    return out


@kernel
def impacts(x: F64, ground_m: float, wind_mps: F64, drag_pm: float, spread: F64) -> F64:
    """`impact` (n, 4) of many spreads (n, 6) of one body.  drag_pm: `drag_per_m` of it."""
    out = np.empty((spread.shape[0], 4))
    height = max(x[2] - ground_m, 0.0)
    for i in range(spread.shape[0]):
        z = spread[i]
        kept = max(1.0 + SPEED_SD * z[1], 0.0)
        c, s = math.cos(TURN_SD_RAD * z[2]), math.sin(TURN_SD_RAD * z[2])
        e, n, t, v = fall(
            height, kept * (c * x[3] + s * x[4]), kept * (c * x[4] - s * x[3]),
            x[5] + CLIMB_SD_MPS * z[3], wind_mps[0] + WIND_SD_MPS * z[4],
            wind_mps[1] + WIND_SD_MPS * z[5], drag_pm * math.exp(DRAG_LN_SD * z[0]),
        )  # fmt: skip
        out[i, 0], out[i, 1], out[i, 2], out[i, 3] = x[0] + e, x[1] + n, t, v
    return out


def footprint(
    x: F64, ground_m: float, wind_mps: F64, body: Body, P: F64 | None = None
) -> Footprint:
    """The Gaussian footprint of a body that is hit at x, by the unscented transform.

    P (6, 6) uncertainty of x itself (a track's); None: exact.
    Ref: Julier & Uhlmann 2004, symmetric points, kappa = 3 - n: exact to third order.
    """
    return footprint_of(x, ground_m, wind_mps, drag_per_m(body), P)


def footprint_of(
    x: F64, ground_m: float, wind_mps: F64, drag_pm: float, P: F64 | None = None
) -> Footprint:
    """`footprint` of a body by its drag [1/m]."""
    scale = math.sqrt(3.0)
    own = np.concatenate(
        [np.zeros((1, SPREADS)), scale * np.eye(SPREADS), -scale * np.eye(SPREADS)]
    )
    all_ = impacts(x, ground_m, wind_mps, drag_pm, own)[:, :3]
    centre, points = all_[0], [all_[1:]]
    if P is not None:
        root = np.linalg.cholesky(P + 1e-9 * np.eye(6))
        for dx in scale * root.T:
            points += [impacts(x + q * dx, ground_m, wind_mps, drag_pm, own[:1])[:, :3] for q in (1.0, -1.0)]  # fmt: skip
    d = np.concatenate(points) - centre
    shift = d.sum(axis=0) / 6.0
    cov = d.T @ d / 6.0 - np.outer(shift, shift)
    mean = centre + shift
    return Footprint(mean[:2], cov[:2, :2], float(mean[2]))


def signed_distance_m(points: F64, polygon: F64) -> F64:
    """Distance (m,) [m] of points (m, 2) to a polygon's edge (k, 2), negative inside."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    ab = b - a
    ap = points[:, None, :] - a[None]
    along = np.clip((ap * ab).sum(-1) / np.maximum((ab * ab).sum(-1), 1e-12), 0.0, 1.0)
    gap = np.sqrt(((ap - along[..., None] * ab) ** 2).sum(-1)).min(axis=1)
    out: F64 = np.where(inside(points, polygon), -gap, gap)
    return out


def inside(points: F64, polygon: F64) -> B1:
    """Whether points (m, 2) lie in a polygon (k, 2), by crossings of a ray to the east."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    y = points[:, 1, None]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(b[:, 1] == a[:, 1], 1.0, b[:, 1] - a[:, 1])
    x = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / rise
    out: B1 = (spans & (points[:, 0, None] < x)).sum(axis=1) % 2 == 1
    return out


_MIDDLES: Final = (np.arange(24) + 0.5) / 24.0


def _grid() -> F64:
    """576 points of equal weight of the standard normal in the plane: rings by angle."""
    r = np.sqrt(-2.0 * np.log1p(-_MIDDLES))
    a = 2.0 * np.pi * (_MIDDLES[None, :] + 0.5 * (np.arange(24)[:, None] % 2) / 24.0)
    return np.stack((r[:, None] * np.cos(a), r[:, None] * np.sin(a)), axis=-1).reshape(-1, 2)


GRID: Final = _grid()


def probability_within(print_: Footprint, polygon: F64, reach_m: float = 0.0) -> float:
    """Probability that the wreck falls within reach_m of a polygon (k, 2), or in it.

    By 576 equally likely points of the Gaussian: a resolution of 0.2 %.
    """
    w, v = np.linalg.eigh(print_.cov)
    points = print_.mean + (GRID * np.sqrt(np.maximum(w, 0.0))) @ v.T
    if reach_m <= 0.0:
        return float(inside(points, polygon).mean())
    return float((signed_distance_m(points, polygon) <= reach_m).mean())
