"""The outlet `sapient`: the picture to a parent fusion node over TCP.

In: outputs.  Out: length-prefixed messages; the parent's answers to alerts.
Does not: take a task: whatever else the parent says is dropped and counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from bartizan.feeds.sapient import framing, shim
from bartizan.outlets.sapient.messages import GOODBYE, Ack, Child, stamp
from bartizan.outlets.sending import Health, Link, Sender
from bartizan.outlets.wire import TIMEOUT_S, Tcp
from bartizan.types import Mode, Output, Site


class SapientUpParams(NamedTuple):
    """Settings of the outlet.

    host, port of the parent or its middleware   every_s least time between two reports of
    one track   status_s between two status reports   mode: what it is for; another is refused
    now_ns: the clock that stamps messages [ns UTC], None: the outputs' own times count
    """

    host: str
    port: int
    every_s: float = 1.0
    status_s: float = 5.0
    mode: Mode = Mode.LIVE
    now_ns: Callable[[], int] | None = None


class Parent:
    """A link to the parent: registered, or not there."""

    def __init__(self, params: SapientUpParams, outlet: SapientOutlet) -> None:
        """Connects, registers, and waits for the answer.  Raises OSError."""
        self._outlet, self._buffer = outlet, b""
        self._answer: Any = None
        self._tcp = Tcp(params.host, params.port, take=self._take)
        try:
            registration, standing = outlet.opening()
            self._tcp.send("registration", framed(registration))
            for _ in range(10):
                if self._answer is not None:
                    break
                self._tcp.wait(TIMEOUT_S / 10)
            if self._answer is None or not self._answer.acceptance:
                why = "; ".join(self._answer.ack_response_reason) if self._answer else "no answer"
                raise ConnectionError(f"the parent does not take us: {why}")
            for alert in standing:
                self._tcp.send("alert", framed(alert))
        except BaseException:
            self._tcp.close()
            raise

    def send(self, key: str, data: bytes) -> None:
        """One message; an alert under the time at which it goes, since it may have waited for
        the line.  Raises OSError."""
        self._tcp.send(key, self._outlet.stamped(data) if key.startswith("alert ") else data)

    def idle(self) -> None:
        """Takes what the parent says.  Raises OSError."""
        self._tcp.idle()

    def close(self) -> None:
        """Closes."""
        self._tcp.close()

    def _take(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= 4:
            size = int.from_bytes(self._buffer[:4], "little")
            if size > framing.LONGEST:
                raise ConnectionError(f"a message of {size} bytes from the parent")
            if len(self._buffer) < 4 + size:
                return
            body, self._buffer = self._buffer[4 : 4 + size], self._buffer[4 + size :]
            try:
                message = shim.from_bytes(body)
            except shim.WrongMessageError as e:
                raise ConnectionError(str(e)) from e
            if message.WhichOneof("content") == "registration_ack":
                self._answer = message.registration_ack
            else:
                self._outlet.hear(message)


def framed(message: Any) -> bytes:
    """The bytes of a message as they go over the wire."""
    return framing.framed(message.SerializeToString(deterministic=True))


class SapientOutlet:
    """Sends what `Child` gives; begins with the first output, whose time registers it."""

    def __init__(self, site: Site, mode: Mode, params: SapientUpParams) -> None:
        """Nothing is connected before the first output."""
        self.child = Child(site, mode, params.every_s, params.status_s)
        self._params = params
        self._sender: Sender | None = None
        self._lock = threading.Lock()
        self._acks: list[Ack] = []
        self.dropped = 0

    def see(self, output: Output) -> None:
        """Sends the messages that this output calls for."""
        with self._lock:
            messages = self.child.see(output, self._now())
        if self._sender is None:
            self._sender = Sender(f"sapient {self._params.host}", self._connect)
        for key, message, keep in messages:
            self._sender.put(key, framed(message), keep)

    def _connect(self) -> Link:
        return Parent(self._params, self)

    def opening(self) -> tuple[Any, list[Any]]:
        """What a connection begins with: the registration, and the alerts in force."""
        with self._lock:
            self.child.now_ns = self._now() or self.child.now_ns
            return self.child.registration(), self.child.standing()

    def stamped(self, data: bytes) -> bytes:
        """A framed message under the time of the clock, where there is one."""
        if not (now_ns := self._now()):
            return data
        message = shim.from_bytes(data[4:])
        stamp(message, now_ns)
        return framed(message)

    def _now(self) -> int:
        return self._params.now_ns() if self._params.now_ns else 0

    def hear(self, message: Any) -> None:
        """What the parent says: an answer to an alert is kept, the rest dropped and counted."""
        with self._lock:
            ack = self.child.heard(message)
            if ack is None:
                self.dropped += 1
            else:
                self._acks.append(ack)

    def acks(self) -> tuple[Ack, ...]:
        """The answers to alerts since the last call."""
        with self._lock:
            out, self._acks = tuple(self._acks), []
        return out

    def health(self) -> Health:
        """How sending goes."""
        return self._sender.health() if self._sender else Health(False, 0, 0, 0, "")

    def close(self) -> None:
        """Says goodbye."""
        if self._sender:
            with self._lock:
                self.child.now_ns = self._now() or self.child.now_ns
                goodbye = self.child.status(GOODBYE)
            self._sender.put("goodbye", framed(goodbye), True)
            self._sender.close()
