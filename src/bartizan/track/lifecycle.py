"""One compiled step: from a state and a scan to the next state and what is shown.

In: `TrackState`, one scan's arrays.  Out: next state, confirmed tracks, association.
Does not: keep anything between calls.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.track.associate import solve
from bartizan.track.birth import age, collapse, intensity, open_modes, place, thin
from bartizan.track.crossing import along, bare, cross
from bartizan.track.measure import innovation, log_likelihood, measured, update
from bartizan.track.motion import moment_match
from bartizan.track.state import (
    BIAS,
    BORN_NS,
    HITS,
    IDENTITY,
    KIND,
    LABEL,
    LOOK,
    POS,
    ROT,
    SEEN_NS,
    SENSORS,
    TrackParams,
    TrackState,
)
from bartizan.track.tracker import advance, candidates
from bartizan.types import F64, I64, SensorKind

CAMERA = int(SensorKind.CAMERA)
DIRECTION_FINDER = int(SensorKind.DIRECTION_FINDER)
FAR_M = 50_000.0  # a sensor that looks farther watches air traffic (assumed)


@kernel
def step(
    state: TrackState, t_ns: int, s: int, frame: int, look: F64, t_det_ns: I64, z_in: F64,
    sd: F64, identity: I64, params: TrackParams,
) -> tuple[TrackState, F64, F64, F64, I64, I64, F64]:  # fmt: skip
    """The whole step; see `bartizan.track.step`.

    -> next state; shown tracks: x (k, 6), P (k, 6, 6), existence and mode probabilities
    (k, 1 + q), ids (k, 6); association: label (m,), marginal (m,)
    """
    dt = max((t_ns - state.t_ns) * 1e-9, 0.0) if state.t_ns > 0 else 0.0
    m = z_in.shape[0]
    n, q = state.mu.shape
    row = state.table[s]
    pos = row[POS : POS + 3]
    rot = row[ROT : ROT + 9].reshape((3, 3))
    z = z_in.copy()
    lag = np.empty(m)
    for j in range(m):
        lag[j] = (t_ns - t_det_ns[j]) * 1e-9
        if frame == 0:
            for c in range(3):
                z[j, c] -= row[BIAS + c]
    tracked = 0.0
    for i in range(n):
        if state.ids[i, LABEL] > 0:
            tracked += state.r[i]
    arrivals = (params.arrivals + tracked) / (params.life_s * state.coverage_m2)
    field = age(state.undetected, dt, params.life_s, arrivals)
    now = TrackState(
        t_ns, state.next_label, state.r * math.exp(-dt / params.life_s), np.zeros((n, q)),
        np.empty((n, q, 6)), np.empty((n, q, 6, 6)), state.ids, field, state.seen_map,
        state.coverage_m2, state.table, state.bearings,
    )  # fmt: skip
    advance(
        state.ids, state.mu, state.x, state.P, params.motion, params.seed_mode, dt,
        now.mu, now.x, now.P,
    )  # fmt: skip

    # What each detection would be if it belonged to no track.
    bx = np.empty((m, 6))
    bP = np.empty((m, 6, 6))
    odds = np.zeros((m, 2))  # birth intensity, and with clutter
    far = row[LOOK + 1] >= FAR_M
    v_sd = params.far_speed_sd_mps if far else params.speed_sd_mps
    height = params.far_height_m if far else params.height_m
    bearings = frame == 0 and CAMERA <= row[KIND] <= DIRECTION_FINDER
    for j in range(m):
        placed = place(
            row, frame, z[j], sd[j], height, v_sd, params.climb_sd_mps, bx[j], bP[j],
        )  # fmt: skip
        b, kappa = intensity(row, frame, z[j], sd[j], field, height, v_sd, params.ring_0_m, bx[j], bP[j])
        odds[j, 0] = b if placed else 0.0
        odds[j, 1] = odds[j, 0] + kappa
        if bearings and bare(z[j]):
            b = along(row, z[j, 1], z[j, 2], sd[j, 2], field, params.ring_0_m, height)
            odds[j, 1] = b + kappa
    rho = odds[:, 1].copy()
    before = field.copy() if bearings else field
    if look[3] > 0.0:
        thin(field, state.seen_map[s], look, row[LOOK : LOOK + 6])

    pd = np.zeros(n)
    span = np.zeros((n, 2), np.int64)
    pair, weight = candidates(
        now, row, pos, rot, frame, look, dt, lag, z, sd, identity, odds[:, 1], params, pd, span
    )
    new = np.ones(m)
    pick = np.empty(n, np.int64)
    solve(pair, weight, span, n, m, new, pick)
    for j in range(m):
        odds[j, 1] = new[j] * odds[j, 0] / odds[j, 1]
    out, x, P, mode, ids, label, share = _grow(
        now, s, pos, rot, frame, lag, z, sd, t_det_ns, identity, params, pair, weight, span,
        pick, pd, odds, bx, bP,
    )  # fmt: skip
    if bearings:
        out = cross(
            out, s, lag, z, sd, t_det_ns, identity, new, rho, before, height, v_sd, params
        )
    return out, x, P, mode, ids, label, share


@inner
def _existence(r: float, pd: float, lo: int, hi: int, weight: F64) -> float:
    """Existence after the scan: seen for certain, or missed and still there.

    Ref: Williams 2015, eq. 43-44 with marginal weights.
    """
    seen = 0.0
    for v in range(lo, hi):
        seen += weight[v, 1]
    seen = min(seen, 1.0)
    missed = r * (1.0 - pd) / (1.0 - r * pd)
    return min(seen + (1.0 - seen) * missed, 1.0)


@inner
def _taken(lo: int, hi: int, pick: int, weight: F64) -> int:
    """The pair that counts as a hit: the assignment's, or one more likely than not."""
    if pick >= -1:
        return pick
    best = -1
    for v in range(lo, hi):
        if weight[v, 1] > 0.5:
            best = v
    return best


