"""Scans as ASTERIX: a radar's plots and north marks (048, 034), ADS-B reports (021).

In: scans of one sensor.  Out: data blocks.  Does not: send; every target is marked as
simulated, and a receiver that is not told otherwise sets it aside.

Resolution: range 1/256 NM, azimuth 360/65536 deg, height 25 ft, Doppler 1 m/s, time 1/128 s
(048); 180/2^30 deg, 6.25 ft, 2^-14 NM/s, 6.25 ft/min (021).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import numpy as np

from bartizan.feeds.asterix import EARTH_M
from bartizan.feeds.asterix.codec import Record, encode
from bartizan.feeds.asterix.layout import DEFAULTS, layout
from bartizan.frames import enu_axes, local_frame, wgs84_from_enu
from bartizan.types import Scan, Site
from bartizan.units import M_PER_FT, M_PER_NM, NS_PER_S

SAC: Final = 25  # of all that is emitted; the SIC is the sensor's row + 1: assumed
MOST: Final = 30  # records in one block: well under one Ethernet frame
DAY_NS: Final = 86_400 * NS_PER_S
TURN: Final = 65_536


def load() -> None:
    """Loads the layouts of what is sent."""
    for category in ("021", "034", "048"):
        layout(category, DEFAULTS[category])


def tod(t_ns: int) -> int:
    """Time of day in 1/128 s."""
    return round(t_ns % DAY_NS * 128 / NS_PER_S) % (86_400 * 128)


def address_of(name: str) -> int:
    """A 24-bit address for a name that has none; never 0."""
    return int.from_bytes(blake2b(name.encode(), digest_size=3).digest(), "big") or 1


def _signed(value: float, bits: int) -> int:
    top = (1 << bits - 1) - 1
    return min(max(round(value), -top - 1), top) & (1 << bits) - 1


def _blocks(category: str, records: list[Record]) -> Iterator[bytes]:
    spec = layout(category, DEFAULTS[category])
    for k in range(0, len(records), MOST):
        yield encode(records[k : k + MOST], spec)


def north(row: int, t_ns: int, period_s: float) -> bytes:
    """The antenna passes north at t_ns [ns]."""
    record: Record = {
        "010": {"SAC": SAC, "SIC": row + 1}, "000": 1, "030": tod(t_ns),
        "041": min(max(round(period_s * 128.0), 1), 0xFFFF),
    }  # fmt: skip
    return next(_blocks("034", [record]))


def plots(scan: Scan, site: Site) -> Iterator[bytes]:
    """A radar's scan: its plots."""
    sensor_m = site.origin[2] + float(site.sensors.pos[scan.sensor, 2]) - site.geoid_m
    records = []
    for k in range(len(scan.z)):
        r, az, el, rate = (float(v) for v in scan.z[k, :4])
        record: Record = {
            "010": {"SAC": SAC, "SIC": scan.sensor + 1}, "140": tod(int(scan.t_det_ns[k])),
            "020": [{"TYP": 1, "SIM": 1}],
            "040": {"RHO": min(round(r * 256.0 / M_PER_NM), 0xFFFF),
                    "THETA": round(az / (2.0 * math.pi) * TURN) % TURN},
        }  # fmt: skip
        if math.isfinite(el):
            a = EARTH_M + sensor_m
            height = math.sqrt(a * a + r * r + 2.0 * a * r * math.sin(el)) - EARTH_M
            record["110"] = {"3DH": _signed(height / (25.0 * M_PER_FT), 14)}
        if math.isfinite(rate):
            record["120"] = {"CAL": {"D": 0, "CAL": _signed(rate, 10)}}
        if scan.number[k] >= 0:
            record["161"] = {"TRN": int(scan.number[k]) % 4096}
        records.append(record)
    return _blocks("048", records)


def reports(scan: Scan, site: Site) -> Iterator[bytes]:
    """An ADS-B receiver's scan: its reports."""
    frame = local_frame(site.name, *site.origin)
    texts = dict(scan.names)
    records = []
    for k in range(len(scan.z)):
        z = [float(v) for v in scan.z[k]]
        high = math.isfinite(z[2])
        at = np.array([z[0], z[1], z[2] if high else 0.0])
        lat, lon, hae = (float(v) for v in wgs84_from_enu(frame, at))
        unit = math.pi / 2**30
        name = texts.get(int(scan.identity[k]), "")
        record: Record = {
            "010": {"SAC": SAC, "SIC": scan.sensor + 1},
            "040": [{"ATP": 0, "ARC": 0}, {"SIM": 1}],
            "131": {"LAT": _signed(lat / unit, 32), "LON": _signed(lon / unit, 32)},
            "080": address_of(name or "nobody"), "073": tod(int(scan.t_det_ns[k])),
        }  # fmt: skip
        if high:
            record["140"] = _signed(hae / (6.25 * M_PER_FT), 16)
        if math.isfinite(z[3]):
            climbing = math.isfinite(z[5])
            v = np.array([z[3], z[4], z[5] if climbing else 0.0])
            e, n, u = enu_axes(lat, lon) @ (frame.rot.T @ v)
            speed, course = math.hypot(e, n), math.atan2(e, n)
            record["160"] = {"GS": min(round(speed * 2**14 / M_PER_NM), 0x7FFF),
                             "TA": round(course / (2.0 * math.pi) * TURN) % TURN}  # fmt: skip
            if climbing:
                record["157"] = {"GVR": _signed(u * 60.0 / (6.25 * M_PER_FT), 15)}
        if name:
            record["170"] = callsign(name)
        records.append(record)
    return _blocks("021", records)


def callsign(text: str) -> int:
    """Eight ICAO six-bit letters (Annex 10, volume IV, table 3-8); others become spaces."""
    out = 0
    for c in text.upper()[:8].ljust(8):
        code = ord(c) - 64 if "A" <= c <= "Z" else ord(c) if c in "0123456789" else 32
        out = out << 6 | code
    return out
