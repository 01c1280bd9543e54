"""ACLED-like CSV: one row an incident, with the columns of the ACLED codebook (2023).

In: dossiers.  Out: CSV.  Does not: code actors: nobody is named as an attacker here, so
actor1 is ACLED's own word for that.  Not said and unknown deaths are blank, where ACLED
itself would write 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from bartizan.incidents.export import account
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import NS_PER_S

COLUMNS: Final = (
    "event_id_cnty", "event_date", "year", "time_precision", "disorder_type", "event_type",
    "sub_event_type", "actor1", "assoc_actor_1", "inter1", "actor2", "assoc_actor_2", "inter2",
    "interaction", "civilian_targeting", "iso", "region", "country", "admin1", "admin2", "admin3",
    "location", "latitude", "longitude", "geo_precision", "source", "source_scale", "notes",
    "fatalities", "tags", "timestamp",
)  # fmt: skip
_SUB: Final = {"uav": "Air/drone strike", "drone": "Air/drone strike",
               "rocket": "Shelling/artillery/missile attack",
               "missile": "Shelling/artillery/missile attack"}  # fmt: skip
_PRECISION: Final = {"days": "2", "month": "3", "unknown": ""}


def write(dossiers: Sequence[Dossier], t_ns: int) -> str:
    """A row an attack, in the order given."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for d in dossiers:
        if d.case.incident.kind == "attack":
            table.writerow(_row(d, t_ns))
    return out.getvalue()


def _row(d: Dossier, t_ns: int) -> dict[str, object]:
    i = d.case.incident
    killed = account.value(d, "casualties.killed")
    kind = str(account.value(d, "vehicle.kind") or "")
    sub = next((v for k, v in _SUB.items() if k in kind), "")
    return {
        "event_id_cnty": i.id,
        "event_date": i.date.partition("/")[0],
        "year": i.date[:4],
        "time_precision": _PRECISION.get(i.precision, "1"),
        "disorder_type": "Political violence",
        "event_type": "Explosions/Remote violence",
        "sub_event_type": sub,
        "actor1": "Unidentified Armed Group",
        "location": d.place.title if d.place else i.site,
        "latitude": f"{d.place.latitude_deg:.4f}" if d.place else "",
        "longitude": f"{d.place.longitude_deg:.4f}" if d.place else "",
        "geo_precision": "1" if d.place else "",
        "source": account.sources(d),
        "notes": account.note(d),
        "fatalities": "" if killed is None else killed,
        "tags": "exercise=simulated" if d.case.exercise else "",
        "timestamp": t_ns // NS_PER_S,
    }
