"""Rules of what stands around it: ordinals, likeness, anniversaries, old killings, patterns.

In: a line.  Out: link.*, context.*, pattern, media.archive_photo, and the background to hide.
Does not: say that two incidents are one campaign; it notes that the report says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bartizan.incidents.intake import dates, lexicon
from bartizan.incidents.intake.rules.line import Found, Line
from bartizan.incidents.intake.text import ARCHIVE, CAPTION

_NAME = r"[A-Z][\w’'-]+(?: (?:[A-Z][\w’'-]+|bin|al|ibn))*"
_ROLE = r"(?:the |an? |its |their )?(?:[\w-]+ ){0,6}?"
_VICTIM = re.compile(rf"{_NAME}")
_STRIKE = r"(?P<strike>[A-Z][\w.]* (?:drone |air |missile )?(?:air)?(?:strike|raid|attack))"
_KILLING = re.compile(
    r"\bthe (?P<deed>killing|assassination|death|murder) of "
    rf"(?:(?P<who>[^.;]{{4,200}}?),? (?:in|by) (?:an? )?{_STRIKE}(?: (?:at|in|near) (?P<where>[A-Z][\w-]+(?: (?:International )?[Aa]irport)?))?(?:,? on [A-Z]\w+ \d+(?:, \d{{4}})?)?|{_ROLE}{_NAME})"
)
_WAS_KILLED = re.compile(
    rf"(?P<who>(?:He|She|{_NAME})(?: and {_NAME})?) (?:was|were) (?:killed|assassinated) (?:by|in) (?:an? )?(?P<strike>(?:[A-Z][\w.]* )(?:drone |air |missile )?(?:air)?(?:strike|raid|attack))(?P<rest>[^.;]*)"
)
_SINCE = re.compile(r"\bsince (?=(?:the|its|their|an?|last|\d+|[A-Z][\w’']+) )[^,.;]*")
_ORDINAL = (
    re.compile(rf"\b[Ff]or the (?P<n>{lexicon.ORDINAL}) (?:consecutive )?(?:time|day|night)\b"),
    re.compile(
        rf"\b(?:[Tt]he|its|their) (?P<n>{lexicon.ORDINAL})(?: such)?(?: (?:drone|rocket|missile))?(?: (?:attack|strike|incident|assault|raid|time|targeting)s?)?\b"
    ),
)
_SIMILAR = re.compile(
    r"\b(?:this|the|it|that)(?: latest| new)?(?: attack| incident| strike)? (?:is|was|came|resembles?|looks)(?: very)? ?(?:similar to|like|identical to|resembles?)? (?P<to>(?:the |an? |yesterday[’']s |last \w+[’']s |\w+day[’']s )[\w ]*?(?:attack|incident|strike))\b",
    re.I,
)
_ANNIVERSARY = re.compile(
    rf"(?:(?P<day>\b(?:yesterday|today|on)?,? ?(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)[,]? )?\b(?:coincid\w+ with|on|was|is|marks?|marking|ahead of|the eve of|falls on|days? (?:after|before)) (?:the )?(?P<n>{lexicon.ORDINAL})? ?anniversary of (?P<of>the (?:killing|assassination|death|murder) of )(?P<who>[^.;]+)"
)
_PATTERN = re.compile(
    rf"\b(?P<n>dozens|hundreds|scores|a series|a number|a string|a wave|several|more than {lexicon.NUMBER}|over {lexicon.NUMBER}|{lexicon.NUMBER}) (?:of )?(?:such |rocket |drone |similar )*(?P<what>attacks) (?:have|has|had|on|against)\b[^.;]*",
    re.I,
)


_HABIT = re.compile(  # what is done again and again, or was before: no incident of this report
    r"\b(?:has|have) been (?:\w+ly )?(?:launching|attacking|targeting|firing|carrying out|using|conducting|staging|striking|shelling|harassing)\b"
    r"|\b[Ii]n (?:dozens|scores|hundreds) of (?:\w+ ){0,3}(?:attacks|strikes)\b"
    r"|\b(?:has|have) (?:often|repeatedly|regularly|frequently|previously|long|routinely|periodically) (?:been )?(?:targeted|attacked|hit|struck|shelled|claimed|fired|launched|a target)"
    r"|\b(?:is|are|been) (?:often |also )?(?:a |an )?(?:frequent|regular|common|recurrent|repeated|favou?rite)(?:ly)? (?:the )?(?:targets?|targeted|attacked)\b"
    r"|\b(?:ha(?:s|ve) (?:\w+ ){0,6}(?:attacks?|incidents|strikes)|attacks? (?:\w+ ){0,8}ha(?:s|ve)) .*\bin the past\b"
    r"|\bha(?:s|ve) in recent \w+ |\bin recent (?:weeks|months|years),? [\w ]{2,40} ha(?:s|ve) "
    r"|\b(?:attacked|targeted|hit|struck|shelled) (?:at least |over |more than |nearly |about |some )?(?:several|many|numerous|dozens of|\d{2,}) times\b"
    r"|\bha(?:s|ve) (?:\w+ ){0,4}(?:carried out|claimed|staged|conducted|launched|reported) (?:\w+ ){0,3}(?:dozens|scores|hundreds|many|numerous|several|similar|more than \d+|over \d+)\b"
)
_COMMEMORATED = re.compile(
    r"\banniversary of the (?:killing|assassination|death|murder) of [^.;,]*?(?P<where> (?:at|near|outside|in) [^.;,]*)"
)
_EDITOR = re.compile(  # "(This story has been corrected to say three)"
    r"\((?:This|The|Corrects|Adds|Updates|Refiles|Recasts|Removes|Fixes)\b[^)]*\b(?:story|paragraph|headline|byline|version|article|dateline)\b[^)]*\)"
)
_IN_A_SERIES = re.compile(
    r"\b(?:latest|newest|one|third|second|another) (?:\w+ )?(?:in|of) (?:a|the) (?:\w+ )?(?:series|string|wave|spate|succession|flurry|campaign) of\b[^.;]*"
)


def background(s: str) -> tuple[tuple[int, int], ...]:
    """Stretches of a sentence that speak of an old killing or of a pattern of attacks."""
    spans = [m.span() for p in (_KILLING, _WAS_KILLED, _SINCE) for m in p.finditer(s)]
    spans += [m.span() for m in _EDITOR.finditer(s)]
    spans += [m.span("where") for m in _COMMEMORATED.finditer(s)]
    if _HABIT.search(s):
        spans.append((0, len(s)))
    spans += [m.span() for m in _IN_A_SERIES.finditer(s)]
    for m in _PATTERN.finditer(s):
        if m["n"].lower() in (
            "dozens",
            "hundreds",
            "scores",
            "a series",
            "a string",
            "a wave",
        ) or re.search(r"\bsince\b|have|had", s, re.I):
            spans.append((0, len(s)))
    return tuple(spans)


def draft(line: Line) -> Iterator[Found]:
    """All facts of a sentence about other incidents."""
    s = line.s
    if line.sentence.role == CAPTION:
        if ARCHIVE.search(s):
            yield Found("media.archive_photo", True, 0, len(s), 0, ("archive_photo",))
        return
    yield from _ordinals(line)
    for m in _SIMILAR.finditer(s):
        if re.search(r"similar|like|identical|resembl", m.group()):
            yield Found("link.similar", {"to": "A"}, m.start(), m.end(), m.start("to"))
    value: dict[str, Any]
    for m in _ANNIVERSARY.finditer(s):
        value = {
            "of": "killing of " + " and ".join(surnames(m["who"])),
            "date": None,
            "nth": lexicon.ORDINALS.get((m["n"] or "").lower()),
        }
        first = _names(m["who"])
        stop = m.start("who") + m["who"].index(first[0]) + len(first[0]) if first else m.end()
        yield Found("link.anniversary", value, m.start(), stop, m.start("of"), ("attachment",))
    for m in _KILLING.finditer(s):
        people = _names(m["who"] or "")
        if (
            people
            and (m["strike"] or len(people[0].split()) > 1)
            and (m["deed"] != "death" or m["strike"])
        ):
            if m["strike"]:
                value = {"who": people, "by": m["strike"], "where": m["where"]}
                yield Found(
                    "context.killing",
                    {k: v for k, v in value.items() if v},
                    m.start(),
                    m.end(),
                    m.start(),
                )
    for m in _WAS_KILLED.finditer(s):
        where = re.search(
            r"\b(?:at|in|near) (?P<w>[A-Z][\w-]+(?: [A-Z]\w+)*(?: airport)?)", m["rest"]
        )
        value = {"by": m["strike"], "where": where["w"] if where else None}
        if not re.match(r"(?:He|She)\b", m["who"]):
            value = {"who": _names(m["who"]), **value}
        yield Found(
            "context.killing",
            {k: v for k, v in value.items() if v},
            m.start(),
            m.end() + (s[m.end() : m.end() + 1] == "."),
            m.start(),
        )
    for m in _PATTERN.finditer(s):
        if background(s) and (0, len(s)) in background(s):
            weapons = [
                w
                for w in ("missile", "rocket", "drone", "mortar")
                if re.search(rf"\b{w}s?\b", s, re.I)
            ]
            stop = s.find(", including") if 0 < s.find(", including") - m.start() < 200 else m.end()
            count = lexicon.number(m["n"]) or m["n"].lower()
            yield Found(
                "pattern",
                {"count": count, "weapons": weapons},
                m.start(),
                min(stop, m.end()) if stop > m.start() else m.end(),
                m.start(),
            )


def _ordinals(line: Line) -> Iterator[Found]:
    s = line.s
    for p in _ORDINAL:
        for m in p.finditer(s):
            n = lexicon.ORDINALS[m["n"].lower()]
            span = next((w for w in dates.windows(s) if m.end() <= w.start < m.end() + 60), None)
            if (
                n < 2
                or span is None
                or re.match(r" (?:anniversary|drone was|missile (?:was|fell|hit))", s[m.end() :])
            ):
                continue
            tail = s[m.start() : span.end]
            if re.search(r"\b(?:these|those|such|the (?:\w+ )?) ?(?:\w+ )*bases\b", s):
                scope = f"bases hosting {_guest(line.hosts)}" if line.hosts else "bases"
            elif _same_site(line, span.end) or re.search(
                r"\b(?:on|against|at|targeting) (?:the|this) (?:\w+ )?(?:base|airport|camp|site|facility|city|town|port|field|embassy)\b|\bthe (?:base|airport|camp) (?:has been|was|is)",
                tail,
            ):
                scope = "site"
            else:
                scope = "campaign"
            subject = re.search(
                r"(?:This|The|the)(?: latest)? (?:attack|incident|strike) (?:is|was) $",
                s[: m.start()],
            )
            a = subject.start() if subject else m.start()
            yield Found(
                "link.ordinal",
                {"n": n, "window_h": span.value, "scope": scope},
                a,
                span.end,
                m.start(),
                ("scope",),
            )


def _same_site(line: Line, at: int) -> bool:
    """Whether "for the second time in 48 hours" is followed by one site."""
    off = line.sentence.start
    return any(w.field == "target.site" and at <= w.start - off <= at + 8 for w in line.sites)


def _guest(hosts: str | None) -> str:
    return "the coalition" if hosts and "coalition" in hosts else hosts or ""


def _names(words: str) -> list[str]:
    """Personal names in words that mix names and roles: those after the last role word."""
    out = []
    for piece in re.split(r"\band the\b|\band\b|,", words):
        runs = [
            r
            for r in _VICTIM.findall(piece)
            if not re.fullmatch(
                r"(?:Iranian|Iraqi|American|The|US|Popular Mobilization Forces|Revolutionary Guard\w*|General|Commander)",
                r,
            )
        ]
        if runs:
            name = re.sub(r"^(?:Iranian|Iraqi|General|Gen\.?|Commander|President) ", "", runs[-1])
            if not re.search(r"Forces|Force|Guards?|Units|Army|airport|Airport", name):
                out.append(name)
    return out


def surnames(words: str) -> list[str]:
    """Last names of the people in words, with a small "al-"."""
    return [
        re.sub(r"^A(?=l-)", "a", n.split()[-1])
        for n in _names(re.split(r",? in an?\b| (?:at|near|outside|in|by|on) ", words)[0])
    ]
