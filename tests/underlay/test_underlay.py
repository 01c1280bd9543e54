"""Base maps: what lies where, against pymap3d and pyproj's own picture of the Earth."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import math
from pathlib import Path

import numpy as np
import pymap3d
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bartizan import config
from bartizan.console import site as console_site
from bartizan.frames import local_frame
from bartizan.underlay import lines, open_own
from bartizan.underlay.grid import PIXELS, Square, on_ground

LAT, LON, HAE = 33.79, 42.44, 196.0
FRAME = local_frame("here", math.radians(LAT), math.radians(LON), HAE)
RED, WHITE = (200, 30, 30), (250, 250, 250)


def place(lat: float, lon: float) -> tuple[float, float]:
    """East and north of a place on the ground, by another library."""
    e, n, _ = pymap3d.geodetic2enu(lat, lon, HAE, LAT, LON, HAE)
    return float(e), float(n)


def tile_xy(lat: float, lon: float, zoom: int) -> tuple[float, float]:
    """OpenStreetMap's slippy map formula, as its wiki has it."""
    n = 2**zoom
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * n
    return (lon + 180.0) / 360.0 * n, y


def test_the_euphrates_lies_where_it_lies() -> None:
    """It passes Al Baghdadi (33.86 N, 42.55 E), 13 km from the base; the lines are good to about
    a kilometre, corners of the course cut."""
    found = lines(FRAME, 60_000.0)
    town = np.array(place(33.86, 42.55))
    nearest = math.inf
    for flat in found["river"]:
        p = np.array(flat).reshape(-1, 2)
        for a, b in itertools.pairwise(p):
            t = np.clip((town - a) @ (b - a) / ((b - a) @ (b - a)), 0.0, 1.0)
            nearest = min(nearest, float(np.hypot(*(town - a - t * (b - a)))))
    assert nearest < 3000.0
    far = lines(local_frame("sea", math.radians(0.0), math.radians(-140.0), 0.0), 60_000.0)
    assert not any(far.values()), "nothing in the middle of the Pacific"


def test_pixels_stand_where_another_library_puts_them() -> None:
    e, n = np.array([-25_000.0, 0.0, 31_000.0]), np.array([18_000.0, 0.0, -9_000.0])
    lat, lon = on_ground(FRAME, e, n)
    for k in range(3):
        assert place(float(lat[k]), float(lon[k])) == pytest.approx((e[k], n[k]), abs=5.0)


def head(kind: object, zooms: tuple[int, int], packed: object) -> dict:
    d = 0.2
    return {
        "tile_type": kind, "tile_compression": packed, "min_zoom": zooms[0], "max_zoom": zooms[1],
        "min_lon_e7": int((LON - d) * 1e7), "min_lat_e7": int((LAT - d) * 1e7),
        "max_lon_e7": int((LON + d) * 1e7), "max_lat_e7": int((LAT + d) * 1e7),
        "center_zoom": zooms[0], "center_lon_e7": int(LON * 1e7), "center_lat_e7": int(LAT * 1e7),
    }  # fmt: skip


