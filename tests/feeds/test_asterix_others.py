"""Categories 015, 016, 020, 063, 065, 205, 240 as libasterix writes them, in physical units."""

from __future__ import annotations

import math
import socket
import threading
import time
from typing import Any

import numpy as np
import pymap3d
import pytest

from bartizan.feeds.asterix import AsterixParams, blocks, scans
from bartizan.feeds.asterix.records import read
from bartizan.feeds.live import Health, Opening, Port, Status, find
from bartizan.feeds.live.asterix import AsterixUdpParams
from bartizan.feeds.live.sockets import Address
from bartizan.types import Frame, Refused, Scan, SensorKind
from feeds.radars import LAT, LON, site
from peers import free_port

DAY = 1_700_006_400  # a midnight of UTC
ME = (("SAC", 7), ("SIC", 1))
LATD, LOND = math.degrees(LAT), math.degrees(LON)
PARAMS = AsterixParams(((7, 1, "a"),))


def block(category: str, edition: str, *records: dict[str, Any]) -> bytes:
    """A data block of libasterix's making."""
    from asterix import generated

    spec = getattr(generated, f"Cat_{category}_{edition}")
    made = spec.create([spec.cv_record.create(r) for r in records])
    return bytes(made.unparse().to_bytes())


def out(data: bytes, kind: SensorKind = SensorKind.RADAR) -> list[Scan | Refused]:
    part = blocks.Payload(data, DAY * 10**9 + 3_600 * 10**9, -1.0, "x")
    return list(scans(read([part], "x", PARAMS.editions), site(("a",), kind), PARAMS, "x"))


def base(**more: Any) -> dict[str, Any]:
    return {"010": ME, "145": (3599.5, "s"), "000": (("MT", 1), ("RG", 0))} | more


def kind(momu: int = 0, ttax: int = 0) -> Any:
    return ((("MOMU", momu), ("TTAX", ttax), ("SCD", 0), 0, None),)


def polar(**more: Any) -> dict[str, Any]:
    return base(**{
        "020": kind(), "161": 77,
        "625": {"R": (4321.0, "m"), "SDR": (12.5, "m"), "RR": (-33.0, "m/s")},
        "627": {"AZ": (123.0, "°"), "SDASZ": (0.5, "°")}, "628": {"EL": (4.0, "°")},
    }) | more  # fmt: skip


def test_015_ranges_and_angles_with_their_own_sigma() -> None:
    (scan,) = out(block("015", "1_2", polar()))
    assert isinstance(scan, Scan) and scan.frame == Frame.SPHERICAL and scan.look[3] == 0.0
    assert scan.t_ns == (DAY + 3599) * 10**9 + 500_000_000
    assert scan.z[0, 0] == pytest.approx(4321.0, abs=0.06)
    assert np.degrees(scan.z[0, 1:3]) == pytest.approx((123.0, 4.0), abs=0.003)
    assert math.isnan(scan.z[0, 3])  # this site's radar has no Doppler
    assert scan.sd[0, 0] == pytest.approx(12.5) and np.degrees(scan.sd[0, 1]) == pytest.approx(
        0.5, abs=1e-3
    )
    assert scan.sd[0, 2] == 0.05  # the site's own
    assert scan.number[0] == 77


def test_015_places_above_the_ellipsoid() -> None:
    record = base(**{
        "600": {"P84": (("LATITUDE", (LATD + 0.02, "°")), ("LONGITUDE", (LOND - 0.03, "°"))),
                "HPP": (("SDHPX", (7.0, "m")), ("SDHPY", (9.0, "m")), ("COSDHPXY", 0))},
        "601": {"GH": (345.0, "m"), "SDGH": (21.0, "m")},
        "602": {"HV": (("X", (12.0, "m/s")), ("Y", (-5.0, "m/s")))}, "604": {"VV": (2.0, "m/s")},
    })  # fmt: skip
    (scan,) = out(block("015", "1_2", record))
    assert isinstance(scan, Scan) and scan.frame == Frame.CARTESIAN
    want = pymap3d.geodetic2enu(LATD + 0.02, LOND - 0.03, 345.0, LATD, LOND, 77.0)
    np.testing.assert_allclose(scan.z[0, :3], want, atol=0.02)
    np.testing.assert_allclose(scan.z[0, 3:], (12.0, -5.0, 2.0), atol=0.02)
    assert scan.sd[0, :3].tolist() == [7.0, 9.0, 21.0]


