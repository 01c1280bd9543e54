"""A detection against a track's mode: innovation, its covariance, likelihood, update.

In: one mode, one detection, the sensor's place.  Out: innovation or the updated mode.
Does not: decide which detection belongs to which track.

Ref: Bar-Shalom, Li, Kirubarajan 2001, section 10.3 (EKF); Julier & Uhlmann 2004
(unscented).  The unscented form is taken where the mode's spread bends the measurement
by more than its noise (`is_bent`).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.frames import spherical_jacobian, wrap
from bartizan.jit import bare, inner
from bartizan.types import F64, I64

LOG_2PI = math.log(2.0 * math.pi)

# Rows of the scratch (20, 7) that an innovation fills: S (k, k) with y in column 6, then
# G (6, k) the cross-covariance P H', then L (k, k) with L^-1 y in column 6.
S0, G0, L0, Y = 0, 6, 12, 6


@bare
def measured(z: F64, use: I64) -> int:
    """Which columns of z (6,) are measured: their numbers into use (6,) -> how many."""
    k = 0
    for c in range(6):
        if not math.isnan(z[c]):
            use[k] = c
            k += 1
    return k


@bare
def cholesky(S: F64, L: F64, k: int) -> float:
    """Lower factor L of S (k, k) -> log determinant of S, -inf when not positive."""
    det = 1.0
    for a in range(k):
        for b in range(a + 1):
            s = S[a, b]
            for c in range(b):
                s -= L[a, c] * L[b, c]
            if a == b:
                if not s > 0.0:
                    return -math.inf
                L[a, a] = math.sqrt(s)
                det *= s
            else:
                L[a, b] = s / L[b, b]
    return math.log(det)


@bare
def is_bent(x: F64, P: F64, pos: F64, sd_r: float) -> bool:
    """Whether the spread of P across the line of sight bends the measurement.

    The second-order shift of the range is spread**2 / (2 range); the EKF is kept while
    that is below half the range noise and the spread is under 0.2 rad seen from the sensor.
    """
    dx, dy, dz = x[0] - pos[0], x[1] - pos[1], x[2] - pos[2]
    r2 = dx * dx + dy * dy + dz * dz
    spread2 = P[0, 0] + P[1, 1] + P[2, 2]
    if spread2 > 0.04 * r2:
        return True
    limit = sd_r * math.sqrt(r2)
    return bool(spread2 > limit)


@bare
def predicted_measurement(
    x: F64, pos: F64, rot: F64, frame: int, lag_s: float, h: F64, H: F64
) -> None:
    """H (6,) and H (6, 6) of a mode x (6,), `lag_s` before its time; x is as before.

    frame 0: spherical from the sensor at pos with axes rot; 1: Cartesian site ENU.
    """
    if frame == 1:
        for c in range(6):
            for b in range(6):
                H[c, b] = 0.0
            H[c, c] = 1.0
            h[c] = x[c] - lag_s * x[c + 3] if c < 3 else x[c]
            if c < 3:
                H[c, c + 3] = -lag_s
        return
    if lag_s == 0.0:
        spherical_jacobian(x, pos, rot, h, H)
        return
    e, n, u = x[0], x[1], x[2]
    for c in range(3):
        x[c] -= lag_s * x[c + 3]
    spherical_jacobian(x, pos, rot, h, H)
    x[0], x[1], x[2] = e, n, u
    for a in range(4):
        for c in range(3):
            H[a, c + 3] -= lag_s * H[a, c]


@bare
def spread_of(P: F64, H: F64, S: F64) -> None:
    """S (4, 4 of it) = H P H' of a spherical measurement, rows 0..3 of H (6, 6).

    Range and angles depend on the position alone; the range rate's row is full.
    """
    for a in range(4):
        for b in range(a + 1):
            s = 0.0
            for d in range(6 if a == 3 else 3):
                g = P[d, 0] * H[b, 0] + P[d, 1] * H[b, 1] + P[d, 2] * H[b, 2]
                if b == 3:
                    g += P[d, 3] * H[b, 3] + P[d, 4] * H[b, 4] + P[d, 5] * H[b, 5]
                s += H[a, d] * g
            S[a, b] = s
            S[b, a] = s


@bare
def compare(h: F64, S: F64, frame: int, z: F64, sd: F64, use: I64, k: int, out: F64) -> None:
    """Innovation and its covariance into the scratch `out`, from H P H' ready made in S."""
    for a in range(k):
        c = use[a]
        v = z[c] - h[c]
        out[a, Y] = wrap(v) if frame == 0 and c == 1 else v
        for b in range(a + 1):
            out[a, b] = S[c, use[b]]
        out[a, a] += sd[c] * sd[c]


