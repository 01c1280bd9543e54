"""Live sources: one thread a feed, that starts again when it breaks.

In: a function that opens a feed.  Out: its items into the service's queue; its health.
Does not: know what the items mean.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from queue import Full, Queue
from typing import Protocol

from bartizan.types import Output, Refused, Scan

FIRST_WAIT_S = 0.5  # before a broken feed is opened again; doubles...
LONGEST_WAIT_S = 30.0  # ...up to this; both assumed


class Listener(Protocol):
    """Something that is told every output: an outlet, or a drill whose effectors react."""

    def see(self, output: Output) -> None:
        """One step's output."""


class Source:
    """One feed in a thread of its own.

    open_feed gives an iterator that blocks until there is something; whatever it raises is
    kept as a refusal, and it is opened again after a while.
    """

    def __init__(self, name: str, open_feed: Callable[[], Iterator[Scan | Refused]]) -> None:
        """Nothing is opened yet."""
        self.name = name
        self.scans = self.refused = self.broke = self.overflowed = 0
        self.error = ""
        self.running = False
        self._open = open_feed
        self.stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, queue: Queue[Scan | Refused], now_ns: Callable[[], int]) -> None:
        """Begins to read into the queue."""
        self._thread = threading.Thread(
            target=self._read, args=(queue, now_ns), name=f"feed {self.name}", daemon=True
        )
        self._thread.start()

    def stop(self, wait_s: float = 2.0) -> None:
        """Asks it to end, and waits a little; a feed that blocks ends with the process."""
        self.stopped.set()
        if self._thread is not None:
            self._thread.join(wait_s)

    def _read(self, queue: Queue[Scan | Refused], now_ns: Callable[[], int]) -> None:
        wait_s = FIRST_WAIT_S
        while not self.stopped.is_set():
            try:
                self.running, self.error = True, ""
                for item in self._open():
                    wait_s = FIRST_WAIT_S
                    self._put(queue, item)
                    if self.stopped.is_set():
                        return
                self.running = False
                return  # a source that ends has given all that it had
            except Exception as e:  # whatever a feed does, the others go on
                self.broke += 1
                self.error = f"{type(e).__name__}: {e}"
                self._put(queue, Refused(now_ns(), self.name, "feed", self.error, b""))
            self.running = False
            self.stopped.wait(wait_s)
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)

    def _put(self, queue: Queue[Scan | Refused], item: Scan | Refused) -> None:
        if isinstance(item, Refused):
            self.refused += 1
        else:
            self.scans += 1
        while not self.stopped.is_set():
            try:
                queue.put(item, timeout=0.5)
                return
            except Full:
                self.overflowed += 1
