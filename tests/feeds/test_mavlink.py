"""MAVLink written by pymavlink: drones with their pilots, aircraft, damage, files, UDP."""

from __future__ import annotations

import math
import socket
import struct
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bartizan.errors import SourceError
from bartizan.feeds.decode import decode
from bartizan.feeds.live import Opening, Port, Status, find
from bartizan.feeds.live.mavlink import MavlinkUdpParams
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.mavlink import Heard, Other, Traffic, Wrong, said_in
from bartizan.feeds.remote_id import RemoteIdParams
from bartizan.feeds.remote_id.messages import Location, System, Text
from bartizan.feeds.remote_id.messages import decode as rid
from bartizan.frames import enu_from_wgs84, local_frame
from bartizan.sensing import identity_key
from bartizan.types import Refused, Scan, SensorKind
from feeds.radars import site
from peers import free_port

common = pytest.importorskip("pymavlink.dialects.v20.common", reason="the extra mavlink is absent")
MAC = list(bytes.fromhex("aabbccddeeff").ljust(20, b"\0"))


def text(value: str, size: int) -> list[int]:
    return list(value.encode().ljust(size, b"\0"))


def messages() -> dict[str, Any]:
    """A drone with its pilot, and an aircraft."""
    return {
        "id": common.MAVLink_open_drone_id_basic_id_message(0, 0, MAC, 1, 2, text("SERIAL7", 20)),
        "system": common.MAVLink_open_drone_id_system_message(
            0, 0, MAC, 1, 0, 515_100_000, 58_500_000, 1, 0, -1000.0, -1000.0, 0, 0, 61.5, 1),
        "place": common.MAVLink_open_drone_id_location_message(
            0, 0, MAC, 2, 9000, 1250, -150, 515_200_000, 58_600_000, -1000.0, 125.5, 0, 48.0,
            11, 4, 0, 3, 0xFFFF, 1),
        "operator": common.MAVLink_open_drone_id_operator_id_message(0, 0, MAC, 0, b"OP1"),
        "self": common.MAVLink_open_drone_id_self_id_message(0, 0, MAC, 0, b"survey"),
        "plane": common.MAVLink_adsb_vehicle_message(
            0x4CA2D6, 515_300_000, 58_700_000, 1, 900_000, 18_000, 12_000, -300, b"RYR1", 3, 1,
            1 | 2 | 4 | 8 | 16 | 128, 1200),
        "heartbeat": common.MAVLink_heartbeat_message(2, 3, 0, 0, 0, 3),
    }  # fmt: skip


def packed(*names: str, v1: bool = False) -> bytes:
    """The frames as another station would send them."""
    link = common.MAVLink(None, srcSystem=7, srcComponent=1)
    all_ = messages()
    return b"".join(all_[n].pack(link, force_mavlink1=v1) for n in names)


def test_every_kind_says_what_was_put_in() -> None:
    data = packed("id", "system", "place", "operator", "self", "plane", "heartbeat")
    *drone, plane, other = said_in(data, "here")
    assert all(isinstance(one, Heard) and one.sender == "aabbccddeeff" for one in drone)
    ident, system, place, operator, self_ = (rid(one.payload)[0] for one in drone)  # type: ignore[union-attr]
    assert ident[1:] == (1, 2, b"SERIAL7")
    assert isinstance(system, System) and isinstance(place, Location)
    assert math.degrees(system.lat_rad) == pytest.approx(51.51) and system.hae_m == 61.5
    assert (place.speed_mps, place.climb_mps, place.hae_m, place.tenths) == (12.5, -1.5, 125.5, -1)
    assert math.degrees(place.course_rad) == pytest.approx(90.0)
    assert (place.horizontal_m, place.vertical_m, place.speed_sd_mps) == (3.0, 10.0, 1.0)
    assert math.isnan(place.pressure_m)
    assert operator == Text(2, "operator_id", 0, b"OP1") and self_ == Text(
        2, "self_id", 0, b"survey"
    )
    assert isinstance(plane, Traffic) and plane.icao == "4CA2D6" and plane.callsign == "RYR1"
    assert (plane.height_m, plane.barometric, plane.age_s) == (900.0, False, 1.0)
    assert plane.velocity == pytest.approx((0.0, -120.0, -3.0), abs=1e-9)
    assert other == Other("HEARTBEAT")


