"""The filter's update and prediction against Stone Soup, NumPy, and chi-square bounds."""

from __future__ import annotations

import datetime
import warnings

import numpy as np
import pytest
from scipy.stats import chi2

from bartizan.track import measure, motion
from bartizan.track.state import default_params

NAN = np.nan
POS, ROT = np.array([100.0, -50.0, 8.0]), np.eye(3)


def updated(x, P, z, sd, unscented: bool = False, beta: float = 1.0):
    """One mode updated by one detection -> x, P, log-likelihood."""
    x, P = x.copy(), P.copy()
    use, h, H, out = np.empty(6, np.int64), np.empty(6), np.zeros((6, 6)), np.empty((20, 7))
    k = measure.measured(z, use)
    if unscented:
        S, G = np.empty((6, 6)), np.empty((6, 6))
        assert measure.unscented(x, P, POS, ROT, 0.0, H, h, S, G)
        measure.compare(h, S, 0, z, sd, use, k, out)
        out[measure.G0 : measure.G0 + 6, :k] = G[:, use[:k]]
    else:
        measure.predicted_measurement(x, POS, ROT, 0, 0.0, h, H)
        measure.innovate(P, h, H, 0, z, sd, use, k, out)
    log_l, d2 = measure.log_likelihood(out, k)
    measure.update(x, P, out, k, beta)
    return x, P, log_l, d2


def case(seed: int):
    rng = np.random.default_rng(seed)
    x = np.array([*rng.uniform(800, 4000, 2), rng.uniform(50, 400), *rng.normal(0, 20, 3)])
    A = rng.normal(size=(6, 6)) * np.array([20, 20, 20, 5, 5, 2])[:, None]
    P = A @ A.T + np.eye(6)
    d = x[:3] + rng.normal(0, 15, 3) - POS
    r = np.linalg.norm(d)
    z = np.array([r, np.arctan2(d[0], d[1]), np.arcsin(d[2] / r), NAN, NAN, NAN])
    return x, P, z, np.array([10.0, 0.01, 0.012, 1.0, NAN, NAN])


@pytest.mark.parametrize("beta", [0.02, 0.6, 1.0])
def test_an_uncertain_update_is_the_matched_mixture_of_taken_and_missed(beta: float) -> None:
    x, P, z, sd = case(3)
    x1, P1, _, _ = updated(x, P, z, sd)
    x2, P2, _, _ = updated(x, P, z, sd, beta=beta)
    mean = beta * x1 + (1 - beta) * x
    cov = sum(
        w * (C + np.outer(m - mean, m - mean)) for w, m, C in ((beta, x1, P1), (1 - beta, x, P))
    )
    np.testing.assert_allclose(x2, mean, rtol=1e-12)
    np.testing.assert_allclose(P2, cov, rtol=1e-9, atol=1e-9)


def test_the_spread_that_a_scan_shares_is_the_innovations() -> None:
    x, P, z, sd = case(5)
    z[3] = 3.0
    use, h, H, out = np.empty(6, np.int64), np.empty(6), np.zeros((6, 6)), np.empty((20, 7))
    k = measure.measured(z, use)
    measure.predicted_measurement(x, POS, ROT, 0, 0.0, h, H)
    measure.innovate(P, h, H, 0, z, sd, use, k, out)
    S, quick = np.empty((6, 6)), np.zeros((20, 7))
    measure.spread_of(P, H, S)
    measure.compare(h, S, 0, z, sd, use, k, quick)
    np.testing.assert_allclose(S[:4, :4], H[:4] @ P @ H[:4].T, rtol=1e-9)
    np.testing.assert_allclose(np.tril(quick[:4, :4]), np.tril(out[:4, :4]), rtol=1e-9)
    np.testing.assert_array_equal(quick[:4, 6], out[:4, 6])


