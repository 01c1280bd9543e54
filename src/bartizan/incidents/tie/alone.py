"""A recorded run's alarms open their incidents by themselves, drafted for a person.

In: a run's folder.  Out: the record `incidents.db` in it, one incident an alarm.
Does not: confirm, link or word anything, or open one twice.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from bartizan.errors import InputError
from bartizan.incidents.record import changes
from bartizan.incidents.store import Store
from bartizan.incidents.tie.opening import from_run

WHO: Final = "rule: alarm"  # who opens it, in the audit; never a person's name
RECORD: Final = "incidents.db"
MOST: Final = 500  # latest incidents in which an alarm's own is looked for


def by_itself(run: Path) -> tuple[str, ...]:
    """Ids of the incidents of the run's alarms; () where none was raised.

    The entry has the time at which the alarm's tracks ended: the same run makes the same record.
    Raises JournalError on a damaged journal.
    """
    try:
        openings = from_run(run)
    except InputError:  # no alarm in it
        return ()
    out = []
    with Store(run / RECORD, write=True) as store:
        known = {i.title: i.id for i in store.incidents(limit=MOST)}
        for o in openings:
            name = known.get(o.incident.title)
            if name is None:
                t_ns = o.incident.to_ns or o.incident.from_ns or 0
                name = changes.opened(store, o.incident, o.evidence, WHO, t_ns)
            out.append(name)
    return tuple(out)
