"""One simulated night with everything kept: journal, truth, summary.

In: a site, a raid, a seed, a folder for runs.  Out: a run folder, frame by frame.
Does not: draw or report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bartizan import __version__, pipeline, sim
from bartizan.campaign.play import Conduct, Frame, Played, play
from bartizan.incidents.recurrence import outlook
from bartizan.journal import Meta, Writer, pack
from bartizan.pipeline import Setup
from bartizan.sim import truth
from bartizan.sim.spec import Effector, Raid
from bartizan.types import Mode, Site


class Night(NamedTuple):
    """A night about to be played: its setup, raid, effectors, seed and new folder."""

    setup: Setup
    raid: Raid
    effectors: tuple[Effector, ...]
    seed: int
    folder: Path
    conduct: Conduct = Conduct()


def setup(site: Site, attacks_ns: tuple[int, ...], now_ns: int = 0) -> Setup:
    """The settings of an exercise at a site with a history of attacks, all before now_ns.

    now_ns 0: the last attack
    """
    s = pipeline.setup(site, Mode.EXERCISE)
    if not attacks_ns:
        return s
    known = np.array(attacks_ns, np.int64)
    since = int(known.min())
    o = outlook(known, now_ns or int(known.max()), since)
    told = s.warn._replace(
        attacks_ns=attacks_ns, observed_from_ns=since, laws=o.laws, skill=o.skill.words
    )
    return s._replace(warn=told)


def new_folder(runs: Path, name: str) -> Path:
    """A folder that is not there yet: name, name-2, name-3..."""
    k = 1
    while True:
        folder = runs / (name if k == 1 else f"{name}-{k}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            k += 1
            continue
        return folder


def record(night: Night) -> Iterator[Frame | Played]:
    """Plays the night into its folder: journal.db, truth.db and run.json."""
    raid, site = night.raid, night.setup.site
    meta = Meta(
        version=__version__, mode=Mode.EXERCISE, title=raid.title,
        source=f"simulation, seed {night.seed}", raid=raid.name, story=raid.story,
        seed=night.seed, t0_ns=raid.t0_ns, site=site, setup=pack(night.setup),
    )  # fmt: skip
    end: Played | None = None
    fleet = sim.start(site, raid, night.effectors, night.seed).fleet
    with (
        Writer(night.folder / "journal.db", meta) as writer,
        truth.Writer(night.folder / "truth.db", fleet, night.seed) as book,
    ):
        frames = play(night.setup, raid, night.effectors, night.seed, writer, book, night.conduct)
        for frame in frames:
            if isinstance(frame, Played):
                end = frame
            else:
                yield frame
    if end is None:
        raise AssertionError("a raid always ends in a score")
    summary = end._asdict() | {
        "exercise": "EXERCISE EXERCISE EXERCISE", "raid": raid.name, "site": site.name,
        "run": str(night.folder), "journal": writer.head,
    }  # fmt: skip
    text = json.dumps(summary, indent=2) + "\n"
    (night.folder / "run.json").write_text(text, encoding="utf-8")
    yield end
