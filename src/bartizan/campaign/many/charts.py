"""The drawings of a campaign's page, as SVG: leaks, links, warning time, wreckage.

In: figures, rows.  Out: SVG.  Does not: measure, fetch, script, or trust a name.
"""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np

from bartizan.campaign.many.book import Row
from bartizan.campaign.many.order import Order
from bartizan.sim.debris import inside
from bartizan.types import F64

MARK: Final = "EXERCISE EXERCISE EXERCISE"
W: Final = 900.0
INK: Final = ("#1f5fbf", "#b3261e", "#0b6e63", "#c2570c", "#7b3fa0", "#8a6d00")
MOST_WRECKS: Final = 4000
SHADE: Final = {0.5: "#b3261e", 0.95: "#dd8452", 0.999: "#f2c572"}  # of a contour by its level


def _svg(h: float, body: list[str], title: str) -> str:
    mark = f'<text x="{W / 2:.0f}" y="{h / 2:.0f}" class="wm" style="font-size:40px" text-anchor="middle">{MARK}</text>'
    return (
        f'<svg viewBox="0 0 {W:.0f} {h:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{mark}{''.join(body)}</svg>"
    )


def _text(x: float, y: float, words: str, anchor: str = "middle", fill: str = "#1c2126") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def _line(x: float, y: float, x2: float, y2: float, ink: str = "#d5dade", w: float = 1) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" stroke-width="{w:g}"/>'


def leak_chart(cells: list[dict[str, Any]]) -> str:
    """Leak probability against the number of attackers, a line a kill probability."""
    cells = [c for c in cells if c["raids"]]
    if not cells:
        return ""
    h, left, bottom, top = 340.0, 70.0, 290.0, 20.0
    most = max(c["attackers"] for c in cells)

    def at(n: float, p: float) -> tuple[float, float]:
        return left + (W - left - 130) * n / max(most, 1), bottom - (bottom - top) * p

    body = [_line(*at(0, v), *at(most, v)) for v in (0, 0.25, 0.5, 0.75, 1)]
    body += [_text(left - 8, at(0, v)[1] + 4, f"{v:.0%}", "end") for v in (0, 0.25, 0.5, 0.75, 1)]
    body += [
        _text(at(n, 0)[0], bottom + 18, str(n)) for n in sorted({c["attackers"] for c in cells})
    ]
    body.append(_text((left + W - 130) / 2, bottom + 38, "attackers in the raid"))
    kinds = sorted({(c["policy"], c["p_kill"]) for c in cells}, key=lambda k: (k[0], k[1] or -1.0))
    for k, (policy, p) in enumerate(kinds):
        ink = INK[k % len(INK)]
        own = sorted(
            (c for c in cells if (c["policy"], c["p_kill"]) == (policy, p)),
            key=lambda c: int(c["attackers"]),
        )
        aside = 8.0 * (k - (len(kinds) - 1) / 2.0)  # lines of one size stand beside each other
        points = [at(c["attackers"], c["leak_probability"]) for c in own]
        points = [(x + aside, y) for x, y in points]
        body.append(f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}" fill="none" stroke="{ink}" stroke-width="2"/>')  # fmt: skip
        for c, (x, y) in zip(own, points, strict=True):
            low, high = (at(c["attackers"], v)[1] for v in c["leak_interval"])
            body += [_line(x, low, x, high, ink, 2), _line(x - 5, low, x + 5, low, ink), _line(x - 5, high, x + 5, high, ink)]  # fmt: skip
            body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}"/>')
        name = ("as the site says" if p is None else f"p kill {p:g}") + (
            f", {policy}" if len({k[0] for k in kinds}) > 1 else ""
        )
        body.append(_text(W - 115, top + 10 + 18 * k, name, "start", ink))
    return _svg(h, body, "Leak probability against raid size")


def bars(counts: dict[str, int]) -> str:
    """Horizontal bars by name."""
    if not counts:
        return ""
    most, body = max(counts.values()), []
    for k, (name, n) in enumerate(counts.items()):
        y = 14.0 + 26.0 * k
        wide = (W - 330) * n / most
        body.append(_text(235, y + 14, name, "end"))
        body.append(f'<rect x="245" y="{y:.0f}" width="{wide:.1f}" height="18" fill="#3f6ea3"/>')
        body.append(_text(252 + wide, y + 14, str(n), "start"))
    return _svg(24.0 + 26.0 * len(counts), body, "Broken links")


