"""A draft statement: each fact with who says so, and what is not stated.

In: a case, what the sensors say of it, its links.  Out: sentences with the claims and records
that they rest on.  Does not: state what no claim says, name who did it, or go anywhere: a
person completes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from bartizan.incidents.record import fields, rules
from bartizan.incidents.record.fields import State
from bartizan.incidents.record.nouns import Case, Claim, Speaker
from bartizan.incidents.record.rules import Standing, Status
from bartizan.incidents.tie.check import Checked, Verdict

ORDER: Final = (
    "event.attack", "event.date", "event.time", "target.site", "event.place", "vehicle.count",
    "vehicle.kind", "outcome", "intercept.by", "fall.location", "casualties.killed",
    "casualties.injured", "damage", "marking", "claimed_by", "blamed", "target.hosts", "posture",
)  # fmt: skip
MARK: Final = "EXERCISE EXERCISE EXERCISE"
_SAYS: Final = {
    "event.attack": "that there was an attack", "event.date": "that it was on {}",
    "event.time": "that the time was {}", "target.site": "that {} was attacked",
    "event.place": "that the place was: {}", "vehicle.count": "that there were {}",
    "vehicle.kind": "that they were {}", "outcome": "that the outcome was: {}",
    "intercept.by": "that they were stopped by {}", "fall.location": "that they fell {}",
    "casualties.killed": "that {} were killed", "casualties.injured": "that {} were injured",
    "damage": "of damage: {}", "marking": "that a marking was seen: {}",
    "claimed_by": "that it is claimed by {}", "blamed": "that {} is to blame",
    "target.hosts": "that these are there: {}", "posture": "of the posture: {}",
}  # fmt: skip
# Values as a sentence needs them; any other is shown as it stands.
_PHRASES: Final = {
    "vehicle.kind": {
        "uav": "drones", "uav_explosive": "drones with explosives", "rocket": "rockets",
        "mortar": "mortar bombs", "missile": "missiles", "projectile": "projectiles",
        "ballistic_missile": "ballistic missiles", "cruise_missile": "cruise missiles",
    },
    "fall.location": {
        "before_reaching_base": "before they reached the base", "outside": "outside the base",
        "inside": "inside the base", "near": "near the base", "open_area": "in open ground",
        "airspace_of_base": "in the airspace of the base", "sea": "in the sea",
    },
}  # fmt: skip
_HOW: Final = {
    Status.CONFIRMED: "confirmed by a person", Status.DECIDED: "decided by a person",
    Status.CORROBORATED: "corroborated", Status.SINGLE_SOURCE: "single-source",
    Status.DISPUTED: "disputed", Status.UNKNOWN: "said to be unknown",
    Status.DENIED: "only denied", Status.SET_ASIDE: "set aside by a person",
    Status.NO_BASIS: "no basis", Status.NOT_SAID: "not said",
}  # fmt: skip


class Line(NamedTuple):
    """One sentence, how the value stands, and what it rests on."""

    text: str
    status: Status | None
    claims: tuple[str, ...]
    records: tuple[int, ...] = ()


class Statement(NamedTuple):
    """The draft.  mark: the watermark, "" where nothing is simulated."""

    mark: str
    title: str
    facts: tuple[Line, ...]
    disputed: tuple[Line, ...]
    sensors: tuple[Line, ...]
    not_stated: str


def attributed(chain: Iterable[Speaker]) -> str:
    """A chain as a reader needs it: the innermost voice, and through whom it came."""
    voices = list(chain)
    if not voices:
        return "the document"
    who = _voice(voices[-1])
    through = [_voice(s) for s in reversed(voices[:-1])]
    return f"{who} (as told by {', as told by '.join(through)})" if through else who


def _voice(s: Speaker) -> str:
    if s.name == "publisher (page text)":  # nobody said who publishes it
        return "the report itself"
    more = "" if s.named or s.kind in ("media", "image") else ", not named"
    said = any(w in s.name.casefold() for w in s.affiliation.casefold().split() if len(w) > 3)
    of = f" of {s.affiliation}" if s.affiliation and not said else ""
    return s.name + of + more


def draft(case: Case, checked: Iterable[Checked] = ()) -> Statement:
    """The statement of a case; `checked` its claims against the sensors' record.

    What is a basis for nothing is not in it.  A disputed value stands among the disputed
    with all who say otherwise; one that a person set aside is left out.
    """
    standings = rules.standings(case)
    claims = {c.id: c for c in case.claims}
    facts: list[Line] = []
    disputed: list[Line] = []
    for s in sorted((s for s in standings if s.field in ORDER), key=lambda s: ORDER.index(s.field)):
        if s.status in (Status.NO_BASIS, Status.NOT_SAID, Status.SET_ASIDE):
            continue
        if line := _line(s, claims):
            (disputed if s.status == Status.DISPUTED else facts).append(line)
    mark = MARK if case.exercise else ""
    return Statement(
        mark, case.incident.title, tuple(facts), tuple(disputed),
        tuple(_sensed(checked)), not_stated(standings),
    )  # fmt: skip


def _line(s: Standing, claims: dict[str, Claim]) -> Line | None:
    """Only who said this very value is named; once an origin, with all the claims behind it."""
    said: dict[str, str] = {}
    mine = [claims[c] for c in (s.claims if s.status != Status.DENIED else s.denied_by)]
    mine = [c for c in mine if any(
        p.field == s.field and fields.canonical(p.value) == fields.canonical(s.value)
        for p in fields.parts(c.field, c.value))]  # fmt: skip
    if not mine:
        return None
    for c in mine:
        said.setdefault(c.chain[-1].name if c.chain else "", attributed(c.chain))
    who = "; ".join(said.values())
    verb = "denied" if s.status == Status.DENIED else "said"
    if s.state == State.UNKNOWN:
        body = f"that this is not known: {fields.WORDS.get(s.field, s.field)}"
    else:
        body = _SAYS[s.field].format(_shown(s.field, s.value))
    text = f"{who} {verb} {body} ({_HOW[s.status]})."
    return Line(text[0].upper() + text[1:], s.status, tuple(c.id for c in mine))


def _shown(field: str, value: Any) -> str:
    if field.startswith("casualties.") and value == 0:
        return "none"
    if field == "marking" and isinstance(value, dict):
        on = f", on {value['on']}" if value.get("on") else ""
        return f"“{value.get('text', '')}”{on}"
    if field == "target.site":
        return _named(value)
    return _PHRASES.get(field, {}).get(str(value)) or fields.shown(value)


def _named(site: Any) -> str:
    """A site's name as a proper noun: its id holds it without capitals."""
    text = fields.shown(site)
    return text if text != text.lower() else " ".join(w.capitalize() for w in text.split())


