"""A sensor that gives tracks: its numbers are evidence, its errors last, our labels stay."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from bartizan import track
from bartizan.track import numbers
from bartizan.track.state import INFLATE, inflation
from bartizan.types import F64, Sensors
from track.made import radar, scan_of, seen

PARAMS = track.default_params()
TURNS = 15  # when a sensor does what it does with its numbers [s]
Told = list[tuple[int, int]]  # (thing, number) of each report


class Flight(NamedTuple):
    """Labels of each thing by second (0: none shown), and all labels ever shown."""

    label: list[list[int]]
    ever: set[int]


def flown(
    seed: int, x0: F64, told: Callable[[int], Told], seconds: int = 32, numbered: bool = True
) -> Flight:
    """Things x0 (k, 6) reported once a second by a sensor with its own numbers, errors 2 s long."""
    rng = np.random.default_rng(seed)
    sensors = radar(1)._replace(correlated_s=np.array([2.0]))
    state, x = track.start(sensors, PARAMS), x0.copy()
    rho = np.exp(-0.5)
    errors: dict[tuple[int, int], F64] = {}
    out = Flight([[] for _ in x0], set())
    for t in range(seconds):
        rows, name = [], []
        for who in told(t):
            fresh = np.nan_to_num(sensors.sd[0]) * rng.standard_normal(6)
            old = errors.get(who)
            errors[who] = fresh if old is None else rho * old + np.sqrt(1 - rho**2) * fresh
            if rng.random() < 0.95:
                rows.append(exact(sensors, x[who[0]]) + errors[who])
                name.append(who[1] if numbered else -1)
        z = np.array(rows).reshape(-1, 6)
        scan = scan_of(sensors, 0, float(t), z, number=np.array(name, np.int64))
        state, shown, _ = track.step(state, scan, PARAMS)
        here = {k for k, _ in told(t)}
        for k in range(len(x)):
            gap = np.linalg.norm(shown.x[:, :2] - x[k, :2], axis=1)
            good = k in here and len(gap) and gap.min() < 120.0
            out.label[k].append(int(shown.label[gap.argmin()]) if good else 0)
        out.ever.update(shown.label.tolist())
        x[:, :3] += x[:, 3:]
    return out


def exact(sensors: Sensors, x: F64) -> F64:
    """What is measured (6,) without noise."""
    still = sensors._replace(sd=np.where(np.isnan(sensors.sd), np.nan, 0.0))
    return seen(still, 0, x[None], np.random.default_rng(0))[0]


def kept(flight: Flight, k: int, since: int = 6) -> bool:
    """Whether thing k is shown under one label from `since` to the end."""
    return len({label for label in flight.label[k][since:] if label}) == 1


def usual(t: int) -> Told:
    return [(0, 7), (1, 8), (2, 9)]


def swaps(t: int) -> Told:
    return usual(t) if t < TURNS else [(0, 8), (1, 7), (2, 9)]


def splits(t: int) -> Told:
    """For 8 s one thing has two numbers; then only the new one."""
    if t < TURNS:
        return usual(t)
    return [(0, 30), (1, 8), (2, 9), *([(0, 7)] if t < TURNS + 8 else [])]


def restarts(t: int) -> Told:
    return usual(t) if t < TURNS else [(0, 9), (1, 7), (2, 8)]


def reuses(t: int) -> Told:
    """Thing 0 is gone; after 4 s a new one comes under its number, 1.2 km away."""
    if t < TURNS:
        return usual(t)
    return [(1, 8), (2, 9), *([(3, 7)] if t >= TURNS + 4 else [])]


# Two in file, 130 m apart in range at 3 km, one alone, and one that comes when another is gone.
THREE = np.array(
    [[0.0, 3000, 150, 20, 0, 0], [0, 3130, 150, 20, 0, 0], [-2500, 900, 200, 0, 15, 0]]
)
FOURTH = np.array([[-720.0, 2220, 150, -12, 12, 0]])


@pytest.mark.parametrize("told", [usual, swaps, splits, restarts, reuses])
def test_what_a_sensor_does_with_its_numbers_does_not_change_our_labels(
    told: Callable[[int], Told],
) -> None:
    x = np.vstack([THREE, FOURTH]) if told is reuses else THREE
    for seed in range(100, 108):
        flight = flown(seed, x, told)
        assert all(kept(flight, k) for k in range(3)), (seed, flight.label)
        assert len(flight.ever) == len(x), (seed, flight.ever)  # the fourth has a label of its own
        if told is reuses:
            assert kept(flight, 3, TURNS + 10) and flight.label[3][-1] not in flight.label[0]


def test_numbers_never_change_what_has_none() -> None:
    """A scan without numbers leaves no trace of them; one with them leaves room for all."""
    state = track.start(radar(2), PARAMS)
    sensors = radar(2)
    z = np.array([exact(sensors, THREE[0])])
    after, _, _ = track.step(state, scan_of(sensors, 0, 0.0, z), PARAMS)
    assert after.numbers.shape == (1, 0, 2)
    told = scan_of(sensors, 1, 0.1, z, number=np.array([5]))
    after, _, _ = track.step(after, told, PARAMS)
    assert after.numbers.shape[1:] == (2, 2)
    newest = after.numbers[-1, :, numbers.NUMBER]
    assert newest.tolist() == [numbers.NONE, 5]


def test_a_number_is_worth_its_bonus_while_it_is_fresh_and_a_label_has_it() -> None:
    """Pairs (row, detection): the owner's gains, a row without a label, an older owner do not."""
    p = PARAMS
    state = track.start(radar(1), p)._replace(
        t_ns=30 * 10**9, r=np.ones(3), mu=np.tile([1.0, 0, 0, 0], (3, 1)),
        ids=np.array([[1, 0, 0, 9, 1, 0], [0, 0, 0, 9, 1, 0], [2, 0, 0, 9, 1, 0]]),
        numbers=np.array([[[7, 25 * 10**9]], [[7, 29 * 10**9]], [[7, 20 * 10**9]]]),
    )  # fmt: skip
    work = SimpleNamespace(s=0, number=np.array([7, 8, -1]), odds=np.full((3, 3), 0.5))
    pair = np.array([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0]])
    weight = np.zeros((5, 6))
    weight[:, 0] = 1.0
    weight[:, 2] = np.log(0.4)
    numbers.weigh.py_func(state, work, p, pair, weight)
    bonus = np.exp(p.number_log * np.exp(-5.0 / p.number_s))
    # The number 8 is nobody's, and row 0's own is there: it may be its double.
    double = 0.5 / (0.5 + p.number_twice * 0.4)
    np.testing.assert_allclose(weight[:, 0], [bonus, double, 1.0, 1.0, 1.0])


