"""Where a SAPIENT message says that something is, in the site's axes.

In: locations, bearings and velocities of a message.  Out: columns of a scan with their
sigma.  Does not: guess a system or a datum: what is declared is what counts.

Ref: Krueger's series of the transverse Mercator projection to the fourth order (Karney
2011, "Transverse Mercator with an accuracy of a few nanometers", equations 7 to 12, 35).
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds.reports import NAN, enu_of
from bartizan.feeds.sapient import rules
from bartizan.frames import A_M, F_WGS84, LocalFrame, enu_axes
from bartizan.units import RAD_PER_DEG

Six = tuple[float, float, float, float, float, float]
GEOID: Final = 2  # LocationDatum: height above the geoid
TRUE_NORTH: Final = 1
ANGLE: Final = {1: RAD_PER_DEG, 2: 1.0, 3: RAD_PER_DEG, 4: 1.0}  # RangeBearingCoordinateSystem
METRES: Final = {1: 1.0, 2: 1.0, 3: 1000.0, 4: 1000.0}
_N: Final = F_WGS84 / (2.0 - F_WGS84)
_RADIUS_M: Final = A_M / (1.0 + _N) * (1.0 + _N**2 / 4.0 + _N**4 / 64.0)
_BETA: Final = (
    _N / 2.0 - 2.0 * _N**2 / 3.0 + 37.0 * _N**3 / 96.0 - _N**4 / 360.0,
    _N**2 / 48.0 + _N**3 / 15.0 - 437.0 * _N**4 / 1440.0,
    17.0 * _N**3 / 480.0 - 37.0 * _N**4 / 840.0,
    4397.0 * _N**4 / 161280.0,
)
_DELTA: Final = (
    2.0 * _N - 2.0 * _N**2 / 3.0 - 2.0 * _N**3 + 116.0 * _N**4 / 45.0,
    7.0 * _N**2 / 3.0 - 8.0 * _N**3 / 5.0 - 227.0 * _N**4 / 45.0,
    56.0 * _N**3 / 15.0 - 136.0 * _N**4 / 35.0,
    4279.0 * _N**4 / 630.0,
)


class WrongPlaceError(SourceError):
    """A position that cannot be used."""


def wgs84_from_utm(easting_m: float, northing_m: float, zone: str) -> tuple[float, float]:
    """Latitude and longitude [rad] of a place in a UTM zone such as `30U`."""
    number, south = int(zone[:-1]), zone[-1].upper() < "N"
    xi = (northing_m - (10_000_000.0 if south else 0.0)) / (0.9996 * _RADIUS_M)
    eta = (easting_m - 500_000.0) / (0.9996 * _RADIUS_M)
    x, y = xi, eta
    for k, b in enumerate(_BETA, 1):
        x -= b * math.sin(2 * k * xi) * math.cosh(2 * k * eta)
        y -= b * math.cos(2 * k * xi) * math.sinh(2 * k * eta)
    chi = math.asin(math.sin(x) / math.cosh(y))
    lat = chi + sum(d * math.sin(2 * k * chi) for k, d in enumerate(_DELTA, 1))
    lon = math.atan2(math.sinh(y), math.cos(x)) + (number * 6.0 - 183.0) * RAD_PER_DEG
    return lat, lon


def geodetic(m: Any) -> tuple[float, float]:
    """Latitude and longitude [rad] of a location (x east, y north).

    Raises WrongPlaceError when they are not within what its system allows.
    """
    if m.coordinate_system == rules.UTM:
        wrong = rules.utm_mistakes(m)
        if wrong:
            raise WrongPlaceError(f"location.{wrong[0]}")
        return wgs84_from_utm(m.x, m.y, m.utm_zone)
    unit = RAD_PER_DEG if m.coordinate_system == rules.DEGREES else 1.0
    return m.y * unit, m.x * unit


def placed(m: Any, frame: LocalFrame, geoid_m: float, own: Any) -> tuple[list[float], list[float]]:
    """East, north, up [m] of a location and their sigma.

    own (6,) sigma of the site's sensor, used where the message states none.
    """
    lat, lon = geodetic(m)
    known = m.HasField("z")
    height = (m.z + (geoid_m if m.datum == GEOID else 0.0)) if known else frame.hae_m
    p = enu_of(frame, lat, lon, height)
    metres = 1.0
    if m.coordinate_system != rules.UTM:
        metres = A_M * (RAD_PER_DEG if m.coordinate_system == rules.DEGREES else 1.0)
    wide = metres * math.cos(lat) if m.coordinate_system != rules.UTM else metres
    e = m.x_error * wide if m.x_error > 0.0 else float(own[0])
    n = m.y_error * metres if m.y_error > 0.0 else float(own[1])
    u = m.z_error if m.z_error > 0.0 else float(own[2])
    z = [float(p[0]), float(p[1]), float(p[2]) if known else NAN]
    return z, [e, n, u if known else NAN]


def velocity(m: Any, place: Any, frame: LocalFrame, own: Any) -> tuple[list[float], list[float]]:
    """East, north, up [m/s] in the site's axes of a velocity at a location, with sigma."""
    lat, lon = geodetic(place)
    climbing = m.HasField("up_rate")
    v = np.array([m.east_rate, m.north_rate, m.up_rate if climbing else 0.0])
    v = frame.rot @ (enu_axes(lat, lon).T @ v)
    errors = (m.east_rate_error, m.north_rate_error, m.up_rate_error)
    sd = [e if e > 0.0 else float(own[3 + k]) for k, e in enumerate(errors)]
    sd = [s if math.isfinite(s) else 10.0 for s in sd]  # neither says it: wide, assumed
    z = [float(v[0]), float(v[1]), float(v[2]) if climbing else NAN]
    return z, [sd[0], sd[1], sd[2] if climbing else NAN]


def bearing(m: Any, own: Any) -> tuple[list[float], list[float]]:
    """Range [m], azimuth, elevation [rad] from the sensor, with sigma.

    Raises WrongPlaceError when the azimuth is not from true north, or there is none.
    """
    if m.datum != TRUE_NORTH:
        raise WrongPlaceError("range_bearing.datum: expected true north")
    if not m.HasField("azimuth"):
        raise WrongPlaceError("range_bearing.azimuth: expected, and not there")
    angle, metres = ANGLE[m.coordinate_system], METRES[m.coordinate_system]
    has_range, has_elevation = m.HasField("range"), m.HasField("elevation")
    z = [
        m.range * metres if has_range else NAN,
        math.remainder(m.azimuth * angle, 2.0 * math.pi),
        m.elevation * angle if has_elevation else NAN,
    ]
    errors = (m.range_error * metres, m.azimuth_error * angle, m.elevation_error * angle)
    sd = [e if e > 0.0 else float(own[k]) for k, e in enumerate(errors)]
    return z, [s if math.isfinite(v) else NAN for s, v in zip(sd, z, strict=True)]
