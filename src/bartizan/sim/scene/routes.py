"""A group's route as its members fly it: formations, loitering, terrain under it.

In: a group, the ground.  Out: each member's waypoints and how long it hovers at them.
Does not: fly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from bartizan.sim.spec import Formation, Group, Loiter
from bartizan.types import F64

# Height [m] of the ground at places east, north (k,) [m] over the smooth Earth through the
# site's reference point; the hook for an elevation model.
Ground = Callable[[F64, F64], F64]
GROUND_STEP_M: Final = 100.0  # a route that follows the ground has a waypoint so often, assumed
CIRCLE_POINTS: Final = 12  # waypoints of one loiter circle


class Way(NamedTuple):
    """Waypoints (k, 3) [m] ENU with heights over the reference's ground; hover (k,) [s] at each."""

    points: F64
    hover: F64


def flat(east_m: F64, north_m: F64) -> F64:
    """No terrain: the ground is as high as at the reference point, over the curved Earth."""
    return np.zeros_like(east_m)


def way(group: Group, ground: Ground = flat) -> Way:
    """The nominal route with its loiter circles, over the ground where it follows it.

    Raises ValueError when the route is not (k, 3) with k >= 1.
    """
    route = np.array(group.route, dtype=np.float64)
    if route.ndim != 2 or route.shape[0] < 1 or route.shape[1] != 3:
        raise ValueError(f"group {group.name}: a route is (k, 3) with k >= 1, not {route.shape}")
    waits = {w.at: w for w in group.loiter}
    points: list[F64] = []
    hover: list[float] = []
    for k, p in enumerate(route):
        points.append(p)
        wait = waits.get(k)
        hover.append(wait.seconds if wait is not None and wait.radius_m <= 0.0 else 0.0)
        if wait is not None and wait.radius_m > 0.0:
            circle = _circle(route, k, wait, group.speed_mps)
            points += list(circle)
            hover += [0.0] * len(circle)
    out = Way(np.array(points), np.array(hover))
    return _over(out, ground) if group.follows_ground else out


def _circle(route: F64, k: int, wait: Loiter, speed_mps: float) -> F64:
    """Waypoints of the loiter circles about a point radius_m to the right of waypoint k."""
    before = route[k] - route[k - 1] if k > 0 else route[k + 1] - route[k]
    course = math.atan2(before[0], before[1])
    right = course + math.pi / 2.0
    centre = route[k, :2] + wait.radius_m * np.array([math.sin(right), math.cos(right)])
    chord = 2.0 * wait.radius_m * math.sin(math.pi / CIRCLE_POINTS)
    n = max(round(wait.seconds * speed_mps / chord), 1)
    a = right + math.pi + 2.0 * math.pi * np.arange(1, n + 1) / CIRCLE_POINTS
    ring = centre + wait.radius_m * np.column_stack([np.sin(a), np.cos(a)])
    return np.column_stack([ring, np.full(n, route[k, 2])])


def _over(w: Way, ground: Ground) -> Way:
    """The way with a point every GROUND_STEP_M, each at its height over the ground there."""
    points, hover = [w.points[:1]], [w.hover[:1]]
    for k in range(1, len(w.points)):
        a, b = w.points[k - 1], w.points[k]
        n = max(math.ceil(math.hypot(*(b - a)[:2]) / GROUND_STEP_M), 1)
        points.append(a + np.outer(np.arange(1, n + 1) / n, b - a))
        hover.append(np.append(np.zeros(n - 1), w.hover[k]))
    out = np.concatenate(points)
    out[:, 2] += ground(out[:, 0], out[:, 1])
    return Way(out, np.concatenate(hover))


def places(formation: Formation, members: int) -> F64:
    """Each member's place (n, 2) in the shape: to the right and ahead of its middle [m]."""
    i = np.arange(members, dtype=np.float64)
    zero = np.zeros(members)
    if formation.shape == "line":
        out = np.column_stack([i - (members - 1) / 2.0, zero])
    elif formation.shape == "column":
        out = np.column_stack([zero, -i])
    elif formation.shape == "wedge":
        rank = np.ceil(i / 2.0)
        out = np.column_stack([np.where(i % 2 == 1, 1.0, -1.0) * rank, -rank])
    else:  # grid
        wide = math.ceil(math.sqrt(members))
        out = np.column_stack([i % wide - (wide - 1) / 2.0, -(i // wide)])
    return out * formation.gap_m


def in_formation(w: Way, place: F64) -> Way:
    """The way of the member at `place` (2,): beside the route, started ahead or behind.

    Members fly at one speed, so that what starts behind stays behind.  The end of the route is
    the same for all: they converge on it.
    """
    p = w.points.copy()
    if len(p) < 2:
        return w
    leg = np.diff(p[:, :2], axis=0)
    leg /= np.maximum(np.hypot(leg[:, 0], leg[:, 1]), 1e-9)[:, None]
    ahead = np.concatenate([leg[:1], leg[:-1] + leg[1:], leg[-1:]])
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    right = np.column_stack([ahead[:, 1], -ahead[:, 0]])
    p[:-1, :2] += place[0] * right[:-1]
    p[0, :2] += place[1] * ahead[0]
    return Way(p, w.hover)


def least_s(group: Group, wind_mps: F64) -> float:
    """How long [s] the slowest likely member (2 sigma) needs for the route, turns apart."""
    w = way(group)
    speed = max(group.speed_mps - 2.0 * group.speed_sd_mps, 1.0)
    total = float(w.hover.sum())
    for a, b in zip(w.points[:-1], w.points[1:], strict=True):
        d = (b - a)[:2]
        length = float(np.hypot(*d))
        v = speed
        if group.airspeed and length > 0.0:
            along = float(wind_mps[:2] @ d) / length
            across2 = float(wind_mps[:2] @ wind_mps[:2]) - along * along
            v = max(along + math.sqrt(max(speed * speed - across2, 0.0)), 0.5)
        total += length / v
    return total
