"""A simulated raid as a live source: in step with the clock, its effectors heeding the watch.

In: a site, a raid, effectors, a seed, the clock.  Out: scans at their time; a score.
Does not: reach a live line by itself: the service gives it one of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from bartizan import sim
from bartizan.campaign.crew import CREWS
from bartizan.campaign.play import STEP_S
from bartizan.campaign.umpire import Umpire
from bartizan.sim.spec import Effector, Raid
from bartizan.types import Event, Output, Scan, Site
from bartizan.units import NS_PER_S


class Exercise:
    """One raid after the other (`rounds`), each from the moment at which it begins."""

    def __init__(
        self, site: Site, raid: Raid, effectors: tuple[Effector, ...], seed: int,
        clock: Callable[[], int], *, rounds: int = 1, pause_s: float = 30.0,
    ) -> None:  # fmt: skip
        """clock: UTC [ns]; the raid's own date is replaced by it."""
        self.name = raid.name
        self._site, self._raid, self._effectors, self._seed = site, raid, effectors, seed
        self._clock, self._rounds, self._pause_s = clock, rounds, pause_s
        self._heard: Output | None = None
        self._lock = threading.Lock()
        self._world: sim.SimState | None = None
        self._umpire: Umpire | None = None
        self.events: list[Event] = []
        self._aside = threading.Event()

    def give_way(self, aside: bool) -> None:
        """Its attackers leave the picture at once, other traffic goes on; or the next round."""
        if aside:
            self._aside.set()
        else:
            self._aside.clear()

    def items(self) -> Iterator[Scan]:
        """The scans, each given out when the clock has come to its time.

        Between two rounds, and while it gives way, the other traffic flies on alone: the
        sensors go on looking.
        """
        k = 0
        while k < self._rounds:
            if self._aside.is_set():
                yield from self._round(self._seed + k, quiet=True)
            yield from self._round(self._seed + k, quiet=False)
            if self._aside.is_set():
                continue
            k += 1
            if k < self._rounds:
                yield from self._round(self._seed + k, quiet=True)

    def _round(self, seed: int, *, quiet: bool) -> Iterator[Scan]:
        """One raid; quiet: for pause_s, or as long as it gives way, without its attackers."""
        raid = self._raid._replace(t0_ns=self._clock())
        end_ns = raid.t0_ns + round(raid.duration_s * NS_PER_S)
        if quiet:
            raid = raid._replace(groups=tuple(g for g in raid.groups if not g.hostile))
            end_ns = raid.t0_ns + round(self._pause_s * NS_PER_S)
        world = sim.start(self._site, raid, self._effectors, seed)
        with self._lock:
            rows = np.flatnonzero(world.fleet.hostile)
            self._umpire = Umpire(raid, rows, CREWS["none"], seed)
            self.events = []
        while self._goes_on(quiet, world.t_ns < end_ns):
            world, scans, events = sim.step(world, STEP_S)
            for scan in scans:
                self._wait(scan.t_ns)
                yield scan
            self._wait(world.t_ns)
            with self._lock:
                heard, self._heard = self._heard, None
                if heard is not None:
                    world, shots = sim.engage(world, heard.picture, heard.threats, heard.watch)
                    events = events + shots
                self._world = world
                self.events += events

    def _goes_on(self, quiet: bool, early: bool) -> bool:
        """A raid breaks off to give way; a quiet round lasts until it need not any more."""
        aside = self._aside.is_set()
        return aside or early if quiet else early and not aside

    def _wait(self, until_ns: int) -> None:
        while (ahead := until_ns - self._clock()) > 0:
            time.sleep(min(ahead / NS_PER_S, 0.1))

    def see(self, output: Output) -> None:
        """An output of its line: simulated effectors react, the umpire compares."""
        with self._lock:
            self._heard = output
            if self._world is not None and self._umpire is not None:
                self._umpire.see(output, self._world)

    def score(self) -> dict[str, object]:
        """How the raid that is, or was last, ended by the truth."""
        with self._lock:
            if self._world is None or self._umpire is None:
                return {}
            s = sim.score(self._world)
            return s._asdict() | {
                "first_detection_s": self._umpire.first_detection_s,
                "first_alarm_s": self._umpire.first_alarm_s,
                "false_alarms": self._umpire.false_alarms(),
            }
