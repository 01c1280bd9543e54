"""What the simulator draws: statistics of noise, misses, clutter and cross-sections."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from bartizan.sensing import Dice, Signatures, draw, identity_key, look_probability
from bartizan.sensing.draw import roll
from bartizan.types import F64, Frame, ObjectClass, Scan, SensorKind, Sensors

NAN = np.nan
KIND = [SensorKind.RADAR, SensorKind.CAMERA, SensorKind.DIRECTION_FINDER, SensorKind.ADSB]


def sensors(clutter: float = 0.0, radar_pd: list[float] | None = None) -> Sensors:
    """A radar, a camera, a direction finder and an ADS-B receiver at one place."""
    sd = [
        [8.0, 0.01, 0.012, 0.5, NAN, NAN],
        [NAN, 0.001, 0.002, NAN, NAN, NAN],
        [NAN, 0.04, NAN, NAN, NAN, NAN],
        [10.0, 10.0, 15.0, 1.0, 1.0, 1.0],
    ]
    pd = [
        radar_pd or [1, 1.0, 75.0, 1e-6, 20.0, 0.0, 10.0, -10.0],
        [1, 1.0, 1e-4, 2.0, 20_000.0, 0.3, 0.03, 2.0],
        [0, 1.0, 0, 0, 0, 0, 0, 1.0],
        [0, 1.0, 0, 0, 0, 0, 0, 1.0],
    ]
    return Sensors(
        kind=np.array(KIND, dtype=np.int64),
        pos=np.tile([100.0, -50.0, 10.0], (4, 1)),
        rot=np.tile(np.eye(3), (4, 1, 1)),
        sd=np.array(sd),
        look=np.tile([50.0, 10_000.0, 0.0, 2.0 * np.pi, -0.1, 1.0], (4, 1)),
        pd=np.array(pd, dtype=np.float64),
        clutter=np.full(4, clutter),
        doppler_max=np.array([60.0, 0.0, 0.0, 0.0]),
        period_s=np.ones(4),
        bias=np.zeros((4, 3)),
    )


def things(n: int, **other: object) -> Signatures:
    """n equal multirotors without radio or cooperative reports."""
    fields: dict[str, object] = {
        "rcs_dbsm": np.full(n, -10.0),
        "size_m": np.full(n, 2.0),
        "level_db": np.full(n, 90.0),
        "emits": np.zeros(n),
        "rotor": np.zeros(n, dtype=bool),
        "cls": np.full(n, int(ObjectClass.MULTIROTOR), dtype=np.int64),
        "reports": np.full(n, -1, dtype=np.int64),
        "identity": np.zeros(n, dtype=np.int64),
        "names": ("",) * n,
    }
    fields.update(other)
    return Signatures(**fields)  # type: ignore[arg-type]


def at(n: int, r: float, az: float = 0.3, u: float = 300.0) -> F64:
    """n things at one place, flying away at 40 m/s."""
    d = np.array([r * math.sin(az), r * math.cos(az), u, 40 * math.sin(az), 40 * math.cos(az), 0])
    d[:3] += [100.0, -50.0, 10.0]
    return np.tile(d, (n, 1))


def look(row: int, x: F64, s: Signatures, seed: int = 1, clutter: float = 0.0) -> Scan:
    """One look of sensor `row`."""
    own = sensors(clutter)
    return draw(own, row, 1000, x, s, roll(np.random.default_rng(seed), len(x), clutter))


def test_noise_has_the_stated_spread_and_no_bias() -> None:
    """Each column's mean and variance inside 99.9 % bounds over 4,000 plots."""
    n = 4000
    scan = look(0, at(n, 1_500.0), things(n, rcs_dbsm=np.full(n, 30.0)))
    r = math.hypot(1_500.0, 300.0)
    true = [r, 0.3, math.atan2(300.0, 1_500.0), 40.0 * 1_500.0 / r]
    m = len(scan.z)
    for k in range(4):
        off = (scan.z[:, k] - true[k]) / scan.sd[0, k]
        assert abs(off.mean()) < 3.29 / math.sqrt(m)
        low, high = stats.chi2.ppf([0.0005, 0.9995], m - 1) / (m - 1)
        assert low < off.var(ddof=1) < high
    assert np.isnan(scan.z[:, 4:]).all()


