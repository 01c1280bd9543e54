"""`bartizan outlets`, `bartizan export`, and the key `outlets` of a site file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan import config
from bartizan.cli import main
from bartizan.config.outlets import KINDS
from bartizan.errors import ConfigError
from bartizan.outlets import OUTLETS, CapParams, CotParams, MqttParams
from bartizan.outlets.exports import EXPORTS
from bartizan.types import Mode

SITE = Path(config.__file__).parents[1] / "data" / "sites" / "ain-al-asad.yaml"


def said(capsys, *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as e:
        main(list(argv))
    out = capsys.readouterr()
    return int(e.value.code or 0), out.out, out.err


def test_outlets_lists_what_is_built_in(capsys) -> None:
    code, out, _ = said(capsys, "outlets", "--json")
    found = json.loads(out)
    assert code == 0
    assert [o["name"] for o in found["outlets"]] == list(OUTLETS) == list(KINDS)
    assert [e["name"] for e in found["exports"]] == list(EXPORTS)
    assert "/api/live" in found["served"]
    cot = next(o for o in found["outlets"] if o["name"] == "cot")["params"]
    assert cot["host"] == {"needed": True}
    assert cot["stale_s"] == {"needed": False, "default": 15.0}
    assert "stale_s: 15.0" in said(capsys, "outlets")[1]


def test_export_writes_a_file(kept, capsys, tmp_path: Path) -> None:
    out = tmp_path / "night.geojson"
    code, text, _ = said(
        capsys, "export", str(kept.folder), "--format", "geojson", "--out", str(out), "--json"
    )
    found = json.loads(text)
    assert code == 0
    assert found["tracks"] > 3
    assert found["bytes"] == out.stat().st_size
    assert json.loads(out.read_text())["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("argv", "words"),
    [(("export", "/nowhere", "--format", "csv", "--out", "x"), "no journal"),
     (("export", "/nowhere", "--format", "doc", "--out", "x"), "expected one of csv")],
)  # fmt: skip
def test_bad_input_is_one_clear_error(capsys, argv: tuple[str, ...], words: str) -> None:
    code, _, err = said(capsys, *argv)
    assert code == 2
    assert words in err


def site_with(tmp_path: Path, outlets: str) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE.read_text() + "\noutlets:\n" + outlets)
    return path


def test_a_site_file_names_its_outlets(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("pass word\n")
    path = site_with(tmp_path, """
  - {outlet: cap, folder: cap, sender: watch@base.example, restriction: people of the base}
  - {outlet: cot, protocol: tls, host: tak.example, port: 8089, ca_file: ca.crt, mode: exercise}
  - {outlet: mqtt, host: broker.example, user: bartizan, password_file: secret}
""")  # fmt: skip
    assert config.check(path) == config.check("ain-al-asad")
    cap, cot, mqtt = config.load_outlets(path)
    assert cap == ("cap", CapParams(tmp_path / "cap", "watch@base.example", "people of the base"))
    assert cot == (
        "cot",
        CotParams("tls", "tak.example", 8089, str(tmp_path / "ca.crt"), mode=Mode.EXERCISE),
    )
    assert mqtt == ("mqtt", MqttParams("broker.example", user="bartizan", password="pass word"))
    assert config.load_outlets("ain-al-asad") == ()


@pytest.mark.parametrize(
    ("outlet", "field"),
    [("{outlet: siren, host: x}", "outlet"), ("{outlet: cot, host: x, port: 1}", "protocol"),
     ("{outlet: cot, protocol: tcp, host: x, port: 0}", "port"),
     ("{outlet: cot, protocol: tcp, host: x, port: 1, stale_s: 60.0}", "stale_s"),
     ("{outlet: cap, folder: x, sender: a b, restriction: y}", "sender"),
     ("{outlet: cap, folder: x, sender: a, restriction: y, url: 'file:///etc/passwd'}", "url"),
     ("{outlet: mqtt, host: x, prefix: 'a/#'}", "prefix"),
     ("{outlet: mqtt, host: x, fire: now}", "fire"),
     ("{outlet: mqtt, host: x, password_file: none}", "outlets")],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(tmp_path: Path, outlet: str, field: str) -> None:
    path = site_with(tmp_path, f"  - {outlet}\n")
    with pytest.raises(ConfigError) as e:
        config.load_outlets(path)
    (mistake,) = e.value.mistakes
    assert field in mistake.field
    assert mistake.line == len(path.read_text().splitlines())
