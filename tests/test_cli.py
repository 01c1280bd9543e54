"""The commands as a user types them: keys, words, exit statuses, never a traceback."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bartizan.cli import main
from recordings import need


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error of one command."""
    with pytest.raises(SystemExit) as e:
        main(list(argv))
    out = capsys.readouterr()
    return int(e.value.code or 0), out.out, out.err


class Links(HTMLParser):
    """Every address a page would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "link", "img", "iframe"):
            self.found.append(tag)
        self.found += [v for k, v in attrs if k in ("src", "href") and v]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """The default run, as `make run` plays it."""
    runs = tmp_path_factory.mktemp("runs")
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.raises(SystemExit):
        main(["run", "--seed", "7", "--json", "--runs", str(runs)])
    return json.loads(out.getvalue().splitlines()[-1]), runs


def test_the_default_run_stops_both_outside_the_walls(night) -> None:
    result, _ = night
    assert (result["seed"], result["attackers"], result["stopped"]) == (7, 2, 2)
    assert result["leakers"] == result["wreckage_inside_walls"] == 0
    assert 0 < result["first_detection_s"] < result["first_alarm_s"] < 60
    assert result["posture"] in ("WHITE", "YELLOW", "RED")
    assert result["false_alarms"] >= 0
    run = Path(result["run"])
    assert {p.name for p in run.iterdir()} >= {"journal.db", "truth.db", "run.json", "report.html"}


def test_the_report_opens_offline_and_says_exercise(night) -> None:
    page = (Path(night[0]["run"]) / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(page)
    assert not links.found
    assert page.count("EXERCISE EXERCISE EXERCISE") >= 5
    for word in (
        "Distance to the wall",
        "Wreckage fell outside the walls",
        "Forecast",
        "1 sigma",
        "schematic",
    ):
        assert word in page, word


def test_replay_of_the_run_verifies_and_repeats(night, capsys, tmp_path: Path) -> None:
    run = night[0]["run"]
    code, out, _ = said(capsys, "replay", run, "--verify", "--json")
    assert code == 0
    assert json.loads(out.splitlines()[-1])["verified"] is True
    code, out, _ = said(capsys, "replay", run, "--json", "--runs", str(tmp_path))
    again = json.loads(out.splitlines()[-1])
    assert code == 0
    assert again["scans"] > 2000
    assert again["alarms"] >= 1


def test_without_effectors_they_reach_the_wall(capsys, tmp_path: Path) -> None:
    code, out, _ = said(
        capsys, "run", "--seed", "7", "--no-effectors", "--json", "--runs", str(tmp_path)
    )
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert result["stopped"] == 0
    assert result["leakers"] == 2


def test_replay_of_real_radars(capsys, tmp_path: Path) -> None:
    path = need("tie20") / "1_3"
    code, out, _ = said(capsys, "replay", str(path), "--json", "--runs", str(tmp_path))
    result = json.loads(out.splitlines()[-1])
    assert code == 0
    assert {"scans", "detections", "tracks", "alarms", "refused", "run"} <= set(result)
    assert result["detections"] > 100
    assert said(capsys, "replay", result["run"], "--verify")[0] == 0
    page = (Path(result["run"]) / "report.html").read_text(encoding="utf-8")
    assert "RECORDING" in page
    assert "EXERCISE" not in page


def test_evaluate_prints_the_table(capsys) -> None:
    path = need("tie20") / "1_3"
    code, out, _ = said(capsys, "evaluate", str(path), "--json")
    scores = json.loads(out.splitlines()[-1])["1_3"]
    assert code == 0
    keys = {"error_median_m", "error_p95_m", "covered", "false_track_s", "label_changes"}
    assert keys <= set(scores["fused"])
    assert scores["fused"]["error_median_m"] < scores["alvira"]["error_median_m"]


@pytest.mark.parametrize(
    "argv",
    [("run", "--raid", "no-such-raid"), ("run", "--site", "no-such-site"), ("replay", "/nowhere"),
     ("replay", "/nowhere", "--verify"), ("evaluate", "/nowhere"), ("run", "--seeds", "0"),
     ("report", "/nowhere"), ("run", "--runs", __file__), ("run", "--seeds", "2", "--workers", "-1"),
     ("watch", "--port", "99999"), ("watch", "--hold", "-1", "--port", "0"),
     ("watch", "--folder", __file__, "--port", "0"),
     ("watch", "--tls-cert", __file__, "--tls-key", __file__),
     ("coverage", "ain-al-asad", "--reach", "-1"),
     ("campaign", "-", "ain-al-asad-2022-01-04", "--raids", "1", "--out", __file__)],
)  # fmt: skip
def test_bad_arguments_end_in_one_clear_error(capsys, argv) -> None:
    code, _, err = said(capsys, *argv)
    assert code == 2
    assert "bartizan: " in err or "error: " in err
    assert "Traceback" not in err


def test_check_names_every_mistake(capsys, tmp_path: Path) -> None:
    bad = tmp_path / "site.yaml"
    bad.write_text("name: x\ntitle: y\nschematic: perhaps\nworld_m: -1\nwidgets: 3\n")
    code, out, _ = said(capsys, "check", str(bad))
    assert code == 1
    for field in ("schematic", "world_m", "widgets", "wall", "sensors"):
        assert field in out
    assert said(capsys, "check", "ain-al-asad")[0] == 0


def test_list_names_what_is_built_in(capsys) -> None:
    code, out, _ = said(capsys, "list", "--json")
    found = json.loads(out)
    assert code == 0
    assert {
        "ain-al-asad",
        "baghdad-diplomatic-support-center",
        "erbil-airport",
        "baghdad-embassy",
    } <= set(found["sites"])
    assert {"ain-al-asad-2022-01-04", "baghdad-dsc-2022-01-03"} <= set(found["raids"])
