"""Lines of text over UDP as scans: an example of a live feed.

In: datagrams with lines `Unix time [s], range [m], azimuth [deg], elevation [deg]`.
Out: one scan a datagram.  Does not: say where the sensor looked (a miss means nothing).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from bartizan.errors import InputError
from bartizan.feeds.live import Opening, Pulses
from bartizan.feeds.live.sockets import address, bound, datagrams
from bartizan.feeds.reports import Report, refused, reports_only, scan_of, wrong_range
from bartizan.types import Frame, Refused, Scan
from bartizan.units import RAD_PER_DEG, ns_from_s

NAN = math.nan


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of the datagrams at settings["address"], of the one sensor that the entry names.

    Raises InputError when the settings are wrong, or the address cannot be bound.
    """
    settings, site = opening.params, opening.site
    if len(opening.sensors) != 1 or "address" not in settings:
        raise InputError(f"feed {opening.name}: expected one of `sensors`, and `settings: address`")
    row = site.sensor_names.index(opening.sensors[0])
    pulses = Pulses(opening, (site.sensor_names[row],))
    sd = [float(v) for v in site.sensors.sd[row, :3]]
    for item in datagrams(bound(address(settings["address"])), opening.port):
        pulses.check()  # looks at the clock, so that a silent sensor turns stale
        if item is None:  # nothing came for a while
            continue
        received_ns, data, sender = item
        reports = []
        for line in data.decode("utf-8", "replace").splitlines():
            try:
                t_s, r, az, el = (float(v) for v in line.split(","))
                why = wrong_range(r, site.sensors.look[row])
                if not (math.isfinite(az) and abs(el) <= 90.0 and abs(t_s * 1e9 - received_ns) < 60e9):
                    why = why or "expected angles, and a time within a minute of its reception"
            except ValueError:
                why = "expected four numbers: time, range, azimuth, elevation"
            if why:
                aside = refused(received_ns, opening.name, sender, why, line.encode())
                yield pulses.heard(aside)
                continue
            az, el = math.remainder(az * RAD_PER_DEG, 2 * math.pi), el * RAD_PER_DEG
            z, s = (r, az, el, NAN, NAN, NAN), (sd[0], sd[1], sd[2], NAN, NAN, NAN)
            reports.append(Report(ns_from_s(t_s), z, s))
        if reports:
            look = reports_only(site.sensors.look[row])
            t_ns = max(r.t_ns for r in reports)
            yield pulses.heard(scan_of(t_ns, row, Frame.SPHERICAL, look, reports))
