"""Rules of what is said about it: who claims it, who is blamed, what stood written, posture.

In: a line.  Out: claimed_by, blamed, marking, posture, target.hosts.
Does not: take silence for a claim, or a claim of responsibility for a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake.rules.line import Found, Line

_GROUP = r"(?P<who>(?:[Tt]he |[Aa] )?(?:so-called |little-known |previously unknown |Iran-backed |pro-Iran(?:ian)? )?(?:group )?(?:calling itself )?(?:the )?(?:[A-Z][\w’'-]*)(?:[ -](?:in|of|al|for|the|[A-Z][\w’'-]*))*)"
_CLAIMED = (
    re.compile(
        rf"{_GROUP}(?:, [^,]+,)? (?:(?:movement|group|rebels|militia|has|have|later|had|also|on \w+day) )*(?:claimed|adopted|took|assumed|announced|acknowledged) (?:its |full )?(?:responsibility|(?:the |an? )?(?:attack|bombing|targeting|operation|shelling|strike))"
    ),
    re.compile(
        rf"(?:claimed by|responsibility (?:was|has been) claimed by|carried out and claimed by) {_GROUP}"
    ),
    re.compile(
        r"(?P<nobody>\b(?:[Nn]o (?:one|group|party|side|organi[sz]ation|faction)|[Nn]obody|[Nn]one)\b(?: \w+){0,4}? (?:claimed|adopted|took|assumed)(?: (?:responsibility|that|the|it|this)(?: attack| strike)?)?)"
    ),
    re.compile(
        r"(?P<nobody>\b[Tt]here (?:was|has been|were) no (?:\w+ )?claims? of responsibility)"
    ),
)
_WE = re.compile(
    r"(?P<who>\b(?:Houthis?|Hezbollah|Hamas|Ansar Allah|(?:[A-Z][\w’'-]+ )+(?:Brigades?|Resistance(?: in [A-Z]\w+)?)))\b[^.;]*?\bsa(?:id|ying|ys) (?:\w+ ){0,5}?(?:that )?(?:it|they|its \w+|the group|the movement|we) (?:had |have )?(?:attacked|targeted|launched|struck|bombed|fired|hit)\b"
)
_BLAME = (
    re.compile(
        r"\b(?:was|were|been) blamed on (?:the )?(?P<who>(?:[A-Z][\w’'-]*|Iran-backed)(?:[ -](?:[A-Z][\w’'-]*|militias?|groups?|factions?|forces))*)"
    ),
    re.compile(
        r"\b(?:blam(?:ed|es|ing)|accus(?:ed|es|ing)) (?:the )?(?P<who>(?:[A-Z][\w’'-]*|Iran-backed|pro-Iran(?:ian)?)(?:[ -](?:backed |aligned )?(?:[A-Z][\w’'-]*|militias?|groups?|factions?|militants|rebels|forces))*)"
    ),
    re.compile(
        r"\b(?:launched|fired|carried out|sent|staged) by (?:the )?(?P<who>(?:[A-Z][\w’'-]*|Iran-backed)(?:[ -](?:[A-Z][\w’'-]*|militias?|groups?|factions?|militants|rebels|forces))*)"
    ),
    re.compile(
        r"(?P<who>\b(?:Iran|Russia|Ukraine|Israel|Turkey|Hezbollah|Hamas|the Houthis|Houthis)) (?:had |has )?(?:launched|fired|sent)\b"
    ),
)
# The subject of "blamed", where nobody else is quoted around it.
_BLAMES = re.compile(
    r"(?:[^,]{0,30}, )?(?P<by>(?:[Tt]he )?[A-Z][\w.’'-]*(?: (?:of|[A-Z][\w.’'-]*|officials?|ministry|army|military"
    r"|government|police|authorities|defen[cs]e|foreign|interior)){0,7}) (?:(?:has|have|had|also|later|on \w+day) )*$"
)
_WROTE = re.compile(
    r"(?P<on>(?:one|both|two|each|all|the other)[^.,;]{0,60}?)?(?:\([^)]*\) )?\b(?:wrote|bore|bearing|inscribed with|carried|carrying|marked with|read|reading|was written|written|with)(?: (?:the|a|an))?(?: (?:words?|inscription|slogan|phrase|name|message|writing|text|legend))*(?: on (?:it|one of \w+ \w+|its \w+))?:? ?[“\"](?P<text>[^”\"]{2,120})[”\"]",
    re.I,
)
_WRITTEN = re.compile(  # the words before the verb: 'the words "..." were written on one of them'
    r"\b(?:words?|phrase|slogan|name|inscription|message) [“\"](?P<text>[^”\"]{2,120})[”\"],? (?:was|were|had been|has been|is|are)"
    r" (?:\w+ly )?(?:written|painted|inscribed|scrawled|marked|printed|seen) on (?P<on>[^.,;]{2,60})",
    re.I,
)
_INSCRIBED = re.compile(
    r"\b(?:wrote|bore|bearing|inscri\w+|slogan|written|marked|words?|phrase|writing)\b", re.I
)
_PHYSICAL = re.compile(
    r"\b(?:drones?|rall(?:y|ies)|march(?:es)?|planes?|wings?|wreckage|rockets?|missiles?|fuselage|aircraft|debris|one of (?:its|them|the)|UAVs?|tail)\b",
    re.I,
)
_POSTURE = (
    re.compile(
        r"(?P<what>[^,.;“”\"]*?\b(?:mobili[sz]ed|deployed|reinforced|raised) (?:its|their|the) (?:forces|troops|alert|level|readiness|state)[^,.;“”\"]*?)(?= in anticipation| after|[,.;”\"]|$)",
        re.I,
    ),
    re.compile(
        r"(?P<what>[^,.;“”\"]*?\b(?:alarm|warning|air raid)? ?sirens? (?:sounded|went off|were (?:activated|sounded|heard))[^,.;“”\"]*)",
        re.I,
    ),
    re.compile(
        r"(?P<what>[^,.;“”\"]*?\b(?:on (?:high|maximum|full) alert|state of alert|placed on alert)[^,.;“”\"]*)",
        re.I,
    ),
    re.compile(
        r"\b(?:[Ww]e|[Tt]he \w+|[Ii]t|[Tt]hey) (?:maintains?|keeps?|retains?) (?:an? |our |its )?(?P<what>(?:\w+ )?presence\b[^,.;“”\"]*)"
    ),
    re.compile(
        r"(?P<what>[^,.;“”\"]*?\bno longer (?:has|have|maintains?)\b[^,.;“”\"]*\b(?:bases?|forces|troops|presence)\b[^,.;“”\"]*)",
        re.I,
    ),
)
_POSTURE_WORD = re.compile(
    r"mobili[sz]ed|deployed|reinforced|raised|sirens?|alert|presence|no longer", re.I
)
HOSTS = re.compile(
    r"(?:\b(?:which|that) )?\b(?:includes?|houses?|hosts?|housing|hosting|accommodat(?:es|ing)|harbou?rs?|contains?)\s+"
    r"(?P<who>(?:[\w-]+ ){0,4}?(?:forces|troops|soldiers|personnel|advis[eo]rs|contractors)(?: (?:of|from|belonging to) (?:the )?(?:[\w-]+ ){0,2}?(?:coalition|NATO|army|[A-Z][\w-]+))?)(?: led by (?:the )?[A-Z]\w+(?: [A-Z]\w+)?)?"
    r"|\b(?:in which|where) (?P<who2>(?:[\w-]+ ){0,3}?(?:forces|troops|soldiers|personnel|advis[eo]rs)) (?:are|is|were) (?:stationed|based|deployed|present|located)"
)


def draft(line: Line) -> Iterator[Found]:
    """All such facts of a sentence."""
    s = line.s
    yield from _responsibility(line)
    for m in (*_WROTE.finditer(s), *_WRITTEN.finditer(s)):
        near = s[max(0, m.start() - 80) : m.end()]
        if _INSCRIBED.search(s[m.start() : m.start("text")]) and _PHYSICAL.search(near):
            on = re.search(
                r"\b(?P<n>one|both|each) of (?:the )?(?P<of>two|three|four|five|them)?", near, re.I
            )
            value = {
                "text": m["text"].strip(" .,"),
                "on": f"{on['n'].lower()} of {on['of'].lower()}"
                if on and on["of"] and on["of"] != "them"
                else None,
            }
            yield Found("marking", value, m.start(), m.end(), m.start("text"), ("slogan",))
    for p in _POSTURE if _POSTURE_WORD.search(s) else ():
        for m in p.finditer(s):
            yield _posture(m, s)
            break
    for m in HOSTS.finditer(s):
        yield Found("target.hosts", hosts(m), m.start(), m.end(), m.start())


def hosts(m: re.Match[str]) -> str:
    """The guests' name: "forces of the international coalition" is "international coalition forces"."""
    who = (m["who"] or m["who2"]).strip()
    of = re.match(
        r"(?:\w+ )?(?P<what>forces|troops|soldiers|personnel|advisors|advisers)(?: \w+)? (?:of|from|belonging to) (?:the )?(?P<of>.+)$",
        who,
    )
    return f"{of['of']} {of['what']}" if of else re.sub(r"^(?:the|some|about \d+) ", "", who)


