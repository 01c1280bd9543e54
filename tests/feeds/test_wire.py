"""Simulated scans over loopback as real traffic, through the live feeds, and back."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from bartizan import config, sim
from bartizan.errors import InputError
from bartizan.feeds import AsterixParams
from bartizan.feeds.emit import Emitter, Targets
from bartizan.feeds.emit.asterix import SAC, address_of
from bartizan.feeds.live import Health, Opening, Port, Status, find
from bartizan.feeds.live.asterix import AsterixUdpParams
from bartizan.feeds.live.remote_id import RemoteIdUdpParams
from bartizan.feeds.live.sapient import SapientTcpParams
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.remote_id import RemoteIdParams
from bartizan.feeds.sapient import EdgeNode, SapientParams
from bartizan.types import Refused, Scan
from bartizan.units import M_PER_FT, M_PER_NM

SPEED = 15.0
RAID, LOADED = config.load_raid("ain-al-asad-2022-01-04")
SITE = LOADED.site
ROW = {name: k for k, name in enumerate(SITE.sensor_names)}


def free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Ears:
    """Live feeds in a thread each, as a service runs them."""

    def __init__(self, now_ns: Callable[[], int]) -> None:
        self.stop = threading.Event()
        self.told: list[Status] = []
        self.scans: dict[int, list[Scan]] = defaultdict(list)
        self.refused: list[Refused] = []
        self._port = Port(now_ns, self.stop, self.told.append)
        self._threads: list[threading.Thread] = []

    def listen(self, name: str, params: Any) -> None:
        feed = find(name)(Opening(name, SITE, params, self._port))
        t = threading.Thread(target=self._run, args=(feed,), daemon=True)
        t.start()
        self._threads.append(t)

    def _run(self, feed: Iterator[Scan | Refused]) -> None:
        for item in feed:
            if isinstance(item, Scan):
                self.scans[item.sensor].append(item)
            else:
                self.refused.append(item)

    def end(self) -> None:
        self.stop.set()
        for t in self._threads:
            t.join(10.0)
            assert not t.is_alive()


def night(seconds: float, radars: str) -> tuple[dict[int, list[Scan]], Ears, Emitter]:
    """The scans of a raid's first seconds, and what came of them over the wire."""
    begun = time.monotonic()

    def now_ns() -> int:
        return RAID.t0_ns + round((time.monotonic() - begun) * SPEED * 1e9)

    at = {
        "sapient": Address("127.0.0.1", free(socket.SOCK_STREAM)),
        "asterix": Address("127.0.0.1", free(socket.SOCK_DGRAM)),
        "remote_id": Address("127.0.0.1", free(socket.SOCK_DGRAM)),
    }
    nodes = tuple((EdgeNode(SITE, k).node_id, n) for n, k in ROW.items())
    ears = Ears(now_ns)
    ears.listen("sapient", SapientTcpParams(at["sapient"], SapientParams(nodes, late_s=5.0, looks=True, hold_s=0.5)))  # fmt: skip
    sources = tuple((SAC, k + 1, n) for n, k in ROW.items())
    ears.listen("asterix_udp", AsterixUdpParams(at["asterix"], AsterixParams(sources, parts=1, wait_s=0.0, simulated=True)))  # fmt: skip
    ears.listen("remote_id_udp", RemoteIdUdpParams(at["remote_id"], RemoteIdParams("remote-id receiver")))  # fmt: skip
    sent: dict[int, list[Scan]] = defaultdict(list)
    world = sim.start(SITE, RAID, (), 7)
    sim.step(world, 0.25)  # compiled before the clock runs
    with Emitter(SITE, Targets(**at, radars=radars)) as emitter:
        emitter.open(now_ns())
        begun = time.monotonic()
        while world.t_ns < RAID.t0_ns + seconds * 1e9:
            world, scans, _ = sim.step(world, 0.25)
            for scan in scans:
                time.sleep(max((scan.t_ns - now_ns()) / 1e9 / SPEED, 0.0))
                emitter.send(scan)
                sent[scan.sensor].append(scan)
        emitter.close(now_ns())
        time.sleep(0.5)
    ears.end()
    return sent, ears, emitter


def rows(scan: Scan) -> np.ndarray:
    return np.lexsort((np.nan_to_num(scan.z[:, 2]), np.nan_to_num(scan.z[:, 1]), np.nan_to_num(scan.z[:, 0])))  # fmt: skip


def by_azimuth(scan: Scan) -> np.ndarray:
    return np.argsort(scan.z[:, 1])


@pytest.fixture(scope="module")
def wired() -> tuple[dict[int, list[Scan]], Ears, Emitter]:
    config.load_raid("ain-al-asad-2022-01-04")
    find("asterix_udp")
    from asterix import generated  # noqa: F401  1 s to import: before the clock runs

    return night(40.0, "sapient")


def test_sapient_brings_the_same_scans(wired: tuple[dict[int, list[Scan]], Ears, Emitter]) -> None:
    sent, ears, emitter = wired
    for row in (ROW[n] for n in ("search radar", "camera west", "camera east", "acoustic array", "direction finder")):  # fmt: skip
        assert emitter.wires[row] == "sapient"
        assert len(ears.scans[row]) == len(sent[row]) > 30
        for a, b in zip(sent[row], ears.scans[row], strict=True):
            assert a.t_ns == b.t_ns and a.frame == b.frame
            assert b.look == pytest.approx(a.look, abs=1e-9)
            i, j = rows(a), rows(b)
            for name in ("t_det_ns", "z", "rcs_dbsm", "rotor", "declared", "number"):
                np.testing.assert_allclose(getattr(b, name)[j], getattr(a, name)[i], rtol=1e-12, atol=1e-9)  # fmt: skip
            np.testing.assert_allclose(b.sd[j], a.sd[i], rtol=1e-6)
            np.testing.assert_allclose(b.confidence[j], a.confidence[i], atol=1e-6)


