"""Fits a Hawkes process with an exponential kernel to the attacks on one site.

In: attack times, how long the site was watched.  Out: the law, and laws as good within 95 %.
Does not: choose between laws (see `score`) or throw dice: starts and directions are fixed.

    log L = sum_i log(base + branching / decay sum_(j<i) e^(-(t_i - t_j) / decay))
            - base T - branching sum_i (1 - e^(-(T - t_i) / decay))

(Ozaki 1979; the sum by recursion).  The prior is log-normal in the decay, normal in the log
odds of the branching, about 0.7 and 10 days, and Gamma in the base rate; its widths were
chosen on 20 towns that are not among the 15 of the benchmark (docs/recurrence.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

from bartizan.incidents.recurrence.little_history import DROP, Fit
from bartizan.jit import kernel
from bartizan.recurrence import BRANCHING, DECAY_DAYS, PRIOR_ATTACKS, Law, opened
from bartizan.types import F64

STARTS = ((0.7, 10.0), (0.3, 2.0), (0.5, 0.3), (0.9, 40.0))  # branching, decay [days]
_LOW = np.array([-16.0, -9.0, -8.0])  # log mean rate, log odds of branching, log of decay rate
_HIGH = np.array([5.0, 7.0, 5.0])
_CENTRE = np.array([0.0, math.log(BRANCHING / (1.0 - BRANCHING)), -math.log(DECAY_DAYS)])


class Prior(NamedTuple):
    """What is believed before the data: widths of the log odds and of the log decay.

    A width of inf says nothing.   attacks  power of the base rate, 0.5 is Jeffreys' prior
    """

    branching_sd: float = 0.5
    decay_sd: float = 1.0
    attacks: float = PRIOR_ATTACKS


SHRUNK = Prior()
NOTHING = Prior(math.inf, math.inf, 0.0)


@kernel
def log_likelihood(
    t: F64, first: int, end: float, base: float, branching: float, rate: float
) -> tuple[float, float, float, float]:
    """Log likelihood and its slopes along base, branching, rate (1 / decay).

    t (n,) [days] rising   first: events before this row are given, not predicted
    end [days] end of the watch
    """
    ll, d_base, d_branching, d_rate = -base * end, -end, 0.0, 0.0
    a, b = 0.0, 0.0  # sum of e^(-rate dt), sum of dt e^(-rate dt)
    for k in range(len(t)):
        if k > 0:
            dt = t[k] - t[k - 1]
            e = math.exp(-rate * dt)
            b = e * (b + dt * (1.0 + a))
            a = e * (1.0 + a)
        if k >= first:
            now = base + branching * rate * a
            ll += math.log(now)
            d_base += 1.0 / now
            d_branching += rate * a / now
            d_rate += branching * (a - rate * b) / now
        left = end - t[k]
        gone = math.exp(-rate * left)
        ll -= branching * (1.0 - gone)
        d_branching -= 1.0 - gone
        d_rate -= branching * left * gone
    return ll, d_base, d_branching, d_rate


class _Problem(NamedTuple):
    """Minus the log posterior as a function of (log mean rate, log odds, log decay rate).

    The mean rate is base / (1 - branching): the data know it nearly alone.
    """

    t: F64
    first: int
    end: float
    prior: Prior

    def cost(self, x: F64) -> tuple[float, F64]:
        base, branching, rate = _natural(x)
        ll, g0, g1, g2 = log_likelihood(self.t, self.first, self.end, base, branching, rate)
        p = self.prior
        odds, decay = (x[1] - _CENTRE[1]) / p.branching_sd, (x[2] - _CENTRE[2]) / p.decay_sd
        cost = -ll + 0.5 * (odds * odds + decay * decay) - p.attacks * math.log(base)
        d_base = p.attacks + g0 * base
        slope = np.array([
            -d_base,
            -g1 * branching * (1.0 - branching) + d_base * branching + odds / p.branching_sd,
            -g2 * rate + decay / p.decay_sd,
        ])  # fmt: skip
        return float(cost), slope


def _natural(x: F64) -> tuple[float, float, float]:
    branching = 1.0 / (1.0 + math.exp(-x[1]))
    return math.exp(x[0]) * (1.0 - branching), branching, math.exp(x[2])


def _law(x: F64, name: str) -> Law:
    base, branching, rate = _natural(x)
    return Law(name, base_per_day=base, branching=branching, decay_days=1.0 / rate)


def fit(times: F64, end: float, prior: Prior = SHRUNK, edge: bool = True) -> Fit:
    """The most probable Hawkes law; the most likely one with NOTHING as prior.

    times (n,) [days] rising, none after `end`   end [days] > 0   edge: find those too
    """
    problem = _Problem(times, opened(times), float(end), prior)
    mean = (len(times) - problem.first + PRIOR_ATTACKS) / end
    best, least = _CENTRE, math.inf
    for branching, decay in STARTS:
        odds = math.log(branching / (1.0 - branching))
        start = np.array([math.log(mean), odds, -math.log(decay)])
        found = minimize(  # TNC: L-BFGS-B wakes every BLAS thread for three numbers, 20 times slower
            problem.cost, start, jac=True, method="TNC", bounds=list(zip(_LOW, _HIGH, strict=True)),
            options={"ftol": 1e-13, "gtol": 1e-8, "xtol": 1e-9, "maxfun": 1000},
        )  # fmt: skip
        if found.fun < least - 1e-9:
            best, least = np.asarray(found.x), float(found.fun)
    law = _law(best, "hawkes")
    likelihood = log_likelihood(
        times, problem.first, float(end), law.base_per_day, law.branching, 1.0 / law.decay_days
    )[0]
    around = tuple(_law(x, "hawkes") for x in _edge(problem, best, least)) if edge else ()
    return Fit(law, likelihood, around)


def _edge(problem: _Problem, best: F64, least: float) -> list[F64]:
    """Where the surface DROP above the least cost has the least and the greatest forecast.

    Profile likelihood of three numbers: attacks expected in the next day, in the next three,
    and the base rate, on which the forecast falls back when nothing comes.
    """
    age = problem.end - problem.t

    def expected(x: F64, ahead: float) -> float:
        base, branching, rate = _natural(x)
        alive = float(np.exp(-rate * age).sum())
        return math.log(base * ahead - branching * math.expm1(-rate * ahead) * alive)

    def furthest(number: Callable[[F64], float], sign: float) -> F64:
        def height(x: F64) -> float:
            return sign * number(x)

        found = minimize(
            height, best, method="SLSQP", bounds=list(zip(_LOW, _HIGH, strict=True)),
            options={"maxiter": 200, "ftol": 1e-7}, constraints=inside,
        )  # fmt: skip
        return _back(problem, best, np.asarray(found.x), least)

    inside: Any = {
        "type": "ineq", "fun": lambda x: DROP - (problem.cost(x)[0] - least),
        "jac": lambda x: -problem.cost(x)[1],
    }  # fmt: skip
    asked: list[Callable[[F64], float]] = [
        lambda x: expected(x, 1.0), lambda x: expected(x, 3.0), lambda x: math.log(_natural(x)[0]),
    ]  # fmt: skip
    return [furthest(number, sign) for number in asked for sign in (1.0, -1.0)]


def _back(problem: _Problem, best: F64, x: F64, least: float) -> F64:
    """The point nearest to x on the way from the top to it that is not DROP above the least."""
    low, high = 0.0, 1.0
    if problem.cost(x)[0] - least <= DROP + 1e-6:
        return x
    for _ in range(30):
        middle = 0.5 * (low + high)
        inside = problem.cost(best + middle * (x - best))[0] - least <= DROP
        low, high = (middle, high) if inside else (low, middle)
    return np.asarray(best + low * (x - best))
