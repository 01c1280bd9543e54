"""Losing and finding again: the sight of each sensor, and labels that outlive a loss."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import expm

from bartizan import track
from bartizan.track import lifecycle, tracker
from bartizan.track.state import FINDS, LOSES, SKYLINE
from bartizan.types import F64, Sensors
from track.made import radar, scan_of, seen

LOSES_S, FINDS_S = 120.0, 10.0


def forgetful(n: int) -> Sensors:
    return radar(n)._replace(dropout=np.tile([1.0 / LOSES_S, 1.0 / FINDS_S], (n, 1)))


@pytest.mark.parametrize("dt", [0.1, 1.0, 30.0, 1e4])
def test_sight_follows_the_two_state_chain(dt: float) -> None:
    table = np.zeros((1, SKYLINE))
    table[0, LOSES], table[0, FINDS] = 1.0 / LOSES_S, 1.0 / FINDS_S
    sight = np.array([[1.0], [0.3], [0.0]])
    tracker.see_again(table, dt, sight)
    rates = np.array([[-1.0 / LOSES_S, 1.0 / LOSES_S], [1.0 / FINDS_S, -1.0 / FINDS_S]])
    for start, end in zip((1.0, 0.3, 0.0), sight[:, 0], strict=True):
        assert end == pytest.approx((np.array([start, 1 - start]) @ expm(rates * dt))[0])


@pytest.mark.parametrize("seen_by", [0.0, 0.4, 0.9])
def test_existence_and_sight_equal_bayes_over_three_states(seen_by: float) -> None:
    """States: exists and can be seen, exists and cannot, does not exist."""
    r, sight, pd = 0.8, 0.7, 0.9
    prior = np.array([r * sight, r * (1 - sight), 1 - r])
    missed = prior * [1 - pd, 1, 1]
    missed /= missed.sum()
    expected = seen_by * np.array([1.0, 0, 0]) + (1 - seen_by) * missed
    weight = np.array([[0.0, seen_by]])
    e, s = lifecycle._existence(r, pd, sight, 0, 1, weight)
    assert e == pytest.approx(expected[0] + expected[1])
    assert s == pytest.approx(expected[0] / (expected[0] + expected[1]))


def flown(seed: int, hand_over: bool) -> bool:
    """Whether a thing that is lost for 2 to 10 s (or handed over) keeps its label."""
    rng = np.random.default_rng(seed)
    sensors = forgetful(2 if hand_over else 1)
    state, params = track.start(sensors, track.default_params()), track.default_params()
    x = np.array([*rng.uniform(-3000, 3000, 2), rng.uniform(80, 300), *rng.normal(0, 18, 2), 0.0])
    x[1] += 4000.0
    gap_s = rng.uniform(2.0, 10.0)
    before = after = 0
    for t in range(45):
        for s in range(len(sensors.kind)):
            if hand_over:
                visible = t <= 20 if s == 0 else t > 20 + 0.2 * gap_s
            else:
                visible = not 20 < t <= 20 + gap_s
            z = seen(sensors, s, x[None], rng) if visible and rng.random() < 0.9 else None
            clutter = noise_plots(sensors, s, rng)
            z = clutter if z is None else np.concatenate([z, clutter])
            state, shown, _ = track.step(state, scan_of(sensors, s, t + 0.01 * s, z), params)
        near = np.linalg.norm(shown.x[:, :3] - x[:3], axis=1)
        if len(near) and near.min() < 300.0:
            if t <= 20:
                before = int(shown.label[near.argmin()])
            elif t > 20 + gap_s + 6 and not after:
                after = int(shown.label[near.argmin()])
        x[:3] += x[3:]
        x[3:] += rng.normal(0.0, [1.0, 1.0, 0.2])
    return before > 0 and before == after


def noise_plots(sensors: Sensors, s: int, rng: np.random.Generator) -> F64:
    """Clutter (k, 6), uniform in range, azimuth, elevation."""
    k = rng.poisson(sensors.clutter[s])
    z = np.full((k, 6), np.nan)
    z[:, 0] = rng.uniform(100.0, 10_000.0, k)
    z[:, 1] = rng.uniform(-np.pi, np.pi, k)
    z[:, 2] = rng.uniform(-0.1, 0.9, k)
    return z


@pytest.mark.parametrize("hand_over", [False, True])
def test_a_target_lost_up_to_10_s_or_handed_over_keeps_its_label(hand_over: bool) -> None:
    kept = sum(flown(seed, hand_over) for seed in range(60))
    assert kept >= 57  # 95 %
