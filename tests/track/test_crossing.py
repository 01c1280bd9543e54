"""Tracks from angles alone: against quadrature, enumeration and chi-square bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import chi2

from bartizan import track
from bartizan.track import birth, crossing
from bartizan.track.state import HITS, LABEL, SENSORS
from bartizan.types import F64, SensorKind, Sensors, Tracks
from track import made

NAN = np.nan
PARAMS = track.default_params()
# One mode, so that simulated flights can be drawn from the tracker's own model.
ONE = PARAMS._replace(
    motion=np.array([[1.0, 1.0, 0.0, 0.0, 0.0, 1.0]]),
    seed_mode=0,
    speed_sd_mps=15.0,
    climb_sd_mps=3.0,
)


def eyes(
    kind: SensorKind, pos: list[list[float]], sd: tuple[float, float], reach: float = 3000.0,
    pd: float = 0.9, clutter: float = 0.5,
) -> Sensors:  # fmt: skip
    """Like sensors of angles alone that look all round, from -0.1 to 1.5 rad of elevation."""
    n = len(pos)
    noise = np.full((n, 6), NAN)
    noise[:, 1:3] = sd
    return Sensors(
        np.full(n, int(kind)), np.array(pos, dtype=float), np.tile(np.eye(3), (n, 1, 1)), noise,
        np.tile([0.0, reach, 0.0, 2 * np.pi, -0.1, 1.5], (n, 1)),
        np.tile([0.0, pd, 0, 0, 0, 0, 0, 1.0], (n, 1)), np.full(n, clutter), np.zeros(n),
        np.ones(n), np.zeros((n, 3)),
    )  # fmt: skip


def two_cameras(**other: float) -> Sensors:
    return eyes(SensorKind.CAMERA, [[-400, 0, 5], [400, 0, 5]], (0.002, 0.002), **other)


def angles(sensors: Sensors, s: int, x: F64, rng: np.random.Generator | None = None) -> F64:
    """Detections (k, 6) of x (k, 6): angles alone, exact without rng."""
    z = made.seen(sensors, s, x, rng or np.random.default_rng(0))
    if rng is None:
        d = x[:, :3] - sensors.pos[s]
        z[:, 1] = np.arctan2(d[:, 0], d[:, 1])
        z[:, 2] = np.arcsin(d[:, 2] / np.linalg.norm(d, axis=1))
    z[:, [0, 3]] = NAN
    z[:, np.isnan(sensors.sd[s])] = NAN
    return z


def false_ones(sensors: Sensors, s: int, rng: np.random.Generator) -> F64:
    m = rng.poisson(sensors.clutter[s])
    z = np.full((m, 6), NAN)
    z[:, 1], z[:, 2] = rng.uniform(-np.pi, np.pi, m), rng.uniform(-0.1, 1.5, m)
    z[:, np.isnan(sensors.sd[s])] = NAN
    return z


def meeting(sensors: Sensors, z: F64, lag: tuple[float, float], height: float = 350.0):
    """A crossing of z (2, 2) by the tracker's own lines -> log c, x, P."""
    table = track.start(sensors, PARAMS).table
    sd = sensors.sd[:2, 1:3].copy()
    x, P = np.empty(6), np.empty((6, 6))
    assert crossing.nearest(table[0], table[1], z, sd, np.array(lag), 15.0, height, 20.0, x)
    c = crossing.meet(
        table[0], table[1], z, sd, np.array(lag), 15.0, 3.0, height, 20.0, x, P
    )  # fmt: skip
    return c, x, P