def test_errors_that_last_are_widened_so_that_the_covariance_is_right() -> None:
    """A sensor's tracks with errors 4 s long: NEES of 2 as stated with the rule, else over it."""
    rho = np.exp(-1.0 / 4.0)
    sensors = radar(1)._replace(correlated_s=np.array([4.0]))
    assert inflation(sensors)[0] ** 2 == pytest.approx((1 + rho) / (1 - rho))
    assert track.start(sensors, PARAMS).table[0, INFLATE] ** 2 == pytest.approx(
        (1 + rho) / (1 - rho)
    )
    params = PARAMS._replace(motion=np.array([[0.05, 0.01, 0.0, 0.0, 0.0, 1.0]]), seed_mode=0)

    def nees(sensors: Sensors) -> float:
        out = []
        for seed in range(12):
            rng = np.random.default_rng(seed)
            state, error = track.start(sensors, params), rng.standard_normal(6)
            x = np.array([*rng.uniform(-1500, 1500, 2), 150.0, *rng.normal(0, 15, 2), 0.0])
            x[1] += 3000.0
            for t in range(40):
                z = (exact(sensors, x) + np.nan_to_num(sensors.sd[0]) * error)[None]
                state, shown, _ = track.step(state, scan_of(sensors, 0, float(t), z), params)
                if t >= 20 and len(shown.x):
                    d = shown.x[0, :2] - x[:2]
                    out.append(d @ np.linalg.solve(shown.P[0, :2, :2], d))
                x[:3] += x[3:]
                error = rho * error + np.sqrt(1 - rho**2) * rng.standard_normal(6)
        return float(np.mean(out))

    widened, plain = nees(sensors), nees(sensors._replace(correlated_s=np.zeros(1)))
    assert 0.8 < widened < 3.0
    assert plain > 1.8 * widened
