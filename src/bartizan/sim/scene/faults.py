"""Faults between a sensor and us: outages, late scans, repeated scans.

In: what corpora say, scans, a seed.  Out: when each scan comes in, if it does, and again.
Does not: touch what is in a scan.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bartizan.sim.spec import Fault, Raid
from bartizan.sim.streams import stream
from bartizan.types import Scan, SensorKind, Site
from bartizan.units import NS_PER_S


class Spells(NamedTuple):
    """One fault of one sensor: when it holds, (from, to) [s] after the start each."""

    fault: Fault
    sensor: int
    name: str
    times: tuple[tuple[float, float], ...]


def spells(raid: Raid, site: Site, seed: int) -> tuple[Spells, ...]:
    """Every fault of every sensor it strikes: a Poisson process of exponential spells."""
    out = []
    for corpus in raid.nuisances:
        for f in corpus.faults:
            for s, kind in enumerate(site.sensors.kind.tolist()):
                if SensorKind(kind).name.lower() not in f.sensors:
                    continue
                name = f"{corpus.name}/{f.name}/{site.sensor_names[s]}"
                out.append(Spells(f, s, name, _times(f, raid.duration_s, seed, name)))
    return tuple(out)


def _times(f: Fault, duration_s: float, seed: int, name: str) -> tuple[tuple[float, float], ...]:
    if math.isinf(f.per_hour):
        return ((0.0, math.inf),)
    rng = stream(seed, "fault", name)
    out, t = [], 0.0
    while f.per_hour > 0.0:
        t += float(rng.exponential(3600.0 / f.per_hour))
        if t >= duration_s:
            break
        end = t + float(rng.exponential(f.for_s))
        out.append((t, end))
        t = end
    return tuple(out)


def arrivals(own: tuple[Spells, ...], scan: Scan, look: int, t0_ns: int, seed: int) -> list[int]:
    """When [ns] look number `look` of a sensor comes in: once, never, or more than once."""
    t_s = (scan.t_ns - t0_ns) / NS_PER_S
    first, again = scan.t_ns, []
    for s in own:
        if s.sensor != scan.sensor or not any(a <= t_s < b for a, b in s.times):
            continue
        u, delay = stream(seed, "struck", s.name, look).random(2)
        if u >= s.fault.share:
            continue
        if s.fault.kind == "outage":
            return []
        after = round(-math.log1p(-delay) * s.fault.delay_s * NS_PER_S)
        if s.fault.kind == "late":
            first += after
        else:
            again.append(after)
    return [first, *(first + a for a in again)]


def due(waiting: tuple[tuple[int, Scan], ...], t_ns: int) -> tuple[list[Scan], tuple[tuple[int, Scan], ...]]:  # fmt: skip
    """The scans that have come in by t_ns, in order of arrival, and those still on their way."""
    now = sorted((w for w in waiting if w[0] <= t_ns), key=lambda w: w[0])
    return [scan for _, scan in now], tuple(w for w in waiting if w[0] > t_ns)
