"""One value a field, for formats that hold no more: which one, and what is left out.

In: a dossier.  Out: the value that stands best, never a disputed or baseless one.
Does not: turn "not said" into nothing or zero.
"""

from __future__ import annotations

from typing import Any, Final

from bartizan.incidents.record import fields
from bartizan.incidents.record.fields import State
from bartizan.incidents.record.rules import Status
from bartizan.incidents.report.dossier import Dossier

_BEST: Final = (
    Status.CONFIRMED, Status.DECIDED, Status.CORROBORATED, Status.SINGLE_SOURCE,
)  # fmt: skip


def value(d: Dossier, field: str) -> Any:
    """The value that stands best, None where none does or it is disputed."""
    mine = [s for s in d.standings if s.field == field and s.state in (State.SAID, State.ZERO)]
    if any(s.status == Status.DISPUTED for s in mine):
        return None
    for status in _BEST:
        for s in mine:
            if s.status == status:
                return s.value
    return None


def sources(d: Dossier) -> str:
    """The publishers and the innermost voices, once each."""
    names = [x.publisher for x in d.case.documents.values()]
    names += [d.origins[c.id] for c in d.case.claims]
    return "; ".join(dict.fromkeys(names))


def note(d: Dossier) -> str:
    """What a flat row leaves out, in words: disputes, what is not stated, the mark."""
    parts = [d.statement.mark] if d.statement.mark else []
    parts += [f"disputed: {fields.WORDS.get(c.field, c.field)}"
              for c in d.contradictions if c.decision is None]  # fmt: skip
    parts += [line.text for line in d.statement.facts]
    return " ".join([*parts, d.statement.not_stated])
