"""The fields that a claim may speak of: what their values mean beside each other.

In: a field and values.  Out: parts, whether one supports or excludes the other, words.
Does not: know who says so (see `rules`).

Zero, unknown and not said are three things: 0 and "none" are said to be nothing, None is said
to be unknown, and what no claim speaks of is not here at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec


class State(StrEnum):
    """What is known of a value."""

    SAID = "said"
    ZERO = "zero"
    UNKNOWN = "unknown"
    NOT_SAID = "not_said"


class Part(NamedTuple):
    """One field, or one part of it ("casualties.killed"), with its value and state."""

    field: str
    state: State
    value: Any


# Fields whose different values exclude each other unless one is the other said less closely.
EXCLUSIVE: Final = frozenset(
    [
        "event.attack",
        "vehicle.count",
        "vehicle.kind",
        "outcome",
        "intercept.by",
        "fall.location",
        "event.date",
        "event.time",
        "target.site",
        "casualties.killed",
        "casualties.injured",
        "damage",
        "claimed_by",
        "blamed",
        "marking",
    ]
)
# What a complete account of an attack would hold: what is missing is named.
EXPECTED: Final = (
    "event.date", "event.time", "target.site", "vehicle.count", "vehicle.kind", "outcome",
    "fall.location", "intercept.by", "casualties.killed", "casualties.injured", "damage",
    "claimed_by", "blamed",
)  # fmt: skip
WORDS: Final = {
    "event.attack": "the attack", "event.date": "the date", "event.time": "the time",
    "event.place": "the place", "target.site": "what was attacked", "target.hosts": "who is there",
    "vehicle.count": "how many", "vehicle.kind": "with what", "outcome": "the outcome",
    "fall.location": "where they fell", "intercept.by": "who stopped them",
    "casualties.killed": "killed", "casualties.injured": "injured", "damage": "damage",
    "claimed_by": "who claims it", "blamed": "who is blamed", "marking": "markings",
    "posture": "posture", "link.ordinal": "which in a row", "link.anniversary": "anniversary",
    "link.similar": "likeness to another", "media.archive_photo": "an archive photograph",
}  # fmt: skip
_STOPPED = ("thwarted", "failed")
# a says b as well: a value and what it implies.
_IMPLIES: Final = {
    ("outcome", "shot_down"): (*_STOPPED, "intercepted"), ("outcome", "destroyed"): _STOPPED,
    ("outcome", "intercepted"): _STOPPED, ("outcome", "thwarted"): ("failed",),
    ("outcome", "missed"): ("failed",),
    ("fall.location", "before_reaching_base"): ("outside",),
}  # fmt: skip
_OUTCOMES_STOPPED = frozenset((*_STOPPED, "shot_down", "destroyed", "intercepted", "missed"))
# Local hours of a part of the day, as the press says them; assumed, generous on purpose.
DAY_PARTS: Final = {
    "dawn": (4.0, 7.5), "early morning": (2.0, 8.0), "morning": (4.0, 12.0),
    "noon": (11.0, 14.0), "afternoon": (12.0, 18.0), "evening": (16.5, 22.5),
    "night": (18.0, 30.0), "midnight": (22.5, 25.5),
}  # fmt: skip
_CLOCK = re.compile(r"\s*(\d{1,2})[:.](\d{2})")


def canonical(value: Any) -> str:
    """One text for equal values, whatever the order of keys."""
    if isinstance(value, str):
        value = " ".join(value.replace("_", " ").split()).casefold()
    return msgspec.json.encode(value, order="deterministic").decode()


def parts(field: str, value: Any) -> Iterator[Part]:
    """What a claim's value says, part by part.

    Casualties are killed and injured; a key that is absent is not said, and damage is not
    among them: "no casualties" says nothing of damage.
    """
    if field == "casualties" and isinstance(value, dict):
        for key in sorted(value):
            yield Part(f"casualties.{key}", _state(value[key]), value[key])
    elif field in ("casualties.killed", "casualties.injured"):
        yield Part(field, _state(value), value)
    else:
        yield Part(field, _state(value), value)


def _state(value: Any) -> State:
    if value is None or value == "unknown":
        return State.UNKNOWN
    if (isinstance(value, int | float) and not isinstance(value, bool) and value == 0) or (
        isinstance(value, str) and value.casefold() in ("none", "no", "zero")
    ):
        return State.ZERO
    return State.SAID


def clock_span(value: Any) -> tuple[float, float] | None:
    """Local hours from, to of a time in words or figures; None when it is neither."""
    text = str(value).casefold()
    if m := _CLOCK.match(text):
        hour = int(m[1]) + int(m[2]) / 60.0
        return hour, hour
    found = [span for part, span in DAY_PARTS.items() if part in text]
    return min(found, key=lambda s: s[1] - s[0]) if found else None


def day_span(value: Any) -> tuple[date, date] | None:
    """First and last day of an ISO day, month, or interval of days ("a/b"); None when it is none."""
    first, _, last = str(value).partition("/")
    try:
        if re.fullmatch(r"\d{4}-\d\d", first) and not last:
            year, month = int(first[:4]), int(first[5:])
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        a, b = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError:
        return None
    return (a, b) if a <= b else None


def supports(field: str, a: Any, b: Any) -> bool:
    """Whether who says `a` says `b` as well: the same, or the same more closely."""
    ka, kb = canonical(a), canonical(b)
    if ka == kb:
        return True
    if field in ("intercept.by", "claimed_by", "blamed"):
        return set(_words(kb)) < set(_words(ka))
    if field == "vehicle.kind":
        return ka.strip('"').startswith(kb.strip('"') + " ")
    if field == "event.time":
        sa, sb = clock_span(a), clock_span(b)
        return sa is not None and sb is not None and sb[0] <= sa[0] and sa[1] <= sb[1]
    if field == "event.date":
        da, db = day_span(a), day_span(b)
        return da is not None and db is not None and db[0] <= da[0] and da[1] <= db[1]
    return isinstance(b, str) and b in _IMPLIES.get((field, str(a)), ())


def excludes(field: str, a: Any, b: Any) -> bool:
    """Whether `a` and `b` cannot both be so, as far as their words go.

    Two outcomes that both say "stopped" go together.  A tension ("in the airspace of the
    base", "outside the walls") counts: a person decides what the words meant.
    """
    if field not in EXCLUSIVE or None in (a, b):
        return False
    if supports(field, a, b) or supports(field, b, a):
        return False
    if field == "outcome":
        return (str(a) in _OUTCOMES_STOPPED) != (str(b) in _OUTCOMES_STOPPED)
    if field == "event.time":
        sa, sb = clock_span(a), clock_span(b)
        return sa is not None and sb is not None and (sa[1] < sb[0] or sb[1] < sa[0])
    if field == "event.date":
        da, db = day_span(a), day_span(b)
        return da is None or db is None or da[1] < db[0] or db[1] < da[0]
    return True


def _words(text: str) -> list[str]:
    return [w for w in re.findall(r"\w+", text) if w not in ("the", "a", "an", "of")]


def shown(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return "said to be unknown"
    if isinstance(value, dict) and {"n", "window_h", "scope"} <= value.keys():
        return f"number {value['n']} in {value['window_h']} h ({value['scope']})"
    if isinstance(value, dict):
        return ", ".join(f"{k} {shown(v)}" for k, v in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(shown(v) for v in value)
    return str(value).replace("_", " ")
