"""Captured packets: pcap and pcapng files.

In: a file's bytes.  Out: packets with link type, time and place in the file, or `Broken`.
Does not: look into a packet; a damaged one is passed over, the next one is read.

Ref: pcap and pcapng as in IETF draft-ietf-opsawg-pcap and -pcapng.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from bartizan.units import NS_PER_S

PCAP: Final = {
    b"\xa1\xb2\xc3\xd4": (">", 1000), b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\x3c\x4d": (">", 1), b"\x4d\x3c\xb2\xa1": ("<", 1),
}  # fmt: skip
PCAPNG: Final = b"\x0a\x0d\x0d\x0a"
LONGEST: Final = 262_144  # bytes of one packet, libpcap's own limit


class Captured(NamedTuple):
    """One packet as captured.  link: libpcap's link type   received_ns: UTC
    where: its place in the file, for a person"""

    data: bytes
    link: int
    received_ns: int
    where: str


class Broken(NamedTuple):
    """A place in the file that cannot be read, and why."""

    where: str
    why: str
    raw: bytes


def is_capture(data: bytes) -> bool:
    """Whether these are the first bytes of a pcap or pcapng file."""
    return data[:4] in PCAP or data[:4] == PCAPNG


def packets(data: bytes) -> Iterator[Captured | Broken]:
    """Every packet of a pcap or pcapng file in order; nothing where it is neither."""
    if data[:4] in PCAP:
        return _pcap(data)
    return _pcapng(data) if data[:4] == PCAPNG else iter(())


def _pcap(data: bytes) -> Iterator[Captured | Broken]:
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
        yield Captured(frame, link, s * NS_PER_S + frac * per, where)
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


def _pcapng(data: bytes) -> Iterator[Captured | Broken]:
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
            yield Captured(body[20 : 20 + n], link, t_ns, where)
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
