"""The identity ledger: who says it is who, and whether anything else agrees.

In: a scan's cooperative identities, tracks, `Site.friends`.
Out: names by row, and which declared positions stand alone or contradicted (identity: `settle`).
Does not: raise or lower a threat.  Silence proves nothing: a thing without a radio is
UNKNOWN, never better and never worse.

A declared position is only a claim.  It is contradicted when
  (a) no independent sensor has ever seen the track, though radars looked where it should
      be: the looks' log-odds of a miss add up to `miss_limit`; or
  (b) the same identity is on another track, `APART_M` away, and this one has never been
      seen by an independent sensor, or both have (two things, one name), or neither has.
A plot on it takes HIT off those log-odds; it is seen when none are left.
What has once been seen independently is not contradicted by later misses: a friend that
lands drops below the radar every time.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from bartizan.picture.state import PictureParams, PictureState
from bartizan.sensing import look_probability
from bartizan.terrain import sight
from bartizan.types import (
    B1,
    F64,
    I64,
    Association,
    Scan,
    SensorKind,
    Site,
    Tracks,
)
from bartizan.units import NS_PER_S

INDEPENDENT = (int(SensorKind.RADAR), int(SensorKind.CAMERA), int(SensorKind.ACOUSTIC))
COOPERATIVE = (int(SensorKind.ADSB), int(SensorKind.REMOTE_ID))
APART_M = 500.0  # two tracks this near may be one thing twice; assumed
TWICE_S = 10.0  # one name on two tracks within this time is twice; assumed
HIT = 3.0  # log-odds that a plot on a claim takes off its misses: it may be a stray one; assumed
KEEP_KEY_S = 5.0  # a track keeps its name against another so long after hearing it; assumed
PILOT_NS = 60 * NS_PER_S  # a pilot's place said longer ago is not kept; assumed


def hear(
    state: PictureState, scan: Scan, tracks: Tracks, at: I64, row: I64, site: Site,
    params: PictureParams,
) -> PictureState:  # fmt: skip
    """Enter this scan's identities and independent detections; -> state with new names.

    at (n,) row of the state of each track   row (m,) of each detection, -1 none.
    Writes to the state's arrays.
    """
    kind = int(site.sensors.kind[scan.sensor])
    if kind in INDEPENDENT:
        _support(state, row[row >= 0], scan.t_ns)
        if kind == SensorKind.RADAR and scan.look[3] > 0.0:
            _count_misses(state, scan, tracks, np.setdiff1d(at, row), at, site, params)
    for j in np.flatnonzero((scan.identity != 0) & (row >= 0)).tolist():
        _name(state, int(row[j]), int(scan.identity[j]), kind, scan.t_ns)
    for i in np.flatnonzero((state.key[at] == 0) & (tracks.identity != 0)).tolist():
        heard = [k for k in COOPERATIVE if _heard_by(int(tracks.sensors[i]), k, site)]
        by = heard[0] if heard else int(SensorKind.RADAR)
        _name(state, int(at[i]), int(tracks.identity[i]), by, int(tracks.seen_ns[i]))
    state = _pilots(state, scan)
    if not scan.names:
        return state
    known = dict(state.names)
    if all(known.get(key) == text for key, text in scan.names):
        return state
    names = tuple(sorted((known | dict(scan.names)).items()))
    wanted = {text.strip().casefold() for text in site.friends}
    friends = tuple(key for key, text in names if text.strip().casefold() in wanted)
    return state._replace(names=names, friends=friends)


def _pilots(state: PictureState, scan: Scan) -> PictureState:
    """The latest place of each drone's pilot, as long as it is not old."""
    old = bool(state.pilots) and scan.t_ns - min(p.t_ns for p in state.pilots) > PILOT_NS
    if not scan.pilots and not old:
        return state
    latest = {p.identity: p for p in (*state.pilots, *scan.pilots)}
    kept = (p for _, p in sorted(latest.items()) if scan.t_ns - p.t_ns <= PILOT_NS)
    return state._replace(pilots=tuple(kept))


def objects(scan: Scan, assoc: Association, params: PictureParams) -> tuple[tuple[int, str], ...]:
    """(label, the sender's own id) of each detection that went to a track."""
    rows = zip(scan.objects, assoc.label.tolist(), assoc.p.tolist(), strict=False)
    return tuple((k, name) for name, k, p in rows if k and p >= params.associated)


