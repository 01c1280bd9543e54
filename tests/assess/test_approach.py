"""Courses against polygons: analytic, by brute force and by Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path
from scipy import optimize

from bartizan.assess import approach
from bartizan.assess.assess import RAYS
from bartizan.assess.weigh import closest_approach

HOOK = np.array(
    [[-900.0, -700.0], [800.0, -900.0], [1000.0, 600.0], [100.0, 200.0], [-700.0, 900.0]]
)
ZONE = np.array([[300.0, -300.0], [600.0, -300.0], [600.0, 0.0], [300.0, 0.0]])
CORNER = np.concatenate([HOOK, ZONE])
FIRST = np.array([0, 5, 9])
SD = np.diag(np.square([60.0, 60.0, 40.0, 3.0, 3.0, 1.0]))


def run(x: np.ndarray, P: np.ndarray = SD, horizon_s: float = 300.0, q: float = 0.0) -> np.ndarray:
    x = np.atleast_2d(np.asarray(x, float))
    P = np.broadcast_to(P, (len(x), 6, 6)).copy()
    return approach.approach(x, P, CORNER, FIRST, q, horizon_s, RAYS)


def inside(p: np.ndarray, polygon: np.ndarray = HOOK) -> np.ndarray:
    return Path(np.vstack([polygon, polygon[:1]])).contains_points(p)


def segment_distance(p: np.ndarray) -> float:
    """Distance to HOOK's outline, by minimising along each edge."""
    best = np.inf
    for a, b in zip(HOOK, np.roll(HOOK, -1, axis=0), strict=True):
        f = optimize.minimize_scalar(
            lambda s, a=a, b=b: np.hypot(*(a + s * (b - a) - p)), bounds=(0, 1), method="bounded",
            options={"xatol": 1e-9},
        ).fun  # fmt: skip
        best = min(best, f, np.hypot(*(a - p)))
    return best


@given(e=st.floats(-3000, 3000), n=st.floats(-3000, 3000))
@settings(max_examples=60, deadline=None)
def test_distance_to_the_wall(e: float, n: float) -> None:
    p = np.array([e, n])
    d = run([e, n, 100.0, 1.0, 0.0, 0.0])[0, approach.D_WALL]
    assert abs(d) == pytest.approx(segment_distance(p), abs=0.01)
    if abs(d) > 0.1:
        assert (d < 0) == bool(inside(p[None])[0])


