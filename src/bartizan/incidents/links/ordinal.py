"""Ordinals and anniversaries: "the second in 48 hours", "two years to the day".

In: a claim, a store.  Out: what the record holds of it, with the incidents counted.
Does not: weigh an anniversary: it is context, and adds nothing to any probability.

"The second in 48 hours" looks back and is of the campaign, unless its scope names one site.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from bartizan.incidents.links.model import likeness
from bartizan.incidents.links.near import look
from bartizan.incidents.record.nouns import Claim, Incident
from bartizan.incidents.record.places import Place, find
from bartizan.incidents.store import Store
from bartizan.incidents.tie.check import Verdict
from bartizan.units import NS_PER_S

NEAR_DAYS: Final = 1  # an anniversary is of the day, or the day beside it
OF_ONE: Final = 0.5  # over this probability an incident counts with the campaign; assumed


class Ordinal(NamedTuple):
    """An ordinal checked: how many the record holds, which, and how many at the site alone.

    least, most: counted over what is certain and what the precision of times allows
    """

    claim: str
    verdict: Verdict
    why: str
    least: int
    most: int
    incidents: tuple[str, ...]
    at_site: tuple[str, ...]


class Anniversary(NamedTuple):
    """An incident on, or a day beside, the anniversary of an event.  weight: always 0."""

    incident: str
    of: str
    title: str
    nth: int
    offset_days: int
    weight: float = 0.0


def ordinal(store: Store, claim: Claim) -> Ordinal:
    """A claim of field "link.ordinal", value {n, window_h, scope}, against the record."""
    value: Any = claim.value if isinstance(claim.value, dict) else {}
    n, window_h = value.get("n"), value.get("window_h")
    here = store.standing(claim.incident)
    if not isinstance(n, int) or not isinstance(window_h, int | float) or here.from_ns is None:
        why = "the claim gives no number and window, or the incident's time is not known"
        return Ordinal(claim.id, Verdict.CANNOT_TELL, why, 0, 0, (), ())
    until = here.to_ns or here.from_ns
    back = round(window_h * 3600) * NS_PER_S
    found = store.between(here.from_ns - back - 2 * 86_400 * NS_PER_S, until)
    sure, may = _within(here, found, back)
    site = [i.id for i in may if i.site == here.site]
    one_site = find((Place(here.site, "", 0.0, 0.0),), str(value.get("scope", ""))) is not None
    if one_site:
        mine = set(site)
    else:
        seen = look(store, (here, *(i for i in may if i.id != here.id)))
        mine = {i.id for i in may if i.id == here.id
                or likeness(seen[here.id], seen[i.id], "same_campaign").p >= OF_ONE}  # fmt: skip
    ids = tuple(sorted(mine, key=lambda k: int(k[1:])))
    least, most = len(mine & {i.id for i in sure}), len(mine)
    scope = f"at {here.site}" if one_site else "of the campaign"
    word = f"the record holds {most} {scope} in {window_h:g} h ({', '.join(ids)})"
    if not one_site:
        word += f", {len(site)} of them at {here.site}"
    if least <= n <= most:
        verdict = Verdict.AGREES
    elif n < least:
        verdict = Verdict.CONTRADICTS
    else:
        verdict, word = Verdict.CANNOT_TELL, word + "; others may not be in the record"
    return Ordinal(claim.id, verdict, word, least, most, ids, tuple(site))


def _within(
    here: Incident, found: tuple[Incident, ...], back_ns: int
) -> tuple[list[Incident], list[Incident]]:
    """Those surely, and those possibly, at most `back_ns` before `here`; itself is in both."""
    sure, may = [here], [here]
    for i in found:
        if i.id == here.id or i.from_ns is None or here.from_ns is None:
            continue
        earliest, latest = i.from_ns, i.to_ns or i.from_ns
        if earliest > (here.to_ns or here.from_ns) or latest < here.from_ns - back_ns:
            continue
        may.append(i)
        if earliest >= (here.to_ns or here.from_ns) - back_ns and latest <= here.from_ns:
            sure.append(i)
    return sure, may


def anniversaries(store: Store, name: str) -> tuple[Anniversary, ...]:
    """Events of the record whose day comes round on this incident's, or a day beside it."""
    here = store.standing(name)
    if len(here.date) != 10:  # a month or days: no day comes round
        return ()
    day = date.fromisoformat(here.date)
    out = []
    for event in store.contexts():
        if len(event.date) != 10 or event.id == here.id:
            continue
        then = date.fromisoformat(event.date)
        for year in (day.year - 1, day.year, day.year + 1):
            nth = year - then.year
            try:
                again = then.replace(year=year)
            except ValueError:  # 29 February
                again = then.replace(year=year, day=28)
            off = (day - again).days
            if nth >= 1 and abs(off) <= NEAR_DAYS:
                out.append(Anniversary(here.id, event.id, event.title, nth, off))
    return tuple(out)
