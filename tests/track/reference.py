"""The tracker's step in plain NumPy and SciPy: slow, and the oracle of the compiled one.

One radar that measures range, azimuth and elevation with a flat Pd and looks all round.
Association marginals by summing over every joint association of a component, assignment
by SciPy; everything else in matrix form from the same papers.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import product
from math import erfc, exp, pi, sqrt

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import connected_components
from scipy.stats import multivariate_normal

from bartizan.track.state import N_RINGS, N_SECTORS, RING_0_M, RING_GROWTH, TrackParams
from bartizan.types import Scan, Sensors


@dataclass
class Row:
    """One Bernoulli component."""

    r: float
    mu: np.ndarray
    x: np.ndarray
    P: np.ndarray
    label: int
    hits: int


@dataclass
class State:
    """All of them, and the undetected."""

    t_ns: int
    undetected: np.ndarray
    rows: list[Row] = field(default_factory=list)
    next_label: int = 1


def spherical(x):
    e, n, u = x[:3]
    r, g = np.linalg.norm(x[:3]), np.hypot(e, n)
    return np.array([r, np.arctan2(e, n), np.arctan2(u, g)])


def jacobian(x):
    e, n, u = x[:3]
    r, g = np.linalg.norm(x[:3]), np.hypot(e, n)
    H = np.zeros((3, 6))
    H[0, :3] = x[:3] / r
    H[1, :2] = n / g**2, -e / g**2
    H[2, :3] = -u * e / g / r**2, -u * n / g / r**2, g / r**2
    return H


def mode_matrices(q_h, q_v, w, dt):
    F, Q = np.eye(6), np.zeros((6, 6))
    F[:3, 3:] = dt * np.eye(3)
    if w:
        s, c = np.sin(w * dt), np.cos(w * dt)
        F[:2, 3:5] = np.array([[s, c - 1], [1 - c, s]]) / w
        F[3:5, 3:5] = [[c, -s], [s, c]]
    for a, q in enumerate((q_h, q_h, q_v)):
        Q[np.ix_([a, a + 3], [a, a + 3])] = q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    return F, Q


def mixture(w, x, P):
    mean = w @ x
    return mean, sum(w[i] * (P[i] + np.outer(x[i] - mean, x[i] - mean)) for i in range(len(w)))


def predicted(row, motion, seed_mode, dt):
    if row.hits < 2:
        F, Q = mode_matrices(*motion[seed_mode, :3], dt)
        return replace(row, x=np.array([F @ row.x[0]]), P=np.array([F @ row.P[0] @ F.T + Q]))
    k = len(motion)
    Pi = np.empty((k, k))
    for i in range(k):
        rest = motion[:, 5].sum() - motion[i, 5]
        go = 1 - exp(-motion[i, 4] * dt)
        Pi[i] = go * motion[:, 5] / rest
        Pi[i, i] = 1 - go
    mu = row.mu @ Pi
    x, P = [], []
    for j in range(k):
        w = Pi[:, j] * row.mu / mu[j]
        w = np.where(w > 1e-4, w, 0.0)
        m, S = mixture(w / w.sum(), row.x, row.P)
        F, Q = mode_matrices(*motion[j, :3], dt)
        x.append(F @ m)
        P.append(F @ S @ F.T + Q)
    return replace(row, mu=mu, x=np.array(x), P=np.array(P))


def innovation(x, P, z, R):
    H = jacobian(x)
    y = z - spherical(x)
    y[1] = (y[1] + pi) % (2 * pi) - pi
    return y, H, H @ P @ H.T + R


def marginals(psi):
    """Exact, component by component."""
    n, m = psi.shape
    p = np.zeros((n, m))
    graph = np.zeros((n + m, n + m))
    graph[:n, n:] = psi > 0
    _, comp = connected_components(graph, directed=False)
    for c in set(comp[:n].tolist()):
        rows, cols = np.flatnonzero(comp[:n] == c), np.flatnonzero(comp[n:] == c)
        total = 0.0
        for choice in product([-1, *cols.tolist()], repeat=len(rows)):
            used = [j for j in choice if j >= 0]
            if len(set(used)) < len(used):
                continue
            w = float(np.prod([psi[i, j] for i, j in zip(rows, choice, strict=True) if j >= 0]))
            total += w
            for i, j in zip(rows, choice, strict=True):
                if j >= 0:
                    p[i, j] += w
        p[rows] /= total
    return p, comp


def height_density(u, sd, mean):
    a = sd / mean
    t = (a - u / sd) * sqrt(0.5)
    if t > 5:
        return exp(-0.5 * (u / sd) ** 2) / (mean * t * sqrt(4 * pi))
    return 0.5 / mean * exp(0.5 * a * a - u / mean) * erfc(t)


def born(z, sd, p):
    r, az, el = z
    ca, sa, ce, se = np.cos(az), np.sin(az), np.cos(el), np.sin(el)
    x = np.zeros(6)
    x[:3] = r * ce * sa, r * ce * ca, r * se
    J = np.array([
        [ce * sa, r * ce * ca, -r * se * sa], [ce * ca, -r * ce * sa, -r * se * ca], [se, 0, r * ce]
    ])  # fmt: skip
    P = np.zeros((6, 6))
    P[:3, :3] = J @ np.diag(sd**2) @ J.T
    P[3:, 3:] = np.diag([p.speed_sd_mps**2, p.speed_sd_mps**2, p.climb_sd_mps**2])
    return x, P


def step(state: State, scan: Scan, sensors: Sensors, p: TrackParams, coverage_m2: float, seen_map):
    """The next state, and (label, existence, mean, covariance) of what is shown."""
    dt = (scan.t_ns - state.t_ns) * 1e-9 if state.t_ns else 0.0
    motion, look, pd = p.motion, sensors.look[0], sensors.pd[0, 1]
    keep = exp(-dt / p.life_s)
    arrivals = p.arrivals + sum(r.r for r in state.rows if r.label)
    lam = state.undetected * keep + arrivals * dt / (p.life_s * coverage_m2)
    rows = [replace(predicted(r, motion, p.seed_mode, dt), r=r.r * keep) for r in state.rows]
    z, sd = scan.z[:, :3], scan.sd[:, :3]
    m = len(z)
    volume = (look[1] - look[0]) * look[3] * (look[5] - look[4])
    kappa = sensors.clutter[0] / volume
    births = [born(z[j], sd[j], p) for j in range(m)]
    b = np.empty(m)
    for j, (x, P) in enumerate(births):
        ring = 0
        while np.hypot(x[0], x[1]) > RING_0_M * RING_GROWTH**ring and ring < N_RINGS - 1:
            ring += 1
        cell = ring * N_SECTORS + int(np.arctan2(x[0], x[1]) % (2 * pi) / (2 * pi / N_SECTORS))
        jac = z[j, 0] ** 2 * np.cos(z[j, 2]) * height_density(x[2], sqrt(P[2, 2]), p.height_m)
        b[j] = lam[cell] * pd * jac
    rho = b + kappa
    lam = lam * (1 - seen_map[0])

    psi = np.zeros((len(rows), m))
    liks = {}
    for i, row in enumerate(rows):
        for j in range(m):
            R = np.diag(sd[j] ** 2)
            lik, near = [], np.inf
            for x, P in zip(row.x, row.P, strict=True):
                y, _, S = innovation(x, P, z[j], R)
                lik.append(multivariate_normal.pdf(y, np.zeros(3), S))
                near = min(near, y @ np.linalg.solve(S, y))
            if near < p.gate_d2:
                liks[i, j] = np.array(lik)
                g = row.mu @ liks[i, j] if row.hits > 1 else lik[0]
                w = row.r * pd * g / ((1 - row.r * pd) * rho[j])
                psi[i, j] = w if w >= 1e-3 else 0.0
    prob, comp = marginals(psi)
    new = 1 - prob.sum(0)
    out, n = [], len(rows)
    next_label = state.next_label
    for i, row in enumerate(rows):
        mine = np.flatnonzero(comp[:n] == comp[i])
        cols = np.flatnonzero(comp[n:] == comp[i])
        seen = prob[i].sum()
        r = seen + (1 - seen) * row.r * (1 - pd) / (1 - row.r * pd)
        if len(mine) > 1:
            cost = np.full((len(mine), len(cols) + len(mine)), 1e9)
            sub = psi[np.ix_(mine, cols)]
            cost[:, : len(cols)][sub > 0] = -np.log(sub[sub > 0])
            cost[np.arange(len(mine)), len(cols) + np.arange(len(mine))] = 0
            chosen = linear_sum_assignment(cost)[1][mine.tolist().index(i)]
            beta = {int(cols[chosen]): 1.0} if chosen < len(cols) else {}
            taken = next(iter(beta), -1)
        else:
            beta = {int(j): prob[i, j] / r for j in cols if psi[i, j] > 0}
            taken = next((j for j in beta if prob[i, j] > 0.5), -1)
        fresh = row.hits < 2 and taken < 0
        if r < (p.seed_prune if fresh else p.prune):
            continue
        row = replace(row, r=r)
        if beta:
            row = absorbed(row, beta, liks, i, z, sd)
        if taken >= 0:
            if row.hits == 1:
                k = len(motion)
                mu = motion[:, 5] / motion[:, 5].sum()
                row = replace(row, mu=mu, x=np.repeat(row.x, k, 0), P=np.repeat(row.P, k, 0))
            row = replace(row, hits=row.hits + 1)
        if not row.label and r >= p.confirm and row.hits >= 2:
            row = replace(row, label=next_label)
            next_label += 1
        out.append(row)
    for j, (x, P) in enumerate(births):
        rb = new[j] * b[j] / rho[j]
        if rb >= p.seed_prune:
            out.append(Row(rb, np.ones(1), x[None], P[None], 0, 1))
    shown = sorted(
        (r.label, r.r, *mixture(r.mu if r.hits > 1 else np.ones(1), r.x, r.P))
        for r in out if r.label and r.r >= p.show
    )  # fmt: skip
    return State(scan.t_ns, lam, out, next_label), shown


def absorbed(row, beta, liks, i, z, sd):
    mu0 = row.mu if row.hits > 1 else np.ones(1)
    k = len(row.x)
    w = {j: v * mu0 * liks[i, j] / (mu0 @ liks[i, j]) for j, v in beta.items()}
    w[-1] = mu0 * max(1 - sum(beta.values()), 0)
    mu, xs, Ps = np.empty(k), row.x.copy(), row.P.copy()
    for a in range(k):
        total = sum(v[a] for v in w.values())
        mu[a] = max(total, 1e-6)
        if total <= 0:
            continue
        parts, weights = [], []
        for j, v in w.items():
            if not v[a] > 1e-4 * total:
                continue
            x, P = row.x[a], row.P[a]
            if j >= 0:
                y, H, S = innovation(x, P, z[j], np.diag(sd[j] ** 2))
                K = P @ H.T @ np.linalg.inv(S)
                x, P = x + K @ y, P - K @ S @ K.T
            parts.append((x, P))
            weights.append(v[a] / total)
        ws = np.array(weights) / sum(weights)
        xs[a], Ps[a] = mixture_raw(ws, parts)
    return replace(row, mu=mu / mu.sum(), x=xs, P=Ps)


def mixture_raw(w, parts):
    """Weights under 1e-4 were left out."""
    mean = sum(a * x for a, (x, _) in zip(w, parts, strict=True))
    cov = sum(a * (P + np.outer(x - mean, x - mean)) for a, (x, P) in zip(w, parts, strict=True))
    return mean, cov