@given(
    e=st.floats(-5000, 5000), n=st.floats(-5000, 5000), ve=st.floats(-60, 60),
    vn=st.floats(-60, 60),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_time_to_the_wall_by_walking(e: float, n: float, ve: float, vn: float) -> None:
    if np.hypot(ve, vn) < 1.0:
        return
    t = np.arange(0.0, 2000.0, 0.05)
    hit = inside(np.stack([e + ve * t, n + vn * t], axis=1))
    out = run([e, n, 100.0, ve, vn, 0.0])[0]
    if hit.any():
        assert out[approach.T_WALL] == pytest.approx(t[hit.argmax()], abs=0.06)
    elif np.isfinite(out[approach.T_WALL]):  # it cuts a corner between two steps
        p = np.array([e + ve * out[approach.T_WALL], n + vn * out[approach.T_WALL]])
        assert segment_distance(p) < 0.1


def test_time_uncertainty_is_that_of_the_crossing() -> None:
    """1-sigma of the crossing time against 100,000 draws (small errors: first order)."""
    x = np.array([3000.0, 400.0, 100.0, -47.0, -4.0, 0.0])
    P = np.diag(np.square([50.0, 20.0, 40.0, 1.0, 0.4, 1.0]))
    P[0, 3] = P[3, 0] = 0.5 * 50.0
    out = run(x, P)[0]
    draws = np.random.default_rng(0).multivariate_normal(x, P, 100_000)
    a, b = HOOK[1], HOOK[2]
    g = np.array([b[1] - a[1], a[0] - b[0]])
    t = ((a - draws[:, :2]) @ g) / (draws[:, 3:5] @ g)
    assert out[approach.T_WALL] == pytest.approx(t.mean(), rel=0.01)
    assert out[approach.T_WALL_SD] == pytest.approx(t.std(), rel=0.03)


@pytest.mark.parametrize(
    "x",
    [
        [3000, 400, 100, -47, -4, 0], [3000, 400, 100, -47, 12, 0], [-4000, -4000, 100, 30, 30, 0],
        [2000, 2000, 100, 0, 0, 0], [0, 9000, 100, 5, -45, 0], [1500, 0, 100, 20, 0, 0],
    ],
)  # fmt: skip
def test_p_wall_by_monte_carlo(x: list[float]) -> None:
    """Against 20,000 draws with their own walk: within 0.06 (64 rays)."""
    P = np.diag(np.square([80.0, 80.0, 40.0, 4.0, 4.0, 1.0]))
    P[0, 3] = P[3, 0] = P[1, 4] = P[4, 1] = 0.6 * 320.0
    q, horizon = 0.05, 120.0
    got = run(x, P, horizon, q)[0, approach.P_WALL]
    rng = np.random.default_rng(1)
    d = rng.multivariate_normal(x, P, 20_000)
    d[:, 3:5] += rng.normal(size=(len(d), 2)) * np.sqrt(q * horizon / 3.0)
    hit = np.zeros(len(d), bool)
    for t in np.arange(0.0, horizon, 0.5):
        hit |= inside(d[:, :2] + t * d[:, 3:5])
    assert got == pytest.approx(hit.mean(), abs=0.06)


def test_manoeuvre_widens_the_course() -> None:
    """A course known exactly that passes 200 m beside the wall, in doubt by q alone: the
    share of Gaussian velocities, sd sqrt(q t / 3), that meet it, by drawing them."""
    x = np.array([1200.0, 3000.0, 100.0, 0.0, -40.0, 0.0])
    P = np.eye(6) * 1e-4
    assert run(x, P, 120.0, 0.0)[0, approach.P_WALL] == 0.0
    got = run(x, P, 120.0, 0.5)[0, approach.P_WALL]
    v = x[3:5] + np.random.default_rng(3).normal(size=(20_000, 2)) * np.sqrt(0.5 * 120.0 / 3.0)
    hit = np.zeros(len(v), bool)
    for t in np.arange(0.0, 120.0, 0.5):
        hit |= inside(x[:2] + t * v)
    assert 0.1 < hit.mean() < 0.9
    assert got == pytest.approx(hit.mean(), abs=0.06)


def test_rays_are_standard_normal() -> None:
    z = RAYS
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(z.T @ z / len(z), np.eye(4), atol=0.12)
    np.testing.assert_array_equal(z, approach.rays())


def test_inside_and_zone() -> None:
    out = run([[450.0, -100, 50, 1, 0, 0], [0, -2000, 50, 0, 40, 0], [450, -2000, 50, 0, 40, 0],
               [0, -2000, 50, 0, -40, 0]])  # fmt: skip
    assert out[0, approach.T_WALL] == 0.0
    assert out[0, approach.P_WALL] == 1.0
    assert out[0, approach.D_WALL] < 0.0
    assert out[:, approach.ZONE].tolist() == [0.0, -1.0, 0.0, -1.0]
    assert np.isinf(out[3, approach.T_WALL])
    assert out[3, approach.CLOSING] == pytest.approx(-40.0, abs=1.0)


@given(
    p=st.tuples(*[st.floats(-5000, 5000)] * 3), v=st.tuples(*[st.floats(-80, 80)] * 3),
    known=st.booleans(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_closest_approach(p: tuple[float, ...], v: tuple[float, ...], known: bool) -> None:
    """Against a numeric minimum over time, from now on."""
    axes = slice(0, 3 if known else 2)
    a, b = np.array(p)[axes], np.array(v)[axes]
    if np.linalg.norm(b) < 1.0:
        return
    P = np.eye(6)[None] * (1.0 if known else 1e6)
    t, d = np.empty(1), np.empty(1)
    closest_approach(np.array([[*p, *v]]), P, 200.0, t, d)
    best = optimize.minimize_scalar(
        lambda s: np.linalg.norm(a + s * b), bounds=(0, 20_000), method="bounded",
        options={"xatol": 1e-6},
    )  # fmt: skip
    assert d[0] == pytest.approx(min(best.fun, np.linalg.norm(a)), abs=0.01)
    assert d[0] == pytest.approx(np.linalg.norm(a + t[0] * b), abs=1e-6)
