"""The record on disk: SQLite, an append-only hash-chained audit, and tables derived from it.

In: entries of a person.  Out: cases, searches, the audit.  Does not: judge (see
`record.rules`), or change anything without an entry in the chain.

The chain is the journal's (`journal.chain`): one record an act.  All other tables follow
from it; `verify` derives them again and compares.  Beside the journal this room is
the only one that speaks SQL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeVar

import msgspec

from bartizan.errors import InputError, JournalError
from bartizan.incidents.record import nouns
from bartizan.incidents.record.nouns import Claim, Incident
from bartizan.incidents.store.tables import DERIVED, PREFIX, TABLES, apply, key, number, pack
from bartizan.journal.chain import DAMAGE, INSERT, SCHEMA, link, open_read
from bartizan.units import iso_from_ns

_T = TypeVar("_T")
_FAR: Final = 2**62  # nanoseconds that SQLite can hold, and their sum
_entry = msgspec.msgpack.Decoder(nouns.Entry)


class Found(NamedTuple):
    """One hit of a search: an incident, and the claim whose words were found ("" its title)."""

    incident: str
    claim: str
    words: str


class Store:
    """One file `incidents.db`; one writer at a time, any number of readers."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        """Raises InputError where there is none to read, JournalError on a damaged one."""
        self.path = path
        new = not path.exists()
        if new and not write:
            raise InputError(f"{path}: no incident record is there; `open` or `add` begins one")
        try:
            if write:
                self._db = sqlite3.connect(path, isolation_level=None, timeout=10.0)
                self._begin(new)
            else:
                self._db = open_read(path)
            self._db.execute("SELECT gone_to FROM incident LIMIT 1").fetchone()
        except DAMAGE as e:
            raise JournalError(f"{path}: not an incident record, or damaged: {e}") from e

    def _begin(self, new: bool) -> None:
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        if new:
            self._db.executescript(f"BEGIN IMMEDIATE;{SCHEMA}{TABLES}COMMIT;")

    # -- changing ---------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[Self]:
        """All entries in it together, or none; nobody else writes meanwhile.

        Inside another it is part of that one.  Raises JournalError when the file cannot be
        written.
        """
        if self._db.in_transaction:
            yield self
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as e:
            raise JournalError(f"{self.path}: cannot be written: {e}") from e
        try:
            yield self
            self._db.execute("COMMIT")
        except sqlite3.Error as e:
            raise JournalError(f"{self.path}: cannot be written: {e}") from e
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def append(self, who: str, t_ns: int, act: nouns.Act) -> int:
        """One entry, inside `writing`; -> its record number.  Raises InputError without a name."""
        if not who.strip():
            raise InputError("who: expected a person's name: nothing changes without one")
        row = self._db.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        seq, before = (row[0] + 1, row[1]) if row else (0, bytes(32))
        entry = nouns.Entry(who.strip(), act)
        try:
            kind, payload = act.__struct_config__.tag, pack(entry)
        except OverflowError as e:
            raise InputError("a number is beyond 64 bits: it has no place in the record") from e
        except UnicodeEncodeError as e:
            raise InputError(f"expected UTF-8 text: {e}") from e
        digest = link(before, seq, str(kind), t_ns, payload)
        self._db.execute(INSERT, (seq, kind, t_ns, payload, digest))
        apply(self._db, seq, t_ns, entry)
        return seq

    def next_id(self, table: str) -> str:
        """The id that the next row of `table` will have."""
        return f"{PREFIX[table]}{self._count(table) + 1}"

    def _count(self, table: str) -> int:
        (n,) = self._one(f"SELECT COALESCE(MAX(n), 0) FROM {table}")
        return int(n)

    # -- reading ----------------------------------------------------------------------

    def _one(self, sql: str, *values: Any) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._db.execute(sql, values).fetchone()
        return row

    def _bodies(self, kind: type[_T], sql: str, *values: Any) -> tuple[_T, ...]:
        try:
            rows = self._db.execute(sql, values).fetchall()
            return tuple(msgspec.msgpack.decode(body, type=kind) for (body,) in rows)
        except (*DAMAGE, msgspec.MsgspecError) as e:
            raise JournalError(f"{self.path}: damaged: {e}") from e

    def incident(self, name: str) -> Incident:
        """The incident of an id, merged away or not.  Raises InputError where there is none."""
        n = number(name, "incident")
        found = self._bodies(Incident, "SELECT body FROM incident WHERE n = ?", n)
        if not found:
            raise InputError(f"{name}: no such incident; the last is I{self._count('incident')}")
        return found[0]

    def merged(self, name: str) -> nouns.Merged | None:
        """Where an incident went in the end, None where it stands."""
        sql = "SELECT gone_to, gone_seq FROM incident WHERE n = ?"
        at, last = self._one(sql, number(name, "incident")), None
        while at is not None and at[0] is not None:
            last, at = at, self._one(sql, at[0])
        if last is None:
            return None
        entry = next(self.audit(last[1]))
        assert isinstance(entry.act, nouns.Merge)  # gone_seq is written by a merge alone
        return nouns.Merged(f"I{last[0]}", entry.who, entry.t_ns, entry.act.why)

    def standing(self, name: str) -> Incident:
        """The incident, if it stands.  Raises InputError that points to where it went."""
        found = self.incident(name)
        if gone := self.merged(name):
            raise InputError(
                f"{name} was merged into {gone.into} by {gone.who} on "
                f"{iso_from_ns(gone.t_ns, 0)} ({gone.why}): use {gone.into}"
            )
        return found

    def claim(self, name: str) -> Claim:
        """The claim, on the incident where it is now.  Raises InputError where there is none."""
        n = number(name, "claim")
        row = self._one("SELECT incident, body FROM claim WHERE n = ?", n)
        if row is None:
            raise InputError(f"{name}: no such claim; the last is C{self._count('claim')}")
        return _moved(msgspec.msgpack.decode(row[1], type=Claim), row[0])

    def evidence(self, name: str) -> nouns.Evidence:
        """The evidence of an id.  Raises InputError where there is none."""
        n = number(name, "evidence")
        found = self._bodies(nouns.Evidence, "SELECT body FROM evidence WHERE n = ?", n)
        if not found:
            raise InputError(f"{name}: no such evidence; the last is E{self._count('evidence')}")
        return found[0]

    def text(self, document: str) -> str:
        """A document's text as it was taken in."""
        row = self._one("SELECT text FROM document WHERE n = ?", number(document, "document"))
        if row is None:
            raise InputError(f"{document}: no such document")
        return str(row[0])

    def document_of(self, sha256: str) -> str:
        """The id of the document with this hash, "" where there is none."""
        row = self._one("SELECT n FROM document WHERE sha256 = ?", sha256)
        return f"D{row[0]}" if row else ""

    def actor(self, name: str) -> nouns.Actor | None:
        """Who is known by this name or alias."""
        sql = "SELECT body FROM alias JOIN actor ON actor.name = alias.actor WHERE key = ?"
        found = self._bodies(nouns.Actor, sql, key(name))
        return found[0] if found else None

    def incidents(self, *, site: str = "", limit: int = 100) -> tuple[Incident, ...]:
        """Incidents that stand, the latest first (those without a time last)."""
        where = " AND site = ?" if site else ""
        return self._bodies(
            Incident,
            f"SELECT body FROM incident WHERE gone_to IS NULL{where} "
            "ORDER BY from_ns DESC, n DESC LIMIT ?",
            *([site] if site else []), limit,
        )  # fmt: skip

    def between(self, from_ns: int, to_ns: int, limit: int = 500) -> tuple[Incident, ...]:
        """Attacks that stand and began in a window of time, nearest its middle first."""
        from_ns, to_ns = max(from_ns, -_FAR), min(to_ns, _FAR)
        return self._bodies(
            Incident,
            "SELECT body FROM incident WHERE from_ns BETWEEN ? AND ? AND gone_to IS NULL "
            "AND kind = 'attack' ORDER BY ABS(from_ns - ?), n LIMIT ?",
            from_ns, to_ns, (from_ns + to_ns) // 2, limit,
        )  # fmt: skip

    def claims_of(self, names: Sequence[str], only: Sequence[str]) -> dict[str, tuple[Claim, ...]]:
        """Claims of some fields on many incidents, by incident."""
        ids = [number(n, "incident") for n in names]
        marks, kinds = (",".join("?" * len(x)) for x in (ids, only))
        out: dict[str, list[Claim]] = {}
        sql = f"SELECT incident, body FROM claim WHERE incident IN ({marks}) AND field IN ({kinds})"
        for i, body in self._db.execute(f"{sql} ORDER BY n", (*ids, *only)):
            claim = _moved(msgspec.msgpack.decode(body, type=Claim), i)
            if not claim.rejected:
                out.setdefault(f"I{i}", []).append(claim)
        return {k: tuple(v) for k, v in out.items()}

    def asserted(self, names: Sequence[str]) -> dict[str, set[str]]:
        """Which incidents a text or a person has set beside each of these, as two of a kind."""
        ids = [number(n, "incident") for n in names]
        marks = ",".join("?" * len(ids))
        sql = f"SELECT a, b, body FROM link WHERE a IN ({marks}) OR b IN ({marks})"
        out: dict[str, set[str]] = {}
        for a, b, body in self._db.execute(sql, (*ids, *ids)):
            if msgspec.msgpack.decode(body, type=nouns.Link).kind in (
                "same_incident",
                "anniversary",
            ):
                continue
            out.setdefault(f"I{a}", set()).add(f"I{b}")
            out.setdefault(f"I{b}", set()).add(f"I{a}")
        return out

    def contexts(self) -> tuple[Incident, ...]:
        """Events that others refer to."""
        sql = "SELECT body FROM incident WHERE kind = 'context' AND gone_to IS NULL ORDER BY n"
        return self._bodies(Incident, sql)

    def search(self, words: str, limit: int = 50) -> tuple[Found, ...]:
        """Incidents by their title and claims by their exact words, the newest first.

        All words must be there; one that ends in * is a beginning.
        """
        quoted = ['"' + w.rstrip("*").replace('"', '""') + '"' + "*" * w.endswith("*")
                  for w in words.split() if w.rstrip("*")]  # fmt: skip
        if not quoted or "\0" in words or any("\ud800" <= c <= "\udfff" for c in words):
            raise InputError("expected a word to search for, in plain text")
        match = " ".join(quoted)
        titles = self._db.execute(
            "SELECT titles.rowid, titles.title FROM titles WHERE titles MATCH ? "
            "ORDER BY titles.rowid DESC LIMIT ?", (match, limit),
        )  # fmt: skip
        out = [Found(f"I{n}", "", title) for n, title in titles]
        claims = self._db.execute(
            "SELECT claim.n, claim.incident, claim.quote FROM words JOIN claim ON "
            "claim.n = words.rowid WHERE words MATCH ? ORDER BY words.rowid DESC LIMIT ?",
            (match, limit),
        )
        out += [Found(f"I{i}" if i else "", f"C{n}", quote) for n, i, quote in claims]
        return tuple(out)

    def case(self, name: str) -> nouns.Case:
        """All that the record holds of an incident.  Raises InputError as `standing`."""
        incident = self.standing(name)
        n = number(name, "incident")
        every = [
            _moved(c, n)
            for c in self._bodies(Claim, "SELECT body FROM claim WHERE incident = ? ORDER BY n", n)
        ]
        claims = tuple(c for c in every if not c.rejected)
        links = self._db.execute(
            "SELECT a, b, body FROM link WHERE (a = ?1 OR b = ?1) AND a != b ORDER BY n", (n,)
        )
        used = sorted({c.document for c in claims})
        documents: dict[str, nouns.Document] = {}
        for d in used:
            sql = "SELECT body FROM document WHERE n = ?"
            (documents[d],) = self._bodies(nouns.Document, sql, number(d, "document"))
        names = {s.name for c in claims for s in c.chain} | {documents[d].publisher for d in used}
        mine = f"SELECT {{}} FROM claim WHERE incident = {n}"
        return nouns.Case(
            incident, documents, claims,
            tuple(msgspec.structs.replace(e, incident=name) for e in self._bodies(
                nouns.Evidence, "SELECT body FROM evidence WHERE incident = ? ORDER BY n", n)),
            self._bodies(nouns.Relation, f"SELECT body FROM relation WHERE a IN ({mine}) OR b IN "
                         f"({mine}) ORDER BY n".replace("{}", "n")),
            tuple(
                msgspec.structs.replace(
                    msgspec.msgpack.decode(body, type=nouns.Link), a=f"I{a}", b=f"I{b}")
                for a, b, body in links
            ),
            {s: a for s in sorted(names) if (a := self.actor(s))},
            self._bodies(nouns.Confirmation, "SELECT body FROM confirmation WHERE claim IN "
                         f"({mine}) ORDER BY n".replace("{}", "n")),
            self._bodies(nouns.Decision, "SELECT body FROM decision WHERE incident = ? ORDER BY n", n),
            tuple(f"I{k}" for (k,) in self._db.execute(
                "SELECT n FROM incident WHERE gone_to = ? ORDER BY n", (n,))),
            tuple(c for c in every if c.rejected),
        )  # fmt: skip

    # -- the chain --------------------------------------------------------------------

    def rows(self, seq: int = 0) -> Iterator[tuple[int, str, int, bytes, bytes]]:
        """Records of the chain as they stand, from `seq` on: seq, kind, t_ns, payload, hash."""
        try:
            yield from self._db.execute(
                "SELECT seq, kind, t_ns, payload, hash FROM record WHERE seq >= ? ORDER BY seq",
                (seq,),
            )
        except DAMAGE as e:
            raise JournalError(f"{self.path}: damaged: {e}") from e

    def audit(self, seq: int = 0) -> Iterator[nouns.Audit]:
        """Every change from record `seq` on: who, what, when."""
        for at, _, t_ns, payload, digest in self.rows(seq):
            entry = self._decoded(at, payload)
            yield nouns.Audit(at, t_ns, digest.hex(), entry.who, entry.act)

    def _decoded(self, seq: int, payload: bytes) -> nouns.Entry:
        try:
            return _entry.decode(payload)
        except msgspec.MsgspecError as e:
            raise JournalError(f"{self.path}: record {seq}: {e}") from e

    def head(self) -> str:
        """The hash of the last record, "" of an empty one."""
        row = self._one("SELECT hash FROM record ORDER BY seq DESC LIMIT 1")
        return bytes(row[0]).hex() if row else ""

    def verify(self) -> int:
        """How many records there are, each hash right and every table derived again.

        Raises JournalError naming the first record or the table that is not as it was written.
        """
        again = sqlite3.connect(":memory:", isolation_level=None)
        again.executescript(TABLES)
        before, count = bytes(32), 0
        for seq, kind, t_ns, payload, digest in self.rows():
            if seq != count:
                raise JournalError(f"{self.path}: record {count}: missing")
            before = link(before, seq, kind, t_ns, payload)
            if before != digest:
                raise JournalError(f"{self.path}: record {seq} ({kind}): changed: hash differs")
            apply(again, seq, t_ns, self._decoded(seq, payload))
            count += 1
        for table in DERIVED:
            sql = f"SELECT * FROM {table} ORDER BY 1"
            try:
                pairs = zip(self._db.execute(sql), again.execute(sql), strict=True)
                same = all(a == b for a, b in pairs)
            except (*DAMAGE, ValueError):
                same = False
            if not same:
                raise JournalError(f"{self.path}: table {table}: not what the audit says")
        again.close()
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


def _moved(claim: Claim, incident: int) -> Claim:
    name = f"I{incident}" if incident else ""
    return claim if claim.incident == name else msgspec.structs.replace(claim, incident=name)
