"""Exports of a night, read by others: GDAL, czml3, DuckDB's Arrow, a spreadsheet's reader."""

from __future__ import annotations

import csv
import itertools
import json
import math
import subprocess
from pathlib import Path

import numpy as np
import pymap3d
import pytest
from lxml import etree

import peers
from bartizan.errors import BartizanError
from bartizan.feeds import courageous
from bartizan.outlets.exports import EXPORTS, export
from bartizan.outlets.exports.tables import COLUMNS, _safe
from bartizan.units import ns_from_iso

MARK = "EXERCISE EXERCISE EXERCISE"
READERS = ("pyogrio==0.13.0", "czml3==4.0.0")


def made(kept, tmp_path: Path, name: str) -> Path:
    """The export of a night."""
    out = tmp_path / f"night.{name}"
    assert export(kept.folder, name, out) == len(labels(kept))
    assert [p.name for p in tmp_path.iterdir()] == [out.name]
    return out


def labels(kept) -> set[int]:
    return {k for o in kept.outputs[:-1] for k in o.tracks.label.tolist()}


def geodetic(kept, label: int) -> list[tuple[float, float, float]]:
    """Where a track was at each step, by another library."""
    lat0, lon0 = map(math.degrees, kept.site.origin[:2])
    out = []
    for o in kept.outputs[:-1]:
        for k in np.flatnonzero(o.tracks.label == label):
            out.append(pymap3d.enu2geodetic(*o.tracks.x[k, :3], lat0, lon0, kept.site.origin[2]))
    return out


def asked(script: str, *args: str) -> dict:
    """What a script says under a reader's own environment."""
    python = str(peers.environment(*READERS) / "python")
    done = subprocess.run(
        [python, "-c", script, *args], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


GDAL = """
import json, sys, pyogrio
meta, _, shapes, values = pyogrio.raw.read(sys.argv[1])
import struct
def corners(wkb):
    if wkb is None: return []
    order = "<" if wkb[0] else ">"
    kind = struct.unpack(order + "I", wkb[1:5])[0]
    kind = kind % 1000 if kind < 10000 else (kind & 0xff)
    flat = struct.unpack(order + "I", wkb[1:5])[0]
    n = 3 if flat >= 1000 or flat & 0x80000000 else 2
    at = 5
    if kind == 1: count = 1
    elif kind == 2: count = struct.unpack(order + "I", wkb[5:9])[0]; at = 9
    elif kind == 3: count = struct.unpack(order + "I", wkb[9:13])[0]; at = 13
    else: return []
    return [struct.unpack(order + "d" * n, wkb[at + 8*n*k : at + 8*n*(k+1)]) for k in range(count)]
fields = list(meta["fields"])
rows = [dict(zip(fields, map(str, row))) for row in zip(*values)]
print(json.dumps({"crs": meta["crs"], "rows": rows, "shapes": [corners(s) for s in shapes]}))
"""


def test_gdal_reads_the_geojson(kept, tmp_path: Path) -> None:
    seen = asked(GDAL, str(made(kept, tmp_path, "geojson")))
    tracks = [
        (r, s) for r, s in zip(seen["rows"], seen["shapes"], strict=True) if r["kind"] == "track"
    ]
    assert seen["crs"] == "EPSG:4326"
    assert {int(float(r["label"])) for r, _ in tracks} == labels(kept)
    for r, shape in tracks:
        want = geodetic(kept, int(float(r["label"])))
        for got, (lat, lon, hae) in zip((shape[0], shape[-1]), (want[0], want[-1]), strict=True):
            assert got[:2] == pytest.approx((lon, lat), abs=2e-7)
            assert got[2] == pytest.approx(hae, abs=0.06)
        assert r["mark"] == MARK
        assert r["name"].startswith("EXERCISE ")
    alarms = [r for r in seen["rows"] if r["kind"] == "alarm"]
    assert alarms
    assert all(r["what"].startswith(MARK) for r in alarms)
    wall = next(s for r, s in zip(seen["rows"], seen["shapes"], strict=True) if r["kind"] == "wall")
    assert wall[0] == wall[-1]
    assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(wall)) > 0  # RFC 7946


