"""The field's words: what comes, what becomes of it, who is hurt, and their translations.

In: nothing.  Out: tables and patterns over the English of agencies, armies and machine
translation.  Does not: decide what a sentence says; the rules do.

Trap words are those that translation from Arabic puts in place of the field's own:
"musayyara" (drone) comes out as march, rally or plane, "usqitat" (shot down) as dropped,
"mufakhkhakha" (explosive-laden) as booby-trapped, "tabanna" (claimed) as adopted,
"khassa" (own) as special.
"""

from __future__ import annotations

import re

UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "twenty-first": 21, "twenty-second": 22,
    "twenty-third": 23, "twenty-fourth": 24, "twenty-fifth": 25, "twenty-sixth": 26,
    "twenty-seventh": 27, "twenty-eighth": 28, "twenty-ninth": 29, "thirtieth": 30,
    "thirty-first": 31,
}  # fmt: skip
VAGUE: dict[str, int | str] = {
    "several": "several", "a number of": "several", "a few": "several", "some": "several",
    "multiple": "several", "many": "many", "dozens of": "dozens", "scores of": "dozens",
    "hundreds of": "hundreds", "a couple of": 2, "a pair of": 2, "both": 2, "a dozen": 12,
    "half a dozen": 6, "a single": 1, "two dozen": 24, "a swarm of": "several",
    "a salvo of": "several", "a trio of": 3, "a barrage of": "several", "a group of": "several",
    "a score of": 20,
}  # fmt: skip
_TENS = (
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"-(?:one|two|three|four|five|six|seven|eight|nine)"
)
_VAGUE = "|".join(sorted((re.escape(k) for k in VAGUE), key=len, reverse=True))
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
NUMBER = rf"(?:{_TENS}|{_UNIT}|\d{{1,3}}(?:,\d{{3}})+|\d+)"
BOUND = (
    r"(?:at least|more than|over|up to|about|around|some|nearly|almost|as many as|no fewer than"
    r"|approximately|fewer than|less than)"
)
COUNT = rf"(?:{BOUND} )?(?:{_VAGUE}|{NUMBER})"
ORDINAL = "|".join(sorted(ORDINALS, key=len, reverse=True))

