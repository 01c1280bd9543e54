"""WGS84 <-> ECEF <-> local east-north-up, and a sensor's spherical measurements.

In: degrees-free numbers (radians, metres).  Out: the same, in another frame.
Does not: approximate the Earth as flat, or know heights above the sea (a site's geoid
offset turns those into ellipsoid heights at the edge).

Ref: Bowring 1985 (latitude from ECEF), EPSG guidance note 7-2 (topocentric conversion).
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.types import F64

A_M: Final = 6_378_137.0  # WGS84 semi-major axis, NIMA TR8350.2
F_WGS84: Final = 1.0 / 298.257223563  # WGS84 flattening, NIMA TR8350.2
E2: Final = F_WGS84 * (2.0 - F_WGS84)
B_M: Final = A_M * (1.0 - F_WGS84)
TWO_PI: Final = 2.0 * np.pi
Number = F64 | np.float64 | float


class LocalFrame(NamedTuple):
    """A site's local frame: origin on WGS84, axes east, north, up.

    name: the site (two sites' frames meet only through ECEF)
    origin_m (3,) ECEF   rot (3, 3) ECEF -> ENU
    """

    name: str
    lat_rad: float
    lon_rad: float
    hae_m: float
    origin_m: F64
    rot: F64


def ecef_from_wgs84(lat_rad: Number, lon_rad: Number, hae_m: Number) -> F64:
    """ECEF position (..., 3) [m] of geodetic positions (...) [rad, rad, m]."""
    lat, lon, h = np.broadcast_arrays(lat_rad, lon_rad, hae_m)
    s, c = np.sin(lat), np.cos(lat)
    n = A_M / np.sqrt(1.0 - E2 * s * s)
    return np.stack(
        [(n + h) * c * np.cos(lon), (n + h) * c * np.sin(lon), (n * (1.0 - E2) + h) * s], axis=-1
    )


def wgs84_from_ecef(p: F64) -> tuple[F64, F64, F64]:
    """Geodetic latitude, longitude [rad] and ellipsoid height [m] of ECEF p (..., 3) [m].

    Bowring's parametric-latitude step taken three times: under 1e-9 m from 10 km below
    the surface to 10,000 km above it.
    """
    p = np.asarray(p, dtype=np.float64)
    x, y, z = p[..., 0], p[..., 1], p[..., 2]
    rho = np.hypot(x, y)
    ep2 = E2 / (1.0 - E2)
    beta = np.arctan2(z, (1.0 - F_WGS84) * rho)
    lat = beta
    for _ in range(3):
        lat = np.arctan2(z + ep2 * B_M * np.sin(beta) ** 3, rho - E2 * A_M * np.cos(beta) ** 3)
        beta = np.arctan2((1.0 - F_WGS84) * np.sin(lat), np.cos(lat))
    s, c = np.sin(lat), np.cos(lat)
    h = rho * c + z * s - A_M * np.sqrt(1.0 - E2 * s * s)
    return lat, np.arctan2(y, x), h


def enu_axes(lat_rad: float, lon_rad: float) -> F64:
    """Rotation (3, 3) from ECEF to the east-north-up axes at a geodetic position."""
    sl, cl = np.sin(lat_rad), np.cos(lat_rad)
    so, co = np.sin(lon_rad), np.cos(lon_rad)
    return np.array([[-so, co, 0.0], [-sl * co, -sl * so, cl], [cl * co, cl * so, sl]])


def local_frame(name: str, lat_rad: float, lon_rad: float, hae_m: float) -> LocalFrame:
    """The local frame of a site with its origin at a geodetic position [rad, rad, m]."""
    origin = ecef_from_wgs84(lat_rad, lon_rad, hae_m)
    return LocalFrame(name, lat_rad, lon_rad, hae_m, origin, enu_axes(lat_rad, lon_rad))


def enu_from_wgs84(frame: LocalFrame, lat_rad: Number, lon_rad: Number, hae_m: Number) -> F64:
    """Local ENU position (..., 3) [m] of geodetic positions (...) [rad, rad, m]."""
    d = ecef_from_wgs84(lat_rad, lon_rad, hae_m) - frame.origin_m
    out: F64 = d @ frame.rot.T
    return out


def wgs84_from_enu(frame: LocalFrame, enu: F64) -> tuple[F64, F64, F64]:
    """Geodetic latitude, longitude [rad], ellipsoid height [m] of ENU (..., 3) [m]."""
    return wgs84_from_ecef(np.asarray(enu) @ frame.rot + frame.origin_m)


def sensor_axes(frame: LocalFrame, lat_rad: float, lon_rad: float) -> F64:
    """Rotation (3, 3) from the site's ENU axes to those at a sensor's own position.

    A radar 10 km away stands 1.6 mrad oblique to the site's vertical.
    """
    out: F64 = enu_axes(lat_rad, lon_rad) @ frame.rot.T
    return out


@kernel
def wrap(a: float) -> float:
    """The angle a [rad] brought into [-pi, pi)."""
    if -math.pi <= a < math.pi:
        return a
    return (a + math.pi) % TWO_PI - math.pi


@kernel
def spherical_from_enu(d: F64) -> tuple[float, float, float]:
    """Range [m], azimuth [rad] clockwise from north in [-pi, pi], elevation [rad] of d (3,).

    At zero range azimuth and elevation are 0; at the zenith azimuth is 0.
    """
    g2 = d[0] * d[0] + d[1] * d[1]
    r = math.sqrt(g2 + d[2] * d[2])
    if r == 0.0:
        return 0.0, 0.0, 0.0
    return r, math.atan2(d[0], d[1]), math.atan2(d[2], math.sqrt(g2))


@kernel
def enu_from_spherical(r: float, az: float, el: float) -> tuple[float, float, float]:
    """East, north, up [m] of range [m], azimuth and elevation [rad]."""
    g = r * math.cos(el)
    return g * math.sin(az), g * math.cos(az), r * math.sin(el)


@kernel
def spherical_jacobian(x: F64, pos: F64, rot: F64, h: F64, H: F64) -> bool:
    """Measurement h (4,) and its Jacobian H (4, 6), written in place; False at range 0.

    x (6,) [m, m/s] site ENU   pos (3,) [m] of the sensor   rot (3, 3) site ENU -> its axes
    h = range [m], azimuth [rad], elevation [rad], range rate [m/s] (sensor at rest).
    At the zenith the azimuth's derivative is unbounded: the ground distance is held at
    1 mm there, so that the numbers stay finite.

    Ref: Bar-Shalom, Li, Kirubarajan 2001, section 10.4.
    """
    dx, dy, dz = x[0] - pos[0], x[1] - pos[1], x[2] - pos[2]
    e = rot[0, 0] * dx + rot[0, 1] * dy + rot[0, 2] * dz
    n = rot[1, 0] * dx + rot[1, 1] * dy + rot[1, 2] * dz
    u = rot[2, 0] * dx + rot[2, 1] * dy + rot[2, 2] * dz
    g2 = e * e + n * n
    r2 = g2 + u * u
    if r2 == 0.0:
        return False
    r = math.sqrt(r2)
    g = max(math.sqrt(g2), 1e-3)
    g2 = g * g
    h[0] = r
    h[1] = math.atan2(e, n)
    h[2] = math.atan2(u, math.sqrt(e * e + n * n))
    vr = (dx * x[3] + dy * x[4] + dz * x[5]) / r
    h[3] = vr
    for k in range(3):
        a, b, c = rot[0, k], rot[1, k], rot[2, k]
        H[0, k] = (e * a + n * b + u * c) / r
        H[1, k] = (n * a - e * b) / g2
        H[2, k] = (c * g - u * (e * a + n * b) / g) / r2
        H[0, k + 3] = 0.0
        H[1, k + 3] = 0.0
        H[2, k + 3] = 0.0
    H[3, 0] = (x[3] - vr * dx / r) / r
    H[3, 1] = (x[4] - vr * dy / r) / r
    H[3, 2] = (x[5] - vr * dz / r) / r
    H[3, 3] = dx / r
    H[3, 4] = dy / r
    H[3, 5] = dz / r
    return True
