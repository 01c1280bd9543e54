"""ASTERIX data blocks out of what holds them: UDP in captures, `.gps` files, bare blocks.

In: a file.  Out: payloads with their receive time and place in the file, or `Broken`.
Does not: decode what is inside; a damaged packet is passed over, the next one is read.

Ref: the `.gps` container: 2,200 bytes of header, then each block with 10 bytes after it,
whose bytes 6 to 8 are the receive time of day in 1/128 s.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.errors import SourceError
from bartizan.feeds.captures import Broken, Captured, is_capture, packets

GPS_HEADER: Final = 2200
GPS_TAIL: Final = 10
FRAME: Final = 6  # bytes that some lines put in front of each block
ETHERNET, RAW_IP, COOKED = 1, 101, 113  # link types
UDP: Final = 17


class Payload(NamedTuple):
    """What one packet carried.  received_ns: UTC, or -1 unknown; time_of_day_s: of
    reception where only that is known, or -1   where: its place, for a person"""

    data: bytes
    received_ns: int
    time_of_day_s: float
    where: str


def read(path: Path) -> Iterator[Payload | Broken]:
    """Every payload of the file in order, whatever container it is.

    Raises SourceError when the file cannot be opened, or is empty.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    if not data:
        raise SourceError(f"{path}: empty")
    if is_capture(data):
        return (_udp(p) if isinstance(p, Captured) else p for p in packets(data))
    if data[:64] == b" " * 64:
        return _gps(data)
    return iter([Payload(data, -1, -1.0, "byte 0")])


def _udp(packet: Captured) -> Payload | Broken:
    """The UDP payload of a captured frame."""
    frame, link, t_ns, where = packet
    skip = {ETHERNET: 14, RAW_IP: 0, COOKED: 16}.get(link)
    if skip is None:
        return Broken(where, f"link type {link} is not known", frame[:64])
    if link == ETHERNET and frame[12:14] == b"\x81\x00":
        skip += 4
    if len(frame) < skip + 28 or frame[skip] >> 4 != 4:
        return Broken(where, "not an IPv4 packet", frame[:64])
    if frame[skip + 9] != UDP:
        return Broken(where, "not a UDP packet", frame[:64])
    at = skip + (frame[skip] & 15) * 4
    if len(frame) < at + 8:
        return Broken(where, "the UDP header is cut short", frame[:64])
    size = struct.unpack_from(">H", frame, at + 4)[0]
    if size < 8 or at + size > len(frame):
        return Broken(where, "the UDP packet is cut short", frame)
    return Payload(frame[at + 8 : at + size], t_ns, -1.0, where)


def _gps(data: bytes) -> Iterator[Payload | Broken]:
    at, count = GPS_HEADER, 0
    while at < len(data):
        count += 1
        where = f"block {count}"
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        if size < 3 or at + size > len(data):
            yield Broken(where, f"a block of {size} bytes does not fit", data[at : at + 64])
            return
        tail = data[at + size : at + size + GPS_TAIL]
        t_s = int.from_bytes(tail[6:9], "big") / 128.0 if len(tail) == GPS_TAIL else -1.0
        yield Payload(data[at : at + size], -1, t_s, where)
        at += size + GPS_TAIL


def split(payload: Payload) -> Iterator[Payload | Broken]:
    """The ASTERIX data blocks of a payload: category, length, records."""
    data, at = payload.data, 0
    framed = _unframed(data)
    if framed:
        for start, end in framed:
            inner = payload._replace(
                data=data[start:end], where=f"{payload.where}, byte {start}"
            )  # fmt: skip
            yield from split(inner)
        return
    while at < len(data):
        where = f"{payload.where}, byte {at}" if at else payload.where
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        if at + 3 > len(data) or size < 4 or at + size > len(data):
            yield Broken(where, f"a data block of {size} bytes does not fit", data[at : at + 64])
            return
        yield Payload(data[at : at + size], payload.received_ns, payload.time_of_day_s, where)
        at += size


def _unframed(data: bytes) -> list[tuple[int, int]]:
    """Where the blocks stand that have a frame of 6 bytes each in front (two of the whole
    length, four of a line's own); nothing when all is not framed so."""
    out, at = [], 0
    while at + FRAME + 3 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        inner = int.from_bytes(data[at + FRAME + 1 : at + FRAME + 3], "big")
        if inner < 4 or size != FRAME + inner or at + size > len(data):
            return []
        out.append((at + FRAME, at + FRAME + inner))
        at += size
    return out if at == len(data) else []