# --- what comes -------------------------------------------------------------------------
EXPLOSIVE = (
    r"booby[- ]trapped|explosives?[- ]laden|(?:bomb|warhead|grenade|munition|payload)[- ](?:laden|carrying|equipped|rigged|filled|armed)|explosives?[- ](?:rigged|carrying|filled|packed)|suicide|kamikaze"
    r"|one[- ]way(?: attack)?|armed|trapped|explosive|weaponi[sz]ed|attack"
)
_ADJ = (
    r"unidentified|hostile|enemy|unknown|small|large|Iranian(?:[- ]made|[- ]type)?|[A-Z]?\w+[- ]backed|Russian|Houthi"
    r"|Ukrainian|fixed[- ]wing|reconnaissance|surveillance|incoming|suspected|other|more|additional"
    r"|surface-to-surface|(?:short|medium|long|close|intermediate)[- ]range|\d+ ?mm|\d+[- ]millimet(?:er|re)|commercial"
    rf"|homemade|guided|unmanned|cheap|low-flying|{ORDINAL}|last|remaining|alleged|so-called|Turkish"
    r"|Israeli|Iraqi|heavy|light|modified|makeshift|(?:aircraft|plane|airplane|jet|helicopter)[- ]type"
    r"|jet[- ]powered|delta[- ]winged?|FPV|first[- ]person[- ]view|naval|land[- ]attack|strike|decoy|tactical|low-cost"
    r"|winged|(?:ballistic|cruise|winged) (?:and|or) (?:ballistic|cruise|winged)|mystery|lone|solitary|camera|hobby|toy|spy|military|miniature|mini|huge|black|white|gr[ea]y|home-built|four-rotor|hypersonic|supersonic|Katyusha|rogue|stray|wayward|unauthori[sz]ed|anti-ship|air-to-surface|foreign|improvised|mysterious|tiny|big|similar"
    r"|(?:(?:North|South) )?\w{3,}(?:ian|ean|ish|ese|stani)|Emirati|Yemeni|Saudi|Azeri|\w+-\w+(?:-\w+)?"
)
NOUN_UAV = (
    r"(?:planes?|aircrafts?) without (?:an? )?pilots?|pilotless (?:planes?|aircrafts?|drones?)"
    r"|drone planes?|drones?|UAVs?|UASs?|unmanned (?:aerial|air) vehicles?"
    r"|unmanned air(?:craft|planes?|crafts?)(?: systems?)?|unmanned planes?"
    r"|unmanned aerial (?:systems?|devices?|craft)|unmanned (?:apparatus(?:es)?|devices?|systems?)"
    r"|quadcopters?|multicopters?|octocopters?|uncrewed (?:aerial|air) (?:vehicles?|systems?)"
    r"|loitering munitions?|Shaheds?(?:[- ]\d+)?(?: drones?)?|Gerans?(?:-\d)?|Samad-\d|Qasef-\w+"
)
NOUN_TRAP = r"march(?:es|e)?|rall(?:y|ies)|planes?|aircrafts?|airplanes?|parades?"
NOUNS = {
    "usv": r"(?:sea|naval|surface|marine|maritime|underwater) drones?|drone boats?"
    r"|(?:unmanned|uncrewed) (?:surface|sea|underwater) (?:vessels?|vehicles?|boats?|craft)|(?:unmanned|uncrewed) boats?|USVs?",
    "ballistic_missile": r"ballistic missiles?",
    "cruise_missile": r"cruise missiles?",
    "rocket": r"(?:(?:Katyusha|Grad|Fajr(?:-\d)?)(?:[- ]type)? )?rockets?(?! launchers?)|Katyushas?(?! missiles?)",
    "mortar": r"mortars?(?: (?:shells?|rounds?|bombs?|grenades?|projectiles?))?",
    "missile": r"missiles?",
    "artillery": r"artillery (?:shells?|rounds?)|shells",
    "projectile": r"projectiles?",
    "uav": NOUN_UAV,
    "trap": NOUN_TRAP,
}
_NOUN = "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in NOUNS.items())
CARRYING = (
    r"(?P<carrying>(?:,? (?:rigged|laden|loaded|packed|fitted) with| carrying)"
    r" (?:an? )?(?:(?:improvised|homemade|high|plastic|small|military|powerful) )?"
    r"(?:explosives?|bombs?|warheads?|grenades?|munitions?|explosive (?:devices?|charges?)))?"
)
VEHICLE = re.compile(
    r"(?:\b(?P<det>the|these|those|all of the|all|our|their|its|another|each|no)\s+)?"
    rf"(?:\b(?P<count>{COUNT})\s+(?:of (?:the |these |those |them )?)?)?"
    rf"(?:\b(?P<whole>{NUMBER})\s+)?"
    r"(?:\b(?P<article>an?)\s+)?[“\"]?"
    rf"(?P<adjs>(?:\b(?:{EXPLOSIVE}|{_ADJ})[ ,]+)*)"
    rf"\b(?:{_NOUN})\b{CARRYING}",
    re.I,
)
# a vehicle word before one of these names a kind of deed or thing, not vehicles that came
ATTRIBUTIVE = re.compile(
    r"[ -](?:(?:and|or) (?:missile|rocket|drone)s? )?(?P<head>strikes?|attacks?|raids?|assaults?|bombing|bombardment"
    r"|fire|salvo|barrage|warfare|defen[cs]es?|systems?|technology|operators?|pilots?|makers?|unit"
    r"|program(?:me)?|threats?|shelling|incident|launch(?:ers?|es)?|parts|debris|wreckage|alerts?"
    r"|experts?|force|industry|war|capabilit\w+|sightings?|incursions?|deliver(?:y|ies)|flights?|drops?|overflights?|swarms?|intrusions?|activity|production|manufacturers?"
    r"|factory|stockpiles?)\b",
    re.I,
)
DRONE_WORD = re.compile(rf"\b(?:{NOUN_UAV})\b", re.I)
MANNED = re.compile(  # where one stands nearby a plane is a plane
    r"\b(pilots?|fighters?|warplanes?|airliners?|passengers?|F-\d+|jets?|bombers?|took off|flights?|crew"
    r"|tractor|farm\w*|airfields|airframes?|parked|squadrons?)\b",
    re.I,
)
PROTEST = re.compile(  # where one stands nearby a march is a march
    r"\b(protest\w*|demonstrat\w+|chant\w*|mourners?|participants?|thousands|crowds?|peaceful\w*"
    r"|organi[sz]ers?|commemorat\w+|marched|funeral|joined|marchers)\b",
    re.I,
)
AIR = re.compile(  # and a trap word needs one of these about it to be a drone
    r"\b(booby|explosive|dron\w*|unmanned|airspace|air (?:base|defen[cs]es?)|defen[cs]es?|sh[oo]*t"
    r" down|dropped|intercept\w*|downed|suppressed|jammed|electronic warfare|UAVs?|exploded|attacked|attack|targeted|targeting|thwarted)\b",
    re.I,
)

