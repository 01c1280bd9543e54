"""Every model's forecasts over a site's past, as they would have been, and their scores.

In: attack times.  Out: forecasts a day, what came, scores; which model was used when.
Does not: let a forecast know anything after its own time.

Each forecast rests on laws fitted to what was known at the last refit, every REFIT_DAYS.
The score is the log score (nats, lower is better): -log of the probability that was given
to what came, mean over forecasts and horizons.  `average` is all laws together, each with the
weight that its 24 h scores give it (Bayesian model averaging; older scores count less, over
MEMORY_DAYS, so that the weights follow a change).  At each time the model used is that with
the best score of all forecasts whose outcome was known then; the model in use, first the
average, keeps its place until another is ahead by KEEP nats in sum, so that luck does not
decide.  RECENT_DAYS, MEMORY_DAYS, KEEP and the settings of `sums` were chosen on towns and kinds of attack that are
not in the benchmark (docs/recurrence.md).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.incidents.recurrence import sums
from bartizan.incidents.recurrence.little_history import fit_base
from bartizan.recurrence import CONSTANT, HORIZONS_H, Law, probability
from bartizan.types import F64, I64

WARM_DAYS = 60  # the longest window is full
REFIT_DAYS = 30
LEAST_FORECASTS = 30
LEAST_ATTACKS = 20  # below this only the base rate is fitted; assumed
KEEP = 12.0
RECENT_DAYS = 180  # of the Hawkes fit that forgets
MEMORY_DAYS = 200.0  # of the weights
LAG_NW_DAYS = 30  # scores of neighbouring days are alike so long (Newey & West 1987)
AHEAD = tuple(h / 24.0 for h in HORIZONS_H)
RATES = (CONSTANT, Law("rate_30d", 30.0), Law("rate_60d", 60.0))
LAWS = (*(law.name for law in RATES), "hawkes_prior", "hawkes", "hawkes_180d", "hawkes_sum")
NAMES = (*LAWS, "average")
FEW, AVERAGE = NAMES.index("hawkes_prior"), NAMES.index("average")
_CLIP = 1e-6


class Past(NamedTuple):
    """Forecasts over the past, and what came.

    at (m,) [days] when each was made   p (models, m, horizons) rows as NAMES
    came (m, horizons) 0 or 1   used (m + 1,) the model in use, a row of p; the last is for now
    weights (m + 1, laws) of the average
    """

    at: F64
    p: F64
    came: F64
    used: I64
    weights: F64


class Slope(NamedTuple):
    """Calibration (Cox 1958): logit P(came) = a + slope * logit p; sd by blocks of 30 days."""

    slope: float
    sd: float


def laws(times: F64, at: float) -> tuple[Law, ...]:
    """Every law from what was known at `at`; as LAWS."""
    known = times[: np.searchsorted(times, at, "right")]
    few = fit_base(known, at).law
    several = sums.fit(known, at).law
    if len(known) < LEAST_ATTACKS:
        return (*RATES, few, few, few, several)
    from bartizan.incidents.recurrence.fit import fit  # SciPy's optimizer is slow to import

    whole = fit(known, at, edge=False).law
    begin = max(at - RECENT_DAYS, 0.0)
    late = known[np.searchsorted(known, begin, "right") :] - begin if begin else known
    if len(late) < LEAST_ATTACKS:
        recent = fit_base(late, at - begin).law
    else:
        recent = fit(late, at - begin, edge=False).law
    return (*RATES, few, whole, recent._replace(name="hawkes_180d"), several)


def forecasts(times: F64, end: float) -> Past:
    """A forecast a day from WARM_DAYS on, as long as all of its outcome is known at `end`.

    times (n,) [days] rising   end [days]
    """
    at = np.arange(WARM_DAYS, max(math.floor(end - AHEAD[-1]), WARM_DAYS - 1) + 1, dtype=float)
    p = np.empty((len(LAWS), len(at), len(AHEAD)))
    for begin in range(0, len(at), REFIT_DAYS):
        rows = slice(begin, begin + REFIT_DAYS)
        for m, law in enumerate(laws(times, float(at[begin]))):
            for h, ahead in enumerate(AHEAD):
                p[m, rows, h] = probability(law, times, at[rows], ahead)
    before = np.searchsorted(times, at, "right")
    ahead_at = at[:, None] + np.array(AHEAD)
    came = (np.searchsorted(times, ahead_at, "right") > before[:, None]).astype(float)
    p = np.clip(p, _CLIP, 1.0 - _CLIP)
    shares = weights(log_score(p, came)[:, :, 0])
    p = np.concatenate([p, np.einsum("ml,lmh->mh", shares[:-1], p)[None]])
    used = choose(log_score(p, came).mean(axis=2))
    used[:-1][before < LEAST_ATTACKS] = FEW
    if len(times) < LEAST_ATTACKS:
        used[-1] = FEW
    return Past(at, p, came, used, shares)


def weights(scores: F64) -> F64:
    """The laws' shares of the average at each forecast, from the 24 h scores known then.

    scores (laws, m) [nats] -> (m + 1, laws), each row sums to 1; the last row is for now
    """
    lag = math.ceil(AHEAD[0])
    keep = math.exp(-1.0 / MEMORY_DAYS)
    total = np.zeros(len(scores))
    out = np.empty((scores.shape[1] + 1, len(scores)))
    for k in range(len(out)):
        if k >= lag:
            total = keep * total + scores[:, k - lag]
        share = np.exp(total.min(initial=np.inf) - total)
        out[k] = share / share.sum()
    return out


def log_score(p: F64, came: F64) -> F64:
    """-log of the probability given to what came [nats]; shapes broadcast."""
    return np.asarray(-np.log(np.where(came > 0.5, p, 1.0 - p)))


def choose(scores: F64) -> I64:
    """The model in use at each forecast, from the scores known then.

    scores (models, m) -> (m + 1,): the last is the model to use now
    """
    lag = math.ceil(AHEAD[-1])
    total = np.cumsum(scores, axis=1)
    m = scores.shape[1]
    used = np.full(m + 1, AVERAGE, np.int64)
    for k in range(1, m + 1):
        used[k] = used[k - 1]
        known = k - lag if k < m else m
        if known >= LEAST_FORECASTS:
            sums = total[:, known - 1]
            best = int(np.argmin(sums))
            if sums[used[k]] - sums[best] > KEEP:
                used[k] = best
    return used


def as_used(past: Past) -> F64:
    """The forecasts that were in use (m, horizons)."""
    return np.asarray(past.p[past.used[:-1], np.arange(len(past.at))])


def mean_and_sd(x: F64) -> tuple[float, float]:
    """Mean of a series and the mean's 1-sigma, neighbours being alike (Newey & West 1987)."""
    n = len(x)
    if n < 2:
        return float(x.mean()) if n else math.nan, math.inf
    d = x - x.mean()
    lags = min(LAG_NW_DAYS, n - 1)
    total = float(d @ d)
    for k in range(1, lags + 1):
        total += 2.0 * (1.0 - k / (lags + 1)) * float(d[k:] @ d[:-k])
    return float(x.mean()), math.sqrt(max(total, 0.0)) / n


