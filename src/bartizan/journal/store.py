"""SQLite in WAL mode: one table of records, each hashed over the one before.

In: packed payloads.  Out: records in order.  Does not: change, replace or delete a record:
the database itself refuses that, and what went past it is found by the chain (`chain`).

A step's scan, output and events are one transaction: after a kill -9 every step
that was acknowledged (the call returned) is there, and no half of one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import msgspec

from bartizan.errors import JournalError
from bartizan.journal.chain import DAMAGE, INSERT, SCHEMA, link, open_read
from bartizan.journal.codec import pack, unpack
from bartizan.types import Act, Event, Mode, Output, Refused, Scan, Site

_T = TypeVar("_T")
# What is looked for by its kind in a journal of days.
LANDMARK = """
CREATE INDEX landmark ON record (kind, seq) WHERE kind IN ('state', 'events', 'act');
"""
_SELECT = "SELECT seq, kind, t_ns, payload, hash FROM record"


class Kind(StrEnum):
    """What a record holds."""

    META = "meta"
    SCAN = "scan"
    OUTPUT = "output"
    REFUSED = "refused"
    UMPIRE = "umpire"
    ACT = "act"
    DIGEST = "digest"
    EVENTS = "events"
    STATE = "state"
    END = "end"


class Meta(NamedTuple):
    """The first record: what this journal is of.

    source: where the scans came from, in words   seed: -1 where there is none
    raid: its name, "" for a recording   story: what it replays, in words
    setup: the packed settings of every stage (`pipeline.Setup`)
    """

    version: str
    mode: Mode
    title: str
    source: str
    raid: str
    story: str
    seed: int
    t0_ns: int
    site: Site
    setup: bytes


class Events(NamedTuple):
    """What was decided in one step of a live journal, beside its digest."""

    events: tuple[Event, ...]


class End(NamedTuple):
    """The last record of a journal that was closed: how many records stand before it."""

    records: int


class Record(NamedTuple):
    """One record as it stands."""

    seq: int
    kind: Kind
    t_ns: int
    payload: bytes
    hash: bytes


def digest(output: Output) -> bytes:
    """What stands for an output in a journal that goes on for days: BLAKE2b-256 of its bytes,
    which follow from the scans and acts before it.
    """
    return hashlib.blake2b(pack(output), digest_size=32).digest()


class Writer:
    """Appends to one journal.

    live: each step's digest stands for its output, many steps may go into one transaction
    (`flush`), and that waits for the disk.
    """

    def __init__(self, path: Path, meta: Meta, *, live: bool = False) -> None:
        """Raises JournalError when the file exists or cannot be made."""
        if path.exists():
            raise JournalError(f"{path}: a journal is there already; a run needs a new one")
        self._open(path, live)
        try:
            self._db.executescript(SCHEMA + LANDMARK)
        except sqlite3.Error as e:
            raise JournalError(f"{path}: a journal cannot be made there: {e}") from e
        self._t_ns = meta.t0_ns
        self._append([(Kind.META, meta.t0_ns, pack(meta))])

    @classmethod
    def resume(cls, path: Path) -> Self:
        """Goes on with a live journal where its last record stands.

        Raises JournalError when it was closed, or its last record does not hold.
        """
        with Reader(path) as before:
            last = before.last()
            if last.kind == Kind.END:
                raise JournalError(f"{path}: closed; a closed journal takes no more records")
        self = cls.__new__(cls)
        self._open(path, live=True)
        self._seq, self._hash, self._t_ns = last.seq + 1, last.hash, last.t_ns
        return self

    def _open(self, path: Path, live: bool) -> None:
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute(f"PRAGMA synchronous={'FULL' if live else 'NORMAL'}")
        except sqlite3.Error as e:
            raise JournalError(f"{path}: a journal cannot be made there: {e}") from e
        self._path, self._live = path, live
        self._seq, self._hash, self._t_ns = 0, bytes(32), 0
        self._waiting: list[tuple[Kind, int, bytes]] = []
        self.counts = dict.fromkeys(Kind, 0)

    def _append(self, records: Iterable[tuple[Kind, int, bytes]]) -> None:
        """All records in one transaction, or none: then the chain stands where it stood."""
        seq, head, rows = self._seq, self._hash, []
        for kind, t_ns, payload in records:
            head = link(head, seq, kind, t_ns, payload)
            rows.append((seq, kind, t_ns, payload, head))
            seq += 1
        try:
            self._db.execute("BEGIN")
            self._db.executemany(INSERT, rows)
            self._db.execute("COMMIT")
        except (sqlite3.Error, OverflowError) as e:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise JournalError(f"{self._path}: record {self._seq} cannot be written: {e}") from e
        self._seq, self._hash = seq, head
        for _, kind, t_ns, *_ in rows:
            self.counts[kind] += 1
            self._t_ns = max(self._t_ns, t_ns)

    def _add(self, records: list[tuple[Kind, int, bytes]]) -> None:
        """At once, or, live, with the next `flush`."""
        if self._live:
            self._waiting += records
        else:
            self._append(records)

    def flush(self) -> None:
        """All that waits in one transaction; when this returns it survives kill -9."""
        if self._waiting:
            records, self._waiting = self._waiting, []
            self._append(records)

    def step(self, scan: Scan, output: Output) -> None:
        """One step of the pipeline: the scan as received and what came of it."""
        scanned = (Kind.SCAN, scan.t_ns, pack(scan))
        if not self._live:
            self._append([scanned, (Kind.OUTPUT, output.t_ns, pack(output))])
            return
        self._add([scanned, (Kind.DIGEST, output.t_ns, digest(output))])
        if output.watch.events:
            self._add([(Kind.EVENTS, output.t_ns, pack(Events(output.watch.events)))])

    def state(self, t_ns: int, packed: bytes) -> None:
        """The packed state after the last step, from which the flow can go on."""
        self._add([(Kind.STATE, t_ns, packed)])

    def act(self, act: Act) -> None:
        """A person's act, as it comes: the step of the next scan is what takes it in."""
        self._add([(Kind.ACT, act.t_ns, pack(act))])

    def refused(self, refused: Refused) -> None:
        """A record that was set aside; what is no text in it is spelled out."""
        try:
            payload = pack(refused)
        except UnicodeEncodeError:  # half a surrogate pair, as a JSON escape can make one
            source, where, why = (ascii(w)[1:-1] for w in refused[1:4])
            payload = pack(Refused(refused.t_ns, source, where, why, refused.raw))
        self._add([(Kind.REFUSED, refused.t_ns, payload)])

    def umpire(self, events: Iterable[Event]) -> None:
        """What the umpire of an exercise says happened."""
        records = [(Kind.UMPIRE, e.t_ns, pack(e)) for e in events]
        if records:
            self._add(records)

    def pause(self) -> None:
        """Lets the file go without an end, so that it can be resumed."""
        self.flush()
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def close(self) -> None:
        """The end record; the file is whole without its WAL after this."""
        self.flush()
        self._append([(Kind.END, self._t_ns, pack(End(self._seq)))])
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()

    @property
    def head(self) -> str:
        """The hash of the last record, in hexadecimal."""
        return self._hash.hex()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if kind is None:
            self.close()
        else:
            self._db.close()


