"""MAVLink: Remote ID (OPEN_DRONE_ID_*) and traffic (ADSB_VEHICLE) as receivers hand them on.

In: a datagram, or a file of frames (a `.tlog` with times, or frames alone).  Out: Remote ID
payloads, ADS-B reports, and what is set aside.  Does not: say anything over MAVLink; commands
and all other messages are counted and left alone.

Frames are parsed by `pymavlink` (LGPL; the extra `mavlink`).  A position means the same as in
the broadcast message that it was made of, which is what it is turned back into.

Ref: MAVLink common message set, 246 ADSB_VEHICLE, 12900 to 12915 OPEN_DRONE_ID_*.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from bartizan.errors import InputError, SourceError
from bartizan.feeds.remote_id.air import Heard
from bartizan.feeds.remote_id.messages import (
    HORIZONTAL_M,
    PACK,
    SIZE,
    SPEED_MPS,
    VERTICAL_M,
    Authentication,
    BasicId,
    DamagedError,
    Location,
    Message,
    System,
    Text,
    decode,
    encode,
    name_of,
)
from bartizan.feeds.reports import refused
from bartizan.types import Refused
from bartizan.units import RAD_PER_DEG

NAN: Final = math.nan
VERSION: Final = 2
MAGIC: Final = (0xFD, 0xFE)
PLACE, HEIGHT, HEADING, VELOCITY, CALLSIGN, SIMULATED, CLIMB = 1, 2, 4, 8, 16, 64, 128  # flags
TICK_NS: Final = 1000  # of a tlog's times: microseconds of UTC
TRAFFIC: Final = "ADSB_VEHICLE"
ODID: Final = "OPEN_DRONE_ID_"


class Traffic(NamedTuple):
    """One ADSB_VEHICLE: as `adsb.wire.Reported`, in SI; simulated: it says so."""

    icao: str
    lat_deg: float
    lon_deg: float
    height_m: float
    barometric: bool
    velocity: tuple[float, float, float]
    callsign: str
    age_s: float
    simulated: bool


class Other(NamedTuple):
    """A message that is no business of ours: its type."""

    name: str


class Wrong(NamedTuple):
    """Bytes that are no frame, or a message that is out of range, and why."""

    why: str
    raw: bytes


Item = Heard | Traffic | Other | Wrong


def dialect() -> Any:
    """The message set.  Raises InputError without the extra `mavlink`."""
    try:
        from pymavlink.dialects.v20 import common
    except ImportError as e:
        raise InputError("MAVLink needs the package pymavlink: bartizan[mavlink]") from e
    return common


def said_in(data: bytes, sender: str) -> Iterator[Item]:
    """All that a datagram says.  sender: who sent it, where a message does not say."""
    return (_item(m, sender) for m in _frames(data))


def _frames(data: bytes) -> Iterator[Any]:
    """Messages of pymavlink, its bad data among them; a frame that is cut short too."""
    common = dialect()
    parser = common.MAVLink(None)
    parser.robust_parsing = True
    try:
        found = parser.parse_buffer(data) or []
    except (common.MAVError, struct.error, ValueError, IndexError, TypeError) as e:
        yield Wrong(f"no MAVLink frame: {e}", data)
        return
    yield from found
    left = bytes(parser.buf[parser.buf_index :])
    if left:
        yield Wrong("a MAVLink frame that is cut short", left)


def _item(m: Any, sender: str) -> Item:
    if isinstance(m, Wrong):
        return m
    name = m.get_type()
    if name == "BAD_DATA":
        return Wrong(f"no MAVLink frame: {m.reason}", bytes(m.data))
    try:
        if name == TRAFFIC:
            return _traffic(m)
        if name.startswith(ODID):
            return _drone(m, name.removeprefix(ODID).lower(), sender)
    except (DamagedError, struct.error, OverflowError) as e:
        return Wrong(f"{name}: {e}", bytes(m.get_msgbuf()))
    return Other(name)


def _traffic(m: Any) -> Traffic:
    """Height of type 0 is of the standard pressure; type 1 above mean sea level: assumed, the
    standard says "ASL"."""
    f = m.flags
    if not f & PLACE:
        raise DamagedError("its position is not valid")
    lat, lon = m.lat * 1e-7, m.lon * 1e-7
    if abs(lat) > 90.0 or abs(lon) > 180.0:
        raise DamagedError(f"latitude {lat:.1f} deg, longitude {lon:.1f} deg")
    v, a = m.hor_velocity / 100.0, m.heading / 100.0 * RAD_PER_DEG
    moving = f & HEADING and f & VELOCITY
    up = m.ver_velocity / 100.0 if f & CLIMB else NAN
    velocity = (v * math.sin(a), v * math.cos(a), up) if moving else (NAN, NAN, NAN)
    return Traffic(
        f"{m.ICAO_address & 0xFFFFFF:06X}" if m.ICAO_address else "", lat, lon,
        m.altitude / 1000.0 if f & HEIGHT else NAN, m.altitude_type == 0, velocity,
        _printable(m.callsign) if f & CALLSIGN else "", float(m.tslc), bool(f & SIMULATED),
    )  # fmt: skip


def _printable(text: Any) -> str:
    raw = text if isinstance(text, str) else bytes(text).decode("ascii", "replace")
    return "".join(c for c in raw.split("\0")[0] if c.isprintable()).strip()


def _drone(m: Any, kind: str, sender: str) -> Item:
    """A Remote ID message as the 25 bytes, or the pack, that it stands for."""
    known = bytes(m.id_or_mac) if hasattr(m, "id_or_mac") else b""
    who = known.rstrip(b"\0").hex() or f"{sender} {m.get_srcSystem()}/{m.get_srcComponent()}"
    if kind == "message_pack":
        n = m.msg_pack_size
        if m.single_message_size != SIZE or not 0 < n <= 9:
            raise DamagedError(f"a pack of {n} messages of {m.single_message_size} bytes")
        body = bytes([PACK << 4 | VERSION, SIZE, n]) + bytes(m.messages)[: SIZE * n]
        return Heard(who, 0, body, None)
    read = READERS.get(kind)
    if read is None:
        return Other(ODID + kind.upper())
    raw = encode(read(m))
    decode(raw)  # its ranges are those of the broadcast
    return Heard(who, 0, raw, None)


def _basic_id(m: Any) -> Message:
    ident = bytes(m.uas_id)[:20].rstrip(b"\0")
    return BasicId(VERSION, _upto(m.id_type, 15, "ID type"), _upto(m.ua_type, 15, "type"), ident)


def _location(m: Any) -> Message:
    lat, lon = _place(m.latitude, m.longitude)
    stamp = m.timestamp
    known = math.isfinite(stamp) and 0.0 <= stamp <= 3600.0
    if not known and stamp != 0xFFFF:
        raise DamagedError(f"time {stamp:g} s: expected 0 to 3600 after the hour")
    return Location(
        VERSION, _upto(m.status, 15, "status"), m.height_reference == 1,
        _of(m.direction / 100.0, 0.0, 360.0, "direction", 361.0) * RAD_PER_DEG,
        _of(m.speed_horizontal / 100.0, 0.0, 254.25, "speed", 255.0),
        _of(m.speed_vertical / 100.0, -62.0, 62.0, "climb", 63.0), lat, lon,
        _height(m.altitude_barometric), _height(m.altitude_geodetic), _height(m.height),
        _rank(HORIZONTAL_M, m.horizontal_accuracy), _rank(VERTICAL_M, m.vertical_accuracy),
        _rank(VERTICAL_M, m.barometer_accuracy), _rank(SPEED_MPS, m.speed_accuracy),
        round(stamp * 10.0) if known else -1, _upto(m.timestamp_accuracy, 15, "time accuracy") * 0.1,
    )  # fmt: skip


def _system(m: Any) -> Message:
    lat, lon = _place(m.operator_latitude, m.operator_longitude)
    kinds = _upto(m.category_eu, 15, "category") << 4 | _upto(m.class_eu, 15, "class")
    return System(
        VERSION, _upto(m.classification_type, 7, "classification"),
        _upto(m.operator_location_type, 2, "kind of pilot's place"), lat, lon,
        _height(m.operator_altitude_geo), m.area_count, _upto(m.area_radius, 2550, "radius"),
        _height(m.area_ceiling), _height(m.area_floor), kinds, m.timestamp,
    )  # fmt: skip


def _self_id(m: Any) -> Message:
    return Text(VERSION, "self_id", m.description_type, _ascii(m.description)[:23])


def _operator_id(m: Any) -> Message:
    return Text(VERSION, "operator_id", m.operator_id_type, _ascii(m.operator_id)[:20])


def _authentication(m: Any) -> Message:
    data = bytes(m.authentication_data)[:23]
    if m.data_page == 0:
        head = struct.pack("<BBI", m.last_page_index, m.length, m.timestamp)
        data = head + data[:17]
    kind = _upto(m.authentication_type, 15, "authentication type")
    return Authentication(VERSION, kind, _upto(m.data_page, 15, "page"), data)


READERS: Final = {
    "basic_id": _basic_id, "location": _location, "system": _system, "self_id": _self_id,
    "operator_id": _operator_id, "authentication": _authentication,
}  # fmt: skip


def _ascii(text: Any) -> bytes:
    raw = text.encode("ascii", "replace") if isinstance(text, str) else bytes(text)
    return raw.split(b"\0")[0]


def _place(lat: int, lon: int) -> tuple[float, float]:
    if abs(lat) > 900_000_000 or abs(lon) > 1_800_000_000:
        raise DamagedError(f"latitude {lat * 1e-7:.1f} deg, longitude {lon * 1e-7:.1f} deg")
    if lat == 0 and lon == 0:
        return NAN, NAN
    return lat * 1e-7 * RAD_PER_DEG, lon * 1e-7 * RAD_PER_DEG


def _of(value: float, low: float, high: float, what: str, none: float) -> float:
    if value == none:
        return NAN
    if not low <= value <= high:
        raise DamagedError(f"{what} {value:g}: expected {low:g} to {high:g}")
    return value


def _height(value: float) -> float:
    return _of(value, -1000.0, 31_767.5, "height", -1000.0)


def _rank(table: tuple[float, ...], k: int) -> float:
    return table[_upto(k, len(table) - 1, "accuracy")]


def _upto(value: int, most: int, what: str) -> int:
    if value > most:
        raise DamagedError(f"{what} {value}: expected 0 to {most}")
    return value


def listed(path: Path, options: Mapping[str, str]) -> Iterator[str | Refused]:
    """The type of each message of a file of frames; wrong ones set aside."""
    for t_ns, where, item in recorded(path):
        if isinstance(item, Wrong):
            yield refused(t_ns, "mavlink", f"{path.name}: {where}", item.why, item.raw)
        elif isinstance(item, Heard):
            yield from (ODID.lower() + name_of(m) for m in decode(item.payload))
        else:
            yield TRAFFIC.lower() if isinstance(item, Traffic) else f"other: {item.name.lower()}"


def recorded(path: Path) -> Iterator[tuple[int, str, Item]]:
    """(time of reception [ns], 0 unknown; place in the file; item) of a file.

    A `.tlog` has 8 bytes of UTC microseconds before each frame.  Raises SourceError when the
    file cannot be read or is none.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    timed = len(data) > 8 and data[8] in MAGIC and data[0] not in MAGIC
    if not timed and data[:1] not in (b"\xfd", b"\xfe"):
        raise SourceError(f"{path}: no MAVLink frame at its beginning (0xFD or 0xFE expected)")
    at, head = 0, 8 if timed else 0
    while at < len(data):
        size = _size(data, at + head)
        t_ns = int.from_bytes(data[at : at + 8], "big") * TICK_NS if timed else 0
        if not size or at + head + size > len(data):
            yield t_ns, f"byte {at}", Wrong("no whole MAVLink frame here", data[at : at + 64])
            return
        for item in said_in(data[at + head : at + head + size], path.name):
            if isinstance(item, Heard):
                try:
                    decode(item.payload)
                except DamagedError as e:
                    item = Wrong(str(e), item.payload)
            yield t_ns, f"byte {at}", item
        at += head + size


def _size(data: bytes, at: int) -> int:
    """Bytes of the frame that begins here, 0 where none does."""
    if at + 3 > len(data) or data[at] not in MAGIC:
        return 0
    if data[at] == MAGIC[1]:
        return data[at + 1] + 8
    return data[at + 1] + 12 + (13 if data[at + 2] & 1 else 0)
