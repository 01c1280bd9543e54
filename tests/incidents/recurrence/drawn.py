"""Attacks drawn by families (each attack brings others), for tests: independent of the fit."""

from __future__ import annotations

import numpy as np


def hawkes(seed: int, base: float, branching: float, decay: float, days: float) -> np.ndarray:
    """Times [days] in (0, days], rising."""
    rng = np.random.default_rng(seed)
    queue = list(rng.uniform(0.0, days, rng.poisson(base * days)))
    out = []
    while queue:
        t = queue.pop()
        out.append(t)
        followers = t + rng.exponential(decay, rng.poisson(branching))
        queue += [f for f in followers if f <= days]
    return np.sort(np.array(out))
