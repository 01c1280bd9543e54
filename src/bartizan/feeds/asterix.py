"""ASTERIX recordings: radar plots (048, surface 010), service messages (034), system
tracks (062) and ADS-B reports (021), through libasterix.

In: a pcap, pcapng, `.gps` or bare file.  Out: scans by antenna sector, or by report.
Does not: guess an edition: it is a setting, and figures out of range tell a wrong one.

Ref: EUROCONTROL SPEC-0149, parts 2b, 4, 7, 9, 12: items and units as cited at each field.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds import blocks
from bartizan.feeds.order import order
from bartizan.feeds.reports import NAN, Report, refused, reports_only, scan_of, wrong_range
from bartizan.feeds.turns import Anchor, Turns
from bartizan.frames import enu_from_wgs84, local_frame
from bartizan.sensing import identity_key
from bartizan.types import Frame, Refused, Scan, Sensors, Site
from bartizan.units import M_PER_FT, M_PER_NM, MPS_PER_KT, NS_PER_S, ns_from_iso, ns_from_s

DAY_S: Final = 86_400.0
DAY_NS: Final = 86_400 * NS_PER_S
EARTH_M: Final = 6_371_000.0  # mean radius, IUGG
PROBE: Final = 60  # records whose ranges are looked at before the first scan is given out
FL_LOW, FL_HIGH = -15.0, 1500.0  # flight levels that a Mode C transponder can say: -1,500 ft up
MEMORY: Final = 4096  # data blocks among which an exact repeat is known as one
LOOSE: Final = ("048", "010")  # categories with a measured range


class AsterixParams(NamedTuple):
    """Settings of the feed.

    sensors  (SAC, SIC, name of the site's sensor) of every source that is declared
    editions  (category, edition) such as ("048", "1.32")
    day  UTC date of the first record where the file has none   hold_s  how long a scan
    waits for older ones, and a sector for its plots   height_sd_m  of a flight level as a
    height (pressure, not geometry): assumed   period_s  of the antenna where no message says
    """

    sensors: tuple[tuple[int, int, str], ...] = ()
    editions: tuple[tuple[str, str], ...] = (
        ("010", "1.1"), ("021", "2.1"), ("034", "1.29"), ("048", "1.32"), ("062", "1.18"),
    )  # fmt: skip
    day: str = ""
    hold_s: float = 20.0
    height_sd_m: float = 150.0
    period_s: float = 0.0


class Said(NamedTuple):
    """What one record says, in plain numbers (NaN, "" or -1 where it does not).

    place  range [m], azimuth [rad] of the sensor, or latitude, longitude [rad]
    """

    category: str
    source: tuple[int, int]
    tod_s: float
    where: str
    raw: bytes
    received_ns: int
    received_tod_s: float
    place: tuple[float, float] = (NAN, NAN)
    fl: float = NAN
    height_m: float = NAN
    velocity: tuple[float, float] = (NAN, NAN)
    rate_mps: float = NAN
    number: int = -1
    address: str = ""
    callsign: str = ""
    message: int = 0
    sector_rad: float = NAN
    period_s: float = NAN
    test: bool = False


def feed(path: Path, site: Site, params: AsterixParams) -> Iterator[Scan | Refused]:
    """Scans of one recording in order of time, and every record that was set aside.

    Raises SourceError when the file cannot be read, or its figures are out of range as
    they are when the edition is wrong.
    """
    return order(_scans(path, site, params), params.hold_s)


def _scans(path: Path, site: Site, params: AsterixParams) -> Iterator[Scan | Refused]:
    rows = {(a, b): site.sensor_names.index(n) for a, b, n in params.sensors}
    clock = _Clock(params.day)
    turns = {row: Turns(params.hold_s, params.period_s) for row in sorted(rows.values())}
    for item in _probed(_records(path, params), path, params):
        if isinstance(item, Refused):
            yield item
            continue
        why = _unfit(item, site.sensors, rows)
        if why:
            yield _aside(item, clock.last_ns, path, why)
            continue
        t_ns, received_ns = clock.times(item)
        if t_ns - received_ns > NS_PER_S:
            ahead_s = (t_ns - received_ns) / NS_PER_S
            yield _aside(item, received_ns, path, f"measured {ahead_s:.1f} s after receipt")
            continue
        row = rows[item.source]
        if item.category == "034":
            yield from _look(item, t_ns, row, turns[row], site)
        elif item.category in LOOSE:
            report, names = _plot(item, t_ns, row, site, params)
            yield from _closed(turns[row].plot(report, names), row, site)
        else:
            yield _declared(item, t_ns, row, site, params)
    for row, turn in turns.items():
        yield from _closed(turn.flush(), row, site)


def _aside(item: Said, t_ns: int, path: Path, why: str) -> Refused:
    source = f"{item.source[0]}/{item.source[1]}"
    return refused(t_ns, source, f"{path.name}: {item.where}", why, item.raw)


# -- from bytes to what a record says ---------------------------------------------------


def _records(path: Path, params: AsterixParams) -> Iterator[Said | Refused]:
    """Every record of a wanted category; damage and exact repeats set aside."""
    from asterix.base import Bits  # 1.7 s to import: only when a recording is read

    uaps = _uaps(params)
    recent: dict[bytes, None] = {}
    parts = (b for p in blocks.read(path) for b in _blocks(p))
    for part in parts:
        if isinstance(part, blocks.Broken):
            yield refused(0, path.name, f"{path.name}: {part.where}", part.why, part.raw)
            continue
        uap = uaps.get(part.data[0])
        if uap is None:
            continue  # a category that nobody asked for
        if part.data in recent:
            where = f"{path.name}: {part.where}"
            yield refused(max(part.received_ns, 0), path.name, where, "repeated", part.data)
            continue
        recent[part.data] = None
        if len(recent) > MEMORY:
            del recent[next(iter(recent))]
        records = uap.parse(Bits.from_bytes(part.data[3:]))
        if isinstance(records, ValueError):
            why = f"category {part.data[0]:03d}: {records or 'not of this edition'}"
            where = f"{path.name}: {part.where}"
            yield refused(max(part.received_ns, 0), path.name, where, why, part.data)
            continue
        for record in records:
            yield _said(f"{part.data[0]:03d}", record, part)


def _blocks(payload: blocks.Payload | blocks.Broken) -> Iterator[blocks.Payload | blocks.Broken]:
    return blocks.split(payload) if isinstance(payload, blocks.Payload) else iter([payload])


def _uaps(params: AsterixParams) -> dict[int, Any]:
    """The parser of each wanted category, by its number."""
    from asterix import generated

    out = {}
    for category, edition in params.editions:
        spec = getattr(generated, f"Cat_{category}_{edition.replace('.', '_')}", None)
        if spec is None:
            known = [n[8:].replace("_", ".") for n in dir(generated) if n[:8] == f"Cat_{category}_"]
            has = ", ".join(known) or "none of this category"
            raise SourceError(f"category {category} has no edition {edition}; known: {has}")
        out[int(category)] = spec.cv_uap
    return out


def _uint(record: Any, item: str, *path: str) -> int:
    """The bits of an item or of a part of it as a number; -1 where it is absent."""
    try:
        found = record.get_item(item)
        for name in path:
            if found is None:
                return -1
            found = found.variation.get_item(name)
    except ValueError:  # an edition that does not have it
        return -1
    return -1 if found is None else int(found.as_uint())


def _signed(value: int, bits: int) -> float:
    """A two's-complement field, NaN where it is absent (-1)."""
    return NAN if value < 0 else float(value - (1 << bits) if value >> (bits - 1) else value)


def _text(value: int, letters: int = 8) -> str:
    """An ICAO six-bit text (Annex 10, volume IV, table 3-8)."""
    if value < 0:
        return ""
    codes = [value >> 6 * (letters - 1 - k) & 63 for k in range(letters)]
    return "".join(chr(c + 64) if 1 <= c <= 26 else chr(c) for c in codes if c).strip()


def _said(category: str, record: Any, part: blocks.Payload) -> Said:
    tod = {"034": "030", "062": "070", "021": "073"}.get(category, "140")
    at = _uint(record, tod)
    if at < 0 and category == "021":
        at = _uint(record, "071")
    said = Said(
        category, (_uint(record, "010", "SAC"), _uint(record, "010", "SIC")),
        at / 128.0 if at >= 0 else NAN, part.where, part.data, part.received_ns,
        part.time_of_day_s,
    )  # fmt: skip
    if category == "034":
        sector, period = _uint(record, "020"), _uint(record, "041")
        return said._replace(
            message=_uint(record, "000"),
            sector_rad=sector * 2.0 * math.pi / 256.0 if sector >= 0 else NAN,
            period_s=period / 128.0 if period > 0 else NAN,
        )
    reader = {"048": _from_048, "010": _from_010, "062": _from_062, "021": _from_021}[category]
    return reader(said, record)


def _from_048(said: Said, record: Any) -> Said:
    """I048/040 range 1/256 NM and azimuth 360/65536 deg, /090 flight level 1/4, /120
    Doppler, /220 address, /240 callsign, /161 track number."""
    rho, theta = _uint(record, "040", "RHO"), _uint(record, "040", "THETA")
    address, squawk = _uint(record, "220"), _uint(record, "070", "MODE3A")
    fl = _signed(_uint(record, "090", "FL"), 14) / 4.0
    if _uint(record, "090", "V") == 1 or _uint(record, "090", "G") == 1:
        fl = NAN  # not validated, or garbled
    if _uint(record, "070", "V") == 1 or _uint(record, "070", "G") == 1:
        squawk = -1
    named = f"{address:06X}" if address > 0 else f"A{squawk:04o}" if squawk > 0 else ""
    return said._replace(
        place=_polar(rho * M_PER_NM / 256.0, theta) if rho >= 0 else (NAN, NAN),
        fl=fl, number=_uint(record, "161", "TRN"), address=named,
        callsign=_text(_uint(record, "240")),
        test=_uint(record, "020", "SIM") == 1 or _uint(record, "020", "TST") == 1,
    )  # fmt: skip


def _polar(r_m: float, theta: int) -> tuple[float, float]:
    return r_m, theta * 2.0 * math.pi / 65_536.0


def _from_010(said: Said, record: Any) -> Said:
    """I010/040 polar 1 m and 360/65536 deg, or /042 Cartesian 1 m about the sensor."""
    rho, theta = _uint(record, "040", "RHO"), _uint(record, "040", "TH")
    x, y = (_signed(_uint(record, "042", k), 16) for k in ("X", "Y"))
    place = _polar(float(rho), theta) if rho >= 0 else (math.hypot(x, y), math.atan2(x, y))
    address = _uint(record, "220")
    named = f"{address:06X}" if address > 0 else ""
    return said._replace(place=place, number=_uint(record, "161", "TRK"), address=named)


def _from_062(said: Said, record: Any) -> Said:
    """I062/105 WGS84 180/2^25 deg, /136 measured flight level 1/4, /185 velocity 1/4 m/s,
    /380 address and callsign, /040 track number."""
    unit = math.pi / 2**25
    lat, lon = (_signed(_uint(record, "105", k), 32) * unit for k in ("LAT", "LON"))
    v = (_signed(_uint(record, "185", k), 16) / 4.0 for k in ("VX", "VY"))
    address = _uint(record, "380", "ADR")
    return said._replace(
        place=(lat, lon), fl=_signed(_uint(record, "136"), 16) / 4.0, velocity=tuple(v),
        number=_uint(record, "040"), address=f"{address:06X}" if address > 0 else "",
        callsign=_text(_uint(record, "380", "ID")),
    )  # fmt: skip


def _from_021(said: Said, record: Any) -> Said:
    """I021/131 WGS84 180/2^30 deg, /130 180/2^23 deg, /140 geometric height 6.25 ft,
    /145 flight level 1/4, /080 address, /170 callsign."""
    fine = record.get_item("131") is not None
    item, bits = ("131", 32) if fine else ("130", 24)
    unit = math.pi / 2 ** (30 if fine else 23)
    lat, lon = (_signed(_uint(record, item, k), bits) * unit for k in ("LAT", "LON"))
    address = _uint(record, "080")
    return said._replace(
        place=(lat, lon), fl=_signed(_uint(record, "145"), 16) / 4.0,
        height_m=_signed(_uint(record, "140"), 16) * 6.25 * M_PER_FT,
        address=f"{address:06X}" if address > 0 else "", callsign=_text(_uint(record, "170")),
    )  # fmt: skip


# -- ranges, and the wrong edition ------------------------------------------------------


def _absurd(said: Said) -> str:
    """Why a record cannot be of the edition that it was read with; "" when it can."""
    if math.isfinite(said.tod_s) and said.tod_s >= DAY_S + 1.0:
        return f"time of day {said.tod_s:.0f} s"
    if math.isfinite(said.fl) and not FL_LOW <= said.fl <= FL_HIGH:
        return f"flight level {said.fl:.0f}"
    if said.category in ("062", "021"):
        lat, lon = (math.degrees(v) for v in said.place)
        if abs(lat) > 90.0 or abs(lon) > 180.0:
            return f"latitude {lat:.0f} deg, longitude {lon:.0f} deg"
    return ""


def _probed(
    items: Iterator[Said | Refused], path: Path, params: AsterixParams
) -> Iterator[Said | Refused]:
    """The same items, once the first of them are seen to be of the stated edition."""
    first: list[Said | Refused] = []
    seen: dict[str, list[str]] = {}
    for item in items:
        first.append(item)
        if isinstance(item, Said):
            seen.setdefault(item.category, []).append(_absurd(item))
        elif item.why.startswith("category "):
            seen.setdefault(item.why[9:12], []).append(item.why)
        if sum(len(v) for v in seen.values()) >= PROBE:
            break
    editions = dict(params.editions)
    for category, verdicts in sorted(seen.items()):
        bad = [v for v in verdicts if v]
        if len(bad) >= 2 and 3 * len(bad) > len(verdicts):
            raise SourceError(
                f"{path}: category {category} does not read as edition {editions[category]}: "
                f"{len(bad)} of {len(verdicts)} records are out of range ({bad[0]}); "
                "set the edition of this source in its settings"
            )
    if not any(isinstance(i, Said) for i in first):
        wanted = ", ".join(editions)
        raise SourceError(f"{path}: no ASTERIX record of category {wanted} in it")
    yield from chain(first, items)


def _unfit(said: Said, sensors: Sensors, rows: dict[tuple[int, int], int]) -> str:
    """Why a record is set aside; "" when it is good."""
    row = rows.get(said.source, -1)
    if row < 0:
        return f"sensor {said.source[0]}/{said.source[1]} (SAC/SIC) is not declared"
    if not math.isfinite(said.tod_s):
        return "no time of day"
    why = _absurd(said)
    if why:
        return f"out of range: {why}"
    if said.test:
        return "a test or simulated target"
    if said.category == "034":
        return ""
    if not math.isfinite(said.place[0]):
        return "no position in the record"
    return wrong_range(said.place[0], sensors.look[row]) if said.category in LOOSE else ""


class _Clock:
    """Times of day to UTC: by the receive time where there is one, else by counting
    midnights from the stated day."""

    def __init__(self, day: str) -> None:
        self._day_ns = ns_from_iso(day) if day else 0
        self._seen_s = NAN
        self.last_ns = 0

    def times(self, said: Said) -> tuple[int, int]:
        """(time of the measurement, time of receipt) [ns]; the nearest midnight counts."""
        if said.received_ns >= 0:
            received_ns = said.received_ns
        else:
            now_s = said.received_tod_s if said.received_tod_s >= 0.0 else said.tod_s
            if math.isfinite(self._seen_s) and now_s < self._seen_s - DAY_S / 2.0:
                self._day_ns += DAY_NS
            elif math.isfinite(self._seen_s) and now_s > self._seen_s + DAY_S / 2.0:
                self._day_ns -= DAY_NS
            self._seen_s = now_s
            received_ns = self._day_ns + ns_from_s(now_s)
        t_ns = received_ns // DAY_NS * DAY_NS + ns_from_s(said.tod_s)
        t_ns += round((received_ns - t_ns) / DAY_NS) * DAY_NS
        self.last_ns = t_ns
        return t_ns, received_ns


# -- from what a record says to scans ---------------------------------------------------


def _look(said: Said, t_ns: int, row: int, turns: Turns, site: Site) -> Iterator[Scan]:
    """North marks (1) and sector crossings (2) tell where the antenna looked."""
    if said.message not in (1, 2):
        return
    az = 0.0 if said.message == 1 else said.sector_rad
    if math.isfinite(az):
        yield from _closed(turns.anchor(Anchor(t_ns, az, said.period_s)), row, site)


def _closed(sectors: list[Any], row: int, site: Site) -> Iterator[Scan]:
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
    if math.isfinite(said.fl) and r > 0.0:
        sensor_m = site.origin[2] + float(site.sensors.pos[row, 2]) - site.geoid_m
        el = elevation(r, said.fl * 100.0 * M_PER_FT, sensor_m)
        if math.isfinite(el):
            el_sd = params.height_sd_m / (r * max(math.cos(el), 0.05))
    key, names = _names(said)
    z = (r, math.remainder(az, 2.0 * math.pi), el, NAN, NAN, NAN)
    s = (float(sd[0]), float(sd[1]), el_sd, NAN, NAN, NAN)
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
    p = enu_from_wgs84(frame, np.float64(lat), np.float64(lon), np.float64(hae if known else 0.0))
    sd = site.sensors.sd[row]
    v, v_sd = said.velocity, float(sd[3]) if math.isfinite(sd[3]) else 10.0 * MPS_PER_KT
    moving = math.isfinite(v[0])
    z = (float(p[0]), float(p[1]), float(p[2]) if known else NAN, *v, NAN)
    s = (float(sd[0]), float(sd[1]), params.height_sd_m if known else NAN,
         v_sd if moving else NAN, v_sd if moving else NAN, NAN)  # fmt: skip
    key, names = _names(said)
    report = Report(t_ns, z, s, identity=key, number=said.number)
    look = reports_only(site.sensors.look[row])
    return scan_of(t_ns, row, Frame.CARTESIAN, look, [report], names)
