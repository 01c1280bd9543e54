"""A campaign: the same bytes from any number of workers, resumed, damaged, its raids again."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from scipy import stats

from bartizan import __version__, config
from bartizan.campaign import many
from bartizan.campaign.many import engine
from bartizan.cli import campaign as cli_campaign
from bartizan.cli import main
from bartizan.errors import InputError
from campaign import short

ROOT = Path(__file__).resolve().parents[2]


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as e:
        main(list(argv))
    out = capsys.readouterr()
    return int(e.value.code or 0), out.out, out.err


def command(folder: Path, out: Path, *more: str) -> list[str]:
    return ["campaign", str(folder / "site.yaml"), str(folder / "raid.yaml"), "--out", str(out),
            "--json", *more]  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict]:
    """Four raids of one and four of three attackers in one process."""
    folder = tmp_path_factory.mktemp("campaign")
    short.files(folder)
    out = folder / "one"
    argv = command(folder, out, "--raids", "4", "--sizes", "1", "3", "--workers", "1")
    done = subprocess.run(
        [sys.executable, "-m", "bartizan", *argv], capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, out, json.loads(done.stdout.splitlines()[-1])


def test_figures_are_those_of_the_table(played) -> None:
    _, out, found = played
    table = pq.read_table(out / "raids.parquet").to_pylist()
    assert found["played"] == len(table) == 8
    assert (found["attackers"], found["raids"]) == (1, 4)  # cells share their dice: never pooled
    ones = [r for r in table if r["size"] == 1]
    assert [r["number"] for r in table] == list(range(8))
    assert [r["seed"] for r in table] == [k // 2 for k in range(8)]
    assert [r["size"] for r in table] == [1, 3] * 4
    assert all(r["attackers"] == r["size"] for r in table)
    assert found["leak_probability"] == sum(r["leakers"] > 0 for r in ones) / 4
    for cell, own in zip(found["cells"], (ones, [r for r in table if r["size"] == 3]), strict=True):
        assert sum(cell["broken_links"].values()) == sum(r["leakers"] > 0 for r in own)
        low, high = cell["leak_interval"]
        k = sum(r["leakers"] > 0 for r in own)
        exact = stats.binomtest(k, 4).proportion_ci(0.95, "exact")
        assert (low, high) == pytest.approx(tuple(exact), abs=1e-9)
    low, high = found["leak_interval"]
    assert low <= found["leak_probability"] <= high
    assert found["detection_probability"] == sum(r["tracked"] for r in ones) / 4
    assert found["wreckage"]["shot_down"] == sum(len(r["hits"]) for r in ones) > 0
    assert [c["level"] for c in found["wreckage"]["contours"]] == [0.5, 0.95, 0.999]
    assert [f["height_m"] for f in found["coverage"]] == [30.0, 100.0, 300.0]
    assert {"warning_time_s", "false_alarms_per_hour", "raids_per_second", "magazine"} <= set(found)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("EXERCISE EXERCISE EXERCISE") >= 5
    assert page.count("Cover at") == 3
    assert all(w in page for w in ("99.9 %:", "falls on people", "Conditions"))
    assert "http" not in page and "<script" not in page


def test_two_workers_give_the_same_bytes(played, tmp_path: Path, capsys) -> None:
    folder, out, _ = played
    argv = command(folder, tmp_path / "two", "--raids", "4", "--sizes", "1", "3", "--workers", "2")
    assert said(capsys, *argv)[0] == 0
    name = "raids.parquet"
    assert (tmp_path / "two" / name).read_bytes() == (out / name).read_bytes()


def test_a_raid_of_it_again_is_the_same_run(played, tmp_path: Path, capsys) -> None:
    """Same outcome as in the table, and twice the same journal hash."""
    _, out, _ = played
    row = pq.read_table(out / "raids.parquet").to_pylist()[5]
    runs = []
    for _ in range(2):
        argv = ["run", "--from", str(out), "--raid-number", "5", "--runs", str(tmp_path), "--json"]
        code, text, _ = said(capsys, *argv)
        assert code == 0
        result = json.loads(text.splitlines()[-1])
        assert result["same_as_campaign"] is True
        runs.append(json.loads((Path(result["run"]) / "run.json").read_text()))
    assert runs[0]["journal"] == runs[1]["journal"]
    for key, value in row.items():
        if key not in ("number", "size", "p_kill", "policy"):
            assert runs[0][key] == value, key


def test_resumed_after_kill_9_and_a_half_written_line(played, tmp_path: Path, capsys) -> None:
    folder, out, _ = played
    argv = command(folder, tmp_path / "cut", "--raids", "4", "--sizes", "1", "3", "--workers", "1")
    child = subprocess.Popen(
        [sys.executable, "-m", "bartizan", *argv], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    log = tmp_path / "cut" / "raids.log"
    for _ in range(600):
        if log.is_file() and log.read_text().count("\n") >= 3:
            break
        time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    kept = log.read_text().count("\n")
    assert 3 <= kept < 8
    with log.open("a") as f:
        f.write('0badc0de {"number":11,"siz')
    code, _, err = said(capsys, *argv)
    assert code == 2 and "--resume" in err
    code, _, err = said(capsys, *argv, "--resume")
    assert code == 0
    assert "1 half-written raid(s)" in err
    assert log.read_text().count("\n") == 8
    assert (tmp_path / "cut" / "raids.parquet").read_bytes() == (out / "raids.parquet").read_bytes()
    code, _, err = said(capsys, *argv, "--resume", "--seed", "4")
    assert code == 2 and "first_seed" in err


def doubled(order: int, number: int) -> int:
    """What a worker does in the next test: it dies of 5 always, and of 2 with others around."""
    if number == 5:
        os._exit(9)
    if number == 7:
        return 1 // (number - 7)
    return order * number


def test_a_worker_that_dies_loses_one_raid_and_says_so() -> None:
    got = dict(engine.pool(doubled, 2, iter(range(12)), 2))
    assert sorted(got) == list(range(12))
    assert got[5] == engine.Failed("its worker died")
    assert isinstance(got[7], engine.Failed) and "ZeroDivisionError" in got[7].why
    assert all(got[k] == 2 * k for k in got if k not in (5, 7))


def test_a_worker_that_dies_between_results_loses_none() -> None:
    """Its pool breaks while the caller keeps a result: all is played again, nothing is lost."""
    play = engine.pool(doubled, 2, iter((0, 1, 2, 3, 4, 6)), 2)
    got = [next(play)]
    for child in multiprocessing.active_children():
        child.kill()
    time.sleep(1.0)
    got += play
    assert sorted(got) == [(k, 2 * k) for k in (0, 1, 2, 3, 4, 6)]


def test_stops_when_the_interval_is_narrow_whatever_the_order(tmp_path: Path) -> None:
    """The stop depends on the raids in the order of their numbers alone."""
    order = short.order(tmp_path)
    played = many.play_one(order, 0)
    stops = []
    for turn in (1, -1):
        book = many.Book(tmp_path / f"b{turn}", {}, False)
        for number in list(range(400))[::turn]:
            leak = int(number % 10 == 0)
            book.rows[number] = many.Row(number, 2, None, "", played._replace(leakers=leak))
        most, _ = many.conduct(order, book, 400, width=0.15)
        stops.append(most)
        book.close()
    assert stops[0] == stops[1]
    assert 60 <= stops[0] < 120  # +-7.5 % at 10 % takes about 65 raids


def test_what_the_site_does_not_say_is_swept(tmp_path: Path) -> None:
    """The effector without p_kill plays 0.3, 0.6 and 0.9; the other keeps what its site says."""
    site, raid = short.files(tmp_path)
    data = yaml.safe_load(site.read_text())
    del data["effectors"][0]["p_kill"]
    site.write_text(yaml.safe_dump(data))
    built, loaded = config.load_raid(raid, config.load_site(site))
    cli = argparse.ArgumentParser()
    cli_campaign.add(cli.add_subparsers())
    asked = cli.parse_args(["campaign", str(site), str(raid)])
    plan = {"first_seed": 3, "sizes": [2], "crew": "none", "policy": "optimal", "salvo": 1,
            "effectors": True, **cli_campaign.p_kills(asked, loaded.effectors)}  # fmt: skip
    order = cli_campaign.order_of(plan, built, loaded)
    nights = [order.night(k) for k in range(6)]
    assert [tuple(e.p_kill for e in n.effectors) for n in nights] == [(0.3, 0.6), (0.6, 0.6), (0.9, 0.6)] * 2  # fmt: skip
    assert [n.conduct.policy.assignment for n in nights] == ["optimal"] * 3 + ["greedy"] * 3
    assert {n.seed for n in nights} == {3}
    assert (order.main().p_kill, order.main().policy) == (0.6, "optimal")
    assert loaded.effectors[0].p_kill == 0.6  # one raid by itself plays the middle one


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--sizes", "0"), "expected 1 to 2,000"),
        (("--sizes", "1000000"), "expected 1 to 2,000"),
        (("--raids", "0"), "expected 1 or more"),
        (("--p-kill", "1.5"), "expected a probability"),
        (("--salvo", "0"), "expected 1 or more"),
        (("--width", "-1"), "expected 0 to 1"),
        (("--sizes", "2", "2"), "expected each number once"),
    ],
)
def test_what_cannot_be_played_is_one_error(tmp_path, capsys, change, words) -> None:
    short.files(tmp_path)
    code, _, err = said(capsys, *command(tmp_path, tmp_path / "out", *change))
    assert code == 2 and words in err
    assert not (tmp_path / "out").exists()


def test_elevation_files_are_kept_and_must_not_change(tmp_path: Path) -> None:
    site, raid = short.files(tmp_path)
    data = yaml.safe_load(site.read_text()) | {"terrain": {"file": "dem/N33E042.hgt"}}
    site.write_text(yaml.safe_dump(data))
    (tmp_path / "dem").mkdir()
    (tmp_path / "dem" / "N33E042.hgt").write_bytes(b"heights")
    kept = cli_campaign._kept(site, str(raid))
    out = tmp_path / "out"
    plan = {"format": cli_campaign.FORMAT, "version": __version__,
            "files": {name: cli_campaign._digest(path) for name, path in kept.items()}}  # fmt: skip
    many.Book(out, plan, False).close()
    cli_campaign._keep(out, kept)
    there = out / "dem" / "N33E042.hgt"
    assert there.read_bytes() == b"heights"
    there.write_bytes(b"others")
    with pytest.raises(InputError, match=r"N33E042\.hgt: expected the file that the campaign"):
        cli_campaign.again(out, 0)
    site.write_text(yaml.safe_dump(data | {"terrain": {"file": "../N33E042.hgt"}}))
    with pytest.raises(InputError, match="in the site's own folder"):
        cli_campaign._kept(site, str(raid))


def test_a_folder_at_work_is_refused(tmp_path: Path) -> None:
    first = many.Book(tmp_path / "out", {}, False)
    with pytest.raises(InputError, match="expected no campaign at work"):
        many.Book(tmp_path / "out", {}, True)
    first.close()
    with pytest.raises(InputError, match="sizes: expected 2"):
        many.Book(tmp_path / "out", {"sizes": 2}, True)
    many.Book(tmp_path / "out", {}, True).close()


def test_an_empty_magazine_or_a_tiny_wall_stops_it_before_it_runs(tmp_path, capsys) -> None:
    short.files(tmp_path, magazine=0)
    code, _, err = said(capsys, *command(tmp_path, tmp_path / "out"))
    assert code == 2 and "magazine" in err and "interceptor west" in err
    short.files(tmp_path)
    path = tmp_path / "site.yaml"
    site = yaml.safe_load(path.read_text())
    site["wall"]["corners_m"] = [[0, 0], [2, 0], [2, 1.5], [0, 1.5]]
    path.write_text(yaml.safe_dump(site))
    code, _, err = said(capsys, *command(tmp_path, tmp_path / "out"))
    assert code == 2 and "wall.corners_m" in err and "3.0 m2" in err
    assert not (tmp_path / "out").exists()
    short.files(tmp_path)
    raid = yaml.safe_load((tmp_path / "raid.yaml").read_text())
    raid["groups"][0]["hostile"] = False
    (tmp_path / "raid.yaml").write_text(yaml.safe_dump(raid))
    code, _, err = said(capsys, *command(tmp_path, tmp_path / "out"))
    assert code == 2 and "expected an attacker" in err


def test_a_ray_worker_that_dies_loses_one_raid_and_says_so() -> None:
    pytest.importorskip("ray", reason="the extra [ray] is not installed", exc_type=ImportError)
    code = (
        "from bartizan.campaign.many import engine\nfrom campaign.test_campaign import doubled\n"
        "print(sorted(engine.over_ray(doubled, 2, iter(range(8)), 2)))"
    )
    where = os.pathsep.join(str(ROOT / d) for d in ("src", "tests"))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                          timeout=300, env=os.environ | {"PYTHONPATH": where})  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = done.stdout.splitlines()[-1]
    assert (
        "(4, 8), (5, Failed(why='its worker died'))" in said
        and "ZeroDivisionError" in said
        and "(6, 12)" in said
    )


def test_ray_gives_the_same_bytes(played, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="the extra [ray] is not installed", exc_type=ImportError)
    folder, out, _ = played
    argv = command(folder, tmp_path / "ray", "--raids", "4", "--sizes", "1", "3", "--engine", "ray", "--workers", "2")  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bartizan", *argv], capture_output=True, text=True, timeout=300,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "ray" / "raids.parquet").read_bytes() == (out / "raids.parquet").read_bytes()
