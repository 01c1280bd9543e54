"""Cursor on Target events: one track, its pilot, or its end, as XML.

In: a track's row of the picture, its place.  Out: bytes of one event.
Does not: decide when to send, or know any type but those that say where something is
(`a-...`) and that it is gone (`t-x-d-d`): no event asks anybody to do anything.

Ref: MITRE, Cursor on Target message router user's guide and event schema 2.0 (`ce` and `le`
are 1-sigma where they are errors; `hae` is the height above the ellipsoid; `opex` and `how`
m-s say exercise and simulated); type letters as MIL-STD-2525B in MITRE's CoTtypes.  In an
exercise who would be suspect is a joker and who would be hostile a faker (STANAG 1241).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from lxml import etree

from bartizan.outlets.marks import NOTES, marked, printable
from bartizan.outlets.places import Place
from bartizan.pilot import Pilot
from bartizan.types import Identity, Mode, ObjectClass
from bartizan.units import NS_PER_S, RAD_PER_DEG, iso_from_ns

UNKNOWN_M: Final = 9_999_999.0  # the format's word for a height or an error not known
DELETE: Final = "t-x-d-d"
LETTERS: Final = {
    Identity.PENDING: "p", Identity.UNKNOWN: "u", Identity.ASSUMED_FRIEND: "a",
    Identity.FRIEND: "f", Identity.NEUTRAL: "n", Identity.SUSPECT: "s", Identity.HOSTILE: "h",
}  # fmt: skip
EXERCISE_LETTERS: Final = {"s": "j", "h": "k"}
# Air; military rotary and fixed-wing drone, civil fixed-wing, rotary and lighter than air,
# weapon.  A one-way attack drone has no type of its own, a bird and an unknown are just air.
KINDS: Final = {
    ObjectClass.UNKNOWN: "A", ObjectClass.MULTIROTOR: "A-M-H-Q", ObjectClass.FIXED_WING: "A-M-F-Q",
    ObjectClass.ONE_WAY_ATTACK: "A-M-F-Q", ObjectClass.BIRD: "A", ObjectClass.LIGHT_AIRCRAFT: "A-C-F",
    ObjectClass.HELICOPTER: "A-C-H", ObjectClass.AIRLINER: "A-C-F", ObjectClass.BALLISTIC: "A-W",
    ObjectClass.BALLOON: "A-C-L",
}  # fmt: skip
PILOT: Final = "G"  # on the ground; nothing says what


class Head(NamedTuple):
    """What an event has before its place.  cot_type and uid as the format has them."""

    uid: str
    cot_type: str
    t_ns: int
    stale_s: float
    mode: Mode


def type_of(identity: int, cls: int, mode: Mode) -> str:
    """The type of a track's event."""
    return f"a-{letter(identity, mode)}-{KINDS[ObjectClass(cls)]}"


def letter(identity: int, mode: Mode) -> str:
    """The letter of an identity; an exercise has its own for suspect and hostile."""
    plain = LETTERS[Identity(identity)]
    return EXERCISE_LETTERS.get(plain, plain) if mode is Mode.EXERCISE else plain


def track_event(head: Head, place: Place, callsign: str, remarks: str) -> bytes:
    """A track's event."""
    root = _event(head, "m-f")
    _point(root, place.lat_deg, place.lon_deg, place.hae_m, place.ce_m, place.le_m)
    detail = etree.SubElement(root, "detail")
    _said(detail, head.mode, callsign, remarks)
    course = {"course": f"{place.course_deg:.1f}", "speed": f"{place.speed_mps:.1f}"}
    etree.SubElement(detail, "track", course)
    return _bytes(root)


def pilot_event(head: Head, pilot: Pilot, of: Head, callsign: str) -> bytes:
    """The event of a drone's pilot; of: the drone's own."""
    root = _event(head, "m-p")
    known = pilot.hae_m == pilot.hae_m
    hae_m = pilot.hae_m if known else UNKNOWN_M
    lat, lon = pilot.lat_rad / RAD_PER_DEG, pilot.lon_rad / RAD_PER_DEG
    _point(root, lat, lon, hae_m, UNKNOWN_M, UNKNOWN_M)
    detail = etree.SubElement(root, "detail")
    _said(detail, head.mode, callsign, "place as the drone's Remote ID says it, not verified")
    link = {"uid": of.uid, "type": of.cot_type, "relation": "p-p"}
    etree.SubElement(detail, "link", link)
    return _bytes(root)


def delete_event(head: Head, gone: str, gone_type: str) -> bytes:
    """Tells clients to take `gone` off the map; the head's type is `t-x-d-d`."""
    root = _event(head, "m-f")
    _point(root, 0.0, 0.0, UNKNOWN_M, UNKNOWN_M, UNKNOWN_M)
    detail = etree.SubElement(root, "detail")
    etree.SubElement(detail, "link", {"uid": gone, "type": gone_type, "relation": "p-p"})
    etree.SubElement(detail, "__forcedelete")
    if note := NOTES[head.mode]:
        etree.SubElement(detail, "remarks").text = note
    return _bytes(root)


def _event(head: Head, how: str) -> Any:
    """The event's own element.  how: m-f fused, m-p passed on; what is simulated is m-s."""
    exercise = head.mode is Mode.EXERCISE
    now = iso_from_ns(head.t_ns)
    root = etree.Element(
        "event", version="2.0", uid=printable(head.uid), type=head.cot_type,
        how="m-s" if exercise else how, time=now, start=now,
        stale=iso_from_ns(head.t_ns + round(head.stale_s * NS_PER_S)),
    )  # fmt: skip
    if exercise:
        root.set("opex", "e-EXERCISE")
    return root


def _point(root: Any, lat: float, lon: float, hae_m: float, ce_m: float, le_m: float) -> None:
    etree.SubElement(
        root, "point", lat=f"{lat:.7f}", lon=f"{lon:.7f}", hae=f"{hae_m:.1f}",
        ce=f"{min(ce_m, UNKNOWN_M):.1f}", le=f"{min(le_m, UNKNOWN_M):.1f}",
    )  # fmt: skip


def _said(detail: Any, mode: Mode, callsign: str, remarks: str) -> None:
    etree.SubElement(detail, "contact", callsign=printable(callsign, 80))
    etree.SubElement(detail, "remarks").text = printable(marked(mode, remarks), 1000)


def _bytes(root: Any) -> bytes:
    out: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return out
