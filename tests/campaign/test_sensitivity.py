"""Indices against the Ishigami function's own, and what each factor changes."""

from __future__ import annotations

import math
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from bartizan.campaign.many import Cell, engine, page
from bartizan.campaign.plan import sensitivity
from bartizan.cli import campaign as cli_campaign
from bartizan.errors import InputError
from campaign import short

pytest.importorskip("SALib", reason="the extra [sensitivity] is not installed")
RANGE = {"x1": (-math.pi, math.pi), "x2": (-math.pi, math.pi), "x3": (-math.pi, math.pi)}


def ishigami(x: np.ndarray) -> np.ndarray:
    """sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 (Ishigami & Homma 1990)."""
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_are_the_closed_form() -> None:
    """S1 = 0.3139, 0.4424, 0; ST = 0.5576, 0.4424, 0.2437 (Saltelli et al. 2008, a=7, b=0.1)."""
    got = sensitivity.indices(ishigami, RANGE, "sobol", 4096)
    assert [i.s1 for i in got] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert [i.st for i in got] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_morris_of_a_plane_is_its_slopes() -> None:
    """Elementary effects of a plane are exact, and without spread: slope x range."""
    ranges = {"a": (0.0, 1.0), "b": (0.0, 4.0), "c": (0.0, 1.0)}
    got = sensitivity.indices(lambda x: 2 * x[:, 0] - 3 * x[:, 1], ranges, "morris", 20)
    assert [i.mu_star for i in got] == pytest.approx([2.0, 12.0, 0.0], abs=1e-9)
    assert [i.sigma for i in got] == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    with pytest.raises(InputError, match="morris or sobol"):
        sensitivity.indices(ishigami, RANGE, "other", 8)


def test_each_factor_changes_what_it_says(tmp_path: Path) -> None:
    order = short.order(tmp_path)
    was, now = order.raid.groups[0], None
    new = sensitivity.varied(order, np.array([1.1, 2.0, 3.0, 4.0, 0.7, 1.5, 2.0]))
    now = new.raid.groups[0]
    assert now.speed_mps == pytest.approx(1.1 * was.speed_mps)
    assert np.allclose(now.route, was.route * [1, 1, 2])
    assert now.signature.rcs_dbsm == was.signature.rcs_dbsm + 3.0
    loss = new.setup.site.sensors.pd[:, 4] - order.setup.site.sensors.pd[:, 4]
    assert loss.tolist() == [4.0, 0.0]  # the radar's, not the camera's
    assert all(e.p_kill == 0.7 for e in new.effectors)
    assert new.effectors[0].reaction_s == 1.5 * order.effectors[0].reaction_s
    assert new.conduct.crew.decide.median_s == 2.0 * order.conduct.crew.decide.median_s
    same = sensitivity.varied(order, np.array([1.0, 1.0, 0.0, 0.0, 0.6, 1.0, 1.0]))
    assert np.array_equal(same.setup.site.sensors.pd, order.setup.site.sensors.pd)


def test_a_campaigns_report_has_the_indices(tmp_path: Path, monkeypatch) -> None:
    """Played points are replaced by a plane in speed and p kill; one lost raid of two is borne."""

    def pool(_function, points, numbers, _workers):
        for number in numbers:
            point, seed = divmod(number, points.seeds)
            speed, p_kill = points.x[point, 0], points.x[point, 4]
            lost = (point, seed) == (3, 1)
            yield number, engine.Failed("its worker died") if lost else 50.0 * speed + 10.0 * p_kill

    monkeypatch.setattr(sensitivity.engine, "pool", pool)
    order = short.order(tmp_path)._replace(cells=(Cell(2, 0.6, "", True),))
    args = Namespace(sensitivity="morris", draws=4, workers=1)
    found = cli_campaign._sensitivity(args, Console(stderr=True), order)
    by = {f["factor"]: f["mu_star"] for f in found["factors"]}
    assert by["speed"] == pytest.approx(50.0 * 0.6)  # slope x range
    assert by["p_kill"] == pytest.approx(10.0 * 0.6)
    assert by["people"] == 0.0
    (table,) = page._sensitivity(found)
    assert "speed" in table and "morris" in table
