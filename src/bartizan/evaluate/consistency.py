"""Whether a track's own covariance says how wrong it is.

In: errors and the covariances that were claimed for them.  Out: NEES and its bounds.
Does not: match tracks with truth (see `matching`).

Ref: Bar-Shalom, Li, Kirubarajan 2001, "Estimation with applications to tracking and
navigation", section 5.4.2 (normalised estimation error squared, its chi-square bounds).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import chi2

from bartizan.types import F64

SHARE = 0.95  # of the two-sided interval, and of the rows that should lie inside


class Consistency(NamedTuple):
    """mean: average NEES, d where the covariances are right   low, high: where it lies in
    95 of 100 cases if they are, and the n errors are independent (a track's errors last:
    then the interval is too narrow)   inside: share of single errors within their own 95 %
    ellipse   n errors of d columns
    """

    mean: float
    low: float
    high: float
    inside: float
    n: int
    d: int


def nees(error: F64, P: F64) -> F64:
    """Normalised estimation error squared (n,) of error (n, d) with covariance P (n, d, d).

    Raises ValueError when a covariance is not symmetric and positive definite.
    """
    if not np.allclose(P, np.swapaxes(P, 1, 2), rtol=1e-6):
        raise ValueError("P: expected symmetric covariances")
    try:
        half = np.linalg.cholesky(P)
    except np.linalg.LinAlgError:
        raise ValueError("P: expected positive definite covariances") from None
    white = np.linalg.solve(half, error[:, :, None])[:, :, 0]
    return np.asarray((white * white).sum(axis=1))


def consistency(error: F64, P: F64) -> Consistency | None:
    """Average NEES with its 95 % bounds; None when there is no error to look at."""
    n, d = error.shape
    if n == 0:
        return None
    each = nees(error, P)
    low, high = chi2.ppf([0.5 - SHARE / 2, 0.5 + SHARE / 2], n * d) / n
    inside = float((each <= chi2.ppf(SHARE, d)).mean())
    return Consistency(float(each.mean()), float(low), float(high), inside, n, d)