def archive(path: Path, kind: str) -> Path:
    """Tiles of zoom 12 all about: pictures white west of 42.44 E and red east of it; or vectors
    with one road along 33.80 N, a lake and a name."""
    import mapbox_vector_tile
    from PIL import Image
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import Writer
    from shapely.geometry import LineString, Point, Polygon, box

    zoom, tiles = 12, []
    x0, y0 = (int(v) for v in tile_xy(LAT, LON, zoom))
    for x in range(x0 - 3, x0 + 4):
        for y in range(y0 - 3, y0 + 4):
            if kind == "raster":
                left = np.arange(256)[None, :] / 256.0 + x < tile_xy(LAT, LON, zoom)[0]
                image = np.where(np.broadcast_to(left, (256, 256))[..., None], WHITE, RED)
                out = io.BytesIO()
                Image.fromarray(image.astype(np.uint8)).save(out, "PNG")
                data = out.getvalue()
            else:

                def at(lat: float, lon: float, x: int = x, y: int = y) -> tuple[float, float]:
                    a, b = tile_xy(lat, lon, zoom)
                    return (a - x) * 4096, (b - y) * 4096

                shapes = {
                    "roads": (
                        LineString([at(33.80, 42.40), at(33.80, 42.50)]),
                        {"kind": "highway"},
                    ),
                    "water": (Polygon([at(33.82, 42.45), at(33.82, 42.46), at(33.83, 42.46)]), {}),
                    "places": (Point(at(33.81, 42.47)), {"name": "Qasr"}),
                    "pois": (Point(at(33.81, 42.46)), {"name": "kiosk"}),
                }
                clip = box(0, 0, 4096, 4096)
                layers = [
                    {
                        "name": name,
                        "features": [{"geometry": g.intersection(clip), "properties": p}],
                    }
                    for name, (g, p) in shapes.items()
                    if not g.intersection(clip).is_empty
                ]
                options = {"y_coord_down": True}
                data = gzip.compress(mapbox_vector_tile.encode(layers, default_options=options))
            tiles.append((zxy_to_tileid(zoom, x, y), data))
    with path.open("wb") as f:
        writer = Writer(f)
        for number, data in sorted(tiles):
            writer.write_tile(number, data)
        if kind == "raster":
            writer.finalize(head(TileType.PNG, (zoom, zoom), Compression.NONE), {})
        else:
            about = {"attribution": "© those who drew it"}
            writer.finalize(head(TileType.MVT, (zoom, zoom), Compression.GZIP), about)
    return path


def photograph(path: Path) -> Path:
    """A picture in UTM zone 38 north, 10 m a pixel, white west of the reference point."""
    import rasterio
    from rasterio.transform import Affine
    from rasterio.warp import transform

    (e,), (n,) = transform("EPSG:4326", "EPSG:32638", [LON], [LAT])
    pixels = np.empty((3, 1000, 1000), np.uint8)
    pixels[:, :, :500], pixels[:, :, 500:] = (np.array(c)[:, None, None] for c in (WHITE, RED))
    with rasterio.open(
        path, "w", driver="GTiff", width=1000, height=1000, count=3, dtype="uint8",
        crs="EPSG:32638", transform=Affine(10.0, 0.0, e - 5000.0, 0.0, -10.0, n + 5000.0),
    ) as out:  # fmt: skip
        out.write(pixels)
    return path


