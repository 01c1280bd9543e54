"""A night by wire: emitted as real traffic over loopback into the service, beside the direct run."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import numpy as np

from bartizan import config, pipeline, replay, sim
from bartizan.config import feeds
from bartizan.config.wire import hearing
from bartizan.feeds.emit import Emitter, Targets
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.sapient import EdgeNode
from bartizan.service import Service
from bartizan.types import EventKind, Output
from service.night import raid, setup

SPEED = 6.0
SECONDS = 60.0


def free(kind: socket.SocketKind) -> Address:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", int(s.getsockname()[1]))


class Kept:
    """All outputs, by time."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []

    def see(self, output: Output) -> None:
        self.outputs.append(output)


def by_wire(folder: Path) -> list[Output]:
    loaded = config.load_raid("ain-al-asad-2022-01-04")[1]
    targets = Targets(
        free(socket.SOCK_STREAM), free(socket.SOCK_DGRAM), free(socket.SOCK_DGRAM), "sapient"
    )
    hearing(loaded, targets, folder / "site.yaml")
    heard = config.load_site(folder / "site.yaml")
    world = sim.start(loaded.site, raid(), (), 7)
    sim.step(world, 0.25)
    from asterix import generated  # noqa: F401  1 s to import: before the clock runs

    begun = time.monotonic()

    def clock() -> int:
        return raid().t0_ns + round((time.monotonic() - begun) * SPEED * 1e9)

    service = Service(setup(), folder, clock, hold_s=0.15 * SPEED)
    kept = Kept()
    service.listeners.append(kept)
    for entry in heard.feeds:
        params = feeds.params(entry)
        if entry.feed == "sapient":  # the clock of this test runs fast, its sockets do not
            params = params._replace(sapient=params.sapient._replace(late_s=20.0))
        service.listen(entry, params)
    loop = threading.Thread(target=service.run)
    loop.start()
    with Emitter(loaded.site, targets) as emitter:
        emitter.open(clock())
        while world.t_ns < raid().t0_ns + SECONDS * 1e9:
            world, scans, _ = sim.step(world, 0.25)
            for scan in scans:
                time.sleep(max((scan.t_ns - clock()) / 1e9 / SPEED, 0.0))
                emitter.send(scan)
        time.sleep(1.0)
    service.stop()
    loop.join(30)
    return kept.outputs


def first_alarm_s(outputs: list[Output]) -> float:
    t = next(e.t_ns for o in outputs for e in o.watch.events if e.kind == EventKind.ALARM)
    return (t - raid().t0_ns) / 1e9


def alarms(outputs: list[Output]) -> set[int]:
    return {a.number for o in outputs for a in o.watch.alarms}


def at_second(outputs: list[Output], t_s: float) -> np.ndarray:
    """Places of the tracks at a time, carried to it at their speed."""
    t_ns = raid().t0_ns + round(t_s * 1e9)
    last = [o for o in outputs if o.t_ns <= t_ns][-1]
    x = last.tracks.x
    return np.asarray(x[:, :3] + x[:, 3:] * (t_ns - last.t_ns) / 1e9)


def test_a_night_by_wire_is_the_night(tmp_path: Path) -> None:
    world = sim.start(setup().site, raid(), (), 7)
    _, scans, _ = sim.step(world, SECONDS)
    direct = list(pipeline.run(scans, setup()))
    wired = by_wire(tmp_path)
    replay.verify(tmp_path)
    assert alarms(wired) == alarms(direct) == {1}
    assert abs(first_alarm_s(wired) - first_alarm_s(direct)) <= 1.0
    nodes = {EdgeNode(setup().site, k).node_id for k in range(len(setup().site.sensor_names))}
    made_of = {name.partition("/")[0] for o in wired for _, name in o.picture.objects}
    assert made_of and made_of <= nodes  # which node's objects went into which track
    for t_s in (20.0, 35.0, 50.0):
        a, b = at_second(direct, t_s), at_second(wired, t_s)
        gap = np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2))
        assert (
            gap.min(axis=1) <= 30.0
        ).mean() >= 0.8  # formats round, and clutter differs a little
        assert abs(len(a) - len(b)) <= 3
