"""Whom an alarm is for, who has heard it, and telling it further when nobody does.

In: a `Desk`, alarms, areas told.  Out: the same as changed; ESCALATION events.
Does not: send anything: outlets carry what is told here.

Rules.  An alarm is for the people's areas that lie in the fan of courses of its tracks
(their course, to each side twice its 1-sigma and at least `fan_rad`) or within NEAR_M of one;
for all areas when that finds none, or when a track has no course yet.  An area once told stays
told until the alarm ends.  An alarm that nobody has acknowledged within `ack_s` is told
further, and again every `repeat_s` until somebody does.
"""

from __future__ import annotations

import math

import numpy as np

from bartizan.types import F64, I64, Act, Alarm, Area, EventKind, Warned
from bartizan.units import NS_PER_S
from bartizan.warn.state import Desk

NEAR_M = 500.0  # wreckage and splinters are for everybody so near; assumed
SLOW_MPS = 3.0  # under this a course says nothing; assumed


def areas(desk: Desk, its: I64) -> tuple[int, ...]:
    """Rows of Site.people that the tracks in rows `its` of the picture endanger."""
    people = desk.site.people
    tracks = desk.picture.tracks
    out: set[int] = set()
    for i in its.tolist():
        x, cov = tracks.x[i], tracks.P[i]
        speed = math.hypot(x[3], x[4])
        if speed < SLOW_MPS:
            return tuple(range(len(people)))
        across = np.array([-x[4], x[3]]) / speed
        course_sd = math.sqrt(max(float(across @ cov[3:5, 3:5] @ across), 0.0)) / speed
        half = max(desk.params.fan_rad, 2.0 * course_sd)
        out |= {row for row, area in enumerate(people) if _in_fan(area, x, half)}
    return tuple(sorted(out)) or tuple(range(len(people)))


def _in_fan(area: Area, x: F64, half_rad: float) -> bool:
    """Whether a corner, the middle or an edge's middle of the area is near or in the fan."""
    corners = area.polygon
    edges = 0.5 * (corners + np.roll(corners, -1, axis=0))
    d = np.vstack((corners, edges, corners.mean(axis=0))) - x[:2]
    if (np.hypot(d[:, 0], d[:, 1]) <= NEAR_M).any():
        return True
    turn = np.arctan2(d[:, 0], d[:, 1]) - math.atan2(x[3], x[4])
    off = np.abs((turn + math.pi) % (2.0 * math.pi) - math.pi)
    # The fan also passes between two corners that stand on either side of it.
    return bool((off <= half_rad).any() or _straddles(turn))


def _straddles(turn: F64) -> bool:
    """Whether the course runs between corners ahead of it."""
    signed = (turn + math.pi) % (2.0 * math.pi) - math.pi
    ahead = np.abs(signed) < 0.5 * math.pi
    return bool((signed[ahead] > 0.0).any() and (signed[ahead] < 0.0).any())


def named(desk: Desk, rows: tuple[int, ...]) -> str:
    """The areas in words, "" where the site names none or all are meant."""
    if not rows or len(rows) == len(desk.site.people):
        return ""
    return " and ".join(desk.site.people[r].name for r in rows)


def escalate(desk: Desk, alarms: tuple[Alarm, ...]) -> tuple[Alarm, ...]:
    """Alarms that nobody has acknowledged in time are told further."""
    p, out = desk.params, []
    for a in alarms:
        waits = p.ack_s if a.escalations == 0 else p.repeat_s
        since = a.raised_ns if a.escalations == 0 else a.escalated_ns
        if a.acknowledged_by or not math.isfinite(waits):
            out.append(a)
            continue
        if desk.t_ns - since < waits * NS_PER_S:
            out.append(a)
            continue
        open_s = (desk.t_ns - a.raised_ns) / NS_PER_S
        again = "" if a.escalations == 0 else " again"
        text = f"alarm {a.number} told further{again}: nobody has acknowledged it in {open_s:.0f} s"
        data = (("alarm", float(a.number)), ("open_s", open_s), ("times", a.escalations + 1.0))
        desk.tell(EventKind.ESCALATION, text, a.labels, (), data)
        out.append(a._replace(escalated_ns=desk.t_ns, escalations=a.escalations + 1))
    return tuple(out)


def tell(warned: tuple[Warned, ...], alarms: tuple[Alarm, ...], t_ns: int) -> tuple[Warned, ...]:
    """The areas that the alarms in force are for; who was told before keeps its times."""
    known = {(w.alarm, w.area): w for w in warned}
    return tuple(
        known.get((a.number, area), Warned(area, a.number, t_ns))
        for a in alarms
        for area in a.areas
    )


def heard(warned: tuple[Warned, ...], act: Act, t_ns: int) -> tuple[Warned, ...]:
    """The areas told, with the word that one has heard all that it was told."""
    return tuple(
        w._replace(heard_ns=t_ns, heard_by=act.who)
        if w.area == act.subject and not w.heard_ns
        else w
        for w in warned
    )
