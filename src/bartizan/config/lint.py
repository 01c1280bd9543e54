"""Lint of sense: what a file may say by its schema and yet cannot mean.

In: a parsed file and what it was built into.  Out: problems, by place in the file.
Does not: parse.  An "error" stops a run, a "warning" does not.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np

from bartizan.config.raid import RaidFile
from bartizan.config.site import SensorFile, SiteFile
from bartizan.config.text import Place
from bartizan.frames import LocalFrame
from bartizan.sim.spec import Effector, Raid
from bartizan.types import F64, Area, Site

SMALLEST_WALL_M2 = 1000.0  # a wall of less area protects nothing (assumed)
# Speeds [m/s] that a class is seen at: generous bounds of published types (assumed).
PLAUSIBLE_MPS = {
    "multirotor": (0.1, 45), "fixed_wing": (8, 90), "one_way_attack": (15, 250),
    "bird": (1, 35), "light_aircraft": (15, 150), "helicopter": (0.1, 110),
    "airliner": (60, 330), "ballistic": (30, 3000), "balloon": (0.1, 40),
}  # fmt: skip


class Problem(NamedTuple):
    """Something that makes no sense, where it stands."""

    place: Place
    found: str
    expected: str
    severity: str = "warning"


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


def _area(area: Area, place: Place) -> list[Problem]:
    out = [
        Problem((*place, "corners_m"), f"sides {i + 1} and {j + 1} cross",
                "expected a polygon that does not cross itself", "error")
        for i, j in crossings(area.polygon)
    ]  # fmt: skip
    return out


def _doubles(names: list[str], place: str) -> list[Problem]:
    seen = Counter(names)
    return [
        Problem((place, k, "name"), name, "expected a name that is used once", "error")
        for k, name in enumerate(names)
        if seen[name] > 1 and names.index(name) != k
    ]


def _sensor_needs(s: SensorFile, place: Place) -> list[Problem]:
    """What the kind of sensor cannot do without."""
    out = []
    fits = s.fits()
    if fits:
        out.append(Problem((*place, "detection", "model"), s.detection.model, fits, "error"))
    needs = {
        "radar": ("range_sd_m", "azimuth_sd_deg"),
        "camera": ("azimuth_sd_deg", "elevation_sd_deg"),
        "acoustic": ("azimuth_sd_deg",),
        "direction_finder": ("azimuth_sd_deg",),
    }.get(s.kind, ("position_sd_m",))
    out += [
        Problem((*place, name), "", f"expected a 1-sigma: a {s.kind} measures it", "error")
        for name in needs
        if getattr(s, name) is None
    ]
    for name in ("range_m", "elevation_deg"):
        lo, hi = getattr(s, name)
        if hi <= lo:
            out.append(Problem((*place, name), f"{lo:g} to {hi:g}",
                               "expected the second over the first: it can see nothing", "error"))  # fmt: skip
    if s.azimuth_deg[1] == 0.0:
        out.append(Problem((*place, "azimuth_deg"), "width 0",
                           "expected a width over 0: it can see nothing", "error"))  # fmt: skip
    p = s.place
    if (p.latitude_deg is None) != (p.longitude_deg is None):
        out.append(Problem((*place, "place"), "", "expected latitude and longitude, or neither",
                           "error"))  # fmt: skip
    if p.latitude_deg is not None and (p.east_m is not None or p.north_m is not None):
        out.append(Problem((*place, "place"), "", "expected metres or degrees, not both", "error"))
    return out


def site_file(f: SiteFile) -> list[Problem]:
    """What would stop a site from being used."""
    wall = Area("", np.array(f.wall.corners_m))
    out = _area(wall, ("wall",))
    if not out and _area_m2(wall.polygon) < SMALLEST_WALL_M2:
        out.append(Problem(("wall", "corners_m"), f"{_area_m2(wall.polygon):.0f} m2",
                           f"expected a wall around at least {SMALLEST_WALL_M2:.0f} m2", "error"))  # fmt: skip
    for kind, areas in (("zones", f.zones), ("people", f.people)):
        for k, a in enumerate(areas):
            out += _area(Area(a.name, np.array(a.corners_m)), (kind, k))
    for k, s in enumerate(f.sensors):
        out += _sensor_needs(s, ("sensors", k))
    out += _doubles([s.name for s in f.sensors], "sensors")
    out += _doubles([e.name for e in f.effectors], "effectors")
    for k, e in enumerate(f.effectors):
        if e.range_m[1] <= e.range_m[0] or e.elevation_deg[1] <= e.elevation_deg[0]:
            out.append(Problem(("effectors", k, "range_m"), "", "expected a zone that covers "
                               "something", "error"))  # fmt: skip
    for k, c in enumerate(f.corridors):
        if c.ceiling_m <= c.floor_m:
            out.append(Problem(("corridors", k, "ceiling_m"), f"{c.ceiling_m:g}",
                               f"expected over its floor, {c.floor_m:g}", "error"))  # fmt: skip
    return out


def site_sense(
    f: SiteFile, site: Site, frame: LocalFrame, effectors: tuple[Effector, ...]
) -> list[Problem]:
    """What a site's author should look at again."""
    out = []
    for k in range(len(f.sensors)):
        pos = site.sensors.pos[k]
        far = float(np.hypot(pos[0], pos[1]))
        if far > site.world_m:
            out.append(Problem(("sensors", k, "place"), f"{far:,.0f} m away",
                               f"expected inside the world of {site.world_m:,.0f} m"))  # fmt: skip
        elif pos[2] < -50.0:
            out.append(Problem(("sensors", k, "place"), f"{pos[2]:.0f} m up",
                               "expected near the ground: it is buried and sees nothing"))  # fmt: skip
        if f.sensors[k].detection.model == "flat" and site.sensors.pd[k, 1] == 0.0:
            out.append(Problem(("sensors", k, "detection"), "pd 0", "it can see nothing"))
    for kind, areas in (("zones", site.zones), ("people", site.people)):
        for k, area in enumerate(areas):
            if np.hypot(*area.polygon.T).max() > site.world_m:
                out.append(Problem((kind, k), area.name, "expected inside the world"))
    if np.hypot(*site.wall.polygon.T).max() > site.world_m:
        out.append(Problem(("wall",), "", "expected inside the world"))
    for k, e in enumerate(effectors):
        if e.magazine == 0:
            out.append(Problem(("effectors", k, "magazine"), "0", "it can never fire"))
        if e.p_kill == 0.0:
            out.append(Problem(("effectors", k, "p_kill"), "0", "it can never hit"))
    return out


