"""Tracks from angles alone: bearings of two sensors that cross.

In: what one look without ranges leaves to nobody, the bearings kept from earlier looks.
Out: Bernoulli rows where two cross, and the bearings to keep.
Does not: start anything from one bearing, or decide which crossing is a ghost.

The weight of a crossing comes from the same Poisson field as every other birth.  Let D(x)
be the undetected before both looks, look k see x with Pd_k(x) and measure with density
g_k(z|x), its clutter have density kappa_k.  Of one thing that the field holds at most, two
detections z1, z2 that belong to no track are either

    both of one thing:  b12 = int D(x) Pd_1(x) g_1(z1|x) Pd_2(x) g_2(z2|x) dx
    or of nothing common:  (kappa_1 + b_1') (kappa_2 + b_2')

with b_1' = int D Pd_1 (1 - Pd_2) g_1 and b_2' likewise.  In the terms of Williams 2015
(IEEE TAES 51(3), section IV: eq. 43 and 45-47 twice, the detection z1 as a Bernoulli row of
existence b_1 / rho_1 and density D Pd_1 g_1 / b_1, rho = kappa + b, then z2 as its first
update) the crossing exists with odds

    psi = b12 / (rho_1' rho_2'),   rho_k' = kappa_k + b_k'.

Taken here: rho_1 = kappa_1 + b_1 for rho_1' (that look 2 might have missed the thing counts
in full: odds a little too low, never too high), both times the marginal probability that
the detection is of no track.  Where one bearing crosses several, or several cross one, the
probabilities are the marginals over all ways to pair them (`associate.solve`), so that n
things seen by two sensors share their n * n crossings.  A ghost is a row like any other:
a look that should see it and does not makes it forgotten, a third one decides.

b_k is an integral along the bearing (`along`).  b12 is Laplace's integral about the
crossing (`meet`), in place and velocity: the measurements are of different times, and
the velocity's prior carries one to the other.  Crossing by Gauss-Newton on the angles:
Bar-Shalom, Li, Kirubarajan 2001, section 3.7 (iterated least squares).  Where a crossing
is so flat that its 1-sigma along a line of sight is over FLAT of the range, a Gaussian in
Cartesian axes does not hold (Mallick, Arulampalam et al. 2012, chapter 2 of "Integrated
Tracking, Classification, and Sensor Management"): it starts nothing, the bearings wait.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from bartizan.frames import wrap
from bartizan.jit import bare, inner
from bartizan.track.associate import solve
from bartizan.track.birth import FAR_M, cell, height_density, is_bearing
from bartizan.track.measure import LOG_2PI, cholesky, predicted_measurement
from bartizan.track.state import (
    AZ,
    BORN_NS,
    EL,
    HITS,
    IDENTITY,
    LOOK,
    NEW,
    POS,
    RHO,
    ROT,
    SD_AZ,
    SD_EL,
    SEEN_NS,
    SENSOR,
    SENSORS,
    T_NS,
    TrackParams,
    TrackState,
    Work,
    chance,
)
from bartizan.types import F64, I64

_A = TypeVar("_A", F64, I64)
PER_SENSOR = 12  # bearings kept of each sensor, the newest: assumed
NEW_FLOOR = 0.02  # less likely than this of no track: not kept, assumed
FLAT = 0.3  # largest 1-sigma along a line of sight, as a share of the range: assumed
SAME_D2 = 9.0  # one sensor's bearings as near as 3 sigma are of one thing: assumed


@inner
def _sight(row: F64, az: float, el: float, level: bool, d: F64) -> None:
    """Line of sight d (3,) in the site's axes, of length 1; laid level if asked."""
    up = 0.0 if math.isnan(el) else el
    e, n, u = math.cos(up) * math.sin(az), math.cos(up) * math.cos(az), math.sin(up)
    for c in range(3):
        d[c] = row[ROT + c] * e + row[ROT + 3 + c] * n + row[ROT + 6 + c] * u
    if level:
        g = max(math.sqrt(d[0] * d[0] + d[1] * d[1]), 1e-9)
        d[0] /= g
        d[1] /= g
        d[2] = 0.0


