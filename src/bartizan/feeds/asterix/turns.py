"""A rotating antenna's turns: which sector it looked at when, and the plots in each.

In: anchors (a time and the azimuth it pointed to then) and plots, in order of arrival.
Out: sectors, each with its own plots, once no more plots are waited for.
Does not: know a format or a site.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from bartizan.feeds.reports import Report
from bartizan.units import NS_PER_S, ns_from_s

TWO_PI: Final = 2.0 * math.pi
PARTS: Final = 8  # sectors that a turn is cut into where only the north is marked
WAIT_S: Final = 1.5  # a plot comes this long after its sector's mark at most: assumed

REWIND_S: Final = 15.0  # a step back longer than this is a new start, not a late message


Plot = tuple[Report, tuple[tuple[int, str], ...]]


class Anchor(NamedTuple):
    """At t_ns the antenna pointed to az_rad; period_s of a turn where stated, else NaN."""

    t_ns: int
    az_rad: float
    period_s: float


class Sector(NamedTuple):
    """What the antenna looked at until t_ns: from_rad on, width_rad clockwise (0: plots
    of which the sector is not known), with its plots and their identities' names."""

    t_ns: int
    from_rad: float
    width_rad: float
    reports: tuple[Report, ...]
    names: tuple[tuple[int, str], ...]


class Turns:
    """The turns of one antenna (holds what waits; everything given out stays as it is)."""

    def __init__(
        self, hold_s: float, period_s: float = 0.0, parts: int = PARTS, wait_s: float = WAIT_S
    ) -> None:
        self._period_s, self._parts = period_s, parts
        self._wait_ns = ns_from_s(wait_s)
        self._hold_ns = ns_from_s(hold_s)
        self._last: Anchor | None = None
        self._open: list[Sector] = []
        self._plots: list[Plot] = []
        self._oldest_ns = 0  # no plot that waits is older
        self._newest_ns = 0

    def anchor(self, a: Anchor) -> list[Sector]:
        """One more mark; the sectors that are done with it."""
        if math.isfinite(a.period_s):
            self._period_s = a.period_s
        before = self._rewound(a.t_ns)
        last = self._last
        if last is not None and a.t_ns <= last.t_ns:
            return before
        self._last = a
        if last is not None:
            self._cut(last, a)
        return before + self._done()

    def _cut(self, last: Anchor, a: Anchor) -> None:
        """Opens the sectors between two marks, where they fit the antenna's period."""
        gap_s = (a.t_ns - last.t_ns) / NS_PER_S
        if self._period_s <= 0.0 or gap_s > 1.5 * self._period_s:
            return  # marks are missing: where it looked is not known
        width = (a.az_rad - last.az_rad) % TWO_PI
        if width < 1e-9:
            width = TWO_PI
        if abs(gap_s - width / TWO_PI * self._period_s) > 0.25 * self._period_s:
            return
        parts = max(1, math.ceil(width / TWO_PI * self._parts - 1e-9))
        for k in range(parts):
            t_ns = last.t_ns + (a.t_ns - last.t_ns) * (k + 1) // parts
            start = (last.az_rad + width * k / parts) % TWO_PI
            self._open.append(Sector(t_ns, start, width / parts, (), ()))

    def plot(self, report: Report, names: list[tuple[int, str]]) -> list[Sector]:
        """One more plot; the sectors that are done with it."""
        before = self._rewound(report.t_ns)
        self._oldest_ns = min(self._oldest_ns, report.t_ns) if self._plots else report.t_ns
        self._plots.append((report, tuple(names)))
        return before + self._done()

    def _rewound(self, t_ns: int) -> list[Sector]:
        """All that waits, when the source has gone back in time (a recording in a loop)."""
        back_ns = ns_from_s(max(1.5 * self._period_s, REWIND_S))
        if t_ns >= self._newest_ns - back_ns:
            self._newest_ns = max(self._newest_ns, t_ns)
            return []
        self._newest_ns, self._last = t_ns, None
        return self.flush()

    def flush(self) -> list[Sector]:
        """All that is left, at the end of the source."""
        return self._close(len(self._open)) + self._alone(0)

    def _done(self) -> list[Sector]:
        wait_ns, n = self._wait_ns, 0
        while n < len(self._open) and self._newest_ns - self._open[n].t_ns >= wait_ns:
            n += 1
        old_ns = max(ns_from_s(1.2 * self._period_s) + wait_ns, wait_ns)
        old_ns = min(old_ns, max(self._hold_ns - wait_ns, wait_ns))
        return self._close(n) + self._alone(old_ns)

    def _close(self, n: int) -> list[Sector]:
        """The first n open sectors, each with the plots that lie in it."""
        out = []
        half_ns = ns_from_s(0.5 * self._period_s)
        for s in self._open[:n]:
            mine: list[Plot] = []
            rest: list[Plot] = []
            for p in self._plots:
                inside = (p[0].z[1] - s.from_rad) % TWO_PI < s.width_rad
                near = abs(p[0].t_ns - s.t_ns) < half_ns
                (mine if inside and near else rest).append(p)
            self._plots = rest
            out.append(_with(s, mine))
        del self._open[:n]
        return out

    def _alone(self, older_ns: int) -> list[Sector]:
        """Plots older than this whose sector nobody told: a report each, no look."""
        if older_ns and self._newest_ns - self._oldest_ns <= older_ns:
            return []
        out = []
        keep = []
        for p in self._plots:
            if older_ns and self._newest_ns - p[0].t_ns <= older_ns:
                keep.append(p)
            else:
                out.append(_with(Sector(p[0].t_ns, 0.0, 0.0, (), ()), [p]))
        self._plots = keep
        self._oldest_ns = min((p[0].t_ns for p in keep), default=0)
        return out


def _with(s: Sector, plots: list[Plot]) -> Sector:
    names = tuple(n for _, ns in plots for n in ns)
    t_ns = max([s.t_ns, *(r.t_ns for r, _ in plots)])
    return s._replace(t_ns=t_ns, reports=tuple(r for r, _ in plots), names=names)
