"""The arithmetic of recurrence against integrals, simulation and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from bartizan.recurrence import (
    CONSTANT,
    MERGE_NS,
    UNFITTED,
    Law,
    merge,
    named,
    probability,
    spread,
    stand_down,
)

HOUR_NS = 3600 * 10**9
HAWKES = Law("hawkes", base_per_day=0.02, branching=0.7, decay_days=10.0, weight=1.0)
RATE = CONSTANT._replace(weight=1.0)


def p(law: Law, times: list[float], at: float, ahead: float) -> float:
    return float(probability(law, np.array(times), np.array([at]), ahead)[0])


@pytest.mark.parametrize(("n", "days", "h"), [(0, 0.0, 1.0), (3, 200.0, 2.0), (12, 730.0, 3.0)])
def test_constant_rate_is_the_gamma_poisson_prediction(n: int, days: float, h: float) -> None:
    """Against the integral of 1 - exp(-rate h) over the posterior Gamma(n + 0.5, T + 15)."""
    post = stats.gamma(n + 0.5, scale=1.0 / (days + 15.0))
    want = integrate.quad(
        lambda r: -np.expm1(-r * h) * post.pdf(r), 0, np.inf, limit=300
    )[0]  # fmt: skip
    times = [days * (k + 1) / (n + 1) for k in range(n)]
    assert p(CONSTANT, times, days, h) == pytest.approx(want, rel=1e-5)


def test_the_attack_that_opens_the_record_says_nothing_of_the_rate() -> None:
    assert p(CONSTANT, [0.0, 5.0], 30.0, 1.0) == p(CONSTANT, [5.0], 30.0, 1.0)


def test_hawkes_is_exact_with_followers_of_followers() -> None:
    """Against whole families drawn from each past attack and the base: no approximation."""
    ages, at, h, n = (1.0, 6.0, 40.0), 100.0, 2.0, 60_000
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(n):
        young = [at - a for a in ages]  # what has come is known: nothing else until `at`
        born = list(at + rng.uniform(0, h, rng.poisson(0.02 * h)))
        for parent in young:
            born += [
                t for t in parent + rng.exponential(10.0, rng.poisson(0.7)) if at < t <= at + h
            ]
        queue = born[:]
        while queue:
            parent = queue.pop()
            more = [t for t in parent + rng.exponential(10.0, rng.poisson(0.7)) if t <= at + h]
            born += more
            queue += more
        hits += bool(born)
    got = p(HAWKES, [at - a for a in sorted(ages, reverse=True)], at, h)
    assert got == pytest.approx(hits / n, abs=4 * np.sqrt(0.25 / n))


def test_a_rolling_rate_counts_its_window() -> None:
    """Gamma with shape 2 + 15 x mean and rate 30 + 15 days; the attack of day 50 is forgotten."""
    mean = (3 + 0.5) / (100 + 15)
    shape, rate = 2 + 15 * mean, 30 + 15
    want = 1 - (rate / (rate + 1.0)) ** shape
    assert p(Law("r", 30.0), [50.0, 80.0, 99.0], 100.0, 1.0) == pytest.approx(want, rel=1e-12)


def test_without_history_both_laws_say_the_prior() -> None:
    """Half an attack in 15 days: a base of one in 30 days."""
    assert p(UNFITTED, [], 0.0, 1.0) == pytest.approx(1 - np.exp(-1 / 30), rel=1e-12)
    assert p(CONSTANT, [], 0.0, 1.0) == pytest.approx(1 - np.sqrt(15 / 16), rel=1e-12)


def test_reports_of_one_attack_are_one_whatever_their_order() -> None:
    t = np.array([0, 2, 4, 8, 8, 30]) * HOUR_NS  # 0, 2 and 4 hang together; 8 is 4 h later
    assert MERGE_NS == 3 * HOUR_NS
    for order in (t, t[::-1], t[[3, 0, 5, 1, 4, 2]]):
        assert (merge(order) // HOUR_NS).tolist() == [0, 8, 30]
    assert merge(np.zeros(0, np.int64)).tolist() == []
    assert merge(np.array([5])).tolist() == [5]


def test_stand_down_is_the_closed_form_of_the_decay() -> None:
    """base + c e^(-t/10) = r, to the next full hour; c from attacks 0 and 3 days ago."""
    times, at = np.array([0.0, 97.0, 100.0]), 100.0
    usual = p(CONSTANT, [97.0, 100.0], at, 1.0)
    c = 0.7 * -np.expm1(-0.1) * (1 + np.exp(-0.3) + np.exp(-10.0))
    want = 10.0 * np.log(c / (-np.log1p(-usual) - 0.02))
    got = stand_down((HAWKES,), times, at)
    assert got.days is not None
    assert 0.0 <= got.days - want < 1 / 24 + 1e-9
    assert got.earliest_days == got.latest_days == got.days
    sooner = stand_down((HAWKES,), times, at, 0.08).days
    assert sooner is not None and sooner < got.days


def test_stand_down_waits_a_day_and_may_never_come() -> None:
    """A constant rate gives no reason to stay up: the day after the last attack stands."""
    times = np.array([0.0, 100.0])
    assert stand_down((RATE,), times, 100.5).days == pytest.approx(0.5)
    assert stand_down((RATE,), times, 150.0).days == 0.0
    never = stand_down((HAWKES._replace(base_per_day=1.0), CONSTANT), times, 100.0)
    assert (never.days, never.earliest_days, never.latest_days) == (None, 1.0, None)


def test_the_range_is_that_of_all_laws() -> None:
    times = np.array([0.0, 50.0, 99.0])
    each = [p(law, [0.0, 50.0, 99.0], 100.0, 2.0) for law in (HAWKES, CONSTANT)]
    assert spread((HAWKES, CONSTANT), times, 100.0, 2.0) == (each[0], min(each), max(each))
    both = (HAWKES._replace(weight=0.75), CONSTANT._replace(weight=0.25))
    mean = 0.75 * each[0] + 0.25 * each[1]
    assert spread(both, times, 100.0, 2.0) == pytest.approx((mean, min(each), max(each)))
    assert named(both) == "laws hawkes 75%, constant 25%; range over 2 laws"
    slight = (HAWKES._replace(weight=0.96), CONSTANT._replace(weight=0.04))
    assert spread(slight, times, 100.0, 2.0)[2] == max(each[0], 0.96 * each[0] + 0.04 * each[1])
