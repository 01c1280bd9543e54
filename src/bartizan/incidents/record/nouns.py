"""The nouns of the incident record, and the acts that change it.

In: nothing.  Out: frozen structs that become MessagePack and JSON as they are.
Does not: judge (see `rules`), or store (see `incidents.store`).

Numbers are letter and count: D document, I incident, C claim, E evidence, R relation, L link.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

ReliabilityLetter = Literal["A", "B", "C", "D", "E", "F"]
EvidenceKind = Literal[
    "track", "alarm", "warning", "posture", "engagement", "outcome", "wreckage", "wall",
    "image", "marking",
]  # fmt: skip
RelationKind = Literal["supports", "contradicts", "repeats", "corrects", "translates"]
LinkKind = Literal[
    "same_incident", "same_wave", "same_campaign", "second_in_window", "anniversary", "responds_to"
]
Precision = Literal["second", "minute", "hour", "part_of_day", "day", "month", "unknown"]
UNNAMED: Final = ("official_anonymous", "anonymous_source")
ARMED: Final = ("armed_group",)


class Speaker(Struct, frozen=True, omit_defaults=True):
    """One voice of a chain.  kind "media", "official_org", "official_anonymous",
    "anonymous_source", "armed_group", "image", "witness", ..."""

    name: str
    kind: str = "unknown"
    named: bool = True
    affiliation: str = ""
    alias: str = ""


class Actor(Struct, frozen=True, omit_defaults=True):
    """Who speaks, with the Admiralty reliability: A completely reliable ... E unreliable,
    F cannot be judged, which is where everybody begins."""

    name: str
    kind: str = "unknown"
    aliases: tuple[str, ...] = ()
    affiliation: str = ""
    reliability: ReliabilityLetter = "F"


class Document(Struct, frozen=True, omit_defaults=True):
    """A text as it was taken in; sha256 of its UTF-8 bytes.  uncovered: what holds a number, a
    weapon or a casualty word and no claim covers, as intake listed it."""

    id: str
    publisher: str
    published: str
    sha256: str
    title: str = ""
    url: str = ""
    language: str = ""
    uncovered: tuple[Any, ...] = ()


class Incident(Struct, frozen=True, omit_defaults=True):
    """A handle on something that happened; what is so about it stands in claims.

    kind "attack" or "context" (an event that others refer to)   site a site's name, "" not
    known   date ISO, "" not known   from_ns, to_ns UTC: it happened in between, by precision
    """

    id: str
    title: str
    kind: Literal["attack", "context"] = "attack"
    site: str = ""
    date: str = ""
    from_ns: int | None = None
    to_ns: int | None = None
    precision: Precision = "unknown"


class Claim(Struct, frozen=True, omit_defaults=True):
    """One source's assertion in its exact words.

    start, end: offsets in characters into the document   chain: who says so, outermost first
    polarity "denied" turns it round   modality other than "asserted" is no assertion
    voice "headline", "caption", "indirect", "direct_quote"   credibility 1 confirmed by other
    sources ... 5 improbable, 6 cannot be judged   traps: what intake warns of
    value None: the source says that it is not known   corrected: what people have made of the
    field, value or incident that were drafted   rejected: who turned it down and why, "" nobody
    """

    id: str
    incident: str
    document: str
    start: int
    end: int
    quote: str
    field: str
    value: Any
    chain: tuple[Speaker, ...]
    attribution: str = "unknown"
    polarity: Literal["affirmed", "denied"] = "affirmed"
    modality: str = "asserted"
    voice: str = "indirect"
    credibility: Literal[1, 2, 3, 4, 5, 6] = 6
    traps: tuple[str, ...] = ()
    note: str = ""
    corrected: tuple[str, ...] = ()
    rejected: str = ""


class Evidence(Struct, frozen=True, omit_defaults=True):
    """Something that is not words, by hash.

    hash: of the journal's record (BLAKE2b, see `journal.chain`) or of a file (SHA-256)
    journal: head of the journal's chain, "" for a file   records: the journal's, first to last
    data: numbers with unit suffix   exercise: simulated   archive: older than what it shows
    """

    id: str
    incident: str
    kind: EvidenceKind
    hash: str
    what: str
    journal: str = ""
    records: tuple[int, ...] = ()
    t_ns: int | None = None
    data: dict[str, Any] = {}
    exercise: bool = False
    archive: bool = False


class Relation(Struct, frozen=True, omit_defaults=True):
    """What one claim is to another: a supports, contradicts, repeats, corrects, translates b."""

    id: str
    a: str
    b: str
    kind: RelationKind
    why: str = ""


class Link(Struct, frozen=True, omit_defaults=True):
    """What one incident is to another.  basis: claims   p: the model's, None where a person or
    a text asserts it   status "asserted" by a text, "derived" by rule, "decided" by a person"""

    id: str
    a: str
    b: str
    kind: LinkKind
    why: str = ""
    p: float | None = None
    basis: tuple[str, ...] = ()
    status: Literal["asserted", "derived", "decided"] = "decided"


class Add(Struct, frozen=True, tag="add"):
    """A draft that a person takes in: its document (with text) and all that it brings."""

    document: Document
    text: str
    incidents: tuple[Incident, ...]
    claims: tuple[Claim, ...]
    links: tuple[Link, ...]


class Open(Struct, frozen=True, tag="open"):
    """An incident opened from a run's alarm, with its evidence."""

    incident: Incident
    evidence: tuple[Evidence, ...]


