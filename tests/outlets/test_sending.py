"""The sending thread: bounded, the latest of a key wins, patient; and the links under it."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from pathlib import Path

import pytest

from bartizan.errors import BartizanError
from bartizan.outlets import OUTLETS, CapParams, CotParams, MqttParams, SapientUpParams, sending
from bartizan.outlets.sending import Sender
from bartizan.outlets.wire import Folder, Post, Tcp
from bartizan.types import Mode


class Slow:
    """A link that lets one message through when it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.begun, self.go, self.breaks = threading.Event(), threading.Semaphore(0), 0

    def send(self, key: str, data: bytes) -> None:
        self.begun.set()
        assert self.go.acquire(timeout=60.0)
        if self.breaks:
            self.breaks -= 1
            raise ConnectionError("broken")
        self.sent.append((key, data))

    def idle(self) -> None: ...

    def close(self) -> None: ...


def open_(link: Slow, limit: int) -> Sender:
    """A sender whose first message is stuck on its way."""
    sender = Sender("test", lambda: link, limit)
    sender.put("first", b"0")
    assert link.begun.wait(10.0)
    return sender


def let(link: Slow, sender: Sender, n: int) -> None:
    for _ in range(n):
        link.go.release()
    end = time.monotonic() + 60.0
    while len(link.sent) < n and time.monotonic() < end:
        time.sleep(0.01)
    sender.close()


def test_the_latest_of_a_key_wins_in_the_first_ones_place() -> None:
    link = Slow()
    sender = open_(link, 10)
    for k, data in (("a", b"1"), ("b", b"2"), ("a", b"3")):
        sender.put(k, data)
    let(link, sender, 3)
    assert link.sent == [("first", b"0"), ("a", b"3"), ("b", b"2")]


def test_the_queue_is_bounded_and_what_must_be_kept_goes_last() -> None:
    link = Slow()
    sender = open_(link, 3)
    sender.put("keep", b"k", keep=True)
    begun = time.monotonic()
    for k in range(1000):
        sender.put(str(k), b"x")
    assert time.monotonic() - begun < 1.0
    assert sender.health().lost == 998
    let(link, sender, 4)
    assert [k for k, _ in link.sent] == ["first", "keep", "998", "999"]


def test_what_was_on_its_way_is_sent_again_unless_newer_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "FIRST_WAIT_S", 0.01)
    link = Slow()
    link.breaks = 1
    sender = open_(link, 10)
    link.go.release()
    let(link, sender, 1)
    assert link.sent == [("first", b"0")]
    assert sender.health().failed == 1
    assert "broken" in sender.health().why


def test_a_peer_that_is_not_there_blocks_nobody(kept) -> None:
    begun = time.monotonic()
    outlet = OUTLETS["cot"](kept.site, Mode.LIVE, CotParams("tcp", "127.0.0.1", 9))
    for o in kept.outputs[:50]:
        outlet.see(o)
    outlet.close()
    assert time.monotonic() - begun < 5.0
    assert not outlet.health().connected


def test_an_exercise_reaches_nothing_that_is_not_declared_for_it(kept, tmp_path: Path) -> None:
    params = {
        "cap": CapParams(tmp_path, "a@b.example", "people"), "cot": CotParams("udp", "127.0.0.1", 9),
        "mqtt": MqttParams("127.0.0.1", 9), "sapient": SapientUpParams("127.0.0.1", 9),
    }  # fmt: skip
    assert set(params) == set(OUTLETS)
    for name, p in params.items():
        for mode, declared in ((a, b) for a in Mode for b in Mode if a != b):
            with pytest.raises(BartizanError, match="must not reach"):
                OUTLETS[name](kept.site, mode, p._replace(mode=declared))
    assert list(tmp_path.iterdir()) == []


def test_alarms_of_a_night_are_files_and_posts(kept, tmp_path: Path) -> None:
    got: list[bytes] = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/cap"
        params = CapParams(tmp_path / "cap", "watch@base.example", "people", url, Mode.EXERCISE)
        outlet = OUTLETS["cap"](kept.site, Mode.EXERCISE, params)
        for o in kept.outputs:
            outlet.see(o)
        outlet.close()
        server.shutdown()
        thread.join()
    files = sorted((tmp_path / "cap").iterdir())
    assert [f.read_bytes() for f in files] == got
    assert len(got) >= 3
    assert all(f.name.startswith("exercise-") and f.suffix == ".xml" for f in files)


def test_an_answer_that_is_no_yes_is_a_way_lost() -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_error(503)

        def log_message(self, *_: object) -> None: ...

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with pytest.raises(OSError, match="503"):
            Post(f"http://127.0.0.1:{server.server_port}/", "text/plain").send("k", b"x")
        server.shutdown()
        thread.join()


def test_one_message_that_is_refused_or_misanswered_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that says: unprocessable, no HTTP at all, look elsewhere, then takes all."""
    monkeypatch.setattr(sending, "FIRST_WAIT_S", 0.01)
    answers = [b"HTTP/1.1 422 No\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-other\r\n",
               b"HTTP/1.1 302 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"]  # fmt: skip
    heard: list[tuple[bytes, bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30.0)

        def serve() -> None:
            while len(heard) < 5:
                line, _ = server.accept()
                with line:
                    asked = line.recv(65_536)
                    while b"\r\n\r\n" not in asked or asked.endswith(b"\r\n\r\n"):
                        asked += line.recv(65_536)
                    heard.append((asked.split(b" ")[0], asked[-1:]))
                    line.sendall(answers.pop(0) if answers else b"HTTP/1.1 204 Yes\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        post = Post(f"http://127.0.0.1:{server.getsockname()[1]}/", "text/plain")
        sender = Sender("test", lambda: post)
        for key in "abc":
            sender.put(key, key.encode(), keep=True)
        thread.join(30.0)
        sender.close()
    assert heard == [(b"POST", x) for x in (b"a", b"b", b"b", b"b", b"c")]
    health = sender.health()
    assert (health.sent, health.lost, health.failed) == (2, 1, 2)
    assert "302" in health.why


def test_a_folder_has_each_message_whole(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "new", ".xml")
    folder.send("a", b"1")
    folder.send("a", b"2")
    assert [p.read_bytes() for p in (tmp_path / "new").iterdir()] == [b"2"]


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a setting of Linux")
def test_a_server_that_vanishes_without_a_word_is_noticed_within_half_a_minute() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        link = Tcp("127.0.0.1", server.getsockname()[1])
        asked = {name: link._socket.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in
                 ("TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")}  # fmt: skip
        assert link._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        link.close()
    assert asked["TCP_USER_TIMEOUT"] == 30_000  # what was sent and never answered [ms]
    assert asked["TCP_KEEPIDLE"] + asked["TCP_KEEPINTVL"] * asked["TCP_KEEPCNT"] <= 30
