"""Sites and places that a report names: the gazetteer first, then names beside a site's word.

In: a sentence, the gazetteer.  Out: `Where` mentions with a site id or a place's name.
Does not: place anything on the map, or say that a place was attacked.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import yaml

from bartizan.errors import InputError

_ARTICLES = frozenset(("al", "el", "the", "ul", "ad", "at"))
_TOKEN = re.compile(r"[^\W_]+(?:[’'`][^\W_]+)?")
SITE_NOUN = (
    r"(?:air ?base|base|airport|airfield|aerodrome|camp|garrison|embassy|consulate|port|refinery"
    r"|terminal|field|oilfield|gasfield|substation|landing zone|power (?:plant|station)|plant|outpost|barracks|dam|headquarters|compound"
    r"|cent(?:er|re)|depot|facility|station|pipeline|prison|jail|penitentiary)"
)
_QUALIFIER = r"(?:international|military|air|oil|gas|naval|army|support|storage|logistics|training|nuclear|civil|field|diplomatic|thermal|hydroelectric|police|fuel|ammunition|arms|munitions|weapons|grain|radar|pumping|radio|research|bus|railway|fire|compressor|solar|ferry|container|commercial|cargo)"
# Written with a capital these are of a name too; not where an organisation's name goes on.
_PROPER = (
    r"(?:(?:International|Military|Air|Nuclear|Civil) )*(?:Airport|Airfield|Air Base|Airbase|Air Force [Bb]ase|Base|Port"
    r"|Barracks|Prison|Jail|Penitentiary|Refinery|Garrison|(?:Air Force|Naval|Police|Power|Radar) Station|Power Plant|Landing Zone|Substation|Outpost|Terminal|Depot|Camp|Oilfield|(?:Oil|Gas) Field|Dam|Army Base|Naval Base)"
    r"(?! (?:Police|Authority|Security|Command|Service|Board|Operations|Group|Union)\b)"
)
_GENERIC = re.compile(
    r"((?:\b(?:al|el|ar|as|an|at)-)?[A-Z][\w’'-]*[\w] (?:(?:(?:al|el|ar|as|an|at)-|de )?[A-Z][\w’'-]*[\w] ){0,3})"
    rf"((?:{_QUALIFIER} )*{SITE_NOUN}|{_PROPER})\b(?!s)",
)
_OF = re.compile(
    rf"\b([Tt]he )?((?:{_QUALIFIER} )*(?:airport|port|base|camp|airfield)) (?:of|in|at) ((?:[A-Z][\w’'-]+ ?){{1,3}})"
)
_CAMP = re.compile(r"\bCamp ((?!Nou)[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)")
_TAIL = re.compile(
    rf"(?: (?i:(?:{_QUALIFIER} )*{SITE_NOUN})\b)?(?: (?:at|in) (?:[A-Z][\w-]+ )+(?:Airport|airport))?"
)
_NOT_NAME = re.compile(
    r"^(?:The|An?|Iraqi|American|US|U\.S|Syrian|Turkish|Russian|Iranian|Israeli|British|French|Two|Three|Four"
    r"|Both|These|This|That|Military|Air|In|On|At|Near|Over|Outside|Inside|Around|From|To|After|Before|With|Against|Toward|Towards|HM|HMP|Its|Their|Our|International|Coalition|Saudi|Kurdish|Ukrainian|UN|U\.N|NATO|EU|AU|UK|Peshmerga|Army|Police|Government)$"
)
_NAME = r"(?:[A-Z][\w’'-]*[\w](?: (?:[A-Z][\w’'-]*[\w]))*)"
_POINT = r"(?:central|(?:north|south|east|west)(?:ern)?(?:-?(?:east|west)(?:ern)?)?)"
_PLACE = (
    re.compile(rf"\b(?P<point>{_POINT}) of (?:the )?(?P<name>{_NAME})(?P<kind> (?:province|governorate))?"),
    re.compile(rf"\bin (?:the )?(?P<whole>(?:{_POINT}) {_NAME}(?: (?:province|governorate))?)"),
    re.compile(rf"\b(?P<whole>{_NAME} (?:province|governorate|region|oblast|district))\b"),
    re.compile(rf"\b(?:the )?(?:outskirts|vicinity|suburbs|surroundings) of (?:the city of |the town of )?(?P<whole>{_NAME})"),
    re.compile(rf"\b(?:the )?(?:town|city|village|area|port city) of (?P<whole>{_NAME})"),
    re.compile(rf"\b(?:in|over|near) the (?P<whole>(?:{_NAME}) (?:Sea|Gulf|Strait))\b"),
    re.compile(rf"\b(?:towards?|fired at|launched at|attacked|targeted|struck|hit) (?:{_POINT} )?(?P<whole>{_NAME})(?! \w*(?:base|airport|camp|field))"),
    re.compile(rf"\bin the (?P<whole>{_NAME}) (?:area|district|neighbou?rhood|region)\b"),
)  # fmt: skip
PROVINCES = frozenset(
    [
        "anbar",
        "nineveh",
        "kirkuk",
        "diyala",
        "salahuddin",
        "saladin",
        "basra",
        "wasit",
        "babil",
        "maysan",
        "dohuk",
        "hasakah",
        "homs",
        "aleppo",
        "idlib",
        "raqqa",
        "deir",
    ]
)


class Where(NamedTuple):
    """One mention: text[start:end] names `value`; field is target.site or event.place."""

    start: int
    end: int
    field: str
    value: str
    title: str
    traps: tuple[str, ...] = ()


class Gazetteer(NamedTuple):
    """Sites by the folded words of their names."""

    names: dict[tuple[str, ...], tuple[str, str]]
    longest: int


def gazetteer(sites: Path | None = None) -> Gazetteer:
    """The built-in names, and those of the site files of a folder (name, title, aliases)."""
    names: dict[tuple[str, ...], tuple[str, str]] = {}
    built_in = resources.files("bartizan.incidents.intake") / "gazetteer.yaml"
    for row in yaml.safe_load(built_in.read_text(encoding="utf-8")):
        for name in (*row["names"], row["title"]):
            names[_folded(name)] = (row["id"], row["title"])
    if sites is not None:
        if not sites.is_dir():
            raise InputError(f"{sites}: expected a folder of site files (*.yaml)")
        for path in sorted(sites.glob("*.yaml")):
            _add_site(names, path)
    return Gazetteer(names, max(map(len, names)))


def _add_site(names: dict[tuple[str, ...], tuple[str, str]], path: Path) -> None:
    try:
        row = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as e:
        raise InputError(f"{path}: expected a site file in YAML ({e})") from e
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise InputError(f"{path}: name: expected the site's name")
    title = re.sub(r"\s*\(.*?\)", "", str(row.get("title", row["name"])))
    aliases = row.get("aliases", [])
    if not isinstance(aliases, list):
        raise InputError(f"{path}: aliases: expected a list of names")
    for name in (title, row["name"], *map(str, aliases)):
        if words := _folded(name):
            names.setdefault(words, (slug(row["name"]), title))


@lru_cache(8192)
def fold(word: str) -> str:
    """A word as compared: no case, accents, apostrophes or doubled letters."""
    plain = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(c for c in plain if c.isalnum())
    return re.sub(r"([a-z])\1", r"\1", plain)


def _folded(name: str) -> tuple[str, ...]:
    return tuple(w for w in (fold(m.group()) for m in _TOKEN.finditer(name)) if w not in _ARTICLES)


def slug(name: str) -> str:
    """An id from a name."""
    plain = (
        unicodedata.normalize("NFKD", re.sub(r"[’'`]s\b", "", name))
        .encode("ascii", "ignore")
        .decode()
    )
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")


def find(text: str, known: Gazetteer, offset: int = 0) -> tuple[Where, ...]:
    """All sites and places that a sentence names, leftmost longest."""
    found: list[Where] = []

    def free(a: int, b: int) -> bool:
        return not any(w.start - offset < b and a < w.end - offset for w in found)

    for a, b, site, title in _listed(text, known):
        if free(a, b):
            found.append(Where(offset + a, offset + b, "target.site", site, title, ("alias",)))
    for m in _OF.finditer(text):
        name = m[3].strip()
        if m[2].endswith(("base", "camp")) and re.search(
            r"[a-z] [A-Z][\w’'-]* $", text[: m.start(2)]
        ):
            continue  # "the Halane camp in Mogadishu" has a name of its own
        if free(*m.span()) and not _NOT_NAME.match(name) and not re.search(r"[’']s\b", name):
            value = (
                slug(name)
                if m[2].endswith(("base", "camp"))
                else f"{slug(name)}_{slug(m[2].split()[-1])}"
            )
            end = m.start() + len(m.group().rstrip())
            found.append(
                Where(offset + m.start(), offset + end, "target.site", value, m.group().strip())
            )
    for m in _GENERIC.finditer(text):
        words = m[1].split()
        while words and (
            _NOT_NAME.match(words[0])
            or words[0].lower() == "prison"
            or words[0].endswith(("'s", "’s"))
        ):
            words.pop(0)
        noun = m[2]
        while len(words) > 1 and re.fullmatch(_QUALIFIER, words[-1], re.I):
            noun = f"{words.pop()} {noun}"
        if not words or not free(m.start(2), m.end(2)):
            continue
        a = m.start() + m.group().index(words[0])
        name = " ".join(words)
        base = re.search(r"base|camp|garrison|outpost", noun, re.I)
        kind = re.sub(r"\b(?:international|military|air(?! force)|civil) ", "", noun.lower())
        value = slug(name) if base else slug(f"{name} {kind}")
        found.append(Where(offset + a, offset + m.end(), "target.site", value, f"{name} {noun}"))
    for m in _CAMP.finditer(text):
        if free(*m.span()):
            found.append(
                Where(offset + m.start(), offset + m.end(), "target.site", slug(m[1]), m.group())
            )
    for pattern in _PLACE:
        for m in pattern.finditer(text):
            where = _place(m, offset)
            if where is not None and free(where.start - offset, where.end - offset):
                found.append(where)
    return tuple(sorted(found))


def _listed(text: str, known: Gazetteer) -> list[tuple[int, int, str, str]]:
    tokens = [(m.start(), m.end(), fold(m.group())) for m in _TOKEN.finditer(text)]
    words = [t for t in tokens if t[2] not in _ARTICLES]
    out = []
    i = 0
    while i < len(words):
        for n in range(min(known.longest, len(words) - i), 0, -1):
            got = known.names.get(tuple(w[2] for w in words[i : i + n]))
            if got is None or (not text[words[i][0]].isupper() and n < 3):
                continue
            a, b = words[i][0], words[i + n - 1][1]
            if m := re.search(r"\b(?:(?:[Aa]l|[Ee]l)[- ]|[Aa][td]-)$", text[:a]):
                a = m.start()
            if got[0] == "baghdad_embassy" and re.match(
                r"\s+(?:branch|(?:in|to) (?!Baghdad|Iraq))", text[b:]
            ):
                continue  # another country's
            tail = _TAIL.match(text, b)
            b = tail.end() if tail else b
            out.append((a, b, *got))
            i += n - 1
            break
        i += 1
    return out


def _place(m: re.Match[str], offset: int) -> Where | None:
    g = m.groupdict()
    traps: tuple[str, ...] = ()
    if g.get("name"):
        name = g["name"]
        word = g["point"].lower() + ("" if g["point"].lower().endswith("ern") else "ern")
        if name.split("-")[-1].lower() not in PROVINCES and not g.get("kind"):
            value = f"{g['point'].lower()} of {name}"
        else:  # "gharb al-Anbar": in the west of the province, not to the west of it
            value, traps = f"{word} {name}", ("mt_grammar",)
        return Where(offset + m.start(), offset + m.end(), "event.place", value, value, traps)
    value = re.sub(r"^.*[’']s ", "", g["whole"])
    if _NOT_NAME.match(value.split()[0]) and len(value.split()) == 1:
        return None
    a = m.end("whole") - len(value)
    return Where(offset + a, offset + m.end("whole"), "event.place", value, value, traps)
