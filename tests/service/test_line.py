"""A line that is killed goes on with the same bytes; another's settings are put aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from bartizan import pipeline, replay
from bartizan.errors import JournalError
from bartizan.feeds.hold import Hold
from bartizan.journal import Kind, Reader, pack
from bartizan.service import Line
from bartizan.service.past import Past
from bartizan.types import Act, Output, Scan
from service.night import scans, setup


def whole() -> list[Output]:
    return list(pipeline.run(scans(), setup()))


def test_a_resumed_line_gives_the_outputs_of_one_that_never_stopped(tmp_path: Path) -> None:
    path, outputs = tmp_path / "journal.db", []
    parts = (scans()[:90], scans()[90:91], scans()[91:250], scans()[250:])
    for k, part in enumerate(parts):
        line = Line(setup(), path, "test", part[0].t_ns)
        assert line.resumed == (k > 0)
        for scan in part:
            outputs += line.take([scan], scan.t_ns)
        line.pause()
    assert [pack(o) for o in outputs] == [pack(o) for o in whole()]
    seen = replay.verify(path)
    assert not seen.closed
    assert seen.steps == len(scans())


def test_an_act_that_waits_is_taken_in_after_the_restart(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    line = Line(setup(), path, "test", scans()[0].t_ns)
    line.take([*scans()[:60], Act(scans()[59].t_ns, "Ada", "note", 0, why="east")], 0)
    line.pause()
    again = Line(setup(), path, "test", 0)
    (output,) = again.take(scans()[60:61], 0)
    assert any("Ada notes: east" in e.text for e in output.watch.events)
    again.pause()
    replay.verify(path)


def test_kill_9_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    """A process takes scans and says each number once it is taken; it is killed at some point."""
    program = textwrap.dedent(f"""
        import sys, time
        sys.path[:0] = {[str(Path(__file__).parents[1])]!r}
        from pathlib import Path
        from bartizan.service import Line
        from service.night import scans, setup
        line = Line(setup(), Path({str(tmp_path)!r}) / "journal.db", "test", 1)
        for k, scan in enumerate(scans()):
            line.take([scan], scan.t_ns)
            print(k, flush=True)
        time.sleep(60)
    """)
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = -1
    for line in child.stdout:
        said = int(line)
        if said == 150:
            os.kill(child.pid, signal.SIGKILL)
            break
    child.wait()
    child.stdout.close()
    begun = time.perf_counter()
    again = Line(setup(), tmp_path / "journal.db", "test", 1)
    took_s = time.perf_counter() - begun
    with Reader(tmp_path) as r:
        kept = r.counts()[Kind.SCAN]
    assert kept > said
    assert again.flow.state.track.t_ns == scans()[kept - 1].t_ns
    assert took_s < 10.0  # shown by the benchmark; here only that it does not grow wild
    rest = [o for s in scans()[kept:] for o in again.take([s], s.t_ns)]
    again.pause()
    assert pack(rest[-1]) == pack(whole()[-1])


def test_two_watches_do_not_write_one_journal(tmp_path: Path) -> None:
    line = Line(setup(), tmp_path / "journal.db", "test", 1)
    with pytest.raises(JournalError, match="another watch"):
        Line(setup(), tmp_path / "journal.db", "test", 1)
    line.pause()


def test_a_journal_of_other_settings_is_kept_beside(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    line = Line(setup(), path, "test", 7_000_000_000)
    line.take(scans()[:20], 0)
    line.pause()
    other = Line(setup(ack_s=60.0), path, "test", 9_000_000_000)
    assert not other.resumed
    other.pause()
    assert (tmp_path / "journal-7.db").is_file()
    with Reader(tmp_path / "journal-7.db") as r:
        assert r.counts()[Kind.SCAN] == 20


def test_a_changed_digest_is_found(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "journal.db"
    line = Line(setup(), path, "test", 1)
    line.take(scans()[:30], 0)
    line.pause()
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER no_update")
        at = "(SELECT MIN(seq) FROM record WHERE kind = 'digest')"
        db.execute(f"UPDATE record SET payload = zeroblob(32) WHERE seq = {at}")
    db.close()
    with pytest.raises(JournalError, match="changed"):
        replay.verify(path)


def test_any_moment_of_the_past_is_the_one_that_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    line = Line(setup(), path, "test", scans()[0].t_ns)
    seen = {}
    for k, scan in enumerate(scans()):
        (output,) = line.take([scan], scan.t_ns + k * 30_000_000_0)
        seen[scan.t_ns] = sorted(output.tracks.label.tolist())
    past, times = Past(path), sorted(seen)
    for k in (len(times) // 2, len(times) // 2 + 5, 40, len(times) - 1):
        told = past.at(times[k])
        assert sorted(t["label"] for t in told["tracks"]) == seen[times[k]]
        assert told["t_ns"] == times[k]
    line.pause()
    story = past.timeline(0, times[-1])
    assert [level for _, level in story["posture"]][-1] == "RED"
    assert any(e["kind"] == "alarm" for e in story["events"])


def test_scans_come_out_in_order_of_time_and_once() -> None:
    hold, a = Hold(0.1), scans()[:6]
    ms = 1_000_000
    assert hold.put(a[2], 0)
    assert hold.put(a[0], 60 * ms)
    assert not hold.put(a[0], 61 * ms)
    assert hold.put(a[5], 70 * ms)
    assert hold.due_ns() == 100 * ms
    assert hold.take(99 * ms) == []
    assert hold.take(100 * ms) == [a[0], a[2]]  # the older one goes first though it came later
    assert hold.take(170 * ms) == [a[5]]


def test_nothing_waits_for_a_sensor_that_has_passed() -> None:
    a, s = scans()[0], 10**9

    def at(sensor: int, t_ns: int) -> Scan:
        return a._replace(sensor=sensor, t_ns=t_ns)

    hold = Hold(0.05)
    hold.put(at(0, 0), 0)
    hold.put(at(1, 1), 1)
    assert hold.take(1) == []  # who reports is not known yet
    assert len(hold.take(s)) == 2
    for k in range(1, 5):
        hold.put(at(0, k * s), k * s)
        hold.put(at(1, k * s + 500), k * s + 500)
        hold.take(k * s + s // 2)
    hold.put(at(0, 5 * s), 5 * s)
    assert hold.take(5 * s + 1) == []  # sensor 1 may still tell of before
    hold.put(at(1, 5 * s - 9), 5 * s + 2)
    assert [x.t_ns for x in hold.take(5 * s + 2)] == [5 * s - 9]
    hold.put(at(1, 5 * s + 7), 5 * s + 9)
    assert [x.t_ns for x in hold.take(5 * s + 9)] == [5 * s]  # passed: it waits no longer
    hold.put(at(0, 9 * s), 9 * s)
    assert [x.sensor for x in hold.take(9 * s)] == [1, 0]  # sensor 1 is silent: not waited for
