"""Simulation: the only maker of truth.

In: a site, a raid, its effectors, a seed.  Out: scans as sensors would send them, and the
umpire's events.  Does not: get imported by anything on the live side (an import contract).

    state = start(site, raid, effectors, seed)
    state, scans, events = step(state, dt_s=0.25)
    state, events = engage(state, picture, threats, watch)

Pure: states are tuples, inputs are never changed, every die is a function of the seed, its
purpose and a counter.  Truth is read through `sim.truth` and `score` alone.
"""

from bartizan.sim.world import Score, SimState, approach, engage, score, start, step

__all__ = ["Score", "SimState", "approach", "engage", "score", "start", "step"]
