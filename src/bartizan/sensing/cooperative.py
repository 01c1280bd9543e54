"""Cooperative reports: ADS-B and Remote ID, a position that the thing itself declares.

In: who is equipped.  Out: identity keys, and declared positions with their noise.
Does not: believe them; the picture does that against independent sensors.  Reception is
`direction_finder.received`, with the ground station's figures in `Sensors.pd`.
"""

from __future__ import annotations

from hashlib import blake2b

from bartizan.types import F64


def identity_key(text: str) -> int:
    """The 63-bit key of a cooperative identity (never 0; the same text, the same key)."""
    digest = blake2b(text.encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def declared(x: F64, sd: F64, noise: F64) -> F64:
    """Declared states (m, 6) of things at x (m, 6) [m, m/s] site ENU.

    sd (6,) 1-sigma of the thing's own navigation and the format's rounding, NaN where the
    report has no such field   noise (m, 6) standard normal
    """
    out: F64 = x + sd * noise
    return out
