"""One flow with a journal that can be resumed: items in, outputs out.

In: scans in order of time, acts, refusals.  Out: outputs; records that survive kill -9.
Does not: wait, order, or read a clock for anything but how long steps take.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable
from pathlib import Path

from bartizan import __version__, replay
from bartizan.errors import JournalError
from bartizan.journal import Kind, Meta, Reader, Writer, pack
from bartizan.pipeline import Flow, Setup
from bartizan.types import Act, Output, Refused, Scan
from bartizan.units import NS_PER_S

KEEP_BUSY_S = 0.5  # a state is kept when the steps since the last took so long to make...
KEEP_NS = 30 * NS_PER_S  # ...or it is so old: what a restart has to derive again


class Line:
    """A flow and its journal; opened again, it goes on where the journal ends."""

    def __init__(self, s: Setup, path: Path, title: str, now_ns: int) -> None:
        """Resumes the journal at `path`, or begins it.

        One of other settings, or closed, is put aside under the time of its start: its
        state cannot be gone on from.  Raises JournalError when it cannot be read.
        """
        self.path, self.setup = path, s
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(path.with_suffix(".lock"))
        self.last: Output | None = None
        self.resumed = False
        if path.exists() and not self._put_aside(s):
            with Reader(path) as journal:
                self.flow, self.last = replay.rebuild(journal, s)
            self.flow.writer = Writer.resume(path)
            self.resumed = True
        else:
            meta = Meta(
                version=__version__, mode=s.warn.mode, title=title, source="live", raid="",
                story="", seed=-1, t0_ns=now_ns, site=s.site, setup=pack(s),
            )  # fmt: skip
            self.flow = Flow(s, Writer(path, meta, live=True))
        self._busy_s = 0.0
        self._kept_ns = now_ns

    def _put_aside(self, s: Setup) -> bool:
        with Reader(self.path) as journal:
            same = journal.meta.setup == pack(s) and journal.meta.version == __version__
            if same and journal.last().kind != Kind.END:
                return False
            t0_ns = journal.meta.t0_ns
        at = self.path.with_name(f"{self.path.stem}-{t0_ns // NS_PER_S}{self.path.suffix}")
        k = 1
        while at.exists():
            k += 1
            at = at.with_name(f"{self.path.stem}-{t0_ns // NS_PER_S}-{k}{self.path.suffix}")
        self.path.rename(at)
        for tail in ("-wal", "-shm"):
            side = self.path.with_name(self.path.name + tail)
            if side.exists():
                side.rename(at.with_name(at.name + tail))
        return True

    @property
    def writer(self) -> Writer:
        """The journal's writer."""
        assert self.flow.writer is not None  # given to it when it was opened
        return self.flow.writer

    def take(self, items: Iterable[Scan | Act | Refused], now_ns: int) -> list[Output]:
        """All items through the flow; when this returns their records survive kill -9."""
        begun = time.perf_counter()
        outputs = [o for o in map(self.flow.take, items) if o is not None]
        self._busy_s += time.perf_counter() - begun
        if outputs:
            self.last = outputs[-1]
            old = now_ns - self._kept_ns >= KEEP_NS
            if self.flow.settled and (self._busy_s >= KEEP_BUSY_S or old):
                self.writer.state(self.flow.state.track.t_ns, pack(self.flow.state))
                self._busy_s, self._kept_ns = 0.0, now_ns
        self.writer.flush()
        return outputs

    def pause(self) -> None:
        """Keeps the state and lets the journal go, to be resumed."""
        if self.flow.settled and self.last is not None:
            self.writer.state(self.flow.state.track.t_ns, pack(self.flow.state))
        self.writer.pause()
        os.close(self._lock)


def _locked(path: Path) -> int:
    """A lock that the process holds while it lives, also when it is killed."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise JournalError(f"{path.parent}: another watch keeps its journal here") from None
    return lock