def _heard_by(bits: int, kind: int, site: Site) -> bool:
    return any(bits >> s & 1 for s in np.flatnonzero(site.sensors.kind == kind).tolist())


def _name(state: PictureState, i: int, key: int, kind: int, t_ns: int) -> None:
    """Row i was heard as `key`; a name heard a moment ago stands against another."""
    held = state.key[i] not in (0, key)
    if held and t_ns - state.key_ns[i] <= KEEP_KEY_S * NS_PER_S:
        return
    state.key[i] = key
    state.kind[i] = kind
    state.key_ns[i] = max(int(state.key_ns[i]), t_ns)


def _support(state: PictureState, rows: I64, t_ns: int) -> None:
    """An independent sensor's plots support what is there; a claim only when they outweigh misses.

    So that one stray plot beside a claim that radars have looked for in vain does not make it true.
    """
    state.miss[rows] = np.maximum(state.miss[rows] - HIT, 0.0)
    known = (state.key[rows] == 0) | (state.support_ns[rows] > 0) | (state.miss[rows] <= 0.0)
    state.support_ns[rows[known]] = t_ns


def _count_misses(
    state: PictureState, scan: Scan, tracks: Tracks, missed: I64, at: I64, site: Site,
    params: PictureParams,
) -> None:  # fmt: skip
    """Add this radar look's log-odds of a miss to claims that nothing has yet supported.

    missed: rows of the state that got no plot
    """
    open_ = (state.key[at] != 0) & (state.support_ns[at] == 0) & np.isin(at, missed)
    alone = np.flatnonzero(open_)
    if len(alone) == 0:
        return
    s = site.sensors
    d = (tracks.x[alone, :3] - s.pos[scan.sensor]) @ s.rot[scan.sensor].T
    r = np.sqrt((d * d).sum(axis=1))
    v = tracks.x[alone, 3:] @ s.rot[scan.sensor].T
    skyline, far = sight.of_sensor(s.skyline, scan.sensor), float(s.look[scan.sensor, 1])
    up_sd = np.sqrt(tracks.P[alone, 2, 2])
    for k, i in enumerate(alone.tolist()):
        if r[k] <= 0.0:
            continue
        az, el = math.atan2(d[k, 0], d[k, 1]), math.atan2(d[k, 2], math.hypot(d[k, 0], d[k, 1]))
        p = params.miss_weight * look_probability(
            int(s.kind[scan.sensor]), s.pd[scan.sensor], scan.look, float(r[k]), az, el,
            float((d[k] * v[k]).sum() / r[k]), float(tracks.x[i, 2]),
        )  # fmt: skip
        if len(skyline):
            p *= sight.clear(skyline, far, float(r[k]), az, el, float(up_sd[k]))
        more = state.miss[at[i]] - math.log1p(-min(p, params.pd_max))
        state.miss[at[i]] = min(more, params.miss_limit)


def contradict(state: PictureState, tracks: Tracks, at: I64, params: PictureParams) -> None:
    """Mark which declared positions stand alone or against another; writes to the state."""
    key, seen = state.key[at], state.support_ns[at] > 0
    if not key.any():
        state.contradicted[at] = False
        return
    out = (key != 0) & ~seen & ((state.miss[at] >= params.miss_limit) | state.contradicted[at])
    recent = (key != 0) & (tracks.t_ns - state.key_ns[at] <= TWICE_S * NS_PER_S)
    names = sorted(key[recent].tolist())
    for name in sorted({a for a, b in pairwise(names) if a == b}):
        out[_twice(np.flatnonzero(recent & (key == name)), tracks.x, seen)] = True
    state.contradicted[at] = out


def _twice(rows: I64, x: F64, seen: B1) -> I64:
    """Of the tracks `rows` with one name, those whose claim does not stand."""
    p = x[rows, :2]
    apart = np.hypot(*(p[:, None] - p[None, :]).transpose(2, 0, 1)).max()
    if apart < APART_M:
        return rows[:0]
    return rows[~seen[rows]] if seen[rows].sum() == 1 else rows
