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

HOLD_S = 1.0
BEHIND_S = 2.5  # the traffic waits for a picture that is older than this


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

    def wait_for(self, t_ns: int) -> None:
        """Until there is a picture of this time; 20 s at most."""
        for _ in range(10_000):
            if self.outputs and self.outputs[-1].t_ns >= t_ns:
                return
            time.sleep(0.002)
        raise AssertionError(f"no picture of {t_ns} after 20 s")


def by_wire(folder: Path) -> list[Output]:
    """The raid through sockets, feeds and service, on a clock that goes as fast as they do."""
    loaded = config.load_raid("ain-al-asad-2022-01-04")[1]
    targets = Targets(
        free(socket.SOCK_STREAM), free(socket.SOCK_DGRAM), free(socket.SOCK_DGRAM), "sapient"
    )
    hearing(loaded, targets, folder / "site.yaml")
    heard = config.load_site(folder / "site.yaml")
    world = sim.start(loaded.site, raid(), (), 7)
    sim.step(world, 0.25)
    from asterix import generated  # noqa: F401  1 s to import: before the clock runs

    at = [raid().t0_ns, time.monotonic_ns()]

    def clock() -> int:  # as fast as the picture is, and never slower than a real one
        return at[0] + time.monotonic_ns() - at[1]

    service = Service(setup(), folder, clock, hold_s=HOLD_S)
    kept = Kept()
    service.listeners.append(kept)
    for entry in heard.feeds:
        params = feeds.params(entry)
        if entry.feed == "sapient":  # no slower than the picture
            params = params._replace(sapient=params.sapient._replace(late_s=2.0 * BEHIND_S))
        service.listen(entry, params)
    loop = threading.Thread(target=service.run)
    loop.start()
    with Emitter(loaded.site, targets) as emitter:
        emitter.open(clock())
        end_ns = raid().t0_ns + round(raid().duration_s * 1e9)
        while world.t_ns < end_ns:
            world, scans, _ = sim.step(world, 0.25)
            for scan in scans:
                at[:] = max(scan.t_ns, clock()), time.monotonic_ns()
                emitter.send(scan)
            if world.t_ns - raid().t0_ns > 2 * BEHIND_S * 1e9:
                kept.wait_for(world.t_ns - round(BEHIND_S * 1e9))
            else:
                time.sleep(0.25)  # the nodes introduce themselves
        time.sleep(2.0)
    service.stop()
    loop.join(30)
    return kept.outputs


SAID = (EventKind.ALARM, EventKind.ALARM_UPDATE, EventKind.ESCALATION, EventKind.POSTURE)


def said(outputs: list[Output]) -> list[tuple[float, EventKind]]:
    """When people were told what, s after the raid began."""
    return [
        ((e.t_ns - raid().t0_ns) / 1e9, EventKind(e.kind))
        for o in outputs for e in o.watch.events if e.kind in SAID
    ]  # fmt: skip


def at_second(outputs: list[Output], t_s: float) -> np.ndarray:
    """Places of the tracks at a time, carried to it at their speed."""
    t_ns = raid().t0_ns + round(t_s * 1e9)
    last = [o for o in outputs if o.t_ns <= t_ns][-1]
    x = last.tracks.x
    return np.asarray(x[:, :3] + x[:, 3:] * (t_ns - last.t_ns) / 1e9)


def test_a_night_by_wire_is_the_night(tmp_path: Path) -> None:
    """The whole raid, nothing shooting back: the same warnings at the same times."""
    world = sim.start(setup().site, raid(), (), 7)
    _, scans, _ = sim.step(world, raid().duration_s)
    direct = list(pipeline.run(scans, setup()))
    wired = by_wire(tmp_path)
    replay.verify(tmp_path)
    ours, theirs = said(wired), said(direct)
    assert [kind for _, kind in ours] == [kind for _, kind in theirs]
    np.testing.assert_allclose([t for t, _ in ours], [t for t, _ in theirs], atol=0.5)
    alarms = [{(a.number, len(a.labels)) for o in night for a in o.watch.alarms} for night in (wired, direct)]  # fmt: skip
    assert alarms[0] == alarms[1]
    nodes = {EdgeNode(setup().site, k).node_id for k in range(len(setup().site.sensor_names))}
    made_of = {name.partition("/")[0] for o in wired for _, name in o.picture.objects}
    assert made_of and made_of <= nodes  # which node's objects went into which track
    near = []
    for t_s in range(10, int(raid().duration_s), 10):
        a, b = at_second(direct, t_s), at_second(wired, t_s)
        gap = np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2))
        near += (gap.min(axis=1) <= 30.0).tolist()
        assert abs(len(a) - len(b)) <= 2  # formats round, and clutter differs a little
    assert np.mean(near) >= 0.95
