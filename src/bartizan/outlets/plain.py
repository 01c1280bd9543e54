"""A step's output as plain values, for JSON on any wire.

In: outputs.  Out: dicts of numbers and texts, angles in degrees, times in ISO 8601 UTC.
Does not: send, or leave out that something is an exercise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bartizan.frames import LocalFrame
from bartizan.outlets.marks import NOTES, marked, printable
from bartizan.outlets.places import places
from bartizan.pilot import Pilot
from bartizan.types import Alarm, Event, Identity, Mode, ObjectClass, Output, Posture, Site
from bartizan.units import RAD_PER_DEG, iso_from_ns


def head(t_ns: int, site: Site, mode: Mode) -> dict[str, Any]:
    """What stands in every message: when, where, and whether it is real."""
    out = {"time": iso_from_ns(t_ns), "site": site.name, "mode": str(mode)}
    return out | ({"mark": NOTES[mode]} if NOTES[mode] else {})


def picture(output: Output, site: Site, frame: LocalFrame, mode: Mode) -> dict[str, Any]:
    """The picture: posture, and every track with its place, class, identity and threat."""
    p, th = output.picture, output.threats
    alarmed = {k for a in output.watch.alarms for k in a.labels}
    rows = np.arange(len(p.tracks.label))
    pilots = {one.identity: one for one in p.pilots}
    tracks = []
    for k, place in enumerate(places(p.tracks, rows, frame)):
        label, cls = int(p.tracks.label[k]), int(p.cls[k])
        numbers = {name: round(v, 7 if name[:3] in ("lat", "lon") else 2)
                   for name, v in place._asdict().items()}  # fmt: skip
        tracks.append({
            "label": label, **numbers, "existence": round(float(p.tracks.existence[k]), 4),
            "class": ObjectClass(cls).name.lower(), "class_p": round(float(p.posterior[k, cls]), 4),
            "identity": Identity(int(p.identity[k])).name.lower(),
            "callsign": printable(p.callsign[k], 80), "contradicted": bool(p.contradicted[k]),
            "threat": round(float(th.score[k]), 4), "t_wall_s": finite(float(th.t_wall_s[k])),
            "alarmed": label in alarmed, "why": [printable(w) for w in (*p.why[k], *th.why[k])],
            "pilot": _pilot(pilots.get(int(p.tracks.identity[k]) or -1)),
        })  # fmt: skip
    return head(output.t_ns, site, mode) | {
        "posture": posture(output.watch.posture, mode), "tracks": tracks,
    }  # fmt: skip


def _pilot(p: Pilot | None) -> dict[str, Any] | None:
    """Where the drone says that its pilot is, not verified; None where it does not."""
    if p is None:
        return None
    lat, lon = (round(v / RAD_PER_DEG, 7) for v in (p.lat_rad, p.lon_rad))
    return {"lat_deg": lat, "lon_deg": lon, "hae_m": finite(p.hae_m), "said": iso_from_ns(p.t_ns)}


def alarms(output: Output, site: Site, mode: Mode) -> dict[str, Any]:
    """The alarms in force, and the posture."""
    return head(output.t_ns, site, mode) | {
        "posture": posture(output.watch.posture, mode),
        "alarms": [alarm(a, mode) for a in output.watch.alarms],
    }


def alarm(a: Alarm, mode: Mode) -> dict[str, Any]:
    """One alarm."""
    return {
        "number": a.number, "raised": iso_from_ns(a.raised_ns), "until": iso_from_ns(a.until_ns),
        "tracks": list(a.labels), "what": marked(mode, a.what), "where": marked(mode, a.where),
        "do": marked(mode, a.do), "acknowledged_by": a.acknowledged_by,
    }  # fmt: skip


def posture(p: Posture, mode: Mode) -> dict[str, Any]:
    """The posture in force."""
    return {
        "level": p.level.name, "since": iso_from_ns(p.since_ns), "by": p.by,
        "expires": iso_from_ns(p.expires_ns), "reason": marked(mode, p.reason),
    }  # fmt: skip


def event(e: Event, site: Site, mode: Mode) -> dict[str, Any]:
    """One event of the watch."""
    return head(e.t_ns, site, mode) | {
        "kind": str(e.kind), "text": printable(marked(mode, e.text)), "tracks": list(e.labels),
        "why": [printable(w) for w in e.why], "data": {k: finite(v) for k, v in e.data},
    }  # fmt: skip


def finite(value: float) -> float | None:
    """JSON has no infinity: None stands for it."""
    return round(value, 3) if math.isfinite(value) else None
