"""The journal: append-only, hash-chained, one writer; the only SQL of the live side.

In: scans as received, outputs, refusals, acts, umpire events.  Out: the same, in order.
Does not: derive anything (see `pipeline.verify`).
"""

from bartizan.journal.codec import pack, unpack
from bartizan.journal.store import Kind, Meta, Reader, Record, Writer

__all__ = ["Kind", "Meta", "Reader", "Record", "Writer", "pack", "unpack"]
