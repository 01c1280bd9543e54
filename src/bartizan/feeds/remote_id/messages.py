"""Remote ID messages: 25 bytes each, or several in a pack.

In: the bytes that a drone broadcasts.  Out: plain values in SI and radians (NaN where the
drone does not say), and the same bytes again.  Does not: know how they came, or when.

Ref: ASTM F3411-22a tables 3 to 11 (F3411-19 differs in nothing that is read here) and
ASD-STAN EN 4709-002, which takes over the same messages.
"""

from __future__ import annotations

import math
import struct
from typing import Final, NamedTuple

from bartizan.errors import SourceError
from bartizan.units import RAD_PER_DEG

SIZE: Final = 25
MOST: Final = 9  # messages of a pack
RESERVED: Final = 3  # bytes at the end of an ID's message, which some senders leave out
VERSIONS: Final = (0, 1, 2)  # F3411-19, F3411-20 (prEN 4709-002), F3411-22a
NAN: Final = math.nan
TYPES: Final = ("basic_id", "location", "authentication", "self_id", "system", "operator_id")
PACK: Final = 15
HORIZONTAL_M: Final = (
    NAN, 18_520.0, 7_408.0, 3_704.0, 1_852.0, 926.0, 555.6, 185.2, 92.6, 30.0, 10.0, 3.0, 1.0,
)  # fmt: skip
VERTICAL_M: Final = (NAN, 150.0, 45.0, 25.0, 10.0, 3.0, 1.0)
SPEED_MPS: Final = (NAN, 10.0, 3.0, 1.0, 0.3)
STATUS: Final = 4  # highest defined: undeclared, ground, airborne, emergency, system failure
HOUR: Final = 36_000  # tenths of a second
NO_TIME: Final = 0xFFFF
CLIMB: Final = 124  # half metres a second, up or down
NO_CLIMB: Final = 126


class DamagedError(SourceError):
    """Bytes that no Remote ID message can be."""


class BasicId(NamedTuple):
    """Who it is.  kind: 1 serial number, 2 registration, 3 UTM, 4 session; craft: its type
    (1 aeroplane, 2 helicopter or multirotor, ...)."""

    version: int
    kind: int
    craft: int
    ident: bytes


class Location(NamedTuple):
    """Where it is: latitude, longitude [rad], heights [m] (pressure, above the ellipsoid,
    above take-off or ground), course [rad], speed and climb [m/s]; 95 % bounds; tenths of a
    second after the hour, -1 unknown.  known: the place is (0, 0 is "unknown")."""

    version: int
    status: int
    above_ground: bool
    course_rad: float
    speed_mps: float
    climb_mps: float
    lat_rad: float
    lon_rad: float
    pressure_m: float
    hae_m: float
    height_m: float
    horizontal_m: float
    vertical_m: float
    pressure_sd_m: float
    speed_sd_mps: float
    tenths: int
    time_sd_s: float

    @property
    def known(self) -> bool:
        """Whether it says where it is."""
        return math.isfinite(self.lat_rad)


class System(NamedTuple):
    """Where its pilot is (or it took off), and what it belongs to."""

    version: int
    classes: int
    place: int
    lat_rad: float
    lon_rad: float
    hae_m: float
    craft: int
    radius_m: int
    ceiling_m: float
    floor_m: float
    category: int
    stamp: int


class Text(NamedTuple):
    """A self-description (type self_id) or the operator's registration (operator_id)."""

    version: int
    type: str
    kind: int
    text: bytes


class Authentication(NamedTuple):
    """One page of a signature; kept, not verified."""

    version: int
    kind: int
    page: int
    data: bytes


Message = BasicId | Location | System | Text | Authentication


def name_of(message: Message) -> str:
    """The type of a message, one of TYPES."""
    if isinstance(message, Text):
        return message.type
    return TYPES[{BasicId: 0, Location: 1, Authentication: 2, System: 4}[type(message)]]


def count(payload: bytes) -> int:
    """How many messages a payload holds by its own framing: sizes and types, no ranges.

    Raises DamagedError when it is no message and no pack.
    """
    return len(_framed(payload))


def decode(payload: bytes) -> tuple[Message, ...]:
    """The messages of a payload: one message or a pack.

    Raises DamagedError when anything in it is out of range: a bit that flipped in one
    message says that the others of the same pack are not to be believed either.
    """
    return tuple(_message(m) for m in _framed(payload))


