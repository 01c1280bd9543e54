"""The journal: bit-exact codec, chain, append-only, and what survives kill -9."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from bartizan import config, pipeline
from bartizan.errors import JournalError
from bartizan.journal import Kind, Meta, Reader, Writer, pack, unpack
from bartizan.types import Event, EventKind, Mode, Refused, Scan, Site, Tracks

FLOATS = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=2, max_side=5), elements=st.floats(width=64)
)


@settings(max_examples=80, deadline=None)
@given(FLOATS, st.integers(-(2**62), 2**62), st.text(max_size=20))
def test_codec_is_bit_exact(a, t_ns, text) -> None:
    none = np.zeros(0, np.int64)
    scan = Scan(t_ns, 3, 0, a, none, a, a, a, none.astype(np.int8), none.astype(np.int8), a,
                none, none, ((5, text),))  # fmt: skip
    back = unpack(pack(scan), Scan)
    assert isinstance(back, Scan)
    assert back.z.tobytes() == a.tobytes()
    assert back.z.dtype == a.dtype
    assert back.names == ((5, text),)
    assert pack(back) == pack(scan)


def test_codec_refuses_what_is_no_data() -> None:
    with pytest.raises(TypeError, match="no place in a journal"):
        pack(Refused(1, "a", "b", "c", object()))  # type: ignore[arg-type]


def meta() -> Meta:
    site = config.load_site("erbil-airport").site
    setup = pipeline.setup(site, Mode.EXERCISE)
    return Meta("0", Mode.EXERCISE, "t", "s", "r", "story", 1, 100, site, pack(setup))


def write(path: Path, n: int = 5) -> None:
    with Writer(path, meta()) as w:
        for k in range(n):
            w.umpire([Event(k, EventKind.WRECKAGE, f"event {k}")])
            w.refused(Refused(k, "feed", f"line {k}", "why", b"\x00\xff"))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write(tmp_path / "journal.db")
    with Reader(tmp_path) as r:
        assert r.verify_chain() == 12
        assert [e.text for _, e in r.umpire()] == [f"event {k}" for k in range(5)]
        assert [x.where for _, x in r.refused()] == [f"line {k}" for k in range(5)]
        assert r.closed()
        assert isinstance(r.meta.site, Site)
        assert isinstance(unpack(r.meta.setup, pipeline.Setup), pipeline.Setup)


def test_same_content_same_head(tmp_path: Path) -> None:
    for name in "ab":
        write(tmp_path / name)
    with Reader(tmp_path / "a") as a, Reader(tmp_path / "b") as b:
        assert a.head() == b.head()


def test_the_database_refuses_change(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path)
    db = sqlite3.connect(path)
    for sql in ("UPDATE record SET t_ns = 1", "DELETE FROM record WHERE seq = 3"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(sql)
    db.close()


@pytest.mark.parametrize("change", ["UPDATE record SET payload = x'00' WHERE seq = 4",
                                    "UPDATE record SET t_ns = t_ns + 1 WHERE seq = 4",
                                    "DELETE FROM record WHERE seq = 4"])  # fmt: skip
def test_a_changed_record_is_named(tmp_path: Path, change: str) -> None:
    path = tmp_path / "journal.db"
    write(path)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("DROP TRIGGER no_update")
    db.execute("DROP TRIGGER no_delete")
    db.execute(change)
    db.close()
    with Reader(path) as r, pytest.raises(JournalError, match="record 4"):
        r.verify_chain()


def test_a_new_run_never_overwrites(tmp_path: Path) -> None:
    write(tmp_path / "journal.db")
    with pytest.raises(JournalError, match="a journal is there already"):
        Writer(tmp_path / "journal.db", meta())


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all" * 99, b"SQLite format 3\x00" + b"\x01" * 4000]
)
def test_what_is_no_journal_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"journal\.db"):
        Reader(path)
    with pytest.raises(JournalError, match="no journal is there"):
        Reader(tmp_path / "nothing.db")


def test_a_truncated_journal_is_said(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    write(path, 400)
    path.write_bytes(path.read_bytes()[:-30_000])
    with pytest.raises(JournalError), Reader(path) as r:
        r.verify_chain()


WRITES = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {here!r})
    from journal.test_store import meta
    from bartizan.journal import Writer
    from bartizan.types import Refused
    w = Writer(Path({path!r}), meta())
    print("ready", flush=True)
    for k in range(100000):
        w.refused(Refused(k, "feed", str(k), "why", b"x" * 3000))
        print(k, flush=True)
"""


@pytest.mark.parametrize("wait_s", [0.02, 0.11, 0.27])
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path, wait_s: float) -> None:
    path = tmp_path / "journal.db"
    here = str(Path(__file__).resolve().parents[1])
    code = textwrap.dedent(WRITES.format(here=here, path=str(path)))
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(wait_s)
    os.kill(child.pid, signal.SIGKILL)
    said = [int(x) for x in child.stdout.read().split("\n")[:-1]]
    child.wait()
    child.stdout.close()
    with Reader(path) as r:
        r.verify_chain()
        kept = [x.where for _, x in r.refused()]
        assert not r.closed()
    assert kept[: len(said)] == [str(k) for k in said]
    assert len(kept) <= len(said) + 1


def test_every_kind_reads_back(tmp_path: Path) -> None:
    write(tmp_path / "journal.db", 1)
    with Reader(tmp_path) as r:
        kinds = [x.kind for x in r.records()]
    assert kinds == [Kind.META, Kind.UMPIRE, Kind.REFUSED, Kind.END]
    assert Tracks._fields[0] == "t_ns"
