"""SAPIENT upwards: good by the standard, read back where it was, answered, never a task."""

from __future__ import annotations

import math
import socket
import subprocess
import threading
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pymap3d
import pytest

import peers
from bartizan.feeds.sapient import FusionNode, Peer, SapientParams, ids, mistakes, shim
from bartizan.feeds.sapient.framing import framed, split
from bartizan.outlets import OUTLETS, SapientUpParams
from bartizan.outlets.sapient import Child
from bartizan.types import Mode, Refused, Scan, SensorKind

MARK = "EXERCISE EXERCISE EXERCISE"


def told(kept, mode: Mode = Mode.EXERCISE) -> tuple[Child, list]:
    child = Child(kept.site, mode)
    return child, [(o, key, m) for o in kept.outputs for key, m, _ in child.see(o)]


def test_every_message_of_a_night_is_good_by_the_standard(kept) -> None:
    child, said = told(kept)
    kinds = [m.WhichOneof("content") for _, _, m in said]
    assert set(kinds) == {"alert", "detection_report", "status_report"}
    assert kinds.count("detection_report") > 200
    for m in (child.registration(), child.status(5), *(m for _, _, m in said)):
        assert mistakes(m) == ()
        assert m.WhichOneof("content") in (
            "registration",
            "alert",
            "detection_report",
            "status_report",
        )
    assert [d.node_type for d in child.registration().registration.node_definition] == [20]


SECOND = """
import sys
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage as Wire
from sapient_msg_pydantic.bsi_flex_335_v2_0.sapient_message import SapientMessage
data, at, same = open(sys.argv[1], "rb").read(), 0, 0
while at < len(data):
    size = int.from_bytes(data[at : at + 4], "little")
    wire = Wire.FromString(data[at + 4 : at + 4 + size])
    at += 4 + size
    back = SapientMessage.from_pb2(wire).to_pb2()
    same += back.WhichOneof("content") == wire.WhichOneof("content")
refused = 0
wire.status_report.report_id = "no ULID"
try:
    SapientMessage.from_pb2(wire).to_pb2()
except ValueError:
    refused = 1
print(same, refused)
"""


