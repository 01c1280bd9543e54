"""The history file: earlier attacks on the built-in sites, as public pages tell them.

In: data/history.yaml.  Out: their times.  Does not: estimate (see `warn`).
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictInt

from bartizan.config.load import in_order, list_sites, parse
from bartizan.config.site import Moment, Name, Part, Sentence
from bartizan.config.text import Document, read
from bartizan.errors import ConfigError, Mistake
from bartizan.units import ns_from_iso


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