@inner
def _grow(
    now: TrackState, s: int, pos: F64, rot: F64, frame: int, lag: F64, z: F64, sd: F64,
    t_det_ns: I64, identity: I64, params: TrackParams, pair: I64, weight: F64, span: I64,
    pick: I64, pd: F64, odds: F64, bx: F64, bP: F64,
) -> tuple[TrackState, F64, F64, F64, I64, I64, F64]:  # fmt: skip
    """The rows that go on, updated; after them the newborn; and what is shown of them."""
    n, q = now.mu.shape
    m = z.shape[0]
    r = np.empty(n + m)
    take = np.empty(n + m, np.int64)
    source = np.empty(n + m, np.int64)
    k = 0
    for i in range(n):
        e = _existence(now.r[i], pd[i], span[i, 0], span[i, 1], weight)
        v = _taken(span[i, 0], span[i, 1], pick[i], weight)
        least = params.seed_prune if now.ids[i, HITS] < 2 and v < 0 else params.prune
        if now.ids[i, HITS] < 2 and now.ids[i, SENSORS] & (now.ids[i, SENSORS] - 1) != 0:
            least = params.crossing_prune  # one hit of two sensors: a crossing
        gap_s = (now.t_ns - now.ids[i, SEEN_NS]) * 1e-9
        if e >= least and (
            v >= 0 or gap_s <= params.coast_s
        ):
            r[k] = e
            take[k] = v
            source[k] = i
            k += 1
    old = k
    for j in range(m):
        if odds[j, 1] >= params.seed_prune:
            r[k] = odds[j, 1]
            source[k] = j
            k += 1
    mu = np.zeros((k, q))
    x = np.zeros((k, q, 6))  # slots that are not filled stay 0: same scans, same bytes
    P = np.zeros((k, q, 6, 6))
    ids = np.empty((k, 6), np.int64)
    label = np.zeros(m, np.int64)
    share = np.zeros(m)
    next_label = now.next_label
    for a in range(k):
        i = source[a]
        j = i if a >= old else (pair[take[a], 1] if take[a] >= 0 else -1)
        if a < old:
            rows = 1 if now.ids[i, HITS] < 2 else q
            _copy(rows, now.mu[i], now.x[i], now.P[i], mu[a], x[a], P[a])
            lo, hi = span[i, 0], span[i, 1]
            if hi > lo and pick[i] != -1:
                _absorb(
                    rows, mu[a], x[a], P[a], pos, rot, frame, lag, z, sd, pair, weight,
                    lo, hi, pick[i], r[a],
                )  # fmt: skip
            for c in range(6):
                ids[a, c] = now.ids[i, c]
            if j >= 0:
                ids[a, HITS] += 1
                if rows == 1:
                    open_modes(mu[a], x[a], P[a], params.motion)
        else:
            mu[a, 0] = 1.0
            _born(bx[j], bP[j], lag[j], x[a, 0], P[a, 0])
            ids[a, LABEL] = 0
            ids[a, BORN_NS] = t_det_ns[j]
            ids[a, HITS] = 1
            ids[a, SENSORS] = 0
            ids[a, IDENTITY] = 0
        if j >= 0:
            ids[a, SEEN_NS] = t_det_ns[j]
            ids[a, SENSORS] |= 1 << s
            if identity[j] != 0:
                ids[a, IDENTITY] = identity[j]
        hits_needed = 1 if ids[a, IDENTITY] != 0 else 2
        if ids[a, LABEL] == 0 and r[a] >= params.confirm and ids[a, HITS] >= hits_needed:
            ids[a, LABEL] = next_label
            next_label += 1
        if j >= 0:
            p = weight[take[a], 1] if a < old else r[a]
            if p > share[j]:
                share[j] = p
                label[j] = ids[a, LABEL]
    out = TrackState(
        now.t_ns,
        next_label,
        r[:k].copy(),
        mu,
        x,
        P,
        ids,
        now.undetected,
        now.seen_map,
        now.coverage_m2,
        now.table,
        now.bearings,
    )
    shown_x, shown_P, shown_mode, shown_ids = _shown(out, params.show)
    return out, shown_x, shown_P, shown_mode, shown_ids, label, share


