"""Scans into order of time: a bounded wait, then a counted refusal.

In: scans and refusals in order of arrival.  Out: the same, scans in
order of time.
Does not: lose anything in silence: what comes too late, or twice, becomes a `Refused`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from typing import Final

from bartizan.types import Refused, Scan, Site
from bartizan.units import NS_PER_S

HOLD_S: Final = 2.0  # one turn and a half of the radars at hand: assumed
ROW_PREVIEW: Final = 64
AHEAD_NS: Final = 1800 * NS_PER_S  # a jump further on than this is doubted: assumed
JUMP: Final = "time jumps ahead"
COMPANY: Final = 10  # ...until this many scans in a row did so: assumed


def doubted(t_ns: int, now_ns: int, in_a_row: int) -> str:
    """Why a scan's time is not believed, "" when it is.

    now_ns: time of the newest scan, 0 before the first   in_a_row: scans set aside since.
    A jump ahead is not believed at once: one wrong date would make all that follows late.
    """
    if 0 < now_ns < t_ns - AHEAD_NS and in_a_row < COMPANY:
        return f"{JUMP} by {(t_ns - now_ns) / NS_PER_S:.0f} s"
    return ""


def content(scan: Scan) -> bytes:
    """The bytes of a scan's numbers: equal for equal scans, NaN included."""
    parts = [repr((scan.t_ns, scan.sensor, scan.frame, scan.names)).encode()]
    arrays = (
        scan.look, scan.t_det_ns, scan.z, scan.sd, scan.rcs_dbsm, scan.rotor, scan.declared,
        scan.confidence, scan.identity, scan.number,
    )  # fmt: skip
    parts += [a.tobytes() for a in arrays]
    return b"|".join(parts)


def order(
    items: Iterable[Scan | Refused], hold_s: float = HOLD_S, late_s: float = 0.0
) -> Iterator[Scan | Refused]:
    """Scans in order of time, then of sensor, then of content; refusals as they come.

    A scan waits until one that is more than hold_s [s] younger has come; at the end of
    the source all that wait are given out.  One that is itself older than that when it
    comes is refused as late, an exact repeat as repeated, one from far ahead as doubted.
    So any order of arrival in which nothing is late gives the same scans in the same order.
    late_s [s]: what is late by no more goes out at once, for a tracker that takes it back.
    """
    hold_ns = round(hold_s * NS_PER_S)
    waiting: list[tuple[int, int, bytes, Scan]] = []
    held: set[bytes] = set()
    gone: deque[tuple[int, bytes]] = deque()  # what was given out and may still be repeated
    late_ns = round(late_s * NS_PER_S)
    newest: int | None = None
    in_a_row = 0  # scans in doubt since the last that was not
    for item in items:
        if isinstance(item, Refused):
            yield item
            continue
        why = doubted(item.t_ns, newest or 0, in_a_row)
        if why:
            in_a_row += 1
            yield _aside(item, why)
            continue
        in_a_row = 0
        newest = item.t_ns if newest is None else max(newest, item.t_ns)
        age_ns = newest - item.t_ns
        if age_ns > max(hold_ns, late_ns):
            yield _aside(item, f"late: {age_ns / NS_PER_S:.1f} s, held for {hold_s:g} s")
            continue
        key = content(item)
        if key in held:
            yield _aside(item, "repeated")
            continue
        held.add(key)
        heappush(waiting, (item.t_ns, item.sensor, key, item))
        while waiting and newest - waiting[0][0] > hold_ns:
            t_ns, _, key, scan = heappop(waiting)
            yield scan
            gone.append((t_ns, key))
        while gone and newest - gone[0][0] > max(hold_ns, late_ns):
            held.discard(gone.popleft()[1])
    while waiting:
        yield heappop(waiting)[3]


def late_s(site: Site) -> float:
    """How late [s] this site's tracker still takes a scan."""
    return dict(site.tracker).get("late_s", 0.0)


def tick(
    items: Iterable[Scan | Refused], every_s: float = 1.0, for_s: float = 5.0
) -> Iterator[Scan | Refused]:
    """The same ordered items, with an empty scan every every_s [s] while none comes.

    So a track is told of, and drawn on, through a sensor's silence too, for at most for_s
    [s] of it.  A tick is the last sensor's, has looked nowhere, and says nothing was missed.
    """
    every_ns, for_ns = round(every_s * NS_PER_S), round(for_s * NS_PER_S)
    last: Scan | None = None
    for item in items:
        if isinstance(item, Scan):
            if last is not None:
                end_ns = min(item.t_ns, last.t_ns + for_ns + 1)
                for t_ns in range(last.t_ns + every_ns, end_ns, every_ns):
                    if item.t_ns - t_ns > every_ns // 2:
                        yield _empty(last, t_ns)
            last = item if last is None or item.t_ns >= last.t_ns else last
        yield item


def _empty(scan: Scan, t_ns: int) -> Scan:
    look = scan.look.copy()
    look[3] = 0.0
    return scan._replace(
        t_ns=t_ns, look=look, t_det_ns=scan.t_det_ns[:0], z=scan.z[:0], sd=scan.sd[:0],
        rcs_dbsm=scan.rcs_dbsm[:0], rotor=scan.rotor[:0], declared=scan.declared[:0],
        confidence=scan.confidence[:0], identity=scan.identity[:0], number=scan.number[:0],
        names=(), pilots=(), objects=(),
    )  # fmt: skip


def _aside(scan: Scan, why: str) -> Refused:
    raw = scan.z.tobytes()[:ROW_PREVIEW]
    return Refused(scan.t_ns, f"sensor {scan.sensor}", f"scan at {scan.t_ns} ns", why, raw)
