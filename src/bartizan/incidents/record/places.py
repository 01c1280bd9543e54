"""Places by name: what a draft calls a site, as the sites that are known.

In: places (a caller reads the site files), a text.  Out: the place, or none.
Does not: guess: a name that fits two places is none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """A site as the record needs it.  name: the site file's   WGS84 degrees"""

    name: str
    title: str
    latitude_deg: float
    longitude_deg: float
    utc_offset_s: int = 0


def find(places: Iterable[Place], text: str) -> Place | None:
    """The place that a text names: its name, its initials, or all the words of its name."""
    words = re.findall(r"[a-z0-9]+", text.casefold())
    exact, within = [], []
    for p in places:
        name = p.name.split("-")
        initials = "".join(w[0] for w in name if w)
        if words == name or (len(initials) > 2 and words == [initials]):
            exact.append(p)
        elif len(name) > 1 and set(name) <= set(words):
            within.append(p)
    found = exact or within
    return found[0] if len(found) == 1 else None
