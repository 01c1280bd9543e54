"""SAPIENT: the standard's own cases, the fusion node's rules, places against libraries."""

from __future__ import annotations

import asyncio
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.feeds.sapient import (
    EdgeNode,
    FusionNode,
    Peer,
    SapientParams,
    WrongMessageError,
    framing,
    ids,
    mistakes,
    rules,
    shim,
)
from bartizan.feeds.sapient.node import _absurd
from bartizan.feeds.sapient.places import wgs84_from_utm
from bartizan.types import Frame, ObjectClass, Refused, Scan, SensorKind, Site
from feeds.radars import site
from recordings import need

T_NS = 1_700_000_000 * 10**9
# Cases that the rules do not refuse for what they are named after, and why (docs/feeds.md).
# The last two are refused all the same, for a field that version 2.0 no longer has.
NOT_SO = {
    "0074.TaskDefinition.ConcurrentTasks",  # optional in version 2.0
    "0118.PredictedLocation.Location.Missing",  # no mandatory choice in version 2.0
    "0129.DerivedDetection.Timestamp.Missing",  # optional in version 2.0
}
# Words of a case's name that its field has not.
CALLED = {
    "dependantnodes": "dependent_nodes", "value2": "value", "levelmissing": "level",
    "eastnorthrateunits": "east_north_rate_units", "velocityunits": "velocity_units",
    "detectiondefinition": "detection_definition", "concurrenttasks": "concurrent_tasks",
    "name": "name", "taskdefinition": "task", "associateddetection": "associated_detection",
    "namespace": "subclass_namespace",
}  # fmt: skip


def judged(text: str) -> list[str]:
    try:
        message, unknown = shim.from_json(text)
    except WrongMessageError as e:
        return [str(e)]
    return [f"{u}: no such field" for u in unknown] + list(mistakes(message))


def test_dstls_38_valid_messages_are_accepted() -> None:
    files = sorted((need("sapient") / "valid").glob("*.json"))
    assert len(files) == 38
    for f in files:
        assert judged(f.read_text()) == [], f.name


def test_dstls_193_invalid_messages_are_refused_for_what_is_wrong() -> None:
    files = sorted((need("sapient") / "invalid").glob("*.json"))
    assert len(files) == 193
    others = {}
    for f in files:
        said = judged(f.read_text())
        if "DetectionLocation" not in f.stem:  # the old name counts only where it is the case
            said = [m for m in said if "detectionLocation" not in m]
        words = [w for w in f.stem.split(".")[1:] if w not in
                 ("Missing", "Error", "Empty", "Invalid", "Wrong", "json", "FullMessage", "2", "ForSub")]  # fmt: skip
        word = "DetectionLocation" if "DetectionLocation" in words else words[-1]
        word = "value" if f.stem.startswith("0117") else word  # it is the value that is missing
        field = CALLED.get(word.lower(), word.lower()).replace("_", "")
        if not any(field in m.split(":")[0].replace("_", "").lower() or
                   (field == "timestamp" and "timestamp" in m) for m in said):  # fmt: skip
            others[f.stem] = said
    assert others == {k: [] for k in NOT_SO}  # 190 refused for what is wrong with them


def node(s: Site, **other: Any) -> tuple[FusionNode, EdgeNode, Peer]:
    edge = EdgeNode(s, 0, interval_s=1.0)
    params = SapientParams(((edge.node_id, s.sensor_names[0]),))._replace(**other)
    return FusionNode(s, params), edge, Peer("test")


def give(fusion: FusionNode, peer: Peer, message: Any, late_s: float = 0.0) -> Any:
    t_ns = int(message.timestamp.seconds) * 10**9 + message.timestamp.nanos
    return fusion.receive(peer, message.SerializeToString(), t_ns + round(late_s * 1e9))


