"""Lines of sight and skylines against closed forms, and against each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bartizan.terrain import Building, Terrain
from bartizan.terrain.sight import (
    CELLS,
    N_AZ,
    N_RANGE,
    above_ground,
    heights,
    hidden,
    least,
    sees,
    skyline,
)
from bartizan.types import F64

R43 = 6_371_000.0 * 4.0 / 3.0
FAR = 40_000.0
REACH = FAR * ((np.arange(N_RANGE) + 0.5) / N_RANGE) ** 2  # the middles of a skyline's cells


def ground(height: F64, cell_m: float) -> Terrain:
    half = 0.5 * cell_m * (len(height) - 1)
    return Terrain(-half, -half, cell_m, height.astype(np.float32))


def seen_from(at: F64, terrain: Terrain, *buildings: Building) -> F64:
    """The skyline (azimuth, range) of a sensor there."""
    out = skyline(at[None], np.eye(3)[None], np.array([FAR]), terrain, buildings)
    return out.reshape(N_AZ, N_RANGE).astype(float)


def test_flat_ground_is_the_horizon() -> None:
    """Sum of horizons over a smooth 4/3 Earth (Skolnik 2008, eq. 8.6), 12 m antenna."""
    flat = ground(np.zeros((201, 201)), 400.0)
    sky = seen_from(np.array([0.0, 0.0, 12.0]), flat)
    edge = math.sqrt(2.0 * R43 * 12.0)
    beyond = 1.02 * edge < REACH
    for h in (20.0, 60.0, 150.0):
        up = h - REACH**2 / (2.0 * 6_371_000.0)
        shadow = np.arctan2(up - 12.0, REACH) < sky
        behind = edge + math.sqrt(2.0 * R43 * h) < REACH
        clear = np.abs(REACH - edge - math.sqrt(2.0 * R43 * h)) > 100.0
        assert (shadow == behind)[:, beyond & clear].all()
        for r in (0.98, 1.02):
            d = r * (edge + math.sqrt(2.0 * R43 * h))
            b = np.array([0.6 * d, 0.8 * d, h - d * d / (2.0 * 6_371_000.0)])
            assert sees(flat, np.array([0.0, 0.0, 12.0]), b) == (r < 1.0)


def test_the_shadow_of_a_knife_edge() -> None:
    """Height of the shadow at d behind an edge of height H at D, over the 4/3 Earth:
    z0 + (H' - z0) d / D with H', and the result, from the tangent plane by d^2 / 2 R43."""
    height = np.zeros((401, 401))
    height[240:242] = 90.0  # east to west, 4 km to the north, a cell thick: no step misses it
    ridge = ground(height, 100.0)
    a = np.array([0.0, 0.0, 15.0])
    sky = seen_from(a, ridge)
    far = 4000.0
    for az_deg in (0.25, 30.25, -45.25):
        row = sky[math.floor(az_deg % 360.0 * 2.0)]
        path = far / math.cos(math.radians(az_deg))
        edge = 90.0 - path**2 / (2.0 * R43)
        behind = path * 1.03 < REACH
        behind &= REACH * math.cos(math.radians(az_deg)) < 19_000.0
        analytic = 15.0 + (edge - 15.0) * REACH / path + REACH**2 / (2.0 * R43)  # over the ground
        ours = 15.0 + REACH * np.tan(row) + REACH**2 / (2.0 * 6_371_000.0)
        assert ours[behind] == pytest.approx(analytic[behind], rel=1e-2)
        assert (row[path * 0.9 > REACH] < 0.0).all()
        for k in np.flatnonzero(behind)[::6]:
            e, n = (
                REACH[k] * math.sin(math.radians(az_deg)),
                REACH[k] * math.cos(math.radians(az_deg)),
            )
            for off in (-0.02, 0.02):
                up = analytic[k] * (1.0 + off) - REACH[k] ** 2 / (2.0 * 6_371_000.0)
                assert sees(ridge, a, np.array([e, n, up])) == (off > 0.0)


def test_a_skyline_says_what_lines_of_sight_say() -> None:
    """Over seeded hills, from a place with axes of its own; but for a cell's own width."""
    rng = np.random.default_rng(5)
    at = np.linspace(-10_000.0, 10_000.0, 201)
    e, n = np.meshgrid(at, at)
    hills = sum(
        12.0
        * np.cos(rng.normal(0.0, 1.5e-3) * e + rng.normal(0.0, 1.5e-3) * n + rng.uniform(0, 6.3))
        for _ in range(30)
    )
    terrain = ground(np.asarray(hills), 100.0)
    place = np.array([1500.0, -800.0, 0.0])
    place[2] = heights(terrain, place[None])[0] + 20.0
    turn = 0.4
    rot = np.array(
        [[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1.0]]
    )
    sky = skyline(place[None], rot[None], np.array([8000.0]), terrain, ())[0]
    same = near = 0
    for _ in range(3000):
        az, r, el = (
            rng.uniform(-math.pi, math.pi),
            rng.uniform(500.0, 7500.0),
            rng.normal(0.0, 0.02),
        )
        own = r * np.array([math.cos(el) * math.sin(az), math.cos(el) * math.cos(az), math.sin(el)])
        there = place + rot.T @ own
        if above_ground(terrain, there[None])[0] < 5.0:
            continue
        if abs(el - least(sky, 8000.0, r, az)) < 2e-3:
            near += 1
            continue
        same += 1
        assert hidden(sky, 8000.0, r, az, el) != sees(terrain, place, there)
    assert same > 1000
    assert near < 0.2 * same


def test_the_shadow_of_a_building() -> None:
    """From the ground, over smooth ground: the far wall's roof when the roof is below the sensor,
    the near one's when it is above; at the sides nothing."""
    hall = Building(
        "hall", np.array([[-40.0, 300.0], [40.0, 300.0], [40.0, 360.0], [-40.0, 360.0]]), 18.0
    )
    free = Terrain()
    low, high = (seen_from(np.array([0.0, 0.0, z]), free, hall) for z in (3.0, 30.0))
    behind = REACH > 450.0
    curve = 300.0 / (2.0 * R43)
    assert np.tan(low[0, behind]) + REACH[behind] / (8 * 6_371_000.0) == pytest.approx(
        15.0 / 300.0 - curve, rel=1e-2
    )
    assert np.tan(high[0, behind]) + REACH[behind] / (8 * 6_371_000.0) == pytest.approx(
        -12.0 / 360.0 - curve, rel=1e-2
    )
    assert low[0, REACH < 280.0] == pytest.approx(-math.pi / 2)
    half = math.degrees(math.atan2(40.0, 300.0))
    wide = [k for k in range(N_AZ) if low[k, -1] > -1.0]
    assert wide == [k for k in range(N_AZ) if min((k + 0.5) / 2, 360 - (k + 0.5) / 2) < half]
    inside = seen_from(np.array([0.0, 330.0, 10.0]), free, hall)
    assert (inside < -1.5).all()
    roof = seen_from(np.array([0.0, 330.0, 20.0]), free, hall)
    assert np.tan(roof[0, -1]) == pytest.approx(-2.0 / 30.0, rel=0.03)


def test_nothing_in_the_way_is_no_skyline() -> None:
    assert skyline(
        np.zeros((2, 3)), np.tile(np.eye(3), (2, 1, 1)), np.ones(2), Terrain(), ()
    ).shape == (0, 0)
    assert not hidden(np.zeros(0, np.float32), 1e4, 1e3, 0.0, -1.0)
    assert CELLS == N_AZ * N_RANGE
