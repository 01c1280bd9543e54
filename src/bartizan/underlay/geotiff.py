"""A GeoTIFF picture (an aerial photograph, a scanned map), warped into the site's tiles.

In: 8-bit bands (grey, palette, red-green-blue, with or without alpha), any coordinate system.
Out: PNG tiles.  Does not: shade heights (that is `terrain:` in the site's file).

GDAL warps to the ellipsoidal orthographic projection about the reference point, which is the
site's east and north on the ground (PROJ, ortho).
"""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np

from bartizan.frames import LocalFrame
from bartizan.underlay.grid import PIXELS, Square, finest
from bartizan.underlay.own import NEEDED, Tile
from bartizan.units import RAD_PER_DEG

BANDS = (1, 2, 3, 4)
BEHIND_M = 60_000.0  # about the reference point where a picture is looked for


class GeoTiff:
    """An open picture."""

    kind = "raster"

    def __init__(self, path: Path, frame: LocalFrame) -> None:
        """Raises ValueError saying what was expected."""
        try:
            import PIL.Image  # noqa: F401  # needed for the tiles, said at once
            import rasterio
        except ImportError as e:
            raise ValueError(f"expected rasterio and Pillow for a GeoTIFF: {NEEDED}") from e
        lat, lon = frame.lat_rad / RAD_PER_DEG, frame.lon_rad / RAD_PER_DEG
        self._path = path
        self._crs = f"+proj=ortho +lat_0={lat:.9f} +lon_0={lon:.9f} +ellps=WGS84 +units=m +no_defs"
        try:
            with rasterio.open(path) as source:
                if source.crs is None:
                    raise ValueError("expected a GeoTIFF that says its coordinate system")
                if source.count not in BANDS or set(source.dtypes) != {"uint8"}:
                    said = f"{source.count} of {', '.join(sorted(set(source.dtypes)))}"
                    raise ValueError(f"expected a picture of 1 to 4 8-bit bands, not {said}")
                self._palette = _palette(source)
                self.credit = str(source.tags().get("TIFFTAG_COPYRIGHT", ""))
                self.finest = finest(self._pixel_m(source, lat, lon))
        except rasterio.errors.RasterioError as e:
            raise ValueError(f"expected a GeoTIFF that can be read: {e}") from e

    def _pixel_m(self, source: Any, lat: float, lon: float) -> float:
        """Side of its pixels on the ground.  Raises ValueError where it is not at the site."""
        from rasterio.warp import transform, transform_bounds

        west, south, east, north = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
        reach = BEHIND_M / 111_195.0
        wide = reach / max(math.cos(math.radians(lat)), 0.01)
        if not (west - wide < lon < east + wide and south - reach < lat < north + reach):
            raise ValueError(f"expected a map of the site: it shows {south:.2f} to {north:.2f} N, "
                             f"{west:.2f} to {east:.2f} E")  # fmt: skip
        column, row = source.width / 2.0, source.height / 2.0
        at = [source.xy(row, column), source.xy(row, column + 1.0)]
        xs, ys = transform(source.crs, "EPSG:4326", *zip(*at, strict=True))
        de = (xs[1] - xs[0]) * 111_195.0 * math.cos(math.radians(ys[0]))
        return max(math.hypot(de, (ys[1] - ys[0]) * 111_195.0), 0.01)

    def tile(self, square: Square) -> Tile | None:
        """One tile as PNG."""
        import rasterio
        from affine import Affine
        from rasterio.enums import ColorInterp, Resampling
        from rasterio.vrt import WarpedVRT

        e0, n0 = square.corner
        m = square.pixel_m
        where = Affine(m, 0.0, e0, 0.0, -m, n0 + square.side_m)
        how = Resampling.nearest if self._palette is not None else Resampling.bilinear
        with rasterio.open(self._path) as source:
            alpha = ColorInterp.alpha in source.colorinterp
            with WarpedVRT(source, crs=self._crs, transform=where, width=PIXELS, height=PIXELS,
                           resampling=how, add_alpha=not alpha) as flat:  # fmt: skip
                bands = flat.read()
        if not bands[-1].any():
            return None
        if self._palette is not None:
            colours = self._palette[bands[0]]
            colours[..., 3] = np.minimum(colours[..., 3], bands[-1])
            return Tile("raster", png(colours))
        grey = len(bands) == 2
        colours = np.stack([bands[0]] * 3 + [bands[1]] if grey else bands[:4], axis=-1)
        return Tile("raster", png(colours))


def _palette(source: Any) -> Any:
    """Its colours (256, 4) by value, None where it has none."""
    from rasterio.enums import ColorInterp

    if source.colorinterp[0] != ColorInterp.palette:
        return None
    table = np.zeros((256, 4), np.uint8)
    for value, colour in source.colormap(1).items():
        if 0 <= value < 256:
            table[value] = colour
    return table


def png(colours: Any) -> bytes:
    """A picture (rows, columns, 4) as PNG."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours, np.uint8), "RGBA").save(
        out, "PNG", compress_level=3
    )
    return out.getvalue()
