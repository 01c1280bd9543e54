"""A fusion node's ear: what edge nodes register, report and detect becomes scans.

In: messages of connected edge nodes, each with the time of its reception.  Out: replies,
scans, and what is set aside with why.  Does not: open a socket, read a clock, send a task,
or let an effector register: there is nothing here that could command one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds.reports import NAN, Report, refused, reports_only, scan_of, wrong_range
from bartizan.feeds.sapient import ids, places, shim
from bartizan.feeds.sapient.classes import declared
from bartizan.feeds.sapient.rules import mistakes
from bartizan.frames import local_frame
from bartizan.sensing import identity_key
from bartizan.types import F64, Frame, Refused, Scan, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG, ns_from_s

EFFECTORS: Final = {
    13: "KINETIC", 14: "JAMMER", 15: "CYBER", 16: "LDEW", 17: "RFDEW",
}  # fmt: skip
UNIT_S: Final = {1: 1e-9, 2: 1e-6, 3: 1e-3, 4: 1.0, 5: 60.0, 6: 3600.0, 7: 86_400.0}
GOODBYE, BROKEN = 5, 3  # StatusReport.System
NO_TRACKING: Final = 1  # Registration.TrackingType: each detection has an object_id of its own
MOST_OBJECTS: Final = 100_000  # of one node, whose numbers are remembered: assumed
FAR_M: Final = 1e6  # of a location from the site: assumed
FAST_MPS: Final = 1e4  # assumed
LEAST_SD: Final = 1e-6  # metre, radian or m/s; the intake refuses a scan that has less
RATE: Final = "radial velocity"  # types of object_info that are understood
RCS: Final = "rcs"
ROTOR: Final = "rotor"


class SapientParams(NamedTuple):
    """Settings of the feed.

    nodes  (node's UUID, the site's sensor that it is)   node_id  our own UUID, "" made of the
    site's name   late_s, early_s  a message's time may lie this far before and after its
    reception   missed  status reports that may fail before a node counts as lost
    looks  a status report with a field of view says that the node has looked there at that
    time   hold_s  how long a scan waits for more detections of the same time
    """

    nodes: tuple[tuple[str, str], ...] = ()
    node_id: str = ""
    late_s: float = 0.9
    early_s: float = 0.1
    missed: int = 2
    looks: bool = False
    hold_s: float = 0.05


@dataclass
class Peer:
    """What is known of one connection (changed as its messages come)."""

    name: str
    node_id: str = ""
    row: int = -1
    interval_s: float = math.inf
    system: tuple[str, int] = ("", 0)
    numbered: bool = False
    heard_ns: int = -1
    gone: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    open_ns: int = -1
    opened_ns: int = -1
    look: F64 | None = None
    frame: Frame = Frame.SPHERICAL
    reports: list[Report] = field(default_factory=list)
    names: list[tuple[int, str]] = field(default_factory=list)


Out = tuple[list[Any], list[Scan | Refused]]


class FusionNode:
    """The one that edge nodes connect to."""

    def __init__(self, site: Site, params: SapientParams) -> None:
        """Raises SourceError when a node's sensor is not one of the site."""
        for node, sensor in params.nodes:
            if sensor not in site.sensor_names:
                raise SourceError(f"node {node}: sensor {sensor!r} is not declared at {site.name}")
        self._site, self._params = site, params
        self._rows = {node: site.sensor_names.index(sensor) for node, sensor in params.nodes}
        self._frame = local_frame(site.name, *site.origin)
        self.node_id = params.node_id or ids.uuid(f"fusion node of {site.name}")

    def receive(self, peer: Peer, raw: bytes, now_ns: int) -> Out:
        """One message's bytes: replies to it, scans that it closes, why it is set aside."""
        try:
            message = shim.from_bytes(raw)
        except shim.WrongMessageError as e:
            return self._wrong(peer, raw, str(e), now_ns)
        wrong = mistakes(message)
        if wrong:
            return self._wrong(peer, raw, "; ".join(wrong), now_ns)
        kind = str(message.WhichOneof("content"))
        if kind == "registration":
            return self._register(peer, message, raw, now_ns)
        if peer.row < 0:  # dropped without a word to the node, as the standard has it
            return [], [self._aside(peer, raw, f"{kind} before a registration", now_ns)]
        if message.node_id != peer.node_id:
            why = f"node_id {message.node_id} on the connection of {peer.node_id}"
            return self._wrong(peer, raw, why, now_ns)
        t_ns = _time(message.timestamp)
        why = self._untimely(t_ns, now_ns)
        if why:
            return [], [self._aside(peer, raw, why, now_ns)]
        peer.heard_ns = now_ns
        out = self.flush(peer, t_ns)
        if kind == "status_report":
            out += self._status(peer, message.status_report, t_ns, now_ns)
        elif kind == "detection_report":
            why = self._detect(peer, message.detection_report, t_ns, now_ns)
            if why:
                return self._wrong(peer, raw, why, now_ns, out)
        return [], out

    def flush(self, peer: Peer, t_ns: int = -1) -> list[Scan | Refused]:
        """The scan that is open, unless it is of the time t_ns [ns] itself."""
        if peer.open_ns < 0 or peer.open_ns == t_ns:
            return []
        look = peer.look
        if look is None:
            look = reports_only(self._site.sensors.look[peer.row])
        scan = scan_of(peer.open_ns, peer.row, peer.frame, look, peer.reports, peer.names)
        peer.open_ns, peer.look, peer.reports, peer.names = -1, None, [], []
        return [scan]

    def due(self, peer: Peer, now_ns: int) -> list[Scan | Refused]:
        """The open scan, once nothing more of its time is waited for."""
        waited = peer.open_ns >= 0 and now_ns - peer.opened_ns >= ns_from_s(self._params.hold_s)
        return self.flush(peer) if waited else []

    def silent(self, peer: Peer, now_ns: int) -> str:
        """Why a registered node counts as lost, "" while it does not."""
        if peer.gone or peer.row < 0:
            return peer.gone
        quiet_s = (now_ns - peer.heard_ns) / NS_PER_S
        if quiet_s > peer.interval_s * self._params.missed:
            return f"silent for {quiet_s:.1f} s, its status interval is {peer.interval_s:g} s"
        return ""

    def _register(self, peer: Peer, message: Any, raw: bytes, now_ns: int) -> Out:
        r = message.registration
        weapons = [EFFECTORS[d.node_type] for d in r.node_definition if d.node_type in EFFECTORS]
        why = ""
        if weapons:
            why = f"node type {weapons[0]}: effectors are not taken"
        elif message.node_id not in self._rows:
            why = f"node {message.node_id} is not declared at this site"
        ack = self._reply(message, now_ns)
        ack.registration_ack.acceptance = not why
        if why:
            ack.registration_ack.ack_response_reason.append(why)
            return [ack], [self._aside(peer, raw, f"registration refused: {why}", now_ns)]
        interval = r.status_definition.status_interval
        peer.node_id, peer.row = message.node_id, self._rows[message.node_id]
        peer.interval_s = max(interval.value * UNIT_S.get(interval.units, 1.0), 0.001)
        peer.system, peer.numbered = _declared_system(r)
        peer.heard_ns, peer.gone = now_ns, ""
        return [ack], []

    def _status(self, peer: Peer, s: Any, t_ns: int, now_ns: int) -> list[Scan | Refused]:
        if s.system == GOODBYE:
            peer.gone = "it said goodbye"
            return self.flush(peer)
        peer.gone = "it reports an error of its own" if s.system == BROKEN else ""
        if self._params.looks and s.field_of_view.WhichOneof("fov_oneof") == "range_bearing":
            peer.look = self._look(peer.row, s.field_of_view.range_bearing)
            if peer.open_ns < 0:
                peer.open_ns, peer.opened_ns = t_ns, now_ns
        return []

    def _look(self, row: int, cone: Any) -> F64:
        """Where it looked: a cone about a direction, within the sensor's own reach."""
        own = self._site.sensors.look[row]
        angle = places.ANGLE[cone.coordinate_system]
        width = min(cone.horizontal_extent * RAD_PER_DEG, 2.0 * math.pi)
        high = cone.vertical_extent * RAD_PER_DEG
        start = (cone.azimuth * angle - width / 2.0) % (2.0 * math.pi)
        if width > 2.0 * math.pi - 1e-9:
            start, width = float(own[2]), 2.0 * math.pi
        middle = cone.elevation * angle
        far = cone.range * places.METRES[cone.coordinate_system] or float(own[1])
        low, top = (middle - high / 2.0, middle + high / 2.0) if high else (own[4], own[5])
        return np.array([own[0], max(far, own[0]), start, max(width, 0.0), low, top])

    def _detect(self, peer: Peer, d: Any, t_ns: int, now_ns: int) -> str:
        """Adds a detection to the open scan; why it cannot be, "" when it is in."""
        own = self._site.sensors.sd[peer.row]
        kind = str(d.WhichOneof("location_oneof"))
        place = getattr(d, kind)
        if peer.system != (kind, place.coordinate_system):
            return f"{kind} in system {place.coordinate_system}: another one is registered"
        frame = Frame.CARTESIAN if kind == "location" else Frame.SPHERICAL
        if peer.reports and peer.frame != frame:
            return "bearings and locations under one time"
        extra = {i.type.lower(): i for i in (*d.object_info, *d.track_info)}
        try:
            if frame == Frame.CARTESIAN:
                z, sd = places.placed(place, self._frame, self._site.geoid_m, own)
                v, v_sd = [NAN] * 3, [NAN] * 3
                if d.HasField("enu_velocity"):
                    v, v_sd = places.velocity(d.enu_velocity, place, self._frame, own)
                z, sd = z + v, sd + v_sd
            else:
                z, sd = places.bearing(place, own)
                rate, rate_sd = _number(extra.get(RATE)), _error(extra.get(RATE), own[3])
                z, sd = [*z, rate, NAN, NAN], [*sd, rate_sd, NAN, NAN]
        except places.WrongPlaceError as e:
            return str(e)
        both = [(a, b) if math.isfinite(a) and b > 0.0 else (NAN, NAN)
                for a, b in zip(z, sd, strict=True)]  # fmt: skip
        if not any(math.isfinite(a) for a, _ in both):
            return f"{kind}: nothing in it has an error, stated or the sensor's own"
        if why := _absurd(both, frame, self._site.sensors.look[peer.row]):
            return f"{kind}: {why}"
        if peer.open_ns < 0:
            peer.open_ns, peer.opened_ns = t_ns, now_ns
        peer.frame = frame
        peer.reports.append(self._report(peer, d, t_ns, both, extra))
        return ""

    def _report(
        self, peer: Peer, d: Any, t_ns: int, both: list[tuple[float, float]], extra: dict[str, Any]
    ) -> Report:
        cls, confidence = declared(d.classification)
        key = identity_key(d.id) if d.id else 0
        if key and d.id.isprintable():
            peer.names.append((key, d.id[:80]))
        number = -1
        if peer.numbered:
            if len(peer.numbers) >= MOST_OBJECTS:
                peer.numbers.clear()
            number = peer.numbers.setdefault(d.object_id, len(peer.numbers))
        a, b = both, [s for _, s in both]
        return Report(
            t_ns, (a[0][0], a[1][0], a[2][0], a[3][0], a[4][0], a[5][0]),
            (b[0], b[1], b[2], b[3], b[4], b[5]), rcs_dbsm=_number(extra.get(RCS)),
            declared=cls, confidence=confidence, identity=key, number=number,
            rotor=_flag(extra.get(ROTOR)), object=f"{peer.node_id}/{d.object_id}",
        )  # fmt: skip

    def _untimely(self, t_ns: int, now_ns: int) -> str:
        if not 0 <= t_ns < 2**63:
            return f"its time, {t_ns} ns after 1970, is none that can be: expected one before 2262"
        ahead_s = (t_ns - now_ns) / NS_PER_S
        if -self._params.late_s <= ahead_s <= self._params.early_s:
            return ""
        window = f"-{self._params.late_s:g} to +{self._params.early_s:g} s"
        return f"its time is {ahead_s:+.3f} s from ours: expected {window}"

    def _wrong(
        self, peer: Peer, raw: bytes, why: str, now_ns: int, out: list[Scan | Refused] | None = None
    ) -> Out:
        """Set aside, and told to the node once it is registered."""
        aside = [*(out or []), self._aside(peer, raw, why, now_ns)]
        if peer.row < 0:
            return [], aside
        reply = self._reply(None, now_ns)
        reply.destination_id = peer.node_id
        reply.error.packet = raw[:4096]
        reply.error.error_message.append(why[:400])
        return [reply], aside

    def _reply(self, message: Any, now_ns: int) -> Any:
        reply = shim.new()
        reply.timestamp.seconds, reply.timestamp.nanos = divmod(now_ns, NS_PER_S)
        reply.node_id = self.node_id
        if message is not None:
            reply.destination_id = message.node_id
        return reply

    def _aside(self, peer: Peer, raw: bytes, why: str, now_ns: int) -> Refused:
        return refused(now_ns, "sapient", peer.node_id or peer.name, why, raw)


