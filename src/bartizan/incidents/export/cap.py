"""CAP 1.2 (OASIS): an incident as a message after the fact, never an alert in force.

In: dossiers.  Out: XML: one alert, or several under one root where several are asked for.
Does not: say Actual: status is Exercise where anything is simulated, else Draft, and
certainty never goes beyond how the values stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from bartizan.errors import InputError
from bartizan.incidents import statement
from bartizan.incidents.record.rules import Status
from bartizan.incidents.report.dossier import Dossier
from bartizan.units import NS_PER_S

SPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"


def write(dossiers: Sequence[Dossier], t_ns: int) -> str:
    """One alert.  Raises InputError where more than one incident is given: CAP holds one."""
    if len(dossiers) != 1:
        raise InputError(
            f"cap: expected one incident (found {len(dossiers)}): a CAP file is one message"
        )
    ET.register_namespace("", SPACE)
    root = _alert(dossiers[0], t_ns)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _time(t_ns: int) -> str:
    """CAP's form: no fraction, no Z."""
    return datetime.fromtimestamp(t_ns // NS_PER_S, UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")


def _put(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{SPACE}}}{name}").text = text


def _alert(d: Dossier, t_ns: int) -> ET.Element:
    i, mark = d.case.incident, d.statement.mark
    alert = ET.Element(f"{{{SPACE}}}alert")
    _put(alert, "identifier", f"bartizan-incident-{i.id}-{d.head[:12]}")
    _put(alert, "sender", "bartizan")
    _put(alert, "sent", _time(t_ns))
    _put(alert, "status", "Exercise" if d.case.exercise else "Draft")
    _put(alert, "msgType", "Alert")
    _put(alert, "scope", "Restricted")
    _put(alert, "restriction", "a record of what is said to have happened; not for public warning")
    _put(alert, "note", mark or "Draft: an incident record, not an alert in force")
    info = ET.SubElement(alert, f"{{{SPACE}}}info")
    _put(info, "language", "en")
    _put(info, "category", "Security")
    _put(info, "event", f"{mark} {i.title}".strip())
    _put(info, "urgency", "Past")
    _put(info, "severity", "Unknown")
    _put(info, "certainty", _certainty(d))
    if i.from_ns is not None:
        _put(info, "onset", _time(i.from_ns))
    _put(info, "headline", f"{mark} {i.title}".strip()[:160])
    _put(info, "description", statement.text(d.statement))
    area = ET.SubElement(info, f"{{{SPACE}}}area")
    _put(area, "areaDesc", d.place.title if d.place else i.site or "not known")
    if d.place:
        _put(area, "circle", f"{d.place.latitude_deg:.4f},{d.place.longitude_deg:.4f} 0")
    return alert


def _certainty(d: Dossier) -> str:
    mine = {s.status for s in d.standings if s.field == "event.attack"}
    if mine & {Status.CONFIRMED, Status.DECIDED}:
        return "Observed"
    if Status.CORROBORATED in mine:
        return "Likely"
    return "Possible" if Status.SINGLE_SOURCE in mine else "Unknown"
