"""Remote ID: captures from the air, damage, and messages there and back."""

from __future__ import annotations

import contextlib
import math
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.errors import SourceError
from bartizan.feeds import remote_id
from bartizan.feeds.remote_id import Joiner, RemoteIdParams, feed, framed, payloads
from bartizan.feeds.remote_id.air import Heard, heard
from bartizan.feeds.remote_id.messages import (
    BasicId,
    DamagedError,
    Location,
    Text,
    count,
    decode,
    encode,
    pack,
)
from bartizan.frames import enu_from_wgs84, local_frame
from bartizan.sensing import identity_key
from bartizan.types import Refused, Scan, SensorKind, Site
from feeds.radars import site
from recordings import need

NAN = math.nan
PARAMS = RemoteIdParams(sensor="rid")
T_NS = 1_700_000_000 * 10**9


def here(lat_deg: float = 46.76, lon_deg: float = 7.62) -> Site:
    return site(("rid",), SensorKind.REMOTE_ID, math.radians(lat_deg), math.radians(lon_deg))


def location(**other: object) -> Location:
    t = Location(
        2, 2, False, math.radians(200.0), 12.0, -2.5, math.radians(46.761), math.radians(7.625),
        600.0, 650.0, 40.0, 10.0, 3.0, NAN, 1.0, 5, 0.1,
    )  # fmt: skip
    return t._replace(**other)


@pytest.mark.parametrize(
    ("name", "n"),
    [("odid_wifi_bcn_sample.pcap", 105), ("odid_wifi_sample.pcap", 42),
     ("odid_bt5_lr_sample.pcapng", 1161)],
)  # fmt: skip
def test_counts_of_the_published_captures(name: str, n: int) -> None:
    path = need("remote_id") / name
    packs = [item[2] for item in payloads(path) if not isinstance(item, Refused)]
    total = 0
    for p in packs:
        try:
            total += count(p.payload)
        except DamagedError:
            assert p.whole is False
    assert total == n


def test_damaged_packs_of_the_air_are_refused_whole() -> None:
    path = need("remote_id") / "odid_bt5_lr_sample.pcapng"
    out = list(framed(path))
    aside = [r for r in out if isinstance(r, Refused)]
    assert len(aside) == 28  # of 272 packs; the receiver found these damaged
    assert Counter(x for x in out if isinstance(x, str)).total() == 1069
    packs = [item[2] for item in payloads(path) if not isinstance(item, Refused)]
    caught = 0
    for p in packs:
        try:
            decode(p.payload)
        except DamagedError:
            assert p.whole is False  # ranges alone refuse no good one
            caught += 1
    assert caught == 9


def test_a_real_drones_messages_come_back_byte_for_byte() -> None:
    n = 0
    for item in payloads(need("remote_id") / "parrot_anafi4_real.pcapng"):
        assert not isinstance(item, Refused)
        raw = item[2].payload
        assert pack(decode(raw)) == raw
        n += count(raw)
    assert n == 2295


def test_a_real_flight_becomes_scans() -> None:
    path = need("remote_id") / "parrot_anafi4_real.pcapng"
    out = list(feed(path, here(), PARAMS))
    scans = [x for x in out if isinstance(x, Scan)]
    reasons = Counter(x.why for x in out if isinstance(x, Refused))
    assert len(scans) + sum(reasons.values()) == 1140
    assert set(reasons) == {"repeated: the position has not been renewed"}
    names = {text.split(" ")[0] for s in scans for _, text in s.names}
    assert len(names) == 1 and next(iter(names)).startswith("1588E")
    pilots = np.degrees([p[2:4] for s in scans for p in s.pilots])
    assert len(pilots) >= len(scans) - 2
    assert np.ptp(pilots, axis=0).max() < 5e-4 and pilots[0] == pytest.approx(
        (47.1987, 8.7302), abs=1e-4
    )
    x = np.array([s.z[0] for s in scans])
    t = np.array([s.t_ns for s in scans]) * 1e-9
    assert (np.diff(t) >= 0).all()
    far = np.abs(t[:, None] - t[None, :] - 10.0) < 0.3  # pairs 10 s apart
    i, j = np.nonzero(far)
    flown = (x[i, :3] - x[j, :3]) / (t[i] - t[j])[:, None]
    said = (x[i, 3:] + x[j, 3:]) / 2
    good = np.isfinite(said).all(axis=1)
    # what it says of its velocity is what its positions do
    assert np.median(np.linalg.norm(flown[good, :2] - said[good, :2], axis=1)) < 1.5


