"""A source through the flow into a run folder, and a run derived again from its journal.

In: scans of a recording or a journal.  Out: a journal, counts; or proof that every output
follows from the scans.  Does not: step by itself (see `pipeline`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Protocol

from bartizan import __version__
from bartizan.errors import MismatchError, SourceError
from bartizan.journal import Kind, Meta, Reader, Writer, pack, unpack
from bartizan.journal.store import Events, digest
from bartizan.pipeline import Flow, Setup, State, run, start, step
from bartizan.types import Act, EventKind, Output, Refused, Scan


class Screen(Protocol):
    """Something that shows a run while it goes on."""

    def see(self, outputs: tuple[Output, ...]) -> None:
        """One step's outputs."""


Watcher = Callable[[int], AbstractContextManager[Screen]]


class Seen(NamedTuple):
    """What a source held: counts, and the head of the journal's chain."""

    scans: int
    detections: int
    tracks: int
    alarms: int
    refused: int
    journal: str


class Verified(NamedTuple):
    """What a replay has shown: records in the chain, steps derived again, closed or killed."""

    records: int
    steps: int
    closed: bool
    head: str


def record(
    source: Iterable[Scan | Act | Refused], s: Setup, folder: Path, title: str, watch: Watcher
) -> Seen:
    """The whole source through the flow, journalled in `folder`.

    Raises SourceError when there is not one scan in it.
    """
    items = iter(source)
    aside: list[Act | Refused] = []
    first = _first(items, aside)
    if first is None:
        apart = [a for a in aside if isinstance(a, Refused)]
        why = f"; {len(apart)} records set aside, the first: {apart[0].why}" if apart else ""
        raise SourceError(f"{title}: not one scan in this source{why}")
    meta = Meta(
        version=__version__, mode=s.warn.mode, title=title, source=title, raid="", story="",
        seed=-1, t0_ns=first.t_ns, site=s.site, setup=pack(s),
    )  # fmt: skip
    scans = detections = alarms = 0
    labels: set[int] = set()
    with Writer(folder / "journal.db", meta) as writer, watch(first.t_ns) as screen:
        for output in run(chain(aside, (first,), items), s, writer):
            scans += 1
            detections += len(output.association.label)
            labels.update(output.tracks.label.tolist())
            alarms += sum(e.kind == EventKind.ALARM for e in output.watch.events)
            screen.see((output,))
        refused = writer.counts[Kind.REFUSED]
    return Seen(scans, detections, len(labels), alarms, refused, writer.head)


def _first(items: Iterator[Scan | Act | Refused], aside: list[Act | Refused]) -> Scan | None:
    """The first scan; what came before it goes to `aside`."""
    for item in items:
        if isinstance(item, Scan):
            return item
        aside.append(item)
    return None


def verify(path: Path) -> Verified:
    """Derives every output of a journal again from its scans and acts, comparing bytes.

    Raises JournalError on a broken chain, MismatchError naming the first record that
    comes out differently.
    """
    with Reader(path) as journal:
        records = journal.verify_chain()
        s = unpack(journal.meta.setup, Setup)
        state = start(s)
        acts: tuple[Act, ...] = ()
        steps = 0
        output: Output | None = None
        kinds = (Kind.ACT, Kind.SCAN, Kind.OUTPUT, Kind.DIGEST, Kind.EVENTS, Kind.STATE)
        for r in journal.records(*kinds):
            if r.kind == Kind.ACT:
                acts = (*acts, journal.decode(r, Act))
                continue
            if r.kind == Kind.SCAN:
                state, output = step(state, journal.decode(r, Scan), acts, s)
                acts = ()
                continue
            steps += r.kind in (Kind.OUTPUT, Kind.DIGEST)
            if _derived(r.kind, state, output) != r.payload:
                raise MismatchError(
                    f"{journal.path}: record {r.seq} (step {steps - 1}): the replay derives "
                    "something else from the same scans"
                )
        return Verified(records, steps, journal.closed(), journal.head())


def _derived(kind: Kind, state: State, output: Output | None) -> bytes:
    """What a record of this kind should hold."""
    if kind == Kind.STATE:
        return pack(state)
    if output is None:
        return b""
    if kind == Kind.EVENTS:
        return pack(Events(output.watch.events))
    return digest(output) if kind == Kind.DIGEST else pack(output)


def steps(journal: Reader, since_ns: int | None = None) -> Iterator[tuple[int, Scan, Output]]:
    """Record number, scan and output of every step; a live journal's are derived again.

    since_ns: of a live journal, from the last state kept before it on; None: from its start.
    """
    s = unpack(journal.meta.setup, Setup)
    kept = None if since_ns is None else journal.state_before(since_ns)
    state = None if kept is None else journal.decode(kept, State)
    acts: tuple[Act, ...] = ()
    scan, output = None, None
    kinds = (Kind.ACT, Kind.SCAN, Kind.OUTPUT, Kind.DIGEST)
    for r in journal.records(*kinds, after=-1 if kept is None else kept.seq):
        if r.kind == Kind.ACT:
            acts = (*acts, journal.decode(r, Act))
        elif r.kind == Kind.SCAN:
            scan, told, acts = journal.decode(r, Scan), acts, ()
        elif scan is not None and r.kind == Kind.OUTPUT:
            yield r.seq, scan, journal.decode(r, Output)
        elif scan is not None:
            state, output = step(start(s) if state is None else state, scan, told, s)
            yield r.seq, scan, output


def rebuild(journal: Reader, s: Setup, until_ns: int | None = None) -> tuple[Flow, Output | None]:
    """The flow as it stood at the end of a live journal, or at until_ns, and its last output.

    From the last state that is kept, and what came after it; the flow has no writer.
    """
    kept = journal.state_before(until_ns)
    flow = Flow(s, None, None if kept is None else journal.decode(kept, State))
    output = None
    for r in journal.records(Kind.ACT, Kind.SCAN, after=-1 if kept is None else kept.seq):
        if until_ns is not None and r.t_ns > until_ns:
            break
        if r.kind == Kind.ACT:
            flow.take(journal.decode(r, Act))
        else:
            output = flow.take(journal.decode(r, Scan)) or output
    return flow, output