def plot(t_ns: int = T_NS, **other: Any) -> Scan:
    z = np.array([[1000.0, 0.5, 0.1, np.nan, np.nan, np.nan]])
    sd = np.where(np.isnan(z), np.nan, 0.1)
    one = np.zeros(1, np.int64)
    scan = Scan(t_ns, 0, int(Frame.SPHERICAL), np.array([0, 1e4, 0, 6.28, 0, 1.0]), one + t_ns, z, sd,
                np.full(1, np.nan), one.astype(np.int8) - 1, one.astype(np.int8), np.zeros(1), one, one - 1)  # fmt: skip
    return scan._replace(**other)


RADAR = site(("radar",))


def registered(**other: Any) -> tuple[FusionNode, EdgeNode, Peer]:
    fusion, edge, peer = node(RADAR, **other)
    replies, out = give(fusion, peer, edge.registration(T_NS))
    assert replies[0].registration_ack.acceptance and out == []
    assert mistakes(replies[0]) == ()
    return fusion, edge, peer


def test_what_comes_before_a_registration_is_dropped_without_an_answer() -> None:
    fusion, edge, peer = node(RADAR)
    replies, (aside,) = give(fusion, peer, edge.status(T_NS))
    assert replies == []
    assert aside.why == "status_report before a registration"


@pytest.mark.parametrize("kind", [13, 14, 15, 16, 17])
def test_effectors_are_not_taken(kind: int) -> None:
    fusion, edge, peer = node(RADAR)
    message = edge.registration(T_NS)
    message.registration.node_definition.add().node_type = kind  # beside a radar
    (reply,), (aside,) = give(fusion, peer, message)
    assert not reply.registration_ack.acceptance
    assert "effectors are not taken" in reply.registration_ack.ack_response_reason[0]
    assert "effectors are not taken" in aside.why
    assert give(fusion, peer, edge.status(T_NS))[0] == []  # it stays unregistered


def test_nothing_in_the_room_can_make_a_task() -> None:
    from pathlib import Path

    import bartizan.feeds.sapient as room

    for path in Path(room.__file__).parent.glob("*.py"):
        assert not re.search(r"\.task\.(task_id|control|command)\b|\.task_ack\b", path.read_text())


def test_a_stranger_is_refused() -> None:
    fusion, _, peer = node(RADAR)
    stranger = EdgeNode(site(("other",)), 0)
    (reply,), (aside,) = give(fusion, peer, stranger.registration(T_NS))
    assert not reply.registration_ack.acceptance and "is not declared" in aside.why


@pytest.mark.parametrize(("late_s", "taken"), [(0.89, True), (0.91, False), (-0.09, True), (-0.11, False)])  # fmt: skip
def test_the_clock_window(late_s: float, taken: bool) -> None:
    fusion, edge, peer = registered()
    _, out = give(fusion, peer, edge.status(T_NS), late_s)
    assert (out == []) is taken
    if not taken:
        assert "expected -0.9 to +0.1 s" in out[0].why


def test_detections_of_one_time_are_one_scan() -> None:
    fusion, edge, peer = registered()
    messages = edge.scan(plot())[1:] * 3
    out = [x for m in messages for x in give(fusion, peer, m)[1]]
    assert out == []
    assert fusion.due(peer, T_NS + 40_000_000) == []
    (scan,) = fusion.due(peer, T_NS + 60_000_000)
    assert isinstance(scan, Scan) and len(scan.z) == 3
    give(fusion, peer, edge.scan(plot())[1])
    _, (first,) = give(fusion, peer, edge.scan(plot(T_NS + 10**8))[1])
    assert isinstance(first, Scan) and first.t_ns == T_NS


def test_a_status_with_a_field_of_view_is_a_look_where_the_site_says_so() -> None:
    fusion, edge, peer = registered(looks=True)
    empty = plot()._replace(**{n: getattr(plot(), n)[:0] for n in
                               ("t_det_ns", "z", "sd", "rcs_dbsm", "rotor", "declared", "confidence", "identity", "number")})  # fmt: skip
    for m in edge.scan(empty._replace(look=np.array([0.0, 5000.0, 1.0, 0.5, -0.1, 0.3]))):
        give(fusion, peer, m)
    (scan,) = fusion.flush(peer)
    assert isinstance(scan, Scan) and len(scan.z) == 0
    assert scan.look == pytest.approx([0.0, 5000.0, 1.0, 0.5, -0.1, 0.3])
    fusion, edge, peer = registered()
    give(fusion, peer, edge.scan(plot())[0])
    assert fusion.flush(peer) == []  # without that, a status is a sign of life alone


