"""STIX 2.1: an Incident with its place, who speaks, and each claim as a note of theirs.

In: dossiers.  Out: a bundle as JSON, through the `stix2` library (an extra).
Does not: name a threat actor or attribute; fields of ours that STIX has no place for stand in
`x_bartizan_*`, which a consumer may ignore.

Identifiers are UUIDv5 over the record's own, so that the same record gives the same bundle.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from bartizan.errors import InputError
from bartizan.incidents import statement
from bartizan.incidents.record import fields
from bartizan.incidents.record.fields import State
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import NS_PER_S

_SPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:bartizan:incident-record")
_CLASS: Final = {"media": "organization", "official_org": "organization", "armed_group": "group"}


def write(dossiers: Sequence[Dossier], t_ns: int) -> str:
    """One bundle.  Raises InputError where stix2 is not installed."""
    try:
        import stix2
    except ImportError as e:
        raise InputError(
            f"stix: needs the stix2 library: pip install 'bartizan[stix]' ({e})"
        ) from e
    objects: dict[str, Any] = {}
    for d in dossiers:
        for o in _objects(stix2, d, t_ns):
            objects.setdefault(o["id"], o)
    known = {d.case.incident.id for d in dossiers}
    for d in dossiers:
        for x in d.case.links:
            if x.a in known and x.b in known:
                o = stix2.Relationship(
                    id=_id("relationship", d.head, x.id), created=_at(t_ns), modified=_at(t_ns),
                    source_ref=_id("incident", d.head, x.a), target_ref=_id("incident", d.head, x.b),
                    relationship_type="related-to", description=f"{x.kind}: {x.why}",
                    custom_properties={"x_bartizan_link": x.kind, "x_bartizan_status": x.status},
                )  # fmt: skip
                objects.setdefault(o["id"], o)
    bundle = stix2.Bundle(
        *(objects[k] for k in sorted(objects)),
        id=_id("bundle", *sorted(objects)),
        allow_custom=True,
    )
    return str(bundle.serialize(pretty=True)) + "\n"


def _id(kind: str, *names: str) -> str:
    return f"{kind}--{uuid.uuid5(_SPACE, '|'.join((kind, *names)))}"


def _at(t_ns: int) -> datetime:
    return datetime.fromtimestamp(t_ns // NS_PER_S, UTC)


def _objects(stix2: Any, d: Dossier, t_ns: int) -> list[Any]:
    i, when = d.case.incident, {"created": _at(t_ns), "modified": _at(t_ns)}
    incident_id = _id("incident", d.head, i.id)
    values = {
        f"x_bartizan_{s.field.replace('.', '_')}": f"{fields.shown(s.value)} ({s.status})"
        for s in d.standings
        if s.state != State.NOT_SAID
    }
    out = [stix2.Incident(
        id=incident_id, name=i.title, description=statement.text(d.statement),
        labels=["exercise"] if d.case.exercise else [],
        custom_properties=values | {
            "x_bartizan_date": i.date or "not known", "x_bartizan_precision": i.precision,
        }, **when,
    )]  # fmt: skip
    if d.place:
        place = stix2.Location(
            id=_id("location", d.place.name), name=d.place.title,
            latitude=d.place.latitude_deg, longitude=d.place.longitude_deg, **when,
        )  # fmt: skip
        out.append(place)
        out.append(stix2.Relationship(
            id=_id("relationship", d.head, i.id, "at"), relationship_type="located-at",
            source_ref=incident_id, target_ref=place.id, **when,
        ))  # fmt: skip
    for name in sorted({d.origins[c.id] for c in d.case.claims}):
        actor = next((a for a in d.case.actors.values() if name in (a.name, a.affiliation)), None)
        out.append(stix2.Identity(
            id=_id("identity", name), name=name,
            identity_class=_CLASS.get(actor.kind if actor else "", "unknown"),
            custom_properties={"x_bartizan_reliability": actor.reliability if actor else "F"}, **when,
        ))  # fmt: skip
    for c in d.case.claims:
        out.append(stix2.Note(
            id=_id("note", d.head, c.id), abstract=f"{c.field}: {fields.shown(c.value)}",
            content=c.quote, authors=[statement.attributed(c.chain)], object_refs=[incident_id],
            custom_properties={
                "x_bartizan_claim": c.id, "x_bartizan_polarity": c.polarity,
                "x_bartizan_modality": c.modality, "x_bartizan_voice": c.voice,
                "x_bartizan_credibility": c.credibility, "x_bartizan_document": c.document,
                "x_bartizan_origin": d.origins[c.id],
            }, **when,
        ))  # fmt: skip
    return out
