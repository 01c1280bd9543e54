"""The umpire of one raid: truth and tracks beside each other, and which link broke.

In: outputs, the true world, the umpire's events.  Out: times of each attacker's chain, and
for each leaker the first link of it that broke.  Does not: tell the defence anything.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from bartizan import sim
from bartizan.campaign.crew import Crew, Notice, notice
from bartizan.jit import kernel
from bartizan.sim import effectors as arms
from bartizan.sim.flight import Approach
from bartizan.sim.spec import Effector, Raid
from bartizan.sim.truth import FLYING
from bartizan.types import F64, I64, Alarm, Event, EventKind, Output
from bartizan.units import NS_PER_S

NEAR_M: Final = 300.0  # a track this near an attacker is taken for one of it, assumed
# The links in order; a raid's is that of its first leaker.
LINKS: Final = (
    "seen too late", "not confirmed", "not decided in time", "out of reach",
    "refused because of people", "held beside a friend", "magazine", "effectors busy", "missed",
)  # fmt: skip


@kernel
def _near(x: F64, truth: F64, rows: I64, status: I64) -> I64:
    """Pairs (p, 2) of a track x (n, 6) and an attacker, of `rows`, that flies within NEAR_M."""
    out = np.empty((x.shape[0] * rows.shape[0], 2), np.int64)
    n = 0
    for i in range(x.shape[0]):
        for k in range(rows.shape[0]):
            d2 = 0.0
            for c in range(3):
                d2 += (x[i, c] - truth[rows[k], c]) ** 2
            if d2 <= NEAR_M * NEAR_M and status[rows[k]] == FLYING:
                out[n, 0], out[n, 1] = i, k
                n += 1
    return out[:n]


class Chain(NamedTuple):
    """When each link of one attacker's chain closed [s after the start], None never.

    seen: first plot of a track on it   confirmed: that track shown   alarmed   released:
    effectors free to shoot   shots at it   refused: "", "people" or "friend"
    """

    seen_s: float | None
    confirmed_s: float | None
    alarmed_s: float | None
    released_s: float | None
    shots: int
    refused: str


class Umpire:
    """Follows truth and tracks beside each other, for the score alone."""

    def __init__(self, raid: Raid, hostile: np.ndarray, crew: Crew, seed: int) -> None:
        """Nothing seen yet.  hostile (h,) rows of the fleet that attack."""
        self._raid, self._rows, self._crew, self._seed = raid, hostile, crew, seed
        self._labels: list[set[int]] = [set() for _ in hostile]
        self._known: set[int] = set()
        self._seen_ns: dict[int, int] = {}
        self._confirmed_ns: dict[int, int] = {}
        self._alarms: dict[int, set[int]] = {}
        self._alarmed_ns: dict[int, tuple[int, int]] = {}  # label: when, by which alarm
        self._shots: dict[int, int] = {}
        self._refused: dict[int, str] = {}
        self.notices: dict[int, Notice] = {}
        self.assigned: list[tuple[float, float, float]] = []  # value left, its bound, greedy's
        self.first_detection_s: float | None = None
        self.first_alarm_s: float | None = None

    def _s(self, t_ns: int) -> float:
        return (t_ns - self._raid.t0_ns) / NS_PER_S

    def see(self, output: Output, state: sim.SimState) -> None:
        """One output of the pipeline against the truth of that moment."""
        tracks = output.tracks
        if len(tracks.label):
            near = _near(tracks.x, state.flying.x, self._rows, state.flying.status)
            for i, k in near.tolist() if near.size else ():
                self._match(output, int(tracks.label[i]), i, k)
        for alarm in output.watch.alarms:
            self._hear(alarm, output.t_ns)

    def _match(self, output: Output, label: int, i: int, k: int) -> None:
        """Track `label`, row i, is near attacker k."""
        self._labels[k].add(label)
        if label not in self._known:
            self._known.add(label)
            self._seen_ns[label] = int(output.tracks.born_ns[i])
            self._confirmed_ns[label] = output.t_ns
        if self.first_detection_s is None:
            self.first_detection_s = self._s(output.t_ns)

    def _hear(self, alarm: Alarm, t_ns: int) -> None:
        if alarm.number not in self.notices:
            self.notices[alarm.number] = notice(self._crew, alarm, self._seed)
        its = self._alarms.setdefault(alarm.number, set())
        for label in alarm.labels:
            if label not in its:
                its.add(label)
                self._alarmed_ns.setdefault(label, (t_ns, alarm.number))
        if self.first_alarm_s is None and not self._known.isdisjoint(its):
            self.first_alarm_s = self._s(t_ns)

    def hear(self, events: tuple[Event, ...]) -> None:
        """The effectors' orders and refusals of one step."""
        told = False
        for e in events:
            if e.kind is not EventKind.ENGAGEMENT:
                continue
            data = dict(e.data)
            code = data.get("refused", 0.0)
            if "bound" in data and not told:  # all shots of one assignment have the same
                self.assigned.append((data["left"], data["bound"], data["greedy_left"]))
                told = True
            for label in e.labels:
                if code == 0.0:
                    self._shots[label] = self._shots.get(label, 0) + 1
                else:
                    self._refused[label] = "people" if code == 1.0 else "friend"

    def false_alarms(self) -> int:
        """Alarms of which no track was ever near an attacker."""
        return sum(self._known.isdisjoint(v) for v in self._alarms.values())

    def refused(self, why: str) -> int:
        """Tracks that were not shot at because of "people" or a "friend"."""
        return sum(w == why for w in self._refused.values())

    def alarms(self) -> int:
        """Alarms in all."""
        return len(self._alarms)

    def warned_s(self) -> float | None:
        """When people first heard an alarm about an attacker."""
        heard = [
            n.warned_ns for number, n in self.notices.items()
            if n.warned_ns is not None and not self._known.isdisjoint(self._alarms[number])
        ]  # fmt: skip
        return self._s(min(heard)) if heard else None

    def chain(self, k: int) -> Chain:
        """The chain of attacker k (row of the hostile ones)."""
        labels = self._labels[k]
        alarmed = [self._alarmed_ns[n] for n in labels if n in self._alarmed_ns]
        free = [max(t, self.notices[number].released_ns) for t, number in alarmed]
        shots = sum(self._shots.get(n, 0) for n in labels)
        refused = {self._refused[n] for n in labels if n in self._refused}
        return Chain(
            min((self._s(self._seen_ns[n]) for n in labels), default=None),
            min((self._s(self._confirmed_ns[n]) for n in labels), default=None),
            min((self._s(t) for t, _ in alarmed), default=None),
            min((self._s(t) for t in free), default=None),
            shots, "people" if "people" in refused else "friend" if refused else "",
        )  # fmt: skip

    def tracked(self) -> int:
        """How many attackers had a confirmed track at all."""
        return sum(bool(v) for v in self._labels)


