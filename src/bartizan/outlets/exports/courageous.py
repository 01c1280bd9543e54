"""A run as a COURAGEOUS trial log (see `feeds.courageous`).

In: a journal.  Out: one file.  Does not: know the format.
"""

from __future__ import annotations

from pathlib import Path

from bartizan import __version__, replay
from bartizan.feeds import courageous
from bartizan.frames import local_frame
from bartizan.journal import Reader
from bartizan.outlets.marks import marked


def write(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it."""
    site, mode = journal.meta.site, journal.meta.mode
    log = courageous.Log(site, local_frame(site.name, *site.origin), __version__)
    for _, _, output in replay.steps(journal):
        log.see(output)
    document = log.document()
    sets = tuple(t.model_copy(update={"name": marked(mode, t.name or "")}) for t in document.tracks)
    system = marked(mode, document.system_name)
    courageous.write(document.model_copy(update={"system_name": system, "tracks": sets}), out)
    return len({t.uas_id for t in sets})
