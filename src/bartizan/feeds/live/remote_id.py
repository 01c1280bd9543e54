"""Remote ID as it comes from a receiver: UDP datagrams, or JSON over MQTT.

In: an address, or a broker and a topic.  Out: one scan a new position.  Does not: believe
a position; the picture does that.
"""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.live.interface import WAKE_S, Opening, Pulses
from bartizan.feeds.live.sockets import BACK_OFF_S, Address, bound, datagrams
from bartizan.feeds.remote_id import Joiner, RemoteIdParams
from bartizan.feeds.remote_id.air import WIFI, Heard, heard
from bartizan.feeds.remote_id.json import WrongJsonError, said_in
from bartizan.feeds.reports import refused
from bartizan.types import Refused, Scan

WAITING: Final = 10_000  # MQTT messages that may wait for the feed's thread: assumed
FORMATS: Final = ("wifi", "payload", "json")


class RemoteIdUdpParams(NamedTuple):
    """at: where to listen   format: what a datagram is: a Wi-Fi frame (wifi), a message or
    pack alone (payload; its sender's address is who it is from), or JSON (json)"""

    at: Address
    remote_id: RemoteIdParams
    format: str = "wifi"


class RemoteIdMqttParams(NamedTuple):
    """at: the broker   topic: with + and # as MQTT has them   user, password: "" none"""

    at: Address
    topic: str
    remote_id: RemoteIdParams
    user: str = ""
    password: str = ""


def udp(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of the datagrams at an address.  Raises InputError when it cannot be bound."""
    params: RemoteIdUdpParams = opening.params
    socket = bound(params.at)
    joiner = Joiner(opening.site, params.remote_id)
    pulses = Pulses(opening, (params.remote_id.sensor,))
    for item in datagrams(socket, opening.port):
        pulses.check()
        if item is None:
            continue
        t_ns, data, sender = item
        for one in _taken(joiner, data, params.format, sender, t_ns, opening.name):
            yield pulses.heard(one)


def _taken(
    joiner: Joiner, data: bytes, format: str, sender: str, t_ns: int, name: str
) -> Iterator[Scan | Refused]:
    if format == "json":
        try:
            said = said_in(data)
        except WrongJsonError as e:
            yield refused(t_ns, "remote_id", f"{name}: {sender}", str(e), data)
            return
        wrong = [one for one in said if isinstance(one, WrongJsonError)]
        yield from (refused(t_ns, "remote_id", f"{name}: {sender}", str(e), data) for e in wrong)
        found = tuple(one for one in said if isinstance(one, Heard))
    elif format == "payload":
        found = (Heard(sender, 0, data, None),)
    else:
        one = heard(data, WIFI)
        if one is None:
            yield refused(t_ns, "remote_id", f"{name}: {sender}", "no Remote ID in the frame", data)
            return
        found = (one,)
    for each in found:
        yield from joiner.hear(each, t_ns, f"{name}: {each.sender or sender}")


def mqtt(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of the JSON messages of a topic.  The client calls the broker again by itself,
    with growing pauses.  Raises InputError when paho-mqtt is not there."""
    try:
        import paho.mqtt.client as paho
        from paho.mqtt.enums import CallbackAPIVersion
    except ImportError as e:
        raise InputError("Remote ID over MQTT needs the package paho-mqtt") from e

    params: RemoteIdMqttParams = opening.params
    port = opening.port
    waiting: queue.Queue[Any] = queue.Queue(WAITING)
    dropped: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)

    def put(item: Any) -> None:  # in the client's own thread
        try:
            waiting.put_nowait(item)
        except queue.Full:  # the broker outruns us: the next position is as good
            dropped.append(1)

    def on_connect(c: Any, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.is_failure:
            put(str(reason))
        else:
            c.subscribe(params.topic)

    def on_message(_: Any, __: Any, message: Any) -> None:
        put((port.now_ns(), bytes(message.payload), str(message.topic)))

    client.on_connect = on_connect
    client.on_message = on_message
    client.on_disconnect = lambda *a: put("disconnected from the broker")
    if params.user:
        client.username_pw_set(params.user, params.password or None)
    client.on_connect_fail = lambda *a: put("the broker does not answer")
    client.reconnect_delay_set(*BACK_OFF_S)  # type: ignore[arg-type]  # it takes fractions
    client.connect_async(params.at.host, params.at.port)
    client.loop_start()
    joiner = Joiner(opening.site, params.remote_id)
    pulses = Pulses(opening, (params.remote_id.sensor,))
    try:
        while not port.stop.is_set():
            pulses.check()
            try:
                item = waiting.get(timeout=WAKE_S)
            except queue.Empty:
                continue
            if isinstance(item, str):
                pulses.lost(item)
                continue
            t_ns, data, topic = item
            if dropped:
                why = f"{len(dropped)} messages came faster than they were read"
                dropped.clear()
                yield pulses.heard(refused(t_ns, "remote_id", opening.name, why, b""))
            for one in _taken(joiner, data, "json", topic, t_ns, opening.name):
                yield pulses.heard(one)
    finally:
        client.disconnect()
        client.loop_stop()
