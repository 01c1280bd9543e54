"""Rules of the attack itself: that there was one.

In: a line.  Out: event.attack.  Does not: read an attempt as an attack, or a relative clause
("which targeted ...") as a statement of one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import GROUND, Found, Line, clause, polarity, unproved
from bartizan.incidents.intake.text import HEADLINE

_WEAK = re.compile(
    r"\b(?:thwart|foil|fail|unsuccess|prevent|repel|repuls|second|third|fourth|fifth|dozens|previous|further|similar)"
)


def draft(line: Line) -> Iterator[Found]:
    """Attacks that a verb states."""
    s = line.s
    for m in lexicon.ATTACK_VERB.finditer(s):
        if not line.open(m.start()):
            continue
        a, b = clause(s, m.start())
        aside = re.match(r",[^,“”\"]{3,40},", s[m.end() :])  # "targeted, at dawn today, the base"
        if aside and b <= m.end() + 2:
            b = clause(s, m.end() + aside.end() + 1)[1]
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
        if unproved(s, m.start()):
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
        if vehicle and a <= vehicle[0].start < m.start():
            start = vehicle[0].start
        if passive and not _target(line, before):  # "the base, west of X, was attacked"
            site = [w.start - off for w in line.sites if w.start - off < a]
            start = site[-1] if site else start
        if polarity(s, m.start()) == "affirmed":
            yield Found("event.attack", True, start, min(max([m.end(), *ends]), b), m.start())


def _states(
    line: Line, word: str, before: str, after: str, passive: bool, vehicle: bool, follows: bool
) -> bool:
    """Whether a verb with these words about it states an attack that happened."""
    s = line.s
    if " under " in f" {word} ":
        return True
    if word in ("fired", "launched"):
        if re.match(
            rf" {lexicon.COUNT}? ?(?:shots|rounds|bursts|flares|missiles|interceptors) (?:up)?(?:on|at)\b",
            after,
        ):
            return False  # "fired about 100 shots at five drones" defends
        if (re.match(r" from\b", after) and not passive) or (
            follows and not passive and re.match(r" (?:up)?(?:on|at)\b", after)
        ):
            return False  # "fired on the drones" defends
        if passive:
            return vehicle
        return vehicle and follows and 0 < len(before.split()) < 9
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
    anything = re.match(r"\s*(?:the|an?|its|their|our|several|two|three|four)\b", after) is not None
    if word in ("attacked", "targeted", "bombed", "shelled") and anything and before.strip():
        return bool(line.vehicles) or _target(line, after)
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
        re.match(r"\s*(?:the )?(?:central|downtown|\w+ern) [A-Z][a-z]+", words)
        or re.search(
            rf"\b(?:{GROUND}s?|bases|cent(?:er|re)|city|town|ships?|vessels?|tankers?|outskirts|terminal|capital|kingdom|troops|forces|convoy|headquarters|buildings?|Tower \d+|garrison|targets|facilit(?:y|ies)|plants?|quarters|reactors?|hangars?|tanks?|towns|villages?|bridge|substations?|battalion|brigade|regiment|checkpoints?|outposts?|posts?|police|soldiers|school|academy|hospital|island|warehouses?|depots?|complex|pipelines?|dams?|platforms?|convoys?|patrols?|positions?|ministry|parliament|palace|houses?|homes?|hotel)\b",
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
        on = re.match(
            r"(?: (?:early |late )?(?:on \w+day(?: \w+)?|yesterday|today|overnight|\w+day))?(?: on (?:a|an|the) [\w ]{3,30}?)?"
            r" (?:on|against|at|of|near) ", line.s[m.end() :],
        )  # fmt: skip
        by = re.match(r" (?:by|with|involving|using) ", line.s[m.end() :])
        came = next((v for v in line.vehicles if by and m.end() <= v.start <= m.end() + 12), None)
        if (
            came is not None
            and not _WEAK.search(line.s)
            and line.open(m.start())
            and polarity(line.s, m.start()) == "affirmed"
        ):
            yield Found("event.attack", True, m.start(), came.end, m.start())
            continue
        if (
            re.match(
                r" (?:was|were) (?:carried out|staged|launched|reported)\b| took place\b",
                line.s[m.end() :],
            )
            and polarity(line.s, m.start()) == "affirmed"
        ):
            end = re.match(
                r" (?:was|were) [\w ]+?(?= with|,|\.| on| at| by|$)| took place", line.s[m.end() :]
            )
            yield Found(
                "event.attack", True, m.start(), m.end() + (end.end() if end else 0), m.start()
            )
        if (
            not on
            or polarity(line.s, m.start()) != "affirmed"
            or not line.open(m.start())
            or lexicon.NOT.search(line.s[max(0, m.start() - 20) : m.start()])
        ):
            continue
        if _WEAK.search(line.s):
            continue
        v = next((v for v in line.vehicles if v.deed and v.start <= m.start() < v.end), None)
        beyond = m.end() + on.end()
        after = next((w for w in line.sites if w.start - line.sentence.start >= beyond - 1), None)
        if after is None or after.start - line.sentence.start - beyond > 30:
            continue
        yield Found(
            "event.attack",
            True,
            v.start if v else m.start(),
            after.end - line.sentence.start,
            m.start(),
        )