@pytest.mark.parametrize("r", [1_500.0, 3_000.0, 4_500.0])
def test_misses_are_as_likely_as_the_formula_says(r: float) -> None:
    """The share of 5,000 things seen against look_probability, exact binomial at 99.9 %."""
    n, own = 5000, sensors()
    scan = look(0, at(n, r), things(n))
    slant = math.hypot(r, 300.0)
    p = look_probability(
        0, own.pd[0], own.look[0], slant, 0.3, math.atan2(300.0, r), 40.0 * r / slant, 310.0
    )
    low, high = stats.binom.ppf([0.0005, 0.9995], n, p)
    assert low <= len(scan.z) <= high


def test_clutter_is_poisson_and_uniform_in_polar_space() -> None:
    """Mean and variance of the count; Kolmogorov-Smirnov on every measured column."""
    scans = [look(0, np.zeros((0, 6)), things(0), seed, 20.0) for seed in range(400)]
    count = np.array([len(s.z) for s in scans])
    assert abs(count.mean() - 20.0) < 3.29 * math.sqrt(20.0 / 400)
    low, high = stats.chi2.ppf([0.0005, 0.9995], 399) / 399
    assert low < count.var(ddof=1) / 20.0 < high
    z = np.concatenate([s.z for s in scans])
    spans = [(50.0, 9_950.0), (-np.pi, 2 * np.pi), (-0.1, 1.1), (-60.0, 120.0)]
    for k, span in enumerate(spans):
        assert stats.kstest(z[:, k], "uniform", span).pvalue > 1e-3


def test_cross_sections_of_what_was_detected_by_monte_carlo() -> None:
    """Complex Gaussian echo plus noise, kept over the threshold, read back as dBsm."""
    n, r = 20_000, 3_500.0
    scan = look(0, at(n, r), things(n))
    slant = math.hypot(r, 300.0)
    reference = 75.0 - 20.0 - 40.0 * math.log10(slant / 1000.0)
    rng = np.random.default_rng(8)
    snr = 10.0 ** ((reference - 10.0) / 10.0)
    echo = rng.standard_normal((2, n)) + 1j * rng.standard_normal((2, n))
    power = np.abs(math.sqrt(snr) * echo[0] + echo[1]) ** 2 / 2.0
    kept = power[power > -math.log(1e-6)]
    expected = 10.0 * np.log10(kept - 1.0) - reference
    measured = scan.rcs_dbsm + 40.0 * np.log10(slant * 1.0 / scan.z[:, 0])
    assert stats.ks_2samp(measured, expected).pvalue > 1e-3


def test_clutter_has_a_cross_section_just_over_the_threshold() -> None:
    """Noise over the threshold looks larger the farther away: 40 dB a decade of range."""
    scans = [look(0, np.zeros((0, 6)), things(0), seed, 50.0) for seed in range(40)]
    z, rcs = np.concatenate([s.z for s in scans]), np.concatenate([s.rcs_dbsm for s in scans])
    slope, intercept = np.polyfit(np.log10(z[:, 0] / 1000.0), rcs, 1)
    least = 10.0 * math.log10(-math.log(1e-6) - 1.0) - 55.0
    assert slope == pytest.approx(40.0, abs=0.5)
    assert least < intercept < least + 1.0


def test_rows_are_in_no_order_and_azimuth_wraps() -> None:
    """Real plots stand at every place of the scan; azimuth stays inside -pi..pi."""
    place = []
    for seed in range(200):
        scan = look(0, at(1, 1_500.0), things(1), seed, 9.0)
        place += (np.flatnonzero(np.abs(scan.z[:, 1] - 0.3) < 0.04) / len(scan.z)).tolist()
    assert 0.4 < float(np.mean(place)) < 0.55
    west = look(0, at(500, 1_500.0, np.pi), things(500))
    assert (np.abs(west.z[:, 1]) <= np.pi).all()
    assert (west.z[:, 1] > 0).any() and (west.z[:, 1] < 0).any()


