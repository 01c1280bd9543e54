"""Association against exact enumeration and against SciPy's assignment."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from bartizan.track.associate import EXACT_DETECTIONS, assign, solve


def solved(psi: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Marginals (n, m), probability of clutter or new (m,), picks, of a dense psi (0: no pair)."""
    n, m = psi.shape
    pair = np.argwhere(psi > 0)
    weight = np.zeros((len(pair), 3))
    weight[:, 0] = psi[psi > 0]
    span = np.array([np.searchsorted(pair[:, 0], [i, i + 1]) for i in range(n)]).reshape(n, 2)
    new, pick = np.ones(m), np.zeros(n, np.int64)
    solve(pair.astype(np.int64), weight, span.astype(np.int64), n, m, new, pick)
    p = np.zeros((n, m))
    p[pair[:, 0], pair[:, 1]] = weight[:, 1]
    chosen = np.array([pair[k, 1] if k >= 0 else k for k in pick])
    return p, new, chosen


def enumerated(psi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Marginals by summing over every joint association."""
    n, m = psi.shape
    p, total = np.zeros((n, m)), 0.0
    for choice in product(range(-1, m), repeat=n):
        used = [j for j in choice if j >= 0]
        if len(set(used)) < len(used):
            continue
        w = float(np.prod([psi[i, j] for i, j in enumerate(choice) if j >= 0]))
        total += w
        for i, j in enumerate(choice):
            if j >= 0:
                p[i, j] += w
    p /= total
    return p, 1.0 - p.sum(0)


@pytest.mark.parametrize("seed", range(60))
def test_small_clusters_equal_exact_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5), rng.integers(1, 5)
    psi = np.exp(rng.normal(0.5, 2.0, (n, m))) * (rng.random((n, m)) < 0.7)
    p, new, _ = solved(psi)
    exact, exact_new = enumerated(psi)
    assert np.allclose(p, exact, atol=2e-4)
    assert np.allclose(new, exact_new, atol=2e-4)


def test_belief_propagation_is_near_the_truth_past_the_exact_limit() -> None:
    """Nine detections in one loop: beyond enumeration in the kernel, within it here."""
    rng = np.random.default_rng(3)
    worst = 0.0
    for _ in range(10):
        n, m = 4, EXACT_DETECTIONS + 1
        psi = np.exp(rng.normal(0.0, 1.0, (n, m)))
        p, _, _ = solved(psi)
        worst = max(worst, np.abs(p - enumerated(psi)[0]).max())
    assert worst < 0.05


@pytest.mark.parametrize("seed", range(40))
def test_assignment_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    t, d = rng.integers(1, 9), rng.integers(1, 9)
    cost = np.full((t, d + t), 1e9)
    cost[:, :d] = rng.normal(0, 3, (t, d))
    cost[rng.random((t, d + t)) < 0.2] = 1e9
    cost[np.arange(t), d + np.arange(t)] = 0.0
    out = np.zeros(t, np.int64)
    assign(cost, d, out)
    rows, cols = linear_sum_assignment(cost)
    assert len(set(out.tolist())) == t
    assert np.isclose(cost[np.arange(t), out].sum(), cost[rows, cols].sum())


def test_order_of_detections_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    psi = np.exp(rng.normal(0, 2, (5, 8))) * (rng.random((5, 8)) < 0.5)
    order = rng.permutation(8)
    p, new, _ = solved(psi)
    q, new2, _ = solved(psi[:, order])
    assert np.allclose(p[:, order], q, atol=1e-9)
    assert np.allclose(new[order], new2, atol=1e-9)


def test_a_pair_of_rivals_is_shared_without_swap() -> None:
    """Two tracks, two detections: each takes its own though the other is possible."""
    _, _, chosen = solved(np.array([[50.0, 20.0], [20.0, 50.0]]))
    assert chosen.tolist() == [0, 1]
