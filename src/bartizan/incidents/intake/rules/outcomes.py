"""Rules of what became of it, and who stopped it.

In: a line.  Out: outcome, intercept.by.  Does not: name a defender where the words say no more
than "the defence system".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import (
    Found,
    Line,
    Vehicle,
    clause,
    modality,
    polarity,
    unproved,
)

_PRONOUN = re.compile(
    rf"\b(?:they|it|these|those|which|both|others?|them|the rest|the remainder|most|some|several|many|all|(?:the|an?|another|one)(?: \w+)? (?:targets?|objects?|device|craft|machine|aircraft|vehicles?|projectiles?)|the (?:{lexicon.ORDINAL}|last|latter|attempt)|an? (?:second|third|fourth|fifth|sixth)(?! of\b)|another|{lexicon.NUMBER}|half|none|percent|per cent|march|debris)\b",
    re.I,
)
_PASSIVE = re.compile(
    r"\b(?:was|were|been|being|are|is|be)\s+(?:\w+ly )?(?:not )?(?:\w+ly )?(?:\w+ and )?$"
)
_UNREAL = re.compile(r"\b(?:to|would|will|could|can)\s+(?:be )?$")
_ADJECTIVE = re.compile(r"\b(?:a|an|the|of|any)\s+$")
_STRUCK_BY = re.compile(
    r" by (?:an? |the )?(?:[\w-]+ ){0,2}?(?:strikes?|airstrikes?|attacks?|shelling|fire)\b"
)
_THEM = re.compile(
    rf"\s+(?:one|two|both|them|it|the (?:two|three|others?|last|rest|remainder|latter|{lexicon.ORDINAL})|six|five|three|four|seven|eight|nine|ten|all|several|most|some|what|\d+)\b(?! (?:of (?:the )?)?(?:people|person|soldiers?|workers?|hours?|minutes?|days?|houses?|buildings?))"
)
_NUMBERED = re.compile(
    rf"\b(?P<n>{lexicon.NUMBER}|both|all|half)(?: of (?:them|those|the \w+|which))?\s+"
    r"(?:(?:was|were|been|being|had|have|has|also|later|then|of|others?|more|\w+ly) ){0,3}$",
    re.I,
)
_BY = re.compile(
    r" (?:\w+ ){0,6}?by (?P<who>(?:the |an? )?[^,.;]+?)(?= on | in | at | near | before | over | this | when | as | while | and (?:\w+ed|fell|came)\b|,|\.|;|$)"
)
_WITH = re.compile(  # "the group had struck the airport with two missiles"
    rf"^[^,.;“”]{{3,50}}? (?:with|using) (?:(?:an?|its|their) |{lexicon.COUNT} )?(?:[\w-]+ ){{0,3}}?(?:{lexicon.NOUN_UAV}|missiles?|rockets?|shells|mortars?)\b",
    re.I,
)
_DEBRIS = re.compile(
    r"\b(?:debris|wreckage|fragments?|shrapnel|splinters?|shards?|pieces?|parts?|remains)\b", re.I
)
_SAID_IT = re.compile(
    r"(?P<who>(?:[Tt]he )?[^,;“”]{3,60}?) (?:says?|said|announced|reported|confirmed)\b[^;“”]{0,40}?(?:that )?(?:it|they)(?: had| has| have)?\s*$"
)
_NOT_SUBJECT = re.compile(r"\b(?:said|announced|told|which|was|were|statement)\b")
_BARE = re.compile(
    r"^(?:the |its |their )?(?:local )?(?:air[- ])?(?:defen[cs]es?(?: systems?| forces?| units?)?|defensive systems?|forces|army|systems?|troops|soldiers|security forces|it|they)$",
    re.I,
)


def draft(line: Line) -> Iterator[Found]:
    """What became of it; of stopping verbs joined by "and" the strongest."""
    s = line.s
    hits: list[tuple[int, int, str, tuple[str, ...]]] = []
    for name, pattern in lexicon.OUTCOME.items():
        hits += [(m.start(), m.end(), name, ()) for m in pattern.finditer(s)]
    for m in lexicon.DROPPED.finditer(s):
        a, b = clause(s, m.start())
        if any(a <= v.start and v.end <= m.start() and not v.deed and not re.search(
            r"\b(?:was|were|been|be|being) (?:\w+ly )?$", s[v.end : m.start()]) for v in line.vehicles):  # fmt: skip
            continue  # "a drone dropped two bombs"
        thing = any(
            m.end() <= v.start <= m.end() + 12
            and not re.search(r"\b(?:by|from|on|onto|near)\b", s[m.end() : v.start])
            for v in line.vehicles
        ) or re.match(
            r"\s+(?:one|two|three|four|five|six|both|them|it|the two|\d+)\b(?! (?:[\w-]+ ){0,2}(?:bombs?|explosives?|devices?|grenades?|munitions?"
            r"|shells?|charges?|packages?|parcels?|warheads?|rounds?|kilo\w*|kg|phones?|projectiles?|payloads?)\b)",
            s[m.end() :],
        )
        passive = re.search(r"\b(?:was|were|been)\s+$", s[a : m.start()]) and re.match(
            r"\s*(?:by|in|over|before|$|[,.])", s[m.end() :]
        )
        if thing or (
            passive
            and not re.match(
                rf"\s*by (?:[\w-]+ ){{0,4}}?(?:{lexicon.NOUN_UAV}|planes?)\b", s[m.end() :], re.I
            )
        ):
            hits.append((m.start(), m.end(), "shot_down", ("mt_lexicon",)))
    hits.sort()
    kept: list[tuple[int, int, str, tuple[str, ...]]] = []
    order = list(lexicon.OUTCOME)
    for hit in hits:
        if (
            kept
            and re.fullmatch(
                r"(?: \w+){0,1} (?:and|or) (?:the |then |later )?", s[kept[-1][1] : hit[0]]
            )
            and hit[2] in lexicon.STOPPED
            and kept[-1][2] in lexicon.STOPPED
        ):
            either = " or " in s[kept[-1][1] : hit[0]]  # then only the weaker is said
            strong = (max if either else min)(kept[-1], hit, key=lambda h: order.index(h[2]))
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
    aside = re.match(r",[^,“”\"]{3,40},", s[end:])  # "destroyed, at dawn today, three drones"
    if aside and b <= end + 2:
        b = clause(s, end + aside.end() + 1)[1]
    before, after = s[a:at], s[end:b]
    if any(v.deed and v.start <= at < v.end for v in line.vehicles):
        return  # "a drone strike" is the deed
    cut = re.match(
        r"(?:which|who|and|but|or|then)\b|(?:was|were|had|has|have|is|are)(?: been)? $|\s*$",
        before.lstrip(),
    )
    far = re.match(r"(?:and|but) (?:then |later |both |all )?(?:was|were|had been) $", before)
    wide = 0 if far else max(0, a - 60) if cut else a
    if re.search(r"\bthat $", s[:a]) and any(a - 6 <= v.end <= a for v in line.vehicles):
        wide = max(0, a - 60)  # "a drone that had come from the east was intercepted"
    left = [v for v in line.vehicles if wide <= v.start < at]
    right = [v for v in line.vehicles if end <= v.start < max(b, end + 8) and v.start - end < 60]
    within = [v for v in line.vehicles if at <= v.start < end]  # "shot the drone down"
    right = [*within, *right]
    passive = _PASSIVE.search(before) is not None
    inner = _THEM.search(s[at:end]) is not None or _PRONOUN.search(s[at:end]) is not None
    if not inner and not _meant(
        s[wide:b], before if before.strip() else s[wide:at], after, name, left, right, passive
    ):
        return
    if _UNREAL.search(before[-12:]) and not re.search(
        r"\b(?:managed|able|succeeded) to\s+$", before
    ):
        return
    if (
        s[at:end].endswith("ed")
        and right
        and right[0].start <= end + 2
        and _ADJECTIVE.search(before)
    ):
        return  # "a downed drone" names it, and states nothing
    start = left[0].start if left and not right else a + len(before) - len(before.lstrip())
    stop = max(right[0].end, end) if right and name != "failed" else end
    polar = polarity(s, at)
    if unproved(s, at):
        return
    yield Found(
        "outcome",
        name,
        start,
        stop,
        at,
        traps,
        polar,
        modality(s, a, at),
        _subset(before, a, left, right),
    )
    if name in lexicon.STOPPED and polar == "affirmed":
        yield from _by(line, a, at, end, b, passive)


def _meant(
    around: str,
    before: str,
    after: str,
    name: str,
    left: list[Vehicle],
    right: list[Vehicle],
    passive: bool,
) -> bool:
    """Whether a vehicle or an attack is what the verb is about."""
    pronoun = _PRONOUN.search(before) is not None
    if name in ("thwarted", "failed"):
        return bool(
            left or right or lexicon.ATTACK_NOUN.search(around) or lexicon.ATTEMPT.search(around)
        )
    if (
        name == "destroyed"
        and not passive
        and _DEBRIS.search(re.split(r"\b(?:as|when|while|after)\b", before)[-1])
    ):
        return False
    if name == "destroyed":
        return (
            (bool(right) and _near(after))
            or (passive and (bool(left) or pronoun))
            or _THEM.match(after) is not None
        )
    if name in ("hit", "missed", "crashed"):
        if re.search(
            r"(?<!managed )\bto\s+$|\bhard[- ]$|\bthe\s+$", before
        ) or lexicon.ATTEMPT.search(before[-20:]):
            return False
        if passive:
            return (
                _STRUCK_BY.match(after) is not None
                or re.match(r" (?:directly|again|once|twice|\w+ times)\b", after) is not None
                or bool(re.match(r"(?: \w+){0,5}? (?:by|with) ", after) and right)
            )
        if _DEBRIS.search(before):
            return False
        near = _PRONOUN.search(re.split(r"\b(?:as|when|while|after)\b", before)[-1]) is not None
        return (
            any(not v.deed for v in left)
            or near
            or (bool(right) and _WITH.search(after) is not None)
            or re.search(r"\battack\b(?! (?:planes?|jets?|helicopters?|aircraft))", before)
            is not None
        )
    return bool(left or right) or pronoun or _THEM.match(after) is not None


def _near(after: str) -> bool:
    """Whether an object follows at once: "destroyed all 35 drones", not "destroyed a house"."""
    m = lexicon.VEHICLE.search(after)
    return m is not None and m.start() < 25


def _subset(before: str, a: int, left: list[Vehicle], right: list[Vehicle]) -> int | str | None:
    """How many of them it became of, where the words say a part."""
    for v in (*left[-1:], *right[:1]):
        if v.subset:
            return v.subset
    m = _NUMBERED.search(before)
    if m is None or any(v.start <= a + m.start() < v.end for v in left):
        return None
    return lexicon.number(m["n"])


def _by(line: Line, a: int, at: int, end: int, b: int, passive: bool) -> Iterator[Found]:
    """Who stopped it, where the words say more than "the defence system"."""
    s = line.s
    if passive:
        m = _BY.match(s[end:b])
        if not m or m["who"].startswith("means of") or not lexicon.DEFENDER.search(m["who"]):
            return
        who, start, stop = m["who"], at, end + m.end()
    else:
        who, start = _subject(s, a, at)
        stop = end
        if re.fullmatch(r"(?:it|they)", who):  # "the army said that it shot down"
            said = _SAID_IT.search(s[:at])
            who, start = (said["who"], said.start("who")) if said else ("", a)
            who = re.sub(r" (?:has|have|had)$", "", who)
        elif len(who.split()) > 12 or _NOT_SUBJECT.search(who):
            return
        if not lexicon.DEFENDER.search(re.sub(r"\s(?:of|at|in|from|for)\s.*$", "", who)):
            return
    if _BARE.match(who.strip()) or any(
        v.start < start + len(who) and start < v.end and not v.deed for v in line.vehicles
    ):
        return
    yield Found("intercept.by", defender(who, line), start, stop, at)


def _subject(s: str, a: int, at: int) -> tuple[str, int]:
    """The subject of an active verb and where it starts."""
    who = re.sub(
        r"(?:\s|,)+(?:also|then|later|managed to|were able to|was able to|has|have|had|succeeded in)*\s*$",
        "",
        s[a:at],
    )
    if later := re.search(r"^.*\b(?:when|after|before|because|as)\s+(?=\S)", who):
        a, who = a + later.end(), who[later.end() :]  # "were hurt when the defences destroyed"
    who = re.sub(
        r"\s+(?:intercepted|managed|succeeded|announced|thwarted|engaged|detected|tracked|identified|fired on|spotted) (?:and|to|in)\s*$",
        "",
        who,
    )
    who = re.sub(r"\s+(?:has|have|had)$", "", who)
    who = re.sub(
        r"\s+(?:(?:early |late )?on \w+day(?: morning| afternoon| evening| night)?|yesterday|today|overnight|\w+ly)$",
        "",
        who,
    )
    who = re.sub(r"\s+(?:detected|tracked|identified|engaged|spotted|located) and$", "", who)
    lead = re.match(
        r"(?:[A-Z][A-Z .]+(?: — |—|: ?))?(?:(?:and|but|while|that|A (?:day|week) earlier,|(?:Earlier|Later|Meanwhile|Separately|However|Then|Overnight|Previously),?|(?:early |late )?on \w+day(?: \w+)?|At \w+ (?:on )?[^,]*,|On [^,]*,|on \w+day,|Yesterday,|Today,)\s+)*",
        who,
    )
    start = a + (lead.end() if lead else 0)
    start += len(s[start:at]) - len(s[start:at].lstrip())
    who = s[start : a + len(who)]
    inner = re.search(r"\b(?:says?|said|announced|confirmed|reported)\s+(?:that\s+)?(?=\S)", who)
    if not inner:
        return who, start
    rest = who[inner.end() :]
    day = re.match(r"(?:(?:early |late )?on \w+day (?:\w+ )?(?:that )?)?(?=\S)", rest)
    cut = day.end() if day and rest[day.end() :] else 0
    return rest[cut:], start + inner.end() + cut


def defender(who: str, line: Line) -> str:
    """The name of who stopped it, without article; a named site in it becomes "the base"."""
    out = re.sub(r"^(?:[Tt]he|[Aa]n?) | (?:there|here)$", "", who.strip())
    out = re.sub(r" (?:north|south|east|west)(?:east|west)? of .*$", "", out)
    for w in line.sites:
        name = line.s[w.start - line.sentence.start : w.end - line.sentence.start]
        m = re.search(rf"\b(?:the )?(?:[A-Z][\w.]+ )?{re.escape(name)}", out)
        if m and w.field == "target.site" and m.start() > 0:
            noun = re.search(r"(airport|base|camp|field|embassy|port|garrison)\b", name, re.I)
            out = f"{out[: m.start()]}the {noun[1].lower() if noun else 'base'}"
            break
    return re.sub(r"\s+", " ", out).strip()
