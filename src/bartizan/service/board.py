"""What screens read: the latest picture in plain words and numbers, and what led to it.

In: outputs.  Out: the messages of the console's protocol, as JSON bytes; the timeline.
Does not: decide anything; degrees and words are made here, at the edge.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec
import numpy as np

from bartizan.sensing import cover
from bartizan.service.drill import Drill
from bartizan.terrain.sight import above_ground
from bartizan.types import (
    Event,
    EventKind,
    Health,
    Identity,
    Level,
    Mode,
    ObjectClass,
    Output,
    Site,
)
from bartizan.units import NS_PER_S, RAD_PER_DEG
from bartizan.warn.clearance import AROUND_M, LOOKED_S, SAY_M
from bartizan.warn.words import marked, unmarked

DOT_NS = 3 * NS_PER_S
DOTS = 15
COAST_NS = 3 * NS_PER_S  # a track not seen for so long is drawn dashed
LOG = 500  # events a new screen gets
COUNTS = 86_400  # seconds of counts by identity
HOUR_NS = 3600 * NS_PER_S
DRILL_LABELS = 1_000_000  # a drill's labels and alarms are shown from here on
ELLIPSE = 2.4477  # 95 % of a two-dimensional Gaussian lie within so many sigma
QUIET = {
    EventKind.TRACK_CONFIRMED, EventKind.TRACK_DROPPED, EventKind.CLASSIFIED,
    EventKind.INTERROGATION, EventKind.DISMISSAL, EventKind.DISMISSAL_ENDED,
}  # fmt: skip


class Said(NamedTuple):
    """An event with its number on this board."""

    number: int
    event: Event
    exercise: bool


class Board:
    """The latest picture and the last events; written by the loop, read by any thread."""

    def __init__(
        self, site: Site, mode: Mode, last: Output | None, before: Iterable[Event] = ()
    ) -> None:
        """last: the output that a resumed journal ended with; before: its last events."""
        self.site, self.mode = site, mode
        self._lock = threading.Lock()
        self._live: Output | None = last
        self._exercise: Output | None = None
        self._log: deque[Said] = deque(maxlen=LOG)
        self._number = 0
        self._dots: dict[int, tuple[tuple[int, int, int], ...]] = {}
        self._alarms: deque[tuple[int, int]] = deque(maxlen=1000)
        self._nuisance: set[int] = set()
        self._chance: tuple[bytes, float] = (b"", 0.0)
        self._counts: deque[tuple[int, list[int]]] = deque(maxlen=COUNTS)
        self._drill: Drill | None = None
        self.last_drill: dict[str, object] | None = None
        self._encoder = msgspec.json.Encoder()
        self.steps = 0
        self._offered: tuple[bool, ...] = ()
        self.incidents: dict[int, str] = {}  # of the incident record, by alarm
        for event in before:
            self._note(event, False)

    def _note(self, event: Event, exercise: bool) -> None:
        self._number += 1
        self._log.append(Said(self._number, event, exercise))
        if event.kind == EventKind.ALARM and not exercise:
            self._alarms.append((event.t_ns, int(dict(event.data)["alarm"])))

    def encode(self, message: object) -> bytes:
        """JSON; what is no number becomes null."""
        return self._encoder.encode(message)

    def see(self, output: Output, now_ns: int, *, exercise: bool) -> None:
        """One output of the live line, or of a drill's."""
        with self._lock:
            self.steps += 1
            if exercise:
                self._exercise = output
                if self._drill is not None:
                    self._drill.see(output)
            else:
                self._live = output
                if output.registration is not None:
                    self._offered = tuple(output.registration.offered.tolist())
                self._count(output)
                self._dismissed(output)
            self._dot(output, exercise)
            for event in output.watch.events:
                if event.kind not in QUIET or _matters(output, event):
                    self._note(event, exercise)

    def _dismissed(self, output: Output) -> None:
        """Alarms of which a person has dismissed a track were about nothing hostile."""
        for e in output.watch.events:
            if e.kind == EventKind.ACT and " dismisses track " in e.text and e.labels:
                its = [a.number for a in output.watch.alarms if e.labels[0] in a.labels]
                self._nuisance.update(its)

    def _seen(self, output: Output) -> float:
        """Mean chance, over the ground that matters, that the healthy sensors report a thing."""
        healthy = output.watch.health == Health.FRESH
        if not len(healthy):
            healthy = np.ones(len(self.site.sensor_names), np.bool_)
        key = healthy.tobytes()
        if self._chance[0] != key:
            reach = float(np.abs(self.site.wall.polygon).max()) + AROUND_M
            at = cover.grid(reach, reach / 15.0)
            seen = cover.cover(
                self.site.sensors, at, at, SAY_M, LOOKED_S, counts=healthy,
                terrain=self.site.terrain,
            )  # fmt: skip
            self._chance = (key, round(float(seen.found.mean()), 3))
        return self._chance[1]

    def _dot(self, output: Output, exercise: bool) -> None:
        tracks, plus = output.tracks, DRILL_LABELS if exercise else 0
        for label, x in zip((tracks.label + plus).tolist(), tracks.x[:, :2].tolist(), strict=True):
            dots = self._dots.get(label, ())
            if not dots or output.t_ns - dots[-1][0] >= DOT_NS:
                dot = (output.t_ns, round(x[0]), round(x[1]))
                self._dots[label] = (*dots[1 - DOTS :], dot)  # a new one: others read the old
        if len(self._dots) > 4 * len(tracks.label) + 200:
            old = output.t_ns - 2 * DOTS * DOT_NS
            self._dots = {k: d for k, d in self._dots.items() if d[-1][0] > old}

    def _count(self, output: Output) -> None:
        second = output.t_ns // NS_PER_S
        if self._counts and self._counts[-1][0] == second:
            return
        counts = np.bincount(output.picture.identity, minlength=len(Identity))
        self._counts.append((second, counts.tolist()))

    def drill_begins(self, name: str, now_ns: int) -> None:
        """A drill's line is running."""
        with self._lock:
            self._drill = Drill(name, now_ns)
            self._exercise = None

    def drill_ends(self, truth: dict[str, object], why: str, now_ns: int) -> dict[str, object]:
        """The drill's score, kept as the last."""
        with self._lock:
            assert self._drill is not None  # the service ends only what it began
            score = self._drill.score(truth, why, now_ns)
            self._drill, self._exercise, self.last_drill = None, None, score
        return score

    def opened(self, alarm: int, incident: str) -> None:
        """The incident record has an incident of this alarm."""
        self.incidents[alarm] = incident

    def events(self, after: int) -> list[Said]:
        """What was said after that number."""
        with self._lock:
            return [s for s in self._log if s.number > after]

    def event(self, said: Said) -> dict[str, object]:
        """One line of the log."""
        e = said.event
        who = e.text.split(":")[0] if e.kind == EventKind.ACT else "rule"
        plus = DRILL_LABELS if said.exercise else 0
        return {
            "kind": "event", "number": said.number, "t_ns": e.t_ns, "what": e.kind.value,
            "who": who, "text": e.text, "why": list(e.why),
            "labels": [k + plus for k in e.labels], "exercise": said.exercise,
        }  # fmt: skip

    def counts(self, from_ns: int, to_ns: int) -> list[tuple[int, dict[str, int]]]:
        """Tracks by identity, a second each at most."""
        names = [whose(k) for k in range(len(Identity))]
        with self._lock:
            rows = [c for c in self._counts if from_ns <= c[0] * NS_PER_S <= to_ns]
        step = max(len(rows) // 600, 1)
        return [
            (t * NS_PER_S, {n: k for n, k in zip(names, c, strict=True) if k})
            for t, c in rows[::step]
        ]

    def picture(self, now_ns: int) -> dict[str, Any]:
        """The latest picture, a running drill's tracks in it and marked."""
        with self._lock:
            live, drill_output, drill = self._live, self._exercise, self._drill
            hour = [a for a in self._alarms if a[0] > now_ns - HOUR_NS]
            nuisance = sum(number in self._nuisance for _, number in hour)
        out = self.message(live, now_ns)
        for row, offered in zip(out["sensors"], self._offered, strict=False):
            row["offered"] = offered
        out["budget"].update(alarms_per_hour=len(hour), nuisance_per_hour=nuisance)
        if drill is not None:
            seen = self.message(drill_output, now_ns, exercise=True)
            out["tracks"] += seen["tracks"]
            out["alarms"] += seen["alarms"]
            out["drill"] = {"name": drill.name, "running": True, "since_ns": drill.begun_ns,
                            "posture": seen["posture"]}  # fmt: skip
        return out

    def message(
        self, output: Output | None, now_ns: int, *, exercise: bool = False
    ) -> dict[str, Any]:
        """One output as the protocol's picture."""
        base: dict[str, Any] = {
            "kind": "picture", "t_ns": 0, "sent_ns": now_ns, "age_s": None, "tracks": [],
            "alarms": [], "warned": [], "drill": None, "posture": None,
            "mode": Mode.EXERCISE.value if exercise else self.mode.value,
            "sensors": [], "budget": {
                "alarms_per_hour": 0, "nuisance_per_hour": 0, "last_drill": self.last_drill,
                "detection_probability": 0.0 if output is None else self._seen(output),
            },
        }  # fmt: skip
        if output is None:
            base["sensors"] = _sensors(None, self.site, now_ns)
            return base
        watch = output.watch
        plus = DRILL_LABELS if exercise else 0
        p = watch.posture
        base.update(
            t_ns=output.t_ns, age_s=round((now_ns - output.t_ns) / NS_PER_S, 2),
            tracks=self._tracks(output, exercise),
            posture={
                "level": Level(p.level).name, "since_ns": p.since_ns, "expires_ns": p.expires_ns,
                "by": p.by, "reason": p.reason, "forecast": p.forecast,
                "sentence": sentence(output, Mode.EXERCISE if exercise else self.mode),
            },
            alarms=[
                {"number": a.number + plus, "raised_ns": a.raised_ns, "until_ns": a.until_ns,
                 "labels": [k + plus for k in a.labels], "what": a.what, "where": a.where,
                 "do": a.do, "t_wall_s": finite(a.t_wall_s),
                 "acknowledged_by": a.acknowledged_by, "escalated": a.escalations,
                 "area": [self.site.people[r].name for r in a.areas], "exercise": exercise,
                 "incident": "" if exercise else self.incidents.get(a.number, "")}
                for a in watch.alarms
            ],
            warned=[
                {"name": self.site.people[w.area].name, "area": w.area, "alarm": w.alarm + plus,
                 "told_ns": w.told_ns, "acknowledged_ns": w.heard_ns or None, "by": w.heard_by}
                for w in watch.warned
            ],
            sensors=_sensors(output, self.site, now_ns),
        )  # fmt: skip
        return base

    def _tracks(self, output: Output, exercise: bool) -> list[dict[str, Any]]:
        picture, threats, tracks = output.picture, output.threats, output.tracks
        plus = DRILL_LABELS if exercise else 0
        x, cov = tracks.x, tracks.P[:, :2, :2]
        major, minor, bearing = ellipses(cov)
        best = np.argsort(-picture.posterior, axis=1, kind="stable")[:, :3].tolist()
        ground = self.site.terrain
        over_m = (above_ground(ground, x) if len(ground.height_m) else x[:, 2]).tolist()
        rows = []
        for i, label in enumerate(tracks.label.tolist()):
            e, n, u, ve, vn, vu = x[i].tolist()
            post = picture.posterior[i]
            age_ns = output.t_ns - int(tracks.seen_ns[i])
            rows.append({
                "label": label + plus, "e": round(e, 1), "n": round(n, 1), "u": round(u, 1),
                "agl_m": round(over_m[i], 1), "speed_mps": round(math.hypot(ve, vn), 1),
                "course_deg": round(math.degrees(math.atan2(ve, vn)) % 360.0, 1),
                "climb_mps": round(vu, 1), "existence": round(float(tracks.existence[i]), 3),
                "cls": kind_of(int(picture.cls[i])),
                "cls_p": [[kind_of(c), round(float(post[c]), 3)] for c in best[i]],
                "identity": whose(int(picture.identity[i])), "callsign": picture.callsign[i],
                "ellipse": [round(float(major[i]), 1), round(float(minor[i]), 1),
                            round(float(bearing[i]), 1)],
                "t_wall_s": finite(float(threats.t_wall_s[i])),
                "t_wall_sd_s": finite(float(threats.t_wall_sd_s[i])),
                "d_wall_m": round(float(threats.d_wall_m[i])),
                "score": round(float(threats.score[i]), 3), "closing": bool(threats.closing[i]),
                "group": int(threats.group[i]), "coasting": age_ns > COAST_NS,
                "age_s": round(age_ns / NS_PER_S, 1),
                "seen_by": [s for s in range(len(self.site.sensor_names))
                            if int(tracks.sensors[i]) >> s & 1],
                "history": [[d[1], d[2]] for d in self._dots.get(label + plus, ())],
                "why": [*picture.why[i], *threats.why[i]], "exercise": exercise,
            })  # fmt: skip
        return rows


def _matters(output: Output, event: Event) -> bool:
    """Whether a quiet event is about something that may be a threat."""
    concerned = set(output.threats.label[output.threats.score >= 0.2].tolist())
    return bool(concerned & set(event.labels))


def _sensors(output: Output | None, site: Site, now_ns: int) -> list[dict[str, Any]]:
    out = []
    for row, name in enumerate(site.sensor_names):
        heard = 0 if output is None else int(output.watch.heard_ns[row])
        health = Health.QUIET if output is None else Health(int(output.watch.health[row]))
        out.append({
            "row": row, "name": name, "health": health.name.lower(),
            "age_s": round((now_ns - heard) / NS_PER_S, 1) if heard else None,
            "rate_hz": round(1.0 / float(site.sensors.period_s[row]), 2), "refused": 0,
            "offered": False,
        })  # fmt: skip
    return out


def ellipses(cov: Any) -> tuple[Any, Any, Any]:
    """The 95 % ellipses of (n, 2, 2) [m2]: semi-axes [m], bearing of the major one [deg]."""
    a, b, c = cov[:, 0, 0], cov[:, 0, 1], cov[:, 1, 1]
    mean, root = 0.5 * (a + c), np.sqrt(np.maximum(0.25 * (a - c) ** 2 + b * b, 0.0))
    major = ELLIPSE * np.sqrt(np.maximum(mean + root, 0.0))
    minor = ELLIPSE * np.sqrt(np.maximum(mean - root, 0.0))
    from_east = 0.5 * np.arctan2(2.0 * b, a - c)
    return major, minor, (90.0 - from_east / RAD_PER_DEG) % 180.0


def sentence(output: Output, mode: Mode) -> str:
    """The situation in one sentence, marked once: when, what comes, and then from where."""
    alarms = output.watch.alarms
    if not alarms:
        n = len(output.tracks.label)
        return marked(mode, f"no alarm in force; {n} track{'' if n == 1 else 's'}")
    first = min(alarms, key=lambda a: a.t_wall_s)
    soonest, lost = first.t_wall_s, not set(first.labels) & set(output.tracks.label.tolist())
    when = "Not closing now"
    if soonest <= 0.0:
        when = "Lost from sight, due at the wall by now" if lost else "At the wall now"
    elif math.isfinite(soonest):
        due = "Lost from sight, first due" if lost else "First"
        when = f"{due} at the wall in {int(soonest) // 60:02d}:{int(soonest) % 60:02d}"
    said = "; ".join(
        f"{unmarked(mode, a.what).replace(' closing', '', 1)} {unmarked(mode, a.where)}"
        for a in alarms
    )
    return marked(mode, f"{when}: {said}")


def finite(value: float) -> float | None:
    """The number to a tenth, None where it is none."""
    return round(value, 1) if math.isfinite(value) else None


def kind_of(cls: int) -> str:
    """A class as the console's word."""
    return ObjectClass(cls).name.lower().replace("_", " ")


def whose(identity: int) -> str:
    """An identity as the console's word."""
    return Identity(identity).name.lower().replace("_", " ")
