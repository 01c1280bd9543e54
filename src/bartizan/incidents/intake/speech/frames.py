"""Reporting frames of one sentence: the verb, its subject, and the words that it reports.

In: a sentence.  Out: `Frame`s, left to right.  Does not: look beyond the sentence: whose "he"
is, the scopes say.

"X told Y" puts Y (an agency) outside X; "X, quoting Z, said" puts X outside Z.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bartizan.incidents.intake.speech.speakers import HEADS, PAPER, PRONOUN, person

_VERB = (
    r"said|says|saying|told|announced|announces|reported|reports|confirmed|confirms|added|stated|states|explained|indicated|noted|revealed|declared"
    r"|wrote|tweeted|posted|denied|denies|stressed|pointed out|disclosed|affirmed|mentioned|clarified|acknowledged|showed|show|shows"
    r"|claimed|insisted|warned|admitted|informed|underlined|asserted|published|recalled|estimated|assessed|tells|writes|adds|notes|maintained"
    r"|specified|emphasi[sz]ed|reiterated|alleged|recounted|accused|accuses|concluded|insists|concedes|conceded|warns|admits|explains|stresses|maintains|acknowledges"
    r"|say|claims|argued|argues|affirms|indicates|declares|remarked|commented|testified|replied|described|describes|suggested|suggests|recounts|complained|believes?"
    r"|put(?= (?:it|the (?:\w+ ){0,2}(?:toll|dead|number|count|figure|wounded|injured))\b)|counted|logged|spoke(?= of\b)"
)
_REPORT = re.compile(rf"\b(?P<verb>{_VERB})\b", re.I)
_PARTICIPLE = re.compile(
    r"\bwho (?:also )?added that\b|(?:,|\band)\s+(?:adding|noting|stressing|pointing out|explaining|indicating|confirming|saying|blaming|stating|and added|claiming|accusing"
    r"|causing|killing|wounding|injuring|calling|describing|damaging|leaving|sparking|setting|forcing)\b",
    re.I,
)
_GOES_ON = re.compile(  # "..., he said, and its wreckage fell", "..., his office said; no one was"
    rf"(?:{_VERB})(?: on \w+)?(?:[;:]\s(?![“\"])|,\s+(?:and|but)\s)", re.I
)
_DONE = re.compile(  # nothing of what is said follows the verb
    r"(?: (?:on|in|via) (?:X|Twitter|Telegram|Facebook|\w+day(?: \w+)?|(?:an?|its|his|her) (?:\w+ )?"
    r"(?:statement|post|briefing|tweet|message|interview|conference|video)))*\s*(?:[,.;]|:(?! [“\"])|$)"
)
_LEAD = re.compile(
    r"^(?:\d{1,2}[:.]\d\d(?: ?(?:GMT|UTC|local(?: time)?|[ap]\.?m\.?))?\s*[-–—:]?\s+)?(?:(?:and|but|while|as)\s+)?(?:(?:For (?:his|her|its|their) part|Meanwhile|However|Earlier|Later|In turn|In addition|Urgent|Also|Separately"
    r"|On (?:\w+day)(?: \w+)?|Yesterday|Today|(?:In|on) (?:an?|the|its) [^,]{0,40}?(?:statement|briefing|tweet|conference|post)[^,]{0,40}"
    r"|In a [^,]{3,40}|(?:On|At) (?:about |around )?\d[\w:. ]{0,28}?(?= (?:the|an?) [a-z]))(?:,\s*\w+day)?\s*,?\s+)*",
    re.I,
)
_TRAIL = re.compile(
    r"(?:\s|,)+(?:also|later|briefly|earlier|officially|however|meanwhile|both|has|have|had|in (?:a|an|its) (?:\w+ )?statement(?: on \w+)?|on \w+day|then|further)\s*,?\s*$",
    re.I,
)
_CITING = re.compile(
    r"(?<!without),?\s+(?:quoting|citing|quoted|quotes|cites|on the authority of)\s+", re.I
)
FINITE = re.compile(
    r"\b(?:is|was|were|are|has|have|had|will|would|did|hit|struck|fell|landed|caused|attacked|targeted|shot|downed|intercepted|came|fired|launched|resumed|reopened|closed|suspended|diverted)\b"
)
QUOTES = re.compile(r"“[^”]*”?|\"[^\"]*\"?")
_OPENING = re.compile(r"(^|[\s(\[—–-])\"")
_SAYING = re.compile(r"[^.;]*?,\s+(?:saying|noting|adding|stating)(?: that)?\b")


class Frame(NamedTuple):
    """One reporting verb of a sentence, offsets inside the sentence.

    nested: stands inside the complement of the frame before   trailing: speaks of what is before
    """

    start: int
    subject: tuple[str, ...]
    said_to: str | None
    cited: str | None
    a: int
    b: int
    nested: bool
    trailing: bool
    narrow: bool = False


def frames_of(s: str) -> list[Frame]:
    """The reporting frames of a sentence, left to right."""
    s = curled(s)
    hidden = _mask(s)
    frames: list[Frame] = []
    for m in _REPORT.finditer(hidden):
        f = _frame(s, hidden, m, frames)
        if f is not None:
            frames.append(f)
    frames += _according(s, hidden, frames)
    head = re.match(r"(?:Urgent: )?(?P<who>[A-Z][^:.,“\"]{3,60}):\s", s)
    if head and not frames and HEADS.search(head["who"]) and not FINITE.search(head["who"]):
        frames.append(Frame(0, (head["who"],), None, None, head.end(), len(s), False, False))
    frames.sort(key=lambda f: f.start)
    return _bounded(frames, s)


def curled(s: str) -> str:
    """Straight quotation marks as opening and closing ones; every offset stays."""
    return _OPENING.sub(r"\1“", s).replace('"', "”")


def _mask(s: str) -> str:
    """Quoted words blanked, so that verbs inside quotes report nothing; length kept."""
    return QUOTES.sub(
        lambda q: (
            q.group()[0] + "\x01" * (len(q.group()) - 2) + q.group()[-1]
            if len(q.group()) > 1
            else q.group()
        ),
        s,
    )


def _frame(s: str, hidden: str, m: re.Match[str], before: list[Frame]) -> Frame | None:
    verb = m["verb"].lower()
    after = hidden[m.end() :]
    if re.match(r"\s+to (?:have been|be)\b", after) or re.search(
        r"\b(?:was|were|is|are|been|be|as|to|not|not yet)\s+$", hidden[: m.start()]
    ):
        return None
    if verb == "saying" or (
        verb in ("reports", "report", "posted", "published")
        and not re.match(r"\s+that\b", after)
        and not (verb == "reports" and _DONE.match(after))
    ):
        return None
    narrow = (
        verb == "claimed"
        and re.match(r"\s+(?:responsibility|the (?:attack|operation)|it\b.{0,9}attack)", after)
        is not None
    )
    subject, start = _subject(hidden, m.start(), verb in _STRONG)
    if subject is not None and re.match(r"(?:no|nobody|none)\b", subject, re.I):
        return None
    inverted = None
    if subject is None:
        inverted = re.match(r"\s+(?P<who>(?:the |an? )?[^,.“\"\x01]{3,80})", after)
        if (
            not inverted
            or not re.search(
                r"[,”\"\x01]\s*(?:(?:earlier|later|also|then) )?$", hidden[: m.start()]
            )
            or (not HEADS.search(inverted["who"]) and not re.match(r"[A-Z]", inverted["who"]))
        ):
            return None
        subject, start = inverted["who"], m.start()
        beside = re.match(
            r",\s(?P<role>(?:the |an? )?[^,.“\"\x01]{3,60}?)(?= where | who | which |[,.;“]|$)",
            after[inverted.end() :],
        )
        subject = re.sub(r" who\b.*$", "", subject)
        if beside and (
            (_proper(subject) and HEADS.search(beside["role"]))
            or (HEADS.search(subject) and _proper(beside["role"]) and person(beside["role"] + " "))
        ):
            subject += beside.group()
    said_to = cited = None
    end = m.end() + (inverted.end() if inverted else 0)
    if verb in ("told", "informed") or (verb == "confirmed" and re.match(r"\s+to\b", after)):
        to = re.match(
            r"\s+(?:to )?(?P<to>(?:the |our |a )?(?:\w+ )?(?:correspondent of [A-Z][\w -]+?|[A-Z][\w’'-]+(?:[ -][A-Z][\w’'-]+)*(?: (?:news agency|agency|TV|television|correspondent))?|state news agency|reporters|correspondent|journalists))(?=\s+that\b|[,.]|\s+on\b|\s+in\b|\s*$|\s+(?:the|two|a|one)\b)",
            after,
        )
        if to:
            said_to = to["to"]
            end = m.end() + to.end()
    names, cited = _parts(subject)
    late = _CITING.search(after)
    if cited is None and late and not _REPORT.search(after[late.end() :]):
        cited = re.split(r",| that |\.", after[late.end() :])[0]
    rest = hidden[end:].strip(" .”\"'")
    speech_tail = not (FINITE.search(rest) and verb in ("told", "said")) and re.match(
        r"^(?:,\s*)?(?:(?:in|on|during|to|at|by|via|late|early|yesterday|today|speaking|without|after|[A-Z]\w+day)\b[^,]{0,70}(?:,\s*(?:speaking|on condition|without)[^,]*)?)?$",
        rest,
    )
    complement = (
        re.match(
            r"\s*(?:(?!,\s+(?:later |also )?\w+ing\b)[\w ,]{0,40}?\bthat\b|,?\s*[“\"])",
            hidden[end:],
        )
        is not None
    )
    body_before = len(hidden[:start].strip(" ,")) > 12 and not re.match(
        r"^(?:For|In|On)\b[^,]*,$", hidden[:start].strip()
    )
    trailing = bool(inverted) or (
        body_before
        and not complement
        and (
            bool(speech_tail)
            or rest == ""
            or re.match(
                r"^[,.;]?\s*(?:later \w+ing|also \w+ing|raising|revising|blaming|adding|causing|killing|wounding|injuring|damaging|leaving|sparking|setting|forcing|and that|citing|quoting|speaking|noting|according)",
                rest,
            )
            is not None
        )
    )
    aside = re.match(r"(?:While|Although|Though|When|As|After|Before)\b", hidden)
    closed = (
        not aside
        and re.search(r"[,”\"]\s*$", hidden[:start])
        and (len(hidden[:start]) > 25 or FINITE.search(hidden[:start]) is not None)
    )
    quote = re.search(r"[”\"\x01]\s*$", hidden[:start])  # nothing but the quote can be said
    if (quote or (closed and (_DONE.match(hidden[end:]) or verb == "told"))) and not complement:
        trailing = True  # "..., the office said, killing six"; "..., she told a briefing"
    that = re.search(r"\b(?:that|noting|adding)\s+$", hidden[:start]) is not None
    nested = bool(before) and not trailing and that
    if narrow:
        more = _SAYING.match(hidden, m.end())
        reach = len(s) if more else m.end() + 20
        return Frame(start, names, None, None, start, reach, False, False, True)
    if trailing:
        return Frame(start, names, said_to, cited, 0, start, False, True)
    return Frame(start, names, said_to, cited, end, len(s), nested, False)


_STRONG = frozenset(
    ("said", "says", "told", "tells", "wrote", "added", "announced", "recalled", "insisted")
)
_PLAIN = re.compile(  # a speaker of no known kind: "the league", "one electrician"
    r"(?:the|an?|one|another|two|several|some|its|their|his|her) [\w’'-]+(?: (?!said\b)[\w’'-]+){0,6}$",
    re.I,
)


def _subject(hidden: str, v: int, strong: bool = False) -> tuple[str | None, int]:
    """The subject of a verb at `v` and where it starts; None when no speaker stands there."""
    left = hidden[:v]
    left = _TRAIL.sub("", left + " ").rstrip()
    left = _TRAIL.sub("", left + " ").rstrip()
    cut = 0
    for m in re.finditer(
        r"\bthat\s+|,?\s(?:and|but|while|whereas)\s+|;\s+|[”\"],?\s+|—\s*|\)\s*[-–—]\s+|:\s+|\w/\s+|\bas\s+|\bafter\s+",
        left,
    ):
        tail = left[m.end() :].strip(" ,")
        if not HEADS.search(tail) and not PRONOUN.match(tail) and not _proper(tail):
            continue
        if m.group().strip() == "and" and _joint(left[cut : m.start()].rsplit(", ", 1)[-1], tail):
            continue
        if (
            m.group().strip() == "and"
            and re.search(
                r"(?:^|[,;] )(?:[A-Z][\w.’'-]* ){0,2}[A-Z][\w.’'-]*$", left[cut : m.start()]
            )
            and re.match(r"[A-Z]\w* \w", tail)
        ):
            continue  # "Iraqi and US officials"
        cut = m.end()
    piece = left[cut:]
    lead = _LEAD.match(piece)
    if lead and lead.end() < len(piece):
        cut += lead.end()
        piece = left[cut:]
    if what := re.match(r"[Aa]ccording to what\s+", piece):
        cut += what.end()
        piece = left[cut:]
    parts = [p for p in re.finditer(r"[^,]+", piece) if p.group().strip()]
    if not parts:
        return None, v
    k = len(parts) - 1
    while k >= 0:
        text = parts[k].group().strip()
        if re.fullmatch(r"(?:aged )?\d{1,2}", text) and k > 0:
            k -= 1  # "Rashid Amin, 24, said"
            continue
        if (
            re.match(
                r"(?:who|whose|which|citing|quoting|speaking|requesting|asking|declining|insisting|preferring|wishing|not authori[sz]ed|on condition)\b",
                text,
            )
            and k > 0
        ):
            k -= 1
            continue
        break
    text = parts[k].group().strip()
    if text.endswith(" who"):
        return None, v  # "..., said a source who added that ..."
    plain = strong and _PLAIN.match(text) is not None
    if not (HEADS.search(text) or PRONOUN.match(text) or _proper(text) or plain) or (
        FINITE.search(re.sub(r"\bwho\b.*", "", text)) and not PRONOUN.match(text)
    ):
        return None, v
    inner = _REPORT.search(text)  # "an official confirmed the attack but said"
    if inner and inner.start() > 4 and inner.end() < len(text):
        return text[: inner.start()].strip(" ,"), cut + piece.index(text)
    if k > 0:
        prior = parts[k - 1].group().strip()
        apposed = (
            HEADS.search(prior)
            and not FINITE.search(prior)
            and len(prior.split()) <= 8
            and not re.match(r"(?:a|an|the) (?:\w+ )?attack|\w+ing ", prior)
        )
        if (apposed and (_proper(text) or person(prior))) or (
            _proper(prior)
            and person(prior + " ")
            and HEADS.search(text)
            and not FINITE.search(prior)
        ):
            k -= 1
        elif _proper(prior) and re.match(r"(?:an?|the) ", text) and not FINITE.search(prior):
            k -= 1  # "the Counter-Terrorism Group, a security body, said"
    start = cut + parts[k].start()
    start += len(left[start:]) - len(left[start:].lstrip(" ,"))
    return left[start:].strip(" ,"), start


def _proper(text: str) -> bool:
    """Whether words are a bare proper name."""
    words = re.sub(r"^The (?=[A-Z])|\b(?:al|bin|de|the)\b-?", "", text).split()
    return (
        0 < len(words) <= (8 if "(" in text else 5)
        and all(w[0].isupper() or w[0] == "(" for w in words)
        and not re.fullmatch(r"(?:On|In|At|The|A|An|For|But|And)", words[0])
    )


def _joint(left: str, right: str) -> bool:
    """Whether "left and right" are two speakers of one verb."""
    left = _LEAD.sub("", left.strip())
    return (
        bool(HEADS.search(left))
        and not FINITE.search(left)
        and len(left.split()) <= 6
        and "," not in left
        and "," not in right
        and len(right.split()) <= 6
    )


def _parts(subject: str) -> tuple[tuple[str, ...], str | None]:
    """A subject as its joint speakers and the one they cite."""
    cited = None
    m = _CITING.search(subject)
    if m:
        cited = subject[m.end() :].strip(" ,")
        subject = subject[: m.start()]
    subject = re.sub(r",\s*(?:who|which)\b.*$", "", subject).strip(" ,")
    m = re.search(r"\s+and\s+", subject)
    if m and _joint(subject[: m.start()], subject[m.end() :]):
        return (subject[: m.start()], subject[m.end() :]), cited
    m = re.match(r"(?P<role>[^,]+), (?P<name>[^,]+)$", subject)
    if m and _proper(m["name"]) and re.search(r"correspondent|reporter", m["role"]):
        return (f"{m['name']}, {m['role']}",), cited
    return (subject,), cited


def _according(s: str, hidden: str, others: list[Frame]) -> list[Frame]:
    """Frames of "according to X" and "..., X quoted Y as saying"."""
    out = []
    for m in re.finditer(
        r"(?:^|[,;]\s+)(?P<who>[^,;“\"\x01]{3,60}?) (?:quoted|cited) (?P<by>[^,;“\"\x01]{3,60}?) as saying\b",
        hidden,
    ):
        last = m.end() > len(s) - 12
        a, b = (0, m.start()) if last else (m.end(), len(s))
        out.append(Frame(m.start("who"), (m["who"],), None, m["by"], a, b, False, last))
    for m in re.finditer(
        r"\b[Aa]ccording to (?P<what>what )?(?P<who>[^,.;“\"\x01]+?)(?=,|\.|;|$| that\b| on \w+day)",
        hidden,
    ):
        who = m["who"]
        if m["what"] or not (
            HEADS.search(who) or _proper(who) or PAPER.match(who) or PRONOUN.match(who)
        ):
            continue
        names, cited = _parts(who)
        if m.start() < 3:
            out.append(Frame(0, names, None, cited, m.end(), len(s), False, False))
        else:
            out.append(Frame(m.start(), names, None, cited, 0, m.start(), False, True))
    return out


def _bounded(frames: list[Frame], s: str) -> list[Frame]:
    """Each frame ends where the next one of its level begins, and begins where one ended."""
    out: list[Frame] = []
    for i, f in enumerate(frames):
        a, b = f.a, f.b
        if f.trailing:
            ended = [g for g in frames[:i] if not g.narrow and g.start < f.start]
            if ended:
                last = ended[-1]
                joints = [
                    m.end()
                    for m in re.finditer(r"[;.]\s|,\s(?:and|but|while)\s", s[: f.start])
                    if m.start() > last.start
                ]
                a = max(
                    [last.start + 1 if last.trailing else (joints[-1] if joints else last.a), a]
                )
        else:
            for g in frames[i + 1 :]:
                if g.trailing:
                    joints = [
                        m.start()
                        for m in re.finditer(r"[;.]\s|,\s(?:and|but|while)\s", s[: g.start])
                        if m.start() > f.a
                    ]
                    b = min(b, joints[-1] if joints else b)
                elif not g.nested:
                    b = min(b, g.start)
                    break
        tail = _PARTICIPLE.search(s, f.b if f.trailing else len(s))
        if f.trailing and tail is None:
            tail = _GOES_ON.search(s, f.start)
        out.append(f._replace(a=a, b=b))
        if f.trailing and tail:
            out.append(f._replace(a=tail.start(), b=len(s), trailing=False))
    return out
