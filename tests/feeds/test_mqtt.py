"""The MQTT feed beside a real broker: heard, lost with it, called again with growing pauses."""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import peers
from bartizan.feeds.live import Health, Opening, Port, Status, find
from bartizan.feeds.live import remote_id as live
from bartizan.feeds.live.remote_id import RemoteIdMqttParams
from bartizan.feeds.live.sockets import Address
from bartizan.feeds.remote_id import RemoteIdParams
from bartizan.types import Refused, Scan, SensorKind
from feeds.radars import site
from feeds.test_structure import whole

paho = pytest.importorskip("paho.mqtt.client", reason="the extra mqtt is absent")
HERE = site(("rid",), SensorKind.REMOTE_ID)


def receiver(lat: float) -> bytes:
    """A receiver's message, with the drone a little further."""
    w = whole()
    w.Location.Latitude = lat
    return json.dumps({"protocol": 1.0, "data": {
        "MAC address": "aa:bb", "UASdata": base64.b64encode(bytes(w)).decode()}}).encode()  # fmt: skip


@contextlib.contextmanager
def said(port: int) -> Iterator[paho.Client]:
    """A client of the test's own."""
    from paho.mqtt.enums import CallbackAPIVersion

    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    yield client
    client.disconnect()
    client.loop_stop()


def scan_of(items: queue.Queue, port: int, lat: float) -> Scan:
    """A scan of what is published until one comes (nothing is kept for late subscribers)."""
    with said(port) as client:
        for k in range(300):
            client.publish("odid/roof", receiver(lat + 1e-6 * k), 1).wait_for_publish(10.0)
            with contextlib.suppress(queue.Empty):
                while True:
                    item = items.get(timeout=0.2)
                    if isinstance(item, Scan):
                        return item
    raise AssertionError("no scan came")


def knocks(port: int, count: int) -> list[float]:
    """When somebody calls at a door that is closed again at once."""
    out = []
    with socket.create_server(("127.0.0.1", port)) as door:
        door.settimeout(60.0)
        while len(out) < count:
            line, _ = door.accept()
            out.append(time.monotonic())
            line.close()
    return out


def test_a_broker_that_goes_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BACK_OFF_S", (0.2, 1.0))
    port = peers.free_port()
    (tmp_path / "m.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    command = [peers.program("mosquitto", "mosquitto"), "-c", str(tmp_path / "m.conf")]
    stop, told, items = threading.Event(), list[Status](), queue.Queue()
    params = RemoteIdMqttParams(Address("127.0.0.1", port), "odid/#", RemoteIdParams("rid"))
    opening = Opening("m", HERE, params, Port(time.time_ns, stop, told.append))

    def listen() -> None:
        for item in find("remote_id_mqtt")(opening):
            items.put(item)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        with peers.running(command, port, tmp_path) as broker:
            first = scan_of(items, port, 51.52)
            assert first.names[0][1].endswith("(operator FIN87astrdge12k8)")
            with said(port) as client:
                client.publish("odid/roof", b'{"status": 1}', 1).wait_for_publish(10.0)
                wrong = next(i for i in iter(lambda: items.get(timeout=30.0), None) if isinstance(i, Refused))  # fmt: skip
                assert "no Remote ID" in wrong.why
            broker.send_signal(signal.SIGKILL)
            broker.wait(10)
        a, b, c = knocks(port, 3)
        assert c - b > 1.5 * 0.2 and b - a > 0.9 * 0.2  # each pause longer than the one before
        with peers.running(command, port, tmp_path):
            assert scan_of(items, port, 51.53).t_ns > first.t_ns
    finally:
        stop.set()
        thread.join(10.0)
    mine = [s.health for s in told if s.sensor == "rid"]
    lost = mine.index(Health.LOST, mine.index(Health.FRESH))
    assert Health.FRESH in mine[lost:]
