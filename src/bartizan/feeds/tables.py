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
from typing import NamedTuple

from bartizan.errors import SourceError
from bartizan.units import ns_from_iso


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
        return ns_from_iso(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time") from None
