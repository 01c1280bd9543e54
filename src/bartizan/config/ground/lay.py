"""A site's ground: elevation files or invented heights onto the site's own grid.

In: `terrain:` of a site file, its frame.  Out: `Terrain`; what is wrong with the files.
Does not: know a sensor.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from scipy import ndimage

from bartizan.config.ground.files import TerrainFile
from bartizan.config.ground.read import Raster, read
from bartizan.config.lint import Problem
from bartizan.config.text import Place
from bartizan.frames import LocalFrame, wgs84_from_enu
from bartizan.sim.streams import stream
from bartizan.terrain import F64, Terrain
from bartizan.units import RAD_PER_DEG

MOST_NODES: Final = 801  # to a side: 2.6 MB
INVENTED_M: Final = 30.0  # spacing of invented ground, as SRTM's
EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
APART_M: Final = 30.0  # site file and elevation file this far apart are not of one place, assumed
RIDGE_M: Final = 120.0  # the invented ridge: height, 1-sigma of its cross-section, distance
RIDGE_SD_M: Final = 350.0
RIDGE_AT_M: Final = (2500.0, 4000.0)
WAVES: Final = 48  # of the invented hills
WAVE_M: Final = (600.0, 6000.0)
HILLS_M: Final = {"ridge": 6.0, "hills": 35.0}  # 1-sigma of their height
FILE: Place = ("terrain", "file")


def lay(
    f: TerrainFile, frame: LocalFrame, geoid_m: float, reach_m: float, folder: Path
) -> tuple[Terrain, list[Problem]]:
    """The ground within reach_m (the file's own, when given) of the reference point.

    geoid_m height of the geoid over the ellipsoid at the site: the files' zero
    -> the grid, smooth when the files are of no use; what is wrong with them
    """
    reach = min(reach_m if f.reach_m is None else f.reach_m, 500_000.0)
    if f.synthetic is not None:
        at = _nodes(reach, f.cell_m or INVENTED_M)
        return _grid(at, _invented(f.synthetic, f.seed, at)), []
    rasters, problems = _rasters(f, frame, reach, folder)
    if any(p.severity == "error" for p in problems):
        return Terrain(), problems
    at = _nodes(reach, f.cell_m or min(r.spacing_m() for r in rasters))
    lat, lon = _places(at, frame)
    height = np.full(lat.shape, np.nan)
    for raster in rasters:
        height = np.where(np.isnan(height), raster.at(lat, lon), height)
    height -= frame.hae_m - geoid_m
    return _checked(at, height, problems)


def _rasters(
    f: TerrainFile, frame: LocalFrame, reach: float, folder: Path
) -> tuple[list[Raster], list[Problem]]:
    lat, lon = _places(np.array([-reach, reach]), frame)
    window = (float(lat.min()), float(lat.max()), float(lon.min()), float(lon.max()))
    rasters, problems = [], []
    for k, name in enumerate(f.names()):
        place: Place = FILE if isinstance(f.file, str) else (*FILE, k)
        try:
            raster = read(folder / name, window)
        except (OSError, ValueError) as e:
            problems.append(Problem(place, name, str(e), "error"))
            continue
        if raster is not None:
            rasters.append(raster)
    if not rasters and not problems:
        problems.append(_uncovered(f))
    return rasters, problems


def _uncovered(f: TerrainFile) -> Problem:
    expected = "expected heights of the ground at the reference point: it does not cover the site"
    return Problem(FILE, ", ".join(f.names()), expected, "error")


def _checked(at: F64, height: F64, problems: list[Problem]) -> tuple[Terrain, list[Problem]]:
    """The grid with its gaps filled by the nearest height; whether it is of this site."""
    gaps = np.isnan(height)
    middle = height[len(at) // 2, len(at) // 2]
    if np.isnan(middle):
        expected = (
            "expected heights of the ground at the reference point: it does not cover the site"
        )
        return Terrain(), [*problems, Problem(FILE, "none there", expected, "error")]
    if gaps.any():
        expected = "expected heights all over: the nearest stand in for what is missing"
        problems = [*problems, Problem(FILE, f"none over {gaps.mean():.1%}", expected)]
        nearest = ndimage.distance_transform_edt(gaps, return_distances=False, return_indices=True)
        height = height[tuple(nearest)]
    if abs(middle) > APART_M:
        expected = f"expected within {APART_M:g} m of the ground at the reference point"
        place: Place = ("reference", "height_msl_m")
        problems = [*problems, Problem(place, f"{-middle:+.0f} m off", expected)]
    return _grid(at, height), problems


def _nodes(reach_m: float, cell_m: float) -> F64:
    """Places [m] of the grid's rows and columns, one on the reference point."""
    half = max(min(int(np.ceil(reach_m / cell_m)), MOST_NODES // 2), 1)
    return np.linspace(-reach_m, reach_m, 2 * half + 1)


def _grid(at: F64, height: F64) -> Terrain:
    return Terrain(
        float(at[0]), float(at[0]), float(at[1] - at[0]), np.ascontiguousarray(height, np.float32)
    )


def _places(at: F64, frame: LocalFrame) -> tuple[F64, F64]:
    """Latitude and longitude (b, a) [deg] of the nodes, on the curved Earth."""
    e, n = np.meshgrid(at, at)
    enu = np.stack([e, n, -(e * e + n * n) / (2.0 * EARTH_M)], axis=-1)
    lat, lon, _ = wgs84_from_enu(frame, enu)
    return lat / RAD_PER_DEG, lon / RAD_PER_DEG


def _invented(kind: str, seed: int, at: F64) -> F64:
    """Heights (b, a) [m] over the reference point: hills of many waves, and a ridge."""
    rng = stream(seed, "terrain", kind)
    e, n = np.meshgrid(at, at)
    long, course, phase = rng.random((3, WAVES))
    wave = WAVE_M[0] * (WAVE_M[1] / WAVE_M[0]) ** long
    size = HILLS_M[kind] * wave / np.sqrt(0.5 * (wave**2).sum())
    out = np.zeros(e.shape)
    for k in range(WAVES):
        a = 2.0 * np.pi * course[k]
        out += size[k] * np.cos(
            2.0 * np.pi * ((e * np.sin(a) + n * np.cos(a)) / wave[k] + phase[k])
        )
    if kind == "ridge":
        a, u, v = rng.random(3)
        a, far = 2.0 * np.pi * a, RIDGE_AT_M[0] + (RIDGE_AT_M[1] - RIDGE_AT_M[0]) * u
        across = e * np.sin(a) + n * np.cos(a) - far
        along = e * np.cos(a) - n * np.sin(a)
        crest = RIDGE_M * (0.75 + 0.25 * np.cos(2.0 * np.pi * (along / 5000.0 + v)))
        out += crest * np.exp(-0.5 * (across / RIDGE_SD_M) ** 2)
    out -= out[len(at) // 2, len(at) // 2]
    return out
