"""The chain: people's delays, which link broke, and a raid with and without registration."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from bartizan import sim
from bartizan.campaign import many
from bartizan.campaign.crew import CREWS, Stage, notice
from bartizan.campaign.many.order import attackers, sized
from bartizan.campaign.play import Played, play
from bartizan.campaign.umpire import Chain, broken_link, last_order_s
from bartizan.config import load_raid
from bartizan.journal import Meta, Writer, pack
from bartizan.sim.spec import Policy
from bartizan.types import Alarm, Mode
from campaign import short
from sim import world


def alarm(number: int) -> Alarm:
    return Alarm(number, 1, 10**9, 10**12, (1,), "drones", "east", "shelter", 60.0)


def test_stages_are_log_normal() -> None:
    """Delays of 2,000 alarms: the logarithm of a stage is normal (Kolmogorov-Smirnov)."""
    own = CREWS["drilled"]._replace(decide=Stage(0.0, 0.0), engage=Stage(0.0, 0.0))
    t = [(notice(own, alarm(k), 1).released_ns - 10**9) / 1e9 for k in range(2000)]
    z = (np.log(t) - math.log(own.interrogate.median_s)) / own.interrogate.spread
    assert stats.kstest(z, "norm").pvalue > 1e-3
    mean, sd = own.interrogate.mean_s(), np.std(t)
    assert abs(np.mean(t) - mean) < 4.0 * sd / math.sqrt(len(t))


def test_an_alarm_is_heard_as_often_as_stated() -> None:
    crew = CREWS["tired"]
    heard = sum(notice(crew, alarm(k), 2).warned_ns is not None for k in range(2000))
    low, high = stats.binom.ppf([0.0005, 0.9995], 2000, crew.reached)
    assert low <= heard <= high
    at_once = notice(CREWS["none"], alarm(1), 3)
    assert at_once == (10**9, 10**9)


def test_each_link() -> None:
    full, left = Chain(10.0, 12.0, 15.0, 20.0, 2, ""), np.array([3, 0])
    says = {
        "out of reach": (full, None, ()),
        "seen too late": (full._replace(seen_s=70.0, confirmed_s=71.0), 60.0, (0,)),
        "not confirmed": (full._replace(confirmed_s=61.0), 60.0, (0,)),
        "not decided in time": (full._replace(released_s=None), 60.0, (0,)),
        "refused because of people": (full._replace(shots=0, refused="people"), 60.0, (0,)),
        "held beside a friend": (full._replace(shots=0, refused="friend"), 60.0, (0,)),
        "magazine": (full, 60.0, (1,)),
        "effectors busy": (full._replace(shots=0), 60.0, (0, 1)),
        "missed": (full, 60.0, (0, 1)),
    }
    for link, (chain, last, able) in says.items():
        assert broken_link(chain, last, able, left) == link
    assert broken_link(Chain(None, None, None, None, 0, ""), 60.0, (0,), left) == "seen too late"


def test_last_order_is_where_a_shot_just_arrives() -> None:
    """A straight approach to one effector at the wall's west side: closed form.

    Order at distance d from the effector: it is met at t with v t + s (t - r) = d, and must
    be outside the wall, x <= -1500: the last order is at x = -1500 - v (r + 1500 / s).
    """
    own = world.effector(pos=np.array([0.0, 0.0, 60.0]), el_from_rad=-1.5)
    route = np.array([[-9000.0, 0.0, 60.0], [0.0, 0.0, 60.0]])
    one = world.raid(world.attackers(1, route=route, spread_m=0.0, speed_sd_mps=0.0))
    state = sim.start(world.site(), one, (own,), 3)
    way = sim.approach(state)
    v = float(state.fleet.speed_mps[0])
    assert way.arrival_s[0] == pytest.approx((9000.0 - 1500.0) / v, rel=0.01)
    last, able = last_order_s(way, 0, (own,))
    expected = way.arrival_s[0] - (own.reaction_s + 1500.0 / own.speed_mps)
    assert able == (0,)
    assert last == pytest.approx(expected, abs=1.5)  # the flight is kept every second


def test_the_flight_without_a_defence_is_the_same_flight() -> None:
    """To the byte, as long as nobody shoots."""
    state = sim.start(world.site(), world.raid(), (), 5)
    way = sim.approach(state)
    rows = np.flatnonzero(state.fleet.hostile)
    for _ in range(480):
        state, _, _ = sim.step(state, 0.25)
        k = (state.tick - 1) / 4
        if k == int(k):
            assert np.array_equal(state.flying.x[rows], way.x[int(k)], equal_nan=True)
    while not state.flying.leaked[rows].all():
        state, _, _ = sim.step(state, 0.25)
    assert (state.t_ns - world.T0_NS) / 1e9 == pytest.approx(way.arrival_s.max())


def last(frames) -> Played:
    return [f for f in frames if isinstance(f, Played)][-1]


def test_a_recorded_raid_ends_as_an_unrecorded_one(tmp_path: Path) -> None:
    """The campaign leaves registration out; with the journal it is in: the same end."""
    order = short.order(tmp_path)
    n = order.night(3)
    meta = Meta(version="0", mode=Mode.EXERCISE, title="t", source="s", raid="r", story="",
                seed=n.seed, t0_ns=n.raid.t0_ns, site=n.setup.site, setup=pack(n.setup))  # fmt: skip
    with Writer(tmp_path / "journal.db", meta) as writer:
        kept = last(play(n.setup, n.raid, n.effectors, n.seed, writer, conduct=n.conduct))
    assert kept == many.play_one(order, 3)


def test_slower_people_leave_less_warning_and_more_leaks(tmp_path: Path) -> None:
    """With the same seeds: no raid is warned earlier by a tired crew than by none."""
    quick, slow = (short.order(tmp_path, crew) for crew in ("none", "tired"))
    for seed in range(4):
        a, b = many.play_one(quick, seed), many.play_one(slow, seed)
        assert a.arrival_s == b.arrival_s
        assert b.warning_s < a.warning_s


def test_sizes_keep_the_proportion() -> None:
    raid, _ = load_raid("ain-al-asad-2022-01-04")
    twice = raid._replace(groups=(raid.groups[0]._replace(count=4), *raid.groups))
    for n in (1, 2, 7, 100):
        got = sized(twice, n)
        assert attackers(got) == n
        counts = [g.count for g in got.groups if g.hostile]
        assert all(abs(c - n * w / 6) < 1 for c, w in zip(counts, (4, 2), strict=False))
    assert sized(twice, 6) is twice
    mixed, _ = load_raid("ain-al-asad-mixed")
    assert attackers(mixed) == 11  # four decoys beside them
    ten = {g.name: g.count for g in sized(mixed, 22).groups if g.hostile}
    assert ten == {"wing": 10, "decoys": 8, "fpv": 6, "observer": 2, "rockets": 4}


@pytest.mark.parametrize(
    "policy", [Policy("optimal", 1), Policy("optimal", 2), Policy("greedy", 2)]
)
def test_other_policies_play(tmp_path: Path, policy: Policy) -> None:
    """A salvo of two is fired at once by two effectors; a policy changes nothing else."""
    plain = many.play_one(short.order(tmp_path), 1)
    other = many.play_one(short.order(tmp_path, policy=policy), 1)
    assert (other.first_detection_s, other.arrival_s) == (plain.first_detection_s, plain.arrival_s)
    assert other.shots >= 1
    assert len(other.hits) == other.stopped
    if policy.assignment == "optimal":  # its gap is certified, and greedy stands beside it
        assert other.assignments >= 1
        assert 0.0 <= other.worst_gap <= 1e-3
        assert other.left <= other.greedy_left + 1e-9
    else:
        assert (other.assignments, plain.assignments) == (0, 0)
