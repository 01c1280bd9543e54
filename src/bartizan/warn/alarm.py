"""Alarms: one a raid, updated when it matters, ended when it is over.

In: a `Desk`.  Out: the alarms in force; events; writes to the desk's rows.
Does not: sound anything.

Rules.  A track is a threat while it is not dismissed, not a friend or civil by a name of its
own, closes (or is inside), is attack-like with probability >= `alarm_attack`
(`alarm_attention` under attention), is not named a harmless class, and has p_wall >=
`alarm_p_wall`; said to be hostile by a person, whatever its class.  It is alarmed when that
has held for `alarm_after_s` (for `alarm_unsure_s` if the probability is under `alarm_sure` and
it is not at the wall within `alarm_now_s`).  A claim that no sensor has seen waits for one,
`alarm_claim_s`, unless it is that near; contradicted, it is no threat.  Once alarmed it stays a threat while it
closes or is within `keep_m`, down to `keep_attack`.

One raid (group) has one alarm; a threat without a group joins the newest alarm in force.  An
alarm is updated when its count grows, when its time to the wall falls into the next class,
and when its own end comes while the threat goes on.  All clear: `clear_s` after the last
threat, and not before the lost ones should have arrived and `clear_s` more (but at most
`clear_max_s` after they were last a threat).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.types import B1, F64, I64, Alarm, EventKind
from bartizan.units import NS_PER_S
from bartizan.warn import reach, words
from bartizan.warn.gauge import READY, THREAT, Marks
from bartizan.warn.state import Desk, Rows

TIME_CLASSES_S = (300.0, 120.0, 60.0, 30.0, 5.0)
LANDING = ("e_m", "n_m", "s", "ee_m2", "en_m2", "nn_m2", "tt_s2")


class Board(NamedTuple):
    """The alarms in force, what was last told of each (count, time class), next number."""

    alarms: tuple[Alarm, ...]
    told: tuple[tuple[int, int], ...]
    next_alarm: int
    ended_ns: tuple[int, ...]


def time_class(t_s: float) -> int:
    """Which of the classes of time to the wall: 0 more than 300 s, 5 at the wall."""
    return sum(t_s <= c for c in TIME_CLASSES_S)


def step(desk: Desk, board: Board, marks: Marks) -> Board:
    """Raise, update and end alarms; writes rows.alarm."""
    if marks.some & READY:
        board = _enter(desk, board, (marks.flag & READY) > 0)
    if not board.alarms:
        return board._replace(ended_ns=())
    return _review(desk, board, (marks.flag & THREAT) > 0, marks.soonest_s)


def _enter(desk: Desk, board: Board, ready: B1) -> Board:
    """Tracks that are ready join the alarm of their raid, or a new one is raised."""
    rows, at, group = desk.rows, desk.at, desk.threats.group
    fresh: list[int] = []
    for i in np.flatnonzero(ready).tolist():
        mine = [a.number for a in board.alarms if a.group == group[i] and group[i] > 0]
        if not mine and group[i] == 0 and board.alarms:
            mine = [board.alarms[-1].number]
        if not mine:
            mine = [board.next_alarm]
            blank = Alarm(
                board.next_alarm, int(group[i]), desk.t_ns, desk.t_ns, (), "", "", "", np.inf
            )
            board = board._replace(
                alarms=(*board.alarms, blank), told=(*board.told, (0, 0)),
                next_alarm=board.next_alarm + 1,
            )  # fmt: skip
            fresh.append(blank.number)
        rows.alarm[at[i]] = mine[0]
    return board


def _review(desk: Desk, board: Board, threat: B1, soonest: F64) -> Board:
    """Each alarm in force: first told, told again, kept, or ended."""
    alarms: list[Alarm] = []
    told: list[tuple[int, int]] = []
    ended: list[int] = []
    for a, (count, last) in zip(board.alarms, board.told, strict=True):
        its = np.flatnonzero(threat & (desk.rows.alarm[desk.at] == a.number))
        if len(its) == 0 and desk.t_ns >= clear_ns(desk.rows, a.number, desk):
            _end(desk, a)
            ended.append(a.raised_ns)
            continue
        now = a
        t_s = float(soonest[its].min()) if len(its) else a.t_wall_s
        members = tuple(desk.rows.label[desk.rows.alarm == a.number].tolist())
        worse = time_class(t_s)
        grown, sooner = len(its) > count, worse > last and len(its) > 0
        if count == 0 or grown or sooner or desk.t_ns >= a.until_ns:
            now = _told(desk, a, its, soonest, members)
            kind = EventKind.ALARM if count == 0 else EventKind.ALARM_UPDATE
            _announce(desk, now, its, soonest, kind, grown)
            count, last = max(len(its), count), max(worse, last)
        alarms.append(now._replace(t_wall_s=t_s, labels=members))
        told.append((count, last))
    return Board(tuple(alarms), tuple(told), board.next_alarm, tuple(ended))


def clear_ns(rows: Rows, number: int, desk: Desk) -> int:
    """When the alarm may end, if none of its tracks is a threat again until then."""
    its = rows.alarm == number
    p = desk.params
    shown = np.zeros(len(rows.label), np.bool_)
    shown[desk.at] = True
    last, arrival = rows.last_ns[its], rows.arrival_ns[its]
    lost = ~shown[its]
    clear = last + round(p.clear_s * NS_PER_S)
    wait = np.minimum(arrival + round(p.clear_s * NS_PER_S), last + round(p.clear_max_s * NS_PER_S))
    both: I64 = np.where(lost, np.maximum(clear, wait), clear)
    return int(both.max()) if len(both) else desk.t_ns


def _told(desk: Desk, a: Alarm, its: I64, soonest: F64, members: tuple[int, ...]) -> Alarm:
    """The alarm with its words made new: what, where, what to do, until when."""
    p, mode = desk.params, desk.params.mode
    last_ns = int(desk.rows.arrival_ns[desk.rows.alarm == a.number].max(initial=desk.t_ns))
    until_ns = max(last_ns, desk.t_ns) + round(p.stay_s * NS_PER_S)
    if len(its) == 0:
        return a._replace(until_ns=until_ns, labels=members)
    lead = its[np.argmin(soonest[its])]
    t_s = float(soonest[lead])
    e, n = desk.picture.tracks.x[lead, :2].tolist()
    place = words.where(e, n, float(desk.threats.d_wall_m[lead]), desk.site.wall.name)
    areas = tuple(sorted({*a.areas, *reach.areas(desk, its)}))
    place += landing(desk, first_down(desk, its))
    return a._replace(
        until_ns=until_ns, labels=members, t_wall_s=t_s, areas=areas,
        what=words.marked(mode, _what(desk, its)), where=words.marked(mode, place),
        do=words.marked(mode, words.what_to_do(t_s, reach.named(desk, areas))),
    )  # fmt: skip


def _what(desk: Desk, its: I64) -> str:
    """How many of what: the class if all have one, else what they most probably are."""
    count = len(its)
    number = "" if count == 1 else f"{count} "
    kinds = set(desk.cls[its].tolist())
    if len(kinds) == 1 and 0 not in kinds:
        return f"{number}{words.thing(kinds.pop(), count)} closing"
    mean: F64 = desk.picture.posterior[its].mean(axis=0)
    best = int(mean[1:].argmax()) + 1
    unknown = f"{number}{words.thing(0, count)} closing"
    return f"{unknown}, most probably {words.thing(best, count)} ({mean[best]:.0%})"


def _announce(desk: Desk, a: Alarm, its: I64, soonest: F64, kind: EventKind, grown: bool) -> None:
    """The ALARM or ALARM_UPDATE event."""
    th, tracks = desk.threats, desk.picture.tracks
    until = words.clock(a.until_ns, desk.t_ns, desk.site.utc_offset_s)
    if len(its) == 0:
        text = f"alarm {a.number} goes on until {until}: its tracks are lost, not seen to end"
        desk.tell(kind, text, a.labels, ("a track that is lost may still come",))
        return
    lead = its[np.argmin(soonest[its])]
    straight = bool(np.isfinite(th.t_wall_s[lead]))
    bare = [words.unmarked(desk.params.mode, t) for t in (a.what, a.where, a.do)]
    when = _when(a.t_wall_s, straight)
    text = f"alarm {a.number}: {bare[0]}, {bare[1]}, {when}. {bare[2]} Until {until}."
    why = [*desk.picture.why[lead], *th.why[lead]]
    if kind is EventKind.ALARM_UPDATE:
        cause = "more tracks" if grown else "less time, or it goes on"
        why.insert(0, f"update: {cause}")
    e, n = tracks.x[lead, :2].tolist()
    first_plot_s = (desk.t_ns - int(tracks.born_ns[lead])) / NS_PER_S
    data = (
        ("alarm", float(a.number)), ("group", float(a.group)),
        ("t_wall_s", float(soonest[lead])),
        ("t_wall_sd_s", float(th.t_wall_sd_s[lead]) if straight else -1.0),
        ("count", float(len(its))), ("bearing_rad", words.bearing_rad(e, n)),
        ("distance_m", float(th.d_wall_m[lead])), ("p_wall", float(th.p_wall[lead])),
        ("score", float(th.score[lead])), ("attack", float(desk.attack[lead])),
        ("since_first_plot_s", first_plot_s),
    )  # fmt: skip
    down = first_down(desk, its)
    for name, where in (("impact", th.impact), ("origin", th.origin)):
        if down >= 0 and np.isfinite(where[down, 0]):
            numbers = where[down].tolist()
            data += tuple((f"{name}_{c}", v) for c, v in zip(LANDING, numbers, strict=True))
    desk.tell(kind, text, a.labels, tuple(why), data)


def first_down(desk: Desk, its: I64) -> int:
    """Which of the tracks `its` lands first, -1 when all fly."""
    if len(desk.threats.impact) == 0:
        return -1
    falls = its[np.isfinite(desk.threats.impact[its, 0])]
    return int(falls[np.argmin(desk.threats.impact[falls, 2])]) if len(falls) else -1


def landing(desk: Desk, i: int) -> str:
    """Where, when and how surely track i lands and where it was shot from; "" for -1."""
    th = desk.threats
    if i < 0:
        return ""
    e, n, t_s, *_, tt = th.impact[i].tolist()
    inside = [z.name for k, z in enumerate(desk.site.zones) if th.zone[i] == k]
    text = (
        f", lands {words.spot(e, n, inside[0] if inside else '')} in {max(t_s, 0.0):.0f} s, "
        f"give or take {_wide_m(th.impact[i]):.0f} m and {max(2.0 * np.sqrt(tt), 1.0):.0f} s (2 sigma)"
    )
    if np.isfinite(th.origin[i, 0]):
        e, n = th.origin[i, :2].tolist()
        text += f"; shot from {words.spot(e, n, '')}, give or take {_wide_m(th.origin[i]):.0f} m"
    return text


def _wide_m(where: F64) -> float:
    """Two sigma [m] along the longer axis of a landing's ellipse (7,)."""
    ee, en, nn = where[3:6].tolist()
    return 2.0 * float(np.sqrt(np.linalg.eigvalsh([[ee, en], [en, nn]])[1]))


def _when(t_s: float, straight: bool) -> str:
    """Time to the wall in words; a course that passes beside it gives a bound only."""
    if t_s <= 0.0:
        return "now"
    return f"at the wall in {words.span(t_s)}" + ("" if straight else " at the earliest")


def _end(desk: Desk, a: Alarm) -> None:
    """All clear: none of the alarm's tracks is a threat any more, and why."""
    rows = desk.rows
    its = rows.alarm == a.number
    shown = int(np.isin(rows.label[its], desk.picture.tracks.label).sum())
    gone = int(its.sum()) - shown
    why = []
    if gone:
        why.append(f"{gone} no longer seen, and past the time when it should have arrived")
    if shown:
        why.append(f"{shown} still seen, and no longer a threat")
    rows.alarm[its] = 0
    rows.threat_ns[its] = 0
    lasted = (desk.t_ns - a.raised_ns) / NS_PER_S
    text = f"all clear for alarm {a.number}: no threat of it remains"
    data = (("alarm", float(a.number)), ("group", float(a.group)), ("lasted_s", lasted))
    desk.tell(EventKind.ALL_CLEAR, text, a.labels, tuple(why), data)
