"""Remote ID in the JSON of common receivers.

In: the bytes of an MQTT message or a datagram.  Out: payloads with who sent them.
Does not: trust a field that it does not know.

Receivers differ.  Understood are: objects that carry the broadcast bytes themselves, as
hexadecimal or base64 text, under any of PAYLOADS, or OpenDroneID's C structure in the same
way, with the transmitter's address under any of SENDERS, also one level down under `data`;
objects one after another without a separator; lists of objects; LZMA'd text; and objects with
decoded fields as OpenDroneID's own receivers name them.  Structures and fields are turned into
messages again, so that there is one way on from here.
"""

from __future__ import annotations

import base64
import binascii
import json
import lzma
import math
from typing import Any, Final

from bartizan.errors import SourceError
from bartizan.feeds.remote_id import structure
from bartizan.feeds.remote_id.air import Heard
from bartizan.feeds.remote_id.messages import (
    BasicId,
    DamagedError,
    Location,
    Message,
    System,
    Text,
    pack,
)
from bartizan.units import RAD_PER_DEG

NAN: Final = math.nan
PAYLOADS: Final = ("payload", "raw", "data", "odid", "UASdata", "message_pack")
SENDERS: Final = ("mac", "MAC", "MAC address", "address", "sender", "transmitter", "id")
LONGEST: Final = 1 << 20  # bytes of a message, after it is unpacked
MOST: Final = 64  # objects of one message


class WrongJsonError(SourceError):
    """A receiver's message that is none."""


def said_in(raw: bytes) -> tuple[Heard | WrongJsonError, ...]:
    """The payloads of a receiver's message, and why an object of it has none.

    Raises WrongJsonError when the message cannot be read at all.
    """
    return tuple(_said(one) for one in _objects(_text(raw)))


def _said(one: dict[str, Any]) -> Heard | WrongJsonError:
    inner = one.get("data")
    if isinstance(inner, dict):
        one = one | inner
    sender = str(next((one[k] for k in SENDERS if isinstance(one.get(k), str)), ""))[:64]
    carried = next((one[k] for k in PAYLOADS if isinstance(one.get(k), str)), None)
    try:
        if carried is not None:
            body = _bytes(carried)
            if len(body) == structure.SIZE:
                body = pack(structure.messages(body))
            return Heard(sender, 0, body, None)
        messages = _messages(one)
        if not messages:
            return WrongJsonError(f"no Remote ID in an object with {', '.join(sorted(one)[:8])}")
        return Heard(sender or str(messages[0]), 0, pack(messages), None)
    except WrongJsonError as e:
        return e
    except DamagedError as e:
        return WrongJsonError(str(e))


def _text(raw: bytes) -> str:
    if raw[:6] == b"\xfd7zXZ\0" or raw[:1] == b"\x5d":
        try:
            unpacker = lzma.LZMADecompressor()
            raw = unpacker.decompress(raw, LONGEST)
        except (lzma.LZMAError, EOFError) as e:
            raise WrongJsonError(f"LZMA that does not unpack: {e}") from e
        if not unpacker.eof:
            raise WrongJsonError(f"LZMA that is cut short, or over {LONGEST} bytes")
    if len(raw) > LONGEST:
        raise WrongJsonError(f"{len(raw)} bytes: expected at most {LONGEST}")
    return raw.decode("utf-8", "replace").strip().strip("\0")


def _objects(text: str) -> list[dict[str, Any]]:
    """All objects of a text, also where they are glued together."""
    decoder, at, out = json.JSONDecoder(), 0, list[dict[str, Any]]()
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as e:
            raise WrongJsonError(f"no JSON: {e}") from e
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, dict):
                raise WrongJsonError("no JSON object")
            out.append(one)
        if len(out) > MOST:
            raise WrongJsonError(f"more than {MOST} objects")
        while at < len(text) and text[at] in " \t\r\n,;\0":
            at += 1
    if not out:
        raise WrongJsonError("an empty message")
    return out


def _bytes(text: str) -> bytes:
    plain = text.strip()
    try:
        return bytes.fromhex(plain)
    except ValueError:
        pass
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError) as e:
        raise WrongJsonError("its payload is neither hexadecimal nor base64") from e


def _number(one: dict[str, Any], *names: str) -> float:
    for name in names:
        v = one.get(name)
        if isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v):
            return float(v)
    return NAN


def _messages(one: dict[str, Any]) -> tuple[Message, ...]:
    """The messages that decoded fields stand for; lat = lon = 0 stays "unknown"."""
    parts = {k.replace("_", "").replace(" ", "").lower(): v for k, v in one.items()}
    flat = {k: v for k, v in parts.items() if not isinstance(v, dict)}
    for v in parts.values():
        if isinstance(v, dict):
            flat |= {k.replace("_", "").replace(" ", "").lower(): x for k, x in v.items()}
    out: list[Message] = []
    ident = flat.get("uasid") or flat.get("basicid") or flat.get("serialnumber")
    if isinstance(ident, str) and ident.isascii() and ident.isprintable():
        kind, craft = _number(flat, "idtype"), _number(flat, "uatype")
        out.append(BasicId(2, int(kind) if kind in (1, 2) else 1,
                           int(craft) if craft in range(16) else 0, ident.encode()[:20]))  # fmt: skip
    operator = flat.get("operatorid")
    if isinstance(operator, str) and operator.isascii() and operator.isprintable() and operator:
        out.append(Text(2, "operator_id", 0, operator.encode()[:20]))
    lat, lon = (_number(flat, f"operator{k}", f"pilot{k[:3]}") for k in ("latitude", "longitude"))
    if abs(lat) <= 90.0 and abs(lon) <= 180.0 and (lat != 0.0 or lon != 0.0):
        height = _height(flat, "operatoraltitudegeo", "operatoraltitude")
        out.append(
            System(2, 0, 1, lat * RAD_PER_DEG, lon * RAD_PER_DEG, height, 1, 0, NAN, NAN, 0, 0)
        )
    lat, lon = _number(flat, "latitude", "lat"), _number(flat, "longitude", "lon")
    if abs(lat) <= 90.0 and abs(lon) <= 180.0:
        course, speed = (
            _number(flat, "direction", "heading"),
            _number(flat, "speedhorizontal", "speed"),
        )
        known = lat != 0.0 or lon != 0.0
        out.append(Location(
            2, 2, False, course % 360.0 * RAD_PER_DEG, speed if 0.0 <= speed <= 254.25 else NAN,
            _climb(flat), lat * RAD_PER_DEG if known else NAN, lon * RAD_PER_DEG if known else NAN,
            _height(flat, "altitudebaro", "altpressure"),
            _height(flat, "altitudegeo", "geodeticaltitude", "alt"),
            _height(flat, "height"), NAN, NAN, NAN, NAN, -1, 0.0,
        ))  # fmt: skip
    return tuple(out)


def _climb(flat: dict[str, Any]) -> float:
    v = _number(flat, "speedvertical", "verticalspeed")
    return v if abs(v) <= 62.0 else NAN


def _height(flat: dict[str, Any], *names: str) -> float:
    """A height [m]; -1000 is how receivers write "unknown"."""
    v = _number(flat, *names)
    return v if -1000.0 < v <= 31_767.0 else NAN
