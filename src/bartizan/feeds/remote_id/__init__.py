"""Remote ID (ASTM F3411, EN 4709-002): what drones broadcast of themselves.

In: a capture of Wi-Fi or Bluetooth, or payloads one by one.  Out: one scan a new position,
with who says so.  Does not: believe a position; the picture does that against independent
sensors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds.captures import Broken, is_capture, packets
from bartizan.feeds.order import late_s, order
from bartizan.feeds.remote_id.air import Heard, heard
from bartizan.feeds.remote_id.messages import (
    BasicId,
    DamagedError,
    Location,
    Message,
    System,
    Text,
    count,
    decode,
    name_of,
)
from bartizan.feeds.reports import NAN, Report, enu_of, refused, reports_only, scan_of
from bartizan.frames import local_frame
from bartizan.pilot import Pilot
from bartizan.sensing import identity_key
from bartizan.types import Frame, ObjectClass, Refused, Scan, Site
from bartizan.units import NS_PER_S

__all__ = ["Joiner", "RemoteIdParams", "decoded", "feed", "framed"]

HOUR_NS: Final = 3600 * NS_PER_S
CLOCK_NS: Final = 10 * NS_PER_S  # a drone's clock further off than this is not used: assumed
MOST_SENDERS: Final = (
    10_000  # remembered at one time; who makes addresses up fills no memory: assumed
)
FORGET_NS: Final = 60 * NS_PER_S  # an identity that was last said longer ago: assumed
P95_2D, P95 = 2.448, 1.960  # of a 95 % bound, in sigma: Rayleigh and normal
CLASSES: Final = {1: ObjectClass.FIXED_WING, 2: ObjectClass.MULTIROTOR}
SURE: Final = 0.5  # of what a drone says that it is: assumed; it may say anything


class RemoteIdParams(NamedTuple):
    """Settings of the feed.

    sensor  the site's sensor that received   hold_s  how long a scan waits for older ones
    height_sd_m  where only the barometric height and the geoid are known: assumed
    """

    sensor: str = "remote-id"
    hold_s: float = 2.0
    height_sd_m: float = 150.0


def feed(path: Path, site: Site, params: RemoteIdParams) -> Iterator[Scan | Refused]:
    """Scans of one capture in order of time, and every payload that was set aside.

    Raises SourceError when the file cannot be read, or holds no Remote ID at all.
    """
    joiner = Joiner(site, params)
    return order(_scans(path, joiner), params.hold_s, late_s(site))


def _scans(path: Path, joiner: Joiner) -> Iterator[Scan | Refused]:
    for item in payloads(path):
        if isinstance(item, Refused):
            yield item
        else:
            t_ns, where, said = item
            yield from joiner.hear(said, t_ns, f"{path.name}: {where}")


def payloads(path: Path) -> Iterator[tuple[int, str, Heard] | Refused]:
    """(time of reception [ns], place in the file, payload) of every Remote ID frame.

    Raises SourceError when the file cannot be read, is no capture, or has none in it.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    if not is_capture(data):
        raise SourceError(f"{path}: not a pcap or pcapng file")
    some = False
    for p in packets(data):
        if isinstance(p, Broken):
            yield refused(0, "remote_id", f"{path.name}: {p.where}", p.why, p.raw)
            continue
        said = heard(p.data, p.link)
        if said is not None:
            some = True
            yield p.received_ns, p.where, said
    if not some:
        raise SourceError(f"{path}: no Remote ID in it (Wi-Fi or Bluetooth frames expected)")


def decoded(said: Heard) -> tuple[Message, ...]:
    """The messages of a payload.  Raises DamagedError when it is not whole."""
    if said.whole is False:
        raise DamagedError("damaged on the air: the receiver's checksum did not hold")
    return decode(said.payload)


def framed(path: Path) -> Iterator[str | Refused]:
    """The type of each message of a capture; damaged packs set aside whole."""
    for item in payloads(path):
        if isinstance(item, Refused):
            yield item
            continue
        t_ns, where, said = item
        try:
            yield from (name_of(m) for m in decoded(said))
        except DamagedError as e:
            n = _counted(said.payload)
            why = f"a pack of {n} messages: {e}" if n else str(e)
            yield refused(t_ns, "remote_id", f"{path.name}: {where}", why, said.payload)


def _counted(payload: bytes) -> int:
    try:
        return count(payload)
    except DamagedError:
        return 0


class _Drone(NamedTuple):
    """What a sender last said beside its position, with when."""

    number: int
    ident: str = ""
    craft: int = 0
    said_ns: int = -FORGET_NS
    operator: str = ""
    last: Location | None = None
    pilot: System | None = None
    pilot_ns: int = 0


