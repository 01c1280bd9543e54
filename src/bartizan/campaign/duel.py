"""Effectors against attackers with everything but the dice taken away: where sums are known.

In: attackers, shots, probabilities, a seed.  Out: leakers and shots of each draw; closed forms.
Does not: fly, sense or time anything.  A shot kills by `effectors.kills`, as in the full loop,
so that what holds here to six digits holds there for the same dice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.sim.effectors import kills
from bartizan.sim.streams import stream
from bartizan.types import F64, I64


class Doctrine(NamedTuple):
    """most: shots at one attacker at most, in the time there is   salvo: before a look

    magazine: shots in all   p_kill single-shot probability
    """

    most: int
    salvo: int
    magazine: int
    p_kill: float


def draw(attackers: int, d: Doctrine, draws: int, seed: int) -> tuple[I64, I64]:
    """Leakers and shots (draws,) of so many independent raids."""
    leakers, shots = np.zeros(draws, np.int64), np.zeros(draws, np.int64)
    need = min(attackers * d.most, d.magazine)
    block = max(1_000_000 // max(need, 1), 1)
    for k, first in enumerate(range(0, draws, block)):
        part = slice(first, min(first + block, draws))
        dice = stream(seed, "duel", k).random((part.stop - first, max(need, 1)))
        _draw(attackers, d.most, d.salvo, d.magazine, d.p_kill, dice, leakers[part], shots[part])
    return leakers, shots


@kernel
def _draw(
    attackers: int, most: int, salvo: int, magazine: int, p_kill: float, dice: F64,
    leakers: I64, shots: I64,
) -> None:  # fmt: skip
    for r in range(dice.shape[0]):
        used = 0
        for _ in range(attackers):
            dead, own = False, 0
            while not dead and own < most and used < magazine:
                for _ in range(min(salvo, most - own, magazine - used)):
                    dead |= kills(dice[r, used], p_kill)
                    used += 1
                    own += 1
            leakers[r] += not dead
        shots[r] = used


def p_leak_one(p: float, shots: int) -> float:
    """An attacker lives through independent shots: (1 - p)^n."""
    return (1.0 - p) ** shots


def shots_expected(p: float, most: int) -> float:
    """Shots at one attacker under shoot-look-shoot: (1 - (1 - p)^n) / p, a cut geometric."""
    return (1.0 - (1.0 - p) ** most) / p


def leakers_pmf(attackers: int, p: float, most: int) -> F64:
    """Leakers of N when shots do not run out: binomial of N and (1 - p)^most; (N + 1,)."""
    from scipy.stats import binom

    out: F64 = binom.pmf(np.arange(attackers + 1), attackers, p_leak_one(p, most))
    return out


def saturated_pmf(attackers: int, p: float, magazine: int) -> F64:
    """Leakers of N against M shots in all, shoot-look-shoot: N - min(N, K), K binomial of M, p.

    (N + 1,) probabilities.  The knee, where half of all raids leak, is at N of about M p.
    """
    from scipy.stats import binom

    out = np.zeros(attackers + 1)
    for k in range(magazine + 1):
        out[max(attackers - k, 0)] += binom.pmf(k, magazine, p)
    return out


def knee(p: float, magazine: int) -> int:
    """The least number of attackers of which one leaks in half of all raids or more."""
    from scipy.stats import binom

    n = 1
    while binom.sf(n - 1, magazine, p) > 0.5:
        n += 1
    return n
