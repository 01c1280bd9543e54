"""Interrogation, dismissal, attention: nothing that closes is dropped in silence.

In: a `Desk`.  Out: events; writes to the desk's rows.
Does not: alarm.

Rules.  An unknown (identity pending, unknown or suspect, or a friend by its corridor alone)
that closes is interrogated in the picture in which it first closes, wherever it is; one
that does not close, when it is within `ring_m`; so is everything else that closes, and
before any dismissal.  The ledger is asked again when the evidence changes or explains it,
at most every `again_s`.  A rule dismisses only what the ledger explains, and what attention
is on only for a friend's own name.  A dismissal ends when its time is over, the evidence
changes, or attention comes on.

Attention is the lesson of Tower 22 (28 January 2024: a drone that came in about when a
friendly one returned was not told from it): while a friend comes in, and `recover_s` after,
an unknown that closes on the same side or near it, and is not plainly harmless, is held for
one of its own.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.types import I64, EventKind
from bartizan.units import NS_PER_S
from bartizan.warn import gauge, words
from bartizan.warn.gauge import BEHIND, CHANGED, DUE, EXPLAINED, INBOUND, OVER, Answer, Marks
from bartizan.warn.state import Desk, Recovery

BY_ATTENTION = -1  # in Rows.dismissed: attention has taken the dismissal's ground away


ANSWERS = {
    Answer.NOTHING: "not explained: it stays under watch",
    Answer.FRIEND: "friend by its own identity",
    Answer.CIVIL: "civil traffic by its own identity",
    Answer.CORRIDOR: "expected in the corridor that it follows",
    Answer.CLASS: "harmless by what it is",
}


def weigh(desk: Desk) -> Desk:
    """The desk with what its tracks are held for made again (`gauge.weigh`), but `attack`."""
    w = gauge.weigh(desk.picture, desk.rows, desk.at, desk.cls, desk.identity, desk.params)
    return desk._replace(**(w._asdict() | {"attack": desk.attack}))


def ask(desk: Desk, i: int, by: str = "rule") -> Answer:
    """Interrogate the ledger about track i: a logged act with its questions and answers."""
    p, label = desk.picture, int(desk.picture.tracks.label[i])
    found = Answer(int(desk.answer[i]))
    best = int(p.posterior[i].argmax())
    corridor = int(p.corridor[i])
    why = (
        f"cooperative identity: {p.callsign[i] or 'none heard'}"
        + (", its declared position not borne out" if p.contradicted[i] else "")
        + (", a claim that no sensor has seen" if gauge.alone(desk)[i] else ""),
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
         ("p_wall", float(threats.p_wall[i])), ("attack", float(desk.attack[i])),
         ("d_wall_m", float(threats.d_wall_m[i])),
         ("closing", float(threats.closing[i]))),
    )  # fmt: skip
    row = desk.at[i]
    desk.rows.asked_ns[row] = desk.t_ns
    desk.rows.asked[row] = desk.basis[i]
    return found


def dismiss(desk: Desk, i: int, until_ns: int, by: str, why: tuple[str, ...]) -> None:
    """Dismiss track i, which has just been interrogated: who, why, until when."""
    label, row = int(desk.picture.tracks.label[i]), desk.at[i]
    desk.rows.dismissed_ns[row] = until_ns
    desk.rows.dismissed[row] = desk.basis[i]
    desk.rows.by_person[row] = by != "rule"
    until = words.clock(until_ns, desk.t_ns, desk.site.utc_offset_s)
    desk.tell(
        EventKind.DISMISSAL,
        f"track {label} dismissed by {by} until {until}: {why[0]}",
        (label,), why, (("for_s", (until_ns - desk.t_ns) / NS_PER_S),),
    )  # fmt: skip


def end_dismissals(desk: Desk, flag: I64) -> None:
    """Dismissals whose time is over, or that the evidence no longer bears, end and say so."""
    rows, at = desk.rows, desk.at
    for i in np.flatnonzero(flag & OVER).tolist():
        label, row = int(desk.picture.tracks.label[i]), at[i]
        why = "its time is over"
        if rows.dismissed[row] == BY_ATTENTION:
            why = "attention is on it now"
        elif flag[i] & CHANGED:
            why = "the evidence changed: " + _change(desk, i)
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


def interrogate(desk: Desk, flag: I64) -> None:
    """Interrogate what the rules say, and dismiss what is explained."""
    p = desk.params
    for i in np.flatnonzero(flag & DUE).tolist():
        found = ask(desk, i)
        if flag[i] & EXPLAINED:
            by_class = found is Answer.CLASS
            hold_s = p.dismiss_class_s if by_class else p.dismiss_identity_s
            until_ns = desk.t_ns + round(hold_s * NS_PER_S)
            dismiss(desk, i, until_ns, "rule", (ANSWERS[found], _change(desk, i)))


def attend(desk: Desk, recoveries: tuple[Recovery, ...], m: Marks) -> tuple[Recovery, ...]:
    """Note friends that come in; raise attention to unknowns that close behind them."""
    if not recoveries and not m.some & INBOUND:
        return ()
    p, tracks = desk.params, desk.picture.tracks
    noted = {r.label: r for r in recoveries if desk.t_ns - r.t_ns <= p.recover_s * NS_PER_S}
    for i in np.flatnonzero(m.flag & INBOUND).tolist():
        label = int(tracks.label[i])
        e, n = tracks.x[i, :2].tolist()
        noted[label] = Recovery(label, desk.t_ns, e, n, desk.picture.callsign[i])
    out = tuple(noted[k] for k in sorted(noted))
    for i in np.flatnonzero(m.flag & BEHIND).tolist() if out else ():
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
