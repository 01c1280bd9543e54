"""Scans to tracks: Poisson multi-Bernoulli with interacting motion modes.

In: `Scan`, `Sensors`.  Out: `Tracks`, `Association`.  Does not: know truth or a clock.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np

from bartizan.track import numbers, threads
from bartizan.track.state import (
    INFLATE,
    TrackParams,
    TrackState,
    default_params,
    falling_modes,
    params_with,
    start,
    with_rockets,
)
from bartizan.types import F64, I64, Association, Scan, Tracks

NO_NUMBERS: Final = np.zeros(0, np.int64)

_A = TypeVar("_A", F64, I64)

__all__ = [
    "TrackParams",
    "TrackState",
    "default_params",
    "falling_modes",
    "params_with",
    "start",
    "step",
    "with_rockets",
]


def step(
    state: TrackState, scan: Scan, params: TrackParams, pool: ThreadPoolExecutor | None = None
) -> tuple[TrackState, Tracks, Association]:
    """One scan on: the next state, the confirmed tracks at its time, who got which plot.

    The scan's time must not be before the state's; two scans at one instant are fine.
    pool: a second thread for large scans; the bytes are the same without it.
    """
    wider = float(state.table[scan.sensor, INFLATE])
    numbered = bool((scan.number != numbers.NONE).any())
    if numbered:
        state = numbers.ready(state, len(state.table))
    given = (
        scan.t_ns, scan.sensor, scan.frame, _plain(scan.look), _plain(scan.t_det_ns),
        _plain(scan.z), _plain(scan.sd if wider == 1.0 else scan.sd * wider), _plain(scan.identity),
        _plain(scan.number) if numbered else NO_NUMBERS, params,
    )  # fmt: skip
    state, x, P, mode, ids, label, share = threads.step(pool, state, *given)
    own, *rest = ids.T.copy()  # each column on its own: what is compiled later takes it so
    tracks = Tracks(scan.t_ns, own, mode[:, 0].copy(), x, P, mode[:, 1:], *rest)
    return state, tracks, Association(label, share)


def _plain(a: _A) -> _A:
    """The array as the kernel is compiled for: contiguous and writable; a copy if it must."""
    return a if a.flags.carray else a.copy()