def test_gdal_reads_the_kml(kept, tmp_path: Path) -> None:
    path = made(kept, tmp_path, "kml")
    seen = asked(GDAL, str(path))
    got = {r["Name"]: s for r, s in zip(seen["rows"], seen["shapes"], strict=True)}
    for label in labels(kept):
        shape = next(s for name, s in got.items() if name.startswith(f"EXERCISE T{label} "))
        want = geodetic(kept, label)
        assert shape[0][:2] == pytest.approx((want[0][1], want[0][0]), abs=2e-7)
        assert shape[-1][2] == pytest.approx(want[-1][2] - kept.site.geoid_m, abs=0.06)
    assert all(r["description"].startswith(MARK) for r in seen["rows"])
    ns = {"k": "http://www.opengis.net/kml/2.2", "gx": "http://www.google.com/kml/ext/2.2"}
    for track in etree.parse(str(path)).iterfind(".//gx:Track", ns):
        when = [ns_from_iso(w.text) for w in track.iterfind("k:when", ns)]
        assert when == sorted(when)
        assert len(when) == len(track.findall("gx:coord", ns))


CZML = """
import json, sys, czml3
packets = [json.loads(str(czml3.Packet.model_validate(p))) for p in json.load(open(sys.argv[1]))]
print(json.dumps({"packets": packets}))
"""


def test_czml3_takes_every_packet_and_loses_nothing(kept, tmp_path: Path) -> None:
    path = made(kept, tmp_path, "czml")
    ours, seen = json.loads(path.read_text()), asked(CZML, str(path))["packets"]
    assert [p["id"] for p in seen] == [p["id"] for p in ours]
    assert all(set(a) <= set(b) for a, b in zip(ours, seen, strict=True))
    tracks = [p for p in seen if "track-" in p["id"]]
    assert len(tracks) == len(labels(kept))
    for p in tracks:
        lat, lon, hae = geodetic(kept, int(p["id"].rsplit("-", 1)[1]))[0]
        assert p["position"]["cartographicDegrees"][:3] == pytest.approx([0.0, lon, lat], abs=2e-7)
        assert p["position"]["cartographicDegrees"][3] == pytest.approx(hae, abs=0.06)
        assert p["id"].startswith("exercise-")
        assert p["description"].startswith(MARK)
        assert p["name"].startswith("EXERCISE ")


def test_the_tables_hold_every_row_as_the_journal_has_it(kept, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    table = parquet.read_table(made(kept, tmp_path / "a", "parquet"))
    with made(kept, tmp_path / "b", "csv").open(encoding="utf-8", newline="") as f:
        lines = list(csv.DictReader(f))
    assert table.column_names == list(COLUMNS) == list(lines[0])
    want = [(o.t_ns, k) for o in kept.outputs[:-1] for k in o.tracks.label.tolist()]
    assert list(zip(table["t_ns"].to_pylist(), table["label"].to_pylist(), strict=True)) == want
    assert [(int(r["t_ns"]), int(r["label"])) for r in lines] == want
    for name in ("lat_deg", "hae_m", "t_wall_s", "existence"):
        assert [float(r[name]) for r in lines] == table[name].to_pylist()
    assert set(table["mark"].to_pylist()) == {MARK} == {r["mark"] for r in lines}
    assert table.schema.metadata[b"bartizan.mode"] == b"exercise"
    assert any(table["alarmed"].to_pylist())


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_callsign_is_no_formula(text: str) -> None:
    assert _safe(text) == f"'{text}"
    assert _safe("N123") == "N123"
    assert _safe(-1.5) == -1.5


def test_the_courageous_log_is_one_and_says_exercise(kept, tmp_path: Path) -> None:
    log = courageous.read(made(kept, tmp_path, "courageous"))
    assert {t.uas_id for t in log.tracks} == labels(kept)
    assert log.system_name.startswith(MARK)
    assert all((t.name or "").startswith(MARK) for t in log.tracks)


def test_the_same_run_gives_the_same_bytes(kept, tmp_path: Path) -> None:
    for name in EXPORTS:
        first, second = tmp_path / "1", tmp_path / "2"
        export(kept.folder, name, first)
        export(kept.folder, name, second)
        assert first.read_bytes() == second.read_bytes(), name


def test_what_cannot_be_written_is_one_error_and_leaves_nothing(kept, tmp_path: Path) -> None:
    with pytest.raises(BartizanError, match="expected one of csv, parquet"):
        export(kept.folder, "xlsx", tmp_path / "x")
    with pytest.raises(BartizanError, match="cannot be written"):
        export(kept.folder, "csv", tmp_path / "no" / "folder.csv")
    with pytest.raises(BartizanError, match="no journal"):
        export(tmp_path, "csv", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
