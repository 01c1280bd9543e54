"""GeoJSON (RFC 7946): a point an incident, its values with how each stands as properties.

In: dossiers.  Out: JSON text.  Does not: invent a place: one that is not known has a null
geometry, as the standard allows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bartizan.incidents.export import account
from bartizan.incidents.record.fields import State
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import iso_from_ns


def write(dossiers: Sequence[Dossier], t_ns: int) -> str:
    """One FeatureCollection."""
    out = {"type": "FeatureCollection", "features": [_feature(d) for d in dossiers]}
    return json.dumps(out, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _feature(d: Dossier) -> dict[str, Any]:
    i = d.case.incident
    point = None
    if d.place:
        at = [round(d.place.longitude_deg, 6), round(d.place.latitude_deg, 6)]
        point = {"type": "Point", "coordinates": at}
    values = [
        {"field": s.field, "value": s.value, "state": s.state.value, "status": s.status.value,
         "claims": list(s.claims), "origins": list(s.origins)}
        for s in d.standings if s.state != State.NOT_SAID
    ]  # fmt: skip
    return {
        "type": "Feature", "id": i.id, "geometry": point,
        "properties": {
            "title": i.title, "date": i.date, "precision": i.precision, "site": i.site,
            "from": iso_from_ns(i.from_ns, 0) if i.from_ns is not None else None,
            "to": iso_from_ns(i.to_ns, 0) if i.to_ns is not None else None,
            "exercise": d.case.exercise, "values": values,
            "not_said": [s.field for s in d.standings if s.state == State.NOT_SAID],
            "sources": account.sources(d),
        },
    }  # fmt: skip
