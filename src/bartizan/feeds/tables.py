"""Rows of a comma-separated file, plain or gzipped, that may be damaged anywhere.

In: a path and the columns that must be there.  Out: rows with their line, or `Broken`.
Does not: know what the columns mean.
"""

from __future__ import annotations

import csv
import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.errors import SourceError
from bartizan.units import NS_PER_S, ns_from_iso, ns_from_s

LATEST_NS: Final = 1 << 62  # the year 2116: well inside 64 bits


class Row(NamedTuple):
    """One row: its line in the file and its fields by column name."""

    line: int
    cells: dict[str, str]

    @property
    def raw(self) -> bytes:
        """The row as text again, for the record."""
        return ",".join(self.cells.values()).encode()


class Broken(NamedTuple):
    """A place in the file that is no row, and why."""

    line: int
    why: str
    raw: bytes


def rows(path: Path, needed: Sequence[str]) -> Iterator[Row | Broken]:
    """Every row of the file in order; a file cut short ends with one `Broken`.

    Raises SourceError when it cannot be opened, has no header, or lacks a column.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    line = 0
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
            reader = csv.reader(file)
            names = next(reader, None)
            _check_header(path, names, needed)
            assert names is not None
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader)
                except csv.Error as e:
                    yield Broken(line, f"not a row: {e}", b"")
                    continue
                except StopIteration:
                    return
                if len(cells) == len(names):
                    yield Row(line, dict(zip(names, cells, strict=True)))
                elif cells:
                    why = f"{len(cells)} fields where the header has {len(names)}"
                    yield Broken(line, why, ",".join(cells).encode())
    except (EOFError, gzip.BadGzipFile, zlib.error) as e:
        if line == 0:
            raise SourceError(f"{path}: not a readable gzip file ({e})") from e
        yield Broken(line, f"the file is damaged from here on ({e})", b"")
    except OSError as e:
        raise SourceError(f"{path}: cannot be read ({e.strerror or e})") from e


def _check_header(path: Path, names: Sequence[str] | None, needed: Sequence[str]) -> None:
    if not names:
        raise SourceError(f"{path}: empty, a header line was expected")
    missing = [n for n in needed if n not in names]
    if missing:
        raise SourceError(f"{path}:1: column {missing[0]!r} is missing from the header")


def number(text: str) -> float:
    """The finite number in a cell; raises ValueError that says what stood there."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{text!r} is not a finite number")
    return value


def time_ns(text: str) -> int:
    """UTC nanoseconds of an ISO 8601 cell; raises ValueError that says what stood there."""
    try:
        t_ns = ns_from_iso(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time") from None
    if not 0 <= t_ns < LATEST_NS:
        raise ValueError(f"{text!r} is not a time of this age")
    return t_ns


def whole(text: str) -> int:
    """The whole number from 0 up in a cell that 63 bits hold; else ValueError."""
    value = number(text)
    if not 0.0 <= value < 2.0**63:
        raise ValueError(f"{text!r} is not a number from 0 to 2^63")
    return int(value)


def unix_ns(text: str) -> int:
    """UTC nanoseconds of a cell in Unix seconds; else ValueError."""
    value = number(text)
    if not 0.0 <= value < LATEST_NS / NS_PER_S:
        raise ValueError(f"{text!r} is not a time of this age, in seconds")
    return ns_from_s(value)
