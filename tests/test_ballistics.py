"""Free fall against the vacuum parabola, SciPy's DOP853 and the standard atmosphere's table."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from bartizan import ballistics
from bartizan.terrain import Terrain
from bartizan.track.state import DRAGS_PM
from bartizan.units import G_MPS2

FLAT = 2.0 * ballistics.EARTH_M  # heights over the curved ground are u + (e^2 + n^2) / FLAT


def landed(x, k: float = 0.0, wind=(0.0, 0.0), dt: float = 0.1):
    out = np.empty(6)
    t = ballistics.to_ground(np.array(x, float), k, *wind, dt, 300.0, ballistics.SMOOTH, out)
    return t, out


@pytest.mark.parametrize(
    ("height_m", "share"),  # ISO 2533 / U.S. Standard Atmosphere 1976, table I
    [(0, 1.0), (1000, 0.90748), (5000, 0.60117), (11_000, 0.29708), (15_000, 0.15813)],
)
def test_density_is_the_standard_atmospheres(height_m: float, share: float) -> None:
    assert ballistics.density(height_m) == pytest.approx(share, rel=1e-3)


def test_without_air_a_step_is_the_parabola_exactly() -> None:
    x, out = np.array([10.0, -5, 900, 120, -40, 60]), np.empty(6)
    for dt in (0.1, 2.0, -3.0):
        ballistics.forward(x, 0.0, 0.0, 0.0, dt, out)
        place = x[:3] + dt * x[3:] - [0, 0, 0.5 * G_MPS2 * dt * dt]
        np.testing.assert_allclose(out[:3], place, rtol=1e-13)
        np.testing.assert_allclose(out[3:], x[3:] - [0, 0, G_MPS2 * dt], rtol=1e-13)


def test_without_air_it_lands_where_the_parabola_meets_the_curved_ground() -> None:
    """e = v t, h = u0 + w t - g t^2 / 2 + v^2 t^2 / 2R: a quadratic in t, solved by hand."""
    v, w, u0 = 200.0, 150.0, 30.0
    g = G_MPS2 - v * v / ballistics.EARTH_M
    t = (w + math.sqrt(w * w + 2 * g * u0)) / g
    got, out = landed([0, 0, u0, v, 0, w])
    assert got == pytest.approx(t, abs=1e-9)
    assert out[0] == pytest.approx(v * t, abs=1e-6)
    back, origin = landed(out, dt=-0.1)  # and back again, to the same parabola's start
    assert back == pytest.approx((w - math.sqrt(w * w + 2 * g * u0)) / g - t, abs=1e-6)
    assert np.hypot(*(origin[:2] - v * (t + back) * np.array([1, 0]))) < 1e-3


@pytest.mark.parametrize("k", [5e-5, 2e-4])
def test_drag_is_scipys(k: float) -> None:
    x0, wind = np.array([0.0, 0, 50, 300, -120, 350]), np.array([6.0, -4, 0])

    def law(t, x):
        r = x[3:] - wind
        s = (1 - 2.25577e-5 * x[2]) ** 4.25588  # the troposphere, written out again
        return [*x[3:], *(-k * s * np.linalg.norm(r) * r - [0, 0, G_MPS2])]

    def ground(t, x):
        return x[2] + (x[0] ** 2 + x[1] ** 2) / FLAT

    ground.terminal, ground.direction = True, -1
    theirs = solve_ivp(law, (0, 300), x0, "DOP853", events=ground, rtol=1e-11, atol=1e-9)
    t, out = landed(x0, k, wind[:2])
    assert theirs.t_events[0][0] > 40.0
    assert t == pytest.approx(theirs.t_events[0][0], abs=1e-4)
    np.testing.assert_allclose(out, theirs.y_events[0][0], atol=0.01)
    _, coarse = landed(x0, k, wind[:2], 0.2)
    np.testing.assert_allclose(coarse, out, atol=0.01)


def test_what_does_not_come_down_has_no_landing() -> None:
    t, _ = landed([0, 0, 100, 0, 0, 3000.0])
    assert math.isnan(t)
    t, out = landed([5, 6, -3, 50, 0, -20.0])  # under the ground and sinking: here and now
    assert t == 0.0
    np.testing.assert_array_equal(out[:2], [5, 6])


@pytest.mark.parametrize("high", [False, True])
def test_an_aimed_shot_falls_where_it_was_aimed(high: bool) -> None:
    k = 8e-5
    up = ballistics.aim(6000.0, 320.0, k, high)
    assert ballistics.reach_m(320.0, up, k) == pytest.approx(6000.0, abs=0.1)
    assert (up > math.pi / 4) == high
    far = ballistics.aim(1e6, 320.0, k, high)
    assert ballistics.reach_m(320.0, far, k) > 6500.0  # out of reach: as far as it goes


@pytest.mark.parametrize(
    ("speed_mps", "range_m"),
    [(158.0, 1815.0), (213.4, 3008.0), (690.0, 20_400.0)],
    ids=["60 mm M2 mortar, 518 ft/s and 1,985 yd", "81 mm M43A1 bomb, 700 ft/s and 3,290 yd",
         "122 mm rocket, 690 m/s and 20.4 km"],
)  # fmt: skip
def test_published_ranges_are_of_drags_that_the_falling_modes_stand_for(speed_mps, range_m) -> None:
    """The drag with which it reaches as far as is commonly quoted; half an octave beyond the ends."""

    def over(k: float) -> float:
        angles = np.radians(np.arange(38.0, 56.0, 0.5)).tolist()
        return max(ballistics.reach_m(speed_mps, a, k) for a in angles) - range_m

    k = brentq(over, 1e-6, 2e-3, xtol=1e-8)
    assert DRAGS_PM[0] / math.sqrt(2) < k < DRAGS_PM[-1] * math.sqrt(2)


@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.15])
def test_on_a_slope_it_lands_where_the_parabola_meets_it(slope: float) -> None:
    """Without drag over an even slope: t = 2 (vu - slope vn) / g, as on any inclined plane.

    Backwards from the middle of the flight it comes to where it left that slope.
    """
    north = np.arange(-9000.0, 9001.0, 500.0)
    on = Terrain(
        -9000.0, -9000.0, 500.0, np.repeat(slope * north[:, None], 37, 1).astype(np.float32)
    )
    x, out, back = np.array([0.0, 0.0, 0.0, 0.0, 60.0, 50.0]), np.empty(6), np.empty(6)
    t = ballistics.to_ground(x, 1e-12, 0.0, 0.0, 0.1, 100.0, on, out)
    assert t == pytest.approx(2.0 * (50.0 - slope * 60.0) / G_MPS2, abs=0.02)  # the Earth curves
    assert out[1] == pytest.approx(60.0 * t)
    assert out[2] == pytest.approx(slope * out[1], abs=0.05)
    half, mid = t / 2.0, np.empty(6)
    ballistics.forward(x, 1e-12, 0.0, 0.0, half, mid)
    assert ballistics.to_ground(mid, 1e-12, 0.0, 0.0, -0.1, 100.0, on, back) == pytest.approx(
        -half, abs=0.02
    )