@inner
def nearest(
    one: F64, two: F64, z: F64, sd: F64, lag: F64, v_sd: float, height: float, gate_d2: float,
    x: F64,
) -> bool:  # fmt: skip
    """Where two lines of sight pass closest, into x (6,), at rest; False where they do not
    meet in front of both, inside both reaches, within their noise.

    one, two: the sensors' rows of the table   z, sd (2, 2) azimuth and elevation of each
    (NaN: not measured: then the crossing is of the lines laid level, its height that of
    the other's elevation, else `height`)   lag (2,) [s] how old each is
    """
    level = math.isnan(z[0, 1]) or math.isnan(z[1, 1])
    a, b = np.empty(3), np.empty(3)
    _sight(one, z[0, 0], z[0, 1], level, a)
    _sight(two, z[1, 0], z[1, 1], level, b)
    w = one[POS : POS + 3] - two[POS : POS + 3]
    if level:
        w[2] = 0.0
    ab = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    aw = a[0] * w[0] + a[1] * w[1] + a[2] * w[2]
    bw = b[0] * w[0] + b[1] * w[1] + b[2] * w[2]
    across = 1.0 - ab * ab
    if across < 1e-6:
        return False
    r1, r2 = (ab * bw - aw) / across, (bw - ab * aw) / across
    if r1 <= 0.0 or r2 <= 0.0 or r1 > one[LOOK + 1] or r2 > two[LOOK + 1]:
        return False
    s1 = (r1 * max(sd[0, 0], 0.0 if level else sd[0, 1])) ** 2 + (v_sd * lag[0]) ** 2
    s2 = (r2 * max(sd[1, 0], 0.0 if level else sd[1, 1])) ** 2 + (v_sd * lag[1]) ** 2
    apart = 0.0
    for c in range(3):
        p, q = one[POS + c] + r1 * a[c], two[POS + c] + r2 * b[c]
        if c < 2 or not level:
            apart += (p - q) ** 2
        x[c] = (p * s2 + q * s1) / (s1 + s2)
        x[c + 3] = 0.0
    if apart > gate_d2 * (s1 + s2):
        return False
    if level:
        x[2] = height
        if not math.isnan(z[0, 1]):
            x[2] = one[POS + 2] + r1 * math.tan(z[0, 1])
        elif not math.isnan(z[1, 1]):
            x[2] = two[POS + 2] + r2 * math.tan(z[1, 1])
    return True


@inner
def meet(
    one: F64, two: F64, z: F64, sd: F64, lag: F64, v_sd: float, climb_sd: float, height: float,
    gate_d2: float, x: F64, P: F64,
) -> float:  # fmt: skip
    """Place and velocity x (6,), P (6, 6) of a crossing, from x near it -> the log of
    int g_1 g_2 p(v) dx dv (1/rad a measured angle, times 1/m3), -inf where they do not meet.

    Velocity: zero-mean with v_sd, climb_sd [m/s].  Where neither measures elevation the
    height is `height` with that as its 1-sigma, and the integral holds that density too.
    """
    flat = math.isnan(z[0, 1]) and math.isnan(z[1, 1])
    A, H, L = np.empty((6, 6)), np.zeros((6, 6)), np.empty((6, 6))
    h, b, y = np.empty(6), np.empty(6), np.empty(6)
    log_c = 0.0
    chi2 = 0.0
    for turn in range(5):
        log_c = 3.0 * LOG_2PI
        chi2 = 0.0
        for c in range(6):
            for d in range(6):
                A[c, d] = 0.0
            b[c] = 0.0
            if c >= 3 or (c == 2 and flat):
                s = height if c == 2 else (climb_sd if c == 5 else v_sd)
                off = (height if c == 2 else 0.0) - x[c]
                A[c, c] = 1.0 / (s * s)
                b[c] = off / (s * s)
                chi2 += off * off / (s * s)
                log_c -= math.log(s) + 0.5 * LOG_2PI
        for k in range(2):
            row = one if k == 0 else two
            predicted_measurement(
                x, row[POS : POS + 3], row[ROT : ROT + 9].reshape((3, 3)), 0, lag[k], h, H
            )
            for m in range(2):
                if math.isnan(z[k, m]):
                    continue
                off = wrap(z[k, m] - h[1 + m])
                w = 1.0 / (sd[k, m] * sd[k, m])
                chi2 += off * off * w
                log_c -= math.log(sd[k, m]) + 0.5 * LOG_2PI
                for c in range(6):
                    b[c] += w * off * H[1 + m, c]
                    for d in range(6):
                        A[c, d] += w * H[1 + m, c] * H[1 + m, d]
        logdet = cholesky(A, L, 6)
        if logdet == -math.inf:
            return -math.inf
        log_c -= 0.5 * logdet
        if turn < 4:
            _solved(L, b, y)
            for c in range(6):
                x[c] += y[c]
    if not chi2 <= gate_d2:
        return -math.inf
    for c in range(6):
        for d in range(6):
            b[d] = 1.0 if d == c else 0.0
        _solved(L, b, y)
        for d in range(6):
            P[c, d] = y[d]
    for c in range(6):
        for d in range(c):
            P[c, d] = P[d, c]
    return log_c - 0.5 * chi2


