"""Cover over a grid: the same lines as a look, independent looks, the floor of cover."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan import config
from bartizan.sensing import look_probability
from bartizan.sensing.cover import floor_m, one_look, reporting, square, within

SITE = config.load_site("ain-al-asad").site


def test_the_grid_is_centred_on_the_reference_point() -> None:
    grid = square(1000.0, 4)
    at = grid.centres()
    assert at.shape == (16, 2)
    assert at.mean(axis=0) == pytest.approx([0.0, 0.0])
    assert at[0].tolist() == [-750.0, -750.0]
    assert at[1].tolist() == [-250.0, -750.0]  # east first


def test_a_radar_sees_here_what_its_own_look_says() -> None:
    s = SITE.sensors
    e, n, up = 3000.0, 4000.0, 115.0
    p = one_look(s, np.array([[e, n]]), up)[0, 0]
    dx, dy, dz = np.array([e, n, up]) - s.pos[0]
    r = float(np.sqrt(dx**2 + dy**2 + dz**2))
    towards = -30.0 * (dx * e + dy * n) / (r * np.hypot(e, n))
    az, el = float(np.arctan2(dx, dy)), float(np.arcsin(dz / r))
    # the sensor's own east-north-up axes turn away from the site's by its distance over R
    expected = look_probability(0, s.pd[0], s.look[0], r, az, el, float(towards), up)
    assert p == pytest.approx(expected, abs=1e-6)


def test_looks_add_up_as_independent_ones() -> None:
    s, at = SITE.sensors, square(8000.0, 10).centres()
    counts = np.zeros(len(s.kind), np.bool_)
    counts[0] = True
    p = one_look(s, at, 100.0)[0]
    assert within(s, counts, at, 100.0, 3.5) == pytest.approx(1.0 - (1.0 - p) ** 3, abs=1e-9)
    none = np.zeros(len(s.kind), np.bool_)
    assert not within(s, none, at, 100.0, 60.0).any()


def test_the_floor_is_the_lowest_height_that_is_covered() -> None:
    s, at = SITE.sensors, square(15000.0, 12).centres()
    counts = reporting(s)
    floor = floor_m(s, counts, at, 0.9, 10.0)
    ok = np.isfinite(floor)
    assert ok.any()
    for k in np.flatnonzero(ok)[::7]:
        assert within(s, counts, at[k : k + 1], float(floor[k]), 10.0)[0] >= 0.9
