"""COURAGEOUS trial logs as scans: what a counter-drone system reported, as bearings and places.

In: a trial log (`feeds.courageous`).  Out: one scan of reports for each time in it, and
every record that was set aside.  Does not: believe the system's own track numbers, or
take a report for a look round: a thing that is missing from a log was not missed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds import courageous as log
from bartizan.feeds.reports import NAN, Report, enu_of, refused, reports_only, scan_of, wrong_range
from bartizan.feeds.tables import LATEST_NS
from bartizan.frames import LocalFrame, local_frame
from bartizan.types import F64, Frame, Refused, Scan, Site
from bartizan.units import RAD_PER_DEG

NS_PER_MS: Final = 1_000_000
QUARTERS: Final = ("North", "East", "South", "West")


class CourageousParams(NamedTuple):
    """Settings of the feed.

    sensor  the site's sensor that the system is; its noise is that of every report
    range_rate_sd_mps  of a stated velocity along the line of sight, 0 not used: assumed
    near_m  how far the log's own place may be from that sensor's
    """

    sensor: str = "cuas"
    range_rate_sd_mps: float = 5.0
    near_m: float = 50.0


class _System(NamedTuple):
    """The sensor that reports: the site, its row, its place's frame."""

    site: Site
    row: int
    frame: LocalFrame
    params: CourageousParams


def feed(path: Path, site: Site, params: CourageousParams) -> Iterator[Scan | Refused]:
    """Scans of one trial log in order of time, after what was set aside.

    Raises SourceError when the file is no such log (its first mistake, with the path inside
    the file), the sensor is not the site's, or the log's system stood somewhere else.
    """
    if params.sensor not in site.sensor_names:
        raise SourceError(f"{path}: sensor {params.sensor!r} is not declared at {site.name}")
    trial = log.read(path)
    row = site.sensor_names.index(params.sensor)
    system = _System(site, row, local_frame(site.name, *site.origin), params)
    off_m = _off(system, trial.static_cuas_location)
    if off_m > params.near_m:
        raise SourceError(
            f"{path}: static_cuas_location: expected within {params.near_m:g} m of sensor "
            f"{params.sensor!r} of {site.name} (found {off_m:,.0f} m)"
        )
    return _scans(path, trial, system)


def _off(system: _System, place: log.Place) -> float:
    """Horizontal distance [m] of a place from the sensor."""
    p = _enu(system, place.lat, place.lon, place.height_amsl)
    return float(np.linalg.norm((p - system.site.sensors.pos[system.row])[:2]))


def _enu(system: _System, lat_deg: float, lon_deg: float, amsl_m: float) -> F64:
    hae_m = amsl_m + system.site.geoid_m
    return enu_of(system.frame, lat_deg * RAD_PER_DEG, lon_deg * RAD_PER_DEG, hae_m)


def _records(trial: log.Document) -> Iterator[tuple[str, int, log.Seen]]:
    """Every record: where it stands, its track's number (-1 a detection), the record.

    The number is the set's, not the uas_id: in recorded logs several tracks that stand at
    one time in several directions share one.
    """
    for s, detection in enumerate(trial.detection):
        for r, seen in enumerate(detection.records):
            yield f"detection.{s}.records.{r}", -1, seen
    for s, track in enumerate(trial.tracks):
        for r, point in enumerate(track.records):
            yield f"tracks.{s}.records.{r}", s, point


def _scans(path: Path, trial: log.Document, system: _System) -> Iterator[Scan | Refused]:
    # Kept in the log itself, not in a scan.
    for field in log.unknown(trial):
        yield refused(
            0, "courageous", f"{path.name}:{field}", "no member of the format: not used", b""
        )
    found: dict[int, list[Report]] = {}
    once: set[tuple[int, str]] = set()
    # Tracks first: of a sighting that is told twice the one with a number is kept.
    for where, number, record in sorted(_records(trial), key=lambda r: r[1] < 0):
        if record.classification == "GCS":
            continue  # a person on the ground is no detection
        t_ns = record.time * NS_PER_MS
        try:
            report = _report(system, record, number)
            same = (record.time, record.location.model_dump_json() if record.location else "")
            if same in once:
                raise ValueError("repeated")
            once.add(same)
        except ValueError as e:
            raw = record.model_dump_json(by_alias=True, exclude_unset=True).encode()
            t_ns = min(t_ns, LATEST_NS)
            yield refused(t_ns, "courageous", f"{path.name}:{where}", str(e), raw)
            continue
        found.setdefault(t_ns, []).append(report)
    look = reports_only(system.site.sensors.look[system.row])
    for t_ns in sorted(found):
        yield scan_of(t_ns, system.row, Frame.SPHERICAL, look, found[t_ns])