@inner
def _solved(L: F64, b: F64, y: F64) -> None:
    """Y (6,) with L L' y = b (6,)."""
    for a in range(6):
        s = b[a]
        for c in range(a):
            s -= L[a, c] * y[c]
        y[a] = s / L[a, a]
    for a in range(5, -1, -1):
        s = y[a]
        for c in range(a + 1, 6):
            s -= L[c, a] * y[c]
        y[a] = s / L[a, a]


@inner
def holds(row: F64, level: bool, x: F64, P: F64) -> float:
    """Pd of a sensor's look at a crossing; 0 where it is out of reach or too flat.

    As for every birth no less than 0.05 inside its reach: the place is not exact.
    """
    d, e = np.empty(3), np.empty(3)
    r2 = 0.0
    for c in range(3):
        d[c] = x[c] - row[POS + c]
        r2 += d[c] * d[c]
    r = math.sqrt(r2)
    if not (max(row[LOOK], 1e-3) <= r <= row[LOOK + 1]):
        return 0.0
    var = 0.0
    ground2 = d[0] * d[0] + d[1] * d[1]
    for a in range(2 if level else 3):
        for b in range(2 if level else 3):
            var += d[a] * P[a, b] * d[b]
    if var > FLAT * FLAT * (ground2 * ground2 if level else r2 * r2):
        return 0.0
    for c in range(3):
        e[c] = row[ROT + 3 * c] * d[0] + row[ROT + 3 * c + 1] * d[1] + row[ROT + 3 * c + 2] * d[2]
    pd = chance(
        row, row[LOOK : LOOK + 6], r, math.atan2(e[0], e[1]),
        math.asin(min(max(e[2] / r, -1.0), 1.0)), 30.0, x[2], math.sqrt(max(P[2, 2], 0.0)),
    )  # fmt: skip
    return float(max(pd, 0.05))


@inner
def odds_of(
    state: TrackState, old: F64, s: int, lag_s: float, z: F64, sd: F64, before: F64,
    height: float, v_sd: float, params: TrackParams, x: F64, P: F64,
) -> float:  # fmt: skip
    """The intensity b12 of a kept bearing `old` and a detection z (6,) of sensor s now, see
    the module's head; 0 where they do not cross.  x (6,), P (6, 6) get the crossing.

    before (c,) the undetected before this look; what the bearing's own look has taken
    from them is given back.
    """
    i = int(old[SENSOR])
    one, two = state.table[i], state.table[s]
    angle, noise, lag = np.empty((2, 2)), np.empty((2, 2)), np.empty(2)
    angle[0, 0], angle[0, 1] = old[AZ], old[EL]
    noise[0, 0], noise[0, 1] = old[SD_AZ], old[SD_EL]
    angle[1, 0], angle[1, 1] = z[1], z[2]
    noise[1, 0], noise[1, 1] = sd[1], sd[2]
    lag[0] = max((float(state.t_ns) - old[T_NS]) * 1e-9, 0.0)
    lag[1] = lag_s
    if not nearest(one, two, angle, noise, lag, v_sd, height, params.gate_d2, x):
        return 0.0
    log_c = meet(
        one, two, angle, noise, lag, v_sd, params.climb_sd_mps, height, params.gate_d2, x, P
    )
    if log_c == -math.inf:
        return 0.0
    flat = math.isnan(angle[0, 1]) and math.isnan(angle[1, 1])
    level = math.isnan(angle[0, 1]) or math.isnan(angle[1, 1])
    pd = holds(one, level, x, P)
    pd *= holds(two, level, x, P) if pd > 0.0 else 0.0
    if pd == 0.0:
        return 0.0
    c = cell(x[0], x[1], params.ring_0_m)
    b = before[c] / max(1.0 - state.seen_map[i, c], 1e-3) * pd * math.exp(log_c)
    if not flat:
        b *= height_density(x[2], math.sqrt(P[2, 2]), height)
    return float(b)


