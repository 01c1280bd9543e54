"""COURAGEOUS trial logs: read, written, and read again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bartizan import config, pipeline
from bartizan.errors import SourceError
from bartizan.feeds import courageous
from bartizan.frames import enu_from_wgs84
from bartizan.types import Mode
from recordings import need
from track import made


def test_the_projects_own_sample_is_read_whole_and_comes_back_equal() -> None:
    path = need("courageous/test_data.json")
    log = courageous.read(path)
    assert (len(log.detection), len(log.tracks), log.version) == (1, 4, "0.4.1")
    assert sum(len(t.records) for t in log.tracks) == 215
    assert courageous.plain(log) == json.loads(path.read_text())


def outputs(gap: range = range(0)) -> tuple[courageous.Log, list[np.ndarray]]:
    """A straight flight in front of one radar that is out of order during `gap`."""
    rng = np.random.default_rng(4)
    loaded = config.load_site("erbil-airport")
    sensors = made.radar()
    site = loaded.site._replace(sensors=sensors, sensor_names=("radar",))
    setup = pipeline.setup(site, Mode.RECORDING)
    log = courageous.Log(site, loaded.frame, "0")
    x = np.array([[-3000.0, 5000.0, 300.0, 40.0, 0.0, 0.0]])
    scans, truth = [], []
    for k in range(30):
        if k not in gap:
            scans.append(made.scan_of(sensors, 0, float(k), made.seen(sensors, 0, x, rng)))
        truth.append(x[0].copy())
        x[:, :3] += x[:, 3:]
    for output in pipeline.run(scans, setup):
        log.see(output)
    return log, truth


def test_written_tracks_are_read_again_where_they_were(tmp_path: Path) -> None:
    log, truth = outputs()
    courageous.write(log.document(), tmp_path / "log.json")
    again = courageous.read(tmp_path / "log.json")
    assert again == log.document()
    (track,) = again.tracks
    loaded = config.load_site("erbil-airport")
    last = track.records[-1]
    assert isinstance(last.location, courageous.Position3d)
    enu = enu_from_wgs84(
        loaded.frame, np.radians(last.location.lat), np.radians(last.location.lon),
        np.float64(last.location.height_amsl + loaded.site.geoid_m),
    )  # fmt: skip
    assert np.linalg.norm(enu[:2] - truth[-1][:2]) < 60.0
    assert last.velocity is not None
    assert last.velocity.east == pytest.approx(40.0, abs=8.0)


def test_a_track_found_again_is_a_new_set_of_the_same_number() -> None:
    log, _ = outputs(gap=range(12, 19))
    sets = [t for t in log.document().tracks if t.uas_id == 1]
    assert len(sets) == 2
    numbers = [r.record_number for t in sets for r in t.records]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": None}, "version"),
        ({"static_cuas_location": {"lat": 99.0, "lon": 0.0, "height_amsl": 0.0}}, "lat"),
        ({"tracks": [{"records": []}]}, "tracks.0.uas_id"),
        ({"tracks": [{"uas_id": 1, "records": [{"time": -1}]}]}, "tracks.0.records.0.time"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, change: dict, said: str) -> None:  # type: ignore[type-arg]
    log, _ = outputs()
    path = tmp_path / "log.json"
    path.write_text(json.dumps(courageous.plain(log.document()) | change))
    with pytest.raises(SourceError, match=said):
        courageous.read(path)


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"tracks": 3}', "NaN"])
def test_what_is_no_log_is_one_clear_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "log.json"
    path.write_text(content)
    with pytest.raises(SourceError, match=r"log\.json"):
        courageous.read(path)
    with pytest.raises(SourceError, match="nowhere"):
        courageous.read(tmp_path / "nowhere.json")


def changed(change: Callable[[dict], None], tmp_path: Path) -> Path:  # type: ignore[type-arg]
    """The written log of a flight with one thing in it changed."""
    content = courageous.plain(outputs()[0].document())
    change(content)
    (tmp_path / "log.json").write_text(json.dumps(content))
    return tmp_path / "log.json"


@pytest.mark.parametrize(
    "where",
    [{"$type": "Arc", "from": 350, "to": 10.5}, {"$type": "Quad", "quad": "East"},
     {"$type": "Bearing", "bearing": 3}, {"$type": "Position2d", "lat": 1, "lon": 2.5},
     {"$type": "BearingElevationDistance", "bearing": 1, "elevation": 2, "distance": 3},
     {"$type": "Bearing", "bearing": 3, "quality": "good"}],
)  # fmt: skip
def test_every_way_of_saying_where_comes_back_equal(where: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    path = changed(lambda c: c["tracks"][0]["records"][2].__setitem__("location", where), tmp_path)
    log = courageous.read(path)
    assert courageous.plain(log) == json.loads(path.read_text())
    courageous.write(log, tmp_path / "again.json")
    assert courageous.read(tmp_path / "again.json") == log
    known = [] if "quality" not in where else ["tracks.0.records.2.location.quality"]
    assert list(courageous.unknown(log)) == known


def test_a_detection_may_be_nowhere_a_track_may_not(tmp_path: Path) -> None:
    sets = [{"records": [{"time": 1, "record_number": 0, "classification": "GCS"},
                         {"time": 2, "record_number": 1, "classification": "UAV", "location": None,
                          "alarm": None}]}]  # fmt: skip
    path = changed(lambda c: c.__setitem__("detection", sets), tmp_path)
    assert courageous.plain(courageous.read(path))["detection"] == sets
    for name in ("location", "alarm"):
        path = changed(lambda c, n=name: c["tracks"][0]["records"][4].pop(n), tmp_path)  # type: ignore[misc]
        with pytest.raises(SourceError, match=rf"tracks\.0\.records\.4\.{name}: expected"):
            courageous.read(path)


def test_nothing_is_turned_into_something_else(tmp_path: Path) -> None:
    """A text is no number, a name that stands twice is not half read, another version is none."""
    path = changed(lambda c: c["tracks"][0]["records"][0].__setitem__("time", "5"), tmp_path)
    with pytest.raises(SourceError, match=r"records\.0\.time: expected a valid integer"):
        courageous.read(path)
    path.write_text('{"version": "0.4.1", "version": "0.4.0"}')
    with pytest.raises(SourceError, match="'version' stands twice"):
        courageous.read(path)
    with pytest.raises(SourceError, match="version"):
        courageous.read(changed(lambda c: c.__setitem__("version", "0.3.3"), tmp_path))


def test_a_location_made_here_says_its_type() -> None:
    made_here = courageous.Arc(from_=1.0, to=2.0)
    assert made_here.model_dump(by_alias=True, exclude_unset=True) == {
        "$type": "Arc", "from": 1.0, "to": 2.0,
    }  # fmt: skip
