"""The history file: earlier attacks on the built-in sites, as public pages tell them.

In: data/history.yaml.  Out: their times.  Does not: estimate (see `warn`).
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from bartizan.config.load import parse
from bartizan.config.site import Name, Part, Sentence
from bartizan.config.text import read
from bartizan.units import NS_PER_S


class AttackFile(Part):
    """One attack; precision says how well its time is known."""

    site: Name
    start: AwareDatetime
    precision: Literal["minute", "hour", "part_of_day", "day"]
    weapon: Literal["uav", "rocket"]
    count: Annotated[int, Field(ge=1)] | None = None
    outcome: str = ""
    told_by: Sentence
    source: Sentence


class HistoryFile(Part):
    """All attacks, in any order."""

    attacks: tuple[AttackFile, ...]


def attacks_before(site: str, t_ns: int) -> tuple[int, ...]:
    """UTC times [ns] of the attacks on a built-in site before a time, rising."""
    path = Path(str(resources.files("bartizan"))) / "data" / "history.yaml"
    history = parse(read(path), HistoryFile)
    times = (int(a.start.timestamp()) * NS_PER_S for a in history.attacks if a.site == site)
    return tuple(sorted(t for t in times if t < t_ns))
