"""Detectability against closed forms, published constants and plain Monte Carlo."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.sensing import clutter_density, detection_range_m, look_probability
from bartizan.sensing.look import survey
from bartizan.types import F64, SensorKind

ALL = np.array([0.0, 1e6, 0.0, 2.0 * np.pi, -np.pi, np.pi])
RADAR = np.array([1, 1.0, 75.0, 1e-6, 20.0, 0.0, 10.0, -20.0])
CAMERA = np.array([1, 1.0, 1e-4, 2.0, 1e9, 0.3, 0.03, 2.0])
ACOUSTIC = np.array([1, 1.0, 40.0, 5.0, 6.0, 4.0, 10.0, 95.0])
LINK = np.array([1, 1.0, 18.0, 2.2, 6.0, 1.0, 30.0, 1.0])
KINDS = {0: RADAR, 1: CAMERA, 2: ACOUSTIC, 3: LINK, 4: LINK, 5: LINK}


def p(kind: int, pd: F64, r: float, rdot: float = 30.0, up: float = 500.0) -> float:
    """Probability at range r straight north, level."""
    return look_probability(kind, pd, ALL, r, 0.0, 0.0, rdot, up)


def test_radar_range_for_half_is_the_radar_equation() -> None:
    """Swerling 1: SNR = ln Pfa / ln Pd - 1; the range follows from its fourth root."""
    snr_db = 10.0 * math.log10(math.log(1e-6) / math.log(0.5) - 1.0)
    expected = 1000.0 * 10.0 ** ((75.0 - 20.0 - 20.0 - snr_db) / 40.0)
    assert detection_range_m(0, RADAR, 0.5, 50_000.0) == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize(("pd", "snr_db"), [(0.9, 21.14), (0.5, 12.77)])
def test_swerling_1_published_signal_to_noise(pd: float, snr_db: float) -> None:
    """Pfa 1e-6: 21.1 dB for Pd 0.9 and 12.8 dB for 0.5 (Skolnik 2008, figure 2.23)."""
    r = 1000.0 * 10.0 ** ((35.0 - snr_db) / 40.0)
    assert p(0, RADAR, r) == pytest.approx(pd, abs=0.002)


def test_swerling_1_by_monte_carlo() -> None:
    """A Rayleigh target in complex Gaussian noise over the threshold for Pfa 1e-2."""
    rng = np.random.default_rng(3)
    snr, n = 8.0, 200_000
    noise = rng.standard_normal((2, n)) + 1j * rng.standard_normal((2, n))
    power = np.abs(noise[0] * math.sqrt(snr) + noise[1]) ** 2 / 2.0
    drawn = float((power > -math.log(1e-2)).mean())
    pd = RADAR.copy()
    pd[3] = 1e-2
    r = 1000.0 * 10.0 ** ((35.0 - 10.0 * math.log10(snr)) / 40.0)
    assert p(0, pd, r) == pytest.approx(drawn, abs=4.0 * math.sqrt(0.25 / n))


def test_doppler_filter_halves_the_power_at_its_speed() -> None:
    """At the notch's speed the range falls by 3 dB: a factor 2 ** -1/4; at rest only Pfa."""
    pd = RADAR.copy()
    pd[5] = 5.0
    free = detection_range_m(0, RADAR, 0.5, 50_000.0)
    assert p(0, pd, free * 2.0**-0.25, 5.0) == pytest.approx(0.5, abs=1e-3)
    assert p(0, pd, 500.0, 0.0) == pytest.approx(1e-6)
    assert p(0, pd, 500.0, -40.0) > 0.99


def test_horizon_is_the_textbooks() -> None:
    """4.12 (sqrt h1 + sqrt h2) km for heights in metres over the curved ground."""
    pd = RADAR.copy()
    pd[2] = 300.0
    h = 100.0
    reach = 4120.0 * (math.sqrt(10.0) + math.sqrt(h))
    for share, sees in ((0.995, True), (1.005, False)):
        r = share * reach
        up = h - r * r / (2.0 * 6_371_000.0)
        assert (p(0, pd, r, up=up) > 0.99) == sees


def test_camera_is_half_at_johnsons_pixels() -> None:
    """Clear air: 2 pixels over 2 m at 0.1 mrad is 10 km."""
    assert p(1, CAMERA, 10_000.0) == pytest.approx(0.5, abs=1e-3)
    assert p(1, CAMERA, 5_000.0) > 0.9


def test_camera_at_the_visibility_sees_two_percent_contrast() -> None:
    """Koschmieder: a thing of contrast 0.3 keeps 0.006 at the visibility, half the need here."""
    pd = CAMERA.copy()
    pd[[2, 4, 6]] = 1e-6, 3_000.0, 0.3 * 0.02
    assert p(1, pd, 3_000.0) == pytest.approx(0.5, abs=1e-3)


def test_acoustic_is_half_where_the_level_meets_the_need() -> None:
    """95 dB at 1 m, 10 dB gain, 40 dB noise, 6 dB needed: 59 dB of loss, without air 891 m."""
    pd = ACOUSTIC.copy()
    pd[3] = 0.0
    assert detection_range_m(2, pd, 0.5, 1e5) == pytest.approx(10.0 ** (59.0 / 20.0), abs=0.5)
    r = detection_range_m(2, ACOUSTIC, 0.5, 1e5)
    assert 20.0 * math.log10(r) + 5.0 * r / 1000.0 == pytest.approx(59.0, abs=0.01)


