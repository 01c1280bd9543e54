"""Emitting: scans as real SAPIENT, ASTERIX and Remote ID traffic, for rehearsals and tests.

In: scans, in order of time, and where to.  Out: datagrams and streams to other programs.
Does not: know where the scans are from, wait for their time, or send outside of this
machine unless it is told to.  All of it is marked as simulated where its format can say so.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections import Counter
from select import select
from typing import Any, Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.emit import asterix, remote_id
from bartizan.feeds.live.sockets import Address, is_loopback
from bartizan.feeds.sapient import EdgeNode, framing
from bartizan.types import Scan, SensorKind, Site
from bartizan.units import ns_from_s

__all__ = ["Emitter", "Targets", "shifted", "wires"]

CONNECT_S: Final = 10.0  # how long a listener may take to be there: assumed
GOODBYE: Final = 5


class Targets(NamedTuple):
    """Where each kind of traffic goes; None: nowhere.  radars: the wire that they take"""

    sapient: Address | None = None
    asterix: Address | None = None
    remote_id: Address | None = None
    radars: str = "sapient"


def wires(site: Site, targets: Targets) -> dict[int, str]:
    """By which wire the scans of each sensor (row) go; rows without one are left out.

    Raises InputError when a radar cannot go by ASTERIX.
    """
    out = {}
    for row, kind in enumerate(site.sensors.kind.tolist()):
        if kind == SensorKind.REMOTE_ID and targets.remote_id:
            out[row] = "remote_id"
        elif kind == SensorKind.ADSB and targets.asterix:
            out[row] = "asterix"
        elif kind == SensorKind.RADAR and targets.radars == "asterix" and targets.asterix:
            if site.sensors.look[row, 3] < 6.28:
                name = site.sensor_names[row]
                raise InputError(f"{name}: only a radar that looks all round goes by ASTERIX")
            out[row] = "asterix"
        elif targets.sapient:
            out[row] = "sapient"
    return out


class Emitter:
    """Open connections (use as a context); `send` takes scans in order of time."""

    def __init__(self, site: Site, targets: Targets, anywhere: bool = False) -> None:
        """Raises InputError when a target is not this machine and anywhere is not set."""
        for name in ("sapient", "asterix", "remote_id"):
            at = getattr(targets, name)
            if at is not None and not anywhere and not is_loopback(at.host):
                raise InputError(
                    f"--{name.replace('_', '-')} {at.host}:{at.port}: expected this machine "
                    "(127.0.0.1 or ::1); --anywhere lets simulated traffic out"
                )
        self._site, self._targets = site, targets
        self.wires: dict[int, str] = wires(site, targets)
        self._udp: dict[str, tuple[socket.socket, Address]] = {}
        self._nodes: dict[int, tuple[EdgeNode, socket.socket]] = {}
        self._marked: set[int] = set()
        self._counter = 0
        self.sent: Counter[str] = Counter()
        self.answers = self.late = 0

    def __enter__(self) -> Emitter:
        return self

    def __exit__(self, *why: object) -> None:
        for _node, s in self._nodes.values():
            s.close()
        for s, _ in self._udp.values():
            s.close()

    def open(self, t_ns: int) -> None:
        """Connects; SAPIENT nodes register at t_ns [ns].  Raises InputError."""
        if "asterix" in self.wires.values():
            asterix.load()  # 2 s, before anything that would be late by them
        for name in ("asterix", "remote_id"):
            at = getattr(self._targets, name)
            if at is not None:
                family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
                self._udp[name] = socket.socket(family, socket.SOCK_DGRAM), at
        for row, wire in self.wires.items():
            if wire == "sapient":
                self._register(row, t_ns)

    def _register(self, row: int, t_ns: int) -> None:
        at = self._targets.sapient
        assert at is not None  # the wire is chosen by it
        node = EdgeNode(self._site, row)
        until = time.monotonic() + CONNECT_S
        while True:
            try:
                s = socket.create_connection((at.host, at.port), timeout=CONNECT_S)
                break
            except OSError as e:
                if time.monotonic() > until:
                    why = f"--sapient {at.host}:{at.port}: {e.strerror or e}"
                    raise InputError(why) from e
                time.sleep(0.1)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._nodes[row] = node, s
        self._write(row, [node.registration(t_ns)])
        self._accepted(row, s)

    def _accepted(self, row: int, s: socket.socket) -> None:
        from bartizan.feeds.sapient import shim

        name, data = self._site.sensor_names[row], b""
        try:
            while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "little"):
                more = s.recv(4096)
                if not more:
                    raise InputError(f"SAPIENT node {name}: the other side hung up")
                data += more
        except OSError as e:
            raise InputError(f"SAPIENT node {name}: no answer to its registration") from e
        ack = shim.from_bytes(next(framing.split(data))).registration_ack
        if not ack.acceptance:
            why = "; ".join(ack.ack_response_reason) or "without a reason"
            raise InputError(f"SAPIENT node {name}: registration refused: {why}")
        s.setblocking(True)

    def send(self, scan: Scan) -> None:
        """One scan.  Raises InputError when the other side is gone."""
        wire = self.wires.get(scan.sensor)
        if wire == "sapient":
            node, s = self._nodes[scan.sensor]
            self._write(scan.sensor, node.scan(scan))
            if select([s], [], [], 0)[0]:  # errors are not read, nor left to pile up
                self.answers += len(s.recv(65_536)) > 0
        elif wire == "asterix":
            self._asterix(scan)
        elif wire == "remote_id":
            self._counter += 1
            self._datagrams("remote_id", list(remote_id.frames(scan, self._site, self._counter)))

    def _asterix(self, scan: Scan) -> None:
        if self._site.sensors.kind[scan.sensor] == SensorKind.ADSB:
            self._datagrams("asterix", list(asterix.reports(scan, self._site)))
            return
        period_s = float(self._site.sensors.period_s[scan.sensor])
        blocks = list(asterix.plots(scan, self._site))
        if scan.sensor not in self._marked:  # where the first turn began
            self._marked.add(scan.sensor)
            before_ns = scan.t_ns - ns_from_s(period_s)
            blocks.insert(0, asterix.north(scan.sensor, before_ns, period_s))
        blocks.append(asterix.north(scan.sensor, scan.t_ns, period_s))
        self._datagrams("asterix", blocks)

    def _datagrams(self, name: str, data: list[bytes]) -> None:
        s, at = self._udp[name]
        for d in data:
            with contextlib.suppress(ConnectionRefusedError):  # nobody listens yet: UDP
                s.sendto(d, (at.host, at.port))
            self.sent[name] += 1

    def _write(self, row: int, messages: list[Any]) -> None:
        node, s = self._nodes[row]
        try:
            s.sendall(b"".join(framing.framed(m.SerializeToString()) for m in messages))
        except OSError as e:
            raise InputError(f"SAPIENT node {node.node_id}: {e.strerror or e}") from e
        self.sent["sapient"] += len(messages)

    def close(self, t_ns: int) -> None:
        """SAPIENT nodes say goodbye."""
        for row, (node, _) in self._nodes.items():
            self._write(row, [node.status(t_ns, system=GOODBYE)])
