"""Counter-drone radars and radio sensors as the NATO exercise TIE20 recorded them.

In: a scenario's folder of gzipped tables.  Out: one scan a radar message or radio report.
Does not: read `truth.csv`, or believe what a sensor did not measure (see docs/feeds.md).
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds.order import late_s, order, tick
from bartizan.feeds.reports import Report, reports_only, scan_of
from bartizan.feeds.tie20 import radar, radio
from bartizan.feeds.tie20.source import (
    Item,
    Message,
    Source,
    Tie20Params,
    arrivals,
    aside,
)
from bartizan.frames import enu_from_spherical, local_frame, wrap
from bartizan.types import Frame, Refused, Scan, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG, ns_from_s

__all__ = ["Tie20Params", "feed"]

READERS: Final[dict[str, Callable[[Source], Iterator[tuple[int, Item]]]]] = {
    "alvira": radar.read,
    "arcus": radar.read,
    "diana": radio.diana,
    "venus": radio.venus,
}
RADARS: Final = ("alvira", "arcus")


def feed(path: Path, site: Site, params: Tie20Params) -> Iterator[Scan | Refused]:
    """Scans of one scenario folder in order of time, and every row that was set aside.

    Raises SourceError when the folder has no sensor table, or one cannot be read.
    """
    sources: list[Iterator[tuple[int, Item]]] = []
    heard = False
    frame = local_frame(site.name, *site.origin)
    for name, reader in READERS.items():
        table = path / f"{name}.csv.gz"
        if not table.exists():
            continue
        row = site.sensor_names.index(name) if name in site.sensor_names else -1
        source = Source(name, table, row, site, frame, params)
        sources.append(reader(source) if row >= 0 else _undeclared(source))
        heard = heard or (name not in RADARS and row >= 0)
    if not sources:
        raise SourceError(f"{path}: no sensor table (alvira.csv.gz, arcus.csv.gz, ...) in it")
    merged = heapq.merge(*sources, key=lambda pair: pair[0])
    scans = _handed_on((item for _, item in merged), site, heard, params)
    return tick(order(scans, params.hold_s, late_s(site)))


def _handed_on(
    items: Iterator[Item], site: Site, heard: bool, params: Tie20Params
) -> Iterator[Scan | Refused]:
    """Messages to scans, in order of arrival, with the radio bearings so far at hand."""
    bearings: deque[Heard] = deque()
    for item in items:
        if isinstance(item, Message):
            while bearings and item.end_ns - bearings[0].t_ns > params.support_s * NS_PER_S:
                bearings.popleft()
            good = []
            for report, row in item.reports:
                why = ""
                if item.source.name == "arcus":
                    why, report = _supported(item.source, report, bearings, heard)
                if why:
                    yield aside(item.source, item.end_ns, row, why)
                else:
                    good.append(report)
            yield from _scans(item.source, item.end_ns, good)
            continue
        if isinstance(item, Scan) and len(item.z):
            az = float(item.z[0, 1] - site.sensors.bias[item.sensor, 1])
            bearings.append(Heard(item.t_ns, item.sensor, az, int(item.declared[0])))
            if site.sensor_names[item.sensor] not in params.bearings:
                continue
        yield item


class Heard(NamedTuple):
    """A radio bearing [rad], of which sensor, and the type that it named (0: none)."""

    t_ns: int
    row: int
    az_rad: float
    declared: int


def _supported(
    source: Source, report: Report, bearings: Iterable[Heard], heard: bool
) -> tuple[str, Report]:
    """Why a report of the 3-D radar is taken for a bird or a car, "" when it is not; and the
    report, of the type that the radio names there."""
    params, sensors = source.params, source.site.sensors
    if report.rcs_dbsm < params.floor_dbsm:
        return f"cross-section under {params.floor_dbsm:g} dBsm", report
    if report.confidence < (params.floor_score if heard else params.floor_score_alone):
        return "score of the sensor too low", report
    if not heard:
        return "", report
    r, az, el = report.z[:3]
    own = np.array(enu_from_spherical(r, az, el))
    p = sensors.pos[source.row] + sensors.rot[source.row].T @ own
    near = []
    for b in bearings:
        e, n, _ = sensors.rot[b.row] @ (p - sensors.pos[b.row])
        if abs(wrap(math.atan2(e, n) - b.az_rad)) <= params.support_rad:
            near.append(b)
    if not near:
        return (
            f"no radio bearing within {params.support_rad / RAD_PER_DEG:.0f} deg supports it",
            report,
        )
    named = max(b.declared for b in near)
    if named and not report.declared:
        report = report._replace(declared=named, confidence=params.support_sure)
    return "", report


def _undeclared(source: Source) -> Iterator[tuple[int, Refused]]:
    """Every row of a sensor that the site does not have, set aside."""
    for t_ns, row in arrivals(source, ()):
        if isinstance(row, Refused):
            yield t_ns, row
        else:
            yield (
                t_ns,
                aside(source, t_ns, row, f"sensor {source.name!r} is not declared"),
            )


def _scans(source: Source, end_ns: int, reports: list[Report]) -> Iterator[Scan]:
    """The message's look, and the reports that are older than it at their own times."""
    look = source.site.sensors.look[source.row]
    turn_ns = ns_from_s(source.params.turn_s)
    fresh = [r for r in reports if end_ns - r.t_ns <= turn_ns]
    for old in reports:
        if end_ns - old.t_ns > turn_ns:
            yield scan_of(old.t_ns, source.row, Frame.SPHERICAL, reports_only(look), [old])
    yield scan_of(end_ns, source.row, Frame.SPHERICAL, look, fresh)
