"""A site's own base map: a file that the site brings, as tiles in the site's metres.

In: PMTiles (pictures or vector tiles), GeoTIFF pictures.  Out: `Tile`s.
Does not: ask the network; keep what it has made (the console does).
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

from bartizan.frames import LocalFrame
from bartizan.underlay.grid import Square

NEEDED = "pip install 'bartizan[basemap]'"


class Tile(NamedTuple):
    """What a tile holds: a PNG with transparency, or shapes as JSON."""

    kind: str
    data: bytes


class Own(Protocol):
    """A map that has been opened.  finest: the level beyond which it holds nothing more
    kind "raster" or "vector"   credit: whose it is, as the file says
    """

    finest: int
    kind: str
    credit: str

    def tile(self, square: Square) -> Tile | None:
        """One tile; None: the file holds nothing there."""


def open_own(path: Path, frame: LocalFrame) -> Own:
    """Opens a base map.  Raises ValueError or OSError saying what was expected of the file."""
    if not path.is_file():
        raise ValueError("expected a file that is there, beside the site file")
    suffix = path.suffix.lower()
    if suffix == ".pmtiles":
        from bartizan.underlay.archive import Archive

        return Archive(path, frame)
    if suffix in (".tif", ".tiff"):
        from bartizan.underlay.geotiff import GeoTiff

        return GeoTiff(path, frame)
    raise ValueError("expected PMTiles .pmtiles or GeoTIFF .tif")
