"""What the assessment remembers, and its settings.

In: nothing.  Out: `AssessParams`, `AssessState`, `start`.
Does not: judge anything.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bartizan.types import B1, F64, I64, Site

N_WORDED = 8  # numbers that the words of a row depend on


class AssessParams(NamedTuple):
    """Settings of the assessment; all assumed.

    horizon_s  how far ahead p_wall looks   manoeuvre_m2ps3  white acceleration by which
    a straight course is in doubt   closing_min_mps  slower is not closing
    height_sd_max_m  a height known worse is not measured   ceiling_m  what flies higher
    is no threat to the ground unless it comes down
    near_m  a thing beside the wall is a threat also when it does not come: the distance
    at which that has fallen by e; near  its weight at the wall
    harm (c,)  what a thing of each class could do here, 0..1, by ObjectClass
    trust (7,)  factor by Identity: silence (UNKNOWN, PENDING) counts in full
    member_harm, member_p_wall  least harm x trust and p_wall of a raid's member
    together_s  arrivals this close in time are one raid   near_member_m  so are tracks
    this close   gap_s  a raid is over when none of it was a threat for this long
    memory_s  how long a row outlives its track
    fall_drag (q,)  drag [1/m] of each motion mode that falls, 0 of those that fly; ()
    none falls   fall_doubt  relative 1-sigma of the drag within a mode   fall_least  from
    this probability of falling a track has an impact   wind_sd_mps  1-sigma of the wind,
    each axis   burst_m  what lands this near the wall has reached it
    """

    horizon_s: float = 300.0
    manoeuvre_m2ps3: float = 0.02
    closing_min_mps: float = 1.0
    height_sd_max_m: float = 200.0
    ceiling_m: float = 6000.0
    near_m: float = 1000.0
    near: float = 0.3
    harm: tuple[float, ...] = (0.7, 0.7, 0.8, 1.0, 0.02, 0.3, 0.15, 0.03, 1.0, 0.1)
    trust: tuple[float, ...] = (1.0, 1.0, 0.3, 0.05, 0.2, 1.0, 1.0)
    member_harm: float = 0.3
    member_p_wall: float = 0.1
    together_s: float = 180.0
    near_member_m: float = 2000.0
    gap_s: float = 300.0
    memory_s: float = 60.0
    fall_drag: tuple[float, ...] = ()
    fall_doubt: float = 0.4
    fall_least: float = 0.5
    wind_sd_mps: float = 5.0
    burst_m: float = 100.0


class AssessState(NamedTuple):
    """Rows of all labels of the last `memory_s`, and the raids that are open.

    label (n,) sorted   shown_ns, group (n,)   closing (n,) it was closing
    raid (k,) numbers, rising   raid_first_ns, raid_last_ns (k,) expected arrivals of its
    members   raid_seen_ns (k,) when a member was last a threat   next_raid
    why: words by row; worded (n, 8) the numbers they were made from
    site: whose corners stand in corner (k, 2) [m], one polygon after another from first (j,)
    """

    label: I64
    shown_ns: I64
    group: I64
    closing: B1
    raid: I64
    raid_first_ns: I64
    raid_last_ns: I64
    raid_seen_ns: I64
    next_raid: int
    worded: I64
    why: tuple[tuple[str, ...], ...]
    site: Site | None = None
    corner: F64 = np.zeros((0, 2))
    first: I64 = np.zeros(0, np.int64)


N_ARRAYS = AssessState._fields.index("next_raid")  # the fields before it are arrays


def start(params: AssessParams) -> AssessState:
    """The state before the first picture."""
    none = np.zeros(0, np.int64)
    return AssessState(
        none, none, none, np.zeros(0, np.bool_), none, none, none, none, 1,
        np.zeros((0, N_WORDED), np.int64), (),
    )  # fmt: skip


def carry(state: AssessState, label: I64, t_ns: int, memory_ns: int) -> AssessState:
    """A copy of the state with a row for each label shown and each not yet forgotten."""
    at = state.label.searchsorted(label)
    remembered = t_ns - state.shown_ns <= memory_ns
    known = len(label) == 0 or (len(state.label) > at[-1] and (state.label[at] == label).all())
    if known and remembered.all():
        held: Any = tuple(state)
        rows = (f.copy() for f in held[:N_ARRAYS])
        rest = (state.next_raid, state.worded.copy(), *held[N_ARRAYS + 2 :])
        out = AssessState._make((*rows, *rest))
        out.shown_ns[at] = t_ns
        return out
    kept = np.union1d(state.label[remembered], label)
    old = np.flatnonzero(np.isin(state.label, kept))
    new = np.searchsorted(kept, state.label[old])
    n = len(kept)
    shown, group = np.zeros(n, np.int64), np.zeros(n, np.int64)
    closing, worded = np.zeros(n, np.bool_), np.full((n, N_WORDED), -(2**62))
    shown[new], group[new] = state.shown_ns[old], state.group[old]
    closing[new], worded[new] = state.closing[old], state.worded[old]
    shown[np.searchsorted(kept, label)] = t_ns
    why: list[tuple[str, ...]] = [()] * n
    for i, j in zip(new.tolist(), old.tolist(), strict=True):
        why[i] = state.why[j]
    return AssessState(
        kept, shown, group, closing, state.raid.copy(), state.raid_first_ns.copy(),
        state.raid_last_ns.copy(), state.raid_seen_ns.copy(), state.next_raid, worded, tuple(why),
        *state[11:],
    )  # fmt: skip
