"""Courses against polygons: distance and time to the wall, closest approach, chances.

In: track states, polygons.  Out: numbers by track.
Does not: know what a track is.

A course is straight; how far it is in doubt is the track's own covariance and a white
acceleration that adds q t / 3 to the variance of the mean velocity over a time t.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.types import F64, I64

# Columns of what `approach` gives.
D_WALL, CLOSING, CLOSING_SD, T_WALL, T_WALL_SD, P_WALL, ZONE = range(7)
N_COLUMNS = 7


def rays(pairs: int = 32) -> F64:
    """Standard normal points (2 pairs, 4), each with its opposite; the same every time.

    Box-Muller on the additive recurrence with the inverse powers of the root of
    y^5 = y + 1 (Roberts 2018, "R4"): spread evenly, with no dice.
    """
    y = 1.1673039782614187
    k = np.arange(1, pairs + 1)[:, None]
    u = (0.5 + k * y ** -np.arange(1.0, 5.0)) % 1.0
    r = np.sqrt(-2.0 * np.log(u[:, :2]))
    a = 2.0 * np.pi * u[:, 2:]
    z = np.concatenate([r * np.cos(a), r * np.sin(a)], axis=1)
    z = np.concatenate([z, -z])
    out: F64 = z / np.sqrt((z * z).mean(axis=0))
    return out


@inner
def enters(
    e: float, n: float, ve: float, vn: float, corner: F64, a: int, b: int, edge: I64
) -> float:
    """Time [s] at which the course first meets the polygon corner[a:b], inf never.

    corner (k, 2) [m].  The course starts at e, n [m] with ve, vn [m/s], outside it.
    edge (1,) gets the first corner of the edge met.
    """
    best = math.inf
    m = b - 1
    for k in range(a, b):
        de, dn = corner[k, 0] - corner[m, 0], corner[k, 1] - corner[m, 1]
        cross = ve * dn - vn * de
        if cross != 0.0:
            pe, pn = corner[m, 0] - e, corner[m, 1] - n
            t = (pe * dn - pn * de) / cross
            s = (pe * vn - pn * ve) / cross
            if t >= 0.0 and t < best and s >= 0.0 and s <= 1.0:
                best = t
                edge[0] = m
        m = k
    return best


@inner
def nearest(e: float, n: float, corner: F64, a: int, b: int, out: F64) -> None:
    """Signed distance [m] to the polygon corner[a:b] (negative inside) and the outward
    direction from its nearest point, into out (3,)."""
    best, ue, un = math.inf, 0.0, 0.0
    sign = 1.0
    m = b - 1
    for k in range(a, b):
        de, dn = corner[k, 0] - corner[m, 0], corner[k, 1] - corner[m, 1]
        pe, pn = e - corner[m, 0], n - corner[m, 1]
        l2 = de * de + dn * dn
        s = (pe * de + pn * dn) / l2 if l2 > 0.0 else 0.0
        s = 0.0 if s < 0.0 else (1.0 if s > 1.0 else s)
        qe, qn = pe - s * de, pn - s * dn
        d = qe * qe + qn * qn
        if d < best:
            best, ue, un = d, qe, qn
        if (corner[m, 1] > n) != (corner[k, 1] > n) and pe < pn * de / dn:
            sign = -sign
        m = k
    d = math.sqrt(best)
    out[0] = sign * d
    out[1] = sign * ue / d if d > 0.0 else 0.0
    out[2] = sign * un / d if d > 0.0 else 0.0


@inner
def variance(ge: float, gn: float, t: float, P: F64, i: int) -> float:
    """Variance of g.(p + t v) of track i: g (2,) east-north, P (n, 6, 6), t [s]."""
    ee = P[i, 0, 0] + 2.0 * t * P[i, 0, 3] + t * t * P[i, 3, 3]
    nn = P[i, 1, 1] + 2.0 * t * P[i, 1, 4] + t * t * P[i, 4, 4]
    en = P[i, 0, 1] + t * (P[i, 0, 4] + P[i, 1, 3]) + t * t * P[i, 3, 4]
    v: float = ge * ge * ee + gn * gn * nn + 2.0 * ge * gn * en
    return v if v > 0.0 else 0.0


@inner
def factor(P: F64, i: int, extra: float, L: F64) -> None:
    """Cholesky factor (4, 4) of the covariance of e, n, ve, vn of track i, into L;
    `extra` [m2/s2] is added to the velocity's variances."""
    for j in range(4):
        for k in range(j + 1):
            s = P[i, j + j // 2, k + k // 2]
            if j == k and j >= 2:
                s += extra
            for m in range(k):
                s -= L[j, m] * L[k, m]
            L[j, k] = math.sqrt(max(s, 1e-9)) if j == k else s / L[k, k]


@inner
def chance(
    x: F64, i: int, horizon_s: float, corner: F64, a: int, b: int, z: F64, L: F64, edge: I64
) -> float:
    """Probability that the course of track i meets the polygon within the horizon: the
    share of the rays z (r, 4), spread by the factor L, that do; for a track outside it."""
    share: float = 1.0 / z.shape[0]
    p = 0.0
    for r in range(z.shape[0]):
        z0, z1, z2 = z[r, 0], z[r, 1], z[r, 2]
        t = enters(
            x[i, 0] + L[0, 0] * z0,
            x[i, 1] + L[1, 0] * z0 + L[1, 1] * z1,
            x[i, 3] + L[2, 0] * z0 + L[2, 1] * z1 + L[2, 2] * z2,
            x[i, 4] + L[3, 0] * z0 + L[3, 1] * z1 + L[3, 2] * z2 + L[3, 3] * z[r, 3],
            corner, a, b, edge,
        )  # fmt: skip
        if t <= horizon_s:
            p += share
    return p


@kernel
def approach(x: F64, P: F64, corner: F64, first: I64, q: float, horizon_s: float, z: F64) -> F64:
    """Courses of n tracks against the wall and the zones, (n, 7) by the columns above.

    x (n, 6), P (n, 6, 6)   corner (k, 2) all polygons one after another, polygon j being
    corner[first[j]:first[j + 1]]: the wall, then the zones   z (r, 4) standard rays

    The time's 1-sigma is to first order: the crossing of the edge with normal g moves by
    g.(dp + t dv) / |g.v|.
    """
    out = np.empty((x.shape[0], N_COLUMNS))
    g = np.empty(3)
    edge = np.empty(1, np.int64)
    L = np.zeros((4, 4))
    for i in range(x.shape[0]):
        e, n, ve, vn = x[i, 0], x[i, 1], x[i, 3], x[i, 4]
        zone, soonest = -1.0, math.inf
        for k in range(first.shape[0] - 1):
            a, b = first[k], first[k + 1]
            nearest(e, n, corner, a, b, g)
            t = enters(e, n, ve, vn, corner, a, b, edge) if g[0] > 0.0 else 0.0
            if k > 0:
                if t < soonest:
                    soonest, zone = t, k - 1.0
                continue
            out[i, D_WALL] = g[0]
            out[i, CLOSING] = -(g[1] * ve + g[2] * vn)
            out[i, CLOSING_SD] = math.sqrt(
                g[1] * g[1] * P[i, 3, 3] + g[2] * g[2] * P[i, 4, 4]
                + 2.0 * g[1] * g[2] * P[i, 3, 4]
            )  # fmt: skip
            out[i, T_WALL] = t
            out[i, T_WALL_SD] = 0.0 if t == 0.0 else t
            out[i, P_WALL] = 1.0 if t == 0.0 else 0.0
            if t > 0.0:
                if t < math.inf:
                    m = edge[0]
                    k2 = m + 1 if m + 1 < b else a
                    de, dn = corner[k2, 0] - corner[m, 0], corner[k2, 1] - corner[m, 1]
                    sd = math.sqrt(variance(dn, -de, t, P, i))
                    out[i, T_WALL_SD] = sd / abs(ve * dn - vn * de)
                extra = q * horizon_s / 3.0
                sd_v = math.sqrt(P[i, 3, 3] + P[i, 4, 4] + 2.0 * extra)
                reach = (math.sqrt(ve * ve + vn * vn) + 4.0 * sd_v) * horizon_s
                if g[0] < reach + 4.0 * math.sqrt(P[i, 0, 0] + P[i, 1, 1]):
                    factor(P, i, extra, L)
                    out[i, P_WALL] = chance(x, i, horizon_s, corner, a, b, z, L, edge)
        out[i, ZONE] = zone
    return out
