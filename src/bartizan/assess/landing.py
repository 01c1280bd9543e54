"""Where and when a thing that falls meets the ground, and where it was shot from.

In: tracks with the probabilities of their falling modes.  Out: impact and origin, each with
its Gaussian; what that does to the course against the wall and the zones.
Does not: know thrust: a rocket's origin is where it would have left the ground without a
motor, so its motor's first kilometre is not in the ellipse.

The state, the drag and the wind are carried to the ground by the points of the second-order
divided difference (Norgaard, Poulsen & Ravn 2000, "New developments in state estimation for
nonlinear systems", Automatica 36, eq. 28-35, h^2 = 3): exact for a quadratic, and its
covariance is never negative.  Drag is log-normal about the falling modes' own.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan import ballistics
from bartizan.assess.approach import CLOSING, D_WALL, P_WALL, T_WALL, T_WALL_SD, ZONE, nearest
from bartizan.assess.state import AssessParams
from bartizan.jit import inner, kernel
from bartizan.terrain import Terrain
from bartizan.types import F64, I64, N_LANDING, Tracks

STEPS = 2.0  # longest steps to the ground in STEP_S: under 1 cm in a 60 s flight (test)
LIMIT_S = 180.0  # longer flights are not of mortars and artillery rockets
H2 = 3.0  # a Gaussian's kurtosis: the best squared step of the divided difference
N = 9  # dimensions: the state, ln k, the wind east and north


@inner
def _root(P: F64, L: F64) -> None:
    """Lower Cholesky factor of P (6, 6) into L; a direction without spread has none."""
    for a in range(6):
        for b in range(a + 1):
            s = P[a, b]
            for c in range(b):
                s -= L[a, c] * L[b, c]
            if a == b:
                L[a, a] = math.sqrt(s) if s > 0.0 else 0.0
            else:
                L[a, b] = s / L[b, b] if L[b, b] > 0.0 else 0.0


@kernel
def carry_down(
    x: F64, P: F64, ln_k: float, ln_k_sd: float, wind_sd: float, sign: float, terrain: Terrain
) -> F64:
    """Landing (7,) of x (6,), P (6, 6): e, n [m], seconds, variances ee, en, nn [m2], tt [s2].

    sign 1 to the impact, -1 back to the origin (seconds then negative).  NaN throughout
    when the mean does not meet the ground in LIMIT_S; a point that does not is left out of
    the spread with its opposite.
    """
    out = np.full(7, np.nan)
    y = np.empty(6)
    dt = sign * STEPS * ballistics.STEP_S
    t0 = ballistics.to_ground(x, math.exp(ln_k), 0.0, 0.0, dt, LIMIT_S, terrain, y)
    if t0 != t0:
        return out
    centre = np.array([y[0], y[1], t0])
    L = np.zeros((6, 6))
    _root(P, L)
    h = math.sqrt(H2)
    mean = centre.copy()
    cov = np.zeros((3, 3))
    ends = np.empty((2, 3))
    for d in range(N):
        good = True
        for k in range(2):
            s = h if k == 0 else -h
            p = x.copy()
            if d < 6:
                for a in range(6):
                    p[a] += s * L[a, d]
            drag = math.exp(ln_k + (s * ln_k_sd if d == 6 else 0.0))
            we = s * wind_sd if d == 7 else 0.0
            wn = s * wind_sd if d == 8 else 0.0
            t = ballistics.to_ground(p, drag, we, wn, dt, LIMIT_S, terrain, y)
            good = good and t == t
            ends[k, 0], ends[k, 1], ends[k, 2] = y[0], y[1], t
        if not good:
            continue
        for a in range(3):
            bend_a = ends[0, a] + ends[1, a] - 2.0 * centre[a]
            mean[a] += bend_a / (2.0 * H2)
            for b in range(3):
                bend_b = ends[0, b] + ends[1, b] - 2.0 * centre[b]
                lean = (ends[0, a] - ends[1, a]) * (ends[0, b] - ends[1, b])
                cov[a, b] += lean / (4.0 * H2) + (H2 - 1.0) / (4.0 * H2 * H2) * bend_a * bend_b
    out[0], out[1], out[2] = mean[0], mean[1], mean[2]
    out[3], out[4], out[5], out[6] = cov[0, 0], cov[0, 1], cov[1, 1], cov[2, 2]
    return out


def landings(
    tracks: Tracks, params: AssessParams, terrain: Terrain = ballistics.SMOOTH
) -> tuple[I64, F64, F64]:
    """Rows (k,) whose falling modes dominate; impact and origin (n, 7), (0, 7) with none.

    Columns as `types.Threats.impact`; NaN where a track does not fall.  They are on the site's
    terrain where it has one.
    """
    none = np.zeros(0, np.int64), np.zeros((0, N_LANDING)), np.zeros((0, N_LANDING))
    if not any(params.fall_drag) or len(tracks.label) == 0:
        return none
    falling = np.array(params.fall_drag) > 0.0
    share = tracks.mode[:, falling].sum(axis=1)
    rows = np.flatnonzero(share >= params.fall_least)
    if len(rows) == 0:
        return none
    impact = np.full((len(tracks.label), N_LANDING), np.nan)
    origin = impact.copy()
    ln_k = np.log(np.array(params.fall_drag)[falling])
    for i in rows.tolist():
        w = tracks.mode[i, falling] / share[i]
        mean = float(w @ ln_k)
        sd = math.sqrt(float(w @ (ln_k - mean) ** 2) + params.fall_doubt**2)
        x, P = tracks.x[i], tracks.P[i]
        impact[i] = carry_down(x, P, mean, sd, params.wind_sd_mps, 1.0, terrain)
        origin[i] = carry_down(x, P, mean, sd, params.wind_sd_mps, -1.0, terrain)
    return rows[~np.isnan(impact[rows, 0])], impact, origin


@kernel
def _share_within(points: F64, corner: F64, first: I64, reach_m: float, share: F64) -> None:
    """Share (j,) of points (r, 2) within reach_m of each polygon corner[first[j]:...]."""
    g = np.empty(3)
    for j in range(first.shape[0] - 1):
        share[j] = 0.0
        for r in range(points.shape[0]):
            nearest(points[r, 0], points[r, 1], corner, first[j], first[j + 1], g)
            if g[0] <= reach_m:
                share[j] += 1.0 / points.shape[0]


def override(
    course: F64, rows: I64, impact: F64, corner: F64, first: I64, rays: F64, params: AssessParams
) -> None:
    """What falls has no straight course: its columns of `course` (n, 7) made again, in place.

    p_wall is the probability that it lands within `burst_m` of the wall's inside, by the
    fixed rays (r, 4); if that is at least `member_p_wall` the time to the wall is that to
    the impact; the zone is the one likeliest hit.
    """
    share = np.empty(len(first) - 1)
    for i in rows.tolist():
        e, n, t, ee, en, nn, tt = impact[i].tolist()
        a = math.sqrt(max(ee, 1e-9))
        b = en / a
        c = math.sqrt(max(nn - b * b, 0.0))
        points = np.stack([e + a * rays[:, 0], n + b * rays[:, 0] + c * rays[:, 1]], axis=1)
        _share_within(points, corner, first, params.burst_m, share)
        course[i, P_WALL] = share[0]
        hit = share[0] >= params.member_p_wall
        course[i, T_WALL] = max(t, 0.0) if hit else np.inf
        course[i, T_WALL_SD] = math.sqrt(tt) if hit else np.inf
        best = int(share[1:].argmax()) if len(share) > 1 else 0
        course[i, ZONE] = best if len(share) > 1 and share[1 + best] >= 0.1 else -1.0
        if hit:  # it comes, also where it is over the wall already
            course[i, CLOSING] = max(course[i, CLOSING], abs(course[i, D_WALL]) / max(t, 1.0), 2.0)


def warm() -> None:
    """Compiles what only a thing that falls needs, so that none waits for it in an attack."""
    P = np.diag([20.0, 20.0, 20.0, 2.0, 2.0, 2.0]) ** 2
    carry_down(
        np.array([0.0, 4000.0, 3000.0, 0.0, -150.0, -30.0]),
        P,
        -9.0,
        0.3,
        5.0,
        1.0,
        ballistics.SMOOTH,
    )
    corner = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    _share_within(np.zeros((1, 2)), corner, np.array([0, 3]), 1.0, np.empty(1))


def words(impact: F64, origin: F64) -> tuple[str, ...]:
    """Where and when it lands, and where it was shot from, for the reasons (7,), (7,)."""
    e, n, t, ee, en, nn, tt = impact.tolist()
    out = [
        f"falls as a rocket or mortar: lands in about {t:.0f} s (1-sigma {math.sqrt(tt):.1f} s), "
        f"{e:.0f} m east {n:.0f} m north, 1-sigma {_axes(ee, en, nn)}"
    ]
    if origin[0] == origin[0]:
        e, n, t, ee, en, nn, _ = origin.tolist()
        out.append(
            f"shot about {-t:.0f} s ago from {e / 1e3:.1f} km east {n / 1e3:.1f} km north, "
            f"1-sigma {_axes(ee, en, nn)}; a motor's burn is not in it"
        )
    return tuple(out)


def _axes(ee: float, en: float, nn: float) -> str:
    low, high = np.linalg.eigvalsh(np.array([[ee, en], [en, nn]])).tolist()
    return f"{math.sqrt(max(high, 0.0)):.0f} by {math.sqrt(max(low, 0.0)):.0f} m"