def slope(p: F64, came: F64, block: NDArray[np.int64]) -> Slope:
    """Slope of calibration by logistic regression, its spread from sums over blocks.

    p, came, block (n,): rows of one block may hang together
    """
    z = np.column_stack([np.ones(len(p)), np.log(p / (1.0 - p))])
    x = np.array([0.0, 1.0])
    inverse = np.eye(2)
    for _ in range(50):
        q = 1.0 / (1.0 + np.exp(-z @ x))
        information = (z * (q * (1.0 - q))[:, None]).T @ z
        if np.linalg.cond(information) > 1e12 or not np.isfinite(x).all():
            return Slope(math.nan, math.inf)
        inverse = np.linalg.inv(information)
        step = inverse @ (z.T @ (came - q))
        x = x + step
        if np.abs(step).max() < 1e-10:
            break
    g = z * (came - 1.0 / (1.0 + np.exp(-z @ x)))[:, None]
    _, row = np.unique(block, return_inverse=True)
    sums = np.zeros((row.max() + 1, 2))
    np.add.at(sums, row, g)
    return Slope(float(x[1]), math.sqrt(float((inverse @ (sums.T @ sums) @ inverse)[1, 1])))


def trailing_mean(came: F64) -> F64:
    """The share of past windows in which an attack came, known at each forecast.

    came (m, horizons) -> (m, horizons); half and half before anything is known
    """
    out = np.empty_like(came)
    for h in range(came.shape[1]):
        lag = math.ceil(AHEAD[h])
        known = np.concatenate([np.zeros(lag), np.cumsum(came[:, h])])[: len(came)]
        count = np.maximum(np.arange(len(came)) - lag + 1, 0)
        out[:, h] = (known + 0.5) / (count + 1.0)
    return out
