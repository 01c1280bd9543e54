"""Drawings of an incident's report as inline SVG: where its neighbours were, and when.

In: a dossier.  Out: SVG text, the same bytes for the same dossier.  Does not: need a network;
the site's own map and the night's timeline are `report.drawing`'s.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from html import escape

from bartizan.incidents.record.nouns import Incident
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import NS_PER_S

_W, _H = 900.0, 460.0


def region(d: Dossier) -> str:
    """The incident's place and those of the incidents beside it; an even scale, north up."""
    names: dict[str, list[str]] = {}
    for i in (d.case.incident, *d.others.values()):
        if i.site:
            names.setdefault(i.site, []).append(f"{i.id} {i.date}".strip())
    shown = [p for p in d.places if p.name in names]
    if not shown:
        return ""
    lat0 = sum(p.latitude_deg for p in shown) / len(shown)
    lon0 = sum(p.longitude_deg for p in shown) / len(shown)
    squeeze = math.cos(math.radians(lat0))  # a plain chart: east is squeezed once for all
    xy = {p.name: ((p.longitude_deg - lon0) * squeeze * 111.32, (p.latitude_deg - lat0) * 111.32)
          for p in shown}  # fmt: skip
    reach = max([max(abs(x) / _W, abs(y) / _H) * 2.6 for x, y in xy.values()] + [50.0 / _W])
    body = [_scale(reach)]
    for p in shown:
        x, y = _W / 2 + xy[p.name][0] / reach, _H / 2 - xy[p.name][1] / reach
        mine = p.name == d.case.incident.site
        fill = "#b3261e" if mine else "#44505c"
        side, anchor = (-10, "end") if x > 0.6 * _W else (10, "start")
        body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{7 if mine else 5}" fill="{fill}"/>'
            f'<text x="{x + side:.1f}" y="{y - 2:.1f}" text-anchor="{anchor}">{escape(p.title)}</text>'
            f'<text x="{x + side:.1f}" y="{y + 13:.1f}" text-anchor="{anchor}" class="small">'
            f"{escape(', '.join(sorted(names[p.name])))}</text>"
        )
    return _svg(body, "Where", d)


def _scale(km_a_pixel: float) -> str:
    step = 10.0 ** math.floor(math.log10(km_a_pixel * _W / 3.0))
    w = step / km_a_pixel
    return (
        f'<path d="M20 {_H - 22}h{w:.1f}" stroke="#222" stroke-width="2"/>'
        f'<text x="20" y="{_H - 28}" class="small">{step:g} km</text>'
        f'<text x="{_W - 20}" y="20" class="small" text-anchor="end">N</text>'
    )


def days(d: Dossier) -> str:
    """The incident and those beside it on an axis of days; the bar is what its precision allows."""
    timed = [i for i in (d.case.incident, *d.others.values())
             if i.kind == "attack" and i.from_ns is not None and i.to_ns is not None]  # fmt: skip
    if not timed:
        return ""
    timed.sort(key=lambda i: (i.from_ns or 0, i.id))
    day = 86_400 * NS_PER_S
    low = min(i.from_ns or 0 for i in timed) // day * day
    high = -(-max(i.to_ns or 0 for i in timed) // day) * day
    left, right = 60.0, _W - 170.0

    def x_of(t_ns: int) -> float:
        return left + (right - left) * (t_ns - low) / max(high - low, 1)

    body = []
    many = max(1, (high - low) // day // 10)
    for k in range(0, (high - low) // day + 1, many):
        t_ns = low + k * day
        x, word = x_of(t_ns), datetime.fromtimestamp(t_ns // NS_PER_S, UTC).strftime("%d %b")
        body.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="20" y2="{34 + 24 * len(timed)}" stroke="#e2e6ea"/>'
            f'<text x="{x:.1f}" y="14" class="small" text-anchor="middle">{word}</text>'
        )
    for k, i in enumerate(timed):
        body.append(_bar(i, x_of(i.from_ns or 0), x_of(i.to_ns or 0), 34.0 + 24 * k, d))
    return _svg(body, "When", d, 44.0 + 24 * len(timed))


def _bar(i: Incident, a: float, b: float, y: float, d: Dossier) -> str:
    fill = "#b3261e" if i.id == d.case.incident.id else "#44505c"
    width = max(b - a, 3.0)
    word = escape(f"{i.id} {i.site}".strip())
    return (
        f'<rect x="{a:.1f}" y="{y:.1f}" width="{width:.1f}" height="12" fill="{fill}">'
        f"<title>{escape(i.title)}</title></rect>"
        f'<text x="{a + width + 6:.1f}" y="{y + 11:.1f}" class="small">{word}</text>'
    )


def _svg(body: list[str], title: str, d: Dossier, height: float = _H) -> str:
    mark = d.statement.mark
    over = (
        f'<text x="{_W / 2:.0f}" y="{height / 2:.0f}" class="wm" style="font-size:34px" text-anchor="middle">{mark}</text>'
        if mark
        else ""
    )
    return (
        f'<svg viewBox="0 0 {_W:.0f} {height:.0f}" role="img" aria-label="{title}">'
        f"<title>{title}</title>{over}{''.join(body)}</svg>"
    )
