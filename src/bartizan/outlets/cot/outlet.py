"""The outlet `cot`: tracks as Cursor on Target events over TCP, TLS or UDP.

In: outputs.  Out: events.  Does not: send a track more often than it must.

At most one event a second and track, and one at once when its class, its identity or its
threat (alarmed, and how near in classes of time) changes.  A track that the watch tells as
lost is deleted, and so is its pilot.  UDP goes to a group of clients, TCP and TLS to a TAK server.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bartizan.frames import local_frame
from bartizan.outlets.cot.event import (
    DELETE,
    PILOT,
    Head,
    delete_event,
    letter,
    pilot_event,
    track_event,
    type_of,
)
from bartizan.outlets.marks import named
from bartizan.outlets.places import Place, places
from bartizan.outlets.sending import Health, Link, Sender
from bartizan.outlets.wire import Tcp, Tls, Udp
from bartizan.types import EventKind, Mode, Output, Site
from bartizan.units import NS_PER_S
from bartizan.warn import words
from bartizan.warn.alarm import time_class


class CotParams(NamedTuple):
    """Settings of the outlet.

    protocol "tcp", "tls" or "udp"   host, port   ca, cert, key: files for TLS
    interface: address of the one that multicast leaves by   hops of multicast
    stale_s how long an event holds   every_s least time between two events of one track
    mode: what it is for; another is refused
    """

    protocol: str
    host: str
    port: int
    ca: str = ""
    cert: str = ""
    key: str = ""
    interface: str = ""
    hops: int = 1
    stale_s: float = 15.0
    every_s: float = 1.0
    mode: Mode = Mode.LIVE


class Sent(NamedTuple):
    """What was last sent of a track: when, its type, what is told at once when it changes, and
    the type of its pilot's event, "" none."""

    t_ns: int
    cot_type: str
    state: tuple[int, ...]
    pilot: str = ""


class Item(NamedTuple):
    """One event to send: the latest of a uid wins; keep: not to be lost."""

    uid: str
    data: bytes
    keep: bool


class Events:
    """Which events each output gives; no wire."""

    def __init__(self, site: Site, mode: Mode, stale_s: float = 15.0, every_s: float = 1.0) -> None:
        """Nothing sent yet."""
        self._site, self._mode = site, mode
        self._frame = local_frame(site.name, *site.origin)
        self._stale_s, self._every_ns = stale_s, round(every_s * NS_PER_S)
        self._sent: dict[int, Sent] = {}
        self._began_ns = 0

    def see(self, output: Output) -> list[Item]:
        """The events that this output calls for."""
        self._began_ns = self._began_ns or output.t_ns
        out = [i for e in output.watch.events if e.kind is EventKind.TRACK_DROPPED
               for label in e.labels for i in self._gone(label, output.t_ns)]  # fmt: skip
        states = self._states(output)
        due = [k for k, (label, state) in enumerate(states) if self._is_due(label, state, output)]
        where = places(output.tracks, np.array(due, np.int64), self._frame)
        for k, place in zip(due, where, strict=True):
            out += self._track(output, k, place, states[k][1])
        return out

    def _states(self, output: Output) -> list[tuple[int, tuple[int, ...]]]:
        """Label of each row, and what of it is told at once when it changes."""
        alarmed = {k for a in output.watch.alarms for k in a.labels}
        p, th = output.picture, output.threats
        rows = zip(p.tracks.label.tolist(), p.cls.tolist(), p.identity.tolist(),
                   th.t_wall_s.tolist(), strict=True)  # fmt: skip
        return [
            (label, (cls, whose, 1 + time_class(t_s) if label in alarmed else 0))
            for label, cls, whose, t_s in rows
        ]

    def _is_due(self, label: int, state: tuple[int, ...], output: Output) -> bool:
        last = self._sent.get(label)
        if last is None or last.state != state:
            return True
        return output.t_ns - last.t_ns >= self._every_ns

    def _uid(self, label: int) -> str:
        name = f"bartizan-{self._site.name}-{self._began_ns // NS_PER_S}-{label}"
        return named(self._mode, name)

    def _head(self, uid: str, cot_type: str, t_ns: int) -> Head:
        return Head(uid, cot_type, t_ns, self._stale_s, self._mode)

    def _track(self, output: Output, k: int, place: Place, state: tuple[int, ...]) -> list[Item]:
        p = output.picture
        label, key = int(p.tracks.label[k]), int(p.tracks.identity[k])
        head = self._head(
            self._uid(label), type_of(int(p.identity[k]), int(p.cls[k]), self._mode), output.t_ns
        )
        kind = self._sent[label].pilot if label in self._sent else ""
        name = _callsign(output, k, self._mode)
        out = [Item(head.uid, track_event(head, place, name, _remarks(output, k, state)), False)]
        pilot = next((one for one in p.pilots if key and one.identity == key), None)
        if pilot:
            kind = f"a-{letter(int(p.identity[k]), self._mode)}-{PILOT}"
            its = self._head(f"{head.uid}-pilot", kind, output.t_ns)
            out.append(Item(its.uid, pilot_event(its, pilot, head, f"{name} pilot"), False))
        self._sent[label] = Sent(output.t_ns, head.cot_type, state, kind)
        return out

    def _gone(self, label: int, t_ns: int) -> list[Item]:
        last = self._sent.pop(label, None)
        if last is None:
            return []
        gone = [(self._uid(label), last.cot_type)]
        if last.pilot:
            gone.append((f"{gone[0][0]}-pilot", last.pilot))
        heads = [self._head(f"{uid}-gone", DELETE, t_ns) for uid, _ in gone]
        return [
            Item(uid, delete_event(head, uid, kind), True)
            for head, (uid, kind) in zip(heads, gone, strict=True)
        ]