@inner
def cross(state: TrackState, work: Work, new: F64, params: TrackParams) -> TrackState:
    """The state after a look without ranges: newborn rows, bearings to keep.

    new (m,) probability that each detection is of no track.  A newborn row has one hit and
    two sensors, and no label before a third look.
    """
    far = work.row[LOOK + 1] >= FAR_M
    v_sd = params.far_speed_sd_mps if far else params.speed_sd_mps
    height = params.far_height_m if far else params.height_m
    s, lag, z, sd, t_det_ns = work.s, work.lag, work.z, work.sd, work.t_det_ns
    rho = work.odds[:, 1].copy()
    kept = state.bearings.copy()
    n, m = kept.shape[0], z.shape[0]
    cap = 16
    pair, weight = np.empty((cap, 2), np.int64), np.empty((cap, 2))
    xs, Ps = np.empty((cap, 6)), np.empty((cap, 6, 6))
    span = np.zeros((n, 2), np.int64)
    k = 0
    x, P = np.empty(6), np.empty((6, 6))
    for i in range(n):
        span[i, 0] = k
        fresh = (float(state.t_ns) - kept[i, T_NS]) * 1e-9 <= params.bearing_s
        for j in range(m if fresh and kept[i, SENSOR] != s else 0):
            if not is_bearing(z[j]) or new[j] < NEW_FLOOR:
                continue
            b = odds_of(
                state, kept[i], s, lag[j], z[j], sd[j], work.before, height, v_sd, params, x, P
            )
            psi = kept[i, NEW] * new[j] * b / (kept[i, RHO] * rho[j])
            if psi < params.crossing_prune:
                continue
            if k == cap:
                pair, weight = _doubled(pair), _doubled(weight)
                xs, Ps = _doubled(xs), _doubled(Ps)
                cap *= 2
            pair[k, 0], pair[k, 1] = i, j
            weight[k, 0] = psi
            _lay(xs[k], Ps[k], x, P)
            k += 1
        span[i, 1] = k
    left = np.ones(m)
    if k > 0:
        solve(pair[:k], weight[:k], span, n, m, left, np.empty(n, np.int64))
    for j in range(m):
        left[j] = max(left[j], 0.0) * new[j]
    out = _begun(
        state,
        s,
        pair[:k],
        weight[:k],
        xs[:k],
        Ps[:k],
        t_det_ns,
        work.identity,
        params.crossing_prune,
    )
    for a in range(k):
        kept[pair[a, 0], NEW] *= max(1.0 - weight[a, 1], 0.0)
    return _with(out, _keep(kept, state.t_ns, s, z, sd, t_det_ns, left, rho, params.bearing_s))


@inner
def _doubled(a: _A) -> _A:
    """The rows of a copied to the front of an array with room for twice as many."""
    return np.concatenate((a, a))


@bare
def _lay(x: F64, P: F64, its_x: F64, its_P: F64) -> None:
    """A state and its covariance copied, without an assignment of arrays: that is slow to compile."""
    for c in range(6):
        x[c] = its_x[c]
        for d in range(6):
            P[c, d] = its_P[c, d]


