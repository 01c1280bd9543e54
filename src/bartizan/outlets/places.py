"""Where tracks are, as the world outside asks: WGS84, course, speed, uncertainty.

In: tracks in the site's ENU.  Out: degrees, metres on the ellipsoid, 1-sigma.
Does not: know a format.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from bartizan.frames import LocalFrame, sensor_axes, wgs84_from_enu
from bartizan.types import I64, Tracks
from bartizan.units import RAD_PER_DEG


class Place(NamedTuple):
    """One track: WGS84 with the ellipsoid height, velocity in the axes at its own place.

    course_deg clockwise from true north   ce_m 1-sigma of the longest horizontal axis
    le_m 1-sigma of the height
    """

    lat_deg: float
    lon_deg: float
    hae_m: float
    course_deg: float
    speed_mps: float
    climb_mps: float
    ce_m: float
    le_m: float


def places(tracks: Tracks, rows: I64, frame: LocalFrame) -> list[Place]:
    """The places of some rows of the tracks."""
    out = []
    lat, lon, hae = wgs84_from_enu(frame, tracks.x[rows, :3])
    for k, i in enumerate(rows.tolist()):
        axes = sensor_axes(frame, float(lat[k]), float(lon[k]))
        east, north, up = (axes @ tracks.x[i, 3:]).tolist()
        P = axes @ tracks.P[i, :3, :3] @ axes.T
        mean, half = (P[0, 0] + P[1, 1]) / 2.0, (P[0, 0] - P[1, 1]) / 2.0
        out.append(Place(
            float(lat[k]) / RAD_PER_DEG, float(lon[k]) / RAD_PER_DEG, float(hae[k]),
            math.degrees(math.atan2(east, north)) % 360.0, math.hypot(east, north), up,
            math.sqrt(max(mean + math.hypot(half, P[0, 1]), 0.0)), math.sqrt(max(P[2, 2], 0.0)),
        ))  # fmt: skip
    return out
