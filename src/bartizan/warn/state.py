"""What the watch remembers, its settings, and the desk that one step works at.

In: nothing.  Out: `WarnParams`, `WarnState`, `start`, `Desk`, `carry`.
Does not: decide anything.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.recurrence import LITTLE_KNOWN, Law
from bartizan.types import (
    B1,
    F64,
    I64,
    Alarm,
    Event,
    EventKind,
    Level,
    Mode,
    Picture,
    Posture,
    Site,
    Threats,
    Warned,
)
from bartizan.units import NS_PER_S
from bartizan.warn.words import marked

DAY_S = 86_400.0


class WarnParams(NamedTuple):
    """Settings of the watch; all assumed unless said otherwise.

    mode  where the scans come from; marks every text
    attacks_ns, observed_from_ns  earlier attacks on the site, and since when they were
    counted (0: no history)   laws, skill  of the forecast: the laws in use and those of its
    range; what is known of its skill, in words
    level, level_s  posture at the start and for how long
    ring_m  an unknown this near the wall is interrogated though it does not come
    again_s  least time between two interrogations of one track
    dismiss_identity_s, dismiss_class_s  how long a rule's dismissal holds
    harmless  probability of being harmless by class that a rule's dismissal needs
    recover_m, recover_s  a friend this near that comes in is a recovery, and for so long
    behind_m, behind_rad  an unknown this near it, or on the same side, is behind it
    attention_s  attention holds so long
    attack_like (c,)  whether a class could be an attack, by ObjectClass
    alarm_attack, alarm_attention, alarm_p_wall  a track that closes is a threat when its
    probability of an attack-like class and its p_wall reach these (the second: under
    attention)   alarm_sure  with this probability it is alarmed after alarm_after_s, else
    after alarm_unsure_s; nearer than alarm_now_s it need not be sure   alarm_claim_s  a claim that
    no sensor has seen waits so long for one, unless it is so near
    keep_attack, keep_m  it stays a threat with this while it closes or is this near
    clear_s  all clear so long after the last threat and its expected arrival
    clear_max_s  but not longer after it was last a threat   stay_s  an alarm's own end
    after the last expected arrival   drop_s  a track gone so long is told as lost
    memory_s  how long a row outlives its track
    concern_attack, concern_p_wall, concern_after_s, concern_s  what closes so far
    unexplained raises the posture to YELLOW when it has done so long, for so long
    ack_s  an alarm that nobody acknowledged so long is told further, and again every
    repeat_s; inf: nobody is on duty (a run without a person)
    fan_rad  least half-width of the fan of courses whose areas an alarm is for
    stale_s, stale_looks; lost_s, lost_looks  a sensor is stale, lost, when not heard so
    long and so many looks
    raid_s  YELLOW after a raid   person_s  a person's posture without an end
    """

    mode: Mode = Mode.EXERCISE
    attacks_ns: tuple[int, ...] = ()
    observed_from_ns: int = 0
    laws: tuple[Law, ...] = LITTLE_KNOWN
    skill: str = "no skill assessed"
    level: Level = Level.WHITE
    level_s: float = DAY_S
    ring_m: float = 3000.0
    again_s: float = 20.0
    dismiss_identity_s: float = 300.0
    dismiss_class_s: float = 180.0
    harmless: float = 0.9
    recover_m: float = 15_000.0
    recover_s: float = 300.0
    behind_m: float = 5000.0
    behind_rad: float = 0.8
    attention_s: float = 300.0
    attack_like: tuple[bool, ...] = (
        True, True, True, True, False, False, False, False, True, False,
    )  # fmt: skip
    alarm_attack: float = 0.5
    alarm_attention: float = 0.4
    alarm_sure: float = 0.65
    alarm_p_wall: float = 0.15
    alarm_after_s: float = 2.0
    alarm_unsure_s: float = 5.0
    alarm_now_s: float = 30.0
    alarm_claim_s: float = 30.0
    keep_attack: float = 0.3
    keep_m: float = 1000.0
    clear_s: float = 60.0
    clear_max_s: float = 180.0
    stay_s: float = 300.0
    drop_s: float = 10.0
    memory_s: float = 60.0
    ack_s: float = float("inf")
    repeat_s: float = 30.0
    fan_rad: float = 0.3
    stale_s: float = 3.0
    stale_looks: float = 3.0
    lost_s: float = 15.0
    lost_looks: float = 10.0
    concern_attack: float = 0.5
    concern_p_wall: float = 0.1
    concern_after_s: float = 8.0
    concern_s: float = 900.0
    raid_s: float = DAY_S
    person_s: float = 3600.0


class Rows(NamedTuple):
    """What the watch knows of each label, sorted by label.

    shown_ns, dropped (n,) last shown, and told as lost   place (n, 3) [m] last seen
    existence (n,)   cls, identity (n,) as last told   said_cls, said_identity (n,) a
    person's word, -1 none   asked_ns (n,) last interrogation, 0 never; asked (n,) the
    evidence then   dismissed_ns (n,) until when, 0 not; dismissed (n,) the evidence then;
    by_person (n,)   attention_ns (n,) until when   threat_ns (n,) a threat since, 0 not;
    last_ns (n,) when last; arrival_ns (n,) expected then   concern_ns (n,) since, 0 not
    alarm (n,) number, 0 none
    """

    label: I64
    shown_ns: I64
    dropped: B1
    place: F64
    existence: F64
    cls: I64
    identity: I64
    said_cls: I64
    said_identity: I64
    asked_ns: I64
    asked: I64
    dismissed_ns: I64
    dismissed: I64
    by_person: B1
    attention_ns: I64
    threat_ns: I64
    last_ns: I64
    arrival_ns: I64
    concern_ns: I64
    alarm: I64


class Recovery(NamedTuple):
    """A friend that comes in: its label, when and where it was last seen so."""

    label: int
    t_ns: int
    e_m: float
    n_m: float
    callsign: str


class Pulse(NamedTuple):
    """When each sensor was last heard (s,) [ns], 0 never, and its `Health` (s,) by that."""

    heard_ns: I64
    health: I64


class WarnState(NamedTuple):
    """Rows by label, friends coming in, alarms in force, posture, raids alarmed so far.

    told: per alarm in force, the count and the time class (see alarm.TIME_CLASSES_S) told
    warned: people's areas told of alarms in force   pulse: of the sensors; no rows before
    the first step
    """

    rows: Rows
    recoveries: tuple[Recovery, ...]
    alarms: tuple[Alarm, ...]
    told: tuple[tuple[int, int], ...]
    next_alarm: int
    posture: Posture
    raids_ns: tuple[int, ...]
    warned: tuple[Warned, ...]
    pulse: Pulse


class Desk(NamedTuple):
    """One step's work: what came in, the fresh rows (written to), the events so far.

    at (n,) row of each track   cls, identity (n,) the picture's, or a person's word
    attack (n,) probability of an attack-like class; 0 or 1 by a person's word
    named (n,) it has an identity of its own, heard or said by a person
    open (n,) unknown, or assumed friendly by its corridor alone
    harmless (n,) probably of a harmless class
    basis (n,) one number for what a dismissal rests on   answer (n,) what the ledger
    says to an interrogation (gauge.Answer); all made by gauge.weigh
    """

    t_ns: int
    picture: Picture
    threats: Threats
    site: Site
    params: WarnParams
    rows: Rows
    at: I64
    cls: I64
    identity: I64
    attack: F64
    named: B1
    open: B1
    harmless: B1
    basis: I64
    answer: I64
    events: list[Event]

    def tell(
        self,
        kind: EventKind,
        text: str,
        labels: tuple[int, ...] = (),
        why: tuple[str, ...] = (),
        data: tuple[tuple[str, float], ...] = (),
    ) -> None:
        """Add an event; its text is marked with the mode."""
        text = marked(self.params.mode, text)
        self.events.append(Event(self.t_ns, kind, text, labels, why, data))


def start(params: WarnParams) -> WarnState:
    """The state before the first picture; its posture begins with the first picture."""
    reason = marked(params.mode, "the watch begins; no threat is known")
    posture = Posture(params.level, 0, 0, "rule", reason, "")
    none = np.zeros(0, np.int64)
    return WarnState(_empty(0), (), (), (), 1, posture, (), (), Pulse(none, none))


def _empty(n: int) -> Rows:
    def ints(fill: int = 0) -> I64:
        return np.full(n, fill, np.int64)

    def flags() -> B1:
        return np.zeros(n, np.bool_)

    return Rows(
        label=ints(), shown_ns=ints(), dropped=flags(), place=np.zeros((n, 3)),
        existence=np.zeros(n), cls=ints(), identity=ints(), said_cls=ints(-1),
        said_identity=ints(-1), asked_ns=ints(), asked=ints(-1), dismissed_ns=ints(),
        dismissed=ints(-1), by_person=flags(), attention_ns=ints(), threat_ns=ints(),
        last_ns=ints(), arrival_ns=ints(), concern_ns=ints(), alarm=ints(),
    )  # fmt: skip


def carry(rows: Rows, label: I64, t_ns: int, params: WarnParams) -> Rows:
    """New rows for every label shown and for each not yet forgotten.

    A row that an alarm in force names is not forgotten, nor one not yet told as lost.
    """
    kept = t_ns - rows.shown_ns <= params.memory_s * NS_PER_S
    kept |= (rows.alarm > 0) | ~rows.dropped
    at = rows.label.searchsorted(label)
    known = len(label) == 0 or (len(rows.label) > at[-1] and (rows.label[at] == label).all())
    if known and kept.all():
        return Rows._make([a.copy() for a in rows])
    labels = np.union1d(rows.label[kept], label)
    out = _empty(len(labels))
    old = np.flatnonzero(np.isin(rows.label, labels))
    new = np.searchsorted(labels, rows.label[old])
    for mine, theirs in zip(out, rows, strict=True):
        mine[new] = theirs[old]
    out.label[:] = labels
    return out
