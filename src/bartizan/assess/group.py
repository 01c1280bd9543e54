"""Raids: which tracks come together, with numbers that stay.

In: who is a member now, where, and when it will arrive.  Out: raid numbers by row.
Does not: raise an alarm.

Rule: a track is a member while it closes, its harm times trust is at least `member_harm` and
its p_wall `member_p_wall`.  A new member joins the open raid (the lowest number first) whose
expected arrivals lie within `together_s` of its own, or a member of which is within
`near_member_m`; else it starts a raid.  A track stays in its raid until its identity turns
friendly or it is forgotten.  A raid closes `gap_s` after a member was last a threat.
So ten drones are one raid from whatever side they come, and a second wave is another.
"""

from __future__ import annotations

import numpy as np

from bartizan.assess.state import AssessParams, AssessState
from bartizan.types import B1, F64, I64
from bartizan.units import NS_PER_S


def regroup(
    state: AssessState, t_ns: int, at: I64, xy: F64, member: B1, arrival_ns: I64,
    params: AssessParams,
) -> AssessState:  # fmt: skip
    """The raids after this picture; writes `group`, returns the state with its raid table.

    at (n,) rows of the state   xy (n, 2) [m]   member (n,)   arrival_ns (n,)
    """
    state = _close(state, t_ns, params)
    for i in np.flatnonzero(member & (state.group[at] == 0)).tolist():
        state = _join(state, t_ns, i, at, xy, int(arrival_ns[i]), params)
    now = state.group[at]
    for k, number in enumerate(state.raid.tolist()):
        its = arrival_ns[member & (now == number)]
        if len(its):
            state.raid_first_ns[k] = its.min()
            state.raid_last_ns[k] = its.max()
            state.raid_seen_ns[k] = t_ns
    return state


def _close(state: AssessState, t_ns: int, params: AssessParams) -> AssessState:
    """Without the raids of which nothing was a threat for `gap_s`; their tracks leave."""
    open_ = t_ns - state.raid_seen_ns <= params.gap_s * NS_PER_S
    if open_.all():
        return state
    state.group[np.isin(state.group, state.raid[~open_])] = 0
    return state._replace(
        raid=state.raid[open_], raid_first_ns=state.raid_first_ns[open_],
        raid_last_ns=state.raid_last_ns[open_], raid_seen_ns=state.raid_seen_ns[open_],
    )  # fmt: skip


def _join(
    state: AssessState, t_ns: int, i: int, at: I64, xy: F64, arrival_ns: int,
    params: AssessParams,
) -> AssessState:  # fmt: skip
    """Track i joins the first open raid that it comes with, or starts one."""
    span = params.together_s * NS_PER_S
    for k, number in enumerate(state.raid.tolist()):
        beside = state.raid_first_ns[k] - span <= arrival_ns <= state.raid_last_ns[k] + span
        others = xy[state.group[at] == number]
        near = len(others) > 0 and np.hypot(*(others - xy[i]).T).min() <= params.near_member_m
        if beside or near:
            state.group[at[i]] = number
            state.raid_first_ns[k] = min(int(state.raid_first_ns[k]), arrival_ns)
            state.raid_last_ns[k] = max(int(state.raid_last_ns[k]), arrival_ns)
            state.raid_seen_ns[k] = t_ns
            return state
    state.group[at[i]] = state.next_raid
    return state._replace(
        raid=np.append(state.raid, state.next_raid),
        raid_first_ns=np.append(state.raid_first_ns, arrival_ns),
        raid_last_ns=np.append(state.raid_last_ns, arrival_ns),
        raid_seen_ns=np.append(state.raid_seen_ns, t_ns),
        next_raid=state.next_raid + 1,
    )
