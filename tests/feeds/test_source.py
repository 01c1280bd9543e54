"""Settings of sources: chosen by shape, checked, and every mistake told at once."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bartizan.config.source import BUILT_IN, check_source, load_source, look
from bartizan.config.text import read
from bartizan.errors import ConfigError, SourceError


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.yaml")), ids=lambda p: p.stem)
def test_built_in_settings_have_no_mistakes(path: Path) -> None:
    assert check_source(read(path)) == ()


def test_no_recording(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        load_source(tmp_path / "nothing")
    with pytest.raises(SourceError, match="empty folder"):
        load_source(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SourceError, match="expected sensor tables"):
        load_source(tmp_path)
    with pytest.raises(SourceError, match="no built-in settings"):
        load_source(tmp_path / "a.txt")
    (tmp_path / "b.pcap").write_bytes(b"")
    with pytest.raises(SourceError, match="empty"):
        load_source(tmp_path / "b.pcap")


def test_a_persons_own_settings(tmp_path: Path) -> None:
    recording = tmp_path / "r.raw"
    recording.write_bytes(bytes.fromhex("220010f6190e023a692b408840408000"))
    assert look(recording).sources == {(25, 14)}
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "feed: asterix\ntitle: mine\nsite: unplaced\naccepted_bias:\n"
        "  - {sensor: radar-1, range_m: 50, azimuth_deg: 1, source: a survey}\n"
        "asterix:\n  sensors: [{sac: 25, sic: 14, sensor: radar-1}]\n"
        '  editions: {"048": "1.27"}\n'
    )
    s = load_source(recording, mine)
    bias = s.site.site.sensors.bias[s.site.site.sensor_names.index("radar-1")]
    assert bias.tolist() == [50.0, math.radians(1.0), 0.0]
    assert ("048", "1.27") in s.params.editions  # type: ignore[union-attr]


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "feed: asterix\ntitle: mine\nsite: unplaced\nnonsense: 1\n"
        "asterix:\n  sensors: [{sac: 300, sic: 14, sensor: radar-1}]\n  day: tomorrow\n"
    )
    found = check_source(read(mine))
    assert sorted({m.line for m in found}) == [4, 6, 7]
    mine.write_text(
        "feed: asterix\ntitle: mine\nsite: unplaced\n"
        "asterix:\n  sensors: [{sac: 3, sic: 14, sensor: nobody}]\n"
    )
    (only,) = check_source(read(mine))
    assert "expected a sensor of unplaced" in only.expected
    recording = tmp_path / "r.raw"
    recording.write_bytes(b"x")
    with pytest.raises(ConfigError):
        load_source(recording, mine)
