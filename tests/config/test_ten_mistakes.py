"""A file with many mistakes tells all of them at once, each with its line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan import config
from bartizan.errors import ConfigError

FILES = Path(__file__).parent / "files"

TEN = """\
name: ten
title: Ten mistakes
schematic: perhaps
reference: {latitude_deg: 133.79, longitude_deg: 42.44, height_msl_m: 188, geoid_m: 8, geoid_source: assumed}
utc_offset_h: 3
world_m: 60000
worlds_m: 1
wall:
  name: wall
  corners_m: [[0, 0], [900, 900], [900, 0], [0, 800]]
zones:
  - name: far
    corners_m: [[70000, 0], [70500, 0], [70500, 500]]
sensors:
  - name: radar
    kind: radar
    place: {east_m: 0, north_m: 0, up_m: .nan}
    period_s: fast
    range_m: [20000, 150]
    elevation_deg: [-1, 45]
    azimuth_sd_deg: 0.5
    detection: {model: pixels, pd_max: 0.9, pixel_rad: 2.0e-4, pixels_for_half: 4, visibility_m: 9000, contrast: 0.3, contrast_for_half: 0.02, nominal_size_m: 2}
    source: assumed
  - name: radar
    kind: camera
    place: {latitude_deg: 33.79, longitude_deg: 42.44, up_m: 5}
    period_s: 1.0
    period_s: 2.0
    range_m: [50, 6000]
    elevation_deg: [-2, 60]
    azimuth_sd_deg: 0
    elevation_sd_deg: 0.1
    detection: {model: flat, pd: 1.5}
    source: assumed
