"""Motion modes: prediction of one track's modes over a time, and their mixing.

In: one track's modes.  Out: the same, later.  Does not: know sensors.

Ref: Blom & Bar-Shalom 1988 (interacting multiple models); Bar-Shalom, Li, Kirubarajan
2001, sections 6.2 (white-noise acceleration) and 11.7.1 (turn at a known rate).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import bare, inner
from bartizan.types import F64

# Columns of the table that `transition` fills, one row a mode.
A1, A2, A3, B1, B2, B3, QPP, QPV, QVV, QPPV, QPVV, QVVV = range(12)


@bare
def _damped(decay: float, dt: float) -> tuple[float, float, float, float]:
    """exp(-decay dt) and the integrals that the noise of a decaying velocity needs.

    -> b, Qvv, Qpv, Qpp for unit noise power.  Ref: Uhlenbeck & Ornstein 1930.
    """
    k = decay * dt
    if k < 1e-3:
        return 1.0 - k, dt, 0.5 * dt * dt, dt * dt * dt / 3.0
    b = math.exp(-k)
    vv = (1.0 - b * b) / (2.0 * decay)
    pv = (1.0 - b) * (1.0 - b) / (2.0 * decay * decay)
    pp = (dt - 2.0 * (1.0 - b) / decay + vv) / (decay * decay)
    return b, vv, pv, pp


@inner
def transition(motion: F64, dt: float) -> F64:
    """Transition and noise (q, 12) of every mode over dt [s].

    Horizontal velocity turns by w dt and shrinks by exp(-decay dt); with the velocity as
    a complex number that is exp(s dt), s = -decay + i w, and the position gains
    (exp(s dt) - 1)/s times it.
    """
    out = np.empty((motion.shape[0], 12))
    for m in range(motion.shape[0]):
        q_h, q_v, w, k = motion[m, 0], motion[m, 1], motion[m, 2], motion[m, 3]
        b, vv, pv, pp = _damped(k, dt)
        s2 = k * k + w * w
        b1 = b * math.cos(w * dt)
        b2 = b * math.sin(w * dt)
        if s2 * dt * dt < 1e-6:
            out[m, A1] = dt
            out[m, A2] = 0.5 * w * dt * dt
        else:
            out[m, A1] = (-k * (b1 - 1.0) + w * b2) / s2
            out[m, A2] = (-k * b2 - w * (b1 - 1.0)) / s2
        out[m, A3] = dt if k * dt < 1e-3 else (1.0 - b) / k
        out[m, B1] = b1
        out[m, B2] = b2
        out[m, B3] = b
        out[m, QPP] = q_h * pp
        out[m, QPV] = q_h * pv
        out[m, QVV] = q_h * vv
        out[m, QPPV] = q_v * pp
        out[m, QPVV] = q_v * pv
        out[m, QVVV] = q_v * vv
    return out


@bare
def predict(T: F64, x: F64, P: F64, xo: F64, Po: F64, G: F64) -> None:
    """One mode forward: x (6,), P (6, 6) into xo, Po; T (12,) its row; G (6, 6) scratch."""
    a1, a2, a3, b1, b2, b3 = T[0], T[1], T[2], T[3], T[4], T[5]
    xo[0] = x[0] + a1 * x[3] - a2 * x[4]
    xo[1] = x[1] + a2 * x[3] + a1 * x[4]
    xo[2] = x[2] + a3 * x[5]
    xo[3] = b1 * x[3] - b2 * x[4]
    xo[4] = b2 * x[3] + b1 * x[4]
    xo[5] = b3 * x[5]
    for c in range(6):
        G[0, c] = P[0, c] + a1 * P[3, c] - a2 * P[4, c]
        G[1, c] = P[1, c] + a2 * P[3, c] + a1 * P[4, c]
        G[2, c] = P[2, c] + a3 * P[5, c]
        G[3, c] = b1 * P[3, c] - b2 * P[4, c]
        G[4, c] = b2 * P[3, c] + b1 * P[4, c]
        G[5, c] = b3 * P[5, c]
    for c in range(6):
        Po[c, 0] = G[c, 0] + a1 * G[c, 3] - a2 * G[c, 4]
        Po[c, 1] = G[c, 1] + a2 * G[c, 3] + a1 * G[c, 4]
        Po[c, 2] = G[c, 2] + a3 * G[c, 5]
        Po[c, 3] = b1 * G[c, 3] - b2 * G[c, 4]
        Po[c, 4] = b2 * G[c, 3] + b1 * G[c, 4]
        Po[c, 5] = b3 * G[c, 5]
    Po[0, 0] += T[6]
    Po[1, 1] += T[6]
    Po[2, 2] += T[9]
    Po[3, 3] += T[8]
    Po[4, 4] += T[8]
    Po[5, 5] += T[11]
    Po[0, 3] += T[7]
    Po[3, 0] += T[7]
    Po[1, 4] += T[7]
    Po[4, 1] += T[7]
    Po[2, 5] += T[10]
    Po[5, 2] += T[10]


@bare
def falls(motion: F64, m: int) -> bool:
    """Whether mode m falls, with gravity and drag and no lift, and does not fly (`falling`)."""
    return bool(motion.shape[1] > 6 and motion[m, 6] > 0.0)


@inner
def switching(motion: F64, dt: float) -> F64:
    """Mode transition probabilities (q, q) over dt: left at a rate, shared by `prior`."""
    q = motion.shape[0]
    out = np.zeros((q, q))
    for i in range(q):
        rest = 0.0
        for j in range(q):
            if j != i:
                rest += motion[j, 5]
        go = 1.0 - math.exp(-motion[i, 4] * dt) if rest > 0.0 else 0.0
        for j in range(q):
            out[i, j] = 1.0 - go if i == j else go * motion[j, 5] / rest
    return out


@bare
def moment_match(w: F64, x: F64, P: F64, xo: F64, Po: F64) -> None:
    """Mean and covariance of the mixture w (q,), x (q, 6), P (q, 6, 6) into xo, Po."""
    q = w.shape[0]
    for a in range(6):
        s = 0.0
        for i in range(q):
            s += w[i] * x[i, a]
        xo[a] = s
    for a in range(6):
        for b in range(a, 6):
            s = 0.0
            for i in range(q):
                if w[i] > 0.0:
                    s += w[i] * (P[i, a, b] + (x[i, a] - xo[a]) * (x[i, b] - xo[b]))
            Po[a, b] = s
            Po[b, a] = s


@bare
def mix(Pi: F64, mu: F64, x: F64, P: F64, muo: F64, xo: F64, Po: F64, w: F64, M: F64) -> None:
    """The interaction step of one track: every mode starts from the mixture that may
    have led to it.  Pi (q, q); mu (q,), x (q, 6), P (q, 6, 6) into muo, xo, Po; w (q,),
    M (q, 6, 6) scratch.  Ref: Blom & Bar-Shalom 1988, eq. 3-5.

    The second moments about mode 0 are shared by all the mixtures.
    """
    q = mu.shape[0]
    for i in range(q):
        for a in range(6):
            for b in range(a, 6):
                M[i, a, b] = P[i, a, b] + (x[i, a] - x[0, a]) * (x[i, b] - x[0, b])
    for j in range(q):
        c = 0.0
        for i in range(q):
            c += Pi[i, j] * mu[i]
        muo[j] = c
        s = 0.0
        for i in range(q):
            v = Pi[i, j] * mu[i] / c if c > 0.0 else (1.0 if i == j else 0.0)
            w[i] = v if v > 1e-4 else 0.0
            s += w[i]
        for i in range(q):
            w[i] /= s
        for a in range(6):
            s = 0.0
            for i in range(q):
                s += w[i] * (x[i, a] - x[0, a])
            xo[j, a] = s
        for a in range(6):
            for b in range(a, 6):
                s = -xo[j, a] * xo[j, b]
                for i in range(q):
                    s += w[i] * M[i, a, b]
                Po[j, a, b] = s
                Po[j, b, a] = s
        for a in range(6):
            xo[j, a] += x[0, a]
