"""ADS-B as it comes from a receiver over TCP: Beast, AVR, SBS or readsb's JSON.

In: an address and a format.  Out: one scan a position.  Does not: believe a position, or
the receiver's clock: the time of reception counts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

from bartizan.errors import InputError
from bartizan.feeds.adsb.said import Aircraft, Heard, Said, as_scan, learn, position, wrong
from bartizan.feeds.adsb.wire import Framer, Junk, Reported
from bartizan.feeds.live.interface import Opening, Pulses
from bartizan.feeds.live.sockets import Address, Gone, stream
from bartizan.feeds.reports import refused
from bartizan.types import Refused, Scan, Site
from bartizan.units import NS_PER_S, ns_from_s

PAIR_NS: Final = 10 * NS_PER_S  # the other half of a CPR pair may be so old (Doc 9871)
REPEAT_NS: Final = NS_PER_S  # the same frame within this is a second receiver's copy
FORGET_NS: Final = 300 * NS_PER_S  # of an aircraft that says nothing more: assumed
OLD_S: Final = 10.0  # a report whose position was received longer ago is not renewed: assumed
GEOMETRIC_SD_M: Final = 25.0  # 25 ft steps and timing: assumed


class AdsbTcpParams(NamedTuple):
    """sensor: the site's   at: the receiver's server   format: beast, avr, sbs or json
    height_sd_m: of a barometric height: assumed"""

    sensor: str
    at: Address
    format: str = "beast"
    height_sd_m: float = 150.0


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of a receiver's stream.  Raises InputError when the sensor is not the site's."""
    params: AdsbTcpParams = opening.params
    if params.sensor not in opening.site.sensor_names:
        raise InputError(f"feed {opening.name}: sensor {params.sensor!r} is not declared")
    pulses = Pulses(opening, (params.sensor,))
    framer, decoder = Framer(params.format), Decoder(opening.site, params, opening.name)
    for item in stream(params.at, opening.port):
        pulses.check()
        if item is None:
            continue
        if isinstance(item, Gone):
            pulses.lost(item.why)
            framer = Framer(params.format)
            continue
        t_ns, data = item
        for one in decoder.take(t_ns, list(framer.feed(data))):
            yield pulses.heard(one)


class Decoder:
    """Frames of a stream, in the order they come, to positions: what each aircraft said
    before is remembered."""

    def __init__(self, site: Site, params: AdsbTcpParams, name: str) -> None:
        self._site, self._params, self._name = site, params, name
        self._row = site.sensor_names.index(params.sensor)
        self._planes: dict[str, Aircraft] = {}
        self._halves: dict[tuple[str, str], Heard] = {}
        self._before: dict[str, int] = {}
        self._said_ns: dict[str, int] = {}
        self._swept_ns = 0

    def take(self, t_ns: int, items: list[str | Reported | Junk]) -> Iterator[Scan | Refused]:
        """What came together at t_ns [ns]."""
        self._sweep(t_ns)
        fresh: list[Heard] = []
        for k, item in enumerate(items):
            if isinstance(item, Junk):
                yield self._aside(t_ns, item.why, item.raw)
            elif isinstance(item, Reported):
                yield self._reported(t_ns, item)
            else:
                # a microsecond apart, so that each message finds its frame again
                h = Heard(t_ns + 1000 * k, item, self._name)
                why = wrong(h) or ("repeated" if self._again(h) else "")
                if why:
                    yield self._aside(t_ns, why, item.encode())
                elif int(item[:2], 16) >> 3 in (17, 18):
                    fresh.append(h)
        if fresh:
            yield from self._decoded(fresh)

    def _again(self, h: Heard) -> bool:
        before = self._before.get(h.frame, -REPEAT_NS)
        self._before[h.frame] = h.t_ns
        return h.t_ns - before < REPEAT_NS

    def _sweep(self, t_ns: int) -> None:
        if t_ns - self._swept_ns < REPEAT_NS:
            return
        self._swept_ns = t_ns
        self._before = {f: t for f, t in self._before.items() if t_ns - t < REPEAT_NS}
        self._halves = {k: h for k, h in self._halves.items() if t_ns - h.t_ns < PAIR_NS}
        self._said_ns = {k: t for k, t in self._said_ns.items() if t_ns - t < FORGET_NS}
        self._planes = {k: p for k, p in self._planes.items() if k in self._said_ns}

    def _decoded(self, fresh: list[Heard]) -> Iterator[Scan | Refused]:
        import rs1090

        mine = {h.frame[2:8] for h in fresh}
        context = [h for (icao, _), h in self._halves.items() if icao in mine]
        heard = sorted([*context, *fresh], key=lambda h: h.t_ns)
        where = {(h.frame, round(h.t_ns / 1000)): h for h in heard}
        new = {id(h) for h in fresh}
        messages = cast(
            list[dict[str, Any]],
            rs1090.decode([h.frame for h in heard], [h.t_ns / NS_PER_S for h in heard]),
        )
        for m in messages:
            h = where.get((m["frame"], round(m["timestamp"] * 1e6)))
            if h is None or id(h) not in new:
                continue
            icao = str(m.get("icao24", ""))
            plane = learn(self._planes.get(icao, Aircraft()), m, h.t_ns)
            self._planes[icao], self._said_ns[icao] = plane, h.t_ns
            if m.get("bds") not in ("05", "06"):
                continue
            self._halves[h.frame[2:8], str(m.get("parity"))] = h
            if m.get("latitude") is None:
                why = "its position needs another frame, which has not come"
                yield self._aside(h.t_ns, why, h.frame.encode())
                continue
            said = position(m, h, plane, self._site.geoid_m, self._params.height_sd_m)
            yield as_scan(said, self._row, self._site)

    def _reported(self, t_ns: int, r: Reported) -> Scan | Refused:
        if not (abs(r.lat_deg) <= 90.0 and abs(r.lon_deg) <= 180.0):
            return self._aside(t_ns, f"latitude {r.lat_deg:g}, longitude {r.lon_deg:g}", b"")
        if not 0.0 <= r.age_s <= OLD_S:
            return self._aside(t_ns, "repeated: the position has not been renewed", b"")
        height = r.height_m + (self._site.geoid_m if r.barometric else 0.0)
        sd = self._params.height_sd_m if r.barometric else GEOMETRIC_SD_M
        v = r.velocity if math.isfinite(r.velocity[0]) else (math.nan,) * 3
        said = Said(
            t_ns - ns_from_s(r.age_s), r.icao, r.lat_deg, r.lon_deg, height, sd,
            (v[0], v[1], v[2]), r.callsign, self._name,
        )  # fmt: skip
        return as_scan(said, self._row, self._site)

    def _aside(self, t_ns: int, why: str, raw: bytes) -> Refused:
        return refused(t_ns, "adsb", self._name, why, raw)
