"""The courageous feed: every way of saying where, against positions from another library."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pymap3d
import pytest

from bartizan.errors import SourceError
from bartizan.feeds import FEEDS, CourageousParams
from bartizan.types import Refused, Scan
from feeds.radars import site
from recordings import need

LAT, LON, AMSL = 51.5, 5.8, 41.0  # the test site's sensor: 10 m over 77 m, less 46 of geoid
PLACE = site(("cuas",), lat=math.radians(LAT), lon=math.radians(LON), reach_m=20_000.0)
SD = PLACE.sensors.sd[0]


def log(
    *records: dict[str, Any], seen: tuple[dict[str, Any], ...] = (), **more: Any
) -> dict[str, Any]:
    """A log of one track, and of one set of detections."""
    full = [
        {"time": 1_700_000_000_000 + k, "record_number": k, "classification": "UAV",
         "alarm": {"active": True, "certainty": 1}} | r
        for k, r in enumerate(records)
    ]  # fmt: skip
    sets = [{"records": [{"record_number": k, "classification": "Unknown"} | r
                         for k, r in enumerate(seen)]}]  # fmt: skip
    return {
        "version": "0.4.1", "vendor_name": "v", "system_name": "s",
        "static_cuas_location": {"lat": LAT, "lon": LON, "height_amsl": AMSL},
        "detection": sets if seen else [], "tracks": [{"uas_id": 3, "records": full}],
    } | more  # fmt: skip


def run(tmp_path: Path, content: dict[str, Any]) -> tuple[list[Scan], list[Refused]]:
    path = tmp_path / "log.json"
    path.write_text(json.dumps(content))
    out = list(FEEDS["courageous"](path, PLACE, CourageousParams()))
    return [x for x in out if isinstance(x, Scan)], [x for x in out if isinstance(x, Refused)]


@pytest.mark.parametrize(
    ("where", "azimuth_deg", "sd_deg"),
    [({"$type": "Bearing", "bearing": 350.0}, -10.0, 0.0),
     ({"$type": "Arc", "from": 350.0, "to": 30.0}, 10.0, 40.0 / math.sqrt(12.0)),
     ({"$type": "Quad", "quad": "West"}, -90.0, 90.0 / math.sqrt(12.0))],
)  # fmt: skip
def test_a_direction_is_an_azimuth(
    tmp_path: Path, where: dict, azimuth_deg: float, sd_deg: float
) -> None:  # type: ignore[type-arg]
    (scan,), refused = run(tmp_path, log({"location": where}))
    assert not refused
    assert np.degrees(scan.z[0, 1]) == pytest.approx(azimuth_deg)
    assert np.isnan(np.delete(scan.z[0], 1)).all()
    assert scan.sd[0, 1] == pytest.approx(math.hypot(SD[1], math.radians(sd_deg)))
    assert scan.look[3] == 0.0  # what is missing was not missed
    assert scan.t_ns == 1_700_000_000_000_000_000


def test_a_place_is_range_azimuth_elevation(tmp_path: Path) -> None:
    lat, lon, amsl = 51.52, 5.83, 341.0
    az, el, r = pymap3d.geodetic2aer(lat, lon, amsl + 46.0, LAT, LON, AMSL + 46.0)
    place = {"lat": lat, "lon": lon}
    toward = {
        "east": -30.0 * math.sin(math.radians(az)),
        "north": -30.0 * math.cos(math.radians(az)),
        "up": 0.0,
    }
    scans, _ = run(tmp_path, log(
        {"location": {"$type": "Position3d", "height_amsl": amsl, **place}, "velocity": toward},
        {"location": {"$type": "Position2d", **place}},
        {"location": {"$type": "BearingElevation", "bearing": az, "elevation": el}},
        {"location": {"$type": "BearingElevationDistance", "bearing": az, "elevation": el,
                      "distance": r}},
    ))  # fmt: skip
    z = np.array([s.z[0] for s in scans])
    assert z[[0, 3], 0] == pytest.approx(r, abs=0.01)
    assert z[1, 0] == pytest.approx(
        pymap3d.geodetic2aer(lat, lon, 87.0, LAT, LON, 87.0)[2], abs=0.5
    )
    assert np.degrees(z[:, 1]) == pytest.approx(az, abs=1e-4)
    assert np.degrees(z[[0, 2, 3], 2]) == pytest.approx(el, abs=1e-4)
    assert np.isnan(z[1, 2])
    assert np.isnan(z[2, 0])
    assert z[0, 3] == pytest.approx(-30.0 * math.cos(math.radians(el)), abs=0.01)
    assert np.isnan(z[1:, 3]).all()


def test_one_time_is_one_scan_and_a_set_is_a_number(tmp_path: Path) -> None:
    content = log({"location": {"$type": "Bearing", "bearing": 1.0}})
    content["tracks"].append(json.loads(json.dumps(content["tracks"][0])))
    content["tracks"][1]["records"][0] |= {
        "record_number": 9, "location": {"$type": "Bearing", "bearing": 2.0},
    }  # fmt: skip
    (scan,), _ = run(tmp_path, content)
    assert scan.number.tolist() == [0, 1]
    assert scan.declared.tolist() == [0, 0]


def test_what_is_set_aside_is_said(tmp_path: Path) -> None:
    north = {"$type": "Bearing", "bearing": 0.0}
    t = 1_700_000_000_000
    far = {"lat": LAT, "lon": LON + 0.1, "height_amsl": AMSL}
    scans, refused = run(tmp_path, log(
        {"location": north},
        {"location": north, "classification": "GCS"},
        {"location": {"$type": "BearingElevationDistance", "bearing": 0.0, "elevation": 0.0,
                      "distance": 30_000.0}},
        {"location": north, "cuas_location": far},
        {"location": north, "time": 2**63},
        seen=({"time": t, "location": north}, {"time": t + 9, "location": None}, {"time": t + 9}),
        colour="red",
    ))  # fmt: skip
    assert len(scans) == 1
    why = {r.where: r.why for r in refused}
    assert why["log.json:colour"] == "no member of the format: not used"
    assert "outside the sensor's reach" in why["log.json:tracks.0.records.2"]
    assert "moving" in why["log.json:tracks.0.records.3"]
    assert "no time of this age" in why["log.json:tracks.0.records.4"]
    assert why["log.json:detection.0.records.0"] == "repeated"
    assert (
        why["log.json:detection.0.records.1"]
        == why["log.json:detection.0.records.2"]
        == "no location"
    )
    assert len(refused) == 7


def test_a_log_of_another_place_is_refused(tmp_path: Path) -> None:
    there = {"lat": LAT + 0.1, "lon": LON, "height_amsl": AMSL}
    with pytest.raises(
        SourceError, match=r"static_cuas_location: expected within 50 m of sensor 'cuas'"
    ):
        run(tmp_path, log(static_cuas_location=there))
    path = tmp_path / "log.json"
    with pytest.raises(SourceError, match="'eye' is not declared"):
        FEEDS["courageous"](path, PLACE, CourageousParams("eye"))


def test_the_projects_own_sample() -> None:
    path = need("courageous/test_data.json")
    home = site(("cuas",), lat=math.radians(51.15683), lon=math.radians(2.73865))
    out = list(FEEDS["courageous"](path, home, CourageousParams()))
    scans = [x for x in out if isinstance(x, Scan)]
    # 227 records, of which the 12 sightings are the track's again
    assert sum(isinstance(x, Refused) for x in out) == 12
    assert sum(len(s.t_det_ns) for s in scans) == 215
    times = [s.t_ns for s in scans]
    assert times == sorted(set(times))
    assert {int(n) for s in scans for n in s.number} == {0, 1, 2, 3}
    assert np.degrees(scans[0].z[0, 1]) % 360.0 == pytest.approx(243.594275)
