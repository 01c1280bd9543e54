"""Small invented texts and drafts; nothing of a real report stands here."""

from __future__ import annotations

import json
from pathlib import Path

from bartizan.incidents.record import changes, draft
from bartizan.incidents.record.places import Place
from bartizan.incidents.store import Store

NOW = 1_641_400_000_000_000_000  # 5 January 2022
ARMY = {"name": "Northern Army", "kind": "official_org"}
POLICE = {"name": "Harbour Police", "kind": "official_org"}
HIDDEN = {"name": "an officer", "kind": "official_anonymous", "named": False,
          "affiliation": "the alliance"}  # fmt: skip
GROUP = {"name": "Front of the Hill", "kind": "armed_group"}
AGENCY = {"name": "Wire One", "kind": "media"}
PLACES = (
    Place("hill-fort", "Hill fort", 33.0, 42.0, 10_800),
    Place("sea-gate-port", "Sea gate port", 33.2, 44.2, 10_800),
)


def paper(name: str) -> dict:
    return {"name": name, "kind": "media"}


def claim(text: str, quote: str, field: str, value: object, *chain: dict, incident: str = "A",
          **more: object) -> dict:  # fmt: skip
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "quote": quote, "field": field,
            "value": value, "incident": incident, "chain": list(chain)} | more  # fmt: skip


def drafted(text: str, *claims: dict, publisher: str = "Daily Lamp", published: str = "2022-01-04",
            incidents: list[dict] | None = None, links: list[dict] | None = None,
            uncovered: list | None = None) -> dict:  # fmt: skip
    some = [{"id": "A", "site": "hill_fort", "date": "2022-01-04", "time": "morning"}]
    return {
        "document": {"publisher": publisher, "published": published, "text": text},
        "incidents": incidents if incidents is not None else some,
        "claims": list(claims), "links": links or [], "contradictions": [],
        "uncovered": uncovered or [],
    }  # fmt: skip


def take(store: Store, one: dict, **into: str) -> changes.Added:
    """The draft, through its JSON, into the record."""
    (d,) = draft.read(json.dumps(one).encode(), "draft.json")
    return changes.add(store, d, "ann", NOW, into, PLACES)


def record(tmp_path: Path) -> Store:
    return Store(tmp_path / "incidents.db", write=True)
