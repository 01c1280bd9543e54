"""The loop of the live service: what comes from feeds and people, through, and out.

In: sources, acts, the clock.  Out: outputs to listeners; the board that screens read.
Does not: serve HTTP, or let an exercise into the live line (a drill has a line of its own).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Protocol, TypeVar

from bartizan.errors import BartizanError
from bartizan.feeds.live import Opening, Port, Status, find
from bartizan.journal import Reader
from bartizan.outlets.metrics import Metrics
from bartizan.pipeline import Setup
from bartizan.service.board import HOUR_NS, QUIET, Board
from bartizan.service.line import Line
from bartizan.service.sources import Listener, Source
from bartizan.service.stream import Stream
from bartizan.types import Act, Event, EventKind, Mode, Output, Refused, Scan
from bartizan.units import NS_PER_S
from bartizan.warn import interlock

_T = TypeVar("_T")
WAIT_S = 0.05  # the longest sleep of the loop
QUEUE = 20_000  # items that may wait between the feeds and the loop
CALL_S = 30.0  # what is asked of the loop is done within this, or it hangs
LIVE, DRILL = "live", "drill"


class Entry(Protocol):
    """An entry of a site's `feeds:`, as the configuration gives it."""

    @property
    def name(self) -> str:
        """Its own."""

    @property
    def feed(self) -> str:
        """The feed that reads it."""

    @property
    def sensors(self) -> tuple[str, ...]:
        """The site's sensors that it names."""


class Exercise(Protocol):
    """A simulated raid as a source that hears what is made of it."""

    name: str

    def items(self) -> Iterator[Scan | Refused]:
        """Its scans, each at its time by the clock."""

    def see(self, output: Output) -> None:
        """One output of its own line; simulated effectors react to it."""

    def score(self) -> dict[str, object]:
        """How it ended, by the truth."""


class Yielding(Protocol):
    """An exercise that is played into the live line and can give way to a drill."""

    def give_way(self, aside: bool) -> None:
        """Its traffic leaves the picture, or comes again."""


