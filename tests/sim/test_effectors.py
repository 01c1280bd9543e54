"""Effectors: when a shot meets its target, what it kills, what it must not shoot at."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from bartizan import sim
from bartizan.sim import effectors
from bartizan.types import Area, EventKind, Identity
from sim import world


def test_meeting_point_is_where_both_are() -> None:
    """|d + v t| = speed (t - delay), the first time after the delay."""
    d, v = np.array([3_000.0, 1_000.0, 200.0]), np.array([-45.0, 5.0, -2.0])
    t = effectors.meeting_s(d, v, 4.0, 500.0)
    assert np.linalg.norm(d + t * v) == pytest.approx(500.0 * (t - 4.0))
    assert effectors.meeting_s(d, -v * 100.0, 4.0, 500.0) == math.inf
    standing = effectors.meeting_s(np.array([1_000.0, 0.0, 0.0]), np.zeros(3), 2.0, 500.0)
    assert standing == pytest.approx(4.0)


def test_zone() -> None:
    """Range, sector across north and elevation."""
    e = world.effector(az_from_rad=-0.5, az_width_rad=1.0, pos=np.zeros(3))
    at = {
        (0.0, 2_000.0, 100.0): True,
        (800.0, 2_000.0, 100.0): True,
        (2_000.0, 2_000.0, 100.0): False,
        (0.0, 5_000.0, 100.0): False,
        (0.0, 100.0, 10.0): False,
        (0.0, 2_000.0, -900.0): False,
    }
    assert {p: effectors.in_zone(e, np.array(p)) for p in at} == at


def first_shots(p_kill: float, seeds: int) -> int:
    """How many of `seeds` first shots kill one attacker."""
    killed = 0
    for seed in range(seeds):
        start = np.array([[4_500.0, 0.0, 150.0], [0.0, 0.0, 0.0]])
        one = world.raid(world.attackers(1, route=start, spread_m=0.0))
        state = sim.start(world.site(0.0), one, (world.effector(p_kill=p_kill, magazine=1),), seed)
        state, _, _ = world.play(state, 25)
        killed += sim.score(state).stopped
    return killed


@pytest.mark.parametrize("p_kill", [0.0, 0.7, 1.0])
def test_kills_are_as_likely_as_stated(p_kill: float) -> None:
    """Over 150 seeds, exact binomial at 99.9 %."""
    seeds = 150
    low, high = stats.binom.ppf([0.0005, 0.9995], seeds, p_kill) if 0 < p_kill < 1 else (
        seeds * p_kill, seeds * p_kill)  # fmt: skip
    assert low <= first_shots(p_kill, seeds) <= high


def test_shoot_look_shoot_until_the_magazine_is_empty() -> None:
    """Shots that never kill: one at a time on a track, the next only after the assessment."""
    own = world.effector(p_kill=0.0, magazine=5, reload_s=1.0)
    state = sim.start(world.site(), world.raid(world.attackers(1)), (own,), 3)
    state, _, events = world.play(state, 250)
    shots = [e for e in events if e.kind == EventKind.ENGAGEMENT]
    assert len(shots) == 5
    for one, next_ in pairwise(shots):
        arrives_ns = one.t_ns + dict(one.data)["shot_t_s"] * 1e9
        assert next_.t_ns >= arrives_ns + own.assess_s * 1e9 - 1
    score = sim.score(state)
    assert (score.shots, score.stopped, score.leakers) == (5, 0, 1)


@pytest.mark.parametrize("identity", [Identity.FRIEND, Identity.ASSUMED_FRIEND, Identity.NEUTRAL])
def test_never_shoots_at_friend_or_neutral(identity: Identity) -> None:
    """An alarmed track that is friend or neutral is not engaged."""
    state = sim.start(world.site(), world.raid(world.attackers(2)), (world.effector(),), 3)
    state, _, events = world.play(state, 240, identity=identity)
    assert sim.score(state).shots == 0
    assert all(e.kind != EventKind.ENGAGEMENT for e in events)


def test_refuses_where_the_wreck_would_fall_on_people() -> None:
    """A village under the whole approach: no shot, one refusal a track, with the reason."""
    village = Area("the village", np.array([[0.0, -500.0], [13e3, -500.0], [13e3, 4e3], [0, 4e3]]))
    site = world.site(people=(village,))
    state = sim.start(site, world.raid(world.attackers(2)), (world.effector(),), 3)
    state, _, events = world.play(state, 240)
    score = sim.score(state)
    assert (score.shots, score.refused, score.leakers) == (0, 2, 2)
    refusals = [e for e in events if e.kind == EventKind.ENGAGEMENT]
    assert len(refusals) == 2
    assert all(dict(e.data)["refused"] == 1.0 and "the village" in e.why[0] for e in refusals)


def test_a_shot_at_nothing_kills_nothing() -> None:
    """A false track 2 km from every true thing: the shot is spent and hits nothing."""
    state = sim.start(
        world.site(), world.raid(world.attackers(1)), (world.effector(p_kill=1.0),), 3
    )
    state, _, _ = sim.step(state, 170.0)
    picture, threats, watch = world.seen(state)
    x = picture.tracks.x + np.array([0.0, -2_000.0, 0.0, 0.0, 0.0, 0.0])
    state, shots = sim.engage(
        state, picture._replace(tracks=picture.tracks._replace(x=x)), threats, watch
    )
    assert len(shots) == 1
    state, _, events = sim.step(state, 20.0)
    outcome = next(e for e in events if e.kind == EventKind.OUTCOME)
    assert dict(outcome.data)["hit"] == 0.0
    assert sim.score(state).stopped == 0


def test_a_track_still_seen_after_its_hit_is_shot_at_again() -> None:
    """Two attackers under one label: the label outlives the first, and so does the duty."""
    state = sim.start(
        world.site(), world.raid(world.attackers(1)), (world.effector(p_kill=1.0),), 3
    )
    state, _, _ = sim.step(state, 165.0)
    picture, threats, watch = world.seen(state)
    for _ in range(25):
        state, _, _ = sim.step(state, 1.0)
        x = picture.tracks.x.copy()
        x[:, :3] += x[:, 3:] * ((state.t_ns - picture.t_ns) / 1e9)
        seen = np.full(1, state.t_ns, dtype=np.int64)
        tracks = picture.tracks._replace(t_ns=state.t_ns, x=x, seen_ns=seen)
        state, _ = sim.engage(state, picture._replace(tracks=tracks), threats, watch)
    assert sim.score(state).shots == 2
    stale = picture.tracks._replace(t_ns=state.t_ns, x=x, seen_ns=seen - 10**10)
    state, more = sim.engage(state, picture._replace(tracks=stale), threats, watch)
    assert more == ()
