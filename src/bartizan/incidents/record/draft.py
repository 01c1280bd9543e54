"""A draft as intake prints it, read and checked before it may enter the record.

In: JSON bytes.  Out: `Draft`.  Does not: draft (see `incidents.intake`), or change the record.

    {"document": {...}, "incidents": [{id, site, date...}], "claims": [{start, end, quote,
    field, value, incident, chain, attribution, traps}], "links": [], "contradictions": [],
    "uncovered": []}
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Literal

import msgspec
from msgspec import Struct

from bartizan.errors import InputError
from bartizan.incidents.record.nouns import Precision, Speaker

NOWHERE = ("", "-")  # the incident of a claim that is on none


class DraftDocument(Struct, frozen=True):
    """The document of a draft; text may come from a file beside it."""

    publisher: str = ""
    published: str | None = None
    title: str | None = None
    url: str | None = None
    language: str | None = None
    sha256: str = ""
    text: str = ""


class DraftIncident(Struct, frozen=True):
    """An incident as drafted; `id` is the draft's own.  kind "context", or whatever attacked."""

    id: str
    title: str | None = None
    kind: str | None = None
    site: str | None = None
    date: str | None = None
    time: str | None = None
    precision: Precision | None = None


class DraftClaim(Struct, frozen=True):
    """A claim as drafted, on an incident of the draft or "-".

    polarity "negated": its sentence is; where the value is nothing ("no casualties", 0), the
    value says so already
    """

    start: int
    end: int
    quote: str
    field: str
    value: Any
    incident: str = "-"
    chain: tuple[Speaker, ...] = ()
    attribution: str = "unknown"
    traps: tuple[str, ...] = ()
    polarity: Literal["affirmed", "negated", "denied"] = "affirmed"
    modality: str = "asserted"
    voice: str = "indirect"
    credibility: Literal[1, 2, 3, 4, 5, 6] = 6
    note: str | None = None
    id: str | None = None


class DraftLink(Struct, frozen=True):
    """A link that the text asserts; basis: claims by their place in the draft, or id."""

    a: str
    b: str
    kind: str
    basis: tuple[int | str, ...] = ()
    why: str | None = None


class Draft(Struct, frozen=True):
    """All that intake drafted of one text."""

    document: DraftDocument
    incidents: tuple[DraftIncident, ...] = ()
    claims: tuple[DraftClaim, ...] = ()
    links: tuple[DraftLink, ...] = ()
    contradictions: tuple[Any, ...] = ()
    uncovered: tuple[Any, ...] = ()


def read(data: bytes, name: str, text: str | None = None) -> tuple[Draft, ...]:
    """The drafts of a JSON file (one, or a list), each checked against its text.

    text: of the document, where the draft does not carry it.
    Raises InputError naming the file, the field and what was expected.
    """
    try:
        raw = msgspec.json.decode(data, type=Draft | list[Draft])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as e:
        raise InputError(f"{name}: expected what `bartizan intake --json` prints: {e}") from e
    drafts = raw if isinstance(raw, list) else [raw]
    out = []
    for k, draft in enumerate(drafts):
        place = f"{name}[{k}]" if len(drafts) > 1 else name
        if text is not None:
            document = msgspec.structs.replace(draft.document, text=text)
            draft = msgspec.structs.replace(draft, document=document)
        check(draft, place)
        out.append(draft)
    return tuple(out)


def check(draft: Draft, name: str) -> None:
    """Raises InputError where a quote does not stand in the text exactly, or a name has no place."""
    document = draft.document
    text = document.text
    if not text:
        raise InputError(f"{name}: document.text: expected the text that the quotes stand in "
                         "(or give it with --text FILE)")  # fmt: skip
    digest = hashlib.sha256(text.encode()).hexdigest()
    if document.sha256 and document.sha256 != digest:
        raise InputError(f"{name}: document.sha256: expected {digest}, the hash of its text "
                         f"(found {document.sha256})")  # fmt: skip
    if document.published and not re.match(r"\d{4}-\d\d-\d\d", document.published):
        raise InputError(f"{name}: document.published: expected a date such as 2022-01-04 "
                         f"(found {document.published})")  # fmt: skip
    known = [i.id for i in draft.incidents]
    if len(set(known)) < len(known):
        raise InputError(f"{name}: incidents: expected each id once (found {', '.join(known)})")
    for k, c in enumerate(draft.claims):
        where = f"{name}: claims[{k}]"
        if not 0 <= c.start < c.end <= len(text) or text[c.start : c.end] != c.quote:
            raise InputError(f"{where}: quote: expected the text's own words from {c.start} to "
                             f"{c.end}: {text[max(c.start, 0) : c.end]!r} (found {c.quote!r})")  # fmt: skip
        if c.incident not in (*NOWHERE, *known):
            raise InputError(f"{where}: incident: expected one of {', '.join(known) or 'none'} "
                             f"or - (found {c.incident})")  # fmt: skip
    for k, link in enumerate(draft.links):
        for end in (link.a, link.b):
            if end not in known:
                raise InputError(f"{name}: links[{k}]: expected one of {', '.join(known)} "
                                 f"(found {end})")  # fmt: skip
