"""Times of attacks on a site from the incident record, beside those already known.

In: a store, a site, known times.  Out: `Recorded`.  Does not: count an exercise, or one attack
twice: not an incident that a person linked as the same, nor one whose time, as well as it is
known, holds an attack that is known.
"""

from __future__ import annotations

from typing import NamedTuple

from bartizan.incidents.record.nouns import Incident
from bartizan.incidents.store import Store
from bartizan.recurrence import MERGE_NS

MOST = 100_000


class Recorded(NamedTuple):
    """times_ns: the known and the record's [ns], rising; how many incidents are not in them."""

    times_ns: tuple[int, ...]
    same: int
    exercises: int
    undated: int


def from_record(store: Store, site: str, known_ns: tuple[int, ...]) -> Recorded:
    """Attacks on a site that stand in the record; those whose time is known best come first."""
    found = [i for s in sorted({site, site.replace("-", "_")}) for i in store.incidents(site=s, limit=MOST)]  # fmt: skip
    dated = [i for i in found if i.kind == "attack" and i.from_ns is not None]
    undated = sum(i.kind == "attack" for i in found) - len(dated)
    dated.sort(key=lambda i: (_window(i)[1] - _window(i)[0], _window(i)[0], i.id))
    times = list(known_ns)
    same = exercises = 0
    taken: set[str] = set()
    for i in dated:
        case = store.case(i.id)
        if case.exercise:
            exercises += 1
            continue
        ends = {x for k in case.links if k.kind == "same_incident" for x in (k.a, k.b)} - {i.id}
        begin, end = _window(i)
        if ends & taken or any(begin - MERGE_NS <= t <= end + MERGE_NS for t in times):
            same += 1
        else:
            times.append((begin + end) // 2)
        taken.add(i.id)
    return Recorded(tuple(sorted(times)), same, exercises, undated)


def _window(i: Incident) -> tuple[int, int]:
    begin = i.from_ns or 0
    return begin, max(begin, begin if i.to_ns is None else i.to_ns)