def test_a_crossing_is_the_integral_of_both_likelihoods() -> None:
    """Place, covariance and weight against brute force on a grid about the crossing."""
    sensors = two_cameras()
    true = np.array([[150.0, 900.0, 160.0, 0, 0, 0]])
    rng = np.random.default_rng(4)
    z = np.array([angles(sensors, s, true, rng)[0, 1:3] for s in (0, 1)])
    c, x, P = meeting(sensors, z, (0.0, 0.0))
    L = np.linalg.cholesky(P[:3, :3])
    axis = np.linspace(-5.5, 5.5, 67)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    points = x[:3] + grid @ L.T
    density = np.ones(len(points))
    for s in (0, 1):
        d = points - sensors.pos[s]
        az, el = np.arctan2(d[:, 0], d[:, 1]), np.arcsin(d[:, 2] / np.linalg.norm(d, axis=1))
        for value, got, sd in ((az, z[s, 0], 0.002), (el, z[s, 1], 0.002)):
            density *= np.exp(-0.5 * ((value - got) / sd) ** 2) / (sd * np.sqrt(2 * np.pi))
    whole = density.sum() * (axis[1] - axis[0]) ** 3 * np.linalg.det(L)
    mean = density @ points / density.sum()
    cov = (points - mean).T @ ((points - mean) * density[:, None]) / density.sum()
    assert np.exp(c) == pytest.approx(whole, rel=0.01)
    assert np.allclose(x[:3], mean, atol=0.05 * np.sqrt(np.diag(P)[:3]))
    assert np.allclose(P[:3, :3], cov, atol=0.02 * np.trace(cov))


def test_an_older_bearing_counts_for_what_may_have_moved_since() -> None:
    """The weight of place and velocity: by Monte Carlo over the velocity's prior."""
    sensors = two_cameras()
    z = np.array([angles(sensors, s, np.array([[0, 900.0, 160, 0, 0, 0]]))[0, 1:3] for s in (0, 1)])
    z[0, 0] += 0.004
    c, _, P = meeting(sensors, z, (0.4, 0.0))
    still, _, P0 = meeting(sensors, z, (0.0, 0.0))
    assert P[0, 0] > P0[0, 0]
    rng = np.random.default_rng(1)
    total = []
    for v in rng.normal(0.0, [15.0, 15.0, 3.0], (3000, 3)):
        moved = sensors._replace(pos=sensors.pos + np.array([0.4 * v, [0, 0, 0]]))
        # seen from a camera that moved with it the thing stands still
        total.append(_weight(moved, z))
    assert np.exp(c) == pytest.approx(np.mean(total), rel=0.06)
    assert c != still


def _weight(sensors: Sensors, z: F64) -> float:
    """The integral of both likelihoods over place, linear about the rays' nearest point."""
    a, b = (np.array([np.cos(e) * np.sin(k), np.cos(e) * np.cos(k), np.sin(e)]) for k, e in z)
    p, q = sensors.pos[:2]
    r = np.linalg.lstsq(np.stack([a, -b], 1), q - p, rcond=None)[0]
    x = 0.5 * (p + r[0] * a + q + r[1] * b)
    rows, off = [], []
    for s in (0, 1):
        d = x - sensors.pos[s]
        g = np.hypot(d[0], d[1])
        r2 = d @ d
        rows += [[d[1] / g**2, -d[0] / g**2, 0.0],
                 [-d[0] * d[2] / (g * r2), -d[1] * d[2] / (g * r2), g / r2]]  # fmt: skip
        off += [z[s, 0] - np.arctan2(d[0], d[1]), z[s, 1] - np.arcsin(d[2] / np.sqrt(r2))]
    A, y = np.array(rows) / 0.002, np.array(off) / 0.002
    step = np.linalg.lstsq(A, y, rcond=None)[0]
    left = y - A @ step
    det = np.linalg.det(A.T @ A)
    return float(np.exp(-0.5 * left @ left) * (2 * np.pi) ** -0.5 / np.sqrt(det) / 0.002**4)


