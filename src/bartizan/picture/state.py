"""What the picture remembers of every track, one row a label, and its settings.

In: nothing.  Out: `PictureParams`, `PictureState`, `start`, `carry`.
Does not: judge anything.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.picture.classes import TABLE, Table
from bartizan.picture.corridor import NO_LANES, Lanes
from bartizan.pilot import Pilot
from bartizan.types import B1, F64, I64, N_CLASSES, Site, Tracks
from bartizan.units import NS_PER_S

N_LOOKS = 3  # kinds of evidence with a time of their own: see evidence.STATE and on
# mean velocity fast e n u, slow e n, slow speed, mean RCS, speed variance, RCS n, answered, asked
N_MOTION = 11
N_WORDED = 9  # numbers that the words of a row depend on


class PictureParams(NamedTuple):
    """Settings of the picture; all assumed unless said otherwise.

    table  the class model   fade_s  what a look said of blades, or a sensor declared, fades
    with this time constant
    alike_s (4,)  successive looks are alike for this long, by kind of evidence: state,
    path, rotor, declared class (see docs/watch.md)
    decide, margin, keep  the class is named when its probability reaches `decide` and
    stands `margin` over the next; once named it is kept down to `keep`
    plots  plots before a class is named   height_sd_max_m  a height known worse than
    this is not measured   associated  least probability of an association that counts
    memory_s  how long a row outlives its track   pending_s  identity is pending so long
    fresh_s, quiet_s  a cooperative identity is fresh; then assumed; then gone
    support_s  an independent detection supports a declared position so long
    miss_weight  share of the nominal Pd taken for a thing of unknown signature
    miss_limit  summed log-odds of missed looks at which a declared position is
    contradicted (7: one in 1,100)   pd_max  no look is surer than this
    corridor_s  how long it must follow a corridor   corridor_turn_rad  and how closely
    suspect, suspect_keep  probability of an attacker's class at which it becomes suspect,
    and under which it is so no more
    temper  power of what sensors and motion say, docs/watch.md
    falling (q,)  prior of each of the tracker's motion modes that falls, 0 of those that
    fly; () none falls   fall_surest  no track's falling modes say more than this
    """

    table: Table = TABLE
    fade_s: float = 60.0
    alike_s: tuple[float, float, float, float] = (30.0, 30.0, 20.0, 20.0)
    decide: float = 0.6
    margin: float = 0.2
    keep: float = 0.45
    plots: int = 3
    height_sd_max_m: float = 200.0
    associated: float = 0.5
    memory_s: float = 60.0
    pending_s: float = 3.0
    fresh_s: float = 30.0
    quiet_s: float = 120.0
    support_s: float = 30.0
    miss_weight: float = 0.5
    miss_limit: float = 7.0
    pd_max: float = 0.9
    corridor_s: float = 10.0
    corridor_turn_rad: float = 0.6
    suspect: float = 0.8
    suspect_keep: float = 0.6
    temper: float = 1.0
    falling: tuple[float, ...] = ()
    fall_surest: float = 0.98


class PictureState(NamedTuple):
    """Rows of all labels of the last `memory_s`, sorted by label.

    level (n, 3, c) log-likelihood of state, path and cross-section   blades (n,) log-odds
    that its echo shows blades   said (n, k, c) log-likelihood of what each of the first k
    sensors declares it to be, said_ns (n, k) when it last did, 0 never   looked_ns (n, 3)
    last look by kind of evidence, 0 never   motion (n, 11) smoothed motion, cross-section and
    rotor answers (NaN: none yet)
    key (n,) cooperative identity, 0 none; kind (n,) SensorKind that heard it, -1; key_ns
    miss (n,) log-odds of the looks that should have seen it   support_ns (n,) last
    independent detection   corridor (n,), corridor_ns (n,) row followed and since when
    cls, identity (n,)   contradicted (n,)   t_class_ns, t_identity_ns (n,)
    names: (key, text), sorted by key   friends: keys on the site's list of friends
    why: words by row; worded (n, k) the numbers that they were made from
    pilots: the latest of each identity, sorted by it   site: whose corridors stand in lanes
    """

    t_ns: int
    label: I64
    shown_ns: I64
    level: F64
    blades: F64
    said: F64
    said_ns: I64
    looked_ns: I64
    motion: F64
    key: I64
    kind: I64
    key_ns: I64
    miss: F64
    support_ns: I64
    corridor: I64
    corridor_ns: I64
    cls: I64
    identity: I64
    contradicted: B1
    t_class_ns: I64
    t_identity_ns: I64
    worded: I64
    why: tuple[tuple[str, ...], ...]
    names: tuple[tuple[int, str], ...]
    friends: tuple[int, ...]
    pilots: tuple[Pilot, ...] = ()
    site: Site | None = None
    lanes: Lanes = NO_LANES


N_ARRAYS = PictureState._fields.index("why")  # fields 1 to this one are arrays by row


def start(params: PictureParams) -> PictureState:
    """The state before the first scan."""
    return _empty(0, 0)


def _empty(n: int, k: int) -> PictureState:
    """N rows of which nothing is known yet; k sensors have declared something of others."""

    def ints(fill: int = 0) -> I64:
        return np.full(n, fill, np.int64)

    return PictureState(
        t_ns=0, label=ints(), shown_ns=ints(), level=np.zeros((n, 3, N_CLASSES)),
        blades=np.zeros(n), said=np.zeros((n, k, N_CLASSES)), said_ns=np.zeros((n, k), np.int64),
        looked_ns=np.zeros((n, N_LOOKS), np.int64), motion=np.full((n, N_MOTION), np.nan),
        key=ints(), kind=ints(-1), key_ns=ints(), miss=np.zeros(n), support_ns=ints(),
        corridor=ints(-1), corridor_ns=ints(), cls=ints(), identity=ints(),
        contradicted=np.zeros(n, np.bool_), t_class_ns=ints(), t_identity_ns=ints(),
        worded=np.full((n, N_WORDED), -(2**62)), why=((),) * n, names=(), friends=(),
    )  # fmt: skip


def carry(state: PictureState, tracks: Tracks, params: PictureParams) -> PictureState:
    """A copy of the state with a row for every track and for every label not yet forgotten.

    The arrays are new: what follows in the step may write to them.
    """
    t_ns = tracks.t_ns
    at = state.label.searchsorted(tracks.label)
    remembered = t_ns - state.shown_ns <= params.memory_s * NS_PER_S
    if remembered.all() and _has(state.label, tracks.label, at):
        held: Any = tuple(state)
        fresh = (f.copy() for f in held[1:N_ARRAYS])
        out = PictureState(t_ns, *fresh, *held[N_ARRAYS:])
        out.shown_ns[at] = t_ns
        return out
    label = np.union1d(state.label[remembered], tracks.label)
    out = _empty(len(label), state.said.shape[1])
    old = np.flatnonzero(np.isin(state.label, label))
    new = np.searchsorted(label, state.label[old])
    for mine, theirs in zip(out, state, strict=True):
        if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
            _copy_rows(mine, theirs, new, old)
    out.label[:] = label
    out.shown_ns[np.searchsorted(label, tracks.label)] = t_ns
    why: list[tuple[str, ...]] = [()] * len(label)
    for i, j in zip(new.tolist(), old.tolist(), strict=True):
        why[i] = state.why[j]
    return out._replace(
        t_ns=t_ns, why=tuple(why), names=state.names, friends=state.friends,
        pilots=state.pilots, site=state.site, lanes=state.lanes,
    )  # fmt: skip


def _has(labels: I64, wanted: I64, at: I64) -> bool:
    """Whether labels[at] are the labels wanted, `at` being where they would stand."""
    if len(wanted) == 0:
        return True
    return len(labels) > 0 and bool(at[-1] < len(labels)) and np.array_equal(labels[at], wanted)


def _copy_rows(mine: NDArray[np.generic], theirs: NDArray[np.generic], new: I64, old: I64) -> None:
    mine[new] = theirs[old]
