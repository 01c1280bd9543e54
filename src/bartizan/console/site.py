"""The site as the console shows it: walls, sensors, ground, cover, base map, registration.

In: a site, its base map, what the flow estimates of its sensors.  Out: JSON and PNG.
Does not: change anything.
"""

# No `from __future__ import annotations`: FastAPI reads them, and some name local functions.
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
from fastapi import Depends, FastAPI, Query, Response
from fastapi import Path as Part

from bartizan import __version__
from bartizan.console.bodies import Ground
from bartizan.console.rights import DeniedError, Rights, Session
from bartizan.frames import local_frame
from bartizan.sensing import cover
from bartizan.service import Service
from bartizan.service.board import finite, kind_of, whose
from bartizan.terrain import Terrain
from bartizan.types import Health, Identity, Mode, ObjectClass, SensorKind, Site
from bartizan.underlay import Own, Tile, lines
from bartizan.underlay.coarse import CREDIT
from bartizan.underlay.grid import COARSEST, FINEST, PIXELS, Square
from bartizan.units import RAD_PER_DEG
from bartizan.warn.sensors import QUANTITIES, SIGNIFICANT

COVER_CELLS = 64
GROUND_CELLS = 160  # to a side of what the page gets of the ground
COARSE_M = 150_000.0  # about the site of the base map that is shipped
TILES = 2_000  # kept of a site's own base map
FAR = 1 << 20  # columns and rows of tiles
Who = Callable[..., Session]
Level = Annotated[int, Part(ge=FINEST, le=COARSEST)]
Column = Annotated[int, Part(ge=-FAR, le=FAR)]


def add(
    api: FastAPI, service: Service, rights: Rights, who: Who, raids: tuple[str, ...],
    own: Own | None,
) -> None:  # fmt: skip
    """The endpoints; everybody signed in may read them."""
    see = [Depends(who)]
    _place(api, service, see, raids)
    _under(api, service.setup.site, see, own)

    @api.get("/api/registration", dependencies=see)
    def registration() -> dict[str, Any]:
        """What each sensor adds to what is so, and what of it is offered to be taken off."""
        return _offers(service, rights)


def _place(api: FastAPI, service: Service, see: list[Any], raids: tuple[str, ...]) -> None:
    site = service.setup.site
    covers: dict[tuple[int, bytes], dict[str, Any]] = {}

    @api.get("/api/site", dependencies=see)
    def about() -> dict[str, Any]:
        return site_message(site, service.setup.warn.mode, __version__) | {"raids": list(raids)}

    @api.get("/api/cover", dependencies=see)
    def covered(height_m: Annotated[float, Query(ge=0.0, le=20_000.0)] = 100.0) -> dict[str, Any]:
        last = service.line.last
        counts = np.ones(len(site.sensor_names), np.bool_)
        if last is not None and len(last.watch.health):
            counts = last.watch.health != Health.LOST
        key = (round(height_m / 10.0), counts.tobytes())
        if key not in covers:
            if len(covers) > 50:
                covers.clear()
            covers[key] = _cover(site, counts, height_m)
        return covers[key]

    @api.get("/api/terrain", dependencies=see)
    def terrain() -> Ground:
        """The ground for hill shade and the height strip; 404: the site's file has no terrain."""
        if not len(site.terrain.height_m):
            raise DeniedError(404, "the site's file has no terrain")
        return Ground(**ground_message(site.terrain))


def _under(api: FastAPI, site: Site, see: list[Any], own: Own | None) -> None:
    """The base map: the lines that are shipped, and the site's own tiles."""
    kept: OrderedDict[Square, Tile | None] = OrderedDict()
    lock = threading.Lock()

    @api.get("/api/basemap", dependencies=see)
    def about() -> dict[str, Any]:
        lat, lon, hae = site.origin
        near = lines(local_frame(site.name, lat, lon, hae), COARSE_M)
        mine = {} if own is None else {
            "kind": own.kind, "credit": own.credit, "finest": own.finest, "coarsest": COARSEST,
        }  # fmt: skip
        return {"coarse": {"credit": CREDIT, "lines": near}, "own": mine or None, "pixels": PIXELS}

    @api.get(
        "/api/basemap/{level}/{column}/{row}", dependencies=see, response_class=Response,
        responses={200: {"content": {"image/png": {}, "application/json": {}}},
                   204: {"description": "the map holds nothing there"}},
    )  # fmt: skip
    def tile(level: Level, column: Column, row: Column) -> Response:
        if own is None:
            raise DeniedError(404, "the site's file names no base map")
        square = Square(level, column, row)
        with lock:  # one at a time: the watch has the other core
            if square not in kept:
                kept[square] = own.tile(square)
                if len(kept) > TILES:
                    kept.popitem(last=False)
            found = kept[square]
        if found is None:
            return Response(status_code=204)
        media = "image/png" if found.kind == "raster" else "application/json"
        return Response(found.data, media_type=media)


