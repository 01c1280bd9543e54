"""What a report, a pack and an export of one incident are made of, read once.

In: a store, an incident; places, a run's folder and a forecast where there are some.
Out: `Dossier`.  Does not: write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from bartizan.errors import InputError
from bartizan.incidents import links
from bartizan.incidents.record import rules
from bartizan.incidents.record.nouns import Case, Incident
from bartizan.incidents.record.places import Place
from bartizan.incidents.statement import Statement, draft
from bartizan.incidents.store import Store
from bartizan.incidents.tie import Checked, check
from bartizan.report.facts import Facts
from bartizan.report.facts import gather as gather_facts

SHOWN_FROM: Final = 0.5  # likenesses under this are counted, not shown


class Dossier(NamedTuple):
    """One incident, judged by the rules and laid beside all else.

    others: incidents that a link or a likeness names   forecast: the recurrence's, as given
    place: where it was, None not known   head: of the record's chain, when it was read
    facts: of the run that it was opened from, None where that was not given
    """

    case: Case
    standings: tuple[rules.Standing, ...]
    contradictions: tuple[rules.Contradiction, ...]
    origins: dict[str, str]
    checked: tuple[Checked, ...]
    statement: Statement
    likenesses: tuple[links.Likeness, ...]
    unlike: int
    ordinals: tuple[links.Ordinal, ...]
    anniversaries: tuple[links.Anniversary, ...]
    others: dict[str, Incident]
    place: Place | None
    places: tuple[Place, ...]
    facts: Facts | None
    forecast: Mapping[str, Any]
    head: str


def gather(
    store: Store, name: str, places: Iterable[Place] = (), run: Path | None = None,
    forecast: Mapping[str, Any] | None = None,
) -> Dossier:  # fmt: skip
    """Reads it all.  Raises InputError where the run is not the one that it was opened from."""
    case = store.case(name)
    places = tuple(places)
    checked = tuple(k for c in case.claims for k in check(c, case.incident, case.evidence))
    near = links.candidates(store, name)
    shown = tuple(x for x in near if x.p >= SHOWN_FROM)
    anniversaries = links.anniversaries(store, name)
    ids = {x.b for x in shown} | {x.of for x in anniversaries}
    ids |= {end for x in case.links for end in (x.a, x.b)} - {name}
    place = next((p for p in places if p.name == case.incident.site), None)
    return Dossier(
        case, rules.standings(case), rules.contradictions(case), rules.origins(case), checked,
        draft(case, checked), shown, len(near) - len(shown),
        tuple(links.ordinal(store, c) for c in case.claims if c.field == "link.ordinal"),
        anniversaries, {k: store.incident(k) for k in sorted(ids)}, place, places,
        _facts(case, run) if run else None, forecast or {}, store.head(),
    )  # fmt: skip


def _facts(case: Case, run: Path) -> Facts:
    facts = gather_facts(run)
    heads = {e.journal for e in case.evidence if e.journal}
    if facts.head not in heads:
        raise InputError(f"{run}: not a run that {case.incident.id} has evidence from: its chain "
                         f"ends in {facts.head[:16]}...")  # fmt: skip
    return facts
