"""The ASTERIX feed: counts and places of real recordings, and damage."""

from __future__ import annotations

import math
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bartizan.config.source import load_source
from bartizan.errors import SourceError
from bartizan.feeds import FEEDS, AsterixParams
from bartizan.feeds.asterix import blocks, elevation
from bartizan.feeds.captures import Broken
from bartizan.types import Refused, Scan
from feeds.radars import site
from recordings import need

# One record of category 048, SAC 25 SIC 201, as EUROCONTROL's sample has it.
PLOT = bytes.fromhex(
    "300030fdf70219c9356d4da0c5aff1e0020005283c660c10c236d4182001c0780031bc0000400deb07b9582e410020f5"
)
PARAMS = AsterixParams(sensors=((25, 201, "a"),), day="2016-05-05")


def run(path: Path, params: AsterixParams = PARAMS) -> tuple[list[Scan], list[Refused]]:
    out = list(FEEDS["asterix"](path, site(("a", "b")), params))
    return [x for x in out if isinstance(x, Scan)], [x for x in out if isinstance(x, Refused)]


def pcap(payloads: list[bytes], seconds: float = 27_355.0) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)
    for k, p in enumerate(payloads):
        udp = struct.pack(">HHHH", 1, 2, 8 + len(p), 0) + p
        ip = struct.pack(">BBHHHBBHII", 0x45, 0, 20 + len(udp), 0, 0, 9, 17, 0, 1, 2) + udp
        frame = bytes(12) + b"\x08\x00" + ip
        t = 1_462_406_400 + seconds + k  # 2016-05-05
        out += struct.pack("<IIII", int(t), 0, len(frame), len(frame)) + frame
    return out


def test_a_plot_field_by_field(tmp_path: Path) -> None:
    path = tmp_path / "one.raw"
    path.write_bytes(PLOT)
    scans, refused = run(path)
    assert not refused
    (scan,) = scans
    assert scan.z[0, 0] == pytest.approx(0xC5AF / 256 * 1852)
    assert scan.z[0, 1] == pytest.approx(math.remainder(0xF1E0 / 65_536 * 2 * math.pi, 2 * math.pi))
    assert scan.t_ns == 1_462_406_400 * 10**9 + 0x356D4D * 10**9 // 128
    assert scan.names[0][1] == "DLH65A (3C660C)"  # I048/240: 4 12 8 54 53 1 32 32
    assert scan.number[0] == 0xDEB
    assert scan.identity[0] == scan.names[0][0] > 0
    # flight level 330 at 366 km: the height comes back from range and elevation
    r, el = scan.z[0, 0], scan.z[0, 2]
    up = math.sqrt((6_371_041 + r * math.sin(el)) ** 2 + (r * math.cos(el)) ** 2) - 6_371_000
    assert up == pytest.approx(330 * 100 * 0.3048, abs=1.0)


def test_elevation_has_limits() -> None:
    assert elevation(10_000.0, 10_000.0, 0.0) == pytest.approx(math.pi / 2, abs=0.1)
    assert math.isnan(elevation(100.0, 10_000.0, 0.0))


@pytest.mark.parametrize(("cut", "why"), [(30, "does not fit"), (2, "does not fit")])
def test_a_truncated_block_is_set_aside(tmp_path: Path, cut: int, why: str) -> None:
    path = tmp_path / "cut.raw"
    path.write_bytes(PLOT + PLOT[:cut])
    scans, refused = run(path)
    assert len(scans) == 1
    assert why in refused[0].why
    assert refused[0].where == "cut.raw: byte 0, byte 48"


def test_a_damaged_pcap_goes_on(tmp_path: Path) -> None:
    plots = [PLOT[:8] + struct.pack(">I", 0x356D4D + 128 * k)[1:] + PLOT[11:] for k in range(12)]
    good = bytearray(pcap(plots))
    one = (len(good) - 24) // 12
    struct.pack_into("<I", good, 24 + 3 * one + 8, 0x7FFFFFFF)  # a packet length
    good[24 + 6 * one + 16 + 23] = 6  # a packet that is TCP
    good[24 + 8 * one + 16 + 42 + 5] = 0xFF  # a field specification
    path = tmp_path / "bad.pcap"
    path.write_bytes(bytes(good) + b"\x00" * 7)
    scans, refused = run(path)
    assert sum(len(s.z) for s in scans) >= 9
    assert [r.where.split(": ")[1] for r in refused] == [f"packet {k}" for k in (4, 7, 9, 13)]
    assert "cut short" in refused[-1].why


