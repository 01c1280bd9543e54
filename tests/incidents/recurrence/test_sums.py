"""The sum of exponentials against its likelihood's definition and another optimizer."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from bartizan.incidents.recurrence import sums
from bartizan.recurrence import BRANCHING, PRIOR_ATTACKS, PRIOR_DAYS, probability
from incidents.recurrence.drawn import hawkes

TIMES = hawkes(7, 0.08, 0.6, 5.0, 400.0)
END = 400.0
DECAYS = np.array(sums.DECAYS_DAYS)


def likelihood(x: np.ndarray) -> float:
    """From the definition, attack by attack; the integral in closed form."""
    total = -x[0] * END
    for k, t in enumerate(TIMES):
        age = t - TIMES[:k, None]
        total += np.log(x[0] + float((x[1:] / DECAYS * np.exp(-age / DECAYS)).sum()))
        total -= float((x[1:] * (1.0 - np.exp(-(END - t) / DECAYS))).sum())
    return total


def test_the_top_is_the_one_another_optimizer_finds() -> None:
    found = sums.fit(TIMES, END)
    x = np.array([found.law.base_per_day, *(n for n, _ in found.law.kernels)])
    assert found.log_likelihood == pytest.approx(likelihood(x), rel=1e-9)

    def cost(logs: np.ndarray) -> float:
        y = np.exp(logs)
        prior = PRIOR_ATTACKS * logs[0] - PRIOR_DAYS * y[0]
        prior += sums.PRIOR_WEIGHT * float((BRANCHING / 4.0 * logs[1:] - y[1:]).sum())
        return -(likelihood(y) + prior)

    best = optimize.minimize(cost, np.log(x) + 0.3, method="Nelder-Mead",
                             options={"maxiter": 1500, "xatol": 1e-6, "fatol": 1e-9}).x  # fmt: skip
    assert cost(np.log(x)) <= cost(best) + 1e-6
    assert np.exp(best) == pytest.approx(x, rel=5e-3)


def test_its_forecast_is_the_integral_of_its_rate_and_its_edges_stand_around_it() -> None:
    found = sums.fit(TIMES, END)
    s = (np.arange(2000) + 0.5) / 2000 * 3.0
    age = END + s[:, None, None] - TIMES[:, None]
    n = np.array([a for a, _ in found.law.kernels])
    rate = found.law.base_per_day + (n / DECAYS * np.exp(-age / DECAYS)).sum(axis=(1, 2))
    now = np.array([END])
    p = probability(found.law, TIMES, now, 3.0)[0]
    assert p == pytest.approx(1.0 - np.exp(-rate.mean() * 3.0), rel=1e-3)
    around = [probability(law, TIMES, now, 3.0)[0] for law in found.edge]
    assert min(around) < p < max(around)
