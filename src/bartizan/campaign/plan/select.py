"""Ranking and selection: the best of k systems with a stated probability of being right.

In: a function of a system and a number (the same number, the same dice).  Out: the system
selected, what was spent on each.  Does not: know what a system is.

Procedure KN (Kim & Nelson 2001, "A fully sequential procedure for indifference-zone selection
in simulation", ACM TOMACS 11, 251-273): with probability at least 1 - alpha it selects a system
whose mean is within delta of the best.  It holds for observations that are normal and allows
common random numbers between systems, which make the differences it works on small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bartizan.types import F64


class Selected(NamedTuple):
    """best: row of the system   mean (k,), error (k,) standard error, taken (k,) observations

    out_after (k,) observations when it was screened out, 0 the one that is left
    probability: of a right choice (1 - alpha), within delta of the best   exhausted: the
    limit came first, and the probability does not hold
    """

    best: int
    mean: F64
    error: F64
    taken: tuple[int, ...]
    out_after: tuple[int, ...]
    probability: float
    delta: float
    exhausted: bool


def select(
    observe: Callable[[list[int], int], list[float]], systems: int, delta: float,
    alpha: float = 0.05, first: int = 10, limit: int = 10_000,
) -> Selected:  # fmt: skip
    """Selects the system of the largest mean.

    observe(systems still in, number) -> a value each   first: observations of each before
    screening (n0 >= 2)   limit: of each at most
    """
    if systems < 1 or first < 2 or not delta > 0.0 or not 0.0 < alpha < 1.0:
        raise ValueError("systems >= 1, first >= 2, delta > 0 and 0 < alpha < 1 are needed")
    seen: list[list[float]] = [[] for _ in range(systems)]
    left, out_after = list(range(systems)), [0] * systems

    def look(number: int) -> None:
        for i, v in zip(left, observe(left, number), strict=True):
            seen[i].append(v)

    for number in range(first):
        look(number)
    x = np.array(seen)
    gap = x[:, None, :] - x[None, :, :]
    s2 = gap.var(axis=2, ddof=1)  # of the differences: what common numbers make small
    eta = 0.5 * ((2.0 * alpha / max(systems - 1, 1)) ** (-2.0 / (first - 1)) - 1.0)
    h2 = 2.0 * eta * (first - 1)
    r = first
    while True:
        mean = {i: float(np.mean(seen[i])) for i in left}
        for i in list(left):
            for j in left:
                width = max(delta / (2.0 * r) * (h2 * s2[i, j] / delta**2 - r), 0.0)
                if j != i and mean[i] < mean[j] - width:
                    out_after[i] = r
                    break
        left = [i for i in left if not out_after[i]]
        if len(left) == 1 or r >= limit:
            break
        look(r)
        r += 1
    best = max(left, key=lambda i: (float(np.mean(seen[i])), -i))
    return Selected(
        best, np.array([np.mean(v) for v in seen]),
        np.array([np.std(v, ddof=1) / math.sqrt(len(v)) for v in seen]),
        tuple(len(v) for v in seen), tuple(out_after), 1.0 - alpha, delta, len(left) > 1,
    )  # fmt: skip
