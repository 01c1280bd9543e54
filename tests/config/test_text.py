"""What is no YAML, no text or no file gives one mistake with its line, never a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan import config
from bartizan.errors import ConfigError

FILES = Path(__file__).parent / "files"
GOOD = (FILES / "site.yaml").read_text()
RAID = (FILES / "raid.yaml").read_text()
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9)
)


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (b"", 1, "a mapping of fields"),
        (b"# nothing\n", 1, "a mapping of fields"),
        (b"- a\n- b\n", 1, "a mapping of fields"),
        (b"just words\n", 1, "a mapping of fields"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 3, "expected YAML"),
        (b"a: 1\nb:\n\tc: 3\n", 3, "does not indent with tabs"),
        (b"a: 1\nb: 'open\n", 3, "expected YAML"),
        (b"a: 1\n--- \nb: 2\n", 2, "a single document"),
        (b"a: 1\nb: \xff\xfe\n", 2, "UTF-8 text"),
        ("name: x\n".encode("utf-16"), 1, "UTF-8 text"),
        (b"a: 1\nb: \x00\x01\n", 2, "without control characters"),
        (b"\x7fELF\x02\x01\x01\x00", 1, "without control characters"),
        (b"a: *nobody\n", 1, "expected YAML"),
        (b"[\n" * 5_000, 1, "at most 20 levels"),
        (b"a: &a [*a]\n", 1, "at most 20 levels"),
        (LAUGHS.encode(), 1, "at most 100,000 fields"),
        (b"x" * 1_000_001, 1, "a file of at most"),
    ],
)
def test_what_cannot_be_read_is_one_mistake(
    tmp_path: Path, raw: bytes, line: int, says: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(raw)
    (told,) = config.check(path)
    assert (told.file, told.line) == (str(path), line)
    assert says in told.expected
    for load in (config.load_site, config.load_raid):
        with pytest.raises(ConfigError):
            load(path)


def test_an_alias_says_what_its_anchor_says(tmp_path: Path) -> None:
    text = GOOD.replace(
        "place: {east_m: 0, north_m: 0, up_m: 15}", "place: &mast {east_m: 0, north_m: 0, up_m: 15}"
    )
    text = text.replace("place: {east_m: 0, north_m: 0, up_m: 12}", "place: *mast")
    path = tmp_path / "alias.yaml"
    path.write_text(text)
    assert config.check(path) == ()
    assert (config.load_site(path).site.sensors.pos[4:, 2] == 15.0).all()


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!!binary aGk=", "!x y"]
)
def test_tags_are_refused_and_run_nothing(tmp_path: Path, tag: str) -> None:
    path = tmp_path / "tag.yaml"
    path.write_text(GOOD.replace("world_m: 60000", f"world_m: {tag}"))
    assert any("without the tag" in m.expected and m.field == "world_m" for m in config.check(path))


@pytest.mark.parametrize(
    "name",
    ["", "atlantis", "a\0b", "a\0b.yaml", "n" * 5000, "n" * 5000 + ".yaml", "\udc80", "\udc80.yaml",
     os.devnull, os.sep, "none/such.yaml"],
)  # fmt: skip
def test_a_name_that_is_no_file_is_one_mistake(name: str) -> None:
    (told,) = config.check(name)
    assert told.field == "the file"
    str(told).encode()  # can be printed
    for load in (config.load_site, config.load_raid):
        with pytest.raises(ConfigError):
            load(name)


def test_a_device_is_not_read() -> None:
    (told,) = config.check(os.devnull)
    assert (told.found, told.expected) == ("a device or pipe", "expected a file")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all files")
def test_a_file_that_may_not_be_read_is_one_mistake(tmp_path: Path) -> None:
    path = tmp_path / "closed.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    (told,) = config.check(path)
    assert "can be read" in told.expected


FUZZ = settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def _never_a_traceback(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    told = config.check(path)
    for m in told:
        assert 1 <= m.line <= raw.count(b"\n") + 2
        str(m).encode()
    for load in (config.load_site, config.load_raid):
        try:
            load(path)
        except ConfigError as e:
            assert e.mistakes


@FUZZ
@given(raw=st.binary(max_size=400))
def test_random_bytes(tmp_path: Path, raw: bytes) -> None:
    _never_a_traceback(tmp_path / "fuzz.yaml", raw)


@FUZZ
@given(text=st.text(alphabet=" \n\t-:[]{},&*!|>'\"%@`#?ab01.~\ufeff\u2028", max_size=80))
def test_random_yaml_signs(tmp_path: Path, text: str) -> None:
    _never_a_traceback(tmp_path / "fuzz.yaml", text.encode("utf-8", "surrogatepass"))


VALUES = st.sampled_from(
    ["", "~", "true", "0", "-1", "1e308", "-1e308", "1e-308", ".nan", "-.inf", "9" * 400, "text",
     "[]", "{}", "[[]]", "[1]", "[1, 2]", "[2, 1]", "{a: 1}", '"\\ud800"', '"\\0"', "2022-01-04",
     "9999-12-31T23:59:59+00:00", "1e6", "-1e6", "90", "-90", "360"]
)  # fmt: skip


@settings(FUZZ, max_examples=60)
@given(data=st.data())
def test_good_files_with_odd_values(tmp_path: Path, data: st.DataObject) -> None:
    """A value or a whole line of a good file is replaced, some times over."""
    lines = data.draw(st.sampled_from([GOOD, RAID])).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        k = data.draw(st.integers(0, len(lines) - 1))
        key, colon, _ = lines[k].partition(":")
        new = data.draw(VALUES)
        lines[k] = f"{key}: {new}" if colon else data.draw(st.sampled_from(["", new]))
    _never_a_traceback(tmp_path / "fuzz.yaml", "\n".join(lines).encode("utf-8", "surrogatepass"))
