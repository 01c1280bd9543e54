"""Where a Remote ID payload stands in what a receiver captured from the air.

In: Wi-Fi frames (beacons, neighbour-awareness action frames) and Bluetooth advertisements,
with the capture's link type.  Out: the payload, who sent it, and whether the receiver
found the frame whole.  Does not: read the messages.

Ref: ASTM F3411-22a section 5.4.7 to 5.4.10; IEEE 802.11-2020 9.3.3, 9.4.2.25; Wi-Fi
Neighbor Awareness Networking 3.1; Bluetooth Core 5.2, vol. 6 part B 2.3; the nRF Sniffer's
own header as Nordic documents it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

RADIOTAP, WIFI, NORDIC, BLUETOOTH = 127, 105, 272, 251  # libpcap link types
VENDOR: Final = 221  # 802.11 element
OUIS: Final = (b"\xfa\x0b\xbc", b"\x90\x3a\xe6")  # ASD-STAN; Parrot's own, before there was one
APP: Final = 0x0D
NAN_FRAME: Final = bytes.fromhex("0409506f9a13")  # public action, Wi-Fi Alliance, NAN
NAN_SERVICE: Final = bytes.fromhex("8869199d9209")  # hash of "org.opendroneid.remoteid"
UUID: Final = b"\xfa\xff"  # 0xFFFA, ASTM
CODED: Final = 2  # PHY of Bluetooth 5 long range
EXTENDED: Final = 7  # advertising PDU type
ADVERTISED: Final = (0, 2, 6)


class Heard(NamedTuple):
    """One payload: who sent it (hardware address), the sender's counter, and whether the
    receiver's own checksum held (None: it does not say)."""

    sender: str
    counter: int
    payload: bytes
    whole: bool | None


def heard(frame: bytes, link: int) -> Heard | None:
    """The Remote ID payload of a captured frame, None where there is none."""
    if link == RADIOTAP:
        size = int.from_bytes(frame[2:4], "little")
        return _wifi(frame[size:]) if 8 <= size < len(frame) else None
    if link == WIFI:
        return _wifi(frame)
    if link == NORDIC:
        return _nordic(frame)
    if link == BLUETOOTH:
        return _advertised(frame[4:], None)
    return None


def _address(raw: bytes) -> str:
    return ":".join(f"{b:02x}" for b in raw)


def _wifi(frame: bytes) -> Heard | None:
    if len(frame) < 24 or frame[1] & 0x40:  # an encrypted one
        return None
    sender = _address(frame[10:16])
    if frame[0] == 0x80:
        return _elements(frame, 36, sender)
    if frame[0] == 0xD0 and frame[24:30] == NAN_FRAME:
        return _attributes(frame, 30, sender)
    return None


def _elements(frame: bytes, at: int, sender: str) -> Heard | None:
    while at + 2 <= len(frame):
        kind, size = frame[at], frame[at + 1]
        body = frame[at + 2 : at + 2 + size]
        if kind == VENDOR and body[:3] in OUIS and len(body) > 5 and body[3] == APP:
            return Heard(sender, body[4], body[5:], None)
        at += 2 + size
    return None


def _attributes(frame: bytes, at: int, sender: str) -> Heard | None:
    while at + 3 <= len(frame):
        kind, size = frame[at], int.from_bytes(frame[at + 1 : at + 3], "little")
        body = frame[at + 3 : at + 3 + size]
        if kind == 3 and body[:6] == NAN_SERVICE and len(body) > 11:
            control, where = body[8], 9
            where += 2 * (control >> 6 & 1)  # binding bitmap
            where += 1 + body[where] if control >> 2 & 1 and where < len(body) else 0
            where += 1 + body[where] if control >> 3 & 1 and where < len(body) else 0
            if control >> 4 & 1 and where + 1 < len(body):
                info = body[where + 1 : where + 1 + body[where]]
                return Heard(sender, info[0], info[1:], None) if info else None
        at += 3 + size
    return None


def _nordic(frame: bytes) -> Heard | None:
    """Board, payload length, protocol version, counter, packet id; then header length, flags
    (bit 0: checksum held, bits 4 to 6: PHY), channel, RSSI, event, time; then the frame."""
    if len(frame) < 22 or frame[3] not in (2, 3) or frame[6] != 2:
        return None
    flags, at = frame[8], 7 + frame[7]
    body = frame[at + 4 :]  # after the access address
    if flags >> 4 & 7 == CODED:
        body = body[1:]  # coding indicator
    return _advertised(body, bool(flags & 1))


def _advertised(pdu: bytes, whole: bool | None) -> Heard | None:
    if len(pdu) < 2:
        return None
    kind, body = pdu[0] & 15, pdu[2 : 2 + pdu[1]]
    if kind in ADVERTISED:
        return _structures(body[6:], _address(body[5::-1]), whole) if len(body) > 6 else None
    if kind != EXTENDED or not body:
        return None
    size = body[0] & 63
    named = size >= 7 and len(body) > 7 and body[1] & 1
    sender = _address(body[7:1:-1]) if named else ""
    return _structures(body[1 + size :], sender, whole)


def _structures(data: bytes, sender: str, whole: bool | None) -> Heard | None:
    at = 0
    while at + 2 <= len(data) and data[at]:
        body = data[at + 2 : at + 1 + data[at]]
        if data[at + 1] == 0x16 and body[:2] == UUID and len(body) > 4 and body[2] == APP:
            return Heard(sender, body[3], body[4:], whole)
        at += 1 + data[at]
    return None
