"""Heat maps of cover: one a height, and the figures beside them.

In: `sensing.cover.Cover`.  Out: figures, one HTML page.  Does not: compute a probability.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any, Final

import numpy as np

from bartizan.report.page import STYLE
from bartizan.sensing.cover import BLIND, Cover, blind_share, reach_by_bearing
from bartizan.types import Site

SIDE: Final = 640.0
CELLS: Final = 160  # most cells a side that are drawn
# Blind is dark red, certain is pale: five steps of found.
STEPS: Final = ((BLIND, "#9c2a1f"), (0.8, "#dd8452"), (0.95, "#f2c572"), (0.99, "#d9e6c3"), (2.0, "#f4f7f2"))  # fmt: skip

KEY: Final = " ".join(
    f'<span style="background:{ink};border:1px solid #888">&nbsp;&nbsp;&nbsp;</span> {word}'
    for (_, ink), word in zip(
        STEPS, ("blind: under 50 %", "50 to 80", "80 to 95", "95 to 99", "over 99 %"), strict=True
    )
)


def figures(site: Site, covers: list[Cover]) -> list[dict[str, Any]]:
    """For each height: blind share of the circle, gap-free reach by bearing, sensors' shares."""
    out = []
    for c in covers:
        circle = float(c.e_m[-1])
        reach = reach_by_bearing(c)
        r = np.hypot(*np.meshgrid(c.e_m, c.n_m))
        near = (r <= circle) & (c.found >= BLIND)
        share = {
            name: float((c.nearest[near] == s).mean()) if near.any() else 0.0
            for s, name in enumerate(site.sensor_names)
        }
        out.append({
            "height_m": c.height_m, "within_s": c.within_s, "circle_m": circle,
            "blind_share": blind_share(c, 0.0, circle),
            "reach_m": {
                "least": float(reach.min()), "median": float(np.median(reach)),
                "worst_deg": float(reach.argmin()) * 360.0 / len(reach),
            },
            "blind_at_wall": _at_wall(site, c),
            "best_sensor_share": {k: v for k, v in share.items() if v > 0.0},
        })  # fmt: skip
    return out


def _at_wall(site: Site, c: Cover) -> float:
    """Share of the wall's length over which a thing at that height is in a blind area."""
    p = site.wall.polygon
    ends = np.roll(p, -1, axis=0)
    points = np.concatenate([
        a + (b - a) * np.linspace(0, 1, max(int(math.dist(a, b) / 50.0), 2), endpoint=False)[:, None]
        for a, b in zip(p, ends, strict=True)
    ])  # fmt: skip
    step = float(c.e_m[1] - c.e_m[0])
    k = np.rint((points - c.e_m[0]) / step).astype(np.int64)
    on = ((k >= 0) & (k < len(c.e_m))).all(axis=1)
    if not on.any():
        return math.nan
    return float((c.found[k[on, 1], k[on, 0]] < BLIND).mean())


def heat_map(site: Site, c: Cover) -> str:
    """One height as SVG, north up: runs of equal colour as rectangles, wall and sensors over."""
    every = max(math.ceil(len(c.e_m) / CELLS), 1)
    f = c.found[::every, ::every]
    reach, side = float(c.e_m[-1]), SIDE / len(f)
    level = np.searchsorted([s for s, _ in STEPS], f, side="right")
    body = []
    for j in range(len(f)):
        edge = np.flatnonzero(np.diff(level[j])) + 1
        for a, b in zip([0, *edge], [*edge, len(f)], strict=True):
            ink = STEPS[int(level[j, a])][1]
            y = SIDE - (j + 1) * side
            body.append(f'<rect x="{a * side:.1f}" y="{y:.1f}" width="{(b - a) * side + 0.3:.1f}" height="{side + 0.3:.1f}" fill="{ink}"/>')  # fmt: skip
    k = SIDE / 2.0 / reach

    def at(e: float, n: float) -> tuple[float, float]:
        return SIDE / 2 + e * k, SIDE / 2 - n * k

    wall = " ".join("{:.1f},{:.1f}".format(*at(*q)) for q in site.wall.polygon.tolist())
    body.append(f'<polygon points="{wall}" fill="none" stroke="#222" stroke-width="2"/>')
    for name, p in zip(site.sensor_names, site.sensors.pos.tolist(), strict=True):
        x, y = at(p[0], p[1])
        body.append(f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="#fff" stroke="#222"><title>{escape(name)}</title></path>')  # fmt: skip
    title = f"Cover at {c.height_m:g} m"
    return f'<svg viewBox="0 0 {SIDE:.0f} {SIDE:.0f}" role="img" aria-label="{title}">{"".join(body)}</svg>'


def page(site: Site, covers: list[Cover], found: list[dict[str, Any]]) -> str:
    """All heights in one HTML file."""
    ground = "the site's terrain" if len(site.terrain.height_m) else "flat ground"
    out = [
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Cover: {escape(site.title)}</title>'
        f"<style>{STYLE}figure{{max-width:700px}}</style></head><body><main>"
        f"<h1>What the sensors of {escape(site.title)} cover</h1><p>Probability that a nominal thing "
        f"that sends nothing and comes straight in is found within {covers[0].within_s:g} s, over "
        f"{ground}. {KEY}</p>"
    ]
    for c, f in zip(covers, found, strict=True):
        out.append(
            f"<h2>{c.height_m:g} m over the ground</h2><figure>{heat_map(site, c)}<figcaption>Blind: "
            f"{f['blind_share']:.1%} of the circle of {f['circle_m'] / 1000:g} km. Without a gap to "
            f"{f['reach_m']['least']:,.0f} m on the worst bearing, {f['reach_m']['median']:,.0f} m "
            "median.</figcaption></figure>"
        )
    return "".join(out) + "</main></body></html>\n"
