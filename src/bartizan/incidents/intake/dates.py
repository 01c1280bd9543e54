"""Days, times of day and windows as reports say them, from the day of publication.

In: a text and the day it was published.  Out: `When` mentions with ISO days, parts of the
day or hours.  Does not: read a day in the future, or a numeric day that could be two days.

A weekday is the last one on or before publication; a window ("in 48 hours") looks back.
"Two days earlier" is "-2": from the day that is spoken of (`earlier`).  "same" is that day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from bartizan.incidents.intake import lexicon

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_DAY = r"(?P<weekday>Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_MONTH = (
    r"(?P<month>January|February|March|April|May|June|July|August|September|October|November"
    r"|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_Y = r"(?:,? (?P<year>(?:19|20)\d\d))?\b"
_PART = r"morning|afternoon|evening|night|dawn|noon|midnight|midday"
_DAY_OF = re.compile(r"\b(?:between|from) (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)? (?:and|to|until|till|through) (?:the )?$", re.I)  # fmt: skip
_BETWEEN = re.compile(r"\b(?:between|from)(?: (?:early|late|the \w+ of))? $", re.I)
_UNTIL = re.compile(r"(?:\s\w+)? (?:and|to|until|till|through) (?:early |late |the )?", re.I)
_PATTERNS = tuple(
    re.compile(p, re.I)
    for p in (
        rf"\b(?P<relative>today|yesterday)(?:,? (?:on )?| \(){_DAY}\b",
        rf"\b{_DAY},? (?:yesterday|today)\b",
        rf"\b(?:{_DAY}(?: {_PART})?,? )?(?:the )?{_D}(?: of)? {_MONTH}{_Y}",
        rf"\b(?:{_DAY}(?: {_PART})?,? )?{_MONTH} {_D}(?!\d|:|,\d){_Y}",
        rf"\bthe (?P<nth>{lexicon.ORDINAL}) of (?P<last>last |this )?{_MONTH}{_Y}",
        r"\b(?P<iso>\d{4}-\d{2}-\d{2})\b",
        rf"\b(?P<ago>{lexicon.NUMBER}|a) (?P<unit>days?|nights?|weeks?) (?:ago|earlier)\b",
        r"\bthe day before yesterday\b",
        r"\b(?P<same>(?:on )?the same (?:day|night|evening|morning))\b",
        rf"\b(?P<shift>last |next |this |coming |past )?{_DAY}\b",
        r"\b(?P<plain>today|yesterday)\b",
        rf"\b(?:in |of |since |during )(?P<lastmonth>last |this )?{_MONTH}(?: of)?(?:,? (?P<year>(?:19|20)\d\d))?\b(?!\.? ?\d)",
        r"\b(?P<lastnight>last night)\b",
        r"\b(?P<weekend>last|past|this|the) weekend\b",
    )
)
_CLOCK = re.compile(
    r"\b(?P<h>[01]?\d|2[0-3])[:.](?P<m>[0-5]\d)(?: ?(?P<half>[ap]\.?m\b\.?))?(?! ?(?:mm|percent|km))"
    r"|\b(?P<h12>1[0-2]|[1-9]) ?(?P<half12>[ap]\.?m\b\.?|o[’']clock (?=in the (?P<part>morning|afternoon|evening))in the \w+)",
    re.I,
)
_OTHER_ZONE = re.compile(r"\d(?: ?[ap]\.?m\.?)?(?: \w+){0,3} ?(?:\(|, or )$", re.I)
_PARTS = ("morning", "afternoon", "evening", "night")
_BEGAN = re.compile(
    r"\b(?:beg[aiu]n|begins?|start(?:ed|ing|s)?|dat(?:es|ing)(?: back)?)\s*(?:to )?$", re.I
)
_LATE = re.compile(
    r",? (?:last night|tonight|at night|in the evening|(?:on |yesterday )?\w*(?:day)? ?(?:evening|night))\b",
    re.I,
)
_HOURS_4 = re.compile(
    r"\b(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?= ?(?:UTC|GMT|Z|hrs|hours|local|h)\b)"
)
_EARLY = re.compile(
    r"\b(?:(?P<early>(?:in the )?early hours(?: of(?: the)?(?: \w+day| morning)?)?|early (?:on )?(?:\w+day|this morning|in the morning|yesterday|today)|early[- ]morning)"
    r"|(?P<late>late (?:on )?(?:\w+day|yesterday|last night))"
    r"|(?:(?:shortly|just|at|around|about|after|before) )+(?P<mid>midnight|noon|midday)"
    r"|(?P<dawn>(?:at|before|pre-?|around|just before) ?(?:dawn|sunrise|daybreak|first light)|(?-i:(?<=[a-z] )dawn)|sunrise|daybreak)"
    r"|(?P<dusk>(?:at|after|around|before) (?:dusk|sunset|nightfall))"
    r"|(?P<night>over(?:night| the past night)|tonight|(?:during|in|over) the (?:(?:past|previous|last|same) )?night|(?:in|during|under) (?:the )?(?:cover of )?darkness|last night|at night|during the night|(?:on the )?night of)"
    rf"|(?:(?:this|that|yesterday|in the|on|at|tomorrow|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[’'s]* )(?P<part>{_PART}))\b",
    re.I,
)
_WINDOW = re.compile(
    rf"\b(?:(?:in|within|over|during)(?: the)?(?: past| last| space of)?|in less than|less than|in under)"
    rf"(?: less than| under| about| just)? (?P<n>{lexicon.NUMBER}|a|an|the past|the last)? ?(?P<unit>hours?|days?|weeks?|months?)\b"
    r"|\b(?P<this>this|the same) (?P<unit2>day|week|month)\b",
    re.I,
)
_SINCE = re.compile(r"\bsince (?:the |early |late |last )?$", re.I)
_FUTURE = re.compile(r"\b(?:next|coming|until|till|by|tomorrow)\s*$", re.I)
_HOURS = {"hour": 1, "day": 24, "week": 168, "month": 720}


class When(NamedTuple):
    """One mention: text[start:end] says `value`; field is event.date, event.time or window."""

    start: int
    end: int
    field: str
    value: str | int
    traps: tuple[str, ...] = ()


def find(text: str, published: date, offset: int = 0) -> tuple[When, ...]:
    """All mentions in a sentence; `offset` is where the sentence stands in its text."""
    found: list[When] = []
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for m in pattern.finditer(text):
            if any(a < m.end() and m.start() < b for a, b in taken):
                continue
            got = _day(m, published, text)
            if got is None:
                continue
            taken.append(m.span())
            value, traps = got
            found.append(When(offset + m.start(), offset + m.end(), "event.date", value, traps))
    found = _ranges(sorted(found), text, offset)
    found += _times(text, offset)
    return tuple(sorted(found))


def _ranges(found: list[When], text: str, offset: int) -> list[When]:
    """A span such as "between Wednesday and Friday" mention ("a/b", ISO 8601)."""
    out: list[When] = []
    for w in found:
        a, b = w.start - offset, w.end - offset
        if (m := _DAY_OF.search(text[:a])) and len(str(w.value)) == 10:
            first = str(w.value)[:8] + f"{int(m['d']):02d}"
            if first < str(w.value):
                out.append(w._replace(start=offset + m.start(), value=f"{first}/{w.value}"))
                continue
        if out and _UNTIL.fullmatch(text[out[-1].end - offset : a]):
            one = out[-1]
            lead = _BETWEEN.search(text[: one.start - offset])
            days = [str(one.value), str(w.value)]
            if lead and all(len(d) == 10 for d in days) and days[0] < days[1]:
                out[-1] = one._replace(
                    start=offset + lead.start(), end=offset + b, value="/".join(days)
                )
                continue
        out.append(w)
    return out


def earlier(value: str, day: str | None, published: date) -> str | None:
    """The day of "same" and of "-2" from the day spoken of; other values as they are."""
    if value == "same":
        return day
    if re.fullmatch(r"-\d+", value):
        whole = day is not None and len(day) == 10
        base = date.fromisoformat(day) if day is not None and whole else published
        return (base - timedelta(days=int(value[1:]))).isoformat()
    return value


def windows(text: str, offset: int = 0) -> tuple[When, ...]:
    """Windows that look back, in hours: "in 48 hours", "in less than two days", "this week"."""
    found = []
    for m in _WINDOW.finditer(text):
        unit = (m["unit"] or m["unit2"]).rstrip("s").lower()
        n = 1 if m["this"] or not m["n"] else lexicon.number(m["n"])
        n = n if isinstance(n, int) else 1
        found.append(When(offset + m.start(), offset + m.end(), "window", n * _HOURS[unit]))
    return tuple(found)


def _day(m: re.Match[str], published: date, text: str) -> tuple[str, tuple[str, ...]] | None:
    """ISO day (or month) of a match, with its traps; None where it says none that is past."""
    g = m.groupdict()
    if _SINCE.search(text[: m.start()]) and not m.group().lower().startswith("since"):
        return None  # the beginning of a row of attacks, not the day of this one
    if _FUTURE.search(text[: m.start()]) or (g.get("shift") or "").strip() in ("next", "coming"):
        return None
    if g.get("iso"):
        try:
            return date.fromisoformat(g["iso"]).isoformat(), ()
        except ValueError:
            return None
    if g.get("month"):
        if m.group().lower().startswith("since "):
            return None
        if _BEGAN.search(text[: m.start()]):
            return None
        return _calendar(m, published)
    relative: tuple[str, ...] = ("relative_date",)
    if g.get("same"):
        return "same", relative
    if g.get("ago"):
        n = 1 if g["ago"].lower() == "a" else lexicon.number(g["ago"])
        step = 7 if g["unit"].lower().startswith("week") else 1
        if not isinstance(n, int) or n * step > 366:
            return None
        if m.group().lower().endswith("earlier"):
            if re.search(r"\b(?:which|that|who)\b[^,;]{0,40}$", text[: m.start()]):
                return None  # "the tower that was hit two days earlier"
            return f"-{n * step}", relative
        return (published - timedelta(days=n * step)).isoformat(), relative
    word = m.group().lower()
    if word == "the day before yesterday":
        return (published - timedelta(days=2)).isoformat(), relative
    if g.get("lastnight"):
        return None
    if g.get("weekend"):
        since = (published.weekday() - 6) % 7
        since = 7 if since == 0 and g["weekend"].lower() in ("last", "past") else since
        sunday = published - timedelta(days=since)
        return f"{sunday - timedelta(days=1)}/{sunday}", relative
    back = None
    if g.get("weekday"):
        index = [d[:3] for d in _DAYS].index(g["weekday"].lower()[:3])
        back = (published.weekday() - index) % 7
        if (g.get("shift") or "").strip().lower() in ("last", "past") and back == 0:
            back = 7
    said = {"today": 0, "yesterday": 1}.get((g.get("relative") or g.get("plain") or "").lower())
    if said is not None and back is not None and said != back:
        relative = ("relative_date", "weekday_disagrees")
    days = said if said is not None else back
    return ((published - timedelta(days=days)).isoformat(), relative) if days is not None else None


def _calendar(m: re.Match[str], published: date) -> tuple[str, tuple[str, ...]] | None:
    """A day or month by name; without a year, the last one on or before publication."""
    g = m.groupdict()
    if g.get("day") is None and g.get("nth") is None and m["month"].lower() in ("may", "march"):
        if m["month"].islower():
            return None
    month = [n[:3] for n in _MONTHS].index(m["month"].lower()[:3]) + 1
    traps: tuple[str, ...] = () if g.get("year") else ("relative_date",)
    year = int(g["year"]) if g.get("year") else published.year
    nth = g.get("nth")
    day = int(g["day"]) if g.get("day") else lexicon.ORDINALS[nth.lower()] if nth else None
    if day is None:
        if not g.get("year") and month > published.month:
            year -= 1
        return f"{year}-{month:02d}", traps
    try:
        then = date(year, month, day)
        if not g.get("year") and then > published:
            then = date(year - 1, month, day)
    except ValueError:
        return None
    if then > published:
        return None
    weekday = g.get("weekday")
    if weekday and _DAYS[then.weekday()][:3] != weekday.lower()[:3]:
        traps = (*traps, "weekday_disagrees")
    return then.isoformat(), traps


def _times(text: str, offset: int) -> list[When]:
    found = []
    for m in _EARLY.finditer(text):
        g = m.groupdict()
        value = (
            "early morning" if g["early"] else "night" if g["late"] or g["night"]
            else "dawn" if g["dawn"] else "evening" if g["dusk"] else str(g["mid"]).lower() if g["mid"] else str(g["part"]).lower()
        )  # fmt: skip
        value = "noon" if value == "midday" else value
        found.append(When(offset + m.start(), offset + m.end(), "event.time", value))
    for m in _CLOCK.finditer(text):
        hour = int(m["h"] or m["h12"])
        if found and _OTHER_ZONE.search(text[: m.start()]) and re.match(r" ?(?:GMT|UTC|Z|BST|EST|ET)\b", text[m.end() :]):  # fmt: skip
            continue  # "at 10 p.m. (19:00 GMT)" is one time
        half = (m["half"] or m["half12"] or "").lower()[:1]
        if half == "o":
            half = "a" if m["part"].lower() == "morning" else "p"
        if not half and not re.search(
            r"\b(?:at|about|around|hours?|time|by)\s*$|\bat\b[^,.]{0,20}$", text[: m.start()], re.I
        ):
            continue
        if not half and 4 < hour < 12 and _LATE.match(text, m.end()):
            half = "p"  # "at 11:43 last night"
        hour = hour % 12 + 12 if half == "p" else hour % 12 if half == "a" else hour
        value = f"{hour:02d}:{int(m['m'] or 0):02d}"
        found.append(When(offset + m.start(), offset + m.end(), "event.time", value))
        found = [w for w in found if w.value == value or w.value not in ("morning", "night")]
        found = [  # "at 12:30 in the afternoon" is one time
            w
            for w in found
            if w.value == value or abs(w.start - offset - m.end()) > 12 or w.value not in _PARTS
        ]
    for m in _HOURS_4.finditer(text):
        if found and re.search(r"\d.{0,22}\($", text[max(0, m.start() - 26) : m.start()]):
            continue  # "6.45 pm local time (1545 GMT)" is one time
        found.append(When(offset + m.start(), offset + m.end(), "event.time", f"{m['h']}:{m['m']}"))
    return found