def _absurd(both: list[tuple[float, float]], frame: Frame, look: F64) -> str:
    """Why a detection cannot be, "" when it can: it must not cost the others of its scan."""
    z = [a for a, _ in both]
    spherical = frame == Frame.SPHERICAL
    if spherical and math.isfinite(z[0]) and (why := wrong_range(z[0], look)):
        return why
    if not spherical and any(abs(v) > FAR_M for v in z[:3]):
        return f"more than {FAR_M / 1000.0:g} km from the site"
    if any(abs(v) > FAST_MPS for v in z[3:]):
        return f"faster than {FAST_MPS:g} m/s"
    if any(b < LEAST_SD for _, b in both):
        return "an error smaller than any sensor's"
    return ""


def _time(t: Any) -> int:
    return int(t.seconds) * NS_PER_S + int(t.nanos)


def _declared_system(r: Any) -> tuple[tuple[str, int], bool]:
    """In which coordinates it registers to report, and whether its object_ids last."""
    mode = next((m for m in r.mode_definition if m.detection_definition), r.mode_definition[0])
    numbered = mode.tracking_type > NO_TRACKING
    for d in mode.detection_definition:
        if d.location_type.WhichOneof("coordinates_oneof") == "range_bearing_units":
            return ("range_bearing", d.location_type.range_bearing_units), numbered
        return ("location", d.location_type.location_units), numbered
    return ("", 0), numbered


def _number(info: Any) -> float:
    try:
        value = float(info.value) if info is not None else NAN
    except ValueError:
        return NAN
    return value if math.isfinite(value) else NAN


def _error(info: Any, own: float) -> float:
    return float(info.error) if info is not None and info.error > 0.0 else float(own)


def _flag(info: Any) -> int:
    return {"1": 1, "0": 0}.get(info.value, -1) if info is not None else -1
