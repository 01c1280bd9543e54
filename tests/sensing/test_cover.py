"""Cover on a grid: the tracker's own probability at every place, and closed forms."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from bartizan import config
from bartizan.cli import main
from bartizan.sensing import detection_range_m, look_probability
from bartizan.sensing.cover import BLIND, blind_share, cover, grid, reach_by_bearing
from bartizan.terrain import Terrain
from bartizan.terrain.sight import EARTH_M, skyline
from bartizan.types import Sensors
from sim import world


def one(row: int, **other: object) -> Sensors:
    """One sensor of the test site alone, at the reference point."""
    s = world.sensors()
    own = {k: v[row : row + 1].copy() for k, v in s._asdict().items() if len(v)}
    return Sensors(**(own | other))  # type: ignore[arg-type]


def test_each_place_is_the_trackers_own_probability() -> None:
    """Against `look_probability` with the geometry worked out here, for every kind of sensor."""
    s = config.load_site("ain-al-asad").site.sensors
    axis = grid(9_000.0, 900.0)
    c = cover(s, axis, axis, 120.0, speed_mps=30.0, hidden=False)
    for k in range(len(s.kind)):
        for j in range(0, len(axis), 3):
            for i in range(0, len(axis), 3):
                e, n = float(axis[i]), float(axis[j])
                up = 120.0 - (e * e + n * n) / (2 * EARTH_M)
                d = np.array([e, n, up]) - s.pos[k]
                x, y, z = s.rot[k] @ d
                r = float(np.linalg.norm(d))
                v = -30.0 * np.array([e, n, 0.0]) / max(math.hypot(e, n), 1.0)
                p = look_probability(
                    int(s.kind[k]), s.pd[k], s.look[k], r, math.atan2(x, y),
                    math.atan2(z, math.hypot(x, y)), float(d @ v) / r, up,
                )  # fmt: skip
                assert c.look[k, j, i] == pytest.approx(p, abs=1e-12)


def test_found_within_the_time_is_the_closed_form_of_independent_looks() -> None:
    s = one(0)
    axis = np.array([-6_000.0, 6_000.0])
    c = cover(s, axis, axis, 150.0, within_s=7.9)
    assert np.allclose(c.found, 1 - (1 - c.look[0]) ** 7)  # seven whole looks of 1 s


def test_blind_share_of_a_radar_is_that_of_its_circle() -> None:
    """A radar alone: blind outside the range at which ten looks find it with BLIND."""
    s = one(0, look=np.array([[0.0, 20_000.0, 0.0, 2 * np.pi, -1.5, 1.5]]))
    once = 1.0 - (1.0 - BLIND) ** (1 / 10)
    r = detection_range_m(0, s.pd[0], once, 20_000.0, up_m=150.0)
    axis = grid(12_000.0, 60.0)
    c = cover(s, axis, axis, 150.0)
    share = blind_share(c, 0.0, 12_000.0)
    assert share == pytest.approx(1 - (min(r, 12_000.0) / 12_000.0) ** 2, abs=0.01)
    assert np.median(reach_by_bearing(c)) == pytest.approx(min(r, 12_000.0), abs=130.0)


def test_a_sector_leaves_the_rest_blind() -> None:
    """A camera that looks over 1.6 rad, whatever its reach: the other bearings reach nowhere."""
    c = cover(one(1), grid(3_000.0, 100.0), grid(3_000.0, 100.0), 60.0)
    reach = reach_by_bearing(c)
    seen = (reach > 600.0).mean()
    assert seen == pytest.approx(1.6 / (2 * np.pi), abs=0.06)


def test_what_sends_nothing_is_not_covered_by_radio() -> None:
    axis = grid(3_000.0, 500.0)
    c = cover(one(4), axis, axis, 100.0)
    assert (c.found == 0.0).all() and (c.nearest == -1).all()
    assert (cover(one(4), axis, axis, 100.0, hidden=False).found > 0.0).any()


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "cover.html"
    with pytest.raises(SystemExit) as e:
        main(["coverage", "ain-al-asad", "--height", "30", "100", "--json", "--html", str(page)])
    assert not e.value.code
    out = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [h["height_m"] for h in out["heights"]] == [30.0, 100.0]
    low, high = (h["blind_share"] for h in out["heights"])
    assert 0.0 <= high <= low <= 1.0  # lower is never better seen over a smooth Earth
    text = page.read_text(encoding="utf-8")
    assert text.count("<svg") == 2 and "http" not in text and len(text) < 3_000_000


@pytest.mark.parametrize(
    ("argv", "words"),
    [(["--height", "-5"], "--height"), (["--step", "0"], "--step"), (["--step", "2"], "2,000")],
)
def test_bad_input(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        main(["coverage", "ain-al-asad", *argv])
    assert e.value.code == 2
    assert words in capsys.readouterr().err


def test_a_thing_behind_a_hill_is_not_found_and_heights_are_above_the_ground() -> None:
    hill = np.zeros((201, 201), np.float32)
    hill[140:142, 60:140] = 200.0  # 4 km to the north, 8 km wide
    hill[:60] = -80.0  # a valley in the south
    ground = Terrain(-10_000.0, -10_000.0, 100.0, hill)
    s = one(0)._replace(pos=np.array([[0.0, 0.0, 20.0]]))
    shaded = s._replace(skyline=skyline(s.pos, s.rot, s.look[:, 1], ground, ()))
    at = np.array([-6000.0, -5000.0, 0.0, 6000.0])
    free, hidden = (cover(x, at, at, 100.0, terrain=ground).look[0] for x in (s, shaded))
    assert free[3, 2] > 0.0
    assert hidden[3, 2] == 0.0  # behind the hill
    assert hidden[2, 3] == free[2, 3]  # beside it
    deep = cover(s, at, at, 100.0).look[0]
    assert free[0, 2] != deep[0, 2]  # 100 m over the valley, not over the reference point
    assert free[0, 2] == cover(s, at, at, 20.0).look[0][0, 2]
