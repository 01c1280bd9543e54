"""Where a wreck may come down, to the last per mille: contours, walls, people.

In: a body's drag and state when it is hit, the wind.  Out: 50, 95 and 99.9 % contours, probabilities of
areas, with standard errors.  Does not: fly the wreck itself (`sim.debris.impact` does).

Importance sampling (Rubinstein & Kroese 2017, ch. 5.6): the six standard normals that a fall
depends on are turned so that two of them, in the row space of the impact's Jacobian, carry the
place; those two are drawn wider, a quarter of the draws from the law itself (a defensive mixture,
Hesterberg 1995), so that no weight is over 4.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.sim import debris
from bartizan.sim.debris import SPREADS, inside, signed_distance_m
from bartizan.types import F64, Site

LEVELS: Final = (0.5, 0.95, 0.999)
WIDER: Final = 2.6  # of the two that carry the place: the tail at 3.7 sigma is amply drawn
DEFENSIVE: Final = 0.25  # share drawn from the law itself


class Falls(NamedTuple):
    """Draws of impacts: place (n, 2) [m] ENU, weight (n,) of mean 1."""

    place: F64
    weight: F64


class Contour(NamedTuple):
    """An ellipse that holds a share of all impacts: its scale in sigmas of the footprint."""

    level: float
    scale: float
    major_m: float
    minor_m: float
    angle_rad: float


def plain(x: F64, ground_m: float, wind_mps: F64, drag_pm: float, z: F64) -> F64:
    """Impacts (n, 2) [m] of the spreads z (n, 6)."""
    return debris.impacts(x, ground_m, wind_mps, drag_pm, z)[:, :2]


def carriers(x: F64, ground_m: float, wind_mps: F64, drag_pm: float) -> F64:
    """An orthonormal basis (6, 6), rows: the first two carry the place, by its Jacobian."""
    step = 0.5
    at = np.eye(SPREADS) * step
    ahead, behind = (plain(x, ground_m, wind_mps, drag_pm, q * at) for q in (1.0, -1.0))
    jacobian = ((ahead - behind) / (2.0 * step)).T
    _, _, v = np.linalg.svd(jacobian, full_matrices=True)
    out: F64 = v
    return out


def falls(
    x: F64, ground_m: float, wind_mps: F64, drag_pm: float, rng: np.random.Generator, draws: int
) -> Falls:
    """So many impacts by importance sampling."""
    y = rng.standard_normal((draws, SPREADS))
    own = rng.random(draws) < DEFENSIVE
    y[~own, :2] *= WIDER
    r2 = (y[:, :2] ** 2).sum(axis=1)
    # density of the mixture over that of the law, in the two carrying dimensions
    ratio = DEFENSIVE + (1.0 - DEFENSIVE) / WIDER**2 * np.exp(0.5 * r2 * (1.0 - WIDER**-2))
    z = y @ carriers(x, ground_m, wind_mps, drag_pm)
    return Falls(plain(x, ground_m, wind_mps, drag_pm, z), 1.0 / ratio)


def quantile(d: F64, weight: F64, level: float) -> float:
    """The weighted quantile, from the tail: the weights are those of a law of total mass 1."""
    order = np.argsort(-d)
    tail = np.cumsum(weight[order]) / len(d)
    k = int(np.searchsorted(tail, 1.0 - level))
    return float(d[order[min(k, len(d) - 1)]])


def contours(
    x: F64, ground_m: float, wind_mps: F64, drag_pm: float, rng: np.random.Generator,
    draws: int = 2000, P: F64 | None = None,
) -> tuple[debris.Footprint, tuple[Contour, ...]]:  # fmt: skip
    """The footprint and the ellipses of its shape that hold 50, 95 and 99.9 % of impacts.

    The shape is the Gaussian footprint's (unscented transform); its scale at each level is
    what the draws say, so that a skewed or heavy tail is in it.
    """
    print_ = debris.footprint_of(x, ground_m, wind_mps, drag_pm, P)
    f = falls(x, ground_m, wind_mps, drag_pm, rng, draws)
    d = radii(print_, f.place)
    major, minor, angle = print_.ellipse()
    out = []
    for level in LEVELS:
        scale = quantile(d, f.weight, level)
        out.append(Contour(level, scale, scale * major, scale * minor, angle))
    return print_, tuple(out)


def radii(print_: debris.Footprint, place: F64) -> F64:
    """Mahalanobis distance (n,) of places to the footprint's middle."""
    d = place - print_.mean
    inverse = np.linalg.inv(print_.cov + 1e-9 * np.eye(2))
    out: F64 = np.sqrt(np.einsum("ni,ij,nj->n", d, inverse, d))
    return out


def probability(f: Falls, hit: F64) -> tuple[float, float]:
    """Probability that `hit` (n,) 0..1 holds, and its standard error."""
    v = f.weight * hit
    return float(v.mean()), float(v.std(ddof=1) / math.sqrt(len(v)))


def on_areas(f: Falls, site: Site, hurt_m: float) -> dict[str, tuple[float, float]]:
    """P(inside the walls), and P(within hurt_m of people) of any area with people."""
    walls = inside(f.place, site.wall.polygon).astype(np.float64)
    near = np.zeros(len(f.place))
    for area in site.people:
        near = np.maximum(near, signed_distance_m(f.place, area.polygon) <= hurt_m)
    return {"inside_walls": probability(f, walls), "on_people": probability(f, near)}
