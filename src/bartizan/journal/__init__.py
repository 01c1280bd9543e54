"""The journal: append-only, hash-chained, one writer; the only SQL of the live side.

In: scans as received, outputs, refusals, acts, umpire events.  Out: the same, in order.
Does not: derive anything (see `pipeline.verify`).
"""

from bartizan.journal.codec import pack, unpack
from bartizan.journal.store import Events, Kind, Meta, Reader, Record, Writer, digest

__all__ = ["Events", "Kind", "Meta", "Reader", "Record", "Writer", "digest", "pack", "unpack"]
