"""A run as KML 2.3: tracks in time, walls and zones, alarms over their time.

In: a journal.  Out: one file; heights are above mean sea level, as the format has them.
Does not: refer to anything outside the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from lxml import etree

from bartizan.frames import local_frame
from bartizan.journal import Reader
from bartizan.outlets.exports.rows import Story, Track, ring, story
from bartizan.outlets.marks import marked, printable
from bartizan.types import Alarm, Area
from bartizan.units import iso_from_ns

KML: Final = "http://www.opengis.net/kml/2.2"
GX: Final = "http://www.google.com/kml/ext/2.2"
# Colours as alpha, blue, green, red.
LINES: Final = {
    "alarmed": "ff3030f0",
    "friend": "fff09030",
    "other": "ff30d0f0",
    "wall": "ffffffff",
}


def write(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it."""
    s = story(journal)
    root = etree.Element(f"{{{KML}}}kml", nsmap={None: KML, "gx": GX})
    document = _put(root, "Document")
    _put(document, "name", s.title)
    if s.note:
        _put(document, "description", s.note)
    for style, colour in LINES.items():
        line = _put(_style(document, style), "LineStyle")
        _put(line, "color", colour)
        _put(line, "width", "2")
    for area in (s.site.wall, *s.site.zones):
        _area(_placemark(document, s, marked(s.mode, area.name), s.site.title), area, s)
    for track in s.tracks:
        _track(document, track, s)
    for alarm in s.alarms:
        _alarm(document, alarm, s)
    etree.ElementTree(root).write(str(out), encoding="UTF-8", xml_declaration=True)
    return len(s.tracks)


def _put(parent: Any, tag: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, f"{{{KML}}}{tag}")
    if text is not None:
        child.text = printable(text, 4000)
    return child


def _style(document: Any, name: str) -> Any:
    style = _put(document, "Style")
    style.set("id", name)
    return style


def _placemark(document: Any, s: Story, name: str, words: str) -> Any:
    mark = _put(document, "Placemark")
    _put(mark, "name", name)
    _put(mark, "description", marked(s.mode, words))
    return mark


def _area(mark: Any, area: Area, s: Story, style: str = "#wall") -> None:
    _put(mark, "styleUrl", style)
    ring_ = _put(_put(_put(mark, "Polygon"), "outerBoundaryIs"), "LinearRing")
    corners = ring(area, local_frame(s.site.name, *s.site.origin))
    _put(ring_, "coordinates", " ".join(f"{x:.7f},{y:.7f}" for x, y in corners))


def _track(document: Any, t: Track, s: Story) -> None:
    last = t.last
    mark = _placemark(document, s, t.name, t.said)
    friend = last.identity in ("friend", "assumed_friend")
    _put(mark, "styleUrl", "#alarmed" if t.alarmed else "#friend" if friend else "#other")
    track = etree.SubElement(mark, f"{{{GX}}}Track")
    _put(track, "altitudeMode", "absolute")
    for r in t.history:
        _put(track, "when", r.time)
    for r in t.history:
        place = f"{r.lon_deg:.7f} {r.lat_deg:.7f} {r.hae_m - s.site.geoid_m:.1f}"
        etree.SubElement(track, f"{{{GX}}}coord").text = place


def _alarm(document: Any, a: Alarm, s: Story) -> None:
    mark = _placemark(document, s, marked(s.mode, a.what), f"{a.where}. {a.do}")
    span = _put(mark, "TimeSpan")
    _put(span, "begin", iso_from_ns(a.raised_ns))
    _put(span, "end", iso_from_ns(a.until_ns))
    _area(mark, s.site.wall, s, "#alarmed")
