"""Drawings of a report as inline SVG: map, timeline, charts.

In: `Facts`.  Out: SVG text, the same bytes for the same facts.  Does not: need a library,
a font file or a network; every name is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy as np

from bartizan.report.facts import Facts, History
from bartizan.types import F64, EventKind, Level, Mode
from bartizan.units import clock_from_ns

COLOURS = ("#b3261e", "#7b3fa0", "#c2570c", "#0b6e63", "#8a6d00", "#1f5fbf")
QUIET = "#7d8794"
MOST_DRAWN = 150
LEVEL_FILL = {Level.WHITE: "#f4f4f2", Level.YELLOW: "#f2c230", Level.RED: "#c62f24"}
LEVEL_INK = {Level.WHITE: "#222", Level.YELLOW: "#222", Level.RED: "#fff"}


def mark(facts: Facts) -> str:
    """The watermark's words, "" for a live run."""
    return {Mode.EXERCISE: "EXERCISE EXERCISE EXERCISE", Mode.RECORDING: "RECORDING"}.get(
        facts.meta.mode, ""
    )


def threats(facts: Facts) -> tuple[History, ...]:
    """The tracks that were alarmed."""
    return tuple(t for t in facts.tracks if t.alarmed)


def _points(xy: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in xy)


def _svg(w: float, h: float, body: list[str], title: str, watermark: str) -> str:
    over = (
        f'<text x="{w / 2:.0f}" y="{h / 2:.0f}" class="wm" style="font-size:{w / 22:.0f}px" text-anchor="middle" '
        f'transform="rotate(-14 {w / 2:.0f} {h / 2:.0f})">{watermark}</text>'
    )
    return (
        f'<svg viewBox="0 0 {w:.0f} {h:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{over if watermark else ''}{''.join(body)}</svg>"
    )


def site_map(facts: Facts) -> str:
    """The site with walls, zones, sensors, tracks, engagements and wreckage."""
    site = facts.meta.site
    hostile = threats(facts)
    reach = float(np.abs(site.wall.polygon).max()) * 1.5
    drawn = hostile or facts.tracks
    if drawn:
        far = np.array([np.abs(t.x[:, :2]).max() for t in drawn])
        reach = max(reach, float(np.quantile(far, 1.0 if hostile else 0.9)) * 1.05)
    size = 820.0
    k = size / 2.0 / reach

    def at(e: float, n: float) -> tuple[float, float]:
        return size / 2 + e * k, size / 2 - n * k

    def polygon(p: F64, style: str, label: str) -> str:
        x, y = at(*p.mean(axis=0))
        return (
            f'<polygon points="{_points(at(*q) for q in p)}" {style}/>'
            f'<text x="{x:.1f}" y="{y:.1f}" class="small" text-anchor="middle">{escape(label)}</text>'
        )

    body = _rings(reach, k, size)
    body += [polygon(z.polygon, 'fill="#dfe7ee" stroke="#8fa3b5"', z.name) for z in site.zones]
    body.append(polygon(site.wall.polygon, 'fill="none" stroke="#222" stroke-width="2"', ""))
    for name, p in zip(site.sensor_names, site.sensors.pos, strict=True):
        x, y = at(p[0], p[1])
        body.append(
            f'<path d="M{x:.1f} {y - 5:.1f}l5 9h-10z" fill="#fff" stroke="#222"><title>'
            f"{escape(name)}</title></path>"
        )
    others = sorted((t for t in facts.tracks if not t.alarmed), key=lambda t: -len(t.t_s))
    for t in others[:MOST_DRAWN]:
        body.append(_path(t, at, QUIET, 1.0, size))
    for i, t in enumerate(hostile):
        body.append(_path(t, at, COLOURS[i % len(COLOURS)], 2.4, size))
        body.append(_ellipses(t, at, k, COLOURS[i % len(COLOURS)]))
    body += _umpire_marks(facts, at, k)
    return _svg(size, size, body, "Map of the site", mark(facts))


def _rings(reach: float, k: float, size: float) -> list[str]:
    step = 10.0 ** np.floor(np.log10(reach))
    step = step if reach / step > 3 else step / 2
    out = []
    for r in np.arange(step, reach * 1.42, step):
        out.append(
            f'<circle cx="{size / 2:.0f}" cy="{size / 2:.0f}" r="{r * k:.1f}" fill="none" '
            f'stroke="#d5dade"/><text x="{size / 2 + 3:.0f}" y="{size / 2 - r * k - 3:.1f}" '
            f'class="small">{r / 1000:g} km</text>'
        )
    out.append(f'<text x="{size / 2 - 4:.0f}" y="14" class="small" text-anchor="end">N</text>')
    return out


