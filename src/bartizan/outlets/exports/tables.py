"""A run as a table: one row a track and step, as CSV or Parquet.

In: a journal.  Out: one file.  Does not: thin, or round.

A spreadsheet takes a text that begins with =, +, - or @ for a formula, and callsigns come
from the air: such a text gets a ' before it in CSV.
"""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path
from typing import Any, Final, get_type_hints

from bartizan.errors import BartizanError
from bartizan.journal import Reader
from bartizan.outlets.exports.rows import Row, rows
from bartizan.outlets.marks import NOTES

COLUMNS: Final = tuple(f.rstrip("_") for f in Row._fields)
_TYPES: Final = {int: "int64", float: "float64", bool: "bool_", str: "string"}
BATCH: Final = 50_000


def write_csv(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it."""
    labels: set[int] = set()
    with out.open("w", encoding="utf-8", newline="") as f:
        table = csv.writer(f)
        table.writerow(COLUMNS)
        for row in rows(journal):
            labels.add(row.label)
            table.writerow(_safe(v) for v in row)
    return len(labels)


def _safe(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return f"'{value}"
    return value


def write_parquet(journal: Reader, out: Path) -> int:
    """Writes the file; -> how many tracks are in it.  Raises BartizanError without pyarrow."""
    try:
        import pyarrow as pa  # the extra `parquet`
        from pyarrow import parquet
    except ImportError as e:
        raise BartizanError("export parquet: expected the extra: bartizan[parquet]") from e
    meta = journal.meta
    said = {
        "title": meta.title,
        "mode": str(meta.mode),
        "mark": NOTES[meta.mode],
        "site": meta.site.name,
    }
    kinds = get_type_hints(Row).values()
    schema = pa.schema(
        [(c, getattr(pa, _TYPES[k])()) for c, k in zip(COLUMNS, kinds, strict=True)],
        metadata={f"bartizan.{k}": v for k, v in said.items()},
    )
    labels: set[int] = set()
    source = rows(journal)
    with parquet.ParquetWriter(str(out), schema, compression="zstd") as writer:
        while batch := list(islice(source, BATCH)):
            labels.update(r.label for r in batch)
            columns = [
                pa.array(list(c), t)
                for c, t in zip(zip(*batch, strict=True), schema.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    return len(labels)