def _report(system: _System, record: log.Seen, number: int) -> Report:
    """One record in the sensor's own axes; ValueError says why it is none.

    What a thing is the format says too coarsely for a class (a UAV may be any of three).
    """
    if record.time * NS_PER_MS >= LATEST_NS:
        raise ValueError(f"time {record.time} is no time of this age, in milliseconds")
    if record.location is None:
        raise ValueError("no location")
    if (
        record.cuas_location is not None
        and _off(system, record.cuas_location) > system.params.near_m
    ):
        raise ValueError("the system stood elsewhere: a moving one is not read")
    z, spread = _seen(system, record.location)
    if not math.isnan(z[0]):
        why = wrong_range(z[0], system.site.sensors.look[system.row])
        if why:
            raise ValueError(why)
    own = system.site.sensors.sd[system.row]
    sd = [float(s) if not math.isnan(v) else NAN for s, v in zip(own, z, strict=True)]
    sd[1] = math.hypot(sd[1], spread)
    rate, rate_sd = _range_rate(system, record, z)
    return Report(
        record.time * NS_PER_MS, (z[0], z[1], z[2], rate, NAN, NAN),
        (sd[0], sd[1], sd[2], rate_sd, NAN, NAN), number=number,
    )  # fmt: skip


def _seen(system: _System, at: log.Location) -> tuple[tuple[float, ...], float]:
    """Range [m], azimuth, elevation [rad] and three NaN (NaN too where not said), and what
    the kind of location adds to the azimuth's sigma [rad].

    A sector is its middle, with the sigma of a uniform distribution over it.
    """
    d = RAD_PER_DEG
    if isinstance(at, log.Arc | log.Quad):
        if isinstance(at, log.Quad):
            middle, width = 90.0 * QUARTERS.index(at.quad), 90.0
        else:
            width = (at.to - at.from_) % 360.0
            middle = at.from_ + 0.5 * width
        return (NAN, _azimuth(middle), NAN, NAN, NAN, NAN), width * d / math.sqrt(12.0)
    if isinstance(at, log.Bearing):
        return (NAN, _azimuth(at.bearing), NAN, NAN, NAN, NAN), 0.0
    if isinstance(at, log.BearingElevation):
        return (NAN, _azimuth(at.bearing), at.elevation * d, NAN, NAN, NAN), 0.0
    if isinstance(at, log.BearingElevationDistance):
        return (at.distance, _azimuth(at.bearing), at.elevation * d, NAN, NAN, NAN), 0.0
    pos, rot = system.site.sensors.pos[system.row], system.site.sensors.rot[system.row]
    flat = isinstance(at, log.Position2d)
    level_m = system.site.origin[2] + float(pos[2]) - system.site.geoid_m
    place = _enu(
        system, at.lat, at.lon, at.height_amsl if isinstance(at, log.Position3d) else level_m
    )
    e, n, u = rot @ (place - pos)
    ground = math.hypot(e, n)
    r, up = (ground, NAN) if flat else (math.hypot(ground, u), math.atan2(u, ground))
    return (r, math.atan2(e, n), up, NAN, NAN, NAN), 0.0


def _azimuth(deg: float) -> float:
    return math.remainder(deg * RAD_PER_DEG, 2.0 * math.pi)


def _range_rate(system: _System, record: log.Seen, z: tuple[float, ...]) -> tuple[float, float]:
    """A stated velocity along the line of sight, with its sigma [m/s]; NaN for none.

    The velocity's axes are the thing's own, the sensor's are taken: over 10 km they part by
    1.6 mrad, far inside the sigma.
    """
    v, sd = record.velocity, system.params.range_rate_sd_mps
    if v is None or sd == 0.0 or math.isnan(z[1]) or math.isnan(z[2]):
        return NAN, NAN
    level = v.east * math.sin(z[1]) + v.north * math.cos(z[1])
    return level * math.cos(z[2]) + v.up * math.sin(z[2]), sd
