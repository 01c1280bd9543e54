"""The base map that is shipped: coasts, lakes and rivers of the whole Earth, to about 1 km.

In: a site's frame.  Out: lines in its metres.  Does not: read a site's own map.

Natural Earth (public domain, naturalearthdata.com; rivers and lakes 1:10 million, land 1:50
million) as thinned to hundredths of a degree by mapeo-offline-map 2.0.0; `web/earth.mjs` packs it.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

import msgspec
import numpy as np

from bartizan.frames import LocalFrame
from bartizan.types import F64
from bartizan.underlay.grid import places
from bartizan.units import RAD_PER_DEG

CREDIT: Final = "Natural Earth, to about 1 km"
STEP_DEG: Final = 0.01  # of the packed coordinates
METRES_PER_DEG: Final = 111_195.0  # of latitude, on a sphere of the mean radius


class Packed(msgspec.Struct):
    """Lines by kind; each longitude, latitude, then steps from point to point [0.01 deg]."""

    source: str
    lines: dict[str, list[list[int]]]


@cache
def _earth() -> dict[str, list[F64]]:
    """Lines (n, 2) longitude, latitude [deg] by kind."""
    path = resources.files("bartizan") / "data" / "underlay" / "earth.json.gz"
    packed = msgspec.json.decode(gzip.decompress(path.read_bytes()), type=Packed)
    return {
        kind: [np.cumsum(np.array(line).reshape(-1, 2), axis=0) * STEP_DEG for line in lines]
        for kind, lines in packed.lines.items()
    }


def lines(frame: LocalFrame, reach_m: float) -> dict[str, list[list[float]]]:
    """Lines by kind ("river", "lake", "coast") within reach_m, as e, n, e, n... [m]."""
    lat, lon = frame.lat_rad / RAD_PER_DEG, frame.lon_rad / RAD_PER_DEG
    high = reach_m / METRES_PER_DEG
    wide = min(high / max(np.cos(frame.lat_rad), 0.01), 180.0)
    out: dict[str, list[list[float]]] = {}
    for kind, all_lines in _earth().items():
        near = []
        for line in all_lines:
            off = np.abs((line[:, 0] - lon + 180.0) % 360.0 - 180.0)
            inside = (off <= wide) & (np.abs(line[:, 1] - lat) <= high)
            near += _runs(frame, line, inside)
        out[kind] = near
    return out


def _runs(frame: LocalFrame, line: F64, inside: np.ndarray) -> list[list[float]]:
    """Pieces of a line that are inside, each with the point before and the point after."""
    if not inside.any():
        return []
    kept = inside.copy()
    kept[1:] |= inside[:-1]
    kept[:-1] |= inside[1:]
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]])))
    out = []
    for k, (a, b) in enumerate(pairwise(edges)):
        if k % 2 == 0 and b - a > 1:
            at = places(frame, line[a:b, 1], line[a:b, 0])
            out.append(np.round(at).ravel().tolist())
    return out
