"""What a CAP 1.2 message must be: the structure, and the rules that its schema lacks.

In: the root element of a message.  Out: every reason why it is none.
Does not: parse bytes, or check a signature.

Ref: OASIS, Common Alerting Protocol version 1.2, 1 July 2010, section 3.2 (data dictionary)
and 3.4 (schema).  Messages of 1.1 have the same parts with fewer words in two lists.
The rules that the schema lacks: identifier and sender without spaces, commas, < and &; a
restriction or addresses where the scope asks for them; references where the kind of message
asks for them, in threes; closed polygons and circles on the Earth; a ceiling only over an
altitude; an end that is not before the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

VERSIONS: Final = {
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
}
XMLDSIG: Final = "http://www.w3.org/2000/09/xmldsig#"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
ANSWERS: Final = ("Update", "Cancel", "Ack", "Error")

Check = Callable[[str], str]  # a text to what was expected instead, "" when it is right


class Field(NamedTuple):
    """One element: how often it stands, what is in it (a check of its text, or parts)."""

    name: str
    least: int
    most: int
    inside: Check | tuple[Field, ...]


def _any(text: str) -> str:
    return ""


def _one_of(*words: str) -> Check:
    return lambda text: "" if text in words else f"one of {', '.join(words)}"


def _like(pattern: str, expected: str) -> Check:
    compiled = re.compile(pattern)
    return lambda text: "" if compiled.fullmatch(text.strip()) else expected


def moment(text: str) -> datetime | None:
    """The time that a text says, None when it is no time with an offset in numbers."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+](0\d|1[0-4]):[0-5]\d", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> str:
    return "" if moment(text) else "a time as 2022-01-04T02:10:00+00:00"


def pair(text: str) -> tuple[float, float] | None:
    """Latitude and longitude [deg] of "33.79,42.44", None when it is no place."""
    found = re.fullmatch(r"([-+]?\d+(?:\.\d*)?),([-+]?\d+(?:\.\d*)?)", text)
    if not found:
        return None
    lat, lon = float(found[1]), float(found[2])
    return (lat, lon) if abs(lat) <= 90.0 and abs(lon) <= 180.0 else None


def _polygon(text: str) -> str:
    pairs = [pair(p) for p in text.split()]
    if len(pairs) < 4 or None in pairs:
        return "at least four places as latitude,longitude"
    return "" if pairs[0] == pairs[-1] else "a last place that is the first again"


def _circle(text: str) -> str:
    place, _, radius = text.strip().partition(" ")
    fits = pair(place) and re.fullmatch(r"\d+(\.\d*)?", radius.strip())
    return "" if fits else "latitude,longitude and a radius in km"


_NAMED = (Field("valueName", 1, 1, _any), Field("value", 1, 1, _any))
_MANY = 10_000
_NUMBER = _like(r"[-+]?(\d+(\.\d*)?|\.\d+)", "a number")
_TEXTS = ("senderName", "headline", "description", "instruction", "web", "contact")
_RESOURCE = (
    Field("resourceDesc", 1, 1, _any), Field("mimeType", 1, 1, _any),
    Field("size", 0, 1, _like(r"[-+]?\d+", "a whole number")), Field("uri", 0, 1, _any),
    Field("derefUri", 0, 1, _any), Field("digest", 0, 1, _any),
)  # fmt: skip
_AREA = (
    Field("areaDesc", 1, 1, _any), Field("polygon", 0, _MANY, _polygon),
    Field("circle", 0, _MANY, _circle), Field("geocode", 0, _MANY, _NAMED),
    Field("altitude", 0, 1, _NUMBER), Field("ceiling", 0, 1, _NUMBER),
)  # fmt: skip
_CATEGORIES = ("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env",
               "Transport", "Infra", "CBRNE", "Other")  # fmt: skip
_RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess",
              "AllClear", "None")  # fmt: skip
