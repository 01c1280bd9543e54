"""Posture: WHITE, YELLOW, RED, each with reason, forecast and expiry.

In: a `Desk`, the alarms in force.  Out: the posture; events.
Does not: claim skill for its forecast.  Neither rule of it has been scored yet.

Rules.  RED while an alarm is in force.  When the last alarm ends, YELLOW for `raid_s` in
anticipation of another, so that RED never falls to WHITE by a rule.  YELLOW for `concern_s`
when something unexplained and attack-like (`concern_attack`) closes on the wall
(`concern_p_wall`; under attention at `alarm_attention`, whatever its course) for
`concern_after_s`; while that lasts the YELLOW is prolonged.  YELLOW ends in WHITE at its
expiry.  A person's posture holds until its own expiry: only an alarm goes over it.  While an
alarm is in force nobody lowers RED: the alarm has to end first.

The forecast gives two rules side by side, as a range.  Constant rate: a Poisson process
whose rate has a Gamma prior of PRIOR_ATTACKS in PRIOR_DAYS (assumed: about one a month);
after n attacks in T days P(another within h) = 1 - ((T + B) / (T + B + h)) ** (n + A).
Clustered: each attack brings BRANCHING others on average after an exponential delay of mean
DECAY_DAYS (a Hawkes process; 0.7 and 10 days are this project's prior for a site with
little history); the base rate is (1 - BRANCHING) of the constant one, and followers of
followers are left out, so that the number is a little low.
"""

from __future__ import annotations

import math

from bartizan.types import Alarm, EventKind, Level, Posture
from bartizan.units import NS_PER_S
from bartizan.warn import words
from bartizan.warn.state import DAY_S, Desk

PRIOR_ATTACKS = 0.5
PRIOR_DAYS = 15.0
BRANCHING = 0.7
DECAY_DAYS = 10.0
WINDOWS_H = (24, 48, 72)
DAY_NS = round(DAY_S) * NS_PER_S
SAME_RAID_NS = 6 * 3600 * NS_PER_S  # an alarm this near a known attack is that one; assumed


def constant(count: int, days: float, ahead_days: float) -> float:
    """P(at least one attack within ahead_days) after `count` attacks in `days`."""
    t = days + PRIOR_DAYS
    none: float = (t / (t + ahead_days)) ** (count + PRIOR_ATTACKS)
    return 1.0 - none


def clustered(ages_days: tuple[float, ...], days: float, ahead_days: float) -> float:
    """P(at least one attack within ahead_days); ages_days: how long ago each attack was."""
    rate = (len(ages_days) + PRIOR_ATTACKS) / (days + PRIOR_DAYS)
    expected = (1.0 - BRANCHING) * rate * ahead_days
    for age in ages_days:
        now, then = math.exp(-age / DECAY_DAYS), math.exp(-(age + ahead_days) / DECAY_DAYS)
        expected += BRANCHING * (now - then)
    return 1.0 - math.exp(-expected)


def known_attacks(
    t_ns: int, attacks_ns: tuple[int, ...], raids_ns: tuple[int, ...]
) -> tuple[int, ...]:
    """The history's attacks and this watch's raids until now, the same one counted once."""
    out = [a for a in attacks_ns if a <= t_ns]
    for r in raids_ns:
        if all(abs(r - a) > SAME_RAID_NS for a in attacks_ns):
            out.append(r)
    return tuple(sorted(out))


def forecast(t_ns: int, attacks_ns: tuple[int, ...], observed_from_ns: int) -> str:
    """The forecast in words: a range by the two rules, and what it rests on."""
    days = max((t_ns - observed_from_ns) / DAY_NS, 0.0) if observed_from_ns else 0.0
    ages = tuple((t_ns - a) / DAY_NS for a in attacks_ns)
    parts = []
    for h in WINDOWS_H:
        low, high = sorted((constant(len(ages), days, h / 24), clustered(ages, days, h / 24)))
        parts.append(f"{h} h {low:.0%} to {high:.0%}")
    attacks = f"{len(ages)} attack{'' if len(ages) == 1 else 's'}"
    basis = f"{attacks} in {days:.0f} days" if observed_from_ns else f"{attacks}, no history given"
    return (
        f"another attack within {', '.join(parts)} (constant rate and clustered rule; "
        f"rests on {basis}; no skill assessed)"
    )


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
    return words.marked(p.mode, forecast(desk.t_ns, attacks, p.observed_from_ns))


def concern(desk: Desk, i: int) -> str:
    """Why an attack is probable though no alarm is raised: track i; "" for -1."""
    if i < 0:
        return ""
    label = int(desk.picture.tracks.label[i])
    if desk.rows.attention_ns[desk.at[i]] > desk.t_ns:
        return f"track {label} closes behind a friendly recovery"
    return f"track {label} closes and nothing explains it"
