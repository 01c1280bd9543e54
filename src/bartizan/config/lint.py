"""Lint of sense: what a file may say by its schema and yet cannot mean.

In: a parsed file and what it was built into.  Out: problems, by place in the file.
Does not: parse.  An "error" stops a run, a "warning" does not.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from bartizan import ballistics
from bartizan.config import classifier
from bartizan.config.feeds import sensors_of
from bartizan.config.ground.place import Place as PlaceFile
from bartizan.config.nuisance import NuisanceFile
from bartizan.config.raid import GroupFile, RaidFile, wind_mps
from bartizan.config.raid import group as _group
from bartizan.config.site import EffectorFile, SensorFile, SiteFile
from bartizan.config.text import Place
from bartizan.frames import LocalFrame, wgs84_from_enu
from bartizan.sensing import detection_range_m
from bartizan.sim.debris import drag_per_m
from bartizan.sim.flight import turn_radius_m
from bartizan.sim.scene.routes import least_s
from bartizan.sim.spec import Effector, Group, Raid
from bartizan.terrain.sight import above_ground
from bartizan.types import F64, Area, ObjectClass, Site

SMALLEST_WALL_M2 = 1000.0  # a wall of less area protects nothing (assumed)
SMALLEST_AREA_M2 = 1.0
BURIED_M = 10.0  # a sensor that far under the reference point's height is in the ground (assumed)
FASTEST_WIND_MPS = 60.0  # stronger than any wind that a drone flies in (assumed)
SEEN = 0.01  # a sensor with less than this everywhere sees nothing (assumed)
# Speeds [m/s] that a class is seen at: generous bounds of published types (assumed).
PLAUSIBLE_MPS = {
    "multirotor": (0.1, 45), "fixed_wing": (8, 90), "one_way_attack": (15, 250),
    "bird": (1, 35), "light_aircraft": (15, 150), "helicopter": (0.1, 110),
    "airliner": (60, 330), "ballistic": (30, 3000), "balloon": (0.1, 40),
}  # fmt: skip


class Problem(NamedTuple):
    """Something that makes no sense, where it stands; rests: the other field that says so."""

    place: Place
    found: str
    expected: str
    severity: str = "warning"
    rests: Place = ()


def _inside(polygon: F64, p: F64) -> bool:
    """Whether p (2,) is inside a polygon (k, 2): crossings of a ray to the east."""
    a, b = polygon, np.roll(polygon, -1, axis=0)
    up = (a[:, 1] > p[1]) != (b[:, 1] > p[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = a[:, 0] + (p[1] - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool((up & (at > p[0])).sum() % 2)


def _area_m2(polygon: F64) -> float:
    b = np.roll(polygon, -1, axis=0)
    return abs(float((polygon[:, 0] * b[:, 1] - b[:, 0] * polygon[:, 1]).sum())) / 2.0


def _cross(o: F64, a: F64, b: F64) -> float:
    return float((a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]))


def crossings(polygon: F64) -> list[tuple[int, int]]:
    """Pairs of sides of a closed polygon (k, 2) that cross each other."""
    k = len(polygon)
    out = []
    for i in range(k):
        for j in range(i + 2, k):
            if i == 0 and j == k - 1:
                continue
            a, b, c, d = polygon[i], polygon[(i + 1) % k], polygon[j], polygon[(j + 1) % k]
            if _cross(a, b, c) * _cross(a, b, d) < 0 and _cross(c, d, a) * _cross(c, d, b) < 0:
                out.append((i, j))
    return out


def _area(area: Area, place: Place, least_m2: float) -> list[Problem]:
    """A polygon that crosses itself, holds next to nothing, or names a corner twice."""
    place = (*place, "corners_m")
    p = area.polygon
    out = []
    for k in np.flatnonzero((p == np.roll(p, -1, axis=0)).all(axis=1)):
        j = (int(k) + 1) % len(p)
        expected = f"expected corners that differ: it is as corner {int(k) + 1}"
        if j == 0:
            j, expected = len(p) - 1, "expected no corner twice: the last joins the first as it is"
        out.append(Problem((*place, j), "", expected, "error"))
    for i, j in crossings(p):
        expected = "expected a polygon that does not cross itself"
        out.append(Problem(place, f"sides {i + 1} and {j + 1} cross", expected, "error"))
    if not out and _area_m2(p) < least_m2:
        expected = f"expected an area of at least {least_m2:,.0f} m2"
        out.append(Problem(place, f"{_area_m2(p):,.1f} m2", expected, "error"))
    return out


def _doubles(names: list[str], place: str) -> list[Problem]:
    seen = Counter(names)
    return [
        Problem((place, k, "name"), name, "expected a name that is used once", "error")
        for k, name in enumerate(names)
        if seen[name] > 1 and names.index(name) != k
    ]


def _zone(f: SensorFile | EffectorFile, place: Place) -> list[Problem]:
    """Where a sensor looks, or an effector reaches: nowhere?"""
    what = "it can see nothing" if isinstance(f, SensorFile) else "it covers nothing"
    out = []
    for name in ("range_m", "elevation_deg"):
        lo, hi = getattr(f, name)
        if hi <= lo:
            expected = f"expected the second over the first: {what}"
            out.append(Problem((*place, name), f"{lo:g} to {hi:g}", expected, "error"))
    if f.azimuth_deg[1] == 0.0:
        expected = f"expected a width over 0: {what}"
        out.append(Problem((*place, "azimuth_deg"), "width 0", expected, "error"))
    return out


def _place(p: PlaceFile, place: Place) -> list[Problem]:
    if p.above_ground_m is not None and (p.up_m != 0.0 or p.height_msl_m is not None):
        expected = "expected one height: over the ground, the reference point or the sea"
        return [Problem((*place, "place", "above_ground_m"), f"{p.above_ground_m:g}", expected, "error")]  # fmt: skip
    degrees = (p.latitude_deg, p.longitude_deg)
    metres = (p.east_m, p.north_m)
    given = [v is not None for v in (*degrees, *metres)]
    if given in ([True, True, False, False], [False, False, True, True]):
        if p.height_msl_m is None or given[0]:
            return []
        return [Problem((*place, "place"), "height_msl_m", "expected up_m with metres", "error")]
    expected = "expected latitude_deg and longitude_deg, or east_m and north_m"
    found = "both" if any(given[:2]) and any(given[2:]) else "one of them" if any(given) else "none"
    return [Problem((*place, "place"), found, expected, "error")]


def sensor_file(s: SensorFile, place: Place) -> list[Problem]:
    """What the kind of sensor cannot do without, and what it cannot see."""
    out = _zone(s, place) + _place(s.place, place)
    fits = s.fits()
    if fits:
        out.append(Problem((*place, "detection", "model"), s.detection.model, fits, "error"))
    needs = {
        "radar": ("range_sd_m", "azimuth_sd_deg"),
        "camera": ("azimuth_sd_deg", "elevation_sd_deg"),
        "acoustic": ("azimuth_sd_deg",),
        "direction_finder": ("azimuth_sd_deg",),
    }.get(s.kind, ("position_sd_m",))
    for name in needs:
        if getattr(s, name) is None:
            expected = f"expected a 1-sigma: a {s.kind} measures it"
            out.append(Problem((*place, name), "", expected, "error"))
    for name, found, expected in classifier.wrong(s.confusion):
        out.append(Problem((*place, "confusion", name), found, expected, "error"))
    return out


def site_file(f: SiteFile) -> list[Problem]:
    """What would stop a site from being used."""
    wall = Area(f.wall.name, np.array(f.wall.corners_m))
    out = _area(wall, ("wall",), SMALLEST_WALL_M2)
    for kind, areas in (("zones", f.zones), ("people", f.people)):
        for k, a in enumerate(areas):
            out += _area(Area(a.name, np.array(a.corners_m)), (kind, k), SMALLEST_AREA_M2)
    for k, s in enumerate(f.sensors):
        out += sensor_file(s, ("sensors", k))
    for k, e in enumerate(f.effectors):
        out += _zone(e, ("effectors", k)) + _place(e.place, ("effectors", k))
    for k, c in enumerate(f.corridors):
        if c.ceiling_m <= c.floor_m:
            place: Place = ("corridors", k, "ceiling_m")
            expected = f"expected over its floor, {c.floor_m:g} m"
            rests: Place = ("corridors", k, "floor_m")
            out.append(Problem(place, f"{c.ceiling_m:g}", expected, "error", rests))
    if f.terrain is not None and (f.terrain.file is None) == (f.terrain.synthetic is None):
        found = "none" if f.terrain.file is None else "both"
        out.append(Problem(("terrain",), found, "expected file or synthetic", "error"))
    for k, b in enumerate(f.buildings):
        out += _area(Area(b.name, np.array(b.corners_m)), ("buildings", k), SMALLEST_AREA_M2)
    known = [s.name for s in f.sensors]
    for k, entry in enumerate(f.feeds):
        for at, sensor in sensors_of(entry):
            if sensor not in known:
                expected = f"expected a sensor of this site: {', '.join(known)}"
                out.append(Problem(("feeds", k, *at), sensor, expected, "error"))
    for name in ("zones", "people", "corridors", "sensors", "effectors", "feeds", "buildings"):
        out += _doubles([part.name for part in getattr(f, name)], name)
    return out


def site_sense(
    f: SiteFile, site: Site, frame: LocalFrame, effectors: tuple[Effector, ...]
) -> list[Problem]:
    """What a site's author should look at again."""
    out = []
    world = f"expected inside the world of {site.world_m:,.0f} m"
    for kind, areas in (("zones", site.zones), ("people", site.people)):
        for k, area in enumerate(areas):
            if np.hypot(*area.polygon.T).max() > site.world_m:
                out.append(Problem((kind, k, "corners_m"), area.name, world))
    if np.hypot(*site.wall.polygon.T).max() > site.world_m:
        out.append(Problem(("wall", "corners_m"), "", world))
    for k in range(len(f.sensors)):
        out += _sensor_sense(f, site, frame, k)
    for k, e in enumerate(effectors):
        place: Place = ("effectors", k)
        if np.hypot(e.pos[0], e.pos[1]) > site.world_m:
            far = f"{np.hypot(e.pos[0], e.pos[1]):,.0f} m away"
            out.append(Problem((*place, "place"), far, world))
        if e.magazine == 0:
            out.append(
                Problem((*place, "magazine"), "0", "expected a shot at least: it never fires")
            )
        if e.p_kill == 0.0:
            out.append(Problem((*place, "p_kill"), "0", "expected over 0: it can never hit"))
        if f.effectors[k].elevation_deg[1] <= 0.0:
            found = f"up to {f.effectors[k].elevation_deg[1]:g}"
            out.append(Problem((*place, "elevation_deg"), found, "expected over the horizon"))
    return out


