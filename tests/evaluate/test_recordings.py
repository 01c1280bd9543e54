"""The table of a recording, on tracks whose measures are known by construction."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bartizan.errors import SourceError
from bartizan.evaluate import recordings as r
from bartizan.frames import LocalFrame, local_frame
from bartizan.types import F64, I64, ObjectClass
from recordings import need

FRAME = local_frame("vredepeel", math.radians(51.5191), math.radians(5.8580), 77.0)


def drone(n: int = 100, speed: float = 10.0, north: float = 0.0) -> r.Truth:
    t = np.arange(n, dtype=np.float64)
    return r.Truth(t, np.stack([speed * t, np.full(n, north)], axis=1))


def track(t: F64, east: float = 0.0, north: float = 0.0, speed: float = 10.0) -> r.Track:
    n = len(t)
    x = np.stack([speed * t + east, np.full(n, north), np.full(n, speed), np.zeros(n)], axis=1)
    return r.Track(t, x)


def test_a_perfect_track() -> None:
    s = r.score({1: track(np.arange(-1.0, 101.0, 1.31))}, (drone(),))
    assert s == {
        "error_median_m": 0.0, "error_p95_m": 0.0, "covered": 1.0, "false_track_s": 0,
        "label_changes": 0,
    }  # fmt: skip


def test_error_cover_and_false_seconds() -> None:
    rows = np.arange(0.0, 100.0, 1.0)
    tracks = {1: track(rows[:50], north=30.0), 2: track(rows[60:], north=70.0),
              3: track(rows[:20], north=500.0)}  # fmt: skip
    s = r.score(tracks, (drone(),))
    # 1 ends at 49 and is carried 1.5 s on; 2 starts at 60 and nothing is claimed before
    assert s["covered"] == pytest.approx(0.51)
    assert s["error_median_m"] == 30.0
    assert s["error_p95_m"] == 70.0
    assert s["false_track_s"] == 21
    assert s["label_changes"] == 1


def test_a_track_keeps_its_drone_while_it_is_near() -> None:
    rows = np.arange(0.0, 100.0, 1.0)
    pair = {1: track(rows, north=40.0), 2: track(rows[30:], north=20.0)}
    assert r.score(pair, (drone(),))["label_changes"] == 0
    two = (drone(north=0.0), drone(north=50.0))
    both = {5: track(rows, north=5.0), 6: track(rows, north=45.0)}
    s = r.score(both, two)
    assert (s["covered"], s["error_median_m"], s["label_changes"]) == (1.0, 5.0, 0)


def test_chaining_follows_velocity_and_breaks_at_gaps() -> None:
    def line(t0: int, t1: int, north: float) -> Iterator[tuple[float, F64]]:
        for t in range(t0, t1):
            yield 1.31 * t, np.array([20.0 * 1.31 * t, north, 20.0, 0.0])

    chained = r.chain([*line(0, 20, 0.0), *line(25, 40, 0.0), *line(0, 40, 300.0)])
    assert sorted(len(t.t_s) for t in chained.values()) == [15, 20, 40]


def test_no_source_is_favoured() -> None:
    """The same rows as fused tracks and as a sensor's reports have the same scores."""
    t = np.arange(2.0, 60.0, 1.31)
    one = track(t, north=12.0)
    rows = [
        (round(a * 1e9), np.array([9], np.int64), np.array([[*x[:2], 0.0, *x[2:], 0.0]]))
        for a, x in zip(one.t_s, one.x, strict=True)
    ]
    fused = r.fused_tracks(rows, 0)
    sensor = r.chain(zip(one.t_s.tolist(), one.x, strict=True))
    assert r.score(fused, (drone(),)) == r.score(sensor, (drone(),))


def test_better_is_strict_and_against_the_best_sensor() -> None:
    def s(error: float, cover: float, false: float) -> r.Scores:
        return dict(zip(r.COLUMNS, (error, error, cover, false, 2), strict=True))

    scores = {"fused": s(10, 0.5, 3), "a": s(12, 0.4, 3), "b": s(11, 0.3, 900)}
    assert r.best_sensor(scores) == "a"
    assert r.better(scores) == dict(zip(r.COLUMNS, (True, True, True, False, False), strict=True))


def test_the_recordings_own_sensors() -> None:
    path = need("tie20")

    def nothing(_: Path) -> tuple[LocalFrame, list[tuple[int, I64, F64]]]:
        return FRAME, []

    table = r.table(path, nothing)
    assert list(table) == ["1_1", "1_3", "2_1", "parrot_a"]
    for name, scores in table.items():
        assert set(scores) == {"fused", "alvira"} | ({"arcus"} if name == "1_1" else set())
        assert scores["fused"]["covered"] == 0.0
        # the recordings' README: median 13 to 23 m from the truth
        assert 13 <= (scores["alvira"]["error_median_m"] or 0) <= 23
        m = scores["alvira"]["measures"]
        # two ways to the same figures: the columns, and the measures of the standards
        assert m["cwa18150"]["error_median_m"] == pytest.approx(
            scores["alvira"]["error_median_m"], abs=0.3
        )
        assert m["continuity"]["changes"] == scores["alvira"]["label_changes"]
        assert m["trajectory_gospa"]["distance_m"] >= m["gospa"]["distance_m"]
        assert scores["fused"]["measures"]["ospa2_m"] == 100.0
        assert json.dumps(scores)
    assert (table["1_1"]["arcus"]["false_track_s"] or 0) > 5_000
    out = io.StringIO()
    r.show(table, Console(file=out, width=120))
    assert "parrot_a" in out.getvalue()
    assert r.table(path / "1_3", nothing) == {"1_3": table["1_3"]}


def test_a_claim_of_the_tracker_is_weighed_at_its_own_times() -> None:
    """A track 12 m off that claims 6 m each way: NEES 12 ** 2 / 6 ** 2 = 4 at every row."""
    t = np.arange(0.0, 60.0, 1.31)
    steps = [
        (round(a * 1e9), np.array([9], np.int64),
         np.array([[10.0 * a, 12.0, 0.0, 10.0, 0.0, 0.0]]), 36.0 * np.eye(6)[None],
         np.array([int(ObjectClass.MULTIROTOR)], np.int64))
        for a in t
    ]  # fmt: skip
    m = r.measured(r.fused_tracks(steps, 0), (drone(),))
    assert m["nees"]["mean"] == pytest.approx(4.0)
    assert m["nees"]["n"] == len(t)
    assert m["cwa18150"]["classified"] == 1.0
    assert m["continuity"]["held_share"] == pytest.approx(0.61)  # carried on for 1.5 s at the end
    bare = r.measured(r.fused_tracks([s[:3] for s in steps], 0), (drone(),))
    assert bare["nees"] is None
    assert bare["cwa18150"]["classified"] is None
    assert bare["gospa"] == m["gospa"]


def test_no_truth(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"truth\.csv"):
        r.table(tmp_path, lambda p: (FRAME, []))
