"""Debris: parabola, terminal velocity, another integrator, another library, Monte Carlo."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from bartizan.sim import debris
from bartizan.sim.spec import Body
from bartizan.units import G_MPS2

DRONE = Body(mass_kg=40.0, area_m2=1.0, cd=0.8)
CALM = np.zeros(3)
SQUARE = np.array([[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0], [-100.0, 100.0]])


def test_without_drag_and_wind_it_is_a_parabola() -> None:
    """x = v t, h = g t^2 / 2, energy kept."""
    e, n, t, v = debris.fall(200.0, 40.0, -20.0, 0.0, 0.0, 0.0, 0.0)
    fall_s = math.sqrt(2.0 * 200.0 / G_MPS2)
    assert (e, n, t) == pytest.approx((40.0 * fall_s, -20.0 * fall_s, fall_s), abs=1e-6)
    assert v == pytest.approx(math.sqrt(2000.0 + 2.0 * G_MPS2 * 200.0), abs=1e-6)


def test_from_high_up_it_falls_at_terminal_velocity_and_drifts_with_the_wind() -> None:
    """3 km of fall: speed sqrt(2 m g / rho Cd A); ground speed the wind's."""
    k = debris.drag_per_m(DRONE)
    _, n, t, v = debris.fall(3_000.0, 50.0, 0.0, 0.0, 0.0, 6.0, k)
    terminal = math.sqrt(2.0 * 40.0 * G_MPS2 / (1.225 * 0.8 * 1.0))
    assert debris.terminal_mps(DRONE) == pytest.approx(terminal)
    assert v == pytest.approx(math.hypot(terminal, 6.0), rel=1e-3)
    assert n == pytest.approx(6.0 * t, rel=0.05)


@pytest.mark.parametrize("start", [(150.0, 47.0, 5.0, -2.0), (500.0, 80.0, -10.0, 20.0)])
def test_against_another_integrator(start: tuple[float, float, float, float]) -> None:
    """scipy's DOP853 at 1e-10 on the same equation: under 1 mm."""
    h, ve, vn, vu = start
    k, w = debris.drag_per_m(DRONE), np.array([4.0, -3.0, 0.0])

    def rate(_: float, y: np.ndarray) -> np.ndarray:
        v = y[3:] - w
        return np.concatenate((y[3:], [0, 0, -G_MPS2] - k * np.sqrt(v @ v) * v))

    def ground(_: float, y: np.ndarray) -> float:
        return float(y[2])

    ground.terminal = True  # type: ignore[attr-defined]
    y0 = [0.0, 0.0, h, ve, vn, vu]
    there = solve_ivp(rate, (0, 100), y0, "DOP853", events=ground, rtol=1e-10, atol=1e-10)
    e, n, t, v = debris.fall(h, ve, vn, vu, w[0], w[1], k)
    end = there.y[:, -1]
    assert (e, n, t) == pytest.approx((end[0], end[1], there.t[-1]), abs=1e-3)
    assert v == pytest.approx(float(np.linalg.norm(end[3:])), abs=1e-3)


def casex_says(body: Body, height_m: float, speed_mps: float) -> tuple[float, float, float]:
    """Distance [m], speed [m/s] and time [s] of a level descent by la Cour-Harbo's library."""
    with warnings.catch_warnings():  # its docstrings have escapes that Python warns of
        warnings.simplefilter("ignore")
        casex = pytest.importorskip("casex")
    craft = casex.AircraftSpecs(casex.enums.AircraftType.FIXED_WING, 3.0, body.mass_kg)
    craft.set_ballistic_drag_coefficient(body.cd)
    craft.set_ballistic_frontal_area(body.area_m2)
    descent = casex.BallisticDescent2ndOrderDragApproximation()
    descent.set_aircraft(craft)
    far, speed, _, seconds = descent.compute_ballistic_distance(height_m, speed_mps, 0.0)
    return float(far), float(speed), float(seconds)