def _sensor_sense(f: SiteFile, site: Site, frame: LocalFrame, k: int) -> list[Problem]:
    """A sensor that stands nowhere sensible, or whose numbers let it see nothing."""
    place: Place = ("sensors", k)
    sensors = site.sensors
    pos, look = sensors.pos[k], sensors.look[k]
    out = []
    far = float(np.hypot(pos[0], pos[1]))
    up = float(wgs84_from_enu(frame, pos)[2]) - frame.hae_m
    if far > site.world_m:
        expected = f"expected inside the world of {site.world_m:,.0f} m"
        out.append(Problem((*place, "place"), f"{far:,.0f} m away", expected))
    elif len(site.terrain.height_m):
        over = float(above_ground(site.terrain, pos[None])[0])
        if over < 0.0:
            expected = f"expected above the ground, {up - over:.0f} m up there: give above_ground_m"
            out.append(Problem((*place, "place"), f"{up:.0f} m up", expected))
    elif up < -BURIED_M:
        expected = "expected near the ground: it is buried and can see nothing"
        out.append(Problem((*place, "place"), f"{up:.0f} m up", expected))
    if look[5] <= 0.0 and up < 50.0:
        found = f"up to {f.sensors[k].elevation_deg[1]:g}"
        expected = "expected over the horizon: it looks into the ground"
        out.append(Problem((*place, "elevation_deg"), found, expected))
    for name, found, expected in classifier.odd(f.sensors[k].confusion):
        out.append(Problem((*place, "confusion", name), found, expected))
    pd = sensors.pd[k]
    if pd[1] == 0.0:
        name = "pd" if pd[0] == 0.0 else "pd_max"
        expected = "expected over 0: it can see nothing"
        return [*out, Problem((*place, "detection", name), "0", expected)]
    reach = detection_range_m(int(sensors.kind[k]), pd, SEEN, float(look[1]))
    if reach <= look[0] < look[1]:
        expected = f"expected to see farther than its least range, {look[0]:,.0f} m"
        out.append(
            Problem((*place, "detection"), f"{SEEN:.0%} at {reach:,.0f} m at most", expected)
        )
    return out


