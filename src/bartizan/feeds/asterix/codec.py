"""ASTERIX records from bytes and to bytes, by a layout.

In: a data block, or records as plain values.  Out: the other.  Does not: know what an item
means, or which sensor sent it.

A record is a dictionary of its items: a whole number for an item of one part, else a
dictionary of its parts; a list for extended and repeated items, a dictionary for compound
ones, bytes for explicit ones.  Spare bits are kept only where they are set (under `-n`), so
that what was read is written back byte for byte.

Ref: EUROCONTROL SPEC-0149, part 1, edition 3.1, sections 4 and 5.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from bartizan.errors import SourceError
from bartizan.feeds.asterix.layout import (
    Compound,
    Explicit,
    Extended,
    Fixed,
    Item,
    Layout,
    Repeated,
    Uap,
)

Record = dict[str, Any]
SHORT: Final = "the record is cut short"
PLOT_OR_TRACK: Final = "020"  # the item whose first bit chooses between two orders of items


class WrongRecordError(SourceError):
    """Bytes that are no record of this layout, or values that do not fit it."""


def decode(data: bytes, layout: Layout) -> list[Record]:
    """The records of one data block (category and length first).

    Raises WrongRecordError when the bytes are not of this layout.
    """
    if len(data) < 3 or int.from_bytes(data[1:3], "big") != len(data):
        raise WrongRecordError("the block's length is not what it says")
    if data[0] != int(layout.category):
        raise WrongRecordError(f"category {data[0]:03d}, expected {layout.category}")
    at, out = 3, []
    while at < len(data):
        record, at = _record(data, at, layout)
        out.append(record)
    return out


def encode(records: list[Record], layout: Layout) -> bytes:
    """One data block with these records.  Raises WrongRecordError when a value does not fit."""
    body = b"".join(_written(r, layout) for r in records)
    if len(body) > 0xFFFF - 3:
        raise WrongRecordError(f"a block of {len(body) + 3} bytes: expected at most 65535")
    return bytes([int(layout.category)]) + (len(body) + 3).to_bytes(2, "big") + body


def _record(data: bytes, at: int, layout: Layout) -> tuple[Record, int]:
    uap = layout.uaps[0]
    present, at = _presence(data, at, len(uap))
    out: Record = {}
    for k in present:
        entry = uap[k]
        if entry is None:
            raise WrongRecordError(f"field {k + 1} is present, which is not of this edition")
        name, item = entry
        if type(item) is Fixed:  # nine of ten; spelled out, since a radar sends thousands a second
            after = at + item.bits // 8
            if after > len(data):
                raise WrongRecordError(SHORT)
            value: Any = int.from_bytes(data[at:after], "big")
            out[name] = _split(value, item) if item.parts else value
            at = after
            continue
        out[name], at = _read(data, at, item)
        if name == PLOT_OR_TRACK and len(layout.uaps) > 1:
            uap = layout.uaps[out[name][0].get("TYP", 0)]
    return out, at


def _presence(data: bytes, at: int, most: int) -> tuple[list[int], int]:
    """Which of `most` parts are present, by bits of which each eighth says that more follow."""
    out: list[int] = []
    k = 0
    while True:
        if at >= len(data):
            raise WrongRecordError(SHORT)
        octet = data[at]
        at += 1
        for bit in _SET[octet]:
            out.append(k + bit)
        k += 7
        if not octet & 1:
            break
        if k >= most:
            raise WrongRecordError(f"more than {most} presence bits")
    if out and out[-1] >= most:
        raise WrongRecordError(f"field {out[-1] + 1} is present, which is not of this edition")
    return out, at


_SET: Final = tuple(tuple(k for k in range(7) if octet >> (7 - k) & 1) for octet in range(256))


@cache
def _shifts(f: Fixed) -> tuple[tuple[str, int, int], ...]:
    """(name, shift, mask) of each part; spare bits are called -0, -1, ..."""
    out, left = [], f.bits
    for k, (name, bits) in enumerate(f.parts):
        left -= bits
        out.append((name or f"-{k}", left, (1 << bits) - 1))
    return tuple(out)


@cache
def _spare(f: Fixed) -> int:
    """The bits that no part with a name has."""
    return sum(mask << shift for name, shift, mask in _shifts(f) if name[0] == "-")


@cache
def _named(f: Fixed) -> tuple[tuple[str, int, int], ...]:
    return tuple(s for s in _shifts(f) if s[0][0] != "-")


def _split(value: int, f: Fixed) -> Any:
    if not f.parts:
        return value
    if value & _spare(f):
        return {n: v for n, k, m in _shifts(f) if (v := value >> k & m) or n[0] != "-"}
    return {name: value >> shift & mask for name, shift, mask in _named(f)}


def _joined(value: Any, f: Fixed) -> int:
    if not f.parts:
        if not isinstance(value, int) or not 0 <= value < 1 << f.bits:
            raise WrongRecordError(f"{value!r}: expected a whole number of {f.bits} bits")
        return value
    out = 0
    for name, shift, mask in _shifts(f):
        v = value.get(name, 0)
        if not isinstance(v, int) or not 0 <= v <= mask:
            raise WrongRecordError(f"{name} {v!r}: expected 0 to {mask}")
        out |= v << shift
    return out


def _take(data: bytes, at: int, size: int) -> tuple[int, int]:
    after = at + size
    if after > len(data):
        raise WrongRecordError(SHORT)
    return int.from_bytes(data[at:after], "big"), after


def _read(data: bytes, at: int, item: Item) -> tuple[Any, int]:
    if isinstance(item, Fixed):
        value, at = _take(data, at, item.bits // 8)
        return _split(value, item), at
    if isinstance(item, Extended):
        return _read_extended(data, at, item)
    if isinstance(item, Repeated):
        return _read_repeated(data, at, item)
    if isinstance(item, Compound):
        present, at = _presence(data, at, len(item.parts))
        out = {}
        for k in present:
            entry = item.parts[k]
            if entry is None:
                raise WrongRecordError(f"part {k + 1} is present, which is not of this edition")
            out[entry[0]], at = _read(data, at, entry[1])
        return out, at
    size, _ = _take(data, at, 1)
    if size < 1 or at + size > len(data):
        raise WrongRecordError(f"an explicit item of {size} bytes does not fit")
    return data[at + 1 : at + size], at + size


def _read_extended(data: bytes, at: int, item: Extended) -> tuple[list[Any], int]:
    out = []
    for part, fx in item.parts:
        value, at = _take(data, at, (part.bits + fx) // 8)
        out.append(_split(value >> fx, part))
        if not fx or not value & 1:
            return out, at
    raise WrongRecordError("an extended item does not end")


def _read_repeated(data: bytes, at: int, item: Repeated) -> tuple[list[Any], int]:
    out: list[Any] = []
    fx = item.counter == 0
    size = (item.of.bits + fx) // 8
    if fx:
        more = 1
        while more:
            value, at = _take(data, at, size)
            more = value & 1
            out.append(_split(value >> 1, item.of))
        return out, at
    count, at = _take(data, at, item.counter)
    for _ in range(count):
        value, at = _take(data, at, size)
        out.append(_split(value, item.of))
    return out, at


def _written(record: Record, layout: Layout) -> bytes:
    kind = record.get(PLOT_OR_TRACK)
    second = len(layout.uaps) > 1 and bool(kind and kind[0].get("TYP", 0))
    return _listed(record, layout.uaps[1 if second else 0])


def _listed(values: dict[str, Any], parts: Uap) -> bytes:
    """Presence bits, as few octets as will do, then what is present."""
    left = set(values)
    bits: list[int] = []
    body = b""
    for k, entry in enumerate(parts):
        if entry is not None and entry[0] in left:
            left.discard(entry[0])
            bits.append(k)
            body += _write(values[entry[0]], entry[1])
    if left:
        raise WrongRecordError(f"{', '.join(sorted(left))}: not of this edition")
    octets = bytearray(max(bits) // 7 + 1 if bits else 1)
    for k in bits:
        octets[k // 7] |= 0x80 >> k % 7
    for k in range(len(octets) - 1):
        octets[k] |= 1
    return bytes(octets) + body


def _write(value: Any, item: Item) -> bytes:
    if isinstance(item, Fixed):
        return _joined(value, item).to_bytes(item.bits // 8, "big")
    if isinstance(item, Extended):
        out = b""
        for k, (v, (part, fx)) in enumerate(zip(value, item.parts, strict=False)):
            number = _joined(v, part) << fx | (fx and k + 1 < len(value))
            out += number.to_bytes((part.bits + fx) // 8, "big")
        return out
    if isinstance(item, Repeated):
        fx = item.counter == 0
        size = (item.of.bits + fx) // 8
        out = b"" if fx else len(value).to_bytes(item.counter, "big")
        for k, v in enumerate(value):
            number = _joined(v, item.of)
            number = number << 1 | (k + 1 < len(value)) if fx else number
            out += number.to_bytes(size, "big")
        return out
    if isinstance(item, Compound):
        return _listed(value, item.parts)
    if isinstance(item, Explicit) and isinstance(value, bytes) and len(value) < 255:
        return bytes([len(value) + 1]) + value
    raise WrongRecordError(f"{value!r}: expected at most 254 bytes")
