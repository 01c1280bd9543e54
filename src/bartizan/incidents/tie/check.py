"""A claim beside the sensors' record: agrees, contradicts, or cannot tell, and why.

In: a claim, an incident's evidence.  Out: `Checked`.  Does not: count as an origin, or
settle anything: sensors see tracks, not injuries, charges, markings or who sent them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bartizan.incidents.record import fields
from bartizan.incidents.record.fields import Part
from bartizan.incidents.record.nouns import Claim, Evidence, EvidenceKind, Incident
from bartizan.incidents.record.places import Place, find
from bartizan.units import NS_PER_S, clock_from_ns, iso_from_ns

SURE_SD: Final = 2.0  # a distance is on one side of the wall when it is so many sigma from it
CLOCK_TOLERANCE_H: Final = 0.5  # a stated clock time is good to half an hour; assumed
_NAME = re.compile(r"[a-z0-9_-]+")  # a site's name, not a description
DRONE: Final = 0.5  # over this probability a track is counted as a drone


class Verdict(StrEnum):
    """What the sensors' record says of a claim."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    CANNOT_TELL = "cannot_tell"


_TURNED: Final = {
    Verdict.AGREES: Verdict.CONTRADICTS, Verdict.CONTRADICTS: Verdict.AGREES,
    Verdict.CANNOT_TELL: Verdict.CANNOT_TELL,
}  # fmt: skip


class Checked(NamedTuple):
    """One part of a claim, the verdict, its reason, and the journal's records it rests on.

    exercise: the record is simulated, so that this compares a claim with a simulation
    """

    claim: str
    field: str
    verdict: Verdict
    why: str
    records: tuple[int, ...]
    exercise: bool


class _Seen:
    """The evidence by kind; of a track that was tied twice the later, which has more of it."""

    def __init__(self, evidence: Iterable[Evidence]) -> None:
        tied = [e for e in evidence if e.journal]
        latest = {e.data.get("label"): e.id for e in tied if e.kind == "track"}
        self.all = tuple(
            e for e in tied if e.kind != "track" or latest[e.data.get("label")] == e.id
        )
        self.exercise = any(e.exercise for e in self.all)

    def of(self, kind: EvidenceKind) -> list[Evidence]:
        return [e for e in self.all if e.kind == kind]

    @property
    def drones(self) -> list[Evidence]:
        return [e for e in self.of("track") if e.data.get("p_drone", 0.0) > DRONE]

    @property
    def offset_s(self) -> int:
        return next((int(e.data["utc_offset_s"]) for e in self.of("track")), 0)


_Answer = tuple[Verdict, str, list[Evidence]]


def check(claim: Claim, incident: Incident, evidence: Iterable[Evidence]) -> tuple[Checked, ...]:
    """Every part of a claim against the evidence of its incident; none without a journal's."""
    seen = _Seen(evidence)
    if not seen.all:
        return ()
    out = []
    for part in fields.parts(claim.field, claim.value):
        verdict, why, used = _answer(part, incident, seen)
        if claim.polarity == "denied":
            verdict = _TURNED[verdict]
        records = tuple(sorted({r for e in used for r in e.records}))
        out.append(Checked(claim.id, part.field, verdict, why, records, seen.exercise))
    return tuple(out)


def _answer(part: Part, incident: Incident, seen: _Seen) -> _Answer:
    if part.value is None:
        return Verdict.CANNOT_TELL, "the claim states no value", []
    how = _HOW.get(part.field)
    if how is None:
        return (
            Verdict.CANNOT_TELL,
            f"no sensor measures {fields.WORDS.get(part.field, part.field)}",
            [],
        )
    return how(part.value, incident, seen)


def _count(value: Any, _: Incident, seen: _Seen) -> _Answer:
    drones = seen.drones
    if not isinstance(value, int) or isinstance(value, bool):
        return Verdict.CANNOT_TELL, f"{fields.shown(value)} is no number", []
    at_once = _most_at_once(drones)
    every = len(drones)
    word = f"{every} tracks of drones under this alarm, {at_once} of them at the same time"
    if at_once <= value <= every:
        return Verdict.AGREES, word, drones
    if value < at_once:
        return Verdict.CONTRADICTS, f"{word}: more than {value}", drones
    return Verdict.CANNOT_TELL, f"{word}; others may have come unseen", drones


