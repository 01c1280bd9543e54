"""Trajectory GOSPA and OSPA(2) against every assignment tried, by hand, and as metrics."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise, permutations, product

import numpy as np
import pytest

from bartizan.evaluate.gospa import gospa
from bartizan.evaluate.matching import Rows, rows, times
from bartizan.evaluate.trajectories import ospa2, trajectory_gospa, window

C = 10.0


def paths(*each: dict[float, float]) -> Rows:
    """Things on a line: for each a table of time -> place."""
    said = [(t, k, [x]) for k, path in enumerate(each) for t, x in path.items()]
    return rows(
        [s[0] for s in said], [s[1] for s in said], np.reshape([s[2] for s in said], (-1, 1))
    )


def drawn(rng: np.random.Generator, n: int, steps: int) -> Rows:
    """n things that come and go about each other."""
    return paths(*(
        {float(t): float(rng.uniform(-12, 12)) for t in range(steps) if rng.random() < 0.8}
        for _ in range(n)
    ))  # fmt: skip


def tried(x: Rows, y: Rows, steps: int, n: int, m: int, c: float, g: float, p: float) -> float:
    """The definition with whole assignments (eq. 7 of the paper): every sequence of them."""
    where = [
        {(float(t), int(i)): q for t, i, q in zip(s.t_s, s.id, s.p, strict=True)} for s in (x, y)
    ]
    maps = [a for a in product(range(-1, m), repeat=n)
            if len({j for j in a if j >= 0}) == sum(j >= 0 for j in a)]  # fmt: skip

    def at(t: float, a: tuple[int, ...]) -> float:
        cost = sum(c**p / 2 for j in range(m) if j not in a and (t, j) in where[1])
        for i, j in enumerate(a):
            one, other = where[0].get((t, i)), where[1].get((t, j)) if j >= 0 else None
            if one is not None and other is not None:
                cost += min(float(np.linalg.norm(one - other)), c) ** p
            elif one is not None or other is not None:
                cost += c**p / 2
        return cost

    best = np.inf
    costs = [{a: at(float(t), a) for a in maps} for t in range(steps)]
    for plan in product(maps, repeat=steps):
        total = sum(costs[t][a] for t, a in enumerate(plan))
        for a, b in pairwise(plan):
            for i, j in zip(a, b, strict=True):
                total += g**p * (1.0 if i != j and min(i, j) >= 0 else 0.5 if i != j else 0.0)
        best = min(best, total)
    return float(best ** (1 / p))


@pytest.mark.parametrize("p", [1.0, 2.0])
@pytest.mark.parametrize("switch", [0.5, 4.0, 30.0])
def test_one_thing_it_is_the_least_over_every_plan(p: float, switch: float) -> None:
    """With one thing the programme is a shortest path: its optimum is a whole plan."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        x, y = drawn(rng, 1, 5), drawn(rng, 3, 5)
        got = trajectory_gospa(x, y, C, switch, p)
        assert got.distance_m == pytest.approx(tried(x, y, 5, 1, 3, C, switch, p), abs=1e-6)


def test_two_things_it_is_never_above_the_best_plan() -> None:
    rng = np.random.default_rng(6)
    equal = 0
    for _ in range(12):
        x, y = drawn(rng, 2, 4), drawn(rng, 2, 4)
        got, plan = trajectory_gospa(x, y, C, 3.0).distance_m, tried(x, y, 4, 2, 2, C, 3.0, 2.0)
        assert got <= plan + 1e-6
        equal += got == pytest.approx(plan, abs=1e-6)
    assert equal >= 10  # the paper: the relaxation is nearly always whole


def test_without_a_price_for_labels_it_is_gospa_summed() -> None:
    rng = np.random.default_rng(7)
    for _ in range(10):
        x, y = drawn(rng, 3, 6), drawn(rng, 4, 6)
        a, b = times(x), times(y)
        none = np.zeros(0, np.int64)
        each = [gospa(x.p[a.get(t, none)], y.p[b.get(t, none)], C) for t in a.keys() | b.keys()]
        got = trajectory_gospa(x, y, C, 0.0)
        assert got.distance_m**2 == pytest.approx(sum(g.distance_m**2 for g in each))
        assert got.localisation + got.missed + got.false == pytest.approx(got.distance_m**2)
        assert (got.n_missed, got.n_false) == pytest.approx(
            (sum(g.n_missed for g in each), sum(g.n_false for g in each))
        )


def test_four_parts_by_hand() -> None:
    """Found 3 off twice, lost for a step, found under another label: 9 + 9 + 9 + 9 localised,
    one missed (50), one track of nothing for two steps (100), one change (16)."""
    thing = paths({t: 0.0 for t in range(5)})
    tracks = paths({0: 3.0, 1: 3.0}, {3: 3.0, 4: 3.0}, {1: 90.0, 2: 90.0})
    got = trajectory_gospa(thing, tracks, C, 4.0)
    assert got.localisation == pytest.approx(36.0)
    assert (got.missed, got.false, got.switch) == pytest.approx((50.0, 100.0, 16.0))
    assert (got.n_missed, got.n_false, got.n_switch) == pytest.approx((1.0, 2.0, 1.0))
    assert got.distance_m == pytest.approx(202.0**0.5)
    same = trajectory_gospa(thing, paths({0: 3.0, 1: 3.0, 3: 3.0, 4: 3.0}), C, 4.0)
    assert (same.switch, same.missed) == pytest.approx((0.0, 50.0))  # a gap is no change