class Joiner:
    """Identity and position of each sender brought together (they come in different
    messages, often in different frames)."""

    def __init__(self, site: Site, params: RemoteIdParams) -> None:
        if params.sensor not in site.sensor_names:
            raise SourceError(f"sensor {params.sensor!r} is not declared at {site.name}")
        self._site, self._params = site, params
        self._row = site.sensor_names.index(params.sensor)
        self._frame = local_frame(site.name, *site.origin)
        self._drones: dict[str, _Drone] = {}  # the one heard longest ago first
        self._count = 0

    def hear(self, said: Heard, t_ns: int, where: str) -> list[Scan | Refused]:
        """One payload, received at t_ns; its scans, or why it is set aside."""
        try:
            messages = decoded(said)
        except DamagedError as e:
            return [refused(t_ns, "remote_id", where, str(e), said.payload)]
        drone = self._drones.pop(said.sender, None)
        if drone is None:
            drone = _Drone(self._count)
            self._count += 1
            if len(self._drones) >= MOST_SENDERS:
                del self._drones[next(iter(self._drones))]
        out: list[Scan | Refused] = []
        for m in sorted(messages, key=lambda m: isinstance(m, Location)):
            if isinstance(m, BasicId) and m.ident and m.kind:
                text = m.ident.decode("ascii") if m.kind < 3 else m.ident.hex()
                drone = drone._replace(ident=text, craft=m.craft, said_ns=t_ns)
            elif isinstance(m, Text) and m.type == "operator_id":
                drone = drone._replace(operator=m.text.decode("ascii"))
            elif isinstance(m, System):
                known = math.isfinite(m.lat_rad)
                drone = drone._replace(pilot=m if known else None, pilot_ns=t_ns)
            elif isinstance(m, Location):
                why = self._unfit(m, drone)
                if why:
                    out.append(refused(t_ns, "remote_id", where, why, said.payload))
                else:
                    out.append(self._scan(m, drone, t_ns))
                drone = drone._replace(last=m)
        self._drones[said.sender] = drone
        return out

    def _unfit(self, m: Location, drone: _Drone) -> str:
        if not m.known:
            return "it does not say where it is (latitude and longitude 0)"
        return "repeated: the position has not been renewed" if m == drone.last else ""

    def _scan(self, m: Location, drone: _Drone, received_ns: int) -> Scan:
        t_ns = _when(m, received_ns)
        height, height_sd = self._height(m)
        known = math.isfinite(height)
        p = enu_of(self._frame, m.lat_rad, m.lon_rad, height if known else self._site.origin[2])
        v = self._velocity(m)
        sd = [float(s) for s in self._site.sensors.sd[self._row]]
        flat = m.horizontal_m / P95_2D if math.isfinite(m.horizontal_m) else sd[0]
        v_sd = m.speed_sd_mps / P95 if math.isfinite(m.speed_sd_mps) else sd[3]
        z = (float(p[0]), float(p[1]), float(p[2]) if known else NAN, *v)
        a, b, c = (v_sd if math.isfinite(one) else NAN for one in v)
        s = (flat, flat, height_sd if known else NAN, a, b, c)
        fresh = received_ns - drone.said_ns <= FORGET_NS and bool(drone.ident)
        key = identity_key(drone.ident) if fresh else 0
        declared = CLASSES.get(drone.craft, ObjectClass.UNKNOWN) if fresh else ObjectClass.UNKNOWN
        report = Report(
            t_ns, z, s, declared=int(declared), confidence=SURE if declared else 0.0,
            identity=key, number=drone.number,
        )  # fmt: skip
        text = f"{drone.ident} (operator {drone.operator})" if drone.operator else drone.ident
        look = reports_only(self._site.sensors.look[self._row])
        names = [(key, text)] if key else []
        pilots = _pilot(drone, key, received_ns)
        return scan_of(t_ns, self._row, Frame.CARTESIAN, look, [report], names, pilots)

    def _height(self, m: Location) -> tuple[float, float]:
        """Ellipsoid height [m] and its sigma."""
        if math.isfinite(m.hae_m):
            own = float(self._site.sensors.sd[self._row, 2])
            return m.hae_m, m.vertical_m / P95 if math.isfinite(m.vertical_m) else own
        return m.pressure_m + self._site.geoid_m, self._params.height_sd_m

    def _velocity(self, m: Location) -> tuple[float, float, float]:
        """East, north, up [m/s] in the site's axes."""
        if not (math.isfinite(m.speed_mps) and math.isfinite(m.course_rad)):
            return NAN, NAN, NAN
        up = m.climb_mps if math.isfinite(m.climb_mps) else 0.0
        e, n = m.speed_mps * math.sin(m.course_rad), m.speed_mps * math.cos(m.course_rad)
        there = local_frame("", m.lat_rad, m.lon_rad, 0.0)
        v = self._frame.rot @ (there.rot.T @ np.array([e, n, up]))
        climbing = math.isfinite(m.climb_mps)
        return float(v[0]), float(v[1]), float(v[2]) if climbing else NAN


def _pilot(drone: _Drone, key: int, t_ns: int) -> tuple[Pilot, ...]:
    """Where the operator of an identified drone says to be, while that is not old."""
    p = drone.pilot
    if p is None or not key or t_ns - drone.pilot_ns > FORGET_NS:
        return ()
    return (Pilot(drone.pilot_ns, key, p.lat_rad, p.lon_rad, p.hae_m),)


def _when(m: Location, received_ns: int) -> int:
    """The time of a position: tenths after the hour that is nearest to its reception, where
    the drone's clock can be right; else the time of reception."""
    if m.tenths < 0:
        return received_ns
    t_ns = received_ns // HOUR_NS * HOUR_NS + m.tenths * (NS_PER_S // 10)
    t_ns += round((received_ns - t_ns) / HOUR_NS) * HOUR_NS
    return t_ns if -CLOCK_NS <= t_ns - received_ns <= NS_PER_S else received_ns