def test_the_spoofed_flight_is_read_though_its_packs_lack_reserved_bytes() -> None:
    path = need("remote_id") / "parrot_anafi4_spoofed.pcapng"
    assert Counter(framed(path)) == dict.fromkeys(("basic_id", "location", "system", "operator_id"), 26)  # fmt: skip


def test_a_location_there_and_back_within_the_formats_resolution() -> None:
    m = location()
    (back,) = decode(encode(m))
    assert isinstance(back, Location)
    for name, step in (("course_rad", 0.0088), ("speed_mps", 0.13), ("climb_mps", 0.26),
                       ("lat_rad", 1e-9), ("lon_rad", 1e-9), ("hae_m", 0.26)):  # fmt: skip
        assert getattr(back, name) == pytest.approx(getattr(m, name), abs=step)
    assert back.climb_mps == -2.5  # signed
    assert math.isnan(back.pressure_sd_m)
    fast = decode(encode(location(speed_mps=150.0)))[0]
    assert isinstance(fast, Location) and fast.speed_mps == pytest.approx(150.0, abs=0.4)


def test_the_values_that_mean_unknown() -> None:
    m = location(lat_rad=NAN, lon_rad=NAN, hae_m=NAN, speed_mps=NAN, climb_mps=NAN, tenths=-1,
                 course_rad=NAN)  # fmt: skip
    (back,) = decode(encode(m))
    assert isinstance(back, Location)
    assert not back.known
    assert all(math.isnan(v) for v in (back.hae_m, back.speed_mps, back.climb_mps, back.course_rad))
    assert back.tenths == -1
    raw = encode(m)
    assert raw[5:13] == bytes(8) and raw[3] == 255 and raw[4] == 126


@pytest.mark.parametrize(
    ("at", "value", "why"),
    [(0, 0x13, "version 3"), (0, 0x92, "message type 9"), (1, 0xF0, "status 15"),
     (2, 200, "direction 200"),
     (4, 125, r"vertical speed 62\.5"), (4, 127, "vertical speed"), (4, 0x80, "vertical speed -64"), (8, 0x7F, "latitude"), (12, 0x80, "longitude -"),
     (19, 0x0F, "horizontal accuracy 15"), (19, 0xF0, "vertical accuracy 15"),
     (22, 0xF0, "tenths of a second")],
)  # fmt: skip
def test_one_wrong_field_refuses_the_whole_pack(at: int, value: int, why: str) -> None:
    good = (BasicId(2, 1, 2, b"1588E04CA"), location())
    raw = bytearray(pack(good))
    assert len(decode(bytes(raw))) == 2
    raw[3 + 25 + at] = value
    with pytest.raises(DamagedError, match=why):
        decode(bytes(raw))


def hear(joiner: Joiner, *messages: object, sender: str = "a", t_s: float = 0.0) -> list[object]:
    said = Heard(sender, 0, pack(messages), None)  # type: ignore[arg-type]
    return list(joiner.hear(said, T_NS + round(t_s * 1e9), "here"))


def test_who_makes_addresses_up_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_id, "MOST_SENDERS", 3)
    joiner, numbers = Joiner(here(), PARAMS), set()
    hear(joiner, BasicId(2, 1, 2, b"SERIAL"), sender="true")
    for k in range(20):
        (one,) = hear(joiner, location(tenths=-1), sender=f"made up {k}")
        (real,) = hear(joiner, location(tenths=-1, speed_mps=13.0 + k % 2), sender="true")
        assert isinstance(one, Scan) and isinstance(real, Scan)
        assert real.identity[0] == identity_key("SERIAL")  # heard often, it is kept
        numbers |= {int(one.number[0]), int(real.number[0])}
    assert len(joiner._drones) == 3 and len(numbers) == 21


