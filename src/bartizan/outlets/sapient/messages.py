"""The picture as a child fusion node tells it to its parent (BSI Flex 335 v2.0).

In: outputs, the parent's acknowledgements.  Out: messages: registration, status, fused
detections, alerts.  Does not: open a socket, take or give a task, or speak of an effector.

Fused detections of one moment have one time: that of the sender's clock where it has one, and the
tracks are carried to it, since a parent refuses what is older than 0.9 s.  An alert keeps its id while it changes and
until it is cleared; the detections it names are our own tracks.  A track names the objects of
the SAPIENT nodes that went into it in the last seconds, each as a child of it.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan import __version__
from bartizan.feeds.sapient import shim
from bartizan.feeds.sapient.classes import WORDS
from bartizan.feeds.sapient.ids import ulid, uuid
from bartizan.frames import A_M, enu_axes, local_frame, wgs84_from_enu
from bartizan.outlets.marks import NOTES, marked, named, printable
from bartizan.types import Alarm, Identity, Mode, Output, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG

FUSION_NODE, LASTING, DEGREES, WGS84_E, SECONDS = 20, 3, 1, 1, 4
OK, GOODBYE = 1, 5  # StatusReport.System
CRITICAL, ACTIVE, CLEAR, HIGH = 3, 1, 5, 3  # Alert
CHILD: Final = 3  # AssociationType: the one named went into this one
ASSOCIATED_NS: Final = 5 * NS_PER_S  # of the last detection that counts: assumed
OLD_NS: Final = 5 * NS_PER_S  # a picture so far behind the clock has no tracks to tell: assumed
ACKS: Final = {1: "accepted", 2: "rejected", 3: "cancelled"}


class Ack(NamedTuple):
    """The parent's answer to an alert: who, the alarm's number, what it says, and why."""

    who: str
    alarm: int
    said: str
    why: str


def stamp(message: Any, t_ns: int) -> None:
    """Puts a message under a time [ns UTC]."""
    message.timestamp.seconds, message.timestamp.nanos = divmod(t_ns, NS_PER_S)


def _carried(x: Any, P: Any, dt_s: float) -> tuple[Any, Any]:
    """A track (6,), (6, 6) some seconds on, at its speed."""
    F = np.eye(6)
    F[:3, 3:] = dt_s * np.eye(3)
    return F @ x, F @ P @ F.T


def _words(a: Alarm) -> tuple[Any, ...]:
    """What of an alarm is told: when it changes, it is told again."""
    return a.what, a.where, a.do, a.labels


class Child:
    """A site's watch as a child fusion node."""

    def __init__(self, site: Site, mode: Mode, every_s: float = 1.0, status_s: float = 5.0) -> None:
        """Nothing told yet."""
        self._site, self._mode = site, mode
        self._frame = local_frame(site.name, *site.origin)
        self._every_ns, self._status_s = round(every_s * NS_PER_S), status_s
        self._name = named(mode, f"bartizan-{site.name}")
        self.node_id = uuid(self._name)
        self._began_ns = self._told_ns = self._status_ns = self._count = 0
        self._alarms: dict[int, Alarm] = {}
        self._from: dict[int, dict[str, tuple[str, int]]] = {}
        self._answers: dict[int, Ack] = {}
        self._t_ns = 0
        self.now_ns = 0

    def see(self, output: Output, now_ns: int = 0) -> list[tuple[str, Any, bool]]:
        """(key, message, keep) of all that this output calls for.  now_ns: by the sender's
        clock, 0: the output's own time counts."""
        self._began_ns = self._began_ns or output.t_ns
        self._t_ns, self.now_ns = output.t_ns, now_ns or output.t_ns
        for label, name in output.picture.objects:
            node, _, thing = name.partition("/")
            self._from.setdefault(label, {})[node] = thing, output.t_ns
        out = [(f"alert {n}", m, True) for n, m in self._alerts(output)]
        if output.t_ns - self._told_ns >= self._every_ns:
            self._told_ns = output.t_ns
            shown = set(output.tracks.label.tolist())
            self._from = {k: v for k, v in self._from.items() if k in shown}
            out += [(f"track {label}", m, False) for label, m in self._tracks(output)]
        if output.t_ns - self._status_ns >= self._status_s * NS_PER_S:
            self._status_ns = output.t_ns
            out.append(("status", self.status(OK), False))
        return out

    def registration(self) -> Any:
        """Who it is, and how it will tell."""
        m = self._message()
        r = m.registration
        r.node_definition.add().node_type = FUSION_NODE
        r.icd_version, r.name, r.short_name = shim.VERSION, self._name, self._name[:20]
        what = r.capabilities.add()
        what.category, what.type = "Fusion", printable(marked(self._mode, "air picture of a site"))
        interval = r.status_definition.status_interval
        interval.units, interval.value = SECONDS, self._status_s
        mode = r.mode_definition.add()
        mode.mode_name, mode.mode_type = "Default", 1
        mode.settle_time.units, mode.settle_time.value = SECONDS, 0.0
        mode.tracking_type = LASTING
        where = mode.detection_definition.add().location_type
        where.location_units, where.location_datum = DEGREES, WGS84_E
        region = getattr(mode, "task").region_definition  # noqa: B009  (mandatory; none is taken)
        region.region_type.append(1)
        area = region.region_area.add()
        area.location_units, area.location_datum = DEGREES, WGS84_E
        config = r.config_data.add()
        config.manufacturer, config.model = "bartizan", f"bartizan {__version__}"
        return m

    def status(self, system: int) -> Any:
        """That it is well, or leaves."""
        m = self._message()
        s = m.status_report
        s.report_id = self._ulid("status")
        s.system, s.info, s.mode = system, 1, "Default"
        return m

    def standing(self) -> list[Any]:
        """The alerts in force, for a parent that may have forgotten them."""
        return [self._alert(a, ACTIVE) for a in self._alarms.values()]

    def heard(self, message: Any) -> Ack | None:
        """What the parent says: an answer to an alert, None what is not taken (the same answer
        again, too)."""
        if message.WhichOneof("content") != "alert_ack":
            return None
        a = message.alert_ack
        number = next((n for n in self._alarms if self.alert_id(n) == a.alert_id), 0)
        if not number:
            return None
        who = f"SAPIENT parent {printable(message.node_id, 36)}"
        said = ACKS.get(a.alert_ack_status, "answered")
        ack = Ack(who, number, said, printable("; ".join(a.reason), 400))
        known, self._answers[number] = self._answers.get(number), ack
        return None if ack == known else ack

    def alert_id(self, number: int) -> str:
        """The id of an alarm's alert."""
        return ulid(self._alarms[number].raised_ns, f"{self.node_id}/alarm/{number}")

    def object_id(self, label: int) -> str:
        """The id of a track."""
        return ulid(self._began_ns, f"{self.node_id}/track/{label}")

    def _message(self) -> Any:
        m = shim.new()
        stamp(m, self.now_ns)
        m.node_id = self.node_id
        return m

    def _ulid(self, what: str) -> str:
        self._count += 1
        return ulid(self.now_ns, f"{self.node_id}/{what}/{self._count}")

    def _alerts(self, output: Output) -> list[tuple[int, Any]]:
        now = {a.number: a for a in output.watch.alarms}
        out = []
        for number, a in now.items():
            known = self._alarms.get(number)
            self._alarms[number] = a
            if known is None or _words(known) != _words(a):
                out.append((number, self._alert(a, ACTIVE)))
        for number in [n for n in self._alarms if n not in now]:
            out.append((number, self._alert(self._alarms[number], CLEAR)))
            del self._alarms[number]
            self._answers.pop(number, None)
        return out

    def _alert(self, a: Alarm, status: int) -> Any:
        m = self._message()
        alert = m.alert
        alert.alert_id = self.alert_id(a.number)
        alert.alert_type, alert.status, alert.priority = CRITICAL, status, HIGH
        over = status == CLEAR
        words = "all clear: no threat of this alarm remains" if over else a.what
        alert.description = printable(marked(self._mode, words))
        if not over:
            alert.additional_information = printable(marked(self._mode, f"{a.where}. {a.do}"))
        for label in a.labels:
            one = alert.associated_detection.add()
            one.node_id, one.object_id = self.node_id, self.object_id(label)
        return m

    def _tracks(self, output: Output) -> list[tuple[int, Any]]:
        p = output.picture
        if self.now_ns - output.t_ns > OLD_NS:
            return []
        return [(int(label), self._track(output, k)) for k, label in enumerate(p.tracks.label)]

    def _track(self, output: Output, k: int) -> Any:
        p, tracks = output.picture, output.tracks
        m = self._message()
        d = m.detection_report
        d.report_id, d.object_id = self._ulid("report"), self.object_id(int(tracks.label[k]))
        d.detection_confidence = min(max(float(tracks.existence[k]), 0.0), 1.0)
        self._place(d, *_carried(tracks.x[k], tracks.P[k], (self.now_ns - output.t_ns) / NS_PER_S))
        for cls, words in WORDS.items():
            share = float(p.posterior[k, cls])
            if share >= 0.01:  # what is less likely is not worth a word
                self._class(d, words, share)
        for node, (thing, t_ns) in sorted(self._from.get(int(tracks.label[k]), {}).items()):
            if self._t_ns - t_ns <= ASSOCIATED_NS:
                part = d.associated_detection.add()
                part.node_id, part.object_id, part.association_type = node, thing, CHILD
                part.timestamp.seconds, part.timestamp.nanos = divmod(t_ns, NS_PER_S)
        said = {"identity": Identity(int(p.identity[k])).name.lower(), "mark": NOTES[self._mode]}
        for kind, value in said.items():
            if value:
                one = d.object_info.add()
                one.type, one.value = kind, value
        if p.callsign[k]:
            mark = "" if self._mode is Mode.LIVE else f"{self._mode.upper()} "
            d.id = mark + printable(p.callsign[k], 60)
        return m

    def _class(self, d: Any, words: tuple[str, str], share: float) -> None:
        """A class under its kind, whose share is the sum of its classes."""
        top = next((c for c in d.classification if c.type == words[0]), None)
        if top is None:
            top = d.classification.add()
            top.type, top.confidence = words[0], 0.0
        top.confidence = min(top.confidence + share, 1.0)
        sub = top.sub_class.add()
        sub.type, sub.level, sub.confidence = words[1], 1, min(share, 1.0)

    def _place(self, d: Any, x: Any, P: Any) -> None:
        lat, lon, hae = (float(v) for v in wgs84_from_enu(self._frame, x[:3]))
        axes = enu_axes(lat, lon) @ self._frame.rot.T
        v, sd = axes @ x[3:], np.sqrt(np.diag(axes @ P[:3, :3] @ axes.T))
        v_sd = np.sqrt(np.diag(axes @ P[3:, 3:] @ axes.T))
        w = d.location
        w.coordinate_system, w.datum = DEGREES, WGS84_E
        w.x, w.y, w.z = lon / RAD_PER_DEG, lat / RAD_PER_DEG, hae
        metre = 1.0 / (A_M * RAD_PER_DEG)
        w.x_error, w.y_error = float(sd[0]) * metre / math.cos(lat), float(sd[1]) * metre
        w.z_error = float(sd[2])
        e = d.enu_velocity
        e.east_rate, e.north_rate, e.up_rate = (float(c) for c in v)
        e.east_rate_error, e.north_rate_error, e.up_rate_error = (float(c) for c in v_sd)
