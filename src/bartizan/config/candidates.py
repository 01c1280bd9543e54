"""The file of candidates: sensors that might be added to a site, and what each costs.

In: a file.  Out: `campaign.plan.Candidate`s.  Does not: choose between them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from bartizan.campaign.plan import Candidate
from bartizan.config import lint, site
from bartizan.config.load import Loaded, in_order, parse
from bartizan.config.site import NotNegative, Part, SensorFile
from bartizan.config.text import dotted, read
from bartizan.errors import ConfigError, Mistake
from bartizan.types import Sensors


class CandidateFile(SensorFile):
    """A sensor as in a site's file, with its cost in any one currency."""

    cost: NotNegative


class CandidatesFile(Part):
    """All candidates."""

    candidates: Annotated[tuple[CandidateFile, ...], Field(min_length=1, max_length=50)]


def load_candidates(path: str | Path, at: Loaded) -> tuple[Candidate, ...]:
    """The candidates of a file, placed at a site.  Raises ConfigError with every mistake."""
    document = read(Path(path))
    f = parse(document, CandidatesFile)
    problems = [p for k, c in enumerate(f.candidates) for p in lint.sensor_file(c, ("candidates", k))]  # fmt: skip
    if problems:
        raise ConfigError(in_order([
            Mistake(document.file, document.line(p.place), dotted(p.place), p.found, p.expected)
            for p in problems
        ]))  # fmt: skip
    rows = site.sensor_rows(
        f.candidates, at.frame, at.site.geoid_m, at.site.terrain, at.site.buildings
    )
    return tuple(
        Candidate(c.name, Sensors(**{n: a[k : k + 1] for n, a in rows._asdict().items()}), c.cost)
        for k, c in enumerate(f.candidates)
    )
