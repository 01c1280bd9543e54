"""Reports to scans: the small shared parts of every feed.

In: one message's reports, already in SI and radians.  Out: `Scan`, `Refused`.
Does not: know a format.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from bartizan.frames import LocalFrame, enu_from_wgs84
from bartizan.pilot import Pilot
from bartizan.types import F64, Frame, Refused, Scan
from bartizan.units import NS_PER_S

NAN: Final = math.nan
EMPTY: Final = (NAN, NAN, NAN, NAN, NAN, NAN)
FUTURE_NS: Final = NS_PER_S  # a plot may lie this far after its message's receive time


class Report(NamedTuple):
    """One detection on its way into a scan; columns as `Scan`.

    z, sd: six numbers each, NaN where not measured
    """

    t_ns: int
    z: tuple[float, float, float, float, float, float]
    sd: tuple[float, float, float, float, float, float]
    rcs_dbsm: float = NAN
    declared: int = 0
    confidence: float = 0.0
    identity: int = 0
    number: int = -1
    rotor: int = -1
    object: str = ""


def scan_of(
    t_ns: int,
    sensor: int,
    frame: Frame,
    look: F64,
    reports: Iterable[Report],
    names: Iterable[tuple[int, str]] = (),
    pilots: tuple[Pilot, ...] = (),
) -> Scan:
    """A scan of these reports, in order of time and measurement (the order of arrival of
    rows inside one message means nothing).

    t_ns [ns] end of the look   look (6,) as `Scan.look`
    """
    rows = sorted(reports, key=lambda r: (r.t_ns, r.z, r.identity, r.number))
    m = len(rows)
    t_ns = max([t_ns, *(r.t_ns for r in rows)])
    return Scan(
        t_ns, sensor, int(frame), np.array(look, dtype=np.float64),
        np.array([r.t_ns for r in rows], dtype=np.int64),
        np.array([r.z for r in rows], dtype=np.float64).reshape(m, 6),
        np.array([r.sd for r in rows], dtype=np.float64).reshape(m, 6),
        np.array([r.rcs_dbsm for r in rows], dtype=np.float64),
        np.array([r.rotor for r in rows], dtype=np.int8),
        np.array([r.declared for r in rows], dtype=np.int8),
        np.array([r.confidence for r in rows], dtype=np.float64),
        np.array([r.identity for r in rows], dtype=np.int64),
        np.array([r.number for r in rows], dtype=np.int64),
        tuple(sorted(set(names))), pilots,
        tuple(r.object for r in rows) if any(r.object for r in rows) else (),
    )  # fmt: skip


def reports_only(look: F64) -> F64:
    """The look (6,) with no width: a thing that is missing from it was not missed."""
    out = np.array(look, dtype=np.float64)
    out[3] = 0.0
    return out


def wrong_range(r_m: float, look: F64) -> str:
    """Why a range cannot be one that this sensor measured; "" when it can."""
    if not math.isfinite(r_m):
        return "range is not a number"
    if r_m < 0.0 or r_m > look[1]:
        return f"range {r_m:.0f} m is outside the sensor's reach of {look[1]:.0f} m"
    return ""


def from_future(t_ns: int, received_ns: int) -> str:
    """Why a measurement time cannot be: it lies after the message's receive time."""
    if t_ns - received_ns > FUTURE_NS:
        return f"measured {(t_ns - received_ns) / NS_PER_S:.1f} s after it was received"
    return ""


def refused(t_ns: int, source: str, where: str, why: str, raw: bytes) -> Refused:
    """A record set aside; at most 4 KiB of it are kept."""
    return Refused(t_ns, source, where, why, raw[:4096])


def enu_of(frame: LocalFrame, lat_rad: float, lon_rad: float, hae_m: float) -> F64:
    """Site ENU (3,) [m] of one geodetic position."""
    return enu_from_wgs84(frame, np.asarray(lat_rad), np.asarray(lon_rad), np.asarray(hae_m))


def shifted(scan: Scan, by_ns: int) -> Scan:
    """The same scan at another time."""
    pilots = tuple(p._replace(t_ns=p.t_ns + by_ns) for p in scan.pilots)
    return scan._replace(t_ns=scan.t_ns + by_ns, t_det_ns=scan.t_det_ns + by_ns, pilots=pilots)