# --- what becomes of it -----------------------------------------------------------------
_SOFT = (  # to come down here is to crash, not to hit
    r"(?:(?:the|an?|some|open) )?(?:[\w-]+ ){0,2}?(?:yard|ground|field|sea|water|river|lake|forest|woods?"
    r"|mountain|hill\w*|garden|desert|farmland|trees?|scrub|grass|lawn|beach|soil|orchard|marsh|canal|bay|sand|meadow)\b"
)
OUTCOMES = (  # strongest first: of verbs joined by "and" the strongest is drafted
    ("shot_down", r"sh(?:oo|o)t(?:s|ing)?(?: [\w-]+){0,5}? down|shooting[- ]down"
     r"|down(?:ed|ing)|br(?:ought|inging|ing|ings)(?: [\w-]+){0,4}? down|t(?:ook|aken|aking)(?: [\w-]+){0,3}? down|toppled"
     r"|(?:knock|blast|blow|shoot|shot|blown|blew)(?:ed|ing)?(?: [\w-]+){0,4}? (?:down|out of the (?:sky|air))"),
    ("destroyed", r"destr(?:oy(?:ed|s|ing)?|uction)|neutrali[sz]ed|annihilated|eliminated"
     r"|wiped out|obliterated|(?:took|taken|taking) out"),
    ("intercepted", r"intercept(?:ed|ion|ing|s)?"),
    ("thwarted", r"thwart(?:ed|ing|s)?|foil(?:ed|ing|s)?|repel(?:led|ling|s)?|repuls(?:ed|ing|es)"
     r"|frustrat(?:ed|ing)|defeated|averted|prevented"
     r"|(?:beat|beaten|fought|fended|warded|driven|drove) (?:off|back)"),
    ("failed", r"unsuccessful(?:ly)?|fail(?:ed|ure)(?! to (?:say|comment|respond))|did not succeed"),
    ("jammed", r"jammed|(?:electronically )?suppressed|forced (?:\w+ )?(?:to land|down)"
     r"|(?:suppressed|disabled|neutrali[sz]ed) by (?:means of )?(?:\w+ )?(?:jamm\w+|electronic \w+)"),
    ("missed", r"missed|overshot|(?:fell|landed) harmlessly|fell short|landed short|did not (?:reach|hit) (?:its|their|the|our) (?:\w+ )?(?:targets?|compound|base|camp|walls?|airport|perimeter|facility|runway)"),
    ("crashed", rf"crash(?:ed|es|ing)(?! into(?! {_SOFT}))|crash-landed|came down|come down|coming down"
     r"|fell (?:to earth|from the sky|out of the sky)|plunged|plummeted|nose-?dived|ditched"),
    ("hit", r"hit(?:s|ting)?|str(?:uck|ikes|iking)|(?:slammed|smashed|ploughed|plowed|tore) into|impacted (?:in|on|near|at|inside|outside|the|a|an|it|them)|rammed(?: into)?"
     rf"|crash(?:ed|es|ing) into(?! {_SOFT})|flew into (?:the|an?)"
     r"|(?:fell|landed) (?:directly )?on(?! (?:(?:an?|the|its) )?(?:ground|runway|outskirts|road|border|night|grounds|\d|\w+day))"),
)  # fmt: skip
OUTCOME = {name: re.compile(rf"\b(?:{pattern})\b", re.I) for name, pattern in OUTCOMES}
STOPPED = ("shot_down", "destroyed", "intercepted", "thwarted", "jammed")
DROPPED = re.compile(r"\bdropp(?:ed|ing)\b|(?<=managed to )drop\b|(?<=able to )drop\b", re.I)
ATTACK_VERB = re.compile(
    r"\b(?:attack(?:ed|s|ing)?|target(?:ed|s|ing)|bomb(?:ed|arded)|shelled|struck|hit(?:s|ting)?"
    r"|(?:came|comes?|was|were) under (?:\w+ )?(?:attack|fire)|fired|launched|raided|stormed|assaulted|ambushed"
    rf"|(?:slammed|smashed|ploughed|plowed|tore) into|crashed into(?! {_SOFT})|rained)\b",
    re.I,
)
ATTACK_NOUN = re.compile(
    r"\b(?:attacks?|strikes?|bombing|bombardment|shelling|raid|assault)\b", re.I
)
ATTEMPT = re.compile(
    r"\b(?:tr(?:ied|ying|ies) to|attempt(?:ed|ing|s)?(?: to)?|sought to|wanted to|planned|planning"
    r"|aimed (?:at|to)|intended|threatened)\b",
    re.I,
)
MAYBE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|reportedly|allegedly|alleged|suspected|appears?|apparently"
    r"|believed|likely|probably|unconfirmed)\b",
    re.I,
)
NOT = re.compile(
    r"\b(?:no|not|never|none|neither|nor|without|nobody|nothing|no one|didn[’']t|wasn[’']t"
    r"|weren[’']t|haven[’']t|hasn[’']t)\b",
    re.I,
)
DENY = re.compile(r"\b(?:den(?:ied|ies|ying)|refut(?:ed|es)|dismissed|rejected|ruled out)\b", re.I)

