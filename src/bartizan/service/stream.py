"""One stream of scans into one line: held for order, people's acts answered, silence ticked.

In: scans and refusals as they come, acts, the clock.  Out: outputs; answers to acts.
Does not: read a clock or run by itself (see `watch`).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future

import numpy as np

from bartizan.feeds.hold import Hold
from bartizan.service.line import Line
from bartizan.types import Act, Event, EventKind, Output, Refused, Scan
from bartizan.units import NS_PER_S

TICK_NS = NS_PER_S  # the flow steps at least so often, so that silence is noticed
BEHIND_NS = 2 * NS_PER_S  # but so far behind the clock: a scan under way is not overtaken
MOST = 32  # scans in one round: people's acts do not wait for a backlog


class Stream:
    """A line with what waits in front of it."""

    def __init__(self, line: Line, hold_s: float) -> None:
        """Nothing waits."""
        self.line = line
        self.hold = Hold(hold_s)
        self.repeated = 0
        self._refused: list[Refused] = []
        self._acts: list[Act] = []
        self._answers: list[Future[Event]] = []
        self._ticked_ns = 0
        self._due: deque[Scan] = deque()

    @property
    def behind(self) -> bool:
        """Whether scans that are due still wait."""
        return bool(self._due)

    def put(self, item: Scan | Refused, now_ns: int) -> None:
        """A scan waits for its turn; a refusal is kept with the next step."""
        if isinstance(item, Refused):
            self._refused.append(item)
        elif not self.hold.put(item, now_ns):
            self.repeated += 1
            raw = item.z.tobytes()[:64]
            where = f"scan at {item.t_ns} ns"
            self._refused.append(
                Refused(item.t_ns, f"sensor {item.sensor}", where, "repeated", raw)
            )

    def act(self, act: Act) -> Future[Event]:
        """A person's act; the answer is its ACT event, once its record survives kill -9."""
        answer: Future[Event] = Future()
        self._acts.append(act)
        self._answers.append(answer)
        return answer

    def run(self, now_ns: int) -> list[Output]:
        """Everything that is due, in order; a tick where people or silence ask for one."""
        items: list[Scan | Act | Refused] = [*self._refused, *self._acts]
        self._due += self.hold.take(now_ns)
        scans = [self._due.popleft() for _ in range(min(len(self._due), MOST))]
        t_ns = self.line.flow.state.track.t_ns
        if not scans and t_ns and (self._acts or now_ns - self._ticked_ns >= TICK_NS):
            ahead = min(now_ns - BEHIND_NS, self.hold.oldest_ns()) if not self._acts else t_ns
            scans = [_tick(self.line, max(ahead, t_ns))]
        elif not scans and not t_ns and self._acts:
            scans = [_tick(self.line, now_ns - BEHIND_NS)]
        if not items and not scans:
            return []
        if scans:
            self._ticked_ns = now_ns
        outputs = self.line.take([*items, *scans], now_ns)
        self._refused.clear()
        self._acts.clear()
        if outputs:
            self._answer(outputs[0])
        return outputs

    def _answer(self, output: Output) -> None:
        """Each act has one ACT event, in the order of the acts."""
        told = [e for e in output.watch.events if e.kind == EventKind.ACT]
        for answer, event in zip(self._answers, told, strict=False):
            answer.set_result(event)
        del self._answers[: len(told)]


def _tick(line: Line, t_ns: int) -> Scan:
    """An empty scan that has looked nowhere: time goes on, and nothing was missed."""
    look = line.setup.site.sensors.look[0].copy()
    look[3] = 0.0
    none, numbers = np.zeros(0, np.int64), np.zeros((0, 6))
    flags = np.zeros(0, np.int8)
    return Scan(
        t_ns, 0, 0, look, none, numbers, numbers, np.zeros(0), flags, flags, np.zeros(0), none, none
    )
