"""Which track stood for which thing, at each time: what the measures over time rest on.

In: rows of truth and of tracks at the same times.  Out: for each row of truth the row of
its track.  Does not: bring rows to common times (see `recordings`), or score.

Ref: Bernardin & Stiefelhagen 2008, "Evaluating multiple object tracking performance: the
CLEAR MOT metrics", section 2.1: a pair that still holds is kept, the rest are assigned at
the least total distance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from bartizan.types import B1, F64, I64


class Rows(NamedTuple):
    """Places of things over time, one row a thing and time, in any order.

    t_s (n,) [s]   id (n,) which thing or track   p (n, d) [m] where, any axes
    v (n, d) [m/s] its velocity, P (n, d, d) [m2] the covariance of p: None where unknown
    """

    t_s: F64
    id: I64
    p: F64
    v: F64 | None = None
    P: F64 | None = None


def rows(t_s: object, id: object, p: object, v: object = None, P: object = None) -> Rows:
    """Rows of anything that NumPy makes arrays of.

    Raises ValueError when lengths differ, a time or place is not finite, or a thing has
    two rows at one time.
    """
    t, i, x = np.asarray(t_s, float), np.asarray(id, np.int64), np.asarray(p, float)
    if x.ndim != 2 or not len(t) == len(i) == len(x):
        raise ValueError(f"t_s {t.shape}, id {i.shape}, p {x.shape}: expected (n,), (n,), (n, d)")
    if not (np.isfinite(t).all() and np.isfinite(x).all()):
        raise ValueError("t_s and p: expected finite numbers")
    if len(np.unique(np.stack([t, i.astype(float)]), axis=1).T) < len(t):
        raise ValueError("t_s and id: expected one row a thing and time")
    vel = None if v is None else np.asarray(v, float)
    cov = None if P is None else np.asarray(P, float)
    if vel is not None and vel.shape != x.shape:
        raise ValueError(f"v {vel.shape}: expected {x.shape}")
    if cov is not None and cov.shape != (*x.shape, x.shape[1]):
        raise ValueError(f"P {cov.shape}: expected {(*x.shape, x.shape[1])}")
    return Rows(t, i, x, vel, cov)


def some(of: Rows, keep: B1) -> Rows:
    """The rows at which keep (n,) is true."""
    v = None if of.v is None else of.v[keep]
    return Rows(of.t_s[keep], of.id[keep], of.p[keep], v, None if of.P is None else of.P[keep])


def times(of: Rows) -> dict[float, I64]:
    """Time -> its rows, by time and id."""
    order = np.lexsort((of.id, of.t_s))
    t, first = np.unique(of.t_s[order], return_index=True)
    cut = np.split(order, first[1:]) if len(t) else []
    return {float(a): np.asarray(b, np.int64) for a, b in zip(t, cut, strict=True)}


def things(of: Rows) -> dict[int, I64]:
    """Id -> its rows, by time."""
    order = np.lexsort((of.t_s, of.id))
    i, first = np.unique(of.id[order], return_index=True)
    cut = np.split(order, first[1:]) if len(i) else []
    return {int(a): np.asarray(b, np.int64) for a, b in zip(i, cut, strict=True)}


def side_by_side(truth: Rows, tracks: Rows) -> Iterator[tuple[float, I64, I64, F64]]:
    """At each time of either, in order: (t_s, rows of truth, rows of tracks, distances
    (a, b) [m])."""
    a, b = times(truth), times(tracks)
    none = np.zeros(0, np.int64)
    for t in sorted(a.keys() | b.keys()):
        i, j = a.get(t, none), b.get(t, none)
        yield t, i, j, np.linalg.norm(truth.p[i][:, None, :] - tracks.p[j][None, :, :], axis=2)


def match(truth: Rows, tracks: Rows, gate_m: float) -> I64:
    """For each row of truth (n,) the row of `tracks` that stands for it then, -1 none.

    The track that stood for a thing last keeps it while it is within gate_m (who held it
    more lately comes first); the others are assigned at the least total distance.
    """
    out = np.full(len(truth.t_s), -1, np.int64)
    held: dict[int, tuple[float, int]] = {}  # thing -> when and which track last
    for t, i, j, d in side_by_side(truth, tracks):
        column = {int(k): c for c, k in enumerate(tracks.id[j])}
        taken: set[int] = set()
        free = []
        for row in sorted(
            range(len(i)), key=lambda r: -held.get(int(truth.id[i[r]]), (-np.inf,))[0]
        ):
            c = column.get(held.get(int(truth.id[i[row]]), (t, -1))[1], -1)
            if c >= 0 and c not in taken and d[row, c] <= gate_m:
                taken.add(c)
                out[i[row]] = j[c]
            else:
                free.append(row)
        rest = [c for c in range(len(j)) if c not in taken]
        free.sort()
        for r, c in _nearest(d[np.ix_(free, rest)], gate_m):
            out[i[free[r]]] = j[rest[c]]
        for row in i[out[i] >= 0]:
            held[int(truth.id[row])] = (t, int(tracks.id[out[row]]))
    return out


def _nearest(d: F64, gate_m: float) -> list[tuple[int, int]]:
    """Pairs within gate_m: as many as can be, then of the least total distance."""
    if not d.size:
        return []
    far = 1.0 + gate_m * (1 + min(d.shape))  # dearer than all that are near together
    pairs = zip(*linear_sum_assignment(np.where(d <= gate_m, d, far)), strict=True)
    return [(int(a), int(b)) for a, b in pairs if d[a, b] <= gate_m]
