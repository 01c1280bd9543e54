"""GOSPA: how far a set of tracks is from the set of things that were there.

In: true places and estimated ones, a cut-off.  Out: one distance and its three parts.
Does not: know labels (a change of label costs nothing here) or time.

Ref: Rahmathullah, Garcia-Fernandez, Svensson 2017, "Generalized optimal sub-pattern
assignment metric", Fusion 2017, arXiv:1601.05585; alpha = 2, where it is a sum of errors
of found, missed and false things (their proposition 1).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from bartizan.types import F64, I64


class Gospa(NamedTuple):
    """The distance [m] and what it is made of.

    distance_m ** p = localisation + missed + false, each [m**p]
    pairs (k, 2) row of truth, row of tracks: those closer than the cut-off
    n_missed, n_false: things without a track, tracks without a thing
    """

    distance_m: float
    localisation: float
    missed: float
    false: float
    pairs: I64
    n_missed: int
    n_false: int


def gospa(truth: F64, tracks: F64, cutoff_m: float, p: float = 2.0) -> Gospa:
    """GOSPA with alpha = 2 of truth (a, d) and tracks (b, d), both [m] in the same axes.

    A pair costs its distance to the power p, a thing or track left over half of cutoff_m
    to the power p.  Raises ValueError when a place is not finite, cutoff_m is not over 0
    or p is under 1.
    """
    if not (cutoff_m > 0.0 and p >= 1.0):
        raise ValueError(f"cutoff_m {cutoff_m}, p {p}: expected over 0, and 1 or more")
    if not (np.isfinite(truth).all() and np.isfinite(tracks).all()):
        raise ValueError("truth and tracks: expected finite places")
    a, b = len(truth), len(tracks)
    pairs = np.zeros((0, 2), np.int64)
    localisation = 0.0
    if a and b:
        d = np.linalg.norm(truth[:, None, :] - tracks[None, :, :], axis=2)
        # Two things paired beyond the cut-off cost as much as both left over.
        i, j = linear_sum_assignment(np.minimum(d, cutoff_m) ** p)
        near = d[i, j] < cutoff_m
        pairs = np.stack([i[near], j[near]], axis=1).astype(np.int64)
        localisation = float((d[i[near], j[near]] ** p).sum())
    each = 0.5 * cutoff_m**p
    n_missed, n_false = a - len(pairs), b - len(pairs)
    total = localisation + each * (n_missed + n_false)
    return Gospa(
        total ** (1.0 / p), localisation, each * n_missed, each * n_false, pairs, n_missed, n_false
    )
