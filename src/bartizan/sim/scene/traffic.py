"""Traffic that comes by chance: flocks, flights and drifters as ordinary groups.

In: what a corpus says of how often and from where, a seed, the raid's length and wind.
Out: groups with routes.  Does not: depend on anything else that flies: one stream a kind.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from bartizan.sim.spec import Group, Nuisances, Raid, Traffic, Weather
from bartizan.sim.streams import stream
from bartizan.types import F64

MOST_POINTS: Final = 2000  # waypoints of what stays about a place


def with_nuisances(raid: Raid, seed: int) -> Raid:
    """The raid with every group of its corpora, their weather and wind.

    Of two corpora's weather the worse counts, of two winds the last.
    """
    groups = list(raid.groups)
    weather, wind = raid.weather, raid.wind_mps
    for corpus in raid.nuisances:
        if corpus.weather is not None:
            weather = Weather(
                max(weather.rain_mmph, corpus.weather.rain_mmph),
                min(weather.visibility_m, corpus.weather.visibility_m),
            )
        wind = wind if corpus.wind_mps is None else corpus.wind_mps
    for corpus in raid.nuisances:
        for traffic in corpus.traffic:
            groups += arrivals(traffic, corpus, seed, raid.duration_s, wind)
    return raid._replace(groups=tuple(groups), weather=weather, wind_mps=wind)


def arrivals(
    t: Traffic, corpus: Nuisances, seed: int, duration_s: float, wind_mps: F64
) -> list[Group]:
    """Every flock or flight of one kind that is there at the start or comes before the end.

    What crosses and is there at the start has gone part of its way already.
    """
    rng = stream(seed, "traffic", corpus.name, t.group.name)
    times = [0.0] * t.present
    at = 0.0
    while t.per_hour > 0.0:
        at += float(rng.exponential(3600.0 / t.per_hour))
        if at >= duration_s:
            break
        times.append(at)
    ends = [min(t.stays_s, duration_s - s) for s in times]
    return [
        _one(t, corpus, seed, k, s, end, k < t.present, wind_mps)
        for k, (s, end) in enumerate(zip(times, ends, strict=True))
    ]


def _one(
    t: Traffic, corpus: Nuisances, seed: int, k: int, start_s: float, stays_s: float, there: bool,
    wind_mps: F64,
) -> Group:  # fmt: skip
    """Arrival number k: its place, course, height and members from a stream of its own."""
    name = f"{corpus.name}/{t.group.name} {k}"
    rng = stream(seed, "arrival", name)
    u = rng.random(8)
    low, high = (math.log(max(h, 1.0)) for h in t.height_m)
    height = math.exp(low + u[0] * (high - low))
    few, many = t.flock
    count = min(int(few * ((many + 1) / few) ** u[1]), many)
    if t.drifts:
        coming = math.atan2(-wind_mps[0], -wind_mps[1])
    elif math.isinf(t.from_sd_rad):
        coming = 2.0 * math.pi * u[2]
    else:
        coming = t.from_rad + t.from_sd_rad * float(rng.standard_normal())
    route = _crossing(t, coming, height, u[3], u[4] if there else 0.0)
    if t.roams_m > 0.0:
        route = _roaming(t, height, u[3], u[4], stays_s, rng)
    equipped = bool(t.group.cooperative) and u[5] < t.equipped
    return t.group._replace(
        name=name, count=count, start_s=start_s, route=route, leaves=True,
        cooperative=t.group.cooperative if equipped else "",
        identity=_identity(t.group.identity, k) if equipped else "",
    )  # fmt: skip


def _identity(text: str, k: int) -> str:
    """The identity of arrival k: TST## becomes TST07; a text without ## is everyone's."""
    marks = text.count("#")
    return text if marks == 0 else text.replace("#" * marks, f"{k % 10**marks:0{marks}d}")


def _crossing(t: Traffic, coming: float, height: float, aside: float, gone: float) -> F64:
    """Straight across: from reach_m out on one side to reach_m out on the other."""
    ahead = -np.array([math.sin(coming), math.cos(coming)])
    beside = np.array([ahead[1], -ahead[0]]) * (2.0 * aside - 1.0) * t.pass_m
    start = beside - ahead * t.reach_m * (1.0 - 2.0 * gone)
    end = beside + ahead * t.reach_m
    return np.array([[*start, height], [*end, height]])


def _roaming(
    t: Traffic, height: float, a: float, b: float, stays_s: float, rng: np.random.Generator
) -> F64:
    """Waypoints for stays_s about a place that is uniform in the disc of pass_m.

    Two points uniform in a square of side 2 are 1.04 apart in the mean.
    """
    n = min(math.ceil(stays_s * t.group.speed_mps / (1.04 * t.roams_m)) + 2, MOST_POINTS)
    r, angle = t.pass_m * math.sqrt(a), 2.0 * math.pi * b
    middle = np.array([r * math.sin(angle), r * math.cos(angle)])
    low, high = t.height_m
    out = np.empty((n, 3))
    out[:, :2] = middle + t.roams_m * rng.uniform(-1.0, 1.0, (n, 2))
    out[:, 2] = np.clip(height * rng.uniform(0.6, 1.4, n), low, high)
    return out