@pytest.mark.parametrize(
    ("record", "why"),
    [(polar(**{"020": kind(ttax=3)}), "simulated"), (polar(**{"000": (("MT", 5), ("RG", 0))}), "end"),
     (polar(**{"170": ((0, 0, 0, 0, 1, 0, 0, None),)}), "extrapolated"), (base(), "no position"),
     (polar(**{"625": {"R": (600_000.0, "m")}}), "outside the sensor's reach")],
)  # fmt: skip
def test_015_what_is_no_detection(record: dict[str, Any], why: str) -> None:
    (one,) = out(block("015", "1_2", record))
    assert isinstance(one, Refused) and why in one.why


def test_015_a_bistatic_range_is_left_out_the_bearing_is_not() -> None:
    (scan,) = out(block("015", "1_2", polar(**{"020": kind(momu=1)})))
    assert isinstance(scan, Scan) and math.isnan(scan.z[0, 0])
    assert np.degrees(scan.z[0, 1]) == pytest.approx(123.0, abs=0.003)


def test_020_places_by_multilateration() -> None:
    who = {"010": ME, "140": (3599.5, "s"), "161": (0, ("TRN", 55)), "220": 0x4CA2D6,
           "202": (("VX", (20.0, "m/s")), ("VY", (-8.0, "m/s"))), "105": (1000.0, "ft")}  # fmt: skip
    one = who | {"041": (("LAT", (LATD + 0.01, "°")), ("LON", (LOND, "°")))}
    two = who | {"042": (("X", (1500.0, "m")), ("Y", (-700.0, "m")))}
    first, second = out(block("020", "1_11", one, two), SensorKind.ADSB)
    assert isinstance(first, Scan) and isinstance(second, Scan)
    want = pymap3d.geodetic2enu(LATD + 0.01, LOND, 304.8, LATD, LOND, 77.0)
    np.testing.assert_allclose(first.z[0, :3], want, atol=1.0)  # steps of 0.3 m and 1.9 m
    np.testing.assert_allclose(first.z[0, 3:5], (20.0, -8.0), atol=0.02)
    assert first.names[0][1] == "4CA2D6" and first.number[0] == 55
    np.testing.assert_allclose(second.z[0, :2], (1500.0, -700.0), atol=0.5)
    coasted = one | {"170": ((0, 0, 1, 0, 0, 0, None),)}
    (aside,) = out(block("020", "1_11", coasted), SensorKind.ADSB)
    assert isinstance(aside, Refused) and "extrapolated" in aside.why


def test_205_bearings_and_positions_of_a_direction_finder() -> None:
    def place(dlat: float) -> Any:
        return (("LAT", (LATD + dlat, "°")), ("LON", (LOND, "°")))

    head = {"010": ME, "030": (3599.5, "s"), "160": 9}
    bearing = head | {"000": 2, "050": place(0.0), "070": (271.5, "°"), "200": (3.0, "°")}
    sensor = head | {"000": 5, "070": (90.0, "°")}
    fixed = head | {"000": 1, "050": place(0.05), "110": (300.0, "m")}
    away = bearing | {"050": place(0.05)}
    end = head | {"000": 4}
    one, two, three, wrong, over = out(
        block("205", "1_0", bearing, sensor, fixed, away, end), SensorKind.DIRECTION_FINDER
    )
    assert isinstance(one, Scan) and isinstance(two, Scan) and isinstance(three, Scan)
    assert np.isnan(one.z[0, 0])
    assert np.degrees(one.z[0, 1:3]) == pytest.approx((-88.5, 3.0), abs=1e-6)
    assert np.degrees(two.z[0, 1]) == pytest.approx(90.0) and np.isnan(two.z[0, 2])
    want = pymap3d.geodetic2enu(LATD + 0.05, LOND, 77.0, LATD, LOND, 77.0)
    np.testing.assert_allclose(three.z[0, :2], want[:2], atol=0.5)
    assert three.sd[0, 0] == pytest.approx(300.0 / 2.448)
    assert isinstance(wrong, Refused) and "beside where the site has the sensor" in wrong.why
    assert isinstance(over, Refused) and "end of a track" in over.why


