"""Links: TCP, TLS, UDP (multicast), a folder of files, HTTP POST.

In: keyed bytes.  Out: the same, on a wire or in a folder.  Does not: know a format, or wait
longer than a few seconds.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import os
import select
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.feeds.live.sockets import watched

TIMEOUT_S: Final = 5.0
# What an address answers to a message that it will never take, however often it is sent.
NEVER: Final = frozenset({
    HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.CONFLICT, HTTPStatus.GONE,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
})  # fmt: skip


class RefusedError(Exception):
    """The other side is there and refuses this message for good; the next may go."""


class Tls(NamedTuple):
    """Files for TLS: whom to trust ("" the system's), and the certificate shown ("" none)."""

    ca: str = ""
    cert: str = ""
    key: str = ""


class Tcp:
    """A stream, encrypted when `tls` is given; what the other side says is read and dropped."""

    def __init__(
        self, host: str, port: int, tls: Tls | None = None,
        take: Callable[[bytes], None] = lambda data: None,
    ) -> None:  # fmt: skip
        """Connects.  take: given what the other side says.  Raises OSError."""
        self._take = take
        plain = socket.create_connection((host, port), TIMEOUT_S)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            watched(plain)
            self._socket = plain if tls is None else _wrapped(plain, host, tls)
        except BaseException:
            plain.close()
            raise

    def send(self, key: str, data: bytes) -> None:
        """The bytes, all of them.  Raises OSError."""
        self.idle()
        self._socket.sendall(data)

    def idle(self) -> None:
        """Takes what has come, so that the other side is not held up by us."""
        self._socket.settimeout(0.0)
        try:
            while data := self._socket.recv(65_536):
                self._take(data)
            raise ConnectionError("the other side has closed")
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        finally:
            self._socket.settimeout(TIMEOUT_S)

    def wait(self, wait_s: float) -> None:
        """Waits so long for the other side to say something, then as `idle`."""
        select.select([self._socket], [], [], wait_s)
        self.idle()

    def close(self) -> None:
        """Says goodbye and closes."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _wrapped(plain: socket.socket, host: str, tls: Tls) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=tls.ca or None)
    if tls.cert:
        context.load_cert_chain(tls.cert, tls.key or None)
    return context.wrap_socket(plain, server_hostname=host)


class Udp:
    """Datagrams to one address, a multicast group among them."""

    def __init__(self, host: str, port: int, interface: str = "", hops: int = 1) -> None:
        """interface: address of the one that multicast leaves by.  Raises OSError."""
        self._to = (host, port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            if ipaddress.ip_address(socket.gethostbyname(host)).is_multicast:
                put = self._socket.setsockopt
                put(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, hops)
                if interface:
                    put(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        except BaseException:
            self._socket.close()
            raise

    def send(self, key: str, data: bytes) -> None:
        """One datagram.  Raises OSError."""
        self._socket.sendto(data, self._to)

    def idle(self) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Closes."""
        self._socket.close()


class Folder:
    """One file a message, named by its key; a file is there whole or not at all."""

    def __init__(self, folder: Path, suffix: str) -> None:
        """Makes the folder.  Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._suffix = folder, suffix

    def send(self, key: str, data: bytes) -> None:
        """The file of a message.  Raises OSError."""
        part = self._folder / f".{key}.part"
        part.write_bytes(data)
        os.replace(part, self._folder / f"{key}{self._suffix}")

    def idle(self) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Nothing is held."""


class _Here(urllib.request.HTTPRedirectHandler):
    """A POST that is sent elsewhere would become a GET, and the message be lost."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere."""


class Post:
    """HTTP POST of each message; any answer but 2xx counts as a way lost, but those that say
    that the message itself is wrong."""

    def __init__(self, url: str, content: str) -> None:
        """content: the MIME type."""
        self._url, self._content = url, content
        self._open = urllib.request.build_opener(_Here()).open

    def send(self, key: str, data: bytes) -> None:
        """One request.  Raises OSError, or RefusedError."""
        request = urllib.request.Request(  # config takes http and https alone
            self._url, data, {"Content-Type": self._content, "X-Message-Id": key}
        )
        try:
            with self._open(request, timeout=TIMEOUT_S) as answer:
                answer.read(65_536)
        except urllib.error.HTTPError as e:
            e.close()
            if e.code in NEVER:
                raise RefusedError(f"{key}: {e}") from e
            raise
        except http.client.HTTPException as e:  # no HTTP at all: urllib lets it through
            raise ConnectionError(f"{self._url}: no answer of HTTP: {e!r}") from e

    def idle(self) -> None:
        """Nothing comes back."""

    def close(self) -> None:
        """Nothing is held."""
