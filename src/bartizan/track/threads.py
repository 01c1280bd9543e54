"""The same step by phases: in two threads, by halves of the rows, same bytes out; and with
what falls, where a site expects it.

In: as `track.step`, and a pool.  Out: the same, to the bit.  Does not: pay for few tracks.

Rows are independent in prediction, gating and update; only association, between them, is
not.  The halves run outside of Python's lock, on two cores if there are two.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bartizan.jit import kernel
from bartizan.track import falling, lifecycle
from bartizan.track.state import Plan, TrackParams, TrackState, Work
from bartizan.types import F64, I64

WORTH = 300  # rows and plots together from which two threads are faster: measured
HALVES = 2


@kernel
def _begin(
    state: TrackState, t_ns: int, s: int, frame: int, look: F64, t_det_ns: I64, z: F64, sd: F64,
    identity: I64, number: I64, params: TrackParams,
) -> tuple[TrackState, Work]:  # fmt: skip
    return lifecycle.begin(state, t_ns, s, frame, look, t_det_ns, z, sd, identity, number, params)


@kernel
def _forward(
    state: TrackState, now: TrackState, work: Work, params: TrackParams, part: int
) -> None:
    lifecycle.forward(state, now, work, params, part, HALVES)


@kernel
def _fall(state: TrackState, now: TrackState, work: Work, params: TrackParams, part: int) -> None:
    falling.forward(state, now, work, params, part, HALVES)


@kernel
def _cut(now: TrackState) -> int:
    return lifecycle.cut(now, 1, HALVES)


@kernel
def _looked(now: TrackState, work: Work) -> None:
    lifecycle.looked(now, work)


@kernel
def _pairs(now: TrackState, work: Work, params: TrackParams, part: int) -> tuple[I64, F64]:
    return lifecycle.pairs(now, work, params, part, HALVES)


@kernel
def _decide(
    now: TrackState, work: Work, params: TrackParams, pair: I64, weight: F64
) -> tuple[Plan, TrackState]:
    return lifecycle.decide(now, work, params, pair, weight)


@kernel
def _fill(
    now: TrackState, work: Work, plan: Plan, out: TrackState, params: TrackParams, part: int
) -> None:
    lifecycle.fill(now, work, plan, out, params, part, HALVES)


@kernel
def _finish(
    now: TrackState, work: Work, plan: Plan, out: TrackState, params: TrackParams
) -> tuple[TrackState, F64, F64, F64, I64, I64, F64]:
    return lifecycle.finish(now, work, plan, out, params)


def step(pool: ThreadPoolExecutor | None, state: TrackState, *scan: Any) -> Any:
    """As `lifecycle.step(state, *scan)`, the halves in `pool`, a pool of one thread.

    Where rockets may come the falling modes have a phase of their own.
    """
    params: TrackParams = scan[-1]
    rockets = params.fast_share > 0.0
    if len(state.r) + len(scan[5]) < WORTH:
        pool = None
    if pool is None and not rockets:
        return lifecycle.step(state, *scan)

    def halves(phase: Callable[..., Any], *args: Any) -> tuple[Any, Any]:
        if pool is None:
            return phase(*args, 0), phase(*args, 1)
        other = pool.submit(phase, *args, 1)
        return phase(*args, 0), other.result()

    now, work = _begin(state, *scan)
    halves(_forward, state, now, work, params)
    if rockets:
        halves(_fall, state, now, work, params)
    _looked(now, work)
    (pair, weight), (more, their) = halves(_pairs, now, work, params)
    work.span[_cut(now) :] += len(pair)
    plan, out = _decide(
        now, work, params, np.concatenate([pair, more]), np.concatenate([weight, their])
    )
    halves(_fill, now, work, plan, out, params)
    return _finish(now, work, plan, out, params)
