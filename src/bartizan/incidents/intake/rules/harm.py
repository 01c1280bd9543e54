"""Rules of who and what was hurt: dead, injured, damage; and that nobody or nothing was.

In: a line.  Out: casualties, damage.  Does not: read "no casualties" as no damage, or
silence as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bartizan.incidents.intake import lexicon
from bartizan.incidents.intake.rules.line import Found, Line, unproved

_N = rf"(?P<n>{lexicon.COUNT}|an?(?! (?:\w+ )?(?:toll|total|number)))"
_WHO = rf"(?:[ -](?:(?!killed\b|wounded\b|injured\b)\w[\w.’'-]*[ -]){{0,4}}?{lexicon.PERSON}(?: of the [A-Z][\w ]+?| of [a-z]+ \w+| from (?:the )?[A-Z]\w+|,? (?:of|aged) \d{{1,2}}|, \d{{1,2}},| (?:at|in|inside|on) the (?:base|camp|airport|prison|plant|port|site|ground|facility))?)"
_AND_WHO = r"(?:,? (?:including|among them|an?) [^.;)]{3,60}?,)?"  # "two sailors, a Briton and a Romanian, were killed"
_BE = r"(?: (?:was|were|have been|had been|has been|are|is|got|had|has|have))?(?: (?:\w+ly|also|reported|either))*"
_KILL_OR_HURT = r"(?:(?P<killed>killed|dead|died|martyred|perished|lost (?:his|her|their) li(?:fe|ves))|(?P<injured>injured|wounded|hurt|hospitali[sz]ed))"
_PASSIVE = re.compile(rf"\b{_N}(?:{_WHO})?{_AND_WHO}{_BE} {_KILL_OR_HURT}\b", re.I)
_ACTIVE = re.compile(
    rf"\b(?:(?P<killed>killing|kills|killed)|(?P<injured>injuring|wounding|injures|wounds|wounded|injured)) {_N}(?=[ ,.;])(?P<who>{_WHO}| [\w-]+)?",
    re.I,
)
_NOUN = re.compile(
    rf"\b{_N} (?:(?P<killed>deaths?|fatalit(?:y|ies)|martyrs?)|(?P<injured>injur(?:y|ies)|concussions?))\b",
    re.I,
)
_TOLL = re.compile(
    rf"\b(?P<killed>(?:claim(?:ed|ing|s)|took|taking) the li(?:fe|ves) of|(?:death )?toll (?:\w+ ){{0,4}}?(?:to|at)|puts? the (?:number of )?(?:dead|deaths|killed) at) {_N}\b(?P<injured>$^)?",
    re.I,
)
_HURT_TO = re.compile(
    rf"\b(?:\w+ )?(?P<killed>deaths?|(?P<injured>injur(?:y|ies)|wounds)) (?:to|of|among) {_N}{_WHO}",
    re.I,
)
_SUFFERED = re.compile(
    rf"\b{_N}{_WHO} (?:sustained|suffered|received|(?:was|were) treated for|(?:are|is) being treated for) (?:\w+ ){{0,4}}(?:(?P<killed>$^)|(?P<injured>injur(?:y|ies)|wounds|concussions?|cuts|burns|smoke inhalation|shock|fractures))\b",
    re.I,
)
_NO = re.compile(
    r"\b(?:(?P<no>no|without(?: \w+ing)?(?: any)?|neither(?: \w+){0,4}?|(?:did|does|has|have|had) not(?: \w+){1,3}?|nor|zero|free of)\s+(?:(?:(?:serious|major|significant|material|heavy|great|reported|known|immediate|further|structural) )?(?:damages?|material loss(?:es)?|injur(?:y|ies)|deaths?|destruction)(?: to \w+(?: or equipment)?)? (?:or|and|nor) )?(?:(?:immediate|initial|confirmed|official|further) )?(?:reports? of )?(?:any )?(?:(?:human|known|immediate|reported|material|serious|further|military|civilian)\s+(?:or (?:human|material)\s+)?)*)"
    r"(?P<what>casualt(?:y|ies)|victims|losses in lives(?: or equipment)?|loss(?:es)? of (?:human )?li(?:fe|ves)|losses|life loss(?:es)?|deaths?(?: or injur(?:y|ies))?|fatalit(?:y|ies)(?: or injur(?:y|ies))?|injur(?:y|ies)(?: or (?:deaths?|loss(?:es)? of life))?"
    r"|(?:killed|dead|injured|wounded)(?: or (?:injured|wounded))?)\b",
    re.I,
)
_NIL = re.compile(
    r"\b(?P<what>injur(?:y|ies)|casualt(?:y|ies)|fatalit(?:y|ies)|deaths?|wounded|killed)(?: and \w+)?: ?(?:none|nil|0|zero)\b",
    re.I,
)
_NOBODY = re.compile(
    rf"\b(?:no one|nobody|no (?:one|(?:\w+ ){{0,2}}?{lexicon.PERSON}(?: or \w+)?))(?: (?:was|were|has been|had been|is|are))? (?P<what>(?:hurt|killed|injured|wounded|harmed)(?: or (?:injured|wounded|hurt))?)\b",
    re.I,
)
_LOSSES = re.compile(r"\bhuman (?:or material )?\w*$|\bhuman", re.I)
_NO_DAMAGE = re.compile(
    r"\b(?:no|without(?: \w+ing)?(?: any)?|neither|nor|(?:did|does|has|had|have) not (?:\w+ ){0,2}?(?:any )?)\b(?: (?!but\b|and\b)[\w-]+){0,8}? ?(?P<what>damages?|material loss(?:es)?|loss(?:es)? of property|losses in (?:\w+ or )?equipment|equipment)\b",
    re.I,
)
_DAMAGE = re.compile(
    r"\b(?P<degree>minor|slight|light|limited|some|significant|severe|serious|heavy|extensive|major|considerable|great|material|partial)(?P<material> material)? damages?\b"
    r"|\b(?P<how>lightly|slightly|badly|severely|heavily|partially)[ -]damaged\b"
    r"|(?<!\bin )(?<!\bnear )(?<!\bat )(?<!\bof )(?<!\bfrom )\b(?P<what>(?:(?:several|some|two|three|four|five|six|many|a|an|the|\d+) )(?:[\w’'-]+ ){0,5}?[\w’'-]+) (?:was|were|have been|has been) (?:\w+ly )?damaged\b"
    r"|\bdamage to (?!any )(?P<to>(?:the |an? |its |several |some )?(?:[\w’'-]+ ){0,2}[\w’'-]+)"
    r"|\b(?:caus(?:ed|ing)|sparked|sparking|set off) (?P<fire>(?:an? )?(?:\w+ )?fires?)\b"
    r"|\b(?:caus(?:ed|ing)|with|damag(?:ed|ing)) (?P<plain>damages?|(?:an? |the |several |two )[\w’'-]+(?: [\w’'-]+)?)",
    re.I,
)
_OF_THEM = re.compile(rf"{lexicon.COUNT} of (?:the|those|these|them|whom)\b", re.I)
_DEGREES = {"lightly": "light", "slightly": "slight", "badly": "bad", "severely": "severe", "heavily": "heavy", "partially": "partial"}  # fmt: skip


def draft(line: Line) -> Iterator[Found]:
    """Casualties and damage of a sentence."""
    s = line.s
    if lexicon.PROTEST.search(line.s) and not line.vehicles:
        return
    yield from _none(line)
    yield from _some(line)
    yield from _damage(s, line)


def _none(line: Line) -> Iterator[Found]:
    s = line.s
    for m in [*_NO.finditer(s), *_NOBODY.finditer(s), *_NIL.finditer(s)]:
        what = m["what"].lower()
        negation = m.group().lower()
        if what == "losses" and not re.search(r"human|casualt", negation):
            continue  # of whom or of what is not said
        value: dict[str, Any] = {}
        if re.search(r"death|fatal|killed|dead|casual|victim|life|lives|loss|hurt|harmed", what):
            value["killed"] = 0
        if re.search(r"\bdeaths? (?:or|nor|and)\b", negation):
            value["killed"] = 0
        if re.search(r"\binjur(?:y|ies) (?:or|nor|and)\b", negation):
            value["injured"] = 0
        if re.search(r"injur|wound|casual|victim|life|lives|loss|hurt|harmed", what):
            value["injured"] = 0
        if (
            re.search(r"\blife|lives\b", what)
            and "losses in" not in what
            and "casualt" not in what
            and "injur" not in what
            and "human" not in negation.replace("human life", "")
        ):
            value = {"killed": 0}
        if line.open(m.start()):
            yield Found("casualties", value, m.start(), m.end(), m.start(), (), "negated")


def _some(line: Line) -> Iterator[Found]:
    s = line.s
    got: list[tuple[int, int, str, Any]] = []
    for pattern in (_PASSIVE, _ACTIVE, _NOUN, _SUFFERED, _TOLL, _HURT_TO):
        for m in pattern.finditer(s):
            if (
                not line.open(m.start())
                or unproved(s, m.start())
                or any(a < m.end() and m.start() < b for a, b, _, _ in got)
            ):
                continue
            if (
                re.search(r"\b(?:of|aged?) $", s[: m.start()])
                and m["n"].isdigit()
                and m.re is _PASSIVE
            ):
                continue  # "a woman of 52 was hurt"
            n: Any = 1 if m["n"].lower() in ("a", "an") else lexicon.number(m["n"])
            person = re.search(rf"\b{lexicon.PERSON}\b", m.group(), re.I)
            if n is None or (
                n == 1
                and m["n"].lower() in ("a", "an")
                and not person
                and m.re not in (_NOUN, _ACTIVE)
            ):
                continue
            if re.match(
                rf"(?:,[^,.;]{{0,30}})? and (?:an?|another) (?:\w+ )?{lexicon.PERSON}(?! (?:plane|aircraft|car|vehicle|house|building|ship))",
                s[m.end() :],
            ):
                continue  # "a woman and a girl": the sum is not said
            if any(m.start() <= v.start < m.end() for v in line.vehicles) or re.search(
                r"\b(?:no|not|nobody)\b", s[max(0, m.start() - 8) : m.start()], re.I
            ):
                continue
            got.append(
                (m.start(), m.end(), "killed" if m["killed"] and not m["injured"] else "injured", n)
            )
    got.sort()
    i = 0
    while i < len(got):
        a, b, kind, n = got[i]
        value = {kind: n}
        if (
            i + 1 < len(got)
            and got[i + 1][2] != kind
            and re.fullmatch(
                r"(?:,| and|, and|\s|while|another|a further|soldiers?|people|others?|civilians?)*",
                s[b : got[i + 1][0]],
            )
        ):
            i += 1
            b = got[i][1]
            value[got[i][2]] = got[i][3]
        part = _OF_THEM.match(s[a:b])
        yield Found("casualties", value, a, b, a, subset=n if part else None)
        i += 1


def _damage(s: str, line: Line) -> Iterator[Found]:
    none = [m for m in _NO_DAMAGE.finditer(s) if line.open(m.start())]
    for m in none:
        yield Found("damage", "none", m.start(), m.end(), m.start(), (), "negated")
    for m in _DAMAGE.finditer(s):
        if any(n.start() <= m.start() < n.end() + 1 for n in none) or not line.open(m.start()):
            continue
        if unproved(s, m.start()):
            continue
        if m["how"]:
            value = _DEGREES[m["how"].lower()]
        elif m["degree"]:
            value = m["degree"].lower()
        elif m["to"]:
            value = m["to"]
        elif m["what"]:
            value = re.sub(r"^(?:.* and|the|an?) ", "", m["what"], flags=re.I)
        elif m["fire"]:
            value = "fire"
        elif m["plain"]:
            if not re.search(r"damag", m.group(), re.I):
                continue
            value = (
                "reported"
                if re.match(r"damage", m["plain"], re.I)
                else re.sub(r"^(?:the|an?) ", "", m["plain"])
            )
        yield Found("damage", value, m.start(), m.end(), m.start())
