"""Posture: WHITE, YELLOW, RED, each with reason, forecast and expiry.

In: a `Desk`, the alarms in force.  Out: the posture; events.
Does not: fit the laws of its forecast, or judge their skill; both are handed over.

Rules.  RED while an alarm is in force.  When the last alarm ends, YELLOW for `raid_s` in
anticipation of another, so that RED never falls to WHITE by a rule.  YELLOW for `concern_s`
when something unexplained and attack-like (`concern_attack`) closes on the wall
(`concern_p_wall`; under attention at `alarm_attention`, whatever its course) for
`concern_after_s`; while that lasts the YELLOW is prolonged.  YELLOW ends in WHITE at its
expiry.  A person's posture holds until its own expiry: only an alarm goes over it.  While an
alarm is in force nobody lowers RED: the alarm has to end first.

The forecast is that of `recurrence`, the same as the incident record's: the weighted laws of
`WarnParams.laws`, and as its range the least and greatest of them and of the laws beside them.
"""

from __future__ import annotations

import numpy as np

from bartizan.recurrence import DAY_NS, HORIZONS_H, Law, named, spread
from bartizan.types import Alarm, EventKind, Level, Posture
from bartizan.units import NS_PER_S
from bartizan.warn import words
from bartizan.warn.state import Desk

SAME_RAID_NS = 6 * 3600 * NS_PER_S  # an alarm this near a known attack is that one; assumed


def known_attacks(
    t_ns: int, attacks_ns: tuple[int, ...], raids_ns: tuple[int, ...]
) -> tuple[int, ...]:
    """The history's attacks and this watch's raids until now, the same one counted once."""
    out = [a for a in attacks_ns if a <= t_ns]
    for r in raids_ns:
        if all(abs(r - a) > SAME_RAID_NS for a in attacks_ns):
            out.append(r)
    return tuple(sorted(out))


def forecast(
    t_ns: int, attacks_ns: tuple[int, ...], observed_from_ns: int, laws: tuple[Law, ...], skill: str
) -> str:
    """The forecast in words: a probability with its range by all laws, and what it rests on."""
    begin = observed_from_ns or min((*attacks_ns, t_ns)) - 1  # without a history all of them count
    times = np.array([(a - begin) / DAY_NS for a in attacks_ns])
    days = (t_ns - begin) / DAY_NS
    parts = []
    for h in HORIZONS_H:
        p, low, high = spread(laws, times, days, h / 24.0)
        parts.append(f"{h} h {p:.0%} ({low:.0%} to {high:.0%})")
    attacks = f"{len(attacks_ns)} attack{'' if len(attacks_ns) == 1 else 's'}"
    basis = f"{attacks} in {days:.0f} days" if observed_from_ns else f"{attacks}, no history given"
    return f"another attack within {', '.join(parts)} ({named(laws)}; rests on {basis}; {skill})"


def step(
    desk: Desk, before: Posture, alarms: tuple[Alarm, ...], ended: bool,
    raids_ns: tuple[int, ...], worry: int,
) -> Posture:  # fmt: skip
    """The posture after this picture, and a POSTURE event when its level changes.

    worry: row of the track that is a cause for concern (`gauge.Marks`), -1 none.
    """
    p, t_ns = desk.params, desk.t_ns
    cause = concern(desk, worry)
    if before.since_ns == 0:
        expires = t_ns + round(p.level_s * NS_PER_S)
        told = _forecast(desk, raids_ns)
        before = before._replace(since_ns=t_ns, expires_ns=expires, forecast=told)
        bare = words.unmarked(p.mode, before.reason)
        text = f"posture {before.level.name} by rule: {bare}"
        level = float(before.level)
        data = (("from", level), ("to", level), ("for_s", p.level_s))
        why = (bare, words.unmarked(p.mode, told))
        desk.tell(EventKind.POSTURE, text, (), why, data)
    over = t_ns >= before.expires_ns
    if alarms:
        return _red(desk, before, alarms, raids_ns)
    if before.by != "rule" and not over:
        return before
    if before.level == Level.RED and (ended or over):
        what = "all clear given" if ended else "its time is over"
        reason = f"{what}; attack still probable, in anticipation of another"
        until = t_ns + round(p.raid_s * NS_PER_S)
        return change(desk, before, Level.YELLOW, until, "rule", reason, raids_ns)
    if cause and before.level == Level.YELLOW:
        until = t_ns + round(p.concern_s * NS_PER_S)
        return before._replace(expires_ns=max(until, before.expires_ns))
    if cause and before.level == Level.WHITE:
        until = t_ns + round(p.concern_s * NS_PER_S)
        reason = f"attack probable: {cause}"
        return change(desk, before, Level.YELLOW, until, "rule", reason, raids_ns)
    if not over:
        return before
    until = t_ns + round(p.level_s * NS_PER_S)
    if before.level == Level.WHITE:
        return before._replace(expires_ns=until, by="rule")
    reason = "attack not expected: the time of the YELLOW is over and nothing more came"
    return change(desk, before, Level.WHITE, until, "rule", reason, raids_ns)


def _red(
    desk: Desk, before: Posture, alarms: tuple[Alarm, ...], raids_ns: tuple[int, ...]
) -> Posture:
    """RED while alarms are in force, at the least until the last of them would end."""
    until = max(a.until_ns for a in alarms)
    if before.level == Level.RED:
        return before._replace(expires_ns=max(until, before.expires_ns))
    numbers = ", ".join(str(a.number) for a in alarms)
    what = words.unmarked(desk.params.mode, alarms[-1].what)
    reason = f"attack imminent or under way: alarm {numbers}, {what}"
    return change(desk, before, Level.RED, until, "rule", reason, raids_ns)


def change(
    desk: Desk, before: Posture, level: Level, until_ns: int, by: str, reason: str,
    raids_ns: tuple[int, ...],
) -> Posture:  # fmt: skip
    """The new posture, with its POSTURE event."""
    mode = desk.params.mode
    told = _forecast(desk, raids_ns)
    until = words.clock(until_ns, desk.t_ns, desk.site.utc_offset_s)
    ahead = (until_ns - desk.t_ns) / NS_PER_S
    text = (
        f"posture {before.level.name} to {level.name} by {by}: {reason}; "
        f"for {words.span(ahead)}, until {until}"
    )
    data = (("from", float(before.level)), ("to", float(level)), ("for_s", ahead))
    desk.tell(EventKind.POSTURE, text, (), (reason, words.unmarked(mode, told)), data)
    return Posture(level, desk.t_ns, until_ns, by, words.marked(mode, reason), told)


def _forecast(desk: Desk, raids_ns: tuple[int, ...]) -> str:
    p = desk.params
    attacks = known_attacks(desk.t_ns, p.attacks_ns, raids_ns)
    return words.marked(p.mode, forecast(desk.t_ns, attacks, p.observed_from_ns, p.laws, p.skill))


def concern(desk: Desk, i: int) -> str:
    """Why an attack is probable though no alarm is raised: track i; "" for -1."""
    if i < 0:
        return ""
    label = int(desk.picture.tracks.label[i])
    if desk.rows.attention_ns[desk.at[i]] > desk.t_ns:
        return f"track {label} closes behind a friendly recovery"
    return f"track {label} closes and nothing explains it"
