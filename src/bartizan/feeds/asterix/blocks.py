"""Containers of binary recordings: pcap, pcapng, the `.gps` container, bare blocks.

In: a file.  Out: payloads with their receive time and place in the file, or `Broken`.
Does not: decode what is inside; a damaged packet is passed over, the next one is read.

Ref: pcap and pcapng as in IETF draft-ietf-opsawg-pcap and -pcapng.  The `.gps` container:
2,200 bytes of header, then each block with 10 bytes after it, whose bytes 6 to 8 are the
receive time of day in 1/128 s.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.errors import SourceError
from bartizan.units import NS_PER_S

PCAP: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1000), b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1), b"\x4d\x3c\xb2\xa1": ("<", 1),
}  # fmt: skip
PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
GPS_HEADER: Final = 2200
GPS_TAIL: Final = 10
LONGEST: Final = 262_144  # bytes of one packet, libpcap's own limit
ETHERNET, RAW_IP, COOKED = 1, 101, 113  # link types
UDP: Final = 17


class Payload(NamedTuple):
    """What one packet carried.  received_ns: UTC, or -1 unknown; time_of_day_s: of
    reception where only that is known, or -1   where: its place, for a person"""

    data: bytes
    received_ns: int
    time_of_day_s: float
    where: str


class Broken(NamedTuple):
    """A place in the file that cannot be read, and why."""

    where: str
    why: str
    raw: bytes


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
    if data[:4] in PCAP:
        return _pcap(data)
    if data[:4] == PCAPNG:
        return _pcapng(data)
    if data[:64] == b" " * 64:
        return _gps(data)
    return iter([Payload(data, -1, -1.0, "byte 0")])


def _pcap(data: bytes) -> Iterator[Payload | Broken]:
    end, per = PCAP[data[:4]]
    if len(data) < 24:
        yield Broken("byte 0", "the pcap header is cut short", data)
        return
    link = struct.unpack_from(end + "I", data, 20)[0]
    at, count = 24, 0
    while at < len(data):
        count += 1
        where = f"packet {count}"
        if at + 16 > len(data):
            yield Broken(where, "the packet header is cut short", data[at:])
            return
        s, frac, size, _ = struct.unpack_from(end + "IIII", data, at)
        if size > LONGEST or at + 16 + size > len(data):
            found = _resync(data, at + 1, end)
            yield Broken(where, f"a packet of {size} bytes does not fit", data[at : at + 64])
            if found < 0:
                return
            at = found
            continue
        frame = data[at + 16 : at + 16 + size]
        yield _udp(frame, link, s * NS_PER_S + frac * per, where)
        at += 16 + size


def _resync(data: bytes, at: int, end: str) -> int:
    """Where the next two packet headers that fit each other stand; -1 nowhere."""
    while at + 16 <= len(data):
        s, frac, size, full = struct.unpack_from(end + "IIII", data, at)
        after = at + 16 + size
        if 0 < size <= full <= 65_535 and frac < NS_PER_S and after <= len(data):
            if after == len(data):
                return at
            if after + 16 <= len(data):
                s2, _, size2, full2 = struct.unpack_from(end + "IIII", data, after)
                if abs(s2 - s) < 3600 and 0 < size2 <= full2 <= 65_535:
                    return at
        at += 1
    return -1


def _pcapng(data: bytes) -> Iterator[Payload | Broken]:
    end, links, at, count = "<", list[tuple[int, int]](), 0, 0
    while at + 12 <= len(data):
        if data[at : at + 4] == PCAPNG:
            end = "<" if data[at + 8 : at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            links = []
        kind, size = struct.unpack_from(end + "II", data, at)
        if size < 12 or size % 4 or at + size > len(data):
            yield Broken(
                f"byte {at}",
                f"a block of {size} bytes does not fit",
                data[at : at + 64],
            )
            return
        body = data[at + 8 : at + size - 4]
        at += size
        if kind == 1 and len(body) >= 8:
            links.append((struct.unpack_from(end + "H", body)[0], _resolution(body[8:], end)))
        elif kind == 6 and len(body) >= 20:
            count += 1
            where = f"packet {count}"
            which, high, low, n = struct.unpack_from(end + "IIII", body)
            if which >= len(links) or 20 + n > len(body):
                yield Broken(where, "the packet block is damaged", body[:64])
                continue
            link, unit = links[which]
            t_ns = ((high << 32) | low) * NS_PER_S // unit
            yield _udp(body[20 : 20 + n], link, t_ns, where)
    if at < len(data):
        yield Broken(f"byte {at}", "the last block is cut short", data[at:])


def _resolution(options: bytes, end: str) -> int:
    """Ticks a second of an interface: option 9, else microseconds."""
    at = 0
    while at + 4 <= len(options):
        code, n = struct.unpack_from(end + "HH", options, at)
        if code == 9 and n == 1 and at + 4 < len(options):
            v: int = options[at + 4]
            return 1 << (v & 0x7F) if v & 0x80 else 10 ** min(v, 18)
        if code == 0:
            break
        at += 4 + (n + 3) // 4 * 4
    return 1_000_000


def _udp(frame: bytes, link: int, t_ns: int, where: str) -> Payload | Broken:
    """The UDP payload of a captured frame."""
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
    while at < len(data):
        where = f"{payload.where}, byte {at}" if at else payload.where
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        if at + 3 > len(data) or size < 4 or at + size > len(data):
            yield Broken(where, f"a data block of {size} bytes does not fit", data[at : at + 64])
            return
        yield Payload(data[at : at + size], payload.received_ns, payload.time_of_day_s, where)
        at += size
