"""ASTERIX records to plain numbers, and what tells a wrong edition.

In: a file.  Out: `Said`, one a record of a wanted category, and `Refused`.
Does not: know a site, or make scans.

Ref: EUROCONTROL SPEC-0149, parts 2b, 4, 7, 9, 12 (the rarer ones: `others`): items and units as cited at each field.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from bartizan.errors import SourceError
from bartizan.feeds.asterix import blocks, others
from bartizan.feeds.asterix.codec import Record, WrongRecordError, decode
from bartizan.feeds.asterix.layout import layout
from bartizan.feeds.captures import Broken
from bartizan.feeds.reports import NAN, refused
from bartizan.types import Refused
from bartizan.units import M_PER_FT, M_PER_NM

DAY_S: Final = 86_400.0
PROBE: Final = 60  # records whose ranges are looked at before the first is given out
FL_LOW, FL_HIGH = -15.0, 1500.0  # flight levels that a transponder can say: from -1,500 ft
TIMES: Final = {
    "015": "145", "021": "073", "034": "030", "062": "070", "063": "030", "065": "030", "205": "030",
}  # fmt: skip
MEMORY: Final = 4096  # data blocks among which an exact repeat is known as one

Editions = tuple[tuple[str, str], ...]


class Said(NamedTuple):
    """What one record says, in plain numbers (NaN, "" or -1 where it does not).

    kind  of what place is: polar range [m], azimuth [rad] of the sensor; bearing NaN, azimuth;
    geodetic latitude, longitude [rad]; local east, north [m] of the sensor; service, status: none
    el_rad elevation   sd  1-sigma of place and third coordinate, and of the rate   origin
    latitude, longitude of where a bearing begins   aside  why it is no detection, or how a
    sensor's status is not well
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
    climb_mps: float = NAN
    rate_mps: float = NAN
    number: int = -1
    address: str = ""
    callsign: str = ""
    message: int = 0
    sector_rad: float = NAN
    period_s: float = NAN
    test: bool = False
    kind: str = ""
    el_rad: float = NAN
    sd: tuple[float, float, float, float] = (NAN, NAN, NAN, NAN)
    origin: tuple[float, float] = (NAN, NAN)
    aside: str = ""


def records(path: Path, editions: Editions) -> Iterator[Said | Refused]:
    """Every record of a wanted category; damage and exact repeats set aside."""
    parts = (b for p in blocks.read(path) for b in _blocks(p))
    return read(parts, path.name, editions)


def read(
    parts: Iterable[blocks.Payload | Broken], name: str, editions: Editions
) -> Iterator[Said | Refused]:
    """Every record of a wanted category in these data blocks, however they came.

    name: of the file or connection, for a person
    """
    layouts = {int(category): layout(category, edition) for category, edition in editions}
    recent: dict[bytes, None] = {}
    for part in parts:
        if isinstance(part, Broken):
            yield refused(0, name, f"{name}: {part.where}", part.why, part.raw)
            continue
        spec = layouts.get(part.data[0])
        if spec is None:
            continue  # a category that nobody asked for
        received_ns, where = max(part.received_ns, 0), f"{name}: {part.where}"
        if part.data in recent:
            yield refused(received_ns, name, where, "repeated", part.data)
            continue
        recent[part.data] = None
        if len(recent) > MEMORY:
            del recent[next(iter(recent))]
        try:
            found = decode(part.data, spec)
        except WrongRecordError as e:
            yield refused(received_ns, name, where, f"category {spec.category}: {e}", part.data)
            continue
        for record in found:
            yield _said(spec.category, record, part)
            if spec.category == "205" and (second := others.conflicting(record)):
                yield _said(spec.category, second, part)


def _blocks(
    payload: blocks.Payload | Broken,
) -> Iterator[blocks.Payload | Broken]:
    return blocks.split(payload) if isinstance(payload, blocks.Payload) else iter([payload])


def _uint(record: Record, item: str, part: str = "") -> int:
    """An item, or a part of it, as a number; -1 where it is absent."""
    found: Any = record.get(item)
    if isinstance(found, list):
        found = next((v for v in found if isinstance(v, dict) and part in v), None)
    if isinstance(found, dict):
        found = found.get(part)
    return found if isinstance(found, int) else -1


def _signed(value: int, bits: int) -> float:
    """A two's-complement field, NaN where it is absent (-1)."""
    return NAN if value < 0 else float(value - (1 << bits) if value >> (bits - 1) else value)


