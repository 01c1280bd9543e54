"""A million draws against closed forms; the assignment against exhaustive search."""

from __future__ import annotations

import itertools
import math
import time

import numpy as np
import pytest
from scipy import stats

from bartizan import sim
from bartizan.campaign import duel
from bartizan.campaign.duel import Doctrine
from bartizan.sim.assignment import greedy, left_over, optimal, price
from bartizan.types import EventKind
from sim import world

DRAWS = 1_000_000
P = (0.3, 0.6, 0.9)


def agrees(hits: int, p: float, n: int = DRAWS) -> None:
    """Hits of n within the exact binomial 99.99 % interval of p."""
    low, high = stats.binom.ppf([5e-5, 1 - 5e-5], n, p)
    assert low <= hits <= high, (hits, n * p)


@pytest.mark.parametrize("p", P)
def test_independent_shots(p: float) -> None:
    leakers, shots = duel.draw(1, Doctrine(3, 3, 10**6, p), DRAWS, 1)
    agrees(int(leakers.sum()), duel.p_leak_one(p, 3))
    assert (shots == 3).all()


@pytest.mark.parametrize("p", P)
def test_shoot_look_shoot_expectation(p: float) -> None:
    """Mean shots within 4.5 standard errors of (1 - (1-p)^n) / p, and fewer than a salvo's."""
    leakers, shots = duel.draw(1, Doctrine(4, 1, 10**6, p), DRAWS, 2)
    agrees(int(leakers.sum()), (1 - p) ** 4)
    error = shots.std() / math.sqrt(DRAWS)
    assert abs(shots.mean() - duel.shots_expected(p, 4)) < 4.5 * error
    assert duel.shots_expected(p, 4) == pytest.approx(sum((1 - p) ** k for k in range(4)))


@pytest.mark.parametrize("p", P)
def test_leakers_of_n(p: float) -> None:
    """The whole distribution of 6 attackers' leakers."""
    leakers, _ = duel.draw(6, Doctrine(2, 1, 10**6, p), DRAWS, 3)
    pmf = duel.leakers_pmf(6, p, 2)
    for k in range(7):
        agrees(int((leakers == k).sum()), float(pmf[k]))


@pytest.mark.parametrize("p", P)
def test_saturation_knee(p: float) -> None:
    """Ten shots against N: P(no leak) = P(Bin(10, p) >= N); the knee where that is half."""
    at = duel.knee(p, 10)
    for n in (max(at - 1, 1), at, at + 2):
        leakers, shots = duel.draw(n, Doctrine(10, 1, 10, p), DRAWS, 4)
        agrees(int((leakers == 0).sum()), float(stats.binom.sf(n - 1, 10, p)))
        pmf = duel.saturated_pmf(n, p, 10)
        assert pmf.sum() == pytest.approx(1.0)
        expected = float(pmf @ np.arange(n + 1))
        assert abs(leakers.mean() - expected) < 4.5 * leakers.std() / 1000.0 + 1e-9
        assert shots.max() <= 10
    assert stats.binom.sf(at - 1, 10, p) <= 0.5 < stats.binom.sf(at - 2, 10, p)
    assert abs(at - 10 * p) <= 1.0 + 1e-9


def test_the_full_loop_follows_the_same_law() -> None:
    """120 raids of the simulated world: one attacker, magazine of 2, shoot-look-shoot."""
    stopped, fired = 0, 0
    own = world.effector(p_kill=0.6, magazine=2)
    for seed in range(120):
        start = np.array([[-6_000.0, 0.0, 150.0], [0.0, 0.0, 0.0]])
        one = world.raid(world.attackers(1, route=start, spread_m=0.0))
        state = sim.start(world.site(0.0), one, (own,), seed)
        state, _, events = world.play(state, 90)
        stopped += sim.score(state).stopped
        fired += sum(e.kind is EventKind.ENGAGEMENT for e in events)
    agrees(stopped, 1 - 0.4**2, 120)
    agrees(fired - 120, 0.4, 120)  # a second shot where the first missed


def exhaustive(value, p, rounds) -> float:
    """The least value left over all assignments of each shot to a target."""
    weapons = [i for i, k in enumerate(rounds) for _ in range(k)]
    best = math.inf
    for choice in itertools.product(range(len(value)), repeat=len(weapons)):
        shots = np.zeros(p.shape, np.int64)
        for i, j in zip(weapons, choice, strict=True):
            shots[i, j] += 1
        best = min(best, left_over(value, p, shots))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_assignment_is_the_best_of_all(seed: int) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    m, n = 3 + seed % 2, 3
    value, p = rng.uniform(25, 100, n), rng.uniform(0.1, 0.9, (m, n))
    p[0, 0] = 0.0 if seed % 3 else 1.0
    rounds = np.array([1 + (k == seed % m) for k in range(m)])
    got = optimal(value, p, rounds)
    assert got.left == pytest.approx(exhaustive(value, p, rounds), rel=1e-9)
    assert got.bound <= got.left + 1e-9
    assert (got.shots.sum(axis=1) <= rounds).all()
    assert got.left == pytest.approx(left_over(value, p, got.shots))
    assert got.greedy_left == pytest.approx(left_over(value, p, greedy(value, p, rounds, 99)))


def test_a_salvo_is_priced_exactly() -> None:
    """Against all subsets of eight shots, with prices and a limit."""
    rng = np.random.Generator(np.random.Philox(9))
    for _ in range(40):
        p, u = rng.uniform(0, 0.95, 8), rng.uniform(0, 20, 8)
        most = int(rng.integers(1, 6))
        best = max(
            50 * (1 - np.prod([1 - p[i] for i in c])) - sum(u[i] for i in c)
            for k in range(most + 1) for c in itertools.combinations(range(8), k)
        )  # fmt: skip
        out = np.zeros(8, np.int64)
        assert price(50.0, p, u, np.ones(8, np.int64), most, out) == pytest.approx(best, abs=1e-9)
        assert out.sum() <= most


def drawn(m: int, n: int, seed: int):
    """An instance as Ahuja et al. 2007 draw them: V in 25..100, p in 0.60..0.90."""
    rng = np.random.Generator(np.random.Philox(seed))
    return rng.uniform(25, 100, n), rng.uniform(0.6, 0.9, (m, n)), np.ones(m, np.int64)


def test_twenty_effectors_and_forty_targets_certified_in_two_seconds() -> None:
    optimal(*drawn(4, 4, 0))  # compiled before
    for seed in range(3):
        begun = time.process_time()
        got = optimal(*drawn(20, 40, seed), limit_s=2.0)
        assert time.process_time() - begun < 2.0
        assert got.gap <= 1e-3
        assert got.left < got.greedy_left


def test_fifty_and_a_hundred_beat_greedy_with_the_gap_told() -> None:
    got = optimal(*drawn(50, 100, 0))
    assert got.left < got.greedy_left
    assert 0.0 <= got.gap <= 0.01
    print(f"50 x 100: left {got.left:.2f}, bound {got.bound:.2f}, greedy {got.greedy_left:.2f}")
