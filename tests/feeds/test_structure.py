"""OpenDroneID's C structure, laid out by C's own rules (ctypes), in the JSON of a receiver."""

from __future__ import annotations

import base64
import ctypes as c
import json
import lzma
import math

import pytest

from bartizan.feeds.remote_id import Joiner, RemoteIdParams
from bartizan.feeds.remote_id.air import Heard
from bartizan.feeds.remote_id.json import WrongJsonError, said_in
from bartizan.feeds.remote_id.messages import BasicId, DamagedError, Location, System, Text, decode
from bartizan.feeds.remote_id.structure import SIZE, messages
from bartizan.sensing import identity_key
from bartizan.types import Scan, SensorKind
from feeds.radars import site

E = c.c_uint32  # an enumeration of C


def struct(name: str, **fields: type) -> type[c.Structure]:
    return type(name, (c.Structure,), {"_fields_": list(fields.items())})


# As opendroneid.h of opendroneid-core-c 2.0 names and types them.
Basic = struct("Basic", UAType=E, IDType=E, UASID=c.c_char * 21)
Place = struct(
    "Place", Status=E, Direction=c.c_float, SpeedHorizontal=c.c_float, SpeedVertical=c.c_float,
    Latitude=c.c_double, Longitude=c.c_double, AltitudeBaro=c.c_float, AltitudeGeo=c.c_float,
    HeightType=E, Height=c.c_float, HorizAccuracy=E, VertAccuracy=E, BaroAccuracy=E,
    SpeedAccuracy=E, TSAccuracy=E, TimeStamp=c.c_float,
)  # fmt: skip
Auth = struct(
    "Auth", DataPage=c.c_uint8, AuthType=E, LastPageIndex=c.c_uint8, Length=c.c_uint8,
    Timestamp=c.c_uint32, AuthData=c.c_uint8 * 24,
)  # fmt: skip
Self = struct("Self", DescType=E, Desc=c.c_char * 24)
Operated = struct(
    "Operated", OperatorLocationType=E, ClassificationType=E, OperatorLatitude=c.c_double,
    OperatorLongitude=c.c_double, AreaCount=c.c_uint16, AreaRadius=c.c_uint16,
    AreaCeiling=c.c_float, AreaFloor=c.c_float, CategoryEU=E, ClassEU=E,
    OperatorAltitudeGeo=c.c_float, Timestamp=c.c_uint32,
)  # fmt: skip
Operator = struct("Operator", OperatorIdType=E, OperatorId=c.c_char * 21)
Whole = struct(
    "Whole", BasicID=Basic * 2, Location=Place, Auth=Auth * 16, SelfID=Self, System=Operated,
    OperatorID=Operator, BasicIDValid=c.c_uint8 * 2, LocationValid=c.c_uint8,
    AuthValid=c.c_uint8 * 16, SelfIDValid=c.c_uint8, SystemValid=c.c_uint8, OperatorIDValid=c.c_uint8,
)  # fmt: skip


def whole() -> c.Structure:
    w = Whole()
    w.BasicID[0] = Basic(2, 1, b"1581F4BFAKE0001")
    w.BasicID[1] = Basic(2, 4, bytes(range(1, 21)))
    w.Location = Place(
        2, 215.0, 12.5, -1.5, 51.52, 5.86, 80.0, 125.5, 0, 48.0, 11, 4, 3, 3, 2, 1234.5
    )
    w.SelfID = Self(0, b"photographs")
    w.System = Operated(1, 1, 51.51, 5.85, 1, 0, -1000.0, -1000.0, 1, 2, 77.5, 123456)
    w.OperatorID = Operator(0, b"FIN87astrdge12k8")
    w.BasicIDValid[:] = [1, 1]
    w.LocationValid = w.SelfIDValid = w.SystemValid = w.OperatorIDValid = 1
    return w


def test_what_c_laid_out_is_read() -> None:
    assert c.sizeof(Whole) == SIZE
    one, two, at, described, system, operator = messages(bytes(whole()))
    assert (one, two) == (
        BasicId(2, 1, 2, b"1581F4BFAKE0001"),
        BasicId(2, 4, 2, bytes(range(1, 21))),
    )
    assert isinstance(at, Location)
    assert (math.degrees(at.lat_rad), math.degrees(at.lon_rad)) == pytest.approx((51.52, 5.86))
    assert (at.speed_mps, at.climb_mps, at.hae_m, at.height_m) == (12.5, -1.5, 125.5, 48.0)
    assert math.degrees(at.course_rad) == pytest.approx(215.0)
    assert (at.horizontal_m, at.vertical_m, at.pressure_sd_m, at.speed_sd_mps) == (
        3.0,
        10.0,
        25.0,
        1.0,
    )
    assert (at.tenths, at.time_sd_s) == (12_345, 0.2)
    assert described == Text(2, "self_id", 0, b"photographs")
    assert isinstance(system, System) and system.hae_m == 77.5 and system.stamp == 123456
    assert (math.degrees(system.lat_rad), math.degrees(system.lon_rad)) == pytest.approx(
        (51.51, 5.85)
    )
    assert operator == Text(2, "operator_id", 0, b"FIN87astrdge12k8")


def test_a_receivers_messages_lzma_and_glued_become_a_scan_with_its_pilot() -> None:
    def said(w: c.Structure, mac: str) -> str:
        data = {"MAC address": mac, "RSSI": -60, "type": "WiFi beacon",
                "UASdata": base64.b64encode(bytes(w)).decode()}  # fmt: skip
        return json.dumps({"protocol": 1.0, "data": data})

    wrong = whole()
    wrong.Location.Latitude = 4330.0
    raw = lzma.compress((said(whole(), "aa:bb") + said(wrong, "cc:dd")).encode())
    one, two = said_in(raw)
    assert isinstance(one, Heard) and one.sender == "aa:bb"
    assert isinstance(two, WrongJsonError) and "latitude 4330.0" in str(two)
    assert len(decode(one.payload)) == 6
    joiner = Joiner(site(("rid",), SensorKind.REMOTE_ID), RemoteIdParams("rid"))
    t_ns = 1_700_000_000 * 10**9
    (scan,) = joiner.hear(one, t_ns, "x")
    assert isinstance(scan, Scan)
    (pilot,) = scan.pilots
    key = identity_key(bytes(range(1, 21)).hex())  # the later of its two identities
    assert (pilot.identity, pilot.hae_m, pilot.t_ns) == (key, 77.5, t_ns)
    assert math.degrees(pilot.lat_rad) == pytest.approx(51.51, abs=1e-7)


@pytest.mark.parametrize(
    ("path", "value"),
    [("Location.Direction", math.nan), ("Location.SpeedHorizontal", 300.0),
     ("Location.HorizAccuracy", 13), ("Location.TimeStamp", 5000.0), ("Location.Status", 9),
     ("System.OperatorLongitude", math.inf), ("System.AreaCeiling", -2000.0),
     ("OperatorID.OperatorId", b"\x01bad")],
)  # fmt: skip
def test_a_number_out_of_range_refuses_the_structure(path: str, value: object) -> None:
    w = whole()
    part, name = path.split(".")
    setattr(getattr(w, part), name, value)
    with pytest.raises(DamagedError):
        messages(bytes(w))
    with pytest.raises(DamagedError, match="expected 920"):
        messages(bytes(w)[:-1])
