"""ADS-B on a stream: Beast, AVR, SBS (BaseStation) and readsb's JSON, told apart by setting.

In: bytes as they come.  Out: frames, or reports that someone has decoded already; what is
between them, with why.  Does not: decode a frame or believe a receiver's clock: the Beast
counter is never UTC, and the time of reception is what counts.

Ref: dump1090's README (Beast, AVR), the BaseStation port 30003 format, readsb's README-json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from bartizan.units import M_PER_FT, MPS_PER_KT, RAD_PER_DEG

NAN: Final = math.nan
FORMATS: Final = ("beast", "avr", "sbs", "json")
BODY: Final = {0x31: 2, 0x32: 7, 0x33: 14}  # Mode A/C, Mode S short and long: bytes
LONGEST: Final = 65_536  # bytes that may wait for the end of a line
HEX: Final = frozenset(b"0123456789abcdefABCDEF")


class Reported(NamedTuple):
    """A position that someone else has decoded, in SI (NaN where absent).

    height_m above the ellipsoid, or with the geoid still to be added (barometric)
    velocity east, north, up [m/s]   age_s since the position was received
    """

    icao: str
    lat_deg: float
    lon_deg: float
    height_m: float
    barometric: bool
    velocity: tuple[float, float, float]
    callsign: str
    age_s: float = 0.0


class Junk(NamedTuple):
    """Bytes that are of nothing, and why."""

    raw: bytes
    why: str


class Framer:
    """Cuts one stream (keeps what has not ended yet)."""

    def __init__(self, name: str) -> None:
        self._cut = {"beast": self._beast, "avr": self._avr, "sbs": self._sbs, "json": self._json}[name]  # fmt: skip
        self._left = b""

    def feed(self, data: bytes) -> Iterator[str | Reported | Junk]:
        """Frames as hexadecimal text, or reports."""
        self._left += data
        yield from self._cut()
        if len(self._left) > LONGEST:
            yield Junk(self._left[:256], f"{len(self._left)} bytes without an end")
            self._left = b""

    def _beast(self) -> Iterator[str | Junk]:
        data, at = self._left, 0
        while at < len(data):
            start = data.find(b"\x1a", at)
            if start != at:
                end = start if start >= 0 else len(data)
                yield Junk(data[at:end][:256], "no Beast frame here")
                at = end
                continue
            if at + 1 >= len(data):
                break
            size = BODY.get(data[at + 1], 0)
            if not size:
                yield Junk(data[at : at + 2], "no Beast frame here")
                at += 2 if data[at + 1] == 0x1A else 1
                continue
            body, after = _unescaped(data, at + 2, 7 + size)
            if body is None:
                if after < 0:
                    break  # the rest has not come yet
                yield Junk(data[at:after][:256], "the frame is cut short")
                at = after
                continue
            at = after
            if size > 2:
                yield body[7:].hex()
        self._left = data[at:]

    def _lines(self) -> Iterator[bytes]:
        *whole, self._left = self._left.replace(b"\r", b"\n").split(b"\n")
        yield from (line for line in (w.strip() for w in whole) if line)

    def _avr(self) -> Iterator[str | Junk]:
        for line in self._lines():
            body = line[1:-1]
            if line[:1] in b"@%" and len(body) > 12:
                body = body[12:]
            if line[:1] in b"*:@%<" and line[-1:] == b";" and len(body) in (14, 28) and HEX.issuperset(body):  # fmt: skip
                yield body.decode("ascii").lower()
            elif len(body) != 4:  # Mode A/C has no address
                yield Junk(line[:256], "no AVR frame of 14 or 28 hexadecimal digits")

    def _sbs(self) -> Iterator[Reported | Junk]:
        for line in self._lines():
            cells = line.decode("ascii", "replace").split(",")
            if cells[0] != "MSG":
                if cells[0] not in ("SEL", "ID", "AIR", "STA", "CLK"):
                    yield Junk(line[:256], "no BaseStation message")
                continue
            if len(cells) < 17 or not cells[14] or not cells[15]:
                continue
            try:
                speed, track = _float(cells[12]) * MPS_PER_KT, _float(cells[13]) * RAD_PER_DEG
                yield Reported(
                    cells[4].upper(), float(cells[14]), float(cells[15]),
                    _float(cells[11]) * M_PER_FT, True,
                    (speed * math.sin(track), speed * math.cos(track),
                     _float(cells[16]) * M_PER_FT / 60.0), cells[10].strip(),
                )  # fmt: skip
            except ValueError:
                yield Junk(line[:256], "no number where one was expected")

    def _json(self) -> Iterator[Reported | Junk]:
        for line in self._lines():
            try:
                plane = json.loads(line)
                if not isinstance(plane, dict):
                    raise ValueError("no object")
                found = _readsb(plane)
            except (ValueError, TypeError, RecursionError) as e:
                yield Junk(line[:256], f"no aircraft in JSON: {e}")
                continue
            if found is not None:
                yield found


def _unescaped(data: bytes, at: int, size: int) -> tuple[bytes | None, int]:
    """`size` bytes, a doubled 0x1a read as one, and where they end; None with where a lone
    one stands, or with -1 when the rest has not come."""
    body = bytearray()
    while len(body) < size:
        if at >= len(data):
            return None, -1
        if data[at] == 0x1A:
            if at + 1 >= len(data):
                return None, -1
            if data[at + 1] != 0x1A:
                return None, at
            at += 1
        body.append(data[at])
        at += 1
    return bytes(body), at


def _float(text: str) -> float:
    return float(text) if text.strip() else NAN


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if good else NAN


def _readsb(plane: dict[str, Any]) -> Reported | None:
    """One aircraft object of readsb; None when it has no position."""
    lat, lon = _number(plane.get("lat")), _number(plane.get("lon"))
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    geometric = _number(plane.get("alt_geom"))
    barometric = not math.isfinite(geometric)
    height = _number(plane.get("alt_baro")) if barometric else geometric
    speed, track = _number(plane.get("gs")) * MPS_PER_KT, _number(plane.get("track")) * RAD_PER_DEG
    climb = _number(plane.get("geom_rate", plane.get("baro_rate"))) * M_PER_FT / 60.0
    age = _number(plane.get("seen_pos"))
    return Reported(
        str(plane.get("hex", "")).upper().lstrip("~"), lat, lon, height * M_PER_FT, barometric,
        (speed * math.sin(track), speed * math.cos(track), climb),
        str(plane.get("flight") or plane.get("r") or "").strip(),
        age if math.isfinite(age) else 0.0,
    )  # fmt: skip
