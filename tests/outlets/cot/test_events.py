"""Cursor on Target events of a night: how often, what, where; nothing that asks for an act."""

from __future__ import annotations

import math
import re

import numpy as np
import pymap3d
import pytest
from lxml import etree

from bartizan.outlets.cot import Events
from bartizan.outlets.cot.event import EXERCISE_LETTERS, KINDS, LETTERS, type_of
from bartizan.pilot import Pilot
from bartizan.types import Event, EventKind, Identity, Mode, ObjectClass
from bartizan.units import ns_from_iso

ALLOWED = re.compile(r"a-[pufanshjk]-(A(-[A-Z])*|G)|t-x-d-d")


def told(kept, mode: Mode = Mode.EXERCISE) -> list[tuple[int, str, etree._Element]]:
    """When, uid and event of all that a night gives."""
    events = Events(kept.site, mode)
    return [(o.t_ns, i.uid, etree.fromstring(i.data)) for o in kept.outputs for i in events.see(o)]


def test_at_most_one_a_second_and_track_but_for_changes(kept) -> None:
    last: dict[str, tuple[int, str, str]] = {}
    early = 0
    for t_ns, uid, e in told(kept):
        now = (t_ns, e.get("type"), "alarmed" in e.findtext("detail/remarks"))
        if uid in last and t_ns - last[uid][0] < 1_000_000_000:
            early += 1
        last[uid] = now
    shown = {(o.t_ns, k) for o in kept.outputs for k in o.tracks.label.tolist()}
    seconds = {(t_ns // 1_000_000_000, k) for t_ns, k in shown}
    count = len(told(kept))
    assert count <= len(seconds) + early + len(last)
    assert count < len(shown) / 2
    assert early < 0.05 * count


def test_a_change_of_class_or_alarm_goes_out_at_once(kept) -> None:
    events = Events(kept.site, Mode.EXERCISE)
    before: dict[int, tuple[int, bool]] = {}
    changed = 0
    for o in kept.outputs:
        items = {i.uid for i in events.see(o)}
        alarmed = {k for a in o.watch.alarms for k in a.labels}
        for k, label in enumerate(o.tracks.label.tolist()):
            now = (int(o.picture.cls[k]), label in alarmed)
            if before.get(label, now) != now:
                changed += 1
                assert any(u.endswith(f"-{label}") for u in items)
            before[label] = now
    assert changed >= 4


def test_where_and_how_well(kept) -> None:
    output = next(o for o in kept.outputs if len(o.tracks.label) >= 3)
    lat0, lon0 = map(math.degrees, kept.site.origin[:2])
    for k, item in enumerate(Events(kept.site, Mode.EXERCISE).see(output)):
        e = etree.fromstring(item.data)
        p = e.find("point")
        x, P = output.tracks.x[k], output.tracks.P[k]
        want = pymap3d.enu2geodetic(*x[:3], lat0, lon0, kept.site.origin[2])
        assert float(p.get("lat")) == pytest.approx(want[0], abs=2e-7)
        assert float(p.get("lon")) == pytest.approx(want[1], abs=2e-7)
        assert float(p.get("hae")) == pytest.approx(want[2], abs=0.06)
        ce = math.sqrt(np.linalg.eigvalsh(P[:2, :2])[-1])
        assert float(p.get("ce")) == pytest.approx(ce, rel=0.02, abs=0.06)
        assert float(p.get("le")) == pytest.approx(math.sqrt(P[2, 2]), rel=0.02, abs=0.06)
        track = e.find("detail/track")
        assert float(track.get("speed")) == pytest.approx(np.hypot(*x[3:5]), rel=0.01, abs=0.1)
        course = math.degrees(math.atan2(x[3], x[4])) % 360.0
        assert abs((float(track.get("course")) - course + 180.0) % 360.0 - 180.0) < 0.3


def test_times_and_all_of_an_exercise_says_so(kept) -> None:
    for t_ns, uid, e in told(kept):
        assert 10.0 <= (ns_from_iso(e.get("stale")) - ns_from_iso(e.get("time"))) / 1e9 <= 30.0
        assert abs(ns_from_iso(e.get("time")) - t_ns) < 1_000_000
        assert uid.startswith("exercise-")
        assert e.get("uid").startswith("exercise-")
        assert e.get("how") == "m-s"
        assert e.get("opex") == "e-EXERCISE"
        assert "EXERCISE EXERCISE EXERCISE" in e.findtext("detail/remarks")
        contact = e.find("detail/contact")
        assert contact is None or contact.get("callsign").startswith("EXERCISE ")
        assert not re.match(r"a-[sh]-", e.get("type"))


def test_no_event_has_a_type_that_asks_for_an_act(kept) -> None:
    """Every type that can be built: places of things, and that one is gone."""
    for mode in Mode:
        for identity in Identity:
            for cls in ObjectClass:
                assert ALLOWED.fullmatch(type_of(identity, cls, mode))
        for _, _, e in told(kept, mode):
            assert ALLOWED.fullmatch(e.get("type"))
            assert {d.tag for d in e.find("detail")} <= {
                "contact",
                "remarks",
                "track",
                "link",
                "__forcedelete",
            }
    assert set(KINDS) == set(ObjectClass)
    assert set(LETTERS) == set(Identity)
    assert set(EXERCISE_LETTERS) == {"s", "h"}


def test_real_hostiles_are_hostile_and_those_of_an_exercise_fakers() -> None:
    assert type_of(Identity.HOSTILE, ObjectClass.MULTIROTOR, Mode.LIVE) == "a-h-A-M-H-Q"
    assert type_of(Identity.HOSTILE, ObjectClass.MULTIROTOR, Mode.EXERCISE) == "a-k-A-M-H-Q"
    assert type_of(Identity.SUSPECT, ObjectClass.FIXED_WING, Mode.EXERCISE) == "a-j-A-M-F-Q"


def test_a_lost_track_is_deleted_once(kept) -> None:
    events = Events(kept.site, Mode.LIVE)
    output = next(o for o in kept.outputs if len(o.tracks.label))
    uid = events.see(output)[0].uid
    label = int(output.tracks.label[0])
    lost = Event(output.t_ns, EventKind.TRACK_DROPPED, "lost", (label,))
    empty = output._replace(
        watch=output.watch._replace(events=(lost,)),
        picture=output.picture._replace(
            tracks=type(output.tracks)(output.t_ns, *(a[:0] for a in output.tracks[1:])),
            cls=output.picture.cls[:0], identity=output.picture.identity[:0],
        ),
        threats=output.threats._replace(t_wall_s=output.threats.t_wall_s[:0]),
    )  # fmt: skip
    (item,) = events.see(empty)
    e = etree.fromstring(item.data)
    assert item.uid == uid
    assert item.keep
    assert e.get("type") == "t-x-d-d"
    assert e.find("detail/link").get("uid") == uid
    assert e.find("detail/__forcedelete") is not None
    assert events.see(empty) == []


def test_the_pilot_goes_out_beside_the_drone(kept) -> None:
    output = next(o for o in kept.outputs if len(o.tracks.label))
    tracks = output.tracks._replace(identity=np.full(len(output.tracks.label), 77))
    said = Pilot(output.t_ns - 1, 77, math.radians(33.8), math.radians(42.4), math.nan)
    output = output._replace(picture=output.picture._replace(tracks=tracks, pilots=(said,)))
    events = Events(kept.site, Mode.LIVE)
    drone, pilot = (etree.fromstring(i.data) for i in events.see(output)[:2])
    assert pilot.get("uid") == drone.get("uid") + "-pilot"
    assert re.fullmatch(r"a-.-G", pilot.get("type"))
    assert pilot.find("point").get("lat") == "33.8000000"
    assert pilot.find("point").get("hae") == "9999999.0"
    assert pilot.find("detail/link").get("uid") == drone.get("uid")
    assert "not verified" in pilot.findtext("detail/remarks")
    late = output._replace(t_ns=output.t_ns + 61_000_000_000,
                           picture=output.picture._replace(pilots=()))  # fmt: skip
    assert not any(i.uid.endswith("-pilot") for i in events.see(late))
    label = int(output.tracks.label[0])
    lost = Event(late.t_ns, EventKind.TRACK_DROPPED, "lost", (label,))
    gone = events.see(late._replace(watch=late.watch._replace(events=(lost,))))
    uids = [etree.fromstring(i.data).find("detail/link").get("uid") for i in gone if i.keep]
    assert uids == [drone.get("uid"), pilot.get("uid")]


def test_a_callsign_from_the_air_cannot_break_an_event(kept) -> None:
    output = next(o for o in kept.outputs if len(o.tracks.label))
    bad = '"/><event type="b-a-o-tbl">\x00\x1b[2J]]>&amp;' + "\ud800"
    names = (bad,) * len(output.tracks.label)
    output = output._replace(picture=output.picture._replace(callsign=names))
    for item in Events(kept.site, Mode.LIVE).see(output):
        e = etree.fromstring(item.data)
        assert {x.tag for x in e.iter("*")} == {
            "event",
            "point",
            "detail",
            "contact",
            "remarks",
            "track",
        }
        assert "<event" in e.find("detail/contact").get("callsign")
