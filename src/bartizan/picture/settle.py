"""What all evidence on a track comes to: its class's posterior and name, whose it is; compiled.

In: rows of the state as `evidence` and `ledger` left them, tracks, corridors.  Out: posterior,
corridor; the rows' class and identity.  Does not: weigh a look, or word anything.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bartizan.jit import inner, kernel
from bartizan.picture.corridor import NONE, Lanes, follows
from bartizan.picture.state import PictureParams, PictureState
from bartizan.types import B1, F64, I64, Identity, ObjectClass, SensorKind, Tracks
from bartizan.units import NS_PER_S

COOPERATIVE_MIN = 1e-6  # no class is ruled out by what it says of itself
CIVIL = 0.5  # probability of an aircraft that a transponder's claim needs; assumed
AIRCRAFT = (int(ObjectClass.LIGHT_AIRCRAFT), int(ObjectClass.HELICOPTER), int(ObjectClass.AIRLINER))
ATTACKER = (int(ObjectClass.ONE_WAY_ATTACK), int(ObjectClass.BALLISTIC))
RADAR, ADSB, REMOTE_ID = int(SensorKind.RADAR), int(SensorKind.ADSB), int(SensorKind.REMOTE_ID)
PENDING, UNKNOWN, SUSPECT = int(Identity.PENDING), int(Identity.UNKNOWN), int(Identity.SUSPECT)
FRIEND, ASSUMED = int(Identity.FRIEND), int(Identity.ASSUMED_FRIEND)
NEUTRAL = int(Identity.NEUTRAL)


class Limits(NamedTuple):
    """The numbers of `PictureParams` that the verdicts rest on, times in nanoseconds."""

    temper: float
    fade_ns: float
    decide: float
    margin: float
    keep: float
    plots: int
    pending_ns: float
    quiet_ns: float
    fresh_ns: float
    support_ns: float
    corridor_ns: float
    suspect: float
    suspect_keep: float
    turn_rad: float
    height_sd_max_m: float


def limits(p: PictureParams) -> Limits:
    """The limits of these settings."""
    return Limits(
        p.temper, p.fade_s * NS_PER_S, p.decide, p.margin, p.keep, p.plots,
        p.pending_s * NS_PER_S, p.quiet_s * NS_PER_S, p.fresh_s * NS_PER_S,
        p.support_s * NS_PER_S, p.corridor_s * NS_PER_S, p.suspect, p.suspect_keep,
        p.corridor_turn_rad, p.height_sd_max_m,
    )  # fmt: skip


def settle(
    state: PictureState, tracks: Tracks, at: I64, falling: F64, params: PictureParams
) -> tuple[F64, I64]:
    """Class and identity of each track; writes them, and the corridor, to the state's rows.

    falling (n, c) log-evidence of the motion modes, (0, c) when none of them falls.
    HOSTILE is never given here: a person says that.
    -> posterior (n, c); corridor (n,) that each has followed for long enough, -1 none
    """
    t = params.table
    posterior, along = np.empty((len(at), len(t.prior))), np.empty(len(at), np.int64)
    _settle(
        (at, state.cls, state.identity, state.key, state.kind, state.key_ns, state.support_ns,
         state.corridor, state.corridor_ns, state.t_identity_ns, tracks.born_ns, tracks.hits,
         along),
        state.contradicted, state.said_ns,
        (state.level, state.said, tracks.P), (tracks.x, falling, posterior),
        (state.blades, t.prior, t.rotor, t.adsb, t.remote_id), state.lanes,
        np.array(state.friends, np.int64), state.t_ns, limits(params),
    )  # fmt: skip
    return posterior, along


@inner
def weigh(
    level: F64, said: F64, said_ns: I64, odds: float, t_ns: int, prior: F64, rotor: F64,
    lim: Limits, out: F64,
) -> None:  # fmt: skip
    """Log-evidence (c,) of one row with the prior: sensors and motion to the power `temper`.

    level (3, c)   said (k, c), said_ns (k,)   odds: log-odds that it shows blades
    """
    for c in range(out.shape[0]):
        a, b = math.log(rotor[c]) + odds, math.log1p(-rotor[c])
        blades = max(a, b) + math.log1p(math.exp(-abs(a - b)))
        out[c] = level[0, c] + level[1, c] + level[2, c] + blades
    for k in range(said.shape[0]):
        if said_ns[k] > 0:
            fades = math.exp((said_ns[k] - t_ns) / lim.fade_ns)
            for c in range(out.shape[0]):
                out[c] += fades * said[k, c]
    for c in range(out.shape[0]):
        out[c] = lim.temper * out[c] + math.log(prior[c])


@inner
def normalise(p: F64) -> None:
    """Log-probabilities (c,) to probabilities that sum to 1, in place."""
    most = -math.inf
    for c in range(p.shape[0]):
        most = max(most, p[c])
    whole = 0.0
    for c in range(p.shape[0]):
        p[c] = math.exp(p[c] - most)
        whole += p[c]
    for c in range(p.shape[0]):
        p[c] /= whole


@kernel
def named(p: F64, was: int, hits: int, lim: Limits) -> int:
    """The class of a row where the evidence decides, else UNKNOWN.

    Named: at least `decide` and `margin` over the next, after `plots` plots; a named
    class stays named, while it is still the most probable, down to `keep`.
    """
    best, top, second = 0, p[0], -math.inf
    for c in range(1, p.shape[0]):
        if p[c] > top:
            best, second, top = c, top, p[c]
        else:
            second = max(second, p[c])
    clear = top >= lim.decide and top - second >= lim.margin
    kept = was == best and top >= lim.keep
    return best if (clear or kept) and hits >= lim.plots else 0


@inner
def whose(
    p: F64, friend: bool, key: int, kind: int, since_ns: int, seen: bool, bad: bool,
    lane: int, lanes: Lanes, was: int, pending: bool, lim: Limits,
) -> int:  # fmt: skip
    """Identity of one track, from the weakest claim on it to the strongest.

    p (c,) posterior   since_ns since its name was heard   seen: an independent sensor has,
    lately   bad: its claim is contradicted   lane: corridor that it follows, -1 none
    """
    out = PENDING if pending else UNKNOWN
    flies, attacks = 0.0, 0.0
    for c in AIRCRAFT:
        flies += p[c]
    for c in ATTACKER:
        attacks += p[c]
    aircraft = flies >= CIVIL
    if attacks >= (lim.suspect_keep if was == SUSPECT else lim.suspect):
        out = SUSPECT
    if lane >= 0 and out != SUSPECT and (aircraft or lanes.friend[lane]):
        out = ASSUMED if lanes.friend[lane] else NEUTRAL
    radio = kind in (ADSB, RADAR)
    if key != 0 and not friend and since_ns <= lim.quiet_ns and radio and aircraft:
        out = NEUTRAL
    if friend and since_ns <= lim.quiet_ns:
        out = ASSUMED
    if friend and since_ns <= lim.fresh_ns and seen:
        out = FRIEND
    return SUSPECT if bad else out


@kernel
def _settle(
    whole: tuple[I64, ...], contradicted: B1, said_ns: I64, cubes: tuple[F64, ...],
    tables: tuple[F64, ...], lists: tuple[F64, ...], lanes: Lanes, friends: I64, t_ns: int,
    lim: Limits,
) -> None:  # fmt: skip
    """`settle`, row by row, in place."""
    at, cls, identity, key, kind, key_ns, support_ns = whole[:7]
    corridor, corridor_ns, t_identity_ns, born_ns, hits, along = whole[7:]
    level, said, P = cubes
    x, falling, posterior = tables
    blades, prior, rotor, adsb, remote_id = lists
    for i in range(at.shape[0]):
        r = at[i]
        p, k = posterior[i], key[r]
        weigh(level[r], said[r], said_ns[r], blades[r], t_ns, prior, rotor, lim, p)
        if falling.shape[0] > 0:
            for c in range(p.shape[0]):
                p[c] += falling[i, c]
        # A cooperative identity counts once, by the share of each class that reports so; a
        # contradicted one does not count, and the lack of one never does.
        if k != 0 and not contradicted[r]:
            for c in range(p.shape[0]):
                share = remote_id[c] if kind[r] == REMOTE_ID else adsb[c]
                p[c] += math.log(max(share, COOPERATIVE_MIN))
        normalise(p)
        cls[r] = named(p, cls[r], hits[i], lim)
        now = NONE
        if P[i, 2, 2] <= lim.height_sd_max_m * lim.height_sd_max_m:
            now = follows(x[i], lanes, lim.turn_rad)
        if now != corridor[r]:
            corridor[r], corridor_ns[r] = now, t_ns
        along[i] = now if t_ns - corridor_ns[r] >= lim.corridor_ns else NONE
        friend = False
        for f in friends:
            friend = friend or f == k
        seen = support_ns[r] > 0 and t_ns - support_ns[r] <= lim.support_ns
        identity[r] = whose(
            p, friend, k, kind[r], t_ns - key_ns[r], seen, contradicted[r], along[i], lanes,
            identity[r], t_ns - born_ns[i] < lim.pending_ns, lim,
        )  # fmt: skip
        since = max(key_ns[r], t_ns if along[i] >= 0 else 0)
        t_identity_ns[r] = max(t_identity_ns[r], since)
