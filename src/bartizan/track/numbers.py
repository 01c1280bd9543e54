"""A sensor's own track numbers: evidence of which detection is whose, never proof.

In: the pairs of one scan, the numbers in it, those that rows had last.  Out: other weights.
Does not: give labels, or know more of a number than who had it last.

A sensor that gives tracks keeps a number on one thing most of the time.  The pair of a
detection and the labelled row that its number updated last gains number_log, less as the
number grows old: odds of e**number_log (4.5 to 1) that the sensor has not swapped, which
innovations overrule that speak louder.  For two numbers exchanged between two things both
pairs must be wrong: what speaks against it is d**2 / sigma**2, for it 2 number_log, so that from
1.7 sigma of an innovation apart the labels stay.  A row without a label gains nothing: false
tracks have numbers too.

A sensor also splits: it reports one thing twice.  Beside a labelled row whose own number is
in the scan a number that is nobody's may be its double: clutter, number_twice of the
density in which the row itself expects detections.  So a second thing is one that stands
apart, or lasts; a number alone does not make one.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.jit import bare, inner
from bartizan.track.state import HITS, LABEL, TrackParams, TrackState, Work
from bartizan.types import F64, I64

NUMBER, NUMBER_NS = range(2)  # columns of TrackState.numbers
NONE = -1


@inner
def weigh(now: TrackState, work: Work, params: TrackParams, pair: I64, weight: F64) -> None:
    """The weights (p, 2 + q) of all pairs (p, 2) with what the scan's numbers say, in place."""
    n, m = now.r.shape[0], work.number.shape[0]
    if m == 0:
        return
    s, q = work.s, now.mu.shape[1]
    last = np.zeros(m, np.int64)  # when each detection's number was last a labelled row's
    own = np.full(n, NONE, np.int64)  # detection that has the row's own number
    for v in range(pair.shape[0]):
        i, j = pair[v, 0], pair[v, 1]
        if _has(work.number[j], now.ids[i, LABEL], now.numbers[i, s, NUMBER]):
            last[j] = max(last[j], now.numbers[i, s, NUMBER_NS])
            own[i] = j
    double = np.zeros(m)
    for v in range(pair.shape[0]):
        i, j = pair[v, 0], pair[v, 1]
        if own[i] != NONE and work.number[j] != NONE and last[j] == 0:
            rows = 1 if now.ids[i, HITS] < 2 else q
            for a in range(rows):
                double[j] += params.number_twice * now.mu[i, a] * math.exp(weight[v, 2 + a])
    for v in range(pair.shape[0]):
        i, j = pair[v, 0], pair[v, 1]
        weight[v, 0] *= work.odds[j, 1] / (work.odds[j, 1] + double[j])
        if (
            _has(work.number[j], now.ids[i, LABEL], now.numbers[i, s, NUMBER])
            and now.numbers[i, s, NUMBER_NS] == last[j]
        ):
            age_s = (now.t_ns - last[j]) * 1e-9
            weight[v, 0] *= math.exp(params.number_log * math.exp(-age_s / params.number_s))


@bare
def _has(number: int, label: int, held: int) -> bool:
    """Whether a detection's number is the one that last updated a labelled row."""
    return bool(number != NONE and label > 0 and held == number)


@bare
def take(now: I64, work: Work, out: I64, a: int, i: int, j: int) -> None:
    """Row a of `out` has the numbers of row i (-1: newborn), and that of its detection j."""
    for c in range(out.shape[1]):
        out[a, c, NUMBER] = now[i, c, NUMBER] if i >= 0 else NONE
        out[a, c, NUMBER_NS] = now[i, c, NUMBER_NS] if i >= 0 else 0
    if j >= 0 and work.number.shape[0] > 0 and work.number[j] != NONE:
        out[a, work.s, NUMBER] = work.number[j]
        out[a, work.s, NUMBER_NS] = work.t_det_ns[j]


def ready(state: TrackState, sensors: int) -> TrackState:
    """The state with room for numbers, once one has come; until then it has none."""
    if state.numbers.shape[1] == sensors:
        return state
    numbers = np.zeros((len(state.r), sensors, 2), np.int64)
    numbers[:, :, NUMBER] = NONE
    return state._replace(numbers=numbers)