def test_another_library_takes_every_message(kept, tmp_path: Path) -> None:
    child, said = told(kept)
    messages = [child.registration(), child.status(5), *(m for _, _, m in said)]
    path = tmp_path / "said"
    path.write_bytes(b"".join(framed(m.SerializeToString()) for m in messages))
    python = str(peers.environment("sapient-pydantic==0.1.0") / "python")
    done = subprocess.run(
        [python, "-c", SECOND, str(path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split() == [str(len(messages)), "1"]  # it does refuse what is wrong


def test_tracks_stand_where_they_are(kept) -> None:
    lat0, lon0 = map(math.degrees, kept.site.origin[:2])
    child, said = told(kept)
    for o, key, m in said[:400]:
        if not key.startswith("track "):
            continue
        (k,) = np.flatnonzero(o.tracks.label == int(key.split()[1]))
        d = m.detection_report
        lat, lon, hae = pymap3d.enu2geodetic(*o.tracks.x[k, :3], lat0, lon0, kept.site.origin[2])
        assert (d.location.y, d.location.x) == pytest.approx((lat, lon), abs=1e-9)
        assert d.location.z == pytest.approx(hae, abs=0.01)
        speed = math.hypot(
            d.enu_velocity.east_rate, d.enu_velocity.north_rate, d.enu_velocity.up_rate
        )
        assert speed == pytest.approx(float(np.linalg.norm(o.tracks.x[k, 3:])), rel=1e-6)
        assert d.object_id == child.object_id(int(o.tracks.label[k]))
        assert d.location.y_error * 111_132.0 == pytest.approx(
            math.sqrt(o.tracks.P[k, 1, 1]), rel=0.02
        )


def test_a_track_names_what_it_was_made_of(kept) -> None:
    output = next(o for o in kept.outputs if len(o.tracks.label))
    label = int(output.tracks.label[0])
    node, thing = ids.uuid("a node"), ids.ulid(output.t_ns, "a thing")
    made = output._replace(picture=output.picture._replace(objects=((label, f"{node}/{thing}"),)))
    child = Child(kept.site, Mode.LIVE)

    def parts(o) -> list:
        m = next(m for key, m, _ in child.see(o) if key == f"track {label}")
        assert mistakes(m) == ()
        return list(m.detection_report.associated_detection)

    (one,) = parts(made)
    assert (one.node_id, one.object_id, one.association_type) == (node, thing, 3)  # a child of it
    again = output._replace(t_ns=output.t_ns + 4_000_000_000)
    assert [p.object_id for p in parts(again)] == [thing]
    assert parts(output._replace(t_ns=output.t_ns + 6_000_000_000)) == []


def test_all_of_an_exercise_says_so(kept) -> None:
    child, said = told(kept)
    assert child.registration().registration.name.startswith("exercise-")
    for _, _, m in said:
        if m.HasField("detection_report"):
            d = m.detection_report
            assert ("mark", MARK) in [(i.type, i.value) for i in d.object_info]
            assert not d.id or d.id.startswith("EXERCISE ")
        elif m.HasField("alert"):
            assert m.alert.description.startswith(MARK)
    assert child.node_id != Child(kept.site, Mode.LIVE).node_id


def test_an_alert_keeps_its_id_until_it_is_cleared_and_takes_its_answer(kept) -> None:
    child = Child(kept.site, Mode.EXERCISE)
    alerts = []
    answer = shim.new()
    for o in kept.outputs:
        for key, m, keep in child.see(o):
            if key.startswith("alert "):
                alerts.append(m.alert)
                assert keep
        if len(alerts) == 1 and not answer.HasField("alert_ack"):
            answer.alert_ack.alert_id, answer.alert_ack.alert_ack_status = alerts[0].alert_id, 1
            ack = child.heard(answer)
            assert ack is not None
            assert (ack.alarm, ack.said) == (1, "accepted")
            assert child.heard(answer) is None  # the same again
    said = [(a.what, a.where, a.do, a.labels) for o in kept.outputs for a in o.watch.alarms]
    changes = sum(one != other for one, other in pairwise(said))
    assert len(alerts) == 1 + changes + 1 < 10  # told when its words change, not at each step
    assert len({a.alert_id for a in alerts}) == 1
    assert [a.status for a in alerts] == [1] * (len(alerts) - 1) + [5]
    assert child.heard(answer) is None  # it is over
    assert alerts[0].associated_detection[0].node_id == child.node_id


def test_a_fusion_node_takes_us_and_sees_the_same_tracks(kept) -> None:
    """The ear of the feed `sapient` as our parent: a receiver of reports stands for us there."""
    row = next(k for k, kind in enumerate(kept.site.sensors.kind) if kind >= SensorKind.ADSB)
    child = Child(kept.site, Mode.EXERCISE)
    above = FusionNode(kept.site, SapientParams(((child.node_id, kept.site.sensor_names[row]),)))
    peer, seen = Peer("line"), []
    for k, o in enumerate(kept.outputs):
        said = [m for _, m, _ in child.see(o)]
        for m in [child.registration(), *said] if k == 0 else said:
            replies, scans = above.receive(peer, m.SerializeToString(), o.t_ns)
            assert all(r.registration_ack.acceptance for r in replies)
            assert not any(isinstance(s, Refused) and m.HasField("detection_report") for s in scans)
            seen += [s for s in scans if not isinstance(s, Refused)]
    assert seen
    at = {o.t_ns: o for o in kept.outputs}
    for scan in seen:
        x = at[scan.t_ns].tracks.x
        assert len(scan.z) == len(x)
        apart = np.linalg.norm(scan.z[:, None, :3] - x[None, :, :3], axis=2)
        assert apart.min(axis=1).max() < 0.01


def test_a_parent_with_a_narrow_clock_takes_all_of_a_picture_that_is_late(kept) -> None:
    """As in a quiet hour, when the flow steps 2 s behind the clock: nothing is refused."""
    row = next(k for k, kind in enumerate(kept.site.sensors.kind) if kind >= SensorKind.ADSB)
    child = Child(kept.site, Mode.EXERCISE)
    above = FusionNode(kept.site, SapientParams(((child.node_id, kept.site.sensor_names[row]),)))
    peer, late_ns, kinds, seen = Peer("line"), 2_000_000_000, set(), []
    for k, o in enumerate(kept.outputs[:400]):
        now_ns = o.t_ns + late_ns
        said = [m for _, m, _ in child.see(o, now_ns)]
        for m in [child.registration(), *said] if k == 0 else said:
            replies, out = above.receive(peer, m.SerializeToString(), now_ns)
            assert all(r.HasField("registration_ack") for r in replies)
            assert not any(isinstance(x, Refused) and "its time" in x.why for x in out)
            kinds.add(m.WhichOneof("content"))
            seen += [x for x in out if isinstance(x, Scan)]
    assert kinds == {"registration", "status_report", "detection_report", "alert"}
    assert len(seen) > 10
    at = {o.t_ns + late_ns: o for o in kept.outputs}
    for scan in seen:  # where the tracks are by then, and no surer than before
        tracks = at[scan.t_ns].tracks
        x = tracks.x[:, :3] + 2.0 * tracks.x[:, 3:]
        apart = np.linalg.norm(scan.z[:, None, :3] - x[None], axis=2)
        assert apart.min(axis=1).max() < 0.01
        near = apart.argmin(axis=1)
        assert (scan.sd[:, 0] ** 2 > tracks.P[near, 0, 0]).all()
    assert not [k for k, _, _ in child.see(o, o.t_ns + 6_000_000_000) if k.startswith("track")]


class Parent(threading.Thread):
    """A fusion node above: takes the registration, answers alerts, and tries a task."""

    def __init__(self, accept: bool = True) -> None:
        super().__init__(daemon=True)
        self.accept = accept
        self.got: list = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]

    def run(self) -> None:
        line, _ = self.server.accept()
        with line:
            data, done = b"", 0
            while block := line.recv(65_536):
                data += block
                whole = 0
                while len(data) - whole >= 4:
                    size = 4 + int.from_bytes(data[whole : whole + 4], "little")
                    if len(data) - whole < size:
                        break
                    whole += size
                for body in split(data[:whole]):
                    self.got.append(shim.from_bytes(body))
                data = data[whole:]
                for m in self.got[done:]:
                    self.answer(line, m)
                done = len(self.got)

    def answer(self, line: socket.socket, m) -> None:
        r = shim.new()
        r.node_id, r.timestamp.seconds = m.node_id, 1
        kind = m.WhichOneof("content")
        if kind == "registration":
            r.registration_ack.acceptance = self.accept
            r.registration_ack.ack_response_reason.append("because")
        elif kind == "alert":
            r.alert_ack.alert_id, r.alert_ack.alert_ack_status = m.alert.alert_id, 1
        elif kind == "status_report":
            r.task.task_id = m.status_report.report_id
        else:
            return
        line.sendall(framed(r.SerializeToString()))


def test_a_parent_over_tcp_registers_hears_and_answers(kept) -> None:
    parent = Parent()
    parent.start()
    params = SapientUpParams("127.0.0.1", parent.port, mode=Mode.EXERCISE)
    outlet = OUTLETS["sapient"](kept.site, Mode.EXERCISE, params)
    for o in kept.outputs[:300]:
        outlet.see(o)
    end = time.monotonic() + 60.0
    acks: tuple = ()
    while time.monotonic() < end and not (acks and outlet.dropped):
        time.sleep(0.05)
        acks += outlet.acks()
    outlet.close()
    parent.join(10.0)
    parent.server.close()
    kinds = [m.WhichOneof("content") for m in parent.got]
    assert kinds[0] == "registration"
    assert kinds.count("registration") == 1
    assert {"alert", "detection_report", "status_report"} <= set(kinds)
    assert parent.got[-1].status_report.system == 5
    assert acks[0].alarm == 1
    assert outlet.dropped >= 1  # the task
    assert not any(k in ("task", "task_ack") for k in kinds)
    assert all(mistakes(m) == () for m in parent.got)


def test_a_parent_that_refuses_is_told_in_words(kept) -> None:
    parent = Parent(accept=False)
    parent.start()
    params = SapientUpParams("127.0.0.1", parent.port, mode=Mode.EXERCISE)
    outlet = OUTLETS["sapient"](kept.site, Mode.EXERCISE, params)
    outlet.see(kept.outputs[0])
    end = time.monotonic() + 60.0
    while time.monotonic() < end and not outlet.health().failed:
        time.sleep(0.05)
    health = outlet.health()
    outlet.close()
    parent.join(10.0)
    parent.server.close()
    assert "does not take us: because" in health.why
    assert [m.WhichOneof("content") for m in parent.got] == ["registration"]
