"""Fits the base rate alone, branching and decay at the prior: for a site with little history.

In: attack times, how long the site was watched.  Out: the law, and the edges of its range.
Does not: need SciPy, so that a watch starts at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bartizan.recurrence import (
    BRANCHING,
    DECAY_DAYS,
    PRIOR_ATTACKS,
    PRIOR_DAYS,
    UNFITTED,
    Law,
    opened,
)
from bartizan.types import F64

DROP = 1.92  # half the 95 % point of chi-square with one degree of freedom (Wilks 1938)
_LOW, _HIGH = -16.0, 5.0  # log of the base rate


class Fit(NamedTuple):
    """A fitted law, its log likelihood (without the prior), the laws as good within 95 %.

    edge: laws on the surface where the log posterior is DROP below its top
    """

    law: Law
    log_likelihood: float
    edge: tuple[Law, ...]


def fit_base(times: F64, end: float) -> Fit:
    """The most probable base rate, and where the log posterior is DROP below its top.

    times (n,) [days] rising, none after `end`   end [days] >= 0
    """
    rate, alive, fed = 1.0 / DECAY_DAYS, 0.0, []
    for k, t in enumerate(times):
        if k:
            alive = (alive + 1.0) * math.exp(-rate * float(t - times[k - 1]))
        fed.append(BRANCHING * rate * alive)
    brought = np.array(fed[opened(times) :])

    def top(x: float) -> float:
        base = math.exp(x)
        return float(np.log(base + brought).sum()) + PRIOR_ATTACKS * x - base * (end + PRIOR_DAYS)

    def falls(x: float) -> bool:
        base = math.exp(x)
        return float((base / (base + brought)).sum()) + PRIOR_ATTACKS < base * (end + PRIOR_DAYS)

    best = _cross(falls, _LOW, _HIGH)
    least = top(best) - DROP
    low = _cross(lambda x: top(x) > least, _LOW, best)
    high = _cross(lambda x: top(x) < least, best, _HIGH)
    laws = tuple(UNFITTED._replace(base_per_day=math.exp(x)) for x in (best, low, high))
    given = BRANCHING * float(-np.expm1(-(end - times) * rate).sum())
    base = laws[0].base_per_day
    return Fit(laws[0], float(np.log(base + brought).sum()) - base * end - given, laws[1:])


def _cross(true: Callable[[float], bool], low: float, high: float) -> float:
    """Where `true` turns from false to true between low and high."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if true(middle) else (middle, high)
    return high
