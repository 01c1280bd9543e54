"""Cursor on Target on the wire: a TAK server hands our events on; UDP reaches a group."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

import peers
from bartizan.outlets import OUTLETS, CotParams
from bartizan.types import Mode

TAKY = "taky==0.10"
HELLO = (
    b'<event version="2.0" uid="listener" type="a-f-G-U-C" how="h-e" time="2030-01-01T00:00:00Z" '
    b'start="2030-01-01T00:00:00Z" stale="2030-01-01T00:10:00Z"><point lat="0" lon="0" hae="0" '
    b'ce="9" le="9"/><detail><takv os="1" version="1" device="t" platform="t"/><contact '
    b'callsign="listener"/><uid Droid="listener"/><__group name="Cyan" role="Team Member"/>'
    b"</detail></event>"
)


def settings(folder: Path, port: int, server: str = "", more: str = "") -> list[str]:
    """A TAK server's own settings, in a file; its command."""
    (folder / "taky.conf").write_text(
        f"[taky]\nhostname=localhost\nbind_ip=127.0.0.1\nroot_dir={folder}\nredis=\n"
        f"[cot_server]\nport={port}\n{server}[dp_server]\nupload_path={folder}/dp\n{more}"
    )
    (folder / "dp").mkdir(exist_ok=True)
    return [str(peers.environment(TAKY) / "taky"), "-l", "info", "-c", str(folder / "taky.conf")]


def until(events: dict[str, etree._Element], read: Callable[[], bytes], wanted: set[str]) -> None:
    """Collects what a stream of events says, by uid, until all that are wanted are there."""
    parser = etree.XMLPullParser(tag="event")
    parser.feed(b"<all>")
    end = time.monotonic() + 90.0
    while not wanted <= set(events) and time.monotonic() < end:
        try:
            data = read()
        except TimeoutError:
            continue
        parser.feed(re.sub(rb"<\?xml[^>]*\?>", b"", data))
        for _, e in parser.read_events():
            if "bartizan" in e.get("uid", ""):
                events[e.get("uid")] = e


def through(kept, params: CotParams, listen: socket.socket) -> dict[str, etree._Element]:
    """What a second client is handed of a night."""
    got: dict[str, etree._Element] = {}
    listen.settimeout(0.5)
    listen.sendall(HELLO)
    time.sleep(0.5)
    outlet = OUTLETS["cot"](kept.site, Mode.EXERCISE, params)
    uids: set[str] = set()
    began_s = kept.outputs[0].t_ns // 1_000_000_000
    for o in kept.outputs[:150]:
        outlet.see(o)
        uids = {
            f"exercise-bartizan-{kept.site.name}-{began_s}-{k}" for k in o.tracks.label.tolist()
        }
    try:
        until(got, lambda: listen.recv(65_536), uids)
    finally:
        health = outlet.health()
        outlet.close()
    assert len(uids) >= 3
    assert uids <= set(got)
    assert health.connected, health
    assert health.lost == 0
    assert health.sent >= len(got)
    return got


def test_a_tak_server_hands_our_events_to_another_client(kept, tmp_path: Path) -> None:
    port = peers.free_port()
    with (
        peers.running(settings(tmp_path, port), port, tmp_path),
        socket.create_connection(("127.0.0.1", port), 5.0) as listen,
    ):
        params = CotParams("tcp", "127.0.0.1", port, mode=Mode.EXERCISE)
        for uid, e in through(kept, params, listen).items():
            assert uid.startswith("exercise-bartizan-ain-al-asad-")
            if uid.endswith("-gone"):
                assert e.get("type") == "t-x-d-d"
                continue
            assert re.fullmatch(r"a-[pufanjk]-A(-[A-Z])*", e.get("type"))
            assert e.find("detail/contact").get("callsign").startswith("EXERCISE T")
            assert "EXERCISE EXERCISE EXERCISE" in e.findtext("detail/remarks")
            assert 33.0 < float(e.find("point").get("lat")) < 34.5
            assert float(e.find("point").get("ce")) < 1000.0


def certificates(folder: Path) -> None:
    """An authority of our own, and certificates of a server and a client."""
    openssl = peers.program("openssl", "openssl")

    def run(*words: str) -> None:
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True, timeout=60)

    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt",
        "-days", "2", "-subj", "/CN=test authority", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    for name in ("server", "client"):
        run("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN={name}")  # fmt: skip
        (folder / "ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "ext", "-out", f"{name}.crt")  # fmt: skip


def test_the_same_over_tls_with_certificates_on_both_sides(kept, tmp_path: Path) -> None:
    certificates(tmp_path)
    port = peers.free_port()
    monitor = f"mon_ip=127.0.0.1\nmon_port={peers.free_port()}\n"
    encrypted = (
        f"[ssl]\nenabled=true\nclient_cert_required=true\nca={tmp_path}/ca.crt\n"
        f"cert={tmp_path}/server.crt\nkey={tmp_path}/server.key\n"
    )
    conf = settings(tmp_path, port, monitor, encrypted)
    context = ssl.create_default_context(cafile=str(tmp_path / "ca.crt"))
    context.load_cert_chain(tmp_path / "client.crt", tmp_path / "client.key")
    with (
        peers.running(conf, port, tmp_path),
        socket.create_connection(("127.0.0.1", port), 5.0) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as listen,
    ):
        params = CotParams(
            "tls", "localhost", port, str(tmp_path / "ca.crt"), str(tmp_path / "client.crt"),
            str(tmp_path / "client.key"), mode=Mode.EXERCISE,
        )  # fmt: skip
        assert through(kept, params, listen)


def test_udp_multicast_reaches_a_group(kept) -> None:
    group, port = "239.2.3.1", peers.free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listen:
        listen.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listen.bind((group, port))
        member = struct.pack("4s4s", socket.inet_aton(group), socket.inet_aton("127.0.0.1"))
        try:
            listen.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        except OSError as e:
            pytest.skip(f"no multicast on loopback here: {e}")
        listen.settimeout(5.0)
        params = CotParams("udp", group, port, interface="127.0.0.1", mode=Mode.EXERCISE)
        outlet = OUTLETS["cot"](kept.site, Mode.EXERCISE, params)
        outlet.see(next(o for o in kept.outputs if len(o.tracks.label)))
        e = etree.fromstring(listen.recv(65_536))
        outlet.close()
    assert e.get("uid").startswith("exercise-bartizan-")
