"""Lint of sense: what a schema lets through and yet cannot mean, each by its field."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan import config
from bartizan.config.lint import crossings, way_to
from bartizan.errors import ConfigError

FILES = Path(__file__).parent / "files"
SITE = (FILES / "site.yaml").read_text()
RAID = (FILES / "raid.yaml").read_text()
RADAR = "place: {east_m: 0, north_m: 0, up_m: 15}"
ATTACK = "[[-12800, -5200, 140], [-6000, -2600, 120], [-800, -1000, 60], [-1250, -1100, 0]]"


@pytest.mark.parametrize(
    ("old", "new", "field", "severity", "says"),
    [
        (RADAR, "place: {east_m: 61000, north_m: 0}", "sensors[0].place", "warning", "the world"),
        (RADAR, "place: {east_m: 0, north_m: 0, up_m: -40}", "sensors[0].place", "warning", "buried"),
        (RADAR, "place: {east_m: 0}", "sensors[0].place", "error", "latitude_deg and longitude_deg"),
        (RADAR, "place: {up_m: 3}", "sensors[0].place", "error", "latitude_deg and longitude_deg"),
        (RADAR, "place: {east_m: 0, north_m: 0, latitude_deg: 33}", "sensors[0].place", "error", "or"),
        (RADAR, "place: {east_m: 0, north_m: 0, height_msl_m: 9}", "sensors[0].place", "error", "up_m"),
        ("range_m: [150, 20000]", "range_m: [900, 900]", "sensors[0].range_m", "error", "see nothing"),
        ("elevation_deg: [-1, 45]", "elevation_deg: [45, -1]", "sensors[0].elevation_deg", "error", "see"),
        ("elevation_deg: [-1, 45]", "elevation_deg: [-9, -1]", "sensors[0].elevation_deg", "warning", "ground"),
        ("azimuth_deg: [180, 180]", "azimuth_deg: [9, 0]", "sensors[1].azimuth_deg", "error", "see"),
        ("    range_sd_m: 8\n", "", "sensors[0].range_sd_m", "error", "a radar measures it"),
        ("pd_max: 0.95", "pd_max: 0", "sensors[0].detection.pd_max", "warning", "see nothing"),
        ("snr_at_1km_0dbsm_db: 92", "snr_at_1km_0dbsm_db: -40", "sensors[0].detection", "warning", "least range"),
        ("visibility_m: 15000", "visibility_m: 5", "sensors[1].detection", "warning", "least range"),
        ("array_gain_db: 10", "array_gain_db: -90", "sensors[3].detection", "warning", "least range"),
        ("margin_at_1km_db: 25", "margin_at_1km_db: -99", "sensors[4].detection", "warning", "least range"),
        ("    range_sd_m: 8\n", "    range_sd_m: 8\n    confusion: {bird: {bird: 0.9, multirotor: 0.2}}\n",
         "sensors[0].confusion.bird", "error", "1 in all"),
        ("    range_sd_m: 8\n", "    range_sd_m: 8\n    confusion: {bird: {bird: 0.2, multirotor: 0.8}}\n",
         "sensors[0].confusion.bird", "warning", "wrong way round"),
        ("name: camera west", "name: search radar", "sensors[1].name", "error", "once"),
        ("name: fuel store", "name: flight line", "zones[2].name", "error", "once"),
        ("[1200, 700], [-1500, 700]", "[-1500, 700], [1200, 700]", "zones[1].corners_m", "error", "cross"),
        ("[[-1500, 200],", "[[-1500, 200], [-1500, 200],", "zones[1].corners_m[1]", "error", "differ"),
        ("[900, 2200], [-2200, 1900]]", "[-2200, 1900], [-3000, -1400]]", "wall.corners_m[6]", "error", "twice"),
        ("[[-3000, -1400], [-1800, -2200], [1900, -2200], [3000, -1000], [2800, 1500], [900, 2200], [-2200, 1900]]",
         "[[0, 0], [20, 0], [0, 20]]", "wall.corners_m", "error", "1,000 m2"),
        ("[-1500, 700]]", "[-61000, 700]]", "zones[1].corners_m", "warning", "the world"),
        ("floor_m: 7000", "floor_m: 17000", "corridors[0].ceiling_m", "error", "over its floor"),
        ("range_m: [400, 5000]", "range_m: [5000, 400]", "effectors[0].range_m", "error", "covers nothing"),
        ("elevation_deg: [0, 70]", "elevation_deg: [-20, -9]", "effectors[0].elevation_deg", "warning", "horizon"),
        ("magazine: 6", "magazine: 0", "effectors[0].magazine", "warning", "never fires"),
        ("p_kill: 0.5", "p_kill: 0", "effectors[2].p_kill", "warning", "never hit"),
        ("east_m: -2500, north_m: -300", "east_m: -2500, north_m: -90000", "effectors[0].place", "warning", "world"),
    ],
)  # fmt: skip
def test_a_site_that_makes_no_sense(
    tmp_path: Path, old: str, new: str, field: str, severity: str, says: str
) -> None:
    assert old in SITE
    path = tmp_path / "site.yaml"
    path.write_text(SITE.replace(old, new, 1))
    told = {m.field: m for m in config.check(path)}
    assert field in told, f"told only of {sorted(told)}"
    assert told[field].severity == severity
    assert says in told[field].expected
    if severity == "warning":
        assert config.load_site(path).site.name == "ain-al-asad"  # a warning stops nothing


@pytest.mark.parametrize(
    ("old", "new", "field", "severity", "says"),
    [
        (ATTACK, "[[0, 0, 100], [9000, 0, 100]]", "groups[0].route_m[0]", "warning", "start outside"),
        (ATTACK, "[[-9000, 9000, 100], [9000, 9000, 100]]", "groups[0].route_m", "warning", "reaches the site"),
        (ATTACK, "[[-99000, 0, 100], [0, 0, 100]]", "groups[0].route_m[0]", "warning", "inside the world"),
        ("duration_s: 330", "duration_s: 200", "groups[0].route_m", "warning", "can't reach"),
        ("start_s: 20", "start_s: 400", "groups[5].start_s", "warning", "before the raid ends"),
        ("speed_mps: 47", "speed_mps: 700", "groups[0].speed_mps", "warning", "one_way_attack"),
        ("speed_mps: 13", "speed_mps: 130", "groups[1].speed_mps", "warning", "bird"),
        ("hostile: true", "hostile: false", "groups", "warning", "hostile: true"),
        ("identity: TST101", "identity: ''", "groups[4].identity", "warning", "reports one"),
        ("wind: {speed_mps: 4", "wind: {speed_mps: 90", "wind.speed_mps", "warning", "at most 60"),
        ("site: ain-al-asad", "site: atlantis", "site", "error", "a site that loads"),
        ("name: birds south", "name: birds north", "groups[2].name", "error", "once"),
    ],
)  # fmt: skip
def test_a_raid_that_makes_no_sense(
    tmp_path: Path, old: str, new: str, field: str, severity: str, says: str
) -> None:
    assert old in RAID
    path = tmp_path / "raid.yaml"
    path.write_text(RAID.replace(old, new, 1))
    told = {m.field: m for m in config.check(path)}
    assert field in told, f"told only of {sorted(told)}"
    assert told[field].severity == severity
    assert says in told[field].expected


def test_an_empty_raid_is_one_mistake(tmp_path: Path) -> None:
    path = tmp_path / "raid.yaml"
    path.write_text(RAID[: RAID.index("groups:")] + "groups: []\n")
    (told,) = config.check(path)
    assert (told.field, told.expected) == ("groups", "expected at least 1")


def test_a_raid_at_a_broken_site_names_the_site_and_its_first_mistake(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SITE.replace("world_m: 60000", "world_m: x"))
    path = tmp_path / "raid.yaml"
    path.write_text(RAID.replace("site: ain-al-asad", "site: mine.yaml"))
    (told,) = config.check(path)
    assert told.field == "site"
    assert "mine.yaml:12: world_m: expected a number" in told.expected
    (tmp_path / "mine.yaml").write_text(SITE)
    assert config.check(path) == ()
    assert config.load_raid(path)[1].path == tmp_path / "mine.yaml"


@given(st.integers(3, 12), st.floats(0, 6.28), st.floats(0.3, 3.0))
def test_polygons_drawn_round_a_point_do_not_cross_and_exchanged_corners_do(
    k: int, turn: float, squeeze: float
) -> None:
    a = turn + np.arange(k) * 2 * np.pi / k
    p = np.stack([1000 * np.cos(a), 1000 * squeeze * np.sin(a)], axis=1)
    assert crossings(p) == []
    if k >= 4:
        p[[0, 1]] = p[[1, 0]]
        assert crossings(p) != []


def test_the_way_to_a_wall_is_measured_along_the_route_in_three_dimensions() -> None:
    square = np.array([[-100.0, -100], [100, -100], [100, 100], [-100, 100]])
    north = np.array([[0.0, 1000, 50], [0, 500, 50], [0, 0, 50]])
    assert way_to(square, north) == pytest.approx(900.0)
    dive = np.array([[0.0, 400, 400], [0, 0, 0]])
    assert way_to(square, dive) == pytest.approx(300 * np.sqrt(2))
    assert way_to(square, np.array([[0.0, 0, 0], [0, 900, 0]])) == 0.0
    assert way_to(square, np.array([[-900.0, 101, 0], [900, 101, 0]])) is None
    thin = square * [1.0, 1e-3]  # a step of any size must not step over it
    assert way_to(thin, np.array([[0.0, 50_000, 0], [0, -50_000, 0]])) == pytest.approx(49_999.9)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        # attackers that start so late are at the wall after 420 s, over the stand-in's 330
        ((("start_s: 0", "start_s: 200"), ("duration_s: 330", "duration_s: long")), "duration_s"),
        # a route that misses the site which stands in
        (((ATTACK, "[[-9000, 9000, 9], [9000, 9000, 9]]"), ("site: ain-al-asad", "site: 5")), "site"),
        # a flock that the stand-in makes attackers of
        ((("wander_mps2: 1.0\n    hostile: false", "wander_mps2: 1.0\n    hostile: no"),),
         "groups[1].hostile"),
        # the route that stands in is too long for a minute
        ((("[[-12800,", "[[west,"), ("duration_s: 330", "duration_s: 60")), "groups[0].route_m[0][0]"),
    ],
)  # fmt: skip
def test_a_raid_is_not_judged_on_what_stands_in_for_a_mistake(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], field: str
) -> None:
    text = RAID
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "raid.yaml"
    path.write_text(text)
    assert [m.field for m in config.check(path)] == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        # the wall that stands in is wider than this world, the floor higher than this ceiling
        ((("[[-3000, -1400],", "[[west, -1400],"), ("world_m: 60000", "world_m: 2000")),
         "wall.corners_m[0][0]"),
        ((("floor_m: 0", "floor_m: ground"),), "corridors[1].floor_m"),
    ],
)  # fmt: skip
def test_a_site_is_not_judged_on_what_stands_in_for_a_mistake(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], field: str
) -> None:
    text = SITE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "site.yaml"
    path.write_text(text)
    told = [m.field for m in config.check(path)]
    assert field in told
    assert not {"wall.corners_m", "corridors[1].ceiling_m"} & set(told)


CORPUS = """name: own
title: "Own"
source: "assumed"
reflectors:
  - {name: hall, from_m: [1, 2], to_m: [5, 2], height_m: 9, loss_db: 6, source: "assumed"}