def test_a_scan_holds_no_truth() -> None:
    """Nothing in the scan tells which row of the truth a plot came from."""
    n = 50
    scan = look(0, at(n, 1_500.0), things(n), clutter=5.0)
    assert (scan.identity == 0).all() and (scan.number == -1).all() and scan.names == ()
    assert set(scan._fields) == set(Scan._fields)


def test_only_emitters_are_heard_by_the_direction_finder() -> None:
    """Absence of radio is absence of bearings; elevation and range stay unmeasured."""
    n = 40
    emits = (np.arange(n) < 15).astype(float)
    scan = look(2, at(n, 3_000.0), things(n, emits=emits))
    assert len(scan.z) == 15
    assert np.isnan(scan.z[:, [0, 2, 3, 4, 5]]).all()


def test_cooperative_reports_carry_identity_in_site_axes() -> None:
    """ADS-B: only its users, CARTESIAN in site ENU, names for the identities in the scan."""
    n = 6
    reports = np.where(np.arange(n) < 2, int(SensorKind.ADSB), int(SensorKind.REMOTE_ID))
    names = tuple(f"TST{i}" for i in range(n))
    keys = np.array([identity_key(t) for t in names])
    x = at(n, 4_000.0)
    scan = look(3, x, things(n, reports=reports, identity=keys, names=names))
    assert scan.frame == Frame.CARTESIAN
    assert sorted(scan.names) == sorted(
        [(identity_key("TST0"), "TST0"), (identity_key("TST1"), "TST1")]
    )
    assert set(scan.identity.tolist()) == {identity_key("TST0"), identity_key("TST1")}
    assert (np.abs(scan.z - x[:2]) < 5.0 * scan.sd).all()


def test_micro_doppler_and_recognition_say_what_they_saw() -> None:
    """Close by, blades are flagged and birds are not; a camera is right as often as it states."""
    n = 2000
    near = at(n, 800.0)
    blades = look(0, near, things(n, rotor=np.ones(n, dtype=bool)))
    assert (blades.rotor == 1).mean() > 0.8
    bird = look(0, near, things(n))
    assert (bird.rotor == 1).mean() < 0.05 and (bird.rotor == 0).mean() > 0.8
    seen = look(1, near, things(n))
    said = seen.declared > 0
    assert said.mean() > 0.9
    right = (seen.declared[said] == ObjectClass.MULTIROTOR).mean()
    assert right == pytest.approx(float(seen.confidence[said][0]), abs=0.03)


def test_bias_is_added_and_more_things_do_not_change_the_others() -> None:
    """A sensor's bias moves its plots; a thing's dice are its own."""
    own = sensors()
    biased = own._replace(bias=np.tile([30.0, 0.02, 0.0], (4, 1)))
    dice = roll(np.random.default_rng(4), 3, 0.0)
    x = at(3, 1_500.0)
    plain = draw(own, 0, 0, x, things(3), dice)
    moved = draw(biased, 0, 0, x, things(3), dice)
    np.testing.assert_allclose(moved.z - plain.z, np.tile([30.0, 0.02, 0, 0, NAN, NAN], (3, 1)),
                               atol=1e-9)  # fmt: skip
    fewer = draw(own, 0, 0, x[:2], things(2), Dice(dice.things[:2], dice.clutter))
    assert {tuple(z[:4]) for z in fewer.z} < {tuple(z[:4]) for z in plain.z}


def test_identity_keys_are_stable_and_positive() -> None:
    """The key of a text is part of the journal: it must never change."""
    assert identity_key("TST123") == identity_key("TST123") > 0
    assert identity_key("") > 0 and identity_key("A") != identity_key("B")
    assert identity_key("FRIEND-1") < 2**63
