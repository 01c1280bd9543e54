"""Registration: what each sensor adds to range, azimuth, elevation and time.

In: scans, which track each detection went to, the tracks.  Out: an estimate of every
sensor's bias with its uncertainty.  Does not: apply one; a person accepts it.

Two sensors that see one track give comparisons: the place from the one that has range and
azimuth, carried to the other's time, against what the other measured.  Each is linear in
the biases of both,

    r = z_o - h_o(p) = b_o - H D b_p + H v (tau_p - tau_o) + noise,

with h_o, H the other's measurement and its derivative by place, D the derivative of the
place by range, azimuth and elevation, v the track's velocity, tau the clocks' lead.  All are
solved together by weighted least squares with a Gaussian prior, re-weighted after Huber
1964 since wild bearings are common.  A sensor that reports its own tracks errs alike for
many turns: the variance of a pair of sensors is inflated by (1 + c) / (1 - c), c the
correlation of one comparison with the next (Bartlett 1946), and by how much wider than
declared they scatter.
Ref: Lin, Bar-Shalom & Kirubarajan 2004 (multisensor bias estimation), here without their
local tracks' gains, which sensors do not report.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bartizan.frames import spherical_jacobian, wrap
from bartizan.track.state import BIAS
from bartizan.types import (
    F64,
    I64,
    Act,
    Association,
    Frame,
    Registration,
    RegistrationNews,
    Scan,
    Sensors,
    Tracks,
)
from bartizan.units import NS_PER_S

NS = 1e-9


class RegistrationParams(NamedTuple):
    """Settings; all assumed.

    prior_m, prior_rad (radar, camera; direction finder, array), prior_s  1-sigma of a bias
    before anything is seen   near_s  two detections this far apart in time are compared
    every_s  at most one comparison a track and pair of sensors in this time   most  pairs
    compared of one scan   sure  least probability that a detection is the track's   keep
    comparisons kept, the latest
    solve_s  time between two estimates   least  comparisons that an estimate needs
    huber  in sigma: beyond, a comparison counts less   significant  in sigma: a bias over
    this is offered   recent, jump  a median of so many latest comparisons off by so many
    of its sigma, and by 2 of a single one's, is a jump   manoeuvre_mps2  what a track may do between the two times
    """

    prior_m: float = 30.0
    prior_rad: tuple[float, float] = (math.radians(3.0), math.radians(6.0))
    prior_s: float = 1.0
    near_s: float = 3.0
    every_s: float = 1.0
    most: int = 24
    sure: float = 0.8
    keep: int = 3000
    solve_s: float = 10.0
    least: int = 20
    huber: float = 1.5
    significant: float = 5.0
    recent: int = 15
    jump: float = 5.0
    manoeuvre_mps2: float = 3.0


class RegistrationState(NamedTuple):
    """Last detections by track and sensor, and the comparisons made of them.

    key (k, 2) label and sensor   at_ns (k,)   z (k, 6), sd (k, 6) accepted bias taken off
    pair (n, 3) observing sensor, placing sensor, column   when_ns (n,)
    rows (n, 10) residual, variance, then its derivative by range, azimuth, elevation, time
    of the observing sensor and of the placing sensor
    solved_ns  time of the last estimate   last  that estimate
    """

    key: I64
    at_ns: I64
    z: F64
    sd: F64
    pair: I64
    when_ns: I64
    rows: F64
    solved_ns: int
    last: Registration


def nothing(n: int) -> Registration:
    """The estimate before any comparison, for n sensors."""
    return Registration(
        np.zeros((n, 4)), np.full((n, 4), np.inf), np.zeros(n, np.int64), np.full(n, np.nan),
        np.full(n, np.nan), np.zeros(n, np.bool_), np.zeros(n, np.bool_), np.zeros((n, 3)),
        np.zeros(n, np.int64),
    )  # fmt: skip


def start(sensors: Sensors) -> RegistrationState:
    """Nothing compared yet."""
    e6, e = np.zeros((0, 6)), np.zeros(0, np.int64)
    return RegistrationState(
        np.zeros((0, 2), np.int64), e, e6, e6, np.zeros((0, 3), np.int64), e, np.zeros((0, 10)),
        0, nothing(len(sensors.kind)),
    )  # fmt: skip


def step(
    state: RegistrationState, scan: Scan, tracks: Tracks, found: Association, table: F64,
    params: RegistrationParams,
) -> tuple[RegistrationState, Registration | None]:  # fmt: skip
    """One scan on -> the next state, and an estimate where a new one is due.

    tracks: those shown after the scan   table (s, 35) of the tracker's state, for the
    accepted bias in force
    """
    sure = (found.label > 0) & (found.p >= params.sure)
    if not sure.any() or len(table) < 2:
        return state, None
    fresh: list[tuple[tuple[int, int, int], int, F64]] = []
    keys = [(int(a), int(b)) for a, b in state.key]
    at, zs, sds = state.at_ns.tolist(), list(state.z), list(state.sd)
    where = {key: k for k, key in enumerate(keys)}
    of: dict[int, list[int]] = {}
    for k, (label, _) in enumerate(keys):
        of.setdefault(label, []).append(k)
    chosen, compared = np.flatnonzero(sure), 0
    if len(chosen) > params.most:  # others' turn each second
        chosen = np.roll(chosen, -(scan.t_ns // NS_PER_S * params.most % len(chosen)))
    for j in chosen:
        row = np.searchsorted(tracks.label, found.label[j])
        if row == len(tracks.label) or tracks.label[row] != found.label[j]:
            continue
        mine = _Seen(scan.sensor, int(scan.t_det_ns[j]), _plain(scan, int(j), table), scan.sd[j])
        label = int(found.label[j])
        same = where.get((label, scan.sensor))
        if same is not None and mine.t_ns - at[same] < params.every_s / NS:
            continue
        for k in of.get(label, ()) if compared < params.most else ():
            if keys[k][1] != scan.sensor:
                other = _Seen(keys[k][1], at[k], zs[k], sds[k])
                if abs(mine.t_ns - other.t_ns) <= params.near_s / NS:
                    fresh += _compared(mine, other, tracks.x[row], table, params)
                    compared += 1
        if same is not None:
            at[same], zs[same], sds[same] = mine.t_ns, mine.z, mine.sd
        else:
            where[label, scan.sensor] = len(keys)
            of.setdefault(label, []).append(len(keys))
            keys.append((label, scan.sensor))
            at.append(mine.t_ns)
            zs.append(mine.z)
            sds.append(mine.sd)
    kept = [k for k in range(len(keys)) if scan.t_ns - at[k] <= params.near_s / NS]
    state = state._replace(
        key=np.array([keys[k] for k in kept], np.int64).reshape(-1, 2),
        at_ns=np.array([at[k] for k in kept], np.int64),
        z=np.array([zs[k] for k in kept]).reshape(-1, 6),
        sd=np.array([sds[k] for k in kept]).reshape(-1, 6),
    )
    if fresh:
        state = _kept(state, fresh, params.keep)
    if len(state.rows) < params.least or scan.t_ns - state.solved_ns < params.solve_s / NS:
        return state, None
    last = solve(state, table, params)
    was = state.last
    news = np.where(last.offered & ~was.offered, int(RegistrationNews.OFFERED), 0)
    news = np.where(last.jumped & ~was.jumped, int(RegistrationNews.JUMPED), news)
    last = last._replace(news=news.astype(np.int64), accepted=was.accepted)
    return state._replace(solved_ns=scan.t_ns, last=last), last


def accept(
    state: RegistrationState, table: F64, acts: tuple[Act, ...]
) -> tuple[RegistrationState, F64, Registration | None]:
    """People's acts "register": what is offered is taken off from now on.

    -> the next state, the tracker's table (s, 35) with the new bias, what came of it (None
    without such an act).  An act needs a name, and a sensor with an offer.  A clock's lead
    is not taken off here: it is a setting of the feed.
    """
    mine = [a for a in acts if a.verb == "register"]
    if not mine:
        return state, table, None
    last = state.last._replace(news=np.zeros(len(table), np.int64))
    for act in mine:
        s = act.subject
        if not 0 <= s < len(table):
            continue
        if not act.who.strip() or not last.offered[s]:
            last.news[s] = int(RegistrationNews.REFUSED)
            continue
        table = table.copy()
        table[s, BIAS : BIAS + 3] += last.bias[s, :3]
        accepted, bias, offered = last.accepted.copy(), last.bias.copy(), last.offered.copy()
        accepted[s] += bias[s, :3]
        bias[s], offered[s] = 0.0, False
        last.news[s] = int(RegistrationNews.ACCEPTED)
        last = last._replace(accepted=accepted, bias=bias, offered=offered)
        others = (state.pair[:, :2] != s).all(axis=1)
        state = state._replace(
            pair=state.pair[others], when_ns=state.when_ns[others], rows=state.rows[others]
        )
    return state._replace(last=last), table, last


class _Seen(NamedTuple):
    """One detection of a track: its sensor, time and measurement."""

    sensor: int
    t_ns: int
    z: F64
    sd: F64


def _plain(scan: Scan, j: int, table: F64) -> F64:
    """The measurement less the accepted bias."""
    z: F64 = scan.z[j].copy()
    if scan.frame == Frame.SPHERICAL:
        z[:3] -= table[scan.sensor, BIAS : BIAS + 3]
    return z


def _kept(
    state: RegistrationState, fresh: list[tuple[tuple[int, int, int], int, F64]], keep: int
) -> RegistrationState:
    return state._replace(
        pair=np.concatenate([state.pair, [f[0] for f in fresh]])[-keep:],
        when_ns=np.concatenate([state.when_ns, [f[1] for f in fresh]])[-keep:],
        rows=np.concatenate([state.rows, [f[2] for f in fresh]])[-keep:],
    )


def _cooperative(table: F64, s: int) -> bool:
    return bool(table[s, 0] >= 4.0)


def _compared(
    a: _Seen, b: _Seen, x: F64, table: F64, params: RegistrationParams
) -> list[tuple[tuple[int, int, int], int, F64]]:
    """The comparisons that two sensors' detections of one track x (6,) give.

    The more certain place is compared with what the other measured.
    """
    places = [s for s in (a, b) if _cooperative(table, s.sensor) or not np.isnan(s.z[:2]).any()]
    if not places:
        return []
    places.sort(key=lambda s: (not _cooperative(table, s.sensor), table[s.sensor, 0], s.sensor))
    p = places[0]
    o = b if p is a else a
    if _cooperative(table, o.sensor):
        return []
    where, D, spread = _place(p, x, table)
    dt = (o.t_ns - p.t_ns) * NS
    at = np.concatenate([where + dt * x[3:], x[3:]])
    spread = spread + np.eye(3) * (0.5 * params.manoeuvre_mps2 * dt * dt) ** 2
    h, H = np.empty(6), np.zeros((6, 6))
    row = table[o.sensor]
    if not spherical_jacobian(at, row[1:4], row[4:13].reshape(3, 3), h, H):
        return []
    out = []
    for c in range(3):
        if np.isnan(o.z[c]) or (c == 2 and np.isnan(p.z[2])):
            continue
        r = o.z[c] - h[c]
        numbers = np.zeros(10)
        numbers[0] = wrap(r) if c == 1 else r
        numbers[1] = o.sd[c] ** 2 + H[c, :3] @ spread @ H[c, :3]
        numbers[2 + c] = 1.0
        numbers[6:9] = -H[c, :3] @ D
        numbers[5], numbers[9] = -H[c, :3] @ x[3:], H[c, :3] @ x[3:]
        out.append(((o.sensor, p.sensor, c), max(o.t_ns, p.t_ns), numbers))
    return out


def _place(p: _Seen, x: F64, table: F64) -> tuple[F64, F64, F64]:
    """Place (3,), its derivative (3, 3) by range, azimuth, elevation, covariance (3, 3).

    A height that is not measured is the track's.
    """
    if _cooperative(table, p.sensor):
        where = np.where(np.isnan(p.z[:3]), x[:3], p.z[:3])
        sd = np.where(np.isnan(p.sd[:3]), 50.0, p.sd[:3])
        return where, np.zeros((3, 3)), np.diag(sd**2)
    pos, rot = table[p.sensor, 1:4], table[p.sensor, 4:13].reshape(3, 3)
    r, az, el = p.z[:3]
    sd = p.sd[:3].copy()
    if math.isnan(el):
        u = float((rot @ (x[:3] - pos))[2])
        el, sd[2] = math.asin(min(max(u / r, -1.0), 1.0)), 0.1
    ce, se, ca, sa = math.cos(el), math.sin(el), math.cos(az), math.sin(az)
    own = r * np.array([ce * sa, ce * ca, se])
    J = np.array([
        [ce * sa, r * ce * ca, -r * se * sa],
        [ce * ca, -r * ce * sa, -r * se * ca],
        [se, 0.0, r * ce],
    ])  # fmt: skip
    D = rot.T @ J
    return pos + rot.T @ own, D, D @ np.diag(sd**2) @ D.T


def priors(table: F64, params: RegistrationParams) -> F64:
    """1-sigma (s, 4) of each sensor's bias before anything is seen; 0: it has none."""
    out = np.zeros((len(table), 4))
    for s, kind in enumerate(table[:, 0]):
        if kind < 4.0:
            angle = params.prior_rad[1 if kind >= 2.0 else 0]
            out[s] = params.prior_m if kind == 0.0 else 0.0, angle, angle, params.prior_s
    return out


