"""Remote ID as OpenDroneID's library keeps it in memory: its C structure ODID_UAS_Data.

In: the 920 bytes that some receivers hand on.  Out: messages.  Does not: read the larger or
smaller structures of builds with other settings.

Ref: opendroneid-core-c, libopendroneid/opendroneid.h of version 2 (two basic IDs, sixteen
pages of authentication), as C lays it out on little-endian machines with doubles at eight
bytes.
"""

from __future__ import annotations

import math
import struct
from typing import Final

from bartizan.feeds.remote_id.messages import (
    HORIZONTAL_M,
    SPEED_MPS,
    STATUS,
    VERTICAL_M,
    BasicId,
    DamagedError,
    Location,
    Message,
    System,
    Text,
)
from bartizan.units import RAD_PER_DEG

SIZE: Final = 920
NAN: Final = math.nan
VERSION: Final = 2
BASIC: Final = (0, 32)  # craft, kind, 21 letters
LOCATION: Final = struct.Struct("<I3f2d2fIf5If")  # at 64
LOCATION_AT, SELF_AT, SYSTEM_AT, OPERATOR_AT, VALID_AT = 64, 776, 808, 864, 892
SYSTEM: Final = struct.Struct("<II2dHHffIIfI")
VALID: Final = struct.Struct("<2BB16x3B")  # basic IDs, location, (pages,) self, system, operator


def messages(raw: bytes) -> tuple[Message, ...]:
    """What the structure says is valid in it.  Raises DamagedError when anything of that is
    out of range."""
    if len(raw) != SIZE:
        raise DamagedError(f"a structure of {len(raw)} bytes: expected {SIZE}")
    first, second, placed, described, system, operator = VALID.unpack_from(raw, VALID_AT)
    out: list[Message] = []
    for at, valid in zip(BASIC, (first, second), strict=True):
        if valid:
            craft, kind = struct.unpack_from("<II", raw, at)
            text = raw[at + 8 : at + 28]
            ident = text if kind >= 3 else _text(text)
            out.append(BasicId(VERSION, _upto(kind, 4, "ID type"), _upto(craft, 15, "type"), ident))
    if placed:
        out.append(_location(raw))
    if described:
        kind = struct.unpack_from("<I", raw, SELF_AT)[0]
        out.append(Text(VERSION, "self_id", _upto(kind, 255, "description type"),
                        _text(raw[SELF_AT + 4 : SELF_AT + 27])))  # fmt: skip
    if system:
        out.append(_system(raw))
    if operator:
        kind = struct.unpack_from("<I", raw, OPERATOR_AT)[0]
        out.append(Text(VERSION, "operator_id", _upto(kind, 255, "operator ID type"),
                        _text(raw[OPERATOR_AT + 4 : OPERATOR_AT + 24])))  # fmt: skip
    if not out:
        raise DamagedError("a structure in which nothing is valid")
    return tuple(out)


def _location(raw: bytes) -> Location:
    (status, course, speed, climb, lat, lon, pressure, hae, above, height, horizontal, vertical,
     pressure_sd, speed_sd, time_sd, stamp) = LOCATION.unpack_from(raw, LOCATION_AT)  # fmt: skip
    lat_rad, lon_rad = _place(lat, lon)
    tenths = -1
    if stamp != 0xFFFF:
        tenths = round(_within(stamp, 0.0, 3600.0, "time after the hour") * 10.0)
    return Location(
        VERSION, _upto(status, STATUS, "status"), above == 1,
        _within(course, 0.0, 360.0, "direction", 361.0) * RAD_PER_DEG,
        _within(speed, 0.0, 254.25, "speed", 255.0), _within(climb, -62.0, 62.0, "climb", 63.0),
        lat_rad, lon_rad, _height(pressure), _height(hae), _height(height),
        HORIZONTAL_M[_upto(horizontal, len(HORIZONTAL_M) - 1, "horizontal accuracy")],
        VERTICAL_M[_upto(vertical, len(VERTICAL_M) - 1, "vertical accuracy")],
        VERTICAL_M[_upto(pressure_sd, len(VERTICAL_M) - 1, "accuracy of pressure height")],
        SPEED_MPS[_upto(speed_sd, len(SPEED_MPS) - 1, "accuracy of speed")],
        tenths, _upto(time_sd, 15, "accuracy of time") * 0.1,
    )  # fmt: skip


def _system(raw: bytes) -> System:
    (place, classes, lat, lon, count, radius, ceiling, floor, category, cls, hae,
     stamp) = SYSTEM.unpack_from(raw, SYSTEM_AT)  # fmt: skip
    lat_rad, lon_rad = _place(lat, lon)
    kinds = _upto(category, 15, "category") << 4 | _upto(cls, 15, "class")
    return System(
        VERSION, _upto(classes, 7, "classification"), _upto(place, 2, "kind of pilot's place"),
        lat_rad, lon_rad, _height(hae), count, _upto(radius, 2550, "radius") // 10 * 10,
        _height(ceiling), _height(floor), kinds, stamp,
    )  # fmt: skip


def _place(lat_deg: float, lon_deg: float) -> tuple[float, float]:
    if not (abs(lat_deg) <= 90.0 and abs(lon_deg) <= 180.0):
        raise DamagedError(f"latitude {lat_deg:.1f} deg, longitude {lon_deg:.1f} deg")
    if lat_deg == 0.0 and lon_deg == 0.0:
        return NAN, NAN
    return lat_deg * RAD_PER_DEG, lon_deg * RAD_PER_DEG


def _within(value: float, low: float, high: float, what: str, none: float = NAN) -> float:
    if value == none:
        return NAN
    if not low <= value <= high:
        raise DamagedError(f"{what} {value:g}: expected {low:g} to {high:g}")
    return value


def _height(value: float) -> float:
    """A height [m]; -1000 is "unknown"."""
    return _within(value, -1000.0, 31_767.5, "height", -1000.0)


def _upto(value: int, most: int, what: str) -> int:
    if value > most:
        raise DamagedError(f"{what} {value}: expected 0 to {most}")
    return value


def _text(raw: bytes) -> bytes:
    text = raw.split(b"\0")[0]
    if any(not 32 <= b < 127 for b in text):
        raise DamagedError("a text that is not printable")
    return text