def test_against_casex() -> None:
    """casex 1.2.3, its second-order drag approximation; its own example 6 first.

    It splits the drag into a horizontal and a vertical phase; the integrator above has no such
    error.  Over 54 descents of 2.5 to 90 kg from 60 to 300 m at 15 to 47 m/s: 4 % in the
    median, 15 % at worst in distance.
    """
    bodies = (Body(90.0, 0.36, 0.8), DRONE, Body(35.0, 0.6, 0.9), Body(4.0, 0.15, 1.0),
              Body(2.5, 0.05, 1.0), Body(10.0, 0.4, 0.9))  # fmt: skip
    assert casex_says(bodies[0], 100.0, 28.0) == pytest.approx((115.705, 45.656, 4.664), rel=1e-4)
    gap = []
    for body, h, v in itertools.product(bodies, (60.0, 120.0, 300.0), (15.0, 30.0, 47.0)):
        e, _, t, speed = debris.fall(h, v, 0.0, 0.0, 0.0, 0.0, debris.drag_per_m(body))
        gap.append(np.array((e, speed, t)) / casex_says(body, h, v) - 1.0)
    assert (np.abs(gap).max(axis=0) < (0.16, 0.12, 0.11)).all()
    assert (np.abs(np.median(gap, axis=0)) < 0.05).all()


def test_footprint_is_the_monte_carlos() -> None:
    """Mean and covariance by the unscented transform against 20,000 draws."""
    x = np.array([1_000.0, 500.0, 150.0, -45.0, 10.0, -3.0])
    wind = np.array([5.0, -2.0, 0.0])
    P = np.diag([8.0, 8.0, 5.0, 2.0, 2.0, 1.0]) ** 2
    made = debris.footprint(x, 0.0, wind, DRONE, P)
    rng = np.random.default_rng(5)
    drawn = np.array(
        [
            debris.impact(x + d, 0.0, wind, DRONE, s)[:2]
            for d, s in zip(
                rng.standard_normal((20_000, 6)) * np.sqrt(np.diag(P)),
                rng.standard_normal((20_000, debris.SPREADS)),
                strict=True,
            )
        ]
    )
    cov = np.cov(drawn.T)
    np.testing.assert_allclose(made.mean, drawn.mean(axis=0), atol=0.05 * math.sqrt(cov.max()))
    np.testing.assert_allclose(made.cov, cov, atol=0.08 * cov.max())
    major, minor, angle = made.ellipse()
    w, v = np.linalg.eigh(cov)
    assert (major, minor) == pytest.approx((math.sqrt(w[1]), math.sqrt(w[0])), rel=0.06)
    axis = abs(v[0, 1] * math.sin(angle) + v[1, 1] * math.cos(angle))
    assert axis == pytest.approx(1.0, abs=0.02)


def test_distance_and_inside_of_a_square() -> None:
    """Plain geometry."""
    points = np.array([[0.0, 0.0], [150.0, 0.0], [200.0, 200.0], [90.0, 0.0], [-100.5, 50.0]])
    d = debris.signed_distance_m(points, SQUARE)
    np.testing.assert_allclose(d, [-100.0, 50.0, math.hypot(100, 100), -10.0, 0.5])
    dented = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]], dtype=np.float64)
    assert debris.inside(np.array([[2.0, 0.5], [2.0, 2.0], [0.5, 2.0]]), dented).tolist() == [
        True,
        False,
        True,
    ]


@pytest.mark.parametrize(("edge", "sd"), [(100.0, 50.0), (-30.0, 20.0), (0.0, 10.0)])
def test_probability_in_a_half_plane_is_the_normal_integral(edge: float, sd: float) -> None:
    """A very large square whose one side lies `edge` from the mean."""
    far = 1e5
    half = np.array([[-far, -far], [edge, -far], [edge, far], [-far, far]])
    print_ = debris.Footprint(np.zeros(2), np.diag([sd**2, 9.0]), 5.0)
    expected = 0.5 * math.erfc(-edge / sd / math.sqrt(2.0))
    assert debris.probability_within(print_, half) == pytest.approx(expected, abs=0.01)
    assert debris.probability_within(print_, half, reach_m=sd) == pytest.approx(
        0.5 * math.erfc(-(edge + sd) / sd / math.sqrt(2.0)), abs=0.01
    )
