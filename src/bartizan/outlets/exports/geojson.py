"""A run as GeoJSON (RFC 7946): tracks as lines, walls and zones as polygons, alarms.

In: a journal.  Out: one file; heights are above the ellipsoid, as the format has them.
Does not: split a line at the 180th meridian.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bartizan.frames import local_frame
from bartizan.journal import Reader
from bartizan.outlets import plain
from bartizan.outlets.exports.rows import Story, Track, ring, story


def write(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it."""
    s = story(journal)
    features = [*_areas(s), *(_track(t, s) for t in s.tracks), *_alarms(s)]
    whole = {"type": "FeatureCollection", "name": s.title, **_mark(s), "features": features}
    out.write_text(json.dumps(whole, ensure_ascii=False, allow_nan=False) + "\n", "utf-8")
    return len(s.tracks)


def _mark(s: Story) -> dict[str, str]:
    return {"mode": str(s.mode), "mark": s.note} if s.note else {"mode": str(s.mode)}


def _feature(geometry: Any, properties: dict[str, Any], s: Story) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties | _mark(s)}


def _areas(s: Story) -> list[dict[str, Any]]:
    frame = local_frame(s.site.name, *s.site.origin)
    return [
        _feature(
            {"type": "Polygon", "coordinates": [[[round(x, 7), round(y, 7)] for x, y in ring(a, frame)]]},
            {"kind": "wall" if a is s.site.wall else "zone", "name": a.name}, s,
        )
        for a in (s.site.wall, *s.site.zones)
    ]  # fmt: skip


def _track(t: Track, s: Story) -> dict[str, Any]:
    places = [[round(r.lon_deg, 7), round(r.lat_deg, 7), round(r.hae_m, 1)] for r in t.history]
    single = len(places) == 1
    shape = {
        "type": "Point" if single else "LineString",
        "coordinates": places[0] if single else places,
    }
    return _feature(shape, {
        "kind": "track", "name": t.name, "label": t.last.label, "class": t.last.class_,
        "class_p": round(t.last.class_p, 4), "identity": t.last.identity, "alarmed": t.alarmed,
        "threat": round(t.threat, 4), "first": t.history[0].time, "last": t.last.time,
        "times": [r.time for r in t.history],
    }, s)  # fmt: skip


def _alarms(s: Story) -> list[dict[str, Any]]:
    return [_feature(None, {"kind": "alarm"} | plain.alarm(a, s.mode), s) for a in s.alarms]
