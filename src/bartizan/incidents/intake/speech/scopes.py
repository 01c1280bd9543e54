"""How far each speaker's words reach, and who "he" and "the official" are.

In: a parsed page and its publisher.  Out: `Scope`s: a stretch of text and the chains of those
who say it, outermost first.  Does not: attribute what no frame covers: that is the page's own.

A chain begins with the page.  "The official" is the speaker of that kind in the nearest
sentence before, the first one there: the subject of a sentence is what the next goes on about.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from bartizan.incidents.intake.speech.frames import QUOTES, Frame, curled, frames_of
from bartizan.incidents.intake.speech.speakers import PRONOUN, Chain, Speaker, speaker
from bartizan.incidents.intake.text import BODY, HEADLINE, MOST_SENTENCE, Page, Sentence

REMEMBERED = 100  # assumed: "the official" is not one of so many speakers ago


class Scope(NamedTuple):
    """text[start:end] is said by each of `chains` (more than one where several say it together).

    reach: the span in which a claim's words may stand, with the speaker's own words about it
    """

    start: int
    end: int
    chains: tuple[Chain, ...]
    subject: tuple[int, int]


_ANAPHOR = re.compile(
    r"^(?:the|this|that|both)(?:\s+(?:same|said|latter|unnamed))?\s+(?P<head>officials?|sources?|spokes(?:man|woman|person)|reporter|correspondent"
    r"|agency|statement|ministry|group|minister|governor|commander|officer|army|military|coalition|authority|command|witness(?:es)?)$",
    re.I,
)


_MANY = re.compile(r"\b(?:officials|sources|residents|witnesses|officers|authorities)\b")
_SURNAME = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Gen|Col|Maj|Lt|Brig|Capt|Sgt|Adm)\.? |(?:President|Minister|Governor|General|Colonel|Captain) )?"
    r"(?P<last>(?:(?:[Aa]l|[Ee]l|[Bb]in|[Dd]e|[Vv]an)[ -])?[A-Z][\w’'-]*[a-z][\w’'-]*)$"
)
_WAS_SAID = re.compile(  # of the sentence before: "This was reported by the governor."
    r"(?:This|It|The (?:news|information|incident|attack)) (?:was|is|has been) (?:also )?(?:reported|announced|stated|confirmed|said"
    r"|noted|disclosed|written) (?:about )?by (?P<who>(?:[^.;]|\.(?=\S))+?)(?=,? (?:reports?|according|citing|in an?|on (?:Telegram|X|Facebook|his|her|its|social))\b|, [\w .-]{2,30} (?:reports?|writes|says)\b|\.?$)"
)


def quotes(page: Page) -> tuple[tuple[int, int], ...]:
    """Spans of words in quotation marks, the marks outside; slogans of a few words too."""
    spans = []
    for block in re.finditer(r"[^\n]+", page.text):
        for m in QUOTES.finditer(curled(block.group())):
            end = m.end() - (m.group()[-1] in '”"' and len(m.group()) > 1)
            spans.append((block.start() + m.start() + 1, block.start() + end))
    return tuple(spans)


def scopes(
    page: Page, own: Speaker, hear: Callable[[str], list[Frame]] = frames_of
) -> tuple[Scope, ...]:
    """All scopes of a page; what no scope covers is the page's own text.

    hear: the reporting frames of a sentence
    """
    out: list[Scope] = []
    history: list[tuple[Speaker, Chain]] = []
    spans = quotes(page)
    last: tuple[Chain, ...] = ()
    last_block = -1
    waiting: list[Sentence] = []
    before: Sentence | None = None
    heard: set[int] = set()
    for s in page.sentences:
        if s.role not in (BODY, HEADLINE):
            continue
        frames = hear(s.text)
        here: list[tuple[Speaker, Chain]] = []
        mine: list[Scope] = []
        previous: tuple[Chain, ...] = ()
        for f in frames:
            base: tuple[Chain, ...] = previous if f.nested and previous else ((own,),)
            chains = tuple(
                c for name in f.subject for c in _extend(base, name, f, here + history, own)
            )
            mine.append(
                Scope(s.start + f.a, s.start + f.b, chains, (s.start + f.start, s.start + f.b))
            )
            here += [(c[-1], c) for c in chains]
            previous = chains
        quoted = [(a, b) for a, b in within(spans, s.start, s.end) if b - a > 12]
        if not frames and quoted:
            if last and last_block == s.block:
                mine += [Scope(max(a, s.start), min(b, s.end), last, (a, b)) for a, b in quoted]
            else:
                waiting.append(s)
        if frames and waiting:
            if waiting[-1].block == s.block:
                out += [Scope(w.start, w.end, mine[0].chains, (w.start, w.end)) for w in waiting]
            waiting = []
        said = _WAS_SAID.match(s.text)
        if said and before is not None and before.block == s.block and before.start not in heard:
            frame = Frame(said.start("who"), (said["who"],), None, None, 0, 0, False, True)
            told = tuple(_extend(((own,),), said["who"], frame, here + history, own))
            out.append(Scope(before.start, before.end, told, (before.start, before.end)))
            here += [(c[-1], c) for c in told]
        before, heard = s, heard | ({s.start} if mine else set())
        out += mine
        if mine:
            last, last_block = mine[0].chains, s.block
        history = (here + history)[:REMEMBERED]
    return tuple(sorted(out, key=lambda x: x.start))


def within(spans: tuple[tuple[int, int], ...], a: int, b: int) -> list[tuple[int, int]]:
    """Spans, in order and apart from one another, that touch text[a:b]."""
    first = max(bisect_left(spans, (a, a)) - 1, 0)
    return [x for x in spans[first : bisect_left(spans, (b, b))] if x[0] < b and a < x[1]]


def touching(all_scopes: tuple[Scope, ...], a: int, b: int) -> list[Scope]:
    """Scopes, sorted by their starts, that touch text[a:b]; none is longer than a sentence."""
    first = bisect_left(all_scopes, a - MOST_SENTENCE, key=lambda x: x.start)
    last = bisect_left(all_scopes, b, key=lambda x: x.start)
    return [x for x in all_scopes[first:last] if a < x.end]


def chains_at(all_scopes: tuple[Scope, ...], at: int, own: Speaker) -> tuple[Chain, ...]:
    """The chains that say what stands at an offset: the narrowest scope's."""
    over = touching(all_scopes, at, at + 1)
    if not over:
        return ((own,),)
    return max(over, key=lambda s: (len(s.chains[0]), -(s.end - s.start))).chains


