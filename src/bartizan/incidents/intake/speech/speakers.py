"""Speakers by the words that name them: what kind, named or not, of whom.

In: the words of a name.  Out: `Speaker`, and the attribution of a chain of them.
Does not: know who is right, or name a person who is not named.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bartizan.incidents.intake.text import Page


class Speaker(NamedTuple):
    """One link of a chain; the name stands in the text (the page's own may not)."""

    name: str
    kind: str
    named: bool
    affiliation: str | None = None


Chain = tuple[Speaker, ...]


_MEDIA = (
    r"correspondents?|reporters?|news(?:paper| agency)?|agency|television|TV|radio|channel|network|Reuters|AFP"
    r"|Agence France-Presse|Associated Press|AP|Al[- ]?Jazeera|Al[- ]?Arabiya|BBC|CNN|TASS|RIA|Interfax|Anadolu|Rudaw"
    r"|Radio|News|Television|Newspaper|Gazette|Herald|Tribune|Telegraph|outlets?|websites?|portals?|Shafaq|Al[- ]?Sumaria|SANA|SPA|INA|IRNA|Fars|Tasnim|NINA|Kurdistan 24|Bloomberg|Press"
)
_ARMED = (
    r"Islamic Resistance|Resistance|Houthis?|Ansar ?[Aa]llah|Hezbollah|Hizbollah|Kata[’']?ib|Brigades?|brigades|Saraya|Liwa|militias?"
    r"|factions?|Rapid Support Forces|RSF|Taliban|Boko Haram|JNIM|[Ss]habaab|PKK|YPG|Wagner|dissidents|guerrillas?|separatists|jihadists?|gunmen|cartel|Hamas|ISIS|ISIL|Daesh|Islamic State|Ashab|group|movement|rebels|insurgents|militants"
)
_ORG = (
    r"army|military|ministry|authority|authorities|security cell|media cell|cell|command|CENTCOM|coalition|police|government|forces?|air force"
    r"|navy|Pentagon|White House|Kremlin|administration|department|directorate|service|NATO|OIR|embassy|presidency|council|office"
    r"|Operations agency|(?:energy|intelligence|aviation|nuclear|border|protection|safety|space|crime) agency"
    r"|commission|committee|bureau|inspectorate|regulator|general staff|prison service|mission|task ?force|operation|prosecutors?|junta|state operator|grid operator|apparatus|staff|council|unit|fleet|coast ?guard"
    r"|Operations|(?:Information|Management|Security|Coordination|Crisis) Cent(?:er|re)|Headquarters|Fleet|Corps|Revolutionary Guards?|Guard Corps|IRGC|National Guard|agencies|security|statement|defen[cs]e|emergency|governorate|municipality|border guards?"
)
_OTHER_ORG = r"monitor|watchdog|league|club|utility|carrier|airport|refinery|university|institute|think[- ]tank|party|port|foundation|federation|exchange|supplier|manufacturer|consultancy|observatory|rescue service|Red Crescent|Red Cross|ambulance|hospital|airline|company|cooperative|firm|shipowner|plant|press service|managers?|owners?|insurer|management|charity|union|association|operator|Aramco|DTEK"
_PERSON_TITLE = (
    r"spokes(?:man|woman|person)|minister|governor|mayor|commander|chief|president|general|Gen|Col|colonel|Maj|major|Lt|Brig"
    r"|Capt|captain|Adm|director|head|secretary|ambassador|officer|official|lawmaker|MP|superintendent|sergeant|Sgt|constable|chancellor|premier|commissioner|prosecutor|judge|envoy|lieutenant|brigadier|admiral|warden|controller|sheriff|marshal|senator|congress(?:man|woman)|speaker|figure|politician|leader|aide|advis[eo]r"
)
HEADS = re.compile(
    rf"\b(?:{_MEDIA}|{_ARMED}|{_ORG}|{_OTHER_ORG}|{_PERSON_TITLE}|officials|officers|soldiers?|troops|controllers|sources?|witness(?:es)?|eyewitness(?:es)?"
    r"|residents?|neighbou?rs?|passengers?|drivers?|farmers?|shopkeepers?|survivors?|onlookers?|passers?-by|hikers?|anglers?|engineers?|workers?|employees?|tourists?|fishermen"
    r"|reports|media|experts?|analysts?|professors?|researchers?|historians?|lawyers?|locals|inspectors?|investigators?|diplomats?|bloggers?|villagers?|shepherds?|fisherm[ae]n|captain|skipper|(?:ship[’']s )?master|images?|videos?|footage|pictures|photos|photographs|clips?)\b",
    re.I,
)
PAPER = re.compile(  # speaks only in "according to"
    r"^(?:an? |the |its |their )?(?:[\w-]+ ){0,3}?(?:inquiry|investigation|report|review|document|assessment|study|bulletin|notice|advisory|log)s?\b",
    re.I,
)
_TAIL = re.compile(
    r",? (?:fighting|battling|against|seen|shared|published|backed by|led by|monitoring|investigating|responsible for|based in|operating|working|that|which|who|sent to|deployed)\b.*$",
    re.I,
)
_COMPANY = re.compile(
    r"\b(?:ASA|Inc|Ltd|LLC|PLC|plc|AG|NV|GmbH|Corp|Corporation|Airlines|Airways|Control|Power|Oil|Gas|Grid|Systems|Airport|Group|Holdings|Petroleum|(?<!of )Energy)\.?$"
)
_IMAGE = re.compile(r"\b(?:images?|videos?|footage|pictures|photos|photographs|clips?)\b", re.I)
PRONOUN = re.compile(r"^(?:he|she|it|they|him|her|them)$", re.I)


def classify(name: str) -> str:
    """What kind of speaker a name is, by its words alone."""
    low = name.strip()
    head = _TAIL.sub("", low)
    if head != low and HEADS.search(head):
        low = head  # "the coalition fighting the Houthis" is the coalition
    return _plainly(low) or _by_office(low)


def _plainly(low: str) -> str | None:
    """The kind where one word settles it, whatever stands about it."""
    if _IMAGE.search(low) and not re.search(r"\b(?:correspondent|agency)\b", low, re.I):
        return "image"
    if re.search(
        r"\b(?:eye)?witness(?:es)?\b|\bresidents?\b|\blocals\b|\bvillagers?\b|\bshepherds?\b|\bneighbou?rs?\b|\bpassengers?\b|\bdrivers?\b"
        r"|\bfarmers?\b|\bshopkeepers?\b|\bsurvivors?\b|\bonlookers?\b|\bpassers?-by\b|\bhikers?\b|\banglers?\b|\bengineers?\b|\bworkers?\b|\bemployees?\b|\btourists?\b|\bfisherm[ae]n\b|\b(?:skipper|master)(?:$| of\b)",
        low,
        re.I,
    ):
        return "witness"
    if re.search(r"\b(?:Telegram )?channel\b", low) and not re.search(
        rf"\b(?:{_ORG})\b[’']?s?", low
    ):
        return "media"
    if re.search(
        r"\bDirectorate[- ]General\b|\bGeneral (?:Directorate|Security|Authority|Command|Administration)\b|\bHigh Command\b",
        low,
    ) and not person(low):
        return "official_org"
    if re.search(
        r"\b(?:experts?|analysts?|professors?|researchers?|historians?|lawyers?)\b", low, re.I
    ):
        return "person"
    if re.search(
        r"\b(?:maritime|energy|space|nuclear|safety|aviation|crime|intelligence|protection|border|security|disaster|relief|emergency|police|management|UN|counter-?terror\w*) agenc(?:y|ies)\b|\bMaritime Trade Operations\b|\bUKMTO\b",
        low, re.I,
    ):  # fmt: skip
        return "official_org"
    if re.search(
        r"-(?:run|owned|affiliated|linked) (?:.*\b(?:TV|television|channel|agency|radio|newspaper)|[A-Z]{3,}\w*)$",
        low,
    ):
        return "media"
    if re.search(r"\b(?:medics|doctors|paramedics|rescuers|firefighters)\b", low, re.I):
        return "other_org"
    if re.search(
        r"\b(?:media|press|local|news|initial|unconfirmed) reports\b|^(?:\w+ )?reports$|\b(?:local|state|social|foreign|national|Iraqi|Russian) media$"
        r"|\b(?:media|news) (?:outlets?|sites?|portals?|websites?|organi[sz]ations?|agencies)\b|\boutlets?\b",
        low, re.I,
    ) and not re.search(r"\bofficials?\b", low):  # fmt: skip
        return "media"
    if PAPER.search(low):
        return (
            "official_org"
            if re.search(rf"\b(?:{_ORG}|FBI|CIA|DHS|FAA|TSA|MI5)\b", low, re.I)
            else "other_org"
        )
    if _COMPANY.search(low):
        return "other_org"
    return None


def _by_office(low: str) -> str:
    """The kind by title, then by what the organisation is."""
    titled = re.search(rf"\b(?:{_PERSON_TITLE})\b", low, re.I)
    if re.match(r"(?:an? |the |two |three |several |some )?(?:[\w-]+ ){0,2}sources?\b", low, re.I):
        return (
            "official_anonymous"
            if re.search(r"\bofficial sources?\b", low, re.I)
            else "anonymous_source"
        )
    if m := re.search(r"\b(?:office|press service|general staff|prosecutors)$", low, re.I):
        plant = re.search(rf"\b(?:{_OTHER_ORG})[’']?s?\b", low[: m.start()], re.I)
        return "other_org" if plant else "official_org"
    if re.search(r"\bsources?\b", low, re.I):
        return (
            "official_anonymous"
            if re.search(r"\bofficial sources?\b", low, re.I)
            else "anonymous_source"
        )
    if re.search(r"\b(?:correspondents?|reporters?)\b", low, re.I):
        return "media"
    if re.search(rf"\b(?:{_ARMED})\b", low) and not re.search(
        r"\bgroup of\b|\bcounter-?terror", low, re.I
    ):
        return "armed_group"
    if re.search(r"\b(?:union|association|federation|charity|foundation)\b", low, re.I) and not (
        re.search(r"\b(?:of|for|at) .*\b(?:union|association)\b", low) and titled
    ):
        return "other_org"
    if re.search(r"\bGeneral Staff\b", low):
        return "official_org"
    if titled and (person(low) or not re.match(r"(?:the )?\w+ (?:Command|Ministry)\b", low)):
        return "official_named" if person(low) else "official_anonymous"
    if re.search(
        r"\bofficials|officers|diplomats?|inspectors?|investigators?|soldiers?|troops|servicem[ae]n|policem[ae]n|controllers\b",
        low,
        re.I,
    ):
        return "official_anonymous"
    if re.search(r"\bOperations agency\b", low):
        return "official_org"
    if re.search(r"\b(?:state|national|grid) (?:\w+ )?operator\b", low, re.I):
        return "official_org"
    if re.search(rf"\b(?:{_OTHER_ORG})\b", low, re.I):
        return "other_org"
    if re.search(r"\bMedia (?:Authority|Cell|Office)\b", low):
        return "official_org"
    if re.search(rf"\b(?:{_MEDIA})\b", low):
        return "media"
    if re.search(rf"\b(?:{_ORG}|counter-?terror\w*)\b", low, re.I):
        return "official_org"
    words = [w for w in re.findall(r"[\w’'.-]+", low) if w.lower() != "the"]
    if words and all(w[0].isupper() for w in words):
        initials = any(w.isupper() and len(w) > 2 for w in words)
        return "official_org" if len(words) == 1 else "other_org" if initials else "person"
    return "unknown"


def person(name: str) -> bool:
    """Whether a personal name (two capitalised words, no organisation) stands in a name."""
    name = re.sub(r"^(?:The|An?|And|But|In) ", "", name)
    if m := re.search(
        rf"^.*\b(?i:{_PERSON_TITLE})\b\.? (?P<who>(?:(?:al|bin|el|de|van|von)[ -])?[A-Z][\w’'-]+(?: (?:(?:al|bin|el|de|van|von)[ -])?[A-Z][\w’'-]+){{1,3}})$",
        name,
    ):
        if not re.search(rf"\b(?i:{_ORG}|{_MEDIA}|{_PERSON_TITLE})\b", m["who"]):
            return True
    if re.search(  # "the Minister of Health, Hassan al-Ghabbash"
        rf"\b(?i:{_PERSON_TITLE})\b[^,]*, [A-Z][\w’'-]+(?: (?:(?:al|bin|el|de|van|von)[ -])?[A-Z][\w’'-]+){{0,3}}$",
        name,
    ):
        return True
    for m in re.finditer(r"\b[A-Z][\w’'-]+\.?(?: (?:(?:al|bin|el) ?)?[A-Z][\w’'-]+){1,4}", name):
        words = m.group().split()
        rest = [w for w in words if not re.fullmatch(rf"(?:{_PERSON_TITLE})\.?", w, re.I)]
        if len(rest) >= 2 and not re.search(
            rf"\b(?:{_ORG}|{_MEDIA}|US|Central|Joint|Security|United|Islamic|Interior|Defen[cs]e|Counter|Foreign|Air|Revolutionary|International)\b", m.group(), re.I,
        ):  # fmt: skip
            return True
    return bool(
        re.search(
            r"\b(?:Gen|Col|Maj|Lt|Capt|Adm|Brig|General|Colonel|President|Minister)\.? (?!Staff|Directorate|Command|Security|Secretariat)[A-Z][a-z]",
            name,
        )
    )


def _affiliation(name: str) -> str | None:
    m = re.search(
        r"\b(?:in|of|from|at|with|for) (?:the )?((?:international |US-led |local )*[\w’'-]+(?: [\w’'-]+){0,3})$",
        name,
    )
    if m:
        word = m[1].strip()
        return "international coalition" if word == "coalition" else word
    m = re.search(
        r"\b(coalition|army|police|security|military|ministry|Kurdish|Iraqi|US|American)\b", name
    )
    return m[1] if m else None


def speaker(name: str) -> Speaker:
    """A link of a chain from the words that name it."""
    name = re.sub(r"\s+", " ", name.strip(" ,;:"))
    name = re.sub(r"^(?:both|and|by|that)\s+|, (?:aged )?\d{1,2}$", "", name)
    kind = classify(name)
    anonymous = kind in ("official_anonymous", "anonymous_source", "witness", "unknown", "image")
    if kind in ("official_org", "armed_group", "image") or (kind == "media" and " " in name):
        name = re.sub(r"^[Tt]he (?=\S)", "", name)
    return Speaker(
        name,
        kind,
        kind == "image" or not anonymous,
        _affiliation(name) if anonymous and kind != "image" else None,
    )


def attribution(chain: Chain) -> str:
    """The kind under which a claim stands: that of the innermost, the page's own otherwise."""
    if len(chain) == 1:
        return "media_own"
    last = chain[-1]
    own = chain[0].name.replace(" (page text)", "")
    if last.kind == "media":
        mine = re.search(r"\b(?:correspondents?|reporters?)\b", last.name, re.I) or own in last.name
        return "media_own" if mine and all(s.kind == "media" for s in chain) else "media"
    return last.kind


def publisher(page: Page, said: str | None) -> Speaker:
    """Who publishes the page: as a person said, else the house whose correspondent speaks."""
    name = said
    if name is None:
        m = re.search(r"\b((?:[A-Z][\w-]+ ?){1,3})(?:[’']s? )?correspondent\b", page.text[:20_000])
        head = page.text[:400]
        line = re.search(
            r"^[A-Z][A-Z ,./-]{2,40}(?:[A-Z][a-z]{2,8}\.? \d{1,2},? ?(?:\d{4} )?)?\((Reuters|AFP|AP|[A-Z][\w -]{1,20})\) ?[-—–]",
            head,
            re.M,
        )
        name = (
            line[1]
            if line
            else re.sub(r"^(?:An?|The|Our) ", "", m[1].strip())
            if m
            else "publisher"
        )
    return Speaker(f"{name} (page text)", "media", name != "publisher")