def solve(state: RegistrationState, table: F64, params: RegistrationParams) -> Registration:
    """All biases from all comparisons kept."""
    n = len(table)
    sd0 = priors(table, params).ravel()
    free = sd0 > 0.0
    A = np.zeros((len(state.rows), 4 * n))
    k = np.arange(len(state.rows))
    for c in range(4):
        A[k, 4 * state.pair[:, 0] + c] += state.rows[:, 2 + c]
        A[k, 4 * state.pair[:, 1] + c] += state.rows[:, 6 + c]
    A = A[:, free]
    r, sd = state.rows[:, 0], np.sqrt(state.rows[:, 1])
    code = (state.pair[:, 0] * n + state.pair[:, 1]) * 3 + state.pair[:, 2]
    prior = np.diag(sd0[free] ** -2.0)
    b = np.zeros(A.shape[1])
    weight = np.ones(len(r))
    for _ in range(10):
        off = (r - A @ b) / sd
        stretch = np.ones(len(r))
        for one in np.unique(code):
            mine = code == one
            stretch[mine] = _stretch(off[mine])
        far = np.abs(off) / np.sqrt(stretch)
        weight = np.minimum(1.0, params.huber / np.maximum(far, 1e-12)) / stretch
        W = weight / sd**2
        cov = np.linalg.inv(A.T @ (A * W[:, None]) + prior)
        after = cov @ (A.T @ (W * r))
        done = np.abs(after - b).max(initial=0.0) < 1e-9
        b = after
        if done:
            break
    bias, sigma = np.zeros(4 * n), np.zeros(4 * n)
    bias[free], sigma[free] = b, np.sqrt(np.diag(cov))
    fits = (r / sd, (r - A @ b) / sd)
    return _report(state, bias.reshape(n, 4), sigma.reshape(n, 4), *fits, params)


