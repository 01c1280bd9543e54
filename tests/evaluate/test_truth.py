"""Drones' own logs: GPX and CSV, in the forms that loggers write."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from bartizan.errors import SourceError
from bartizan.evaluate import truth
from bartizan.frames import local_frame
from recordings import need

FRAME = local_frame("here", math.radians(51.5), math.radians(5.85), 77.0)
POINT = '<trkpt lat="{}" lon="5.85"><time>2020-09-29T12:00:{:04.1f}Z</time></trkpt>'
GPX = (
    '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>one</name><trkseg>'
    + "".join(POINT.format(51.5 + 1e-4 * k, 0.5 + 2.0 * k) for k in range(5))
    + '<trkpt lat="51.5" lon="5.85"/></trkseg></trk></gpx>'
)
T0 = 1_601_380_800  # 2020-09-29T12:00:00Z


def test_gpx_and_csv_of_one_flight_are_one_truth(tmp_path: Path) -> None:
    (tmp_path / "flight.gpx").write_text(GPX)
    start_ns, (one,) = truth.read([tmp_path / "flight.gpx"], FRAME)
    assert start_ns == T0 * 10**9
    assert one.t_s.tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    # A degree of latitude on WGS84, as published: 111,132.954 - 559.822 cos 2f + 1.175 cos 4f m.
    f = math.radians(51.5)
    per_step = 1e-4 * (111_132.954 - 559.822 * math.cos(2 * f) + 1.175 * math.cos(4 * f))
    np.testing.assert_allclose(one.p[:, 1], per_step * (one.t_s - 0.5) / 2.0, rtol=1e-4)
    np.testing.assert_allclose(one.p[:, 0], 0.0, atol=1e-6)
    for unit, times in (("1", "timestamp"), ("1000", "time_utc"), ("1000000000", "Time")):
        log = tmp_path / f"log{unit}.csv"
        rows = [f"{round((T0 + 0.5 + 2 * k) * 10) * int(unit) / 10:.1f},{51.5 + 1e-4 * k},5.85" for k in range(5)]  # fmt: skip
        log.write_text(f"{times},Lat,Lng\n" + "\n".join(rows) + "\n")
        _, (same,) = truth.read([log], FRAME)
        np.testing.assert_allclose(same.p, one.p, atol=1e-3)


def test_two_drones_and_a_gap(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    rows = [f"{T0 + k},{d},51.5,5.85" for d in ("a", "b") for k in (0, 1, 2, 9, 10) if d == "a" or k < 3]  # fmt: skip
    log.write_text("unix_s,drone,latitude_deg,longitude_deg\n" + "\n".join(rows) + "\n")
    _, (a, b) = truth.read([log], FRAME)
    assert a.t_s.tolist() == [0, 1, 2, 9, 10]  # nothing is made up for seven seconds
    assert b.t_s.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.csv", "when,lat,lon\n1,2,3\n", "line 1: no column of time; expected time, timestamp"),
        ("x.csv", "time,lat,lon\n1,north,3\n", "line 2: 'north', '3': expected degrees"),
        ("x.csv", "time,lat,lon\n1,91,3\n", "line 2: 91, 3: expected degrees within 90"),
        ("x.csv", "time,lat,lon\nsoon,9,3\n", "line 2: 'soon': expected a time since 1970"),
        ("x.csv", "time,lat,lon\nnan,9,3\n", "line 2: 'nan': expected a finite time"),
        ("x.csv", "time,lat,lon\n", "no rows"),
        ("x.gpx", "<gpx", "not GPX"),
        ("x.gpx", "<gpx><trk/></gpx>", "expected a trk with points that have a time"),
    ],
)
def test_a_log_that_is_none_is_one_clear_error(tmp_path: Path, name: str, text: str, said: str) -> None:  # fmt: skip
    (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=said):
        truth.read([tmp_path / name], FRAME)


def test_a_flight_controllers_own_log() -> None:
    _, (flight,) = truth.read([need("flights") / "f3a_POS.csv"], FRAME)
    steps = np.hypot(*np.diff(flight.p, axis=0).T) / np.diff(flight.t_s)
    assert 30.0 < steps.max() < 45.0  # m/s: said to reach 39
