"""What a person may do to the record: each change checked, then one entry in the audit.

In: a store, who, when, what.  Out: the ids that it made.  Does not: read a clock, or act by
itself.

A change on an incident that was merged away is refused with where it went.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, NamedTuple, get_args

import msgspec

from bartizan.errors import InputError
from bartizan.incidents.record import fields, nouns, rules
from bartizan.incidents.record.draft import NOWHERE, Draft, DraftClaim, DraftIncident
from bartizan.incidents.record.places import Place, find
from bartizan.incidents.store import Store
from bartizan.units import NS_PER_S, iso_from_ns, ns_from_iso

DAY_NS: Final = 86_400 * NS_PER_S
RELIABILITY: Final = get_args(nouns.ReliabilityLetter)
_HALF_WIDTH_NS: Final = {
    "second": NS_PER_S, "minute": 60 * NS_PER_S, "hour": 3_600 * NS_PER_S,
}  # fmt: skip


class Added(NamedTuple):
    """What taking in a draft made: the draft's ids and the record's, claims, links."""

    document: str
    incidents: dict[str, str]
    claims: tuple[str, ...]
    links: tuple[str, ...]


def add(
    store: Store, draft: Draft, who: str, t_ns: int,
    into: Mapping[str, str] | None = None, places: Iterable[Place] = (),
) -> Added:  # fmt: skip
    """Takes a checked draft in.

    into: draft incidents that the record has already.  Raises InputError where the same text
    was taken in before, it is published in the future, or an incident was merged away.
    """
    into, places = dict(into or {}), tuple(places)
    drafted = {i.id for i in draft.incidents}
    for name in into:
        if name not in drafted:
            raise InputError(
                f"{name}: no such incident in the draft ({', '.join(sorted(drafted))})"
            )
    with store.writing():
        document = _document(store, draft, t_ns)
        fresh: list[nouns.Incident] = []
        ids: dict[str, str] = {}
        first = int(store.next_id("incident")[1:])
        for i in draft.incidents:
            if i.id in into:
                ids[i.id] = store.standing(into[i.id]).id
                continue
            ids[i.id] = f"I{first + len(fresh)}"
            fresh.append(_incident(i, ids[i.id], places))
        start = int(store.next_id("claim")[1:])
        claims = tuple(
            nouns.Claim(
                f"C{start + k}", "" if c.incident in NOWHERE else ids[c.incident], document.id,
                c.start, c.end, c.quote, c.field, _value(c.field, c.value, ids),
                c.chain or (nouns.Speaker(document.publisher, "media"),),
                c.attribution, _polarity(c), c.modality, c.voice, c.credibility, c.traps, c.note or "",
            )
            for k, c in enumerate(draft.claims)
        )  # fmt: skip
        links = _links(store, draft, ids, claims)
        store.append(
            who, t_ns, nouns.Add(document, draft.document.text, tuple(fresh), claims, links)
        )
    return Added(document.id, ids, tuple(c.id for c in claims), tuple(x.id for x in links))


def _polarity(c: DraftClaim) -> Literal["affirmed", "denied"]:
    """Whether the value is affirmed: "no casualties" affirms zero, "was not shot down" denies."""
    if c.polarity != "negated":
        return c.polarity
    nothing = all(p.state == fields.State.ZERO for p in fields.parts(c.field, c.value))
    return "affirmed" if nothing else "denied"


def _value(field: str, value: Any, ids: Mapping[str, str]) -> Any:
    """The value as drafted; a reference to an incident of the draft becomes the record's id."""
    if field == "link.similar" and isinstance(value, dict) and value.get("to") in ids:
        return value | {"to": ids[value["to"]]}
    return value


def _document(store: Store, draft: Draft, t_ns: int) -> nouns.Document:
    d = draft.document
    digest = hashlib.sha256(d.text.encode()).hexdigest()
    if known := store.document_of(digest):
        raise InputError(
            f"this text was taken in before, as {known}: the same text is one document"
        )
    published = (d.published or "")[:10]
    if published and ns_from_iso(published) > t_ns + DAY_NS:
        raise InputError(f"document.published: {published} is in the future "
                         f"(now {iso_from_ns(t_ns, 0)})")  # fmt: skip
    return nouns.Document(
        store.next_id("document"), d.publisher or "publisher not given", published, digest,
        d.title or "", d.url or "", d.language or "", draft.uncovered,
    )  # fmt: skip


