"""A day and more of the live service, faster than time, with feeds that misbehave; and kill -9.

    python benchmarks/soak.py --hours 24 --rate 60
    python benchmarks/soak.py --kills 50

The built-in site's raid again and again as one exercise, its sensors split into feeds of their
own: one stalls, one flaps (breaks and is opened again), one lies (nonsense scans, wrong times,
repeats), one floods.  Printed each hour: memory, steps, what was set aside; at the end: alarms
of the journal beside those on the board, and that nothing hung.  With --kills a process that
acknowledges what it has taken is killed at random moments; each time everything acknowledged
has to be there, and the picture back in time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

from bartizan import config, pipeline, sim
from bartizan.journal import Kind, Reader
from bartizan.service import Service, Source
from bartizan.service.line import Line
from bartizan.types import Act, EventKind, Mode, Refused, Scan
from bartizan.units import NS_PER_S

RAID = "ain-al-asad-2022-01-04"
T0_NS = 1_767_225_600 * NS_PER_S  # any day
PAUSE_S = 900.0  # from one raid's end to the next one's start


class Rate:
    """A clock that goes `rate` times as fast as this machine's."""

    def __init__(self, rate: float) -> None:
        self.rate, self._begun = rate, time.monotonic()

    def __call__(self) -> int:
        """UTC [ns]."""
        return T0_NS + round((time.monotonic() - self._begun) * self.rate * NS_PER_S)


def small() -> tuple[Any, Any]:
    """The built-in site with four of its sensors, and its raid."""
    raid, loaded = config.load_raid(RAID)
    s = type(loaded.site.sensors)(*(a[:4].copy() for a in loaded.site.sensors))
    s = s._replace(period_s=s.period_s * 0 + 1.0)
    names = loaded.site.sensor_names[:4]
    return loaded.site._replace(sensors=s, sensor_names=names), raid


class World:
    """One simulation, its scans dealt to one queue a sensor."""

    def __init__(self, clock: Callable[[], int], hours: float) -> None:
        self.site, self._raid = small()
        self.clock, self._hours = clock, hours
        self.queues: dict[int, Queue[Scan | None]] = defaultdict(lambda: Queue(2000))
        for k in range(len(self.site.sensor_names)):
            self.queues[k].qsize()
        self.raids = 0

    def run(self) -> None:
        """Raid, pause, raid, until the hours are over; then None to every queue."""
        end_ns = T0_NS + round(self._hours * 3600.0) * NS_PER_S
        while self.clock() < end_ns:
            raid = self._raid._replace(t0_ns=self.clock(), duration_s=330.0 + PAUSE_S)
            world = sim.start(self.site, raid, (), self.raids)
            self.raids += 1
            while world.t_ns < min(raid.t0_ns + round(raid.duration_s * NS_PER_S), end_ns):
                world, scans, _ = sim.step(world, 1.0)
                while self.clock() < world.t_ns:
                    time.sleep(0.002)
                for scan in scans:
                    self.queues[scan.sensor].put(scan)
        for queue in self.queues.values():
            queue.put(None)

    def feed(self, sensor: int, how: str) -> Callable[[], Iterator[Scan | Refused]]:
        """One sensor's scans, in its own bad manner."""
        dice = random.Random(sensor)

        def opened() -> Iterator[Scan | Refused]:
            while True:
                scan = self.queues[sensor].get()
                if scan is None:
                    return
                if how == "stall" and dice.random() < 0.002:
                    time.sleep(dice.uniform(0.1, 1.0))
                if how == "flap" and dice.random() < 0.002:
                    raise ConnectionResetError("the wire went dead")
                yield scan
                if how == "lie" and dice.random() < 0.05:
                    yield from _lies(scan, dice)
                if how == "flood" and dice.random() < 0.01:
                    for _ in range(200):
                        yield scan

        return opened


def _lies(scan: Scan, dice: random.Random) -> Iterator[Scan | Refused]:
    yield scan._replace(t_ns=scan.t_ns + 86_400 * NS_PER_S)
    yield scan._replace(t_ns=-5)
    yield scan._replace(sensor=77)
    yield scan._replace(z=scan.z * float("inf"))
    yield Refused(scan.t_ns, "lie", "line", "nonsense", dice.randbytes(100))