def test_two_azimuths_cross_on_the_ground() -> None:
    """Height is the undetected's mean with that as its sigma; the weight is the Jacobian's."""
    sensors = eyes(SensorKind.DIRECTION_FINDER, [[-400, 0, 5], [400, 0, 5]], (0.02, NAN))
    z = np.array([[np.arctan2(550.0, 900.0), NAN], [np.arctan2(-250.0, 900.0), NAN]])
    c, x, P = meeting(sensors, z, (0.0, 0.0))
    assert np.allclose(x[:3], [150.0, 900.0, 350.0], atol=1e-6)
    assert P[2, 2] == pytest.approx(350.0**2)
    # |d(az1, az2) / d(e, n)|: for two bearings sin(angle between) / (r1 r2)
    r1, r2 = np.hypot(550.0, 900.0), np.hypot(250.0, 900.0)
    assert np.exp(c) == pytest.approx(r1 * r2 / abs(np.sin(z[0, 0] - z[1, 0])), rel=1e-6)


@pytest.mark.parametrize(
    "z",
    [
        [[-0.3, 0.1], [0.3, 0.1]],  # behind both
        [[0.1, 0.1], [0.1, 0.1]],  # side by side
        [[0.4, 0.1], [-0.4, 0.5]],  # one over the other
        [[0.0001, 0.02], [-0.0001, 0.02]],  # beyond both reaches
    ],
)
def test_what_does_not_cross(z: list[list[float]]) -> None:
    sensors = two_cameras()
    table = track.start(sensors, PARAMS).table
    got = crossing.nearest(
        table[0], table[1], np.array(z), sensors.sd[:, 1:3].copy(), np.zeros(2), 15.0, 350.0, 20.0,
        np.empty(6),
    )  # fmt: skip
    assert not got


def test_a_flat_crossing_waits() -> None:
    """From two cameras 8 m apart a thing at 900 m has a 1-sigma of range over 0.3: no row."""
    sensors = eyes(SensorKind.CAMERA, [[-4, 0, 5], [4, 0, 5]], (0.002, 0.002))
    x = np.array([[0.0, 900.0, 160.0, 0, 0, 0]])
    state = track.start(sensors, PARAMS)
    for s in (0, 1):
        state, _, _ = track.step(
            state, made.scan_of(sensors, s, 0.0, angles(sensors, s, x)), PARAMS
        )
    assert len(state.r) == 0
    assert len(state.bearings) == 2


@pytest.mark.parametrize("el", [0.15, NAN])
def test_the_intensity_along_a_bearing_is_its_integral(el: float) -> None:
    sensors = two_cameras()
    table = track.start(sensors, PARAMS).table
    field = np.full(18 * 12, 2e-7)
    got = birth.along(table[0], 0.3, el, 0.002, field, 400.0, 350.0)

    def integrand(r: float) -> float:
        if np.isnan(el):
            return 2e-7 * 0.9 * r * np.cos(np.arcsin(min(345.0 / max(r, 1), 0.9)))
        u = 5.0 + r * np.sin(el)
        return 2e-7 * 0.9 * r * r * np.cos(el) * np.exp(-u / 350.0) / 350.0

    assert got == pytest.approx(quad(integrand, 0.0, 3000.0, limit=200)[0], rel=0.01)


def test_existence_is_the_share_of_the_hypothesis_that_both_are_of_one() -> None:
    """Two looks, one detection each: b12 / (b12 + rho1 rho2) with the field's own numbers."""
    sensors = two_cameras()
    x = np.array([[150.0, 900.0, 160.0, 0, 0, 0]])
    state = track.start(sensors, PARAMS)
    field = state.undetected.copy()
    rho = []
    density = 0.5 / (2 * np.pi * 1.6)  # clutter a look over azimuth and elevation
    for s in (0, 1):
        z = angles(sensors, s, x)
        b = birth.along(
            state.table[s], z[0, 1], z[0, 2], 0.002, state.undetected, 400.0, 350.0
        )  # fmt: skip
        rho.append(b + density)
        state, tracks, _ = track.step(state, made.scan_of(sensors, s, 0.0, z), PARAMS)
        assert len(tracks.label) == 0
    _, _, P = meeting(sensors, np.array([angles(sensors, s, x)[0, 1:3] for s in (0, 1)]), (0, 0))
    # Laplace by hand: D h Pd^2 sqrt(2 pi |P|) / (sd^4 2 pi)
    d = field[birth.cell(150.0, 900.0, 400.0)]
    h = np.exp(-160.0 / 350.0) / 350.0
    b12 = d * h * 0.81 * np.sqrt(np.linalg.det(P[:3, :3]) / (2 * np.pi)) / 0.002**4
    odds = b12 / (rho[0] * rho[1])
    assert state.r.tolist() == pytest.approx([odds / (1 + odds)], rel=0.02)
    assert state.ids[0, SENSORS] == 3
    assert state.ids[0, HITS] == 1
    assert state.ids[0, LABEL] == 0


