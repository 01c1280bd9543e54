"""The draft: from a text to claims, incidents, links, contradictions, and what is left over.

In: a text, the day it was published.  Out: one dict, fields as in docs/intake.md.
Does not: confirm anything; a person completes the draft, and nothing enters the record here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bartizan.incidents.intake import dates, lexicon, places, summary
from bartizan.incidents.intake.focus import Focus, Incident, aimed, speech
from bartizan.incidents.intake.places import Gazetteer, fold
from bartizan.incidents.intake.rules import attacks, context, falls, harm, outcomes, sayings
from bartizan.incidents.intake.rules import vehicles as arms
from bartizan.incidents.intake.rules.line import DATELINE, Found, Line, denied, eventful, vehicles
from bartizan.incidents.intake.speech import scopes, speakers
from bartizan.incidents.intake.speech.frames import Frame, frames_of
from bartizan.incidents.intake.text import (
    BODY,
    BOILERPLATE,
    CAPTION,
    HEADLINE,
    UNREAD,
    parse,
)
from bartizan.incidents.intake.verify import Reading, verify

_RULES = (
    arms.draft,
    attacks.draft,
    outcomes.draft,
    falls.draft,
    harm.draft,
    sayings.draft,
    context.draft,
)
Claim = dict[str, Any]


def reading(
    text: str,
    published: date,
    known: Gazetteer,
    publisher: str | None = None,
    hear: Callable[[str], list[Frame]] = frames_of,
) -> Reading:
    """A text read once; `hear` gives who speaks in a sentence (`aids.grammar` is another)."""
    page = parse(text)
    own = speakers.publisher(page, publisher)
    told = (s for s in page.sentences if s.role != UNREAD)
    days = frozenset(w.value for s in told for w in dates.find(s.text, published))
    said = scopes.scopes(page, own, hear)
    return Reading(page, published, known, own, said, scopes.quotes(page), fold(text), days)


def draft(read: Reading, proposed: Sequence[Claim] = ()) -> dict[str, Any]:
    """The draft of one report.

    proposed: claims of an aid, each verified and without an incident; one that was refused has
    its reasons under `refused` and is listed as such.  The rules say which incident each is of.
    """
    notes = list(read.page.notes)
    claims: list[Claim] = []
    contexts: list[dict[str, Any]] = []
    focus = Focus()
    if not notes:
        claims, contexts = _claims(read, focus, proposed)
        claims = [c for c in claims if not verify(c, read)]
        if not claims:
            notes.append("nothing here that the rules read as an attack from the air")
    claims = sorted(summary.merged(claims), key=lambda c: (c["start"], c["end"]))
    incidents = [
        summary.incident(i, claims)
        for i in focus.incidents
        if any(c["incident"] == i.id for c in claims)
    ]
    known = {i["id"] for i in incidents}
    claims = [
        c
        for c in claims
        if c["incident"] in known
        or c["incident"] in {k["id"] for k in contexts}
        or c["incident"] == "-"
    ]
    if not incidents and claims:
        notes.append("no incident is told here, only what stands around it")
    refused = [
        c if c.get("refused") else {**_bare(c), "refused": ["no incident is told where it stands"]}
        for c in proposed
        if c.get("refused") or c["incident"] is None
    ]
    return {
        "document": _document(read, notes),
        "incidents": [*incidents, *contexts],
        "claims": claims,
        "links": summary.links(incidents, contexts, claims),
        "contradictions": summary.contradictions(incidents, claims),
        "uncovered": summary.uncovered(read.page, claims),
        **({"refused": refused} if proposed else {}),
    }


def _bare(c: Claim) -> Claim:
    return {k: c[k] for k in ("quote", "field", "value")}


def _document(read: Reading, notes: list[str]) -> dict[str, Any]:
    text = read.page.text
    return {
        "publisher": read.own.name,
        "published": read.published.isoformat(),
        "language": "en" if not any("Latin" in n for n in notes) else "unknown",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "characters": len(text),
        "text": text,
        "noise_spans": [s.text for s in read.page.sentences if s.role in (BOILERPLATE, "heading")],
        "status": "draft: a person completes and confirms it",
        "notes": notes,
    }


def lines(read: Reading) -> list[Line]:
    """The sentences that may state something, with their mentions."""
    out: list[Line] = []
    told = [s for s in read.page.sentences if s.role in (BODY, HEADLINE, CAPTION)]
    guest: str | None = None
    for k, s in enumerate(told):
        near = " ".join(x.text for x in told[max(0, k - 1) : k + 2] if abs(x.block - s.block) < 2)
        if m := sayings.HOSTS.search(s.text):
            guest = sayings.hosts(m)
        out.append(
            Line(
                s, s.text,
                dates.find(s.text, read.published, s.start),
                places.find(s.text, read.known, s.start),
                vehicles(s.text, near, read.page.text),
                (*context.background(s.text), *(m.span() for m in DATELINE.finditer(s.text))), read.page.text, guest, read.published,
            )
        )  # fmt: skip
    return out


def _claims(
    read: Reading, focus: Focus, proposed: Sequence[Claim]
) -> tuple[list[Claim], list[dict[str, Any]]]:
    """All claims, each with its incident and chain; and the context incidents."""
    claims: list[Claim] = []
    others: list[Claim] = []
    contexts: list[dict[str, Any]] = []
    weak: list[tuple[Line, Found, Incident]] = []
    for line in lines(read):
        s = line.sentence
        if s.role != CAPTION:
            focus.turn(line)
        found = [*_mentions(line, focus)] if s.role != CAPTION else []
        for rule in _RULES if s.role != CAPTION else (context.draft,):
            found += list(rule(line))
        found += _policy(line, read)
        for f in sorted(found, key=lambda f: (f.start, f.end)):
            if f.field == "context.killing":
                claims += _claim(f, line, _context(f, line, contexts), read)
                continue
            where = focus.at(f.at)
            name = (
                "-"
                if f.field in ("posture", "pattern", "context.policy")
                and not (f.field == "posture" and eventful_posture(f))
                else where.id
                if where
                else "A"
                if s.role == CAPTION
                else None
            )
            if name is not None:
                if f.field == "link.similar":
                    first = focus.at(0)
                    f = f._replace(value={"to": first.id if first else "A"})
                claims += _claim(f, line, name, read)
        for c in proposed:
            if not c.get("refused") and s.start <= c["start"] < s.end and s.role != CAPTION:
                where = focus.at(c["start"] - s.start)
                c["incident"] = where.id if where else None
                others += [c] if where else []
        if s.role == BODY:
            weak += [
                (line, f, i)
                for f in (*attacks.attack_noun(line), *arms.definite(line))
                if (i := focus.at(f.at)) is not None
            ]
    for line, f, i in weak:
        made = _claim(f, line, i.id, read)
        if not any(
            c["incident"] == i.id
            and c["field"] == f.field
            and (f.field == "vehicle.kind" or c["chain"] == made[0]["chain"])
            for c in claims
        ):
            claims += made
    for c in claims:
        if c["field"] == "link.anniversary":
            _date_anniversary(c, contexts)
    claims.sort(key=lambda c: (c["start"], c["end"]))
    return claims + [c for c in others if not _repeats(c, claims)], contexts


def _repeats(c: Claim, claims: list[Claim]) -> bool:
    """Whether the rules have drafted the same at the same place."""
    return any(
        (c["field"], c["value"], c["incident"]) == (o["field"], o["value"], o["incident"])
        and c["start"] < o["end"]
        and o["start"] < c["end"]
        and c["chain"][-1]["name"] == o["chain"][-1]["name"]
        for o in claims
    )


def eventful_posture(f: Found) -> bool:
    """Whether a posture is an answer to the incident, not a standing state."""
    return not re.search(r"presence|no own|no longer|bases", str(f.value))


_THING = re.compile(  # what came, in other words, after it was told what it was
    r"\b(?:objects?|devices?|machines?|intruders?|crafts?|sirens?|the alarm|first (?:report|alert|call)|explosions?|bangs?|blasts?)\b",
    re.I,
)


def _mentions(line: Line, focus: Focus) -> list[Found]:
    """Days, times, sites and places as claims, where the sentence tells of an incident."""
    off = line.sentence.start
    out: list[Found] = []
    if not (
        eventful(line.s)
        or line.vehicles
        or lexicon.CASUALTY.search(line.s)
        or (focus.incidents and (lexicon.ATTACK_NOUN.search(line.s) or _THING.search(line.s)))
    ):
        return out
    if (lexicon.PROTEST.search(line.s) and not line.vehicles) or (
        line.hidden and line.hidden[0] == (0, len(line.s))
    ):
        return out
    if not focus.incidents:
        return out
    told: set[tuple[str, str | int, str]] = set()
    for w in line.dates:
        at = w.start - off
        value = w.value
        if not line.open(at) or speech(line, at):
            continue
        if w.field == "event.date" and not str(value)[:1].isdigit():
            i = focus.at(at)
            value = (i.date if i else None) or ""
        here = focus.at(at)
        where = here.id if here else ""
        if value and (w.field, value, where) not in told:  # "a day earlier, on Saturday" is one day
            told.add((w.field, value, where))
            out.append(Found(w.field, value, at, w.end - off, at, w.traps))
    for p in line.sites:
        at = p.start - off
        if line.open(at) and aimed(line, p):
            polar = "denied" if denied(line.s, at) else "affirmed"
            out.append(Found(p.field, p.value, at, p.end - off, at, p.traps, polar))
    return out


def _policy(line: Line, read: Reading) -> list[Found]:
    """What was announced long before the report: context, not news."""
    off = line.sentence.start
    for w in line.dates:
        if w.field != "event.date" or not speech(line, w.start - off) or len(str(w.value)) != 10:
            continue
        if (
            read.published - date.fromisoformat(str(w.value))
        ).days > 14 and not lexicon.WEAPON.search(line.s):
            m = re.match(
                r"[^.;]*?that (?:the )?(?P<what>[^,.;]*?)(?= and that |[,.;]|$)",
                line.s[w.end - off :],
            )
            if m:
                start = re.match(r"(?:And |But )?", line.s)
                a = start.end() if start else 0
                b = w.end - off + m.end()
                return [
                    Found(
                        "context.policy",
                        {"date": w.value, "what": m["what"]},
                        a,
                        b,
                        w.end - off + m.start("what"),
                        w.traps,
                    )
                ]
    return []


def _claim(f: Found, line: Line, incident: str, read: Reading) -> list[Claim]:
    """One claim a speaker: where several say it together, each says the outcome."""
    s = line.sentence
    at = s.start + f.at
    chains = (
        scopes.chains_at(read.scopes, at, read.own)
        if s.role == BODY
        else scopes.chains_at(
            tuple(x for x in scopes.touching(read.scopes, s.start, s.end) if x.end <= s.end),
            at,
            read.own,
        )
    )
    if f.field != "outcome":
        chains = chains[:1]
    if f.speaker is not None:
        chains = ((read.own, speakers.speaker(f.speaker)),)
    if f.seen_in is not None:
        outer = chains[0]
        chains = ((*(outer[:-1] if len(outer) > 1 else outer), speakers.speaker(f.seen_in)),)
    start, end = s.start + f.start, s.start + f.end
    if (place := DATELINE.match(line.s)) and start < s.start + place.end() < end:
        start = s.start + place.end()
    marks = [(a, b) for a, b in scopes.within(read.quotes, at, at + 1) if b - a > 12]
    scare = bool(marks) and marks[0][1] - marks[0][0] < 30 and s.start + f.start < marks[0][0] - 1
    quoted = bool(marks) and f.field != "marking" and not scare  # three "hostile drones"
    voice = s.role if s.role in (HEADLINE, CAPTION) else "direct_quote" if quoted else "indirect"
    if voice == "direct_quote":
        a, b = marks[0]
        start, end = max(start, a), min(end, b)
    out = []
    for chain in chains:
        c: Claim = {
            "start": start, "end": end, "quote": read.page.text[start:end],
            "field": f.field, "value": f.value, "incident": incident,
            "chain": [_link(x) for x in chain],
            "attribution": speakers.attribution(chain), "voice": voice,
            "polarity": f.polarity, "modality": f.modality, "traps": list(f.traps),
        }  # fmt: skip
        if f.subset is not None:
            c["subset"] = f.subset
        if f.kind is not None:
            c["of"] = f.kind
        out.append(c)
    return out


def _link(x: speakers.Speaker) -> dict[str, Any]:
    out: dict[str, Any] = {"name": x.name, "kind": x.kind, "named": x.named}
    if x.affiliation:
        out["affiliation"] = x.affiliation
    return out


def _context(f: Found, line: Line, contexts: list[dict[str, Any]]) -> str:
    """The context incident of a killing: the one that names one of the same people."""
    off = line.sentence.start
    day = next(
        (
            w.value
            for w in line.dates
            if w.field == "event.date" and f.start <= w.start - off < f.end
        ),
        None,
    )
    words = {fold(w) for w in re.findall(r"[^\W_]+", line.s[f.start : f.end])}
    if day:
        f.value["date"] = day
    names = [x for x in f.value.get("who", [])]
    for k in contexts:
        if any(fold(n.split()[-1].split("-")[-1]) in words for n in k["who"]):
            k["date"] = k["date"] or day
            return str(k["id"])
    k = {"id": "KXYZ"[len(contexts)] if len(contexts) < 4 else f"K{len(contexts)}", "kind": "context", "date": day, "who": names,
         "title": "context: killing of " + " and ".join(names or ["people not named here"])}  # fmt: skip
    contexts.append(k)
    return str(k["id"])


def _date_anniversary(c: Claim, contexts: list[dict[str, Any]]) -> None:
    words = {fold(w) for w in re.findall(r"[^\W_]+", c["value"]["of"])}
    for k in contexts:
        if any(fold(n.split()[-1].split("-")[-1]) in words for n in k["who"]):
            c["value"]["date"] = k["date"]
