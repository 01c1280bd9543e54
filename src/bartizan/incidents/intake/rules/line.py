"""What a rule is given and what it gives back, and the vehicles of a sentence.

In: a sentence with its mentions.  Out: `Line`, `Found`, `Vehicle`.
Does not: say whose words they are or which incident they are of.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.dates import When
from bartizan.incidents.intake.places import Where
from bartizan.incidents.intake.text import Sentence


class Vehicle(NamedTuple):
    """A noun phrase of what came, offsets in the sentence.

    stated: vehicles it states in all (None: none stated)   subset: how many of them are meant
    deed: "a drone attack": names the deed's kind, no vehicles
    """

    start: int
    end: int
    kind: str
    stated: int | str | None
    subset: int | str | None
    definite: bool
    deed: bool
    trap: bool
    noun: str


class Line(NamedTuple):
    """A sentence and what stands in it; offsets in the sentence.

    near: the sentence with the one before and after   about: the whole text
    hidden: stretches of background (an old killing) that state nothing of the incident
    """

    sentence: Sentence
    s: str
    dates: tuple[When, ...]
    sites: tuple[Where, ...]
    vehicles: tuple[Vehicle, ...]
    hidden: tuple[tuple[int, int], ...]
    about: str
    hosts: str | None
    published: date

    def open(self, at: int) -> bool:
        """Whether an offset is outside the background."""
        return not any(a <= at < b for a, b in self.hidden)


class Found(NamedTuple):
    """A fact in a sentence: s[start:end] states field = value; `at` is its trigger.

    seen_in: an image that is said to show it   kind: of the vehicles that are counted
    """

    field: str
    value: Any
    start: int
    end: int
    at: int
    traps: tuple[str, ...] = ()
    polarity: str = "affirmed"
    modality: str = "asserted"
    subset: Any = None
    seen_in: str | None = None
    speaker: str | None = None
    kind: str | None = None


DATELINE = re.compile(
    r"^[A-Z][A-Za-z0-9 ,./-]{2,40}(?:\([^)]{2,30}\) ?[-–—]+ |[–—] )|^[A-Z]{3,}[A-Za-z0-9 ,./]{2,40} -{1,2} "
    r"|^[A-Z][\w ]{2,30}/ (?=[A-Z])|^(?:[A-Z]{2,}[ -]?){1,3}(?:, [A-Z][\w. ]{2,20})?(?:—|: )|^(?:[A-Z]{2,} ?){1,3}, [A-Z][a-z]+ \d{1,2}\. /[A-Z]+/\.?"
)
CLAUSE = re.compile(
    r"\)\s[-–—]\s|[;:]\s|,\s+(?=(?:and|but|while|which|who|noting|adding|causing|killing|wounding|injuring|saying|as)\b)"
    r"|\s(?=(?:while|but)\s)|\s(?=and (?:that|the|they|it|no|one|two|three|four|five|six|a|an|there|several|caused|said|all)\b)|\bthat\s|[“”\"]"
    r"|(?<!day),\s(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)"
)


def clause(s: str, at: int) -> tuple[int, int]:
    """Start and end of the clause about an offset."""
    a, b = 0, len(s)
    for m in CLAUSE.finditer(s):
        if m.end() <= at:
            a = m.end()
        elif m.start() >= at:
            b = m.start()
            break
    return a, b


_EVENT = re.compile(
    rf"{lexicon.ATTACK_VERB.pattern}|{lexicon.ATTACK_NOUN.pattern}|\b(?:targeting|approach\w+|fell|fall(?:en)?|land(?:ed)?|explod\w+|crash\w+"
    r"|wreck(?:age|s)?|debris|fragments|remains|explosions?|damaged|detonat\w+|penetrat\w+|fly(?:ing)? over|flew|spotted|detected|sight(?:ed|ings?)|hover\w*|circl(?:ed|ing)"
    r"|overfl\w+|cross(?:ed|ing)|opened fire|dropp?(?:ed|ing)?|aimed|(?:heading|headed) (?:for|to)|inbound|disabled|saw|seen|observed|put out of action|intrud\w+|infiltrat\w+|smuggl\w+|breach\w+|came down|set (?:fire to|ablaze|alight|on fire)|stormed|incursions?|went off|blew up|the target of)\b|"
    + "|".join(p.pattern for k, p in lexicon.OUTCOME.items())
    + rf"|{lexicon.DROPPED.pattern}",
    re.I,
)


def eventful(s: str) -> bool:
    """Whether a sentence speaks of an attack or of what became of one."""
    return _EVENT.search(s) is not None


def vehicles(s: str, near: str, about: str) -> tuple[Vehicle, ...]:
    """The vehicle phrases of a sentence; trap words only where they can be drones."""
    out: list[Vehicle] = []
    for m in lexicon.VEHICLE.finditer(s):
        if m.start() and s[m.start() - 1] in "-’'":
            continue
        v = _vehicle(m, s, near, about)
        if v is not None:
            out.append(v)
    return tuple(out)


def _vehicle(m: re.Match[str], s: str, near: str, about: str) -> Vehicle | None:
    kind = next(k for k in lexicon.NOUNS if m[k])
    noun = m[kind].lower()
    adjs = m["adjs"] or ""
    explosive = re.search(rf"\b(?:{lexicon.EXPLOSIVE})\b", adjs, re.I) is not None or bool(
        m["carrying"]
    )
    if kind == "artillery" and noun == "shells" and re.search(r"\bmortars?\b", about, re.I):
        kind = "mortar"
    trap = kind == "trap"
    if trap and re.search(r"unmanned|uncrewed|pilotless", adjs, re.I):
        trap, kind = False, "uav"
    if trap:
        laden = bool(m["carrying"]) or re.search(
            r"booby|explos|bomb|suicide|kamikaze|trapped|one[- ]way", adjs, re.I
        )  # an "attack plane" has a crew
        if not laden and not _is_drone(noun, s, near, about):
            return None
        kind = "uav"
    if kind == "uav" and (
        explosive or re.search(r"shahed|geran|loitering", f"{adjs} {noun}", re.I)
    ):
        kind = "uav_explosive"
    head = lexicon.ATTRIBUTIVE.match(s, m.end())
    if head and not noun.endswith("s"):
        if re.fullmatch(
            r"(?i)strikes?|attacks?|raids?|assaults?|bombing|fire|shelling|salvo|barrage|bombardment|sightings?"
            r"|incursions?|deliver(?:y|ies)|flights?|drops?|overflights?|swarms?|intrusions?",
            head["head"],
        ):
            return Vehicle(m.start(), head.end(), kind, None, None, False, True, trap, noun)
        return None
    if (m["det"] and m["det"].lower() == "no") or re.search(
        r"\bnot (?:\w+ out )?(?:by|with|from) $", s[: m.start()]
    ):
        return None
    if m["count"] and re.search(
        rf"\b(?:{lexicon.NUMBER} ?(?:or|to|-|–)|between {lexicon.NUMBER} and)\s*$",
        s[: m.start()],
        re.I,
    ):
        m_count: tuple[int | str | None, int | str | None] = (None, None)  # "two or three drones"
    else:
        m_count = _count(m)
    count, subset = m_count
    definite = bool(m["det"]) and m["det"].lower() not in ("all", "another")
    definite = definite or re.search(r"\bof (?:the|these|those)\b", m.group(), re.I) is not None
    booby = re.search(r"booby|trapped", adjs, re.I) is not None
    return Vehicle(m.start(), m.end(), kind, count, subset, definite, False, trap or booby, noun)


def _count(m: re.Match[str]) -> tuple[int | str | None, int | str | None]:
    """Vehicles in all, and how many of them are meant."""
    ordinal = re.search(
        rf"\b(?:{lexicon.ORDINAL}|other|last|remaining|another)\b", m["adjs"] or "", re.I
    )
    if m["count"]:
        n = lexicon.number(m["count"])
        if re.search(rf"\b{lexicon.NUMBER}(?: to | or |[-–])$", m.string[: m.start("count")], re.I):
            return None, None  # "two to three": no number is said
        between = m.string[m.end("count") : m.end()]
        of = re.match(r"\s+of\b", between) is not None
        model = m["count"].isdigit() and re.search(r"[A-Z][\w-]+ $", m.string[: m.start("count")])
        if model and not m.group().endswith("s"):  # "a Qasef 2 drone"
            return (1 if re.search(r"\b[Aa]n? [\w-]+ $", model.string) else None), None
        if m["whole"]:
            return lexicon.number(m["whole"]), n
        return (None, n) if of or ordinal else (n, None)
    if m["whole"]:
        return (None, lexicon.number(m["whole"])) if ordinal else (lexicon.number(m["whole"]), None)
    if m["article"]:
        return (None, 1) if ordinal else (1, None)
    return None, None


def _is_drone(noun: str, s: str, near: str, about: str) -> bool:
    """Whether a trap word can be a drone: the air is spoken of, a crowd or a pilot is not."""
    if lexicon.PROTEST.search(near) or not lexicon.AIR.search(s):
        return False
    if re.match(r"march|rall|parade", noun):
        return True
    return lexicon.DRONE_WORD.search(about) is not None and lexicon.MANNED.search(s) is None


GROUND = r"(?:base|airbase|walls?|fence|perimeter|airport|airfield|camp|compound|gates?|facility|garrison|site|boundar\w+|embassy|field|city|town|runway|port|plant|stations?|refiner(?:y|ies)|depots?|prison|jail|tower|consulate)"
_NO_PART = re.compile(  # it is the part in it that is denied, not the attack
    r"\s+(?:(?:any|all|its|having|being|that (?:it|they|he)) )*(?:\w+ )?(?:involve\w+|responsib\w+|role|links?|connections?|behind"
    r"|carr\w+ out|launch\w+|allegations?|accusations?|charges?|claims? that (?:it|they))\b",
    re.I,
)


def denied(s: str, at: int) -> bool:
    """Whether what stands at an offset is denied to have been."""
    deny = [m.end() for m in lexicon.DENY.finditer(s[:at])]
    if not deny or _NO_PART.match(s[deny[-1] :]):
        return _FALSE.search(s) is not None
    return (
        re.search(r"[;”\"]|\b(?:but|and (?:said|added)|after|following)\b", s[deny[-1] : at])
        is None
    )


_FALSE = re.compile(
    r"\b(?:reports?|news|rumou?rs|claims|information)\b[^.;]*\b(?:is|are|was|were) (?:false|untrue|baseless|incorrect|not true|unfounded|fabricated)\b",
    re.I,
)


def polarity(s: str, at: int) -> str:
    """Whether the words before an offset deny what follows."""
    if _FALSE.search(s):
        return "denied"
    a, _ = clause(s, at)
    if lexicon.NOT.search(s[a:at][-40:]):
        return "negated"
    deny = [m.end() for m in lexicon.DENY.finditer(s[:at])]
    return (
        "denied"
        if deny and not re.search(r"\b(?:but|and (?:said|added))\b", s[deny[-1] : at])
        else "affirmed"
    )


_UNPROVED = re.compile(
    r"\b(?:no|any|without|lacks?|lack of|little) (?:\w+ ){0,2}(?:evidence|signs?|indications?|proof|confirmation)\b"
    r"[^.;]{0,60}$|\b(?:not|un)[ -]?(?:\w+ )?(?:known|clear|certain|verified) (?:how|if|whether|that)\b[^.;]{0,60}$",
    re.I,
)


def unproved(s: str, at: int) -> bool:
    """Whether the words before an offset say that nothing shows what follows."""
    return _UNPROVED.search(s[:at]) is not None


def modality(s: str, a: int, at: int) -> str:
    """Whether the words before an offset only say that it may be so."""
    return "possible" if lexicon.MAYBE.search(s[a:at]) else "asserted"
