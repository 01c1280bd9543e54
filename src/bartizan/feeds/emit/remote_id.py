"""Scans as Remote ID: Wi-Fi beacons, as drones broadcast and receivers hand them on.

In: scans of a Remote ID receiver.  Out: 802.11 frames.  Does not: send; every pack says
EXERCISE in its self-description.

Resolution: 1e-7 deg, 0.5 m, 0.25 m/s, 1 deg, climb 0.5 m/s, time 0.1 s; accuracies in
steps of the standard.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import numpy as np

from bartizan.feeds.remote_id import P95, P95_2D
from bartizan.feeds.remote_id.air import APP, OUIS, VENDOR
from bartizan.feeds.remote_id.messages import BasicId, Location, Message, System, Text, pack
from bartizan.feeds.reports import NAN
from bartizan.frames import LocalFrame, enu_axes, local_frame, wgs84_from_enu
from bartizan.types import Scan, Site
from bartizan.units import NS_PER_S

HOUR_NS: Final = 3600 * NS_PER_S
VERSION: Final = 2


def beacon(sender: bytes, counter: int, payload: bytes) -> bytes:
    """A beacon frame of a drone's own network, with the payload in a vendor element."""
    element = OUIS[0] + bytes([APP, counter & 0xFF]) + payload
    head = b"\x80\0\0\0" + b"\xff" * 6 + sender + sender + (counter << 4 & 0xFFFF).to_bytes(2, "little")  # fmt: skip
    ssid = b"\0\x08EXERCISE"
    return head + bytes(8) + b"\xa0\0\0\0" + ssid + bytes([VENDOR, len(element)]) + element


def frames(scan: Scan, site: Site, counter: int) -> Iterator[bytes]:
    """A beacon for each report of a scan."""
    frame = local_frame(site.name, *site.origin)
    texts = dict(scan.names)
    for k in range(len(scan.z)):
        name = texts.get(int(scan.identity[k]), "")
        key = blake2b((name or str(k)).encode(), digest_size=5).digest()
        messages: list[Message] = []
        if name:
            messages.append(BasicId(VERSION, 1, 2, name.encode("ascii", "replace")[:20]))
        messages.append(_location(scan, k, frame))
        for p in scan.pilots:
            if p.identity == scan.identity[k]:
                messages.append(
                    System(VERSION, 0, 1, p.lat_rad, p.lon_rad, p.hae_m, 1, 0, NAN, NAN, 0, 0)
                )
        messages.append(Text(VERSION, "self_id", 0, b"EXERCISE"))
        yield beacon(b"\x02" + key, counter, pack(tuple(messages)))


def _location(scan: Scan, k: int, frame: LocalFrame) -> Location:
    z, sd = [float(v) for v in scan.z[k]], [float(v) for v in scan.sd[k]]
    high, moving = math.isfinite(z[2]), math.isfinite(z[3])
    at = np.array([z[0], z[1], z[2] if high else 0.0])
    lat, lon, hae = (float(v) for v in wgs84_from_enu(frame, at))
    speed, course, climb = NAN, NAN, NAN
    if moving:
        v = np.array([z[3], z[4], z[5] if math.isfinite(z[5]) else 0.0])
        e, n, u = enu_axes(lat, lon) @ (frame.rot.T @ v)
        speed, course = math.hypot(e, n), math.atan2(e, n)
        climb = float(u) if math.isfinite(z[5]) else NAN
    tenths = round(int(scan.t_det_ns[k]) % HOUR_NS * 10 / NS_PER_S)
    return Location(
        VERSION, 2, False, course, speed, climb, lat, lon, NAN, hae if high else NAN, NAN,
        sd[0] * P95_2D, sd[2] * P95 if high else NAN, NAN, sd[3] * P95 if moving else NAN,
        tenths, 0.1,
    )  # fmt: skip
