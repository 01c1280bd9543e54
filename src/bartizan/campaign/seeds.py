"""One raid over many seeds: the share of raids stopped, with its interval.

In: a setup, a raid, how many seeds.  Out: counts and a Clopper-Pearson interval.
Does not: depend on the number of processes: results are sorted by seed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from bartizan.campaign.play import Played, play
from bartizan.pipeline import Setup
from bartizan.sim.spec import Effector, Raid


class Share(NamedTuple):
    """Raids of which every attacker was stopped outside the walls.

    low, high: 95 % interval of the share (Clopper & Pearson 1934)
    clean: stopped, and no wreckage inside the walls either   played: each raid by seed
    """

    raids: int
    stopped: int
    clean: int
    low: float
    high: float
    played: tuple[Played, ...]


def interval(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact binomial interval.  Ref: Clopper & Pearson 1934."""
    from scipy.stats import beta  # slow to import, and not needed for one run

    a = (1.0 - confidence) / 2.0
    low = 0.0 if hits == 0 else float(beta.ppf(a, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(1.0 - a, hits + 1, n - hits))
    return low, high


def _one(job: tuple[Setup, Raid, tuple[Effector, ...], int]) -> Played:
    setup, raid, effectors, seed = job
    for frame in play(setup, raid, effectors, seed, words=False):
        if isinstance(frame, Played):
            return frame
    raise AssertionError("a raid always ends in a score")


def _all(
    jobs: list[tuple[Setup, Raid, tuple[Effector, ...], int]], workers: int
) -> Iterator[Played]:
    if workers == 1:
        yield from map(_one, jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(_one, jobs, chunksize=4)


def share_stopped(
    setup: Setup, raid: Raid, effectors: tuple[Effector, ...], seeds: range,
    workers: int = 0, told: Callable[[Played], None] | None = None,
) -> Share:  # fmt: skip
    """The raid over `seeds`; `told` hears each result in the order of seeds."""
    jobs = [(setup, raid, effectors, seed) for seed in seeds]
    played = []
    for result in _all(jobs, workers or os.cpu_count() or 1):
        played.append(result)
        if told:
            told(result)
    stopped = sum(p.stopped == p.attackers for p in played)
    clean = sum(p.stopped == p.attackers and p.wreckage_inside_walls == 0 for p in played)
    low, high = interval(stopped, len(played))
    return Share(len(played), stopped, clean, low, high, tuple(played))
