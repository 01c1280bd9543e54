"""What records of the rarer categories say: 015, 020, 205; 016, 063, 065, 240.

In: decoded records.  Out: the parts of `Said` that they fill.  Does not: know a site.

015 is a target of a system that needs no cooperation (a passive or staring radar, optics), 020
one that multilateration placed, 205 a bearing or a position of a radio direction finder.  016,
063, 065 and 240 (configuration, status of sensors and of their centre, radar video) hold no
target: they are signs of life, and 063 and 065 say how a sensor is.

Ref: EUROCONTROL SPEC-0149, parts 28 (015, 016), 14 (020), 29 (205), 10 (063), 15 (065), 26 (240).
"""

from __future__ import annotations

import math
from typing import Any, Final

from bartizan.feeds.asterix.codec import Record
from bartizan.feeds.reports import NAN
from bartizan.units import M_PER_FT, RAD_PER_DEG

P95_2D: Final = 2.448  # of a 95 % circle, in sigma; that the circle is one is assumed
STATUS: Final = ("016", "063", "065", "240")
NOT_CONNECTED: Final = "not connected"
ENDED: Final = "the end of a track, no detection"
GUESSED: Final = "an extrapolated position, no detection"
TURN16: Final = 2.0 * math.pi / 65_536.0
SD16: Final = 45.0 / 65_536.0 * RAD_PER_DEG


def signed(record: Any, bits: int, *path: str) -> float:
    """A two's-complement number in a record, NaN where it is absent."""
    value = number(record, *path)
    if value < 0:
        return NAN
    return float(value - (1 << bits) if value >> (bits - 1) else value)


def number(record: Any, *path: str) -> int:
    """A whole number in a record, -1 where it is absent."""
    found = record
    for name in path:
        if isinstance(found, list):
            found = next((v for v in found if isinstance(v, dict) and name in v), None)
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, int) else -1


def size(record: Any, unit: float, *path: str) -> float:
    """A positive number with its unit, NaN where it is absent or 0."""
    value = number(record, *path)
    return value * unit if value > 0 else NAN


def from_015(record: Record) -> dict[str, Any]:
    """I015/600 place 180/2^31 deg with its sigma 0.25 m, /601 height above the ellipsoid and
    sigma 0.01 m, /602 velocity over the ground and /604 climb 0.01 m/s; else /625 range 0.1 m,
    /627 azimuth 360/65536 deg, /628 elevation 180/65536 deg, their sigmas (45/65536 deg), range
    rate 0.1 m/s or /626 Doppler 0.01 m/s (away positive: assumed).  A bistatic range is the sum
    of two ways and is left out."""
    out: dict[str, Any] = {
        "number": number(record, "161"), "test": number(record, "020", "TTAX") > 0,
    }  # fmt: skip
    if number(record, "000", "MT") == 5:
        return out | {"aside": ENDED}
    if number(record, "170", "CSTP") == 1:
        return out | {"aside": GUESSED}
    unit = math.pi / 2**31
    lat, lon = (signed(record, 32, "600", "P84", k) * unit for k in ("LATITUDE", "LONGITUDE"))
    if math.isfinite(lat):
        sd = [size(record, 0.25, "600", "HPP", k) for k in ("SDHPX", "SDHPY")]
        velocity = tuple(signed(record, 20, "602", "HV", k) / 100.0 for k in ("X", "Y"))
        return out | {
            "kind": "geodetic", "place": (lat, lon), "velocity": velocity,
            "height_m": signed(record, 24, "601", "GH") / 100.0,
            "climb_mps": signed(record, 24, "604", "VV") / 100.0,
            "sd": (sd[0], sd[1], size(record, 0.01, "601", "SDGH"), NAN),
        }  # fmt: skip
    azimuth = number(record, "627", "AZ")
    if azimuth < 0:
        return out
    r, mono = signed(record, 24, "625", "R") * 0.1, number(record, "020", "MOMU") in (-1, 0)
    ranged = mono and math.isfinite(r)
    rate = signed(record, 24, "625", "RR") * 0.1
    rate = rate if math.isfinite(rate) else signed(record, 24, "626", "DV") / 100.0
    return out | {
        "kind": "polar" if ranged else "bearing", "place": (r if ranged else NAN, azimuth * TURN16),
        "el_rad": signed(record, 16, "628", "EL") * TURN16 / 2.0, "rate_mps": rate if mono else NAN,
        "sd": (size(record, 0.1, "625", "SDR"), size(record, SD16, "627", "SDASZ"),
               size(record, SD16, "628", "SDEL"), NAN),
    }  # fmt: skip


