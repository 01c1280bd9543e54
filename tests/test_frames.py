"""Frames against pymap3d, and spherical measurements against numbers by difference."""

from __future__ import annotations

import numpy as np
import pymap3d
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan import frames

LAT = st.floats(-1.5, 1.5)
LON = st.floats(-3.1, 3.1)
HAE = st.floats(-400.0, 12_000.0)
FAR = st.floats(-30_000.0, 30_000.0)


@settings(max_examples=60, deadline=None)
@given(LAT, LON, HAE, FAR, FAR, st.floats(-500.0, 12_000.0))
def test_round_trip_is_exact_to_a_millimetre(lat, lon, hae, e, n, u) -> None:
    frame = frames.local_frame("here", lat, lon, hae)
    enu = np.array([e, n, u])
    back = frames.enu_from_wgs84(frame, *frames.wgs84_from_enu(frame, enu))
    assert np.abs(back - enu).max() < 1e-3


@settings(max_examples=60, deadline=None)
@given(LAT, LON, HAE, FAR, FAR, st.floats(-500.0, 12_000.0))
def test_agrees_with_pymap3d(lat, lon, hae, e, n, u) -> None:
    frame = frames.local_frame("here", lat, lon, hae)
    ours = frames.wgs84_from_enu(frame, np.array([e, n, u]))
    theirs = pymap3d.enu2geodetic(e, n, u, lat, lon, hae, deg=False)
    assert np.abs(np.array(ours[:2]) - theirs[:2]).max() < 1e-11
    assert abs(ours[2] - theirs[2]) < 1e-4


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(*[st.floats(-9000.0, 9000.0)] * 2, st.floats(-200.0, 3000.0)),
    st.tuples(*[st.floats(-60.0, 60.0)] * 3),
    st.floats(-3.0, 3.0),
)
def test_jacobian_is_the_difference_quotient(place, velocity, yaw) -> None:
    x = np.array([*place, *velocity])
    pos = np.array([30.0, -70.0, 12.0])
    c, s = np.cos(yaw), np.sin(yaw)
    rot = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
    if np.hypot(*(x[:2] - pos[:2])) < 50.0:
        return
    h, H = np.empty(4), np.empty((4, 6))
    frames.spherical_jacobian(x, pos, rot, h, H)
    low, high, unused = np.empty(4), np.empty(4), np.empty((4, 6))
    for k in range(6):
        step = np.zeros(6)
        step[k] = 0.01
        frames.spherical_jacobian(x - step, pos, rot, low, unused)
        frames.spherical_jacobian(x + step, pos, rot, high, unused)
        quotient = (high - low) / 0.02
        quotient[1] = ((high[1] - low[1] + np.pi) % (2 * np.pi) - np.pi) / 0.02
        assert np.allclose(H[:, k], quotient, rtol=1e-4, atol=1e-6)


def test_azimuth_runs_clockwise_from_north() -> None:
    assert frames.spherical_from_enu(np.array([0.0, 10.0, 0.0]))[1] == 0.0
    assert np.isclose(frames.spherical_from_enu(np.array([10.0, 0.0, 0.0]))[1], np.pi / 2)
    r, az, el = frames.spherical_from_enu(np.array([-3.0, 4.0, 12.0]))
    assert np.allclose(frames.enu_from_spherical(r, az, el), [-3.0, 4.0, 12.0])


def test_a_sensor_ten_kilometres_away_stands_oblique() -> None:
    frame = frames.local_frame("here", 0.59, 0.74, 200.0)
    there = frames.wgs84_from_enu(frame, np.array([0.0, 10_000.0, 0.0]))
    up = frames.sensor_axes(frame, float(there[0]), float(there[1])) @ np.array([0.0, 0.0, 1.0])
    assert np.isclose(np.arccos(up[2]), 10_000.0 / 6.36e6, rtol=0.02)
