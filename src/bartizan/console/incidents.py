"""The incident record in the console: list, show, take in, open, link, confirm, export.

In: requests of signed-in people.  Out: what `bartizan incidents` and `intake` say, as JSON.
Does not: change anything without a person's name; judge (the record's rules do).
"""

# No `from __future__ import annotations`: FastAPI reads them, and some name local functions.
import datetime
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, get_args

import msgspec
from fastapi import Depends, FastAPI, Query
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from bartizan.console.bodies import (
    ConfirmBody,
    CorrectBody,
    IntakeBody,
    LinkBody,
    OpenBody,
    RejectBody,
    Said,
    TakeInBody,
)
from bartizan.console.rights import DeniedError, Session, allow
from bartizan.incidents import intake, tie
from bartizan.incidents.export import FORMATS
from bartizan.incidents.record import changes, correct, draft, fields, nouns
from bartizan.incidents.record.places import Place
from bartizan.incidents.report import gather, render
from bartizan.incidents.report.dossier import Dossier
from bartizan.incidents.statement import attributed, text
from bartizan.incidents.store import Store
from bartizan.units import NS_PER_S

Who = Callable[..., Session]
MOST = 500


@cache
def _gazetteer() -> Any:
    return intake.gazetteer(None)


class Record:
    """The record of one watch, beside its journal."""

    def __init__(self, folder: Path, places: tuple[Place, ...], clock: Callable[[], int]) -> None:
        """folder: of the watch's journal   clock: UTC [ns]"""
        self.folder, self.places, self.clock = folder, places, clock
        self.path = folder / "incidents.db"

    def reading(self) -> Store:
        """For reading.  Raises DeniedError where nothing was recorded yet."""
        if not self.path.exists():
            raise DeniedError(404, "no incident is recorded yet")
        return Store(self.path)

    def dossier(self, name: str) -> Dossier:
        """All that is known of one incident."""
        with self.reading() as store:
            return gather(store, name, self.places)

    def drafted(self, body: IntakeBody) -> dict[str, Any]:
        """What intake drafts from pasted words; nothing is changed by it."""
        try:
            day = datetime.date.fromisoformat(body.published)
        except ValueError:
            raise DeniedError(422, "published: expected a day as 2022-01-04") from None
        now = datetime.datetime.fromtimestamp(self.clock() // NS_PER_S, datetime.UTC)
        if day > now.date():
            raise DeniedError(422, f"published: {day} is in the future")
        words = intake.pasted(body.text)
        return intake.draft(intake.reading(words, day, _gazetteer(), body.publisher or None))

    def take_in(self, body: TakeInBody, who: str) -> dict[str, Any]:
        """What a person keeps of a draft, as claims of the record."""
        drafted, keep = self.drafted(body), set(body.keep)
        changed = {int(k): v for k, v in body.changes.items()}
        turned = {int(k): why for k, why in body.rejected.items()}
        _fits(drafted, keep, changed, turned)
        places = sorted(keep | set(turned))
        kept = _kept(drafted, keep, set(turned), changed)
        (one,) = draft.read(json.dumps(kept).encode(), "the draft")
        now = self.clock()
        with Store(self.path, write=True) as store, store.writing():
            added = changes.add(store, one, who, now, body.into, self.places)
            for k, name in zip(places, added.claims, strict=True):
                if k in turned:
                    correct.reject(store, name, turned[k], who, now)
                elif k in changed:
                    said = changed[k].said()
                    if "incident" in said:
                        said["incident"] = added.incidents.get(said["incident"], "")
                    correct.correct(store, name, said, changed[k].why, who, now)
        out = added._asdict()
        pairs = zip(places, added.claims, strict=True)
        out["claims"] = [name for k, name in pairs if k in keep]
        return out | {"corrected": len(changed), "rejected": len(turned)}


def _fits(
    drafted: dict[str, Any], keep: set[int], changed: dict[int, Said], turned: dict[int, str]
) -> None:
    """Raises DeniedError where something is asked of the draft that it has not."""
    n = len(drafted["claims"])
    if not any(k < n for k in keep):
        raise DeniedError(422, "keep: expected at least one claim of the draft")
    if both := keep & set(turned):
        raise DeniedError(422, f"rejected: {min(both)} is kept: expected one or the other")
    if odd := (keep | set(turned)) - set(range(n)):
        raise DeniedError(422, f"keep: {max(odd)}: the draft has {n} claims, from 0 on")
    if odd := set(changed) - keep:
        raise DeniedError(422, f"changes: {min(odd)} is not kept: expected one that is")
    known = [i["id"] for i in drafted["incidents"]]
    for k, one in changed.items():
        if one.incident not in (None, "", "-", *known):
            raise DeniedError(422, f"changes: {k}: incident: expected {', '.join(known)} or -")


def _kept(
    drafted: dict[str, Any], keep: set[int], turned: set[int], changed: dict[int, Said]
) -> dict[str, Any]:
    """The draft with the claims at these places alone, and what still rests on them."""
    new = {old: k for k, old in enumerate(sorted(keep | turned))}
    claims = [drafted["claims"][k] for k in new]
    links = [
        x | {"basis": [new[b] for b in x.get("basis", ())]}
        for x in drafted["links"]
        if all(b in keep for b in x.get("basis", ()))
    ]
    named = {drafted["claims"][k]["incident"] for k in keep}
    named |= {one.incident for one in changed.values() if one.incident}
    named |= {x[end] for x in links for end in ("a", "b")}
    incidents = [i for i in drafted["incidents"] if i["id"] in named]
    claims = [c if c["incident"] in named else c | {"incident": "-"} for c in claims]
    return drafted | {"claims": claims, "links": links, "incidents": incidents}


def _told(d: Dossier) -> dict[str, Any]:
    """One incident as a screen shows it."""
    case = d.case
    by = {k.claim: k for k in d.checked}
    return {
        "incident": case.incident, "exercise": case.exercise, "head": d.head,
        "place": d.place.title if d.place else "",
        "standings": [
            {"field": s.field, "name": fields.WORDS.get(s.field, s.field),
             "value": "not said" if s.state == fields.State.NOT_SAID else fields.shown(s.value),
             "status": s.status.replace("_", " "), "claims": s.claims, "why": s.why}
            for s in d.standings
        ],
        "contradictions": [
            {"field": c.field, "values": [[fields.shown(v), ids] for v, ids in c.values],
             "decided": f"{c.decision.who}: {c.decision.why}" if c.decision else ""}
            for c in d.contradictions
        ],
        "claims": [
            {"id": c.id, "quote": c.quote, "field": c.field, "value": fields.shown(c.value),
             "said_by": attributed(c.chain), "polarity": c.polarity, "voice": c.voice,
             "sensors": by[c.id].verdict.replace("_", " ") if c.id in by else "",
             "sensors_why": by[c.id].why if c.id in by else "",
             "confirmed_by": next((x.who for x in case.confirmations if x.claim == c.id), ""),
             "raw": c.value, "corrected": c.corrected}
            for c in case.claims
        ],
        "rejected": [
            {"id": c.id, "quote": c.quote, "field": c.field, "value": fields.shown(c.value),
             "why": c.rejected}
            for c in case.rejected
        ],
        "evidence": [{"id": e.id, "kind": e.kind, "what": e.what} for e in case.evidence],
        "links": case.links,
        "likenesses": [
            {"b": x.b, "title": d.others[x.b].title, "kind": x.kind, "p": x.p,
             "reasons": [r.words for r in x.reasons]}
            for x in d.likenesses
        ],
        "statement": text(d.statement),
    }  # fmt: skip


def _answer(value: Any) -> JSONResponse:
    return JSONResponse(msgspec.to_builtins(value))


Name = Annotated[str, Query(max_length=20)]


def add(api: FastAPI, record: Record, who: Who) -> None:
    """The endpoints: looking for everybody signed in, changing by right."""
    _looking(api, record, [Depends(who)])
    _changing(api, record, who)


def _looking(api: FastAPI, record: Record, see: list[Any]) -> None:
    @api.get("/api/incidents", dependencies=see)
    def listed() -> Any:
        if not record.path.exists():
            return {"incidents": [], "formats": list(FORMATS), "fields": list(correct.KNOWN)}
        with record.reading() as store:
            found = store.incidents(limit=MOST)
        return _answer(
            {"incidents": found, "formats": list(FORMATS), "fields": list(correct.KNOWN)}
        )

    @api.get("/api/incidents/{name}", dependencies=see)
    def show(name: str) -> Any:
        return _answer(_told(record.dossier(name)))

    @api.get("/api/incidents/{name}/report", dependencies=see, response_class=HTMLResponse)
    def report(name: str) -> HTMLResponse:
        return HTMLResponse(render(record.dossier(name)))

    @api.get("/api/export/{how}", dependencies=see, response_class=PlainTextResponse)
    def export(how: str) -> PlainTextResponse:
        if how not in FORMATS:
            raise DeniedError(404, f"expected one of {', '.join(FORMATS)}")
        with record.reading() as store:
            names = [i.id for i in reversed(store.incidents(limit=MOST))]
            if how == "cap":  # one incident a file: the latest
                names = names[-1:]
            content = FORMATS[how]([gather(store, n, record.places) for n in names], record.clock())
        return PlainTextResponse(
            content, headers={"Content-Disposition": f'attachment; filename="incidents.{how}"'}
        )


def _changing(api: FastAPI, record: Record, who: Who) -> None:
    @api.post("/api/intake")
    def drafted(body: IntakeBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        return _answer(record.drafted(body))

    @api.post("/api/incidents")
    def take_in(body: TakeInBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        added = record.take_in(body, s.user)
        n = len(added["claims"])
        ids = ", ".join(added["incidents"].values())
        more = [f"{added[k]} {k}" for k in ("corrected", "rejected") if added[k]]
        text = ", ".join([f"{n} claims taken in, on {ids or 'no incident'}", *more])
        return _answer(added | {"ok": True, "text": text})

    @api.post("/api/incidents/open")
    def opened(body: OpenBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        since_ns = record.clock() - round(body.hours * 3600 * NS_PER_S)
        openings = tie.from_run(record.folder, body.alarm, since_ns)
        made = []
        with Store(record.path, write=True) as store:
            known = {i.title for i in store.incidents(limit=MOST)}
            for o in openings:
                if o.incident.title not in known:
                    now = record.clock()
                    made.append(changes.opened(store, o.incident, o.evidence, s.user, now))
        if not made:
            raise DeniedError(409, "every alarm of that time has its incident already")
        return _answer({"ok": True, "text": f"opened: {', '.join(made)}", "incidents": made})

    @api.post("/api/incidents/link")
    def link(body: LinkBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        kinds = get_args(nouns.LinkKind)
        if body.kind not in kinds:
            raise DeniedError(422, f"kind: expected one of {', '.join(kinds)}")
        kind: Any = body.kind
        record.reading().close()
        with Store(record.path, write=True) as store:
            name = changes.join(store, body.a, body.b, kind, body.why, s.user, record.clock())
        words = kind.replace("_", " ")
        return {"ok": True, "text": f"{name}: {body.a} {words} {body.b}"}

    @api.post("/api/incidents/correct")
    def put_right(body: CorrectBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        record.reading().close()
        with Store(record.path, write=True) as store:
            correct.correct(store, body.claim, body.said(), body.why, s.user, record.clock())
        return {"ok": True, "text": f"{body.claim} is corrected by {s.user}"}

    @api.post("/api/incidents/reject")
    def turn_down(body: RejectBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "operator")
        record.reading().close()
        with Store(record.path, write=True) as store:
            correct.reject(store, body.claim, body.why, s.user, record.clock())
        return {"ok": True, "text": f"{body.claim} is turned down by {s.user}"}

    @api.post("/api/incidents/confirm")
    def confirm(body: ConfirmBody, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "supervisor")
        record.reading().close()
        with Store(record.path, write=True) as store:
            changes.confirm(store, body.claim, body.why, s.user, record.clock(), body.evidence)
        return {"ok": True, "text": f"{body.claim} is confirmed by {s.user}"}
