"""The built-in files: clean, labelled, and turned into what the stages take."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pymap3d
import pytest
import yaml

from bartizan import config
from bartizan.config.history import attacks_before
from bartizan.config.load import list_sources
from bartizan.frames import wgs84_from_enu
from bartizan.types import ObjectClass, SensorKind
from bartizan.units import iso_from_ns, ns_from_iso
from recordings import need

DATA = Path(config.__file__).parent.parent / "data"
DEFENDED = ("ain-al-asad", "baghdad-diplomatic-support-center", "baghdad-embassy", "erbil-airport")


@pytest.mark.parametrize(
    "name",
    [*config.list_sites(), *config.list_raids(), *config.list_nuisances(), *list_sources(),
     DATA / "history.yaml"],
)  # fmt: skip
def test_built_in_files_have_no_mistake_and_no_warning(name: str | Path) -> None:
    assert config.check(name) == ()


def test_the_defended_sites_and_the_raids_on_them_are_there() -> None:
    assert set(DEFENDED) <= set(config.list_sites())
    for name in config.list_raids():
        raid, loaded = config.load_raid(name)
        assert raid.site == loaded.site.name
        assert raid.site in DEFENDED


@pytest.mark.parametrize("name", DEFENDED)
def test_a_defended_site_says_that_it_is_schematic_and_has_all_kinds_of_sensors(name: str) -> None:
    loaded = config.load_site(name)
    assert loaded.site.schematic
    text = loaded.path.read_text()
    assert "schematic layout" in loaded.site.title
    kinds = [SensorKind(k) for k in loaded.site.sensors.kind]
    assert set(kinds) == set(SensorKind)
    assert kinds.count(SensorKind.CAMERA) == 2
    assert loaded.site.zones and loaded.site.people and loaded.site.corridors
    assert loaded.effectors
    raw = yaml.safe_load(text)
    for part in (*raw["sensors"], *raw["effectors"]):
        assert part["source"]


# EGM96, 15-minute grid, by an independent reader; its test point 16.775833 N 3.009444 W
# came out at 28.70 m, which is the value published with the grid.
EGM96_M = {
    "ain-al-asad": 7.99,
    "baghdad-diplomatic-support-center": -1.81,
    "baghdad-embassy": -2.17,
    "erbil-airport": 15.28,
}


@pytest.mark.parametrize("name", DEFENDED)
def test_the_geoid_of_a_defended_site_is_that_of_egm96(name: str) -> None:
    site = config.load_site(name).site
    assert site.geoid_m == pytest.approx(EGM96_M[name], abs=0.06)
    raw = yaml.safe_load((DATA / "sites" / f"{name}.yaml").read_text())["reference"]
    assert site.origin[2] == pytest.approx(raw["height_msl_m"] + raw["geoid_m"])


def test_places_in_degrees_are_those_that_pymap3d_gives() -> None:
    loaded = config.load_site("vredepeel-29")
    raw = yaml.safe_load(loaded.path.read_text())
    ref = raw["reference"]
    for k, sensor in enumerate(raw["sensors"]):
        p = sensor["place"]
        expected = pymap3d.geodetic2enu(
            p["latitude_deg"], p["longitude_deg"], p["height_msl_m"] + ref["geoid_m"],
            ref["latitude_deg"], ref["longitude_deg"], ref["height_msl_m"] + ref["geoid_m"],
        )  # fmt: skip
        np.testing.assert_allclose(loaded.site.sensors.pos[k], expected, atol=1e-6)
    lat, lon, _ = wgs84_from_enu(loaded.frame, loaded.site.sensors.pos[0])
    assert np.degrees([lat, lon]) == pytest.approx([51.52126391, 5.85862734], abs=1e-9)


def test_a_sensor_becomes_a_row_in_radians_with_what_it_does_not_measure_left_out() -> None:
    loaded = config.load_site(Path(__file__).parent / "files" / "site.yaml")
    s = loaded.site.sensors
    np.testing.assert_allclose(
        s.look[0], [150, 20_000, 0, 2 * np.pi, np.radians(-1), np.radians(45)]
    )
    np.testing.assert_allclose(s.look[1, 2:4], [np.pi, np.pi])
    np.testing.assert_allclose(s.sd[0, :4], [8, np.radians(0.5), np.radians(0.6), 0.7])
    assert np.isnan(s.sd[0, 4:]).all()
    camera = loaded.site.sensor_names.index("camera west")
    assert np.isnan(s.sd[camera, [0, 3]]).all()
    adsb = loaded.site.sensor_names.index("ads-b receiver")
    np.testing.assert_allclose(s.sd[adsb], [15, 15, 30, 1, 1, 1])
    # the columns as the docstring of bartizan.sensing names them
    np.testing.assert_allclose(s.pd[0], [1, 0.95, 92, 1e-6, 20, 3, 15, -10])
    np.testing.assert_allclose(s.pd[camera], [1, 0.9, 2e-4, 4, 15_000, 0.3, 0.02, 2.5])
    np.testing.assert_allclose(s.pd[3], [1, 0.9, 45, 5, 6, 4, 10, 100])
    np.testing.assert_allclose(s.pd[adsb], [1, 0.95, 60, 2, 4, 2, 12, 0.05])
    assert (s.bias == 0).all()
    gun = loaded.effectors[-1]
    assert (gun.range_min_m, gun.range_max_m, gun.magazine) == (100, 2200, 20)
    np.testing.assert_allclose([gun.az_width_rad, gun.el_to_rad], np.radians([360, 80]))


def test_the_raid_of_the_fourth_of_january_is_the_one_that_was_told() -> None:
    raid, loaded = config.load_raid("ain-al-asad-2022-01-04")
    attackers = [g for g in raid.groups if g.hostile]
    assert sum(g.count for g in attackers) == 2
    assert {g.cls for g in attackers} == {ObjectClass.ONE_WAY_ATTACK}
    assert all(45 <= g.speed_mps <= 50 for g in attackers)
    assert iso_from_ns(raid.t0_ns, 0) == "2022-01-04T02:10:00Z"  # 05:10 there: before dawn
    # from 300 deg: the air moves to the south-east
    np.testing.assert_allclose(raid.wind_mps, [4 * np.sin(np.pi / 3), -2, 0], atol=1e-12)
    reports = {g.cooperative: g for g in raid.groups}
    assert reports["remote_id"].identity in loaded.site.friends
    assert reports["remote_id"].lands
    assert reports["adsb"].route[0, 2] > 9_000
    assert any(g.cls is ObjectClass.BIRD for g in raid.groups)


def test_a_raid_can_be_played_at_another_site() -> None:
    erbil = config.load_site("erbil-airport")
    raid, loaded = config.load_raid("ain-al-asad-2022-01-04", erbil)
    assert loaded is erbil
    assert raid.site == "erbil-airport"


def test_history_holds_only_what_came_before() -> None:
    t0 = config.load_raid("ain-al-asad-2022-01-04")[0].t0_ns
    before = attacks_before("ain-al-asad", t0)
    assert before == tuple(sorted(before))
    assert all(t < t0 for t in before)
    assert ns_from_iso("2021-07-07T12:30:00+03:00") in before
    assert attacks_before("atlantis", t0) == ()
    assert len(attacks_before("ain-al-asad", 2**62)) > len(before)


def test_history_agrees_with_the_table_that_it_was_drawn_from() -> None:
    """Every attack has a row there with its date, weapon, count and page."""
    with need("incident/base-attacks.csv").open(newline="") as file:
        rows = {(r["date"], r["weapon"], r["count"], r["url"]) for r in csv.DictReader(file)}
    for a in yaml.safe_load((DATA / "history.yaml").read_text())["attacks"]:
        key = (str(a["start"])[:10], a["weapon"], str(a.get("count", "")), a["source"])
        assert key in rows


def test_a_raid_makes_its_site_ready_for_what_it_expects() -> None:
    _, loaded = config.load_raid("ain-al-asad-2021-03-03")
    assert loaded.site.expects == (int(ObjectClass.BALLISTIC),)
    assert config.load_site("ain-al-asad").site.expects == ()
    _, drones = config.load_raid("ain-al-asad-2022-01-04", loaded)
    assert drones is loaded
