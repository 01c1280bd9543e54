"""How far a set of tracks is from the set of paths that were flown: labels count.

In: rows of truth and of tracks at the same times, a cut-off.  Out: one distance, and for
trajectory GOSPA its four parts.  Does not: look at one time alone (see `gospa`).

Ref: Garcia-Fernandez, Rahmathullah, Svensson 2020, "A metric on the space of finite sets
of trajectories for evaluation of multi-target tracking algorithms", IEEE Trans. Signal
Processing 68 (trajectory GOSPA, in its linear-programming form).  Beard, Vo, Vo 2020, "A
solution for large-scale multi-object tracking", IEEE Trans. Signal Processing 68, and 2017,
"OSPA(2): using the OSPA metric to evaluate multi-target tracking performance", ICCAIS.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, vstack

from bartizan.evaluate.matching import Rows, side_by_side, some, things
from bartizan.types import F64, I64


class TrajectoryGospa(NamedTuple):
    """The distance [m] over all times and what it is made of.

    distance_m ** p = localisation + missed + false + switch, each [m**p]
    n_missed, n_false: thing-times without a track, track-times without a thing
    n_switch: changes of label (a half: from a track to none, or back)
    """

    distance_m: float
    localisation: float
    missed: float
    false: float
    switch: float
    n_missed: float
    n_false: float
    n_switch: float


def trajectory_gospa(
    truth: Rows, tracks: Rows, cutoff_m: float, switch_m: float, p: float = 2.0
) -> TrajectoryGospa:
    """Trajectory GOSPA: GOSPA (alpha 2) summed over time, and switch_m ** p a label change.

    A half of cutoff_m ** p for each thing or track left over at a time, as in `gospa`;
    switch_m = 0 gives the sum of `gospa` ** p over the times.  Counts may be fractions
    where two assignments are equally good.  Pairs that never come within cutoff_m, and
    times without a near pair, are left out of the programme: they change nothing.
    Raises ValueError when cutoff_m is not over 0, switch_m is under 0 or p under 1.
    """
    if not (cutoff_m > 0.0 and switch_m >= 0.0 and p >= 1.0):
        raise ValueError(
            f"cutoff_m {cutoff_m}, switch_m {switch_m}, p {p}: expected over 0, 0 or more, 1 or more"
        )
    step, thing, label, d = _near(truth, tracks, cutoff_m)
    each = 0.5 * cutoff_m**p
    w, jumps = _assigned(step, thing, label, d**p - 2.0 * each, 0.5 * switch_m**p)
    held = float(w.sum())
    localisation, switch = float(w @ d**p), 0.5 * switch_m**p * jumps
    n_missed, n_false = len(truth.t_s) - held, len(tracks.t_s) - held
    total = localisation + each * (n_missed + n_false) + switch
    return TrajectoryGospa(
        max(total, 0.0) ** (1.0 / p), localisation, each * n_missed, each * n_false, switch,
        n_missed, n_false, 0.5 * jumps,
    )  # fmt: skip


def _near(truth: Rows, tracks: Rows, cutoff_m: float) -> tuple[I64, I64, I64, F64]:
    """Pairs nearer than cutoff_m: (step among those that have any, thing, label, distance)."""
    found: list[tuple[int, int, int, float]] = []
    step = 0
    for _, i, j, d in side_by_side(truth, tracks):
        a, b = np.nonzero(d < cutoff_m)
        found += [(step, int(truth.id[i[x]]), int(tracks.id[j[y]]), float(d[x, y]))
                  for x, y in zip(a, b, strict=True)]  # fmt: skip
        step += bool(len(a))
    whole = np.array([f[:3] for f in found], np.int64).reshape(-1, 3)
    return whole[:, 0], whole[:, 1], whole[:, 2], np.array([f[3] for f in found])


def _assigned(step: I64, thing: I64, label: I64, gain: F64, jump: float) -> tuple[F64, float]:
    """How far each near pair is assigned (k,) in 0..1, and the summed change of weights.

    The linear programme of the paper with the rows and columns of "none" put in: at each
    step each thing and each label has at most weight 1 in all pairs, near or not (a pair
    may be kept while one of the two is absent); `jump` is paid per change of a weight.
    """
    if not len(step):
        return np.zeros(0), 0.0
    pair, of = np.unique(np.stack([thing, label], axis=1), axis=0, return_inverse=True)
    steps, n = int(step[-1]) + 1, len(pair)
    at = step * n + of.ravel()
    cost = np.zeros(steps * n)
    cost[at] = gain
    every = np.arange(steps * n)
    once = []
    for side in (0, 1):
        _, who = np.unique(pair[:, side], return_inverse=True)
        row = np.repeat(np.arange(steps), n) * n + np.tile(who.ravel(), steps)
        once.append(coo_array((np.ones(steps * n), (row, every)), shape=(steps * n, steps * n)))
    m = (steps - 1) * n
    # weights, then the rise and the fall of each between steps: w' - w = rise - fall
    row = np.tile(np.arange(m), 4)
    column = np.concatenate([every[n:], every[:m], steps * n + np.arange(2 * m)])
    sign = np.repeat([1.0, -1.0, -1.0, 1.0], m)
    change: Any = None
    if m:
        change = coo_array((sign, (row, column)), shape=(m, steps * n + 2 * m))
    limit: Any = coo_array(vstack(once))
    limit.resize((limit.shape[0], steps * n + 2 * m))
    found = linprog(
        np.concatenate([cost, np.full(2 * m, jump)]), A_ub=limit, b_ub=np.ones(limit.shape[0]),
        A_eq=change, b_eq=np.zeros(m) if m else None, bounds=(0.0, None), method="highs",
    )  # fmt: skip
    if found.status != 0:
        raise ValueError(f"trajectory GOSPA: the linear programme was not solved: {found.message}")
    w = np.asarray(found.x)[: steps * n]
    jumps = float(np.abs(np.diff(w.reshape(steps, n), axis=0)).sum())
    return w[at], jumps


def ospa2(truth: Rows, tracks: Rows, cutoff_m: float, p: float = 1.0, q: float = 1.0) -> float:
    """OSPA(2) [m]: OSPA between two sets of paths, 0 (equal) to cutoff_m (nothing in common).

    Two paths are apart by the mean (order q, equal weights) over the times at which either
    is there of their distance, at most cutoff_m, and cutoff_m where only one is; the sets by
    OSPA of order p over paths.  Both empty: 0.
    Raises ValueError when cutoff_m is not over 0, or p or q is under 1.

    Ref: Beard, Vo, Vo 2017 and 2020, as in this module's head.
    """
    if not (cutoff_m > 0.0 and p >= 1.0 and q >= 1.0):
        raise ValueError(f"cutoff_m {cutoff_m}, p {p}, q {q}: expected over 0, 1 or more each")
    a, b = things(truth), things(tracks)
    if not a and not b:
        return 0.0
    if not a or not b:
        return cutoff_m
    d = np.array(
        [[_apart(truth, i, tracks, j, cutoff_m, q) for j in b.values()] for i in a.values()]
    )
    i, j = linear_sum_assignment(d**p)
    many = max(d.shape)
    total = float((d[i, j] ** p).sum()) + cutoff_m**p * (many - min(d.shape))
    return float((total / many) ** (1.0 / p))


def _apart(truth: Rows, i: I64, tracks: Rows, j: I64, cutoff_m: float, q: float) -> float:
    """The base distance of OSPA(2) between two paths."""
    both, a, b = np.intersect1d(truth.t_s[i], tracks.t_s[j], return_indices=True)
    either = len(i) + len(j) - len(both)
    if not len(both):
        return cutoff_m
    d = np.minimum(np.linalg.norm(truth.p[i[a]] - tracks.p[j[b]], axis=1), cutoff_m)
    mean = (float((d**q).sum()) + cutoff_m**q * (either - len(both))) / either
    return float(mean ** (1.0 / q))


def window(of: Rows, from_s: float, to_s: float) -> Rows:
    """The rows with from_s < time <= to_s: OSPA(2) is plotted over a window that moves."""
    return some(of, (of.t_s > from_s) & (of.t_s <= to_s))
