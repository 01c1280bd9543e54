"""Which incident each part of a sentence is of.

In: lines in order.  Out: incidents by letter, and the one at an offset of a line.
Does not: match incidents of different reports.

A part of a sentence that gives a day or a site is of the incident with that day and site; one
that gives neither goes on about the one before; "after a similar attack" turns to another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date as day
from datetime import timedelta
from typing import Any

from bartizan.incidents.intake import dates
from bartizan.incidents.intake.places import Where
from bartizan.incidents.intake.rules.line import Line, eventful
from bartizan.incidents.intake.text import HEADLINE
from bartizan.incidents.record.fields import day_span

_TURN = re.compile(
    r"\b(?=(?:similar to|after (?:a|an|the|another)\b|following (?:a|an|the)\b|(?:days?|hours|weeks?) after|in a separate|in another|coincid\w+ with|meanwhile)\b)|;\s|,\s(?=(?:while|and another|whereas)\b)",
    re.I,
)
_MAIN = re.compile(r"^(?:this|the latest|the new|today[’']s) (?:attack|incident|strike)", re.I)
_OTHER = re.compile(
    r"\b(?<!for )(?<!of )(?<!any )(?:separate|another|second) (?:attack|incident|strike)\b|\bseparately\b|^after (?:an? |the )?(?:similar|earlier|previous) |^(?:days?|hours|weeks?) after (?:an?|two|three|several|another|suspected|explosive\S*) ",
    re.I,
)
_APART = re.compile(
    r"(?:Separately|In (?:a|another) (?:separate|different|unrelated) (?:\w+ )?(?:attack|incident|strike|case)|Elsewhere|An? (?:earlier|previous|later|further|similar|subsequent) (?:\w+ )?(?:attack|strike|incident|attempt|raid))\b"
)
SPEECH = re.compile(
    r"(?<!was )(?<!were )(?<!been )\b(?:said|says|told(?: [\w’'-]+){1,4}|announced|reported|confirmed|wrote|tweeted|added|stated|declared|denied|statement(?: (?:\w+ ){1,6}\w+)??|revealed)(?:,)?(?: on (?:Twitter|Telegram|X|Facebook)(?: at(?: about| around)?)?)?(?: late| early)?(?: on| in)?\s*(?:the night of )?$",
    re.I,
)


@dataclass
class Incident:
    """One incident as drafted so far."""

    id: str
    date: str | None = None
    site: str | None = None
    title: str | None = None
    implied: str | None = None  # the day of the one told before it, until the words say another
    facts: dict[str, Any] = field(default_factory=dict)
    facts_told: int = 0


class Focus:
    """Incidents in the order they are spoken of; `at(k)` is that of an offset in the line."""

    def __init__(self) -> None:
        self.incidents: list[Incident] = []
        self._focus: Incident | None = None
        self._parts: list[tuple[int, int, Incident | None]] = []

    def turn(self, line: Line) -> None:
        """Takes in the next line."""
        s, off = line.s, line.sentence.start
        if not eventful(s) and not line.vehicles and self._focus is None:
            self._parts = [(0, len(s), None)]
            return
        cuts = sorted({0, *(m.end() for m in _TURN.finditer(s) if m.start() > 8)})
        here = self.incidents[0] if _MAIN.match(s) and self.incidents else self._focus
        self._parts = []
        first: Incident | None = None
        implied = next((str(w.value) for w in line.dates if w.field == "event.date"
                        and SPEECH.search(s[: w.start - off])), None)  # fmt: skip
        for a, b in zip(cuts, [*cuts[1:], len(s)], strict=True):
            date = next(
                (
                    w.value
                    for w in line.dates
                    if w.field == "event.date"
                    and a <= w.start - off < b
                    and line.open(w.start - off)
                    and not speech(line, w.start - off)
                ),
                None,
            )
            site = next(
                (
                    w
                    for w in line.sites
                    if w.field == "target.site"
                    and a <= w.start - off < b
                    and line.open(w.start - off)
                    and aimed(line, w)
                ),
                None,
            )
            if date is not None:
                spoken = here.date if here else None
                date = dates.earlier(str(date), spoken, line.published)
            near = implied or (here.implied if here else None)
            if near is None and here is not None and here.date is None and here.facts_told:
                near = (line.published - timedelta(4)).isoformat()  # a week back at most
            if date is not None and near and _ANOTHER.search(s[a:b]) and not _shortly(date, near):
                here = None  # "On 8 May a drone ..." after what "the army said on Sunday"
            told = eventful(s[a:b]) or any(a <= v.start < b for v in line.vehicles) or eventful(s)
            if told or (here is None and site):
                here = self._resolve(
                    str(date) if date else None,
                    site.value if site else None,
                    here,
                    _OTHER.search(s[a:b]) is not None,
                    a == 0 and (_APART.match(s) is not None or _elsewhere(line)),
                )
                if site and here.title is None:
                    here.title = site.title
            if here is not None and here.date is None and implied:
                here.implied = here.implied or implied
            if here is not None and told:
                here.facts_told += 1
            self._parts.append((a, b, here))
            first = first or here
        self._focus = first

    def at(self, k: int) -> Incident | None:
        """The incident at an offset of the line last taken in."""
        return next((i for a, b, i in self._parts if a <= k < b), self._focus)

    def _resolve(
        self, date: str | None, site: str | None, here: Incident | None, other: bool, apart: bool
    ) -> Incident:
        known = date is not None and any(i.date == date for i in self.incidents if i is not here)
        if apart and here is not None and not known and (site is None or site != here.site):
            made = self._new(date, site)
            made.implied = date or here.date
            return made
        if other and here is not None and site != here.site and not known:
            return self._new(date, site)
        candidates = ([here] if here else []) + [
            i for i in reversed(self.incidents) if i is not here
        ]
        if date is None and site is None:
            return here or self._new(None, None)
        for same in (True, False):
            for i in candidates:
                fits_date = (
                    date is None
                    or i.date == date
                    or (i.date is None and not same and _shortly(date, i.implied))
                    or _within(date, i.date)
                )
                fits_site = site is None or _alike(i.site, site) or (i.site is None and not same)
                if same and (
                    (date is not None and i.date is None) or (site is not None and i.site is None)
                ):
                    continue
                if fits_date and fits_site:
                    i.date, i.site = i.date or date, i.site or site
                    return i
        return self._new(date, site)

    def _new(self, date: str | None, site: str | None) -> Incident:
        letters = "ABCDEFGHIJLMNOPQRSTUVWXYZ"
        n = len(self.incidents)
        made = Incident(letters[n] if n < len(letters) else f"A{n}", date, site)
        self.incidents.append(made)
        return made


_ANOTHER = re.compile(
    r"\b(?:an?|another|two|three|several|sent|fired) (?:\w+ ){0,3}?(?:attack|strike|drones?|rockets?|missiles?|UAVs?)\b",
    re.I,
)


def _shortly(date: str, said: str | None) -> bool:
    """Whether a day can be the one of what was told on another: that day or the three before."""
    if said is None or date == said or not (len(date) == len(said) == 10):
        return said is None or len(date) != 7 or date == said[:7]
    return timedelta(0) <= day.fromisoformat(said) - day.fromisoformat(date) <= timedelta(3)


_MORE = re.compile(
    r"(?:Another|A (?:second|third)|(?:Two|Three|Four|Several) (?:more|other)) (?:[\w-]+ ){0,2}?(?:drones?|UAVs?|attack|missiles?|rockets?)\b[^.;]*?"
    r"\b(?:over|in|at|above) (?:the )?(?P<place>[A-Z][\w-]+) (?:region|district|oblast|province|governorate)\b"
    r"|(?:.{0,30}\b)?another (?:[\w-]+ ){0,2}?(?:drones?|UAVs?|attack|missiles?|rockets?)\b[^.;]{0,60}? (?:over|in|near|above) (?:the )?(?P<near>[A-Z][\w-]+)"
    r"|(?:Meanwhile,? |Also |And )?[Ii]n (?:the )?(?P<front>[A-Z][\w-]+)[^,]{0,40}, (?:an?|two|three|several|another|drones|rockets) [^.;]*?\b(?:attack\w*|struck|hit|targeted|drones?|UAVs?|rockets?|missiles?)\b"
)


_THEN = re.compile(
    r"(?:(?:Several |Some |A few |Two |Three )?(?:[Hh]ours?|[Mm]inutes) (?:later|earlier|before)|An hour (?:later|earlier)|Shortly (?:after\w*|before)"
    r"|(?:Around|At|About) (?:about |around )?the same time|(?:On )?[Tt]he same (?:day|night|evening|morning)|(?:Earlier|Later)(?: in the day| that (?:day|night|evening|morning)| on \w+day|,? (?=an? |two |three |another ))|Meanwhile|Simultaneously)"
)
_IN = re.compile(
    r"\b(?:in|at|near|over|on|off|of) (?:the )?(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|June|July|August|September|October|November|December|Telegram|Facebook|Twitter)([A-Z][\w’'-]{2,})"
)


def _elsewhere(line: Line) -> bool:
    """Whether another drone came down in a region that was not spoken of before."""
    m = _MORE.match(line.s)
    if _THEN.match(line.s) and any(not v.definite for v in line.vehicles):
        told = line.about[: line.sentence.start]
        return bool(told) and any(p[1] not in told for p in _IN.finditer(line.s))
    name = str(m["place"] or m["near"] or m["front"]) if m else ""
    return bool(name) and line.sentence.start > 0 and name not in line.about[: line.sentence.start]


_NEUTRAL = re.compile(r"_(?:facility|complex|compound|site)$")


def _alike(a: str | None, b: str | None) -> bool:
    """Whether two ids can be one site: "khor_mor_facility" can be "khor_mor_gas_field"."""
    if a is None or b is None or a == b:
        return a == b
    short, other = (a, b) if _NEUTRAL.search(a) else (b, a)
    return _NEUTRAL.search(short) is not None and other.startswith(_NEUTRAL.sub("_", short))


def aimed(line: Line, w: Where) -> bool:
    """Whether a site can be the one of the incident: not where something came from, not the
    landmark beside another site, and in a headline only one that the gazetteer knows."""
    before = line.s[: w.start - line.sentence.start]
    if re.search(
        r"\b(?:left|from|leaving|statement by|residents of)\s+(?:the )?(?:(?:\w+ )?(?:town|city|village|area|direction|province) of )?$",
        before,
    ):
        return False
    if w.field == "target.site" and line.sentence.role == HEADLINE and "alias" not in w.traps:
        return False
    return not any(
        o.field == "target.site"
        and o is not w
        and re.fullmatch(
            r",?\s*(?:near|at|close to|inside|next to|by|beside)\s+(?:the )?",
            line.s[o.end - line.sentence.start : w.start - line.sentence.start]
            if o.end <= w.start
            else "-",
        )
        for o in line.sites
    )


def _within(date: str | None, known: str | None) -> bool:
    """Whether a month and a day of it agree."""
    if not date or not known:
        return False
    spans = [day_span(d) for d in (date, known)]
    if spans[0] is None or spans[1] is None:
        return False
    (a, b), (c, d) = spans[0], spans[1]
    return (a <= c and d <= b) or (c <= a and b <= d)


_AFTER_VERB = re.compile(
    r"\b(?:re-?open(?:ed|s)?|resum(?:ed|es|ing)|arrested|charged|sentenced|appeared in court|released|visited|summoned"
    r"|condemned|discussed|met|inspected|buried|was (?:removed|identified|published)|were (?:removed|identified|published))\b"
    r"(?: [\w’'-]+){0,4}? (?:on |late on |early on |by )?$",
    re.I,
)
_AFTERMATH = re.compile(
    r"(?:day)?,? (?:after|following|days after) (?:[\w-]+ ){0,4}?(?:attacks?|strikes?|raids?|explosions?)\b",
    re.I,
)


def speech(line: Line, at: int) -> bool:
    """Whether a day is that of the saying, or of what came after, not of what is said."""
    if SPEECH.search(line.s[:at]):
        return True
    if (done := _AFTER_VERB.search(line.s[:at])) and not eventful(line.s[done.end() - 1 : at]):
        return True
    w = next((w for w in line.dates if w.start - line.sentence.start == at), None)
    end = w.end - line.sentence.start if w else at
    return _AFTERMATH.match(line.s, end) is not None and not eventful(line.s[:at])
