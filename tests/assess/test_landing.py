"""Impact and origin of what falls: closed form, Monte Carlo, and the wall."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assess.test_raids import site as made_site
from bartizan import ballistics
from bartizan.assess import AssessParams, approach, landing
from bartizan.types import Tracks
from bartizan.units import G_MPS2

PARAMS = AssessParams(fall_drag=(0.0, 5e-5, 1e-4, 2e-4))


def tracks(x, P, mode) -> Tracks:
    n = len(x)
    one = np.ones(n, np.int64)
    return Tracks(
        10**18, np.arange(1, n + 1), np.ones(n), np.array(x, float), np.array(P, float),
        np.array(mode, float), one, one, one, one, 0 * one,
    )  # fmt: skip


def test_in_a_vacuum_the_spread_is_the_closed_forms() -> None:
    """Level shot from u: t = sqrt(2 u / g), e = v t; only e, u, ve, vu are in doubt.

    To first order de = de0 + t dve + v dt, dt = (du + t dvu) / (g t - w).
    """
    u, v = 2000.0, 150.0
    x = np.array([0.0, 0, u, v, 0, 0])
    P = np.diag([16.0, 9, 25, 1, 0.25, 4])
    got = landing.carry_down(x, P, math.log(1e-12), 0.0, 0.0, 1.0, ballistics.SMOOTH)
    g = G_MPS2 - v * v / ballistics.EARTH_M
    t = math.sqrt(2 * u / g)
    dt = np.array([0, 0, 1, 0, 0, t]) / (G_MPS2 * t)
    de = np.array([1, 0, 0, t, 0, 0]) + v * dt
    assert got[0] == pytest.approx(v * t, rel=1e-3)
    assert got[2] == pytest.approx(t, rel=1e-4)
    assert got[3] == pytest.approx(de @ P @ de, rel=5e-3)
    assert got[5] == pytest.approx(9 + t * t * 0.25, rel=5e-3)
    assert got[6] == pytest.approx(dt @ P @ dt, rel=5e-3)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_with_drag_and_wind_it_is_monte_carlos(sign: float) -> None:
    rng = np.random.default_rng(5)
    x = np.array([3000.0, -2000, 1500, -180, 110, -60])
    A = rng.normal(size=(6, 6)) * np.array([25, 25, 30, 4, 4, 6])[:, None]
    P = A @ A.T / 6
    got = landing.carry_down(x, P, math.log(1e-4), 0.3, 5.0, sign, ballistics.SMOOTH)
    ends, out = [], np.empty(6)
    for _ in range(4000):
        p = x + np.linalg.cholesky(P) @ rng.normal(size=6)
        k = 1e-4 * math.exp(0.3 * rng.normal())
        t = ballistics.to_ground(
            p, k, *rng.normal(0, 5, 2), sign * 0.1, 180.0, ballistics.SMOOTH, out
        )
        ends.append([out[0], out[1], t])
    ends = np.array(ends)
    mean, cov = ends.mean(0), np.cov(ends.T)
    sd = np.sqrt(np.diag(cov))
    np.testing.assert_array_less(np.abs(got[:3] - mean), 4 * sd / math.sqrt(4000) + 0.02 * sd)
    ours = np.array([[got[3], got[4]], [got[4], got[5]]])
    np.testing.assert_allclose(ours, cov[:2, :2], rtol=0.12, atol=0.05 * sd[0] * sd[1])
    assert got[6] == pytest.approx(cov[2, 2], rel=0.12)


def test_only_what_falls_has_an_impact_and_it_decides_the_wall() -> None:
    site = made_site()
    corners = np.concatenate([site.wall.polygon, *(z.polygon for z in site.zones)])
    first = np.cumsum([0, len(site.wall.polygon), *(len(z.polygon) for z in site.zones)])
    over = [0.0, 4000, 3000, 0, 260, 0]  # flies away to the north, high
    on = [0.0, 4000, 3000, 0, -150, -30]  # comes down near the middle
    P = np.tile(np.diag([20.0, 20, 20, 2, 2, 2]) ** 2, (3, 1, 1))
    falls, flies = [0.05, 0.15, 0.7, 0.1], [0.9, 0.04, 0.03, 0.03]
    t = tracks([over, on, on], P, [falls, falls, flies])
    rows, impact, origin = landing.landings(t, PARAMS)
    assert rows.tolist() == [0, 1]
    assert np.isnan(impact[2]).all()
    assert np.isnan(origin[2]).all()
    before = approach.approach(t.x, t.P, corners, first, 0.02, 300.0, approach.rays())
    course = before.copy()
    landing.override(course, rows, impact, corners, first, approach.rays(), PARAMS)
    np.testing.assert_array_equal(course[2], before[2])
    assert course[0, approach.P_WALL] == 0.0
    assert math.isinf(course[0, approach.T_WALL])
    assert course[1, approach.P_WALL] > 0.7
    assert course[1, approach.T_WALL] == pytest.approx(impact[1, 2])
    assert landing.landings(t, AssessParams())[1].shape == (0, 7)
    assert "lands in about" in landing.words(impact[1], origin[1])[0]
