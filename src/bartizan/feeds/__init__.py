"""Feeds: recorded and live sources, one file a format, all giving scans.

In: a path, a site, the feed's settings.  Out: an iterator of `Scan` in order of time and
of `Refused`, one for each record set aside.
Does not: read truth, track, or stop at a bad record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bartizan.feeds import adsb, asterix, multicam, remote_id, tie20, trials
from bartizan.feeds.adsb import AdsbParams
from bartizan.feeds.asterix import AsterixParams
from bartizan.feeds.multicam import MulticamParams
from bartizan.feeds.order import order
from bartizan.feeds.remote_id import RemoteIdParams
from bartizan.feeds.tie20 import Tie20Params
from bartizan.feeds.trials import CourageousParams
from bartizan.types import Refused, Scan, Site

Feed = Callable[[Path, Site, Any], Iterator[Scan | Refused]]

FEEDS: Final[dict[str, Feed]] = {
    "tie20": tie20.feed,
    "asterix": asterix.feed,
    "adsb": adsb.feed,
    "multicam": multicam.feed,
    "courageous": trials.feed,
    "remote_id": remote_id.feed,
}

__all__ = [
    "FEEDS",
    "AdsbParams",
    "AsterixParams",
    "CourageousParams",
    "Feed",
    "MulticamParams",
    "RemoteIdParams",
    "Tie20Params",
    "order",
]
