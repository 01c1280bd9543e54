"""Does a track follow a corridor: inside it, at its heights, along it.

In: tracks, `Site.corridors`.  Out: the corridor's row, by track.
Does not: say that who follows it may (see `ledger`).
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import kernel
from bartizan.picture.evidence import EARTH_M
from bartizan.types import F64, I64, Site, Tracks

SLOWEST_MPS = 1.0  # slower than this it goes nowhere; assumed


@kernel
def follows(
    x: F64, path: F64, half_width_m: float, floor_m: float, ceiling_m: float, turn_rad: float
) -> bool:
    """Whether the state x (6,) is in the corridor along `path` (k, 2) and moves along it.

    Either direction counts, to within turn_rad of the segment that it is beside.
    """
    height = x[2] + (x[0] * x[0] + x[1] * x[1]) / (2.0 * EARTH_M)
    speed = math.hypot(x[3], x[4])
    if height < floor_m or height > ceiling_m or speed < SLOWEST_MPS:
        return False
    for k in range(path.shape[0] - 1):
        de, dn = path[k + 1, 0] - path[k, 0], path[k + 1, 1] - path[k, 1]
        length = math.hypot(de, dn)
        if length == 0.0:
            continue
        pe, pn = x[0] - path[k, 0], x[1] - path[k, 1]
        s = min(max((pe * de + pn * dn) / (length * length), 0.0), 1.0)
        if math.hypot(pe - s * de, pn - s * dn) > half_width_m:
            continue
        along = (x[3] * de + x[4] * dn) / (length * speed)
        if abs(along) >= math.cos(turn_rad):
            return True
    return False


def followed(tracks: Tracks, site: Site, turn_rad: float, height_sd_max_m: float) -> I64:
    """Row (n,) of Site.corridors that each track follows, the first that fits, -1 none.

    A track whose height is not measured follows none: its height cannot be vouched for.
    """
    out = np.full(len(tracks.label), -1, np.int64)
    if not site.corridors or len(out) == 0:
        return out
    known = np.flatnonzero(tracks.P[:, 2, 2] <= height_sd_max_m**2)
    for i in known.tolist():
        for row, c in enumerate(site.corridors):
            if follows(tracks.x[i], c.path, c.half_width_m, c.floor_m, c.ceiling_m, turn_rad):
                out[i] = row
                break
    return out