def test_a_pack_is_its_broadcast_bytes() -> None:
    raw = [one.payload for one in said_in(packed("id", "place"), "x") if isinstance(one, Heard)]
    body = list(b"".join(raw).ljust(225, b"\0"))
    m = common.MAVLink_open_drone_id_message_pack_message(0, 0, MAC, 25, 2, body)
    (one,) = said_in(m.pack(common.MAVLink(None)), "x")
    assert isinstance(one, Heard) and rid(one.payload) == tuple(rid(r)[0] for r in raw)


def test_damage_is_set_aside_and_the_rest_read() -> None:
    good = packed("place")
    bad = good[:20] + bytes([good[20] ^ 1]) + good[21:]
    found = list(said_in(bad + good + good[:9], "x"))
    assert isinstance(found[-1], Wrong) and "cut short" in found[-1].why
    assert sum(isinstance(f, Heard) for f in found) == 1
    assert any(isinstance(f, Wrong) and "CRC" in f.why for f in found)
    wrong = messages()["place"]
    wrong.horizontal_accuracy = 14
    (one,) = said_in(wrong.pack(common.MAVLink(None)), "x")
    assert isinstance(one, Wrong) and "accuracy 14" in one.why


def test_files_are_counted_with_times_and_without(tmp_path: Path) -> None:
    names = ("id", "place", "plane", "heartbeat")
    frames = [packed(n) for n in names]
    log = b"".join(struct.pack(">Q", 1_700_000_000_000_000 + k) + f for k, f in enumerate(frames))
    for name, data in (("a.tlog", log), ("a.bin", b"".join(frames))):
        (tmp_path / name).write_bytes(data + data[:5])
        found = decode("mavlink", tmp_path / name, {})
        assert found.messages == {
            "open_drone_id_basic_id": 1, "open_drone_id_location": 1, "adsb_vehicle": 1,
            "other: heartbeat": 1,
        }  # fmt: skip
        assert found.refused == {"no whole MAVLink frame here": 1}
    (tmp_path / "no").write_bytes(b"no frame at all")
    with pytest.raises(SourceError, match="0xFD or 0xFE expected"):
        decode("mavlink", tmp_path / "no", {})


def test_datagrams_become_scans_of_drones_and_aircraft() -> None:
    base, planes = site(("rid",), SensorKind.REMOTE_ID), site(("ads-b",), SensorKind.ADSB)
    both = type(base.sensors)(*(
        np.concatenate([a, b]) for a, b in zip(base.sensors, planes.sensors, strict=True)))  # fmt: skip
    here = base._replace(sensors=both, sensor_names=("rid", "ads-b"))
    at = Address("127.0.0.1", free_port())
    stop, told = threading.Event(), list[Status]()
    params = MavlinkUdpParams(at, RemoteIdParams("rid"), "ads-b")
    feed = find("mavlink_udp")(Opening("mav", here, params, Port(time.time_ns, stop, told.append)))
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    simulated = messages()["plane"]
    simulated.flags |= 64

    def send() -> None:
        for data in (packed("id"), packed("system"), packed("place", "plane"),
                     simulated.pack(common.MAVLink(None)), b"nothing"):  # fmt: skip
            out.sendto(data, (at.host, at.port))

    threading.Timer(0.3, send).start()
    items = []
    for item in feed:
        items.append(item)
        if len(items) == 4:
            stop.set()
    out.close()
    drone, plane, sim, junk = items
    assert isinstance(drone, Scan) and isinstance(plane, Scan)
    frame = local_frame("test", *here.origin)
    lat, lon = np.radians(51.52), np.radians(5.86)
    want = enu_from_wgs84(frame, np.asarray(lat), np.asarray(lon), np.asarray(125.5))
    np.testing.assert_allclose(drone.z[0, :3], want, atol=0.02)
    assert drone.identity[0] == identity_key("SERIAL7") and drone.pilots[0].hae_m == 61.5
    lat, lon = np.radians(51.53), np.radians(5.87)
    want = enu_from_wgs84(frame, np.asarray(lat), np.asarray(lon), np.asarray(900.0 + 46.0))
    np.testing.assert_allclose(plane.z[0, :3], want, atol=0.02)
    assert plane.names[0][1] == "RYR1 (4CA2D6)"
    assert isinstance(sim, Refused) and "simulated" in sim.why
    assert isinstance(junk, Refused) and "MAVLink" in junk.why
