"""What is shot, not flown: motion modes that fall, and births with the speed that Doppler tells.

In: rows and detections after `lifecycle.forward`.  Out: the same, as what may fall.
Does not: start anything fast from a plot without range rate; know thrust; run, or be
compiled, where a site expects no rockets.

Ref: Li & Jilkov 2010, "Survey of maneuvering target tracking, part II: motion models of
ballistic and space targets", IEEE TAES 46(1) (gravity and drag, linearised at the state).
"""

from __future__ import annotations

import math

from bartizan import ballistics
from bartizan.jit import bare, inner
from bartizan.track.birth import intensity
from bartizan.track.lifecycle import cut
from bartizan.track.motion import falls, mix, switching
from bartizan.track.state import (
    DOPPLER,
    DOUBT,
    DRAG,
    HITS,
    POS,
    Q_H,
    Q_V,
    Room,
    TrackParams,
    TrackState,
    Work,
    room,
)
from bartizan.types import F64

FALL_S = 0.5  # longest step of a fall: linearised, it errs by under 1e-3 of the spread (test)
DOUBT_S = 3.0  # the filter's memory: for so long an error of k acts one way; assumed
UNMODELLED_MPS = 15.0  # drag and gravity along the line of sight until the next look; assumed
LEAST = 0.02  # a smaller share of the fast in a plot is left out: ordinary births stay; assumed
LANDED_M = 30.0  # this far under the ground, and its 1-sigma, it has landed; assumed
CLUTTER_SHARE = 1e-3  # of the clutter's density past its own largest range rate; assumed


