"""MQTT: messages of a night, and a real broker that keeps the picture and the last will."""

from __future__ import annotations

import itertools
import json
import queue
import time
from pathlib import Path

import pytest

import peers
from bartizan.outlets import OUTLETS, MqttParams
from bartizan.outlets.mqtt import Broker, Messages
from bartizan.types import Mode

MARK = "EXERCISE EXERCISE EXERCISE"
paho = pytest.importorskip("paho.mqtt.client", reason="the extra mqtt is absent")


def test_messages_of_a_night(kept) -> None:
    messages = Messages(kept.site, Mode.EXERCISE, "bartizan", 1.0)
    says = [(o, s) for o in kept.outputs for s in messages.see(o)]
    root = f"bartizan/exercise/{kept.site.name}/"
    assert {s.key.partition("#")[0] for _, s in says} == {
        root + t for t in ("picture", "alarms", "events")
    }
    for o, s in says:
        body = json.loads(s.data)
        assert body["mark"] == MARK
        assert body["mode"] == "exercise"
        if s.key == root + "picture":
            assert [t["label"] for t in body["tracks"]] == o.tracks.label.tolist()
        if s.key == root + "alarms":
            assert all(a["what"].startswith(MARK) for a in body["alarms"])
    events = [s for _, s in says if "events#" in s.key]
    assert len(events) == sum(len(o.watch.events) for o in kept.outputs)
    assert len({s.key for s in events}) == len(events)
    pictures = [o.t_ns for o, s in says if s.key == root + "picture"]
    assert all(b - a >= 1_000_000_000 for a, b in itertools.pairwise(pictures))
    alarms = [json.loads(s.data)["alarms"] for _, s in says if s.key == root + "alarms"]
    assert any(alarms)
    assert alarms[-1] == []


class Listener:
    """A second client that keeps what it is handed."""

    def __init__(self, port: int, topic: str) -> None:
        from paho.mqtt.enums import CallbackAPIVersion

        self.got: queue.Queue = queue.Queue()
        self.client = paho.Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = lambda _c, _u, m: self.got.put((m.topic, m.payload, m.retain))
        self.client.on_connect = lambda c, *_: c.subscribe(topic, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def until(self, topic: str, holds=lambda body, retained: True):
        """The first message of a topic for which it holds."""
        end = time.monotonic() + 60.0
        while time.monotonic() < end:
            try:
                name, data, retained = self.got.get(timeout=1.0)
            except queue.Empty:
                continue
            if name.endswith(topic) and holds(json.loads(data), retained):
                return json.loads(data)
        raise AssertionError(f"nothing came on {topic}")

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path):
    port = peers.free_port()
    (tmp_path / "m.conf").write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
    )
    command = [peers.program("mosquitto", "mosquitto"), "-c", str(tmp_path / "m.conf")]
    with peers.running(command, port, tmp_path):
        yield port


def test_a_broker_hands_on_and_keeps_the_picture(kept, broker: int) -> None:
    params = MqttParams("127.0.0.1", broker, mode=Mode.EXERCISE)
    first = Listener(broker, "#")
    outlet = OUTLETS["mqtt"](kept.site, Mode.EXERCISE, params)
    try:
        assert first.until("/status")["state"] == "online"
        for o in kept.outputs[:600]:
            outlet.see(o)
        want = kept.outputs[599].tracks.label.tolist()
        picture = first.until("/picture", lambda b, _: len(b["tracks"]) >= len(want) - 1)
        assert picture["mark"] == MARK
        second = Listener(broker, f"bartizan/exercise/{kept.site.name}/#")
        late = second.until("/picture", lambda _, retained: retained)
        assert late["tracks"]
        second.close()
    finally:
        outlet.close()
    assert first.until("/status")["state"] == "offline"
    first.close()


def test_the_last_will_says_that_nobody_is_there(kept, broker: int) -> None:
    listener = Listener(broker, "#")
    messages = Messages(kept.site, Mode.LIVE, "bartizan", 1.0)
    link = Broker(MqttParams("127.0.0.1", broker), messages)
    assert listener.until("/status")["state"] == "online"
    link._client.socket().shutdown(2)  # the line breaks: no goodbye
    assert listener.until("/status")["state"] == "offline"
    link.close()
    listener.close()


def test_a_broker_that_comes_back_gets_the_picture_again(kept, tmp_path: Path) -> None:
    port = peers.free_port()
    (tmp_path / "m.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
    command = [peers.program("mosquitto", "mosquitto"), "-c", str(tmp_path / "m.conf")]
    outlet = OUTLETS["mqtt"](
        kept.site, Mode.EXERCISE, MqttParams("127.0.0.1", port, mode=Mode.EXERCISE)
    )
    try:
        outlet.see(next(o for o in kept.outputs if len(o.tracks.label)))
        time.sleep(0.3)
        assert not outlet.health().connected
        with peers.running(command, port, tmp_path):
            listener = Listener(port, "#")
            assert listener.until("/picture")["tracks"]
            listener.close()
        assert outlet.health().failed >= 1
    finally:
        outlet.close()
