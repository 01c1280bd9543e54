"""A small site with radars for the tests of the feeds."""

from __future__ import annotations

import numpy as np

from bartizan.frames import enu_from_wgs84, local_frame, sensor_axes
from bartizan.types import Area, SensorKind, Sensors, Site

LAT, LON = np.radians(51.5191), np.radians(5.8580)


def site(
    names: tuple[str, ...],
    kind: SensorKind = SensorKind.RADAR,
    lat: float = float(LAT),
    lon: float = float(LON),
    reach_m: float = 480_000.0,
) -> Site:
    """All sensors stand 10 m over the site's reference point."""
    n = len(names)
    frame = local_frame("test", lat, lon, 77.0)
    at = enu_from_wgs84(frame, np.asarray(lat), np.asarray(lon), np.asarray(87.0))
    sd = [5.0, 0.02, 0.05, np.nan, np.nan, np.nan]
    if kind in (SensorKind.ADSB, SensorKind.REMOTE_ID):
        sd = [50.0, 50.0, 100.0, 3.0, 3.0, 3.0]
    sensors = Sensors(
        np.full(n, int(kind)), np.tile(at, (n, 1)), np.tile(sensor_axes(frame, lat, lon), (n, 1, 1)),
        np.tile(sd, (n, 1)), np.tile([0.0, reach_m, 0.0, 2 * np.pi, -0.2, 1.5], (n, 1)),
        np.tile([0.0, 0.9, 0, 0, 0, 0, 0, 1.0], (n, 1)), np.full(n, 0.1), np.zeros(n),
        np.ones(n), np.zeros((n, 3)),
    )  # fmt: skip
    wall = Area("wall", np.array([[-1.0, -1.0], [1.0, -1.0], [0.0, 1.0]]))
    return Site(
        "test", "test", (lat, lon, 77.0), 46.0, 0, wall, (), (), (), names, sensors, 1e4, True
    )
