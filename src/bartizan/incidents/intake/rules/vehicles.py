"""Rules of what came: how many, of what kind.

In: a line.  Out: vehicle.count, vehicle.kind.  Does not: count what a part of them did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import Found, Line, eventful

_THERE = re.compile(rf"\bthere (?:was|were|had been) {lexicon.COUNT}\b", re.I)


def draft(line: Line) -> Iterator[Found]:
    """Counts and kinds of a sentence that speaks of an attack."""
    if not (eventful(line.s) or _THERE.search(line.s) or lexicon.CASUALTY.search(line.s)):
        return
    counted: set[tuple[object, str]] = set()
    most: dict[str, int] = {}
    for v in line.vehicles:
        if not line.open(v.start) or _own_side(line.s, v.start, v.end):
            continue
        traps = ("mt_lexicon",) if v.trap else ()
        negative = "denied" if lexicon.DENY.search(line.s[: v.start]) else "affirmed"
        family = v.kind.split("_")[0]
        one_of_more = v.stated == 1 and max(most.values(), default=0) > 1
        part = isinstance(v.stated, int) and v.stated < most.get(family, 0)
        again = v.definite and (v.stated, v.noun) in counted
        if v.stated is not None and not v.deed and not (one_of_more or part or again):
            yield Found(
                "vehicle.count",
                v.stated,
                v.start,
                v.end,
                v.end - 1,
                traps,
                negative,
                subset=v.subset,
                kind=v.kind,
            )
            if isinstance(v.stated, int):
                most[family] = max(most.get(family, 0), v.stated)
            counted.add((v.stated, v.noun))
        if (
            (not v.definite or (v.stated is None and v.kind == "uav_explosive"))
            and v.subset is None
        ) or (v.stated is not None and not v.definite):
            a = v.start
            if v.stated is not None:  # the kind is in the words after the number
                cut = re.match(
                    rf"(?:all )?(?:{lexicon.COUNT}|an?)\s+", line.s[v.start : v.end], re.I
                )
                a += cut.end() if cut else 0
            if not v.definite:
                yield Found("vehicle.kind", v.kind, a, v.end, v.end - 1, traps, negative)
        elif v.subset is not None and not (v.deed or v.trap):
            yield Found("vehicle.kind", v.kind, v.start, v.end, v.end - 1, traps, negative)


def _own_side(s: str, a: int, b: int) -> bool:
    """Whether the phrase is of the defenders' own: their drones, warplanes on patrol."""
    return bool(
        re.search(r"\b(?:its own|our own|coalition|friendly|US|American) $", s[max(0, a - 12) : a])
    ) or bool(re.match(r"\s+(?:patrol|operated by|belonging to the (?:coalition|army))", s[b:]))
