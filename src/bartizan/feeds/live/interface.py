"""What a live feed is: the interface that built-in feeds and third parties' share.

In: nothing.  Out: the nouns.  Does not: open anything.

A live feed is a function `(Opening) -> iterator of Scan | Refused` that blocks while
nothing comes.  The service runs each in a thread of its own and stops it by `port.stop`,
which the feed looks at at least twice a second.  A feed reads no clock but `port.now_ns`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, Final, NamedTuple

from bartizan.types import Refused, Scan, Site
from bartizan.units import NS_PER_S, ns_from_s

WAKE_S: Final = 0.2  # how long a feed blocks before it looks at `stop` again
STALE_PERIODS: Final = 3.0  # of a sensor without a word: assumed
LOST_PERIODS: Final = 10.0


class Health(StrEnum):
    """How a feed's source is."""

    WAITING = "waiting"  # nothing has come yet
    FRESH = "fresh"
    STALE = "stale"  # longer silent than it should be
    LOST = "lost"  # disconnected, or silent for long


class Status(NamedTuple):
    """A change of health, or of what there is to say of it.

    feed: the entry's name   sensor: the site's sensor, "" the whole feed   scans, refused:
    how many since the start
    """

    t_ns: int
    feed: str
    sensor: str
    health: Health
    why: str
    scans: int
    refused: int


class Port(NamedTuple):
    """What the service lends a feed: a clock [ns UTC], when to stop, whom to tell."""

    now_ns: Callable[[], int]
    stop: threading.Event
    tell: Callable[[Status], None]


class Opening(NamedTuple):
    """All that a feed is started with.  name: of its entry; params: its own settings; sensors:
    those of the site that the entry names."""

    name: str
    site: Site
    params: Any
    port: Port
    sensors: tuple[str, ...] = ()


Live = Callable[[Opening], Iterator[Scan | Refused]]


class Pulse:
    """Keeps one sensor's health and counts, and tells of each change once."""

    def __init__(self, opening: Opening, sensor: str, period_s: float) -> None:
        """period_s: how often at the least something should come."""
        self._o, self._sensor = opening, sensor
        self._stale_ns = ns_from_s(max(STALE_PERIODS * period_s, 1.0))
        self._lost_ns = ns_from_s(max(LOST_PERIODS * period_s, 5.0))
        self._heard_ns = -1
        self.health = Health.WAITING
        self.scans = self.refused = 0

    def heard(self, item: Scan | Refused) -> None:
        """Something came."""
        if isinstance(item, Refused):
            self.refused += 1
            return
        self.scans += 1
        self.alive()

    def alive(self, why: str = "") -> None:
        """A sign of life, with or without a scan."""
        self._heard_ns = self._o.port.now_ns()
        self._turn(Health.FRESH, why)

    def lost(self, why: str) -> None:
        """It is known to be gone."""
        self._turn(Health.LOST, why)

    def check(self) -> None:
        """Looks at the clock."""
        if self._heard_ns < 0 or self.health == Health.LOST:
            return
        quiet_ns = self._o.port.now_ns() - self._heard_ns
        if quiet_ns > self._lost_ns:
            self._turn(Health.LOST, f"silent for {quiet_ns / NS_PER_S:.1f} s")
        elif quiet_ns > self._stale_ns:
            self._turn(Health.STALE, f"silent for {quiet_ns / NS_PER_S:.1f} s")

    def _turn(self, health: Health, why: str) -> None:
        if health == self.health:
            return
        self.health = health
        t_ns = self._o.port.now_ns()
        said = Status(t_ns, self._o.name, self._sensor, health, why, self.scans, self.refused)
        self._o.port.tell(said)


class Pulses:
    """The health of every sensor of a feed, by row of the site."""

    def __init__(self, opening: Opening, sensors: tuple[str, ...]) -> None:
        """sensors: names of the site's sensors that the feed gives scans of."""
        names = opening.site.sensor_names
        rows = [names.index(s) for s in sensors]
        periods = opening.site.sensors.period_s
        self.of = {r: Pulse(opening, names[r], float(periods[r])) for r in rows}
        self.other = Pulse(opening, "", 1.0)

    def heard(self, item: Scan | Refused) -> Scan | Refused:
        """Counts one item and hands it on."""
        row = item.sensor if isinstance(item, Scan) else -1
        self.of.get(row, self.other).heard(item)
        return item

    def check(self) -> None:
        """Looks at the clock for all."""
        for p in self.of.values():
            p.check()

    def lost(self, why: str) -> None:
        """The connection is gone."""
        for p in (*self.of.values(), self.other):
            p.lost(why)
