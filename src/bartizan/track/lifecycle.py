"""One compiled step: from a state and a scan to the next state and what is shown.

In: `TrackState`, one scan's arrays.  Out: next state, confirmed tracks, association.
Does not: keep anything between calls.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import bare, inner, kernel
from bartizan.track.associate import solve
from bartizan.track.birth import age, births, open_modes, thin
from bartizan.track.crossing import cross
from bartizan.track.measure import innovation, log_likelihood, measured, update
from bartizan.track.motion import moment_match
from bartizan.track.numbers import take, weigh
from bartizan.track.show import shown
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
    Plan,
    Room,
    TrackParams,
    TrackState,
    Work,
    room,
)
from bartizan.track.tracker import advance, candidates, see_again
from bartizan.types import F64, I64, SensorKind

CAMERA = int(SensorKind.CAMERA)
DIRECTION_FINDER = int(SensorKind.DIRECTION_FINDER)


@kernel
def step(
    state: TrackState, t_ns: int, s: int, frame: int, look: F64, t_det_ns: I64, z_in: F64,
    sd: F64, identity: I64, number: I64, params: TrackParams,
) -> tuple[TrackState, F64, F64, F64, I64, I64, F64]:  # fmt: skip
    """The whole step, phase after phase; see `bartizan.track.step`.

    -> next state; shown tracks: x (k, 6), P (k, 6, 6), existence and mode probabilities
    (k, 1 + q), ids (k, 6); association: label (m,), marginal (m,)
    """
    now, work = begin(state, t_ns, s, frame, look, t_det_ns, z_in, sd, identity, number, params)
    forward(state, now, work, params, 0, 1)
    looked(now, work)
    pair, weight = pairs(now, work, params, 0, 1)
    plan, out = decide(now, work, params, pair, weight)
    fill(now, work, plan, out, params, 0, 1)
    return finish(now, work, plan, out, params)


@inner
def begin(
    state: TrackState, t_ns: int, s: int, frame: int, look: F64, t_det_ns: I64, z_in: F64,
    sd: F64, identity: I64, number: I64, params: TrackParams,
) -> tuple[TrackState, Work]:  # fmt: skip
    """The scan and the state at its time, rows not yet predicted."""
    dt = max((t_ns - state.t_ns) * 1e-9, 0.0) if state.t_ns > 0 else 0.0
    m = z_in.shape[0]
    n, q = state.mu.shape
    row = state.table[s]
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
        t_ns, state.next_label, state.r * math.exp(-dt / params.life_s), state.sight.copy(),
        np.zeros((n, q)), np.empty((n, q, 6)), np.empty((n, q, 6, 6)), state.ids, field,
        state.seen_map, state.coverage_m2, state.table, state.bearings, state.numbers,
    )  # fmt: skip
    see_again(state.table, dt, now.sight)
    bearings = frame == 0 and CAMERA <= row[KIND] <= DIRECTION_FINDER
    work = Work(
        s, frame, dt, look, row, row[POS : POS + 3], row[ROT : ROT + 9].reshape((3, 3)), lag, z,
        sd, t_det_ns, identity, np.empty((m, 6)), np.empty((m, 6, 6)), np.zeros((m, 3)),
        np.empty(len(field) if bearings else 0), np.zeros(n), np.zeros((n, 2), np.int64), number,
    )  # fmt: skip
    return now, work


@bare
def cut(now: TrackState, part: int, parts: int) -> int:
    """The row at which part `part` of equal work begins: a row costs as it has modes."""
    n, q = now.mu.shape
    if part == 0 or part == parts:
        return int(n * part // parts)
    total = 0
    for i in range(n):
        total += 1 if now.ids[i, HITS] < 2 else q
    done = 0
    for i in range(n):
        if done * parts >= total * part:
            return i
        done += 1 if now.ids[i, HITS] < 2 else q
    return int(n)


@inner
def forward(
    state: TrackState, now: TrackState, work: Work, params: TrackParams, part: int, parts: int
) -> None:
    """Rows predicted, and what each detection would be if it were new."""
    m = work.z.shape[0]
    advance(state, now, work.dt, params, cut(now, part, parts), cut(now, part + 1, parts))
    births(now.undetected, work, params, m * part // parts, m * (part + 1) // parts, room(1, 1))


@inner
def looked(now: TrackState, work: Work) -> None:
    """The undetected thinned by this look."""
    for c in range(len(work.before)):
        work.before[c] = now.undetected[c]
    if work.look[3] > 0.0:
        thin(now.undetected, now.seen_map[work.s], work.look, work.row[LOOK : LOOK + 6])


@inner
def pairs(
    now: TrackState, work: Work, params: TrackParams, part: int, parts: int
) -> tuple[I64, F64]:
    """Which detections may be whose."""
    return candidates(now, work, params, cut(now, part, parts), cut(now, part + 1, parts))


@bare
def _least(hits: int, sensors: int, seen: bool, params: TrackParams) -> float:
    """Existence under which a row is forgotten; one hit of two sensors is a crossing."""
    if hits < 2 and sensors & (sensors - 1) != 0:
        return params.crossing_prune
    return params.seed_prune if hits < 2 and not seen else params.prune


@inner
def decide(
    now: TrackState, work: Work, params: TrackParams, pair: I64, weight: F64
) -> tuple[Plan, TrackState]:
    """Association, existence, and which rows the next state has, still empty."""
    n, q = now.mu.shape
    m = work.z.shape[0]
    span, odds = work.span, work.odds
    new = np.ones(m)
    pick = np.empty(n, np.int64)
    weigh(now, work, params, pair, weight)
    solve(pair, weight, span, n, m, new, pick)
    r = np.empty(n + m)
    take = np.empty(n + m, np.int64)
    source = np.empty(n + m, np.int64)
    k = 0
    for i in range(n):
        e, now.sight[i, work.s] = _existence(
            now.r[i], work.pd[i], now.sight[i, work.s], span[i, 0], span[i, 1], weight
        )
        if now.ids[i, HITS] < 2:
            now.sight[i, work.s] = 1.0  # a plot alone has to be seen again, or goes
        v = _taken(span[i, 0], span[i, 1], pick[i], weight)
        least = _least(now.ids[i, HITS], now.ids[i, SENSORS], v >= 0, params)
        gap_s = (now.t_ns - now.ids[i, SEEN_NS]) * 1e-9
        coast_s = params.seed_s if now.ids[i, HITS] < 2 else params.coast_s
        if e >= least and (v >= 0 or gap_s <= coast_s):
            r[k] = e
            take[k] = v
            source[k] = i
            k += 1
    old = k
    for j in range(m):
        odds[j, 2] = new[j] * odds[j, 0] / odds[j, 1]
        if odds[j, 2] >= params.seed_prune:
            r[k] = odds[j, 2]
            take[k] = -1
            source[k] = j
            k += 1
    out = TrackState(
        now.t_ns, now.next_label, r[:k].copy(), np.ones((k, now.sight.shape[1])),
        np.empty((k, q)), np.empty((k, q, 6)), np.empty((k, q, 6, 6)), np.empty((k, 6), np.int64),
        now.undetected, now.seen_map, now.coverage_m2, now.table, now.bearings,
        np.empty((k, now.numbers.shape[1], 2), np.int64),
    )  # fmt: skip
    return Plan(r[:k], source[:k], take[:k], old, pair, weight, pick, new), out


@inner
def fill(
    now: TrackState, work: Work, plan: Plan, out: TrackState, params: TrackParams, part: int,
    parts: int,
) -> None:  # fmt: skip
    """The rows of the next state: those that go on, updated, and the newborn."""
    k, q = out.mu.shape
    most = 0
    for i in range(work.span.shape[0]):
        most = max(most, work.span[i, 1] - work.span[i, 0])
    scratch = room(q, most + 1)
    first, last = cut(now, part, parts), cut(now, part + 1, parts)
    low = high = 0
    for a in range(plan.old):
        low += plan.source[a] < first
        high += plan.source[a] < last
    _fill(now, work, plan, out, params, scratch, low, k if part + 1 == parts else high)


@bare
def _fill(
    now: TrackState, work: Work, plan: Plan, out: TrackState, params: TrackParams, room: Room,
    first: int, last: int,
) -> None:  # fmt: skip
    q = out.mu.shape[1]
    for a in range(first, last):
        mu, x, P, ids = out.mu[a], out.x[a], out.P[a], out.ids[a]
        i = plan.source[a]
        j = i
        if a < plan.old:
            j = plan.pair[plan.take[a], 1] if plan.take[a] >= 0 else -1
            rows = 1 if now.ids[i, HITS] < 2 else q
            _copy(rows, now.mu[i], now.x[i], now.P[i], mu, x, P)
            lo, hi = work.span[i, 0], work.span[i, 1]
            if hi > lo and plan.pick[i] != -1:
                _absorb(rows, mu, x, P, work, plan, lo, hi, plan.pick[i], out.r[a], room)
            for c in range(6):
                ids[c] = now.ids[i, c]
            for c in range(out.sight.shape[1]):
                out.sight[a, c] = now.sight[i, c]
            if j >= 0:
                ids[HITS] += 1
                if rows == 1:
                    open_modes(mu, x, P, params.motion)
        else:
            _empty(mu, x, P, ids)
            mu[0] = 1.0
            _born(work.birth_x[j], work.birth_cov[j], work.lag[j], x[0], P[0])
            ids[BORN_NS] = work.t_det_ns[j]
            ids[HITS] = 1
        take(now.numbers, work, out.numbers, a, i if a < plan.old else -1, j)
        if j >= 0:
            ids[SEEN_NS] = work.t_det_ns[j]
            ids[SENSORS] |= 1 << work.s
            if work.identity[j] != 0:
                ids[IDENTITY] = work.identity[j]


@inner
def finish(
    now: TrackState, work: Work, plan: Plan, out: TrackState, params: TrackParams
) -> tuple[TrackState, F64, F64, F64, I64, I64, F64]:
    """Labels in the order of the rows; whose each detection was; what is shown."""
    m = work.z.shape[0]
    label = np.zeros(m, np.int64)
    share = np.zeros(m)
    next_label = out.next_label
    for a in range(out.r.shape[0]):
        ids = out.ids[a]
        hits_needed = 1 if ids[IDENTITY] != 0 else 2
        if ids[LABEL] == 0 and out.r[a] >= params.confirm and ids[HITS] >= hits_needed:
            ids[LABEL] = next_label
            next_label += 1
        v = plan.take[a]
        if a >= plan.old or v >= 0:
            j = plan.source[a] if a >= plan.old else plan.pair[v, 1]
            p = out.r[a] if a >= plan.old else plan.weight[v, 1]
            if p > share[j]:
                share[j] = p
                label[j] = ids[LABEL]
    named = TrackState(
        out.t_ns, next_label, out.r, out.sight, out.mu, out.x, out.P, out.ids, out.undetected,
        out.seen_map, out.coverage_m2, out.table, out.bearings, out.numbers,
    )  # fmt: skip
    shown_x, shown_P, shown_mode, shown_ids = shown(named, params)
    if len(work.before) > 0:
        named = cross(named, work, plan.new, params)
    return named, shown_x, shown_P, shown_mode, shown_ids, label, share


@bare
def _existence(
    r: float, pd: float, sight: float, lo: int, hi: int, weight: F64
) -> tuple[float, float]:
    """Existence and sight after the scan: seen for certain, or missed and still there.

    Ref: Williams 2015, eq. 43-44 with marginal weights; Musicki et al. 1994 for the sight.
    """
    seen = 0.0
    for v in range(lo, hi):
        seen += weight[v, 1]
    seen = min(seen, 1.0)
    p = pd * sight
    missed = r * (1.0 - p) / (1.0 - r * p)
    e = min(seen + (1.0 - seen) * missed, 1.0)
    share = seen / e if e > 0.0 else 0.0
    unseen = sight * (1.0 - pd) / (1.0 - p) if p < 1.0 else 0.0
    return e, min(share + (1.0 - share) * unseen, 1.0)


@bare
def _taken(lo: int, hi: int, pick: int, weight: F64) -> int:
    """The pair that counts as a hit: the assignment's, or one more likely than not."""
    if pick >= -1:
        return pick
    best = -1
    for v in range(lo, hi):
        if weight[v, 1] > 0.5:
            best = v
    return best