def _stretch(off: F64) -> float:
    """By how much the variance of standardised, time-ordered comparisons is inflated."""
    scale = max(1.4826 * float(np.median(np.abs(off))), 1.0) ** 2
    clipped = np.clip(off, -3.0 * math.sqrt(scale), 3.0 * math.sqrt(scale))
    power = float(clipped @ clipped)
    if len(off) < 3 or power <= 0.0:
        return scale
    c = min(max(float(clipped[1:] @ clipped[:-1]) / power, 0.0), 0.95)
    return scale * (1.0 + c) / (1.0 - c)


def _report(
    state: RegistrationState, bias: F64, sigma: F64, before: F64, after: F64,
    params: RegistrationParams,
) -> Registration:  # fmt: skip
    """The estimate as it is shown: how well it fits, what is offered, what has jumped."""
    n = len(bias)
    count = np.zeros(n, np.int64)
    was, now = np.full(n, np.nan), np.full(n, np.nan)
    jumped = np.zeros(n, np.bool_)
    for s in range(n):
        mine = (state.pair[:, :2] == s).any(axis=1)
        azimuths = mine & (state.pair[:, 2] == 1)
        count[s] = mine.sum()
        if azimuths.any():
            was[s], now[s] = np.median(np.abs(before[azimuths])), np.median(np.abs(after[azimuths]))
        if azimuths.sum() >= 4 * params.recent:
            turn = np.where(state.pair[:, 0] == s, state.rows[:, 3], state.rows[:, 7])
            off = (after * np.sign(turn))[azimuths]
            late = abs(float(np.median(off[-params.recent :])))
            wide = math.sqrt(_stretch(off) / params.recent)  # errors that last count as few
            jumped[s] = late > max(params.jump * 1.2533 * wide, 2.0)
    offered = (np.abs(bias) > params.significant * np.maximum(sigma, 1e-12)).any(axis=1)
    offered &= count >= params.least
    zero = np.zeros((n, 3))
    return Registration(bias, sigma, count, was, now, offered, jumped, zero, np.zeros(n, np.int64))


def said(r: Registration, names: tuple[str, ...]) -> dict[str, dict[str, float | bool | None]]:
    """The estimate by sensor, in the units that people use; None where nothing is known."""
    out: dict[str, dict[str, float | bool | None]] = {}
    factors = (1.0, 180.0 / math.pi, 180.0 / math.pi, 1.0)
    for s, name in enumerate(names):
        one: dict[str, float | bool | None] = {}
        for c, what in enumerate(("range_m", "azimuth_deg", "elevation_deg", "clock_s")):
            known = 0.0 < r.sd[s, c] < math.inf
            one[what] = round(float(r.bias[s, c] * factors[c]), 3) if known else None
            one[f"{what}_sd"] = round(float(r.sd[s, c] * factors[c]), 3) if known else None
        one["compared"] = int(r.compared[s])
        for what, number in (("before_sigma", r.before[s]), ("after_sigma", r.after[s])):
            one[what] = None if math.isnan(number) else round(float(number), 2)
        one["offered"] = bool(r.offered[s])
        out[name] = one
    return out