@pytest.mark.parametrize("seed", range(10))
def test_ekf_update_equals_stone_soups(seed: int) -> None:
    warnings.simplefilter("ignore")
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.types.array import CovarianceMatrix, StateVector
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.prediction import GaussianStatePrediction
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

    x, P, z, sd = case(seed)
    order = [0, 3, 1, 4, 2, 5]  # theirs interleaves place and velocity
    model = CartesianToElevationBearingRange(
        ndim_state=6, mapping=(0, 2, 4), translation_offset=StateVector(POS[:, None]),
        noise_covar=CovarianceMatrix(np.diag([sd[2] ** 2, sd[1] ** 2, sd[0] ** 2])),
    )  # fmt: skip
    when = datetime.datetime(2022, 1, 4)
    prior = GaussianStatePrediction(
        StateVector(x[order][:, None]), CovarianceMatrix(P[np.ix_(order, order)]), timestamp=when
    )
    # Their bearing runs counter-clockwise from east, ours clockwise from north.
    seen = Detection(StateVector([[z[2]], [np.pi / 2 - z[1]], [z[0]]]), timestamp=when,
                     measurement_model=model)  # fmt: skip
    theirs = ExtendedKalmanUpdater(model).update(SingleHypothesis(prior, seen))
    ours, P2, _, _ = updated(x, P, z, sd)
    back = np.argsort(order)
    assert np.allclose(
        np.asarray(theirs.state_vector, float).ravel()[back], ours, rtol=1e-5, atol=1e-3
    )
    assert np.allclose(np.asarray(theirs.covar)[np.ix_(back, back)], P2, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_unscented_meets_the_ekf_where_the_world_is_flat(seed: int) -> None:
    x, P, z, sd = case(seed)
    small = P * 1e-4
    a, b = updated(x, small, z, sd), updated(x, small, z, sd, unscented=True)
    assert np.allclose(a[0], b[0], atol=1e-3)
    assert np.allclose(a[1], b[1], atol=1e-3)


def test_covariance_stays_symmetric_and_positive() -> None:
    for seed in range(20):
        x, P, z, sd = case(seed)
        for unscented in (False, True):
            _, P2, _, _ = updated(x, P, z, sd, unscented)
            assert np.array_equal(P2, P2.T)
            assert np.linalg.eigvalsh(P2).min() > 0


def test_prediction_equals_the_matrix_form() -> None:
    """Constant velocity by F P F' + Q; a turn by the published matrix."""
    rng = np.random.default_rng(0)
    A = rng.normal(size=(6, 6))
    x, P = rng.normal(size=6), A @ A.T
    dt = 0.7
    T = motion.transition(default_params().motion, dt)
    q = default_params().motion
    for m in range(len(q)):
        w = q[m, 2]
        F = np.eye(6)
        if w == 0.0:
            F[:3, 3:] = dt * np.eye(3)
        else:
            s, c = np.sin(w * dt), np.cos(w * dt)
            F[:2, 3:5] = np.array([[s, -(1 - c)], [1 - c, s]]) / w
            F[3:5, 3:5] = [[c, -s], [s, c]]
            F[2, 5] = dt
        Q = np.zeros((6, 6))
        for axis, power in enumerate((q[m, 0], q[m, 0], q[m, 1])):
            block = power * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
            Q[np.ix_([axis, axis + 3], [axis, axis + 3])] = block
        xo, Po, G = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
        motion.predict(T[m], x, P, xo, Po, G)
        assert np.allclose(xo, F @ x)
        assert np.allclose(Po, F @ P @ F.T + Q)


def test_mixing_keeps_the_mixtures_mean_and_covariance() -> None:
    rng = np.random.default_rng(1)
    q = 4
    x, mu = rng.normal(size=(q, 6)), rng.dirichlet(np.ones(q))
    P = np.array([a @ a.T for a in rng.normal(size=(q, 6, 6))])
    Pi = motion.switching(default_params().motion, 1.0)
    assert np.allclose(Pi.sum(1), 1.0)
    muo, xo, Po = np.empty(q), np.empty((q, 6)), np.empty((q, 6, 6))
    motion.mix(Pi, mu, x, P, muo, xo, Po, np.empty(q), np.empty((q, 6, 6)))
    mean = mu @ x
    assert np.allclose(muo @ xo, mean)
    before = sum(mu[i] * (P[i] + np.outer(x[i] - mean, x[i] - mean)) for i in range(q))
    after = sum(muo[i] * (Po[i] + np.outer(xo[i] - mean, xo[i] - mean)) for i in range(q))
    assert np.allclose(before, after)


@pytest.mark.parametrize(
    ("r0", "sd_az", "unscented"), [(6000.0, 0.01, False), (6000.0, 0.01, True), (400.0, 0.15, True)]
)
def test_nees_and_nis_stay_inside_their_bounds(r0: float, sd_az: float, unscented: bool) -> None:
    """Monte Carlo of one constant-velocity target: linear enough, and strongly bent."""
    runs, steps, dt, power = 40, 15, 1.0, 1.0
    sd = np.array([10.0, sd_az, sd_az, NAN, NAN, NAN])
    row = np.array([[power, power, 0.0, 0.0, 0.0, 1.0]])
    T = motion.transition(row, dt)
    F = np.eye(6)
    F[:3, 3:] = dt * np.eye(3)
    block = power * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])
    L = np.linalg.cholesky(block)
    nees, nis = [], []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        az = rng.uniform(-3, 3)
        mean = np.array([r0 * np.sin(az), r0 * np.cos(az), 100.0, 0.0, 0.0, 0.0]) + [*POS, 0, 0, 0]
        P = np.diag([50.0**2, 50.0**2, 30.0**2, 10.0**2, 10.0**2, 2.0**2])
        if r0 < 1000:
            P = np.diag([20.0**2, 20.0**2, 20.0**2, 3.0**2, 3.0**2, 1.0])
        truth = mean + np.sqrt(np.diag(P)) * rng.standard_normal(6)
        x, G = mean.copy(), np.empty((6, 6))
        for _ in range(steps):
            w = L @ rng.standard_normal((2, 3))
            truth = F @ truth + np.concatenate([w[0], w[1]])
            xo, Po = np.empty(6), np.empty((6, 6))
            motion.predict(T[0], x, P, xo, Po, G)
            d = truth[:3] - POS
            r = np.linalg.norm(d)
            z = np.array([r, np.arctan2(d[0], d[1]), np.arcsin(d[2] / r), NAN, NAN, NAN])
            z[:3] += sd[:3] * rng.standard_normal(3)
            x, P, _, d2 = updated(xo, Po, z, sd, unscented)
            e = truth - x
            nees.append(e @ np.linalg.solve(P, e))
            nis.append(d2)
    # Values along one run are correlated: bounds by the number of runs, not of steps.
    assert chi2.ppf(0.025, 6 * runs) / runs < np.mean(nees) < chi2.ppf(0.975, 6 * runs) / runs
    assert chi2.ppf(0.025, 3 * runs) / runs < np.mean(nis) < chi2.ppf(0.975, 3 * runs) / runs
