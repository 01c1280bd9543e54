"""Interrogation, dismissal, attention: nothing that closes is dropped in silence.

In: a `Desk`.  Out: events; writes to the desk's rows.
Does not: alarm.

Rules.  An unknown (identity pending, unknown or suspect, or a friend by its corridor alone)
that closes is interrogated in the picture in which it first closes, wherever it is; one
that does not close, when it is within `ring_m`; so is everything else that closes, and
before any dismissal.  The ledger is asked again when the evidence changes or explains it,
at most every `again_s`.  A rule dismisses only what the ledger explains, whose score is
under `keep_score`, and what attention is on only for a friend's own name.  A dismissal ends
when its time is over, the evidence changes, attention comes on, or (a rule's) its score
reaches `alarm_score`.

Attention is the lesson of Tower 22 (28 January 2024: a drone that came in about when a
friendly one returned was not told from it): while a friend comes in, and `recover_s` after,
an unknown that closes on the same side or near it, and is not plainly harmless, is held for
one of its own.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np

from bartizan.types import B1, N_CLASSES, EventKind, I64, Identity, ObjectClass
from bartizan.units import NS_PER_S
from bartizan.warn import words
from bartizan.warn.state import Desk, Recovery

UNKNOWN = (
    int(Identity.PENDING), int(Identity.UNKNOWN), int(Identity.SUSPECT), int(Identity.HOSTILE)
)  # fmt: skip
FRIENDLY = (int(Identity.FRIEND), int(Identity.ASSUMED_FRIEND))
ATTACKER = (int(ObjectClass.ONE_WAY_ATTACK), int(ObjectClass.BALLISTIC))
BY_ATTENTION = -1  # in Rows.dismissed: attention has taken the dismissal's ground away
HARMLESS = (int(ObjectClass.BIRD), int(ObjectClass.AIRLINER), int(ObjectClass.BALLOON))


class Answer(IntEnum):
    """What an interrogation found; only NOTHING leaves the track unexplained."""

    NOTHING = 0
    FRIEND = 1
    CIVIL = 2
    CORRIDOR = 3
    CLASS = 4


ANSWERS = {
    Answer.NOTHING: "not explained: it stays under watch",
    Answer.FRIEND: "friend by its own identity",
    Answer.CIVIL: "civil traffic by its own identity",
    Answer.CORRIDOR: "expected in the corridor that it follows",
    Answer.CLASS: "harmless by what it is",
}


def evidence(desk: Desk) -> I64:
    """One number (n,) for what a dismissal rests on; another number is other evidence.

    Who has a name of its own rests on that, and on not being of an attacker's class; who
    has none rests on class and corridor too.
    """
    p = desk.picture
    named = _named(desk) & ~np.isin(desk.identity, UNKNOWN)
    cls = np.where(named, np.isin(desk.cls, ATTACKER), desk.cls)
    corridor = np.where(named, 0, p.corridor + 1)
    return ((desk.identity * N_CLASSES + cls) * 2 + p.contradicted) * 1024 + corridor


def nameless(desk: Desk) -> B1:
    """Tracks (n,) that are unknown, or assumed friendly by their corridor alone."""
    assumed = np.isin(desk.identity, (int(Identity.ASSUMED_FRIEND), int(Identity.NEUTRAL)))
    out: B1 = np.isin(desk.identity, UNKNOWN) | (assumed & ~_named(desk))
    return out


def _named(desk: Desk) -> B1:
    """Tracks (n,) with an identity of their own, heard or said by a person."""
    heard = np.array([c != "" for c in desk.picture.callsign], np.bool_)
    said = desk.rows.said_identity[desk.at] >= 0
    return heard | said | (desk.picture.tracks.identity != 0)


def answer(desk: Desk, i: int) -> Answer:
    """What the ledger says of track i."""
    p = desk.picture
    identity = desk.identity[i]
    if identity in (Identity.HOSTILE, Identity.SUSPECT) or p.contradicted[i]:
        return Answer.NOTHING
    named = bool(_named(desk)[i])
    if identity == Identity.FRIEND or (identity == Identity.ASSUMED_FRIEND and named):
        return Answer.FRIEND
    if identity == Identity.NEUTRAL and named:
        return Answer.CIVIL
    if identity in (Identity.ASSUMED_FRIEND, Identity.NEUTRAL):
        return Answer.CORRIDOR
    if p.posterior[i, list(HARMLESS)].sum() >= desk.params.harmless:
        return Answer.CLASS
    return Answer.NOTHING


def ask(desk: Desk, i: int, by: str = "rule") -> Answer:
    """Interrogate the ledger about track i: a logged act with its questions and answers."""
    p, label = desk.picture, int(desk.picture.tracks.label[i])
    found = answer(desk, i)
    best = int(p.posterior[i].argmax())
    corridor = int(p.corridor[i])
    why = (
        f"cooperative identity: {p.callsign[i] or 'none heard'}"
        + (", its declared position not borne out" if p.contradicted[i] else ""),
        f"corridor: {desk.site.corridors[corridor].name if corridor >= 0 else 'none'}",
        f"class: {words.thing(best)} {p.posterior[i, best]:.0%}"
        + ("" if desk.cls[i] else ", not decided"),
        f"identity: {words.whose(desk.identity[i])}",
    )
    threats = desk.threats
    desk.tell(
        EventKind.INTERROGATION,
        f"track {label} interrogated by {by}: {ANSWERS[found]}",
        (label,), why,
        (("answer", float(found)), ("score", float(threats.score[i])),
         ("p_wall", float(threats.p_wall[i])), ("d_wall_m", float(threats.d_wall_m[i])),
         ("closing", float(threats.closing[i]))),
    )  # fmt: skip
    row = desk.at[i]
    desk.rows.asked_ns[row] = desk.t_ns
    desk.rows.asked[row] = evidence(desk)[i]
    return found


def dismiss(desk: Desk, i: int, until_ns: int, by: str, why: tuple[str, ...]) -> None:
    """Dismiss track i, which has just been interrogated: who, why, until when."""
    label, row = int(desk.picture.tracks.label[i]), desk.at[i]
    desk.rows.dismissed_ns[row] = until_ns
    desk.rows.dismissed[row] = evidence(desk)[i]
    desk.rows.by_person[row] = by != "rule"
    until = words.clock(until_ns, desk.site.utc_offset_s)
    desk.tell(
        EventKind.DISMISSAL,
        f"track {label} dismissed by {by} until {until}: {why[0]}",
        (label,), why, (("for_s", (until_ns - desk.t_ns) / NS_PER_S),),
    )  # fmt: skip


def end_dismissals(desk: Desk) -> None:
    """Dismissals whose time is over, or that the evidence no longer bears, end and say so."""
    rows, at = desk.rows, desk.at
    held = rows.dismissed_ns[at] > 0
    if not held.any():
        return
    changed = evidence(desk) != rows.dismissed[at]
    threat = ~rows.by_person[at] & (desk.threats.score >= desk.params.alarm_score)
    over = desk.t_ns >= rows.dismissed_ns[at]
    for i in np.flatnonzero(held & (changed | threat | over)).tolist():
        label, row = int(desk.picture.tracks.label[i]), at[i]
        why = "its time is over"
        if rows.dismissed[row] == BY_ATTENTION:
            why = "attention is on it now"
        elif changed[i]:
            why = "the evidence changed: " + _change(desk, i)
        elif threat[i]:
            why = "it comes as a threat"
        rows.dismissed_ns[row] = 0
        rows.by_person[row] = False
        text = f"the dismissal of track {label} ends: {why}"
        desk.tell(EventKind.DISMISSAL_ENDED, text, (label,), (why,))


def _change(desk: Desk, i: int) -> str:
    """What the evidence is now, in words."""
    best = int(desk.picture.posterior[i].argmax())
    what = words.thing(int(desk.cls[i])) if desk.cls[i] else f"class open ({words.thing(best)}?)"
    bad = ", declared position not borne out" if desk.picture.contradicted[i] else ""
    return f"{what}, identity {words.whose(desk.identity[i])}{bad}"


def interrogate(desk: Desk) -> None:
    """Interrogate what the rules say, and dismiss what is explained."""
    rows, at, th, p = desk.rows, desk.at, desk.threats, desk.params
    due = rows.dismissed_ns[at] == 0
    due &= th.closing | (nameless(desk) & (th.d_wall_m <= p.ring_m))
    fresh = rows.asked_ns[at] == 0
    waited = desk.t_ns - rows.asked_ns[at] >= p.again_s * NS_PER_S
    due &= fresh | waited
    if not due.any():
        return
    changed = evidence(desk) != rows.asked[at]
    for i in np.flatnonzero(due).tolist():
        found = answer(desk, i)
        explained = _may_dismiss(desk, i, found)
        if fresh[i] or changed[i] or explained:
            ask(desk, i)
        if explained:
            by_class = found is Answer.CLASS
            hold_s = p.dismiss_class_s if by_class else p.dismiss_identity_s
            until_ns = desk.t_ns + round(hold_s * NS_PER_S)
            dismiss(desk, i, until_ns, "rule", (ANSWERS[found], _change(desk, i)))


def _may_dismiss(desk: Desk, i: int, found: Answer) -> bool:
    """Whether a rule may dismiss track i: explained, no threat, and no attention on it."""
    if found is Answer.NOTHING or desk.threats.score[i] >= desk.params.keep_score:
        return False
    watched = desk.rows.attention_ns[desk.at[i]] > desk.t_ns
    return not watched or found is Answer.FRIEND


def attend(desk: Desk, recoveries: tuple[Recovery, ...]) -> tuple[Recovery, ...]:
    """Note friends that come in; raise attention to unknowns that close behind them."""
    th, p, tracks = desk.threats, desk.params, desk.picture.tracks
    open_ = nameless(desk)
    named = np.isin(desk.identity, FRIENDLY) & ~open_
    inbound = named & th.closing & (th.d_wall_m <= p.recover_m)
    noted = {r.label: r for r in recoveries if desk.t_ns - r.t_ns <= p.recover_s * NS_PER_S}
    for i in np.flatnonzero(inbound).tolist():
        label = int(tracks.label[i])
        e, n = tracks.x[i, :2].tolist()
        noted[label] = Recovery(label, desk.t_ns, e, n, desk.picture.callsign[i])
    out = tuple(noted[k] for k in sorted(noted))
    if out:
        harmless = desk.picture.posterior[:, HARMLESS].sum(axis=1) >= p.harmless
        open_ &= th.closing & (th.d_wall_m <= p.recover_m) & ~harmless
        for i in np.flatnonzero(open_ & (desk.rows.alarm[desk.at] == 0)).tolist():
            friend = _behind(tracks.x[i, 0], tracks.x[i, 1], out, desk)
            if friend is not None:
                _raise(desk, i, friend)
    return out


def _behind(e_m: float, n_m: float, friends: tuple[Recovery, ...], desk: Desk) -> Recovery | None:
    """The friend that this place is near, or on the same side as seen from the site."""
    side = math.atan2(e_m, n_m)
    for r in friends:
        turn = abs((side - math.atan2(r.e_m, r.n_m) + math.pi) % (2.0 * math.pi) - math.pi)
        near = math.hypot(e_m - r.e_m, n_m - r.n_m) <= desk.params.behind_m
        if near or turn <= desk.params.behind_rad:
            return r
    return None


def _raise(desk: Desk, i: int, friend: Recovery) -> None:
    """Attention to track i: told once, and held while it lasts."""
    row, label = desk.at[i], int(desk.picture.tracks.label[i])
    new = desk.rows.attention_ns[row] <= desk.t_ns
    desk.rows.attention_ns[row] = desk.t_ns + round(desk.params.attention_s * NS_PER_S)
    if not new:
        return
    desk.rows.dismissed[row] = BY_ATTENTION
    who = friend.callsign or f"track {friend.label}"
    th = desk.threats
    desk.tell(
        EventKind.ATTENTION,
        f"attention to track {label}: it closes while the friend {who} comes in, "
        "and is not that friend",
        (label, friend.label),
        ("a second thing behind a friendly recovery must not be taken for it",
         f"{th.d_wall_m[i]:.0f} m from {desk.site.wall.name}"),
        (("d_wall_m", float(th.d_wall_m[i])), ("score", float(th.score[i]))),
    )  # fmt: skip
