"""The two radars of TIE20: messages of sensor-level tracks without numbers.

In: a radar's table.  Out: one `Message` a turn, its reports as range, azimuth, elevation.
Does not: believe a height that was not measured, or hand one report on twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from bartizan.feeds import tables
from bartizan.feeds.reports import NAN, Report, enu_of, from_future, wrong_range
from bartizan.feeds.tie20.source import Item, Message, Source, arrivals, aside
from bartizan.types import ObjectClass, Refused
from bartizan.units import NS_PER_S, RAD_PER_DEG

NUMBERS: Final = (
    "Position_Latitude",
    "Position_Longitude",
    "Position_Altitude",
    "Velocity_Speed",
    "Velocity_Azimuth",
    "Velocity_Elevation",
    "_Reflection",
    "_Score",
)
WORDS: Final = ("_Classification",)
ASTRAY_S: Final = 30.0  # a message's time this far from its arrival is wrong
MEMORY_NS: Final = 60 * NS_PER_S  # how long an exact repeat is known as one


def read(source: Source) -> Iterator[tuple[int, Item]]:
    """One message after the other: its reports, and that the radar looked all around.

    A row with a message time opens a message, rows without one belong to the last.
    """
    prefix = source.name.capitalize()
    message, stamp = f"{prefix}Tracks_timestamp", f"{prefix}TracksTrack_Timestamp"
    known: dict[tuple[str, ...], int] = {}
    end_ns, arrived_ns, reports = 0, 0, list[tuple[Report, tables.Row]]()
    needed = (message, *(f"{prefix}TracksTrack{c}" for c in ("_Timestamp", *NUMBERS, *WORDS)))
    for t_ns, row in arrivals(source, needed):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        try:
            if row.cells[message]:
                if end_ns:
                    yield arrived_ns, Message(source, end_ns, tuple(reports))
                end_ns, arrived_ns, reports = t_ns, t_ns, []  # until its own time is good
                end_ns = _near(source.time_ns(row.cells[message]), t_ns)
            if row.cells[stamp]:
                report = _report(source, prefix, row, max(end_ns, t_ns), known)
                reports.append((report, row))
        except ValueError as e:
            yield t_ns, aside(source, t_ns, row, str(e))
    if end_ns:
        yield arrived_ns, Message(source, end_ns, tuple(reports))


def _near(end_ns: int, arrived_ns: int) -> int:
    """The message's time; raises ValueError when it is far from its arrival."""
    off_s = (end_ns - arrived_ns) / NS_PER_S
    if abs(off_s) > ASTRAY_S:
        raise ValueError(f"the message's time is {off_s:.0f} s from its arrival")
    return end_ns


def _report(
    source: Source,
    prefix: str,
    row: tables.Row,
    received_ns: int,
    known: dict[tuple[str, ...], int],
) -> Report:
    """The row's report; raises ValueError with the reason why it is set aside."""
    track = f"{prefix}TracksTrack"
    cells = row.cells
    key = tuple(v for k, v in cells.items() if k.startswith(track))
    t_ns = source.time_ns(cells[f"{track}_Timestamp"])
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
        for c in NUMBERS
    )  # fmt: skip
    flat = source.name == "alvira"
    if not flat and cells[f"{track}_Classification"] == "VEHICLE":
        raise ValueError("a vehicle on the ground, by the sensor's own class")
    z = _spherical(source, lat, lon, None if flat else alt)
    why = wrong_range(z[0], source.site.sensors.look[source.row])
    if why:
        raise ValueError(why)
    said = cells[f"{track}_Classification"]
    return _measured(source, t_ns, z, (speed, course, climb), rcs, score, flat, said)


def _spherical(
    source: Source, lat_deg: float, lon_deg: float, alt_msl_m: float | None
) -> tuple[float, float, float]:
    """Range [m], azimuth, elevation [rad] of a reported place in the sensor's own axes.

    Without a height the place is taken at the sensor's own: its range is then what the
    sensor measured, since its height column is only a fixed slope of the range.
    """
    if abs(lat_deg) > 90.0 or abs(lon_deg) > 180.0:
        raise ValueError(f"no such place: {lat_deg}, {lon_deg} deg")
    site, pos = source.site, source.site.sensors.pos[source.row]
    hae = site.origin[2] + pos[2] if alt_msl_m is None else alt_msl_m + site.geoid_m
    lat, lon = lat_deg * RAD_PER_DEG, lon_deg * RAD_PER_DEG
    e, n, u = site.sensors.rot[source.row] @ (enu_of(source.frame, lat, lon, hae) - pos)
    ground = math.hypot(e, n)
    if alt_msl_m is None:
        return ground, math.atan2(e, n), 0.0
    return math.hypot(ground, u), math.atan2(e, n), math.atan2(u, ground)


def _measured(
    source: Source,
    t_ns: int,
    place: tuple[float, float, float],
    velocity: tuple[float, float, float],
    reflection: float,
    score: float,
    flat: bool,
    said: str,
) -> Report:
    """The report with the site's noise; its velocity gives the range rate.

    said: the radar's own class.  Its DRONE is taken for the commonest kind of drone; the
    picture's confusion table keeps the fixed wing open.
    """
    r, az, el = place
    sd = source.site.sensors.sd[source.row]
    speed, course, climb = (
        velocity[0],
        velocity[1] * RAD_PER_DEG,
        velocity[2] * RAD_PER_DEG,
    )
    rate_sd = source.params.range_rate_sd_mps
    level = math.cos(climb) * math.cos(el) * math.cos(course - az)
    rate = speed * (level + math.sin(climb) * math.sin(el))
    el_sd = float(sd[2])
    if flat:
        el, el_sd = source.params.beam_rad, source.params.beam_sd_rad
    z = (r, az, el if el_sd > 0.0 else NAN, rate if rate_sd > 0.0 else NAN, NAN, NAN)
    s = (float(sd[0]), float(sd[1]), el_sd if el_sd > 0.0 else NAN,
         rate_sd if rate_sd > 0.0 else NAN, NAN, NAN)  # fmt: skip
    declared = int(ObjectClass.MULTIROTOR) if said in ("DRONE", "SUSPECTED_DRONE") else 0
    if not flat:
        return Report(t_ns, z, s, rcs_dbsm=reflection, declared=declared, confidence=score)
    if reflection > source.params.large_db:  # by its size: the radar's score says "drone"
        declared, score = int(ObjectClass.LIGHT_AIRCRAFT), source.params.large_sure
    return Report(t_ns, z, s, declared=declared, confidence=score)