def test_identity_and_position_come_in_different_messages() -> None:
    joiner = Joiner(here(), PARAMS)
    (first,) = hear(joiner, location(tenths=-1))
    assert isinstance(first, Scan) and first.identity[0] == 0
    assert hear(joiner, BasicId(2, 1, 2, b"SERIAL"), Text(2, "operator_id", 0, b"FIN87")) == []
    (second,) = hear(joiner, location(tenths=-1, speed_mps=13.0), t_s=1.0)
    assert isinstance(second, Scan) and second.identity[0] == identity_key("SERIAL")
    assert second.names == ((identity_key("SERIAL"), "SERIAL (operator FIN87)"),)
    (other,) = hear(joiner, location(tenths=-1), sender="b", t_s=1.5)
    assert isinstance(other, Scan) and other.identity[0] == 0  # nobody else's identity
    assert other.number[0] != second.number[0]
    (old,) = hear(joiner, location(tenths=-1, speed_mps=14.0), t_s=100.0)
    assert isinstance(old, Scan) and old.identity[0] == 0


def test_a_scan_says_what_the_message_says() -> None:
    s = here()
    (scan,) = hear(Joiner(s, PARAMS), location(tenths=-1))
    assert isinstance(scan, Scan)
    frame = local_frame(s.name, *s.origin)
    p = enu_from_wgs84(frame, math.radians(46.761), math.radians(7.625), 650.0)
    assert scan.z[0, :3] == pytest.approx(p, abs=0.3)
    assert scan.z[0, 3:5] == pytest.approx([12 * math.sin(math.radians(200)), 12 * math.cos(math.radians(200))], abs=0.1)  # fmt: skip
    assert scan.z[0, 5] == pytest.approx(-2.5, abs=0.01)
    assert scan.sd[0, 0] == pytest.approx(10.0 / math.sqrt(-2 * math.log(0.05)), rel=1e-3)
    assert scan.look[3] == 0.0


def test_zero_zero_and_repeats_are_set_aside() -> None:
    joiner = Joiner(here(), PARAMS)
    (zero,) = hear(joiner, location(lat_rad=NAN, lon_rad=NAN))
    assert isinstance(zero, Refused) and "latitude and longitude 0" in zero.why
    hear(joiner, location())
    (again,) = hear(joiner, location(), t_s=0.1)
    assert isinstance(again, Refused) and again.why.startswith("repeated")


def test_the_drones_clock_counts_where_it_can_be_right() -> None:
    tenths = T_NS // 10**8 % 36_000
    (scan,) = hear(Joiner(here(), PARAMS), location(tenths=(tenths - 20) % 36_000))
    assert isinstance(scan, Scan) and scan.t_ns == T_NS - 2 * 10**9
    (scan,) = hear(Joiner(here(), PARAMS), location(tenths=(tenths - 2000) % 36_000))
    assert isinstance(scan, Scan) and scan.t_ns == T_NS


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    for data in (b"", b"hello", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 127)):
        path.write_bytes(data)
        with pytest.raises(SourceError):
            list(framed(path))


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([127, 105, 272, 251, 1]))
def test_any_frame_is_heard_or_not(data: bytes, link: int) -> None:
    said = heard(data, link)
    if said is not None:
        with contextlib.suppress(DamagedError):
            decode(said.payload)


@settings(max_examples=400, deadline=None)
@given(st.binary(min_size=25, max_size=25))
def test_any_message_is_damaged_or_comes_back(raw: bytes) -> None:
    try:
        (m,) = decode(raw)
    except (DamagedError, ValueError) as e:
        assert isinstance(e, DamagedError)
        return
    (again,) = decode(encode(m))
    assert str(again) == str(m) or isinstance(m, Location)