@bare
def _copy(rows: int, mu0: F64, x0: F64, P0: F64, mu: F64, x: F64, P: F64) -> None:
    """One row's filled modes; the others 0: same scans, same bytes."""
    for a in range(rows, mu.shape[0]):
        mu[a] = 0.0
        for c in range(6):
            x[a, c] = 0.0
            for d in range(6):
                P[a, c, d] = 0.0
    for a in range(rows):
        mu[a] = mu0[a]
        for c in range(6):
            x[a, c] = x0[a, c]
            for d in range(6):
                P[a, c, d] = P0[a, c, d]


@bare
def _empty(mu: F64, x: F64, P: F64, ids: I64) -> None:
    """A row of nothing."""
    for a in range(mu.shape[0]):
        mu[a] = 0.0
        for c in range(6):
            x[a, c] = 0.0
            for d in range(6):
                P[a, c, d] = 0.0
    for c in range(6):
        ids[c] = 0


@bare
def _born(bx: F64, bP: F64, lag: float, x: F64, P: F64) -> None:
    """A newborn row, its plot carried `lag` seconds to now: unknown velocity spreads it."""
    for c in range(6):
        x[c] = bx[c] + (lag * bx[c + 3] if c < 3 else 0.0)
        for d in range(6):
            P[c, d] = bP[c, d]
    if lag > 0.0:
        for c in range(3):
            for d in range(3):
                v = P[c + 3, d + 3]
                if v != 0.0:  # of what may be fast, the axes' velocities are correlated
                    P[c, d] += lag * lag * v
                    P[c, d + 3] += lag * v
                    P[d + 3, c] += lag * v