def _responsibility(line: Line) -> Iterator[Found]:
    s = line.s
    for p in _CLAIMED:
        for m in p.finditer(s):
            if "nobody" in m.groupdict():
                if re.search(r"claim|responsib|adopt", m.group()):
                    yield Found("claimed_by", "none", m.start(), m.end(), m.start(), (), "negated")
                continue
            who = re.sub(
                r"^(?:(?:[Tt]he|[Aa]) )?(?:so-called |little-known )?(?:group )?(?:calling itself )?(?:the )?(?:\w+[’']s )?",
                "", m["who"],
            ).strip()  # fmt: skip
            if re.match(r"No\b|Nobody|None", who):
                continue
            traps = ("mt_lexicon",) if re.search(r"\badopted\b", m.group()) else ()
            yield Found(
                "claimed_by", who, m.start("who"), m.end(), m.start("who"), traps, speaker=m["who"]
            )
    if we := _WE.search(s):
        yield Found("claimed_by", we["who"], we.start(), we.end(), we.start(), speaker=we["who"])
    for p in _BLAME:
        for m in p.finditer(s):
            by = _BLAMES.match(s[: m.start()]) if p is _BLAME[1] else None
            yield Found("blamed", m["who"].removeprefix("the "), by.start("by") if by else m.start(),
                        m.end(), m.start(), speaker=by["by"] if by else None)  # fmt: skip


def _posture(m: re.Match[str], s: str) -> Found:
    what = m["what"].strip()
    traps: tuple[str, ...] = ()
    lead = re.match(r"(?:.*\b(?:that|and|Urgent:)\s+)?(?:the )?", what, re.I)
    start = m.start("what") + len(m["what"]) - len(m["what"].lstrip()) + (lead.end() if lead else 0)
    what = what[lead.end() :] if lead else what
    if re.search(r"\bno longer (?:has|have) special\b", what):
        what, traps = re.sub(r"no longer (has|have) special", r"\1 no own", what), ("mt_lexicon",)
    end = s.find(what.split()[-1], start) + len(what.split()[-1])
    return Found("posture", what, start, end, start, traps)
