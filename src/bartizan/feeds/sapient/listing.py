"""What a SAPIENT recording holds: JSON messages, or a recorded stream.

In: a file, or a folder of JSON files.  Out: one word a message, and what was set aside with
every mistake.  Does not: know a site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bartizan.errors import SourceError
from bartizan.feeds.reports import refused
from bartizan.feeds.sapient import framing, shim
from bartizan.feeds.sapient.rules import mistakes
from bartizan.types import Refused


def listed(path: Path, options: Mapping[str, str]) -> Iterator[str | Refused]:
    """`detection_report` and so on for each message that is by the standard.

    Raises SourceError when nothing can be read.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise SourceError(f"{path}: no JSON file in it")
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as e:
            raise SourceError(f"{file}: cannot be read ({e.strerror or e})") from e
        yield from _text(file, raw) if file.suffix == ".json" else _stream(file, raw)


def _text(file: Path, raw: bytes) -> Iterator[str | Refused]:
    try:
        message, unknown = shim.from_json(raw.decode("utf-8-sig", "replace"))
    except shim.WrongMessageError as e:
        yield refused(0, "sapient", file.name, str(e), raw)
        return
    yield _judged(message, [f"{u}: no such field" for u in unknown], file.name, raw)


def _stream(file: Path, raw: bytes) -> Iterator[str | Refused]:
    k = 0
    try:
        for k, body in enumerate(framing.split(raw), 1):
            where = f"{file.name}: message {k}"
            try:
                yield _judged(shim.from_bytes(body), [], where, body)
            except shim.WrongMessageError as e:
                yield refused(0, "sapient", where, str(e), body)
    except shim.WrongMessageError as e:
        if k == 0:
            raise SourceError(f"{file}: no SAPIENT stream: {e}") from e
        yield refused(0, "sapient", f"{file.name}: after message {k}", str(e), b"")


def _judged(message: object, before: list[str], where: str, raw: bytes) -> str | Refused:
    wrong = [*before, *mistakes(message)]
    if wrong:
        return refused(0, "sapient", where, "; ".join(wrong), raw)
    return str(message.WhichOneof("content"))  # type: ignore[attr-defined]