def _callsign(output: Output, k: int, mode: Mode) -> str:
    """A short name for a map: EXERCISE T7 one-way attack drone."""
    p = output.picture
    own = p.callsign[k] or words.thing(int(p.cls[k]))
    mark = "" if mode is Mode.LIVE else f"{mode.upper()} "
    return f"{mark}T{int(p.tracks.label[k])} {own}"


def _remarks(output: Output, k: int, state: tuple[int, ...]) -> str:
    p, th = output.picture, output.threats
    cls = int(p.cls[k])
    sure = f" ({p.posterior[k, cls]:.0%})" if cls else ""
    said = [
        f"track {int(p.tracks.label[k])}: {words.thing(cls)}{sure}",
        words.whose(int(p.identity[k])), f"existence {p.tracks.existence[k]:.2f}",
    ]  # fmt: skip
    if state[2]:
        said.append(f"alarmed, {_arrival(float(th.t_wall_s[k]))}")
    if p.contradicted[k]:
        said.append("its declared position is not supported by any sensor")
    return ", ".join(said)


def _arrival(t_s: float) -> str:
    span = words.span(t_s)
    return f"at the wall in {span}" if np.isfinite(t_s) else f"at the wall {span}"


class CotOutlet:
    """Sends what `Events` gives."""

    def __init__(self, site: Site, mode: Mode, params: CotParams) -> None:
        """Connects in a thread of its own."""
        self._events = Events(site, mode, params.stale_s, params.every_s)
        self._sender = Sender(f"cot {params.host}", lambda: _link(params))

    def see(self, output: Output) -> None:
        """Sends the events that this output calls for."""
        for item in self._events.see(output):
            self._sender.put(item.uid, item.data, item.keep)

    def health(self) -> Health:
        """How sending goes."""
        return self._sender.health()

    def close(self) -> None:
        """Sends what waits; clients drop the tracks when they are stale."""
        self._sender.close()


def _link(params: CotParams) -> Link:
    if params.protocol == "udp":
        return Udp(params.host, params.port, params.interface, params.hops)
    tls = Tls(params.ca, params.cert, params.key) if params.protocol == "tls" else None
    return Tcp(params.host, params.port, tls)
