"""Where the next sensor belongs: the procedure on known means, a layout, bad candidates."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from bartizan import config
from bartizan.campaign import Conduct, night
from bartizan.campaign.many import Cell, Order, engine
from bartizan.campaign.plan import layouts, select
from bartizan.campaign.plan.layouts import with_sensors
from bartizan.cli import main
from bartizan.config.candidates import load_candidates
from bartizan.sim.streams import stream
from campaign import short


@pytest.mark.parametrize("common", [False, True])
def test_right_as_often_as_stated_in_the_least_favourable_case(common: bool) -> None:
    """Slippage: the best is better by just delta.  300 times, at 95 %; normal observations."""
    k, delta, runs = 4, 1.0, 300
    right, spent = 0, 0
    for run in range(runs):
        rng = stream(7, "slippage", run, int(common))
        noise = 2.0 * rng.standard_normal((400, k))
        if common:
            noise = 0.3 * noise + 2.0 * rng.standard_normal((400, 1))
        noise[:, 2] += delta
        got = select(lambda left, n, x=noise: [float(x[n, i]) for i in left], k, delta, limit=400)
        assert not got.exhausted
        right += got.best == 2
        spent += sum(got.taken)
    assert right >= 0.95 * runs - 2.6 * np.sqrt(runs * 0.95 * 0.05)
    assert spent / runs < (80 if common else 400)  # common numbers spare nearly all of it


def test_the_limit_says_that_it_was_reached() -> None:
    rng = stream(8, "equal")
    got = select(lambda left, n: rng.standard_normal(len(left)).tolist(), 2, 0.01, limit=30)
    assert got.exhausted and max(got.taken) == 30


def candidates(path: Path, **change: object) -> Path:
    """A good radar far out where the attackers come from, and one that sees next to nothing."""
    radar = next(s for s in short.plain("sites")["sensors"] if s["kind"] == "radar")
    good, bad = copy.deepcopy(radar), copy.deepcopy(radar)
    good |= {"name": "west hill", "place": {"east_m": -5200, "north_m": -2300, "up_m": 30}, "cost": 900}  # fmt: skip
    bad |= {"name": "blind one", "place": {"east_m": 2000, "north_m": 900, "up_m": 3}, "range_m": [150, 400], "cost": 50}  # fmt: skip
    good |= change
    path.write_text(yaml.safe_dump({"candidates": [good, bad]}), encoding="utf-8")
    return path


def weak_site(folder: Path) -> tuple[Path, Path]:
    """The short raid at a site whose radar sees late."""
    site, raid = short.files(folder)
    data = yaml.safe_load(site.read_text())
    data["sensors"][0]["range_m"] = [150, 3500]
    data["sensors"] = data["sensors"][:1]
    site.write_text(yaml.safe_dump(data, sort_keys=False))
    return site, raid


def test_the_hill_is_chosen_and_its_minute_has_a_price(tmp_path: Path, capsys) -> None:
    site, raid = weak_site(tmp_path)
    file = candidates(tmp_path / "c.yaml")
    with pytest.raises(SystemExit) as e:
        main(["plan", str(site), "--raid", str(raid), "--candidates", str(file), "--json",
              "--first", "4", "--limit", "8", "--delta", "5", "--workers", "1", "--no-effectors"])  # fmt: skip
    assert not e.value.code
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["chosen"][0]
    assert found["name"] == "west hill"
    assert found["probability_of_correct_selection"] == 0.95
    assert found["gain"] > 5.0
    assert found["cost_per_minute_of_warning"] == pytest.approx(900 / (found["gain"] / 60))
    rows = {x["add"]: x for x in found["layouts"]}
    assert set(rows) == {"west hill", "blind one", "none"}
    assert rows["blind one"]["mean"] == pytest.approx(rows["none"]["mean"], abs=5.0)


def test_a_sensor_more_changes_no_other(tmp_path: Path) -> None:
    site, _ = weak_site(tmp_path)
    at = config.load_site(site)
    more = with_sensors(at.site, load_candidates(candidates(tmp_path / "c.yaml"), at))
    assert more.sensor_names == ("search radar", "west hill", "blind one")
    for was, now in zip(at.site.sensors, more.sensors, strict=True):
        assert np.array_equal(was, now[:1], equal_nan=True)


@pytest.mark.parametrize(
    ("change", "argv", "words"),
    [
        ({"place": {"east_m": 1, "north_m": 1, "up_m": 15}}, (), "mast of search radar"),
        ({"name": "search radar"}, (), "used once"),
        ({"name": "blind one"}, (), "used once"),
        ({"name": "none"}, (), "not none"),
        ({"place": {"east_m": 90000, "north_m": 1, "up_m": 15}}, (), "inside the world"),
        ({"period_s": -1}, (), "period_s"),
        ({"range_m": [500, 100]}, (), "it can see nothing"),
        ({}, ("--k", "3"), "--k 3"),
        ({}, ("--confidence", "1.5"), "--confidence"),
    ],
)
def test_bad_candidates_are_one_error(tmp_path, capsys, change, argv, words) -> None:
    site, raid = weak_site(tmp_path)
    file = candidates(tmp_path / "c.yaml", **change)
    with pytest.raises(SystemExit) as e:
        main(["plan", str(site), "--raid", str(raid), "--candidates", str(file), *argv])
    assert e.value.code == 2
    assert words in capsys.readouterr().err


def test_a_seed_with_a_lost_raid_counts_for_no_layout(tmp_path: Path, monkeypatch) -> None:
    """One layout's worker dies at seed 2: the choice goes on without that seed, and says so."""

    def pool(_function, asked, numbers, _workers):
        n = len(asked.orders)
        for number in numbers:
            seed, layout = divmod(number, n)
            died = (seed, layout) == (2, 1)
            value = (90.0, 30.0, 20.0)[layout] + seed % 3
            yield number, engine.Failed("its worker died") if died else value

    monkeypatch.setattr(layouts.engine, "pool", pool)
    site, raid = weak_site(tmp_path)
    at = config.load_site(site)
    free = load_candidates(candidates(tmp_path / "c.yaml"), at)
    built, _ = config.load_raid(raid, at)
    order = Order(night.setup(at.site, ()), built, (), 0, (Cell(2),), Conduct())
    (got,) = layouts.choose(order, free, first=4, limit=8)
    assert (got.name, got.gain, got.lost) == ("west hill", 70.0, ((2, "its worker died"),))
    assert not got.selected.exhausted
