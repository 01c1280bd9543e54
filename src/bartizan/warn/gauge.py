"""The rules' conditions on every track at once, compiled: what has to be told or done.

In: the tracks' numbers, the watch's rows, limits.  Out: flags by track; writes to the rows.
Does not: tell, or word anything: the rules themselves stand in `interrogate`, `alarm`,
`posture`, which act on these flags.
"""

from __future__ import annotations

import math
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bartizan.jit import kernel
from bartizan.types import (
    B1,
    F64,
    I64,
    N_CLASSES,
    Identity,
    ObjectClass,
    Picture,
    SensorKind,
    Threats,
)
from bartizan.units import NS_PER_S
from bartizan.warn.state import Desk, Rows, WarnParams

HARMLESS = (int(ObjectClass.BIRD), int(ObjectClass.AIRLINER), int(ObjectClass.BALLOON))
COOPERATIVE = (int(SensorKind.ADSB), int(SensorKind.REMOTE_ID))
FAR_NS = 3600 * NS_PER_S  # an arrival later than this is not waited for


def _flags(of: type[IntEnum], *members: IntEnum) -> B1:
    """Truth by value of an enum: flags[values] is faster than numpy.isin."""
    return np.array([m in members for m in of], np.bool_)


IS_UNKNOWN = _flags(
    Identity, Identity.PENDING, Identity.UNKNOWN, Identity.SUSPECT, Identity.HOSTILE
)
IS_ASSUMED = _flags(Identity, Identity.ASSUMED_FRIEND, Identity.NEUTRAL)
IS_FRIENDLY = _flags(Identity, Identity.FRIEND, Identity.ASSUMED_FRIEND)
IS_HOSTILE = _flags(Identity, Identity.SUSPECT, Identity.HOSTILE)
IS_ATTACKER = _flags(ObjectClass, ObjectClass.ONE_WAY_ATTACK, ObjectClass.BALLISTIC)
IS_HARMLESS = _flags(ObjectClass, *(ObjectClass(c) for c in HARMLESS))

HOSTILE, NEUTRAL = int(Identity.HOSTILE), int(Identity.NEUTRAL)


class Answer(IntEnum):
    """What an interrogation found; only NOTHING leaves the track unexplained."""

    NOTHING = 0
    FRIEND = 1
    CIVIL = 2
    CORRIDOR = 3
    CLASS = 4


A_BIRD = HARMLESS[0]
A_NOTHING, A_FRIEND, A_CIVIL, A_CORRIDOR, A_CLASS = (int(a) for a in Answer)
# Flags of a track: its class, its identity changed; a friend comes in; an
# unknown that may come behind one; its dismissal ends, for what; it is to be interrogated; it
# is a threat; ready to be alarmed.
CLASS, WHOSE, INBOUND, BEHIND, OVER, CHANGED, DUE, EXPLAINED, THREAT, READY = (
    1 << k for k in range(10)
)


class Limits(NamedTuple):
    """The numbers of `WarnParams` that the conditions rest on, in their order there."""

    harmless: float
    recover_m: float
    ring_m: float
    again_ns: float
    alarm_attack: float
    alarm_attention: float
    alarm_p_wall: float
    alarm_sure: float
    alarm_after_ns: float
    alarm_unsure_ns: float
    alarm_now_s: float
    alarm_claim_ns: float
    keep_attack: float
    keep_m: float
    concern_attack: float
    concern_p_wall: float
    concern_after_ns: float
    drop_ns: float


@lru_cache(maxsize=8)
def limits(p: WarnParams) -> tuple[Limits, B1]:
    """The limits, and which classes (c,) could be an attack."""
    return Limits(
        p.harmless, p.recover_m, p.ring_m, p.again_s * NS_PER_S, p.alarm_attack,
        p.alarm_attention, p.alarm_p_wall, p.alarm_sure, p.alarm_after_s * NS_PER_S,
        p.alarm_unsure_s * NS_PER_S, p.alarm_now_s, p.alarm_claim_s * NS_PER_S, p.keep_attack,
        p.keep_m, p.concern_attack, p.concern_p_wall, p.concern_after_s * NS_PER_S, p.drop_s * NS_PER_S,
    ), np.array(p.attack_like, np.bool_)  # fmt: skip


class Weights(NamedTuple):
    """What each track (n,) is held for, as the fields of `Desk` of these names."""

    cls: I64
    identity: I64
    attack: F64
    named: B1
    open: B1
    harmless: B1
    basis: I64
    answer: I64


def weigh(
    picture: Picture, rows: Rows, at: I64, cls: I64, identity: I64, params: WarnParams
) -> Weights:
    """What each track is held for.  cls, identity: the picture's, or a person's word already.

    basis is another number when the evidence for a dismissal is other.  Who has a name of
    its own rests on that, and on not being of an attacker's class; who has none rests on
    class (all harmless ones are one) and corridor too.
    """
    lim, like = limits(params)
    heard = picture.tracks.identity != 0
    for i, name in enumerate(picture.callsign):
        if name:
            heard[i] = True
    n = len(at)
    out = Weights(
        np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n), heard, np.empty(n, np.bool_),
        np.empty(n, np.bool_), np.empty(n, np.int64), np.empty(n, np.int64),
    )  # fmt: skip
    _weigh(
        out, at, cls, identity, picture.posterior, picture.corridor, picture.contradicted,
        rows.said_cls, rows.said_identity, like, lim.harmless,
    )  # fmt: skip
    return out


