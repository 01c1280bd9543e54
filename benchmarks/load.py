"""Five radars by ASTERIX over UDP into the live service: 5,000 plots a second.

    python benchmarks/load.py [--seconds 600] [--plots 5000]

A second process sends what five all-round radars report, a turn a second each, one after the
other: drones and, for the rest, clutter.  The latency of a scan is from its own time (when its
last datagram was due) to its output; printed with what was lost on the way, what was set aside
and the memory at a quarter of the run and at its end.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from bartizan import config, pipeline
from bartizan.feeds import AsterixParams
from bartizan.feeds.emit.asterix import SAC, north
from bartizan.feeds.emit.asterix import plots as plots_of
from bartizan.feeds.live import Opening, Port, find
from bartizan.feeds.live.asterix import AsterixUdpParams
from bartizan.feeds.live.sockets import Address
from bartizan.service import Service, Source
from bartizan.types import Mode, Output, Scan, Site

RADARS = 5
DRONES = 60
EDGE_M = 50.0  # of the reach left out: what a measurement's error carries beyond it is refused


def site(plots: int) -> Site:
    """The built-in site with five of its search radar, 2 km apart."""
    base = config.load_site("ain-al-asad").site
    s = type(base.sensors)(*(np.repeat(a[:1], RADARS, axis=0) for a in base.sensors))
    pos = s.pos.copy()
    pos[:, 0] = 2000.0 * (np.arange(RADARS) - 2)
    clutter = np.full(RADARS, plots / RADARS - DRONES)
    s = s._replace(pos=pos, clutter=clutter, period_s=np.ones(RADARS))
    names = tuple(f"radar {k + 1}" for k in range(RADARS))
    return base._replace(sensors=s, sensor_names=names)


def send(ports: list[int], plots: int, seconds: float) -> None:
    """The sender's process: each radar's turn at its time."""
    here = site(plots)
    rng = np.random.Generator(np.random.Philox(3))
    az, r = rng.uniform(0, 2 * np.pi, DRONES), rng.uniform(3000, 12_000, DRONES)
    x = np.stack([r * np.sin(az), r * np.cos(az), rng.uniform(80, 400, DRONES)], axis=1)
    way = rng.uniform(0, 2 * np.pi, DRONES)
    v = 15.0 * np.stack([np.sin(way), np.cos(way), np.zeros(DRONES)], axis=1)
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    begun, told = time.time_ns() + 2 * 10**9, 0
    for k in range(-RADARS, int(seconds * RADARS)):
        row, t_ns = k % RADARS, begun + k * 10**9 // RADARS
        blocks = [north(row, t_ns, 1.0)]  # the first is the mark from which a turn is known
        if k >= 0:
            scan = turn(here, row, x + v * (k / RADARS), v, t_ns, rng)
            told += len(scan.z)
            blocks = [*plots_of(scan, here), *blocks]  # ready when they are due
        time.sleep(max((t_ns - time.time_ns()) / 1e9, 0.0))
        for block in blocks:
            out.sendto(block, ("127.0.0.1", ports[row]))
    print(json.dumps({"scans": k + 1, "plots": told}))


def turn(here: Site, row: int, x: Any, v: Any, t_ns: int, rng: Any) -> Scan:
    """One radar's turn."""
    d = x - here.sensors.pos[row]
    near, far = here.sensors.look[row, :2] + [EDGE_M, -EDGE_M]
    out_m = np.sqrt((d**2).sum(axis=1))
    seen = (rng.random(len(x)) < 0.95) & (out_m > near) & (out_m < far)
    n, m = int(seen.sum()), int(seen.sum() + rng.poisson(here.sensors.clutter[row]))
    sd = here.sensors.sd[row]
    z = np.full((m, 6), np.nan)
    z[:n, 0], z[:n, 1] = out_m[seen], np.arctan2(d[seen, 0], d[seen, 1]) % (2 * np.pi)
    z[:n, 2] = np.arcsin(d[seen, 2] / out_m[seen])
    z[:n, :3] += rng.normal(size=(n, 3)) * sd[:3]
    z[n:, 0] = rng.uniform(near, far, m - n)
    z[n:, 1] = rng.uniform(0, 2 * np.pi, m - n)
    z[n:, 2] = rng.uniform(here.sensors.look[row, 4], here.sensors.look[row, 5], m - n)
    if sd[3] > 0.0:
        z[:n, 3] = ((d * v).sum(axis=1) / out_m)[seen] + rng.normal(size=n) * sd[3]
        z[n:, 3] = rng.uniform(-40, 40, m - n)
    none = np.zeros(m, np.int64)
    return Scan(
        t_ns, row, 0, here.sensors.look[row].copy(), np.full(m, t_ns), z,
        np.where(np.isnan(z), np.nan, sd), np.full(m, np.nan), np.full(m, -1, np.int8),
        np.zeros(m, np.int8), np.zeros(m), none, none - 1,
    )  # fmt: skip


