"""The loop: feeds and people in, answers out, drills apart, nothing that stops it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bartizan import replay
from bartizan.errors import BartizanError
from bartizan.journal import Reader
from bartizan.service import Service, Source
from bartizan.service.board import DRILL_LABELS, ellipses
from bartizan.types import Act, EventKind, Mode, Output, Refused, Scan
from service.night import scans, setup


class Clock:
    """Time that goes as fast as the scans do: it stands at the newest one."""

    def __init__(self) -> None:
        self.t_ns = scans()[0].t_ns

    def __call__(self) -> int:
        return self.t_ns


class Running:
    """A service in a thread, stopped at the end."""

    def __init__(self, folder: Path, mode: Mode = Mode.EXERCISE) -> None:
        self.clock = Clock()
        self.service = Service(setup(mode), folder, self.clock, hold_s=0.0)
        self._thread = threading.Thread(target=self.service.run)

    def __enter__(self) -> Running:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.service.stop()
        self._thread.join(20)

    def feed(self, items: tuple[Scan | Refused, ...]) -> Callable[[], Iterator[Scan | Refused]]:
        def opened() -> Iterator[Scan | Refused]:
            for item in items:
                yield item
                while self.service.waiting:  # the loop keeps up with this clock
                    time.sleep(0.0005)
                self.clock.t_ns = max(self.clock.t_ns, item.t_ns)

        return opened

    def until(self, ready: Callable[[], bool], limit_s: float = 240.0) -> None:
        end = time.monotonic() + limit_s
        while not ready():
            assert time.monotonic() < end, "waited too long"
            time.sleep(0.01)


class Played:
    """An exercise of recorded scans."""

    name = "played"

    def __init__(self, running: Running, items: tuple[Scan, ...]) -> None:
        self._items, self._running = items, running
        self.heard: list[Output] = []

    def items(self) -> Iterator[Scan | Refused]:
        yield from self._running.feed(self._items)()
        time.sleep(0.5)

    def see(self, output: Output) -> None:
        self.heard.append(output)

    def score(self) -> dict[str, object]:
        return {"attackers": 2, "false_alarms": 0}


def test_a_raid_through_the_service_is_the_same_flow(tmp_path: Path) -> None:
    with Running(tmp_path) as r:
        r.service.add(Source("sim", r.feed(scans())))
        r.until(lambda: r.service.line.last is not None
                and r.service.line.last.t_ns == scans()[-1].t_ns)  # fmt: skip
        picture = r.service.board.picture(r.clock())
        alarm = picture["alarms"][0]
        event = r.service.act(Act(r.clock(), "Ada", "acknowledge", alarm["number"])).result(10)
        assert "acknowledged by Ada" in event.text
        r.until(lambda: r.service.board.picture(r.clock())["alarms"][0]["acknowledged_by"] == "Ada")
    assert picture["posture"]["level"] == "RED"
    assert picture["mode"] == "exercise"
    assert alarm["what"].startswith("EXERCISE EXERCISE EXERCISE")
    assert alarm["area"]
    assert {w["name"] for w in picture["warned"]} == set(alarm["area"])
    assert all(s["health"] in ("fresh", "quiet") for s in picture["sensors"])
    replay.verify(tmp_path)


def test_a_feed_that_breaks_is_opened_again_and_the_others_go_on(tmp_path: Path) -> None:
    tries = []

    def broken() -> Iterator[Scan | Refused]:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("no such port")
        yield Refused(0, "broken", "line 1", "nonsense", b"?")

    with Running(tmp_path) as r:
        bad = Source("bad", broken)
        r.service.add(bad)
        r.service.add(Source("good", r.feed(scans()[:50])))
        r.until(lambda: len(tries) == 2 and bad.refused == 2)
        r.until(lambda: r.service.board.steps >= 50)
    assert bad.broke == 1


def test_a_listener_that_fails_is_named_and_stops_nothing(tmp_path: Path) -> None:
    class Bad:
        def see(self, output: Output) -> None:
            raise OSError("wire cut")

    with Running(tmp_path) as r:
        r.service.listeners.append(Bad())
        r.service.add(Source("good", r.feed(scans()[:20])))
        r.until(lambda: r.service.board.steps >= 20)
    assert "wire cut" in r.service.failed["Bad"]


def test_silence_is_noticed(tmp_path: Path) -> None:
    with Running(tmp_path) as r:
        r.service.add(Source("good", r.feed(scans()[:60])))
        r.until(lambda: r.service.board.steps >= 60)
        for _ in range(40):
            r.clock.t_ns += 1_000_000_000
            time.sleep(0.06)
        r.until(lambda: r.service.board.picture(r.clock())["sensors"][0]["health"] == "lost")
        text = " ".join(s.event.text for s in r.service.board.events(0))
    assert "search radar lost" in text


def test_a_drill_runs_beside_the_live_line_and_leaves_it_alone(tmp_path: Path) -> None:
    with Running(tmp_path, Mode.LIVE) as r:
        drill = Played(r, scans())
        r.service.begin_drill(drill)
        with pytest.raises(BartizanError, match="a drill is running"):
            r.service.begin_drill(drill)
        r.until(lambda: bool(r.service.board.picture(r.clock())["alarms"]))
        picture = r.service.board.picture(r.clock())
        assert all(t["exercise"] and t["label"] > DRILL_LABELS for t in picture["tracks"])
        assert all(a["what"].startswith("EXERCISE") for a in picture["alarms"])
        assert picture["drill"]["name"] == "played"
        number = picture["alarms"][0]["number"] - DRILL_LABELS
        r.service.act(Act(r.clock(), "Ada", "acknowledge", number), "drill").result(10)
        score = r.service.end_drill("Ada ended it")
        assert r.service.line.last is None  # nothing of it came into the live line
    assert score["missed"] == 0
    assert score["alarms"] == 1
    kept = list((tmp_path / "drills").glob("*.json"))
    assert len(kept) == 1
    (journal,) = (tmp_path / "drills").glob("*.db")
    replay.verify(journal)


class Endless:
    """A drill that says nothing and goes on until it is ended."""

    name = "endless"

    def __init__(self) -> None:
        self.over = threading.Event()

    def items(self) -> Iterator[Scan | Refused]:
        self.over.wait(60.0)
        yield from ()

    def see(self, output: Output) -> None:
        """Nothing reacts."""

    def score(self) -> dict[str, object]:
        self.over.set()
        return {}


def test_a_real_alarm_stops_the_drill(tmp_path: Path) -> None:
    """The drill has no end of its own, so that nothing but the alarm can have ended it."""
    with Running(tmp_path, Mode.LIVE) as r:
        r.service.begin_drill(Endless())
        r.service.add(Source("radar", r.feed(scans(45.0))))
        r.until(lambda: r.service.board.last_drill is not None)
        assert r.service.board.picture(r.clock())["alarms"]
        with pytest.raises(BartizanError, match="an alarm is in force"):
            r.service.begin_drill(Endless())
    assert r.service.board.last_drill is not None
    assert r.service.board.last_drill["ended_by"] == "a real alarm"


def test_an_exercise_gives_way_to_a_drill(tmp_path: Path) -> None:
    """Also while its own alarm is in force; nothing of the two lines meets."""

    class Shown:
        """Plays what was recorded, and remembers whether it had to give way."""

        def __init__(self, running: Running) -> None:
            self.items, self.aside = running.feed(scans(45.0)), []

        def give_way(self, aside: bool) -> None:
            self.aside.append(aside)

        def see(self, output: Output) -> None:
            """Nothing reacts."""

    with Running(tmp_path) as r:
        shown = Shown(r)
        r.service.play("exercise", shown)
        r.until(lambda: bool(r.service.board.picture(r.clock())["alarms"]))
        r.service.begin_drill(Endless())
        assert shown.aside == [True]
        r.service.end_drill("Ada ended it")
    assert shown.aside == [True, False]


def test_an_alarm_opens_its_incident_by_itself(tmp_path: Path) -> None:
    """Once, also when the service starts again; with its tracks, alarm and warnings; no person
    has confirmed anything."""
    from bartizan.incidents.store import Store
    from bartizan.incidents.tie import WHO
    from bartizan.service.opening import Opener, heard_before

    made: list[tuple[int, str]] = []
    with Running(tmp_path) as r:
        opener = Opener(
            tmp_path, r.clock, settle_s=0.0, told=lambda number, name: made.append((number, name))
        )
        r.service.listeners.append(opener)
        r.service.add(Source("sim", r.feed(scans(45.0))))
        r.until(lambda: bool(made) or bool(opener.error))
        assert not opener.error
        r.until(lambda: r.service.board.steps >= len(scans(45.0)))
        opener.close()
    again = Opener(tmp_path, r.clock, settle_s=0.0, told=lambda *a: made.append(a))
    again.hear(heard_before(tmp_path, 0))
    r.until(lambda: len(made) == 2 or bool(again.error))
    again.close()
    assert made == [(1, "I1"), (1, "I1")]
    with Store(tmp_path / "incidents.db") as store:
        (incident,) = store.incidents()
        case = store.case(incident.id)
        audit = list(store.audit())
        assert store.verify() == len(audit)
    assert incident.title.startswith("EXERCISE: alarm 1 at Ain al-Asad")
    kinds = {e.kind for e in case.evidence}
    assert {"alarm", "track", "warning", "posture"} <= kinds
    assert case.exercise
    assert case.confirmations == ()
    assert {entry.who for entry in audit} == {WHO}
    with Reader(tmp_path) as journal:
        hashes = {r.hash.hex() for r in journal.records()}
    assert {e.hash for e in case.evidence} <= hashes


def test_an_unacknowledged_alarm_is_told_further(tmp_path: Path) -> None:
    with Running(tmp_path) as r:
        r.service.add(Source("sim", r.feed(scans(45.0))))
        r.until(lambda: r.service.line.last is not None
                and r.service.line.last.t_ns == scans(45.0)[-1].t_ns)  # fmt: skip
        told = [s.event for s in r.service.board.events(0) if s.event.kind == EventKind.ESCALATION]
    assert len(told) == 1
    assert "nobody has acknowledged" in told[0].text


def test_the_ellipse_holds_95_percent() -> None:
    import numpy as np

    cov = np.array([[[900.0, 400.0], [400.0, 400.0]]])
    major, minor, bearing = (float(v[0]) for v in ellipses(cov))
    rng = np.random.Generator(np.random.Philox(5))
    z = rng.multivariate_normal([0, 0], cov[0], 40_000)
    az = np.deg2rad(bearing)
    along = z @ [np.sin(az), np.cos(az)]
    across = z @ [np.cos(az), -np.sin(az)]
    share = float(((along / major) ** 2 + (across / minor) ** 2 <= 1.0).mean())
    assert share == pytest.approx(0.95, abs=0.005)


def test_a_step_that_only_time_asked_for_is_no_latency(tmp_path: Path) -> None:
    some = scans()[:60]
    with Running(tmp_path) as r:
        r.service.add(Source("sim", r.feed(some)))
        r.until(
            lambda: r.service.line.last is not None and r.service.line.last.t_ns == some[-1].t_ns
        )
        for _ in range(3):  # nothing comes: the flow steps 2 s behind the clock
            r.clock.t_ns += 4_000_000_000
            r.until(lambda: r.service.line.last.t_ns >= r.clock.t_ns - 2_000_000_000)
    text = r.service.metrics.text()
    count = next(x for x in text.splitlines() if x.startswith("bartizan_latency_seconds_count"))
    steps = next(x for x in text.splitlines() if x.startswith("bartizan_scans_total"))
    assert int(count.split()[-1]) == sum(len(s.z) > 0 for s in some)
    assert int(steps.split()[-1]) >= len(some) + 3
