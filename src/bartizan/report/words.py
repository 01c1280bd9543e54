"""The report's sentences: each with the records it rests on and how sure it is.

In: `Facts`.  Out: sentences.  Does not: say what no record holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.report.drawing import threats
from bartizan.report.facts import Facts, History, Said
from bartizan.types import EventKind, Identity, Mode, ObjectClass
from bartizan.units import clock_from_ns, iso_from_ns
from bartizan.warn.words import THINGS


class Sentence(NamedTuple):
    """What is said, the journal's records it rests on, and its uncertainty in words."""

    text: str
    records: tuple[int, ...]
    sure: str


def _s(facts: Facts, t_ns: int) -> float:
    return (t_ns - facts.meta.t0_ns) / 1e9


def _clock(facts: Facts, t_ns: int) -> str:
    return clock_from_ns(t_ns, facts.meta.site.utc_offset_s) + " local"


def _of(said: tuple[Said, ...], *kinds: EventKind) -> list[Said]:
    return [s for s in said if s.event.kind in kinds]


def class_words(t: History) -> str:
    """What a track is, with its probability; "not decided" when the evidence is thin."""
    if t.cls == int(ObjectClass.UNKNOWN):
        best = int(np.argmax(t.posterior[1:])) + 1
        name = THINGS[ObjectClass(best)][0]
        return f"not decided (most probably {name}, {t.posterior[best]:.0%})"
    return f"{THINGS[ObjectClass(t.cls)][0]} ({t.posterior[t.cls]:.0%})"


def identity_words(t: History) -> str:
    """Whose a track is, and what it calls itself."""
    word = Identity(t.identity).name.lower().replace("_", " ")
    return f"{word} ({t.callsign})" if t.callsign else word


def situation(facts: Facts) -> list[Sentence]:
    """What happened, in order; every sentence with its records."""
    out = [_opening(facts)]
    for t in threats(facts):
        out.append(_first_seen(facts, t))
    out += _alarms(facts)
    out += _engagements(facts)
    out += _ending(facts)
    return out


def _opening(facts: Facts) -> Sentence:
    n, bad = len(facts.tracks), len(threats(facts))
    start, end = iso_from_ns(facts.meta.t0_ns, 0), iso_from_ns(facts.end_ns, 0)
    looks = sum(s.looks for s in facts.sensors)
    text = (
        f"From {start} to {end} {len([s for s in facts.sensors if s.looks])} sensors made "
        f"{looks:,} looks; {n:,} tracks were confirmed, {bad} of them alarmed."
    )
    return Sentence(text, (0,), "counted from the journal")


def _first_seen(facts: Facts, t: History) -> Sentence:
    name = facts.meta.site.sensor_names
    by = ", ".join(n for i, n in enumerate(name) if t.sensors >> i & 1)
    fast = float(np.median(np.linalg.norm(t.x[:, 3:5], axis=1)))
    text = (
        f"Track {t.label} was confirmed {t.t_s[0]:.0f} s after the start, "
        f"{t.d_wall_m[0] / 1000:.1f} km from the wall, and followed for "
        f"{t.t_s[-1] - t.t_s[0]:.0f} s by {by or 'no sensor'}; it flew at {fast:.0f} m/s and "
        f"came as near as {max(t.d_wall_m.min(), 0) / 1000:.1f} km. Class: {class_words(t)}; "
        f"identity: {identity_words(t)}."
    )
    sure = (
        f"position to {np.median(t.sd_m):.0f} m (1 sigma, median); class by the stated probability"
    )
    return Sentence(text, (t.record,), sure)


def _alarms(facts: Facts) -> list[Sentence]:
    out = []
    for s in _of(facts.events, EventKind.ALARM):
        data = dict(s.event.data)
        wall = data.get("t_wall_s", float("inf"))
        warned = (
            f", {wall:.0f} s before the first could be at the wall" if np.isfinite(wall) else ""
        )
        sd = data.get("t_wall_sd_s", float("nan"))
        sure = (
            f"time to the wall to {sd:.0f} s (1 sigma)" if np.isfinite(sd) else "rule with reasons"
        )
        when = _clock(facts, s.event.t_ns)
        text = f"At {when}, {_s(facts, s.event.t_ns):.0f} s after the start, people were alarmed{warned}."
        out.append(Sentence(text, (s.record,), sure))
    if not out:
        out.append(Sentence("No alarm was raised.", (0,), "counted from the journal"))
    return out


def _engagements(facts: Facts) -> list[Sentence]:
    shots = [
        s for s in _of(facts.umpire, EventKind.ENGAGEMENT) if not dict(s.event.data).get("refused")
    ]
    hits = [s for s in _of(facts.umpire, EventKind.OUTCOME) if dict(s.event.data).get("hit")]
    wrecks = _of(facts.umpire, EventKind.WRECKAGE)
    walls = _of(facts.umpire, EventKind.WALL)
    out = []
    if shots:
        text = f"Simulated effectors fired {len(shots)} times and stopped {len(hits)}."
        records = tuple(s.record for s in shots + hits)
        out.append(Sentence(text, records, "single-shot probabilities are assumed"))
    for s in wrecks:
        data = dict(s.event.data)
        inside, far = data.get("inside_walls"), data.get("d_wall_m", float("nan"))
        where = "inside the walls" if inside else f"outside the walls, {abs(far):,.0f} m from them"
        p = data.get("p_inside_walls", float("nan"))
        text = f"Wreckage fell {where}."
        out.append(
            Sentence(text, (s.record,), f"P(inside the walls) was {p:.1%} by the fall model")
        )
    for s in walls:
        text = f"An attacker reached the wall at {_clock(facts, s.event.t_ns)}."
        out.append(Sentence(text, (s.record,), "truth of the simulation"))
    return out


def _ending(facts: Facts) -> list[Sentence]:
    out = []
    for s in _of(facts.events, EventKind.ALL_CLEAR):
        text = f"All clear was given at {_clock(facts, s.event.t_ns)}."
        out.append(Sentence(text, (s.record,), "by rule"))
    if facts.postures:
        record, p = facts.postures[-1]
        until = iso_from_ns(p.expires_ns, 0) if p.expires_ns else "further notice"
        text = f"Posture at the end: {p.level.name} until {until}, by {p.by}: {p.reason}."
        out.append(Sentence(text, (record,), "by the watch's rules"))
        if p.forecast:
            out.append(Sentence(f"Forecast: {p.forecast}", (record,), "see the words themselves"))
    return out


def not_known(facts: Facts) -> list[str]:
    """What the record does not say, and what in it is assumed."""
    site = facts.meta.site
    out = []
    if site.schematic:
        out.append(
            "The layout of the site is schematic: walls, zones and sensors are not the real ones."
        )
    if facts.meta.mode == Mode.EXERCISE:
        out.append("Everything here is simulated. Nothing in it was seen, shot or hurt.")
        out.append("Cross-sections, routes, single-shot probabilities and fall models are assumed "
                   "where the site and raid files say so.")  # fmt: skip
        out.append("Injuries and damage are not simulated beyond where wreckage falls.")
    out.append("Who sent what was seen is not known from sensors.")
    if not facts.closed:
        out.append(
            "The journal was not closed: its writer was stopped, and what came after is not here."
        )
    silent = [s.name for s in facts.sensors if s.looks == 0]
    if silent:
        out.append(f"These sensors said nothing: {', '.join(silent)}.")
    return out
