"""Live feeds: what comes over the wire now, as scans.

In: an `Opening` (an entry of a site's `feeds:` and a port of the service).  Out: scans and
refusals, for ever.  Does not: know the service, or put scans of several feeds in order.

Built-in feeds are in LIVE; a third party's is found by its entry point in the group
`bartizan.feeds` when a site names it (docs/feeds.md).
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, NamedTuple

from bartizan.errors import InputError
from bartizan.feeds.live.interface import Health, Live, Opening, Port, Pulse, Pulses, Status

__all__ = [
    "GROUP", "LIVE", "Health", "Live", "Opening", "Port", "Pulse", "Pulses", "Status", "find",
]  # fmt: skip

GROUP: Final = "bartizan.feeds"


class BuiltIn(NamedTuple):
    """A feed that comes with bartizan: where it is, what it reads, what it needs beside."""

    at: str
    reads: str
    needs: str = ""


LIVE: Final[dict[str, BuiltIn]] = {
    "asterix_udp": BuiltIn(
        "bartizan.feeds.live.asterix:feed", "ASTERIX 010, 015, 020, 021, 034, 048, 062, 205 (of 016, 063, 065, 240 the signs of life) over UDP, multicast"
    ),
    "adsb_tcp": BuiltIn(
        "bartizan.feeds.live.adsb:feed", "Mode S over TCP: Beast, AVR, SBS, readsb JSON"
    ),
    "remote_id_udp": BuiltIn(
        "bartizan.feeds.live.remote_id:udp", "Remote ID over UDP: Wi-Fi frames, payloads, JSON"
    ),
    "remote_id_mqtt": BuiltIn(
        "bartizan.feeds.live.remote_id:mqtt", "Remote ID: receivers' JSON over MQTT", "paho-mqtt"
    ),
    "mavlink_udp": BuiltIn(
        "bartizan.feeds.live.mavlink:feed", "MAVLink over UDP: OPEN_DRONE_ID, ADSB_VEHICLE",
        "pymavlink",
    ),
    "sapient": BuiltIn(
        "bartizan.feeds.live.sapient:feed", "SAPIENT edge nodes (BSI Flex 335 v2.0) over TCP",
        "sapient-msg",
    ),
    "recording": BuiltIn(
        "bartizan.feeds.live.recording:feed",
        "a file, its times moved to now: COURAGEOUS, ASTERIX, ... (see recorded), a run's journal",
    ),
}  # fmt: skip


def find(name: str) -> Live:
    """A live feed by name: built in, else by entry point.  Raises InputError."""
    if name in LIVE:
        module, _, function = LIVE[name].at.partition(":")
        found: Live = getattr(import_module(module), function)
        return found
    others = {e.name: e for e in entry_points(group=GROUP)}
    if name not in others:
        known = ", ".join([*LIVE, *sorted(others)])
        raise InputError(f"feed {name!r}: expected one of {known}")
    try:
        other: Live = others[name].load()
    except (ImportError, AttributeError) as e:
        raise InputError(f"feed {name!r} of {others[name].value} does not load: {e}") from e
    return other
