"""Prediction of all tracks, and which detections may be theirs.

In: `TrackState`, one scan.  Out: predicted rows, pairs with weights.
Does not: update (see `lifecycle`).

Ref: Williams 2015 (track-oriented marginal MeMBer/Poisson), Blom & Bar-Shalom 1988.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import bare, inner
from bartizan.sensing import look_probability
from bartizan.track.gate import bucket_range, buckets, outside, score, window
from bartizan.track.motion import falls, mix, predict, switching, transition
from bartizan.track.state import (
    FINDS,
    HITS,
    IDENTITY,
    KIND,
    LOOK,
    LOSES,
    PD,
    POS,
    ROT,
    SKYLINE,
    Room,
    TrackParams,
    TrackState,
    Work,
    chance,
    room,
)
from bartizan.types import F64, I64

FLOOR = 1e-3  # pairs of less weight than this against a miss are not kept


@inner
def advance(
    state: TrackState, now: TrackState, dt: float, params: TrackParams, first: int, last: int
) -> None:
    """Rows first..last of `now` are those of `state` dt later."""
    T = transition(params.motion, dt)
    Pi = switching(params.motion, dt)
    _advance(state, now, params.seed_mode, T, Pi, room(now.mu.shape[1], 1), first, last)


@bare
def _advance(
    state: TrackState, now: TrackState, seed_mode: int, T: F64, Pi: F64, room: Room, first: int,
    last: int,
) -> None:  # fmt: skip
    xm, Pm, G = room.xm, room.Pm, room.H
    for i in range(first, last):
        if now.ids[i, HITS] < 2:
            now.mu[i, 0] = 1.0
            predict(T[seed_mode], state.x[i, 0], state.P[i, 0], now.x[i, 0], now.P[i, 0], G)
            continue
        mix(Pi, state.mu[i], state.x[i], state.P[i], now.mu[i], xm, Pm, room.one, room.M)
        for a in range(now.mu.shape[1]):
            predict(T[a], xm[a], Pm[a], now.x[i, a], now.P[i, a], G)


@bare
def flying(mu: F64, motion: F64) -> float:
    """Probability that a row flies: what falls cannot turn away where nobody looks."""
    share = 1.0
    for m in range(mu.shape[0]):
        if falls(motion, m):
            share -= mu[m]
    return max(share, 0.0)


@inner
def see_again(table: F64, dt: float, sight: F64) -> None:
    """Sight (n, s) of every row dt later, in place: each sensor loses and finds at its rates.

    The "exists but cannot be seen" state of Musicki, Evans & Stankovic 1994 ("Integrated
    probabilistic data association", Markov chain two), kept for each sensor.
    """
    for s in range(table.shape[0]):
        loses, finds = table[s, LOSES], table[s, FINDS]
        if loses > 0.0:
            rest = finds / (loses + finds)
            keep = math.exp(-(loses + finds) * dt)
            for i in range(sight.shape[0]):
                sight[i, s] = rest + (sight[i, s] - rest) * keep


@bare
def detectability(
    row: F64, look: F64, up_m: float, up_sd_m: float, spread_m: float, h: F64
) -> float:
    """Pd of one track in this look; h (4,): its place, spherical; spread_m, up_sd_m its 1-sigma.

    Where only a sector of the field of view was looked at, the track's azimuth is spread
    over its own uncertainty, so that one beside the edge is missed in part, not twice.
    """
    width = look[3]
    if width <= 0.0:
        return 0.0
    pd = chance(row, row[LOOK : LOOK + 6], h[0], h[1], h[2], h[3], up_m, up_sd_m)
    if pd > 0.0 and width < 2.0 * math.pi - 1e-9:
        sd = max(spread_m / max(h[0], 1.0), 1e-4) * math.sqrt(2.0)
        off = (h[1] - look[2] - 0.5 * width + math.pi) % (2.0 * math.pi) - math.pi
        f = 0.0
        for k in range(-1, 2):  # the sector and its images a turn away
            o = off + 2.0 * math.pi * k
            f += 0.5 * (math.erf((o + 0.5 * width) / sd) - math.erf((o - 0.5 * width) / sd))
        pd *= min(max(f, 0.0), 1.0)
    return pd


@bare
def in_coverage(x: F64, table: F64, h: F64) -> bool:
    """Whether any radar, camera or acoustic array could see a nominal thing at x (6,), were
    nothing in the way: what flies behind a hill is still there.

    True where a site has none of those: its tracks then live by reports alone.  h (4+,)
    scratch.
    """
    any_active = False
    for s in range(table.shape[0]):
        if table[s, KIND] <= 2.0:
            any_active = True
            row = table[s]
            place_of(x, row[POS : POS + 3], row[ROT : ROT + 9].reshape((3, 3)), h)
            look = row[LOOK : LOOK + 6]
            if (
                look_probability(
                    int(row[KIND]), row[PD : PD + 8], look, h[0], h[1], h[2], h[3], x[2]
                )
                > 0.0
            ):
                return True
    return not any_active


@bare
def place_of(x: F64, pos: F64, rot: F64, h: F64) -> None:
    """Range, azimuth, elevation, range rate of x (6,) from a sensor into h[:4]."""
    dx, dy, dz = x[0] - pos[0], x[1] - pos[1], x[2] - pos[2]
    e = rot[0, 0] * dx + rot[0, 1] * dy + rot[0, 2] * dz
    n = rot[1, 0] * dx + rot[1, 1] * dy + rot[1, 2] * dz
    u = rot[2, 0] * dx + rot[2, 1] * dy + rot[2, 2] * dz
    g2 = e * e + n * n
    r = math.sqrt(g2 + u * u)
    h[0] = r
    h[1] = math.atan2(e, n)
    h[2] = math.atan2(u, math.sqrt(g2))
    h[3] = (dx * x[3] + dy * x[4] + dz * x[5]) / max(r, 1e-9)


@bare
def centre(mu: F64, x: F64, P: F64, rows: int, xo: F64) -> float:
    """Mean xo (6,) of a row's modes -> its horizontal 1-sigma [m], the mean of both axes."""
    for c in range(6):
        s = 0.0
        for a in range(rows):
            s += mu[a] * x[a, c]
        xo[c] = s
    v = 0.0
    for a in range(rows):
        v += mu[a] * (P[a, 0, 0] + (x[a, 0] - xo[0]) ** 2 + P[a, 1, 1] + (x[a, 1] - xo[1]) ** 2)
    return math.sqrt(0.5 * v)


@bare
def height_sd(mu: F64, x: F64, P: F64, rows: int, xo: F64, row: F64) -> float:
    """A row's 1-sigma [m] upwards; asked only where the sensor has a skyline."""
    if row.shape[0] <= SKYLINE:
        return 0.0
    v = 0.0
    for a in range(rows):
        v += mu[a] * (P[a, 2, 2] + (x[a, 2] - xo[2]) ** 2)
    return math.sqrt(v)


@inner
def candidates(
    now: TrackState, work: Work, params: TrackParams, first: int, last: int
) -> tuple[I64, F64]:
    """Pairs (track, detection) of rows first..last inside the gates with psi over FLOOR.

    -> pair (k, 2) track and detection, sorted by track; weight (k, 2 + q): psi, room for
    the marginal, and each mode's log-likelihood.  Fills work.pd and work.span, each track's
    own pairs, counted from 0.
    """
    q = now.mu.shape[1]
    m = work.z.shape[0]
    cap = 64 + 2 * (last - first) + 3 * m
    pair = np.empty((cap, 2), np.int64)
    weight = np.empty((cap, 2 + q))
    box = np.zeros(5)
    start, order = buckets(work.frame, work.z, work.sd, work.lag, box)
    scratch = room(q, 1)
    at = np.zeros(2, np.int64)
    at[0] = first
    while at[0] < last:  # the room for pairs is doubled when a row finds none left
        _candidates(now, work, params, last, box, start, order, pair, weight, scratch, at)
        if at[0] < last:
            pair = _grown(pair, np.empty((2 * len(pair), 2), np.int64))
            weight = _grown(weight, np.empty((2 * len(weight), 2 + q)))
    return pair[: at[1]], weight[: at[1]]


@bare
def _candidates(
    now: TrackState, work: Work, params: TrackParams, last: int, box: F64, start: I64,
    order: I64, pair: I64, weight: F64, room: Room, at: I64,
) -> None:  # fmt: skip
    """Rows from at[0] on, pairs from at[1] on, while there is room for all detections."""
    q = now.mu.shape[1]
    s, frame, row, pos, rot, look = work.s, work.frame, work.row, work.pos, work.rot, work.look
    z, pd, span = work.z, work.pd, work.span
    win, xo, h, one, cells = room.win, room.xo, room.h, room.one, room.cells
    gate = math.sqrt(params.gate_d2)
    k = at[1]
    for i in range(at[0], last):
        at[0], at[1] = i, k
        if k + z.shape[0] >= len(pair):
            return
        rows = 1 if now.ids[i, HITS] < 2 else q
        span[i, 0] = k
        mu, x, P = now.mu[i], now.x[i], now.P[i]
        spread_m = centre(mu, x, P, rows, xo)
        window(rows, x, P, pos, rot, frame, gate, box, room)
        place_of(xo, pos, rot, h)
        pd[i] = detectability(row, look, xo[2], height_sd(mu, x, P, rows, xo, row), spread_m, h)
        if pd[i] <= 0.0 and not in_coverage(xo, now.table, h):
            share = flying(now.mu[i], params.motion)
            now.r[i] *= math.exp(-work.dt / params.unseen_life_s * share)
        miss = 1.0 - now.r[i] * pd[i] * now.sight[i, s]
        seen = now.r[i] * max(pd[i], 0.1) * now.sight[i, s] / miss
        n_r = bucket_range(win, box, start.shape[0] - 1, frame, cells)
        sectors = (start.shape[0] - 1) // n_r
        for sector in range(cells[0], cells[1]):
            side = (sector % sectors) * n_r  # one sector's range cells lie side by side
            for b in range(start[side + cells[2]], start[side + cells[3]]):
                j = order[b]
                if frame == 0 and outside(z[j], win):
                    continue
                log_g = score(rows, mu, x, P, work, j, params.gate_d2, room)
                if log_g == -math.inf:
                    continue
                w = seen * math.exp(log_g) / work.odds[j, 1]
                who = now.ids[i, IDENTITY]
                if work.identity[j] != 0 and who != 0 and work.identity[j] != who:
                    w *= 1e-6
                if w < FLOOR:
                    continue
                pair[k, 0] = i
                pair[k, 1] = j
                weight[k, 0] = w
                for v in range(rows):
                    weight[k, 2 + v] = one[v]
                k += 1
        span[i, 1] = k
    at[0], at[1] = last, k


@inner
def _grown(a: F64, out: F64) -> F64:
    """The rows of a (k, c) copied to the front of `out`."""
    for i in range(a.shape[0]):
        for c in range(a.shape[1]):
            out[i, c] = a[i, c]
    return out
