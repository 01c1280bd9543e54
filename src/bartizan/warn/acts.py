"""People's acts: acknowledge, heard, dismiss, interrogate, classify, identify, posture, note,
clear.

In: a `Desk`, `Act`s.  Out: the `Table` as changed; events; writes to the rows.
Does not: know who may do what (that is the console's), but keeps who did it and why.

Every act becomes an ACT event, a refused one with the reason of its refusal.  A dismissal
needs a name and a reason; the ledger is interrogated first, and both are logged.
"""

from __future__ import annotations

from typing import NamedTuple

from bartizan.types import (
    Act,
    Alarm,
    EventKind,
    Identity,
    Level,
    ObjectClass,
    Posture,
    Registration,
    Warned,
)
from bartizan.units import NS_PER_S
from bartizan.warn import clearance, reach, sensors, words
from bartizan.warn import posture as postures
from bartizan.warn.interrogate import ask, dismiss, weigh
from bartizan.warn.state import Desk, Pulse

VERBS = (
    "acknowledge", "heard", "dismiss", "interrogate", "classify", "identify", "posture", "note",
    "clear",
)  # fmt: skip


class Table(NamedTuple):
    """What lies before people beside the tracks: alarms, posture, areas told, the sensors."""

    alarms: tuple[Alarm, ...]
    posture: Posture
    warned: tuple[Warned, ...]
    pulse: Pulse


def apply(
    desk: Desk, acts: tuple[Act, ...], table: Table, raids_ns: tuple[int, ...],
    registration: Registration | None = None,
) -> tuple[Desk, Table]:  # fmt: skip
    """All acts in order; -> the desk with people's words in it, the table as changed.

    registration: what came of an act "register"; it is carried out where it is estimated.
    """
    for act in acts:
        if act.verb == "register":
            _tell(desk, act, sensors.answer(desk, act, registration))
            continue
        wrong = _wrong(desk, act, table)
        if wrong:
            _tell(desk, act, f"{act.who or 'somebody'}: {act.verb} refused: {wrong}")
        elif act.verb == "acknowledge":
            alarms = tuple(_acknowledged(a, act, desk.t_ns) for a in table.alarms)
            table = table._replace(alarms=alarms)
            _tell(desk, act, f"alarm {act.subject} acknowledged by {act.who}")
        elif act.verb == "heard":
            table = table._replace(warned=reach.heard(table.warned, act, desk.t_ns))
            name = desk.site.people[act.subject].name
            _tell(desk, act, f"{name} has heard the warning, says {act.who}")
        elif act.verb == "posture":
            table = table._replace(posture=_posture(desk, act, table.posture, raids_ns))
        elif act.verb == "note":
            labels = (act.subject,) if act.subject else ()
            _tell(desk, act, f"{act.who} notes: {act.why}", labels)
        elif act.verb == "clear":
            _tell(desk, act, f"{act.who} asks whether the airspace is clear")
            clearance.tell(desk, table.alarms, table.posture, table.pulse, act.who)
        else:
            desk = _on_track(desk, act)
    return desk, table


def _acknowledged(a: Alarm, act: Act, t_ns: int) -> Alarm:
    if a.number != act.subject or a.acknowledged_by:
        return a
    return a._replace(acknowledged_by=act.who, acknowledged_ns=t_ns)


def _tell(desk: Desk, act: Act, text: str, labels: tuple[int, ...] = ()) -> None:
    why = (act.why,) if act.why else ()
    data = (("subject", float(act.subject)), ("value", float(act.value)))
    desk.tell(EventKind.ACT, text, labels, why, data)


def _wrong(desk: Desk, act: Act, table: Table) -> str:
    """Why the act cannot be, "" if it can."""
    if act.verb not in VERBS:
        return f"there is no act {act.verb!r}"
    if not act.who.strip():
        return "an act needs the name of who does it"
    if act.verb == "acknowledge":
        known = any(a.number == act.subject for a in table.alarms)
        return "" if known else f"no alarm {act.subject} is in force"
    if act.verb == "heard":
        known = any(w.area == act.subject for w in table.warned)
        return "" if known else f"no alarm in force is for area {act.subject}"
    if act.verb == "note":
        return "" if act.why.strip() else "a note needs words"
    if act.verb == "posture":
        return _wrong_posture(act, table.alarms)
    return "" if act.verb == "clear" else _wrong_track(desk, act)


def _wrong_posture(act: Act, alarms: tuple[Alarm, ...]) -> str:
    if act.subject not in list(Level):
        return f"posture is one of 0, 1, 2, not {act.subject}"
    if alarms and act.subject < Level.RED:
        return "an alarm is in force; it has to end before RED is lowered"
    return "" if act.why.strip() else "a posture needs a reason"


def _wrong_track(desk: Desk, act: Act) -> str:
    """Why an act on a track cannot be, "" if it can."""
    if act.subject not in desk.picture.tracks.label:
        return f"no track {act.subject} is in the picture"
    if act.verb == "dismiss" and not act.why.strip():
        return "a dismissal needs a reason"
    if act.verb == "dismiss" and act.until_ns <= desk.t_ns:
        return "a dismissal needs a time in the future at which it ends"
    if act.verb == "classify" and act.value not in list(ObjectClass):
        return f"there is no class {act.value}"
    if act.verb == "identify" and act.value not in list(Identity):
        return f"there is no identity {act.value}"
    return ""


def _posture(desk: Desk, act: Act, now: Posture, raids_ns: tuple[int, ...]) -> Posture:
    hold = round(desk.params.person_s * NS_PER_S)
    until_ns = act.until_ns if act.until_ns > desk.t_ns else desk.t_ns + hold
    _tell(desk, act, f"posture {Level(act.subject).name} ordered by {act.who}")
    return postures.change(desk, now, Level(act.subject), until_ns, act.who, act.why, raids_ns)


def _on_track(desk: Desk, act: Act) -> Desk:
    """Dismiss, interrogate, classify or identify one track."""
    i = int((desk.picture.tracks.label == act.subject).argmax())
    label, row = act.subject, desk.at[i]
    if act.verb == "interrogate":
        _tell(desk, act, f"{act.who} asks about track {label}", (label,))
        ask(desk, i, act.who)
        return desk
    if act.verb == "dismiss":
        _tell(desk, act, f"{act.who} dismisses track {label}", (label,))
        ask(desk, i, act.who)
        dismiss(desk, i, act.until_ns, act.who, (act.why,))
        return desk
    if act.verb == "classify":
        desk.rows.said_cls[row] = act.value
        text = f"{act.who} says that track {label} is: {words.thing(act.value)}"
        cls, attack = desk.cls.copy(), desk.attack.copy()
        cls[i] = act.value
        if act.value != ObjectClass.UNKNOWN:
            attack[i] = float(desk.params.attack_like[act.value])
        _tell(desk, act, text, (label,))
        return weigh(desk._replace(cls=cls, attack=attack))
    desk.rows.said_identity[row] = act.value
    identity = desk.identity.copy()
    identity[i] = act.value
    _tell(desk, act, f"{act.who} says that track {label} is {words.whose(act.value)}", (label,))
    return weigh(desk._replace(identity=identity))