def _text(value: int, letters: int = 8) -> str:
    """An ICAO six-bit text (Annex 10, volume IV, table 3-8)."""
    if value < 0:
        return ""
    codes = [value >> 6 * (letters - 1 - k) & 63 for k in range(letters)]
    return "".join(chr(c + 64) if 1 <= c <= 26 else chr(c) for c in codes if c).strip()


def _said(category: str, record: Record, part: blocks.Payload) -> Said:
    tod = TIMES.get(category, "140")
    at = record.get(tod, -1)
    if at < 0 and category == "021":
        at = _uint(record, "071")
    of = record.get("010")
    said = Said(
        category, (of["SAC"], of["SIC"]) if of else (-1, -1),
        at / 128.0 if at >= 0 else NAN, part.where, part.data, part.received_ns,
        part.time_of_day_s,
    )  # fmt: skip
    if category in others.STATUS:
        return said._replace(**others.status(category, record))
    if category in others.READERS:
        return said._replace(**others.READERS[category](record))
    if category == "034":
        sector, period = _uint(record, "020"), _uint(record, "041")
        return said._replace(
            message=_uint(record, "000"),
            sector_rad=sector * 2.0 * math.pi / 256.0 if sector >= 0 else NAN,
            period_s=period / 128.0 if period > 0 else NAN,
            kind="service",
        )
    reader = {"048": _from_048, "010": _from_010, "062": _from_062, "021": _from_021}[category]
    kind = "polar" if category in ("048", "010") else "geodetic"
    return reader(said._replace(kind=kind), record)


def _from_048(said: Said, record: Record) -> Said:
    """I048/040 range 1/256 NM and azimuth 360/65536 deg, /090 flight level 1/4, /110 height
    25 ft above the sea, /120 Doppler 1 m/s (away from the radar positive: assumed), /220
    address, /240 callsign, /161 track number."""
    polar, level, code, seen = (record.get(k) for k in ("040", "090", "070", "020"))
    high, track = record.get("110"), record.get("161")
    fl, squawk = NAN, -1
    if level and not level["V"] and not level["G"]:  # validated, and not garbled
        fl = _signed(level["FL"], 14) / 4.0
    if code and not code["V"] and not code["G"]:
        squawk = code["MODE3A"]
    address, named = record.get("220", -1), ""
    if address > 0 or squawk > 0:
        named = f"{address:06X}" if address > 0 else f"A{squawk:04o}"
    return said._replace(
        place=_polar(polar["RHO"] * M_PER_NM / 256.0, polar["THETA"]) if polar else (NAN, NAN),
        fl=fl, number=track["TRN"] if track else -1, address=named, rate_mps=_doppler(record),
        height_m=_signed(high["3DH"], 14) * 25.0 * M_PER_FT if high else NAN,
        callsign=_text(record.get("240", -1)),
        test=bool(seen) and (_uint(record, "020", "SIM") == 1 or _uint(record, "020", "TST") == 1),
    )  # fmt: skip


def _doppler(record: Record) -> float:
    """Radial speed [m/s] that the radar calculated, NaN where it has none or doubts it."""
    speed = record.get("120")
    found = speed.get("CAL") if speed else None
    return _signed(found["CAL"], 10) if found and not found["D"] else NAN


def _polar(r_m: float, theta: int) -> tuple[float, float]:
    return r_m, theta * 2.0 * math.pi / 65_536.0


def _from_010(said: Said, record: Record) -> Said:
    """I010/040 polar 1 m and 360/65536 deg, or /042 Cartesian 1 m about the sensor."""
    rho, theta = _uint(record, "040", "RHO"), _uint(record, "040", "TH")
    x, y = (_signed(_uint(record, "042", k), 16) for k in ("X", "Y"))
    place = _polar(float(rho), theta) if rho >= 0 else (math.hypot(x, y), math.atan2(x, y))
    address = _uint(record, "220")
    named = f"{address:06X}" if address > 0 else ""
    return said._replace(place=place, number=_uint(record, "161", "TRK"), address=named)