@kernel
def _weigh(
    out: Weights, at: I64, cls: I64, identity: I64, posterior: F64, corridor: I64,
    contradicted: B1, said_cls: I64, said_identity: I64, like: B1, harmless_p: float,
) -> None:  # fmt: skip
    """`weigh`, into `out`; out.named holds who was heard."""
    for i in range(at.shape[0]):
        said, whose = said_cls[at[i]], said_identity[at[i]]
        c = said if said >= 0 else cls[i]
        d = whose if whose >= 0 else identity[i]
        attack, tameness = 0.0, 0.0
        for k in range(posterior.shape[1]):
            if like[k]:
                attack += posterior[i, k]
            if IS_HARMLESS[k]:
                tameness += posterior[i, k]
        if said > 0:
            attack = 1.0 if like[said] else 0.0
        named = out.named[i] or whose >= 0
        unknown = IS_UNKNOWN[d]
        own = named and not unknown
        harmless = tameness >= harmless_p
        rests = c
        if own:
            rests = 1 if IS_ATTACKER[c] else 0
        elif IS_HARMLESS[c] or (harmless and c == 0):
            rests = A_BIRD
        bad = contradicted[i]
        found = A_CLASS if harmless else A_NOTHING
        if IS_ASSUMED[d]:
            found = A_CORRIDOR
        if named and d == NEUTRAL:
            found = A_CIVIL
        if named and IS_FRIENDLY[d]:
            found = A_FRIEND
        if bad or IS_HOSTILE[d]:
            found = A_NOTHING
        out.cls[i], out.identity[i], out.attack[i] = c, d, attack
        out.named[i], out.harmless[i] = named, harmless
        out.open[i] = unknown or (IS_ASSUMED[d] and not named)
        way = 0 if own else corridor[i] + 1
        out.basis[i] = ((d * N_CLASSES + rests) * 2 + (1 if bad else 0)) * 1024 + way
        out.answer[i] = found


class Marks(NamedTuple):
    """What the conditions found.

    flag (n,) CLASS and on   soonest_s (n,) time to the wall on the present course; beside it,
    if it turned there now   some: all flags of all tracks   worry: row of the track that has
    been a cause for concern for long enough, -1 none   lost: some row is to be told as lost
    marked: threats and concern are written to the rows
    """

    flag: I64
    soonest_s: F64
    some: int
    worry: int
    lost: bool
    marked: bool


def survey(desk: Desk, recoveries: bool = False) -> Marks:
    """The flags of all tracks; when nothing is to be done first, threats are marked at once.

    recoveries: some friend has come in lately.  Writes what was told of class and identity
    to the rows; as `mark` where nothing has to be ended, asked or raised before.
    """
    return _run(desk, recoveries, False)


def mark(desk: Desk) -> Marks:
    """Which tracks are threats now, and ready to be alarmed; who is a cause for concern.

    Writes threat_ns, last_ns, arrival_ns, concern_ns.
    """
    return _run(desk, False, True)


def alone(desk: Desk) -> B1:
    """Which tracks (n,) are claims alone: heard by receivers of what others send, and not seen.

    One that is contradicted though no other has its name is not borne out, stray plots or not.
    """
    if not desk.named.any():
        return np.zeros(len(desk.at), np.bool_)
    hears = np.flatnonzero(np.isin(desk.site.sensors.kind, COOPERATIVE))
    bits, names = desk.picture.tracks.sensors, desk.picture.callsign
    claims: B1 = (bits != 0) & (bits & ~np.left_shift(np.int64(1), hears).sum() == 0)
    for i in np.flatnonzero(desk.picture.contradicted & ~claims).tolist():
        claims[i] = names[i] != "" and names.count(names[i]) == 1
    return claims


def _run(desk: Desk, recoveries: bool, marking: bool) -> Marks:
    th: Threats = desk.threats
    flag, soonest = np.empty(len(desk.at), np.int64), np.empty(len(desk.at))
    r = desk.rows
    found = _survey(
        (r.shown_ns, r.cls, r.identity, r.asked_ns, r.asked, r.dismissed_ns, r.dismissed,
         r.attention_ns, r.threat_ns, r.last_ns, r.arrival_ns, r.concern_ns, r.alarm),
        r.dropped, (desk.at, desk.cls, desk.identity, desk.basis, desk.answer),
        (desk.open, desk.harmless, th.closing, alone(desk), desk.picture.contradicted), (desk.attack, th.p_wall, th.d_wall_m, th.t_wall_s),
        desk.picture.tracks.x, desk.t_ns, limits(desk.params)[0], recoveries, marking, flag, soonest,
    )  # fmt: skip
    return Marks(flag, soonest, *found)


