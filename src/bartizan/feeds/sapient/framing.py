"""SAPIENT on a stream: four bytes of length, little-endian, then the message.

In: a stream.  Out: the bytes of one message after the other.  Does not: read a message, or
go on behind a length that cannot be: where the next one begins is then not known.

Ref: BSI Flex 335 v2.0, section 5 (TCP transport).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from bartizan.feeds.sapient.shim import WrongMessageError

LONGEST: Final = 1 << 20  # bytes of one message; a registration has some kilobytes: assumed


def framed(body: bytes) -> bytes:
    """A message's bytes with their length in front."""
    return len(body).to_bytes(4, "little") + body


async def read(stream: asyncio.StreamReader, longest: int = LONGEST) -> bytes | None:
    """The next message's bytes, None where the stream ends.

    Raises WrongMessageError when a length is too great, or the stream ends within a message.
    """
    try:
        head = await stream.readexactly(4)
    except asyncio.IncompleteReadError as e:
        if e.partial:
            raise WrongMessageError("the stream ends within a message") from e
        return None
    size = int.from_bytes(head, "little")
    if size > longest:
        raise WrongMessageError(f"a message of {size} bytes: expected at most {longest}")
    try:
        return await stream.readexactly(size)
    except asyncio.IncompleteReadError as e:
        raise WrongMessageError("the stream ends within a message") from e


def split(data: bytes, longest: int = LONGEST) -> Iterator[bytes]:
    """The messages' bytes of a recorded stream.  Raises WrongMessageError as `read` does."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        if at + 4 > len(data) or size > longest or at + 4 + size > len(data):
            raise WrongMessageError(f"byte {at}: a message of {size} bytes does not fit")
        yield data[at + 4 : at + 4 + size]
        at += 4 + size
