"""Counter-drone radars and radio sensors as the NATO exercise TIE20 recorded them.

In: a scenario's folder of gzipped tables.  Out: one scan a radar message or radio report.
Does not: read `truth.csv`, or believe what a sensor did not measure (see docs/feeds.md).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds import tables
from bartizan.feeds.order import order
from bartizan.feeds.reports import (
    EMPTY,
    NAN,
    Report,
    from_future,
    refused,
    reports_only,
    scan_of,
    wrong_range,
)
from bartizan.frames import LocalFrame, enu_from_wgs84, local_frame
from bartizan.types import Frame, ObjectClass, Refused, Scan, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG, ns_from_s

ARRIVED: Final = "total in seconds"
RADARS: Final = ("alvira", "arcus")
MEMORY_NS: Final = 60 * NS_PER_S  # how long an exact repeat is known as one
DRONES: Final = ("DJI", "Parrot", "Mavic", "Phantom", "OcuSync")  # makers' multirotors


class Tie20Params(NamedTuple):
    """Settings of the feed; figures without a source are assumed.

    hold_s  how long a scan waits for older ones   turn_s  a radar report older than this
    at its message's end is handed over at its own time
    range_rate_sd_mps  of the radial part of a reported velocity; 0: not used
    beam_rad, beam_sd_rad  the 2-D radar's beam stands for the elevation that it does not
    measure; sd 0: elevation NaN
    floor_dbsm, floor_score  what the 3-D radar reports below either is set aside
    diana_bands  bands whose bearing is used   radio  use the two radio sensors
    radio_again_s  an unchanged bearing of one emitter is news again after this
    """

    hold_s: float = 12.0
    turn_s: float = 2.0
    range_rate_sd_mps: float = 3.0
    beam_rad: float = 5.0 * RAD_PER_DEG
    beam_sd_rad: float = 6.0 * RAD_PER_DEG
    floor_dbsm: float = -27.0
    floor_score: float = 0.8
    diana_bands: tuple[int, ...] = (1,)
    radio: bool = True
    radio_again_s: float = 5.0


class _Radar(NamedTuple):
    """One radar's table, its row of the site, and what is needed to place a report."""

    name: str
    path: Path
    row: int
    site: Site
    frame: LocalFrame
    params: Tie20Params


def feed(path: Path, site: Site, params: Tie20Params) -> Iterator[Scan | Refused]:
    """Scans of one scenario folder in order of time, and every row that was set aside.

    Raises SourceError when the folder has no sensor table, or one cannot be read.
    """
    sources: list[Iterator[tuple[int, Scan | Refused]]] = []
    readers: dict[str, Callable[[_Radar], Iterator[tuple[int, Scan | Refused]]]] = {
        "alvira": _radar, "arcus": _radar, "diana": _diana, "venus": _venus,
    }  # fmt: skip
    frame = local_frame(site.name, *site.origin)
    for name, reader in readers.items():
        table = path / f"{name}.csv.gz"
        if not table.exists() or (name not in RADARS and not params.radio):
            continue
        row = site.sensor_names.index(name) if name in site.sensor_names else -1
        source = _Radar(name, table, row, site, frame, params)
        sources.append(reader(source) if row >= 0 else _undeclared(source))
    if not sources:
        raise SourceError(f"{path}: no sensor table (alvira.csv.gz, arcus.csv.gz, ...) in it")
    merged = heapq.merge(*sources, key=lambda pair: pair[0])
    return order((item for _, item in merged), params.hold_s)


def _aside(source: _Radar, t_ns: int, row: tables.Row | tables.Broken, why: str) -> Refused:
    return refused(t_ns, source.name, f"{source.path.name}:{row.line}", why, row.raw)


def _arrivals(
    source: _Radar, needed: tuple[str, ...]
) -> Iterator[tuple[int, tables.Row | Refused]]:
    """The table's rows with their time of arrival [ns]; never one before the last."""
    t_ns = 0
    for row in tables.rows(source.path, (ARRIVED, *needed)):
        if isinstance(row, tables.Broken):
            yield t_ns, _aside(source, t_ns, row, row.why)
            continue
        try:
            t_ns = max(t_ns, ns_from_s(tables.number(row.cells[ARRIVED])))
        except ValueError as e:
            yield t_ns, _aside(source, t_ns, row, f"{ARRIVED}: {e}")
            continue
        yield t_ns, row


def _undeclared(source: _Radar) -> Iterator[tuple[int, Refused]]:
    """Every row of a sensor that the site does not have, set aside."""
    for t_ns, row in _arrivals(source, ()):
        if isinstance(row, Refused):
            yield t_ns, row
        else:
            yield t_ns, _aside(source, t_ns, row, f"sensor {source.name!r} is not declared")


