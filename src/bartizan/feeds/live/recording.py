"""A recording, or a run's journal, as if it came in now: its times moved to the clock's.

In: a path, and what its feed takes.  Out: scans, each when it is due.  Does not: play on its
own into a live picture (the configuration asks for an exercise), or begin again at its end.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds import FEEDS
from bartizan.feeds.live.interface import WAKE_S, Opening, Pulses
from bartizan.feeds.reports import refused, shifted
from bartizan.journal import Reader
from bartizan.types import Refused, Scan, Site
from bartizan.units import NS_PER_S

JOURNAL: Final = "journal"


class RecordingParams(NamedTuple):
    """path   feed: the one of `FEEDS` that reads it, or "journal"   params: that feed's own"""

    path: Path
    feed: str
    params: Any = None


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """The recording's scans.  Raises InputError, SourceError or JournalError when it cannot be
    read at this site."""
    params: RecordingParams = opening.params
    port, site = opening.port, opening.site
    if params.feed == JOURNAL:
        items = _journal(params.path, site)
    else:
        items = FEEDS[params.feed](params.path, site, params.params)
    pulses = Pulses(opening, site.sensor_names)
    by_ns: int | None = None
    for item in items:
        if isinstance(item, Refused):
            yield pulses.heard(item)
            continue
        if by_ns is None:
            by_ns = port.now_ns() - item.t_ns
        while (wait_ns := item.t_ns + by_ns - port.now_ns()) > 0 and not port.stop.is_set():
            pulses.check()
            port.stop.wait(min(WAKE_S, wait_ns / NS_PER_S))
        if port.stop.is_set():
            return
        yield pulses.heard(shifted(item, by_ns))
    pulses.lost("the recording is over")


def _journal(path: Path, site: Site) -> Iterator[Scan | Refused]:
    """The scans that a run took in, by the names of its sensors."""
    with Reader(path) as run:
        theirs = run.meta.site
        if theirs.origin != site.origin:
            raise InputError(f"{path}: a journal of {theirs.name}, whose axes are not this site's")
        rows = {k: site.sensor_names.index(n) for k, n in enumerate(theirs.sensor_names)
                if n in site.sensor_names}  # fmt: skip
        for k, scan in enumerate(run.scans(), 1):
            if not len(scan.z) and scan.look[3] == 0.0:
                continue  # a step of the watch's own, which looked nowhere
            if scan.sensor in rows:
                yield scan._replace(sensor=rows[scan.sensor])
                continue
            why = f"sensor {theirs.sensor_names[scan.sensor]!r} is not declared at {site.name}"
            yield refused(scan.t_ns, JOURNAL, f"{path.name}: scan {k}", why, b"")
