"""The report's page: one HTML file that needs nothing else.

In: a run folder.  Out: report.html in it.  Does not: fetch, script, or trust a name.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

import numpy as np

from bartizan.report.drawing import chart, mark, site_map, threats, timeline
from bartizan.report.facts import Facts, History, gather
from bartizan.report.words import (
    Sentence,
    class_words,
    identity_words,
    not_known,
    situation,
)
from bartizan.types import EventKind, ObjectClass
from bartizan.units import clock_from_ns, iso_from_ns

MOST_TRACKS = 60
MOST_EVENTS = 400
STYLE = """
:root{color-scheme:light}*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;color:#1c2126;background:#fbfbfa;margin:0}
main{max-width:1080px;margin:0 auto;padding:0 20px 60px}
h1{font-size:1.7rem;margin:.6em 0 .2em}h2{font-size:1.2rem;margin:2em 0 .5em;border-bottom:1px solid #cfd5da}
.mark{background:#5b2a86;color:#fff;font-weight:700;letter-spacing:.08em;text-align:center;padding:6px}
.posture{padding:10px 14px;font-weight:600;border:1px solid #555;margin:1em 0}
.WHITE{background:#f4f4f2}.YELLOW{background:#f2c230}.RED{background:#c62f24;color:#fff}
table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{text-align:left;padding:4px 8px;
border-bottom:1px solid #e2e6ea;vertical-align:top}th{border-bottom:2px solid #9aa4ad}td.n,th.n{text-align:right}
.scroll{overflow-x:auto}figure{margin:1em 0;background:#fff;border:1px solid #dfe4e8;padding:8px}
figcaption{font-size:.85rem;color:#4a545e}svg{width:100%;height:auto;display:block}
svg text{font:13px system-ui,sans-serif}svg .small{font-size:11px}svg .wm{fill:#5b2a86;fill-opacity:.1;font-weight:700}
.src{font-size:.8rem;color:#5a6570}.bar{display:inline-block;height:9px;background:#3f6ea3;vertical-align:middle}
li{margin:.35em 0}code{font-size:.85em;word-break:break-all}details summary{cursor:pointer}
@media print{.mark{print-color-adjust:exact}}
"""


def write(run: Path) -> Path:
    """Writes the run's report.html and returns its path.  Raises JournalError."""
    page = run / "report.html"
    page.write_text(render(gather(run)), encoding="utf-8")
    return page


def render(facts: Facts) -> str:
    """The whole page; the same facts give the same bytes."""
    words = escape(mark(facts))
    banner = f'<div class="mark">{words}</div>' if words else ""
    site = facts.meta.site
    parts = [
        "<!doctype html>\n", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{words} {escape(facts.meta.title)}</title><style>{STYLE}</style></head><body>",
        banner, "<main>", f"<h1>{escape(facts.meta.title)}</h1>",
        f"<p>{escape(site.title)}; {escape(facts.meta.source)}; "
        f"{iso_from_ns(facts.meta.t0_ns, 0)} to {iso_from_ns(facts.end_ns, 0)}.</p>",
        _posture(facts), _story(facts), _sentences("What happened", situation(facts)),
        _figure(site_map(facts), _map_caption(facts)),
        _figure(timeline(facts), "Posture and events, local time. A rectangle, triangle or disc "
                "has its words when pointed at."),
        _figure(chart(facts, "wall"), "Distance to the wall [km] of each alarmed track; the band "
                "is one sigma of its position."),
        _figure(chart(facts, "height"), "Height [m] of each alarmed track."),
        _alarm_table(facts), _track_table(facts), _sensor_table(facts), _event_table(facts),
        "<h2>Not known, and assumed</h2><ul>",
        *(f"<li>{escape(s)}</li>" for s in not_known(facts)), "</ul>", _provenance(facts),
        "</main>", banner, "</body></html>\n",
    ]  # fmt: skip
    return "".join(parts)


def _posture(facts: Facts) -> str:
    if not facts.postures:
        return ""
    p = facts.postures[-1][1]
    return f'<div class="posture {p.level.name}">{p.level.name}: {escape(p.reason)}</div>'


def _story(facts: Facts) -> str:
    if not facts.meta.story:
        return ""
    return f"<h2>What it replays</h2><p>{escape(facts.meta.story)}</p>"


def _sentences(title: str, sentences: list[Sentence]) -> str:
    rows = []
    for s in sentences:
        first = ", ".join(map(str, s.records[:6])) + (" ..." if len(s.records) > 6 else "")
        word = "record" if len(s.records) == 1 else "records"
        rows.append(
            f'<li>{escape(s.text)} <span class="src">[{word} {first}; {escape(s.sure)}]</span></li>'
        )
    return f"<h2>{title}</h2><ul>{''.join(rows)}</ul>"


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>" if svg else ""


def _map_caption(facts: Facts) -> str:
    left = len(facts.tracks) - len(threats(facts)) - 150
    more = f" {left} more quiet tracks are not drawn." if left > 0 else ""
    what = "alarmed tracks in colour with 95 % ellipses at five moments, others grey"
    return (
        f"Plan, north up: the wall in black, zones blue, sensors as white triangles, {what}. "
        f"Black disc: stopped there; white disc: missed; cross with ellipse: wreckage, 95 %.{more}"
    )


def _table(title: str, heads: list[str], rows: list[list[str]], note: str = "") -> str:
    """A table; cells are HTML already; heads that end in * are numbers."""
    if not rows:
        return ""

    def tag(h: str) -> str:
        return ' class="n"' if h.endswith("*") else ""

    head = "".join(f"<th{tag(h)}>{escape(h.rstrip('*'))}</th>" for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td{tag(h)}>{c}</td>" for h, c in zip(heads, r, strict=True)) + "</tr>"
        for r in rows
    )
    tail = f'<p class="src">{escape(note)}</p>' if note else ""
    return f'<h2>{title}</h2><div class="scroll"><table><tr>{head}</tr>{body}</table></div>{tail}'


def _alarm_table(facts: Facts) -> str:
    rows = [
        [str(a.number), clock_from_ns(a.raised_ns, facts.meta.site.utc_offset_s), escape(a.what),
         escape(a.where), escape(a.do), clock_from_ns(a.until_ns, facts.meta.site.utc_offset_s),
         ", ".join(map(str, a.labels)), str(record)]
        for record, a in facts.alarms
    ]  # fmt: skip
    heads = ["alarm*", "raised (local)", "what", "where", "do", "until", "tracks", "record*"]
    return _table("Alarms as they last stood", heads, rows)


def _bars(t: History) -> str:
    best = np.argsort(-t.posterior)[:3].tolist()
    return "<br>".join(
        f'<span class="bar" style="width:{60 * t.posterior[c]:.0f}px"></span> '
        f"{ObjectClass(c).name.lower().replace('_', ' ')} {t.posterior[c]:.0%}"
        for c in best
    )


def _track_table(facts: Facts) -> str:
    order = sorted(facts.tracks, key=lambda t: (not t.alarmed, -float(t.score.max()), t.label))
    names = facts.meta.site.sensor_names
    rows = []
    for t in order[:MOST_TRACKS]:
        by = ", ".join(n for i, n in enumerate(names) if t.sensors >> i & 1)
        rows.append(
            [str(t.label), escape(class_words(t)), escape(identity_words(t)), _bars(t),
             f"{t.t_s[0]:.0f} to {t.t_s[-1]:.0f}", f"{max(t.d_wall_m.min(), 0) / 1000:.2f}",
             f"{np.median(np.linalg.norm(t.x[:, 3:5], axis=1)):.0f}", f"{np.median(t.sd_m):.0f}",
             escape(by), escape("; ".join(t.why)), str(t.record)]
        )  # fmt: skip
    left = len(order) - len(rows)
    note = f"{left} more tracks of less concern are in the journal." if left > 0 else ""
    heads = ["track*", "what", "whose", "class", "seen s*", "nearest the wall km*", "m/s*",
             "1 sigma m*", "by", "why", "record*"]  # fmt: skip
    return _table("Tracks", heads, rows, note)


def _sensor_table(facts: Facts) -> str:
    rows = [
        [escape(s.name), f"{s.looks:,}", f"{s.detections:,}", f"{s.used:,}",
         f"{s.used / s.detections:.0%}" if s.detections else "-", str(s.first_on)]
        for s in facts.sensors
    ]  # fmt: skip
    heads = ["sensor", "looks*", "detections*", "went to tracks*", "share*", "first on tracks*"]
    out = _table("The sensors' share", heads, rows)
    refused = [[escape(why), f"{n:,}"] for why, n in facts.refused]
    return out + _table("Set aside", ["why", "records*"], refused)


def _event_table(facts: Facts) -> str:
    quiet = {EventKind.TRACK_CONFIRMED, EventKind.TRACK_DROPPED, EventKind.DISMISSAL_ENDED}
    told = sorted((*facts.events, *facts.umpire), key=lambda s: (s.event.t_ns, s.record))
    shown = [s for s in told if s.event.kind not in quiet] if len(told) > MOST_EVENTS else told
    rows = [
        [clock_from_ns(s.event.t_ns, facts.meta.site.utc_offset_s),
         escape(s.event.kind.value.replace("_", " ")), escape(s.event.text),
         escape("; ".join(s.event.why)), str(s.record)]
        for s in shown[:MOST_EVENTS]
    ]  # fmt: skip
    left = len(told) - len(rows)
    note = f"{left} more events are in the journal." if left > 0 else ""
    heads = ["local", "kind", "what", "why", "record*"]
    inner = _table("Events", heads, rows, note)
    return inner.replace("<div", "<details><summary>All events</summary><div", 1) + (
        "</details>" if inner else ""
    )


def _provenance(facts: Facts) -> str:
    counts = ", ".join(f"{n:,} {kind}" for kind, n in facts.records.items())
    seed = f", seed {facts.meta.seed}" if facts.meta.seed >= 0 else ""
    return (
        "<h2>Where this comes from</h2><p>Made from the run's journal alone: "
        f"{escape(counts)} records{seed}, bartizan {escape(facts.meta.version)}. Record numbers "
        "in brackets are the journal's. Last hash of its chain:<br>"
        f"<code>{facts.head}</code></p><p>To derive every track and alarm again and compare "
        "bytes: <code>bartizan replay RUN --verify</code> with this file's folder as RUN.</p>"
    )


# The incident record's report has the same looks.
table, figure = _table, _figure