"""
EXPECTED = [
    (3, "schematic", "true or false"),
    (4, "reference.latitude_deg", "at most 90"),
    (7, "worlds_m", "no such field"),
    (10, "wall.corners_m", "does not cross itself"),
    (15, "sensors[0].range_sd_m", "expected a 1-sigma"),
    (17, "sensors[0].place.up_m", "finite number"),
    (18, "sensors[0].period_s", "a number"),
    (19, "sensors[0].range_m", "it can see nothing"),
    (22, "sensors[0].detection.model", "flat or radar_equation"),
    (24, "sensors[1].name", "used once"),
    (28, "sensors[1].period_s", "it stands on line 27 too"),
    (31, "sensors[1].azimuth_sd_deg", "at least 0.0001"),
    (33, "sensors[1].detection.pd", "at most 1"),
]


def _told(path: Path) -> list[tuple[int, str, str]]:
    return [(m.line, m.field, m.expected) for m in config.check(path)]


def _matches(told: list[tuple[int, str, str]], expected: list[tuple[int, str, str]]) -> None:
    assert [t[:2] for t in told] == [e[:2] for e in expected]
    for (_, field, said), (_, _, part) in zip(told, expected, strict=True):
        assert part in said, f"{field}: {said}"


def test_every_mistake_of_a_site_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "ten.yaml"
    path.write_text(TEN)
    _matches(_told(path), EXPECTED)


def test_loading_tells_the_same_errors_as_checking(tmp_path: Path) -> None:
    path = tmp_path / "ten.yaml"
    path.write_text(TEN)
    with pytest.raises(ConfigError) as caught:
        config.load_site(path)
    assert caught.value.mistakes == tuple(m for m in config.check(path) if m.severity == "error")
    for line in str(caught.value).splitlines():
        assert line.startswith(f"{path}:")


def test_sense_is_told_beside_mistakes_of_the_schema(tmp_path: Path) -> None:
    text = (FILES / "site.yaml").read_text()
    text = text.replace("utc_offset_h: 3", "utc_offset_h: 33").replace("p_kill: 0.6", "p_kill: 0")
    text = text.replace(
        "place: {east_m: 0, north_m: 0, up_m: 15}", "place: {east_m: 99000, north_m: 0}"
    )
    path = tmp_path / "sense.yaml"
    path.write_text(text)
    told = config.check(path)
    assert ("utc_offset_h", "error") in {(m.field, m.severity) for m in told}
    assert ("sensors[0].place", "warning") in {(m.field, m.severity) for m in told}
    assert ("effectors[0].p_kill", "warning") in {(m.field, m.severity) for m in told}


def test_without_a_place_for_the_site_nothing_is_said_of_what_lies_outside(tmp_path: Path) -> None:
    text = (FILES / "site.yaml").read_text().replace("world_m: 60000", "world_m: -1")
    path = tmp_path / "world.yaml"
    path.write_text(text)
    assert [m.field for m in config.check(path)] == ["world_m"]


def test_every_mistake_of_a_raid_is_told_at_once(tmp_path: Path) -> None:
    text = (FILES / "raid.yaml").read_text()
    for old, new in (
        ("site: ain-al-asad", "site: atlantis"),
        ("start: 2022-01-04T05:10:00+03:00", "start: 2022-01-04T05:10:00"),
        ("speed_mps: 4, from_deg: 300", "speed_mps: 4, from_deg: 900"),
        ("cls: one_way_attack", "cls: spaceship"),
        ("count: 6", "count: 6.5"),
        ("lands: true", "lands: maybe"),
        ("name: airliner two", "name: airliner one"),
        ("hurt_radius_m: 60", "hurt_radius: 60"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "raid.yaml"
    path.write_text(text)
    told = _told(path)
    assert {t[1] for t in told} == {
        "site", "start", "wind.from_deg", "groups[0].cls", "groups[1].count", "groups[3].lands",
        "groups[5].name", "hurt_radius", "hurt_radius_m",
    }  # fmt: skip
    assert "did you mean hurt_radius_m?" in dict((t[1], t[2]) for t in told)["hurt_radius"]
    lines = text.splitlines()
    for line, field, _ in told:
        key = field.rsplit(".", 1)[-1]
        assert line == 1 or f"{key}:" in lines[line - 1] or field == "hurt_radius_m"


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("range_m: [150, 20000]", "range_m: [150]", "sensors[0].range_m[1]", "one more value"),
        ("range_m: [150, 20000]", "range_m: [1, 2, 3]", "sensors[0].range_m", "at most 2"),
        ("world_m: 60000", "world_m: '60000'", "world_m", "a number"),
        ("world_m: 60000", "world_m: true", "world_m", "a number"),
        ("world_m: 60000", "world_m: .inf", "world_m", "at most 1,000,000"),
        ("world_m: 60000", "world_m:", "world_m", "a number"),
        ("magazine: 6", "magazine: 6.5", "effectors[0].magazine", "a whole number"),
        ("kind: radar", "kind: radio", "sensors[0].kind", "'radar'"),
        ("model: radar_equation", "model: magic", "sensors[0].detection.model", "one of 'flat'"),
        ("name: outer wall", 'name: "\\e[31m"', "wall.name", "without control characters"),
        ("title:", "title: no\nheading:", "heading", "no such field"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_clear_line(
    tmp_path: Path, old: str, new: str, field: str, says: str
) -> None:
    text = (FILES / "site.yaml").read_text()
    assert old in text
    path = tmp_path / "one.yaml"
    path.write_text(text.replace(old, new, 1))
    (told,) = config.check(path)
    assert told.field == field
    assert says in told.expected
    assert told.line == text[: text.index(old)].count("\n") + 1 + new.count("\n")


@pytest.mark.parametrize("number", ["1e4", "10000", "10000.0", "1.0e+4", "+10000"])
def test_numbers_are_read_as_people_write_them(tmp_path: Path, number: str) -> None:
    text = (FILES / "site.yaml").read_text().replace("world_m: 60000", f"world_m: {number}")
    path = tmp_path / "number.yaml"
    path.write_text(text)
    assert config.load_site(path).site.world_m == 10_000.0
