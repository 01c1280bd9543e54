"""A journal as rows: one a track and step; and as tracks with their histories.

In: a journal.  Out: rows in order of time, tracks by label, alarms as last told.
Does not: know a format.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from bartizan import replay
from bartizan.frames import LocalFrame, local_frame, wgs84_from_enu
from bartizan.journal import Reader
from bartizan.outlets.marks import NOTES, marked, printable
from bartizan.outlets.places import places
from bartizan.types import Alarm, Area, Identity, Mode, ObjectClass, Output, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG, iso_from_ns
from bartizan.warn import words

EVERY_NS = NS_PER_S  # a history has one point a second


class Row(NamedTuple):
    """One track at one step.  mark: what says that it is an exercise or a recording, "" live."""

    time: str
    t_ns: int
    label: int
    lat_deg: float
    lon_deg: float
    hae_m: float
    course_deg: float
    speed_mps: float
    climb_mps: float
    ce_m: float
    le_m: float
    existence: float
    class_: str
    class_p: float
    identity: str
    callsign: str
    threat: float
    t_wall_s: float
    alarmed: bool
    posture: str
    mark: str


class Track(NamedTuple):
    """One track: its name for people, what it last was, and its history, one row a second."""

    name: str
    last: Row
    alarmed: bool
    threat: float
    history: tuple[Row, ...]

    @property
    def said(self) -> str:
        """What it last was, in a few words."""
        r = self.last
        sure = f" ({r.class_p:.0%})" if r.class_ != "unknown" else ""
        cls, whose = (w.replace("_", " ") for w in (r.class_, r.identity))
        return f"class {cls}{sure}, identity {whose}{', alarmed' if self.alarmed else ''}"


class Story(NamedTuple):
    """All of a journal that a map shows."""

    title: str
    mode: Mode
    site: Site
    tracks: tuple[Track, ...]
    alarms: tuple[Alarm, ...]

    @property
    def note(self) -> str:
        """What says that it is an exercise or a recording, "" for the real thing."""
        return NOTES[self.mode]


def rows(journal: Reader) -> Iterator[Row]:
    """Every track at every step."""
    frame = local_frame(journal.meta.site.name, *journal.meta.site.origin)
    for _, _, output in replay.steps(journal):
        yield from of_output(output, frame, journal.meta.mode)


def of_output(output: Output, frame: LocalFrame, mode: Mode) -> Iterator[Row]:
    """The rows of one step."""
    p, th, time = output.picture, output.threats, iso_from_ns(output.t_ns)
    alarmed = {k for a in output.watch.alarms for k in a.labels}
    level = output.watch.posture.level.name
    where = places(p.tracks, np.arange(len(p.tracks.label)), frame)
    for k, place in enumerate(where):
        label, cls = int(p.tracks.label[k]), int(p.cls[k])
        yield Row(
            time, output.t_ns, label, *place, float(p.tracks.existence[k]),
            ObjectClass(cls).name.lower(), float(p.posterior[k, cls]),
            Identity(int(p.identity[k])).name.lower(), printable(p.callsign[k], 80),
            float(th.score[k]), float(th.t_wall_s[k]), label in alarmed, level, NOTES[mode],
        )  # fmt: skip


def story(journal: Reader) -> Story:
    """The journal's tracks with their histories, and its alarms."""
    meta = journal.meta
    frame = local_frame(meta.site.name, *meta.site.origin)
    kept: dict[int, list[Row]] = {}
    last: dict[int, Row] = {}
    worst: dict[int, tuple[bool, float]] = {}
    alarms: dict[int, Alarm] = {}
    for _, _, output in replay.steps(journal):
        alarms.update((a.number, a) for a in output.watch.alarms)
        for row in of_output(output, frame, meta.mode):
            mine = kept.setdefault(row.label, [])
            if not mine or row.t_ns - mine[-1].t_ns >= EVERY_NS:
                mine.append(row)
            last[row.label] = row
            alarmed, threat = worst.get(row.label, (False, 0.0))
            worst[row.label] = (alarmed or row.alarmed, max(threat, row.threat))
    tracks = tuple(
        Track(
            name(last[label], meta.mode), last[label], *worst[label],
            tuple(mine if mine[-1] is last[label] else [*mine, last[label]]),
        )
        for label, mine in sorted(kept.items())
    )  # fmt: skip
    title = marked(meta.mode, meta.title)
    return Story(title, meta.mode, meta.site, tracks, tuple(alarms.values()))


def name(row: Row, mode: Mode) -> str:
    """A track's short name: EXERCISE T7 one-way attack drone."""
    mark = "" if mode is Mode.LIVE else f"{mode.upper()} "
    return f"{mark}T{row.label} {row.callsign or words.thing(ObjectClass[row.class_.upper()])}"


def ring(area: Area, frame: LocalFrame) -> list[tuple[float, float]]:
    """A polygon's corners, closed and counter-clockwise, as (longitude_deg, latitude_deg)."""
    e, n = area.polygon[:, 0], area.polygon[:, 1]
    left = float(np.dot(e, np.roll(n, -1)) - np.dot(n, np.roll(e, -1))) > 0.0
    corners = area.polygon if left else area.polygon[::-1]
    lat, lon, _ = wgs84_from_enu(frame, np.column_stack([corners, np.zeros(len(corners))]))
    out = [(b / RAD_PER_DEG, a / RAD_PER_DEG) for a, b in zip(lat, lon, strict=True)]
    return [*out, out[0]]
