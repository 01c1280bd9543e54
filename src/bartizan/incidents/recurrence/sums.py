"""Fits a Hawkes process whose kernel is a sum of exponentials with given decays.

In: attack times, how long the site was watched.  Out: the law, and laws as good within 95 %.
Does not: choose the decays: they are given, from hours to two months (DECAYS_DAYS).

    rate(t) = base + sum_k branching_k / decay_k sum_(t_i < t) e^(-(t - t_i) / decay_k)

With the decays given the log posterior is concave, so that it has one top, found by
expectation and maximization (Veen & Schoenberg 2008, each attack shared out over the base rate
and the decays).  Priors are Gamma: of the base rate that of the other laws, of each branching
one of PRIOR_WEIGHT attacks with the mean BRANCHING over all.  Both settings were chosen on towns
and kinds of attack that the benchmark leaves out (docs/recurrence.md).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.incidents.recurrence.little_history import DROP, Fit
from bartizan.jit import kernel
from bartizan.recurrence import BRANCHING, PRIOR_ATTACKS, PRIOR_DAYS, Law, opened
from bartizan.types import F64

NAME = "hawkes_sum"
DECAYS_DAYS = (0.1, 1.0, 10.0, 60.0)
PRIOR_WEIGHT = 5.0  # attacks
_MEAN = BRANCHING / len(DECAYS_DAYS)


@kernel
def brought(t: F64, decays: F64) -> F64:
    """What the attacks before each one add to the rate there, a branching of 1 (n, k) [1/day].

    t (n,) [days] rising   decays (k,) [days]
    """
    out = np.zeros((len(t), len(decays)))
    for k in range(len(decays)):
        alive = 0.0
        for i in range(1, len(t)):
            alive = (alive + 1.0) * math.exp((t[i - 1] - t[i]) / decays[k])
            out[i, k] = alive / decays[k]
    return out


@kernel
def climb(parts: F64, area: F64, more: F64, x: F64) -> F64:
    """The top of sum_i log(parts_i . x) - area . x + more . log x, x > 0.

    parts (n, k)   area, more, x (k,): x is where it starts
    """
    now = x.copy()
    for _ in range(400):
        shares = more.copy()
        for i in range(len(parts)):
            total = 0.0
            for k in range(len(now)):
                total += parts[i, k] * now[k]
            for k in range(len(now)):
                shares[k] += parts[i, k] * now[k] / total
        moved = 0.0
        for k in range(len(now)):
            new = shares[k] / area[k]
            moved = max(moved, abs(new - now[k]) / now[k])
            now[k] = new
        if moved < 1e-6:
            break
    return now


def fit(times: F64, end: float) -> Fit:
    """The most probable law.

    times (n,) [days] rising, none after `end`   end [days] > 0
    """
    decays = np.array(DECAYS_DAYS)
    first = opened(times)
    parts = np.column_stack([np.ones(len(times)), brought(times, decays)])[first:]
    given = -np.expm1((times[:, None] - end) / decays).sum(axis=0)
    area = np.concatenate([[end + PRIOR_DAYS], given + PRIOR_WEIGHT])
    more = np.concatenate([[PRIOR_ATTACKS], np.full(len(decays), PRIOR_WEIGHT * _MEAN)])
    start = np.concatenate(
        [[(len(parts) + PRIOR_ATTACKS) / (end + PRIOR_DAYS)], np.full(len(decays), _MEAN)]
    )
    x = climb(parts, area, more, start)
    rates = parts @ x
    likelihood = float(np.log(rates).sum() - end * x[0] - given @ x[1:])
    bend = (parts / rates[:, None]).T @ (parts / rates[:, None]) + np.diag(more / x**2)
    alive = np.exp((times[:, None] - end) / decays).sum(axis=0)
    return Fit(_law(x), likelihood, _edge(x, np.asarray(np.linalg.inv(bend), np.float64), alive))


def _law(x: F64) -> Law:
    pairs = zip(x[1:].tolist(), DECAYS_DAYS, strict=True)
    return Law(NAME, base_per_day=float(x[0]), kernels=tuple(pairs))


def _edge(x: F64, spread: F64, alive: F64) -> tuple[Law, ...]:
    """Where the forecasts of 1 and 3 days and the base rate are least and greatest within 95 %.

    The surface by its second order around the top: all three are sums of the parameters.
    """
    decays = np.array(DECAYS_DAYS)
    asked = [np.concatenate([[h], -np.expm1(-h / decays) * alive]) for h in (1.0, 3.0)]
    asked.append(np.eye(len(x))[0])
    out = []
    for way in asked:
        step = spread @ way * math.sqrt(2.0 * DROP / float(way @ spread @ way))
        out += [_law(np.maximum(x + sign * step, 0.0)) for sign in (1.0, -1.0)]
    return tuple(out)