def test_silence_over_its_status_interval_is_noticed() -> None:
    fusion, edge, peer = registered()
    give(fusion, peer, edge.status(T_NS))
    assert fusion.silent(peer, T_NS + 1_900_000_000) == ""
    assert "its status interval is 1 s" in fusion.silent(peer, T_NS + 2_100_000_000)
    give(fusion, peer, edge.status(T_NS + 3 * 10**9))
    assert fusion.silent(peer, T_NS + 3 * 10**9) == ""
    give(fusion, peer, edge.status(T_NS + 4 * 10**9, system=5))
    assert fusion.silent(peer, T_NS + 4 * 10**9) == "it said goodbye"


def test_coordinates_are_checked_against_the_registered_system() -> None:
    fusion, edge, peer = registered()
    message = edge.scan(plot())[1]
    message.detection_report.range_bearing.coordinate_system = 1
    (reply,), (aside,) = give(fusion, peer, message)
    assert "another one is registered" in aside.why
    assert reply.error.error_message and mistakes(reply) == ()
    message = edge.scan(plot())[1]
    message.detection_report.range_bearing.azimuth = 7.0
    assert "azimuth: expected within 6.28" in give(fusion, peer, message)[1][0].why
    message = edge.scan(plot())[1]
    message.detection_report.range_bearing.datum = 2
    assert "expected true north" in give(fusion, peer, message)[1][0].why


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [("range", 1e30, "outside the sensor's reach"), ("range_error", 1e-300, "smaller than any"),
     ("rate", 1e30, "faster than")],
)  # fmt: skip
def test_an_absurd_detection_does_not_cost_its_scan(field: str, value: float, why: str) -> None:
    fusion, edge, peer = registered()
    good, bad = (edge.scan(plot())[1] for _ in range(2))
    if field == "rate":
        info = bad.detection_report.object_info.add()
        info.type, info.value, info.error = "radial velocity", str(value), 1.0
    else:
        setattr(bad.detection_report.range_bearing, field, value)
    give(fusion, peer, good)
    (aside,) = give(fusion, peer, bad)[1]
    assert why in aside.why
    (scan,) = fusion.flush(peer)
    assert isinstance(scan, Scan) and len(scan.z) == 1
    # a place on the Earth that is far away
    assert _absurd([(2e6, 1.0)] * 3 + [(math.nan, math.nan)] * 3, Frame.CARTESIAN, RADAR.sensors.look[0])  # fmt: skip


def test_degrees_in_an_utm_field_are_refused() -> None:
    """As Dstl's own samples have them."""
    fusion, edge, peer = node(RADAR)
    message = edge.registration(T_NS)
    where = message.registration.mode_definition[0].detection_definition[0].location_type
    where.location_units, where.location_datum = 5, 1
    give(fusion, peer, message)
    d = edge.scan(plot())[1]
    d.detection_report.location.x, d.detection_report.location.y = 51.17, -1.82
    d.detection_report.location.coordinate_system = rules.UTM
    d.detection_report.location.datum, d.detection_report.location.utm_zone = 1, "30U"
    (aside,) = give(fusion, peer, d)[1]
    assert "expected an easting" in aside.why


