"""What the sensors together would see of a thing over a grid of places at one height.

In: `types.Sensors`, a grid in site ENU, a height, a signature.  Out: probabilities.
Does not: know terrain, or which sensors are healthy (the caller says which count).

The probability is `look_probability`'s, as the tracker expects and the simulator draws it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.sensing.look import look_probability
from bartizan.types import B1, F64, I64, SensorKind, Sensors

COMES_MPS = 30.0  # the thing flies at the site's reference point so fast; assumed


class Grid(NamedTuple):
    """Square cells: centre of the first [m] ENU, their side, columns (east), rows (north)."""

    e0_m: float
    n0_m: float
    cell_m: float
    cols: int
    rows: int

    def centres(self) -> F64:
        """(rows * cols, 2) [m] ENU, row by row from the south-west."""
        e = self.e0_m + self.cell_m * np.arange(self.cols)
        n = self.n0_m + self.cell_m * np.arange(self.rows)
        return np.stack(np.broadcast_arrays(e[None, :], n[:, None]), axis=-1).reshape(-1, 2)


def square(half_m: float, cells: int) -> Grid:
    """A grid about the reference point, half_m to each side, cells by cells."""
    cell = 2.0 * half_m / cells
    return Grid(-half_m + cell / 2.0, -half_m + cell / 2.0, cell, cells, cells)


def one_look(sensors: Sensors, places: F64, height_m: float) -> F64:
    """P that one full look of each sensor reports its nominal target, (s, k).

    places (k, 2) [m] site ENU   height_m over the reference point.  The thing flies at the
    reference point with COMES_MPS, so that a Doppler notch shows where it would.
    """
    return np.asarray(
        _one_look(sensors.kind, sensors.pd, sensors.look, sensors.pos, sensors.rot, places,
                  float(height_m), COMES_MPS)
    )  # fmt: skip


@kernel
def _one_look(
    kind: I64, pd: F64, look: F64, pos: F64, rot: F64, places: F64, up_m: float, speed_mps: float
) -> F64:
    out = np.zeros((len(kind), len(places)))
    for k in range(len(places)):
        e, n = places[k, 0], places[k, 1]
        away = max(math.sqrt(e * e + n * n), 1.0)
        for s in range(len(kind)):
            dx, dy, dz = e - pos[s, 0], n - pos[s, 1], up_m - pos[s, 2]
            x = rot[s, 0, 0] * dx + rot[s, 0, 1] * dy + rot[s, 0, 2] * dz
            y = rot[s, 1, 0] * dx + rot[s, 1, 1] * dy + rot[s, 1, 2] * dz
            z = rot[s, 2, 0] * dx + rot[s, 2, 1] * dy + rot[s, 2, 2] * dz
            r = max(math.sqrt(x * x + y * y + z * z), 1e-3)
            rdot = -speed_mps * (dx * e + dy * n) / (r * away)
            out[s, k] = look_probability(
                kind[s], pd[s], look[s], r, math.atan2(x, y), math.asin(z / r), rdot, up_m
            )
    return out


def reporting(sensors: Sensors) -> B1:
    """Which sensors (s,) see a thing without its help: no cooperative ones, nor those that
    hear only what emits."""
    return np.asarray(sensors.kind <= int(SensorKind.ACOUSTIC))


def within(sensors: Sensors, counts: B1, places: F64, height_m: float, time_s: float) -> F64:
    """P (k,) that one of the sensors that count reports a thing at least once in time_s.

    Looks are taken as independent, which fading makes too good: read it as a bound.
    """
    looks = np.floor(time_s / np.maximum(sensors.period_s, 1e-3))
    p = np.minimum(one_look(sensors, places, height_m), 1.0 - 1e-12)
    missed = np.log1p(-p) * (looks * counts)[:, None]
    return np.asarray(-np.expm1(missed.sum(axis=0)))


def floor_m(sensors: Sensors, counts: B1, places: F64, p: float, time_s: float) -> F64:
    """The lowest height (k,) [m] at which `within` reaches p; inf where none of LEVELS does."""
    out = np.full(len(places), np.inf)
    for height in reversed(LEVELS_M):
        out[within(sensors, counts, places, height, time_s) >= p] = height
    return out


LEVELS_M = (20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 3000.0)
