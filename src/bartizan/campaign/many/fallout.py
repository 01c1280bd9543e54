"""Where the wreckage of a campaign falls: contours over all raids, the walls, the people.

In: what was shot down in each raid, as it flew when it was hit.  Out: areas that hold 50, 95
and 99.9 % of the wreckage, probabilities that a raid's falls inside the walls or on people.
Does not: count what nobody shot down, or say more than the raids that were played.

Each wreck is let fall again by importance sampling (`campaign.wreckage`); all raids count
alike.  The areas are those of the highest density (Hyndman 1996, American Statistician 50,
120-126): their shape is the mixture of the wrecks' Gaussian footprints, their level is what
the weighted draws say, so that a skewed or heavy tail is in it.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from contourpy import LineType, contour_generator

from bartizan.campaign import wreckage
from bartizan.campaign.many.book import Row
from bartizan.campaign.many.order import Order
from bartizan.campaign.wreckage import Falls
from bartizan.sim import debris
from bartizan.sim.streams import stream
from bartizan.types import F64

DRAWS: Final = 20_000  # in all, shared among the wrecks; no fewer than LEAST each
LEAST: Final = 20
SHAPES: Final = 400  # footprints in the mixture at most, evenly taken
GRID: Final = 240  # nodes a side of the map


def fallout(order: Order, rows: tuple[Row, ...]) -> dict[str, Any]:
    """The wreckage of some raids; probabilities with their standard errors over raids."""
    hits = [(k, np.array(h)) for k, r in enumerate(rows) for h in r.played.hits]
    out: dict[str, Any] = {"shot_down": len(hits), "contours": []}
    if not hits:
        return out | {"inside_walls": None, "on_people": None, "draws": 0}
    each = max(DRAWS // len(hits), LEAST)
    site, wind = order.setup.site, order.raid.wind_mps
    falls: list[Falls] = []
    missed = {"inside_walls": np.ones(len(rows)), "on_people": np.ones(len(rows))}
    for k, h in hits:
        rng = stream(rows[k].played.seed, "fallout", rows[k].number, len(falls))
        f = wreckage.falls(h[2:], float(h[1]), wind, float(h[0]), rng, each)
        falls.append(f)
        for name, (q, _) in wreckage.on_areas(f, site, order.raid.warhead_m).items():
            missed[name][k] *= 1.0 - min(q, 1.0)
    for name, m in missed.items():
        p: F64 = 1.0 - m
        error = float(p.std(ddof=1)) / math.sqrt(len(p)) if len(p) > 1 else None
        out[name] = {"p_per_raid": float(p.mean()), "standard_error": error}
    out["contours"] = areas(_shapes([h for _, h in hits], wind), falls)
    return out | {"draws": each * len(hits)}


def _shapes(hits: list[F64], wind: F64) -> list[debris.Footprint]:
    """The Gaussian footprints of some hits, as many as SHAPES, evenly taken."""
    some = np.linspace(0, len(hits) - 1, min(len(hits), SHAPES)).round().astype(int).tolist()
    return [
        debris.footprint_of(hits[i][2:], float(hits[i][1]), wind, float(hits[i][0])) for i in some
    ]


def density(shapes: list[debris.Footprint], at: F64) -> F64:
    """The mixture's density (n,) [1/m2] at places (n, 2)."""
    out = np.zeros(len(at))
    for s in shapes:
        cov = s.cov + 1e-3 * np.eye(2)
        d = at - s.mean
        m = np.linalg.inv(cov)
        q = m[0, 0] * d[:, 0] ** 2 + 2.0 * m[0, 1] * d[:, 0] * d[:, 1] + m[1, 1] * d[:, 1] ** 2
        out += np.exp(-0.5 * q) / (2.0 * np.pi * math.sqrt(float(np.linalg.det(cov))))
    return out / len(shapes)


def levels(shapes: list[debris.Footprint], falls: list[Falls]) -> F64:
    """The density at the edge of each of `wreckage.LEVELS`, by the weighted draws."""
    place = np.concatenate([f.place for f in falls])
    weight = np.concatenate([f.weight for f in falls])
    rare = -np.log(np.maximum(density(shapes, place), 1e-300))
    return np.exp([-wreckage.quantile(rare, weight, level) for level in wreckage.LEVELS])


def areas(shapes: list[debris.Footprint], falls: list[Falls]) -> list[dict[str, Any]]:
    """Each level's area [m2] and its rings [m] ENU, the smallest level first."""
    edge = levels(shapes, falls)
    mean = np.array([s.mean for s in shapes])
    sd = np.sqrt(np.array([np.diag(s.cov) for s in shapes]))
    low, high = (mean - 6.0 * sd).min(axis=0), (mean + 6.0 * sd).max(axis=0)
    e, n = (np.linspace(low[k], high[k], GRID) for k in (0, 1))
    at = np.stack(np.meshgrid(e, n), axis=-1).reshape(-1, 2)
    f = density(shapes, at).reshape(GRID, GRID)
    cell = float((e[1] - e[0]) * (n[1] - n[0]))
    # the logarithm is nearly a parabola, so that lines drawn straight between nodes are good
    lines = contour_generator(e, n, np.log(np.maximum(f, 1e-300)), line_type=LineType.Separate)
    rings: list[list[Any]] = [list(lines.lines(math.log(c))) for c in edge.tolist()]
    return [
        {"level": level, "area_m2": float((f >= c).sum()) * cell,
         "rings_m": [np.round(ring, 1).tolist() for ring in its]}
        for level, c, its in zip(wreckage.LEVELS, edge.tolist(), rings, strict=True)
    ]  # fmt: skip