def test_a_location_with_velocity_class_and_identity() -> None:
    s = site(("rid",), SensorKind.REMOTE_ID)
    fusion, edge, peer = node(s)
    give(fusion, peer, edge.registration(T_NS))
    z = np.array([[3000.0, -2000.0, 150.0, 10.0, -20.0, 1.0]])
    one = np.ones(1, np.int64)
    scan = plot(z=z, sd=np.full((1, 6), 2.0), frame=int(Frame.CARTESIAN), identity=one * 77,
                names=((77, "N123"),), declared=np.array([int(ObjectClass.BIRD)], np.int8),
                confidence=np.array([0.75]))  # fmt: skip
    for m in edge.scan(scan):
        assert give(fusion, peer, m)[0] == []
    (back,) = fusion.flush(peer)
    assert isinstance(back, Scan)
    np.testing.assert_allclose(back.z, z, atol=1e-6)
    np.testing.assert_allclose(back.sd, 2.0, rtol=1e-3)
    assert back.names[0][1] == "N123" and back.identity[0] == back.names[0][0]
    assert back.declared[0] == ObjectClass.BIRD and back.confidence[0] == pytest.approx(0.75)


def test_a_nodes_own_track_numbers_last_where_it_says_so() -> None:
    edge = EdgeNode(RADAR, 0, numbered=True)
    fusion = FusionNode(RADAR, SapientParams(((edge.node_id, "radar"),)))
    peer = Peer("test")
    give(fusion, peer, edge.registration(T_NS))
    numbers = []
    for k, own in enumerate((40, 7, 40)):
        give(fusion, peer, edge.scan(plot(T_NS + k * 10**8, number=np.array([own])))[1])
        numbers += [int(s.number[0]) for s in fusion.flush(peer) if isinstance(s, Scan)]
    assert numbers == [0, 1, 0]


def test_utm_against_the_utm_package() -> None:
    utm = pytest.importorskip("utm")
    rng = np.random.Generator(np.random.PCG64(1))
    for _ in range(300):
        lat, lon = float(rng.uniform(-79, 83)), float(rng.uniform(-180, 179.9))
        e, n, zone, letter = utm.from_latlon(lat, lon)
        back = np.degrees(wgs84_from_utm(e, n, f"{zone}{letter}"))
        assert back == pytest.approx((lat, lon), abs=2e-7)  # 2 cm; that package's own series


def test_identities_have_the_right_form() -> None:
    assert rules.UUID.match(ids.uuid("x")) and ids.uuid("x") != ids.uuid("y")
    assert rules.ULID.match(ids.ulid(T_NS, "x"))
    assert ids.ulid(T_NS, "x") < ids.ulid(T_NS + 10**9, "a")  # they sort by time


def read_all(data: bytes, longest: int = 100) -> list[bytes]:
    async def go() -> list[bytes]:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        out = []
        while (m := await framing.read(stream, longest)) is not None:
            out.append(m)
        return out

    return asyncio.run(go())


def test_framing() -> None:
    bodies = [b"", b"a", b"x" * 100]
    data = b"".join(framing.framed(b) for b in bodies)
    assert data[:8] == b"\0\0\0\0\1\0\0\0"  # little-endian
    assert read_all(data) == bodies == list(framing.split(data))
    with pytest.raises(WrongMessageError, match="at most 100"):
        read_all(framing.framed(b"x" * 101))
    for cut in (2, 5):
        with pytest.raises(WrongMessageError, match="within a message"):
            read_all(framing.framed(b"abc")[:cut])


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_answered_or_set_aside(raw: bytes) -> None:
    fusion, _, peer = registered()
    replies, out = fusion.receive(peer, raw, T_NS)
    assert all(isinstance(x, Scan | Refused) for x in out)
    assert len(replies) <= 1


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_a_detection_is_taken_or_set_aside(data: st.DataObject) -> None:
    fusion, edge, peer = registered(late_s=1e12, early_s=1e12)
    raw = bytearray(edge.scan(plot())[1].SerializeToString())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    _, out = fusion.receive(peer, bytes(raw), T_NS)
    out += fusion.flush(peer)
    for scan in out:
        if isinstance(scan, Scan):
            assert np.isfinite(scan.z[~np.isnan(scan.z)]).all()


def test_our_own_messages_are_by_the_standard() -> None:
    edge = EdgeNode(RADAR, 0)
    for m in (edge.registration(T_NS), *edge.scan(plot())):
        assert mistakes(m) == ()
