"""The fit against the likelihood's definition, another library, a profile, and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, optimize

from bartizan.incidents.recurrence.fit import NOTHING, SHRUNK, fit, log_likelihood
from bartizan.incidents.recurrence.little_history import DROP, fit_base
from bartizan.recurrence import BRANCHING, DECAY_DAYS, probability
from incidents.recurrence.drawn import hawkes

TIMES = hawkes(3, 0.08, 0.6, 5.0, 800.0)
END = 800.0


def intensity(s: float, t: np.ndarray, base: float, n: float, rate: float) -> float:
    return base + n * rate * float(np.exp(-rate * (s - t[t < s])).sum())


def test_likelihood_is_its_definition() -> None:
    """sum log intensity - integral of it, the integral by quadrature between attacks."""
    t, end = TIMES[:25], float(TIMES[25])
    knots = [0.0, *t.tolist(), end]
    area = sum(
        integrate.quad(intensity, a, b, args=(t, 0.05, 0.6, 0.3))[0]
        for a, b in itertools.pairwise(knots)
    )
    logs = [math.log(intensity(s, t, 0.05, 0.6, 0.3)) for s in t]
    got = log_likelihood(t, 0, end, 0.05, 0.6, 0.3)[0]
    assert got == pytest.approx(sum(logs) - area, rel=1e-8)
    given = log_likelihood(t, 4, end, 0.05, 0.6, 0.3)[0]
    assert given == pytest.approx(sum(logs[4:]) - area, rel=1e-8)


def test_slopes_are_those_of_the_likelihood() -> None:
    x = np.array([0.05, 0.6, 0.3])
    slopes = log_likelihood(TIMES, 0, END, *x)[1:]
    for k in range(3):
        up, down = x.copy(), x.copy()
        up[k] += 1e-6
        down[k] -= 1e-6
        diff = log_likelihood(TIMES, 0, END, *up)[0] - log_likelihood(TIMES, 0, END, *down)[0]
        assert slopes[k] == pytest.approx(diff / 2e-6, rel=1e-5)


@pytest.mark.parametrize("seed", [3, 11, 29])
def test_agrees_with_an_independent_library_to_4_digits(seed: int) -> None:
    """hawkesbook (Laub, Lee & Taylor 2021): its likelihood, its optimum with its Hessian."""
    hb = pytest.importorskip("hawkesbook", reason="the library hawkesbook is not installed")
    t = hawkes(seed, 0.08, 0.6, 5.0, 800.0)
    mine = fit(t, END, NOTHING, edge=False)
    law = mine.law
    theirs = hb.exp_mle_with_grad(t, END, np.array([0.05, 0.2, 0.4]))
    base, branching, decay = theirs[0], theirs[1] / theirs[2], 1.0 / theirs[2]
    assert law.base_per_day == pytest.approx(base, rel=1e-4)
    assert law.branching == pytest.approx(branching, rel=1e-4)
    assert law.decay_days == pytest.approx(decay, rel=1e-4)
    at = np.array([law.base_per_day, law.branching / law.decay_days, 1.0 / law.decay_days])
    assert hb.exp_log_likelihood(t, END, at) == pytest.approx(mine.log_likelihood, rel=1e-9)


def test_no_start_finds_better() -> None:
    """Against a global search by another method, of the same likelihood."""
    bounds = [(1e-4, 1.0), (0.01, 0.99), (0.01, 5.0)]
    found = optimize.differential_evolution(
        lambda x: -log_likelihood(TIMES, 0, END, x[0], x[1], x[2])[0], bounds, seed=1, tol=1e-10
    )
    assert fit(TIMES, END, NOTHING, edge=False).log_likelihood >= -found.fun - 1e-5


def test_recovers_what_was_drawn() -> None:
    """30 sites drawn, maximum likelihood: no parameter is off by more than 4 standard errors."""
    found = []
    for seed in range(30):
        law = fit(hawkes(100 + seed, 0.1, 0.5, 3.0, 3000.0), 3000.0, NOTHING, edge=False).law
        found.append((math.log(law.base_per_day), law.branching, math.log(law.decay_days)))
    x = np.array(found) - (math.log(0.1), 0.5, math.log(3.0))
    assert (np.abs(x.mean(axis=0)) < 4 * x.std(axis=0) / math.sqrt(30)).all()


def test_the_edge_is_the_profile_of_the_forecast() -> None:
    """Least and greatest P(24 h) over the edge against SLSQP on the whole 95 % region."""
    found = fit(TIMES, END, NOTHING)
    p = [float(probability(law, TIMES, np.array([END]), 1.0)[0]) for law in found.edge]

    def forecast(x: np.ndarray) -> float:
        base, n, rate = np.exp(x[0]), 1 / (1 + np.exp(-x[1])), np.exp(x[2])
        alive = np.exp(-rate * (END - TIMES)).sum()
        return float(-np.expm1(-(base - n * np.expm1(-rate) * alive)))

    def room(x: np.ndarray) -> float:
        base, n, rate = np.exp(x[0]), 1 / (1 + np.exp(-x[1])), np.exp(x[2])
        return log_likelihood(TIMES, 0, END, base, n, rate)[0] - found.log_likelihood + DROP

    law = found.law
    odds = math.log(law.branching / (1 - law.branching))
    top = np.array([math.log(law.base_per_day), odds, -math.log(law.decay_days)])
    for sign, mine in ((1.0, min(p)), (-1.0, max(p))):
        best = optimize.minimize(
            lambda x, sign=sign: sign * forecast(x), top, method="SLSQP",
            constraints={"type": "ineq", "fun": room}, options={"maxiter": 500},
        )  # fmt: skip
        width = max(p) - min(p)
        assert mine == pytest.approx(sign * best.fun, abs=0.01 * width)


def test_the_range_covers_the_truth() -> None:
    """Of 60 sites drawn, the true law's P(24 h) lies in the range of the likelihood in 90 % or more.

    Binomial: at a true 95 % fewer than 54 of 60 come once in 30.  (Of 600: docs/recurrence.md.)
    """
    inside, end = 0, 1500.0
    for seed in range(60):
        t = hawkes(500 + seed, 0.1, 0.5, 4.0, end)
        p = [probability(law, t, np.array([end]), 1.0)[0] for law in fit(t, end, NOTHING).edge]
        alive = np.exp(-(end - t) / 4.0).sum()
        truth = -np.expm1(-(0.1 - 0.5 * np.expm1(-0.25) * alive))
        inside += min(p) <= truth <= max(p)
    assert inside >= 0.9 * 60


def test_the_prior_holds_where_the_data_are_few() -> None:
    few = fit(np.array([3.0, 90.0]), 200.0, SHRUNK, edge=False).law
    assert few.branching == pytest.approx(BRANCHING, abs=0.12)
    many = fit(TIMES, END, edge=False).law
    free = fit(TIMES, END, NOTHING, edge=False).law
    assert abs(many.branching - free.branching) < abs(many.branching - BRANCHING) + 0.1


@pytest.mark.parametrize("times", [[], [0.0], [0.0, 12.0, 13.0, 13.5], [40.0, 80.0, 81.0]])
def test_base_rate_alone_is_the_top_of_its_posterior(times: list[float]) -> None:
    """Against a search of likelihood (its definition above) + 0.5 log base - 15 base."""
    t, end = np.array(times), 100.0
    rate = 1.0 / DECAY_DAYS

    def cost(x: float) -> float:
        base = math.exp(x)
        given = int((t <= 0).sum())
        ll = log_likelihood(t, given, end, base, BRANCHING, rate)[0]
        return -(ll + 0.5 * x - 15.0 * base)

    best = optimize.minimize_scalar(
        cost, bounds=(-14, 3), method="bounded", options={"xatol": 1e-10}
    )
    found = fit_base(t, end)
    assert math.log(found.law.base_per_day) == pytest.approx(best.x, abs=1e-4)
    for law in found.edge:
        assert cost(math.log(law.base_per_day)) - best.fun == pytest.approx(DROP, abs=1e-6)
    assert found.edge[0].base_per_day < found.law.base_per_day < found.edge[1].base_per_day
