"""Vector tiles as shapes by kind, in the site's metres.

In: Mapbox vector tiles with their place.  Out: one JSON object: areas and lines as e, n, e, n...
from the tile's corner, names with their place.  Does not: keep what no kind is known for.

The kinds are read from the layers' names in the three schemas that are common: Protomaps,
OpenMapTiles, Shortbread.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec
import numpy as np

from bartizan.frames import LocalFrame
from bartizan.types import F64
from bartizan.underlay.grid import Square, from_mercator, places
from bartizan.underlay.own import Tile

AREAS: Final = {
    "water": "water", "water_polygons": "water", "ocean": "water", "building": "building",
    "buildings": "building", "landuse": "land", "land": "land", "landcover": "land", "park": "land",
    "aeroway": "apron", "street_polygons": "apron",
}  # fmt: skip
LINES: Final = {
    "water": "river", "waterway": "river", "water_lines": "river", "physical_line": "river",
    "roads": "road", "transportation": "road", "streets": "road", "transit": "rail",
    "boundary": "border", "boundaries": "border", "aeroway": "runway",
}  # fmt: skip
NAMES: Final = {"places", "place", "place_labels", "physical_point", "water_name"}
MAJOR: Final = frozenset(
    ["motorway", "trunk", "primary", "highway", "major_road", "secondary", "medium_road"]
)
MOST_POINTS: Final = 60_000  # of one tile; what is beyond is left out


class _Rings(NamedTuple):
    kind: str
    area: bool
    sizes: list[int]


def shapes(
    frame: LocalFrame, square: Square, found: list[tuple[bytes, int, int, int]]
) -> Tile | None:
    """The shapes of those source tiles (data, zoom, x, y) whose middle lies in the square."""
    e0, n0 = square.corner
    out: dict[str, Any] = {"areas": {}, "lines": {}, "names": []}
    left = MOST_POINTS
    for data, zoom, x, y in found:
        side = 1.0 / (1 << zoom)
        (middle,) = _placed(frame, np.array([[x + 0.5, y + 0.5]]) * side)
        if not (0.0 <= middle[0] - e0 < square.side_m and 0.0 <= middle[1] - n0 < square.side_m):
            continue
        left = _one(frame, out, data, (x, y, side), np.array([e0, n0]), left)
    if not (out["areas"] or out["lines"] or out["names"]):
        return None
    return Tile("vector", msgspec.json.encode(out))


def _placed(frame: LocalFrame, xy: F64) -> F64:
    lat, lon = from_mercator(xy[:, 0], xy[:, 1])
    return places(frame, lat, lon)


def _one(
    frame: LocalFrame, out: dict[str, Any], data: bytes, at: tuple[int, int, float], corner: F64,
    left: int,
) -> int:  # fmt: skip
    """One source tile into `out`; -> how many points may still come."""
    import mapbox_vector_tile
    from google.protobuf.message import DecodeError

    x, y, side = at
    try:
        layers = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
    except (DecodeError, ValueError, AssertionError, IndexError, TypeError):
        return left  # a damaged tile is an empty one
    for name, layer in layers.items():
        extent = layer["extent"] or 4096
        for feature in layer["features"]:
            points, rings = _flat(name, feature)
            if not len(points) or len(points) > left:
                continue
            left -= len(points)
            xy = (points / extent + [x, y]) * side
            metres = np.round(_placed(frame, xy) - corner, 1)
            _put(out, rings, metres, feature["properties"])
    return left


def _flat(name: str, feature: dict[str, Any]) -> tuple[F64, _Rings]:
    """All points of a feature in one row, and where its parts end."""
    geometry, properties = feature["geometry"], feature["properties"]
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point" and name in NAMES:
        return np.array([coordinates], np.float64), _Rings("name", False, [1])
    if kind in ("Polygon", "MultiPolygon") and name in AREAS:
        parts = [coordinates] if kind == "Polygon" else coordinates
        rings = [ring for part in parts for ring in part]
        return _row(rings), _Rings(AREAS[name], True, [len(r) for r in rings])
    if kind in ("LineString", "MultiLineString") and name in LINES:
        rings = [coordinates] if kind == "LineString" else coordinates
        line = LINES[name]
        sort = str(properties.get("kind", properties.get("class", "")))
        if line == "road" and sort in MAJOR:
            line = "highway"
        return _row(rings), _Rings(line, False, [len(r) for r in rings])
    return np.zeros((0, 2)), _Rings("", False, [])


def _row(rings: list[Any]) -> F64:
    return np.array([point for ring in rings for point in ring], np.float64).reshape(-1, 2)


def _put(out: dict[str, Any], rings: _Rings, metres: F64, properties: dict[str, Any]) -> None:
    if rings.kind == "name":
        word = next(
            (properties[k] for k in ("name:en", "name_en", "name") if properties.get(k)), ""
        )
        if word:
            out["names"].append([*metres[0].tolist(), str(word)[:60]])
        return
    pieces = np.split(metres, np.cumsum(rings.sizes)[:-1])
    flat = [p.ravel().tolist() for p in pieces if len(p) > 1]
    if rings.area:
        out["areas"].setdefault(rings.kind, []).append(flat)
    else:
        out["lines"].setdefault(rings.kind, []).extend(flat)