def _offers(service: Service, rights: Rights) -> dict[str, Any]:
    """Each sensor's bias, its 1-sigma, how well comparisons fit with and without it."""
    r = service.line.flow.state.registration.last
    rows = []
    for s, name in enumerate(service.setup.site.sensor_names):
        parts = []
        for c, (what, unit, factor) in enumerate(QUANTITIES):
            bias, sd = float(r.bias[s, c]) * factor, float(r.sd[s, c]) * factor
            taken = float(r.accepted[s, c]) * factor if c < r.accepted.shape[1] else 0.0
            parts.append({
                "what": what, "unit": unit, "bias": round(bias, 3), "sd": _fine(sd),
                "significant": math.isfinite(sd) and abs(bias) > SIGNIFICANT * sd,
                "accepted": round(taken, 3), "by_feed": what == "clock",
            })  # fmt: skip
        rows.append({
            "row": s, "name": name, "offered": bool(r.offered[s]), "jumped": bool(r.jumped[s]),
            "compared": int(r.compared[s]), "before": finite(float(r.before[s])),
            "after": finite(float(r.after[s])), "parts": parts,
            "asked_by": rights.asked_by(("register", s, 0)),
        })  # fmt: skip
    return {"sensors": rows}


def _fine(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def _cover(site: Any, counts: Any, height_m: float) -> dict[str, Any]:
    looking = counts & (site.sensors.kind <= cover.ACTIVE)
    reach = float(min(site.sensors.look[looking, 1].max(initial=5000.0) * 1.1, site.world_m))
    at = cover.grid(reach, 2.0 * reach / COVER_CELLS)
    c = cover.cover(site.sensors, at, at, height_m, counts=counts, terrain=site.terrain)
    pd = 1.0 - np.prod(1.0 - c.look, axis=0)
    return {
        "height_m": height_m, "cell_m": float(at[1] - at[0]), "e0": float(at[0]),
        "n0": float(at[0]), "cols": len(at), "rows": len(at),
        "pd": (np.round(pd.ravel() * 20.0) / 20.0).tolist(),
    }  # fmt: skip


def ground_message(t: Terrain) -> dict[str, Any]:
    """The ground, at most GROUND_CELLS cells to a side: the protocol's GET /api/terrain."""
    step = max(-(-max(t.height_m.shape) // GROUND_CELLS), 1)
    height, cell = t.height_m[::step, ::step], t.cell_m * step
    return {
        "cell_m": cell, "e0": t.e0_m - 0.5 * cell, "n0": t.n0_m - 0.5 * cell,
        "cols": height.shape[1], "rows": height.shape[0],
        "up_m": np.round(height.astype(np.float64).ravel(), 1).tolist(),
    }  # fmt: skip


def site_message(site: Site, mode: Mode, version: str) -> dict[str, Any]:
    """What does not change: the protocol's GET /api/site."""
    s = site.sensors
    sensors = []
    for row, name in enumerate(site.sensor_names):
        look = s.look[row].tolist()
        arc = None
        if look[3] < 2.0 * math.pi - 1e-6:
            centre = math.atan2(float(s.rot[row, 1, 0]), float(s.rot[row, 0, 0]))
            from_deg = math.degrees(look[2] - centre) % 360.0
            arc = [round(from_deg, 1), round((from_deg + math.degrees(look[3])) % 360.0, 1)]
        sensors.append({
            "row": row, "name": name, "kind": SensorKind(int(s.kind[row])).name.lower(),
            "e": round(float(s.pos[row, 0])), "n": round(float(s.pos[row, 1])),
            "u": round(float(s.pos[row, 2])), "max_range_m": round(look[1]), "azimuth_deg": arc,
        })  # fmt: skip

    def area(a: Any) -> dict[str, Any]:
        return {"name": a.name, "polygon": np.round(a.polygon, 1).tolist()}

    lat, lon, hae = site.origin
    return {
        "name": site.name, "title": site.title, "schematic": site.schematic,
        "origin": {"lat_deg": lat / RAD_PER_DEG, "lon_deg": lon / RAD_PER_DEG, "hae_m": hae},
        "utc_offset_s": site.utc_offset_s, "world_m": site.world_m, "mode": mode.name,
        "version": version, "wall": area(site.wall), "zones": [area(a) for a in site.zones],
        "people": [area(a) for a in site.people],
        "corridors": [
            {"name": c.name, "path": c.path.tolist(), "half_width_m": c.half_width_m,
             "floor_m": c.floor_m, "ceiling_m": c.ceiling_m, "user": c.user}
            for c in site.corridors
        ],
        "sensors": sensors, "classes": [kind_of(c) for c in range(len(ObjectClass))],
        "identities": [whose(k) for k in range(len(Identity))],
        "warned": [{"name": a.name, "area": r} for r, a in enumerate(site.people)],
    }  # fmt: skip