def _sensed(checked: Iterable[Checked]) -> list[Line]:
    """What the sensors agree with or contradict, once a field and reason."""
    out: dict[tuple[str, str, str], list[Checked]] = {}
    for k in checked:
        if k.verdict != Verdict.CANNOT_TELL:
            out.setdefault((k.field, k.verdict, k.why), []).append(k)
    lines = []
    for (field, verdict, why), many in out.items():
        mark = "EXERCISE (simulated): " if many[0].exercise else ""
        word = "agrees with" if verdict == Verdict.AGREES else "contradicts"
        name = fields.WORDS.get(field, field)
        text = f"{mark}The sensors' record {word} what is said of {name}: {why}."
        lines.append(Line(text, None, tuple(k.claim for k in many), many[0].records))
    return lines


def not_stated(standings: Iterable[Standing]) -> str:
    """The line of what nobody says; nothing in it is zero."""
    missing = [
        fields.WORDS[s.field] for s in standings
        if s.status in (Status.NOT_SAID, Status.NO_BASIS) and s.field in fields.EXPECTED
    ]  # fmt: skip
    if not missing:
        return "Not stated by anybody in this record: nothing that is expected is missing."
    return f"Not stated by anybody in this record: {', '.join(dict.fromkeys(missing))}."


def text(s: Statement) -> str:
    """The statement as plain text, the sources in brackets."""
    out = [s.mark] if s.mark else []
    out += ["DRAFT for a person to complete.", "", s.title, ""]
    for head, lines in (("What is said", s.facts), ("In dispute", s.disputed),
                        ("The sensors' record", s.sensors)):  # fmt: skip
        if not lines:
            continue
        out.append(f"{head}:")
        for line in lines:
            refs = [", ".join(line.claims)]
            if line.records:
                refs.append("records " + ", ".join(map(str, line.records)))
            out.append(f"- {line.text} [{'; '.join(r for r in refs if r)}]")
        out.append("")
    out.append(s.not_stated)
    if s.mark:
        out += ["", s.mark]
    return "\n".join(out) + "\n"