@inner
def _copy(rows: int, mu0: F64, x0: F64, P0: F64, mu: F64, x: F64, P: F64) -> None:
    """One row's filled modes."""
    for a in range(rows):
        mu[a] = mu0[a]
        for c in range(6):
            x[a, c] = x0[a, c]
            for d in range(6):
                P[a, c, d] = P0[a, c, d]


@inner
def _born(bx: F64, bP: F64, lag: float, x: F64, P: F64) -> None:
    """A newborn row, its plot carried `lag` seconds to now: unknown velocity spreads it."""
    for c in range(6):
        x[c] = bx[c] + (lag * bx[c + 3] if c < 3 else 0.0)
        for d in range(6):
            P[c, d] = bP[c, d]
    if lag > 0.0:
        for c in range(3):
            v = P[c + 3, c + 3]
            P[c, c] += lag * lag * v
            P[c, c + 3] += lag * v
            P[c + 3, c] += lag * v


@inner
def _absorb(
    rows: int, mu: F64, x: F64, P: F64, pos: F64, rot: F64, frame: int, lag: F64, z: F64,
    sd: F64, pair: I64, weight: F64, lo: int, hi: int, pick: int, r: float,
) -> None:  # fmt: skip
    """One track takes the detection `pick`, or, alone (-2), the average of lo..hi.

    Each mode becomes the mixture of what each detection makes of it, moment-matched
    (probabilistic data association, Bar-Shalom & Tse 1975; with one detection the Kalman
    update).  Mode probabilities follow the likelihoods.
    """
    if pick >= 0:
        lo, hi = pick, pick + 1
    n = hi - lo + 1
    h = np.empty(6)
    H = np.zeros((6, 6))
    scratch = np.empty((20, 7))
    use = np.empty(6, np.int64)
    w = np.zeros((rows, n))
    miss = 1.0
    for v in range(lo, hi):
        best = -math.inf
        for a in range(rows):
            best = max(best, weight[v, 2 + a])
        total = 0.0
        for a in range(rows):
            w[a, v - lo] = mu[a] * math.exp(weight[v, 2 + a] - best)
            total += w[a, v - lo]
        beta = 1.0 if pick >= 0 else weight[v, 1] / r
        miss -= beta
        for a in range(rows):
            w[a, v - lo] *= beta / total
    share = 0.0
    for a in range(rows):
        w[a, n - 1] = mu[a] * max(miss, 0.0)
        mu[a] = _shares(w[a])
        share += mu[a]
    xs = np.empty((n if n > 2 else 0, 6))
    Ps = np.empty((n if n > 2 else 0, 6, 6))
    for a in range(rows):
        mu[a] /= share
        for v in range(n if n > 2 else 0):
            for c in range(6):
                xs[v, c] = x[a, c]
                for d in range(6):
                    Ps[v, c, d] = P[a, c, d]
        for v in range(n - 1):
            if w[a, v] <= 0.0:
                continue
            j = pair[lo + v, 1]
            k = measured(z[j], use)
            innovation(x[a], P[a], pos, rot, frame, lag[j], z[j], sd[j], use, k, h, H, scratch)
            _, d2 = log_likelihood(scratch, k)
            if d2 == math.inf:
                continue
            if n == 2:  # one detection alone: the mixture in closed form
                update(x[a], P[a], scratch, k, w[a, v])
            else:
                update(xs[v], Ps[v], scratch, k, 1.0)
        if n > 2:
            moment_match(w[a], xs, Ps, x[a], P[a])