def _path(t: History, at: object, colour: str, width: float, size: float) -> str:
    xy = [at(e, n) for e, n in t.x[:, :2].tolist()]  # type: ignore[operator]
    x, y = min(max(xy[-1][0], 8), size - 8), min(max(xy[-1][1], 8), size - 8)
    name = escape(t.callsign or (str(t.label) if t.alarmed else ""))
    return (
        f'<polyline points="{_points(xy)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"/><text x="{x + 4:.1f}" y="{y - 4:.1f}" class="small" '
        f'fill="{colour}">{name}</text>'
    )


def _ellipses(t: History, at: object, k: float, colour: str) -> str:
    """95 % ellipses at five moments of a track."""
    out = []
    for j in sorted(set(np.linspace(0, len(t.t_s) - 1, 5).astype(int).tolist())):
        w, v = np.linalg.eigh(t.P[j])
        a, b = np.sqrt(np.maximum(w[::-1], 0.0) * 5.991)  # chi-square, 2 degrees, 95 %
        angle = -np.degrees(np.arctan2(v[1, 1], v[0, 1]))
        x, y = at(*t.x[j, :2].tolist())  # type: ignore[operator]
        out.append(
            f'<ellipse rx="{max(a * k, 1.5):.1f}" ry="{max(b * k, 1.5):.1f}" fill="{colour}" '
            f'fill-opacity="0.25" transform="translate({x:.1f} {y:.1f}) rotate({angle:.1f})"/>'
        )
    return "".join(out)


def _umpire_marks(facts: Facts, at: object, k: float) -> list[str]:
    out = []
    for said in facts.umpire:
        data = dict(said.event.data)
        if "e_m" not in data or data.get("refused"):
            continue
        x, y = at(data["e_m"], data["n_m"])  # type: ignore[operator]
        tip = f"<title>{escape(said.event.text)}</title>"
        if said.event.kind == EventKind.WRECKAGE:
            a, b = data.get("sd_major_m", 0.0) * 2.45 * k, data.get("sd_minor_m", 0.0) * 2.45 * k
            angle = np.degrees(data.get("angle_rad", 0.0)) - 90.0
            out.append(
                f'<g transform="translate({x:.1f} {y:.1f})">{tip}<ellipse rx="{max(a, 3):.1f}" '
                f'ry="{max(b, 3):.1f}" fill="#222" fill-opacity="0.25" '
                f'transform="rotate({angle:.1f})"/><path d="M-5 -5L5 5M-5 5L5 -5" '
                'stroke="#000" stroke-width="2.2"/></g>'
            )
        elif said.event.kind == EventKind.OUTCOME:
            fill = "#222" if data.get("hit") else "#fff"
            out.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{fill}" stroke="#222">{tip}</circle>'
            )
        elif said.event.kind == EventKind.WALL:
            out.append(
                f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="#b3261e">{tip}</rect>'
            )
    return out


def _anchor(share: float) -> str:
    """Where a clock stands at its tick: the last one stays inside the drawing."""
    return "end" if share > 0.99 else "middle"


def _span_s(facts: Facts) -> float:
    return max((facts.end_ns - facts.meta.t0_ns) / 1e9, 1.0)


