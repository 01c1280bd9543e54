"""One night for all tests of outlets: the default raid, in a run folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from bartizan import config
from bartizan.campaign import Frame, Night, night
from bartizan.types import Output, Site


class Kept(NamedTuple):
    """A night that was played: where it is kept, and what the pipeline gave."""

    folder: Path
    site: Site
    outputs: tuple[Output, ...]


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """The first 104 s of the night of 4 January 2022; at last, made here, the alarm is over."""
    raid, at = config.load_raid("ain-al-asad-2022-01-04")
    raid = raid._replace(duration_s=104.0)
    folder = tmp_path_factory.mktemp("night") / "run"
    folder.mkdir()
    frames = night.record(Night(night.setup(at.site, ()), raid, at.effectors, 7, folder))
    outputs = [o for f in frames if isinstance(f, Frame) for o in f.outputs]
    last = outputs[-1]
    over = last._replace(
        t_ns=last.t_ns + 60_000_000_000, watch=last.watch._replace(alarms=(), events=())
    )
    yield Kept(folder, at.site, (*outputs, over))