class Watcher:
    """When each output came, and how much was in it."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.late_ms: list[float] = []
        self.plots = self.scans = self.tracks = 0

    def see(self, output: Output) -> None:
        """One output."""
        m = len(output.association.label)
        if m:
            self.late_ms.append((time.time_ns() - output.t_ns) / 1e6)
            self.plots += m
            self.scans += 1
            self.tracks = len(output.tracks.label)


def memory_mb() -> float:
    """Resident memory of this process."""
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if "VmRSS" in x)
    return int(line.split()[1]) / 1024.0


def load(plots: int, seconds: float) -> dict[str, Any]:
    """The service's process."""
    here = site(plots)
    s = pipeline.setup(here, Mode.EXERCISE)
    pipeline.warm(here)
    find("asterix_udp")
    with tempfile.TemporaryDirectory() as folder:
        service = Service(s, Path(folder), time.time_ns, hold_s=0.0)
        watcher = Watcher()
        service.listeners.append(watcher)
        loop = threading.Thread(target=service.run)
        loop.start()
        ports = []
        for k in range(RADARS):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.bind(("127.0.0.1", 0))
                ports.append(int(sock.getsockname()[1]))
            params = AsterixUdpParams(
                Address("127.0.0.1", ports[k]),
                AsterixParams(((SAC, k + 1, here.sensor_names[k]),), parts=1, wait_s=0.0, simulated=True),
            )  # fmt: skip
            _listen(service, f"radar {k + 1}", params)
        time.sleep(1.0)
        words = [sys.executable, __file__, "--send", *map(str, ports), "--plots", str(plots),
                 "--seconds", str(seconds)]  # fmt: skip
        sender = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        cpu, begun, quarter = time.process_time(), time.monotonic(), 0.0
        while sender.poll() is None:
            time.sleep(0.5)
            if not quarter and time.monotonic() - begun > 0.25 * seconds + 5.0:
                quarter = memory_mb()
        cpu = time.process_time() - cpu
        time.sleep(2.0)
        end = memory_mb()
        service.stop()
        loop.join(20)
        assert sender.stdout is not None
        sent = json.loads(sender.stdout.read())
        refused = sum(x.refused for x in service.sources)
    p50, p95, p99 = np.percentile(watcher.late_ms, [50, 95, 99])
    return {
        "seconds": seconds, "plots_per_s": round(watcher.plots / seconds), "plots_sent": sent["plots"],
        "plots_taken": watcher.plots, "scans_sent": sent["scans"], "scans_taken": watcher.scans,
        "set_aside": refused, "tracks": watcher.tracks,
        "plot_to_track_ms": {"p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1)},
        "cpu_share_of_a_core": round(cpu / seconds, 2),
        "memory_mb": {"quarter": round(quarter, 1), "end": round(end, 1)},
    }  # fmt: skip


def _listen(service: Service, name: str, params: AsterixUdpParams) -> None:
    feed = find("asterix_udp")
    source = Source(name, lambda: feed(Opening(name, service.setup.site, params, port)))
    port = Port(service.clock, source.stopped, lambda status: None)
    service.add(source)


def main() -> None:
    """One JSON object."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--seconds", type=float, default=600.0)
    cli.add_argument("--plots", type=int, default=5000)
    cli.add_argument("--send", type=int, nargs="+")
    args = cli.parse_args()
    if args.send:
        send(args.send, args.plots, args.seconds)
    else:
        print(json.dumps(load(args.plots, args.seconds)))


if __name__ == "__main__":
    main()