@inner
def _begun(
    state: TrackState, s: int, pair: I64, weight: F64, xs: F64, Ps: F64, t_det_ns: I64,
    identity: I64, least: float,
) -> TrackState:  # fmt: skip
    """The state with a row for each crossing that is as likely as `least`."""
    k = 0
    for a in range(pair.shape[0]):
        k += weight[a, 1] >= least
    if k == 0:
        return state
    n, q = state.mu.shape
    r = np.concatenate((state.r, np.zeros(k)))
    mu = np.concatenate((state.mu, np.zeros((k, q))))
    x = np.concatenate((state.x, np.zeros((k, q, 6))))
    P = np.concatenate((state.P, np.zeros((k, q, 6, 6))))
    ids = np.concatenate((state.ids, np.zeros((k, 6), np.int64)))
    sight = np.concatenate((state.sight, np.ones((k, state.sight.shape[1]))))
    numbers = np.concatenate((state.numbers, np.full((k, state.numbers.shape[1], 2), -1)))
    at = n
    for a in range(pair.shape[0]):
        if weight[a, 1] < least:
            continue
        i, j = pair[a, 0], pair[a, 1]
        r[at], mu[at, 0] = weight[a, 1], 1.0
        _lay(x[at, 0], P[at, 0], xs[a], Ps[a])
        ids[at, BORN_NS] = min(int(state.bearings[i, T_NS]), t_det_ns[j])
        ids[at, SEEN_NS] = t_det_ns[j]
        ids[at, HITS] = 1
        ids[at, SENSORS] = (1 << s) | (1 << int(state.bearings[i, SENSOR]))
        ids[at, IDENTITY] = identity[j]
        at += 1
    return TrackState(
        state.t_ns, state.next_label, r, sight, mu, x, P, ids, state.undetected, state.seen_map,
        state.coverage_m2, state.table, state.bearings, numbers,
    )  # fmt: skip


@inner
def _keep(
    kept: F64, t_ns: int, s: int, z: F64, sd: F64, t_det_ns: I64, left: F64, rho: F64,
    bearing_s: float,
) -> F64:  # fmt: skip
    """The bearings to keep: this look's, then older ones that are neither too old nor of a
    thing that this look shows anew; of each sensor the newest PER_SENSOR.
    """
    n, m = kept.shape[0], z.shape[0]
    out = np.empty((n + m, kept.shape[1]))
    k = 0
    for j in range(m):
        if k == PER_SENSOR or left[j] < NEW_FLOOR or not is_bearing(z[j]):
            continue
        out[k, T_NS], out[k, SENSOR] = float(t_det_ns[j]), float(s)
        out[k, AZ], out[k, EL] = z[j, 1], z[j, 2]
        out[k, SD_AZ], out[k, SD_EL] = sd[j, 1], sd[j, 2]
        out[k, NEW], out[k, RHO] = left[j], rho[j]
        k += 1
    mine = k
    for i in range(n):
        age_s = (float(t_ns) - kept[i, T_NS]) * 1e-9
        if age_s > bearing_s or kept[i, NEW] < NEW_FLOOR:
            continue
        if kept[i, SENSOR] == s:
            if mine == PER_SENSOR or _shown_anew(kept[i], z, sd):
                continue
            mine += 1
        for c in range(kept.shape[1]):
            out[k, c] = kept[i, c]
        k += 1
    return out[:k].copy()


@inner
def _shown_anew(old: F64, z: F64, sd: F64) -> bool:
    """Whether the same sensor has a detection now that may be of the bearing's thing."""
    for j in range(z.shape[0]):
        d2 = wrap(z[j, 1] - old[AZ]) ** 2 / (sd[j, 1] ** 2 + old[SD_AZ] ** 2)
        if not math.isnan(z[j, 2]) and not math.isnan(old[EL]):
            d2 += (z[j, 2] - old[EL]) ** 2 / (sd[j, 2] ** 2 + old[SD_EL] ** 2)
        if d2 < SAME_D2:
            return True
    return False


@inner
def _with(state: TrackState, bearings: F64) -> TrackState:
    return TrackState(
        state.t_ns, state.next_label, state.r, state.sight, state.mu, state.x, state.P, state.ids,
        state.undetected, state.seen_map, state.coverage_m2, state.table, bearings, state.numbers,
    )  # fmt: skip