@inner
def forward(
    state: TrackState, now: TrackState, work: Work, params: TrackParams, part: int, parts: int
) -> None:
    """The falling modes of the rows predicted again, as falling; births of what is fast."""
    q, m = now.mu.shape[1], work.z.shape[0]
    Pi = switching(params.motion, work.dt)
    scratch = room(q, 1)
    first, last = cut(now, part, parts), cut(now, part + 1, parts)
    _rows(state, now, work.dt, Pi, params, scratch, first, last)
    _births(now.undetected, work, params, m * part // parts, m * (part + 1) // parts, scratch)


@bare
def _rows(
    state: TrackState, now: TrackState, dt: float, Pi: F64, params: TrackParams, room: Room,
    first: int, last: int,
) -> None:  # fmt: skip
    """What falls leaves the world where it lands, not at the rate of what flies."""
    xm, Pm, motion = room.xm, room.Pm, params.motion
    for i in range(first, last):
        if now.ids[i, HITS] < 2:
            continue
        mix(Pi, state.mu[i], state.x[i], state.P[i], now.mu[i], xm, Pm, room.one, room.M)
        up = down = 0.0
        for a in range(now.mu.shape[1]):
            if falls(motion, a):
                x, P = now.x[i, a], now.P[i, a]
                fall(motion[a], dt, xm[a], Pm[a], x, P, room)
                if x[5] < 0.0 and ballistics.height(x) < -max(math.sqrt(P[2, 2]), LANDED_M):
                    down += now.mu[i, a]
                else:
                    up += now.mu[i, a]
        now.r[i] *= max(1.0 - down, 0.0) * math.exp(up * dt / params.life_s)


@bare
def _births(field: F64, work: Work, params: TrackParams, first: int, last: int, room: Room) -> None:
    for j in range(first, last):
        z, sd, x, P = work.z[j], work.sd[j], work.birth_x[j], work.birth_cov[j]
        b = work.odds[j, 0]
        if work.frame != 0 or math.isnan(z[3]) or b <= 0.0:
            continue
        fast, _ = intensity(
            work.row, work.frame, z, sd, field, params.fast_height_m, params.fast_speed_sd_mps,
            params.ring_0_m, x, P, room.noise,
        )  # fmt: skip
        fast *= params.fast_share
        b, kappa = quicken(work.row, z, sd, b, work.odds[j, 1] - b, fast, params, x, P, room.noise)
        work.odds[j, 0] = b
        work.odds[j, 1] = b + kappa


@bare
def slope(x: F64, k: float, C: F64, D: F64) -> float:
    """Jacobian of the acceleration at x: C (3,) by height, D (3, 3) by velocity -> drag [m/s2].

    a = -k s(h) |v| v - g:  da/dv = -k s (|v| I + v v' / |v|),  da/dh = -k s' |v| v.
    """
    v = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    ks = k * ballistics.density(x[2])
    fade = ballistics.thinning(x[2])
    for a in range(3):
        C[a] = ks * fade * v * x[3 + a]
        for b in range(3):
            D[a, b] = -ks * (x[3 + a] * x[3 + b] / max(v, 1e-9) + (v if a == b else 0.0))
    return ks * v * v


@bare
def _jacobian(C: F64, D: F64, h: float, F: F64) -> None:
    """F (6, 6) = I + A h + A^2 h^2 / 2 of a step h [s], A from `slope`."""
    for a in range(3):
        for b in range(3):
            one = 1.0 if a == b else 0.0
            c = C[a] if b == 2 else 0.0
            dc = 0.0
            dd = 0.0
            for m in range(3):
                dc += D[a, m] * (C[m] if b == 2 else 0.0)
                dd += D[a, m] * D[m, b]
            F[a, b] = one + 0.5 * h * h * c
            F[a, 3 + b] = h * one + 0.5 * h * h * D[a, b]
            F[3 + a, b] = h * c + 0.5 * h * h * dc
            F[3 + a, 3 + b] = one + h * D[a, b] + 0.5 * h * h * (c + dd)


@bare
def fall(mode: F64, dt: float, x: F64, P: F64, xo: F64, Po: F64, room: Room) -> None:
    """One falling mode forward: x (6,), P (6, 6) into xo, Po; mode its row of the settings.

    In steps of FALL_S at most: the state by Runge-Kutta 4, the covariance by the Jacobian at
    the step's middle.  Its noise is the mode's own white acceleration, and along the velocity
    that of a drag wrong by `doubt` for DOUBT_S.
    """
    n = max(math.ceil(dt / FALL_S), 1)
    h = dt / n
    G, F, D, C, mid, now = room.H, room.Ss[0], room.J[:3], room.J[3], room.h, room.xo
    for a in range(6):
        xo[a] = x[a]
        for b in range(6):
            Po[a, b] = P[a, b]
    drag = 0.0
    for _ in range(n):
        for a in range(6):
            now[a] = xo[a]
        for half in range(2):  # to the middle, then all the way: one call compiles faster
            ballistics.forward(now, mode[DRAG], 0.0, 0.0, 0.5 * (half + 1) * h, xo)
            if half == 0:
                drag = slope(xo, mode[DRAG], C, D)
                for a in range(3):
                    mid[a] = xo[3 + a]
        _jacobian(C, D, h, F)
        for a in range(6):
            for b in range(6):
                s = 0.0
                for m in range(6):
                    s += F[a, m] * Po[m, b]
                G[a, b] = s
        for a in range(6):
            for b in range(a, 6):
                s = 0.0
                for m in range(6):
                    s += G[a, m] * F[b, m]
                Po[a, b] = s
                Po[b, a] = s
        v2 = max(mid[0] ** 2 + mid[1] ** 2 + mid[2] ** 2, 1e-9)
        along = (mode[DOUBT] * drag) ** 2 * DOUBT_S / v2
        for a in range(3):
            for b in range(3):
                w = along * mid[a] * mid[b]
                if a == b:
                    w += mode[Q_V] if a == 2 else mode[Q_H]
                Po[a, b] += w * h * h * h / 3.0
                Po[a, 3 + b] += w * h * h / 2.0
                Po[3 + a, b] += w * h * h / 2.0
                Po[3 + a, 3 + b] += w * h


@bare
def quicken(
    row: F64, z: F64, sd: F64, b: float, kappa: float, fast: float, params: TrackParams, x: F64,
    P: F64, u: F64,
) -> tuple[float, float]:  # fmt: skip
    """Birth intensity and clutter density of a placed plot with range rate, of both kinds.

    b, kappa: what `birth.intensity` gave for what flies; fast: the same for what is shot.
    The velocity in x (6,), P (6, 6) becomes that of the mixture of both, moment-matched: of
    what is fast, the range rate along the line of sight and `fast_speed_sd_mps` across it
    (the prior isotropic Gaussian, given the range rate).  u (3+,) scratch.
    """
    if row[DOPPLER] > 0.0 and abs(z[3]) > row[DOPPLER] + 4.0 * sd[3]:
        kappa *= CLUTTER_SHARE
    if fast > LEAST * b:
        w = fast / (b + fast)
        v_sd = params.fast_speed_sd_mps
        for a in range(3):
            u[a] = (x[a] - row[POS + a]) / z[0]
        for a in range(3):
            x[3 + a] = w * z[3] * u[a]
            for c in range(3):
                along = u[a] * u[c]
                one = 1.0 if a == c else 0.0
                theirs = (UNMODELLED_MPS**2 + sd[3] * sd[3]) * along + v_sd * v_sd * (one - along)
                apart = (1.0 - w) * w * z[3] * z[3] * along
                P[3 + a, 3 + c] = (1.0 - w) * P[3 + a, 3 + c] + w * theirs + apart
    return b + fast, kappa
