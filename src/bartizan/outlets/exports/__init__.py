"""Exports: the journal of a run as a file of another format.

In: a run's folder or journal.  Out: one file, whole or not there.
Does not: change the run, or leave out that it was an exercise.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from bartizan.errors import BartizanError
from bartizan.journal import Reader
from bartizan.outlets.exports import courageous, czml, geojson, kml, tables


class Format(NamedTuple):
    """How a format is written, and what it is in a few words."""

    write: Callable[[Reader, Path], int]
    what: str


EXPORTS: Final[dict[str, Format]] = {
    "csv": Format(tables.write_csv, "a table, one row a track and step"),
    "parquet": Format(tables.write_parquet, "the same table for DuckDB, pandas, Polars"),
    "geojson": Format(geojson.write, "tracks as lines, walls and zones, alarms (RFC 7946)"),
    "kml": Format(kml.write, "tracks in time for Google Earth and GIS"),
    "czml": Format(czml.write, "tracks in time for Cesium"),
    "courageous": Format(courageous.write, "a COURAGEOUS trial log"),
}


def export(run: Path, name: str, out: Path) -> int:
    """Writes a run's tracks; -> how many.

    Raises BartizanError on an unknown format or a file that cannot be written, JournalError
    on a damaged journal.
    """
    if name not in EXPORTS:
        known = ", ".join(EXPORTS)
        raise BartizanError(f"format {ascii(name)[1:-1]}: expected one of {known}")
    part = out.with_name(f".{out.name}.part")
    with Reader(run) as journal:
        try:
            tracks = EXPORTS[name].write(journal, part)
            os.replace(part, out)
        except OSError as e:
            raise BartizanError(f"{out}: cannot be written: {e.strerror or e}") from e
        finally:
            part.unlink(missing_ok=True)
    return tracks


__all__ = ["EXPORTS", "Format", "export"]