def _framed(payload: bytes) -> list[bytes]:
    if not payload:
        raise DamagedError("an empty payload")
    if payload[0] >> 4 != PACK:
        if len(payload) < SIZE:
            raise DamagedError(f"{len(payload)} bytes: expected {SIZE}")
        parts = [payload[:SIZE]]
    else:
        if len(payload) < 3 or payload[1] != SIZE:
            raise DamagedError("a pack of messages that are not of 25 bytes")
        n = payload[2]
        if n and 0 < 3 + SIZE * n - len(payload) <= RESERVED:
            last = payload[3 + SIZE * (n - 1)] >> 4
            payload += bytes(3 + SIZE * n - len(payload)) if last in (0, 5) else b""
        if n > MOST or len(payload) < 3 + SIZE * n:
            raise DamagedError(f"a pack of {n} messages in {len(payload)} bytes")
        parts = [payload[3 + SIZE * k : 3 + SIZE * (k + 1)] for k in range(n)]
    for p in parts:
        if p[0] >> 4 >= len(TYPES):
            raise DamagedError(f"message type {p[0] >> 4}")
    return parts


def _message(m: bytes) -> Message:
    kind, version = m[0] >> 4, m[0] & 15
    if version not in VERSIONS:
        raise DamagedError(f"version {version} of {TYPES[kind]}")
    if kind == 0:
        return BasicId(version, _upto(m[1] >> 4, 4, "ID type"), m[1] & 15, _id(m))
    if kind == 1:
        return _location(m, version)
    if kind == 2:
        return Authentication(version, m[1] >> 4, m[1] & 15, m[2:])
    if kind == 4:
        return _system(m, version)
    text = _printable(m[2:] if kind == 3 else m[2:22])
    return Text(version, TYPES[kind], m[1], text)


def _id(m: bytes) -> bytes:
    ident = m[2:22]
    return ident if m[1] >> 4 >= 3 else _printable(ident)


def _printable(raw: bytes) -> bytes:
    text = raw.rstrip(b"\0")
    if any(not 32 <= b < 127 for b in text):
        raise DamagedError("a text that is not printable")
    return text


def _upto(value: int, most: int, what: str) -> int:
    if value > most:
        raise DamagedError(f"{what} {value}: expected 0 to {most}")
    return value


def _place(m: bytes, at: int) -> tuple[float, float]:
    lat, lon = struct.unpack_from("<ii", m, at)
    if abs(lat) > 900_000_000 or abs(lon) > 1_800_000_000:
        raise DamagedError(f"latitude {lat * 1e-7:.1f} deg, longitude {lon * 1e-7:.1f} deg")
    if lat == 0 and lon == 0:
        return NAN, NAN
    return lat * 1e-7 * RAD_PER_DEG, lon * 1e-7 * RAD_PER_DEG


def _height(m: bytes, at: int) -> float:
    raw: int = struct.unpack_from("<H", m, at)[0]
    return raw * 0.5 - 1000.0 if raw else NAN


def _of(table: tuple[float, ...], k: int, what: str) -> float:
    return table[_upto(k, len(table) - 1, what)]


def _location(m: bytes, version: int) -> Location:
    flags, course, speed, climb = m[1], m[2], m[3], struct.unpack_from("b", m, 4)[0]
    west = flags >> 1 & 1
    if course > (179 if not west else 181):
        raise DamagedError(f"direction {course} deg of a half circle")
    if abs(climb) > CLIMB and climb != NO_CLIMB:
        raise DamagedError(f"vertical speed {climb * 0.5:g} m/s: expected at most 62")
    lat, lon = _place(m, 5)
    tenths = struct.unpack_from("<H", m, 21)[0]
    if tenths != NO_TIME:
        _upto(tenths, HOUR, "tenths of a second after the hour")
    mps = speed * 0.25 if not flags & 1 else speed * 0.75 + 63.75
    return Location(
        version, _upto(flags >> 4, STATUS, "status"), bool(flags >> 2 & 1),
        (course + 180 * west) * RAD_PER_DEG if course + 180 * west <= 360 else NAN,
        mps if speed != 255 else NAN, climb * 0.5 if climb != NO_CLIMB else NAN, lat, lon,
        _height(m, 13), _height(m, 15), _height(m, 17),
        _of(HORIZONTAL_M, m[19] & 15, "horizontal accuracy"),
        _of(VERTICAL_M, m[19] >> 4, "vertical accuracy"),
        _of(VERTICAL_M, m[20] >> 4, "accuracy of pressure height"),
        _of(SPEED_MPS, m[20] & 15, "accuracy of speed"),
        tenths if tenths != NO_TIME else -1, (m[23] & 15) * 0.1,
    )  # fmt: skip


