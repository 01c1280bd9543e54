"""The ground about a site and what stands on it, as nouns; `sight` computes with them.

In: nothing.  Out: a grid of heights, buildings.  Does not: read a file, compute, or load Numba.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
F32 = NDArray[np.float32]


class Terrain(NamedTuple):
    """The ground about a site: heights of the nodes of a grid, north by east.

    e0_m, n0_m place of the south-western node   cell_m between nodes   height_m (b, a) [m]
    over the reference point along the curved Earth: a node's up in ENU is less by d^2 / 2R.
    No rows: smooth ground at the reference point's height.
    """

    e0_m: float = 0.0
    n0_m: float = 0.0
    cell_m: float = 1.0
    height_m: F32 = np.zeros((0, 0), np.float32)


class Building(NamedTuple):
    """What stands in the way.  polygon (k, 2) [m] ENU   height_m above the ground there."""

    name: str
    polygon: F64
    height_m: float
