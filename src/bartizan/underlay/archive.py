"""A PMTiles archive (version 3) of pictures or of vector tiles, turned into the site's tiles.

In: an archive of Web Mercator tiles: PNG, JPEG, WebP, or Mapbox vector tiles.
Out: PNG tiles; or shapes by kind, as `shapes` says.  Does not: ask the network.

Ref: PMTiles version 3 specification (Protomaps 2022); read by the `pmtiles` package.
"""

from __future__ import annotations

import gzip
import io
import math
import mmap
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from bartizan.frames import LocalFrame
from bartizan.types import F64
from bartizan.underlay.geotiff import png
from bartizan.underlay.grid import PIXELS, Square, finest, mercator, mercator_side_m, pixels
from bartizan.underlay.own import NEEDED, Tile
from bartizan.underlay.shapes import shapes
from bartizan.units import RAD_PER_DEG

PICTURES = ("PNG", "JPEG", "WEBP")
MOST = 64  # source tiles that one tile is made of
BAD = (ValueError, KeyError, IndexError, EOFError, OSError, zlib.error, AssertionError)


class Archive:
    """An open archive."""

    def __init__(self, path: Path, frame: LocalFrame) -> None:
        """Raises ValueError saying what was expected."""
        try:
            from pmtiles import reader, tile
        except ImportError as e:
            raise ValueError(f"expected the pmtiles package for PMTiles: {NEEDED}") from e
        self._frame = frame
        with path.open("rb") as f:
            if path.stat().st_size < 127:
                raise ValueError("expected a PMTiles archive of version 3: it is too short")
            mapped = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        made: Any = reader.Reader
        self._reader = made(lambda offset, length: mapped[offset : offset + length])
        try:
            self._head = self._reader.header()
            said = self._reader.metadata()
        except (tile.MagicNumberNotFound, tile.SpecVersionUnsupported, *BAD) as e:
            raise ValueError("expected a PMTiles archive of version 3 that can be read") from e
        self.credit = str(said.get("attribution", "")) if isinstance(said, dict) else ""
        self._zipped = self._head["tile_compression"] == tile.Compression.GZIP
        if self._head["tile_compression"] not in (tile.Compression.GZIP, tile.Compression.NONE):
            raise ValueError("expected tiles without compression, or with gzip")
        name = self._head["tile_type"].name
        if name not in (*PICTURES, "MVT"):
            raise ValueError(f"expected tiles of PNG, JPEG, WebP or vectors (MVT), not {name}")
        self.kind = "vector" if name == "MVT" else "raster"
        self._needs(self.kind)
        self._covers()
        # A tile of ours is no smaller than the archive's finest: each of those is in one of ours.
        whole = 2.0 if self.kind == "vector" else 1.0
        self.finest = finest(whole * mercator_side_m(frame, self._head["max_zoom"]) / PIXELS)

    def _needs(self, kind: str) -> None:
        """Raises ValueError naming the package that is not there."""
        try:
            if kind == "vector":
                import mapbox_vector_tile  # noqa: F401
            else:
                import PIL.Image  # noqa: F401
        except ImportError as e:
            raise ValueError(f"expected a package for tiles of {kind}: {NEEDED}") from e

    def _covers(self) -> None:
        """Raises ValueError where the archive is not of the site."""
        h, d = self._head, 1e-7
        lat, lon = self._frame.lat_rad / RAD_PER_DEG, self._frame.lon_rad / RAD_PER_DEG
        south, north = h["min_lat_e7"] * d, h["max_lat_e7"] * d
        west, east = h["min_lon_e7"] * d, h["max_lon_e7"] * d
        if not (south - 0.5 < lat < north + 0.5 and west - 0.5 < lon < east + 0.5):
            raise ValueError(f"expected a map of the site: it shows {south:.2f} to {north:.2f} N, "
                             f"{west:.2f} to {east:.2f} E")  # fmt: skip

    def _get(self, zoom: int, x: int, y: int) -> bytes | None:
        """One tile of the archive as it is inside; None: it is not there, or damaged."""
        if not (0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        try:
            data = self._reader.get(zoom, x, y)
            return gzip.decompress(data) if data and self._zipped else data
        except BAD:
            return None

    def _zoom(self, side_m: float, wanted_m: float) -> int:
        """The zoom whose `side_m` (at zoom 0) halved comes to wanted_m or less."""
        zoom = math.ceil(math.log2(side_m / wanted_m) - 0.01)
        return min(max(zoom, int(self._head["min_zoom"])), int(self._head["max_zoom"]))

    def tile(self, square: Square) -> Tile | None:
        """One tile: PNG, or shapes as JSON."""
        lat, lon = pixels(self._frame, square)
        x, y = mercator(lat, lon)
        return self._shapes(square, x, y) if self.kind == "vector" else self._picture(square, x, y)

    def _picture(self, square: Square, x: F64, y: F64) -> Tile | None:
        """Each pixel from the nearest of the source's."""
        zoom = self._zoom(mercator_side_m(self._frame, 0) / PIXELS, square.pixel_m)
        n = 1 << zoom
        column, row = np.floor(x * n).astype(np.int64), np.floor(y * n).astype(np.int64)
        out = np.zeros((PIXELS, PIXELS, 4), np.uint8)
        names = np.unique(np.stack([column.ravel(), row.ravel()], axis=1), axis=0)
        for c, r in names[:MOST].tolist():
            source = self._decoded(zoom, c, r)
            if source is None:
                continue
            here = (column == c) & (row == r)
            size = source.shape[0]
            i = np.minimum(((x[here] * n - c) * size).astype(np.int64), source.shape[1] - 1)
            j = np.minimum(((y[here] * n - r) * size).astype(np.int64), size - 1)
            out[here] = source[j, i]
        return Tile("raster", png(out)) if out[..., 3].any() else None

    def _decoded(self, zoom: int, x: int, y: int) -> Any:
        from PIL import Image, UnidentifiedImageError

        data = self._get(zoom, x, y)
        if not data:
            return None
        try:
            with Image.open(io.BytesIO(data), formats=PICTURES) as picture:
                return np.asarray(picture.convert("RGBA"))
        except (UnidentifiedImageError, Image.DecompressionBombError, *BAD):
            return None

    def _shapes(self, square: Square, x: F64, y: F64) -> Tile | None:
        """The source's tiles whose middle lies in this one; each is in one tile only."""
        zoom = self._zoom(mercator_side_m(self._frame, 0), square.side_m)
        n = 1 << zoom
        found: list[tuple[bytes, int, int, int]] = []
        for c in range(math.floor(x.min() * n), math.floor(x.max() * n) + 1):
            for r in range(math.floor(y.min() * n), math.floor(y.max() * n) + 1):
                if len(found) < MOST and (data := self._get(zoom, c, r)):
                    found.append((data, zoom, c, r))
        return shapes(self._frame, square, found)