def histogram(values: F64) -> str:
    """Thirty bins over the values."""
    if not len(values):
        return ""
    count, edge = np.histogram(values, bins=30, range=(0.0, max(float(values.max()), 1.0)))
    h, bottom, left = 260.0, 215.0, 60.0
    k = (W - left - 20) / 30
    body = []
    for i, n in enumerate(count.tolist()):
        tall = (bottom - 15) * n / max(int(count.max()), 1)
        body.append(f'<rect x="{left + i * k:.1f}" y="{bottom - tall:.1f}" width="{k - 2:.1f}" height="{tall:.1f}" fill="#3f6ea3"><title>{n} raids</title></rect>')  # fmt: skip
        if i % 5 == 0:
            body.append(_text(left + i * k, bottom + 18, f"{edge[i]:.0f} s"))
    body += [_line(left, bottom, W - 20, bottom, "#222"), _text(left - 8, 24, str(int(count.max())), "end")]  # fmt: skip
    return _svg(h, body, "Warning time")


def wreckage(
    order: Order, rows: tuple[Row, ...], found: dict[str, Any], close: bool = False
) -> str:
    """Every wreck on the ground and the areas that hold 50, 95 and 99.9 % of what is shot down.

    found: as `fallout` gives it   close: the areas alone fill the map.  North up.
    """
    site = order.setup.site
    places = np.array([w for r in rows for w in r.played.wrecks]).reshape(-1, 2)
    rings = [
        (c["level"], np.array(ring)) for c in reversed(found["contours"]) for ring in c["rings_m"]
    ]
    if close and not rings:
        return ""
    middle, reach = np.zeros(2), float(np.abs(site.wall.polygon).max()) * 1.3
    for p in (places, *(ring for _, ring in rings)):
        if len(p):
            reach = max(reach, float(np.quantile(np.abs(p), 0.99)) * 1.05)
    if close:
        every = np.concatenate([ring for _, ring in rings])
        low, high = every.min(axis=0), every.max(axis=0)
        middle, reach = 0.5 * (low + high), 0.55 * float((high - low).max())
    k = W / 2.0 / reach

    def at(p: F64) -> tuple[float, float]:
        e, n = (p - middle).tolist()
        return W / 2 + e * k, W / 2 - n * k

    def polygon(p: F64, style: str) -> str:
        return f'<polygon points="{" ".join("{:.1f},{:.1f}".format(*at(q)) for q in p)}" {style}/>'

    body = [polygon(a.polygon, 'fill="#f6d9b8" stroke="#c2570c"') for a in site.people]
    for level, ring in rings:
        ink = SHADE.get(level, "#888")
        body.append(polygon(ring, f'fill="{ink}" fill-opacity="0.25" stroke="{ink}" stroke-width="1.5"'))  # fmt: skip
    body.append(polygon(site.wall.polygon, 'fill="none" stroke="#222" stroke-width="2"'))
    within = inside(places, site.wall.polygon) if len(places) else np.zeros(0, bool)
    for p, bad in zip(places[:MOST_WRECKS], within, strict=False):
        x, y = at(p)
        ink = "#b3261e" if bad else "#44505c"
        body.append(f'<path d="M{x - 4:.1f} {y:.1f}h8m-4 -4v8" stroke="{ink}" fill="none"/>')
    for j, c in enumerate(found["contours"]):
        y, ink = 24.0 + 20.0 * j, SHADE.get(c["level"], "#888")
        body.append(f'<rect x="14" y="{y - 11:.0f}" width="14" height="14" fill="{ink}" fill-opacity="0.5"/>')  # fmt: skip
        body.append(_text(34, y, f"{100 * c['level']:g} %: {c['area_m2'] / 1e4:,.3g} ha", "start"))
    step = 10.0 ** np.floor(np.log10(reach))
    body += [_line(20, W - 20, 20 + step * k, W - 20, "#222", 2), _text(20, W - 28, f"{step:,.0f} m", "start")]  # fmt: skip
    return _svg(W, body, "Wreckage")
