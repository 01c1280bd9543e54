"""One step of the watch: news of tracks, acts, interrogation, alarms, posture.

In: `WarnState`, `Picture`, `Threats`, people's `Act`s, `Site`.  Out: next state, `Watch`.
Does not: read a clock, send anything, or change what it was given.
"""

from __future__ import annotations

import numpy as np

from bartizan.errors import BartizanError
from bartizan.types import Act, EventKind, Mode, Picture, Registration, Site, Threats, Watch
from bartizan.units import NS_PER_S
from bartizan.warn import acts as people
from bartizan.warn import alarm, clearance, gauge, interrogate, posture, reach, sensors, words
from bartizan.warn.clearance import Clearance
from bartizan.warn.gauge import CLASS, WHOSE, Marks
from bartizan.warn.state import Desk, WarnParams, WarnState, carry


def interlock(mode: Mode, outlet_mode: Mode) -> None:
    """Refuse to join scans of one mode with a state or an outlet of another.

    Raises BartizanError: exercise, recording and live never mix.
    """
    if mode != outlet_mode:
        raise BartizanError(
            f"{mode} scans must not reach what is set up for {outlet_mode}: "
            f"expected both to be {outlet_mode}; start a separate run for {mode}"
        )


def step(
    state: WarnState, picture: Picture, threats: Threats, acts: tuple[Act, ...], site: Site,
    params: WarnParams, registration: Registration | None = None, heard: int = -1,
) -> tuple[WarnState, Watch]:  # fmt: skip
    """One picture on: what is told, to whom it matters, and the posture in force.

    threats has the picture's rows; registration: what is new of the sensors' bias; heard:
    the row of the sensor whose scan this is, -1 none.
    """
    desk = _sit_down(state, picture, threats, site, params)
    pulse = sensors.listen(desk, state.pulse, heard)
    _appear(desk)
    sensors.tell_registration(desk, registration)
    before = people.Table(state.alarms, state.posture, state.warned, pulse)
    desk, table = people.apply(desk, acts, before, state.raids_ns, registration)
    marks = gauge.survey(desk, bool(state.recoveries))
    _tell_changes(desk, marks)
    recoveries = interrogate.attend(desk, state.recoveries, marks)
    if not marks.marked:
        interrogate.end_dismissals(desk, gauge.survey(desk).flag)
        interrogate.interrogate(desk, gauge.survey(desk).flag)
        marks = gauge.mark(desk)
    board = alarm.step(desk, alarm.Board(table.alarms, state.told, state.next_alarm, ()), marks)
    alarms = reach.escalate(desk, board.alarms)
    warned = reach.tell(table.warned, alarms, picture.t_ns)
    raids_ns = (*state.raids_ns, *board.ended_ns)
    now = posture.step(desk, table.posture, alarms, bool(board.ended_ns), raids_ns, marks.worry)
    if marks.lost:
        _tell_lost(desk)
    after = WarnState(
        desk.rows, recoveries, alarms, board.told, board.next_alarm, now, raids_ns, warned, pulse
    )
    watch = Watch(
        picture.t_ns, now, alarms, tuple(desk.events), warned, pulse.health, pulse.heard_ns
    )
    return after, watch


def clear(
    state: WarnState, picture: Picture, threats: Threats, site: Site, params: WarnParams
) -> Clearance:
    """What can be said of the airspace after the step that gave picture and threats."""
    desk = _sit_down(state, picture, threats, site, params)
    return clearance.say(desk, state.alarms, state.posture, state.pulse)


def _sit_down(
    state: WarnState, picture: Picture, threats: Threats, site: Site, params: WarnParams
) -> Desk:
    """The desk of this step: fresh rows, and each track's class and identity as held here."""
    label = picture.tracks.label
    rows = carry(state.rows, label, picture.t_ns, params)
    at = rows.label.searchsorted(label)
    w = gauge.weigh(picture, rows, at, picture.cls, picture.identity, params)
    return Desk(
        picture.t_ns, picture, threats, site, params, rows, at, w.cls, w.identity, w.attack,
        w.named, w.open, w.harmless, w.basis, w.answer, [],
    )  # fmt: skip