def _radar(source: _Radar) -> Iterator[tuple[int, Scan | Refused]]:
    """One scan a message of a radar: its reports, and that it looked all around.

    A row with a message time opens a message, rows without one belong to the last.
    """
    prefix = source.name.capitalize()
    message, stamp = f"{prefix}Tracks_timestamp", f"{prefix}TracksTrack_Timestamp"
    known: dict[tuple[str, ...], int] = {}
    end_ns, arrived_ns, reports = 0, 0, list[Report]()
    for t_ns, row in _arrivals(source, (message, stamp)):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        try:
            if row.cells[message]:
                if end_ns:
                    yield from ((arrived_ns, s) for s in _scans(source, end_ns, reports))
                end_ns, reports = tables.time_ns(row.cells[message]), []
                arrived_ns = t_ns
                if abs(end_ns - t_ns) > 3600 * NS_PER_S:
                    raise ValueError(f"{message} is {(end_ns - t_ns) / 3.6e12:.1f} h from arrival")
            if row.cells[stamp]:
                report = _report(source, prefix, row, max(end_ns, t_ns), known)
                reports.append(report)
        except ValueError as e:
            yield t_ns, _aside(source, t_ns, row, str(e))
    if end_ns:
        yield from ((arrived_ns, s) for s in _scans(source, end_ns, reports))


def _scans(source: _Radar, end_ns: int, reports: list[Report]) -> Iterator[Scan]:
    """The message's look, and the reports that are older than it at their own times."""
    look = source.site.sensors.look[source.row]
    turn_ns = ns_from_s(source.params.turn_s)
    fresh = [r for r in reports if end_ns - r.t_ns <= turn_ns]
    for old in reports:
        if end_ns - old.t_ns > turn_ns:
            yield scan_of(old.t_ns, source.row, Frame.SPHERICAL, reports_only(look), [old])
    yield scan_of(end_ns, source.row, Frame.SPHERICAL, look, fresh)


def _report(
    source: _Radar,
    prefix: str,
    row: tables.Row,
    received_ns: int,
    known: dict[tuple[str, ...], int],
) -> Report:
    """The row's report; raises ValueError with the reason why it is set aside."""
    track = f"{prefix}TracksTrack"
    cells = row.cells
    key = tuple(v for k, v in cells.items() if k.startswith(track))
    t_ns = tables.time_ns(cells[f"{track}_Timestamp"])
    why = from_future(t_ns, received_ns)
    if why:
        raise ValueError(why)
    if key in known:
        raise ValueError("repeated")
    known[key] = t_ns
    if len(known) > 4096:
        for old in [k for k, t in known.items() if t < t_ns - MEMORY_NS]:
            del known[old]
    lat, lon, alt, speed, course, climb, rcs, score = (
        tables.number(cells[track + c])
        for c in (
            "Position_Latitude", "Position_Longitude", "Position_Altitude", "Velocity_Speed",
            "Velocity_Azimuth", "Velocity_Elevation", "_Reflection", "_Score",
        )
    )  # fmt: skip
    flat = source.name == "alvira"
    if not flat:
        _admit(source.params, cells[f"{track}_Classification"], rcs, score)
    z = _spherical(source, lat, lon, None if flat else alt)
    why = wrong_range(z[0], source.site.sensors.look[source.row])
    if why:
        raise ValueError(why)
    return _measured(source, t_ns, z, (speed, course, climb), rcs, score, flat)


def _admit(params: Tie20Params, kind: str, rcs_dbsm: float, score: float) -> None:
    """Raises ValueError for what the 3-D radar itself holds for a vehicle or for small."""
    if kind == "VEHICLE":
        raise ValueError("a vehicle on the ground, by the sensor's own class")
    if rcs_dbsm < params.floor_dbsm:
        raise ValueError(f"cross-section under {params.floor_dbsm:g} dBsm")
    if score < params.floor_score:
        raise ValueError(f"score under {params.floor_score:g}")


def _spherical(
    source: _Radar, lat_deg: float, lon_deg: float, alt_msl_m: float | None
) -> tuple[float, float, float]:
    """Range [m], azimuth, elevation [rad] of a reported place in the sensor's own axes.

    Without a height the place is taken at the sensor's own: its range is then what the
    sensor measured, since its height column is only a fixed slope of the range.
    """
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        raise ValueError(f"no such place: {lat_deg}, {lon_deg} deg")
    site, pos = source.site, source.site.sensors.pos[source.row]
    hae = site.origin[2] + pos[2] if alt_msl_m is None else alt_msl_m + site.geoid_m
    lat, lon = np.float64(lat_deg * RAD_PER_DEG), np.float64(lon_deg * RAD_PER_DEG)
    e, n, u = site.sensors.rot[source.row] @ (enu_from_wgs84(source.frame, lat, lon, hae) - pos)
    ground = math.hypot(e, n)
    if alt_msl_m is None:
        return ground, math.atan2(e, n), 0.0
    return math.hypot(ground, u), math.atan2(e, n), math.atan2(u, ground)


