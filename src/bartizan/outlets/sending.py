"""A thread that sends: bounded, the latest of a key wins, comes back with patience.

In: keyed messages, and how to connect.  Out: bytes over a link, in the order in which their
keys came.  Does not: block who gives it messages, or read a clock.

A message waits under its key and is replaced there by a newer one of the same key.  When the
queue is full the oldest message that may be lost goes, and is counted.  A link that breaks is
made again after 0.5 s, then twice as long each time, up to 30 s; what was on its way is sent
again, unless a newer one of its key waits.  A message that the other side refuses for good
counts as lost, and the next goes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

from bartizan.outlets.wire import RefusedError

FIRST_WAIT_S = 0.5
MOST_WAIT_S = 30.0
IDLE_S = 1.0


class Link(Protocol):
    """A way out.  Every method raises OSError when the way is lost."""

    def send(self, key: str, data: bytes) -> None:
        """One message, whole.  Raises RefusedError when it will never be taken."""

    def idle(self) -> None:
        """Called now and then: takes what the other side says."""

    def close(self) -> None:
        """Lets the way go; raises nothing."""


class Health(NamedTuple):
    """How a sender does: connected now; messages sent, lost, tries that failed; the last why."""

    connected: bool
    sent: int
    lost: int
    failed: int
    why: str


class Sender:
    """Sends from a thread of its own."""

    def __init__(self, name: str, connect: Callable[[], Link], limit: int = 1000) -> None:
        """The thread begins at once; limit: messages that may wait."""
        self._connect, self._limit = connect, limit
        self._queue: OrderedDict[str, tuple[bytes, bool]] = OrderedDict()
        self._changed = threading.Condition()
        self._closing = False
        self._health = Health(False, 0, 0, 0, "")
        self._thread = threading.Thread(target=self._run, name=f"outlet {name}", daemon=True)
        self._thread.start()

    def put(self, key: str, data: bytes, keep: bool = False) -> None:
        """A message to send; keep: the last to be lost when too many wait."""
        with self._changed:
            if key not in self._queue and len(self._queue) >= self._limit:
                spare = (k for k, (_, kept) in self._queue.items() if not kept)
                del self._queue[next(spare, next(iter(self._queue)))]
                self._count(lost=1)
            self._queue[key] = (data, keep)
            self._changed.notify()

    def health(self) -> Health:
        """How it does now."""
        with self._changed:
            return self._health

    def close(self, wait_s: float = 2.0) -> None:
        """Sends what waits if it can in that time, then lets the link go."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(wait_s)

    def _count(self, sent: int = 0, lost: int = 0, failed: int = 0, why: str = "") -> None:
        h = self._health
        self._health = Health(
            h.connected, h.sent + sent, h.lost + lost, h.failed + failed, why or h.why
        )

    def _run(self) -> None:
        link: Link | None = None
        wait_s = FIRST_WAIT_S
        while True:
            try:
                if link is None:
                    link = self._connect()
                    self._told(True)
                if not self._serve(link):
                    break
                wait_s = FIRST_WAIT_S
            except Exception as e:  # whatever a way out does, this thread goes on trying
                if link is not None:
                    link.close()
                    link = None
                self._told(False, f"{type(e).__name__}: {e}")
                with self._changed:
                    if self._changed.wait_for(lambda: self._closing, wait_s):
                        break
                wait_s = min(2.0 * wait_s, MOST_WAIT_S)
        if link is not None:
            link.close()
        self._told(False)

    def _told(self, connected: bool, why: str = "") -> None:
        with self._changed:
            self._count(failed=1 if why else 0, why=why)
            self._health = self._health._replace(connected=connected)

    def _serve(self, link: Link) -> bool:
        """Sends the next message, or waits for one; False when all is sent and it closes."""
        with self._changed:
            if not self._queue and not self._closing:
                self._changed.wait(IDLE_S)
            if not self._queue:
                item = None
                if self._closing:
                    return False
            else:
                item = self._queue.popitem(last=False)
        if item is None:
            link.idle()
            return True
        key, (data, keep) = item
        try:
            link.send(key, data)
        except RefusedError as e:
            with self._changed:
                self._count(lost=1, why=f"refused: {e}")
            return True
        except Exception:
            with self._changed:
                if key not in self._queue:
                    self._queue[key] = (data, keep)
                    self._queue.move_to_end(key, last=False)
            raise
        with self._changed:
            self._count(sent=1)
        return True