def test_two_things_share_their_four_crossings_until_a_third_look_decides() -> None:
    pos = [[-400.0, 0.0, 5.0], [400.0, 0.0, 5.0], [0.0, 1600.0, 5.0]]
    sensors = eyes(SensorKind.CAMERA, pos, (0.002, 0.002), clutter=0.01)
    # At the cameras' own height: all four crossings meet.
    x = np.array([[-100.0, 800.0, 5.0, 0, 0, 0], [100.0, 800.0, 5.0, 0, 0, 0]])
    state = track.start(sensors, PARAMS)
    for s in (0, 1):
        state, tracks, _ = track.step(
            state, made.scan_of(sensors, s, 0.0, angles(sensors, s, x)), PARAMS
        )  # fmt: skip
    assert len(tracks.label) == 0
    assert len(state.r) == 4
    assert state.r.sum() <= 2.0 + 1e-9
    assert state.r.max() < 0.75
    state, tracks, _ = track.step(
        state, made.scan_of(sensors, 2, 0.0, angles(sensors, 2, x)), PARAMS
    )  # fmt: skip
    for t in (0.2, 0.4):
        for s in range(3):
            state, tracks, _ = track.step(
                state, made.scan_of(sensors, s, t, angles(sensors, s, x)), PARAMS
            )  # fmt: skip
    assert len(tracks.label) == 2
    assert np.allclose(np.sort(tracks.x[:, 0]), [-100.0, 100.0], atol=3.0)
    assert np.allclose(tracks.x[:, 1], 800.0, atol=3.0)


def flown(
    sensors: Sensors, seed: int, steps: int, dt: float, mean: F64, spread: F64,
    blind: Callable[[int, int], bool] = lambda k, s: False,
) -> list[tuple[int, F64, Tracks]]:  # fmt: skip
    """One flight drawn from the tracker's own model, with misses and clutter."""
    rng = np.random.default_rng(seed)
    x = mean + spread * rng.standard_normal(6)
    F = np.eye(6)
    F[:3, 3:] = dt * np.eye(3)
    L = np.linalg.cholesky(np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]]))
    state = track.start(sensors, ONE)
    out = []
    for k in range(steps):
        w = L @ rng.standard_normal((2, 3))
        x = F @ x + np.concatenate([w[0], w[1]])
        for s in range(len(sensors.kind)):
            z = angles(sensors, s, x[None], rng)[rng.random(1) < sensors.pd[s, 1]]
            scan = made.scan_of(sensors, s, k * dt, np.vstack([z, false_ones(sensors, s, rng)]))
            if blind(k, s):
                scan = made.scan_of(sensors, s, k * dt, np.empty((0, 6)))
                scan.look[3] = 0.0
            state, tracks, _ = track.step(state, scan, ONE)
        out.append((k, x.copy(), tracks))
    return out


CAMERAS = (two_cameras(), 0.2, [0, 900, 150, 0, 0, 0], [200, 200, 40, 12, 12, 2])
ARRAYS = (
    eyes(SensorKind.ACOUSTIC, [[-300, 0, 5], [300, 0, 5], [0, 400, 5]], (0.04, 0.04), 1500.0),
    1.0, [0, 500, 120, 0, 0, 0], [150, 150, 30, 12, 12, 2],
)  # fmt: skip


