"""The rules of the record: what may serve as a basis, whose it is, how each value stands.

In: a `Case`.  Out: origins, contradictions, standings, each with its reason.
Does not: change the case, or confirm: a person does.

Method: the intelligence practice of keeping a source's reliability and a statement's
credibility apart (NATO AJP-2.1, the Admiralty code), with corroboration counted over
origins, not over reprints.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bartizan.incidents.record import fields, nouns
from bartizan.incidents.record.fields import Part, State
from bartizan.incidents.record.nouns import Case, Claim, Speaker

SAME_WORDS: Final = 6  # so many words alike are one text, whoever prints it; assumed


class Status(StrEnum):
    """How a value stands."""

    CONFIRMED = "confirmed"  # a person said so
    DECIDED = "decided"  # a person decided a contradiction for it
    CORROBORATED = "corroborated"
    SINGLE_SOURCE = "single_source"
    DISPUTED = "disputed"
    SET_ASIDE = "set_aside"  # a person decided against it
    DENIED = "denied"  # said by nobody but those who deny it
    UNKNOWN = "unknown"  # said to be unknown
    NOT_SAID = "not_said"  # no claim speaks of it
    NO_BASIS = "no_basis"  # headline, caption, archive picture or guess alone


class Said(NamedTuple):
    """One claim on one part of a field; why_not: why it is no basis, "" when it is one."""

    claim: Claim
    part: Part
    why_not: str
    origin: str
    weak: bool


class Contradiction(NamedTuple):
    """Values of a field that cannot all be so.

    values: (value, claims)   denied: claims that deny one   decision: a person's, None while
    nobody has decided what is said now
    """

    field: str
    values: tuple[tuple[Any, tuple[str, ...]], ...]
    denied: tuple[str, ...]
    decision: nouns.Decision | None


class Standing(NamedTuple):
    """One value of one field: how it stands, who says so, from how many origins, and why."""

    field: str
    state: State
    value: Any
    status: Status
    claims: tuple[str, ...]
    origins: tuple[str, ...]
    denied_by: tuple[str, ...]
    why: str


def why_no_basis(claim: Claim, case: Case) -> str:
    """Why a claim can be no basis for anything, "" when it can."""
    if claim.voice in ("headline", "caption"):
        return f"a {claim.voice} is never a basis"
    if claim.field == "media.archive_photo" or "archive_photo" in claim.traps:
        return "an archive photograph is never a basis"
    if claim.modality != "asserted":
        return f"said as {claim.modality}, not asserted"
    for r in case.relations:
        if r.kind == "corrects" and r.b == claim.id:
            return f"corrected by {r.a}"
    return ""


def is_weak(claim: Claim) -> bool:
    """Whether nobody who can be held to it says so: unnamed, an armed group, a loose picture."""
    if not claim.chain:
        return False
    last = claim.chain[-1]
    if last.kind in nouns.ARMED or claim.attribution in nouns.ARMED:
        return True
    if last.kind == "media":  # a correspondent without a name speaks for the outlet
        return False
    return not last.named or last.kind in nouns.UNNAMED or claim.attribution in nouns.UNNAMED


def _tokens(name: str) -> frozenset[str]:
    plain = re.sub(r"\([^)]*\)", " ", name).casefold()
    return frozenset(re.findall(r"\w+", plain)) - {"the", "of", "in", "a", "an"}


def origin_of(claim: Claim, case: Case) -> str:
    """Whose assertion it is: the innermost voice, by organisation.

    An organisation and its unnamed officials are one; an unnamed source without affiliation
    is as many as the outlet that heard it; a correspondent is the outlet.
    """
    if not claim.chain:
        return case.documents[claim.document].publisher
    last, outer = claim.chain[-1], claim.chain[:-1]
    if last.kind == "media":
        mine = _tokens(last.name)
        for o in outer:
            if o.kind == "media" and _tokens(o.name) and _tokens(o.name) <= mine:
                return _named(o, case)
        if last.named or not outer:
            return _named(last, case)
        return _named(outer[-1], case)
    if last.affiliation:
        return last.affiliation
    if last.named:
        return _named(last, case)
    heard = next((s for s in reversed(outer) if s.named), None)
    return f"unnamed, heard by {_named(heard, case)}" if heard else "unnamed"


def _named(speaker: Speaker, case: Case) -> str:
    actor = case.actors.get(speaker.name)
    return (actor.affiliation or actor.name) if actor else speaker.name


def origins(case: Case) -> dict[str, str]:
    """The origin of every claim, by claim id.

    Claims with the same words in two documents, and those that repeat or translate one
    another, have one origin: that of the first in the record.
    """
    mine = {c.id: origin_of(c, case) for c in case.claims}
    root = {o: o for o in mine.values()}

    def find(o: str) -> str:
        while root[o] != o:
            o = root[o]
        return o

    def join(a: str, b: str) -> None:
        if find(a) != find(b):
            root[find(b)] = find(a)

    lower: dict[str, str] = {}
    for o in mine.values():
        join(lower.setdefault(o.casefold(), o), o)
    texts: dict[str, dict[str, str]] = {}  # words, then origin, then the document it was first in
    for c in case.claims:
        words = re.findall(r"\w+", c.quote.casefold())
        if len(words) >= SAME_WORDS:
            printed = texts.setdefault(" ".join(words), {})
            before = next((o for o, document in printed.items() if document != c.document), None)
            if before is not None and mine[c.id] not in printed:
                join(before, mine[c.id])  # in one document two may say it together: not a reprint
            printed.setdefault(mine[c.id], c.document)
    for r in case.relations:
        if r.kind in ("repeats", "translates") and r.a in mine and r.b in mine:
            join(mine[r.b], mine[r.a])
    return {k: find(o) for k, o in mine.items()}


def said(case: Case) -> tuple[Said, ...]:
    """Every claim, part by part."""
    whose = origins(case)
    return tuple(
        Said(c, p, why_no_basis(c, case), whose[c.id], is_weak(c))
        for c in case.claims
        for p in fields.parts(c.field, c.value)
    )


def _by_field(all_said: Iterable[Said]) -> dict[str, list[Said]]:
    out: dict[str, list[Said]] = {}
    for s in all_said:
        out.setdefault(s.part.field, []).append(s)
    return out


def _values(of: Iterable[Said]) -> dict[str, list[Said]]:
    out: dict[str, list[Said]] = {}
    for s in of:
        out.setdefault(fields.canonical(s.part.value), []).append(s)
    return out


def contradictions(case: Case) -> tuple[Contradiction, ...]:
    """Every contradiction among what may be a basis, decided or not."""
    return tuple(
        c for field, of in sorted(_by_field(said(case)).items()) if (c := _contradiction(field, of, case))
    )  # fmt: skip


def _contradiction(field: str, of: list[Said], case: Case) -> Contradiction | None:
    solid = [s for s in of if not s.why_not]
    values = _values(s for s in solid if s.claim.polarity == "affirmed")
    against = {(r.a, r.b) for r in case.relations if r.kind == "contradicts"}
    clash: set[str] = set()
    keys = sorted(values)
    for i, a in enumerate(keys):
        for b in keys[i + 1 :]:
            stated = any(
                (x.claim.id, y.claim.id) in against or (y.claim.id, x.claim.id) in against
                for x in values[a]
                for y in values[b]
            )
            if stated or fields.excludes(field, values[a][0].part.value, values[b][0].part.value):
                clash |= {a, b}
    denied = []
    for s in solid:
        if s.claim.polarity == "denied":
            hit = [k for k in keys if fields.supports(field, values[k][0].part.value, s.part.value)]
            if hit:
                clash |= set(hit)
                denied.append(s.claim.id)
    if not clash:
        return None
    seen = {*clash, *denied}
    made = [d for d in case.decisions if d.field == field]
    standing = made[-1] if made and seen <= set(made[-1].seen) else None
    return Contradiction(
        field,
        tuple((values[k][0].part.value, tuple(s.claim.id for s in values[k])) for k in sorted(clash)),
        tuple(denied), standing,
    )  # fmt: skip


def seen(contradiction: Contradiction) -> tuple[str, ...]:
    """What a person who decides it has seen: a value said later opens it again."""
    values = [fields.canonical(v) for v, _ in contradiction.values]
    return tuple(sorted([*values, *contradiction.denied]))


def standings(case: Case) -> tuple[Standing, ...]:
    """Every value of every field, and then what is expected of an account and not said."""
    out: list[Standing] = []
    by_field = _by_field(said(case))
    for field in sorted(by_field):
        of = by_field[field]
        clash = _contradiction(field, of, case)
        for group in _values(of).values():
            out.append(_standing(field, group, of, clash, case))
    for field in fields.EXPECTED:
        if field not in by_field:
            out.append(
                Standing(field, State.NOT_SAID, None, Status.NOT_SAID, (), (), (), "no claim")
            )
    return tuple(out)


def _standing(
    field: str, group: list[Said], of: list[Said], clash: Contradiction | None, case: Case
) -> Standing:
    value, state = group[0].part.value, group[0].part.state
    mine = [s for s in of if not s.why_not and fields.supports(field, s.part.value, value)]
    pro = [s for s in mine if s.claim.polarity == "affirmed"]
    con = tuple(s.claim.id for s in mine if s.claim.polarity == "denied")
    counted = list(_independent(pro))
    names = tuple(dict.fromkeys(s.origin for s in counted))
    claims = tuple(dict.fromkeys(s.claim.id for s in (pro or group)))
    status, why = _status(group, pro, con, counted, names, clash, case)
    return Standing(field, state, value, status, claims, names, con, why)


def _independent(pro: list[Said]) -> Iterator[Said]:
    """Without an outlet's own words beside the source that the same document gives for them."""
    sourced = {s.claim.document for s in pro if _has_source(s.claim)}
    for s in pro:
        if _has_source(s.claim) or s.claim.document not in sourced:
            yield s