# --- who defends ------------------------------------------------------------------------
DEFENDER = re.compile(
    r"\b(?:air[- ]defen[cs]es?|anti-aircraft|aircraft defen[cs]es?|defen[cs]es?|defensive"
    r"|C-RAM|Patriots?|Iron Dome|batter(?:y|ies)|forces?|army|troops|coalition|military|navy"
    r"|air force|warships?|destroyers?|crews?|jets|helicopters?|interceptors?|police"
    r"|Typhoons?|Rafales?|Mirages?|Eurofighters?|Gripens?|gunners?|soldiers|guards?|defenders?|units|assets|electronic warfare|missile systems?|Pantsir\S*"
    r"|S-[34]00|NASAMS|Gepards?|IRIS-T|frigates?|fighters|F-\d+s?|carrier|garrison|jammers?|(?:fire|combat|response) (?:groups?|teams?))\b",
    re.I,
)

# --- who and what is hurt ---------------------------------------------------------------
PERSON = (
    r"(?:people|persons?|soldiers?|troops?|contractors?|civilians?|personnel|service ?members?"
    r"|service(?:m[ae]n|wom[ae]n)|nationals?|citizens?|villagers?|firefighters?|inmates?|prisoners?|staff"
    r"|workers?|officers?|guards?|fighters?|members?|child(?:ren)?|girls?|boys?|wom[ae]n|m[ae]n"
    r"|others?|residents?|policem[ae]n|employees?|militants?|Americans?|Iraqis?|Syrians?|victims?"
    r"|passengers?|sailors?|crew(?: ?members?)?|foreigners?|Marines?|pilots?|bystanders?|of them"
    r"|airm[ae]n|seafarers?|labou?rers?|students?|farmers?|technicians?|engineers?|drivers?"
    r"|detainees?|paramedics?|rescuers?|medics?|patients?|journalists?|firem[ae]n|teenagers?|infants?"
    r"|pensioners?|shepherds?|fisherm[ae]n|dockers?|militiam[ae]n|gunm[ae]n|colleagues?|Syrian"
    r"|worshippers?|mariners?|operators?|peacekeepers?|travell?ers?|expatriates?|guardsm[ae]n|reservists?|servicemembers?|commuters?|tourists?|migrants?|nurses?|doctors?|crewm[ae]n|conscripts?)"
)
KILLED = (
    r"killed|dead|died|dies|deaths?|fatalit(?:y|ies)|martyred|martyrs?(?! brigades)"
    r"|lost (?:his|her|their) li(?:fe|ves)|killing|perished|(?:the|death) toll|the li(?:fe|ves) of"
)
INJURED = r"injur(?:ed|ies|y|ing)|wound(?:ed|s|ing)|hurt|hospitali[sz]ed|concussions?|treated for"
CASUALTY = re.compile(
    rf"\b(?:{KILLED}|{INJURED}|casualt(?:y|ies)|victims|(?:human|life)(?: (?:or|and) material)? loss(?:es)?"
    r"|loss(?:es)? (?:of|in) (?:human )?li(?:fe|ves)|unharmed|unhurt|harmed|unscathed)\b",
    re.I,
)
DAMAGE = re.compile(
    r"\b(?:damag(?:e[ds]?|ing)|material loss(?:es)?|loss(?:es)? (?:of|in) (?:property|equipment)"
    r"|losses|ablaze)\b",
    re.I,
)
WEAPON = re.compile(
    rf"\b(?:{NOUN_UAV}|{NOUNS['usv']}|rockets?|missiles?|mortars?|projectiles?|shells|warheads?|bombs?"
    r"|explosives?|booby[- ]trapped|Katyushas?|Grads?)\b",
    re.I,
)
NUMERAL = re.compile(
    rf"(?<![\w.:/-])(?:{NUMBER}|{ORDINAL}|dozens?|several|both|half|hundreds|scores)(?![\w:/])",
    re.I,
)


