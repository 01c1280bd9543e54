"""Any moment of a live journal again, derived from the state that was kept before it.

In: a journal that may still be written, a time.  Out: the picture of then; the timeline.
Does not: touch the live line.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from bartizan import replay
from bartizan.journal import Kind, Reader, unpack
from bartizan.pipeline import Flow, Setup, State
from bartizan.service.board import QUIET, Board
from bartizan.types import Act, Event, EventKind, Level, Output, Scan
from bartizan.units import NS_PER_S

ON_NS = 30 * NS_PER_S  # so far ahead the last moment is gone on from, not derived anew
MOST = 2000  # events of a timeline


class Past:
    """Moments of one journal; steps on from the last one asked for, when that is near."""

    def __init__(self, path: Path) -> None:
        """Nothing is read yet."""
        self._path = path
        self._lock = threading.Lock()
        self._flow: Flow | None = None
        self._board: Board | None = None
        self._output: Output | None = None
        self._at_ns = self._seq = 0

    def at(self, t_ns: int) -> dict[str, Any]:
        """The picture as it stood at t_ns.  Raises JournalError."""
        with self._lock, Reader(self._path) as journal:
            if self._flow is None or not 0 <= t_ns - self._at_ns <= ON_NS:
                self._begin(journal, t_ns)
            assert self._flow is not None and self._board is not None  # made by _begin
            for r in journal.records(Kind.ACT, Kind.SCAN, after=self._seq):
                if r.t_ns > t_ns:
                    break
                self._seq = r.seq
                if r.kind == Kind.ACT:
                    self._flow.take(journal.decode(r, Act))
                    continue
                output = self._flow.take(journal.decode(r, Scan))
                if output is not None:
                    self._output = output
                    self._board.see(output, r.t_ns, exercise=False)
            self._at_ns = t_ns
            return self._board.message(self._output, t_ns)

    def _begin(self, journal: Reader, t_ns: int) -> None:
        s = unpack(journal.meta.setup, Setup)
        kept = journal.state_before(t_ns)
        state = None if kept is None else journal.decode(kept, State)
        self._flow, self._output = Flow(s, None, state), None
        self._seq = 0 if kept is None else kept.seq
        self._at_ns = t_ns
        self._board = Board(s.site, s.warn.mode, None)

    def timeline(self, from_ns: int, to_ns: int) -> dict[str, Any]:
        """Posture by time and what was decided, between two times."""
        with Reader(self._path) as journal:
            told = [e for e in journal.events() if e.t_ns <= to_ns]
        posture = [(e.t_ns, _level(e)) for e in told if e.kind == EventKind.POSTURE]
        before = [p for p in posture if p[0] < from_ns][-1:]
        loud = [e for e in told if e.kind not in QUIET and e.t_ns >= from_ns][-MOST:]
        return {
            "posture": before + [p for p in posture if p[0] >= from_ns],
            "events": [{"t_ns": e.t_ns, "kind": e.kind.value, "text": e.text} for e in loud],
        }


def _level(event: Event) -> str:
    return Level(int(dict(event.data).get("to", 0.0))).name


def latest(path: Path) -> tuple[Setup, Flow, Output | None]:
    """The end of a live journal: its settings, the flow as it stands, its last output."""
    with Reader(path) as journal:
        s = unpack(journal.meta.setup, Setup)
        flow, output = replay.rebuild(journal, s)
    return s, flow, output
