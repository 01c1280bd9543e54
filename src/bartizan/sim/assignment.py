"""Which effector shoots at which target, as a problem of its own, in simulation only.

In: values of targets, kill probabilities, shots that each effector has.  Out: the greedy
assignment and the optimal one with its certified gap.  Does not: know zones, times, refusals
or truth.

Static weapon-target assignment (Manne 1958; Ahuja, Kumar, Jha & Orlin 2007, Operations
Research 55, 1136-1146): minimise sum_j V_j prod_i (1 - p_ij)^x_ij over whole x_ij >= 0 with
sum_j x_ij <= shots_i.  Here as a choice of one salvo (a column) a target.  The linear
relaxation over all salvos is solved by column generation; a salvo is priced exactly by
branch and bound, so that the Lagrangian bound of Dantzig & Wolfe 1960 certifies the gap.
HiGHS (Huangfu & Hall 2018) solves the linear and the whole-number problem.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.types import F64, I64

ROUNDS: Final = 200  # of column generation; each adds a column a target or is the last
EPS: Final = 1e-9


class Assigned(NamedTuple):
    """An assignment beside the greedy one.

    shots (m, n) whole numbers   left: value that is expected to survive   bound: no
    assignment leaves less   gap: (left - bound) / left   greedy (m, n), greedy_left
    """

    shots: I64
    left: float
    bound: float
    gap: float
    greedy: I64
    greedy_left: float


def left_over(value: F64, p: F64, shots: I64) -> float:
    """Expected value that survives: sum_j V_j prod_i (1 - p_ij)^x_ij."""
    return float((value * np.prod((1.0 - p) ** shots, axis=0)).sum())


def greedy(value: F64, p: F64, rounds: I64, most: int) -> I64:
    """The shot of most gain, again and again, until none is left: shots (m, n).

    value (n,)   p (m, n)   rounds (m,) shots of each   most: shots at one target at most
    """
    shots = np.zeros(p.shape, np.int64)
    left, have = value.copy(), rounds.copy()
    while True:
        gain = p * left * (have > 0)[:, None] * (shots.sum(axis=0) < most)
        i, j = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[i, j] <= 0.0:
            return shots
        shots[i, j] += 1
        have[i] -= 1
        left[j] *= 1.0 - p[i, j]


@inner
def _most(s: float, u: F64, item: I64, log: F64, d: int) -> float:
    """What the items from d on can gain at most of s: the same choice with parts of shots.

    Concave in the exponent, so that parts are taken in the order of price per exponent.
    """
    gain = 0.0
    for c in range(d, item.shape[0]):
        rate = u[item[c]] / log[c]
        if s <= rate:
            break
        after = max(s * math.exp(-log[c]), rate)  # whole, or as far as it pays
        gain += s - after - rate * math.log(s / max(after, 1e-300))
        s = after
    return gain


@kernel
def price(value: float, p: F64, u: F64, rounds: I64, most: int, out: I64) -> float:
    """The salvo at one target of the most gain less price, by branch and bound; exact.

    p, u (m,) kill probability and price of a shot -> gain V (1 - prod (1-p)^x) - sum u x,
    0 for no salvo; the salvo goes into out (m,).
    """
    m = p.shape[0]
    k = 0
    for i in range(m):
        if value * p[i] > u[i]:
            k += min(rounds[i], most)
    item = np.empty(k, np.int64)
    k = 0
    for i in range(m):
        if value * p[i] > u[i]:
            for _ in range(min(rounds[i], most)):
                item[k] = i
                k += 1
    log = -np.log(np.maximum(1.0 - p[item], 1e-12))
    order = np.argsort(u[item] / log, kind="mergesort")
    item, log = item[order], log[order]
    taken = np.zeros(k + 1, np.int8)  # 1 taken, 0 left out, at each depth
    chosen = np.zeros(k, np.int8)
    s, g = np.empty(k + 1), np.empty(k + 1)
    count = np.zeros(k + 1, np.int64)
    s[0], g[0], best, d, down = value, 0.0, 0.0, 0, True
    while True:
        if down:
            bound = g[d] + (_most(s[d], u, item, log, d) if count[d] < most else 0.0)
            if g[d] > best + 1e-12:
                best = g[d]
                for c in range(k):
                    chosen[c] = taken[c] if c < d else 0
            if d == k or bound <= best + 1e-12:
                down = False
                continue
            i = item[d]
            taken[d] = 1
            s[d + 1], g[d + 1] = s[d] * (1.0 - p[i]), g[d] + s[d] * p[i] - u[i]
            count[d + 1] = count[d] + 1
            d += 1
        else:
            d -= 1
            if d < 0:
                break
            if taken[d] == 1:
                taken[d] = 0
                s[d + 1], g[d + 1], count[d + 1] = s[d], g[d], count[d]
                d += 1
                down = True
    out[:] = 0
    for c in range(k):
        if chosen[c] == 1:
            out[item[c]] += 1
    return best


class _Master:
    """The linear problem over the salvos so far: rows are effectors, then targets."""

    def __init__(self, value: F64, p: F64, rounds: I64) -> None:
        import highspy  # a solver of 5 MB that only this policy needs

        self._value, self._p, self._m = value, p, len(p)
        self.columns: list[tuple[int, I64]] = []
        self._known: set[tuple[int, bytes]] = set()
        solver: Any = highspy.Highs
        self._highs: Any = solver()
        self._whole = highspy.HighsVarType.kInteger
        for name, setting in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self._highs.setOptionValue(name, setting)
        none = np.zeros(0)
        for most in (*rounds.tolist(), *([1.0] * len(value))):
            self._highs.addRow(-highspy.kHighsInf, float(most), 0, none.astype(np.int32), none)

    def add(self, j: int, salvo: I64) -> bool:
        """A salvo at target j, if it is new."""
        key = (j, salvo.tobytes())
        if key in self._known or not salvo.any():
            return False
        self._known.add(key)
        used = np.flatnonzero(salvo)
        gain = self._value[j] * (1.0 - float(np.prod((1.0 - self._p[:, j]) ** salvo)))
        rows = np.append(used, self._m + j).astype(np.int32)
        self._highs.addCol(-gain, 0.0, 1.0, len(rows), rows, np.append(salvo[used], 1.0))
        self.columns.append((j, salvo.copy()))
        return True

    def prices(self) -> F64:
        """The price (m,) of a shot of each effector."""
        self._highs.run()
        dual = -np.array(self._highs.getSolution().row_dual)[: self._m]
        out: F64 = np.maximum(dual, 0.0)
        return out

    def whole(self, shape: tuple[int, int], limit_s: float, gap: float) -> I64:
        """The best choice of whole salvos among those so far: shots (m, n)."""
        k = len(self.columns)
        self._highs.changeColsIntegrality(
            k, np.arange(k, dtype=np.int32), np.array([self._whole] * k)
        )
        self._highs.setOptionValue("time_limit", limit_s)
        self._highs.setOptionValue("mip_rel_gap", gap)
        self._highs.run()
        take = np.array(self._highs.getSolution().col_value) > 0.5
        shots = np.zeros(shape, np.int64)
        for c in np.flatnonzero(take).tolist():
            j, salvo = self.columns[c]
            shots[:, j] += salvo
        return shots


def optimal(
    value: F64, p: F64, rounds: I64, most: int = 1_000, limit_s: float = 60.0, gap: float = 1e-4
) -> Assigned:
    """The optimal assignment, with the greedy one beside it and the gap that is certified.

    value (n,) > 0   p (m, n) in [0, 1]   rounds (m,) shots   most: shots at one target at
    most.  The same input gives the same output unless limit_s cuts the search short.
    """
    plain = greedy(value, p, rounds, most)
    greedy_left = left_over(value, p, plain)
    if not (p * (rounds > 0)[:, None]).any():
        return Assigned(plain, greedy_left, greedy_left, 0.0, plain, greedy_left)
    master = _Master(value, p, rounds)
    for j in range(len(value)):
        master.add(j, plain[:, j])
        for i in np.flatnonzero((p[:, j] > 0.0) & (rounds > 0)).tolist():
            master.add(j, np.eye(len(p), dtype=np.int64)[i])
    most_gain, salvo = np.inf, np.zeros(len(p), np.int64)
    for _ in range(ROUNDS):
        u = master.prices()
        bound, new = float(u @ rounds), False
        for j in range(len(value)):
            bound += price(float(value[j]), p[:, j].copy(), u, rounds, most, salvo)
            new |= master.add(j, salvo)
        most_gain = min(most_gain, bound)
        if not new:
            break
    shots = master.whole(p.shape, limit_s, gap)
    left, low = left_over(value, p, shots), float(value.sum()) - most_gain
    if left > greedy_left - EPS:
        shots, left = plain, greedy_left
    return Assigned(shots, left, low, max(left - low, 0.0) / max(left, EPS), plain, greedy_left)