def raid_sense(f: RaidFile, raid: Raid, site: Site) -> list[Problem]:
    """What a raid's author should look at again."""
    out = []
    wall = site.wall.polygon
    if not any(g.hostile for g in raid.groups):
        out.append(Problem(("groups",), "no attacker", "expected a group with hostile: true"))
    for k, g in enumerate(raid.groups):
        place: Place = ("groups", k)
        lo, hi = PLAUSIBLE_MPS[f.groups[k].cls]
        if not lo <= g.speed_mps <= hi:
            out.append(Problem((*place, "speed_mps"), f"{g.speed_mps:g}",
                               f"expected {lo:g} to {hi:g} for a {f.groups[k].cls}"))  # fmt: skip
        if g.start_s >= raid.duration_s:
            out.append(Problem((*place, "start_s"), f"{g.start_s:g}",
                               f"expected before the raid ends, {raid.duration_s:g} s"))  # fmt: skip
        if g.cooperative and not g.identity:
            out.append(Problem((*place, "identity"), "", "expected a text: it reports one"))
        if not g.hostile:
            continue
        if _inside(wall, g.route[0, :2]):
            out.append(Problem((*place, "route_m"), "starts inside the wall",
                               "expected an attacker to start outside"))  # fmt: skip
        if not any(_meets(wall, a, b) for a, b in zip(g.route[:-1], g.route[1:], strict=True)):
            out.append(Problem((*place, "route_m"), "never meets the wall",
                               "expected a route that reaches the site"))  # fmt: skip
            continue
        length = float(np.linalg.norm(np.diff(g.route, axis=0), axis=1).sum())
        need = g.start_s + length / g.speed_mps
        if need > raid.duration_s + 60.0:
            out.append(Problem((*place, "route_m"), f"{need:.0f} s to its end",
                               f"expected within the raid's {raid.duration_s:g} s: it can't "
                               "reach the site"))  # fmt: skip
    return out


def _meets(polygon: F64, a: F64, b: F64) -> bool:
    """Whether the way from a to b enters a polygon: looked at in 200 points."""
    return any(_inside(polygon, a[:2] + s * (b[:2] - a[:2])) for s in np.linspace(0, 1, 200))
