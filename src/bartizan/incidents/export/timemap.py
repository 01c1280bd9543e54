"""Timemap JSON: events, sources and associations as Forensic Architecture's TimeMap reads them.

In: dossiers.  Out: one JSON object with the three lists that its server gives apart.
Does not: carry a number: every field of an event is text there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bartizan.incidents.export import account
from bartizan.incidents.record import fields
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import NS_PER_S


def write(dossiers: Sequence[Dossier], t_ns: int) -> str:
    """{"events": [...], "sources": {...}, "associations": [...]}."""
    events = [_event(d) for d in dossiers if d.case.incident.date or d.place]
    sources: dict[str, Any] = {}
    for d in dossiers:
        for x in d.case.documents.values():
            sources[x.id] = {
                "id": x.id, "title": x.title or x.publisher, "author": x.publisher,
                "date": x.published, "type": "Document", "url": x.url, "paths": [],
                "description": "",
            }  # fmt: skip
    kinds = sorted({a for e in events for a in e["associations"]})
    associations = [
        {"id": k, "title": k, "desc": "", "mode": "FILTER", "filter_paths": k.split("/")}
        for k in kinds
    ]
    out = {"events": events, "sources": sources, "associations": associations}
    return json.dumps(out, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _event(d: Dossier) -> dict[str, Any]:
    i = d.case.incident
    date, time = i.date.partition("/")[0], ""
    if i.from_ns is not None and i.precision in ("second", "minute", "hour"):
        middle = (i.from_ns + (i.to_ns or i.from_ns)) // 2 // NS_PER_S
        date, time = datetime.fromtimestamp(middle, UTC).strftime("%Y-%m-%d %H:%M").split()
    kind = account.value(d, "vehicle.kind")
    out = {
        "id": i.id, "description": f"{i.title}. {account.note(d)}", "date": _american(date),
        "time": time, "time_precision": i.precision,
        "location": d.place.title if d.place else i.site,
        "associations": [f"with/{fields.shown(kind)}"] if kind else [],
        "sources": sorted(d.case.documents), "category": "exercise" if d.case.exercise else "incident",
        "comments": d.statement.mark,
    }  # fmt: skip
    if d.place:
        out["latitude"] = f"{d.place.latitude_deg:.5f}"
        out["longitude"] = f"{d.place.longitude_deg:.5f}"
    return out


def _american(date: str) -> str:
    """TimeMap's default DATE_FMT is MM/DD/YYYY."""
    return f"{date[5:7]}/{date[8:10]}/{date[:4]}" if len(date) >= 10 else date
