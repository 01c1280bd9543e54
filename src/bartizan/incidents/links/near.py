"""What an incident may be linked to: those near it in time, each with its likenesses.

In: a store, an incident.  Out: `Likeness`es, the likeliest first.  Does not: link.
"""

from __future__ import annotations

from typing import Final

from bartizan.incidents.links.model import KINDS, Likeness, Traits, likeness, traits
from bartizan.incidents.record.nouns import Incident
from bartizan.incidents.store import Store
from bartizan.units import NS_PER_S

WINDOW_NS: Final = 30 * 86_400 * NS_PER_S  # to each side; assumed, three campaign time scales
_FIELDS: Final = (
    "vehicle.kind", "vehicle.count", "outcome", "marking", "claimed_by", "link.similar",
)  # fmt: skip


def look(store: Store, incidents: tuple[Incident, ...]) -> dict[str, Traits]:
    """The traits of incidents, read together."""
    ids = [i.id for i in incidents]
    claims = store.claims_of(ids, _FIELDS)
    like = store.asserted(ids)
    return {i.id: traits(i, claims.get(i.id, ()), like.get(i.id, ())) for i in incidents}


def candidates(store: Store, name: str, limit: int = 200) -> tuple[Likeness, ...]:
    """Every kind of likeness to the attacks of 30 days before and after, at most `limit` of them.

    An incident without a time is compared with the latest.  The likeliest comes first.
    """
    one = store.standing(name)
    if one.from_ns is not None and one.to_ns is not None:
        found = store.between(one.from_ns - WINDOW_NS, one.to_ns + WINDOW_NS, limit + 1)
    else:
        found = tuple(i for i in store.incidents(limit=limit) if i.kind == "attack")
    others = tuple(i for i in found if i.id != one.id)[:limit]
    seen = look(store, (one, *others))
    out = [likeness(seen[one.id], seen[o.id], kind) for o in others for kind in KINDS]
    return tuple(sorted(out, key=lambda x: (-x.p, x.b, x.kind)))
