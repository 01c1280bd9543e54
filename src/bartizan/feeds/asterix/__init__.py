"""ASTERIX recordings: radar plots (048, surface 010), service messages (034), system
tracks (062) and ADS-B reports (021), through libasterix.

In: a pcap, pcapng, `.gps` or bare file.  Out: scans by antenna sector, or by report.
Does not: guess an edition: it is a setting, and figures out of range tell a wrong one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bartizan.feeds.asterix.records import Said, absurd, probed, records
from bartizan.feeds.asterix.turns import PARTS, WAIT_S, Anchor, Sector, Turns
from bartizan.feeds.order import late_s, order
from bartizan.feeds.reports import (
    NAN,
    Report,
    enu_of,
    refused,
    reports_only,
    scan_of,
    wrong_range,
)
from bartizan.frames import enu_axes, local_frame
from bartizan.sensing import identity_key
from bartizan.types import Frame, Refused, Scan, Sensors, Site
from bartizan.units import M_PER_FT, M_PER_NM, MPS_PER_KT, NS_PER_S, ns_from_iso, ns_from_s

__all__ = ["AsterixParams", "feed"]

DAY_NS: Final = 86_400 * NS_PER_S
JUMP_S: Final = 600.0  # a step in time that one record alone is not believed
EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
MEASURED: Final = ("048", "010")  # categories with a measured range
RANGE_STEP_M: Final = M_PER_NM / 256.0  # of I048/040
HEIGHT_STEP_M: Final = 25.0 * M_PER_FT  # of I048/110


class AsterixParams(NamedTuple):
    """Settings of the feed.

    sensors  (SAC, SIC, name of the site's sensor) of every source that is declared
    editions  (category, edition) such as ("048", "1.32")
    day  UTC date of the first record where the file has none   hold_s  how long a scan
    waits for older ones, and a sector for its plots   height_sd_m  of a flight level as a
    height (pressure, not geometry): assumed   period_s  of the antenna where no message says
    parts  that a turn is cut into where only the north is marked   wait_s  a plot comes so
    long after its sector's mark at most   simulated  targets that are marked so are taken
    (in an exercise)
    """

    sensors: tuple[tuple[int, int, str], ...] = ()
    editions: tuple[tuple[str, str], ...] = (
        ("010", "1.1"), ("021", "2.1"), ("034", "1.29"), ("048", "1.32"), ("062", "1.18"),
    )  # fmt: skip
    day: str = ""
    hold_s: float = 20.0
    height_sd_m: float = 150.0
    period_s: float = 0.0
    parts: int = PARTS
    wait_s: float = WAIT_S
    simulated: bool = False


def feed(path: Path, site: Site, params: AsterixParams) -> Iterator[Scan | Refused]:
    """Scans of one recording in order of time, and every record that was set aside.

    Raises SourceError when the file cannot be read, or its figures are out of range as
    they are when the edition is wrong.
    """
    items = probed(records(path, params.editions), path, params.editions)
    return order(scans(items, site, params, path.name), params.hold_s, late_s(site))


def scans(
    items: Iterable[Said | Refused], site: Site, params: AsterixParams, name: str
) -> Iterator[Scan | Refused]:
    """Scans of records as they come, in no order; name: of the file or connection."""
    rows = {(a, b): site.sensor_names.index(n) for a, b, n in params.sensors}
    clock = _Clock(params.day)
    turns = {
        row: Turns(params.hold_s, params.period_s, params.parts, params.wait_s)
        for row in sorted(rows.values())
    }
    for item in items:
        if isinstance(item, Refused):
            yield item
            continue
        why = _unfit(item, site.sensors, rows, params.simulated)
        if why:
            yield _aside(item, max(clock.last_ns, 0), name, why)
            continue
        t_ns, received_ns, why = clock.times(item)
        if why:
            yield _aside(item, received_ns, name, why)
            continue
        row = rows[item.source]
        if item.category == "034":
            yield from _look(item, t_ns, row, turns[row], site)
        elif item.category in MEASURED:
            report, names = _plot(item, t_ns, row, site, params)
            yield from _closed(turns[row].plot(report, names), row, site)
        else:
            yield _declared(item, t_ns, row, site, params)
    for row, turn in turns.items():
        yield from _closed(turn.flush(), row, site)


def _aside(item: Said, t_ns: int, name: str, why: str) -> Refused:
    source = f"{item.source[0]}/{item.source[1]}"
    return refused(t_ns, source, f"{name}: {item.where}", why, item.raw)


def _unfit(said: Said, sensors: Sensors, rows: dict[tuple[int, int], int], simulated: bool) -> str:
    """Why a record is set aside; "" when it is good."""
    row = rows.get(said.source, -1)
    if row < 0:
        return f"sensor {said.source[0]}/{said.source[1]} (SAC/SIC) is not declared"
    if not math.isfinite(said.tod_s):
        return "no time of day"
    why = absurd(said)
    if why:
        return f"out of range: {why}"
    if said.test and not simulated:
        return "a test or simulated target"
    if said.category == "034":
        return ""
    if not math.isfinite(said.place[0]):
        return "no position in the record"
    return wrong_range(said.place[0], sensors.look[row]) if said.category in MEASURED else ""


class _Clock:
    """Times of day to UTC: by the receive time where there is one, else by counting
    midnights from the stated day.  A time far from all before it counts when a second
    record agrees: one damaged time must not make everything after it late."""

    def __init__(self, day: str) -> None:
        self._day_ns = ns_from_iso(day) if day else 0
        self._odd_ns = -1
        self.last_ns = -1

    def times(self, said: Said) -> tuple[int, int, str]:
        """(time of measurement, of receipt [ns], why it cannot be); the nearest midnight
        counts."""
        received_ns = said.received_ns
        if received_ns < 0:
            now_s = said.received_tod_s if said.received_tod_s >= 0.0 else said.tod_s
            day_ns = self._day_ns if self.last_ns < 0 else self.last_ns // DAY_NS * DAY_NS
            received_ns = day_ns + ns_from_s(now_s)
            if self.last_ns >= 0:
                received_ns += round((self.last_ns - received_ns) / DAY_NS) * DAY_NS
        t_ns = received_ns // DAY_NS * DAY_NS + ns_from_s(said.tod_s)
        t_ns += round((received_ns - t_ns) / DAY_NS) * DAY_NS
        ahead_s = (t_ns - received_ns) / NS_PER_S
        if ahead_s > 1.0:
            return t_ns, received_ns, f"measured {ahead_s:.1f} s after it was received"
        jump_s = (t_ns - self.last_ns) / NS_PER_S if self.last_ns >= 0 else 0.0
        if abs(jump_s) > JUMP_S and abs(t_ns - self._odd_ns) > JUMP_S * NS_PER_S:
            self._odd_ns = t_ns
            return t_ns, received_ns, f"its time is {jump_s:.0f} s from the one before"
        self.last_ns = t_ns
        return t_ns, received_ns, ""


def _look(said: Said, t_ns: int, row: int, turns: Turns, site: Site) -> Iterator[Scan]:
    """North marks (1) and sector crossings (2) tell where the antenna looked."""
    if said.message not in (1, 2):
        return
    az = 0.0 if said.message == 1 else said.sector_rad
    if math.isfinite(az):
        yield from _closed(turns.anchor(Anchor(t_ns, az, said.period_s)), row, site)


def _closed(sectors: Iterable[Sector], row: int, site: Site) -> Iterator[Scan]:
    look = site.sensors.look[row]
    for s in sectors:
        mine = np.array([look[0], look[1], s.from_rad, s.width_rad, look[4], look[5]])
        yield scan_of(s.t_ns, row, Frame.SPHERICAL, mine, s.reports, s.names)


def _names(said: Said) -> tuple[int, list[tuple[int, str]]]:
    """The identity key (of the address or code) and what a person reads for it."""
    if not said.address:
        return 0, []
    key = identity_key(said.address)
    return key, [(key, f"{said.callsign} ({said.address})" if said.callsign else said.address)]


def _plot(
    said: Said, t_ns: int, row: int, site: Site, params: AsterixParams
) -> tuple[Report, list[tuple[int, str]]]:
    r, az = said.place
    sd = site.sensors.sd[row]
    el, el_sd = NAN, NAN
    sensor_m = site.origin[2] + float(site.sensors.pos[row, 2]) - site.geoid_m
    if math.isfinite(said.height_m) and r > 0.0:  # the radar's own measurement of elevation
        el = elevation(r, said.height_m, sensor_m)
        el_sd = float(sd[2]) if math.isfinite(sd[2]) else HEIGHT_STEP_M / r
        el_sd = max(el_sd, HEIGHT_STEP_M / math.sqrt(12.0) / r)
    elif math.isfinite(said.fl) and r > 0.0:
        el = elevation(r, said.fl * 100.0 * M_PER_FT, sensor_m)
        if math.isfinite(el):
            el_sd = params.height_sd_m / (r * max(math.cos(el), 0.05))
    rate = said.rate_mps if math.isfinite(sd[3]) else NAN
    rate_sd = math.hypot(float(sd[3]), 1.0 / math.sqrt(12.0)) if math.isfinite(rate) else NAN
    key, names = _names(said)
    z = (r, math.remainder(az, 2.0 * math.pi), el, rate, NAN, NAN)
    s = (math.hypot(float(sd[0]), RANGE_STEP_M / math.sqrt(12.0)), float(sd[1]),
         el_sd if math.isfinite(el) else NAN, rate_sd, NAN, NAN)  # fmt: skip
    return Report(t_ns, z, s, identity=key, number=said.number), names


def elevation(slant_m: float, height_m: float, sensor_m: float) -> float:
    """Elevation [rad] at which a thing at slant range slant_m stands at height_m above the
    sea, seen from sensor_m, over a round Earth; NaN where there is none.

    A flight level a little under what the range allows (right overhead) gives the zenith.
    """
    a, b = EARTH_M + sensor_m, EARTH_M + height_m
    s = (b * b - a * a - slant_m * slant_m) / (2.0 * slant_m * a)
    return math.asin(min(s, 1.0)) if -1.0 <= s <= 1.05 else NAN


def _declared(said: Said, t_ns: int, row: int, site: Site, params: AsterixParams) -> Scan:
    """A report that states its own position: a scan of its own."""
    lat, lon = said.place
    hae = said.height_m
    if not math.isfinite(hae):
        hae = said.fl * 100.0 * M_PER_FT + site.geoid_m
    known = math.isfinite(hae)
    frame = local_frame(site.name, *site.origin)
    p = enu_of(frame, lat, lon, hae if known else 0.0)
    sd = site.sensors.sd[row]
    geometric = math.isfinite(said.height_m) and math.isfinite(sd[2])
    v_sd = float(sd[3]) if math.isfinite(sd[3]) else 10.0 * MPS_PER_KT
    moving, climbing = math.isfinite(said.velocity[0]), math.isfinite(said.climb_mps)
    v = enu_axes(lat, lon).T @ np.nan_to_num(np.array([*said.velocity, said.climb_mps]))
    v = frame.rot @ v
    z = (float(p[0]), float(p[1]), float(p[2]) if known else NAN,
         float(v[0]) if moving else NAN, float(v[1]) if moving else NAN,
         float(v[2]) if climbing else NAN)  # fmt: skip
    s = (float(sd[0]), float(sd[1]),
         (float(sd[2]) if geometric else params.height_sd_m) if known else NAN,
         v_sd if moving else NAN, v_sd if moving else NAN, v_sd if climbing else NAN)  # fmt: skip
    key, names = _names(said)
    report = Report(t_ns, z, s, identity=key, number=said.number)
    look = reports_only(site.sensors.look[row])
    return scan_of(t_ns, row, Frame.CARTESIAN, look, [report], names)
