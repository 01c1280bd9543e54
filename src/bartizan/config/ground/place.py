"""Where something stands: metres from the reference point, or WGS84; over the ground or not.

In: a `place:` of a site's file, the site's frame and ground.  Out: ENU position and axes.
Does not: judge whether it can stand there (see `config.lint`).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field, Strict

from bartizan.config.feeds import NotNegative, Part
from bartizan.config.ground.files import Metre
from bartizan.frames import LocalFrame, enu_from_wgs84, sensor_axes
from bartizan.terrain import F64, Terrain
from bartizan.terrain.sight import EARTH_M, heights
from bartizan.units import RAD_PER_DEG

Latitude = Annotated[float, Strict(), Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Strict(), Field(ge=-180, le=180, allow_inf_nan=False)]


class Place(Part):
    """Where something stands: metres from the reference point, or WGS84."""

    east_m: Metre | None = None
    north_m: Metre | None = None
    up_m: Metre = 0.0
    latitude_deg: Latitude | None = None
    longitude_deg: Longitude | None = None
    height_msl_m: Metre | None = None
    above_ground_m: NotNegative | None = None


def position(
    p: Place, frame: LocalFrame, geoid_m: float, terrain: Terrain = Terrain()
) -> tuple[F64, F64]:
    """ENU position (3,) and the axes (3, 3) there."""
    if p.latitude_deg is None or p.longitude_deg is None:
        enu, axes = np.array([p.east_m or 0.0, p.north_m or 0.0, p.up_m]), np.eye(3)
    else:
        lat, lon = p.latitude_deg * RAD_PER_DEG, p.longitude_deg * RAD_PER_DEG
        hae = frame.hae_m + p.up_m if p.height_msl_m is None else p.height_msl_m + geoid_m
        enu = enu_from_wgs84(frame, np.float64(lat), np.float64(lon), np.float64(hae))
        axes = sensor_axes(frame, lat, lon)
    if p.above_ground_m is not None:
        drop = (enu[0] ** 2 + enu[1] ** 2) / (2.0 * EARTH_M)
        enu[2] = p.above_ground_m + heights(terrain, enu[None])[0] - drop
    return enu, axes