def _has_source(claim: Claim) -> bool:
    return any(s.kind != "media" for s in claim.chain)


def _status(
    group: list[Said], pro: list[Said], con: tuple[str, ...], counted: list[Said],
    names: tuple[str, ...], clash: Contradiction | None, case: Case,
) -> tuple[Status, str]:  # fmt: skip
    value = group[0].part.value
    if not pro:
        if con:
            return Status.DENIED, f"denied by {', '.join(con)}"
        return Status.NO_BASIS, "; ".join(dict.fromkeys(s.why_not for s in group))
    here = {fields.canonical(v) for v, _ in clash.values} if clash else set()
    disputed = fields.canonical(value) in here
    ids = {s.claim.id for s in pro}
    if disputed and clash and clash.decision:
        d = clash.decision
        word = f"decided by {d.who}: {d.why}"
        return (Status.DECIDED if d.claim in ids else Status.SET_ASIDE), word
    if disputed:
        return Status.DISPUTED, "others say otherwise, and nobody has decided"
    for c in reversed(case.confirmations):
        if c.claim in ids:
            return Status.CONFIRMED, f"confirmed by {c.who}: {c.why}"
    if group[0].part.state == State.UNKNOWN:
        return Status.UNKNOWN, "said to be unknown"
    if all(s.weak for s in counted):
        return Status.SINGLE_SOURCE, "unnamed, armed-group or unattributed origins alone"
    if len(names) < 2:
        return Status.SINGLE_SOURCE, f"one origin: {names[0]}"
    return Status.CORROBORATED, f"{len(names)} origins: {', '.join(names)}"
