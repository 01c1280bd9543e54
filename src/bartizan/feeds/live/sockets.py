"""Sockets that a live feed reads: datagrams (multicast too), and a stream that comes back.

In: an address.  Out: bytes with the time of reception; None each time nothing has come for
a while.  Does not: know a format.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.live.interface import WAKE_S, Port

LARGEST: Final = 65_535
BUFFER: Final = 4 << 20  # bytes that the system keeps while we are busy: assumed
BACK_OFF_S: Final = (0.5, 30.0)  # first and longest wait before another try: assumed
DEAD_S: Final = 30  # without an answer to what was sent, or to a question of the system: assumed
QUIET_S: Final = 60.0  # a stream without a byte for so long is dropped: assumed


class Address(NamedTuple):
    """host, port; interface: the local address that joins a multicast group"""

    host: str
    port: int
    interface: str = "0.0.0.0"


def address(text: str, interface: str = "0.0.0.0") -> Address:
    """`host:port`, `[::1]:port` or `:port`.  Raises InputError."""
    host, sign, port = text.rpartition(":")
    if not sign or not port.isdecimal() or not 0 <= int(port) < 65_536:
        raise InputError(f"address {text!r}: expected host:port")
    return Address(host.strip("[]") or "0.0.0.0", int(port), interface)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def bound(at: Address) -> socket.socket:
    """A UDP socket at an address, joined to it where it is a multicast group.

    Raises InputError when it cannot be bound.
    """
    try:
        group = ip_address(at.host).is_multicast
    except ValueError:
        group = False
    s = socket.socket(socket.AF_INET6 if ":" in at.host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        if group and s.family == socket.AF_INET:
            s.bind((at.host, at.port))
            joined = socket.inet_aton(at.host) + socket.inet_aton(at.interface)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joined)
        elif group:
            s.bind(("", at.port))
            joined = socket.inet_pton(socket.AF_INET6, at.host) + struct.pack("@I", 0)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, joined)
        else:
            s.bind((at.host, at.port))
        s.settimeout(WAKE_S)
    except OSError as e:
        s.close()
        raise InputError(f"{at.host}:{at.port}: cannot listen ({e.strerror or e})") from e
    return s


def datagrams(s: socket.socket, port: Port) -> Iterator[tuple[int, bytes, str] | None]:
    """(time of reception [ns], bytes, sender) of each datagram; None while none comes."""
    with s:
        while not port.stop.is_set():
            try:
                data, sender = s.recvfrom(LARGEST)
            except TimeoutError:
                yield None
                continue
            except OSError:  # an ICMP answer to something else: the socket stays good
                yield None
                continue
            yield port.now_ns(), data, f"{sender[0]}:{sender[1]}"


def watched(s: socket.socket) -> None:
    """Lets the system end a TCP connection whose other side has gone without a word: some
    DEAD_S after it last answered, where the system can (else after its own hours)."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", DEAD_S // 2), ("TCP_KEEPINTVL", DEAD_S // 6),
                        ("TCP_KEEPCNT", 3), ("TCP_USER_TIMEOUT", DEAD_S * 1000)):  # fmt: skip
        if (option := getattr(socket, name, None)) is not None:
            s.setsockopt(socket.IPPROTO_TCP, option, value)


class Gone(NamedTuple):
    """A stream that is not there (any more), and why."""

    why: str


def stream(at: Address, port: Port) -> Iterator[tuple[int, bytes] | Gone | None]:
    """(time of reception [ns], bytes) as they come from a TCP server, which is called again
    with growing pauses when it is gone; None while nothing comes."""
    wait_s = BACK_OFF_S[0]
    while not port.stop.is_set():
        try:
            s = socket.create_connection((at.host, at.port), timeout=5.0)
        except OSError as e:
            yield Gone(f"{at.host}:{at.port}: {e.strerror or e}")
        else:
            for item in _received(s, port):
                if isinstance(item, tuple) and not isinstance(item, Gone):
                    wait_s = BACK_OFF_S[0]
                yield item
        port.stop.wait(wait_s)
        wait_s = min(2.0 * wait_s, BACK_OFF_S[1])


def _received(s: socket.socket, port: Port) -> Iterator[tuple[int, bytes] | Gone | None]:
    quiet_s = 0.0
    with s:
        s.settimeout(WAKE_S)
        while not port.stop.is_set():
            try:
                data = s.recv(LARGEST)
            except TimeoutError:
                quiet_s += WAKE_S
                if quiet_s > QUIET_S:
                    yield Gone(f"not a byte for {QUIET_S:g} s")
                    return
                yield None
                continue
            except OSError as e:
                yield Gone(str(e.strerror or e))
                return
            if not data:
                yield Gone("closed by the other side")
                return
            quiet_s = 0.0
            yield port.now_ns(), data
