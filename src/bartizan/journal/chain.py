"""The chain: one table of records, each hashed over the one before, that only grows.

In: a record's fields.  Out: its hash; the table's schema; a connection that cannot write.
Does not: know what a payload holds (see `store`, and `incidents.store`).

hash_k = BLAKE2b-256(hash_{k-1} | seq | kind | t_ns | payload), the first over 32 zero bytes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Final

SCHEMA: Final = """
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, t_ns INTEGER NOT NULL,
  payload BLOB NOT NULL CHECK (typeof(payload) = 'blob'),
  hash BLOB NOT NULL CHECK (typeof(hash) = 'blob' AND length(hash) = 32)
);
CREATE TRIGGER only_append BEFORE INSERT ON record
  WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq) + 1, 0) FROM record)
  BEGIN SELECT RAISE(ABORT, 'a journal is append-only'); END;
CREATE TRIGGER no_update BEFORE UPDATE ON record
  BEGIN SELECT RAISE(ABORT, 'a journal is append-only'); END;
CREATE TRIGGER no_delete BEFORE DELETE ON record
  BEGIN SELECT RAISE(ABORT, 'a journal is append-only'); END;
"""
INSERT: Final = "INSERT INTO record VALUES (?, ?, ?, ?, ?)"
# A rotten schema makes SQLite quote bytes that are no text in its own message.
DAMAGE: Final = (sqlite3.Error, UnicodeDecodeError)


def link(before: bytes, seq: int, kind: str, t_ns: int, payload: bytes) -> bytes:
    """The hash of a record that stands after one with the hash `before`."""
    h = hashlib.blake2b(before, digest_size=32)
    h.update(f"|{seq}|{kind}|{t_ns}|".encode())
    h.update(payload)
    return h.digest()


def open_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write; on a read-only medium one that does not lock either."""
    place = path.absolute().as_uri()
    db = sqlite3.connect(f"{place}?mode=ro", uri=True)
    wal = path.with_name(path.name + "-wal")
    try:
        db.execute("SELECT 1 FROM sqlite_master").fetchone()
    except DAMAGE as e:
        db.close()
        if not isinstance(e, sqlite3.OperationalError) or (wal.exists() and wal.stat().st_size):
            raise  # its last steps are in the WAL, which needs a folder that can be written
        db = sqlite3.connect(f"{place}?mode=ro&immutable=1", uri=True)
    return db