def test_link_is_half_at_zero_margin_and_bursts_add_up() -> None:
    """One transmission: 0.5 where the margin is used up; three: 1 - 0.5 ** 3."""
    r = 1000.0 * 10.0 ** (18.0 / 22.0)
    assert p(3, LINK, r) == pytest.approx(0.5, abs=1e-6)
    pd = LINK.copy()
    pd[5] = 3.0
    assert p(3, pd, r) == pytest.approx(0.875, abs=1e-6)
    pd[7] = 0.3
    assert p(3, pd, r) == pytest.approx(0.3 * 0.875, abs=1e-6)


@given(
    kind=st.integers(0, 5),
    r=st.floats(0.0, 20_000.0),
    az=st.floats(-20.0, 20.0),
    el=st.floats(-1.5, 1.5),
    start=st.floats(-7.0, 7.0),
    width=st.floats(0.0, 6.2),
)
@settings(max_examples=300, deadline=None)
def test_exactly_zero_outside_the_look(
    kind: int, r: float, az: float, el: float, start: float, width: float
) -> None:
    """Inside by unit vectors, not by angles: the independent way round the wrap."""
    look = np.array([200.0, 9_000.0, start, width, -0.2, 0.9])
    got = look_probability(kind, KINDS[kind], look, r, az, el, 30.0, 500.0)
    assert 0.0 <= got <= 1.0
    middle = start + 0.5 * width
    off = math.acos(max(-1.0, min(1.0, math.cos(az - middle))))
    if abs(off - 0.5 * width) < 1e-6:
        return
    within = 200.0 <= r <= 9_000.0 and -0.2 <= el <= 0.9 and off <= 0.5 * width and width > 0.0
    if not within:
        assert got == 0.0
    else:
        assert got == pytest.approx(
            look_probability(kind, KINDS[kind], ALL, r, az, el, 30.0, 500.0), abs=0.0
        )


def test_sector_across_north() -> None:
    """A sector from 350 to 10 degrees holds north and not south; a width of 0 holds nothing."""
    look = np.array([0.0, 1e5, math.radians(350.0), math.radians(20.0), -1.0, 1.0])
    flat = np.array([0, 0.8, 0, 0, 0, 0, 0, 0.0])
    at = [look_probability(0, flat, look, 1e3, math.radians(a), 0.0, 0.0, 0.0) for a in
          (0.0, 5.0, -5.0, 355.0, 365.0, 15.0, 180.0, -15.0)]  # fmt: skip
    assert at == [0.8, 0.8, 0.8, 0.8, 0.8, 0.0, 0.0, 0.0]
    look[3] = 0.0
    assert look_probability(0, flat, look, 1e3, look[2], 0.0, 0.0, 0.0) == 0.0


@given(
    kind=st.integers(0, 5),
    e=st.floats(-9e3, 9e3),
    n=st.floats(-9e3, 9e3),
    u=st.floats(20.0, 3e3),
)
@settings(max_examples=100, deadline=None)
def test_the_simulator_draws_by_the_trackers_formula(
    kind: int, e: float, n: float, u: float
) -> None:
    """A true thing with the nominal signature is as likely seen as the tracker thinks."""
    pd = KINDS[kind]
    x = np.array([[e, n, u, 30.0, -20.0, 1.0]])
    out = np.empty((1, 6))
    survey(kind, pd, ALL, np.zeros(0, np.float32), np.zeros(3), np.eye(3), pd[7:], x, out)
    r, az, el, rdot, got, _ = out[0]
    assert got == look_probability(kind, pd, ALL, r, az, el, rdot, u)
    assert r == pytest.approx(math.sqrt(e * e + n * n + u * u))
    assert (r * math.cos(el) * math.sin(az), r * math.sin(el)) == pytest.approx((e, u), abs=1e-6)
    assert rdot == pytest.approx((30.0 * e - 20.0 * n + u) / r)


def test_clutter_density_integrates_to_the_clutter() -> None:
    """Density times the volume of the measured columns is the mean number."""
    nan = np.nan
    look = np.array([100.0, 8_100.0, 1.0, 0.5, -0.1, 0.4])
    full = clutter_density(30.0, look, 50.0, np.array([5.0, 0.01, 0.01, 1.0, nan, nan]), 0)
    assert full * 8_000.0 * 0.5 * 0.5 * 100.0 == pytest.approx(30.0)
    bearing = clutter_density(2.0, look, 50.0, np.array([nan, 0.01, nan, nan, nan, nan]), 0)
    assert bearing * 0.5 == pytest.approx(2.0)
    everything = np.array([0.0, 1000.0, 0.0, 7.0, -np.pi / 2, np.pi / 2])
    ball = clutter_density(1.0, everything, 0.0, np.array([5.0, 5.0, 5.0, nan, nan, nan]), 1)
    assert ball * 4.0 / 3.0 * np.pi * 1e9 == pytest.approx(1.0)


def test_flat_probability_knows_nothing_else() -> None:
    """Model 0 is column 1 wherever the sensor looks, for the tracker, of every kind."""
    flat = np.array([0, 0.7, 0, 0, 0, 0, 0, 0.0])
    for kind in SensorKind:
        assert p(int(kind), flat, 19_000.0, 0.0, -500.0) == 0.7