def raid_file(f: RaidFile) -> list[Problem]:
    """What would stop a raid from being played."""
    out = _doubles([g.name for g in f.groups], "groups")
    for k, g in enumerate(f.groups):
        out += _way(g, ("groups", k), wind_mps(f.wind), f.duration_s)
    return out


def _way(g: GroupFile, place: Place, wind: F64, duration_s: float) -> list[Problem]:
    """A loiter at no waypoint, a time on target that nobody can keep, a decoy of nobody."""
    out = []
    for j, w in enumerate(g.loiter):
        if w.at >= len(g.route_m) - 1:
            expected = f"expected a waypoint before the last, 0 to {len(g.route_m) - 2}"
            out.append(Problem((*place, "loiter", j, "at"), f"{w.at}", expected, "error"))
        least = turn_radius_m(g.speed_mps)
        if 0.0 < w.radius_m < least:
            expected = f"expected {least:.0f} m at least, which is as tight as it turns"
            hover = ", or 0 to hover" if g.cls in ("multirotor", "helicopter") else ""
            out.append(
                Problem((*place, "loiter", j, "radius_m"), f"{w.radius_m:g}", expected + hover)
            )
        if w.radius_m == 0.0 and g.cls not in ("multirotor", "helicopter", "balloon"):
            expected = f"expected a radius: a {g.cls} cannot hover"
            out.append(Problem((*place, "loiter", j, "radius_m"), "0", expected, "error"))
    if g.decoy and not g.hostile:
        out.append(Problem((*place, "decoy"), "", "expected hostile: true with it", "error"))
    if g.formation is not None and g.speed_sd_mps > 0.0:
        expected = "expected 0: a formation of different speeds comes apart"
        out.append(Problem((*place, "speed_sd_mps"), f"{g.speed_sd_mps:g}", expected))
    if g.cls == "ballistic" and (g.arrive_s or g.loiter or g.formation or g.airspeed):
        expected = "expected none of arrive_s, loiter, formation, airspeed: it is shot"
        out.append(Problem((*place, "cls"), "ballistic", expected, "error"))
    elif g.arrive_s is not None and not out:
        need_s = least_s(_group(g), wind)
        if need_s > g.arrive_s:
            expected = f"expected at least {need_s:.0f} s: its slowest is not there sooner"
            out.append(Problem((*place, "arrive_s"), f"{g.arrive_s:g}", expected, "error"))
        elif g.arrive_s > duration_s:
            expected = f"expected before the raid ends, {duration_s:g} s"
            out.append(Problem((*place, "arrive_s"), f"{g.arrive_s:g}", expected))
    return out


