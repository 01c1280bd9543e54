"""The incident record hears of an alarm by itself: one incident an alarm, drafted for a person.

In: outputs of the live line.  Out: incidents with tracks, alarm, warnings, postures as evidence.
Does not: confirm, link or word anything: that is for people; hear of drills.

The evidence is drawn from the journal as `bartizan incidents open` draws it: shortly after the
alarm, and again after the all clear, when what came meanwhile is tied too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import Queue
from typing import Final

from bartizan.errors import BartizanError
from bartizan.incidents import tie
from bartizan.incidents.record import changes
from bartizan.incidents.store import Store
from bartizan.journal import Reader
from bartizan.types import Event, EventKind, Output
from bartizan.units import NS_PER_S

BEFORE_NS: Final = 120 * NS_PER_S  # of the flow before the alarm that is looked at again; assumed
SETTLE_S: Final = 2.0  # from an alarm until its incident is drawn up: the warnings are out by then
HEARD: Final = (EventKind.ALARM, EventKind.ALL_CLEAR)
MOST: Final = 500  # latest incidents in which an alarm's own is looked for


class Opener:
    """A listener of the live line with a thread of its own; the flow never waits for it."""

    def __init__(
        self, folder: Path, clock: Callable[[], int], *, settle_s: float = SETTLE_S,
        told: Callable[[int, str], None] = lambda number, incident: None,
    ) -> None:  # fmt: skip
        """folder: of the watch's journal   told: hears each alarm's number and its incident"""
        self._folder, self._clock, self._settle_s, self._told = folder, clock, settle_s, told
        self.path = folder / "incidents.db"
        self.error = ""
        self._queue: Queue[tuple[int, int] | None] = Queue()
        self._done = threading.Event()
        self._raised_ns: dict[int, int] = {}
        self._thread = threading.Thread(target=self._work, name="incident record", daemon=True)
        self._thread.start()

    def see(self, output: Output) -> None:
        """One output of the live line."""
        self.hear(output.watch.events)

    def hear(self, events: Iterable[Event]) -> None:
        """Also those of a journal that is gone on from: what was told before a restart."""
        for e in events:
            if e.kind in HEARD:
                number = int(dict(e.data)["alarm"])
                raised = self._raised_ns.setdefault(number, e.t_ns)
                self._queue.put((number, raised))

    def close(self) -> None:
        """Ends it; what still waited is drawn up at the next start."""
        self._done.set()
        self._queue.put(None)
        self._thread.join(10.0)

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            if self._done.wait(self._settle_s):
                return
            try:
                self._told(asked[0], self._draw(*asked))
            except BartizanError as e:  # the watch goes on; the next alarm tries again
                self.error = str(e)

    def _draw(self, alarm: int, raised_ns: int) -> str:
        """Opens the alarm's incident, or ties what is new of it; -> its id."""
        (o,) = tie.from_run(self._folder, alarm, raised_ns - BEFORE_NS)
        with Store(self.path, write=True) as store:
            known = {i.title: i.id for i in store.incidents(limit=MOST)}
            name = known.get(o.incident.title)
            if name is None:
                return changes.opened(store, o.incident, o.evidence, tie.WHO, self._clock())
            changes.added_evidence(store, name, o.evidence, tie.WHO, self._clock())
            return name


def heard_before(folder: Path, since_ns: int) -> tuple[Event, ...]:
    """Alarms and all clears of a journal since a time: what an `Opener` may have missed."""
    with Reader(folder) as journal:
        return tuple(e for e in journal.events(since_ns) if e.kind in HEARD)