# --- a word of its field must stand in a claim -------------------------------------------
_ANY_FALL = r"f[ea]ll|land|dropped|crash|explod|came down|impact|wreck|debris|shot|shoot|down|intercept|destroy|before|over|above|airspace|outside|inside|near|in the|shown|seen"
TRIGGERS: dict[str, re.Pattern[str]] = {
    "event.attack": re.compile(rf"{ATTACK_VERB.pattern}|{ATTACK_NOUN.pattern}|\btargeting\b|launched|fired", re.I),
    "vehicle.count": re.compile(rf"{WEAPON.pattern}|\b(?:{NOUN_TRAP})\b|\bmissiles?\b", re.I),
    "vehicle.kind": re.compile(rf"{WEAPON.pattern}|\b(?:{NOUN_TRAP})\b", re.I),
    "intercept.by": re.compile(DEFENDER.pattern + r"|\bcapabilit", re.I),
    "target.hosts": re.compile(r"\b(?:forces|troops|soldiers|personnel|advis[eo]rs|contractors)\b", re.I),
    "link.ordinal": re.compile(rf"\b(?:{ORDINAL})\b", re.I),
    "link.similar": re.compile(r"\b(?:similar|like|identical|resembl\w+)\b", re.I),
    "link.anniversary": re.compile(r"\banniversary\b", re.I),
    "context.killing": re.compile(r"\b(?:kill\w+|assassinat\w+|death|murder)\b", re.I),
    "casualties": CASUALTY,
    "damage": re.compile(DAMAGE.pattern + r"|\bequipment\b|\bfires?\b", re.I),
    "claimed_by": re.compile(r"\b(?:claim\w*|responsib\w+|adopted|assumed|took|attacked|launched|targeted)\b", re.I),
    "blamed": re.compile(r"\b(?:blam\w+|accus\w+|launched|fired|sent|carried out|staged)\b", re.I),
    "marking": re.compile(r"\b(?:wrote|writ\w+|bore|bearing|inscri\w+|slogan|words?|marked|read|phrase|carr\w+)\b", re.I),
    "posture": re.compile(r"\b(?:mobili[sz]ed|deployed|reinforced|raised|sirens?|alert|presence|no longer)\b", re.I),
    "pattern": re.compile(r"\battacks\b", re.I),
    "context.policy": re.compile(r"\b(?:announc\w+|agree\w+|presence|mission|withdr\w+)\b", re.I),
    "fall.location": re.compile(_ANY_FALL, re.I),
    "outcome": re.compile("|".join(p.pattern for p in OUTCOME.values()) + f"|{DROPPED.pattern}", re.I),
}  # fmt: skip


def number(words: str) -> int | str | None:
    """The number that words say, or the vague word for it; None when they say none."""
    low = words.strip().lower()
    said = re.sub(rf"^{BOUND} (?=\w)", "", low)
    for text in (low, said):
        if text in VAGUE:
            return VAGUE[text]
    if said.replace(",", "").isdigit():
        return int(said.replace(",", ""))
    if said in UNITS:
        return UNITS[said]
    tens, _, unit = said.partition("-")
    if tens in UNITS and unit in UNITS:
        return UNITS[tens] + UNITS[unit]
    return None


def numbers_in(quote: str) -> set[int | str]:
    """All numbers that a quote states, vague words as they are."""
    found: set[int | str] = set()
    for m in re.finditer(rf"\b(?:{_VAGUE}|{NUMBER})\b", quote, re.I):
        n = number(m.group())
        if n is not None:
            found.add(n)
    return found