def nuisance_file(f: NuisanceFile) -> list[Problem]:
    """What a corpus's author should look at again, or what would stop it."""
    out = []
    for kind in ("traffic", "echoes", "reflectors", "faults"):
        out += _doubles([part.name for part in getattr(f, kind)], kind)
    if not (f.traffic or f.echoes or f.reflectors or f.faults or f.weather):
        expected = "expected traffic, echoes, reflectors, faults or weather"
        out.append(Problem(("name",), f.name, expected, "error"))
    for k, t in enumerate(f.traffic):
        place: Place = ("traffic", k)
        for name in ("flock", "height_m"):
            lo, hi = getattr(t, name)
            if hi < lo:
                expected = "expected the second not under the first"
                out.append(Problem((*place, name), f"{lo:g} to {hi:g}", expected, "error"))
        lo, hi = PLAUSIBLE_MPS[t.cls]
        if not lo <= t.speed_mps <= hi:
            expected = f"expected {lo:g} to {hi:g} for a {t.cls}"
            out.append(Problem((*place, "speed_mps"), f"{t.speed_mps:g}", expected))
        if t.per_hour == 0.0 and t.present == 0:
            expected = "expected over 0, or present: it never comes"
            out.append(Problem((*place, "per_hour"), "0", expected))
        if t.cooperative and not t.identity:
            out.append(Problem((*place, "identity"), "", "expected a text: it reports one"))
    for k, r in enumerate(f.reflectors):
        if r.from_m == r.to_m:
            expected = "expected another place than from_m"
            out.append(Problem(("reflectors", k, "to_m"), "", expected, "error"))
    for k, x in enumerate(f.faults):
        if x.kind != "outage" and x.delay_s == 0.0:
            expected = f"expected over 0: nothing is {x.kind} else"
            out.append(Problem(("faults", k, "delay_s"), "0", expected, "error"))
    return out


