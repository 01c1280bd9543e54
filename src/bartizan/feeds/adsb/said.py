"""What one ADS-B frame or report says, and the scan it makes.

In: decoded messages and reports.  Out: `Said`, scans of one position.  Does not: read a
file or a stream.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.feeds.reports import NAN, Report, enu_of, reports_only, scan_of
from bartizan.frames import local_frame
from bartizan.sensing import identity_key
from bartizan.types import Frame, Scan, Site
from bartizan.units import M_PER_FT, MPS_PER_KT, NS_PER_S, RAD_PER_DEG

FRESH_NS: Final = 5 * NS_PER_S  # a velocity or a height difference older than this is not used


class Heard(NamedTuple):
    """One frame as received: its time, its hexadecimal text, its place in the file."""

    t_ns: int
    frame: str
    where: str


class Said(NamedTuple):
    """One position report, in SI (NaN where absent).

    velocity  east, north, up [m/s]   height_m above the ellipsoid, height_sd_m its sigma
    """

    t_ns: int
    icao: str
    lat_deg: float
    lon_deg: float
    height_m: float
    height_sd_m: float
    velocity: tuple[float, float, float]
    callsign: str
    where: str


class Aircraft(NamedTuple):
    """What an aircraft last said beside its position, with when."""

    velocity: tuple[float, float, float] = (NAN, NAN, NAN)
    velocity_ns: int = -FRESH_NS
    above_baro_m: float = NAN
    above_ns: int = -FRESH_NS
    callsign: str = ""


def wrong(item: Heard) -> str:
    """Why a frame is no good; "" when it is."""
    import rs1090  # Rust, 30 ms: only when a recording is read

    df = int(item.frame[:2], 16) >> 3
    if len(item.frame) != (28 if df & 16 else 14):
        return f"a frame of {len(item.frame) // 2} bytes cannot be DF{df}"
    if df in (17, 18) and rs1090.decode(item.frame) is None:
        return "wrong parity"
    return ""


def learn(plane: Aircraft, m: dict[str, Any], t_ns: int) -> Aircraft:
    """What is known of an aircraft after one more decoded message."""
    if m.get("callsign"):
        plane = plane._replace(callsign=str(m["callsign"]).strip(" #_"))
    if m.get("groundspeed") is not None and m.get("track") is not None:
        v, a = m["groundspeed"] * MPS_PER_KT, m["track"] * RAD_PER_DEG
        climb = m.get("vertical_rate")
        up = climb * M_PER_FT / 60.0 if climb is not None else NAN
        plane = plane._replace(velocity=(v * math.sin(a), v * math.cos(a), up), velocity_ns=t_ns)
    if m.get("geo_minus_baro") is not None:
        plane = plane._replace(above_baro_m=m["geo_minus_baro"] * M_PER_FT, above_ns=t_ns)
    return plane


def position(
    m: dict[str, Any], h: Heard, plane: Aircraft, geoid_m: float, height_sd_m: float
) -> Said:
    """Height: barometric plus the aircraft's own difference to the ellipsoid where it has
    said it, else plus the site's geoid, with a wide sigma."""
    baro, sd = m.get("altitude"), height_sd_m
    height = NAN
    if baro is not None:
        height = baro * M_PER_FT + geoid_m
        if h.t_ns - plane.above_ns <= FRESH_NS and m.get("source") != "GNSS":
            height, sd = (
                baro * M_PER_FT + plane.above_baro_m,
                25.0,
            )  # 25 ft steps and timing
        elif m.get("source") == "GNSS":
            height, sd = baro * M_PER_FT, 25.0
    fresh = h.t_ns - plane.velocity_ns <= FRESH_NS
    return Said(
        h.t_ns, m["icao24"].upper(), m["latitude"], m["longitude"], height, sd,
        plane.velocity if fresh else (NAN, NAN, NAN), plane.callsign, h.where,
    )  # fmt: skip


def as_scan(said: Said, row: int, site: Site) -> Scan:
    """The report in the site's frame; the velocity turned from its own east and north."""
    frame = local_frame(site.name, *site.origin)
    known = math.isfinite(said.height_m)
    lat, lon = said.lat_deg * RAD_PER_DEG, said.lon_deg * RAD_PER_DEG
    height = said.height_m if known else site.origin[2]
    p = enu_of(frame, lat, lon, height)
    there = local_frame("", lat, lon, 0.0)
    v = frame.rot @ (there.rot.T @ np.nan_to_num(np.array(said.velocity)))
    moving = math.isfinite(said.velocity[0])
    climbing = moving and math.isfinite(said.velocity[2])
    sd = [float(s) for s in site.sensors.sd[row]]
    z = (float(p[0]), float(p[1]), float(p[2]) if known else NAN,
         float(v[0]) if moving else NAN, float(v[1]) if moving else NAN,
         float(v[2]) if climbing else NAN)  # fmt: skip
    s = (sd[0], sd[1], said.height_sd_m if known else NAN, sd[3] if moving else NAN,
         sd[4] if moving else NAN, sd[5] if climbing else NAN)  # fmt: skip
    key = identity_key(said.icao) if said.icao else 0
    text = f"{said.callsign} ({said.icao})" if said.callsign else said.icao
    text = "".join(c for c in text if c.isprintable())[:80]  # a receiver's JSON may hold anything
    report = Report(said.t_ns, z, s, identity=key)
    look = reports_only(site.sensors.look[row])
    names = [(key, text)] if key else []
    return scan_of(said.t_ns, row, Frame.CARTESIAN, look, [report], names)
