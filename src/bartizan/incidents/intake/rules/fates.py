"""Rules of what happened: the attack, what became of it, who stopped it, where it fell.

In: a line.  Out: event.attack, outcome, intercept.by, fall.location.
Does not: read an attempt as an attack, or a relative clause as a statement of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import Found, Line, clause
from bartizan.incidents.intake.text import HEADLINE

_PRONOUN = re.compile(
    rf"\b(?:they|it|which|both|others?|them|the rest|all|the (?:{lexicon.ORDINAL}|last|target|objects?|latter|attempt)|{lexicon.NUMBER}|half|none|percent|per cent|march|debris)\b",
    re.I,
)
_STOPPED = ("shot_down", "destroyed", "intercepted", "thwarted", "jammed")
_FALL_VERB = re.compile(
    r"\b(?:f[ea]ll(?:s|en|ing)?|land(?:ed|ing|s)?|dropped|crash(?:ed|ing)?|explod(?:ed|ing)|came down|impacted|wreckage|debris|detonated|remains)\b",
    re.I,
)
_STOP_VERB = re.compile("|".join(lexicon.OUTCOME[k].pattern for k in _STOPPED), re.I)
_GROUND = r"(?:base|walls?|fence|perimeter|airport|airfield|camp|compound|gates?|facility|garrison|site|boundar\w+|embassy|field|city|town|runway|port|plant)"
_SITE = rf"(?:the |its |their )?(?:[\w’'-]+ ){{0,5}}?{_GROUND}\b"
_FALLS = (
    ("airspace_of_base", re.compile(rf"\b(?:in|over|within) the (?:airspace|skies|sky) (?:of|over|above) {_SITE}|\bin (?:its|the base[’']s) airspace|\b(?:over|above) {_SITE}", re.I), _STOP_VERB),
    ("before_reaching_base", re.compile(r"\bbefore (?:(?:they|it) (?:could )?(?:reach(?:ed)?|enter(?:ed)?|arriv\w+ at|hit)|reaching|entering|arriving at|hitting)\b(?: (?:the|its|their) [\w-]+)?", re.I), None),
    ("outside", re.compile(rf"\b(?:outside|beyond)(?: of)? {_SITE}", re.I), None),
    ("inside", re.compile(rf"\b(?:(?:inside|within) {_SITE}|on (?:a|the) (?:runway|tarmac|apron))", re.I), _FALL_VERB),
    ("open_area", re.compile(r"\b(?:in|into|on|at) (?:an? |the )?(?:(?:open|empty|vacant|uninhabited|unpopulated|agricultural|deserted|remote|barren) (?:area|land|field|square|space|terrain|plot|ground)s?|farmland|desert|fields|farms?)\b", re.I), _FALL_VERB),
    ("sea", re.compile(r"\b(?:in|into) the (?:sea|water|gulf|river)\b", re.I), _FALL_VERB),
    ("near", re.compile(rf"\b(?:near|close to|next to|adjacent to|beside|around|in the (?:vicinity|surroundings) of|at the (?:gate|fence|perimeter) of) {_SITE}", re.I), _FALL_VERB),
)  # fmt: skip
_ANY_VERB = re.compile(f"{_FALL_VERB.pattern}|{_STOP_VERB.pattern}", re.I)
_SHOWN = re.compile(
    r"\b(?:which|as|this) (?:was |were |is |has been )?(?:also )?(?:shown|confirmed|seen|documented|evident|revealed) (?:by|in|on) (?P<who>(?:the |an? )?(?:images?|videos?|footage|pictures|photos)(?: that [\w ]+| \w+ on [\w ]+)?)",
    re.I,
)
_BARE = re.compile(
    r"^(?:the |its |their )?(?:local )?(?:air[- ])?(?:defen[cs]es?(?: systems?| forces?| units?)?|defensive systems?|forces|army|systems?|troops|soldiers|security forces|it|they)$",
    re.I,
)


def draft(line: Line) -> Iterator[Found]:
    """All facts of what happened in a sentence."""
    yield from _attacks(line)
    yield from _outcomes(line)
    yield from _falls(line)


def _attacks(line: Line) -> Iterator[Found]:
    s = line.s
    for m in lexicon.ATTACK_VERB.finditer(s):
        if not line.open(m.start()):
            continue
        a, b = clause(s, m.start())
        before, after, word = s[a : m.start()], s[m.end() : b], m.group().lower()
        passive = re.search(r"\b(?:was|were|are|is|been|being)\s+(?:\w+ly )?$", before) is not None
        vehicle = [v for v in line.vehicles if a <= v.start < b and not v.deed]
        if lexicon.ATTEMPT.search(before[-30:]) or re.search(
            r"\b(?:which|who|whose|to|not|no|never|none|may|will|would|after|any|further|an?|the|of|another|similar|this)\s+(?:(?:was|were|had|has|have|is|are|been|of which)\s+)*(?:\w+ing )?$",
            before[-34:],
        ):
            continue
        if (
            re.search(r"\bnone of\b|\bno one\b|\bthat\s*$", before)
            or lexicon.NOT.search(before[-16:])
            or re.search(r"dozens of attacks", s)
        ):
            continue
        if word == "targeting" and line.sentence.role != HEADLINE:
            continue
        if not _states(
            line,
            word,
            before,
            after,
            passive,
            bool(vehicle),
            vehicle[0].start > m.start() if vehicle else False,
        ):
            continue
        off = line.sentence.start
        ends = [v.end for v in vehicle if v.start > m.end()] + [
            w.end - off for w in line.sites if m.end() <= w.start - off < b
        ]
        start = m.start() if word == "targeting" else a + len(before) - len(before.lstrip())
        if passive and not _target(line, before):  # "the base, west of X, was attacked"
            site = [w.start - off for w in line.sites if w.start - off < a]
            start = site[-1] if site else start
        polarity = _polarity(s, m.start())
        if polarity == "affirmed":
            yield Found("event.attack", True, start, min(max([m.end(), *ends]), b), m.start())


def _states(
    line: Line, word: str, before: str, after: str, passive: bool, vehicle: bool, follows: bool
) -> bool:
    """Whether a verb with these words about it states an attack that happened."""
    s = line.s
    if " under " in f" {word} ":
        return True
    if word in ("fired", "launched"):
        if re.match(r" from\b", after):
            return False
        if passive:
            return vehicle
        return vehicle and follows and 0 < len(before.split()) < 6
    if passive:
        lead = s[: s.index(before + word) if before + word in s else 0]
        target = _target(line, before) or (
            re.search(r"(?:, [^,]*)?,\s*$", lead) is not None
            and any(
                w.field == "target.site" and w.end - line.sentence.start <= len(lead)
                for w in line.sites
            )
        )
        return target and (
            word not in ("hit", "struck") or vehicle or re.search(r"\bby\b", after) is not None
        )
    if (
        word in ("attack", "strikes", "hits", "targets", "strike", "hit")
        and line.sentence.role != HEADLINE
        and word != "hit"
    ):
        return False
    return _target(line, after) and (
        vehicle
        or (
            word in ("attacked", "targeted", "bombed", "shelled", "targeting")
            and (bool(before.strip()) or word == "targeting")
        )
    )


def _target(line: Line, words: str) -> bool:
    """Whether words name something that can be attacked."""
    return bool(
        re.search(
            rf"\b(?:{_GROUND}s?|bases|cent(?:er|re)|city|town|ships?|vessels?|tankers?|outskirts|terminal|capital|kingdom|troops|forces|convoy|headquarters|buildings?|Tower \d+|garrison)\b",
            words,
            re.I,
        )
        or any(
            w.title and line.s[w.start - line.sentence.start : w.end - line.sentence.start] in words
            for w in line.sites
        )
    )


def attack_noun(line: Line) -> Iterator[Found]:
    """The weaker statement, "a drone attack on X": drafted where no verb states the attack."""
    for m in lexicon.ATTACK_NOUN.finditer(line.s):
        on = re.match(r" (?:on|against|at|of) ", line.s[m.end() :])
        if (
            not on
            or not line.open(m.start())
            or lexicon.NOT.search(line.s[max(0, m.start() - 20) : m.start()])
        ):
            continue
        if re.search(
            r"\b(?:thwart|foil|fail|unsuccess|prevent|repel|second|third|fourth|fifth|dozens|previous|further|similar)",
            line.s,
        ):
            continue
        v = next((v for v in line.vehicles if v.deed and v.start <= m.start() < v.end), None)
        after = next((w for w in line.sites if w.start - line.sentence.start >= m.end()), None)
        if after is None or after.start - line.sentence.start - m.end() > 30:
            continue
        yield Found(
            "event.attack",
            True,
            v.start if v else m.start(),
            after.end - line.sentence.start,
            m.start(),
        )


def _outcomes(line: Line) -> Iterator[Found]:
    s = line.s
    hits: list[tuple[int, int, str, tuple[str, ...]]] = []
    for name, pattern in lexicon.OUTCOME.items():
        hits += [(m.start(), m.end(), name, ()) for m in pattern.finditer(s)]
    for m in lexicon.DROPPED.finditer(s):
        a, b = clause(s, m.start())
        thing = any(m.end() <= v.start <= m.end() + 12 for v in line.vehicles) or re.match(
            r"\s+(?:one|two|both|them|it|the two)\b", s[m.end() :]
        )
        passive = re.search(r"\b(?:was|were|been)\s+$", s[a : m.start()]) and re.match(
            r"\s*(?:by|in|over|before|$|[,.])", s[m.end() :]
        )
        if thing or (passive and not re.match(r"\s*(?:by) (?:drones?|planes?)", s[m.end() :])):
            hits.append((m.start(), m.end(), "shot_down", ("mt_lexicon",)))
    hits.sort()
    kept: list[tuple[int, int, str, tuple[str, ...]]] = []
    order = list(lexicon.OUTCOME)
    for hit in hits:
        if (
            kept
            and re.fullmatch(r"(?: \w+){0,1} and (?:the |then |later )?", s[kept[-1][1] : hit[0]])
            and hit[2] in _STOPPED
            and kept[-1][2] in _STOPPED
        ):
            strong = min(kept[-1], hit, key=lambda h: order.index(h[2]))
            kept[-1] = (kept[-1][0], hit[1], strong[2], strong[3])
        else:
            kept.append(hit)
    for a, b, name, traps in kept:
        if line.open(a):
            yield from _outcome(line, a, b, name, traps)


def _outcome(line: Line, at: int, end: int, name: str, traps: tuple[str, ...]) -> Iterator[Found]:
    """One outcome with its span, and who did it; nothing where no vehicle or attack is meant."""
    s = line.s
    a, b = clause(s, at)
    if re.match(r"\w+ing\b", s[a:at]) and a > 2:  # "while", "which": the subject is before
        pass
    before, after = s[a:at], s[end:b]
    wide = max(0, a - 60) if re.match(r"(?:which|who|and)\b|\s*$", before) else a
    left = [v for v in line.vehicles if wide <= v.start < at]
    right = [
        v
        for v in line.vehicles
        if end <= v.start < min(len(s), max(b, end + 8)) and v.start - end < 60
    ]
    things = left + right
    passive = (
        re.search(
            r"\b(?:was|were|been|being|are|is|be)\s+(?:\w+ly )?(?:not )?(?:\w+ly )?(?:\w+ and )?$",
            before,
        )
        is not None
    )
    deed = lexicon.ATTACK_NOUN.search(s[wide:b]) or lexicon.ATTEMPT.search(s[wide:b])
    pronoun = _PRONOUN.search(before) or re.match(
        r"\s+(?:one|two|both|them|it|the (?:two|three)|six|five|three|four|all|several)\b", after
    )
    if name in ("thwarted", "failed"):
        ok = bool(things or deed)
    elif name == "destroyed":
        ok = (
            (bool(right) and right[0].start - end < 25)
            or (passive and bool(left or _PRONOUN.search(before)))
            or bool(re.match(r"\s+(?:both|them|all)\b", after))
        )
    elif name in ("hit", "missed", "crashed"):
        agent = re.match(r" by (?:a|an|\w+)?", after) and right
        ok = (
            bool(agent)
            if passive
            else bool(
                [v for v in left if not v.deed] or pronoun or re.search(r"\battack\b", before)
            )
        )
        if re.search(r"\bto\s+$|\bhard[- ]$|\bthe\s+$", before) or lexicon.ATTEMPT.search(
            before[-20:]
        ):
            ok = False
    else:
        ok = bool(things or pronoun)
    if (
        re.search(r"\b(?:a|an|the|of|any)\s+$", before)
        and name in ("shot_down", "intercepted", "destroyed")
        and right
        and end + 2 > right[0].start
        and s[at:end].endswith("ed")
    ):
        return  # "a downed drone" names it, and states nothing
    if not ok or (
        re.search(r"\b(?:to|would|will|could|can)\s+(?:be )?$", before[-12:])
        and not re.search(r"\b(?:managed|able|succeeded) to\s+$|managed to $", before)
    ):
        return
    start = left[0].start if left and not right else a + len(before) - len(before.lstrip())
    stop = right[0].end if right else end
    if name == "failed" and not things and deed:
        stop = end
    number = re.search(
        rf"\b(?P<n>{lexicon.NUMBER}|both|all|half)(?: of (?:them|those|the \w+|which))?\s+(?:\w+ ){{0,2}}$",
        before,
        re.I,
    )
    subset = (
        left[-1].subset
        if left and left[-1].subset
        else right[0].subset
        if right and right[0].subset
        else lexicon.number(number["n"])
        if number
        else None
    )
    yield Found(
        "outcome", name, start, stop, at, traps, _polarity(s, at), _modality(s, a, at), subset
    )
    if name in _STOPPED and _polarity(s, at) == "affirmed":
        yield from _by(line, a, at, end, b, passive)


def _by(line: Line, a: int, at: int, end: int, b: int, passive: bool) -> Iterator[Found]:
    """Who stopped it, where the words say more than "the defence system"."""
    s = line.s
    if passive:
        m = re.match(
            r" (?:\w+ ){0,6}?by (?P<who>(?:the |an? )?[^,.;]+?)(?= on | in | at | near | before | over | this | when |,|\.|;|$)",
            s[end:b],
        )
        if not m or not lexicon.DEFENDER.search(m["who"]):
            return
        who, start, stop = m["who"], at, end + m.end()
    else:
        who = re.sub(
            r"(?:\s|,)+(?:also|then|later|managed to|were able to|was able to|has|have|had|succeeded in)*\s*$",
            "",
            s[a:at],
        )
        who = re.sub(
            r"\s+(?:intercepted|managed|succeeded|announced|thwarted) (?:and|to|in)\s*$", "", who
        )
        lead = re.match(
            r"(?:and|but|while|that|At \w+ (?:on )?[^,]*,|On [^,]*,|Yesterday,|Today,)\s+", who
        )
        start = a + (lead.end() if lead else 0)
        start += len(s[start:at]) - len(s[start:at].lstrip())
        who, stop = s[start : a + len(who)], end
        head = re.sub(r"\s(?:of|at|in|from|for)\s.*$", "", who)
        pronoun = re.fullmatch(r"(?:that )?(?:it|they)", who.strip()) is not None
        if (
            not (lexicon.DEFENDER.search(head) or pronoun)
            or len(who.split()) > 12
            or re.search(r"\b(?:said|announced|told|which|was|were|statement)\b", who)
        ):
            return
    said = (
        re.search(
            r"(?P<who>(?:[Tt]he )?[^,;“”]{3,60}?) (?:said|announced|reported|confirmed)\b[^,;“”]{0,40}?(?:that )?(?:it|they)(?: had| has| have)?\s*$",
            s[:at],
        )
        if re.match(r"(?:it|they)\b", who)
        else None
    )
    if said and lexicon.DEFENDER.search(said["who"]):
        who, start = said["who"], said.start("who")
    if _BARE.match(who.strip()) or any(
        v.start < start + len(who) and start < v.end and not v.deed for v in line.vehicles
    ):
        return
    yield Found("intercept.by", defender(who, line), start, stop, at)


def defender(who: str, line: Line) -> str:
    """The name of who stopped it, without article; a named site in it becomes "the base"."""
    out = re.sub(r"^[Tt]he ", "", who.strip())
    for w in line.sites:
        name = line.s[w.start - line.sentence.start : w.end - line.sentence.start]
        m = re.search(rf"\b(?:the )?(?:[A-Z]\w+ )?{re.escape(name)}", out)
        if m and w.field == "target.site" and m.start() > 0:
            noun = re.search(r"(airport|base|camp|field|embassy|port|garrison)\b", name, re.I)
            out = f"{out[: m.start()]}the {noun[1].lower() if noun else 'base'}"
            break
    return re.sub(r"\s+", " ", out).strip()


def _falls(line: Line) -> Iterator[Found]:
    s = line.s
    taken: list[int] = []
    for value, pattern, needs in _FALLS:
        for m in pattern.finditer(s):
            if not line.open(m.start()) or any(abs(m.start() - t) < 12 for t in taken[::2]):
                continue
            a, _ = clause(s, m.start())
            lead = s[max(0, a - 50) if m.start() - a < 12 else a : m.start()]
            verbs = list((needs or _ANY_VERB).finditer(lead))
            verb = verbs[-1] if verbs else None
            if verb is None or m.start() - (m.start() - len(lead) + verb.end()) > 45:
                continue
            if re.search(r"\b(?:soldiers?|forces|troops|people) $", lead[: verb.start()]):
                continue
            said = m.start() - len(lead) + verb.start()
            if any(said == t for t in taken):
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
                _polarity(s, m.start()),
                _modality(s, a, m.start()),
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


def _polarity(s: str, at: int) -> str:
    """Whether the words before an offset deny what follows."""
    a, _ = clause(s, at)
    if lexicon.NOT.search(s[a:at][-40:]):
        return "negated"
    deny = [m.end() for m in lexicon.DENY.finditer(s[:at])]
    return (
        "denied"
        if deny and not re.search(r"\b(?:but|and (?:said|added))\b", s[deny[-1] : at])
        else "affirmed"
    )


def _modality(s: str, a: int, at: int) -> str:
    return "possible" if lexicon.MAYBE.search(s[a:at]) else "asserted"