def test_205_two_transmitters_at_one_time_are_two_positions() -> None:
    head = {"010": ME, "030": (3599.5, "s"), "160": 9, "000": 3, "110": (300.0, "m")}
    north, west = ((("LAT", (LATD + a, "°")), ("LON", (LOND - b, "°"))) for a, b in ((0.05, 0), (0, 0.04)))  # fmt: skip
    flat = (("X", (1500.0, "m")), ("Y", (-700.0, "m")))
    both = head | {"050": north, "130": west, "150": (500.0, "m")}
    mixed = head | {"060": flat, "140": (("X", (-250.0, "m")), ("Y", (4000.0, "m")))}
    alone = head | {"050": north}
    found = out(block("205", "1_0", both, mixed, alone), SensorKind.DIRECTION_FINDER)
    assert len(found) == 5 and all(isinstance(s, Scan) for s in found)
    for k, (lat, lon, radius) in enumerate(
        ((LATD + 0.05, LOND, 300.0), (LATD, LOND - 0.04, 500.0))
    ):
        want = pymap3d.geodetic2enu(lat, lon, 77.0, LATD, LOND, 77.0)
        np.testing.assert_allclose(found[k].z[0, :2], want[:2], atol=0.5)
        assert found[k].sd[0, 0] == pytest.approx(radius / 2.448)
    np.testing.assert_allclose(found[2].z[0, :2], (1500.0, -700.0), atol=0.5)
    np.testing.assert_allclose(found[3].z[0, :2], (-250.0, 4000.0), atol=2.0)
    assert [int(s.number[0]) for s in found] == [9, -1, 9, -1, 9]  # the track is the first's


def test_status_over_multicast_turns_a_sensors_health() -> None:
    """063 of a centre about the sensor, 016, 065 and 240 of its own; then a bearing."""
    head = {"010": ME, "030": (3599.5, "s")}
    con = {"010": (("SAC", 1), ("SIC", 1)), "050": ME, "030": (3599.5, "s")}
    said = [
        block("016", "1_0", {"010": ME, "000": 1, "140": (3599.5, "s")}),
        block("063", "1_7", con | {"060": ((3, 0, 0, 0, 0, 0, None),)}),
        block("063", "1_7", con | {"060": ((0, 0, 0, 0, 0, 0, None),)}),
        block("065", "1_6", head | {"000": 1, "040": (2, 0, 0, 0, 0, 0)}),
        block("240", "1_3", {"010": ME, "000": 2, "140": (3599.5, "s")}),
        block("205", "1_0", head | {"000": 5, "070": (90.0, "°")}),
    ]
    at = Address("239.255.43.22", free_port(), "127.0.0.1")
    now = (DAY + 3600) * 10**9
    stop, told = threading.Event(), list[Status]()
    params = AsterixUdpParams(at, PARAMS)
    finder = site(("a",), SensorKind.DIRECTION_FINDER)
    feed = find("asterix_udp")(Opening("x", finder, params, Port(lambda: now, stop, told.append)))
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))

    def send() -> None:
        for data in said:
            s.sendto(data, (at.host, at.port))
            time.sleep(0.02)

    threading.Timer(0.3, send).start()
    scan = next(feed)
    stop.set()
    assert list(feed) == [] and isinstance(scan, Scan)
    s.close()
    assert [(t.health, t.why) for t in told] == [
        (Health.FRESH, ""), (Health.LOST, "not connected"), (Health.FRESH, ""),
        (Health.LOST, "not connected"), (Health.FRESH, ""),
    ]  # fmt: skip
