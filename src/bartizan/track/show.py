"""What is shown of the tracker's rows.

In: `TrackState`.  Out: the labelled rows that exist and whose place is known.
Does not: change a row.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import inner
from bartizan.track.birth import collapse
from bartizan.track.state import HITS, LABEL, TrackParams, TrackState
from bartizan.track.tracker import centre, flying
from bartizan.types import F64, I64


@inner
def _is_placed(state: TrackState, i: int, params: TrackParams) -> bool:
    """Whether row i's place is still known well enough to be shown.

    What falls is shown in any case: it cannot turn away, and its landing is told with its spread.
    """
    if flying(state.mu[i], params.motion) < 0.5:
        return True
    filled = 1 if state.ids[i, HITS] < 2 else state.mu.shape[1]
    xo = np.empty(6)
    sd = centre(state.mu[i], state.x[i], state.P[i], filled, xo)
    d = math.sqrt(xo[0] * xo[0] + xo[1] * xo[1])
    return sd <= max(params.show_sd_m, params.show_sd_rad * d)


@inner
def shown(state: TrackState, params: TrackParams) -> tuple[F64, F64, F64, I64]:
    """Labelled rows with existence over `show`, by label, their modes moment-matched."""
    n, q = state.mu.shape
    rows = np.empty(n, np.int64)
    k = 0
    for i in range(n):
        if state.ids[i, LABEL] > 0 and state.r[i] >= params.show and _is_placed(state, i, params):
            a = k  # insertion by label: rows are nearly in order already
            while a > 0 and state.ids[rows[a - 1], LABEL] > state.ids[i, LABEL]:
                rows[a] = rows[a - 1]
                a -= 1
            rows[a] = i
            k += 1
    x = np.empty((k, 6))
    P = np.empty((k, 6, 6))
    mode = np.empty((k, 1 + q))
    ids = np.empty((k, 6), np.int64)
    for a in range(k):
        i = rows[a]
        filled = 1 if state.ids[i, HITS] < 2 else q
        collapse(state.mu[i], state.x[i], state.P[i], filled, x[a], P[a])
        mode[a, 0] = state.r[i]
        for c in range(q):
            mode[a, 1 + c] = state.mu[i, c]
        for c in range(6):
            ids[a, c] = state.ids[i, c]
    return x, P, mode, ids