def timeline(facts: Facts) -> str:
    """Posture over time, with alarms, engagements, outcomes, wreckage and all clear."""
    w, left, top = 1000.0, 90.0, 26.0
    total = _span_s(facts)
    offset = facts.meta.site.utc_offset_s

    def x_of(t_ns: int) -> float:
        return left + (w - left - 20) * (t_ns - facts.meta.t0_ns) / 1e9 / total

    rows = {
        "alarm": {EventKind.ALARM, EventKind.ALARM_UPDATE, EventKind.ALL_CLEAR},
        "attention": {EventKind.ATTENTION}, "shots": {EventKind.ENGAGEMENT},
        "outcome": {EventKind.OUTCOME}, "wreckage": {EventKind.WRECKAGE, EventKind.WALL},
    }  # fmt: skip
    body = []
    for j, (_, p) in enumerate(facts.postures):
        a = x_of(max(p.since_ns, facts.meta.t0_ns))
        later = facts.postures[j + 1][1].since_ns if j + 1 < len(facts.postures) else facts.end_ns
        b = max(x_of(later), a)
        word = p.level.name if b - a > 46 else ""
        body.append(
            f'<rect x="{a:.1f}" y="{top}" width="{b - a:.1f}" height="24" '
            f'fill="{LEVEL_FILL[p.level]}" stroke="#555"><title>{escape(p.reason)}</title></rect>'
            f'<text x="{a + 5:.1f}" y="{top + 16}" fill="{LEVEL_INK[p.level]}">{word}</text>'
        )
    body.append(f'<text x="{left - 8}" y="{top + 16}" text-anchor="end">posture</text>')
    said = (*facts.events, *facts.umpire)
    y = top + 24
    for name, kinds in rows.items():
        mine = [s for s in said if s.event.kind in kinds]
        if not mine:
            continue
        y += 24
        body.append(f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{name}</text>')
        body.append(f'<line x1="{left}" x2="{w - 20}" y1="{y}" y2="{y}" stroke="#d5dade"/>')
        for s in mine:
            body.append(_tick(s.event.kind, x_of(s.event.t_ns), y, s.event.text))
    for f in np.linspace(0, 1, 6):
        t_ns = facts.meta.t0_ns + int(f * total * 1e9)
        body.append(
            f'<text x="{x_of(t_ns):.1f}" y="{y + 30}" text-anchor="{_anchor(f)}" class="small">'
            f"{clock_from_ns(t_ns, offset)}</text>"
        )
    return _svg(w, y + 40, body, "Timeline, local time", mark(facts))


def _tick(kind: EventKind, x: float, y: float, text: str) -> str:
    tip = f"<title>{escape(text)}</title>"
    if kind == EventKind.ALL_CLEAR:
        return f'<circle cx="{x:.1f}" cy="{y}" r="6" fill="#2b7a3f">{tip}</circle>'
    if kind in (EventKind.ALARM, EventKind.WALL):
        return f'<path d="M{x:.1f} {y - 7}l7 13h-14z" fill="#b3261e">{tip}</path>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4}" width="8" height="8" fill="#44505c">{tip}</rect>'


def chart(facts: Facts, what: str) -> str:
    """The alarmed tracks over time.

    what "wall": distance to the wall [km] with 1-sigma; "height": height [m]
    """
    shown = threats(facts)
    if not shown:
        return ""
    w, h, left, bottom = 1000.0, 320.0, 70.0, 40.0
    total = _span_s(facts)
    series = [(t.d_wall_m / 1000.0, t.sd_m / 1000.0) if what == "wall" else (t.x[:, 2], None)
              for t in shown]  # fmt: skip
    top = max(float(np.max(y)) for y, _ in series) * 1.08 + 1e-9
    low = min(0.0, min(float(np.min(y)) for y, _ in series))

    def at(t_s: float, v: float) -> tuple[float, float]:
        return (
            left + (w - left - 20) * t_s / total,
            10 + (h - bottom - 10) * (1 - (v - low) / (top - low)),
        )

    body = []
    step = 10.0 ** np.floor(np.log10(top - low)) / 2
    step *= 1 if (top - low) / step < 9 else 4
    for v in np.arange(np.ceil(low / step) * step, top, step):
        _, y = at(0, float(v))
        body.append(f'<line x1="{left}" x2="{w - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#e2e6ea"/>')
        body.append(
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" class="small">{v:g}</text>'
        )
    for f in np.linspace(0, 1, 6):
        x, _ = at(f * total, 0)
        clock = clock_from_ns(facts.meta.t0_ns + int(f * total * 1e9), facts.meta.site.utc_offset_s)
        body.append(
            f'<text x="{x:.1f}" y="{h - 14}" text-anchor="{_anchor(f)}" class="small">{clock}</text>'
        )
    if what == "wall":
        _, y = at(0, 0.0)
        body.append(
            f'<line x1="{left}" x2="{w - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#222" stroke-width="2"/>'
        )
        body.append(
            f'<text x="{w - 24}" y="{y - 5:.1f}" text-anchor="end" class="small">the wall</text>'
        )
    for i, (t, (v, sd)) in enumerate(zip(shown, series, strict=True)):
        colour = COLOURS[i % len(COLOURS)]
        if sd is not None:
            band = [at(a, b) for a, b in zip(t.t_s, v + sd, strict=True)]
            band += [at(a, b) for a, b in zip(t.t_s[::-1], (v - sd)[::-1], strict=True)]
            body.append(f'<polygon points="{_points(band)}" fill="{colour}" fill-opacity="0.2"/>')
        line = [at(a, b) for a, b in zip(t.t_s, v, strict=True)]
        dash = ("", "6 3", "2 3")[i % 3]
        body.append(
            f'<polyline points="{_points(line)}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        body.append(
            f'<text x="{line[-1][0] + 4:.1f}" y="{line[-1][1] - 4:.1f}" fill="{colour}">track {t.label}</text>'
        )
    title = "Distance to the wall, km" if what == "wall" else "Height above the reference point, m"
    return _svg(w, h, body, title, mark(facts))
