"""Whether probabilities of classes come true as often as they say.

In: probabilities by sample and class, what each sample was.  Out: reliability by bins,
expected calibration error, Brier and log score; the exponent that calibrates evidence.
Does not: run a tracker, or draw.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta

from bartizan.types import F64, I64

LEAST = 1e-12  # a probability of 0 that comes true would score infinity


class Reliability(NamedTuple):
    """One row a bin of the said probability: from, to, n (b,); said, came (b,) mean
    probability and share that came true (NaN: none); low, high (b,) 95 % interval of came.
    """

    edges: F64
    n: I64
    said: F64
    came: F64
    low: F64
    high: F64


class Scores(NamedTuple):
    """n samples   right: share whose likeliest class is the true one   said: its mean
    probability   ece   brier   log_score [nat]
    """

    n: int
    right: float
    said: float
    ece: float
    brier: float
    log_score: float


def reliability(said: F64, true: F64 | I64, bins: int = 10) -> Reliability:
    """How often what was said with a probability came true, by equal bins of it.

    said (n,) in 0..1   true (n,) 0 or 1.  Intervals: Clopper & Pearson 1934, exact for
    independent samples.  Ref: DeGroot & Fienberg 1983, "The comparison and evaluation of
    forecasters", The Statistician 32.
    """
    edges = np.linspace(0.0, 1.0, bins + 1)
    k = np.minimum((said * bins).astype(np.int64), bins - 1)
    n = np.bincount(k, minlength=bins)
    hits = np.bincount(k, weights=true, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean, came = np.bincount(k, weights=said, minlength=bins) / n, hits / n
        low = np.where(hits > 0, beta.ppf(0.025, hits, n - hits + 1), 0.0)
        high = np.where(hits < n, beta.ppf(0.975, hits + 1, n - hits), 1.0)
    gap = np.where(n > 0, 0.0, np.nan)
    return Reliability(edges, n, mean, came, low + gap, high + gap)


def calibration_error(r: Reliability) -> float:
    """Expected calibration error: the mean over samples of |came - said| of their bin.

    Ref: Naeini, Cooper & Hauskrecht 2015, "Obtaining well calibrated probabilities using
    Bayesian binning", AAAI.
    """
    some = r.n > 0
    return float((r.n[some] * np.abs(r.came[some] - r.said[some])).sum() / max(r.n.sum(), 1))


def scores(p: F64, true: I64) -> Scores:
    """All scores of p (n, c), rows summing to 1, against the true class (n,).

    Brier's is his own, 0 to 2: the sum over classes of (p - 1[true])^2 (Brier 1950); the
    log score is -ln p of what was true (Good 1952).  The error is of the likeliest class.
    """
    n = len(true)
    best = p.argmax(axis=1)
    top = p[np.arange(n), best]
    hit = best == true
    was = np.zeros_like(p)
    was[np.arange(n), true] = 1.0
    return Scores(
        n, float(hit.mean()), float(top.mean()),
        calibration_error(reliability(top, hit.astype(np.float64))),
        float(((p - was) ** 2).sum(axis=1).mean()),
        float(-np.log(np.maximum(p[np.arange(n), true], LEAST)).mean()),
    )  # fmt: skip


def tempered(evidence: F64, log_prior: F64, power: float) -> F64:
    """Posterior (n, c) of log-evidence (n, c) taken to a power, and the log-prior (c,)."""
    log_p = power * evidence + log_prior
    log_p -= log_p.max(axis=1, keepdims=True)
    p = np.exp(log_p)
    out: F64 = p / p.sum(axis=1, keepdims=True)
    return out


def best_power(evidence: F64, log_prior: F64, true: I64) -> float:
    """The power of the evidence, 0.05 to 3, with the least log score.

    One number makes up for evidence that is counted as independent and is not.  Ref: Guo,
    Pleiss, Sun & Weinberger 2017, "On calibration of modern neural networks", ICML
    (temperature scaling); Bennett 2000, CMU-CS-00-155 (why naive Bayes is too sure).
    """

    def loss(ln_power: float) -> float:
        return scores(tempered(evidence, log_prior, float(np.exp(ln_power))), true).log_score

    best = minimize_scalar(loss, bounds=(np.log(0.05), np.log(3.0)), method="bounded")
    return float(np.exp(best.x))
