"""What an ASTERIX recording holds, category by category.

In: a file, and editions where they are not the usual ones.  Out: one word a record, and
what was set aside.  Does not: turn records into anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

from bartizan.errors import InputError, SourceError
from bartizan.feeds.asterix import blocks
from bartizan.feeds.asterix.codec import WrongRecordError, decode
from bartizan.feeds.asterix.layout import CATEGORIES, DEFAULTS, layout
from bartizan.feeds.asterix.records import probed, read
from bartizan.feeds.captures import Broken
from bartizan.feeds.reports import refused
from bartizan.types import Refused

SCANNED: Final = (
    "010",
    "015",
    "020",
    "021",
    "034",
    "048",
    "062",
    "205",
)  # categories whose figures are looked at


def listed(path: Path, options: Mapping[str, str]) -> Iterator[str | Refused]:
    """`category 048` and so on for every record, exact repeats too.

    options: editions by category, such as {"062": "0.17"}.  Raises SourceError when a
    category does not read as its edition, or nothing of the file is ASTERIX.
    """
    unknown = sorted(set(options) - set(CATEGORIES))
    if unknown:
        raise InputError(f"category {unknown[0]!r}: expected one of {', '.join(CATEGORIES)}")
    editions = DEFAULTS | dict(options)
    parts = [b for p in blocks.read(path) for b in _blocks(p)]
    present = {f"{b.data[0]:03d}" for b in parts if isinstance(b, blocks.Payload)}
    looked = tuple((c, editions[c]) for c in SCANNED if c in present)
    if looked:  # a wrong edition gives nonsense that parses: its figures tell
        for _ in probed(read(parts, path.name, looked), path, looked):
            break
    if not present & set(CATEGORIES):
        raise SourceError(f"{path}: no ASTERIX record of a known category in it")
    return chain.from_iterable(_one(b, path, editions) for b in parts)


def _blocks(p: blocks.Payload | Broken) -> Iterator[blocks.Payload | Broken]:
    return blocks.split(p) if isinstance(p, blocks.Payload) else iter([p])


def _one(
    part: blocks.Payload | Broken, path: Path, editions: Mapping[str, str]
) -> Iterator[str | Refused]:
    where = f"{path.name}: {part.where}"
    if isinstance(part, Broken):
        yield refused(0, path.name, where, part.why, part.raw)
        return
    category = f"{part.data[0]:03d}"
    t_ns = max(part.received_ns, 0)
    if category not in editions:
        yield refused(t_ns, path.name, where, f"category {category} is not read", part.data)
        return
    try:
        found = decode(part.data, layout(category, editions[category]))
    except WrongRecordError as e:
        yield refused(t_ns, path.name, where, f"category {category}: {e}", part.data)
        return
    yield from (f"category {category}" for _ in found)