def _measured(
    source: _Radar,
    t_ns: int,
    place: tuple[float, float, float],
    velocity: tuple[float, float, float],
    rcs_dbsm: float,
    score: float,
    flat: bool,
) -> Report:
    """The report with the site's noise; its velocity gives the range rate."""
    r, az, el = place
    sd = source.site.sensors.sd[source.row]
    speed, course, climb = velocity[0], velocity[1] * RAD_PER_DEG, velocity[2] * RAD_PER_DEG
    rate_sd = source.params.range_rate_sd_mps
    level = math.cos(climb) * math.cos(el) * math.cos(course - az)
    rate = speed * (level + math.sin(climb) * math.sin(el))
    el_sd = float(sd[2])
    if flat:
        el, el_sd = source.params.beam_rad, source.params.beam_sd_rad
    z = (r, az, el if el_sd > 0.0 else NAN, rate if rate_sd > 0.0 else NAN, NAN, NAN)
    s = (float(sd[0]), float(sd[1]), el_sd if el_sd > 0.0 else NAN,
         rate_sd if rate_sd > 0.0 else NAN, NAN, NAN)  # fmt: skip
    return Report(t_ns, z, s, rcs_dbsm=rcs_dbsm, confidence=score)


def _bearing(source: _Radar, t_ns: int, az_deg: float, **more: float | int) -> Scan:
    """A scan of one bearing; a bearing that is missing says nothing."""
    z = (NAN, math.remainder(az_deg * RAD_PER_DEG, 2.0 * math.pi), *EMPTY[2:])
    sd = (NAN, float(source.site.sensors.sd[source.row, 1]), *EMPTY[2:])
    look = reports_only(source.site.sensors.look[source.row])
    report = Report(t_ns, z, sd, **more)  # type: ignore[arg-type]
    return scan_of(t_ns, source.row, Frame.SPHERICAL, look, [report])


def _multirotor(model: str) -> int:
    """The class that a radio sensor's model name declares; 0 when it names none."""
    known = any(maker in model for maker in DRONES)
    return int(ObjectClass.MULTIROTOR) if known else 0


def _diana(source: _Radar) -> Iterator[tuple[int, Scan | Refused]]:
    """Bearings of aircraft from the first row of each message (the others repeat it).

    Controllers are people on the ground and bands out of use are no detections: neither
    is set aside, neither is a scan.
    """
    head = "DianaTargetsTarget"
    needed = ("Diana_time", "DianaTargets_band", f"{head}Signal_bearing_deg",
              f"{head}Classification_type", f"{head}Classification_model",
              f"{head}Classification_score")  # fmt: skip
    for t_ns, row in _arrivals(source, needed):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        cells = row.cells
        if not cells["Diana_time"] or cells[f"{head}Classification_type"] != "aircraft":
            continue
        try:
            if int(tables.number(cells["DianaTargets_band"])) not in source.params.diana_bands:
                continue
            az_deg = tables.number(cells[f"{head}Signal_bearing_deg"])
            score = tables.number(cells[f"{head}Classification_score"])
        except ValueError as e:
            yield t_ns, _aside(source, t_ns, row, str(e))
            continue
        declared = _multirotor(cells[f"{head}Classification_model"])
        yield t_ns, _bearing(source, t_ns, az_deg, declared=declared, confidence=score)


def _venus(source: _Radar) -> Iterator[tuple[int, Scan | Refused]]:
    """Bearings of emitters that the sensor holds for drones, at their time of arrival
    (its own clock is hours off); an unchanged bearing of one emitter is a repeat."""
    needed = ("VenusTriggerVenusName_isThreat", "VenusTrigger_VenusName",
              "VenusTrigger_RadioId", "VenusTrigger_Azimuth")  # fmt: skip
    last: dict[int, tuple[str, int]] = {}
    again_ns = ns_from_s(source.params.radio_again_s)
    for t_ns, row in _arrivals(source, needed):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        threat, model, emitter, az = (row.cells[c] for c in needed)
        if not az or not threat:
            continue  # an emitter heard without a bearing
        try:
            if tables.number(threat) != 1.0:
                continue
            number, az_deg = int(tables.number(emitter)), tables.number(az)
        except ValueError as e:
            yield t_ns, _aside(source, t_ns, row, str(e))
            continue
        before = last.get(number, ("", 0))
        if before[0] == az and t_ns - before[1] < again_ns:
            yield t_ns, _aside(source, t_ns, row, "repeated")
            continue
        last[number] = (az, t_ns)
        yield t_ns, _bearing(source, t_ns, az_deg, declared=_multirotor(model), number=number)
