"""Pixels to lines of sight, and the whole way to tracks, on made-up and real flights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bartizan import cli, pipeline, track
from bartizan.config.source import SourceSettings, load_source
from bartizan.errors import SourceError
from bartizan.evaluate import multicam as scores
from bartizan.feeds import FEEDS, multicam
from bartizan.feeds.order import content
from bartizan.types import F64, I64, Mode, Refused, Scan
from feeds import cameras
from recordings import need


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cameras.make(tmp_path_factory.mktemp("flights") / "7")


def read(path: Path, **other: Any) -> tuple[SourceSettings, list[Scan | Refused]]:
    s = load_source(path)
    return s, list(FEEDS["multicam"](path, s.site.site, s.params._replace(**other)))


def test_undistortion_is_the_inverse_of_browns_model(made: Path) -> None:
    raw = json.loads((made / "poses.json").read_text())["cams"]["0"]
    camera = multicam.read_poses(made).cams["0"]
    rng = np.random.default_rng(0)
    p = np.array(raw["centre_enu_m"]) + 50 * (
        np.array([0.0, 0.0, 1.0]) + rng.uniform(-0.5, 0.5, (200, 3)) * [1, 0.55, 0]
    ) @ np.array(raw["R_world_to_cam"])
    flat = multicam.undistorted(camera, cameras.pixel(raw, p))
    q = (p - raw["centre_enu_m"]) @ np.array(raw["R_world_to_cam"]).T
    assert np.allclose(flat, q[:, :2] / q[:, 2:], atol=1e-10)


def test_lines_of_sight_are_those_of_the_drone(made: Path) -> None:
    for k, raw in json.loads((made / "poses.json").read_text())["cams"].items():
        camera = multicam.read_poses(made).cams[k]
        p = cameras.path_of(np.arange(0.0, 20.0, 0.5))
        az, el = multicam.sight(camera, cameras.pixel(raw, p))
        d = p - raw["centre_enu_m"]
        assert np.allclose(az, np.arctan2(d[:, 0], d[:, 1]), atol=1e-9)
        assert np.allclose(el, np.arcsin(d[:, 2] / np.linalg.norm(d, axis=1)), atol=1e-9)


def test_a_look_is_the_pictures_edge_and_the_zenith_is_all_round() -> None:
    reach = np.array([1.0, 300.0])
    north = cameras.camera(np.zeros(3), np.array([0.0, 1.0, 0.0]), 30.0, (1000, 1000), 0.0)
    north |= {"dist": [0, 0, 0, 0], "K": [[500, 0, 500], [0, 500, 500], [0, 0, 1]]}
    look = multicam.look_of(_camera(north), reach)
    assert np.allclose(look, [1, 300, -np.pi / 4, np.pi / 2, -np.pi / 4, np.pi / 4], atol=1e-9)
    south = north | {"R_world_to_cam": cameras.facing(np.zeros(3), np.array([0, -1.0, 0])).tolist()}
    look = multicam.look_of(_camera(south), reach)
    assert np.allclose([look[2] % (2 * np.pi), look[3]], [0.75 * np.pi, np.pi / 2], atol=1e-9)
    up = north | {"R_world_to_cam": np.eye(3).tolist()}
    look = multicam.look_of(_camera(up), reach)
    assert look[3] == pytest.approx(2 * np.pi)
    assert look[5] == pytest.approx(np.pi / 2)
    assert look[4] == pytest.approx(np.arctan(1 / np.sqrt(2.0)))


def _camera(raw: dict[str, Any]) -> multicam.Camera:
    import msgspec

    return msgspec.convert(raw, multicam.Camera, strict=False)


def test_one_sigma_of_a_frame(made: Path) -> None:
    camera = multicam.read_poses(made).cams["0"]
    alone = multicam.MulticamParams(pose_sd_rad=0.0, correlated_s=0.0)
    # 1.18 px at 50 % and 2.15 px at 90 % are both a planar error of 1 px
    assert multicam.sigma(camera, alone) * camera.K[0][0] == pytest.approx(1.0, abs=0.005)
    # AR(1) noise: the variance of a long mean over that of independent noise
    lasting = alone._replace(correlated_s=0.2)
    rng = np.random.default_rng(2)
    rho = np.exp(-1.0 / (0.2 * camera.fps))
    e = rng.standard_normal((4000, 400))
    for k in range(1, 400):
        e[:, k] = rho * e[:, k - 1] + np.sqrt(1 - rho**2) * e[:, k]
    ratio = multicam.sigma(camera, lasting) / multicam.sigma(camera, alone)
    assert ratio**2 == pytest.approx(e.mean(axis=1).var() * 400, rel=0.08)


def test_every_frame_is_a_scan_in_order_of_time(made: Path) -> None:
    s, items = read(made)
    scans = [x for x in items if isinstance(x, Scan)]
    assert len(scans) == len(items)
    assert s.site.site.sensor_names == ("cam0", "cam1", "cam2", "cam3", "cam4")
    assert all(a.t_ns <= b.t_ns for a, b in pairwise(scans))
    rows = [len((made / f"cam{k}.txt").read_text().splitlines()) for k in range(5)]
    rows[3] -= 1  # its header
    assert [sum(x.sensor == k for x in scans) for k in range(5)] == rows
    up = s.site.site.sensors.pos[:, 2]
    assert up.min() == pytest.approx(1.5)


def test_truth_is_not_read(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "b")
    (tmp_path / "b" / "rtk.txt").unlink()
    one, two = read(made)[1], read(tmp_path / "b")[1]
    assert [content(x) for x in one] == [content(x) for x in two]  # type: ignore[arg-type]


def test_bad_rows_are_set_aside_one_by_one(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "c")
    lines = (folder / "cam1.txt").read_text().splitlines()
    lines[4] = "5.0 nan 3.0"
    lines[5] = "6.0 12.0"
    lines[6] = "7.0 99999 3.0"
    lines[7] = "x y z"
    lines[8] = "-9e9 100 100"
    (folder / "cam1.txt").write_text("\n".join(lines))
    aside = [x for x in read(folder)[1] if isinstance(x, Refused)]
    assert [x.where for x in aside] == [f"cam1.txt:{k}" for k in range(5, 10)]
    assert "not a finite number" in aside[0].why
    assert "expected frame x y" in aside[1].why
    assert "outside the picture" in aside[2].why


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p["cams"]["2"].pop("fps"), r"fps.*cams"),
        (lambda p: p["cams"]["2"].update(K=[[1, 0], [0, 1]]), r"cams.*K"),
        (lambda p: p["cams"]["2"].update(dist=[0.1]), r"cams.*dist"),
        (lambda p: p["cams"]["2"]["R_world_to_cam"][0].__setitem__(0, 2.0), "expected a rotation"),
        (lambda p: p["cams"]["2"].update(centre_enu_m=[0, 0, 0]), "centre_enu_m"),
        (lambda p: p.update(cams={}), "cams"),
    ],
)
def test_a_mistake_in_the_poses_names_its_field(
    made: Path, tmp_path: Path, change: Any, said: str
) -> None:
    folder = shutil.copytree(made, tmp_path / "d")
    poses = json.loads((folder / "poses.json").read_text())
    change(poses)
    (folder / "poses.json").write_text(json.dumps(poses))
    with pytest.raises(SourceError, match=said):
        load_source(folder)


def test_a_camera_without_labels(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / "e")
    (folder / "cam2.txt").unlink()
    with pytest.raises(SourceError, match=r"cam2\.txt: cannot be read"):
        read(folder)


def test_added_misses_and_false_alarms_are_seeded(made: Path) -> None:
    worse = {"misses": 0.1, "false_alarms": 5.0, "seed": 3}
    _, clean = read(made)
    one, two = read(made, **worse)[1], read(made, **worse)[1]
    other = read(made, **(worse | {"seed": 4}))[1]
    assert [content(x) for x in one] == [content(x) for x in two]  # type: ignore[arg-type]
    assert [len(x.z) for x in one] != [len(x.z) for x in other]  # type: ignore[union-attr]
    true = {(x.sensor, x.t_ns): x.z[:, 1] for x in clean}  # type: ignore[union-attr]
    kept = total = 0
    for x in one:
        assert isinstance(x, Scan)
        z = true[x.sensor, x.t_ns]
        mine = len(z) == 1 and bool(np.isclose(x.z[:, 1], z[0], atol=1e-12).any())
        kept += mine
        total += len(x.z) - mine
    assert kept / sum(len(z) for z in true.values()) == pytest.approx(0.9, abs=0.02)
    assert total / len(one) == pytest.approx(5.0, abs=0.2)


def scored(path: Path, **other: Any) -> scores.Scores:
    """The tracker alone over a recording, scored."""
    s = load_source(path)
    params = s.params._replace(**other)
    nominal = s.site.site  # its first camera's Pd and clutter are the nominal ones
    site = multicam.placed(path, nominal, params)

    def tracks() -> Iterator[tuple[int, I64, F64]]:
        state = track.start(site.sensors, track.params_with(s.site.site.tracker))
        for scan in FEEDS["multicam"](path, site, params):
            if isinstance(scan, Scan):
                state, out, _ = track.step(state, scan, track.params_with(s.site.site.tracker))
                yield scan.t_ns, out.label, out.x

    return scores.table(path, lambda _: (site, params, tracks()))[path.resolve().name]["fused"]


def test_a_made_up_flight_is_followed(made: Path) -> None:
    clean = scored(made)
    assert (clean["error_3d_median_m"] or 9) < 0.1
    assert (clean["covered"] or 0) > 0.98
    assert clean["false_track_s"] == 0
    assert clean["label_changes"] == 0
    worse = scored(made, misses=0.1, false_alarms=5.0, seed=1)
    assert (worse["error_3d_median_m"] or 9) < 0.1
    assert (worse["covered"] or 0) > 0.95
    assert (worse["false_track_s"] or 0) < 3.0


def test_the_flow_takes_it_and_every_scan_is_fit(made: Path) -> None:
    s = load_source(made)
    setup = pipeline.setup(s.site.site, Mode.RECORDING)
    scans = [x for x in FEEDS["multicam"](made, s.site.site, s.params) if isinstance(x, Scan)][:600]
    outputs = list(pipeline.run(scans, setup))
    assert len(outputs) == 600
    assert len(outputs[-1].tracks.label) == 1


def test_the_commands_replay_verify_and_evaluate_it(tmp_path: Path, capsys: Any) -> None:
    path = cameras.make(tmp_path / "short", seconds=6.0)

    def told(*words: str) -> dict[str, Any]:
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--json"])
        assert end.value.code == 0
        out: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
        return out

    run = told("replay", str(path), "--runs", str(tmp_path / "runs"))
    assert run["tracks"] == 1
    assert run["refused"] == 0
    assert told("replay", run["run"], "--verify")["verified"] is True
    table = told("evaluate", str(path))["short"]
    assert set(table["fused"]) == {*scores.COLUMNS, "registration"}
    assert table["fused"]["error_3d_median_m"] < 0.15


def test_a_real_flight() -> None:
    path = need("multicam/1")
    clean = scored(path)
    assert (clean["error_3d_median_m"] or 9) <= 0.3
    assert (clean["error_3d_p95_m"] or 99) <= 3.0
    # nearly all that two cameras show is tracked, and some of what only one does
    assert (clean["covered"] or 0) >= 0.98 * (clean["in_two_pictures"] or 0)
    assert (clean["label_changes"] or 0) <= 2
    for seed in (1, 2):
        worse = scored(path, misses=0.1, false_alarms=5.0, seed=seed)
        assert (worse["error_3d_median_m"] or 9) <= 1.0
        assert (worse["covered"] or 0) >= 0.95 * (worse["in_two_pictures"] or 0)
        assert (worse["false_track_s"] or 0) <= 20.0