def from_020(record: Record) -> dict[str, Any]:
    """I020/041 WGS84 180/2^25 deg, else /042 Cartesian 0.5 m about the sensor (the system's
    reference point: assumed the same), /105 geometric height 6.25 ft, /090 flight level 1/4,
    /202 velocity 0.25 m/s, /500 sigmas 0.25 and 0.5 m, /161 track number, /220 address."""
    test = any(number(record, "020", k) == 1 for k in ("SIM", "TST", "RAB"))
    squawk = number(record, "070", "MODE3A")
    if number(record, "070", "V") == 1 or number(record, "070", "G") == 1:
        squawk = -1
    address = number(record, "220")
    fl = signed(record, 14, "090", "FL") / 4.0
    if number(record, "090", "V") == 1 or number(record, "090", "G") == 1:
        fl = NAN
    out: dict[str, Any] = {
        "number": number(record, "161", "TRN"), "test": test, "fl": fl,
        "address": f"{address:06X}" if address > 0 else f"A{squawk:04o}" if squawk > 0 else "",
        "height_m": signed(record, 16, "105") * 6.25 * M_PER_FT,
        "velocity": tuple(signed(record, 16, "202", k) / 4.0 for k in ("VX", "VY")),
        "sd": (size(record, 0.25, "500", "SDP", "X"), size(record, 0.25, "500", "SDP", "Y"),
               size(record, 0.5, "500", "SDH"), NAN),
    }  # fmt: skip
    if number(record, "170", "GHO") == 1:
        return out | {"aside": "a ghost track"}
    if number(record, "170", "CST") == 1:
        return out | {"aside": GUESSED}
    unit = math.pi / 2**25
    lat, lon = (signed(record, 32, "041", k) * unit for k in ("LAT", "LON"))
    if math.isfinite(lat):
        return out | {"kind": "geodetic", "place": (lat, lon)}
    x, y = (signed(record, 24, "042", k) * 0.5 for k in ("X", "Y"))
    return out | {"kind": "local", "place": (x, y)}


def from_205(record: Record) -> dict[str, Any]:
    """I205/000 what it is; positions (1, 3): /050 WGS84 180/2^25 deg, else /060 Cartesian 0.5 m
    about the sensor (as of 020), with /110 a radius of 100 m steps; bearings (2, 5): /070 from
    /050, else /080, 0.01 deg clockwise from geographic north, /200 elevation 0.01 deg."""
    kind = number(record, "000")
    unit = math.pi / 2**25
    lat, lon = (signed(record, 32, "050", k) * unit for k in ("LAT", "LON"))
    out: dict[str, Any] = {"number": number(record, "160")}
    if kind == 4:
        return out | {"aside": ENDED}
    if kind in (1, 3):
        radius = size(record, 100.0, "110") / P95_2D
        out["sd"] = radius, radius, NAN, NAN
        if math.isfinite(lat):
            return out | {"kind": "geodetic", "place": (lat, lon)}
        x, y = (signed(record, 24, "060", k) * 0.5 for k in ("X", "Y"))
        return out | {"kind": "local", "place": (x, y)}
    bearing = number(record, "070")
    bearing = bearing if bearing >= 0 else number(record, "080")
    if bearing < 0:
        return out
    return out | {
        "kind": "bearing", "place": (NAN, bearing * 0.01 * RAD_PER_DEG), "origin": (lat, lon),
        "el_rad": signed(record, 16, "200") * 0.01 * RAD_PER_DEG,
    }  # fmt: skip


def conflicting(record: Record) -> Record | None:
    """Of two transmitters at one time (category 205, I205/000 3) the record of the second:
    /130, /140 and /150 are what /050, /060 and /110 are of the first; the track is the first's."""
    if number(record, "000") != 3 or not {"130", "140"} & set(record):
        return None
    of_first = {"050", "060", "110", "160"}
    second = {k: v for k, v in record.items() if k not in of_first}
    named = {"130": "050", "140": "060", "150": "110"}
    return second | {now: record[item] for item, now in named.items() if item in record}


def status(category: str, record: Record) -> dict[str, Any]:
    """Whose status it is (063 speaks of another's), and why that is not well, "" when it is."""
    out: dict[str, Any] = {"kind": "status"}
    if category == "063":
        about = number(record, "050", "SAC"), number(record, "050", "SIC")
        said = number(record, "060", "CON")
        words = {1: "degraded", 2: "initialising", 3: NOT_CONNECTED}
        out |= {"source": about} if about[0] >= 0 else {}
        return out | {"aside": words.get(said, "")}
    if category == "065":
        words = {1: "degraded", 2: NOT_CONNECTED, 3: "in an unknown state"}
        return out | {"aside": words.get(number(record, "040", "NOGO"), "")}
    return out


READERS: Final = {"015": from_015, "020": from_020, "205": from_205}
