"""Live scans into order of time: each waits while another sensor may still tell of before it.

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
WAITED_FOR_NS = 3 * NS_PER_S  # a sensor silent for longer is not waited for: assumed


class Hold:
    """Scans wait for slower sensors' older ones, for hold_s after they came at the most.

    What every sensor that reports has passed waits no longer: of one sensor, nothing waits.
    In the first WAITED_FOR_NS all wait to the full, since who reports is not known yet.
    """

    def __init__(self, hold_s: float) -> None:
        """Nothing waits."""
        self._hold_ns = round(hold_s * NS_PER_S)
        self._heap: list[tuple[int, int, int, int, Scan]] = []
        self._count = 0
        self._begun_ns: int | None = None
        self._told: dict[int, tuple[int, int]] = {}  # sensor: its latest time, when it came
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
        if self._begun_ns is None:
            self._begun_ns = now_ns
        latest_ns, _ = self._told.get(scan.sensor, (scan.t_ns, 0))
        self._told[scan.sensor] = max(latest_ns, scan.t_ns), now_ns
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
        """What is due or passed by all, and all that is older than that, in order of time."""
        due = [t for t, _, _, due, _ in self._heap if due <= now_ns]
        until_ns = max([*due, self._passed_ns(now_ns)])
        out: list[Scan] = []
        while self._heap and self._heap[0][0] <= until_ns:
            out.append(heappop(self._heap)[4])
        return out

    def _passed_ns(self, now_ns: int) -> int:
        """What every sensor that reports has told beyond; nothing, at the beginning."""
        if self._begun_ns is None or now_ns - self._begun_ns < WAITED_FOR_NS:
            return -1
        told = [t for t, came in self._told.values() if now_ns - came < WAITED_FOR_NS]
        return min(told, default=-1)
