"""Which detection belongs to which track: marginals, components, assignment.

In: pairs (track, detection) with their weights.  Out: marginal probabilities, and one
global assignment inside each ambiguous component.  Does not: touch a state.

The weight of a pair is psi = w_ij / (w_i0 rho_j): track i is seen as j, against i missed
and j clutter or new (Williams 2015, eq. 45-47).  Existence takes the marginals; the state
takes the assignment, since averaging over the ways to pair a swarm coalesces it.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import inner
from bartizan.types import F64, I64

EXACT_DETECTIONS = 6  # components up to this many detections are enumerated exactly
FAR = 1e9


@inner
def _clear(a: F64) -> None:
    for i in range(a.shape[0]):
        a[i] = 0.0


@inner
def belief_propagation(pair: I64, weight: F64, active: I64, n: int, m: int, new: F64) -> int:
    """Marginals of the active pairs into weight[:, 1], of "clutter or new" into new (m,) -> rounds.

    Loopy belief propagation; exact where the component is a tree.
    Ref: Williams & Lau 2014, "Approximate evaluation of marginal association
    probabilities with belief propagation", IEEE TAES 50(4), eq. 30-34.
    """
    k = active.shape[0]
    nu = np.ones(k)
    row = np.zeros(n)
    col = np.zeros(m)
    rounds = 0
    for _ in range(100):
        rounds += 1
        _clear(row)
        _clear(col)
        for a in range(k):
            q = active[a]
            row[pair[q, 0]] += weight[q, 0] * nu[a]
        for a in range(k):
            q = active[a]
            mu = weight[q, 0] / (1.0 + max(row[pair[q, 0]] - weight[q, 0] * nu[a], 0.0))
            weight[q, 1] = mu
            col[pair[q, 1]] += mu
        change = 0.0
        for a in range(k):
            q = active[a]
            v = 1.0 / (1.0 + max(col[pair[q, 1]] - weight[q, 1], 0.0))
            change = max(change, abs(v - nu[a]))
            nu[a] = v
        if change < 1e-4:
            break
    _clear(row)
    for a in range(k):
        q = active[a]
        row[pair[q, 0]] += weight[q, 0] * nu[a]
        new[pair[q, 1]] = 1.0 / (1.0 + col[pair[q, 1]])
    for a in range(k):
        q = active[a]
        weight[q, 1] = weight[q, 0] * nu[a] / (1.0 + row[pair[q, 0]])
    return rounds


@inner
def enumerate_exactly(span: I64, rows: I64, pair: I64, weight: F64, slot: I64, d: int) -> None:
    """Exact marginals of a component of `rows` and d <= EXACT_DETECTIONS detections.

    Sums over every joint association by the set of detections used so far: forward and
    backward tables over 2**d subsets, one row a track.  pairs of track i are
    span[i, 0]..span[i, 1]; slot (m,) is a detection's number inside the component.
    """
    t = rows.shape[0]
    sets = 1 << d
    F = np.zeros((t + 1, sets))
    B = np.zeros((t + 1, sets))
    F[0, 0] = 1.0
    for s in range(sets):
        B[t, s] = 1.0
    for k in range(t):
        for s in range(sets):
            f = F[k, s]
            if f == 0.0:
                continue
            F[k + 1, s] += f
            for q in range(span[rows[k], 0], span[rows[k], 1]):
                bit = 1 << slot[pair[q, 1]]
                if s & bit == 0:
                    F[k + 1, s | bit] += f * weight[q, 0]
    for k in range(t - 1, -1, -1):
        for s in range(sets):
            v = B[k + 1, s]
            for q in range(span[rows[k], 0], span[rows[k], 1]):
                bit = 1 << slot[pair[q, 1]]
                if s & bit == 0:
                    v += weight[q, 0] * B[k + 1, s | bit]
            B[k, s] = v
    total = B[0, 0]
    for k in range(t):
        for q in range(span[rows[k], 0], span[rows[k], 1]):
            bit = 1 << slot[pair[q, 1]]
            v = 0.0
            for s in range(sets):
                if s & bit == 0:
                    v += F[k, s] * weight[q, 0] * B[k + 1, s | bit]
            weight[q, 1] = v / total


@inner
def assign(cost: F64, nd: int, out: I64) -> None:
    """Least-cost assignment of rows (t) to columns (nd detections + one miss a row).

    cost (t, nd + t), FAR where forbidden; out (t,) gets the column.  Shortest augmenting
    paths with potentials.  Ref: Jonker & Volgenant 1987.
    """
    t, c = cost.shape
    u = np.zeros(t + 1)
    v = np.zeros(c + 1)
    owner = np.zeros(c + 1, np.int64)
    way = np.zeros(c + 1, np.int64)
    least = np.empty(c + 1)
    used = np.empty(c + 1, np.bool_)
    for i in range(1, t + 1):
        owner[0] = i
        j0 = 0
        for j in range(c + 1):
            least[j] = math.inf
            used[j] = False
        while True:
            used[j0] = True
            i0 = owner[j0]
            delta = math.inf
            j1 = 0
            for j in range(1, c + 1):
                if not used[j]:
                    r = cost[i0 - 1, j - 1] - u[i0] - v[j]
                    if r < least[j]:
                        least[j] = r
                        way[j] = j0
                    if least[j] < delta:
                        delta = least[j]
                        j1 = j
            for j in range(c + 1):
                if used[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            j0 = j1
            if owner[j0] == 0:
                break
        while j0 != 0:
            j1 = way[j0]
            owner[j0] = owner[j1]
            j0 = j1
    for j in range(1, c + 1):
        if owner[j] > 0:
            out[owner[j] - 1] = j - 1


@inner
def _root(parent: I64, a: int) -> int:
    while parent[a] != a:
        parent[a] = parent[parent[a]]
        a = parent[a]
    return a


@inner
def _components(pair: I64, n: int, m: int) -> I64:
    """Component number (n + m,) of every track and detection: its lowest member."""
    parent = np.arange(n + m)
    for q in range(pair.shape[0]):
        a = _root(parent, pair[q, 0])
        b = _root(parent, n + pair[q, 1])
        if a < b:
            parent[b] = a
        elif b < a:
            parent[a] = b
    for k in range(n + m):
        parent[k] = _root(parent, k)
    return parent


@inner
def solve(pair: I64, weight: F64, span: I64, n: int, m: int, new: F64, pick: I64) -> None:
    """All associations of one scan.

    pair (q, 2) sorted by track; weight (q, 2+) psi, marginal (filled); span (n, 2) each
    track's pairs.  new (m,) gets the probability that a detection is clutter or
    new, pick (n,) a pair for the state to take, -1 missed, -2 alone: take the average.
    """
    comp = _components(pair, n, m)
    nt = np.zeros(n + m, np.int64)
    nd = np.zeros(n + m, np.int64)
    links = np.zeros(n + m, np.int64)
    for i in range(n):
        nt[comp[i]] += 1
    for j in range(m):
        nd[comp[n + j]] += 1
        new[j] = 1.0
    loopy = 0
    for q in range(pair.shape[0]):
        weight[q, 1] = 0.0
        links[comp[pair[q, 0]]] += 1
        if nt[comp[pair[q, 0]]] > 1:
            loopy += 1
    active = np.empty(loopy, np.int64)
    loopy = 0
    for i in range(n):
        pick[i] = -2
        if nt[comp[i]] > 1:
            pick[i] = -1
            for q in range(span[i, 0], span[i, 1]):
                active[loopy] = q
                loopy += 1
            continue
        s = 1.0
        for q in range(span[i, 0], span[i, 1]):
            s += weight[q, 0]
        for q in range(span[i, 0], span[i, 1]):
            weight[q, 1] = weight[q, 0] / s
            new[pair[q, 1]] -= weight[q, 1]
    if loopy == 0:
        return
    belief_propagation(pair, weight, active, n, m, new)
    head = np.full(n + m, -1, np.int64)
    after = np.full(n, -1, np.int64)
    for i in range(n - 1, -1, -1):
        after[i] = head[comp[i]]
        head[comp[i]] = i
    slot = np.full(m, -1, np.int64)
    for c in range(n):
        if nt[c] > 1:
            _component(c, head, after, nt[c], nd[c], links[c], pair, weight, span, slot, new, pick)


@inner
def _component(
    c: int, head: I64, after: I64, t: int, d: int, links: int, pair: I64, weight: F64,
    span: I64, slot: I64, new: F64, pick: I64,
) -> None:  # fmt: skip
    """One ambiguous component: exact marginals when small and loopy, and its assignment."""
    rows = np.empty(t, np.int64)
    i = head[c]
    for k in range(t):
        rows[k] = i
        i = after[i]
    dets = np.empty(d, np.int64)
    k = 0
    for a in range(t):
        for q in range(span[rows[a], 0], span[rows[a], 1]):
            if slot[pair[q, 1]] < 0:
                slot[pair[q, 1]] = k
                dets[k] = pair[q, 1]
                k += 1
    if d <= EXACT_DETECTIONS and links >= t + d:  # a tree has t + d - 1 links: BP is exact
        enumerate_exactly(span, rows, pair, weight, slot, d)
        for a in range(d):
            new[dets[a]] = 1.0
        for a in range(t):
            for q in range(span[rows[a], 0], span[rows[a], 1]):
                new[pair[q, 1]] -= weight[q, 1]
    cost = np.full((t, d + t), FAR)
    for a in range(t):
        cost[a, d + a] = 0.0
        for q in range(span[rows[a], 0], span[rows[a], 1]):
            cost[a, slot[pair[q, 1]]] = -math.log(weight[q, 0])
    out = np.zeros(t, np.int64)
    assign(cost, d, out)
    for a in range(t):
        for q in range(span[rows[a], 0], span[rows[a], 1]):
            if slot[pair[q, 1]] == out[a]:
                pick[rows[a]] = q
    for a in range(d):
        slot[dets[a]] = -1
