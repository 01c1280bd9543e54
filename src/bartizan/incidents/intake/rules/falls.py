"""Rules of where it fell or was stopped, as seen from the walls.

In: a line.  Out: fall.location.  Does not: place it on the map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import GROUND, Found, Line, clause, modality, polarity

_FALL_VERB = re.compile(
    r"\b(?:f[ea]ll(?:s|en|ing)?|land(?:ed|ing|s)?|dropped|crash(?:ed|ing)?|explod(?:ed|ing)|came down|impacted|wreckage|debris|detonated|remains)\b",
    re.I,
)
_STOP_VERB = re.compile("|".join(lexicon.OUTCOME[k].pattern for k in lexicon.STOPPED), re.I)
_SITE = rf"(?:the |its |their )?(?:[\w’'-]+ ){{0,5}}?{GROUND}\b"
FALLS = (
    ("airspace_of_base", re.compile(rf"\b(?:in|over|within) the (?:airspace|skies|sky) (?:of|over|above) {_SITE}|\bin (?:its|the base[’']s) airspace|\b(?:over|above) {_SITE}", re.I), _STOP_VERB),
    ("before_reaching_base", re.compile(r"\bbefore (?:(?:they|it) (?:could )?(?:reach(?:ed)?|enter(?:ed)?|arriv\w+ at|hit)|reaching|entering|arriving at|hitting)\b(?: (?:the|its|their) [\w-]+)?", re.I), None),
    ("outside", re.compile(rf"\b(?:outside|beyond)(?: of)? {_SITE}", re.I), None),
    ("inside", re.compile(rf"\b(?:(?:inside|within) {_SITE}|(?:inside|within) (?:the |its )(?:[\w’'-]+ ){{0,4}}?(?:area|zone|grounds|territory|hangar|courtyard|yard)\b|on (?:a|the) (?:runway|tarmac|apron)|(?:on|in) the (?:territory|grounds|premises) of (?:the )?(?:[\w’'-]+ ){{0,4}}?{GROUND}\b|(?<=fell )on (?:the |its )(?:[\w’'-]+ ){{0,2}}?(?:airport|base|camp|compound|facility|plant|airfield|prison|refinery)\b)", re.I), _FALL_VERB),
    ("open_area", re.compile(r"\b(?:in|into|on|at) (?:an? |the )?(?:(?:open|empty|vacant|uninhabited|unpopulated|agricultural|deserted|remote|barren|rural|wooded|forested|non-residential|sparsely populated) (?:area|land|field|square|space|terrain|plot|ground)s?|farmland|desert|fields|farms?|orchards?|wasteland|steppe|woods?|forest|scrubland)\b", re.I), _FALL_VERB),
    ("sea", re.compile(r"\b(?:in|into) the (?:sea|water|gulf|river)\b", re.I), _FALL_VERB),
    ("near", re.compile(rf"\b(?:near|close to|next to|adjacent to|beside|around|in the (?:vicinity|surroundings) of|at the (?:gate|fence|perimeter) of) {_SITE}", re.I), _FALL_VERB),
)  # fmt: skip
_THING = re.compile(
    r"\b(?:debris|wreckage|fragments|parts?|drones?|UAVs?|rockets?|missiles?|shells?|it|one|they)\b",
    re.I,
)
_FELL = re.compile(r"\b(?:fell|landed|crashed|exploded|came down)\b", re.I)
_ANY_VERB = re.compile(f"{_FALL_VERB.pattern}|{_STOP_VERB.pattern}", re.I)
_SHOWN = re.compile(
    r"\b(?:which|as|this) (?:was |were |is |has been )?(?:also )?(?:shown|confirmed|seen|documented|evident|revealed) (?:by|in|on) (?P<who>(?:the |an? )?(?:images?|videos?|footage|pictures|photos)(?: that [\w ]+| \w+ on [\w ]+)?)",
    re.I,
)


def draft(line: Line) -> Iterator[Found]:
    """Where things fell, and the images that are said to show it."""
    s = line.s
    taken: list[int] = []
    for value, pattern, needs in FALLS:
        for m in pattern.finditer(s):
            if not line.open(m.start()) or any(abs(m.start() - t) < 12 for t in taken[::2]):
                continue
            a, _ = clause(s, m.start())
            lead = s[max(0, a - 50) if m.start() - a < 12 else a : m.start()]
            verbs = list((needs or _ANY_VERB).finditer(lead))
            verb = verbs[-1] if verbs else None
            if verb is None and m.start() - a < 3:  # "on the territory of the plant debris fell"
                after = _FELL.search(s, m.end(), m.end() + 45)
                if after and _THING.search(s, m.end(), after.start()):
                    taken += [m.start(), after.start()]
                    yield Found("fall.location", value, m.start(), after.end(), m.start())
                continue
            if verb is None or m.start() - (m.start() - len(lead) + verb.end()) > 60:
                continue
            if re.search(r"\b(?:soldiers?|forces|troops|people) $", lead[: verb.start()]):
                continue
            said = m.start() - len(lead) + verb.start()
            beside = value == "open_area" and re.match(r" (?:inside|outside|near)\b", s[m.end() :])
            if any(said == t for t in taken) and not beside:
                continue
            taken += [m.start(), said]
            start = (
                m.start()
                if value in ("airspace_of_base", "before_reaching_base")
                else m.start() - len(lead) + verb.start()
            )
            if value in ("outside", "inside", "near", "open_area"):
                subject = [v.start for v in line.vehicles if a <= v.start < start]
                start = subject[0] if subject else start
            traps = ("mt_lexicon",) if verb.group().lower() == "dropped" else ()
            yield Found(
                "fall.location",
                value,
                start,
                m.end(),
                m.start(),
                traps,
                polarity(s, m.start()),
                modality(s, a, m.start()),
            )
            shown = _SHOWN.search(s, m.end())
            if shown:
                yield Found(
                    "fall.location",
                    value,
                    shown.start(),
                    shown.end(),
                    m.start(),
                    (),
                    seen_in=shown["who"],
                )
