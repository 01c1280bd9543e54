"""The TIE20 feed: places and times against the tables' own numbers, and bad rows."""

from __future__ import annotations

import csv
import gzip
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pymap3d
import pytest

from bartizan.config.source import load_source
from bartizan.errors import SourceError
from bartizan.feeds import FEEDS, Tie20Params
from bartizan.feeds.order import content
from bartizan.types import ObjectClass, Refused, Scan
from feeds.radars import site
from recordings import need

T = "AlviraTracksTrack"
COLUMNS = (
    "total in seconds", "AlviraTracks_timestamp", f"{T}_Timestamp", f"{T}Position_Latitude",
    f"{T}Position_Longitude", f"{T}Position_Altitude", f"{T}Velocity_Azimuth",
    f"{T}Velocity_Elevation", f"{T}Velocity_Speed", f"{T}_Classification", f"{T}_Reflection",
    f"{T}_Score",
)  # fmt: skip
DAY = "2020-09-29T12:10:"
AT = 1_601_381_400  # 2020-09-29T12:10:00Z


def row(second: float, lat: str = "51.5240", lon: str = "5.8580", **more: str) -> list[str]:
    cells = {
        "total in seconds": str(AT + int(second) + 1),
        "AlviraTracks_timestamp": f"{DAY}{second + 0.5:06.3f}Z",
        f"{T}_Timestamp": f"{DAY}{second:06.3f}Z", f"{T}Position_Latitude": lat,
        f"{T}Position_Longitude": lon, f"{T}Position_Altitude": "50",
        f"{T}Velocity_Azimuth": "0", f"{T}Velocity_Elevation": "0", f"{T}Velocity_Speed": "10",
        f"{T}_Classification": "DRONE", f"{T}_Reflection": "20", f"{T}_Score": "0.9",
    } | more  # fmt: skip
    return [cells[c] for c in COLUMNS]


def write(folder: Path, rows: list[list[str]], name: str = "alvira") -> Path:
    with gzip.open(folder / f"{name}.csv.gz", "wt", newline="") as file:
        csv.writer(file).writerows([list(COLUMNS), *rows])
    return folder


def run(folder: Path, **params: object) -> tuple[list[Scan], list[Refused]]:
    feed = FEEDS["tie20"](folder, site(("alvira",), reach_m=5000.0), Tie20Params(**params))  # type: ignore[arg-type]
    out = list(feed)
    return [x for x in out if isinstance(x, Scan)], [x for x in out if isinstance(x, Refused)]


def test_a_report_lies_where_the_table_says(tmp_path: Path) -> None:
    scans, refused = run(write(tmp_path, [row(5.0), row(6.31, "51.5191", "5.8700")]))
    assert not refused
    for scan, lat, lon in zip(scans, (51.5240, 51.5191), (5.8580, 5.8700), strict=True):
        e, n, _ = pymap3d.geodetic2enu(lat, lon, 87.0, 51.5191, 5.8580, 87.0)
        assert scan.z[0, 0] == pytest.approx(math.hypot(e, n), abs=0.01)
        assert scan.z[0, 1] == pytest.approx(math.atan2(e, n), abs=1e-6)
        assert scan.z[0, 2] == pytest.approx(math.radians(5.0))  # the beam, not the column
        assert scan.t_det_ns[0] < scan.t_ns
        assert scan.look[3] == pytest.approx(2 * math.pi)
    assert scans[0].z[0, 3] == pytest.approx(10.0, abs=1e-6)
    assert scans[0].t_det_ns[0] == (AT + 5) * 1_000_000_000


def test_heartbeats_are_looks_and_repeats_are_counted(tmp_path: Path) -> None:
    blank = row(7.0)
    blank[2:] = [""] * 10
    again = row(5.0)
    again[0], again[1] = str(AT + 7), f"{DAY}06.810Z"
    scans, refused = run(write(tmp_path, [row(5.0), again, blank]))
    assert [len(s.z) for s in scans] == [1, 0, 0]
    assert [r.why for r in refused] == ["repeated"]
    assert refused[0].where == "alvira.csv.gz:3"


