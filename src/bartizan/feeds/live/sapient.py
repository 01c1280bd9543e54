"""SAPIENT as it comes: a fusion node that edge nodes connect to, or a client of a
middleware that passes their messages on.

In: an address.  Out: scans.  Does not: judge a message (`feeds.sapient` does), or send
anything but acknowledgements and errors.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from typing import Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.live.interface import WAKE_S, Opening, Pulses
from bartizan.feeds.live.sockets import BACK_OFF_S, Address, watched
from bartizan.feeds.reports import refused
from bartizan.feeds.sapient import FusionNode, Peer, SapientParams, WrongMessageError, framing
from bartizan.types import Refused, Scan

WAITING: Final = 10_000  # items that may wait for the feed's thread; then nodes wait too
NODES: Final = 64  # connections at one time: assumed
TICK_S: Final = 0.02
CONNECT_S: Final = 5.0


class SapientTcpParams(NamedTuple):
    """at: where nodes connect to, or (middleware) where to connect   longest: bytes of one
    message"""

    at: Address
    sapient: SapientParams
    middleware: bool = False
    longest: int = framing.LONGEST


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of all nodes.  Raises InputError when the address cannot be bound."""
    params: SapientTcpParams = opening.params
    ear = _Ear(opening, params)
    names = tuple(dict.fromkeys(sensor for _, sensor in params.sapient.nodes))
    pulses = Pulses(opening, names)
    thread = threading.Thread(target=ear.run, name=f"sapient {opening.name}", daemon=True)
    thread.start()
    try:
        while not opening.port.stop.is_set():
            pulses.check()
            try:
                item = ear.out.get(timeout=WAKE_S)
            except queue.Empty:
                continue
            if isinstance(item, _Sign):
                pulse = pulses.of[item.row]
                pulse.lost(item.why) if item.why else pulse.alive()
            elif isinstance(item, InputError):
                raise item
            else:
                yield pulses.heard(item)
    finally:
        ear.stop.set()
        thread.join(5.0)


class _Sign(NamedTuple):
    """A sensor gives a sign of life, or (why) is gone."""

    row: int
    why: str


class _Ear:
    """The asyncio side, in a thread of its own."""

    def __init__(self, opening: Opening, params: SapientTcpParams) -> None:
        self._o, self._params = opening, params
        self.node = FusionNode(opening.site, params.sapient)
        self.out: queue.Queue[Scan | Refused | _Sign | InputError] = queue.Queue(WAITING)
        self.stop = threading.Event()
        self._peers: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        """Until `stop` is set."""
        asyncio.run(self._client() if self._params.middleware else self._server())

    def _stopped(self) -> bool:
        return self.stop.is_set() or self._o.port.stop.is_set()

    async def _server(self) -> None:
        at = self._params.at
        try:
            server = await asyncio.start_server(self._talk, at.host, at.port)
        except OSError as e:
            why = f"{at.host}:{at.port}: cannot listen ({e.strerror or e})"
            await self._put(InputError(why))
            return
        async with server:
            while not self._stopped():
                await asyncio.sleep(WAKE_S / 2.0)
        for task in list(self._peers):
            task.cancel()

    async def _client(self) -> None:
        """One connection to a middleware, called again with growing pauses."""
        at, wait_s = self._params.at, BACK_OFF_S[0]
        while not self._stopped():
            try:
                opening = asyncio.open_connection(at.host, at.port)
                reader, writer = await asyncio.wait_for(opening, CONNECT_S)
            except OSError:
                wait_s = min(2.0 * wait_s, BACK_OFF_S[1])
            else:
                wait_s = BACK_OFF_S[0]
                await self._talk(reader, writer)
            waited = 0.0
            while waited < wait_s and not self._stopped():
                await asyncio.sleep(WAKE_S)
                waited += WAKE_S

    async def _put(self, item: Scan | Refused | _Sign | InputError) -> None:
        while not self._stopped():
            try:
                self.out.put_nowait(item)
                return
            except queue.Full:  # the nodes wait with us
                await asyncio.sleep(TICK_S)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._peers.add(task)
        watched(writer.get_extra_info("socket"))
        name = "{}:{}".format(*(writer.get_extra_info("peername") or ("?", 0))[:2])
        # A middleware passes on many nodes over one connection: each is a peer of its own.
        peers: dict[str, Peer] = {}
        watch = asyncio.create_task(self._watch(peers))
        try:
            if len(self._peers) > NODES:
                t_ns = self._o.port.now_ns()
                await self._put(refused(t_ns, "sapient", name, "too many connections", b""))
                return
            await self._listen(reader, writer, peers, name)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            watch.cancel()
            self._peers.discard(task)
            writer.close()
            for peer in peers.values():
                for item in self.node.flush(peer):
                    await self._put(item)
                if peer.row >= 0:
                    await self._put(_Sign(peer.row, peer.gone or "disconnected"))

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
        peers: dict[str, Peer], name: str,
    ) -> None:  # fmt: skip
        while not self._stopped():
            try:
                raw = await framing.read(reader, self._params.longest)
            except WrongMessageError as e:
                t_ns = self._o.port.now_ns()
                await self._put(refused(t_ns, "sapient", name, str(e), b""))
                return
            if raw is None:
                return
            key = _sender(raw) if self._params.middleware else ""
            if key not in peers and len(peers) >= NODES:
                key = next(iter(peers))
            peer = peers.setdefault(key, Peer(name))
            before = peer.row, peer.heard_ns
            replies, items = self.node.receive(peer, raw, self._o.port.now_ns())
            for reply in replies:
                writer.write(framing.framed(reply.SerializeToString()))
            if replies:
                await writer.drain()
            for item in items:
                await self._put(item)
            if peer.row >= 0 and (peer.row, peer.heard_ns) != before:
                await self._put(_Sign(peer.row, peer.gone))

    async def _watch(self, peers: dict[str, Peer]) -> None:
        """Closes scans that wait for nothing more, and times nodes out."""
        told: dict[int, str] = {}
        while not self._stopped():
            await asyncio.sleep(TICK_S)
            now_ns = self._o.port.now_ns()
            for peer in list(peers.values()):
                for item in self.node.due(peer, now_ns):
                    await self._put(item)
                why = self.node.silent(peer, now_ns)
                if why and not told.get(peer.row):
                    await self._put(_Sign(peer.row, why))
                told[peer.row] = why


def _sender(raw: bytes) -> str:
    from bartizan.feeds.sapient import shim

    try:
        return str(shim.from_bytes(raw).node_id)
    except WrongMessageError:
        return ""