def _from_062(said: Said, record: Record) -> Said:
    """I062/105 WGS84 180/2^25 deg (edition 0.17: 180/2^23), /136 measured flight level 1/4,
    /185 velocity 1/4 m/s (0.17: /180 speed 2^-14 NM/s and heading), /380 address and
    callsign, /040 track number."""
    early = "185" not in record and "180" in record
    bits = 24 if early else 32
    unit = math.pi / 2 ** (23 if early else 25)
    lat, lon = (_signed(_uint(record, "105", k), bits) * unit for k in ("LAT", "LON"))
    vx, vy = (_signed(_uint(record, "185", k), 16) / 4.0 for k in ("VX", "VY"))
    if early:
        v = _uint(record, "180", "GSP") * M_PER_NM / 2**14
        a = _uint(record, "180", "HDG") * 2.0 * math.pi / 65_536.0
        vx, vy = v * math.sin(a), v * math.cos(a)
    address = _uint(record, "380", "ADR")
    return said._replace(
        place=(lat, lon), fl=_signed(_uint(record, "136"), 16) / 4.0, velocity=(vx, vy),
        number=_uint(record, "040", "TRN"), address=f"{address:06X}" if address > 0 else "",
        callsign=_text(_uint(record, "380", "ID")),
    )  # fmt: skip


def _from_021(said: Said, record: Record) -> Said:
    """I021/131 WGS84 180/2^30 deg, /130 180/2^23 deg, /140 geometric height 6.25 ft,
    /145 flight level 1/4, /160 ground speed 2^-14 NM/s and track angle, /157 geometric or
    /155 barometric climb 6.25 ft/min, /161 track number, /080 address, /170 callsign."""
    fine = "131" in record
    item, bits = ("131", 32) if fine else ("130", 24)
    unit = math.pi / 2 ** (30 if fine else 23)
    lat, lon = (_signed(_uint(record, item, k), bits) * unit for k in ("LAT", "LON"))
    address, speed = _uint(record, "080"), _uint(record, "160", "GS")
    v = speed * M_PER_NM / 2**14 if speed >= 0 and _uint(record, "160", "RE") != 1 else NAN
    a = _uint(record, "160", "TA") * 2.0 * math.pi / 65_536.0
    climb = _signed(_uint(record, "157", "GVR"), 15)
    climb = climb if math.isfinite(climb) else _signed(_uint(record, "155", "BVR"), 15)
    return said._replace(
        velocity=(v * math.sin(a), v * math.cos(a)), climb_mps=climb * 6.25 * M_PER_FT / 60.0,
        number=_uint(record, "161", "TRNUM"),
        test=_uint(record, "040", "SIM") == 1 or _uint(record, "040", "TST") == 1,
        place=(lat, lon), fl=_signed(_uint(record, "145"), 16) / 4.0,
        height_m=_signed(_uint(record, "140"), 16) * 6.25 * M_PER_FT,
        address=f"{address:06X}" if address > 0 else "", callsign=_text(_uint(record, "170")),
    )  # fmt: skip


def absurd(said: Said) -> str:
    """Why a record cannot be of the edition that it was read with; "" when it can."""
    if math.isfinite(said.tod_s) and said.tod_s >= DAY_S + 1.0:
        return f"time of day {said.tod_s:.0f} s"
    if math.isfinite(said.fl) and not FL_LOW <= said.fl <= FL_HIGH:
        return f"flight level {said.fl:.0f}"
    if said.kind == "geodetic":
        lat, lon = (math.degrees(v) for v in said.place)
        if abs(lat) > 90.0 or abs(lon) > 180.0:
            return f"latitude {lat:.0f} deg, longitude {lon:.0f} deg"
    return ""


def probed(
    items: Iterator[Said | Refused], path: Path, editions: Editions
) -> Iterator[Said | Refused]:
    """The same items, once the first of them are seen to be of the stated edition."""
    first: list[Said | Refused] = []
    seen: dict[str, list[str]] = {}
    for item in items:
        first.append(item)
        if isinstance(item, Said):
            seen.setdefault(item.category, []).append(absurd(item))
        elif item.why.startswith("category "):
            seen.setdefault(item.why[9:12], []).append(item.why)
        if sum(len(v) for v in seen.values()) >= PROBE:
            break
    known = dict(editions)
    for category, verdicts in sorted(seen.items()):
        bad = [v for v in verdicts if v]
        if len(bad) >= 2 and 3 * len(bad) > len(verdicts):
            raise SourceError(
                f"{path}: category {category} does not read as edition {known[category]}: "
                f"{len(bad)} of {len(verdicts)} records are out of range ({bad[0]}); "
                "set the edition of this source in its settings"
            )
    if not any(isinstance(i, Said) for i in first):
        wanted = ", ".join(known)
        raise SourceError(f"{path}: no ASTERIX record of category {wanted} in it")
    yield from chain(first, items)
