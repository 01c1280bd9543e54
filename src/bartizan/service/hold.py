"""Live scans into order of time, by how long they have waited since they came.

In: scans as they arrive, the clock.  Out: scans in order of time.  Does not: refuse what is
late (the flow's own gate does, and keeps it).
"""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush

from bartizan.feeds.order import content
from bartizan.types import Scan
from bartizan.units import NS_PER_S

REMEMBER = 512  # scans of late whose exact repeat is recognised


class Hold:
    """Scans wait hold_s after they came, so that slower sensors' scans can go before them."""

    def __init__(self, hold_s: float) -> None:
        """Nothing waits."""
        self._hold_ns = round(hold_s * NS_PER_S)
        self._heap: list[tuple[int, int, int, int, Scan]] = []
        self._count = 0
        self._recent: deque[bytes] = deque(maxlen=REMEMBER)
        self._known: set[bytes] = set()

    def put(self, scan: Scan, now_ns: int) -> bool:
        """Whether it was taken; False: an exact repeat."""
        key = content(scan)
        if key in self._known:
            return False
        if len(self._recent) == REMEMBER:
            self._known.discard(self._recent[0])
        self._recent.append(key)
        self._known.add(key)
        due_ns = now_ns + self._hold_ns
        heappush(self._heap, (scan.t_ns, scan.sensor, self._count, due_ns, scan))
        self._count += 1
        return True

    def due_ns(self) -> int | None:
        """When the next is due."""
        return min((entry[3] for entry in self._heap), default=None)

    def oldest_ns(self) -> int:
        """Time of the oldest scan that waits; far ahead when none does."""
        return self._heap[0][0] if self._heap else 2**62

    def take(self, now_ns: int) -> list[Scan]:
        """What is due, and all that is older than something due, in order of time."""
        until_ns = max((t for t, _, _, due, _ in self._heap if due <= now_ns), default=None)
        out: list[Scan] = []
        while until_ns is not None and self._heap and self._heap[0][0] <= until_ns:
            out.append(heappop(self._heap)[4])
        return out