def span_ns(
    date: str, time: str, precision: str | None, utc_offset_s: int
) -> tuple[int | None, int | None, nouns.Precision]:
    """UTC from, to [ns] and precision of a local date and a time in words or figures.

    Raises InputError where the date is no ISO date.
    """
    if not date:
        return None, None, "unknown"
    try:
        day_ns = ns_from_iso(date[:10]) - utc_offset_s * NS_PER_S
    except ValueError as e:
        raise InputError(f"date: expected a date such as 2022-01-04 (found {date})") from e
    if not "1700" <= date[:4] < "2200":
        raise InputError(f"date: expected a year from 1700 to 2199 (found {date})")
    clock = fields.clock_span(time) if time else None
    if clock is None:
        return day_ns, day_ns + DAY_NS, "day"
    a, b = (day_ns + round(h * 3600) * NS_PER_S for h in clock)
    if clock[0] < clock[1]:
        return a, b, "part_of_day"
    width = _HALF_WIDTH_NS.get(precision or "minute", 60 * NS_PER_S)
    word: Any = precision if precision in _HALF_WIDTH_NS else "minute"
    return a - width, b + width, word


def _incident(i: DraftIncident, name: str, places: tuple[Place, ...]) -> nouns.Incident:
    place = find(places, i.site or "")
    site = place.name if place else (i.site or "")
    date = (i.date or "")[:10]
    a, b, precision = span_ns(date, i.time or "", i.precision, place.utc_offset_s if place else 0)
    kind: Literal["attack", "context"] = "context" if i.kind == "context" else "attack"
    title = i.title or " ".join(w for w in (kind, site and f"at {site}", date) if w)
    return nouns.Incident(name, title, kind, site, date, a, b, precision)


def _links(
    store: Store, draft: Draft, ids: dict[str, str], claims: tuple[nouns.Claim, ...]
) -> tuple[nouns.Link, ...]:
    kinds = get_args(nouns.LinkKind)
    start = int(store.next_id("link")[1:])
    numbers: dict[Any, str] = {k: c.id for k, c in enumerate(claims)}
    numbers |= {d.id: c.id for d, c in zip(draft.claims, claims, strict=True) if d.id}
    out: list[nouns.Link] = []
    for k, link in enumerate(draft.links):
        if link.kind not in kinds:
            raise InputError(f"links[{k}].kind: expected {', '.join(kinds)} (found {link.kind})")
        if ids[link.a] == ids[link.b]:
            continue
        basis = tuple(numbers[b] for b in link.basis if b in numbers)
        out.append(nouns.Link(
            f"L{start + len(out)}", ids[link.a], ids[link.b], link.kind,  # type: ignore[arg-type]
            link.why or "", None, basis, "asserted",
        ))  # fmt: skip
    return tuple(out)


def tie_file(
    store: Store, incident: str, kind: nouns.EvidenceKind, data: bytes, what: str, who: str,
    t_ns: int, *, archive: bool = False,
) -> str:  # fmt: skip
    """Ties a picture or the like by its SHA-256; -> its id.  The bytes stay where they are."""
    if not what.strip():
        raise InputError("what: expected words that say what the file shows")
    with store.writing():
        store.standing(incident)
        name = store.next_id("evidence")
        digest = hashlib.sha256(data).hexdigest()
        one = nouns.Evidence(name, incident, kind, digest, what, archive=archive)
        store.append(who, t_ns, nouns.Tie((one,)))
    return name


def relate(
    store: Store, a: str, b: str, kind: nouns.RelationKind, why: str, who: str, t_ns: int
) -> str:
    """Relates two claims; -> the relation's id."""
    with store.writing():
        if store.claim(a).id == store.claim(b).id:
            raise InputError(f"{a}: a claim has no relation to itself")
        name = store.next_id("relation")
        store.append(who, t_ns, nouns.Relate(nouns.Relation(name, a, b, kind, why)))
    return name


def join(
    store: Store, a: str, b: str, kind: nouns.LinkKind, why: str, who: str, t_ns: int,
    p: float | None = None,
) -> str:  # fmt: skip
    """Links two incidents that stand; -> the link's id.  p: what the model said, for the record."""
    _need_reason(why)
    with store.writing():
        if store.standing(a).id == store.standing(b).id:
            raise InputError(f"{a}: an incident has no link to itself")
        name = store.next_id("link")
        store.append(who, t_ns, nouns.Join(nouns.Link(name, a, b, kind, why, p)))
    return name


def merge(store: Store, gone: str, into: str, why: str, who: str, t_ns: int) -> None:
    """Makes two incidents one: what was on `gone` is on `into` from now on."""
    _need_reason(why)
    with store.writing():
        a, b = store.standing(gone), store.standing(into)
        if a.id == b.id:
            raise InputError(f"{gone}: an incident cannot be merged into itself")
        if a.kind != b.kind:
            raise InputError(f"{gone} is of kind {a.kind}, {into} of kind {b.kind}: not one")
        store.append(who, t_ns, nouns.Merge(gone, into, why))