@pytest.mark.parametrize(
    ("case", "blind"),
    [(CAMERAS, None), (CAMERAS, 20), (ARRAYS, None)],
    ids=["two cameras", "one goes blind after 4 s", "three acoustic arrays"],
)
def test_errors_stay_inside_what_the_tracks_claim(case: tuple, blind: int | None) -> None:
    """NEES over flights drawn from the model: inside its chi-square bounds at every age.

    Errors along one flight are correlated: bounds by the number of flights.  The third
    case has the range of a single camera grow for 8 s: it must know that it grows.
    """
    sensors, dt, mean, spread = case
    runs = 30
    nees = np.full((runs, 60), NAN)
    for seed in range(runs):
        flight = flown(
            sensors, seed, 60, dt, np.array(mean, float), np.array(spread, float),
            lambda k, s: blind is not None and s == 1 and k >= blind,
        )  # fmt: skip
        for k, x, tracks in flight:
            if len(tracks.label):
                i = int(np.argmin(np.linalg.norm(tracks.x[:, :3] - x[:3], axis=1)))
                e = x - tracks.x[i]
                nees[seed, k] = e @ np.linalg.solve(tracks.P[i], e)
    assert np.isfinite(nees[:, 5:]).mean() > 0.98
    low, high = chi2.ppf([0.005, 0.995], 6 * runs) / runs
    for first, last in ((5, 15), (15, 30), (30, 45), (45, 60)):
        assert low < np.nanmean(nees[:, first:last]) < high, (first, last)


def test_clutter_alone_confirms_next_to_nothing() -> None:
    """Three cameras, 5 false alarms a look each, ten minutes at a look a second."""
    rng = np.random.default_rng(3)
    sensors = eyes(
        SensorKind.CAMERA, [[-400, 0, 5], [400, 0, 5], [0, 500, 5]], (0.002, 0.002), clutter=5.0
    )
    state = track.start(sensors, PARAMS)
    shown = 0
    for t in range(600):
        for s in range(3):
            z = false_ones(sensors, s, rng)
            state, tracks, _ = track.step(state, made.scan_of(sensors, s, float(t), z), PARAMS)
        shown += len(tracks.label)
    assert shown / 600 < 0.05
    assert len(state.bearings) <= 3 * crossing.PER_SENSOR


def test_labels_are_never_used_twice_and_inputs_stay_untouched() -> None:
    rng = np.random.default_rng(5)
    sensors = eyes(
        SensorKind.CAMERA, [[-400, 0, 5], [400, 0, 5], [0, 500, 5]], (0.002, 0.002), clutter=3.0
    )
    x = np.zeros((6, 6))
    x[:, 0], x[:, 1], x[:, 2] = rng.uniform(-800, 800, 6), rng.uniform(300, 1500, 6), 120.0
    x[:, 3:5] = rng.normal(0, 20, (6, 2))
    state = track.start(sensors, PARAMS)
    ended: set[int] = set()
    before: set[int] = set()
    for t in range(40):
        x[:, :3] += 0.5 * x[:, 3:]
        for s in range(3):
            z = angles(sensors, s, x, rng)[rng.random(6) < 0.6]
            z = np.vstack([z, false_ones(sensors, s, rng)])
            old = [np.array(a) for a in state]
            after, _, _ = track.step(state, made.scan_of(sensors, s, 0.5 * t, z), PARAMS)
            assert all(np.array_equal(a, b) for a, b in zip(old, state, strict=True))
            state = after
            now = set(state.ids[state.ids[:, LABEL] > 0, LABEL].tolist())
            assert not now & ended
            ended |= before - now
            before = now
    assert len(before) >= 4


def test_a_radar_keeps_no_bearings() -> None:
    rng = np.random.default_rng(6)
    sensors = made.radar()
    state = track.start(sensors, PARAMS)
    x0 = np.array([[1500.0, 4000.0, 200.0, -10.0, -30.0, 0.0]])
    for scan, _ in made.run_line(sensors, x0, 5, rng):
        state, _, _ = track.step(state, scan, PARAMS)
    assert state.bearings.shape == (0, 8)
