"""The two radio direction finders of TIE20: bearings of what emits.

In: a radio sensor's table.  Out: one scan a bearing.
Does not: use their ranges, which are wrong by half.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from bartizan.feeds import tables
from bartizan.feeds.reports import EMPTY, NAN, Report, reports_only, scan_of
from bartizan.feeds.tie20.source import Item, Source, arrivals, aside
from bartizan.types import Frame, ObjectClass, Refused, Scan
from bartizan.units import RAD_PER_DEG, ns_from_s

DRONES: Final = ("DJI", "Parrot", "Mavic", "Phantom", "OcuSync")  # makers' multirotors


def _bearing(source: Source, t_ns: int, az_deg: float, **more: float) -> Scan:
    """A scan of one bearing; a bearing that is missing says nothing."""
    z = (NAN, math.remainder(az_deg * RAD_PER_DEG, 2.0 * math.pi), *EMPTY[2:])
    sd = (NAN, float(source.site.sensors.sd[source.row, 1]), *EMPTY[2:])
    look = reports_only(source.site.sensors.look[source.row])
    report = Report(t_ns, z, sd, **more)  # type: ignore[arg-type]
    return scan_of(t_ns, source.row, Frame.SPHERICAL, look, [report])


def _multirotor(model: str) -> int:
    """The class that a radio sensor's model name declares; 0 when it names none."""
    known = any(maker in model for maker in DRONES)
    return int(ObjectClass.MULTIROTOR) if known else 0


def diana(source: Source) -> Iterator[tuple[int, Item]]:
    """Bearings of aircraft from the first row of each message (the others repeat it).

    Controllers are people on the ground and bands out of use are no detections: neither
    is set aside, neither is a scan.
    """
    head = "DianaTargetsTarget"
    needed = ("Diana_time", "DianaTargets_band", f"{head}Signal_bearing_deg",
              f"{head}Classification_type", f"{head}Classification_model",
              f"{head}Classification_score")  # fmt: skip
    for t_ns, row in arrivals(source, needed):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        cells = row.cells
        if not cells["Diana_time"] or cells[f"{head}Classification_type"] != "aircraft":
            continue
        try:
            if tables.whole(cells["DianaTargets_band"]) not in source.params.diana_bands:
                continue
            az_deg = tables.number(cells[f"{head}Signal_bearing_deg"])
            score = tables.number(cells[f"{head}Classification_score"])
        except ValueError as e:
            yield t_ns, aside(source, t_ns, row, str(e))
            continue
        declared = _multirotor(cells[f"{head}Classification_model"])
        yield t_ns, _bearing(source, t_ns, az_deg, declared=declared, confidence=score)


def venus(source: Source) -> Iterator[tuple[int, Item]]:
    """Bearings of emitters that the sensor holds for drones, at their time of arrival
    (its own clock is hours off); an unchanged bearing of one emitter is a repeat."""
    needed = ("VenusTriggerVenusName_isThreat", "VenusTrigger_VenusName",
              "VenusTrigger_RadioId", "VenusTrigger_Azimuth")  # fmt: skip
    last: dict[int, tuple[str, int]] = {}
    again_ns = ns_from_s(source.params.radio_again_s)
    for t_ns, row in arrivals(source, needed):
        if isinstance(row, Refused):
            yield t_ns, row
            continue
        threat, model, emitter, az = (row.cells[c] for c in needed)
        if not az or not threat:
            continue  # an emitter heard without a bearing
        try:
            if tables.number(threat) != 1.0:
                continue
            number, az_deg = tables.whole(emitter), tables.number(az)
        except ValueError as e:
            yield t_ns, aside(source, t_ns, row, str(e))
            continue
        before = last.get(number, ("", 0))
        if before[0] == az and t_ns - before[1] < again_ns:
            yield t_ns, aside(source, t_ns, row, "repeated")
            continue
        last[number] = (az, t_ns)
        yield (
            t_ns,
            _bearing(source, t_ns, az_deg, declared=_multirotor(model), number=number),
        )
