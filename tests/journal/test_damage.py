"""What a journal does when writing fails, when somebody tampers, and when bytes rot."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.errors import JournalError
from bartizan.journal import Kind, Reader, Writer
from bartizan.types import Act, Event, EventKind, Refused
from journal.test_store import meta, write


def freed(path: Path) -> sqlite3.Connection:
    """The database with its triggers gone, as a forger would have it."""
    db = sqlite3.connect(path, isolation_level=None)
    for name in ("no_update", "no_delete", "only_append"):
        db.execute(f"DROP TRIGGER {name}")
    return db


@pytest.mark.parametrize("sql", [
    "REPLACE INTO record SELECT 3, kind, t_ns, payload, hash FROM record WHERE seq = 4",
    "INSERT INTO record SELECT 3, kind, t_ns, payload, hash FROM record WHERE seq = 4",
    "INSERT INTO record SELECT 99, kind, t_ns, payload, hash FROM record WHERE seq = 4",
    "INSERT INTO record SELECT -1, kind, t_ns, payload, hash FROM record WHERE seq = 4",
])  # fmt: skip
def test_only_the_next_record_can_be_added(tmp_path: Path, sql: str) -> None:
    """REPLACE fires no DELETE trigger: it needs one of its own."""
    write(tmp_path / "journal.db")
    db = sqlite3.connect(tmp_path / "journal.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(sql)
    db.close()


def test_a_write_that_fails_leaves_the_chain_whole(tmp_path: Path) -> None:
    """As on a full disk: the error is said, and what follows links to what stands."""
    with Writer(tmp_path / "journal.db", meta()) as w:
        w.umpire([Event(1, EventKind.WALL, "one")])
        w._db.execute("PRAGMA query_only = 1")
        before = w.head
        with pytest.raises(JournalError, match="record 2 cannot be written"):
            w.umpire([Event(2, EventKind.WALL, "two")])
        assert w.head == before
        w._db.execute("PRAGMA query_only = 0")
        w.umpire([Event(3, EventKind.WALL, "three")])
    with Reader(tmp_path) as r:
        assert r.verify_chain() == 4
        assert [e.text for _, e in r.umpire()] == ["one", "three"]


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with Writer(tmp_path / "journal.db", meta()) as w:
        pages = w._db.execute("PRAGMA page_count").fetchone()[0]
        w._db.execute(f"PRAGMA max_page_count = {pages + 4}")
        with pytest.raises(JournalError, match="full"):
            for k in range(100):
                w.refused(Refused(k, "feed", "line", "why", b"x" * 3000))
        w._db.execute("PRAGMA max_page_count = 100000")
    with Reader(tmp_path) as r:
        assert r.verify_chain() == len(list(r.refused())) + 2


def test_acts_are_kept_as_they_come(tmp_path: Path) -> None:
    act = Act(5, "duty officer", "acknowledge", 1, why="seen")
    writer = Writer(tmp_path / "journal.db", meta())
    writer.act(act)
    with Reader(tmp_path) as r:  # a second connection: what a reader sees is committed
        kept = [r.decode(x, Act) for x in r.records(Kind.ACT)]
    writer.close()
    assert kept == [act]


def test_half_a_character_in_a_refusal_is_spelled_out(tmp_path: Path) -> None:
    with Writer(tmp_path / "journal.db", meta()) as w:
        w.refused(Refused(1, "feed", "line 3", "no such class '\ud83d'", b"\xff"))
    with Reader(tmp_path) as r:
        assert [x.why for _, x in r.refused()] == ["no such class '\\ud83d'"]


@pytest.mark.parametrize(("live", "level"), [(False, 1), (True, 2)])
def test_live_writing_waits_for_the_disk(tmp_path: Path, live: bool, level: int) -> None:
    with Writer(tmp_path / "journal.db", meta(), live=live) as w:
        assert w._db.execute("PRAGMA synchronous").fetchone() == (level,)
        assert w._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_run_that_an_error_ended_is_not_closed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), Writer(tmp_path / "journal.db", meta()) as w:
        w.umpire([Event(1, EventKind.WALL, "one")])
        raise RuntimeError
    with Reader(tmp_path) as r:
        assert r.verify_chain() == 2
        assert not r.closed()


def test_what_is_added_after_the_end_is_named(tmp_path: Path) -> None:
    from bartizan.journal.chain import link

    path = tmp_path / "journal.db"
    write(path)
    db = freed(path)
    before = db.execute("SELECT hash FROM record WHERE seq = 11").fetchone()[0]
    row = (12, "umpire", 0, b"\x90", link(before, 12, "umpire", 0, b"\x90"))
    db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", row)
    db.close()
    with Reader(path) as r, pytest.raises(JournalError, match="record 12: added after the end"):
        r.verify_chain()


@pytest.mark.parametrize("change", ["kind = 'nonsense'", "t_ns = 'noon'", "kind = 'scan'"])
def test_a_column_of_no_sense_is_named(tmp_path: Path, change: str) -> None:
    path = tmp_path / "journal.db"
    write(path)
    db = freed(path)
    db.execute("PRAGMA ignore_check_constraints = 1")
    db.execute(f"UPDATE record SET {change} WHERE seq = 4")
    db.close()
    with Reader(path) as r, pytest.raises(JournalError, match="record 4"):
        r.verify_chain()


def test_a_record_that_is_not_what_it_says_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path)
    db = freed(path)
    db.execute("UPDATE record SET payload = x'c1' WHERE seq = 3")
    db.close()
    with Reader(path) as r, pytest.raises(JournalError, match=r"record 3 \(umpire\)"):
        list(r.umpire())


def test_a_journal_of_another_thing_is_said(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "journal.db")
    db.execute("CREATE TABLE record (seq, kind, t_ns, payload, hash)")
    db.commit()
    db.close()
    with pytest.raises(JournalError, match="record 0"):
        Reader(tmp_path)


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "a ?mode=rw&x#1 %41 ü"
    folder.mkdir()
    write(folder / "journal.db")
    with Reader(folder) as r:
        assert r.verify_chain() == 12


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.floats(0.0, 0.999), st.integers(1, 255), st.integers(1, 40))
def test_rotten_bytes_never_pass_and_never_crash(
    tmp_path: Path, where: float, flip: int, length: int
) -> None:
    """Any run of bytes changed anywhere: the same records, or one JournalError."""
    whole = tmp_path / "whole.db"
    if not whole.exists():
        write(whole, 30)
    data = bytearray(whole.read_bytes())
    with Reader(whole) as r:
        records, head = r.verify_chain(), r.head()
    at = int(where * len(data))
    for k in range(at, min(at + length, len(data))):
        data[k] ^= flip
    path = tmp_path / "rotten.db"
    path.write_bytes(data)
    try:
        with Reader(path) as r:
            found = r.verify_chain()
            assert found <= records
            assert r.closed() == (found == records)
            if found == records:
                assert r.head() == head
    except JournalError as e:
        assert "rotten.db" in str(e)
    finally:
        for name in ("rotten.db-wal", "rotten.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
