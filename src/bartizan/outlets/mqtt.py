"""The outlet `mqtt`: picture, alarms and events as JSON on a broker's topics.

In: outputs.  Out: MQTT 3.1.1 messages.  Does not: subscribe to anything.

Topics, under PREFIX/SITE (PREFIX/exercise/SITE and PREFIX/recording/SITE for what is not
live): `status` (retained; `offline` is the last will), `picture` (retained, at most one
every `every_s`), `alarms` (retained, at each change), `events` (each one, in order).
"""

from __future__ import annotations

import json
import threading
from typing import Any, Final, NamedTuple

from bartizan.errors import BartizanError
from bartizan.frames import local_frame
from bartizan.outlets import plain
from bartizan.outlets.sending import Health, Link, Sender
from bartizan.outlets.wire import TIMEOUT_S
from bartizan.types import Mode, Output, Site
from bartizan.units import NS_PER_S

RETAINED: Final = ("status", "picture", "alarms")
SURE: Final = ("status", "alarms", "events")  # quality of service 1


class MqttParams(NamedTuple):
    """Settings of the outlet.

    host, port of the broker   prefix of all topics   every_s least time between pictures
    user, password "" none   ca file for TLS, "" plain; cert, key: the client's own
    mode: what it is for; another is refused
    """

    host: str
    port: int = 1883
    prefix: str = "bartizan"
    every_s: float = 1.0
    user: str = ""
    password: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    mode: Mode = Mode.LIVE


class Say(NamedTuple):
    """One message.  key: its topic, and for events a number after #; keep: not to be lost."""

    key: str
    data: bytes
    keep: bool


class Messages:
    """Which messages each output gives; no wire."""

    def __init__(self, site: Site, mode: Mode, prefix: str, every_s: float) -> None:
        """Nothing said yet."""
        self._site, self._mode = site, mode
        self._frame = local_frame(site.name, *site.origin)
        self.root = "/".join((prefix, *([] if mode is Mode.LIVE else [str(mode)]), site.name))
        self._every_ns = round(every_s * NS_PER_S)
        self._said_ns = 0
        self._alarms: Any = None
        self._count = 0

    def see(self, output: Output) -> list[Say]:
        """The messages that this output calls for."""
        out = []
        for e in output.watch.events:
            self._count += 1
            body = plain.event(e, self._site, self._mode)
            out.append(Say(f"{self.root}/events#{self._count}", _json(body), True))
        now = plain.alarms(output, self._site, self._mode)
        told = (now["alarms"], now["posture"])
        if told != self._alarms:
            self._alarms = told
            out.append(Say(f"{self.root}/alarms", _json(now), True))
        if output.t_ns - self._said_ns >= self._every_ns:
            self._said_ns = output.t_ns
            body = plain.picture(output, self._site, self._frame, self._mode)
            out.append(Say(f"{self.root}/picture", _json(body), False))
        return out

    def status(self, state: str) -> Say:
        """Whether somebody is there: "online" or "offline"."""
        body = {"state": state, "site": self._site.name, "mode": str(self._mode)}
        return Say(f"{self.root}/status", _json(body), True)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


class Broker:
    """A link to a broker: one message on its way at a time."""

    def __init__(self, params: MqttParams, messages: Messages) -> None:
        """Connects, with the last will, and says that somebody is there.  Raises OSError."""
        from paho.mqtt import client as paho  # the extra `mqtt`
        from paho.mqtt.enums import CallbackAPIVersion

        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, reconnect_on_failure=False, protocol=paho.MQTTv311
        )
        answered = threading.Event()
        refused: list[str] = []

        def on_connect(_c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
            if reason.is_failure:
                refused.append(str(reason))
            answered.set()

        self._client.on_connect = on_connect
        will = messages.status("offline")
        self._client.will_set(will.key, will.data, qos=1, retain=True)
        if params.user:
            self._client.username_pw_set(params.user, params.password)
        if params.ca:
            self._client.tls_set(params.ca, params.cert or None, params.key or None)
        self._client.connect_timeout = TIMEOUT_S
        self._client.connect(params.host, params.port, keepalive=15)
        self._client.loop_start()
        if not answered.wait(TIMEOUT_S) or refused:
            self.close()
            raise ConnectionError(f"the broker refuses: {refused[0] if refused else 'no answer'}")
        online = messages.status("online")
        self.send(online.key, online.data)

    def send(self, key: str, data: bytes) -> None:
        """One message, until the broker has it.  Raises OSError."""
        topic = key.partition("#")[0]
        last = topic.rsplit("/", 1)[1]
        info = self._client.publish(topic, data, 1 if last in SURE else 0, last in RETAINED)
        try:
            info.wait_for_publish(TIMEOUT_S)
        except (RuntimeError, ValueError) as e:
            raise ConnectionError(str(e)) from e
        if not info.is_published():
            raise ConnectionError("the broker does not take it")

    def idle(self) -> None:
        """Raises OSError when the broker is gone."""
        if not self._client.is_connected():
            raise ConnectionError("the broker is gone")

    def close(self) -> None:
        """Says goodbye: the last will is not sent then."""
        self._client.disconnect()
        self._client.loop_stop()


class MqttOutlet:
    """Sends what `Messages` gives."""

    def __init__(self, site: Site, mode: Mode, params: MqttParams) -> None:
        """Connects in a thread of its own.  Raises BartizanError without the extra `mqtt`."""
        try:
            import paho.mqtt.client  # noqa: F401  (asked for here, so that the error comes here)
        except ImportError as e:
            raise BartizanError("outlet mqtt: expected the extra: bartizan[mqtt]") from e
        self._messages = Messages(site, mode, params.prefix, params.every_s)

        def connect() -> Link:
            return Broker(params, self._messages)

        self._sender = Sender(f"mqtt {params.host}", connect)

    def see(self, output: Output) -> None:
        """Sends the messages that this output calls for."""
        for say in self._messages.see(output):
            self._sender.put(*say)

    def health(self) -> Health:
        """How sending goes."""
        return self._sender.health()

    def close(self) -> None:
        """Sends what waits, and that nobody is there any more."""
        self._sender.put(*self._messages.status("offline"))
        self._sender.close()
