"""What was told before the watch was started again, from the folder of its messages.

In: the folder, who tells, the time.  Out: a book to go on with.  Does not: send, or look at
messages of other sites and modes.

An alarm outlives a restart of the watch; so do its messages: those that follow name all that
went before, and one that has ended meanwhile is cancelled.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from pathlib import Path
from typing import Final

from bartizan.outlets.cap.build import Book, Head, Told, reference, stem
from bartizan.outlets.cap.read import Alert, read
from bartizan.types import Alarm
from bartizan.units import NS_PER_S

BACK_S: Final = 86_400  # an alarm that was raised longer ago is over: assumed


def resumed(folder: Path, head: Head, t_ns: int) -> Book:
    """The alarms told in the folder that were not cancelled and have not run out."""
    found: dict[tuple[int, int], dict[int, Path]] = defaultdict(dict)
    begin = stem(head)
    for path in folder.glob("*.xml") if folder.is_dir() else ():
        part = re.fullmatch(re.escape(begin) + r"(\d+)\.(\d+)\.(\d+)", path.stem)
        if part and int(part[1]) > t_ns // NS_PER_S - BACK_S:
            found[int(part[1]), int(part[2])][int(part[3])] = path
    told = []
    for (raised_s, number), files in sorted(found.items()):
        alerts = [_read(files[k]) for k in sorted(files)]
        good = [a for a in alerts if a is not None and a.infos]
        if not good or good[-1].kind == "Cancel" or good[-1].infos[0].expires_ns <= t_ns:
            continue
        info = good[-1].infos[0]
        alarm = Alarm(number, 0, raised_s * NS_PER_S, info.expires_ns, (), info.headline,
                      "", "", math.inf)  # fmt: skip
        refs = tuple(reference(a.sender, a.identifier, a.sent_ns) for a in good)
        told.append(Told(alarm, refs))
    return Book(tuple(told))


def _read(path: Path) -> Alert | None:
    try:
        seen = read(path.read_bytes())
    except OSError:
        return None
    return seen if isinstance(seen, Alert) else None
