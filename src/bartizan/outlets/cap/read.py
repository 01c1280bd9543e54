"""CAP messages read, and judged by the rules.

In: bytes.  Out: an `Alert`, or every reason why they are none.
Does not: fetch, expand or follow anything that the bytes name; check a signature.

A message with a document type is refused before anything in it is looked at: entities are
how a message makes its reader open files and addresses (CAP 1.2 has no use for one).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from lxml import etree

from bartizan.errors import SourceError
from bartizan.outlets.cap import rules
from bartizan.types import Refused

MOST_BYTES: Final = 1 << 20  # assumed: no warning is longer
_NO_DOCTYPE = "a document type and its entities are refused"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """A warned area.  polygons: closed, as (latitude_deg, longitude_deg); circles: latitude,
    longitude [deg], radius [km]; geocodes: (name, value)."""

    name: str
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    circles: tuple[tuple[float, float, float], ...]
    geocodes: tuple[tuple[str, str], ...]


class Info(NamedTuple):
    """One info block; times 0 and texts "" where they are not given."""

    language: str
    event: str
    response: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    effective_ns: int
    onset_ns: int
    expires_ns: int
    headline: str
    description: str
    instruction: str
    areas: tuple[Place, ...]


class Alert(NamedTuple):
    """One message; references as (sender, identifier, sent)."""

    version: str
    identifier: str
    sender: str
    sent_ns: int
    status: str
    kind: str
    scope: str
    note: str
    references: tuple[tuple[str, str, str], ...]
    infos: tuple[Info, ...]
    signed: bool


class Unfit(NamedTuple):
    """Why bytes are no CAP message: every reason, each with its line."""

    why: tuple[str, ...]


def read(data: bytes) -> Alert | Unfit:
    """The message in the bytes, or what is wrong with it.  Raises nothing."""
    if len(data) > MOST_BYTES:
        return Unfit((f"{len(data)} bytes: expected at most {MOST_BYTES}",))
    if _has_doctype(data):
        return Unfit((_NO_DOCTYPE,))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        return Unfit((f"no XML: {e}",))
    if root.getroottree().docinfo.doctype:  # in an encoding that the first look cannot read
        return Unfit((_NO_DOCTYPE,))
    if why := rules.wrong(root):
        return Unfit(why)
    return _alert(root)


class _DoctypeError(Exception):
    """A document type begins."""


def _has_doctype(data: bytes) -> bool:
    """Whether a document type begins in the bytes; what is no XML is told later."""

    def begins(*_: object) -> None:
        raise _DoctypeError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = begins
    try:
        parser.Parse(data, True)
    except _DoctypeError:
        return True
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return False


def listed(path: Path, options: Mapping[str, str]) -> Iterator[str | Refused]:
    """A file with one message: its kind, or why it is refused (for `bartizan decode`).

    options: none.  Raises SourceError when the file cannot be read at all.
    """
    try:
        data = path.read_bytes()
    except OSError as e:
        raise SourceError(f"{path}: {e.strerror or e}") from e
    seen = read(data)
    if isinstance(seen, Unfit):
        yield Refused(0, "cap", "message 1", "; ".join(seen.why), data[:4096])
    else:
        yield seen.kind


def _alert(root: Any) -> Alert:
    ns = f"{{{etree.QName(root).namespace}}}"
    said = _teller(root, ns)
    refs = tuple((a, b, c) for a, b, c in (r.split(",") for r in said("references").split()))
    return Alert(
        rules.VERSIONS[ns[1:-1]], said("identifier"), said("sender"), _ns(said("sent")),
        said("status"), said("msgType"), said("scope"), said("note"), refs,
        tuple(_info(i, ns) for i in root.iterchildren(ns + "info")),
        next(root.iterchildren(f"{{{rules.XMLDSIG}}}Signature"), None) is not None,
    )  # fmt: skip


def _info(info: Any, ns: str) -> Info:
    said = _teller(info, ns)
    return Info(
        said("language") or "en-US", said("event"),
        tuple(rules.text_of(r) for r in info.iterchildren(ns + "responseType")),
        said("urgency"), said("severity"), said("certainty"), _ns(said("effective")),
        _ns(said("onset")), _ns(said("expires")), said("headline"), said("description"),
        said("instruction"), tuple(_place(a, ns) for a in info.iterchildren(ns + "area")),
    )  # fmt: skip


def _place(area: Any, ns: str) -> Place:
    def texts(name: str) -> list[str]:
        return [rules.text_of(e).strip() for e in area.iterchildren(ns + name)]

    circles = [c.split() for c in texts("circle")]
    codes = (_teller(g, ns) for g in area.iterchildren(ns + "geocode"))
    return Place(
        _teller(area, ns)("areaDesc"),
        tuple(tuple(filter(None, map(rules.pair, p.split()))) for p in texts("polygon")),
        tuple((*(rules.pair(c[0]) or (0.0, 0.0)), float(c[1])) for c in circles),
        tuple((g("valueName"), g("value")) for g in codes),
    )  # fmt: skip


def _teller(element: Any, ns: str) -> Any:
    def said(name: str) -> str:
        child = element.find(ns + name)
        return "" if child is None else rules.text_of(child).strip()

    return said


def _ns(text: str) -> int:
    t = rules.moment(text)
    return 0 if t is None else (t - _EPOCH) // timedelta(microseconds=1) * 1000