def last_order_s(
    approach: Approach, k: int, effectors: tuple[Effector, ...]
) -> tuple[float | None, tuple[int, ...]]:
    """The last time [s] at which an order still stops attacker k outside, and by whom.

    approach: where it flies when nobody shoots.  A shot counts when it meets the attacker,
    on its straight course, inside the effector's zone and before it is at the wall.
    """
    last: float | None = None
    able: set[int] = set()
    end_s = approach.arrival_s[k]
    for t, x in zip(approach.t_s.tolist(), approach.x[:, k], strict=True):
        if t > end_s or not math.isfinite(x[0]):
            continue
        for i, e in enumerate(effectors):
            tau = arms.meeting_s(x[:3] - e.pos, x[3:], e.reaction_s, e.speed_mps)
            if t + tau <= end_s and arms.in_zone(e, x[:3] + tau * x[3:]):
                last = t
                able.add(i)
    return last, tuple(sorted(able))


def broken_link(
    chain: Chain, last_s: float | None, able: tuple[int, ...], rounds_left: np.ndarray
) -> str:
    """The first link that broke in a leaker's chain, one of LINKS.

    last_s, able: as `last_order_s` gives them   rounds_left (k,) when it was at the wall
    """
    if last_s is None:
        return "out of reach"
    for t, link in (
        (chain.seen_s, "seen too late"), (chain.confirmed_s, "not confirmed"),
        (chain.released_s, "not decided in time"),
    ):  # fmt: skip
        if t is None or t > last_s:
            return "seen too late" if chain.seen_s is None else link
    empty = all(rounds_left[i] <= 0 for i in able)
    if chain.shots == 0:
        if chain.refused:
            return (
                "refused because of people" if chain.refused == "people" else "held beside a friend"
            )
        return "magazine" if empty else "effectors busy"
    return "magazine" if empty else "missed"
