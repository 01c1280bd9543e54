"""Whether a SAPIENT message is one by the standard: every mistake of it, by field.

In: a message.  Out: mistakes in words; none when it is good.  Does not: know a site or
what came before.

The rules are the options that BSI Flex 335 v2.0 hangs on its fields (mandatory, UUID,
ULID), and those that its text has beside them: identities that the options forget, the
version, shares from 0 to 1, coordinates within the system that they are declared in.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any, Final, NamedTuple

from bartizan.feeds.sapient import shim

ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}\Z")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
SHARES: Final = frozenset({"confidence", "detection_confidence", "ranking"})
UUIDS: Final = frozenset({"dependent_nodes"})  # identities that the options do not name
ULIDS: Final = frozenset({"follow_object_id"})
DEGREES, RADIANS, UTM = 1, 2, 5  # LocationCoordinateSystem
EASTING_M: Final = (100_000.0, 900_000.0)
NORTHING_M: Final = (0.0, 10_000_000.0)
ZONE: Final = re.compile(r"(0?[1-9]|[1-5][0-9]|60)[C-HJ-NP-X]\Z")
LONGEST: Final = 64  # mistakes that are told of one message


class _Rule(NamedTuple):
    """A field and what the standard wants of it."""

    name: str
    mandatory: bool
    ulid: bool
    uuid: bool
    repeated: bool
    presence: bool
    enum: frozenset[int] | None
    message: bool


class _Rules(NamedTuple):
    """All fields of a message type, and the mandatory choices between some of them."""

    fields: tuple[_Rule, ...]
    choices: tuple[tuple[str, str], ...]


@cache
def _rules(descriptor: Any) -> _Rules:
    extend = shim.options()
    fields = []
    for f in descriptor.fields:
        o = f.GetOptions().Extensions[extend.field_options]
        fields.append(_Rule(
            f.name, o.is_mandatory, o.is_ulid or f.name in ULIDS, o.is_uuid or f.name in UUIDS,
            bool(f.is_repeated), bool(f.has_presence),
            frozenset(v.number for v in f.enum_type.values) if f.enum_type else None,
            f.message_type is not None,
        ))  # fmt: skip
    choices = []
    for c in descriptor.oneofs:
        if c.GetOptions().Extensions[extend.oneof_options].is_mandatory:
            choices.append((c.name, " or ".join(f.name for f in c.fields)))
    return _Rules(tuple(fields), tuple(choices))


def mistakes(message: Any) -> tuple[str, ...]:
    """Every mistake, as `where: what was expected`; at most LONGEST."""
    out: list[str] = []
    _walk(message, "", out, 0)
    if message.HasField("registration"):
        version = message.registration.icd_version
        if version and version != shim.VERSION:
            out.append(f"registration.icd_version: expected {shim.VERSION!r} (found {version!r})")
    if message.HasField("error") and not any(message.error.error_message):
        out.append("error.error_message: mandatory, and not there")  # as Dstl's cases have it
    return tuple(out[:LONGEST])


def _walk(message: Any, at: str, out: list[str], depth: int) -> None:
    if depth > 30:
        out.append(f"{at}: nested too deep")
        return
    rules = _rules(message.DESCRIPTOR)
    for rule in rules.fields:
        place = f"{at}.{rule.name}" if at else rule.name
        value = getattr(message, rule.name)
        if rule.repeated:
            if rule.mandatory and not len(value):
                out.append(f"{place}: mandatory, and not there")
            for k, one in enumerate(value):
                _value(one, rule, f"{place}[{k}]", out, depth)
        elif rule.presence and not message.HasField(rule.name):
            if rule.mandatory:
                out.append(f"{place}: mandatory, and not there")
        else:
            _value(value, rule, place, out, depth)
    for name, members in rules.choices:
        if message.WhichOneof(name) is None:
            out.append(f"{at + '.' if at else ''}{name}: mandatory, expected {members}")
    if message.DESCRIPTOR.name == "Location":
        out += [f"{at}.{m}" for m in _location(message)]
    elif message.DESCRIPTOR.name in ("RangeBearing", "RangeBearingCone"):
        out += [f"{at}.{m}" for m in _bearing(message)]


def _value(value: Any, rule: _Rule, place: str, out: list[str], depth: int) -> None:
    if rule.message:
        if not value.DESCRIPTOR.full_name.startswith("google.protobuf."):
            _walk(value, place, out, depth + 1)
    elif rule.enum is not None:
        if value == 0 and rule.mandatory:
            out.append(f"{place}: mandatory, and unspecified")
        elif value not in rule.enum:
            out.append(f"{place}: {value} is no value of it")
    elif isinstance(value, str | bytes):
        if rule.mandatory and not value:
            out.append(f"{place}: mandatory, and empty")
        elif rule.ulid and not ULID.match(str(value)):
            out.append(f"{place}: expected a ULID in capitals (found {str(value)[:40]!r})")
        elif rule.uuid and not UUID.match(str(value)):
            out.append(f"{place}: expected a version 4 UUID in lower case (found {str(value)[:40]!r})")  # fmt: skip
    elif isinstance(value, float):
        if not math.isfinite(value):
            out.append(f"{place}: expected a finite number")
        elif rule.name in SHARES and not 0.0 <= value <= 1.0:
            out.append(f"{place}: expected 0 to 1 (found {value:g})")


def _location(m: Any) -> list[str]:
    """Coordinates within the system that they are declared in (x east, y north)."""
    if m.coordinate_system in (DEGREES, RADIANS):
        half = 180.0 if m.coordinate_system == DEGREES else math.pi
        unit = "deg" if m.coordinate_system == DEGREES else "rad"
        limits = (("x", -half, half, unit), ("y", -half / 2.0, half / 2.0, unit))
    else:
        return []
    return [
        f"{name}: expected {low:g} to {high:g} {unit} (found {getattr(m, name):g})"
        for name, low, high, unit in limits
        if not low <= getattr(m, name) <= high
    ]


def _bearing(m: Any) -> list[str]:
    """Azimuth within a turn either way, elevation within a quarter, no range below 0."""
    turn = 360.0 if m.coordinate_system in (1, 3) else 2.0 * math.pi
    if m.coordinate_system not in (1, 2, 3, 4):
        return []
    out = []
    if m.HasField("azimuth") and abs(m.azimuth) > turn:
        out.append(f"azimuth: expected within {turn:g} (found {m.azimuth:g})")
    if m.HasField("elevation") and abs(m.elevation) > turn / 4.0:
        out.append(f"elevation: expected within {turn / 4.0:g} (found {m.elevation:g})")
    if m.HasField("range") and m.range < 0.0:
        out.append(f"range: expected 0 or more (found {m.range:g})")
    return out


def utm_mistakes(m: Any) -> list[str]:
    """What is wrong with a location in UTM; judged where a position is used, since the
    standard's own samples put degrees there."""
    out = []
    if not EASTING_M[0] <= m.x <= EASTING_M[1]:
        out.append(f"x: expected an easting of 100000 to 900000 m (found {m.x:g})")
    if not NORTHING_M[0] <= m.y <= NORTHING_M[1]:
        out.append(f"y: expected a northing of 0 to 10000000 m (found {m.y:g})")
    if not ZONE.match(m.utm_zone.upper()):
        out.append(f"utm_zone: expected such as 30U (found {m.utm_zone!r})")
    return out