def test_asterix_brings_the_same_reports_within_its_resolution(
    wired: tuple[dict[int, list[Scan]], Ears, Emitter],
) -> None:
    sent, ears, _ = wired
    row = ROW["ads-b receiver"]
    one = [(s.t_ns, s.z[k], dict(s.names)[int(s.identity[k])]) for s in sent[row] for k in range(len(s.z))]  # fmt: skip
    assert len(ears.scans[row]) == len(one) > 30
    # several reports of one look come as scans of one time: match by name
    got = {(round(s.t_ns / 1e9), s.names[0][1].split(" ")[0]): s for s in ears.scans[row]}
    for t_ns, z, name in one:
        s = got[round(t_ns / 1e9), name]
        assert abs(s.t_ns - t_ns) <= 1e9 / 256 + 1
        assert s.names[0][1] == f"{name} ({address_of(name):06X})"
        np.testing.assert_allclose(s.z[0, :2], z[:2], atol=0.05)
        assert s.z[0, 2] == pytest.approx(z[2], abs=6.25 * M_PER_FT / 2 + 0.01)
        np.testing.assert_allclose(s.z[0, 3:5], z[3:5], atol=0.15)
        assert s.z[0, 5] == pytest.approx(z[5], abs=0.05)


def test_remote_id_brings_the_same_reports_within_its_resolution(
    wired: tuple[dict[int, list[Scan]], Ears, Emitter],
) -> None:
    sent, ears, _ = wired
    row = ROW["remote-id receiver"]
    flat = [(s.t_ns, s.z[k], dict(s.names)[int(s.identity[k])]) for s in sent[row] for k in range(len(s.z))]  # fmt: skip
    assert len(ears.scans[row]) == len(flat) > 10
    for (t_ns, z, name), s in zip(flat, ears.scans[row], strict=True):
        assert abs(s.t_ns - t_ns) <= 51_000_000
        assert s.names[0][1] == name
        np.testing.assert_allclose(s.z[0, :2], z[:2], atol=0.02)
        assert s.z[0, 2] == pytest.approx(z[2], abs=0.26)
        speed = math.hypot(z[3], z[4])
        np.testing.assert_allclose(s.z[0, 3:5], z[3:5], atol=0.13 + speed * math.radians(0.5))
        assert s.z[0, 5] == pytest.approx(z[5], abs=0.26)
        assert (s.sd[0, :3] >= [4.9, 4.9, 7.9]).all()


def test_nothing_was_refused_and_health_was_told(
    wired: tuple[dict[int, list[Scan]], Ears, Emitter],
) -> None:
    _, ears, _ = wired
    assert [r.why for r in ears.refused] == []
    last = {s.sensor: s for s in ears.told}
    assert last["search radar"].health == Health.LOST
    assert last["search radar"].why == "it said goodbye"
    first = {s.sensor: s.health for s in reversed(ears.told)}
    assert set(first.values()) == {Health.FRESH}


def test_a_radar_by_asterix_within_its_resolution() -> None:
    from asterix import generated  # noqa: F401

    sent, ears, emitter = night(30.0, "asterix")
    row = ROW["search radar"]
    assert emitter.wires[row] == "asterix"
    assert [r.why for r in ears.refused] == []
    assert len(ears.scans[row]) == len(sent[row]) > 20
    for a, b in zip(sent[row], ears.scans[row], strict=True):
        assert abs(b.t_ns - a.t_ns) <= 1e9 / 256 + 1
        assert b.look == pytest.approx(a.look, abs=1e-9)
        i, j = by_azimuth(a), by_azimuth(b)
        step = M_PER_NM / 256
        np.testing.assert_allclose(b.z[j, 0], a.z[i, 0], atol=step / 2 + 0.01)
        np.testing.assert_allclose(b.z[j, 1], a.z[i, 1], atol=math.radians(0.0028))
        np.testing.assert_allclose(b.z[j, 3], a.z[i, 3], atol=0.51)
        high = a.z[i, 0] * np.sin(a.z[i, 2]) - b.z[j, 0] * np.sin(b.z[j, 2])
        flat = a.z[i, 2] < 0.7
        assert np.abs(high[flat]).max() < 25 * M_PER_FT / 2 + step  # and the range's step
        assert (b.sd[j, 0] > a.sd[i, 0]).all()  # the step is in the sigma


def test_simulated_traffic_stays_on_this_machine() -> None:
    with pytest.raises(InputError, match="expected this machine"):
        Emitter(SITE, Targets(asterix=Address("192.0.2.1", 8600)))
    with Emitter(SITE, Targets(asterix=Address("192.0.2.1", 8600)), anywhere=True):
        pass


def test_simulated_targets_are_set_aside_where_they_are_not_expected() -> None:
    from bartizan.feeds.asterix import blocks, scans
    from bartizan.feeds.asterix.records import read
    from bartizan.feeds.emit import asterix

    world = sim.start(SITE, RAID, (), 7)
    _, some, _ = sim.step(world, 2.0)
    scan = next(s for s in some if s.sensor == 0)
    parts = [blocks.Payload(b, scan.t_ns, -1.0, "x") for b in asterix.plots(scan, SITE)]
    params = AsterixParams(((SAC, 1, "search radar"),))
    out = list(scans(read(parts, "x", params.editions), SITE, params, "x"))
    assert {r.why for r in out if isinstance(r, Refused)} == {"a test or simulated target"}
    assert not any(isinstance(s, Scan) for s in out)
