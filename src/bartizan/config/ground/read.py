"""Elevation files: heights over a window of latitude and longitude.

In: SRTM .hgt tiles, GeoTIFF in any coordinate system (with the extra `terrain`).
Out: a `Raster` of heights above mean sea level.  Does not: convert between geoids, or fill voids.

Ref: SRTM quick start (NASA/USGS 2015): big-endian 16-bit metres, rows from the north, nodes on
the degree lines, the file named by its south-western corner, -32768 void.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bartizan.terrain import F64

MOST = 4000  # rows and columns taken of a file; a larger window is read coarser
VOID = -32768
METRES_PER_DEG = 111_195.0  # of latitude, on a sphere of the mean radius
HGT = re.compile(r"([NS])(\d\d)([EW])(\d\d\d)", re.I)


class Raster(NamedTuple):
    """height_m (r, c) above mean sea level, NaN void; row 0 is the northernmost.

    north_deg, west_deg place of node (0, 0)   row_deg, column_deg between nodes, both positive
    """

    height_m: F64
    north_deg: float
    west_deg: float
    row_deg: float
    column_deg: float

    def spacing_m(self) -> float:
        """Between rows, on the ground."""
        return self.row_deg * METRES_PER_DEG

    def at(self, lat_deg: F64, lon_deg: F64) -> F64:
        """Heights of places, bilinear; NaN outside and beside a void."""
        y = (self.north_deg - lat_deg) / self.row_deg
        x = ((lon_deg - self.west_deg + 180.0) % 360.0 - 180.0) / self.column_deg
        rows, columns = self.height_m.shape
        inside = (y >= -1e-6) & (x >= -1e-6) & (y <= rows - 1 + 1e-6) & (x <= columns - 1 + 1e-6)
        j = np.clip(y.astype(np.int64), 0, rows - 2)
        i = np.clip(x.astype(np.int64), 0, columns - 2)
        fy, fx = np.clip(y - j, 0.0, 1.0), np.clip(x - i, 0.0, 1.0)
        h = self.height_m
        north = h[j, i] * (1.0 - fx) + h[j, i + 1] * fx
        south = h[j + 1, i] * (1.0 - fx) + h[j + 1, i + 1] * fx
        return np.where(inside, north * (1.0 - fy) + south * fy, np.nan)


def read(path: Path, window: tuple[float, float, float, float]) -> Raster | None:
    """The file within a window (south, north, west, east) [deg]; None: it holds nothing there.

    Raises OSError or ValueError saying what was expected of the file.
    """
    if not path.is_file():
        raise ValueError("expected a file that is there, beside the site file")
    if path.suffix.lower() == ".hgt":
        return _hgt(path)
    if path.suffix.lower() in (".tif", ".tiff"):
        return _geotiff(path, window)
    raise ValueError("expected SRTM .hgt or GeoTIFF .tif")


def _hgt(path: Path) -> Raster:
    name = HGT.search(path.stem)
    if name is None:
        raise ValueError("expected a tile named by its corner, as N33E042.hgt")
    south = int(name[2]) * (1 if name[1] in "Nn" else -1)
    west = int(name[4]) * (1 if name[3] in "Ee" else -1)
    size = path.stat().st_size
    n = math.isqrt(size // 2)
    if n not in (1201, 3601) or 2 * n * n != size:
        raise ValueError(f"expected 1201 x 1201 or 3601 x 3601 heights, it has {size:,} bytes")
    raw = np.fromfile(path, ">i2").reshape(n, n)
    height = np.where(raw == VOID, np.nan, raw.astype(np.float64))
    return Raster(height, south + 1.0, float(west), 1.0 / (n - 1), 1.0 / (n - 1))


def _geotiff(path: Path, window: tuple[float, float, float, float]) -> Raster | None:
    try:
        import rasterio
        from rasterio.enums import Resampling
        from rasterio.vrt import WarpedVRT
        from rasterio.windows import Window
    except ImportError as e:
        raise ValueError("expected rasterio for a GeoTIFF: pip install 'bartizan[terrain]'") from e
    south, north, west, east = window
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise ValueError("expected a GeoTIFF that says its coordinate system")
            with WarpedVRT(
                source, crs="EPSG:4326", resampling=1, nodata=float("nan"), dtype="float64"
            ) as flat:
                (a, _, x0, _, b, y0) = flat.transform[:6]
                c0, c1 = max(math.floor((west - x0) / a) - 1, 0), math.ceil((east - x0) / a) + 1
                r0, r1 = max(math.floor((north - y0) / b) - 1, 0), math.ceil((south - y0) / b) + 1
                c1, r1 = min(c1, flat.width), min(r1, flat.height)
                if c1 - c0 < 2 or r1 - r0 < 2:
                    return None
                rows, columns = min(r1 - r0, MOST), min(c1 - c0, MOST)
                height = flat.read(
                    1, window=Window(c0, r0, c1 - c0, r1 - r0), out_shape=(rows, columns),
                    resampling=Resampling.bilinear,
                )  # fmt: skip
    except rasterio.errors.RasterioError as error:
        raise ValueError(f"expected a GeoTIFF that can be read: {error}") from error
    row, column = -b * (r1 - r0) / rows, a * (c1 - c0) / columns
    return Raster(height, y0 + b * r0 - 0.5 * row, x0 + a * c0 + 0.5 * column, row, column)