def _appear(desk: Desk) -> None:
    """Tracks seen for the first time, or again after they were told as lost."""
    rows, at, tracks = desk.rows, desk.at, desk.picture.tracks
    new = rows.shown_ns[at] == 0
    back = rows.dropped[at]
    news = new | back
    for i in news.nonzero()[0].tolist() if news.any() else ():
        word = "is back" if back[i] else "confirmed"
        label = int(tracks.label[i])
        speed = float(np.hypot(tracks.x[i, 3], tracks.x[i, 4]))
        text = f"track {label} {word}: {_place(desk, i)}, {speed:.0f} m/s"
        since = (desk.t_ns - int(tracks.born_ns[i])) / NS_PER_S
        e, n, u = tracks.x[i, :3].tolist()
        desk.tell(
            EventKind.TRACK_CONFIRMED, text, (label,), (),
            (("e_m", e), ("n_m", n), ("u_m", u), ("existence", float(tracks.existence[i])),
             ("since_first_plot_s", since)),
        )  # fmt: skip
    rows.shown_ns[at] = desk.t_ns
    rows.dropped[at] = False
    rows.place[at] = tracks.x[:, :3]
    rows.existence[at] = tracks.existence


def _place(desk: Desk, i: int) -> str:
    e, n = desk.picture.tracks.x[i, :2].tolist()
    return words.where(e, n, float(desk.threats.d_wall_m[i]), desk.site.wall.name)


def _tell_changes(desk: Desk, marks: Marks) -> None:
    """CLASSIFIED and IDENTIFIED: what a track is held for has changed.

    The first UNKNOWN says nothing that the interrogation does not, and is not told.
    """
    if not marks.some & (CLASS | WHOSE):
        return
    rows, at, p = desk.rows, desk.at, desk.picture
    for i in np.flatnonzero(marks.flag & CLASS).tolist():
        label, cls = int(p.tracks.label[i]), int(desk.cls[i])
        share = float(p.posterior[i, cls])
        by = "by a person" if rows.said_cls[at[i]] >= 0 else f"{share:.0%}"
        what = f"{words.thing(cls)} ({by})" if cls else "not decided any more"
        data = (("cls", float(cls)), ("p", share))
        desk.tell(EventKind.CLASSIFIED, f"track {label}: {what}", (label,), p.why[i], data)
    for i in np.flatnonzero(marks.flag & WHOSE).tolist():
        label = int(p.tracks.label[i])
        name = f" ({p.callsign[i]})" if p.callsign[i] else ""
        text = f"track {label}{name}: {words.whose(desk.identity[i])}"
        held = (("identity", float(desk.identity[i])),)
        desk.tell(EventKind.IDENTIFIED, text, (label,), p.why[i], held)


def _tell_lost(desk: Desk) -> None:
    """Tracks not seen for `drop_s` are told as lost, once."""
    rows = desk.rows
    gone = desk.t_ns - rows.shown_ns > desk.params.drop_s * NS_PER_S
    for row in np.flatnonzero(gone & ~rows.dropped).tolist():
        rows.dropped[row] = True
        label = int(rows.label[row])
        e, n, u = rows.place[row].tolist()
        az = words.wind(words.bearing_rad(e, n))
        ago = (desk.t_ns - int(rows.shown_ns[row])) / NS_PER_S
        text = f"track {label} lost: last seen {ago:.0f} s ago in the {az}"
        why = ("an alarm on it stands until it is over",) if rows.alarm[row] else ()
        data = (("e_m", e), ("n_m", n), ("u_m", u), ("existence", float(rows.existence[row])))
        desk.tell(EventKind.TRACK_DROPPED, text, (label,), why, data)
