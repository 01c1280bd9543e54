"""ADS-B: Mode S frames through rs1090, or reports that someone has decoded already.

In: a table (time, frame, ...), a Beast binary stream, or a JSON table of reports.
Out: one scan a position, in the site's frame, with who says so.
Does not: believe a position; the picture does that against independent sensors.

Ref: ICAO Doc 9871 / DO-260B (frames, CPR pairs) as rs1090 decodes them; the Beast format
as dump1090 documents it (12 MHz counter).
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from bartizan.errors import SourceError
from bartizan.feeds.adsb.said import Aircraft, Heard, Said, as_scan, learn, position, wrong
from bartizan.feeds.order import late_s, order
from bartizan.feeds.reports import NAN, refused
from bartizan.types import Refused, Scan, Site
from bartizan.units import (
    M_PER_FT,
    NS_PER_S,
    ns_from_iso,
    ns_from_s,
)

BEAST_HZ: Final = 12_000_000  # the receiver's counter
BEAST: Final = {
    0x31: 2,
    0x32: 7,
    0x33: 14,
}  # Mode A/C, Mode S short, Mode S long: bytes
HEX: Final = frozenset("0123456789abcdefABCDEF")
MEMORY: Final = 4096  # frames among which an exact repeat is known as one
LATEST_S: Final = 4e9  # Unix seconds, the year 2096


class AdsbParams(NamedTuple):
    """Settings of the feed.

    sensor  the site's sensor that received   day  UTC time of the first counter tick of a
    Beast stream   height_sd_m  where only the barometric height and the geoid are known:
    assumed   hold_s  how long a scan waits for older ones   stale_s  a position that its
    source has not renewed for this long is a repeat
    """

    sensor: str = "adsb"
    day: str = "1970-01-01"
    height_sd_m: float = 150.0
    hold_s: float = 2.0
    stale_s: float = 0.5


def feed(path: Path, site: Site, params: AdsbParams) -> Iterator[Scan | Refused]:
    """Scans of one recording in order of time, and every frame that was set aside.

    Raises SourceError when the file cannot be read, or holds no position at all.
    """
    if params.sensor not in site.sensor_names:
        raise SourceError(f"{path}: sensor {params.sensor!r} is not declared at {site.name}")
    return order(_scans(path, site, params), params.hold_s, late_s(site))


def listed(path: Path, options: Mapping[str, str]) -> Iterator[str | Refused]:
    """The type of each frame or report of a recording, wrong ones set aside."""
    import rs1090

    if path.name.endswith((".json.gz", ".json")):
        for said in _table(path, 0.0, AdsbParams(stale_s=math.inf)):
            yield said if isinstance(said, Refused) else "report"
        return
    for item in _beast(path, AdsbParams()) if path.suffix == ".bin" else _csv(path):
        if isinstance(item, Refused):
            yield item
            continue
        why = wrong(item)
        if why:
            yield _aside(path, item.t_ns, item.where, why, item.frame.encode())
            continue
        m = cast(dict[str, Any] | None, rs1090.decode(item.frame)) or {}
        bds = f", register {m['bds']}" if m.get("bds") else ""
        yield f"DF{int(item.frame[:2], 16) >> 3}{bds}"


def _scans(path: Path, site: Site, params: AdsbParams) -> Iterator[Scan | Refused]:
    if path.name.endswith((".json.gz", ".json")):
        said = _table(path, site.geoid_m, params)
    else:
        heard = _beast(path, params) if path.suffix == ".bin" else _csv(path)
        said = _decoded(heard, path, site, params)
    any_position = False
    row = site.sensor_names.index(params.sensor)
    for item in said:
        if isinstance(item, Said):
            any_position = True
            yield as_scan(item, row, site)
        else:
            yield item
    if not any_position:
        raise SourceError(f"{path}: no position in it (DF17 or DF18 with CPR pairs expected)")


def _aside(path: Path, t_ns: int, where: str, why: str, raw: bytes) -> Refused:
    return refused(t_ns, "adsb", f"{path.name}:{where}", why, raw)


def _csv(path: Path) -> Iterator[Heard | Refused]:
    """Rows of (Unix time, frame, ...) or (Unix time, address, frame, ...), no header."""
    try:
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    t_ns = 0
    for line, text in enumerate(lines, 1):
        raw = text.encode()
        try:
            cells = next(csv.reader([text]), [])
        except csv.Error:
            cells = []
        frame = next((c for c in cells[1:] if len(c) in (14, 28) and HEX.issuperset(c)), "")
        try:
            t_s = float(cells[0]) if cells else NAN
        except ValueError:
            t_s = NAN
        if not math.isfinite(t_s) or not 0.0 <= t_s < LATEST_S:
            if raw:
                yield _aside(path, t_ns, str(line), "no time in the first column", raw)
        elif not frame:
            yield _aside(path, t_ns, str(line), "no frame of 14 or 28 hexadecimal digits", raw)
        else:
            t_ns = ns_from_s(t_s)
            yield Heard(t_ns, frame, str(line))


def _beast(path: Path, params: AdsbParams) -> Iterator[Heard | Refused]:
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    start_ns, first, at, t_ns = ns_from_iso(params.day), -1, 0, 0
    while at < len(data):
        where = f"byte {at}"
        size = BEAST.get(data[at + 1], 0) if data[at] == 0x1A and at + 1 < len(data) else 0
        if not size:
            after = data.find(b"\x1a", at + 1)
            after = after if after > 0 else len(data)
            yield _aside(path, t_ns, where, "no Beast frame here", data[at:after])
            at = after
            continue
        body, at = _unescaped(data, at + 2, 7 + size)
        if len(body) < 7 + size:
            yield _aside(path, t_ns, where, "the frame is cut short", bytes(body))
            continue
        count = int.from_bytes(body[:6], "big")
        first = count if first < 0 else first
        t_ns = start_ns + (count - first) * NS_PER_S // BEAST_HZ
        if size > 2:
            yield Heard(t_ns, bytes(body[7:]).hex(), where)


def _unescaped(data: bytes, at: int, size: int) -> tuple[bytearray, int]:
    """`size` bytes from `at` on, a doubled 0x1a read as one; stops at a lone one."""
    body = bytearray()
    while len(body) < size and at < len(data):
        if data[at] == 0x1A:
            if at + 1 >= len(data) or data[at + 1] != 0x1A:
                break
            at += 1
        body.append(data[at])
        at += 1
    return body, at


def _decoded(
    heard: Iterator[Heard | Refused], path: Path, site: Site, params: AdsbParams
) -> Iterator[Said | Refused]:
    """Positions from frames; wrong parity, and positions without their pair, set aside."""
    planes: dict[str, Aircraft] = {}
    good: list[Heard] = []
    before: dict[str, Heard] = {}
    for item in heard:
        if isinstance(item, Refused):
            yield item
            continue
        why = wrong(item)
        if why:
            yield _aside(path, item.t_ns, item.where, why, item.frame.encode())
            continue
        if repeats(item, before):
            yield _aside(path, item.t_ns, item.where, "repeated", item.frame.encode())
            continue
        good.append(item)
    # All at once: a position needs the frames before it, and a file is small enough.
    yield from _positions(good, path, planes, site, params)


def repeats(item: Heard, before: dict[str, Heard]) -> bool:
    """Whether the same frame came within the last second (a second receiver's copy)."""
    last = before.get(item.frame)
    before[item.frame] = item
    if len(before) > MEMORY:
        for key in [k for k, h in before.items() if item.t_ns - h.t_ns > NS_PER_S]:
            del before[key]
    return last is not None and item.t_ns - last.t_ns < NS_PER_S


def _positions(
    good: list[Heard],
    path: Path,
    planes: dict[str, Aircraft],
    site: Site,
    params: AdsbParams,
) -> Iterator[Said | Refused]:
    import rs1090

    mine = [h for h in good if int(h.frame[:2], 16) >> 3 in (17, 18)]
    where = {(h.frame.lower(), round(h.t_ns / 1000)): h for h in mine}
    messages = cast(
        list[dict[str, Any]],
        rs1090.decode([h.frame for h in mine], [h.t_ns / NS_PER_S for h in mine]),
    )
    for m in messages:
        h = where[m["frame"], round(m["timestamp"] * 1e6)]
        icao = m.get("icao24", "")
        planes[icao] = plane = learn(planes.get(icao, Aircraft()), m, h.t_ns)
        if m.get("bds") not in ("05", "06"):
            continue
        if "latitude" not in m or m["latitude"] is None:
            why = "its position needs another frame, which has not come"
            yield _aside(path, h.t_ns, h.where, why, h.frame.encode())
            continue
        yield position(m, h, plane, site.geoid_m, params.height_sd_m)


def _table(path: Path, geoid_m: float, params: AdsbParams) -> Iterator[Said | Refused]:
    """Reports that are decoded already: columns of {row: value}, as pandas writes them."""
    try:
        raw = path.read_bytes()
        text = gzip.decompress(raw) if path.suffix == ".gz" else raw
        columns = json.loads(text)
        index = list(columns["timestamp"])
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e
    except (ValueError, EOFError, zlib.error, KeyError, TypeError) as e:
        raise SourceError(f"{path}: not a JSON table with a timestamp column ({e})") from e
    for key in index:
        line = {name: _cell(column, key) for name, column in columns.items()}
        t, lat, lon = (_finite(line.get(c)) for c in ("timestamp", "latitude", "longitude"))
        where, text_of = f"row {key}", json.dumps(line, default=str).encode()
        if not (0.0 <= t < 1000.0 * LATEST_S and abs(lat) <= 90.0 and abs(lon) <= 360.0):
            yield _aside(path, 0, where, "no finite time and position", text_of)
            continue
        t_ns = int(t) * 1_000_000
        since = _finite(line.get("last_position"))
        age_s = (t - since) / 1000.0 if math.isfinite(since) else 0.0
        if age_s > params.stale_s:
            why = "repeated: the position has not been renewed"
            yield _aside(path, t_ns, where, why, text_of)
            continue
        known = {k: v for k, v in line.items() if isinstance(v, str) or math.isfinite(_finite(v))}
        plane = learn(Aircraft(), known, t_ns)
        height = _finite(line.get("altitude")) * M_PER_FT + geoid_m
        yield Said(
            t_ns, str(known.get("icao24") or "").upper(), lat, lon, height,
            params.height_sd_m, plane.velocity, plane.callsign, where,
        )  # fmt: skip


def _cell(column: Any, key: str) -> Any:
    return column.get(key) if isinstance(column, dict) else None


def _finite(value: Any) -> float:
    """A number as it is, NaN for everything else."""
    return float(value) if isinstance(value, (int, float)) else NAN
