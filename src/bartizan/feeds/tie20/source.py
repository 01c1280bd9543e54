"""One sensor's table of a TIE20 recording: settings, rows in order of arrival.

In: a gzipped table.  Out: rows, or `Refused` for what is no row.
Does not: know what a radar or a radio sensor says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.feeds import tables
from bartizan.feeds.reports import Report, refused
from bartizan.frames import LocalFrame
from bartizan.types import Refused, Scan, Site
from bartizan.units import RAD_PER_DEG, ns_from_s

ARRIVED: Final = "total in seconds"


class Tie20Params(NamedTuple):
    """Settings of the feed; figures without a source are assumed.

    hold_s  how long a scan waits for older ones   turn_s  a radar report older than this
    at its message's end is handed over at its own time
    range_rate_sd_mps  of the radial part of a reported velocity; 0: not used
    beam_rad, beam_sd_rad  the 2-D radar's beam stands for the elevation that it does not
    measure; sd 0: elevation NaN
    support_rad, support_s  what the 3-D radar reports is handed on where a radio bearing
    of the last support_s agrees within support_rad: 99 % of it are birds and cars
    support_sure  confidence in the type that the radio names, for the report that it supports
    floor_dbsm, floor_score  what it reports below either is set aside;
    floor_score_alone  where the recording has no radio sensor that could support it
    large_db  a reflection over this, in the 2-D radar's own unit, is declared an aircraft:
    the drones reach 32, what else there is begins at 39, an aircraft at 4 km has 66;
    large_sure the confidence of that
    clock_s  (sensor, seconds) that a sensor's clock is ahead, where a person accepted it
    diana_bands  bands whose bearing is used   bearings  radio sensors whose bearings go
    on to the tracker (the others only support)
    radio_again_s  an unchanged bearing of one emitter is news again after this
    """

    hold_s: float = 12.0
    turn_s: float = 2.0
    range_rate_sd_mps: float = 5.0
    beam_rad: float = 5.0 * RAD_PER_DEG
    beam_sd_rad: float = 6.0 * RAD_PER_DEG
    support_rad: float = 8.0 * RAD_PER_DEG
    support_s: float = 10.0
    support_sure: float = 0.5
    floor_dbsm: float = -27.0
    floor_score: float = 0.2
    floor_score_alone: float = 0.9
    large_db: float = 35.0
    large_sure: float = 0.9
    clock_s: tuple[tuple[str, float], ...] = ()
    diana_bands: tuple[int, ...] = (1,)
    bearings: tuple[str, ...] = ("diana",)
    radio_again_s: float = 5.0


class Source(NamedTuple):
    """One sensor's table, its row of the site, and what is needed to place a report."""

    name: str
    path: Path
    row: int
    site: Site
    frame: LocalFrame
    params: Tie20Params

    def time_ns(self, text: str) -> int:
        """UTC of the sensor's own time; raises ValueError when it is none."""
        return tables.time_ns(text) - ns_from_s(dict(self.params.clock_s).get(self.name, 0.0))


class Message(NamedTuple):
    """One message of a radar, its end [ns] and its reports with the rows they stand in."""

    source: Source
    end_ns: int
    reports: tuple[tuple[Report, tables.Row], ...]


Item = Scan | Refused | Message


def aside(source: Source, t_ns: int, row: tables.Row | tables.Broken, why: str) -> Refused:
    """The row set aside, with its file and line."""
    return refused(t_ns, source.name, f"{source.path.name}:{row.line}", why, row.raw)


def arrivals(source: Source, needed: tuple[str, ...]) -> Iterator[tuple[int, tables.Row | Refused]]:
    """The table's rows with their time of arrival [ns]; never one before the last."""
    t_ns = 0
    for row in tables.rows(source.path, (ARRIVED, *needed)):
        if isinstance(row, tables.Broken):
            yield t_ns, aside(source, t_ns, row, row.why)
            continue
        try:
            t_ns = max(t_ns, tables.unix_ns(row.cells[ARRIVED]))
        except ValueError as e:
            yield t_ns, aside(source, t_ns, row, f"{ARRIVED}: {e}")
            continue
        yield t_ns, row