class Service:
    """One site's watch.  `run` is the loop; all else may be called from other threads."""

    def __init__(
        self, setup: Setup, folder: Path, clock: Callable[[], int], *, hold_s: float = 0.05,
        title: str = "",
    ) -> None:  # fmt: skip
        """Opens, or resumes, the journal in `folder`.  Raises JournalError."""
        self.setup, self.folder, self.clock = setup, folder, clock
        self.hold_s = hold_s
        line = Line(setup, folder / "journal.db", title or setup.site.title, clock())
        self._streams = {LIVE: Stream(line, hold_s)}
        with Reader(line.path) as journal:
            before = [e for e in journal.events(clock() - HOUR_NS) if e.kind not in QUIET]
        self.board = Board(setup.site, setup.warn.mode, line.last, before)
        self.sources: list[Source] = []
        self.listeners: list[Listener] = []
        self.failed: dict[str, str] = {}
        self.broken = ""
        self.health: dict[tuple[str, str], Status] = {}
        self.metrics = Metrics(setup.warn.mode)
        self._queue: Queue[tuple[str, Scan | Refused]] = Queue(QUEUE)
        self._asked: Queue[tuple[str, Act, Future[Event]]] = Queue()
        self._yields: Yielding | None = None
        self._drill: tuple[Exercise, Source, int] | None = None
        self._stop = threading.Event()
        self._calls: Queue[Callable[[], None]] = Queue()

    @property
    def line(self) -> Line:
        """The line of what is real (or, in an exercise, the exercise's only one)."""
        return self._streams[LIVE].line

    @property
    def waiting(self) -> int:
        """Items that have come and were not taken yet."""
        return self._queue.qsize()

    def add(self, source: Source) -> None:
        """Begins to read a source into the live line."""
        self.sources.append(source)
        source.start(_Tagged(self._queue, LIVE), self.clock)

    def play(self, name: str, exercise: Any) -> None:
        """An exercise as the live line's own traffic; it gives way to drills."""
        self._yields = exercise
        self.listeners.append(exercise)
        self.add(Source(name, exercise.items))

    def listen(self, entry: Entry, params: Any) -> None:
        """Opens a live feed of the site's file.  Raises InputError when there is none such."""
        feed = find(entry.feed)
        source = Source(entry.name, lambda: feed(opening))
        port = Port(self.clock, source.stopped, self._heard)
        opening = Opening(entry.name, self.setup.site, params, port, entry.sensors)
        self.add(source)

    def _heard(self, status: Status) -> None:
        """A feed's word on its health; what the picture shows comes from the scans themselves."""
        self.health[status.feed, status.sensor] = status

    def act(self, act: Act, stream: str = LIVE) -> Future[Event]:
        """A person's act; its answer comes when it is journalled and taken in."""
        answer: Future[Event] = Future()
        self._asked.put((stream, act, answer))
        return answer

    def begin_drill(self, exercise: Exercise) -> None:
        """An exercise beside the live picture, on a line and journal of its own.

        Raises BartizanError when one runs, or an alarm is in force.
        """
        self._by_loop(lambda: self._begin(exercise))

    def end_drill(self, why: str) -> dict[str, object]:
        """Ends the drill, scores and keeps it.  Raises BartizanError when none runs."""
        return self._by_loop(lambda: self._end(why))

    def _by_loop(self, what: Callable[[], _T]) -> _T:
        """Has the loop do it between two rounds, and waits for what comes of it."""
        done: Future[Any] = Future()

        def do() -> None:
            try:
                done.set_result(what())
            except BartizanError as e:
                done.set_exception(e)

        self._calls.put(do)
        out: _T = done.result(CALL_S)
        return out

    def _begin(self, exercise: Exercise) -> None:
        if self._drill is not None:
            raise BartizanError("a drill is running: expected it to end first")
        last = self.line.last
        if last is not None and last.watch.alarms and self._yields is None:
            raise BartizanError(
                "an alarm is in force: no drill beside it; ask again after the all clear"
            )
        s = self.setup._replace(warn=self.setup.warn._replace(mode=Mode.EXERCISE))
        now = self.clock()
        path = self.folder / "drills" / f"{now // NS_PER_S}-{exercise.name}.db"
        interlock(Mode.EXERCISE, s.warn.mode)
        self._streams[DRILL] = Stream(Line(s, path, f"drill {exercise.name}", now), self.hold_s)
        source = Source(f"drill {exercise.name}", exercise.items)
        self._drill = (exercise, source, now)
        self.board.drill_begins(exercise.name, now)
        if self._yields is not None:
            self._yields.give_way(True)
        source.start(_Tagged(self._queue, DRILL), self.clock)

    def _end(self, why: str) -> dict[str, object]:
        if self._drill is None:
            raise BartizanError("no drill is running")
        exercise, source, _ = self._drill
        self._drill = None
        stream = self._streams.pop(DRILL)
        source.stop(0.0)
        stream.line.pause()
        if self._yields is not None:
            self._yields.give_way(False)
        score = self.board.drill_ends(exercise.score(), why, self.clock())
        stream.line.path.with_suffix(".json").write_bytes(self.board.encode(score))
        return score

    def run(self, published: Callable[[], None] = lambda: None) -> None:
        """The loop, until `stop`; `published` is called when the board has changed."""
        try:
            while not self._stop.is_set():
                self._gather()
                self._answers()
                if self._round():
                    published()
        finally:
            for source in self.sources:
                source.stop(0.0)
            if self._drill is not None:
                self._end("the service stops")
            self.line.pause()

    def stop(self) -> None:
        """Asks the loop to end."""
        self._stop.set()

    def _gather(self) -> None:
        """What has come, for at most WAIT_S; at once when something has."""
        idle = self._asked.empty() and self._calls.empty()
        streams = self._streams.values()
        wait = 0.0
        if idle and not any(s.behind for s in streams):
            due = min((d for s in streams if (d := s.hold.due_ns()) is not None), default=2**62)
            wait = min(max((due - self.clock()) / NS_PER_S, 0.0), WAIT_S)
        try:
            name, item = self._queue.get(timeout=wait) if wait else self._queue.get_nowait()
            self._to(name, item)
            for _ in range(self._queue.qsize()):
                name, item = self._queue.get_nowait()
                self._to(name, item)
        except Empty:
            pass
        while not self._calls.empty():
            self._calls.get_nowait()()
        while not self._asked.empty():
            name, act, answer = self._asked.get_nowait()
            stream = self._streams.get(name)
            if stream is None:
                answer.set_exception(BartizanError("the drill is over"))
                continue
            stream.act(act).add_done_callback(lambda f, a=answer: a.set_result(f.result()))  # type: ignore[misc]

    def _answers(self) -> None:
        """What receivers of our alarms answer becomes part of the record."""
        for listener in self.listeners:
            ask = getattr(listener, "acks", None)
            for ack in ask() if ask is not None else ():
                why = f"alarm {ack.alarm} {ack.said}" + (f": {ack.why}" if ack.why else "")
                self.act(Act(self.clock(), ack.who, "note", 0, why=why))

    def outlets(self) -> list[dict[str, Any]]:
        """How each outlet does; one that failed says how."""
        out: list[dict[str, Any]] = []
        for listener in self.listeners:
            name = type(listener).__name__
            ask = getattr(listener, "health", None)
            said = ask()._asdict() if ask is not None else {}
            out.append({"outlet": name, "error": self.failed.get(name, "")} | said)
        return out

    def _to(self, name: str, item: Scan | Refused) -> None:
        stream = self._streams.get(name)
        if isinstance(item, Refused) and name == LIVE:
            self.metrics.refuse(item.source)
        if stream is not None:  # what a drill sends after its end goes nowhere
            stream.put(item, self.clock())

    def _round(self) -> bool:
        """One round of every stream; whether anything is new."""
        new = False
        for name, stream in tuple(self._streams.items()):
            now = self.clock()
            outputs = stream.run(now)
            new |= bool(outputs)
            for output in outputs:
                self.board.see(output, now, exercise=name == DRILL)
                if name == DRILL:
                    if self._drill is not None:
                        self._drill[0].see(output)
                    continue
                self.metrics.see(output)
                if len(
                    output.association.label
                ):  # a step that time alone asked for waited for none
                    self.metrics.time(max((self.clock() - output.t_ns) / NS_PER_S, 0.0))
                self._tell(output)
                if (
                    self._drill
                    and self._yields is None
                    and any(e.kind == EventKind.ALARM for e in output.watch.events)
                ):
                    self._end("a real alarm")
        drill = self._drill
        if drill is not None and not drill[1].running and self.clock() - drill[2] > 5 * NS_PER_S:
            self._end("played to its end")
            new = True
        return new

    def _tell(self, output: Output) -> None:
        """Every listener; one that fails is named and does not stop the others."""
        for listener in self.listeners:
            try:
                listener.see(output)
            except Exception as e:  # an outlet's fault is no reason to lose the picture
                self.failed[type(listener).__name__] = f"{type(e).__name__}: {e}"


class _Tagged(Queue[Scan | Refused]):
    """The service's queue as a source sees it: what it puts carries its stream's name."""

    def __init__(self, queue: Queue[tuple[str, Scan | Refused]], name: str) -> None:
        self._to, self._name = queue, name

    def put(self, item: Scan | Refused, block: bool = True, timeout: float | None = None) -> None:
        self._to.put((self._name, item), block, timeout)
