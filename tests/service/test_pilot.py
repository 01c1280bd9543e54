"""A drone's pilot from the air to the map: Remote ID in, the watch, Cursor on Target out."""

from __future__ import annotations

import math
import socket
import threading
import time
from pathlib import Path

import numpy as np
from lxml import etree

from bartizan.feeds.emit.remote_id import beacon
from bartizan.feeds.live.remote_id import RemoteIdUdpParams
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.remote_id import RemoteIdParams
from bartizan.feeds.remote_id.messages import BasicId, Location, System, pack
from bartizan.frames import local_frame, wgs84_from_enu
from bartizan.outlets import OUTLETS, CotParams, plain
from bartizan.service import Service
from bartizan.types import Mode, Output
from service.night import setup

SENSOR = "remote-id receiver"


class Kept:
    """The last output with a pilot."""

    def __init__(self) -> None:
        self.output: Output | None = None

    def see(self, output: Output) -> None:
        if output.picture.pilots:
            self.output = output


def frames(k: int, at: np.ndarray, pilot: np.ndarray) -> list[bytes]:
    """Who it is and where its pilot is in one beacon, where it is in another."""
    frame, n = local_frame("", *setup().site.origin), math.nan
    lat, lon, hae = (float(v) for v in wgs84_from_enu(frame, at))
    plat, plon, phae = (float(v) for v in wgs84_from_enu(frame, pilot))
    who = (BasicId(2, 1, 2, b"1581F4BPILOTED"), System(2, 0, 1, plat, plon, phae, 1, 0, n, n, 0, 0))
    where = Location(
        2, 2, False, math.pi / 2, 10.0, 0.0, lat, lon, n, hae, n, 10.0, 10.0, n, 1.0, -1, 0.0
    )
    return [beacon(b"\2drone", k, pack(p)) for p in (who, (where,))]


def test_a_pilots_place_reaches_a_client(tmp_path: Path) -> None:
    site = setup().site
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as air,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free,
    ):
        client.bind(("127.0.0.1", 0))
        client.settimeout(0.2)
        free.bind(("127.0.0.1", 0))
        at = Address("127.0.0.1", int(free.getsockname()[1]))
        free.close()
        cot = CotParams("udp", "127.0.0.1", client.getsockname()[1], mode=Mode.EXERCISE)
        outlet, kept = OUTLETS["cot"](site, Mode.EXERCISE, cot), Kept()
        service = Service(setup(), tmp_path, time.time_ns)
        service.listeners += [outlet, kept]
        service.listen(_Entry(), RemoteIdUdpParams(at, RemoteIdParams(SENSOR)))
        loop = threading.Thread(target=service.run)
        loop.start()
        pilot, events = np.array([-400.0, 300.0, 2.0]), {}
        try:
            for k in range(300):
                for frame in frames(k, np.array([500.0 + 2.0 * k, 800.0, 60.0]), pilot):
                    air.sendto(frame, (at.host, at.port))
                try:
                    e = etree.fromstring(client.recv(65_536))
                except TimeoutError:
                    continue
                events[e.get("uid")] = e
                if any(uid.endswith("-pilot") for uid in events):
                    break
        finally:
            service.stop()
            loop.join(30.0)
            outlet.close()
    uid, e = next((u, e) for u, e in events.items() if u.endswith("-pilot"))
    lat, lon, hae = (float(v) for v in wgs84_from_enu(local_frame("", *site.origin), pilot))
    assert uid.startswith("exercise-") and e.get("opex") == "e-EXERCISE"
    assert float(e.find("point").get("lat")) == round(math.degrees(lat), 7)
    assert float(e.find("point").get("lon")) == round(math.degrees(lon), 7)
    assert abs(float(e.find("point").get("hae")) - hae) <= 0.3  # steps of half a metre
    assert e.find("detail/link").get("uid") == uid.removesuffix("-pilot")
    assert e.find("detail/contact").get("callsign").endswith("pilot")
    assert kept.output is not None
    told = plain.picture(kept.output, site, local_frame("", *site.origin), Mode.EXERCISE)
    assert told["tracks"][0]["pilot"]["lat_deg"] == round(math.degrees(lat), 7)


class _Entry:
    name = "rid"
    feed = "remote_id_udp"
    sensors = (SENSOR,)
