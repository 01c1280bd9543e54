"""An incident as a run's alarm opens it, with all that the journal holds of it.

In: a run's folder or journal.  Out: one `Opening` an alarm, not yet in the record.
Does not: enter it (a person does, or the live service by rule), or judge.

Each piece of evidence has the hash of the journal's record that it rests on, which the
journal's chain vouches for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.errors import InputError
from bartizan.incidents.record.nouns import Evidence, EvidenceKind, Incident
from bartizan.journal import Reader
from bartizan.report.facts import Facts, History, Said, gather
from bartizan.types import Alarm, EventKind, Mode, ObjectClass
from bartizan.units import NS_PER_S, clock_from_ns, iso_from_ns

_UMPIRE: Final[dict[EventKind, EvidenceKind]] = {
    EventKind.ENGAGEMENT: "engagement", EventKind.OUTCOME: "outcome",
    EventKind.WRECKAGE: "wreckage", EventKind.WALL: "wall",
}  # fmt: skip


class Opening(NamedTuple):
    """An incident and its evidence, with the facts that they were drawn from."""

    incident: Incident
    evidence: tuple[Evidence, ...]
    facts: Facts


def from_run(
    run: Path, alarm: int | None = None, since_ns: int | None = None
) -> tuple[Opening, ...]:
    """One opening an alarm of the run, or that of one alarm.

    since_ns: of a live journal only those from then on

    Raises JournalError on a damaged journal, InputError where there is no (such) alarm.
    """
    facts = gather(run, since_ns)
    numbers = [a.number for _, a in facts.alarms]
    if alarm is not None and alarm not in numbers:
        word = ", ".join(map(str, numbers)) or "none"
        raise InputError(f"{run}: alarm {alarm}: not in this run (alarms: {word})")
    if not numbers:
        raise InputError(f"{run}: no alarm was raised in this run: nothing opens an incident")
    with Reader(run) as journal:
        return tuple(
            _opening(facts, record, a, journal.hash_of)
            for record, a in facts.alarms
            if alarm is None or a.number == alarm
        )


def _opening(facts: Facts, record: int, alarm: Alarm, hash_of: Callable[[int], str]) -> Opening:
    meta = facts.meta
    exercise = meta.mode == Mode.EXERCISE
    mine = set(alarm.labels)
    out: list[Evidence] = []

    def put(kind: EvidenceKind, at: int, what: str, t_ns: int, data: dict[str, Any],
            records: tuple[int, ...] = ()) -> None:  # fmt: skip
        out.append(Evidence("E0", "I0", kind, hash_of(at), what, facts.head, records or (at,), t_ns,
                            data, exercise))  # fmt: skip

    put(
        "alarm",
        record,
        alarm.what + ", " + alarm.where,
        alarm.raised_ns,
        {"alarm": alarm.number, "labels": sorted(mine), "until_ns": alarm.until_ns},
    )
    for s in facts.events:
        e = s.event
        if e.kind in (EventKind.ALARM, EventKind.ALARM_UPDATE, EventKind.ALL_CLEAR) and (
            dict(e.data).get("alarm") == alarm.number
        ):
            put("warning", s.record, e.text, e.t_ns, {"kind": e.kind.value})
    for t in facts.tracks:
        if t.label in mine:
            data = _track(facts, t)
            put("track", t.record, f"track {t.label}: {data['class']}", data["to_ns"], data)
    for s in _of(facts, alarm, mine):
        data = {k: v for k, v in s.event.data} | {"labels": sorted(s.event.labels)}
        put(_UMPIRE[s.event.kind], s.record, s.event.text, s.event.t_ns, data)
    for at, p in facts.postures:
        if p.since_ns >= alarm.raised_ns:
            put("posture", at, f"{p.level.name}: {p.reason}", p.since_ns,
                {"level": int(p.level), "until_ns": p.expires_ns})  # fmt: skip
    return Opening(_incident(facts, alarm), tuple(out), facts)


def _incident(facts: Facts, alarm: Alarm) -> Incident:
    site = facts.meta.site
    tracks = [t for t in facts.tracks if t.label in alarm.labels]
    first = min([facts.meta.t0_ns + int(t.t_s[0] * NS_PER_S) for t in tracks] or [alarm.raised_ns])
    last = max([facts.meta.t0_ns + int(t.t_s[-1] * NS_PER_S) for t in tracks] or [alarm.raised_ns])
    local = iso_from_ns(alarm.raised_ns + site.utc_offset_s * NS_PER_S, 0)
    clock = clock_from_ns(alarm.raised_ns, site.utc_offset_s)
    prefix = {Mode.EXERCISE: "EXERCISE: ", Mode.RECORDING: "recording: "}.get(facts.meta.mode, "")
    title = f"{prefix}alarm {alarm.number} at {site.title}, {local[:10]} {clock} local"
    return Incident("I0", title, "attack", site.name, local[:10], first, last, "second")


def _of(facts: Facts, alarm: Alarm, mine: set[int]) -> list[Said]:
    """The umpire's words about these tracks; a wall event names none, so it goes to every alarm
    that was in force."""
    return [
        s for s in facts.umpire
        if s.event.kind in _UMPIRE
        and not dict(s.event.data).get("refused")
        and (mine & set(s.event.labels)
             or (not s.event.labels and alarm.raised_ns <= s.event.t_ns <= alarm.until_ns))
    ]  # fmt: skip


def _track(facts: Facts, t: History) -> dict[str, Any]:
    """What a claim is checked against: a track's life in numbers."""
    nearest = int(np.argmin(t.d_wall_m))
    return {
        "label": t.label,
        "class": ObjectClass(t.cls).name.lower(),
        "p_drone": float(t.posterior[[1, 2, 3]].sum()),
        "p_class": float(t.posterior[t.cls]),
        "from_ns": facts.meta.t0_ns + int(t.t_s[0] * NS_PER_S),
        "to_ns": facts.meta.t0_ns + int(t.t_s[-1] * NS_PER_S),
        "d_wall_min_m": float(t.d_wall_m[nearest]),
        "d_wall_sd_m": float(t.sd_m[nearest]),
        "d_wall_last_m": float(t.d_wall_m[-1]),
        "utc_offset_s": facts.meta.site.utc_offset_s,
    }