class Tie(Struct, frozen=True, tag="tie"):
    """Evidence tied to an incident that is there."""

    evidence: tuple[Evidence, ...]


class Relate(Struct, frozen=True, tag="relate"):
    """A relation between two claims."""

    relation: Relation


class Join(Struct, frozen=True, tag="link"):
    """A link between two incidents."""

    link: Link


class Merge(Struct, frozen=True, tag="merge"):
    """`gone` and `into` are one incident; its claims and evidence go to `into`."""

    gone: str
    into: str
    why: str


class Confirm(Struct, frozen=True, tag="confirm"):
    """A person says that what a claim says is so."""

    claim: str
    why: str
    evidence: str = ""


class Decide(Struct, frozen=True, tag="decide"):
    """A person decides a contradiction of a field for one claim, having seen `seen`."""

    incident: str
    field: str
    claim: str
    why: str
    seen: tuple[str, ...]


class Rate(Struct, frozen=True, tag="rate"):
    """A person's mark: an actor's reliability (A to F) or a claim's credibility (1 to 6)."""

    subject: str
    mark: str
    why: str


class Correct(Struct, frozen=True, tag="correct"):
    """A person puts right what a drafted claim says.  was: field, value, incident before."""

    claim: str
    field: str
    value: Any
    incident: str
    why: str
    was: tuple[str, Any, str]


class Reject(Struct, frozen=True, tag="reject"):
    """A person turns a drafted claim down."""

    claim: str
    why: str


Act = Add | Open | Tie | Relate | Join | Merge | Confirm | Decide | Rate | Correct | Reject


class Entry(Struct, frozen=True):
    """One record of the audit: who changed what."""

    who: str
    act: Act


class Audit(Struct, frozen=True):
    """An entry as it stands in the chain."""

    seq: int
    t_ns: int
    hash: str
    who: str
    act: Act


class Merged(Struct, frozen=True):
    """Where an incident went, who said so, when and why."""

    into: str
    who: str
    t_ns: int
    why: str


class Confirmation(Struct, frozen=True):
    """A person's confirmation of what a claim says."""

    claim: str
    who: str
    t_ns: int
    why: str
    evidence: str


class Decision(Struct, frozen=True):
    """A person's decision of a contradiction: it stands while no value beyond `seen` is said."""

    field: str
    claim: str
    who: str
    t_ns: int
    why: str
    seen: tuple[str, ...]


class Case(Struct, frozen=True):
    """All that the record holds of one incident."""

    incident: Incident
    documents: dict[str, Document]
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    relations: tuple[Relation, ...]
    links: tuple[Link, ...]
    actors: dict[str, Actor]
    confirmations: tuple[Confirmation, ...]
    decisions: tuple[Decision, ...]
    merged: tuple[str, ...]
    rejected: tuple[Claim, ...] = ()

    @property
    def exercise(self) -> bool:
        """Something in it is simulated: whatever is shown of it says so."""
        return any(e.exercise for e in self.evidence)
