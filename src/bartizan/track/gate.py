"""Which detections may belong to which track: an azimuth x range bucket grid.

In: predicted tracks, a scan's detections.  Out: candidate pairs with their likelihoods.
Does not: decide (see `associate`).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.frames import wrap
from bartizan.jit import bare, inner
from bartizan.track.measure import (
    compare,
    innovation,
    is_bent,
    log_likelihood,
    measured,
    predicted_measurement,
    spread_of,
    unscented,
)
from bartizan.track.state import Room, Work
from bartizan.types import F64, I64

TWO_PI = 2.0 * math.pi


@inner
def buckets(frame: int, z: F64, sd: F64, lag: F64, box: F64) -> tuple[I64, I64]:
    """Detections sorted into azimuth x range cells (counting sort) -> start, order.

    box (5,) gets the largest range, azimuth and range noise, lag, and elevation noise.  A Cartesian scan
    is one cell; one with a detection without range has one range row, and box[0] = 0.
    """
    m = z.shape[0]
    n_az = min(max(int(2.0 * math.sqrt(m)), 4), 128) if frame == 0 else 1
    ranged = frame == 0
    for j in range(m):
        box[3] = max(box[3], lag[j])
        if frame == 0:
            if math.isnan(z[j, 0]):
                ranged = False
            else:
                box[0] = max(box[0], z[j, 0] * 1.000001)
                box[2] = max(box[2], sd[j, 0])
            if not math.isnan(z[j, 1]):
                box[1] = max(box[1], sd[j, 1])
            if not math.isnan(z[j, 2]):
                box[4] = max(box[4], sd[j, 2])
    if not ranged:
        box[0] = 0.0
    n_r = n_az if box[0] > 0.0 else 1
    where = np.empty(m, np.int64)
    start = np.zeros(n_az * n_r + 1, np.int64)
    for j in range(m):
        a = 0
        b = 0
        if frame == 0 and not math.isnan(z[j, 1]):
            a = min(int((z[j, 1] % TWO_PI) / TWO_PI * n_az), n_az - 1)
        if n_r > 1:
            b = min(int(z[j, 0] / box[0] * n_r), n_r - 1)
        where[j] = a * n_r + b
        start[where[j] + 1] += 1
    for c in range(n_az * n_r):
        start[c + 1] += start[c]
    fill = start.copy()
    order = np.empty(m, np.int64)
    for j in range(m):
        order[fill[where[j]]] = j
        fill[where[j]] += 1
    return start, order


@bare
def bucket_range(win: F64, box: F64, cells: int, frame: int, out: I64) -> int:
    """Cells that a window meets: out = azimuth from, to (may pass a turn), range from, to.

    cells: how many there are in all -> how many range rows.
    """
    n_az = cells
    n_r = 1
    if box[0] > 0.0:
        n_az = int(math.sqrt(cells) + 0.5)
        n_r = n_az
    out[0] = 0
    out[1] = n_az
    out[2] = 0
    out[3] = n_r
    if frame == 0 and win[1] < math.pi:
        out[0] = math.floor((win[0] - win[1]) / TWO_PI * n_az)
        out[1] = min(math.floor((win[0] + win[1]) / TWO_PI * n_az) + 1, out[0] + n_az)
    if n_r > 1:
        out[2] = max(int(win[2] / box[0] * n_r), 0)
        out[3] = max(min(int(win[3] / box[0] * n_r) + 1, n_r), out[2])
    return n_r


@bare
def window(
    q: int, x: F64, P: F64, pos: F64, rot: F64, frame: int, gate: float, box: F64, room: Room
) -> None:
    """Where a track's q modes may be seen in: room.win = az, half, range from, to,
    elevation from, to.

    The union over the modes of their gates; a half over pi is all round.  box: `buckets`.
    room.hs, room.Ss get each mode's expected measurement and the spread H P H' of it
    (unscented where the world bends), which all detections of the scan share.
    """
    hs, Ss, H, out = room.hs, room.Ss, room.H, room.win
    sd_az, sd_r, lag_s = box[1], box[2], box[3]
    cross = H  # unscented's cross-covariance is of no use here
    az0 = 0.0
    lo, low = math.inf, math.inf
    hi, high = -math.inf, -math.inf
    half = 0.0
    for m in range(q):
        predicted_measurement(x[m], pos, rot, frame, 0.0, hs[m], H)
        if frame == 1:
            for a in range(6):
                for b in range(6):
                    Ss[m, a, b] = P[m, a, b]
            continue
        if not is_bent(x[m], P[m], pos, sd_r if sd_r > 0.0 else math.nan) or not unscented(
            x[m], P[m], pos, rot, 0.0, H, hs[m], Ss[m], cross
        ):
            spread_of(P[m], H, Ss[m])
        r, az, el = hs[m, 0], hs[m, 1], hs[m, 2]
        dr = gate * math.sqrt(Ss[m, 0, 0] + sd_r * sd_r)
        da = gate * math.sqrt(Ss[m, 1, 1] + sd_az * sd_az)
        de = gate * math.sqrt(Ss[m, 2, 2] + box[4] * box[4])
        spread = gate * math.sqrt(P[m, 0, 0] + P[m, 1, 1] + P[m, 2, 2])
        if lag_s > 0.0:
            speed = math.sqrt(x[m, 3] ** 2 + x[m, 4] ** 2 + x[m, 5] ** 2) * lag_s
            dr += speed
            da += speed / max(r, 1.0)
            de += speed / max(r, 1.0)
            spread += speed
        if spread > 0.7 * r * math.cos(el):  # near or over the sensor azimuth means nothing
            da = math.pi
            de = math.pi
            dr = max(dr, spread + gate * sd_r)
        if m == 0:
            az0 = az
        half = max(half, abs(wrap(az - az0)) + da)
        lo = min(lo, r - dr)
        hi = max(hi, r + dr)
        low = min(low, el - de)
        high = max(high, el + de)
    out[0] = az0
    out[1] = half
    out[2] = lo
    out[3] = hi
    out[4] = low
    out[5] = high


@bare
def outside(z: F64, win: F64) -> bool:
    """Whether a detection is outside a track's window in any column that it measures.

    The window holds every mode's gate ellipsoid, so nothing that would pass is lost.
    """
    if z[0] < win[2] or z[0] > win[3] or z[2] < win[4] or z[2] > win[5]:
        return True  # NaN compares false: a column that is not measured does not decide
    return bool(win[1] < math.pi and abs(wrap(z[1] - win[0])) > win[1])


@bare
def score(q: int, mu: F64, x: F64, P: F64, work: Work, j: int, gate_d2: float, room: Room) -> float:
    """Log-likelihood of detection j under a track's q modes, -inf outside every gate.

    room.one gets each mode's own log-likelihood; room.hs, Ss are from `window`, used where
    the detection is of the track's own time.
    """
    frame, lag_s, z, sd = work.frame, work.lag[j], work.z[j], work.sd[j]
    use, lik = room.use, room.one
    k = measured(z, use)
    best = -math.inf
    inside = False
    for m in range(q):
        if lag_s == 0.0:
            compare(room.hs[m], room.Ss[m], frame, z, sd, use, k, room.out)
        else:
            innovation(
                x[m], P[m], work.pos, work.rot, frame, lag_s, z, sd, use, k, room.h, room.H,
                room.out,
            )  # fmt: skip
        lik[m], d2 = log_likelihood(room.out, k)
        if d2 < gate_d2:
            inside = True
        best = max(best, lik[m])
    if not inside or best == -math.inf:
        return -math.inf
    if q == 1:
        return float(lik[0])
    s = 0.0
    for m in range(q):
        s += mu[m] * math.exp(lik[m] - best)
    return float(best + math.log(s)) if s > 0.0 else -math.inf
