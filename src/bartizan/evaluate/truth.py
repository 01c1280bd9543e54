"""Where the drones of a trial were, by their own logs: GPX, or CSV with a header.

In: files.  Out: each drone's places at whole seconds, in the site's frame.  Does not: judge a
log, or let a tracker near it.

GPX 1.0 and 1.1 (Topografix): every `trk` is a drone, of the name that it has, else the file's;
points without a time are left out.  CSV: a column of time (`time`, `timestamp`, `unix_s`, `utc`, in
seconds, milliseconds, microseconds or nanoseconds since 1970, or ISO 8601), of latitude and
longitude (`lat`, `latitude`, `latitude_deg`, `lon`, `lng`, ...; degrees), and, where it has several
drones, one of their names (`drone`, `id`, `name`).  Places between two rows at most 3 s apart
lie on the line between them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from lxml import etree

from bartizan.errors import SourceError
from bartizan.evaluate.recordings import CHAIN_S, Truth
from bartizan.frames import LocalFrame, enu_from_wgs84
from bartizan.units import NS_PER_S, RAD_PER_DEG, ns_from_iso, ns_from_s

_TIME: Final = ("time", "timestamp", "unix_s", "time_s", "utc", "time_utc", "datetime")
_LAT: Final = ("lat", "latitude", "latitude_deg", "lat_deg")
_LON: Final = ("lon", "lng", "long", "longitude", "longitude_deg", "lon_deg")
_NAME: Final = ("drone", "id", "name", "uas_id")
_UNITS: Final = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # from this on it is ns, us, ms
Fix = tuple[float, float, float]  # s since 1970, degrees, degrees


def read(paths: Sequence[Path], frame: LocalFrame) -> tuple[int, tuple[Truth, ...]]:
    """The start [ns], and for every drone t_s (n,) whole seconds from it and p (n, 2) [m] ENU.

    Raises SourceError naming the file, and the line or what is missing.
    """
    logs: dict[str, list[Fix]] = {}
    for path in paths:
        for name, fixes in (_gpx(path) if path.suffix.lower() == ".gpx" else _csv(path)).items():
            logs.setdefault(name, []).extend(fixes)
    start = int(np.floor(min(f[0] for fixes in logs.values() for f in fixes)))
    return ns_from_s(start), tuple(_drone(logs[name], start, frame) for name in sorted(logs))


def _drone(fixes: list[Fix], start: int, frame: LocalFrame) -> Truth:
    t, lat, lon = np.array(sorted(fixes)).T
    t, first = np.unique(t - start, return_index=True)
    p = enu_from_wgs84(
        frame, lat[first] * RAD_PER_DEG, lon[first] * RAD_PER_DEG, np.full(len(t), frame.hae_m)
    )
    s = np.arange(np.ceil(t[0]), np.floor(t[-1]) + 1.0)
    after = np.searchsorted(t, s)
    before = np.where(t[np.minimum(after, len(t) - 1)] == s, after, after - 1)
    s = s[t[after] - t[before] <= CHAIN_S]
    return Truth(s, np.stack([np.interp(s, t, p[:, 0]), np.interp(s, t, p[:, 1])], axis=1))


def _gpx(path: Path) -> dict[str, list[Fix]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.parse(path, parser).getroot()
    except (OSError, etree.XMLSyntaxError) as e:
        raise SourceError(f"{path}: not GPX ({e})") from e
    found: dict[str, list[Fix]] = {}
    for track in root.iterfind("{*}trk"):
        name = (track.findtext("{*}name") or path.stem).strip()
        for point in track.iterfind("{*}trkseg/{*}trkpt"):
            said = point.findtext("{*}time")
            if said:
                where = f"{path}: line {point.sourceline}"
                cells = said, point.get("lat", ""), point.get("lon", "")
                found.setdefault(name, []).append(_fix(*cells, where))
    if not found:
        raise SourceError(f"{path}: expected a trk with points that have a time")
    return found


def _csv(path: Path) -> dict[str, list[Fix]]:
    found: dict[str, list[Fix]] = {}
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = csv.DictReader(file)
            by = {c.strip().lower(): c for c in rows.fieldnames or ()}
            columns = []
            for what, names in (("time", _TIME), ("latitude", _LAT), ("longitude", _LON)):
                column = next((by[n] for n in names if n in by), None)
                if column is None:
                    expected = ", ".join(names)
                    raise SourceError(f"{path}: line 1: no column of {what}; expected {expected}")
                columns.append(column)
            named = next((by[n] for n in _NAME if n in by), None)
            for row in rows:
                name = (row[named] or "").strip() if named else path.stem
                cells = [row[c] or "" for c in columns]
                fix = _fix(cells[0], cells[1], cells[2], f"{path}: line {rows.line_num}")
                found.setdefault(name, []).append(fix)
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise SourceError(f"{path}: cannot be read as CSV ({e})") from e
    if not found:
        raise SourceError(f"{path}: no rows")
    return found


def _fix(time: str, lat: str, lon: str, where: str) -> Fix:
    try:
        here = float(lat), float(lon)
    except ValueError as e:
        raise SourceError(f"{where}: {lat!r}, {lon!r}: expected degrees") from e
    if not (abs(here[0]) <= 90.0 and abs(here[1]) <= 180.0):
        raise SourceError(f"{where}: {lat}, {lon}: expected degrees within 90 and 180")
    try:
        t_s = float(time)
        t_s /= next((unit for least, unit in _UNITS if abs(t_s) >= least), 1.0)
    except ValueError:
        try:
            t_s = ns_from_iso(time) / NS_PER_S
        except ValueError as e:
            why = f"{where}: {time!r}: expected a time since 1970 or in ISO 8601"
            raise SourceError(why) from e
    if not np.isfinite(t_s):
        raise SourceError(f"{where}: {time!r}: expected a finite time")
    return t_s, *here