faults:
  - {name: late, kind: late, sensors: [radar], delay_s: 1, source: "assumed"}
traffic:
  - name: gulls
    cls: bird
    per_hour: 3
    pass_m: 4000
    height_m: [20, 90]
    speed_mps: 12
    signature: {rcs_dbsm: -23, size_m: 0.6, level_db: 30, emits: false, rotor: false}
    body: {mass_kg: 1, area_m2: 0.1, cd: 0.8}
    source: "assumed"
"""


@pytest.mark.parametrize(
    ("old", "new", "field", "severity"),
    [
        ("to_m: [5, 2]", "to_m: [1, 2]", "reflectors[0].to_m", "error"),
        ("delay_s: 1, ", "", "faults[0].delay_s", "error"),
        ("[radar]", "[lidar]", "faults[0].sensors[0]", "error"),
        ("[20, 90]", "[90, 20]", "traffic[0].height_m", "error"),
        ("speed_mps: 12", "speed_mps: 90", "traffic[0].speed_mps", "warning"),
        ("per_hour: 3", "per_hour: 0", "traffic[0].per_hour", "warning"),
        ("name: own", "name: own\nrain: 3", "rain", "error"),
    ],
)  # fmt: skip
def test_a_corpus_that_makes_no_sense(
    tmp_path: Path, old: str, new: str, field: str, severity: str
) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(CORPUS)
    assert config.check(path) == ()
    path.write_text(CORPUS.replace(old, new, 1))
    told = {m.field: m.severity for m in config.check(path)}
    assert told.get(field) == severity, told
    if severity == "error":
        with pytest.raises(ConfigError):
            config.load_nuisances(path)


@pytest.mark.parametrize(
    ("more", "field", "says"),
    [
        ("arrive_s: 60", "groups[0].arrive_s", "its slowest"),
        ("loiter: [{at: 3, seconds: 9, radius_m: 500}]", "groups[0].loiter[0].at", "before the last"),
        ("loiter: [{at: 1, seconds: 9, radius_m: 0}]", "groups[0].loiter[0].radius_m", "hover"),
        ("airspeed: yes", "groups[0].airspeed", "true or false"),
        ("formation: {shape: ring, gap_m: 9}", "groups[0].formation.shape", "line"),
    ],
)  # fmt: skip
def test_a_route_that_nobody_can_fly(tmp_path: Path, more: str, field: str, says: str) -> None:
    path = tmp_path / "raid.yaml"
    path.write_text(RAID.replace("    hostile: true\n", f"    hostile: true\n    {more}\n", 1))
    told = {m.field: m.expected for m in config.check(path)}
    assert says in told.get(field, ""), told


def test_a_raid_names_its_corpora_built_in_or_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "raid.yaml"
    path.write_text(RAID + "\nnuisances: [own.yaml, rain]\n")
    assert [m.field for m in config.check(path)] == ["nuisances[0]"]
    (tmp_path / "own.yaml").write_text(CORPUS + "friends: [SCOUT-7]\n")
    assert config.check(path) == ()
    raid, loaded = config.load_raid(path)
    assert [c.name for c in raid.nuisances] == ["own", "rain"]
    assert "SCOUT-7" in loaded.site.friends
    assert config.corpora_beside(path) == (tmp_path / "own.yaml",)
