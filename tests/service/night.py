"""A short simulated raid as the live service would get it, and its setup."""

from __future__ import annotations

from functools import cache

from bartizan import config, pipeline, sim
from bartizan.pipeline import Setup
from bartizan.sim.spec import Raid
from bartizan.types import Mode, Scan

NAME = "ain-al-asad-2022-01-04"


@cache
def setup(mode: Mode = Mode.EXERCISE, ack_s: float = 30.0) -> Setup:
    s = pipeline.setup(config.load_raid(NAME)[1].site, mode)
    return s._replace(warn=s.warn._replace(ack_s=ack_s))


@cache
def raid() -> Raid:
    return config.load_raid(NAME)[0]


@cache
def scans(seconds: float = 40.0) -> tuple[Scan, ...]:
    """The default raid's first seconds, nothing shooting back."""
    world = sim.start(setup().site, raid(), (), 7)
    _, out, _ = sim.step(world, seconds)
    return out
