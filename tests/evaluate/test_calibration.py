"""Calibration against closed forms, scikit-learn's definitions by hand, and dice of known odds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from bartizan.evaluate import calibration


def test_intervals_are_scipys_exact_ones() -> None:
    said = np.array([0.05] * 40 + [0.55] * 10 + [0.95] * 8 + [1.0] * 2)
    true = np.array([1] * 3 + [0] * 37 + [1] * 6 + [0] * 4 + [1] * 10)
    r = calibration.reliability(said, true)
    assert r.n.tolist() == [40, 0, 0, 0, 0, 10, 0, 0, 0, 10]
    for k, hits in ((0, 3), (5, 6), (9, 10)):
        theirs = binomtest(hits, int(r.n[k])).proportion_ci(0.95, "exact")
        assert (r.low[k], r.high[k]) == pytest.approx((theirs.low, theirs.high))
        assert r.came[k] == hits / r.n[k]
    assert np.isnan(r.came[1])
    assert np.isnan(r.low[1])
    # by hand: 40 |3/40 - .05| + 10 |.6 - .55| + 10 |1 - .96| over 60
    assert calibration.calibration_error(r) == pytest.approx((1.0 + 0.5 + 0.4) / 60)


def test_scores_by_hand() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    s = calibration.scores(p, np.array([0, 2]))
    assert s.right == 0.5
    assert s.said == pytest.approx(0.75)
    assert s.brier == pytest.approx(((0.09 + 0.04 + 0.01) + (0.01 + 0.64 + 0.81)) / 2)
    assert s.log_score == pytest.approx(-(np.log(0.7) + np.log(0.1)) / 2)


def test_honest_odds_are_calibrated_and_twice_counted_evidence_is_not() -> None:
    """Gaussian evidence of known likelihood: counted thrice, a power of a third mends it."""
    rng = np.random.default_rng(4)
    log_prior = np.log([0.5, 0.3, 0.2])
    true = rng.choice(3, 20_000, p=np.exp(log_prior))
    z = true * 1.0 + rng.normal(size=true.size)
    evidence = -0.5 * (z[:, None] - np.arange(3.0)) ** 2
    honest = calibration.scores(calibration.tempered(evidence, log_prior, 1.0), true)
    assert honest.ece < 0.015
    assert honest.said == pytest.approx(honest.right, abs=0.012)
    thrice = calibration.scores(calibration.tempered(3 * evidence, log_prior, 1.0), true)
    assert thrice.ece > 0.1
    assert thrice.log_score > honest.log_score
    assert calibration.best_power(3 * evidence, log_prior, true) == pytest.approx(1 / 3, abs=0.02)