@bare
def _absorb(
    rows: int, mu: F64, x: F64, P: F64, work: Work, plan: Plan, lo: int, hi: int, pick: int,
    r: float, room: Room,
) -> None:  # fmt: skip
    """One track takes the detection `pick`, or, alone (-2), the average of lo..hi.

    Each mode becomes the mixture of what each detection makes of it, moment-matched
    (probabilistic data association, Bar-Shalom & Tse 1975; with one detection the Kalman
    update).  Mode probabilities follow the likelihoods.
    """
    if pick >= 0:
        lo, hi = pick, pick + 1
    n = hi - lo + 1
    z, sd, weight = work.z, work.sd, plan.weight
    use, w, xs, Ps = room.use, room.w, room.xs, room.Ps
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
        mu[a] = _shares(w[a, :n])
        share += mu[a]
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
            j = plan.pair[lo + v, 1]
            k = measured(z[j], use)
            innovation(
                x[a], P[a], work.pos, work.rot, work.frame, work.lag[j], z[j], sd[j], use, k,
                room.h, room.H, room.out,
            )  # fmt: skip
            _, d2 = log_likelihood(room.out, k)
            if d2 == math.inf:
                continue
            if n == 2:  # one detection alone: the mixture in closed form
                update(x[a], P[a], room.out, k, w[a, v])
            else:
                update(xs[v], Ps[v], room.out, k, 1.0)
        if n > 2:
            moment_match(w[a, :n], xs, Ps, x[a], P[a])


@bare
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