def image(data: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("kind", ["photograph", "raster"])
def test_a_picture_s_edge_runs_through_the_reference_point(tmp_path: Path, kind: str) -> None:
    """White west of it, red east of it; what lies outside is transparent."""
    if kind == "photograph":
        own = open_own(photograph(tmp_path / "a.tif"), FRAME)
    else:
        own = open_own(archive(tmp_path / "a.pmtiles", "raster"), FRAME)
    assert (own.kind, own.finest) == ("raster", 3 if kind == "photograph" else 4)
    level = own.finest
    for row in (0, -1):
        west, east = (own.tile(Square(level, c, row)) for c in (-1, 0))
        assert west is not None
        assert east is not None
        # Beside the edge, and a convergence of the UTM grid of 1.4 degrees off it, at most 2 km away.
        near, off = 90, 110
        assert tuple(image(west.data)[near, -off, :3]) == WHITE
        assert tuple(image(east.data)[near, off, :3]) == RED
    if kind == "photograph":  # the grid's north is 1.4 degrees west of true north here
        column = int(np.argmax(image(own.tile(Square(level, -1, 1)).data)[0, :, 1] < 100))  # type: ignore[union-attr]
        n_m = 2 * PIXELS * 8.0
        leans = (PIXELS - column) * 8.0 / n_m
        expected = math.sin(math.radians(LAT)) * math.radians(
            45.0 - LON
        )  # convergence of meridians
        assert leans == pytest.approx(expected, abs=0.01)
    assert own.tile(Square(level, 300, 300)) is None


def test_vector_tiles_become_shapes_each_once(tmp_path: Path) -> None:
    own = open_own(archive(tmp_path / "a.pmtiles", "vector"), FRAME)
    assert (own.kind, own.credit) == ("vector", "© those who drew it")
    squares = [Square(own.finest, c, r) for c in range(-4, 4) for r in range(-4, 4)]
    found = [(s, json.loads(t.data)) for s in squares if (t := own.tile(s)) is not None]
    road, lake, names = [], [], []
    for s, shapes in found:
        corner = np.array(s.corner)
        road += [np.array(p).reshape(-1, 2) + corner for p in shapes["lines"].get("highway", [])]
        lake += [
            np.array(p).reshape(-1, 2) + corner
            for rings in shapes["areas"].get("water", [])
            for p in rings
        ]
        names += [(np.array(x[:2]) + corner, x[2]) for x in shapes["names"]]
    ends = np.concatenate(road)
    assert ends[ends[:, 0].argmin()] == pytest.approx(place(33.80, 42.40), abs=3.0)
    assert ends[ends[:, 0].argmax()] == pytest.approx(place(33.80, 42.50), abs=3.0)
    whole = sum(float(np.hypot(*(p[-1] - p[0]))) for p in road)
    assert whole == pytest.approx(place(33.80, 42.50)[0] - place(33.80, 42.40)[0], rel=0.002)
    corners = np.concatenate(lake)
    assert np.hypot(*(corners - place(33.83, 42.46)).T).min() < 3.0
    ((where, word),) = names
    assert word == "Qasr"
    assert where == pytest.approx(place(33.81, 42.47), abs=3.0)


def test_a_map_that_is_none_is_named_by_line_and_field(tmp_path: Path) -> None:
    text = (Path(config.find("ain-al-asad", "sites"))).read_text(encoding="utf-8")
    (tmp_path / "short.pmtiles").write_bytes(b"PMTiles\x03")
    (tmp_path / "junk.pmtiles").write_bytes(b"PMTiles\x03" + bytes(range(256)))
    (tmp_path / "junk.tif").write_bytes(b"II*\0nothing")
    (tmp_path / "map.svg").write_text("<svg/>")
    away = archive(tmp_path / "away.pmtiles", "raster")
    for name, word in (
        ("gone.tif", "a file that is there"), ("short.pmtiles", "too short"),
        ("junk.pmtiles", "version 3"), ("junk.tif", "can be read"), ("map.svg", ".pmtiles or"),
        (away.name, "a map of the site"),
    ):  # fmt: skip
        moved = text.replace("33.79", "53.79") if name == away.name else text
        path = tmp_path / "site.yaml"
        path.write_text(moved + f"base_map: {{file: {name}}}\n", encoding="utf-8")
        (one,) = [m for m in config.check(path) if m.severity == "error"]
        assert (one.field, one.line) == ("base_map.file", len(text.splitlines()) + 1)
        assert word in one.expected


def test_the_console_hands_out_tiles(tmp_path: Path) -> None:
    api = FastAPI()
    site = config.load_site("ain-al-asad").site
    console_site._under(api, site, [], open_own(photograph(tmp_path / "a.tif"), FRAME))
    with TestClient(api) as client:
        told = client.get("/api/basemap").json()
        assert (told["own"]["kind"], told["pixels"]) == ("raster", PIXELS)
        assert told["coarse"]["lines"]["river"]
        level = told["own"]["finest"]
        answer = client.get(f"/api/basemap/{level}/-1/0")
        assert answer.headers["content-type"] == "image/png"
        assert image(answer.content).shape == (PIXELS, PIXELS, 4)
        assert client.get(f"/api/basemap/{level}/4000/0").status_code == 204
        assert client.get("/api/basemap/99/0/0").status_code == 422
