"""NEES against numbers that are known: its own definition, and draws from its own claim."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from bartizan.evaluate.consistency import consistency, nees


def test_it_is_what_the_density_says() -> None:
    """-2 log of the normal density is NEES plus the log of the determinant and n log 2 pi."""
    rng = np.random.default_rng(1)
    half = rng.normal(size=(20, 3, 3))
    P = half @ np.swapaxes(half, 1, 2) + 0.1 * np.eye(3)
    error = rng.normal(size=(20, 3))
    for k, found in enumerate(nees(error, P)):
        density = multivariate_normal(np.zeros(3), P[k]).logpdf(error[k])
        log_det = np.log(np.linalg.det(2.0 * np.pi * P[k]))
        assert found == pytest.approx(-2.0 * density - log_det)


def test_draws_from_the_claim_lie_inside_the_bounds_95_times_in_100() -> None:
    rng = np.random.default_rng(2)
    P = np.tile([[4.0, 1.0], [1.0, 9.0]], (40, 1, 1))
    inside = 0
    for _ in range(1000):
        found = consistency(rng.multivariate_normal([0.0, 0.0], P[0], 40), P)
        assert found is not None
        inside += found.low <= found.mean <= found.high
    assert 930 <= inside <= 970  # three sigma of a binomial with 0.95


def test_a_claim_too_small_is_seen() -> None:
    rng = np.random.default_rng(3)
    error = rng.normal(0.0, 2.0, (200, 2))
    found = consistency(error, np.tile(np.eye(2), (200, 1, 1)))
    assert found is not None
    assert found.mean == pytest.approx(8.0, rel=0.2)  # four times the variance, two columns
    assert found.mean > found.high
    assert found.inside < 0.7
    # the published interval for 50 runs of a 2-vector: chi-square with 100 degrees, over 50
    (low, high) = consistency(error[:50], np.tile(np.eye(2), (50, 1, 1)))[1:3]  # type: ignore[index]
    assert (low, high) == pytest.approx((74.22 / 50, 129.56 / 50), abs=1e-3)


def test_what_is_no_covariance_is_said() -> None:
    with pytest.raises(ValueError, match="symmetric"):
        nees(np.zeros((1, 2)), np.array([[[1.0, 0.5], [0.0, 1.0]]]))
    with pytest.raises(ValueError, match="positive"):
        nees(np.zeros((1, 2)), np.array([[[1.0, 2.0], [2.0, 1.0]]]))
    assert consistency(np.zeros((0, 2)), np.zeros((0, 2, 2))) is None
