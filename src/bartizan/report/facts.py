"""What a run's journal holds, gathered for its report.

In: a journal.  Out: `Facts`.  Does not: read anything else, or judge.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bartizan import replay
from bartizan.journal import Meta, Reader
from bartizan.types import (
    F64,
    I64,
    Alarm,
    Event,
    EventKind,
    Output,
    Posture,
)
from bartizan.units import NS_PER_S

SAMPLE_NS = NS_PER_S  # a track's history is kept at this step


class Said(NamedTuple):
    """An event and the record that holds it."""

    record: int
    event: Event


class History(NamedTuple):
    """One track's life.

    t_s (k,) from the run's start   x (k, 6) [m, m/s]   sd_m (k,) horizontal 1-sigma
    d_wall_m, t_wall_s, t_wall_sd_s, score, p_wall (k,)   P (k, 2, 2) [m2] horizontal
    posterior (c,) last   cls, identity last   callsign   why: reasons in words, last
    sensors: bits   hits   alarmed: it was ever in an alarm   record: of the last row
    """

    label: int
    t_s: F64
    x: F64
    sd_m: F64
    P: F64
    d_wall_m: F64
    t_wall_s: F64
    t_wall_sd_s: F64
    score: F64
    p_wall: F64
    posterior: F64
    cls: int
    identity: int
    callsign: str
    why: tuple[str, ...]
    sensors: int
    hits: int
    alarmed: bool
    record: int


class SensorShare(NamedTuple):
    """What one sensor did: looks, detections, those that went to tracks; who was first."""

    name: str
    looks: int
    detections: int
    used: int
    first_on: int


class Facts(NamedTuple):
    """Everything the report says, with record numbers."""

    meta: Meta
    head: str
    closed: bool
    records: dict[str, int]
    end_ns: int
    events: tuple[Said, ...]
    umpire: tuple[Said, ...]
    tracks: tuple[History, ...]
    alarms: tuple[tuple[int, Alarm], ...]
    postures: tuple[tuple[int, Posture], ...]
    sensors: tuple[SensorShare, ...]
    refused: tuple[tuple[str, int], ...]


class _Life:
    """A track's rows while they are gathered."""

    def __init__(self) -> None:
        self.rows: list[tuple[float, ...]] = []
        self.P: list[F64] = []
        self.next_ns = 0
        self.last: tuple[int, Output, int] | None = None
        self.first_sensor = -1


def gather(path: Path, since_ns: int | None = None) -> Facts:
    """The facts of a run folder or journal.  Raises JournalError on a damaged one.

    since_ns: of a live journal only what came from then on, or a little before
    """
    lives: dict[int, _Life] = {}
    events: list[Said] = []
    alarms: dict[int, tuple[int, Alarm]] = {}
    postures: list[tuple[int, Posture]] = []
    with Reader(path) as journal:
        meta = journal.meta
        n = len(meta.site.sensor_names)
        looks, detections, used, first = (np.zeros(n, np.int64) for _ in range(4))
        end_ns = meta.t0_ns
        for seq, scan, output in replay.steps(journal, since_ns):
            end_ns = max(end_ns, output.t_ns)
            sensor = scan.sensor
            looks[sensor] += 1
            detections[sensor] += len(scan.z)
            used[sensor] += int((output.association.label > 0).sum())
            _follow(lives, seq, output, meta.t0_ns, sensor, first)
            events += [Said(seq, e) for e in output.watch.events]
            for alarm in output.watch.alarms:
                alarms[alarm.number] = (seq, alarm)
            if not postures or postures[-1][1] != output.watch.posture:
                postures.append((seq, output.watch.posture))
        refused = Counter(x.why.split(":")[0] for _, x in journal.refused())
        umpire = tuple(Said(k, e) for k, e in journal.umpire())
        alarmed = {label for _, a in alarms.values() for label in a.labels}
        alarmed |= {v for s in events if s.event.kind == EventKind.ALARM for v in s.event.labels}
        return Facts(
            meta, journal.head(), journal.closed(), journal.counts(), end_ns, tuple(events),
            umpire, tuple(_history(k, lives[k], k in alarmed) for k in sorted(lives)),
            tuple(alarms[k] for k in sorted(alarms)), tuple(postures),
            tuple(
                SensorShare(meta.site.sensor_names[s], *map(int, (looks[s], detections[s], used[s], first[s])))
                for s in range(n)
            ),
            tuple(refused.most_common()),
        )  # fmt: skip


def _follow(
    lives: dict[int, _Life], record: int, o: Output, t0_ns: int, sensor: int, first: I64
) -> None:
    """One output's rows, at most one a track and SAMPLE_NS."""
    for i, label in enumerate(o.tracks.label.tolist()):
        life = lives.get(label)
        if life is None:
            life = lives[label] = _Life()
            first[sensor] += 1
        life.last = (record, o, i)
        if o.t_ns < life.next_ns:
            continue
        life.next_ns = o.t_ns + SAMPLE_NS
        P, th = o.tracks.P[i], o.threats
        sd = float(np.sqrt(max(0.5 * (P[0, 0] + P[1, 1]), 0.0)))
        life.P.append(P[:2, :2])
        life.rows.append(
            ((o.t_ns - t0_ns) / NS_PER_S, *o.tracks.x[i].tolist(), sd, float(th.d_wall_m[i]),
             float(th.t_wall_s[i]), float(th.t_wall_sd_s[i]), float(th.score[i]), float(th.p_wall[i]))
        )  # fmt: skip


def _history(label: int, life: _Life, alarmed: bool) -> History:
    assert life.last is not None
    record, o, i = life.last
    a = np.array(life.rows)
    p, t = o.picture, o.tracks
    return History(
        label, a[:, 0], a[:, 1:7], a[:, 7], np.array(life.P), a[:, 8], a[:, 9], a[:, 10],
        a[:, 11], a[:, 12], p.posterior[i], int(p.cls[i]), int(p.identity[i]), p.callsign[i],
        p.why[i] + o.threats.why[i], int(t.sensors[i]), int(t.hits[i]), alarmed, record,
    )  # fmt: skip