@bare
def innovate(
    P: F64, h: F64, H: F64, frame: int, z: F64, sd: F64, use: I64, k: int, out: F64
) -> None:
    """Linearised innovation, its covariance and cross-covariance into the scratch `out`."""
    for a in range(k):
        c = use[a]
        v = z[c] - h[c]
        out[a, Y] = wrap(v) if frame == 0 and c == 1 else v
        moving = frame == 1 or c == 3 or H[c, 3] != 0.0 or H[c, 4] != 0.0 or H[c, 5] != 0.0
        for b in range(6):
            g = P[b, 0] * H[c, 0] + P[b, 1] * H[c, 1] + P[b, 2] * H[c, 2]
            if moving:
                g += P[b, 3] * H[c, 3] + P[b, 4] * H[c, 4] + P[b, 5] * H[c, 5]
            out[G0 + b, a] = g
    for a in range(k):
        for b in range(a + 1):
            s = 0.0
            for d in range(6):
                s += H[use[a], d] * out[G0 + d, b]
            if a == b:
                s += sd[use[a]] * sd[use[a]]
            out[a, b] = s
            out[b, a] = s


@inner
def unscented(
    x: F64, P: F64, pos: F64, rot: F64, lag_s: float, H: F64, h: F64, S: F64, G: F64
) -> bool:
    """Mean h (4,), spread S (4, 4) and cross-covariance G (6, 4) of a spherical measurement
    by 12 points; False when P is not positive.  H (6, 6) scratch.

    Points at sqrt(6) sigma with equal weights (kappa = 0): the third-order errors of range
    and angles are kept, and S stays positive.
    """
    L = np.zeros((6, 6))
    if cholesky(P, L, 6) == -math.inf:
        return False
    q = x.copy()
    X = np.zeros((12, 6))
    Z = np.empty((12, 6))
    predicted_measurement(q, pos, rot, 0, lag_s, h, H)
    az0 = h[1]
    for s in range(12):
        for a in range(6):
            X[s, a] = (1.0 if s < 6 else -1.0) * math.sqrt(6.0) * L[a, s % 6]
            q[a] = x[a] + X[s, a]
        predicted_measurement(q, pos, rot, 0, lag_s, Z[s], H)
        Z[s, 1] = wrap(Z[s, 1] - az0)
    for a in range(4):
        t = 0.0
        for s in range(12):
            t += Z[s, a] / 12.0
        h[a] = t
    for a in range(4):
        for b in range(6):
            t = 0.0
            for s in range(12):
                t += X[s, b] * (Z[s, a] - h[a])
            G[b, a] = t / 12.0
        for b in range(a + 1):
            t = 0.0
            for s in range(12):
                t += (Z[s, a] - h[a]) * (Z[s, b] - h[b])
            S[a, b] = t / 12.0
            S[b, a] = t / 12.0
    h[1] = wrap(h[1] + az0)
    return True


@inner
def innovation(
    x: F64, P: F64, pos: F64, rot: F64, frame: int, lag_s: float, z: F64, sd: F64,
    use: I64, k: int, h: F64, H: F64, out: F64,
) -> None:  # fmt: skip
    """Innovation of one mode into the scratch `out` (20, 7): linearised, or unscented
    where the EKF would not hold.
    """
    if frame == 0 and is_bent(x, P, pos, sd[0]):
        S = np.empty((6, 6))
        G = np.empty((6, 6))
        if unscented(x, P, pos, rot, lag_s, H, h, S, G):
            compare(h, S, 0, z, sd, use, k, out)
            for a in range(k):
                for b in range(6):
                    out[G0 + b, a] = G[b, use[a]]
            return
    predicted_measurement(x, pos, rot, frame, lag_s, h, H)
    innovate(P, h, H, frame, z, sd, use, k, out)


@bare
def log_likelihood(out: F64, k: int) -> tuple[float, float]:
    """Log of the Gaussian density of an innovation in the scratch, and y' S^-1 y.

    Fills the factor L and, in its column Y, L^-1 y.  (-inf, inf) when S is not positive.
    """
    L = out[L0:]
    logdet = cholesky(out, L, k)
    if logdet == -math.inf:
        return -math.inf, math.inf
    d2 = 0.0
    for a in range(k):
        s = out[a, Y]
        for b in range(a):
            s -= L[a, b] * L[b, Y]
        s /= L[a, a]
        L[a, Y] = s
        d2 += s * s
    return -0.5 * (d2 + logdet + k * LOG_2PI), d2


@bare
def update(x: F64, P: F64, out: F64, k: int, beta: float) -> None:
    """X (6,), P (6, 6) updated in place from a scratch that `log_likelihood` has solved.

    With V = L^-1 G' and d = V' L^-1 y the gain's work is x += d and P -= V' V: symmetric by
    construction.  Where the detection is the thing's own with probability beta < 1 only,
    the mixture with "missed" is matched: x += beta d, P += beta ((1 - beta) d d' - V' V)
    (Bar-Shalom & Tse 1975).  V takes the place of S, d that of G's first column.
    """
    L = out[L0:]
    for c in range(6):
        for a in range(k):
            s = out[G0 + c, a]
            for b in range(a):
                s -= L[a, b] * out[b, c]
            out[a, c] = s / L[a, a]
    for c in range(6):
        s = 0.0
        for a in range(k):
            s += out[a, c] * L[a, Y]
        out[G0 + c, 0] = s
        x[c] += beta * s
    for c in range(6):
        for d in range(c, 6):
            s = (1.0 - beta) * out[G0 + c, 0] * out[G0 + d, 0]
            for a in range(k):
                s -= out[a, c] * out[a, d]
            P[c, d] += beta * s
            P[d, c] = P[c, d]