def test_a_late_report_comes_at_its_own_time(tmp_path: Path) -> None:
    late = row(10.0)
    late[2] = f"{DAY}04.000Z"
    scans, _ = run(write(tmp_path, [row(5.0), late]))
    assert scans[0].t_ns == (AT + 4) * 1_000_000_000
    assert scans[0].look[3] == 0.0
    scans, refused = run(write(tmp_path, [row(5.0), row(9.0), late]), hold_s=3.0)
    assert [r.why.split(":")[0] for r in refused] == ["late"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({f"{T}Position_Latitude": "nan"}, "not a finite number"),
        ({f"{T}Position_Latitude": "951.5"}, "no such place"),
        ({f"{T}Position_Latitude": "52.5"}, "outside the sensor's reach"),
        ({f"{T}_Timestamp": "soon"}, "is not a time"),
        ({f"{T}_Timestamp": f"{DAY}30.000Z"}, "after it was received"),
        ({f"{T}Velocity_Speed": ""}, "is not a number"),
        ({"total in seconds": "x"}, "is not a number"),
        ({"AlviraTracks_timestamp": "2020-09-29T12:50:00Z"}, "from its arrival"),
    ],
)
def test_a_bad_row_is_set_aside_and_the_next_one_counts(
    tmp_path: Path, more: dict[str, str], why: str
) -> None:
    scans, refused = run(write(tmp_path, [row(5.0, **more), row(6.3)]))
    assert len(refused) == 1
    assert why in refused[0].why
    assert refused[0].where == "alvira.csv.gz:2"
    assert sum(len(s.z) for s in scans) == 1


def test_short_rows_and_a_truncated_file(tmp_path: Path) -> None:
    write(tmp_path, [["1", "2"], *[row(5.0 + 1.31 * k) for k in range(30)]])
    whole = (tmp_path / "alvira.csv.gz").read_bytes()
    (tmp_path / "alvira.csv.gz").write_bytes(whole[: len(whole) * 2 // 3])
    scans, refused = run(tmp_path)
    assert scans
    assert refused[0].why == "2 fields where the header has 12"
    assert "damaged" in refused[-1].why


def test_undeclared_sensor_and_missing_tables(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no sensor table"):
        run(tmp_path)
    write(tmp_path, [row(5.0)], "venus")
    scans, refused = run(tmp_path)
    assert not scans
    assert "not declared" in refused[0].why
    (tmp_path / "alvira.csv.gz").write_bytes(b"nonsense")
    with pytest.raises(SourceError, match="gzip"):
        run(tmp_path)


def test_what_reflects_more_than_a_drone_is_declared_so(tmp_path: Path) -> None:
    scans, _ = run(write(tmp_path, [row(5.0), row(6.31, **{f"{T}_Reflection": "63"})]))
    declared = [int(s.declared[0]) for s in scans]
    assert declared == [int(ObjectClass.MULTIROTOR), int(ObjectClass.LIGHT_AIRCRAFT)]


def test_settings_follow_the_day() -> None:
    path = need("tie20")
    assert load_source(path / "1_1").path.stem == "tie20-29"
    assert load_source(path / "2_1").path.stem == "tie20-30"


def test_truth_does_not_reach_the_scans(tmp_path: Path) -> None:
    path = need("tie20") / "1_3"
    for table in path.glob("*.csv.gz"):
        (tmp_path / table.name).symlink_to(table)
    (tmp_path / "truth.csv").write_text("nothing that is truth")
    tables = site(("alvira", "diana", "venus"), reach_m=5000.0)
    one, two = (list(FEEDS["tie20"](p, tables, Tie20Params())) for p in (path, tmp_path))
    assert len(one) == len(two) > 400
    for a, b in zip(one, two, strict=True):
        assert type(a) is type(b)
        if isinstance(a, Scan) and isinstance(b, Scan):
            assert content(a) == content(b)


@pytest.mark.parametrize(
    ("name", "distinct", "repeats"),
    [("1_3", 111, 27), ("parrot_a", 107, 24), ("2_1", 459, 151)],
)
def test_every_row_of_the_radar_is_accounted_for(name: str, distinct: int, repeats: int) -> None:
    path = need("tie20") / name
    s = load_source(path)
    row = s.site.site.sensor_names.index("alvira")
    seen, why, last = 0, Counter[str](), 0
    for x in FEEDS["tie20"](path, s.site.site, s.params):
        if isinstance(x, Scan):
            assert x.t_ns >= last
            assert (x.t_det_ns <= x.t_ns).all()
            last = x.t_ns
            seen += len(x.z) if x.sensor == row else 0
        elif x.source == "alvira":
            why[x.why] += 1
    assert (seen, why["repeated"]) == (distinct, repeats)
    assert set(why) == {"repeated"}


def test_the_cluttered_radar_needs_a_bearing() -> None:
    path = need("tie20") / "1_1"
    s = load_source(path)
    out = list(FEEDS["tie20"](path, s.site.site, s.params))
    row = s.site.site.sensor_names.index("arcus")
    z = np.concatenate([x.z for x in out if isinstance(x, Scan) and x.sensor == row])
    why = Counter(x.why for x in out if isinstance(x, Refused) and x.source == "arcus")
    assert 80 < len(z) < 200
    assert len(z) + sum(why.values()) == 16_965  # every report of the table, once
    assert why["repeated"] == 10_332
