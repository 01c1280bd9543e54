"""The ADS-B feed: positions of real frames against published ones, and damage."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pymap3d
import pytest

from bartizan.config.source import load_source
from bartizan.errors import SourceError
from bartizan.feeds import FEEDS, AdsbParams
from bartizan.types import Refused, Scan, SensorKind
from feeds.radars import site
from recordings import need

# The worked example of "The 1090 Megahertz Riddle" (J. Sun), section 5.3: an even and an
# odd frame that decode to 52.2572 N 3.91937 E at 38,000 ft (globally, the even one newer).
ODD, EVEN = "8D40621D58C386435CC412692AD6", "8D40621D58C382D690C8AC2863A7"
PLACE = site(("adsb",), SensorKind.ADSB, math.radians(52.0), math.radians(4.4))


def run(path: Path, at=PLACE) -> tuple[list[Scan], list[Refused]]:  # type: ignore[no-untyped-def]
    out = list(FEEDS["adsb"](path, at, AdsbParams()))
    return [x for x in out if isinstance(x, Scan)], [x for x in out if isinstance(x, Refused)]


def test_the_published_position(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text(f"1457996400,{ODD},40621D,11\n1457996402,{EVEN},40621D,11\n")
    scans, refused = run(path)
    assert [r.why for r in refused] == ["its position needs another frame, which has not come"]
    (scan,) = scans
    e, n, u = scan.z[0, :3]
    lat, lon, height = pymap3d.enu2geodetic(e, n, u, 52.0, 4.4, 77.0)
    assert lat == pytest.approx(52.2572, abs=1e-4)
    assert lon == pytest.approx(3.91937, abs=1e-4)
    assert height == pytest.approx(38_000 * 0.3048 + 46.0, abs=0.1)
    assert scan.names == ((int(scan.identity[0]), "40621D"),)
    assert 0 < scan.identity[0] < 2**63


def test_bad_frames_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    bad = EVEN[:-1] + "0"
    lines = [
        f"1,{ODD}", f"x,{ODD}", "2,zz", f"3,{bad}", "4,8D40621D", "", f"5,{EVEN}",
        f"5,{EVEN}", "6," + "0" * 28, 'nan,"',
    ]  # fmt: skip
    path.write_text("\n".join(lines))
    scans, refused = run(path)
    assert len(scans) == 1
    why = {r.where.split(":")[1]: r.why for r in refused}
    assert why["2"] == "no time in the first column"
    assert why["3"] == why["5"] == "no frame of 14 or 28 hexadecimal digits"
    assert why["4"] == "wrong parity"
    assert why["8"] == "repeated"
    assert "cannot be DF0" in why["9"]


def test_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "no.csv"
    with pytest.raises(SourceError):
        run(path)
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(SourceError, match="no position"):
        run(path)
    (tmp_path / "no.json.gz").write_bytes(b"nothing")
    with pytest.raises(SourceError):
        run(tmp_path / "no.json.gz")
    with pytest.raises(SourceError, match="not declared"):
        run(path, site(("radar",)))


def counts(name: str) -> tuple[list[Scan], Counter[str], tuple[float, float, float]]:
    path = need("adsb") / name
    s = load_source(path)
    out = list(FEEDS["adsb"](path, s.site.site, s.params))
    scans = [x for x in out if isinstance(x, Scan)]
    times = [x.t_ns for x in scans]
    assert times == sorted(times)
    return scans, Counter(x.why for x in out if isinstance(x, Refused)), s.site.site.origin


def test_a_real_flight_is_smooth() -> None:
    scans, refused, _ = counts("sample_data_adsb.csv")
    assert len(scans) + sum(refused.values()) + 0 <= 2000
    assert len(scans) > 700
    assert scans[0].names[0][1].endswith("(406B90)")
    p = np.array([s.z[0, :3] for s in scans])
    t = np.array([s.t_ns for s in scans]) * 1e-9
    far = np.arange(20, len(p))
    v = np.linalg.norm(p[far] - p[far - 20], axis=1) / np.maximum(t[far] - t[far - 20], 1.0)
    assert 200 < np.median(v) < 300  # 494 kt over the ground in its own messages
    told = np.array([s.z[0, 3:5] for s in scans[100:]])
    assert np.nanmedian(np.hypot(*told.T)) == pytest.approx(float(np.median(v)), rel=0.05)


def test_beast_and_decoded_reports() -> None:
    scans, refused, _ = counts("sample_dump1090.bin")
    assert len(scans) == 3
    scans, refused, _ = counts("noisy_spoofing.json.gz")
    assert len(scans) > 3000
    assert refused["repeated: the position has not been renewed"] > 4000


def test_surveillance_replies_alone_are_refused_in_one_line() -> None:
    path = need("adsb") / "sample_data_commb_df20.csv"
    s = load_source(path)
    with pytest.raises(SourceError, match="no position in it"):
        list(FEEDS["adsb"](path, s.site.site, s.params))
