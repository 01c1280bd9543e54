"""Does a track follow a corridor: inside it, at its heights, along it.

In: a track, `Site.corridors` as arrays.  Out: the corridor's row.
Does not: say that who follows it may (see `settle`).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bartizan.jit import inner
from bartizan.picture.classes import EARTH_M
from bartizan.types import B1, F64, I64, Corridor

SLOWEST_MPS = 1.0  # slower than this it goes nowhere; assumed
NONE = -1


class Lanes(NamedTuple):
    """Corridors (k,) as arrays.

    path (p, 2) all corners, corridor j's from first[j] to first[j + 1]   friend (k,) of
    friendly traffic   bounds (k, 3) half its width, floor, ceiling [m]
    """

    path: F64
    first: I64
    bounds: F64
    friend: B1


def lanes(corridors: tuple[Corridor, ...]) -> Lanes:
    """A site's corridors for the kernel."""
    return Lanes(
        np.concatenate([np.zeros((0, 2)), *(c.path for c in corridors)]),
        np.cumsum([0, *(len(c.path) for c in corridors)]),
        np.array([(c.half_width_m, c.floor_m, c.ceiling_m) for c in corridors]).reshape(-1, 3),
        np.array(["friend" in c.user.casefold() for c in corridors], np.bool_),
    )


NO_LANES = lanes(())


@inner
def follows(x: F64, lanes: Lanes, turn_rad: float) -> int:
    """The first corridor that the state x (6,) is in and moves along, NONE without one.

    Either direction counts, to within turn_rad of the segment that it is beside.
    """
    height = x[2] + (x[0] * x[0] + x[1] * x[1]) / (2.0 * EARTH_M)
    speed = math.hypot(x[3], x[4])
    if speed < SLOWEST_MPS:
        return NONE
    path, least = lanes.path, math.cos(turn_rad)
    for j in range(lanes.bounds.shape[0]):
        width, floor, ceiling = lanes.bounds[j, 0], lanes.bounds[j, 1], lanes.bounds[j, 2]
        if height < floor or height > ceiling:
            continue
        for k in range(lanes.first[j], lanes.first[j + 1] - 1):
            de, dn = path[k + 1, 0] - path[k, 0], path[k + 1, 1] - path[k, 1]
            length = math.hypot(de, dn)
            if length == 0.0:
                continue
            pe, pn = x[0] - path[k, 0], x[1] - path[k, 1]
            s = min(max((pe * de + pn * dn) / (length * length), 0.0), 1.0)
            if math.hypot(pe - s * de, pn - s * dn) > width:
                continue
            along = (x[3] * de + x[4] * dn) / (length * speed)
            if abs(along) >= least:
                return j
    return NONE