def _record(row: tuple[Any, ...]) -> Record:
    """The row as a record.  Raises ValueError or TypeError where a column is none of its kind."""
    seq, kind, t_ns, payload, digest = row
    if not (isinstance(t_ns, int) and isinstance(payload, bytes) and isinstance(digest, bytes)):
        raise TypeError("expected a whole number and two runs of bytes")
    return Record(seq, Kind(kind), t_ns, payload, digest)


class Reader:
    """Reads a journal, also while it is written or after its writer was killed."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError when there is no journal at `path`."""
        self.path = path / "journal.db" if path.is_dir() else path
        if not self.path.is_file():
            raise JournalError(f"{self.path}: no journal is there")
        try:
            self._db = open_read(self.path)
        except DAMAGE as e:
            raise JournalError(f"{self.path}: not a journal, or damaged: {e}") from e
        try:
            self.meta = self._first()
        except BaseException:
            self._db.close()
            raise

    def _first(self) -> Meta:
        try:
            first = self._db.execute(_SELECT + " WHERE seq = 0").fetchone()
        except DAMAGE as e:
            raise JournalError(f"{self.path}: not a journal, or damaged: {e}") from e
        if first is None or first[1] != Kind.META:
            raise JournalError(
                f"{self.path}: record 0: expected what the journal is of; its writer was "
                "stopped before it began, or this is none"
            )
        return self.decode(self._record(first), Meta)

    def decode(self, record: Record, kind: type[_T]) -> _T:
        """The record's content.  Raises JournalError naming the record when it is damaged."""
        try:
            return unpack(record.payload, kind)
        except (msgspec.MsgspecError, ValueError, TypeError) as e:
            raise JournalError(
                f"{self.path}: record {record.seq} ({record.kind}): expected a {kind.__name__}: {e}"
            ) from e

    def records(self, *kinds: Kind, after: int = -1) -> Iterator[Record]:
        """All records in order, or those of some kinds; those after a number."""
        where = f" AND kind IN ({','.join('?' * len(kinds))})" if kinds else ""
        sql = f"{_SELECT} WHERE seq > {after:d}{where} ORDER BY seq"
        return map(self._record, self._query(sql, kinds))

    def state_before(self, t_ns: int | None = None) -> Record | None:
        """The last state that is kept, or the last not later than t_ns; None: there is none."""
        where = "" if t_ns is None else f" AND t_ns <= {t_ns:d}"
        rows = self._query(f"{_SELECT} WHERE kind = 'state'{where} ORDER BY seq DESC LIMIT 1")
        row = next(rows, None)
        return None if row is None else self._record(row)

    def last(self) -> Record:
        """The last record."""
        (row,) = self._query(f"{_SELECT} ORDER BY seq DESC LIMIT 1")
        return self._record(row)

    def hash_of(self, seq: int) -> str:
        """The hash of one record, in hexadecimal.  Raises JournalError when it is not there."""
        row = next(self._query(f"SELECT seq, hash FROM record WHERE seq = {seq:d}"), None)
        if row is None:
            raise JournalError(f"{self.path}: record {seq}: missing")
        return bytes(row[1]).hex()

    def _record(self, row: tuple[Any, ...]) -> Record:
        try:
            return _record(row)
        except (ValueError, TypeError) as e:
            raise JournalError(f"{self.path}: record {row[0]}: changed: {e}") from e

    def _query(self, sql: str, values: tuple[str, ...] = ()) -> Iterator[tuple[Any, ...]]:
        last = "the first record"
        try:
            for row in self._db.execute(sql, values):
                yield row
                last = f"record {row[0]}"
        except DAMAGE as e:
            raise JournalError(f"{self.path}: damaged, after {last}: {e}") from e

    def scans(self) -> Iterator[Scan]:
        """The scans as received."""
        return (self.decode(r, Scan) for r in self.records(Kind.SCAN))

    def events(self, after_ns: int = 0) -> Iterator[Event]:
        """What was decided, of a live journal, from a time on."""
        sql = f"{_SELECT} WHERE kind = 'events' AND t_ns > {after_ns:d} ORDER BY seq"
        for r in map(self._record, self._query(sql)):
            yield from self.decode(r, Events).events

    def received(self) -> Iterator[Scan | Act]:
        """Scans as received and people's acts, in the order in which they came."""
        for r in self.records(Kind.SCAN, Kind.ACT):
            yield self.decode(r, Scan) if r.kind == Kind.SCAN else self.decode(r, Act)

    def outputs(self) -> Iterator[tuple[int, Output]]:
        """Record number and output of every step."""
        return ((r.seq, self.decode(r, Output)) for r in self.records(Kind.OUTPUT))

    def umpire(self) -> Iterator[tuple[int, Event]]:
        """Record number and event of everything the umpire said."""
        return ((r.seq, self.decode(r, Event)) for r in self.records(Kind.UMPIRE))

    def refused(self) -> Iterator[tuple[int, Refused]]:
        """Record number and record of everything set aside."""
        return ((r.seq, self.decode(r, Refused)) for r in self.records(Kind.REFUSED))

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are."""
        return dict(self._query("SELECT kind, COUNT(*) FROM record GROUP BY kind ORDER BY kind"))

    def head(self) -> str:
        """The hash of the last record, in hexadecimal."""
        return self.last().hash.hex()

    def closed(self) -> bool:
        """Whether its writer closed it; a killed run has no end record."""
        return self.last().kind == Kind.END

    def verify_chain(self) -> int:
        """How many records there are, each hash right.

        Raises JournalError naming the first record that is missing or was changed.
        """
        before = bytes(32)
        count = 0
        ended = False
        for r in self.records():
            if r.seq != count:
                raise JournalError(f"{self.path}: record {count}: missing")
            if ended:
                raise JournalError(f"{self.path}: record {count}: added after the end")
            ended = r.kind == Kind.END
            before = link(before, r.seq, r.kind, r.t_ns, r.payload)
            if before != r.hash:
                raise JournalError(f"{self.path}: record {r.seq} ({r.kind}): changed: hash differs")
            count += 1
        return count

    def close(self) -> None:
        """Lets the file go."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()