def test_where_a_change_costs_more_than_losing_it_is_lost() -> None:
    got = trajectory_gospa(paths({0: 0.0, 1: 0.0}), paths({0: 0.0}, {1: 0.0}), C, 100.0)
    assert got.distance_m**2 == pytest.approx(100.0)  # one missed and one false
    assert got.switch == pytest.approx(0.0)


def test_both_are_metrics() -> None:
    rng = np.random.default_rng(8)
    for _ in range(15):
        x, y, z = (drawn(rng, n, 4) for n in rng.integers(0, 4, 3))
        for d in (lambda a, b: trajectory_gospa(a, b, C, 3.0).distance_m,
                  lambda a, b: ospa2(a, b, C, 2.0, 1.0)):  # fmt: skip
            assert d(x, x) == pytest.approx(0.0, abs=1e-4)
            assert d(x, y) == pytest.approx(d(y, x), abs=1e-6)
            assert d(x, z) <= d(x, y) + d(y, z) + 1e-6


def test_ospa2_by_hand() -> None:
    """One path 3 off for half of its life and lost for the rest; one track of nothing."""
    thing = paths({t: 0.0 for t in range(4)})
    half = {0: 3.0, 1: 3.0}
    assert ospa2(thing, paths(half), C) == pytest.approx((3 + 3 + 10 + 10) / 4)
    assert ospa2(thing, paths(half, {2: 90.0}), C) == pytest.approx((6.5 + 10) / 2)
    # a label that changes costs, unlike in OSPA at each time: half of the life is all it has
    assert ospa2(thing, paths({0: 0.0, 1: 0.0}, {2: 0.0, 3: 0.0}), C) == pytest.approx((5 + 10) / 2)
    assert ospa2(thing, paths(), C) == C
    assert ospa2(paths(), paths(), C) == 0.0


def test_ospa2_is_the_least_over_every_pairing() -> None:
    rng = np.random.default_rng(9)
    for p, q in ((1.0, 1.0), (2.0, 1.0), (2.0, 2.0)):
        x, y = drawn(rng, 3, 6), drawn(rng, 4, 6)
        at = [{(float(t), int(i)): float(v[0]) for t, i, v in zip(s.t_s, s.id, s.p, strict=True)}
              for s in (x, y)]  # fmt: skip

        def apart(i: int, j: int, q: float = q, at: list = at) -> float:  # type: ignore[type-arg]
            d = []
            for t in range(6):
                a, b = at[0].get((t, i)), at[1].get((t, j))
                if a is not None or b is not None:
                    d.append(C if a is None or b is None else min(abs(a - b), C))
            return float(np.mean(np.array(d) ** q) ** (1 / q))

        best = min(
            sum(apart(i, j) ** p for i, j in enumerate(order))
            for order in permutations(range(4), 3)
        )
        assert ospa2(x, y, C, p, q) == pytest.approx(((best + C**p) / 4) ** (1 / p))


@pytest.mark.filterwarnings("ignore")
def test_at_one_time_ospa2_is_stone_soups_ospa() -> None:
    metric = pytest.importorskip("stonesoup.metricgenerator.ospametric")
    from stonesoup.types.state import State

    rng = np.random.default_rng(3)
    now = datetime(2022, 1, 4)
    for a, b in ((5, 5), (8, 3), (2, 9)):
        x, y = rng.uniform(-15, 15, (a, 2)), rng.uniform(-15, 15, (b, 2))
        y[:1] = x[:1] + 1.0
        theirs = metric.OSPAMetric(p=2, c=C).compute_OSPA_distance(
            [State(v, now) for v in y], [State(v, now) for v in x]
        )
        ours = ospa2(rows(np.zeros(a), range(a), x), rows(np.zeros(b), range(b), y), C, 2.0)
        assert ours == pytest.approx(float(theirs.value))


def test_a_window_forgets() -> None:
    thing = paths({t: 0.0 for t in range(10)})
    track = paths({t: 0.0 for t in range(5, 10)})
    assert ospa2(thing, track, C) == pytest.approx(5.0)
    assert ospa2(window(thing, 5.0, 9.0), window(track, 5.0, 9.0), C) == 0.0


def test_bad_numbers_are_said() -> None:
    x = paths({0: 0.0})
    with pytest.raises(ValueError, match="cutoff_m"):
        ospa2(x, x, 0.0)
    with pytest.raises(ValueError, match="switch_m"):
        trajectory_gospa(x, x, C, -1.0)
