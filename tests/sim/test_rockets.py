"""A raid of rockets: they fly as the law says, leak only where they land, and are told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

from bartizan import ballistics, config, sim
from bartizan.assess import landing
from bartizan.campaign import night
from bartizan.replay import verify
from bartizan.sim.debris import drag_per_m
from bartizan.sim.spec import Body
from bartizan.sim.truth import DOWN
from bartizan.terrain import Terrain
from bartizan.types import EventKind, ObjectClass
from sim.world import group, raid, site

BOMB = Body(4.2, 0.00515, 0.2)


def shot(count: int = 1, **other: object):
    fields = {"route": np.array([[5000.0, 1000, 0], [200.0, 0, 0]]), "speed_mps": 330.0,
              "speed_sd_mps": 0.0, "spread_m": 0.0, "hostile": True, "body": BOMB, "count": count}  # fmt: skip
    return group("bombs", ObjectClass.BALLISTIC, **(fields | other))


def flown(g, wind=(0.0, 0.0, 0.0), seed: int = 1):
    state = sim.start(site(), raid(g)._replace(wind_mps=np.array(wind)), (), seed)
    events = []
    for _ in range(400):
        state, _, new = sim.step(state, 0.25)
        events += new
    return state, events


@pytest.mark.parametrize("high", [False, True])
def test_in_still_air_it_falls_on_its_aim_and_leaks_there_once(high: bool) -> None:
    state, events = flown(shot(high=high))
    assert state.flying.status.tolist() == [DOWN]
    np.testing.assert_allclose(state.flying.x[0, :2], [200, 0], atol=12.0)  # curved ground
    assert [e.kind for e in events] == [EventKind.WALL, EventKind.WRECKAGE]
    assert sim.score(state).leakers == 1


def test_what_flies_over_the_wall_and_lands_outside_is_no_leaker() -> None:
    state, events = flown(shot(route=np.array([[2200.0, 0, 0], [-2200.0, 0, 0]])))
    assert sim.score(state).leakers == 0
    assert [e.kind for e in events] == [EventKind.WRECKAGE]


def test_wind_drifts_it_as_the_law_says() -> None:
    calm, _ = flown(shot(high=True))
    state, _ = flown(shot(high=True), wind=(6.0, -4, 0))
    x, out = np.zeros(6), np.empty(6)
    x[:2], x[3:] = [5000, 1000], calm.fleet.shot[0]
    ballistics.to_ground(x, drag_per_m(BOMB), 6.0, -4.0, 0.25, 100.0, ballistics.SMOOTH, out)
    np.testing.assert_allclose(state.flying.x[0, :2], out[:2], atol=0.1)
    assert np.hypot(*(out[:2] - [200, 0])) > 20.0


def test_on_a_hill_it_lands_sooner_and_the_prediction_says_so() -> None:
    """A plateau of 250 m about the aim: truth and prediction from half way agree to a metre."""
    north = np.arange(-9000.0, 9001.0, 500.0)
    far = np.hypot(*np.meshgrid(north, north))
    hill = Terrain(-9000.0, -9000.0, 500.0, np.where(far < 3000.0, 250.0, 0.0).astype(np.float32))
    own = raid(shot(high=True))._replace(wind_mps=np.zeros(3))
    state = sim.start(site()._replace(terrain=hill), own, (), 1)
    there = None
    while state.flying.status[0] != DOWN:
        state, _, _ = sim.step(state, 0.25)
        if there is None and state.flying.x[0, 5] < -40.0:
            there, t0 = state.flying.x[0].copy(), state.t_ns
    P = np.diag([1e-6] * 6)
    k = float(np.log(drag_per_m(BOMB)))
    got = landing.carry_down(there, P, k, 1e-6, 1e-6, 1.0, hill)
    np.testing.assert_allclose(state.flying.x[0, :2], got[:2], atol=1.0)
    assert (state.t_ns - t0) / 1e9 == pytest.approx(got[2], abs=0.26)
    assert state.flying.x[0, 2] == pytest.approx(250.0, abs=3.0)
    flat = landing.carry_down(there, P, k, 1e-6, 1e-6, 1.0, ballistics.SMOOTH)
    assert flat[2] - got[2] > 1.0
    assert np.hypot(*(flat[:2] - got[:2])) > 20.0


def test_members_go_one_after_another_and_spread_about_the_aim() -> None:
    state, _ = flown(shot(40, interval_s=0.5, spread_m=150.0))
    assert np.diff(state.fleet.start_ns).tolist() == [500_000_000] * 39
    sd = state.flying.x[:, :2].std(axis=0)
    assert (np.abs(sd - 150.0) < 4 * 150.0 / np.sqrt(2 * 40)).all()


def within(d: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Squared distance of offsets d (k, 2) in the sigmas of a landing (7,)."""
    P = np.array([[where[3], where[4]], [where[4], where[5]]])
    return np.einsum("ia,ab,ib->i", d, np.linalg.inv(P), d)


def test_the_rockets_of_the_third_of_march_are_alarmed_with_their_impact(tmp_path: Path) -> None:
    """The built-in raid through the whole loop; the record derives every byte again."""
    rockets, loaded = config.load_raid("ain-al-asad-2021-03-03")
    setup = night.setup(loaded.site, ())
    fleet = sim.start(setup.site, rockets, (), 7).fleet
    true, y = [], np.empty(6)
    for i in np.flatnonzero(~np.isnan(fleet.drag_pm)).tolist():  # where each falls, and when
        x = np.append(fleet.way[fleet.first[i]], fleet.shot[i])
        x[2] -= (x[0] ** 2 + x[1] ** 2) / 2 / ballistics.EARTH_M
        t = ballistics.to_ground(
            x, fleet.drag_pm[i], *rockets.wind_mps[:2], 0.1, 200.0, ballistics.SMOOTH, y
        )
        true.append([*y[:2], fleet.start_ns[i] * 1e-9 + t])
    told, to, back, end = [], [], [], None
    n = night.Night(setup, rockets, loaded.effectors, 7, tmp_path)
    for frame in night.record(n):
        if not hasattr(frame, "outputs"):
            end = frame
            continue
        for o in frame.outputs:
            told += [e for e in o.watch.events if "alarm" in e.kind]
            for fall, start in zip(o.threats.impact, o.threats.origin, strict=True):
                if 2.0 < fall[2] < 20.0:
                    off = np.array(true) - [fall[0], fall[1], o.t_ns * 1e-9 + fall[2]]
                    to.append((within(off[:, :2], fall) + off[:, 2] ** 2 / max(fall[6], 0.1)).min())
                    back.append(within(x[None, :2] - start[:2], start)[0])
    assert end.false_alarms == 0
    assert end.first_alarm_s < 20.0  # an impact is 75 s after the first shot
    assert any("lands" in e.text and "shot from" in e.text and "2 sigma" in e.text for e in told)
    assert any("impact_s" in dict(e.data) and "origin_e_m" in dict(e.data) for e in told)
    assert len(to) > 500
    assert (np.array(to) < chi2.ppf(0.99, 3)).mean() > 0.9
    assert (np.array(back) < chi2.ppf(0.99, 2)).mean() > 0.9
    assert json.loads((tmp_path / "run.json").read_text())["leakers"] == end.leakers
    assert verify(tmp_path / "journal.db").steps > 0
