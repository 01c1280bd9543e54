"""Elevation files onto a site's grid, and what is wrong with them, by line and field."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bartizan import config
from bartizan.errors import ConfigError
from bartizan.frames import wgs84_from_enu
from bartizan.terrain.sight import above_ground, heights
from recordings import need

rasterio = pytest.importorskip("rasterio")
warp = pytest.importorskip("rasterio.warp")
pytestmark = [
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # rasterio 1.4, affine 3
    pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning"),
]

SITE = (Path(__file__).parent / "files" / "site.yaml").read_text()
AT = np.array([[0.0, 0.0], [7000.0, -3000.0], [-9000.0, 8000.0]])
RADAR = "place: {east_m: 0, north_m: 0, up_m: 15}"


def plane(lat_deg: np.ndarray, lon_deg: np.ndarray) -> np.ndarray:
    """Heights above the sea of sloping ground that is 188 m at the site."""
    return 188.0 + 900.0 * (lat_deg - 33.79) - 600.0 * (lon_deg - 42.44)


def hgt(folder: Path, hole: bool = False) -> None:
    at = np.arange(1201) / 1200.0
    lon, lat = np.meshgrid(42.0 + at, 34.0 - at)
    z = np.rint(plane(lat, lon))
    if hole:
        z[240:250, 500:520] = -32768
    z.astype(">i2").tofile(folder / "N33E042.hgt")


def tif(path: Path, height: np.ndarray, crs: str, west: float, north: float, cell: float,
        row: float = 0.0) -> None:  # fmt: skip
    transform = rasterio.transform.from_origin(west, north, cell, row or cell)
    with rasterio.open(
        path, "w", driver="GTiff", height=height.shape[0], width=height.shape[1], count=1,
        dtype="float32", crs=crs, transform=transform, nodata=-9999.0, compress="deflate",
    ) as out:  # fmt: skip
        out.write(height.astype(np.float32), 1)


def site(folder: Path, terrain: str, *others: tuple[str, str]) -> Path:
    text = SITE.replace("\nsensors:\n", f"\nterrain: {terrain}\nsensors:\n", 1)
    for old, new in others:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "mine.yaml"
    path.write_text(text)
    return path


def places(loaded: config.Loaded, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    up = np.column_stack([at, -(at**2).sum(axis=1) / (2 * 6_371_000.0)])
    lat, lon, _ = wgs84_from_enu(loaded.frame, up)
    return np.degrees(lat), np.degrees(lon)


def expected(loaded: config.Loaded) -> np.ndarray:
    return plane(*places(loaded, AT)) - 188.0


def test_a_tile_of_srtm_and_a_sensor_over_its_ground(tmp_path: Path) -> None:
    hgt(tmp_path)
    there = "place: {east_m: 4000, north_m: 2500, above_ground_m: 15}"
    path = site(tmp_path, "{file: [N33E042.hgt], reach_m: 15000}", (RADAR, there))
    loaded = config.load_site(path)
    s = loaded.site
    assert heights(s.terrain, AT) == pytest.approx(expected(loaded), abs=0.6)
    assert s.sensors.skyline.shape == (len(s.sensor_names), 72_000)
    assert above_ground(s.terrain, s.sensors.pos)[0] == pytest.approx(15.0)
    assert math.isinf(s.sensors.pd[0, 6])  # the skyline has the horizon in it
    assert [m for m in config.check(path) if m.field.startswith("sensors[0]")] == []


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32638"])
def test_a_geotiff_in_degrees_or_in_utm(tmp_path: Path, crs: str) -> None:
    west, north, cell = 42.2, 34.0, 0.001
    if crs != "EPSG:4326":
        west, north, cell = 230_000.0, 3_765_000.0, 90.0
    at = (np.arange(500) + 0.5) * cell
    x, y = np.meshgrid(west + at, north - at)
    lon, lat = x, y
    if crs != "EPSG:4326":
        flat = warp.transform(crs, "EPSG:4326", x.ravel(), y.ravel())
        lon, lat = (np.reshape(v, x.shape) for v in flat)
    tif(tmp_path / "dem.tif", plane(lat, lon), crs, west, north, cell)
    loaded = config.load_site(site(tmp_path, "{file: dem.tif, reach_m: 13000}"))
    assert heights(loaded.site.terrain, AT) == pytest.approx(expected(loaded), abs=0.3)


def test_invented_ground_is_the_seeds_own(tmp_path: Path) -> None:
    one, same, other = (
        config.load_site(site(tmp_path, f"{{synthetic: ridge, seed: {k}, reach_m: 8000, cell_m: 60}}")).site.terrain
        for k in (3, 3, 4)
    )  # fmt: skip
    assert (one.height_m == same.height_m).all()
    assert abs(one.height_m - other.height_m).max() > 50.0
    assert 80.0 < one.height_m.max() < 160.0
    assert heights(one, AT[:1])[0] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    ("terrain", "field", "severity", "says"),
    [
        ("{file: gone.hgt}", "terrain.file", "error", "a file that is there"),
        ("{file: [N33E042.hgt, gone.tif]}", "terrain.file[1]", "error", "a file that is there"),
        ("{file: bad.hgt}", "terrain.file", "error", "named by its corner"),
        ("{file: N40E010.hgt}", "terrain.file", "error", "1201 x 1201"),
        ("{file: far.tif}", "terrain.file", "error", "does not cover the site"),
        ("{file: broken.tif}", "terrain.file", "error", "can be read"),
        ("{file: notes.txt}", "terrain.file", "error", ".hgt or GeoTIFF"),
        ("{}", "terrain", "error", "file or synthetic"),
        ("{synthetic: volcano}", "terrain.synthetic", "error", "ridge"),
        ("{file: N33E042.hgt}", "terrain.file", "warning", "heights all over"),
    ],
)
def test_what_is_wrong_with_the_ground(
    tmp_path: Path, terrain: str, field: str, severity: str, says: str
) -> None:
    hgt(tmp_path, hole=True)
    for name in ("bad.hgt", "N40E010.hgt", "broken.tif", "notes.txt"):
        (tmp_path / name).write_bytes(b"nothing")
    tif(tmp_path / "far.tif", np.zeros((9, 9)), "EPSG:4326", 5.0, 50.0, 0.1)
    path = site(tmp_path, terrain)
    line = 1 + path.read_text()[: path.read_text().index("terrain:")].count("\n")
    found = [m for m in config.check(path) if m.field == field]
    assert [(m.severity, m.line) for m in found] == [(severity, line)]
    assert says in str(found[0])
    if severity == "error":
        with pytest.raises(ConfigError, match=field.replace("[", r"\[")):
            config.load_site(path)


def test_what_stands_in_the_ground_or_on_another_site_is_told(tmp_path: Path) -> None:
    hgt(tmp_path)
    sunk = "place: {east_m: 0, north_m: 9000, up_m: 15}"
    path = site(tmp_path, "{file: N33E042.hgt}", (RADAR, sunk), ("height_msl_m: 188", "height_msl_m: 150"))  # fmt: skip
    told = {m.field: str(m) for m in config.check(path)}
    assert "above the ground, 1" in told["sensors[0].place"]
    assert "-38 m off" in told["reference.height_msl_m"]


def test_real_ground_is_where_another_model_has_it(tmp_path: Path) -> None:
    """SRTM30 on 2 km against the 9 km grid of ITU-R P.1511 about the same place."""
    png, itu = need("dem/srtm30_z6_39_25.png"), np.load(need("dem/itu_p1511_v2_iraq_5arcmin.npz"))
    with rasterio.open(png) as raw:
        height = raw.read(1) + 256.0 * raw.read(2)
    rows, columns = height.shape
    tif(tmp_path / "iraq.tif", height, "EPSG:4326", 39.375, 36.5979,
        (45.0 - 39.375) / columns, (36.5979 - 31.9522) / rows)  # fmt: skip
    loaded = config.load_site(site(tmp_path, "{file: iraq.tif, reach_m: 60000}"))
    at = np.random.default_rng(1).uniform(-55_000.0, 55_000.0, (300, 2))
    lat, lon = places(loaded, at)
    i = np.abs(itu["lat"][:, None] - lat).argmin(axis=0)
    j = np.abs(itu["lon"][:, None] - lon).argmin(axis=0)
    off = heights(loaded.site.terrain, at) + 188.0 - itu["height_m"][i, j]
    assert abs(np.median(off)) < 8.0
    assert np.median(np.abs(off)) < 15.0
    assert heights(loaded.site.terrain, AT[:1])[0] == pytest.approx(0.0, abs=20.0)