def _extend(
    base: tuple[Chain, ...],
    name: str,
    f: Frame,
    history: list[tuple[Speaker, Chain]],
    own: Speaker,
) -> list[Chain]:
    """Chains of one subject on top of the chains it stands inside."""
    plain = re.sub(r",.*$", "", name.strip())
    if _ANAPHOR.match(plain) or PRONOUN.match(plain):
        known = _antecedent(plain, history)
        if known is not None:
            return [known]
    if m := _SURNAME.match(plain):
        for person, chain in history:
            may = person.kind in ("official_named", "person", "witness", "armed_group")
            if may and re.search(rf"\w\.? {re.escape(m['last'])}\b", person.name):
                return [chain]
    new = speaker(name)
    outer = list(base[0])
    if f.said_to is not None:
        said_to = speaker(f.said_to)
        if said_to.kind == "media" and said_to.name.lower() not in ("our correspondent",):
            outer.append(said_to)
    if f.cited is not None:
        return [(*outer, new, speaker(f.cited))]
    return [(*outer, new)]


def _antecedent(words: str, history: list[tuple[Speaker, Chain]]) -> Chain | None:
    """The chain that "the official", "he" or "it" goes back to; `history` is nearest first."""
    m = _ANAPHOR.match(words)
    head = m["head"].lower() if m else words.lower()
    singular = head[:-1] if head.endswith("s") and head != "witnesses" else head
    kinds: tuple[str, ...] = ()
    head = singular = {"him": "he", "her": "she", "them": "they"}.get(singular, singular)
    if singular in ("he", "she"):
        kinds = ("official_named", "official_anonymous", "anonymous_source", "person", "witness")
    elif head in ("it", "they"):
        kinds = (
            "official_org",
            "armed_group",
            "other_org",
            "media",
            "witness",
            "official_anonymous",
            *(("anonymous_source",) if head == "they" else ()),
        )
    elif singular == "statement":
        kinds = ("official_org", "armed_group")
    elif singular == "group":
        kinds = ("armed_group",)
    elif singular in (
        "spokesman",
        "spokeswoman",
        "spokesperson",
        "minister",
        "governor",
        "commander",
        "officer",
        "official",
    ):
        for person, chain in history:
            if re.search(rf"\b{singular}", person.name, re.I):
                return chain
        return (
            next((c for p, c in history if p.kind == "official_named"), None)
            if singular == "official"
            else None
        )
    elif singular in ("reporter", "correspondent"):
        for person, chain in history:
            if re.search(r"correspondent|reporter", person.name, re.I) and chain[-1] == person:
                return chain
        for _, chain in history:  # the reporter may stand outside the one who was quoted
            for k, link in enumerate(chain):
                if re.search(r"correspondent|reporter", link.name, re.I):
                    return chain[: k + 1]
        return None
    if singular in ("he", "she"):
        history = [x for x in history if not _MANY.search(x[0].name)]
    if kinds:
        return next((c for p, c in history if p.kind in kinds), None)
    return next((c for p, c in history if re.search(rf"\b{singular}s?\b", p.name, re.I)), None)
