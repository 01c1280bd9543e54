"""What a course is worth: closing, low, closest approach, score, membership; compiled.

In: courses as `approach` gives them, track states, limits.  Out: numbers by track.
Does not: know a picture, or word anything.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bartizan.assess.approach import CLOSING, CLOSING_SD, D_WALL, P_WALL, T_WALL, T_WALL_SD, ZONE
from bartizan.assess.state import AssessParams
from bartizan.jit import kernel
from bartizan.types import B1, F64, I64, Identity
from bartizan.units import NS_PER_S

EARTH_M = 6_371_000.0  # mean radius: a thing's height over the ground far away
SOON_S = 300.0  # of two alike the sooner comes first: this time's share is e^-1; assumed
NEVER_NS = 10**15  # later than any arrival that matters
TRUSTED = np.array(
    [i in (Identity.FRIEND, Identity.ASSUMED_FRIEND, Identity.NEUTRAL) for i in Identity]
)


class Limits(NamedTuple):
    """The numbers of `AssessParams` that a course is weighed by."""

    closing_min_mps: float
    height_sd_max_m: float
    ceiling_m: float
    near_m: float
    near: float
    member_harm: float
    member_p_wall: float


@lru_cache(maxsize=8)
def limits(p: AssessParams) -> tuple[Limits, F64, F64]:
    """The limits; harm (c,) by class; trust (7,) by identity."""
    return Limits(
        p.closing_min_mps, p.height_sd_max_m, p.ceiling_m, p.near_m, p.near, p.member_harm,
        p.member_p_wall,
    ), np.array(p.harm), np.array(p.trust)  # fmt: skip


@kernel
def closest_approach(x: F64, P: F64, height_sd_max_m: float, t: F64, d: F64) -> None:
    """Time [s] and distance [m] of the closest approach to the reference point, into t, d (n,).

    On a straight course, from now on; over the ground only where the height is not known.
    """
    for i in range(x.shape[0]):
        up = 1.0 if P[i, 2, 2] <= height_sd_max_m * height_sd_max_m else 0.0
        u, vu = up * x[i, 2], up * x[i, 5]
        v2 = x[i, 3] * x[i, 3] + x[i, 4] * x[i, 4] + vu * vu
        pv = x[i, 0] * x[i, 3] + x[i, 1] * x[i, 4] + u * vu
        s = max(-pv / max(v2, 1e-12), 0.0)
        e, n, h = x[i, 0] + s * x[i, 3], x[i, 1] + s * x[i, 4], u + s * vu
        t[i], d[i] = s, math.sqrt(e * e + n * n + h * h)


class Weighed(NamedTuple):
    """What the courses come to, each (n,); number (8, n) by the rows named below.

    member: of a raid   trusted: by its identity   some, friends: whether any is so
    """

    number: F64
    arrival_ns: I64
    zone: I64
    closing: B1
    member: B1
    trusted: B1
    some: bool
    friends: bool


# Rows of Weighed.number; low: probability that it flies below the ceiling, 1 where the height
# is not known.
SCORE, T, T_SD, P_REACH, D, TCPA, DCPA, LOW = range(8)


@kernel
def weigh(
    course: F64, x: F64, P: F64, posterior: F64, rows: I64, identity: I64, falls: I64,
    closing: B1, t_ns: int, lim: Limits, harms: F64, trust: F64,
) -> Weighed:  # fmt: skip
    """What each course is worth; closing, by row of the state, is written to as well.

    Closing: nearer the wall by more than its 1-sigma; once so, until it comes no nearer.
    Score in 0..1: harm (class x trust in its identity) x how it comes x how low.  How it
    comes: 0.1 + 0.9 max(p_wall, near exp(-d / near_m)), and of two alike the sooner is
    higher by up to a fifth.  The order is what it is for; it is no probability.
    Arrival: on its course, else at its closing speed.   falls (k,) rows of what falls
    """
    n = rows.shape[0]
    out = np.empty((8, n))
    arrival_ns, zone = np.empty(n, np.int64), np.empty(n, np.int64)
    comes_on, member = np.empty(n, np.bool_), np.empty(n, np.bool_)
    trusted = np.empty(n, np.bool_)
    some, friends = False, False
    for i in range(n):
        v, sd, d = course[i, CLOSING], course[i, CLOSING_SD], course[i, D_WALL]
        starts = v > lim.closing_min_mps and v > sd
        comes_on[i] = starts or (closing[rows[i]] and v > 0.0) or d <= 0.0
        closing[rows[i]] = comes_on[i]
        height = x[i, 2] + (x[i, 0] * x[i, 0] + x[i, 1] * x[i, 1]) / (2.0 * EARTH_M)
        sd = math.sqrt(P[i, 2, 2])
        z = (lim.ceiling_m - height) / max(sd, 1.0)
        low = 0.5 * math.erfc(-z / math.sqrt(2.0)) if sd <= lim.height_sd_max_m else 1.0
        for k in falls:
            if k == i:
                low = 1.0  # what falls comes down
        harm = 0.0
        for c in range(harms.shape[0]):
            harm += posterior[i, c] * harms[c]
        harm *= trust[identity[i]]
        t, p_wall = course[i, T_WALL], course[i, P_WALL]
        comes = 0.1 + 0.9 * max(p_wall, lim.near * math.exp(-max(d, 0.0) / lim.near_m))
        soon = 0.8 + 0.2 * math.exp(-t / SOON_S)
        direct = max(d, 0.0) / v if v > 0.0 else math.inf
        s = t if t < math.inf else direct
        arrival_ns[i] = t_ns + int(np.rint(min(s * NS_PER_S, NEVER_NS)))
        trusted[i] = TRUSTED[identity[i]]
        worth = harm * low >= lim.member_harm and p_wall >= lim.member_p_wall
        member[i] = comes_on[i] and worth and not trusted[i]
        some, friends = some or member[i], friends or trusted[i]
        out[SCORE, i] = harm * comes * soon * (0.1 + 0.9 * low)
        out[T, i], out[T_SD, i] = t, course[i, T_WALL_SD]
        out[P_REACH, i], out[D, i], out[LOW, i] = p_wall, d, low
        zone[i] = int(course[i, ZONE])
    closest_approach(x, P, lim.height_sd_max_m, out[TCPA], out[DCPA])
    return Weighed(out, arrival_ns, zone, comes_on, member, trusted, some, friends)