_INFO = (
    Field("language", 0, 1, _like(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", "a language tag")),
    Field("category", 1, _MANY, _one_of(*_CATEGORIES)),
    Field("event", 1, 1, _any),
    Field("responseType", 0, _MANY, _one_of(*_RESPONSES)),
    Field("urgency", 1, 1, _one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    Field("severity", 1, 1, _one_of("Extreme", "Severe", "Moderate", "Minor", "Unknown")),
    Field("certainty", 1, 1, _one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    Field("audience", 0, 1, _any),
    Field("eventCode", 0, _MANY, _NAMED),
    *(Field(name, 0, 1, _time) for name in ("effective", "onset", "expires")),
    *(Field(name, 0, 1, _any) for name in _TEXTS),
    Field("parameter", 0, _MANY, _NAMED),
    Field("resource", 0, _MANY, _RESOURCE),
    Field("area", 0, _MANY, _AREA),
)
_NAME = _like(r"[^\s,<&]+", "a name without spaces, commas, < and &")
ALERT: Final = (
    Field("identifier", 1, 1, _NAME),
    Field("sender", 1, 1, _NAME),
    Field("sent", 1, 1, _time),
    Field("status", 1, 1, _one_of("Actual", "Exercise", "System", "Test", "Draft")),
    Field("msgType", 1, 1, _one_of("Alert", *ANSWERS)),
    Field("source", 0, 1, _any),
    Field("scope", 1, 1, _one_of("Public", "Restricted", "Private")),
    Field("restriction", 0, 1, _any),
    Field("addresses", 0, 1, _any),
    Field("code", 0, _MANY, _any),
    Field("note", 0, 1, _any),
    Field("references", 0, 1, _any),
    Field("incidents", 0, 1, _any),
    Field("info", 0, _MANY, _INFO),
)


def wrong(root: Any) -> tuple[str, ...]:
    """Every reason why an element is no CAP message, each naming line and field."""
    space, _, name = str(root.tag).removeprefix("{").partition("}")
    if name != "alert" or space not in VERSIONS:
        return (f"line {root.sourceline}: expected an alert of CAP 1.2 or 1.1, not {root.tag}",)
    return (*_parts(root, ALERT, space, ""), *_sense(root, f"{{{space}}}"))


def _parts(element: Any, fields: tuple[Field, ...], space: str, at: str) -> Iterator[str]:
    """What is wrong with the parts of an element: which, in which order, how often."""
    yield from _bare(element, at or "alert")
    order = {f"{{{space}}}{f.name}": k for k, f in enumerate(fields)}
    counts = [0] * len(fields)
    last = 0
    for child in element.iterchildren("*"):
        k = order.get(child.tag)
        if k is None:
            if not (at == "" and str(child.tag).startswith(f"{{{XMLDSIG}}}")):
                yield f"line {child.sourceline}: {child.tag} has no place in {at or 'alert'}"
            continue
        where = f"{at}{fields[k].name}"
        if k < last:
            yield f"line {child.sourceline}: {where}: expected before {fields[last].name}"
        last = max(last, k)
        counts[k] += 1
        yield from _one(child, fields[k].inside, space, where)
    for f, n in zip(fields, counts, strict=True):
        if not f.least <= n <= f.most:
            yield (
                f"line {element.sourceline}: {at}{f.name}: expected "
                f"{'one' if f.most == 1 else 'at least one'}, found {n}"
            )


def _one(child: Any, inside: Check | tuple[Field, ...], space: str, where: str) -> Iterator[str]:
    if isinstance(inside, tuple):
        yield from _parts(child, inside, space, f"{where}.")
        return
    if child.attrib and any(not str(a).startswith(_XSI) for a in child.attrib):
        yield f"line {child.sourceline}: {where}: expected no attributes"
    if next(child.iterchildren("*"), None) is not None:
        yield f"line {child.sourceline}: {where}: expected text alone"
        return
    if expected := inside(text_of(child)):
        yield f"line {child.sourceline}: {where}: expected {expected}"


def _bare(element: Any, where: str) -> Iterator[str]:
    """Between the parts of an element stands nothing, and it has no attributes."""
    said = [element.text, *(c.tail for c in element.iterchildren())]
    if any(s and s.strip() for s in said):
        yield f"line {element.sourceline}: {where.strip('.')}: expected no text between its parts"
    if any(not str(a).startswith(_XSI) for a in element.attrib):
        yield f"line {element.sourceline}: {where.strip('.')}: expected no attributes"


def text_of(element: Any) -> str:
    """All text of an element, comments apart."""
    return "".join(element.xpath("text()"))


def _sense(root: Any, ns: str) -> Iterator[str]:
    """The rules between fields."""

    def said(name: str) -> str | None:
        child = root.find(ns + name)
        return None if child is None else text_of(child).strip()

    line = f"line {root.sourceline}: "
    for scope, needed in (("Restricted", "restriction"), ("Private", "addresses")):
        if said("scope") == scope and not said(needed):
            yield f"{line}{needed}: expected with the scope {scope}"
    refs = said("references")
    if refs == "":
        yield f"{line}references: expected at least one, or no such element"
    elif refs is None and said("msgType") in ANSWERS:
        yield f"{line}references: expected with the msgType {said('msgType')}"
    for ref in (refs or "").split():
        parts = ref.split(",")
        if len(parts) != 3 or not all(parts) or not moment(parts[2]):
            yield f"{line}references: expected sender,identifier,sent, found {ref[:80]}"
    for info in root.iterchildren(ns + "info"):
        yield from _of_info(info, ns)


def _of_info(info: Any, ns: str) -> Iterator[str]:
    times = {
        name: moment(text_of(child).strip())
        for name in ("effective", "onset", "expires")
        if (child := info.find(ns + name)) is not None
    }
    begin, end = times.get("effective"), times.get("expires")
    if begin and end and end < begin:
        yield f"line {info.sourceline}: info.expires: expected not before effective"
    for area in info.iterchildren(ns + "area"):
        if area.find(ns + "ceiling") is not None and area.find(ns + "altitude") is None:
            yield f"line {area.sourceline}: info.area.ceiling: expected with an altitude"
