"""The square tiles in which a base map is handed out, in the site's metres.

In: a tile's name.  Out: where its pixels are, on the Earth and in Web Mercator.
Does not: read a map.

A tile of level k has 256 x 256 pixels of 2^k m; tile (column, row) begins at column, row times
its side, east and north of the reference point.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan.frames import LocalFrame, enu_from_wgs84, wgs84_from_enu
from bartizan.types import F64
from bartizan.units import RAD_PER_DEG

PIXELS: Final = 256
FINEST, COARSEST = -3, 12  # levels: 0.125 m to 4 km a pixel
EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
EQUATOR_M: Final = 2.0 * math.pi * 6_378_137.0  # of Web Mercator's sphere, EPSG 3857


class Square(NamedTuple):
    """One tile: its level, column and row."""

    level: int
    column: int
    row: int

    @property
    def pixel_m(self) -> float:
        """Side of a pixel."""
        return 2.0**self.level

    @property
    def side_m(self) -> float:
        """Side of the tile."""
        return PIXELS * self.pixel_m

    @property
    def corner(self) -> tuple[float, float]:
        """East and north [m] of its south-western corner."""
        return self.column * self.side_m, self.row * self.side_m


def on_ground(frame: LocalFrame, e: F64, n: F64) -> tuple[F64, F64]:
    """Latitude and longitude [deg] of the ground under e, n [m], on the curved Earth."""
    up = -(e * e + n * n) / (2.0 * EARTH_M)
    lat, lon, _ = wgs84_from_enu(frame, np.stack([e, n, up], axis=-1))
    return lat / RAD_PER_DEG, lon / RAD_PER_DEG


def places(frame: LocalFrame, lat_deg: F64, lon_deg: F64) -> F64:
    """East and north (n, 2) [m] of places on the ground, near enough of the site's height."""
    enu = enu_from_wgs84(frame, lat_deg * RAD_PER_DEG, lon_deg * RAD_PER_DEG, frame.hae_m)
    return enu[..., :2]


def pixels(frame: LocalFrame, square: Square) -> tuple[F64, F64]:
    """Latitude and longitude (256, 256) [deg] of a tile's pixels, the northern row first."""
    e0, n0 = square.corner
    at = (np.arange(PIXELS) + 0.5) * square.pixel_m
    e, n = np.meshgrid(e0 + at, n0 + at[::-1])
    return on_ground(frame, e, n)


def mercator(lat_deg: F64, lon_deg: F64) -> tuple[F64, F64]:
    """Web Mercator x, y, 0 to 1 from the north-western corner of the world."""
    s = np.sin(np.clip(lat_deg, -85.0511, 85.0511) * RAD_PER_DEG)
    return lon_deg / 360.0 + 0.5, 0.5 - np.log((1.0 + s) / (1.0 - s)) / (4.0 * math.pi)


def from_mercator(x: F64, y: F64) -> tuple[F64, F64]:
    """Latitude and longitude [deg] of Web Mercator x, y."""
    lat = np.arctan(np.sinh(math.pi * (1.0 - 2.0 * y))) / RAD_PER_DEG
    return lat, (x - 0.5) * 360.0


def mercator_side_m(frame: LocalFrame, zoom: int) -> float:
    """Side [m] of a Web Mercator tile on the ground at the site."""
    return EQUATOR_M * math.cos(frame.lat_rad) / 2.0**zoom


def finest(pixel_m: float) -> int:
    """The coarsest level that still shows all that a map with such pixels holds."""
    return min(max(math.floor(math.log2(pixel_m) + 0.01), FINEST), COARSEST)
