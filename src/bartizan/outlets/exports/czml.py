"""A run as CZML 1.0, what Cesium plays: tracks in time, walls and zones, alarms.

In: a journal.  Out: one file; heights are above the ellipsoid, as the format has them.
Does not: refer to anything outside the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bartizan.frames import local_frame
from bartizan.journal import Reader
from bartizan.outlets.exports.rows import Row, Story, Track, ring, story
from bartizan.outlets.marks import marked, named
from bartizan.types import Alarm
from bartizan.units import NS_PER_S, iso_from_ns

RED, BLUE, AMBER, WHITE = [240, 48, 48, 255], [48, 144, 240, 255], [240, 208, 48, 255], [255] * 4


def write(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it."""
    s = story(journal)
    packets = [_document(s), *_areas(s), *(_track(t, s) for t in s.tracks)]
    packets += [_alarm(a, s) for a in s.alarms]
    out.write_text(json.dumps(packets, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    return len(s.tracks)


def _document(s: Story) -> dict[str, Any]:
    out: dict[str, Any] = {"id": "document", "name": s.title, "version": "1.0"}
    if s.tracks:
        begin = min(t.history[0].time for t in s.tracks)
        end = max(t.last.time for t in s.tracks)
        out["clock"] = {"interval": f"{begin}/{end}", "currentTime": begin, "multiplier": 10.0}
    return out


def _line(corners: list[tuple[float, float]]) -> list[float]:
    return [round(v, 7) for x, y in corners for v in (x, y, 0.0)]


def _areas(s: Story) -> list[dict[str, Any]]:
    frame = local_frame(s.site.name, *s.site.origin)
    return [
        {
            "id": named(s.mode, f"area-{k}"), "name": marked(s.mode, a.name),
            "polyline": {
                "positions": {"cartographicDegrees": _line(ring(a, frame))}, "clampToGround": True,
                "width": 2.0, "material": {"solidColor": {"color": {"rgba": WHITE}}},
            },
        }
        for k, a in enumerate((s.site.wall, *s.site.zones))
    ]  # fmt: skip


def _track(t: Track, s: Story) -> dict[str, Any]:
    begin_ns, begin, end = t.history[0].t_ns, t.history[0].time, t.last.time

    def sample(r: Row) -> tuple[float, ...]:
        lon, lat, hae = round(r.lon_deg, 7), round(r.lat_deg, 7), round(r.hae_m, 1)
        return round((r.t_ns - begin_ns) / NS_PER_S, 3), lon, lat, hae

    friend = t.last.identity in ("friend", "assumed_friend")
    colour = RED if t.alarmed else BLUE if friend else AMBER
    return {
        "id": named(s.mode, f"track-{t.last.label}"), "name": t.name,
        "description": marked(s.mode, t.said), "availability": f"{begin}/{end}",
        "position": {"epoch": begin, "cartographicDegrees": [v for r in t.history for v in sample(r)]},
        "point": {"pixelSize": 8.0, "color": {"rgba": colour}},
        "label": {"text": t.name, "scale": 0.5, "pixelOffset": {"cartesian2": [0.0, -16.0]}},
        "path": {"width": 1.0, "leadTime": 0.0, "trailTime": 120.0,
                 "material": {"solidColor": {"color": {"rgba": colour}}}},
    }  # fmt: skip


def _alarm(a: Alarm, s: Story) -> dict[str, Any]:
    frame = local_frame(s.site.name, *s.site.origin)
    return {
        "id": named(s.mode, f"alarm-{a.number}"), "name": marked(s.mode, a.what),
        "description": marked(s.mode, f"{a.where}. {a.do}"),
        "availability": f"{iso_from_ns(a.raised_ns)}/{iso_from_ns(max(a.until_ns, a.raised_ns))}",
        "polyline": {
            "positions": {"cartographicDegrees": _line(ring(s.site.wall, frame))},
            "clampToGround": True, "width": 4.0,
            "material": {"solidColor": {"color": {"rgba": RED}}},
        },
    }  # fmt: skip
