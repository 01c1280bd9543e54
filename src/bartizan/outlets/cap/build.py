"""Alarms as CAP 1.2 messages: Alert, Update, Cancel, each naming those before it.

In: outputs of the pipeline.  Out: messages as bytes.  Does not: send them.

Words that the standard leaves open are assumed: an alarm is Security and Safety, asks to
shelter, at once, is Extreme and Likely.  Times carry +00:00.  What is simulated has the
status Exercise, the note "EXERCISE EXERCISE EXERCISE" and that mark before every sentence;
a recording has the status Test.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from lxml import etree

from bartizan import __version__
from bartizan.frames import local_frame, wgs84_from_enu
from bartizan.outlets.marks import CAP_STATUS, NOTES, marked, named, printable
from bartizan.types import Alarm, Area, Mode, Output, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG, iso_from_ns

NS: Final = "urn:oasis:names:tc:emergency:cap:1.2"
EVENT: Final = "Drone attack warning"


class Message(NamedTuple):
    """One message: who says it, its name, when [ns], Alert, Update or Cancel, and the bytes."""

    sender: str
    identifier: str
    sent_ns: int
    kind: str
    data: bytes

    @property
    def reference(self) -> str:
        """How a later message names this one."""
        return reference(self.sender, self.identifier, self.sent_ns)


def reference(sender: str, identifier: str, sent_ns: int) -> str:
    """How a message is named by a later one."""
    return f"{sender},{identifier},{_time(sent_ns)}"


class Told(NamedTuple):
    """What was told of one alarm: as it was last, and the references of all messages."""

    alarm: Alarm
    references: tuple[str, ...]


class Book(NamedTuple):
    """What the builder remembers: the alarms told and not ended."""

    told: tuple[Told, ...] = ()


class Head(NamedTuple):
    """What stands in every message.  restriction: whom the scope Restricted is for."""

    site: Site
    mode: Mode
    sender: str
    restriction: str


def step(book: Book, output: Output, head: Head) -> tuple[Book, tuple[Message, ...]]:
    """One output on: a message for each alarm that is new, changed its words, or is over."""
    before = {t.alarm.number: t for t in book.told}
    now = {a.number: a for a in output.watch.alarms}
    told: list[Told] = []
    out: list[Message] = []
    t_ns = output.t_ns
    for number, alarm in now.items():
        known = before.get(number)
        if known is not None and _words(known.alarm) == _words(alarm):
            told.append(known)
            continue
        refs = known.references if known else ()
        out.append(_message(t_ns, "Update" if refs else "Alert", alarm, refs, head))
        told.append(Told(alarm, (*refs, out[-1].reference)))
    for number, known in before.items():
        if number not in now:
            out.append(_message(t_ns, "Cancel", known.alarm, known.references, head))
    return Book(tuple(told)), tuple(out)


def stem(head: Head) -> str:
    """What all identifiers of a site and mode begin with; when the alarm was raised [s], its
    number and the message's follow."""
    return named(head.mode, f"bartizan.{head.site.name}.")


def _words(a: Alarm) -> tuple[str, str, str, int]:
    return a.what, a.where, a.do, a.until_ns


def _time(t_ns: int) -> str:
    return iso_from_ns(t_ns, 0).replace("Z", "+00:00")


def _message(
    t_ns: int, kind: str, alarm: Alarm, references: tuple[str, ...], head: Head
) -> Message:
    which = f"{alarm.raised_ns // NS_PER_S}.{alarm.number}"
    identifier = f"{stem(head)}{which}.{len(references) + 1}"
    root = etree.Element(f"{{{NS}}}alert", nsmap={None: NS})
    note = NOTES[head.mode]
    for tag, text in (
        ("identifier", identifier), ("sender", head.sender), ("sent", _time(t_ns)),
        ("status", CAP_STATUS[head.mode]), ("msgType", kind),
        ("source", f"bartizan {__version__}"), ("scope", "Restricted"),
        ("restriction", head.restriction), ("note", note),
        ("references", " ".join(references)),
        ("incidents", named(head.mode, f"{head.site.name}.{which}")),
    ):  # fmt: skip
        if text:
            _put(root, tag, text)
    _info(etree.SubElement(root, f"{{{NS}}}info"), t_ns, kind, alarm, head)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return Message(head.sender, identifier, t_ns, kind, data)


def _put(parent: Any, tag: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NS}}}{tag}").text = printable(text, 20_000)


def _info(info: Any, t_ns: int, kind: str, alarm: Alarm, head: Head) -> None:
    """The info block; that of a Cancel says that it is over."""
    over = kind == "Cancel"

    def words(text: str) -> str:
        return marked(head.mode, text)

    end_ns = max(alarm.until_ns, t_ns + NS_PER_S)
    headline = words("all clear: no threat of this alarm remains") if over else words(alarm.what)
    for tag, text in (
        ("language", "en-US"), ("category", "Security"), ("category", "Safety"),
        ("event", words(EVENT)), ("responseType", "AllClear" if over else "Shelter"),
        ("urgency", "Past" if over else "Immediate"), ("severity", "Unknown" if over else "Extreme"),
        ("certainty", "Observed" if over else "Likely"), ("effective", _time(t_ns)),
        ("onset", "" if over else _onset(t_ns, alarm)), ("expires", _time(end_ns)),
        ("senderName", words(head.site.title)), ("headline", headline),
        ("description", headline if over else words(_description(alarm, head.mode))),
        ("instruction", "" if over else words(alarm.do)),
    ):  # fmt: skip
        if text:
            _put(info, tag, text)
    parameter = etree.SubElement(info, f"{{{NS}}}parameter")
    _put(parameter, "valueName", "tracks")
    _put(parameter, "value", str(len(alarm.labels)))
    site = head.site
    for name, corners in areas(site):
        area = etree.SubElement(info, f"{{{NS}}}area")
        _put(area, "areaDesc", words(f"{site.title}: {name}"))
        _put(area, "polygon", " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in corners))


def _onset(t_ns: int, alarm: Alarm) -> str:
    """When it is expected at the wall."""
    if not math.isfinite(alarm.t_wall_s) or alarm.t_wall_s > 86_400.0:
        return ""
    return _time(t_ns + round(max(alarm.t_wall_s, 0.0)) * NS_PER_S)


def _description(alarm: Alarm, mode: Mode) -> str:
    bare = [t.removeprefix(marked(mode, "")) for t in (alarm.what, alarm.where)]
    return f"{bare[0]}, {bare[1]}"


def areas(site: Site) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """The areas that are warned, closed, as (latitude_deg, longitude_deg): wall, then zones."""
    frame = local_frame(site.name, *site.origin)
    area: Area
    for area in (site.wall, *site.zones):
        enu = np.column_stack([area.polygon, np.zeros(len(area.polygon))])
        lat, lon, _ = wgs84_from_enu(frame, enu)
        corners = [(a / RAD_PER_DEG, b / RAD_PER_DEG) for a, b in zip(lat, lon, strict=True)]
        yield area.name, [*corners, corners[0]]
