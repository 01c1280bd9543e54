"""How likely two incidents are one, of one wave, or of one campaign: log odds with reasons.

In: the traits of two incidents.  Out: a probability a kind, and every weight in it.
Does not: link (a person does), or take place and date alone for enough.

Fellegi & Sunter (1969): each trait adds ln(m/u) where it agrees and ln((1-m)/(1-u)) where it
differs; m is how often it agrees when the link is so, u when it is not.  u of kind, count and
outcome is counted over the attacks of data/history.yaml; every m, the other u, the priors and
the time scales are assumed.  The prior, place and date together stay within +-BOUND, so that
they neither make a link (p >= MADE) nor break one (p <= BROKEN) by themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple

from bartizan.incidents.record import fields
from bartizan.incidents.record.nouns import Claim, Incident
from bartizan.units import NS_PER_S

Kind = Literal["same_incident", "same_wave", "same_campaign"]
KINDS: Final[tuple[Kind, ...]] = ("same_incident", "same_wave", "same_campaign")
BOUND: Final = 2.0  # p 0.12 to 0.88 from prior, place and date; assumed
MADE, BROKEN = 0.9, 0.1
DAY_S: Final = 86_400.0
# Agreement by chance over data/history.yaml (a test counts it again); of markings and
# claimants it is assumed.
U: Final = {"kind": 0.56, "count": 0.26, "outcome": 0.54, "marking": 0.02, "claimant": 0.2}
M: Final[dict[Kind, dict[str, float]]] = {
    "same_incident": {"kind": 0.95, "count": 0.8, "outcome": 0.9, "marking": 0.9, "claimant": 0.8},
    "same_wave": {"kind": 0.9, "count": 0.4, "outcome": 0.7, "marking": 0.7, "claimant": 0.8},
    "same_campaign": {"kind": 0.75, "count": 0.35, "outcome": 0.6, "marking": 0.5, "claimant": 0.6},
}  # fmt: skip
PRIOR: Final[dict[Kind, float]] = {"same_incident": -1.0, "same_wave": -1.5, "same_campaign": 0.0}
SITE: Final[dict[Kind, tuple[float, float]]] = {  # same site, another site
    "same_incident": (math.log(0.95 / 0.25), math.log(0.05 / 0.75)),
    "same_wave": (math.log(0.5 / 0.25), math.log(0.5 / 0.75)),
    "same_campaign": (math.log(0.4 / 0.25), math.log(0.6 / 0.75)),
}
SCALE_S: Final[dict[Kind, float]] = {
    "same_incident": 0.0, "same_wave": 3 * 3600.0, "same_campaign": 10 * DAY_S,
}  # fmt: skip
AMONG_S: Final = 60 * DAY_S  # unrelated incidents of a search lie evenly in so long
MISDATED: Final = 0.05  # one report in twenty has the date wrong; assumed
APART: Final = -6.0  # one text tells of both as two: against one incident
# Of 12 pairs of reports that the other traits made one incident (p over 0.9) though the site or the
# day of one was not known, 5 were one: benchmarks/links.py.
UNPLACED: Final = math.log(5.0 / 7.0)
TOLD: Final[dict[Kind, float]] = {"same_incident": -2.0, "same_wave": 1.0, "same_campaign": 2.3}


class Traits(NamedTuple):
    """What of an incident the model looks at; empty sets where nobody says."""

    incident: Incident
    kinds: frozenset[str]
    counts: frozenset[str]
    outcomes: frozenset[str]
    markings: frozenset[str]
    claimants: frozenset[str]
    documents: frozenset[str]
    like: frozenset[str]  # incidents that a text likens it to, or counts with it


class Reason(NamedTuple):
    """One trait, what it adds to the log odds, and why in words."""

    trait: str
    weight: float
    words: str


class Likeness(NamedTuple):
    """One kind of link between two incidents: probability, whether it is made, broken or open."""

    a: str
    b: str
    kind: Kind
    p: float
    state: Literal["made", "open", "broken"]
    reasons: tuple[Reason, ...]


_KIND: Final = {"uav": "uav", "drone": "uav", "rocket": "rocket", "missile": "rocket",
                "mortar": "rocket"}  # fmt: skip
_STOPPED: Final = (
    "thwarted",
    "failed",
    "shot_down",
    "destroyed",
    "intercepted",
    "defeated",
    "missed",
)
OUTCOME: Final = dict.fromkeys(_STOPPED, "stopped") | dict.fromkeys(
    ("hit", "impacted", "struck"), "hit"
)  # words that are one outcome when incidents are compared


def traits(incident: Incident, claims: Iterable[Claim], like: Iterable[str] = ()) -> Traits:
    """The traits of an incident from what is asserted of it; headlines and captions left out."""
    found: dict[str, set[str]] = {k: set() for k in ("kind", "count", "outcome", "marking", "by")}
    documents: set[str] = set()
    liked = set(like)
    for c in claims:
        documents.add(c.document)
        if c.polarity == "denied" or c.modality != "asserted" or c.voice in ("headline", "caption"):
            continue
        _take(found, c)
        if c.field == "link.similar" and isinstance(c.value, dict):
            liked.add(str(c.value.get("to", "")))
    return Traits(
        incident, frozenset(found["kind"]), frozenset(found["count"]), frozenset(found["outcome"]),
        frozenset(found["marking"]), frozenset(found["by"]), frozenset(documents),
        frozenset(liked - {"", incident.id}),
    )  # fmt: skip


def _take(found: dict[str, set[str]], c: Claim) -> None:
    value: Any = c.value
    if c.field == "vehicle.kind":
        words = str(value).casefold().replace("_", " ").split()
        found["kind"] |= {_KIND[w] for w in words if w in _KIND}
    elif c.field == "vehicle.count":
        found["count"].add(fields.canonical(value))
    elif c.field == "outcome":
        found["outcome"].add(OUTCOME.get(str(value), fields.canonical(value)))
    elif c.field == "marking":
        text = value.get("text", "") if isinstance(value, dict) else value
        found["marking"].add(fields.canonical(str(text)))
    elif c.field == "claimed_by" and value:
        found["by"].add(fields.canonical(str(value)))


def likeness(a: Traits, b: Traits, kind: Kind) -> Likeness:
    """The probability that `a` and `b` are linked in this way, with every reason."""
    first = [Reason("prior", PRIOR[kind], "before anything is compared; assumed"),
             _site(a, b, kind), _time(a, b, kind)]  # fmt: skip
    total = sum(r.weight for r in first)
    held = min(max(total, -BOUND), BOUND)
    if held != total:
        word = "place and date alone neither make nor break a link"
        first.append(Reason("bound", held - total, word))
    rest = _compared(a, b, kind)
    excess = held + sum(r.weight for r in rest) - UNPLACED
    marked = any(r.trait == "marking" and r.weight > 0.0 for r in rest)
    if kind == "same_incident" and excess > 0.0 and not marked and not _placed(a, b):
        word = "the site or the day of one is not known: 5 of 12 such pairs were one incident"
        rest.append(Reason("unplaced", -excess, word))
    p = 1.0 / (1.0 + math.exp(-(held + sum(r.weight for r in rest))))
    state: Literal["made", "open", "broken"] = (
        "made" if p >= MADE else "broken" if p <= BROKEN else "open"
    )
    return Likeness(a.incident.id, b.incident.id, kind, p, state, tuple(first + rest))


def _placed(a: Traits, b: Traits) -> bool:
    """Whether site and day of both are known."""
    return all(i.site and i.from_ns is not None for i in (a.incident, b.incident))


def _site(a: Traits, b: Traits, kind: Kind) -> Reason:
    x, y = a.incident.site, b.incident.site
    if not (x and y):
        return Reason("site", 0.0, "the site of one is not known")
    same, other = SITE[kind]
    if x == y:
        return Reason("site", same, f"the same site, {x}")
    return Reason("site", other, f"{x} and {y}")


def gap_s(a: Incident, b: Incident) -> float | None:
    """The time between two incidents as far as it is certain, 0 where they may meet."""
    if a.from_ns is None or a.to_ns is None or b.from_ns is None or b.to_ns is None:
        return None
    return max(b.from_ns - a.to_ns, a.from_ns - b.to_ns, 0) / NS_PER_S


def _width_s(i: Incident) -> float:
    return ((i.to_ns or 0) - (i.from_ns or 0)) / NS_PER_S


def _time(a: Traits, b: Traits, kind: Kind) -> Reason:
    gap = gap_s(a.incident, b.incident)
    if gap is None:
        return Reason("time", 0.0, "the time of one is not known")
    width = max((_width_s(a.incident) + _width_s(b.incident)) / 2.0, 3600.0)
    known = f"known to {a.incident.precision.replace('_', ' ')} and {b.incident.precision.replace('_', ' ')}"
    if kind == "same_incident":
        if gap > 0.0:
            word = f"{_words(gap)} apart, {known}; one report in twenty is misdated"
            return Reason("time", math.log(MISDATED), word)
        ratio = (1.0 - MISDATED) * AMONG_S / (2.0 * width)
        return Reason("time", math.log(ratio), f"the same time, {known}")
    word = f"{_words(gap)} apart, {known}" if gap else f"the same time, {known}"
    return Reason("time", math.log(AMONG_S * _density(a.incident, b.incident, SCALE_S[kind])), word)


def _density(a: Incident, b: Incident, scale_s: float) -> float:
    """The mean over what the two precisions allow of exp(-|dt|/scale) / (2 scale), [1/s]."""
    middle = abs((b.from_ns or 0) + (b.to_ns or 0) - (a.from_ns or 0) - (a.to_ns or 0))
    at, half = middle / 2.0 / NS_PER_S, max((_width_s(a) + _width_s(b)) / 2.0, 1800.0)

    def below(t: float) -> float:
        tail = 0.5 * math.exp(-abs(t) / scale_s)
        return tail if t < 0.0 else 1.0 - tail

    return max((below(at + half) - below(at - half)) / (2.0 * half), 1e-12)


def _words(s: float) -> str:
    return f"{s / DAY_S:.1f} days" if s >= DAY_S else f"{s / 3600.0:.1f} h"


def _compared(a: Traits, b: Traits, kind: Kind) -> list[Reason]:
    out = []
    pairs = (
        ("kind", a.kinds, b.kinds), ("count", a.counts, b.counts),
        ("outcome", a.outcomes, b.outcomes), ("marking", a.markings, b.markings),
        ("claimant", a.claimants, b.claimants),
    )  # fmt: skip
    gap = gap_s(a.incident, b.incident)
    alike = kind == "same_incident" and gap is not None and gap > 0.0
    for trait, x, y in pairs:
        if not (x and y):
            continue
        m, u = M[kind][trait], U[trait]
        if x & y:
            weight = math.log(m / u)
            word = f"both {', '.join(sorted(v.strip(chr(34)) for v in x & y))}"
            if alike:  # attacks of one campaign resemble one another: half of it is that
                weight, word = weight / 2.0, word + ", as attacks of one campaign also are"
        else:
            weight = math.log((1.0 - m) / (1.0 - u))
            word = " against ".join(", ".join(sorted(v.strip('"') for v in s)) for s in (x, y))
        out.append(Reason(trait, weight, word))
    if b.incident.id in a.like or a.incident.id in b.like:
        out.append(Reason("told", TOLD[kind], "a text likens one to the other; assumed"))
    if kind == "same_incident" and a.documents & b.documents:
        both = ", ".join(sorted(a.documents & b.documents))
        out.append(Reason("apart", APART, f"{both} tells of them as two; assumed"))
    return out
