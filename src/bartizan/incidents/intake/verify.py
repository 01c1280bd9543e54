"""The one door: whatever drafted a claim, it stands in the text or it is refused.

In: a drafted claim, a reading of the text.  Out: the reasons to refuse it; none lets it in.
Does not: judge whether the claim is true, only whether the text says it, and who in it.

What may differ from the words (normalisations): numbers in words; days from the day of
publication; site ids through the gazetteer; "forces of the coalition" as "coalition forces";
a named site in a defender's name as "the base"; translation traps; a killed man's known day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from bartizan.incidents.intake import dates, lexicon, places
from bartizan.incidents.intake.places import Gazetteer, fold
from bartizan.incidents.intake.rules.falls import FALLS
from bartizan.incidents.intake.speech import scopes, speakers
from bartizan.incidents.intake.speech.scopes import Scope
from bartizan.incidents.intake.text import BOILERPLATE, CAPTION, HEADING, UNREAD, Page, Sentence


class Reading(NamedTuple):
    """A text read once: what verify() and the rules look things up in."""

    page: Page
    published: date
    known: Gazetteer
    own: speakers.Speaker
    scopes: tuple[Scope, ...]
    quotes: tuple[tuple[int, int], ...]
    folded: str
    days: frozenset[Any]


FIELDS = frozenset(lexicon.TRIGGERS) | frozenset(
    ("event.date", "event.time", "event.place", "target.site", "media.archive_photo")
)
_FREE = frozenset(
    [
        "base",
        "own",
        "has",
        "have",
        "the",
        "of",
        "on",
        "one",
        "two",
        "no",
        "not",
        "forces",
        "and",
        "al",
    ]
)


def verify(claim: Mapping[str, Any], reading: Reading) -> tuple[str, ...]:
    """Reasons to refuse a drafted claim; () when it may enter the draft.

    claim: start, end, quote, field, value, chain, attribution (and voice, polarity, where said).
    """
    text = reading.page.text
    start, end, quote, what = (claim.get(k) for k in ("start", "end", "quote", "field"))
    if not (type(start) is int and type(end) is int and isinstance(quote, str)):
        return ("no span: start, end and quote are needed",)
    if not 0 <= start < end <= len(text) or text[start:end] != quote:
        return ("the quote does not stand at its offsets",)
    if what not in FIELDS:
        return (f"no such field: {what!r}",)
    over = reading.page.over(start, end)
    if not over or any(s.role in (BOILERPLATE, HEADING, UNREAD) for s in over):
        return ("boiler-plate or a heading is no basis",)
    if any(s.role == CAPTION for s in over) != (what == "media.archive_photo"):
        return ("a caption is no basis",)
    if len(over) > 1:
        return ("the quote runs over more than one sentence",)
    trigger = lexicon.TRIGGERS.get(what)
    if trigger is not None and not trigger.search(quote):
        return (f"no word of {what} stands in the quote",)
    reasons = [
        r
        for r in (
            _value(what, claim.get("value"), claim, over[0], reading),
            _chain(claim, over[0], reading),
        )
        if r
    ]
    if claim.get("voice") == "direct_quote" and not any(
        a <= start and end <= b + 1 for a, b in scopes.within(reading.quotes, start, end)
    ):
        reasons.append("not inside quotation marks")
    return tuple(reasons)


def _value(what: str, value: Any, claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    """Why the value does not stand in the quote; "" where it does."""
    quote = str(claim["quote"])
    check = _CHECKS.get(what)
    if check is not None:
        return check(value, quote, claim, s, reading)
    if what in ("event.attack", "media.archive_photo"):
        return "" if value is True else f"{what} is true or not claimed"
    return _words(value, quote, claim, s, reading)


def _count(value: Any, quote: str, *_: Any) -> str:
    said = lexicon.numbers_in(quote)
    if re.search(r"\b(?:an?|single)\b", quote, re.I):
        said = said | {1}
    if type(value) not in (int, str):
        return "a count is a number or a vague word"
    if re.search(r"\bno (?:\w+ )?(?:drones?|rockets?|missiles?)", quote, re.I):
        return "the words deny that any came"
    of = re.search(
        rf"\b{lexicon.NUMBER} of (?:the |these |those )?(?P<all>{lexicon.NUMBER})\b", quote, re.I
    )
    if of and lexicon.number(of["all"]) != value:
        return "the number is of a part of them"
    return "" if value in said else f"{value!r} does not stand in the quote"


def _kind(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    trap = re.search(rf"\b(?:{lexicon.NOUN_TRAP})\b", quote, re.I)
    family = "uav" if str(value).startswith("uav") else str(value)
    if family == "uav":
        ok = lexicon.DRONE_WORD.search(quote) or (
            trap and (lexicon.AIR.search(s.text) and not lexicon.PROTEST.search(s.text))
        )
        explosive = re.search(
            rf"\b(?:{lexicon.EXPLOSIVE}|shahed\w*|loitering)\b|(?:laden|loaded|packed|rigged|fitted) with|carrying",
            quote,
            re.I,
        )
        if value == "uav_explosive" and not explosive:
            return "no word of explosives stands in the quote"
        return (
            ""
            if ok and value in ("uav", "uav_explosive")
            else f"no word of {value!r} stands in the quote"
        )
    noun = lexicon.NOUNS.get(family)
    if family == "mortar" and re.search(r"\bmortars?\b", reading.page.text, re.I):
        noun = f"{noun}|shells"
    return (
        ""
        if noun and family != "trap" and re.search(rf"\b(?:{noun})\b", quote, re.I)
        else f"no word of {value!r} stands in the quote"
    )


def _outcome(value: Any, quote: str, claim: Mapping[str, Any], s: Sentence, *_: Any) -> str:
    pattern = lexicon.OUTCOME.get(str(value))
    if pattern is None:
        return f"no such outcome: {value!r}"
    m = pattern.search(quote) or (lexicon.DROPPED.search(quote) if value == "shot_down" else None)
    if m is None:
        return f"no word of {value!r} stands in the quote"
    at = int(claim["start"]) + m.start() - s.start
    denied = (
        lexicon.DENY.search(s.text[:at]) is not None
        or re.search(
            r"\b(?:not|never|none of which|no \w+)\s+(?:been |be )?$|\bnone of\b[\w ]*$|\bnot \w+$",
            s.text[:at],
        )
        is not None
    )
    if denied and claim.get("polarity", "affirmed") == "affirmed" and "polarity" in claim:
        return "the words deny it"
    return ""


def _by(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if not isinstance(value, str) or not value:
        return "a defender is named by words"
    if not any(p.search(quote) for p in lexicon.OUTCOME.values()) and not lexicon.DROPPED.search(
        quote
    ):
        return "no word of stopping stands in the quote"
    return _words(value, quote, claim, s, reading)


def _when(value: Any, quote: str, claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    found = {
        w.value
        for w in dates.find(s.text, reading.published, s.start)
        if w.field == "event.date" and w.start < claim["end"] and claim["start"] < w.end
    }
    spoken = [None, *(d for d in map(str, reading.days) if d[0].isdigit())]
    said = {dates.earlier(str(v), d, reading.published) for v in found for d in spoken}
    return (
        "" if isinstance(value, str) and value in said else f"{value!r} is not the day of the words"
    )


def _time(value: Any, quote: str, claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    found = {
        w.value
        for w in dates.find(s.text, reading.published, s.start)
        if w.field == "event.time" and w.start < claim["end"] and claim["start"] < w.end
    }
    return "" if value in found else f"{value!r} is not the time of the words"


def _where(value: Any, quote: str, claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    found = {
        w.value
        for w in places.find(s.text, reading.known, s.start)
        if w.field == claim["field"] and w.start < claim["end"] and claim["start"] < w.end
    }
    return "" if value in found else f"{value!r} is not the place that the words name"


def _fall(value: Any, quote: str, claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    for name, pattern, _ in FALLS:
        if name == value:
            shown = re.search(
                r"\b(?:shown|seen|confirmed|documented|evident|revealed)\b", quote, re.I
            )
            where = s.text[: int(claim["start"]) - s.start] if shown else quote
            return "" if pattern.search(where) else f"no word of {value!r} stands in the quote"
    return f"no such place of fall: {value!r}"


def _people(value: Any, quote: str, *_: Any) -> str:
    if not isinstance(value, Mapping) or not value or set(value) - {"killed", "injured"}:
        return "casualties are killed and injured"
    said = lexicon.numbers_in(quote) | ({1} if re.search(r"\ban? ", quote, re.I) else set())
    none = re.search(rf"{lexicon.NOT.pattern}|\b(?:zero|nil)\b|: ?0\b", quote, re.I)
    for kind, n in value.items():
        if n == 0 and none is None:
            return f"no word denies {kind}"
        if n != 0 and (n not in said or (none and n is None)):
            return f"{n!r} does not stand in the quote"
        words = {"killed": lexicon.KILLED, "injured": lexicon.INJURED}[kind]
        both = r"casualt|victims|loss|hurt|harmed" if n == 0 else r"$^"
        if not re.search(rf"\b(?:{words})\b|{both}", quote, re.I):
            return f"no word of {kind} stands in the quote"
    return ""


def _ordinal(value: Any, quote: str, *_: Any) -> str:
    if not isinstance(value, Mapping):
        return "an ordinal has n, window_h and scope"
    said = {
        lexicon.ORDINALS[m.group().lower()]
        for m in re.finditer(rf"\b(?:{lexicon.ORDINAL})\b", quote, re.I)
    }
    spans = {w.value for w in dates.windows(quote)}
    if value.get("n") not in said:
        return f"{value.get('n')!r} does not stand in the quote"
    return "" if value.get("window_h") in spans else "the window does not stand in the quote"


def _marking(value: Any, quote: str, *_: Any) -> str:
    if not isinstance(value, Mapping) or not isinstance(value.get("text"), str):
        return "a marking has its text"
    return (
        ""
        if value["text"].strip() and value["text"] in quote
        else "the marking's words do not stand in the quote"
    )


def _anniversary(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if not isinstance(value, Mapping):
        return "an anniversary has of, date and nth"
    nth = value.get("nth")
    if nth is not None and nth not in {
        lexicon.ORDINALS[m.group().lower()]
        for m in re.finditer(rf"\b(?:{lexicon.ORDINAL})\b", quote, re.I)
    }:
        return f"{nth!r} does not stand in the quote"
    day = value.get("date")
    if day is not None and day not in reading.days:
        return f"{day!r} stands nowhere in the text"
    return _words(value.get("of"), s.text, claim, s, reading)


def _killing(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if not isinstance(value, Mapping) or not value:
        return "a killing has who, by, where or date"
    if value.get("date") is not None and value["date"] not in reading.days:
        return f"{value['date']!r} stands nowhere in the text"
    return _words([v for k, v in value.items() if k != "date"], s.text, claim, s, reading)


def _pattern(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if not isinstance(value, Mapping):
        return "a pattern has a count"
    count = str(value.get("count"))
    if count.lower() not in s.text.lower() and value.get("count") not in lexicon.numbers_in(s.text):
        return f"{count!r} does not stand in the quote"
    return (
        ""
        if all(re.search(rf"\b{re.escape(str(w))}", s.text, re.I) for w in value.get("weapons", ()))
        else "a weapon does not stand there"
    )


def _policy(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if not isinstance(value, Mapping) or value.get("date") not in reading.days:
        return "the day stands nowhere in the text"
    return _words(value.get("what"), s.text, claim, s, reading)


def _none_or_words(value: Any, quote: str, claim: Any, s: Sentence, reading: Reading) -> str:
    if value == "none":
        return "" if lexicon.NOT.search(quote) else "no word denies it"
    if value == "reported":
        return ""
    if lexicon.NOT.search(quote) and claim.get("field") == "damage":
        return "the words deny it"
    return _words(value, quote, claim, s, reading)


def _similar(value: Any, *_: Any) -> str:
    return (
        ""
        if isinstance(value, Mapping) and isinstance(value.get("to"), str)
        else "likeness is to an incident"
    )


def _words(value: Any, quote: str, *_: Any) -> str:
    """Every word of a value stands in the quote, by its first letters, small words apart."""
    said = {fold(w) for w in re.findall(r"[^\W_]+", quote)}
    parts = (
        value.values()
        if isinstance(value, Mapping)
        else value
        if isinstance(value, list)
        else [value]
    )
    flat = [str(x) for p in parts if p is not None for x in (p if isinstance(p, list) else [p])]
    if not any(re.findall(r"[^\W_]+", p) for p in flat):
        return "the value is empty"
    numbers = lexicon.numbers_in(quote)
    for w in re.findall(r"[^\W_]+", " ".join(flat)):
        f = fold(w)
        if f in said or w.lower() in _FREE or (w.isdigit() and int(w) in numbers):
            continue
        if len(f) < 4 or not any(len(q) > 3 and (q.startswith(f) or f.startswith(q)) for q in said):
            return f"{w!r} does not stand in the quote"
    return ""


def _chain(claim: Mapping[str, Any], s: Sentence, reading: Reading) -> str:
    """Why the speakers are not those of the text; "" where they are."""
    chain = claim.get("chain")
    if (
        not isinstance(chain, list)
        or not chain
        or not all(isinstance(c, Mapping) and isinstance(c.get("name"), str) for c in chain)
    ):
        return "no speaker chain"
    if chain[0]["name"] != reading.own.name:
        return "a chain begins with the page"
    links = tuple(speakers.speaker(c["name"]) for c in chain[1:])
    for c, link in zip(chain[1:], links, strict=True):
        if fold(c["name"].split(",")[0]) not in reading.folded:
            return f"{c['name']!r} stands nowhere in the text"
        if c.get("kind") != link.kind:
            return f"{c['name']!r} is {link.kind}, not {c.get('kind')}"
    if claim.get("attribution") != speakers.attribution((reading.own, *links)):
        return "the attribution is not that of the chain"
    allowed = {
        fold(x[-1].name) for x in allowed_chains(int(claim["start"]), int(claim["end"]), reading)
    }
    last = fold(chain[-1]["name"])
    named = (
        claim["field"] in ("claimed_by", "fall.location")
        and links
        and fold(chain[-1]["name"]) in fold(s.text)
        and links[-1].kind in ("image", "armed_group")
    )
    name = re.escape(str(chain[-1]["name"]))
    blames = claim["field"] == "blamed" and re.match(
        rf"(?:[Tt]he )?{name} (?:\w+ ){{0,3}}(?:blam|accus)\w+ ", str(claim["quote"])
    )
    return (
        ""
        if last in allowed or named or blames
        else f"{chain[-1]['name']!r} does not say these words"
    )


def allowed_chains(start: int, end: int, reading: Reading) -> list[speakers.Chain]:
    """Chains of all scopes that the words touch; the page's own where some word is outside all."""
    inner = [
        c
        for at in (start, (start + end) // 2, end - 1)
        for c in scopes.chains_at(reading.scopes, at, reading.own)
    ]
    near = scopes.touching(reading.scopes, start, end + 1)
    touched = [c for x in near if x.start < end for c in x.chains]
    covered = any(x.start <= start + 1 and end <= x.end + 1 for x in near)
    inside = {c for c in inner if len(c) > 1 or not (touched and covered)}
    return [*inside] if inside else inner


_CHECKS: dict[str, Callable[..., str]] = {
    "vehicle.count": _count, "vehicle.kind": _kind, "outcome": _outcome, "intercept.by": _by,
    "event.date": _when, "event.time": _time, "event.place": _where, "target.site": _where,
    "fall.location": _fall, "casualties": _people, "link.ordinal": _ordinal, "marking": _marking,
    "link.anniversary": _anniversary, "link.similar": _similar, "context.killing": _killing,
    "pattern": _pattern, "context.policy": _policy, "damage": _none_or_words,
    "claimed_by": _none_or_words,
}  # fmt: skip