@kernel
def _survey(
    rows: tuple[I64, ...], dropped: B1, whole: tuple[I64, ...], true: tuple[B1, ...],
    number: tuple[F64, ...], x: F64, t_ns: int, lim: Limits, recoveries: bool, marking: bool,
    flag: I64, soonest: F64,
) -> tuple[int, int, bool, bool]:  # fmt: skip
    """`survey`, or `mark`: the flags into flag (n,), times into soonest (n,).

    -> the last four of `Marks`.
    """
    shown_ns, of_class, of_identity, asked_ns, asked, dismissed_ns, dismissed = rows[:7]
    attention_ns, threat_ns, last_ns, arrival_ns, concern_ns, alarm = rows[7:]
    at, cls, identity, basis, answer = whole
    open_, harmless, closing, claim, contradicted = true
    attack, p_wall, d_wall, t_wall = number
    some = 0
    for i in range(at.shape[0] if not marking else 0):
        r, f = at[i], 0
        if cls[i] != of_class[r]:
            f |= CLASS
        if identity[i] != of_identity[r] and (of_identity[r] != 0 or identity[i] != 1):
            f |= WHOSE
        of_class[r], of_identity[r] = cls[i], identity[i]
        if closing[i] and d_wall[i] <= lim.recover_m:
            if not open_[i] and IS_FRIENDLY[identity[i]]:
                f |= INBOUND
            if open_[i] and not harmless[i] and alarm[r] == 0:
                f |= BEHIND
        changed = basis[i] != dismissed[r]
        if dismissed_ns[r] > 0 and (changed or t_ns >= dismissed_ns[r]):
            f |= OVER
            if changed:
                f |= CHANGED
        if dismissed_ns[r] == 0 and (closing[i] or (open_[i] and d_wall[i] <= lim.ring_m)):
            watched = attention_ns[r] > t_ns
            explained = answer[i] != A_NOTHING and (not watched or answer[i] == A_FRIEND)
            waited = t_ns - asked_ns[r] >= lim.again_ns
            if asked_ns[r] == 0 or (waited and (explained or basis[i] != asked[r])):
                f |= DUE
                if explained:
                    f |= EXPLAINED
        flag[i] = f
        some |= f
    first = some & (OVER | DUE) or (some & BEHIND and (recoveries or some & INBOUND))
    if first:
        return some, -1, False, False
    worry = -1
    for i in range(at.shape[0]):
        r, f = at[i], flag[i] if not marking else 0
        watched, free = attention_ns[r] > t_ns, dismissed_ns[r] == 0
        hostile = identity[i] == HOSTILE
        like = attack[i] >= (lim.alarm_attention if watched else lim.alarm_attack)
        threat = closing[i] and p_wall[i] >= lim.alarm_p_wall
        threat = threat and (hostile or (like and not IS_HARMLESS[cls[i]]))
        if not threat and alarm[r] > 0 and (closing[i] or d_wall[i] <= lim.keep_m):
            threat = hostile or attack[i] >= lim.keep_attack
        threat = threat and free and open_[i]
        # What a radar looks for where it says that it is, and does not find, is nobody's alarm.
        threat = threat and (hostile or not (claim[i] and contradicted[i]))
        speed = max(math.hypot(x[i, 3], x[i, 4]), 0.1)
        soon = t_wall[i] if t_wall[i] < math.inf else max(d_wall[i], 0.0) / speed
        soonest[i] = soon
        if threat:
            f |= THREAT
            threat_ns[r] = threat_ns[r] if threat_ns[r] > 0 else t_ns
            last_ns[r] = t_ns
            arrival_ns[r] = t_ns + int(np.rint(min(soon * NS_PER_S, FAR_NS)))
            sure = attack[i] >= lim.alarm_sure or t_wall[i] <= lim.alarm_now_s
            hold = lim.alarm_after_ns if sure else lim.alarm_unsure_ns
            if claim[i] and not hostile and t_wall[i] > lim.alarm_now_s:
                hold = lim.alarm_claim_ns
            if alarm[r] == 0 and t_ns - threat_ns[r] >= hold:
                f |= READY
        else:
            threat_ns[r] = 0
        like = attack[i] >= (lim.alarm_attention if watched else lim.concern_attack)
        if (
            free
            and open_[i]
            and closing[i]
            and like
            and (watched or p_wall[i] >= lim.concern_p_wall)
        ):
            concern_ns[r] = concern_ns[r] if concern_ns[r] > 0 else t_ns
            if worry < 0 and t_ns - concern_ns[r] >= lim.concern_after_ns:
                worry = i
        else:
            concern_ns[r] = 0
        flag[i] = f
        some |= f
    lost = False
    for r in range(shown_ns.shape[0]):
        lost = lost or (not dropped[r] and t_ns - shown_ns[r] > lim.drop_ns)
    return some, worry, lost, True