def test_a_plot_from_the_future_and_an_undeclared_sensor(tmp_path: Path) -> None:
    path = tmp_path / "future.pcap"
    path.write_bytes(pcap([PLOT], seconds=27_000.0))
    scans, refused = run(path)
    assert not scans
    assert "after it was received" in refused[0].why
    path.write_bytes(pcap([PLOT]))
    scans, refused = run(path, AsterixParams(sensors=((1, 2, "a"),)))
    assert [r.why for r in refused] == ["sensor 25/201 (SAC/SIC) is not declared"]


def test_one_damaged_time_does_not_make_the_rest_late(tmp_path: Path) -> None:
    def plot(tod: int) -> bytes:
        return PLOT[:8] + tod.to_bytes(3, "big") + PLOT[11:]

    tods = [0x356D4D + 128 * k for k in range(6)]
    tods[3] = 0x800000
    path = tmp_path / "jump.raw"
    path.write_bytes(b"".join(plot(t) for t in tods))
    scans, refused = run(path)
    assert sum(len(s.z) for s in scans) == 5
    assert len(refused) == 1
    assert "from the one before" in refused[0].why


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    for data in (b"", b"\x00" * 100, b"hello"):
        path.write_bytes(data)
        with pytest.raises(SourceError):
            run(path)
    with pytest.raises(SourceError, match="known: "):
        path.write_bytes(PLOT)
        run(path, PARAMS._replace(editions=(("048", "9.9"),)))


def counts(name: str) -> tuple[list[Scan], Counter[str]]:
    path = need("asterix") / name
    s = load_source(path)
    out = list(FEEDS[s.feed](path, s.site.site, s.params))
    scans = [x for x in out if isinstance(x, Scan)]
    times = [x.t_ns for x in scans]
    assert times == sorted(times)
    return scans, Counter(x.why for x in out if isinstance(x, Refused))


def test_one_radar_for_an_hour() -> None:
    scans, refused = counts("argentina_260429.pcap")
    assert not refused
    assert sum(len(s.z) for s in scans) == 3541  # the README's count of CAT048
    looked = sum(s.look[3] for s in scans) / (2 * math.pi)
    assert looked == pytest.approx(3785 / 7.63, rel=0.01)
    inside = [
        (z[1] - s.look[2]) % (2 * math.pi) <= s.look[3] for s in scans if s.look[3] for z in s.z
    ]
    assert all(inside)
    assert len(inside) > 3530
    lag = np.concatenate([s.t_ns - s.t_det_ns for s in scans]) * 1e-9
    assert lag.min() >= 0.0
    assert np.quantile(lag, 0.99) < 0.5


def test_a_looped_recording_gives_each_plot_once() -> None:
    scans, refused = counts("Jahorina.raw")
    assert set(refused) == {"repeated"}
    named = {text for s in scans for _, text in s.names}
    addresses = {t.rsplit("(", 1)[-1].strip(")") for t in named}
    assert len({a for a in addresses if len(a) == 6}) == 106  # the README's count
    assert (scans[-1].t_ns - scans[0].t_ns) * 1e-9 == pytest.approx(80.4, abs=0.5)
    keys = {(int(i), int(t)) for s in scans for i, t in zip(s.identity, s.t_det_ns, strict=True)}
    assert len(keys) == sum(len(s.z) for s in scans)


def test_midnight() -> None:
    scans, _ = counts("midnight_cross.gps")
    assert len(scans) == 5
    assert scans[-1].t_ns - scans[0].t_ns < 1_000_000_000
    day = [s.t_ns // (86_400 * 10**9) for s in scans]
    assert day[-1] - day[0] == 1


def test_two_aircraft_for_79_minutes() -> None:
    scans, refused = counts("068test_bds30.gps")
    assert not refused
    assert sum(len(s.z) for s in scans) == 1830
    assert len({t for s in scans for _, t in s.names}) == 2


def test_two_lans_and_seven_radars() -> None:
    scans, refused = counts("cat_034_048.pcap")
    assert refused["repeated"] >= 50  # each packet came twice
    assert {w for w in refused if "declared" in w} == {
        f"sensor 25/{k} (SAC/SIC) is not declared" for k in (11, 13, 14, 204, 205)
    }
    assert scans


def test_wrong_edition_is_one_clear_error() -> None:
    path = need("asterix") / "asterix.pcap"
    params = AsterixParams(sensors=((25, 100, "a"),))
    with pytest.raises(SourceError, match=r"category 062 does not read as edition 1\.18"):
        run(path, params)


def test_containers() -> None:
    path = need("remote_id") / "parrot_anafi4_real.pcapng"
    items = list(blocks.read(path))
    assert len(items) > 1000
    assert all(isinstance(i, Broken) for i in items)  # Wi-Fi frames, not UDP