@inner
def _shares(w: F64) -> float:
    """Weights w (n,) made shares of 1, those under 1e-4 of it left out -> their sum before.

    With nothing to share the last, "missed", has all.
    """
    total = 0.0
    for v in range(w.shape[0]):
        total += w[v]
    kept = 0.0
    for v in range(w.shape[0]):
        if not w[v] > 1e-4 * total:
            w[v] = 0.0
        kept += w[v]
    if kept <= 0.0:
        w[w.shape[0] - 1] = 1.0
        kept = 1.0
    for v in range(w.shape[0]):
        w[v] /= kept
    return max(total, 1e-6)


@inner
def _shown(state: TrackState, show: float) -> tuple[F64, F64, F64, I64]:
    """Labelled rows with existence over `show`, by label, their modes moment-matched."""
    n, q = state.mu.shape
    rows = np.empty(n, np.int64)
    k = 0
    for i in range(n):
        if state.ids[i, LABEL] > 0 and state.r[i] >= show:
            a = k  # insertion by label: rows are nearly in order already
            while a > 0 and state.ids[rows[a - 1], LABEL] > state.ids[i, LABEL]:
                rows[a] = rows[a - 1]
                a -= 1
            rows[a] = i
            k += 1
    x = np.empty((k, 6))
    P = np.empty((k, 6, 6))
    mode = np.empty((k, 1 + q))
    ids = np.empty((k, 6), np.int64)
    for a in range(k):
        i = rows[a]
        filled = 1 if state.ids[i, HITS] < 2 else q
        collapse(state.mu[i], state.x[i], state.P[i], filled, x[a], P[a])
        mode[a, 0] = state.r[i]
        for c in range(q):
            mode[a, 1 + c] = state.mu[i, c]
        for c in range(6):
            ids[a, c] = state.ids[i, c]
    return x, P, mode, ids