def _most_at_once(drones: list[Evidence]) -> int:
    """The greatest number of tracks alive at one time: two labels of one drone never overlap."""
    edges = sorted(
        [(e.data["from_ns"], 1) for e in drones] + [(e.data["to_ns"] + 1, -1) for e in drones]
    )
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def _kind(value: Any, _: Incident, seen: _Seen) -> _Answer:
    tracks = seen.of("track")
    if not tracks:
        return Verdict.CANNOT_TELL, "no track is tied", []
    word, p = str(value), [float(e.data["p_drone"]) for e in tracks]
    said = f"{len(tracks)} tracks, drones with probability {min(p):.2f} to {max(p):.2f}"
    drone = any(w in word for w in ("uav", "drone"))
    if drone and min(p) > DRONE:
        if word in ("uav", "drone"):
            return Verdict.AGREES, said, tracks
        return Verdict.CANNOT_TELL, f"{said}; whether they are of the kind said is not seen", tracks
    if max(p) <= 0.1 if drone else min(p) >= 0.9:
        return Verdict.CONTRADICTS, said, tracks
    return Verdict.CANNOT_TELL, said, tracks


def _attack(value: Any, _: Incident, seen: _Seen) -> _Answer:
    alarms = seen.of("alarm")
    if not alarms:
        return Verdict.CANNOT_TELL, "no alarm is tied", []
    verdict = Verdict.AGREES if value else Verdict.CONTRADICTS
    clock = clock_from_ns(alarms[0].t_ns or 0, seen.offset_s)
    return verdict, f"people were alarmed at {clock} local", alarms


def _reached(seen: _Seen) -> _Answer:
    """Whether any came to the wall: AGREES that one did, CONTRADICTS that none did."""
    if walls := seen.of("wall"):
        return Verdict.AGREES, f"{len(walls)} reached the wall", walls
    drones = seen.drones
    if not drones:
        return Verdict.CANNOT_TELL, "no track of a drone is tied", []
    gaps = [e.data["d_wall_min_m"] for e in drones]
    margins = [SURE_SD * e.data["d_wall_sd_m"] for e in drones]
    word = f"the nearest to the wall was {min(gaps) / 1000:.1f} km"
    if any(g < -m for g, m in zip(gaps, margins, strict=True)):
        return Verdict.AGREES, "a track went over the wall", drones
    wrecks = seen.of("wreckage")
    stopped = len(_labels(wrecks) & _labels(drones)) == len(drones)
    if all(g > m for g, m in zip(gaps, margins, strict=True)):
        if stopped:
            return Verdict.CONTRADICTS, f"{word}; wreckage of every one was found", drones + wrecks
        after = f"{word}; a track ends outside, what flew on unseen is not known"
        return Verdict.CANNOT_TELL, after, drones
    return Verdict.CANNOT_TELL, f"{word}, too near to say with these sensors", drones


def _labels(evidence: list[Evidence]) -> set[int]:
    return {k for e in evidence for k in e.data.get("labels", [e.data.get("label", 0)])}


def _fall(value: Any, _: Incident, seen: _Seen) -> _Answer:
    wrecks = seen.of("wreckage")
    if value == "before_reaching_base":
        verdict, why, used = _reached(seen)
        return _TURNED[verdict], why, used
    if value == "airspace_of_base":
        return Verdict.CANNOT_TELL, "how far the base's airspace reaches is not said", wrecks
    if value not in ("outside", "inside"):
        return Verdict.CANNOT_TELL, f"{fields.shown(value)} is no place that sensors know", []
    if not wrecks:
        return (
            Verdict.CANNOT_TELL,
            "no wreckage is tied: where a track ends is not where it fell",
            [],
        )
    inside = [w for w in wrecks if w.data.get("inside_walls")]
    far = ", ".join(f"{abs(w.data['d_wall_m']):,.0f} m" for w in wrecks)
    word = f"{len(wrecks)} wrecks, {len(inside)} inside the walls; from the wall: {far}"
    if len(inside) not in (0, len(wrecks)):
        return Verdict.CANNOT_TELL, f"{word}: some inside, some outside", wrecks
    fits = bool(inside) == (value == "inside")
    return (Verdict.AGREES if fits else Verdict.CONTRADICTS), word, wrecks


