"""ASTERIX as it comes: UDP datagrams, multicast too.

In: an address, and what `feeds.asterix` needs.  Out: scans.  Does not: wait for older
scans; the service puts those of all feeds in order.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bartizan.feeds.asterix import AsterixParams, blocks, scans
from bartizan.feeds.asterix.others import NOT_CONNECTED
from bartizan.feeds.asterix.records import read
from bartizan.feeds.captures import Broken
from bartizan.feeds.live.interface import Opening, Pulses
from bartizan.feeds.live.sockets import Address, bound, datagrams
from bartizan.types import Refused, Scan


class AsterixUdpParams(NamedTuple):
    """at: where to listen   asterix: sources, editions, waits"""

    at: Address
    asterix: AsterixParams


def feed(opening: Opening) -> Iterator[Scan | Refused]:
    """Scans of the datagrams at an address.  Raises InputError when it cannot be bound."""
    params: AsterixUdpParams = opening.params
    socket = bound(params.at)
    sensors = tuple(dict.fromkeys(name for _, _, name in params.asterix.sensors))
    pulses = Pulses(opening, sensors)

    def parts() -> Iterator[blocks.Payload | Broken]:
        for k, item in enumerate(datagrams(socket, opening.port), 1):
            pulses.check()
            if item is not None:
                t_ns, data, sender = item
                where = f"datagram {k} from {sender}"
                yield from blocks.split(blocks.Payload(data, t_ns, -1.0, where))

    items = read(parts(), opening.name, params.asterix.editions)

    def told(row: int, why: str) -> None:  # categories 016, 063, 065, 240
        pulse = pulses.of[row]
        pulse.lost(why) if why == NOT_CONNECTED else pulse.alive(why)

    for one in scans(items, opening.site, params.asterix, opening.name, told):
        yield pulses.heard(one)
