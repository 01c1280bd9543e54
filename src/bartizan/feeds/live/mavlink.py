"""MAVLink as it comes: UDP datagrams of receivers and autopilots.

In: an address.  Out: one scan a new position, of drones (OPEN_DRONE_ID) and of aircraft
(ADSB_VEHICLE).  Does not: answer; believe a position, the picture does that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.adsb.said import Said, as_scan
from bartizan.feeds.live.interface import Opening, Pulses
from bartizan.feeds.live.sockets import Address, bound, datagrams
from bartizan.feeds.mavlink import Traffic, Wrong, dialect, said_in
from bartizan.feeds.remote_id import Joiner, RemoteIdParams
from bartizan.feeds.remote_id.air import Heard
from bartizan.feeds.reports import refused
from bartizan.types import Refused, Scan
from bartizan.units import ns_from_s

OLD_S: Final = 10.0  # a position that was received longer ago is not renewed: assumed
GEOMETRIC_SD_M: Final = 25.0  # as of ADS-B: assumed


class MavlinkUdpParams(NamedTuple):
    """at: where to listen   remote_id: of drones; its sensor "": none are taken   adsb: the
    site's sensor of ADSB_VEHICLE, "": none are taken   simulated: traffic that is marked so
    is taken (in an exercise)"""

    at: Address
    remote_id: RemoteIdParams
    adsb: str = ""
    simulated: bool = False


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of the datagrams at an address.  Raises InputError when it cannot be bound, or
    pymavlink is absent."""
    params: MavlinkUdpParams = opening.params
    dialect()
    drones = Joiner(opening.site, params.remote_id) if params.remote_id.sensor else None
    sensors = tuple(s for s in (params.remote_id.sensor, params.adsb) if s)
    if not sensors:
        raise InputError(f"feed {opening.name}: expected sensor, adsb_sensor or both")
    for s in sensors:
        if s not in opening.site.sensor_names:
            raise InputError(f"feed {opening.name}: sensor {s!r} is not declared")
    pulses = Pulses(opening, sensors)
    for item in datagrams(bound(params.at), opening.port):
        pulses.check()
        if item is None:
            continue
        t_ns, data, sender = item
        where = f"{opening.name}: {sender}"
        for said in said_in(data, sender):
            if isinstance(said, Wrong):
                yield pulses.heard(refused(t_ns, "mavlink", where, said.why, said.raw))
            elif isinstance(said, Heard) and drones:
                for one in drones.hear(said, t_ns, where):
                    yield pulses.heard(one)
            elif isinstance(said, Traffic) and params.adsb:
                yield pulses.heard(_aircraft(said, t_ns, where, opening, params))


def _aircraft(
    a: Traffic, t_ns: int, where: str, opening: Opening, params: MavlinkUdpParams
) -> Scan | Refused:
    if a.simulated and not params.simulated:
        return refused(t_ns, "mavlink", where, "a test or simulated target", b"")
    if a.age_s > OLD_S:
        why = "repeated: the position has not been renewed"
        return refused(t_ns, "mavlink", where, why, b"")
    site = opening.site
    known = math.isfinite(a.height_m)
    said = Said(
        t_ns - ns_from_s(a.age_s), a.icao, a.lat_deg, a.lon_deg,
        a.height_m + site.geoid_m if known else math.nan,
        params.remote_id.height_sd_m if a.barometric else GEOMETRIC_SD_M, a.velocity, a.callsign,
        where,
    )  # fmt: skip
    return as_scan(said, site.sensor_names.index(params.adsb), site)