def raid_sense(f: RaidFile, raid: Raid, site: Site) -> list[Problem]:
    """What a raid's author should look at again."""
    out = []
    if not any(g.hostile for g in raid.groups):
        out.append(Problem(("groups",), "no attacker", "expected a group with hostile: true"))
    if f.wind.speed_mps > FASTEST_WIND_MPS:
        expected = f"expected at most {FASTEST_WIND_MPS:g}"
        out.append(Problem(("wind", "speed_mps"), f"{f.wind.speed_mps:g}", expected))
    for k, g in enumerate(raid.groups):
        place: Place = ("groups", k)
        lo, hi = PLAUSIBLE_MPS[f.groups[k].cls]
        if not lo <= g.speed_mps <= hi:
            expected = f"expected {lo:g} to {hi:g} for a {f.groups[k].cls}"
            out.append(Problem((*place, "speed_mps"), f"{g.speed_mps:g}", expected))
        if g.start_s >= raid.duration_s and np.isnan(g.arrive_s):
            expected = f"expected before the raid ends, {raid.duration_s:g} s"
            out.append(Problem((*place, "start_s"), f"{g.start_s:g}", expected))
        if g.cooperative and not g.identity:
            out.append(Problem((*place, "identity"), "", "expected a text: it reports one"))
        if np.hypot(g.route[0, 0], g.route[0, 1]) > site.world_m:
            expected = f"expected a start inside the world of {site.world_m:,.0f} m"
            out.append(Problem((*place, "route_m", 0), "", expected))
        if g.cls is ObjectClass.BALLISTIC:
            out += _shot(g, place, f, site)
        if g.hostile and np.isnan(g.arrive_s):
            out += _attack(g, (*place, "route_m"), site.wall.polygon, raid.duration_s)
    return out


def _shot(g: Group, place: Place, f: RaidFile, site: Site) -> list[Problem]:
    """Whether what is shot can reach its aim, and the site is ready for it."""
    out = []
    if len(g.route) != 2:
        expected = "expected two points: where it is shot from, and its aim"
        out.append(Problem((*place, "route_m"), f"{len(g.route)}", expected))
    k = drag_per_m(g.body)
    reach = ballistics.reach_m(g.speed_mps, ballistics.aim(1e9, g.speed_mps, k, False), k)
    far = float(np.hypot(*(g.route[-1] - g.route[0])[:2]))
    if far > reach:
        expected = f"expected at most {reach:,.0f} m: it is shot no farther"
        out.append(Problem((*place, "route_m"), f"{far:,.0f} m", expected))
    if ObjectClass.BALLISTIC not in site.expects and "ballistic" not in f.expects:
        expected = "expected expects: [ballistic], here or in the site: nobody tracks it else"
        out.append(Problem((*place, "cls"), site.name, expected))
    return out


def _attack(g: Group, place: Place, wall: F64, duration_s: float) -> list[Problem]:
    """Whether attackers come from outside and can be at the wall in time."""
    way_m = way_to(wall, g.route)
    if way_m == 0.0:
        expected = "expected an attacker to start outside"
        return [Problem((*place, 0), "inside the wall", expected)]
    if way_m is None:
        return [Problem(place, "never meets the wall", "expected a route that reaches the site")]
    need_s = g.start_s + way_m / g.speed_mps
    if need_s > duration_s:
        found = f"{need_s:.0f} s to the wall"
        expected = f"expected within the raid's {duration_s:g} s: it can't reach the site"
        return [Problem(place, found, expected)]
    return []


def way_to(polygon: F64, route: F64) -> float | None:
    """How far [m] along a route (k, 3) it first meets a polygon (k, 2), None never."""
    if _inside(polygon, route[0, :2]):
        return 0.0
    gone = 0.0
    p, q = polygon, np.roll(polygon, -1, axis=0)
    for a, b in pairwise(route):
        d, s = (b - a)[:2], q - p
        across = d[0] * s[:, 1] - d[1] * s[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            w = p - a[:2]
            along = (w[:, 0] * s[:, 1] - w[:, 1] * s[:, 0]) / across
            side = (w[:, 0] * d[1] - w[:, 1] * d[0]) / across
        hit = (along >= 0) & (along <= 1) & (side >= 0) & (side <= 1)
        length = float(np.linalg.norm(b - a))
        if hit.any():
            return gone + float(along[hit].min()) * length
        gone += length
    return None