def _system(m: bytes, version: int) -> System:
    lat, lon = _place(m, 2)
    place = _upto(m[1] & 3, 2, "kind of pilot's place")
    n, radius = struct.unpack_from("<HB", m, 10)
    return System(
        version, m[1] >> 2 & 7, place, lat, lon, _height(m, 18), n, radius * 10, _height(m, 13),
        _height(m, 15), m[17], struct.unpack_from("<I", m, 20)[0],
    )  # fmt: skip


def encode(message: Message) -> bytes:
    """The 25 bytes of a message; what has no place in them is rounded."""
    head = bytes([TYPES.index(name_of(message)) << 4 | message.version])
    if isinstance(message, BasicId):
        body = bytes([message.kind << 4 | message.craft]) + message.ident[:20].ljust(20, b"\0")
    elif isinstance(message, Location):
        body = _location_bytes(message)
    elif isinstance(message, Authentication):
        body = bytes([message.kind << 4 | message.page]) + message.data
    elif isinstance(message, System):
        body = (
            bytes([message.classes << 2 | message.place])
            + _place_bytes(message.lat_rad, message.lon_rad)
            + struct.pack("<HB", message.craft, message.radius_m // 10)
            + _height_bytes(message.ceiling_m) + _height_bytes(message.floor_m)
            + bytes([message.category]) + _height_bytes(message.hae_m)
            + struct.pack("<I", message.stamp)
        )  # fmt: skip
    else:
        body = bytes([message.kind]) + message.text
    return (head + body).ljust(SIZE, b"\0")[:SIZE]


def pack(messages: tuple[Message, ...]) -> bytes:
    """A pack of up to nine messages."""
    if len(messages) > MOST:
        raise DamagedError(f"{len(messages)} messages: expected at most {MOST} in a pack")
    version = max((m.version for m in messages), default=2)
    head = bytes([PACK << 4 | version, SIZE, len(messages)])
    return head + b"".join(encode(m) for m in messages)


def _whole(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)


def _place_bytes(lat_rad: float, lon_rad: float) -> bytes:
    if not math.isfinite(lat_rad):
        return bytes(8)
    return struct.pack(
        "<ii", round(lat_rad / RAD_PER_DEG * 1e7), round(lon_rad / RAD_PER_DEG * 1e7)
    )


def _height_bytes(height_m: float) -> bytes:
    if not math.isfinite(height_m):
        return bytes(2)
    return struct.pack("<H", _whole((height_m + 1000.0) * 2.0, 1, 0xFFFF))


def _rank(table: tuple[float, ...], bound: float) -> int:
    """The place in a table of bounds that still holds this one; 0 unknown."""
    if not math.isfinite(bound):
        return 0
    return max((k for k in range(1, len(table)) if table[k] >= bound - 1e-9), default=0)


def _location_bytes(m: Location) -> bytes:
    course, west = 181, 1
    if math.isfinite(m.course_rad):
        degrees = round(m.course_rad / RAD_PER_DEG) % 360
        west, course = int(degrees >= 180), degrees % 180
    fast, speed = 1, 255
    if math.isfinite(m.speed_mps):
        fast = int(m.speed_mps > 63.75)
        speed = _whole((m.speed_mps - 63.75) / 0.75 if fast else m.speed_mps / 0.25, 0, 254)
    climb = _whole(m.climb_mps * 2.0, -CLIMB, CLIMB) if math.isfinite(m.climb_mps) else NO_CLIMB
    flags = m.status << 4 | int(m.above_ground) << 2 | west << 1 | fast
    return (
        struct.pack("<BBBb", flags, course, speed, climb) + _place_bytes(m.lat_rad, m.lon_rad)
        + _height_bytes(m.pressure_m) + _height_bytes(m.hae_m) + _height_bytes(m.height_m)
        + bytes([_rank(VERTICAL_M, m.vertical_m) << 4 | _rank(HORIZONTAL_M, m.horizontal_m),
                 _rank(VERTICAL_M, m.pressure_sd_m) << 4 | _rank(SPEED_MPS, m.speed_sd_mps)])
        + struct.pack("<HB", m.tenths if m.tenths >= 0 else NO_TIME, round(m.time_sd_s * 10.0))
    )  # fmt: skip
