"""Identities as SAPIENT wants them: version 4 UUIDs and ULIDs.

In: names, times, numbers.  Out: texts; the same input, the same text.  Does not: roll dice.

Ref: RFC 9562 section 5.4 (its 122 free bits come from a hash here); the ULID specification.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def uuid(name: str) -> str:
    """The UUID of a name, in lower case."""
    h = bytearray(blake2b(name.encode(), digest_size=16).digest())
    h[6] = h[6] & 0x0F | 0x40
    h[8] = h[8] & 0x3F | 0x80
    t = h.hex()
    return f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}"


def ulid(t_ns: int, name: str) -> str:
    """The ULID of a moment [ns UTC] and a name, in capitals."""
    tail = int.from_bytes(blake2b(name.encode(), digest_size=10).digest(), "big")
    value = (t_ns // 1_000_000 & (1 << 48) - 1) << 80 | tail
    return "".join(LETTERS[value >> 5 * k & 31] for k in reversed(range(26)))
