"""Feeds: recorded and live sources, one file a format, all giving scans.

In: a path, a site, the feed's settings.  Out: an iterator of `Scan` in order of time and
of `Refused`, one for each record set aside.
Does not: read truth, track, or stop at a bad record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from bartizan.feeds import tie20
from bartizan.feeds.order import order
from bartizan.types import Refused, Scan, Site

Feed = Callable[[Path, Site, Any], Iterator[Scan | Refused]]

FEEDS: Final[dict[str, Feed]] = {
    "tie20": tie20.feed,
}

__all__ = ["FEEDS", "Feed", "order"]
