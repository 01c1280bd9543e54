"""Earlier attacks: on the built-in sites, as public pages tell them, or of a person's file.

In: data/history.yaml; CSV or YAML with a column `time`.  Out: their times.
Does not: estimate (see `incidents.recurrence`).
"""

from __future__ import annotations

import csv
import io
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StrictInt

from bartizan.config.load import in_order, list_sites, parse
from bartizan.config.site import Moment, Name, Part, Sentence
from bartizan.config.text import Document, Place, read
from bartizan.errors import ConfigError, Mistake
from bartizan.units import ns_from_iso

EARLIEST_NS, LATEST_NS = ns_from_iso("1900-01-01"), ns_from_iso("2200-01-01")
MOST_TOLD = 20  # mistakes of one file


class AttackFile(Part):
    """One attack; precision says how well its time is known."""

    site: Name
    start: Moment
    precision: Literal["minute", "hour", "part_of_day", "day"]
    weapon: Literal["uav", "rocket"]
    count: Annotated[StrictInt, Field(ge=1, le=10_000)] | None = None
    outcome: Name | None = None
    told_by: Sentence
    source: Sentence


class HistoryFile(Part):
    """All attacks, in any order."""

    attacks: Annotated[tuple[AttackFile, ...], Field(max_length=10_000)]


def attacks_before(site: str, t_ns: int) -> tuple[int, ...]:
    """UTC times [ns] of the attacks on a built-in site before a time, rising."""
    path = Path(str(resources.files("bartizan"))) / "data" / "history.yaml"
    history = parse(read(path), HistoryFile)
    times = (ns_from_iso(a.start.isoformat()) for a in history.attacks if a.site == site)
    return tuple(sorted(t for t in times if t < t_ns))


def check_history(document: Document) -> tuple[Mistake, ...]:
    """Every mistake of a history file; a warning where it names no built-in site."""
    try:
        f = parse(document, HistoryFile)
    except ConfigError as e:
        return e.mistakes
    known = list_sites()
    return in_order(
        [
            Mistake(
                document.file, document.line(("attacks", k, "site")), f"attacks[{k}].site",
                a.site, f"expected a built-in site: {', '.join(known)}", "warning",
            )
            for k, a in enumerate(f.attacks)
            if a.site not in known
        ]
    )  # fmt: skip


class Told(NamedTuple):
    """Reports of a person's file: UTC times [ns] in its order, and what was left aside."""

    times_ns: tuple[int, ...]
    other_sites: int


def read_reports(path: Path, site: str) -> Told:
    """The reports of a CSV or YAML file with a column `time`, and `site` if it has several.

    A time without an offset is UTC.  Raises ConfigError with the mistakes, line by line.
    """
    name = str(path)
    rows = _yaml_rows(path) if path.suffix in (".yaml", ".yml") else _csv_rows(path)
    out, mistakes, names = [], [], set()
    for line, row in rows:
        where = row.get("site", row.get("city"))
        if where is not None and str(where).strip().casefold() != site.casefold():
            names.add(str(where).strip())
            continue
        try:
            out.append(_moment(row))
        except ValueError as e:
            mistakes.append(Mistake(name, line, "time", _shown(row), str(e)))
    if mistakes:
        raise ConfigError(tuple(mistakes[:MOST_TOLD]))
    if rows and not out:
        some = ", ".join(sorted(names)[:8])
        raise ConfigError((Mistake(name, 1, "site", site, f"expected a site of the file: {some}"),))
    return Told(tuple(out), len(rows) - len(out))


def _moment(row: dict[str, Any]) -> int:
    text = row.get("time", row.get("start"))
    if text is None or str(text).strip() == "":
        raise ValueError("expected a time, as 2022-01-04T05:10:00+03:00; it is missing")
    try:
        t_ns = ns_from_iso(str(text))
    except (ValueError, OverflowError):
        raise ValueError("expected a time, as 2022-01-04T05:10:00+03:00") from None
    if not EARLIEST_NS <= t_ns < LATEST_NS:
        raise ValueError("expected a time from 1900 to 2200")
    return t_ns


def _shown(row: dict[str, Any]) -> str:
    return repr(row.get("time", row.get("start")))[:60].replace("None", "nothing")


def _csv_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    name = str(path)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as e:
        expected = f"expected a file that can be read: {e.strerror}"
        raise ConfigError((Mistake(name, 1, "the file", "", expected),)) from e
    except UnicodeDecodeError as e:
        line = raw[: e.start].count(b"\n") + 1
        found = f"byte 0x{raw[e.start]:02x}"
        raise ConfigError((Mistake(name, line, "the file", found, "expected UTF-8 text"),)) from e
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = [c.strip() for c in reader.fieldnames or ()]
    if "time" not in columns:
        found = ", ".join(columns)[:60] or "nothing"
        raise ConfigError((Mistake(name, 1, "time", found, "expected a column of this name"),))
    reader.fieldnames = columns
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as e:
        raise ConfigError(
            (Mistake(name, reader.line_num, "the file", "", f"expected CSV: {e}"),)
        ) from e


def _yaml_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    document = read(path, (dict, list))
    if document.mistakes:
        raise ConfigError(document.mistakes)
    top: Place = () if isinstance(document.data, list) else ("attacks",)
    items = document.data if isinstance(document.data, list) else document.data.get("attacks")
    if not isinstance(items, list):
        expected = "expected a list of reports, each with a time"
        raise ConfigError((Mistake(document.file, 1, "attacks", "", expected),))
    out = []
    for k, item in enumerate(items):
        if not isinstance(item, dict):
            item = {}  # has no time, and is told so with its line
        out.append((document.line((*top, k)), item))
    return out