def _outcome(value: Any, _: Incident, seen: _Seen) -> _Answer:
    word = str(value)
    if word in ("thwarted", "failed", "missed", "intercepted"):
        verdict, why, used = _reached(seen)
        if word == "intercepted" and verdict == Verdict.CONTRADICTS:
            return _downed(seen)
        return _TURNED[verdict], why, used
    if word in ("shot_down", "destroyed"):
        return _downed(seen)
    if word in ("hit", "impacted", "struck"):
        verdict, why, used = _reached(seen)
        if verdict == Verdict.AGREES:
            return Verdict.CANNOT_TELL, f"{why}; whether it hit anything is not seen", used
        return verdict, why, used
    return Verdict.CANNOT_TELL, f"{fields.shown(value)} is no outcome that sensors know", []


def _downed(seen: _Seen) -> _Answer:
    outcomes, drones = seen.of("outcome"), seen.drones
    if not outcomes:
        return (
            Verdict.CANNOT_TELL,
            "no engagement is in the record: a track ends, why is not seen",
            [],
        )
    hits = [o for o in outcomes if o.data.get("hit")]
    down = _labels(hits) & _labels(drones)
    word = f"{len(down)} of {len(drones)} were stopped by shots, {len(outcomes)} shots told of"
    if drones and len(down) == len(drones):
        return Verdict.AGREES, word, outcomes
    if not down:
        return Verdict.CONTRADICTS, word, outcomes
    return Verdict.CANNOT_TELL, f"{word}: some, not all", outcomes


def _time(value: Any, _: Incident, seen: _Seen) -> _Answer:
    span, used = fields.clock_span(value), seen.drones or seen.of("alarm")
    if span is None:
        return Verdict.CANNOT_TELL, f"{fields.shown(value)} is no time of day", []
    if not used:
        return Verdict.CANNOT_TELL, "no track is tied", []
    first = min(int(e.data.get("from_ns", e.t_ns or 0)) for e in used)
    hour = ((first // NS_PER_S + seen.offset_s) % 86_400) / 3600.0
    slack = CLOCK_TOLERANCE_H if span[0] == span[1] else 0.0
    fits = any(span[0] - slack <= h <= span[1] + slack for h in (hour, hour + 24.0, hour - 24.0))
    word = f"first tracked at {clock_from_ns(first, seen.offset_s)} local"
    return (Verdict.AGREES if fits else Verdict.CONTRADICTS), word, used


def _date(value: Any, incident: Incident, seen: _Seen) -> _Answer:
    alarms = seen.of("alarm")
    if not alarms or alarms[0].t_ns is None:
        return Verdict.CANNOT_TELL, "no alarm is tied", []
    local = iso_from_ns(alarms[0].t_ns + seen.offset_s * NS_PER_S, 0)[:10]
    verdict = Verdict.AGREES if str(value)[:10] == local else Verdict.CONTRADICTS
    return verdict, f"the alarm was on {local}, local date", alarms


def _site(value: Any, incident: Incident, seen: _Seen) -> _Answer:
    alarms = seen.of("alarm")
    if not alarms:
        return Verdict.CANNOT_TELL, "no alarm is tied", []
    here = Place(incident.site, "", 0.0, 0.0)
    if find((here,), str(value)):
        return Verdict.AGREES, f"the sensors stand at {incident.site}", alarms
    verdict = Verdict.CONTRADICTS if _NAME.fullmatch(str(value)) else Verdict.CANNOT_TELL
    return verdict, f"the sensors stand at {incident.site}", alarms


_HOW: Final[dict[str, Callable[[Any, Incident, _Seen], _Answer]]] = {
    "vehicle.count": _count, "vehicle.kind": _kind, "event.attack": _attack,
    "fall.location": _fall, "outcome": _outcome, "event.time": _time, "event.date": _date,
    "target.site": _site,
}  # fmt: skip
