"""What a file holds, message by message, whatever site it came from.

In: the name of a format and a file.  Out: how many messages of each type, and what was set
aside, with where and why.  Does not: make scans or know a site.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.errors import InputError
from bartizan.types import Refused

Options = Mapping[str, str]
Decoder = Callable[[Path, Options], Iterator[str | Refused]]

# Where each decoder is: loaded when it is asked for.
DECODERS: Final[dict[str, str]] = {
    "asterix": "bartizan.feeds.asterix.listing:listed",
    "adsb": "bartizan.feeds.adsb:listed",
    "remote_id": "bartizan.feeds.decode:_remote_id",
    "mavlink": "bartizan.feeds.mavlink:listed",
    "sapient": "bartizan.feeds.sapient.listing:listed",
    "courageous": "bartizan.feeds.decode:_courageous",
    "cap": "bartizan.outlets.cap:listed",
    "journal": "bartizan.feeds.decode:_journal",
}
SHOWN: Final = 20  # refusals that are given one by one


class Decoded(NamedTuple):
    """messages: count by type   refused: count by reason   shown: (where, why) of the first"""

    messages: dict[str, int]
    refused: dict[str, int]
    shown: tuple[tuple[str, str], ...]


def decode(name: str, path: Path, options: Options) -> Decoded:
    """Counts of one file.

    options: settings of the format by name, such as {"062": "0.17"} for ASTERIX editions.
    Raises InputError when there is no such format, SourceError when the file cannot be read
    at all.
    """
    return counted(find(name)(path, options))


def counted(items: Iterable[str | Refused]) -> Decoded:
    """Counts of what a file holds: words, and what was set aside."""
    messages: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    shown: list[tuple[str, str]] = []
    for item in items:
        if isinstance(item, Refused):
            reasons[item.why] += 1
            if len(shown) < SHOWN:
                shown.append((item.where, item.why))
        else:
            messages[item] += 1
    return Decoded(dict(sorted(messages.items())), dict(sorted(reasons.items())), tuple(shown))


def find(name: str) -> Decoder:
    """The decoder of a format.  Raises InputError naming those there are."""
    if name not in DECODERS:
        raise InputError(f"format {name!r}: expected one of {', '.join(DECODERS)}")
    module, _, function = DECODERS[name].partition(":")
    try:
        found: Decoder = getattr(import_module(module), function)
    except ModuleNotFoundError as e:
        raise InputError(f"format {name!r} needs {e.name}, which is not installed") from e
    return found


def _remote_id(path: Path, options: Options) -> Iterator[str | Refused]:
    from bartizan.feeds.remote_id import framed

    return framed(path)


def _courageous(path: Path, options: Options) -> Iterator[str | Refused]:
    from bartizan.feeds import courageous

    document = courageous.read(path)  # every mistake of it is one SourceError
    for name, sets in (("detection", document.detection), ("track", document.tracks)):
        for one in sets:
            yield name
            for r in one.records:
                yield f"{name} record, {r.location.kind if r.location else 'no place'}"


def _journal(path: Path, options: Options) -> Iterator[str | Refused]:
    from bartizan.journal import Kind, Reader

    with Reader(path) as run:
        for r in run.records():
            yield run.decode(r, Refused) if r.kind == Kind.REFUSED else f"{r.kind} record"
