"""`bartizan feeds` and `emit`, entries of a site, and the example of a third party."""

from __future__ import annotations

import importlib.util
import json
import socket
import threading
from pathlib import Path

import pytest

from bartizan import config
from bartizan.cli import main
from bartizan.config.feeds import params
from bartizan.errors import InputError
from bartizan.feeds.live import LIVE, Opening, Port, find
from bartizan.feeds.live.sapient import SapientTcpParams
from bartizan.types import Refused, Scan
from feeds.radars import site

ROOT = Path(__file__).resolve().parents[2]
NODE = "a8654cdf-4328-47de-81fa-c495589e30c9"
ENTRIES = f"""
feeds:
  - {{name: radar, feed: asterix_udp, address: "239.1.2.3:8600", sensors: [{{sac: 1, sic: 2, sensor: search radar}}], editions: {{"048": "1.30"}}}}
  - {{name: air, feed: adsb_tcp, address: "127.0.0.1:30005", sensor: ads-b receiver}}
  - {{name: rid, feed: remote_id_udp, address: ":4000", sensor: remote-id receiver, format: json}}
  - {{name: broker, feed: remote_id_mqtt, address: "127.0.0.1:1883", topic: "odid/#", sensor: remote-id receiver}}
  - {{name: mav, feed: mavlink_udp, address: ":14550", sensor: remote-id receiver, adsb_sensor: ads-b receiver}}
  - {{name: nodes, feed: sapient, address: "127.0.0.1:5020", nodes: [{{node_id: {NODE}, sensor: camera west}}], looks: true}}
  - {{name: again, feed: recording, path: runs/last}}
  - {{name: mine, feed: other, entry_point: csv_udp, sensors: [search radar], settings: {{address: "127.0.0.1:1"}}}}
"""


def site_file(tmp_path: Path, entries: str = ENTRIES) -> Path:
    built_in = Path(config.__file__).parents[1] / "data" / "sites" / "ain-al-asad.yaml"
    path = tmp_path / "site.yaml"
    path.write_text(built_in.read_text() + entries)
    return path


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(list(args))
    said = capsys.readouterr()
    return int(end.value.code or 0), said.out, said.err


def test_feeds_are_listed_with_their_settings(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "feeds", "--json")
    found = json.loads(out.splitlines()[-1])
    assert status == 0 and set(found["live"]) == set(LIVE)
    assert found["live"]["sapient"]["settings"]["late_s"] == 0.9
    assert found["live"]["adsb_tcp"]["settings"]["address"] == "needed"
    assert "remote_id" in found["recorded"]
    assert run(capsys, "feeds")[0] == 0


def test_a_sites_feeds_become_what_each_is_opened_with(tmp_path: Path) -> None:
    loaded = config.load_site(site_file(tmp_path))
    by = {e.name: e for e in loaded.feeds}
    assert [e.feed for e in loaded.feeds[:7]] == list(LIVE)
    assert params(by["mav"]).adsb == "ads-b receiver" and len(by["mav"].sensors) == 2
    assert by["nodes"].sensors == ("camera west",)
    opened = params(by["nodes"])
    assert isinstance(opened, SapientTcpParams) and opened.sapient.nodes == ((NODE, "camera west"),)
    assert opened.sapient.looks and opened.at.port == 5020
    radar = params(by["radar"])
    assert dict(radar.asterix.editions)["048"] == "1.30" and radar.at.host == "239.1.2.3"
    assert params(by["rid"]).format == "json" and params(by["rid"]).at.host == "0.0.0.0"
    assert params(by["mine"]) == {"address": "127.0.0.1:1"} and by["mine"].feed == "csv_udp"
    assert hash(by["radar"]) == hash(config.load_site(site_file(tmp_path)).feeds[0])  # plain


@pytest.mark.parametrize(
    ("entry", "field", "words"),
    [
        ("{name: a, feed: adsb_tcp, address: x, sensor: ads-b receiver}", "address", ""),
        ("{name: a, feed: adsb_tcp, address: 'x:1', sensor: nobody}", "sensor", "expected a sensor of this site"),
        ("{name: a, feed: morse}", "feed", "asterix_udp"),
        ("{name: a, feed: mavlink_udp, address: ':1'}", "", "expected sensor (of drones)"),
        ("{name: a, feed: sapient, address: ':1', nodes: [{node_id: X, sensor: camera west}]}", "node_id", ""),
    ],
)  # fmt: skip
def test_mistakes_of_an_entry_are_told_by_field(
    tmp_path: Path, entry: str, field: str, words: str
) -> None:
    mistakes = config.check(site_file(tmp_path, f"\nfeeds:\n  - {entry}\n"))
    errors = [m for m in mistakes if m.severity == "error"]
    assert errors and all(m.field.startswith("feeds[0]") for m in errors)
    assert any(field in m.field and words in m.expected for m in errors), errors


def test_emit_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    raid = "ain-al-asad-2022-01-04"
    status, _, err = run(capsys, "emit", raid)
    assert status == 2 and "expected --sapient, --asterix or --remote-id" in err
    status, _, err = run(capsys, "emit", raid, "--asterix", "192.0.2.1:8600")
    assert status == 2 and "expected this machine" in err


def test_emit_sends_to_whoever_listens(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{s.getsockname()[1]}"
        status, out, err = run(capsys, "emit", "ain-al-asad-2022-01-04", "--remote-id", at,
                               "--seconds", "8", "--speed", "0", "--json")  # fmt: skip
        sent = json.loads(out.splitlines()[-1])["sent"]["remote_id"]
        assert status == 0 and sent > 0 and "EXERCISE" in err
        s.settimeout(5.0)
        assert all(s.recv(2000)[:1] == b"\x80" for _ in range(sent))


def test_the_example_of_a_third_party(monkeypatch: pytest.MonkeyPatch) -> None:
    path = ROOT / "examples" / "feed-csv" / "src" / "bartizan_feed_csv" / "__init__.py"
    spec = importlib.util.spec_from_file_location("bartizan_feed_csv", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Point:
        name, value = "csv_udp", "bartizan_feed_csv:feed"

        def load(self) -> object:
            return module.feed

    monkeypatch.setattr("bartizan.feeds.live.entry_points", lambda group: [Point()])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    stop = threading.Event()
    opening = Opening("mine", site(("other", "radar")), {"address": f"127.0.0.1:{port}"},
                      Port(lambda: 1_700_000_000 * 10**9, stop, lambda _: None), ("radar",))  # fmt: skip
    for wrong in (opening._replace(params={}), opening._replace(sensors=())):
        with pytest.raises(InputError, match="expected one of `sensors`"):
            next(iter(find("csv_udp")(wrong)))
    feed = find("csv_udp")(opening)
    out = []

    def listen() -> None:
        for item in feed:
            out.append(item)
            if len(out) == 5:
                stop.set()

    thread = threading.Thread(target=listen)
    thread.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _ in range(50):
            s.sendto(
                b"1700000000,1000,90,5\nnonsense\nnan,1,2,3\n1,1,2,3\n1700000000,1,nan,3",
                ("127.0.0.1", port),
            )
            thread.join(0.1)
            if not thread.is_alive():
                break
    stop.set()
    thread.join(5.0)
    assert [type(x) for x in out[:5]] == [Refused] * 4 + [Scan]
    assert out[4].sensor == 1 and len(out[4].z) == 1