def confirm(store: Store, claim: str, why: str, who: str, t_ns: int, evidence: str = "") -> None:
    """A person confirms what a claim says.

    Raises InputError where the claim can be no basis, others say otherwise and nobody has
    decided, or it rests on unnamed or armed-group origins and no evidence is named.
    """
    _need_reason(why)
    with store.writing():
        said = store.claim(claim)
        if said.rejected:
            raise InputError(f"{claim} cannot be confirmed: it was turned down ({said.rejected})")
        if not said.incident:
            raise InputError(f"{claim}: it is on no incident: there is nothing to confirm")
        case = store.case(said.incident)
        if reason := rules.why_no_basis(said, case):
            raise InputError(f"{claim} cannot be confirmed: {reason}")
        if said.polarity == "denied":
            raise InputError(f"{claim} cannot be confirmed: it denies; decide the contradiction")
        tied = _evidence(store, evidence, said.incident) if evidence else ""
        mine = [s for s in rules.standings(case) if claim in s.claims]
        if any(s.status == rules.Status.DISPUTED for s in mine):
            raise InputError(f"{claim} cannot be confirmed: others say otherwise; decide first")
        weak = [o for o in rules.said(case) if o.claim.id in {c for s in mine for c in s.claims}]
        if not tied and all(o.weak for o in weak):
            raise InputError(f"{claim} stays single-source: unnamed or armed-group origins alone; "
                             "it needs another origin, or evidence (--evidence E1)")  # fmt: skip
        store.append(who, t_ns, nouns.Confirm(claim, why, tied))


def _evidence(store: Store, name: str, incident: str) -> str:
    one = store.evidence(name)
    if name not in {e.id for e in store.case(incident).evidence}:
        raise InputError(f"{name} is evidence of {one.incident}, not of {incident}")
    if one.archive:
        raise InputError(f"{name} is an archive picture: never a basis")
    if one.exercise:
        raise InputError(f"{name} is simulated (EXERCISE): it confirms nothing that was claimed")
    return name


def decide(
    store: Store, incident: str, field: str, claim: str, why: str, who: str, t_ns: int
) -> None:
    """A person decides a contradiction for what a claim says, with a reason."""
    _need_reason(why)
    with store.writing():
        case = store.case(incident)
        clashes = {c.field: c for c in rules.contradictions(case)}
        if field not in clashes:
            word = ", ".join(clashes) or "none"
            raise InputError(f"{incident}: {field}: no contradiction there (there is: {word})")
        clash = clashes[field]
        choice = [*(c for _, cs in clash.values for c in cs), *clash.denied]
        if claim not in choice:
            raise InputError(f"{claim}: expected one of the claims that contradict each other: "
                             f"{', '.join(choice)}")  # fmt: skip
        store.append(who, t_ns, nouns.Decide(incident, field, claim, why, rules.seen(clash)))


def rate(store: Store, subject: str, mark: str, why: str, who: str, t_ns: int) -> None:
    """Marks an actor's reliability A to F, or a claim's credibility 1 to 6."""
    _need_reason(why)
    with store.writing():
        if mark in ("1", "2", "3", "4", "5", "6"):
            store.claim(subject)
        elif mark in RELIABILITY:
            if store.actor(subject) is None:
                raise InputError(f"{subject}: nobody of this name speaks in the record")
        else:
            raise InputError(f"{mark}: expected a reliability A to F (of who speaks), or a "
                             "credibility 1 to 6 (of a claim)")  # fmt: skip
        store.append(who, t_ns, nouns.Rate(subject, mark, why))


def opened(store: Store, incident: nouns.Incident, evidence: Iterable[nouns.Evidence], who: str,
           t_ns: int) -> str:  # fmt: skip
    """Opens an incident with evidence that came with it (see `tie`); -> its id."""
    with store.writing():
        name = store.next_id("incident")
        first = int(store.next_id("evidence")[1:])
        tied = tuple(
            msgspec.structs.replace(e, id=f"E{first + k}", incident=name)
            for k, e in enumerate(evidence)
        )
        store.append(who, t_ns, nouns.Open(msgspec.structs.replace(incident, id=name), tied))
    return name


def added_evidence(
    store: Store, incident: str, evidence: Iterable[nouns.Evidence], who: str, t_ns: int
) -> tuple[str, ...]:
    """Ties what is new of an incident that was opened before it ended; -> the ids.

    New is what rests on a record, of its kind, that nothing tied to the incident rests on.
    """
    with store.writing():
        known = {(e.kind, e.hash, e.what) for e in store.case(store.standing(incident).id).evidence}
        fresh = [e for e in evidence if (e.kind, e.hash, e.what) not in known]
        first = int(store.next_id("evidence")[1:])
        tied = tuple(
            msgspec.structs.replace(e, id=f"E{first + k}", incident=incident)
            for k, e in enumerate(fresh)
        )
        if tied:
            store.append(who, t_ns, nouns.Tie(tied))
    return tuple(e.id for e in tied)


def day(t_ns: int, utc_offset_s: int) -> str:
    """The local date of a time."""
    return datetime.fromtimestamp(t_ns // NS_PER_S + utc_offset_s, UTC).strftime("%Y-%m-%d")


def _need_reason(why: str) -> None:
    if not why.strip():
        raise InputError("why: expected a reason: it stands in the audit")