def memory_mb() -> float:
    """Resident memory of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024.0
    return 0.0


def soak(hours: float, rate: float) -> dict[str, Any]:
    """The whole run; one line an hour on standard error."""
    clock = Rate(rate)
    world = World(clock, hours)
    s = pipeline.setup(world.site, Mode.EXERCISE)
    s = s._replace(warn=s.warn._replace(ack_s=30.0))
    pipeline.warm(world.site)
    clock._begun = time.monotonic()
    rows, raised = [], 0
    with tempfile.TemporaryDirectory() as folder:
        service = Service(s, Path(folder), clock, hold_s=0.05 * rate)
        loop = threading.Thread(target=service.run)
        loop.start()
        for k, how in enumerate(("lie", "flap", "stall", "flood")):
            service.add(Source(f"{world.site.sensor_names[k]} ({how})", world.feed(k, how)))
        threading.Thread(target=world.run, daemon=True).start()
        acked: set[int] = set()
        hour = 0
        while (clock() - T0_NS) / NS_PER_S < hours * 3600.0 + 30.0:
            time.sleep(0.2)
            for alarm in service.board.picture(clock())["alarms"]:
                if alarm["number"] not in acked:
                    acked.add(alarm["number"])
                    act = Act(clock(), "Ada", "acknowledge", alarm["number"])
                    service.act(act).result(30)
            if (clock() - T0_NS) // (3600 * NS_PER_S) > hour:
                hour += 1
                row = {"hour": hour, "memory_mb": round(memory_mb(), 1),
                       "steps": service.board.steps, "alarms": len(acked),
                       "behind": service.waiting}  # fmt: skip
                rows.append(row)
                print(json.dumps(row), file=sys.stderr, flush=True)
        service.stop()
        loop.join(30)
        hung = loop.is_alive()
        with Reader(Path(folder)) as journal:
            events = list(journal.events())
            raised = sum(e.kind == EventKind.ALARM for e in events)
            heard = sum(e.kind == EventKind.ACT and "acknowledged by Ada" in e.text for e in events)
            counts = journal.counts()
        size_mb = (Path(folder) / "journal.db").stat().st_size / 1e6
    half = [r["memory_mb"] for r in rows[len(rows) // 4 :]] or [0.0]
    return {
        "hours": hours, "rate": rate, "raids": world.raids, "alarms_journalled": raised,
        "alarms_acknowledged": heard, "scans": counts.get(Kind.SCAN, 0),
        "set_aside": counts.get(Kind.REFUSED, 0), "hung": hung, "journal_mb": round(size_mb),
        "memory_mb_quarter_to_end": [half[0], half[-1]], "memory_mb_most": max(half),
        "feeds": {x.name: {"scans": x.scans, "refused": x.refused, "broke": x.broke}
                  for x in service.sources},
    }  # fmt: skip


def child(folder: Path) -> None:
    """Takes scans and an act a second; says what it has taken, and how long it took to be back."""
    raid, loaded = config.load_raid(RAID)
    s = pipeline.setup(loaded.site, Mode.EXERCISE)
    pipeline.warm(loaded.site)
    begun = time.perf_counter()
    line = Line(s, folder / "journal.db", "kill", T0_NS)
    back_s = time.perf_counter() - begun
    shown = 0 if line.last is None else len(line.last.tracks.label)
    print(json.dumps({"back_s": back_s, "tracks": shown}), flush=True)
    at_ns = max(line.flow.state.track.t_ns, T0_NS)
    world = sim.start(loaded.site, raid._replace(t0_ns=at_ns), (), int(at_ns // NS_PER_S) % 1000)
    k = 0
    while True:
        world, scans, _ = sim.step(world, 0.25)
        k += 1
        acts = [Act(world.t_ns, "Ada", "note", 0, 0, f"note {at_ns}-{k}")]
        line.take([*acts, *scans], world.t_ns)
        print(json.dumps({"took": f"note {at_ns}-{k}", "t_ns": line.flow.state.track.t_ns}),
              flush=True)  # fmt: skip


def kills(count: int) -> dict[str, Any]:
    """Kills the child at random moments, and looks after each at what is there."""
    dice, back, lost, said = random.Random(5), [], 0, []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(count):
            run = subprocess.Popen(
                [sys.executable, __file__, "--child", folder], stdout=subprocess.PIPE, text=True
            )
            assert run.stdout is not None
            first = json.loads(run.stdout.readline())
            back.append(first["back_s"])
            until = time.monotonic() + dice.uniform(0.2, 4.0)
            for text in run.stdout:
                said.append(json.loads(text)["took"])
                if time.monotonic() > until:
                    break
            os.kill(run.pid, signal.SIGKILL)
            run.wait()
            run.stdout.close()
        with Reader(Path(folder)) as journal:
            kept = {journal.decode(r, Act).why for r in journal.records(Kind.ACT)}
            records = journal.verify_chain()
        lost = len(set(said) - kept)
    back = sorted(back[1:])
    return {"kills": count, "acknowledged": len(said), "lost": lost, "records": records,
            "back_s_median": round(back[len(back) // 2], 2), "back_s_most": round(back[-1], 2)}  # fmt: skip


def main() -> None:
    """One of the two, as one JSON object."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--hours", type=float, default=24.0)
    cli.add_argument("--rate", type=float, default=60.0)
    cli.add_argument("--kills", type=int, default=0)
    cli.add_argument("--child", type=Path)
    args = cli.parse_args()
    if args.child:
        child(args.child)
    print(json.dumps(kills(args.kills) if args.kills else soak(args.hours, args.rate)))


if __name__ == "__main__":
    main()
